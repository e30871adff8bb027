"""The layer intermediate: what several marts count from, one view per .sql file."""
