"""A search over sums for the numbers of any register that must be withheld. It knows no table."""
