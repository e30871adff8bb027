"""The verdict on a publication: everything that it says, as one system, held against the promise.

How numbers add up stands in `relations`, how far they reach in `bounds`; here they are put
together, with the earlier publications of the same years (`vintages`), and judged.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import polars as pl

from assets.published.audit import bounds
from assets.published.audit.bounds import Flags, InfeasibleError, Integers, Polytope, Ranges, Row
from assets.published.audit.cells import Quantity, reading
from assets.published.audit.elimination import eliminate
from assets.published.audit.promises import Breach, Promise
from assets.published.audit.relations import WAITING
from assets.published.audit.rows import incomplete, malformed, unfounded
from assets.published.audit.vintages import Binding, Vintages, shown
from assets.vocabulary import HIDDEN, REST


@dataclass(frozen=True)
class Audit:
    """What the audit found.

    `cells` and `hidden` count the rows of the publication, `unprinted` the numbers that exist
    without a row; `narrowest` is the smallest span among those that are withheld, as far as the
    proof needed it; None where none is. The promise is kept when `breaches` is empty.
    """

    cells: int
    hidden: int
    unprinted: int
    breaches: tuple[Breach, ...]
    narrowest: int | None


@dataclass(frozen=True)
class Stated:
    """What a manifest states of its publication: the threshold, and the years that are tied."""

    threshold: int
    tied_years: tuple[int, ...]


def read(folder: Path) -> tuple[dict[str, pl.DataFrame], Stated]:
    """Return the tables of a finished publication by name, and what its manifest states.

    KeyError when it does not.
    """
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    tables = {path.stem: pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
    disclosure = manifest["disclosure"]
    return tables, Stated(int(disclosure["threshold"]), tuple(disclosure["tied_years"]))


def audit(
    tables: Mapping[str, pl.DataFrame],
    threshold: int,
    earlier: Sequence[Mapping[str, pl.DataFrame]] = (),
    *,
    tied_years: Collection[int] | None = None,
) -> Audit:
    """Hold a publication against the promise of `threshold`, together with `earlier` ones.

    In `tied_years` nobody is active on two referrals at once, as the publication says. None is the
    strictest: every tie between years and months is supposed that the numbers admit.

    `tables` are the published marts by name: `year`, dimensions, `n` (or `measure` and `value`),
    `status`. What an earlier publication shows is known too, except in a year where the two show
    different numbers; that year is two, tied to each other number by number wherever that can be.
    """
    present = reading(tables)
    known, contradictions = shown(present)
    breaches = [
        *malformed(tables, present, threshold),
        *incomplete(present),
        *contradictions,
        *unfounded(present, known, threshold),
    ]
    readings = [present, *map(reading, earlier)]
    system = _System(Vintages(readings), threshold, tied_years)
    found = list(system.breaches())
    if earlier and any(breach.promise is Promise.CONTRADICTION for breach in found):
        # They agree number by number, and are still not the same numbers.
        system = _System(Vintages(readings, apart=True), threshold, tied_years)
        found = list(system.breaches())
    breaches += found
    return Audit(
        cells=len(present.cells),
        hidden=sum(cell.status == HIDDEN for cell in present.cells),
        unprinted=system.unprinted,
        breaches=tuple(dict.fromkeys(breaches)),
        narrowest=system.narrowest,
    )


def _sums(
    rows: Sequence[Row], lower: Integers, upper: Integers
) -> Iterator[tuple[tuple[int, ...], Fraction]]:
    """Sums that single rows say outright: what a total leaves to the numbers that are withheld."""
    for row in rows:
        if row.low is None or row.low != row.high:
            continue
        open_terms = [(place, c) for place, c in row.terms if lower[place] < upper[place]]
        fixed = sum(c * int(lower[place]) for place, c in row.terms if lower[place] == upper[place])
        signs = {c for _, c in open_terms}
        if signs in ({1}, {-1}):
            yield tuple(place for place, _ in open_terms), Fraction(abs(row.low - fixed))


class _System:
    """The unknown numbers of all vintages, by position, and the rows that bind them."""

    def __init__(self, vintages: Vintages, threshold: int, tied_years: Collection[int] | None):
        self.vintages, self.threshold = vintages, threshold
        self.narrowest: int | None = None
        self._always = sorted(set(vintages.always()), key=str)
        self._ties = list(dict.fromkeys(vintages.ties(tied_years)))
        bindings = [*self._always, *(binding for tie in self._ties for binding in tie)]
        mentioned = {unknown for binding in bindings for unknown, _ in binding.terms}
        self._unknowns = sorted({*vintages.withheld, *mentioned} - vintages.known.keys(), key=str)
        self._position = {unknown: place for place, unknown in enumerate(self._unknowns)}
        self._has_row = np.array([u in vintages.withheld for u in self._unknowns], np.bool_)

    @property
    def unprinted(self) -> int:
        """How many numbers exist that no vintage has a row for."""
        return int((~self._has_row).sum())

    def breaches(self) -> Iterator[Breach]:
        """Yield every number that the vintages together give away."""
        for cell in self.vintages.certain:
            yield Breach(cell.table, cell.year, Promise.CERTAIN, cell.where)
        always = [self._row(binding) for binding in self._always]
        impossible = [
            binding
            for binding, row in zip(self._always, always, strict=True)
            if not (row.terms or row.holds_empty())
        ]
        if impossible:
            for binding in impossible:
                for (_, quantity), _ in binding.terms:
                    yield self._named(quantity, Promise.CONTRADICTION)
            return
        try:
            yield from self._given_away([row for row in always if row.terms])
        except InfeasibleError as error:
            yield Breach("publication", None, Promise.CONTRADICTION)
            for place, _ in error.terms:
                yield from self._breach(place, Promise.CONTRADICTION)

    def _given_away(self, always: list[Row]) -> Iterator[Breach]:
        lower = self._has_row.astype(np.int64)
        # What nothing bounds may be as large as anything here.
        most = sum(self.vintages.known.values()) + 100 * self.threshold
        base = bounds.tighten(always, lower, np.full(len(lower), most))
        rows = [*always, *self._admitted(always, *base)]
        tight = bounds.tighten(rows, *base)
        secret = self._secret(*tight) & ~bounds.untold(rows, lower)
        found = bounds.ranges(rows, *tight, secret, self.threshold)
        yield from self._broken(found, secret)
        yield from self._determined(rows, secret, *tight)
        spans = (found.high - found.low)[secret & self._has_row]
        self.narrowest = int(spans.min()) if len(spans) else None
        # A number without a row may be certain when it is nobody, or enough. Where that rests on a
        # supposition, it must be safe without it too.
        unsure = secret & ~self._has_row & ~found.keep_promise(self.threshold)
        if unsure.any():
            yield from self._broken(bounds.ranges(always, *base, unsure, self.threshold), unsure)

    def _row(self, binding: Binding) -> Row:
        """Put what is known into a binding; it has no terms where nothing is unknown."""
        known = self.vintages.known
        constant = sum(c * known[u] for u, c in binding.terms if u in known)
        terms: dict[int, int] = defaultdict(int)
        for unknown, c in binding.terms:
            if unknown not in known:
                terms[self._position[unknown]] += c
        return Row(
            tuple((place, c) for place, c in terms.items() if c),
            None if binding.low is None else binding.low - constant,
            None if binding.high is None else binding.high - constant,
        )

    def _admitted(self, always: Sequence[Row], lower: Integers, upper: Integers) -> list[Row]:
        """The suppositions that the numbers admit, each beside all that came before it.

        A stretch of them that can be admitted whole is taken at once, which comes to the same.
        """
        direction = np.zeros(len(lower))
        point, is_certain = Polytope(always, lower, upper).witness(direction)
        if point is None and is_certain:
            raise InfeasibleError
        admitted: list[Row] = []
        ties = [[self._row(binding) for binding in tie] for tie in self._ties]
        stretches = [[tie for tie in ties if all(row.terms or row.holds_empty() for row in tie)]]
        while stretches:
            stretch = stretches.pop()
            rows = [row for tie in stretch for row in tie if row.terms]
            polytope = Polytope([*always, *admitted, *rows], lower, upper)
            beside = point if point is not None and polytope.holds(point) else None
            if beside is None:
                beside, _ = polytope.witness(direction)
            if beside is not None:
                point = beside
                admitted += rows
            elif len(stretch) > 1:
                half = len(stretch) // 2
                stretches += [stretch[half:], stretch[:half]]
        return admitted

    def _secret(self, lower: Integers, upper: Integers) -> Flags:
        """Whether each unknown is to be judged: not where it must be what another vintage shows."""
        published = self.vintages.published
        return np.array(
            [
                quantity[1] != WAITING and (low != high or low not in published.get(quantity, ()))
                for (_, quantity), low, high in zip(
                    self._unknowns, lower.tolist(), upper.tolist(), strict=True
                )
            ],
            np.bool_,
        )

    # --- What it comes to ---------------------------------------------------------------

    def _broken(self, found: Ranges, asked: Flags) -> Iterator[Breach]:
        for place in map(int, np.flatnonzero(asked & ~found.keep_promise(self.threshold))):
            low, high = int(found.low[place]), int(found.high[place])
            if not found.settled[place]:
                yield from self._breach(place, Promise.UNPROVED)
            elif low == high and not self._may_be(place, low):
                yield from self._breach(place, Promise.CERTAIN)
            elif low < high:
                is_small = high < self.threshold
                yield from self._breach(
                    place, Promise.BELOW_THRESHOLD if is_small else Promise.NARROW
                )

    def _determined(
        self, rows: Sequence[Row], secret: Flags, lower: Integers, upper: Integers
    ) -> Iterator[Breach]:
        """Yield what follows by elimination, and sums of withheld numbers that are too small."""
        fixed = [
            Row(((int(place), 1),), int(lower[place]), int(lower[place]))
            for place in np.flatnonzero(lower == upper)
        ]
        determined = eliminate([*rows, *fixed])
        for place, number in determined.numbers.items():
            if secret[place] and not self._may_be(place, number):
                yield from self._breach(place, Promise.CERTAIN)
        for places, total in (*_sums(rows, lower, upper), *determined.sums):
            if 0 < total < self.threshold and secret[list(places)].all():
                for place in places:
                    yield from self._breach(place, Promise.SMALL_SUM)

    def _may_be(self, place: int, number: Fraction | int) -> bool:
        """Whether an unknown may be certain to be `number`: never where a row hides it."""
        return not self._has_row[place] and (number == 0 or number >= self.threshold)

    def _breach(self, place: int, promise: Promise) -> Iterator[Breach]:
        unknown = self._unknowns[place]
        for cell in self.vintages.withheld.get(unknown, ()):
            yield Breach(cell.table, cell.year, promise, cell.where)
        if not self._has_row[place]:
            yield self._named(unknown[1], promise)

    @staticmethod
    def _named(quantity: Quantity, promise: Promise) -> Breach:
        """The breach of a number by what it counts, where no row of it can be named."""
        year, table, *labels = quantity
        where = tuple(REST if str(x).startswith(f"{REST}|") else str(x) for x in labels)
        return Breach(str(table), int(year), promise, where, printed=False)
