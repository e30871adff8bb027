"""Benchmarks: what the program costs beside what it is built on. Ratios, and no verdicts."""
