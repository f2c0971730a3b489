"""Nouns: frozen records handed from room to room. No input or output."""
