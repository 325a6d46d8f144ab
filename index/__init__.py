"""A public notice becomes passages, vectors and an index on disk."""
