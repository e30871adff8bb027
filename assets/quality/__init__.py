"""The layer quality: what was found wrong, how it marks the years, and what is sent back."""
