"""Disclosure control: from exact tables to tables in which nobody can work out a small group.

`suppression` searches any register for the numbers to withhold, and `protection` says what it is to
search in ours. `inference` finds out of any register what its readers can work out, and `audit`
says what they know of ours: a second mind that shares no code with the first. What is published,
and in which shape, is said in assets/published.
"""
