"""Disclosure protection of our tables: from exact ones to what anyone may see.

`protect` is the way in. `linked_cells` says which cells count the same people and which add up,
`design` makes tables coarser, assets/disclosure/suppression searches for the numbers to withhold,
`derived` decides on shares and medians. Nothing here proves the result; the audit does.
"""

from assets.disclosure.protection.printed import is_printed_otherwise
from assets.disclosure.protection.years import ProtectedTables, protect

__all__ = ["ProtectedTables", "is_printed_otherwise", "protect"]
