"""The layer quality: what was found wrong, and how it marks the years."""
