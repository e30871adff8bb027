"""One finding: what published numbers say, in a sentence or two."""

from __future__ import annotations

from dataclasses import dataclass

MOST_EQUAL = 3
"""Of more equally large ones, none is named as the largest."""


@dataclass(frozen=True)
class Finding:
    """What numbers say in words, and how far chance could have moved them.

    `chance` is empty where chance has no part in it, as in the largest of twelve months.
    """

    text: str
    chance: str = ""
