"""The words that all rooms share; the standard library and numpy types only."""
