"""The layer published: what may be shown, to whom, and in which shape."""
