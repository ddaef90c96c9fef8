"""The song: its length, its loudness, its curves."""
