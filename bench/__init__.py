"""Benchmarks: the cost of the program relative to the libraries it is built on, as ratios."""
