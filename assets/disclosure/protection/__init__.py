"""Disclosure protection of our tables: from exact ones to those that anyone may see.

`protect` is the entry point. `linked_cells` finds which cells count the same people and which add
up, `design` makes tables coarser, assets/disclosure/suppression searches for the numbers to
withhold, `derived` decides on shares and medians. The result is proved by the audit, not here.
"""

from assets.disclosure.protection.printed import is_printed_otherwise
from assets.disclosure.protection.years import ProtectedTables, protect

__all__ = ["ProtectedTables", "is_printed_otherwise", "protect"]
