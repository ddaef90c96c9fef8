"""Events become cell notes and terminal progress."""
