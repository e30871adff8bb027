"""Whether years may be compared in a sentence: not across a break in the series (breaks.toml)."""

from __future__ import annotations

from assets.vocabulary import vocabulary


def breaks_between(mart: str, year: int, other: int) -> tuple[str, ...]:
    """Return why two years of a mart are not comparable; empty where they are."""
    first, last = sorted((year, other))
    return tuple(one.why_nb for one in vocabulary().breaks_of(mart) if first < one.year <= last)


def is_whole(mart: str, year: int) -> bool:
    """Whether a year of a mart was counted from January on."""
    return not any(year in one.not_whole for one in vocabulary().breaks_of(mart))
