"""Finished frames become files that people open; knows no engine and no sheet."""
