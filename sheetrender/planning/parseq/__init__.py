"""Parseq's documents and manifests: what they mean here, read and written."""
