"""Workbooks and texts that `sheetrender init` starts from."""
