"""Exact elimination: the numbers that equalities alone determine, in fractions, without bounds.

A second proof next to `reach`, independent of any solver.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from assets.disclosure.inference.bounds import Row, Terms

Number = int | Fraction

_Equation = dict[int, Number]

_CONSTANT = -1
"""The place of the right-hand side among the coefficients of an equation."""


class Determined:
    """The numbers that equalities determine, by reduction to echelon form.

    `numbers` are the determined unknowns, by position, with their number; `sums` are sets of
    unknowns whose sum is certain.
    """

    def __init__(self, rows: Sequence[Row]):
        self._form = _EchelonForm()
        equalities = [row for row in rows if row.low is not None and row.low == row.high]
        for row in sorted(equalities, key=lambda row: len(row.terms)):
            self._form.add({**dict(row.terms), _CONSTANT: row.low or 0})
        self.numbers: dict[int, Number] = {}
        sums = []
        for pivot, equation in self._form.equations.items():
            constant = equation[_CONSTANT]
            others = [i for i in equation if i not in (pivot, _CONSTANT)]
            if not others:
                self.numbers[pivot] = constant
            elif all(equation[i] == 1 for i in others):
                sums.append(((pivot, *others), constant))
        self.sums: tuple[tuple[tuple[int, ...], Number], ...] = tuple(sums)

    def value(self, terms: Terms) -> Number | None:
        """The number that a sum of unknowns must be; None where the equalities leave it open."""
        equation: _Equation = {_CONSTANT: 0}
        for i, c in terms:
            equation[i] = equation.get(i, 0) + c
        self._form.reduce(equation)
        return -equation[_CONSTANT] if len(equation) == 1 else None


class _EchelonForm:
    """Equations by their pivot, which has the coefficient 1 and is in no other equation."""

    def __init__(self) -> None:
        self.equations: dict[int, _Equation] = {}
        self._pivots_with: dict[int, set[int]] = defaultdict(set)

    def reduce(self, equation: _Equation) -> None:
        """Eliminate the pivots from an equation."""
        for pivot in [i for i in equation if i in self.equations]:
            _subtract(equation, self.equations[pivot], equation[pivot])

    def add(self, equation: _Equation) -> None:
        """Add an equation; one that follows from the others changes nothing."""
        self.reduce(equation)
        unknowns = [i for i in equation if i != _CONSTANT]
        if not unknowns:
            return
        pivot = min(unknowns, key=lambda i: (len(self._pivots_with[i]), i))
        equation = _divided(equation, equation[pivot])
        others = [i for i in unknowns if i != pivot]
        for holder in self._pivots_with.pop(pivot):
            held = self.equations[holder]
            _subtract(held, equation, held[pivot])
            for i in others:
                (self._pivots_with[i].add if i in held else self._pivots_with[i].discard)(holder)
        self.equations[pivot] = equation
        for i in others:
            self._pivots_with[i].add(pivot)


def _divided(equation: _Equation, by: Number) -> _Equation:
    if by == 1:
        return equation
    if by == -1:
        return {i: -c for i, c in equation.items()}
    return {i: Fraction(c) / by for i, c in equation.items()}


def _subtract(equation: _Equation, other: _Equation, times: Number) -> None:
    for i, c in other.items():
        changed = equation.get(i, 0) - times * c
        if changed or i == _CONSTANT:
            equation[i] = changed
        else:
            equation.pop(i, None)
