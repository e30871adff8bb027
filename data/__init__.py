"""Deliveries: the demo is made here; the users' own deliveries are not part of the project."""
