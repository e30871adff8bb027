"""Deliveries: the demo is made here; what users hand in is not part of the project."""
