"""A whole system of rows, solved in parts that no row binds together.

Numbers that single rows make certain never get to the solver. Unknowns are known by position only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain

import numpy as np

from assets.disclosure.inference import bounds
from assets.disclosure.inference.bounds import Integers, Row, Terms
from assets.disclosure.inference.reach import Asked, Part, Reach


class Parts:
    """Rows that always hold between `lower` and `upper`, and suppositions.

    A supposition is put in force where the numbers admit it together with all those before it;
    `admitted` are their places, `lower` and `upper` the bounds that follow. `years` gives the year
    of each unknown, `together` the sums that will be asked for. InfeasibleError where no whole
    numbers satisfy the rows that always hold.
    """

    def __init__(
        self,
        always: Sequence[Row],
        suppositions: Sequence[Sequence[Row]],
        lower: Integers,
        upper: Integers,
        *,
        years: Integers,
        together: Sequence[Terms] = (),
    ):
        self._years = years
        self.lower, self.upper = bounds.tighten(always, lower, upper)
        low, high = self.lower.tolist(), self.upper.tolist()
        possible = {
            place: rows
            for place, rows in enumerate(suppositions)
            if all(_is_possible(row, low, high) for row in rows)
        }
        supposed = {
            place: bounds.without_fixed(rows, self.lower, self.upper)
            for place, rows in possible.items()
        }
        kept = bounds.without_fixed(always, self.lower, self.upper)
        self._divide(kept, supposed, [self._open(terms) for terms in together])
        self.admitted = sorted(self._admit(supposed))
        in_force = [row for place in self.admitted for row in suppositions[place]]
        self._narrow([*always, *in_force])

    def _open(self, terms: Terms) -> Terms:
        return tuple((i, c) for i, c in terms if self.lower[i] < self.upper[i])

    def _divide(
        self,
        always: Sequence[Row],
        supposed: dict[int, list[Row]],
        together: Sequence[Terms],
    ) -> None:
        """Find the parts; a supposition joins all the parts that it touches."""
        touched = [chain.from_iterable(row.terms for row in rows) for rows in supposed.values()]
        bound = [*(row.terms for row in always), *map(tuple, touched), *together]
        self._label = bounds.components([terms for terms in bound if terms], len(self.lower))
        rows_of: dict[int, list[Row]] = defaultdict(list)
        supposed_of: dict[int, list[int]] = defaultdict(list)
        for row in always:
            rows_of[int(self._label[row.terms[0][0]])].append(row)
        for place, rows in supposed.items():
            if rows:
                supposed_of[int(self._label[rows[0].terms[0][0]])].append(place)
        self._place = np.zeros(len(self.lower), np.int64)
        self._members: dict[int, Integers] = {}
        is_open = self.lower < self.upper
        for label in {*rows_of, *supposed_of}:
            members = np.flatnonzero((self._label == label) & is_open)
            self._members[label] = members
            self._place[members] = np.arange(len(members))
        self._rows_of = rows_of
        self._supposed_of = supposed_of
        self._made: dict[int, Part] = {}

    def _part(self, label: int, supposed: Sequence[Sequence[Row]] = ()) -> Part:
        """The model of a part, made at first use."""
        if label not in self._made:
            members = self._members[label]
            self._made[label] = Part(
                self._within(self._rows_of[label]),
                [self._within(rows) for rows in supposed],
                self.lower[members],
                self.upper[members],
                self._years[members],
            )
        return self._made[label]

    def _within(self, rows: Sequence[Row]) -> list[Row]:
        return [Row(self._places(row.terms), row.low, row.high) for row in rows]

    def _places(self, terms: Terms) -> Terms:
        return tuple((int(self._place[i]), c) for i, c in terms)

    def _admit(self, supposed: dict[int, list[Row]]) -> set[int]:
        """The suppositions that the numbers admit, including those that say nothing new."""
        admitted = {place for place, rows in supposed.items() if not rows}
        for label, places in sorted(self._supposed_of.items()):
            part = self._part(label, [supposed[place] for place in places])
            taken = part.admit(range(len(places)))
            admitted |= {places[one] for one in taken}
        return admitted

    def _narrow(self, rows: Sequence[Row]) -> None:
        self.lower, self.upper = bounds.tighten(rows, self.lower, self.upper)
        for label, part in self._made.items():
            members = self._members[label]
            part.narrow(self.lower[members], self.upper[members])

    def judge(self, asked: Sequence[Asked], threshold: int) -> list[Reach]:
        """Return for each number how far it reaches; a search ends where it keeps the promise."""
        found: list[Reach | None] = [None] * len(asked)
        of_part: dict[int, list[int]] = defaultdict(list)
        low, high = self.lower.tolist(), self.upper.tolist()
        for place, one in enumerate(asked):
            least, most = bounds.span(one.terms, low, high)
            label = next((int(self._label[i]) for i, _ in one.terms if low[i] < high[i]), None)
            if label is None or label not in self._members:
                # No row binds it, so it can be any number within its bounds.
                reach = (least + one.constant, most + one.constant)
                found[place] = Reach(*reach, True, one.is_difference)
            else:
                of_part[label].append(place)
        for label, places in of_part.items():
            within = [self._as_within(asked[place], label) for place in places]
            for place, reach_found in zip(
                places, self._part(label).judge(within, threshold), strict=True
            ):
                found[place] = reach_found
        return [reach for reach in found if reach is not None]

    def _as_within(self, one: Asked, label: int) -> Asked:
        """The number in terms of its part; the unknowns that were certain are in the constant."""
        terms, constant = [], one.constant
        members = self._members[label]
        for i, c in one.terms:
            place = int(self._place[i])
            if place < len(members) and members[place] == i:
                terms.append((place, c))
            elif self.lower[i] < self.upper[i]:
                raise ValueError("A number across two parts must be named in `together`.")
            else:
                constant += c * int(self.lower[i])
        return Asked(tuple(terms), constant, one.is_difference)


def _is_possible(row: Row, low: Sequence[int], high: Sequence[int]) -> bool:
    least, most = bounds.span(row.terms, low, high)
    return (row.low is None or most >= row.low) and (row.high is None or least <= row.high)
