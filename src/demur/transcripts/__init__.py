"""Transcripts in other programs' files, read one by one: one format, one file."""
