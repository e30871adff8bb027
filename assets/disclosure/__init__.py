"""Disclosure control: from exact tables to tables in which nobody can work out a small group.

`suppression` searches any register for the numbers to withhold; `protection` describes our register
to it. `inference` finds what readers of any register can work out; `audit` describes to it what
readers know of ours. These two are a second mind that shares no code with the first. The contents
and the shape of a publication are defined in assets/published.
"""
