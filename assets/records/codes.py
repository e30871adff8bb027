"""Finds the code of a spelling, and the nearest codes for a spelling that fits none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from assets.vocabulary import countries, vocabulary
from assets.vocabulary.spelling import normalise

NEAREST = 3
"""The most codes that are suggested for a cell without a code of its list."""

_COMPARED = 60
"""How many characters of a cell, and of a spelling, are compared to find the nearest codes."""

_LONG = 3
"""A cell with more letters is compared only with spellings of at least this many letters.

Spellings of two letters occur within most words.
"""

_LIKE_BEST, _LIKE_AT_ALL = 0.7, 40
"""Later suggestions need this share of the first one's similarity, and this much out of 100."""

_UNLIKE, _UNLIKE_IN_FEW = 50, 80
"""Below this similarity the best suggestion may well be wrong, and is never the only one.

In a list of no more than NEAREST codes, which can be named whole, it is below the second.
"""

_WORD = re.compile(r"[^\W_]+")


@cache
def spellings(code_list: str) -> Mapping[str, str]:
    """Return normalised spelling -> code, for every spelling that a cell may hold."""
    if code_list == "country":
        return countries.spellings()
    return {
        normalise(spelling): entry.code
        for entry in vocabulary().code_list(code_list).codes
        for spelling in (
            # In a numbered list only the number is accepted: the label is just an explanation.
            (entry.code,)
            if entry.code.isdigit()
            else (entry.code, entry.label_nb, entry.label_en, *entry.aliases)
        )
    }


@dataclass(frozen=True)
class _Spellings:
    """Spellings to compare a cell with, each with the place of its code in the list.

    The `enough` spellings most similar to a cell always belong to at least NEAREST codes.
    """

    texts: list[str]
    places: list[int]
    enough: int


@dataclass(frozen=True)
class _Candidates:
    """The codes of a list as named in messages, and their spellings.

    `every` and `long` hold the spellings twice: as written, and with their words sorted. `terse`
    maps the short spellings of codes without a long spelling, such as A1, to their places.
    """

    named: list[str]
    is_numbered: bool
    every: tuple[_Spellings, _Spellings]
    long: tuple[_Spellings, _Spellings]
    terse: Mapping[str, int]


@dataclass(frozen=True)
class Suggestions:
    """The codes most similar to a spelling, best first, as label and code; at least one."""

    named: list[str]
    may_miss: bool
    """Whether none of them is like the spelling, and the list has others."""


def nearest(code_list: str, spelling: str) -> Suggestions:
    """Return the codes of a list that are most similar to a spelling."""
    candidates = _candidates(code_list)
    places, is_like = _nearest(candidates, spelling)
    named = [candidates.named[place] for place in places]
    return Suggestions(named, may_miss=not is_like and len(named) < len(candidates.named))


def _nearest(candidates: _Candidates, spelling: str) -> tuple[list[int], bool]:
    """The places in the list of the most similar codes, and whether the best one is like it."""
    if candidates.is_numbered:
        # Similarity of digits means nothing.
        return list(range(len(candidates.named)))[:NEAREST], False
    words = _words(spelling)
    known = candidates.long if len("".join(words)) > _LONG else candidates.every
    alike: dict[int, float] = {}
    for ordered, spellings in zip((words, sorted(words)), known, strict=True):
        for _, score, found in process.extract(
            " ".join(ordered), spellings.texts, scorer=fuzz.ratio, limit=spellings.enough
        ):
            place = spellings.places[found]
            alike[place] = max(score, alike.get(place, 0))
    alike |= {candidates.terse[word]: 100 for word in words if word in candidates.terse}
    best, *others = sorted(alike, key=lambda place: (-alike[place], place))[:NEAREST]
    few = len(candidates.named) <= NEAREST
    is_like = alike[best] >= (_UNLIKE_IN_FEW if few else _UNLIKE)
    least = max(_LIKE_BEST * alike[best], _LIKE_AT_ALL) if is_like else 0
    return [best, *(place for place in others if alike[place] >= least)], is_like


def _words(spelling: str) -> list[str]:
    return _WORD.findall(spelling[:_COMPARED])


@cache
def _candidates(code_list: str) -> _Candidates:
    codes = vocabulary().code_list(code_list).codes
    is_numbered = all(entry.code.isdigit() for entry in codes)
    own: dict[str, list[list[str]]] = {entry.code: [] for entry in codes}
    for spelling, code in spellings(code_list).items():
        own[code].append(_words(spelling))
    every = list(own.values())
    long = [[words for words in one if len("".join(words)) >= _LONG] for one in every]
    return _Candidates(
        [
            f"{entry.code} («{entry.label_nb}»)"
            if is_numbered
            else f"«{entry.label_nb}» ({entry.code})"
            for entry in codes
        ],
        is_numbered,
        _compared(every),
        _compared([some or one for some, one in zip(long, every, strict=True)]),
        {
            "".join(words): place
            for place, (some, one) in enumerate(zip(long, every, strict=True))
            if not some
            for words in one
        },
    )


def _compared(words_of_codes: list[list[list[str]]]) -> tuple[_Spellings, _Spellings]:
    return (
        _of_codes([{" ".join(words) for words in own} for own in words_of_codes]),
        _of_codes([{" ".join(sorted(words)) for words in own} for own in words_of_codes]),
    )


def _of_codes(texts: list[set[str]]) -> _Spellings:
    placed = [(text, place) for place, own in enumerate(texts) for text in own]
    return _Spellings(
        [text for text, _ in placed],
        [place for _, place in placed],
        enough=NEAREST * max(map(len, texts)),
    )
