"""Knowledge about the numbers of this programme: the statements that inference asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assets.disclosure.audit import annual_reports, relations, suppositions
from assets.disclosure.audit.annual_reports import Figure
from assets.disclosure.audit.relations import WAITING
from assets.disclosure.audit.staying import STAYS
from assets.disclosure.audit.suppositions import Ties
from assets.disclosure.inference.cells import Quantity, Reading, years_of
from assets.disclosure.inference.statements import Relation, Supposition


@dataclass(frozen=True)
class Known:
    """The statements (inference.Statements) under a threshold.

    `ties` are those of the publication at hand; None where it states none, and all may be supposed.
    `figures` are printed elsewhere.
    """

    threshold: int
    ties: Ties | None
    figures: Sequence[Figure]

    @property
    def printed_years(self) -> Collection[int]:
        """Years for which an annual report prints figures."""
        return {figure.year for figure in self.figures}

    def always(
        self, reading: Reading, named: Mapping[Quantity, frozenset[str]]
    ) -> Iterator[Relation]:
        """The relations that hold in every register (relations)."""
        return relations.always(reading, years_of(reading), named, self.threshold)

    def stated(self, reading: Reading) -> Iterator[Relation]:
        """The relations between persons and records that the manifest states."""
        if self.ties is not None:
            yield from suppositions.tied(reading, years_of(reading), self.ties)

    def supposed(
        self, reading: Reading, first_year: int, *, at_hand: bool
    ) -> Iterator[Supposition]:
        """The further relations that are known or supposed (suppositions)."""
        # Ties that the publication at hand states may not hold in the others.
        ties = None if self.ties is None else self.ties if at_hand else {}
        return suppositions.supposed(reading, years_of(reading), first_year, ties, self.figures)

    def printed(self, reading: Reading, year: int) -> Iterator[tuple[tuple[Quantity, ...], int]]:
        """Numbers of people that a report prints."""
        return annual_reports.counts(reading, year, self.figures)

    def is_auxiliary(self, quantity: Quantity) -> bool:
        """Whether it counts persons who wait or stay, which is judged only with others."""
        return quantity[1] == WAITING or STAYS in quantity
