"""From exact published tables to those that anyone may see, year by year.

Years are protected in order, and the decisions on a year are kept when the next one comes: the same
records give the same pattern, whether the years are published together or one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from assets.disclosure.history import Vintage
from assets.disclosure.protection.derived import with_statuses
from assets.disclosure.protection.design import (
    folded,
    of_shown_people,
    totals_alone,
    with_undivided,
    without_gender,
    without_lone_categories,
    without_measure,
)
from assets.disclosure.protection.linked_cells import (
    ALWAYS_FOLDED,
    PARENTS,
    exact_ties,
    linked_cells,
)
from assets.disclosure.protection.printed import (
    of_annual_reports,
    with_moved,
    with_parts_of_small,
)
from assets.disclosure.protection.stayers import TABLES as STAYERS
from assets.disclosure.suppression.differences import Side, beside, label_of
from assets.disclosure.suppression.search import Fate, NoWayError, withhold
from assets.disclosure.suppression.unknowns import LinkedCells
from assets.vocabulary import HIDDEN, REST, TOTAL, Table, vocabulary


def _groups() -> dict[str, tuple[str, ...]]:
    """The tables that are protected together, by the first table of the group."""
    groups: dict[str, tuple[str, ...]] = {}
    for table in vocabulary().layer("marts"):
        counts_people = any(table.column(measure).type == "count" for measure in table.measures)
        if table.protected_with or counts_people:
            head = table.protected_with or table.name
            groups[head] = (*groups.get(head, ()), table.name)
    return {head: (head, *(name for name in of if name != head)) for head, of in groups.items()}


_GROUPS = _groups()

POPULATIONS = _GROUPS["gender_split"]
"""The tables of whole populations, tied from year to year; every other table divides these."""

EXITS = _GROUPS["exit_outcomes"]

GROUPS = tuple(group for group in _GROUPS.values() if group != POPULATIONS)
"""Groups of tables that are protected together; a group comes before those that divide it further.
The first table of a group is made coarser before the others are left out."""

NO_GENDER, FOLDED, TOTALS_ALONE, LEFT_OUT = "no_gender", "folded", "totals_alone", "left_out"
NOT_PRINTED = "not_printed"
"""Words of the manifest for what was done to a table of a year apart from withholding numbers. If
only one population or measure of the table is concerned, its name follows after a colon."""

_NOT_FOLDED = {"exit_outcomes", "referral_benefits"}  # other tables count their lines too


def _mart(name: str) -> Table:
    return vocabulary().table(f"marts.{name}")


@dataclass(frozen=True)
class ProtectedTables:
    """Published tables with NULL where a number is withheld.

    `done` holds, by table and year, what else was done to it, in the words above. `ties` holds by
    year the genders for which persons follow from records (linked_cells.exact_ties). The years
    `too_small` have no population that may be shown, and no rows.
    """

    tables: Mapping[str, pl.DataFrame]
    done: Mapping[str, Mapping[int, tuple[str, ...]]]
    ties: Mapping[int, Mapping[str, tuple[str, ...]]]
    too_small: tuple[int, ...]


def protect(
    exact: Mapping[str, pl.DataFrame],
    threshold: int,
    smallest_base: int,
    history: Sequence[Vintage] = (),
    standing: Mapping[int, Vintage] | None = None,
    *,
    left_out: Collection[tuple[str, int]] = (),
    sensitive: Collection[str] = (),
) -> ProtectedTables:
    """Return the published tables in which nobody can work out a small group by arithmetic.

    `exact` holds published frames (assets.published.open_tables) by the mart's name, all shown, as
    the records are now. `history` holds every vintage, oldest first; the `standing` ones are
    published together with the result, which has the other years of `exact`. Tables that are
    `left_out` of a year have no rows in it. `sensitive` names the code lists in which no population
    may fall into one category.
    """
    stands = standing or {}
    numbers = sorted({*exact["gender_split"]["year"].unique(), *stands})
    published: dict[str, list[pl.DataFrame]] = {
        name: [frame.clear()] for name, frame in exact.items()
    }
    done: dict[str, dict[int, tuple[str, ...]]] = {name: {} for name in exact}
    past: list[_Year] = []
    too_small = []
    for number in numbers:
        now = {name: frame.filter(pl.col("year") == number) for name, frame in exact.items()}
        earlier = [vintage for vintage in history if vintage.year == number]
        rule = (threshold, sensitive)
        if number not in stands:
            before = [_recalled(one, *rule) for one in earlier]
            year = _Year(number, now, *rule, past, [one for one in before if one.differs(now)])
            # Against readers of a vintage with a lower threshold, the promise cannot be kept.
            year.know(
                [one for one in before if not one.differs(now) and one.threshold_kept >= threshold]
            )
            year.decide([name for name, of in left_out if of == number])
            for name, frame in year.published(smallest_base).items():
                published[name].append(frame)
            for name, words in year.done.items():
                done[name][number] = words
            if year.is_too_small:
                too_small.append(number)
        elif now["gender_split"].is_empty() or _same(now, stands[number].exact):
            year = _recalled(stands[number], *rule, past)
        else:
            year = _Year(number, now, *rule, past, [_recalled(stands[number], *rule)])
            year.wait()
        past.append(year)
    tables = {name: pl.concat(frames) for name, frames in published.items()}
    ties = {year.number: year.ties() for year in past}
    return ProtectedTables(tables, done, ties, tuple(too_small))


def _recalled(
    vintage: Vintage, threshold: int, sensitive: Collection[str], past: Sequence[_Year] = ()
) -> _Year:
    year = _Year(vintage.year, vintage.exact, threshold, sensitive, past, ())
    year.recall(vintage.tables)
    year.threshold_kept = vintage.threshold
    year.done = {name: tuple(words) for name, words in vintage.done.items()}
    return year


def _same(now: Mapping[str, pl.DataFrame], before: Mapping[str, pl.DataFrame]) -> bool:
    """Whether the records agree on the numbers that tie the years together.

    A table may be open now and not before, or the other way round.
    """
    both = now.keys() & before.keys()
    return all(_equal(now[name], before[name]) for name in {*POPULATIONS, *STAYERS} & both)


def _equal(now: pl.DataFrame, before: pl.DataFrame) -> bool:
    return now.sort(now.columns).equals(before.select(now.columns).sort(now.columns))


class _Year:
    """One year while it is being decided on: frames with `printed`, and fates of their people."""

    def __init__(
        self,
        number: int,
        exact: Mapping[str, pl.DataFrame],
        threshold: int,
        sensitive: Collection[str],
        past: Sequence[_Year],
        vintages: Sequence[_Year],
    ) -> None:
        self.number = number
        self.threshold = threshold
        self.sensitive = sensitive
        self.past = tuple(past)
        self.vintages = tuple(vintages)
        """Earlier vintages of the year that were made from other records, oldest first."""
        self.frames = {
            name: frame.drop("status").with_columns(pl.lit(True).alias("printed"))
            for name, frame in exact.items()
        }
        self.exact = exact
        self.same: tuple[_Year, ...] = ()
        """Vintages that were made from the same records."""
        self.threshold_kept = threshold
        """The threshold under which a vintage was published."""
        self.book: list[dict[str, int]] = list(past[-1].book) if past else []
        """Moves that fitted the tables of this year or the one before."""
        self.is_recalled = False
        of_reports = of_annual_reports(linked_cells(self.frames, threshold), self.frames, number)
        self.printed = list(of_reports.agreeing)
        """Sets of people whose numbers add up to one that NorA has printed itself."""
        self.moved = of_reports.moved
        """Sets of people whose sum NorA has printed otherwise, with the difference."""
        self.done: dict[str, tuple[str, ...]] = {}
        self.fates: dict[str, Fate] = {}
        """The fates of the people of printed cells; others are not in it."""
        self.is_too_small = False

    def decide(self, left_out: Collection[str]) -> None:
        """Make the year's tables coarse where they must be, and choose the numbers to withhold."""
        for name in left_out:
            if name == "gender_split":
                # gender_split itself stays, because the other tables divide its numbers.
                while self._drop_genders(self._populations()) or self._drop_periods(_MEASURES):
                    pass
            else:
                self._leave_out(name)
        if not self._kept(self._population_tables(), left_out):
            self._decide_populations()
        for every in GROUPS:
            group = tuple(name for name in every if name in self.frames)
            if group and not (self.is_too_small or self._kept(self._tables_of(group), left_out)):
                self._decide_group(group, every)
        if not self.frames.keys() & set(EXITS):
            self._leave_work_exits_out()

    def differs(self, now: Mapping[str, pl.DataFrame]) -> bool:
        """Whether the records now give another number in any table."""
        return not all(_equal(now[name], self.exact[name]) for name in self.exact if name in now)

    def know(self, vintages: Sequence[_Year]) -> None:
        """Treat as known the numbers that earlier vintages of the same records show."""
        for vintage in vintages:
            self.printed += [
                frozenset([people]) for people, fate in vintage.fates.items() if fate is Fate.SHOWN
            ]
        self.same = tuple(vintages)

    def _kept(self, names: Sequence[str], left_out: Collection[str]) -> bool:
        """Keep the decisions on tables that have not changed since the last vintage.

        They are not kept if the year before, which they are tied to, is decided anew as well.
        """
        if not self.vintages or self.same or set(names) & set(left_out):
            return False
        last = self.vintages[-1]
        if not set(names) <= last.exact.keys() or last.threshold_kept != self.threshold:
            return False
        ties = {*POPULATIONS, *STAYERS} & set(names)
        if ties and self.past and not self.past[-1].is_recalled:
            return False
        if not all(_equal(self.exact[name], last.exact[name]) for name in names):
            return False
        system = linked_cells({name: last.frames[name] for name in names}, self.threshold)
        for people in system.people["people"]:
            if people in last.fates:
                self.fates[people] = last.fates[people]
        self.frames |= {name: last.frames[name] for name in names}
        self.done |= {name: last.done[name] for name in names if name in last.done}
        return True

    def wait(self) -> None:
        """Publish nothing: the year is there only because later years depend on it."""
        self.frames = {
            name: frame.with_columns(printed=pl.lit(False)) for name, frame in self.frames.items()
        }

    def recall(self, published: Mapping[str, pl.DataFrame]) -> None:
        """Take over the decisions made when the year was published."""
        self.is_recalled = True
        statuses = {}
        for name, frame in self.frames.items():
            keys = _mart(name).published_key
            found = frame.join(
                published[name].select(*keys, "status"),
                on=keys,
                how="left",
                maintain_order="left",
            )
            statuses[name] = found["status"]
            self.frames[name] = frame.with_columns(printed=found["status"].is_not_null())
        system = linked_cells(self.frames, self.threshold)
        for (table,), rows in system.cells.filter("printed").group_by("table"):
            for people, status in zip(
                rows["people"], statuses[str(table)].gather(rows["row"]), strict=True
            ):
                self.fates[people] = Fate.HIDDEN if status == HIDDEN else Fate.SHOWN
        self._recall_absent(system)

    def _recall_absent(self, system: LinkedCells) -> None:
        """Mark the rows that are absent because they divide hidden people."""
        guards = dict(system.people.select("people", "guard").iter_rows())
        for name, frame in self.frames.items():
            rows = system.cells.filter(~pl.col("printed"), pl.col("table") == name)
            for _ in range(2):
                for people in rows["people"]:
                    if self.fates.get(guards[people] or "") in (Fate.HIDDEN, Fate.ABSENT):
                        self.fates.setdefault(people, Fate.ABSENT)
            back = [
                row
                for people, row in rows.select("people", "row").iter_rows()
                if self.fates.get(people) is Fate.ABSENT
            ]
            was = pl.int_range(pl.len()).is_in(back)
            self.frames[name] = frame.with_columns(printed=pl.col("printed") | was)

    def published(self, smallest_base: int) -> dict[str, pl.DataFrame]:
        """The year's tables as they are published."""
        cells = linked_cells(self.frames, self.threshold).cells.filter("printed")
        fates = pl.DataFrame(
            list(self.fates.items()), {"people": pl.String, "fate": pl.String}, orient="row"
        )
        decided = cells.join(fates, on="people", how="left")
        if undecided := decided.filter(pl.col("fate").is_null())["table"].unique().to_list():
            raise ArithmeticError(f"Nothing was decided on cells of {', '.join(undecided)}.")
        frames, hidden = {}, {}
        for name, frame in self.frames.items():
            mine = decided.filter(pl.col("table") == name).select("row", "fate")
            joined = frame.with_row_index("row").join(
                mine, on="row", how="left", maintain_order="left"
            )
            absent = (joined["fate"] == Fate.ABSENT).fill_null(False)
            frames[name] = frame.with_columns(printed=joined["printed"] & ~absent)
            hidden[name] = joined["fate"] == Fate.HIDDEN
        return with_statuses(frames, hidden, smallest_base)

    def ties(self) -> dict[str, tuple[str, ...]]:
        """By tie, the genders for which persons follow from arrivals and exits."""
        before = self.past[-1].exact["gender_split"] if self.past else None
        return exact_ties(self.exact["gender_split"], self.exact.get("caseload"), before)

    # --- Populations ---

    def _decide_populations(self) -> None:
        self.book = [
            move
            for move in self.book
            if all(people.startswith(f"{self.number - 1}|") for people in move)
        ]
        may_hide_totals = False
        reach = 1
        while True:
            window = [*self.past[-reach:], self]
            frames = {
                name: pl.concat(one.frames[name] for one in window if name in one.frames)
                for name in self._population_tables()
            }
            system = linked_cells(frames, self.threshold)
            costs = self._costs(system, POPULATIONS, may_hide_totals=may_hide_totals)
            decided = {people: fate for year in window[:-1] for people, fate in year.fates.items()}
            printed = [people for year in window for people in year.printed]
            system = with_parts_of_small(system, printed, self.threshold)
            system = with_moved(system, self._moved_among(costs), self.number, self.threshold)
            for year in window:
                system, decided = year.with_vintages(system, decided, POPULATIONS)
                printed += year.printed_before()
            try:
                found = withhold(system, costs, decided, printed, self.threshold, self.book)
            except NoWayError as error:
                mine = [people for people in error.people if self._is_mine(people)]
                if not mine and reach < len(self.past):
                    reach *= 2
                elif not self._coarsen_populations(mine):
                    if may_hide_totals:
                        self._give_up()
                        return
                    may_hide_totals = True
                continue
            self.fates = {people: found[people] for people in costs if people in found}
            totals = self.frames["gender_split"].filter(gender=TOTAL)["population"]
            if not any(self._shows(f"gender_split|{one}|{TOTAL}") for one in totals):
                self._give_up()
            return

    def _population_tables(self) -> Sequence[str]:
        return [name for name in POPULATIONS if name in self.frames]

    def _is_mine(self, people: str) -> bool:
        return people.startswith(f"{self.number}|")

    def _shows(self, people: str) -> bool:
        """Whether a number of the year is shown, and not 0."""
        full = f"{self.number}|{people}"
        return self.fates.get(full) is Fate.SHOWN and self._number_of(people) > 0

    def _number_of(self, people: str) -> int:
        _, population, gender = people.split("|")
        split = self.frames["gender_split"]
        return int(split.filter(population=population, gender=gender)["n"].sum())

    def _give_up(self) -> None:
        """Show nothing, because no population may be shown."""
        self.is_too_small = True
        self.fates = {}
        for name in self.frames:
            self._leave_out(name)

    def _coarsen_populations(self, stuck: Sequence[str]) -> bool:
        """Print less, so that the `stuck` can be protected; False when nothing helps.

        If the `stuck` are no populations of the year, only hiding whole populations helps.
        """
        if not stuck:
            return False
        parts = [people.split("|") for people in stuck]
        by_gender = {of[2] for of in parts if of[1] == "gender_split" and of[3] != TOTAL}
        measures = {of[3] for of in parts if of[1] in _PERIODS}
        return (
            self._drop_genders(by_gender)
            or self._drop_periods(measures)
            or self._drop_genders(self._populations())
            or self._drop_periods(_MEASURES)
        )

    def _populations(self) -> set[str]:
        return set(self.frames["gender_split"]["population"])

    def _drop_genders(self, populations: Collection[str]) -> bool:
        split = self.frames["gender_split"]
        told_apart = split.filter("printed", pl.col("gender") != TOTAL)["population"]
        for population in sorted(set(told_apart) & set(populations)):
            fewer = without_gender(self.frames["gender_split"], pl.col("population") == population)
            self._apply("gender_split", f"{NO_GENDER}:{population}", fewer)
        return bool(set(told_apart) & set(populations))

    def _drop_periods(self, measures: Collection[str]) -> bool:
        """Print measures by quarter only; if they are already, not by period at all."""
        for name in (one for one in _PERIODS if one in self.frames):
            fresh = set(self.frames[name].filter("printed")["measure"]) & set(measures)
            for measure in sorted(fresh):
                fewer = without_measure(self.frames[name], measure)
                self._apply(name, f"{NOT_PRINTED}:{measure}", fewer)
            if fresh:
                return True
        return False

    # --- Tables that divide a population up ---

    def _decide_group(self, group: Sequence[str], every: Sequence[str]) -> None:
        """Decide on the tables of a group that exist; people may be named after any of `every`."""
        head = _mart(group[0])
        self._coarsen_first(head, group)
        ladder = self._ladder(head, group)
        reach = 1
        while any(self.frames[name].height for name in group):
            if head.category:
                self._fold_as_before(head)
            before = self._stayed_from(group, reach)
            system = with_parts_of_small(self._divided(group, before), self.printed, self.threshold)
            costs = self._costs(system, every)
            system = with_moved(system, self._moved_among(costs), self.number, self.threshold)
            decided = {
                people: fate for year in before[-reach:] for people, fate in year.fates.items()
            }
            system, decided = self.with_vintages(system, decided, self._tables_of(group), True)
            printed = [*self.printed, *self.printed_before()]
            asked = system, costs, decided, printed, self.threshold, self.book
            try:
                found = withhold(*asked, patient=False)
            except NoWayError as error:
                if not any(map(self._is_mine, error.people)) and reach < len(self.past):
                    reach *= 2
                else:
                    next(ladder)
                continue
            self.fates |= {people: found[people] for people in costs if people in found}
            return
        if set(group) <= set(EXITS):
            self._leave_work_exits_out()

    def _coarsen_first(self, head: Table, group: Sequence[str]) -> None:
        """Make the tables of a group as coarse as the public rules require."""
        parent = PARENTS.get(head.name)
        for name in group:
            whole = PARENTS.get(name, parent)
            if whole and not self._shows_total(whole):
                self._leave_out(name)
        if (
            "gender" in head.dimensions
            and not self.frames[head.name].is_empty()
            and (head.name in STAYERS or (parent and not self._shows_genders(parent)))
        ):
            self._apply(head.name, NO_GENDER, without_gender(self.frames[head.name]))
        for name in group:
            self._leave_few_out(name)
        self._leave_lone_categories_out(group)
        if head.name in ALWAYS_FOLDED:
            self._fold(head)

    def _stayed_from(self, group: Sequence[str], reach: int) -> Sequence[_Year]:
        """The last `reach` years, and a known one before, if the persons of a group may stay."""
        return self.past[-reach - 1 :] if set(group) & set(STAYERS) else ()

    def _divided(self, group: Sequence[str], before: Sequence[_Year]) -> LinkedCells:
        """The system of a group's tables, with the years `before` that its persons stay from."""
        names = self._tables_of(group)
        window = [*before, self]
        frames = {
            name: pl.concat(year._rows(name) for year in window if name in year.frames)
            for name in names
        }
        for name in set(group) & set(STAYERS):
            exact = pl.concat(year.exact[name] for year in window if name in year.exact)
            frames[name] = with_undivided(_mart(name), frames[name], exact)
        for name in set(group) & _SOME_OF.keys():
            frames[_SOME_OF[name]] = self._rows(_SOME_OF[name])
        active = {
            year.number: dict(
                year.exact["gender_split"]
                .filter(population="active_at_year_end")
                .select("gender", "n")
                .iter_rows()
            )
            for year in before
        }
        return linked_cells(frames, self.threshold, active)

    def _rows(self, name: str) -> pl.DataFrame:
        """The rows of a table that are printed, or that are parts of other rows."""
        needed = pl.col("gender") == TOTAL if name in _NOT_FOLDED else pl.lit(False)
        return self.frames[name].filter(pl.col("printed") | needed)

    @staticmethod
    def _tables_of(group: Sequence[str]) -> Sequence[str]:
        # Exits to work are a key figure too.
        return [*group, "key_figures"] if set(group) <= set(EXITS) else group

    def with_vintages(
        self,
        system: LinkedCells,
        decided: Mapping[str, Fate],
        names: Sequence[str],
        is_printed: bool = False,
    ) -> tuple[LinkedCells, dict[str, Fate]]:
        """Add the tables that earlier vintages of the year hold, and the differences to them."""
        decided = dict(decided)
        for number, vintage in enumerate(self.vintages, start=1):
            of = {
                name: vintage._rows(name) if is_printed else vintage.frames[name]
                for name in names
                if name in vintage.frames
            }
            if not of:  # none of the tables was open then
                continue
            then = linked_cells(of, self.threshold)
            system = beside(
                Side(system, self.fates),
                Side(then, vintage.fates),
                self.number,
                label_of(number),
                self.threshold,
            )
            decided |= {label_of(number) + people: fate for people, fate in vintage.fates.items()}
        return system, decided

    def printed_before(self) -> list[frozenset[str]]:
        """The printed numbers of NorA that earlier vintages of the year agree with."""
        return [
            frozenset(label_of(number) + people for people in one)
            for number, vintage in enumerate(self.vintages, start=1)
            for one in vintage.printed
        ]

    def _moved_among(self, people: Collection[str]) -> Mapping[frozenset[str], int]:
        """The numbers moved since they were printed, limited to those being decided on now."""
        return {of: n for of, n in self.moved.items() if not of.isdisjoint(people)}

    def _leave_few_out(self, name: str) -> None:
        """Leave out the projects and surveys of fewer people than the threshold."""
        self.frames[name] = of_shown_people(_mart(name), self.frames[name], self.threshold)

    def _leave_lone_categories_out(self, group: Sequence[str]) -> None:
        """Leave out the sensitive divisions in which all are in one category."""
        for name in group:
            before = self.frames[name]
            after = without_lone_categories(_mart(name), before, self.sensitive)
            if before.height and after.is_empty():
                for other in group:
                    self._leave_out(other)
            elif after.filter("printed").height < before.filter("printed").height:
                self._apply(name, NO_GENDER, after)

    def _leave_work_exits_out(self) -> None:
        """Leave out the two key figures of one outcome where the outcomes are left out."""
        of_work = pl.col("figure").is_in(["work_exits", "work_exit_share"])
        figures = self.frames["key_figures"]
        self.frames["key_figures"] = figures.with_columns(printed=pl.col("printed") & ~of_work)

    def _shows_total(self, parent: str) -> bool:
        return self.fates.get(f"{self.number}|{parent}|{TOTAL}") is Fate.SHOWN

    def _shows_genders(self, parent: str) -> bool:
        genders = vocabulary().code_list("gender").names
        return all(self.fates.get(f"{self.number}|{parent}|{one}") is Fate.SHOWN for one in genders)

    def _ladder(self, head: Table, group: Sequence[str]) -> Iterator[None]:
        """Make the group coarser step by step: gender, categories, all categories, tables."""
        if "gender" in head.dimensions and NO_GENDER not in self.done.get(head.name, ()):
            self._apply(head.name, NO_GENDER, without_gender(self.frames[head.name]))
            yield
        if head.category and head.name not in _NOT_FOLDED and self._fold(head):
            yield
        if head.category:
            self._apply(head.name, TOTALS_ALONE, totals_alone(head, self.frames[head.name]))
            yield
        if len(group) > 1:
            for name in group[1:]:
                self._leave_out(name)
            yield
        self._leave_out(head.name)
        yield

    def _fold(self, table: Table) -> bool:
        """Fold small categories together; False when there is nothing to fold."""
        fewer = folded(table, self.frames[table.name], self.threshold)
        if fewer.height == self.frames[table.name].height:
            return False
        self._apply(table.name, FOLDED, fewer)
        return True

    def _leave_out(self, name: str) -> None:
        self._apply(name, LEFT_OUT, self.frames[name].clear())

    def _apply(self, name: str, word: str, frame: pl.DataFrame) -> None:
        self.frames[name] = frame
        self.done[name] = tuple(dict.fromkeys((*self.done.get(name, ()), word)))

    # --- What withholding costs ---

    def _fold_as_before(self, table: Table) -> None:
        """Print no category where earlier vintages fold others: the difference would disclose."""
        category = table.category
        for vintage in (one for one in self.vintages if table.name in one.frames):
            now, then = (
                set(year.frames[table.name].filter("printed")[category].cast(pl.String))
                for year in (self, vintage)
            )
            if REST in now | then and now != then and not min(now, then, key=len) <= {TOTAL}:
                frame = totals_alone(table, self.frames[table.name])
                self._apply(table.name, TOTALS_ALONE, frame)

    def _costs(
        self, system: LinkedCells, group: Sequence[str], *, may_hide_totals: bool = False
    ) -> dict[str, float]:
        """The costs by people that the group decides on: inner cells are cheap, totals are dear."""
        parts = pl.col("people").str.split("|")
        owner, last = parts.list.get(1), parts.list.last()
        is_population = owner == "gender_split"
        told_apart = owner.is_in(_WITH_GENDER) & (last != TOTAL)
        is_total = ~owner.is_in(_WITH_GENDER) & (last == TOTAL)
        total = _DEAR if may_hide_totals else np.inf
        level = (
            pl.when(is_population & (last == TOTAL))
            .then(pl.lit(total))
            .when(is_population)
            .then(_GENDER_OF_ALL)
            .when(is_total)
            .then(np.inf)
            .when(told_apart | (owner == "caseload"))
            .then(_INNER)
            .otherwise(_LINE)
        )
        divided = parts.list.slice(1, parts.list.len() - 2).list.join("|")
        tables = (
            pl.when(last == TOTAL)
            .then(divided.replace_strict(_DIVIDED, default=0, return_dtype=pl.Int64))
            .otherwise(divided.replace_strict(_DIVIDED_BY_GENDER, default=0, return_dtype=pl.Int64))
        )
        mine = system.people.filter(
            parts.list.get(0) == str(self.number), owner.is_in(group), pl.col("printed") > 0
        ).with_columns(
            ((level + _DIVIDES * tables) * pl.col("printed") * (1 + pl.col("n") / 1000)).alias(
                "cost"
            )
        )
        costs = dict(mine.select("people", "cost").iter_rows())
        for people in costs.keys() & set(self._hidden_before()):
            # Numbers hidden before disclose less about the change since.
            costs[people] *= _HIDDEN_BEFORE
        return costs

    def _hidden_before(self) -> Iterator[str]:
        for vintage in self.vintages[-1:]:
            for people, fate in vintage.fates.items():
                if fate is Fate.HIDDEN:
                    yield people


_PERIODS = ("caseload", "quarterly_flow")
_MEASURES = {measure for name in _PERIODS for measure in _mart(name).measures}

_INNER, _LINE, _GENDER_OF_ALL, _DEAR = 1, 3, 9, 1000
"""The cost of withholding a number, for each cell that shows it: a cell by gender, the line of a
category, the women of a population, a whole population."""

_DIVIDES = 30
"""The additional cost for each table that could then no longer divide the people."""

_SOME_OF = {"activities": "gender_split", "work_exit_activities": "key_figures"}
"""Tables whose lines are some of the people of a whole that only another table counts."""

_HIDDEN_BEFORE = 0.1
"""The cost factor for a number that an earlier vintage withheld."""

_WITH_GENDER = [table.name for table in vocabulary().layer("marts") if "gender" in table.dimensions]
_DIVIDED = dict(Counter(PARENTS.values()))
_DIVIDED_BY_GENDER = dict(
    Counter(people for name, people in PARENTS.items() if name in _WITH_GENDER)
)
