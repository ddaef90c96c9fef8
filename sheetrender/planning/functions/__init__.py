"""PURE: the functions of our formula language, one file for each family."""
