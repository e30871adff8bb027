"""The layer raw: the content of the deliveries, every cell as text, with its delivery and row."""
