"""Marker, cue and lyric files: one short reader for each format, all behind one registry."""
