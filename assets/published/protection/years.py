"""From exact published tables to those that anyone may see, year by year.

Years are protected in their order, and what was decided of a year stands when the next one comes:
the same records give the same pattern, whether the years are published together or one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from assets.published.protection.derived import with_statuses
from assets.published.protection.design import (
    folded,
    has_categories,
    of_shown_people,
    totals_alone,
    without_gender,
    without_lone_categories,
    without_measure,
)
from assets.published.protection.linked_cells import (
    ALWAYS_FOLDED,
    PARENTS,
    LinkedCells,
    exact_ties,
    linked_cells,
)
from assets.published.protection.printed import printed_sums
from assets.published.protection.stayers import TABLES as STAYERS
from assets.published.protection.suppression import Fate, NoWayError, withhold
from assets.vocabulary import HIDDEN, TOTAL, Table, vocabulary

POPULATIONS = ("gender_split", "caseload", "quarterly_flow", "key_figures", "counsellor_caseload")
"""The tables of whole populations, tied from year to year; every other table divides them up."""

EXITS = ("exit_outcomes", "target_attainment", "time_in_programme")

GROUPS: Sequence[tuple[str, ...]] = (
    ("referral_sources",),
    ("referral_offices",),
    ("referral_benefits", "benefit_target"),
    ("referral_target_groups",),
    ("country_of_origin",),
    ("age_bands",),
    ("participant_background",),
    ("activities",),
    ("dropout_reasons",),
    EXITS,
    ("other_exit_details",),
    ("aap_benefits",),
    ("work_exits",),
    ("work_exit_activities",),
    ("job_retention",),
    ("transition_cases",),
    ("partner_projects",),
    ("group_sessions",),
    ("survey_response",),
    ("staffing",),
)
"""Tables that are protected together, those that others divide up further before these. The first
of a group is made coarser before the others are left out."""

NO_GENDER, FOLDED, TOTALS_ALONE, LEFT_OUT = "no_gender", "folded", "totals_alone", "left_out"
FEW_LEFT_OUT = "few_left_out"
NOT_PRINTED = "not_printed"
"""What was done to a table of a year beside withholding numbers; the manifest has these words, and
where it was done to one population or measure of the table alone, its name behind a colon."""

_NOT_FOLDED = {"exit_outcomes", "referral_benefits"}  # other tables count their lines too


@dataclass(frozen=True)
class ProtectedTables:
    """Published tables with NULL where a number is withheld.

    `done` holds, by table and year, what was done to it beside that, of the words above. `ties`
    holds by year the genders for which persons follow from records (linked_cells.Ties). The years
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
    earlier: Mapping[str, pl.DataFrame] | None = None,
    *,
    left_out: Collection[tuple[str, int]] = (),
    sensitive: Collection[str] = (),
) -> ProtectedTables:
    """Return the published tables in which nobody can work out a small group by arithmetic.

    `exact` holds published frames (assets.published.open_tables) by the mart's name, all shown, all
    the years that are to be published. Years of `earlier`, which holds frames returned before, are
    decided: they stay as they are, and `exact` holds what they were made from. Tables that are
    `left_out` of a year have no rows in it. `sensitive` names the code lists of which no population
    may fall into one category.
    """
    years = sorted(exact["gender_split"]["year"].unique())
    decided = set(earlier["gender_split"]["year"].unique()) if earlier else set()
    published: dict[str, list[pl.DataFrame]] = {name: [] for name in exact}
    done: dict[str, dict[int, tuple[str, ...]]] = {name: {} for name in exact}
    past: list[_Year] = []
    too_small = []
    for number in years:
        of_year = {name: frame.filter(pl.col("year") == number) for name, frame in exact.items()}
        year = _Year(number, of_year, threshold, sensitive, tuple(past))
        if earlier and number in decided:
            kept = {name: frame.filter(pl.col("year") == number) for name, frame in earlier.items()}
            year.recall(kept)
            frames: Mapping[str, pl.DataFrame] = kept
        else:
            year.decide([name for name, of in left_out if of == number])
            frames = year.published(smallest_base)
            for name, words in year.done.items():
                done[name][number] = words
            if year.is_too_small:
                too_small.append(number)
        for name, frame in frames.items():
            published[name].append(frame)
        past.append(year)
    tables = {name: pl.concat(frames) for name, frames in published.items()}
    ties = {year.number: year.ties() for year in past}
    return ProtectedTables(tables, done, ties, tuple(too_small))


class _Year:
    """One year while it is being decided on: frames with `printed`, and what is hidden of them."""

    def __init__(
        self,
        number: int,
        exact: Mapping[str, pl.DataFrame],
        threshold: int,
        sensitive: Collection[str],
        past: Sequence[_Year],
    ) -> None:
        self.number = number
        self.threshold = threshold
        self.sensitive = sensitive
        self.past = past
        self.frames = {
            name: frame.drop("status").with_columns(pl.lit(True).alias("printed"))
            for name, frame in exact.items()
        }
        self.split = exact["gender_split"]
        self.printed = list(
            printed_sums(linked_cells(self.frames, threshold), self.frames, number)
        )
        """People whose numbers add up to one that NorA has printed itself."""
        self.done: dict[str, tuple[str, ...]] = {}
        self.fates: dict[str, Fate] = {}
        """What becomes of the people of a printed cell; others are not in it."""
        self.is_too_small = False

    def decide(self, left_out: Collection[str]) -> None:
        """Make the year's tables coarse where they must be, and choose what to withhold."""
        for name in left_out:
            self._leave_out(name)
        self._decide_populations()
        for group in GROUPS:
            if set(group) <= self.frames.keys() and not self.is_too_small:
                self._decide_group(group)

    def recall(self, published: Mapping[str, pl.DataFrame]) -> None:
        """Take over what was decided when the year was published."""
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
        """Tell the rows that are absent because they divide somebody hidden from the others."""
        guards = dict(system.people.select("people", "guard").iter_rows())
        for name, frame in self.frames.items():
            rows = system.cells.filter(~pl.col("printed"), pl.col("table") == name)
            for _ in range(2):
                for people in rows["people"]:
                    if self.fates.get(guards[people] or "") in (Fate.HIDDEN, Fate.ABSENT):
                        self.fates.setdefault(people, Fate.ABSENT)
            back = [row for people, row in rows.select("people", "row").iter_rows() if self.fates.get(people) is Fate.ABSENT]
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
        """The genders for which who is active, or takes part, follows from who came and went."""
        return exact_ties(self.split, self.past[-1].split if self.past else None)

    # --- Populations ---

    def _decide_populations(self) -> None:
        may_hide_totals = False
        reach = 1
        while True:
            window = [*self.past[len(self.past) - reach :], self]
            system = self._populations(window)
            costs = self._costs(system, POPULATIONS, may_hide_totals=may_hide_totals)
            decided = {people: fate for year in window[:-1] for people, fate in year.fates.items()}
            printed = [people for year in window for people in year.printed]
            try:
                found = withhold(system, costs, decided, printed, self.threshold)
            except NoWayError as error:
                if __import__("os").environ.get("DBG"): print(self.number, error.people[:12], len(error.people))
                mine = [people for people in error.people if self._is_mine(people)]
                if not mine and reach < len(self.past):
                    reach += 1
                elif not self._coarsen_populations(mine or error.people):
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

    def _is_mine(self, people: str) -> bool:
        return people.startswith(f"{self.number}|")

    def _shows(self, people: str, *, somebody: bool = True) -> bool:
        """Whether a number of the year is shown, and not 0."""
        full = f"{self.number}|{people}"
        return self.fates.get(full) is Fate.SHOWN and (
            not somebody or self._number_of(people) > 0
        )

    def _number_of(self, people: str) -> int:
        _, population, gender = people.split("|")
        split = self.frames["gender_split"]
        return int(split.filter(population=population, gender=gender)["n"].sum())

    def _give_up(self) -> None:
        """No population may be shown, so that nothing is."""
        self.is_too_small = True
        self.fates = {}
        for name in self.frames:
            self._leave_out(name)

    def _populations(self, years: Sequence[_Year]) -> LinkedCells:
        frames = {name: pl.concat(year.frames[name] for year in years) for name in POPULATIONS}
        return linked_cells(frames, self.threshold)

    def _coarsen_populations(self, stuck: Sequence[str]) -> bool:
        """Print less, for the sake of those that cannot be protected; False when nothing helps."""
        parts = [people.split("|") for people in stuck if self._is_mine(people)]
        by_gender = {of[2] for of in parts if of[1] == "gender_split" and of[3] != TOTAL}
        measures = {of[3] for of in parts if of[1] in _PERIODS}
        return (
            self._drop_genders(by_gender)
            or self._drop_periods(measures)
            or self._drop_genders(set(self.frames["gender_split"]["population"]))
            or self._drop_periods(set(self.frames["quarterly_flow"]["measure"]))
        )

    def _drop_genders(self, populations: Collection[str]) -> bool:
        split = self.frames["gender_split"]
        told_apart = split.filter("printed", pl.col("gender") != TOTAL)["population"]
        for population in sorted(set(told_apart) & set(populations)):
            fewer = without_gender(
                self.frames["gender_split"], pl.col("population") == population
            )
            self._apply("gender_split", f"{NO_GENDER}:{population}", fewer)
        return bool(set(told_apart) & set(populations))

    def _drop_periods(self, measures: Collection[str]) -> bool:
        """Print measures by quarter alone, or not by period at all where that was done before."""
        for name in _PERIODS:
            fresh = set(self.frames[name].filter("printed")["measure"]) & set(measures)
            for measure in sorted(fresh):
                fewer = without_measure(self.frames[name], measure)
                self._apply(name, f"{NOT_PRINTED}:{measure}", fewer)
            if fresh:
                return True
        return False

    # --- Tables that divide a population up ---

    def _decide_group(self, group: Sequence[str]) -> None:
        head = _mart(group[0])
        parent = PARENTS.get(head.name)
        if parent and not self._shows_total(parent):
            for name in group:
                self._leave_out(name)
        elif parent and "gender" in head.dimensions and not self._shows_genders(parent):
            self._apply(head.name, NO_GENDER, without_gender(self.frames[head.name]))
        for name in group:
            self._leave_few_out(name)
        self._leave_lone_categories_out(group)
        if head.name in ALWAYS_FOLDED:
            self._fold(head)
        ladder = self._ladder(head, group)
        while True:
            system = self._divided(group)
            costs = self._costs(system, group)
            decided = self.past[-1].fates if self.past and set(group) & set(STAYERS) else {}
            try:
                found = withhold(
                    system, costs, decided, self.printed, self.threshold, patient=False
                )
            except NoWayError as error:
                if __import__("os").environ.get("DBG"): print(self.number, error.people[:12])
                next(ladder)
                continue
            self.fates |= {people: found[people] for people in costs if people in found}
            return

    def _divided(self, group: Sequence[str]) -> LinkedCells:
        """The tables of a group; of persons also those of the years before, whom some stay from."""
        names = [*group, "key_figures"] if group == EXITS else group
        before = self.past[-2:] if set(group) & set(STAYERS) else ()
        frames = {
            name: pl.concat(year.frames[name].filter("printed") for year in [*before, self])
            for name in names
        }
        active = {
            year.number: dict(
                year.split.filter(population="active_at_year_end").select("gender", "n").iter_rows()
            )
            for year in before
        }
        return linked_cells(frames, self.threshold, active)

    def _leave_few_out(self, name: str) -> None:
        """Leave out the projects and surveys of fewer people than the threshold."""
        frame = self.frames[name]
        enough = of_shown_people(_mart(name), frame, self.threshold)
        if enough.height < frame.height:
            self._apply(name, FEW_LEFT_OUT, enough)

    def _leave_lone_categories_out(self, group: Sequence[str]) -> None:
        """Say nothing of a sensitive division in which all are in one category."""
        for name in group:
            before = self.frames[name]
            after = without_lone_categories(_mart(name), before, self.sensitive)
            if before.height and after.is_empty():
                for other in group:
                    self._leave_out(other)
                if name in EXITS:
                    # That all of them went to work, one figure would say too.
                    figures = self.frames["key_figures"]
                    of_work = pl.col("figure").is_in(["work_exits", "work_exit_share"])
                    self.frames["key_figures"] = figures.with_columns(
                        printed=pl.col("printed") & ~of_work
                    )
            elif after.filter("printed").height < before.filter("printed").height:
                self._apply(name, NO_GENDER, after)

    def _shows_total(self, parent: str) -> bool:
        return self.fates.get(f"{self.number}|{parent}|{TOTAL}") is Fate.SHOWN

    def _shows_genders(self, parent: str) -> bool:
        genders = vocabulary().code_list("gender").names
        return all(
            self.fates.get(f"{self.number}|{parent}|{one}") is Fate.SHOWN for one in genders
        )

    def _ladder(self, head: Table, group: Sequence[str]) -> Iterator[None]:
        """Take one step after another: gender, categories, all categories, tables."""
        if "gender" in head.dimensions and NO_GENDER not in self.done.get(head.name, ()):
            self._apply(head.name, NO_GENDER, without_gender(self.frames[head.name]))
            yield
        if has_categories(head) and head.name not in _NOT_FOLDED and self._fold(head):
            yield
        if has_categories(head):
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

    def _costs(
        self, system: LinkedCells, group: Sequence[str], *, may_hide_totals: bool = False
    ) -> dict[str, float]:
        """By people that the group decides on: inner cells are cheap, totals are dear."""
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
        return dict(mine.select("people", "cost").iter_rows())


_PERIODS = ("caseload", "quarterly_flow")

_INNER, _LINE, _GENDER_OF_ALL, _DEAR = 1, 3, 9, 1000
"""What withholding costs, times the number of cells that show it: a cell by gender, the line of a
category, the women of a population, a whole population."""

_DIVIDES = 30
"""What it costs besides for each table that divides the people up, and cannot any more."""

_WITH_GENDER = [table.name for table in vocabulary().layer("marts") if "gender" in table.dimensions]
_DIVIDED = dict(Counter(PARENTS.values()))
_DIVIDED_BY_GENDER = dict(
    Counter(people for name, people in PARENTS.items() if name in _WITH_GENDER)
)


def _mart(name: str) -> Table:
    return vocabulary().table(f"marts.{name}")
