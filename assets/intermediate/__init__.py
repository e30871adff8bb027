"""The layer intermediate: views that several marts count from, one per .sql file."""
