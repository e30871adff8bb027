"""Disclosure protection: from exact published tables to what anyone may see.

`protect` is the way in. `linked_cells` says which cells count the same people and which add up,
`design` makes tables coarser, `suppression` searches for the numbers to withhold, `derived` decides
on shares and medians. Nothing here proves the result; that is assets/published/audit, which shares
no code with it.
"""

from assets.published.protection.years import ProtectedTables, protect

__all__ = ["ProtectedTables", "protect"]
