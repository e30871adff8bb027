"""What the readers of any register can work out from its publications. It knows no table."""
