"""sheetrender: a spreadsheet becomes a music video."""

__version__ = "0.1.0"
