"""The layer reference: what the annual reports printed, and which mart answers each figure."""
