"""The functions that spreadsheet formulas may call, one file per family."""
