"""What the program can do, one file per verb; the only room that joins rooms."""
