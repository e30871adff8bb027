"""Inference from the publications of any register: what readers can work out. It knows no table."""
