"""The layer marts: aggregates by year, one .sql file per table."""
