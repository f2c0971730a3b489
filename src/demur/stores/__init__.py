"""Records kept on disk: added and read, never changed."""
