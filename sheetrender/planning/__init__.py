"""Cells become a plan. PURE: no file, no clock, no network."""
