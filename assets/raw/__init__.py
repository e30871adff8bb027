"""The layer raw: what the deliveries said, every cell as text, with its delivery and row."""
