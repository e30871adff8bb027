"""Which numbers of any register must be withheld: a search over sums. It knows no table."""
