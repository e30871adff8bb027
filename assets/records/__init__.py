"""The layer records: typed, coded and keyed; one row is one thing."""
