"""Exact elimination: which numbers the equalities alone determine, in fractions, without bounds.

A second proof beside `bounds`, and independent of any solver.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assets.published.audit.bounds import Row

_Equation = dict[int, Fraction]

_CONSTANT = -1
"""The place of the right-hand side among the coefficients of an equation."""


@dataclass(frozen=True)
class Determined:
    """Unknowns by position with the number they must be, and sums of several, each 1 or more."""

    numbers: dict[int, Fraction]
    sums: tuple[tuple[tuple[int, ...], Fraction], ...]


def eliminate(rows: Sequence[Row]) -> Determined:
    """Return what the equalities among `rows` determine, by reduction to echelon form."""
    form = _EchelonForm()
    equalities = [row for row in rows if row.low is not None and row.low == row.high]
    for row in sorted(equalities, key=lambda row: len(row.terms)):
        form.add({**{i: Fraction(c) for i, c in row.terms}, _CONSTANT: Fraction(row.low or 0)})
    numbers = {}
    sums = []
    for pivot, equation in form.equations.items():
        constant = equation[_CONSTANT]
        others = [i for i in equation if i not in (pivot, _CONSTANT)]
        if not others:
            numbers[pivot] = constant
        elif all(equation[i] == 1 for i in others):
            sums.append(((pivot, *others), constant))
    return Determined(numbers, tuple(sums))


class _EchelonForm:
    """Equations by their pivot, which has the coefficient 1 and stands in no other equation."""

    def __init__(self) -> None:
        self.equations: dict[int, _Equation] = {}
        self._pivots_with: dict[int, set[int]] = defaultdict(set)

    def add(self, equation: _Equation) -> None:
        """Take in one more equation; what follows from the others adds nothing."""
        for pivot in [i for i in equation if i in self.equations]:
            _subtract(equation, self.equations[pivot], equation[pivot])
        unknowns = [i for i in equation if i != _CONSTANT]
        if not unknowns:
            return
        pivot = min(unknowns, key=lambda i: (len(self._pivots_with[i]), i))
        scale = equation[pivot]
        equation = {i: c / scale for i, c in equation.items()}
        others = [i for i in unknowns if i != pivot]
        for holder in self._pivots_with.pop(pivot):
            held = self.equations[holder]
            _subtract(held, equation, held[pivot])
            for i in others:
                (self._pivots_with[i].add if i in held else self._pivots_with[i].discard)(holder)
        self.equations[pivot] = equation
        for i in others:
            self._pivots_with[i].add(pivot)


def _subtract(equation: _Equation, other: _Equation, times: Fraction) -> None:
    for i, c in other.items():
        changed = equation.get(i, Fraction(0)) - times * c
        if changed or i == _CONSTANT:
            equation[i] = changed
        else:
            equation.pop(i, None)
