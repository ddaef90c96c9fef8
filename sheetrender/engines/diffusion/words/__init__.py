"""The vocabulary of CLIP, so that single checkpoints need no network."""
