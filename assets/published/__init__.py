"""The layer published: the numbers that may be shown, for each audience, and their shape."""
