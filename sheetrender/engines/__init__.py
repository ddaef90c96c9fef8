"""What draws one frame: a Protocol, a registry and one file (or folder) per engine."""
