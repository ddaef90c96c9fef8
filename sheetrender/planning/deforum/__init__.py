"""Deforum's settings files: what their keys mean here, read and written."""
