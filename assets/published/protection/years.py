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
    totals_alone,
    without_gender,
    without_measure,
)
from assets.published.protection.linked_cells import PARENTS, LinkedCells, linked_cells
from assets.published.protection.suppression import NoWayError, withhold
from assets.vocabulary import HIDDEN, TOTAL, Table, vocabulary

POPULATIONS = ("gender_split", "caseload", "quarterly_flow", "key_figures", "counsellor_caseload")
"""The tables of whole populations, tied from year to year; every other table divides them up."""

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
    ("exit_outcomes", "target_attainment", "time_in_programme"),
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
NOT_PRINTED = "not_printed"
"""What was done to a table of a year beside withholding numbers; the manifest has these words, and
where it was done to one population or measure of the table alone, its name behind a colon."""

_NOT_FOLDED = {"exit_outcomes", "referral_benefits"}  # other tables count their lines too
_FOLDED_FIRST = {"country_of_origin"}


@dataclass(frozen=True)
class ProtectedTables:
    """Published tables with NULL where a number is withheld.

    `done` holds, by table and year, what was done to it beside that, of the words above. In
    `tied_years` who is active is exactly who was active before, and who came and went since.
    """

    tables: Mapping[str, pl.DataFrame]
    done: Mapping[str, Mapping[int, tuple[str, ...]]]
    tied_years: tuple[int, ...]


def protect(
    exact: Mapping[str, pl.DataFrame],
    threshold: int,
    smallest_base: int,
    earlier: Mapping[str, pl.DataFrame] | None = None,
    *,
    left_out: Collection[tuple[str, int]] = (),
) -> ProtectedTables:
    """Return the published tables in which nobody can work out a small group by arithmetic.

    `exact` holds published frames (assets.published.tables) by the mart's name, all shown, all the
    years that are to be published. Years of `earlier`, which holds frames returned before, are
    decided: they stand as they are, and `exact` holds what they were made from. Tables that are
    `left_out` of a year have no rows in it.
    """
    years = sorted(exact["gender_split"]["year"].unique())
    decided = set(earlier["gender_split"]["year"].unique()) if earlier else set()
    published: dict[str, list[pl.DataFrame]] = {name: [] for name in exact}
    done: dict[str, dict[int, tuple[str, ...]]] = {name: {} for name in exact}
    past: list[_Year] = []
    for number in years:
        of_year = {name: frame.filter(pl.col("year") == number) for name, frame in exact.items()}
        year = _Year(number, of_year, threshold, tuple(past))
        if earlier and number in decided:
            kept = {name: frame.filter(pl.col("year") == number) for name, frame in earlier.items()}
            year.recall(kept)
            frames: Mapping[str, pl.DataFrame] = kept
        else:
            year.decide([name for name, of in left_out if of == number])
            frames = with_statuses(year.frames, year.hidden_rows(), smallest_base)
            for name, words in year.done.items():
                done[name][number] = words
        for name, frame in frames.items():
            published[name].append(frame)
        past.append(year)
    tables = {name: pl.concat(frames) for name, frames in published.items()}
    inexact = past[-1].inexact_years() if past else set()
    return ProtectedTables(tables, done, tuple(year for year in years if year not in inexact))


class _Year:
    """One year while it is being decided on: frames with `printed`, and what is hidden of them."""

    def __init__(
        self,
        number: int,
        exact: Mapping[str, pl.DataFrame],
        threshold: int,
        past: Sequence[_Year],
    ) -> None:
        self.number = number
        self.threshold = threshold
        self.past = past
        self.frames = {
            name: frame.drop("status").with_columns(pl.lit(True).alias("printed"))
            for name, frame in exact.items()
        }
        self.done: dict[str, tuple[str, ...]] = {}
        self.hidden: dict[str, bool] = {}
        """Whether the people of a printed cell are withheld; others are not in it."""

    def decide(self, left_out: Collection[str]) -> None:
        """Make the year's tables coarse where they must be, and choose what to withhold."""
        for name in left_out:
            self._leave_out(name)
        self._decide_populations()
        for group in GROUPS:
            if set(group) <= self.frames.keys():
                self._decide_group(group)

    def recall(self, published: Mapping[str, pl.DataFrame]) -> None:
        """Take over what was decided when the year was published."""
        statuses = {}
        for name in POPULATIONS:
            keys = _mart(name).published_key
            stood = published[name].select(*keys, "status")
            found = self.frames[name].join(stood, on=keys, how="left", maintain_order="left")
            statuses[name] = found["status"]
            printed = found["status"].is_not_null().alias("printed")
            self.frames[name] = self.frames[name].with_columns(printed)
        for (table,), rows in self._populations([self]).cells.filter("printed").group_by("table"):
            status = statuses[str(table)].gather(rows["row"])
            self.hidden |= dict(zip(rows["people"], status == HIDDEN, strict=True))

    def hidden_rows(self) -> dict[str, pl.Series]:
        """For each table, whether each row of its frame is withheld; NULL where it is no count."""
        decided = pl.DataFrame(
            list(self.hidden.items()), {"people": pl.String, "hidden": pl.Boolean}, orient="row"
        )
        cells = linked_cells(self.frames).cells.filter("printed")
        withheld = cells.join(decided, on="people", how="left")
        if undecided := withheld.filter(pl.col("hidden").is_null())["table"].unique().to_list():
            raise ArithmeticError(f"Nothing was decided on cells of {', '.join(undecided)}.")
        rows = {}
        for name, frame in self.frames.items():
            mine = withheld.filter(pl.col("table") == name)
            joined = frame.with_row_index("row").join(
                mine, on="row", how="left", maintain_order="left"
            )
            rows[name] = joined["hidden"]
        return rows

    def inexact_years(self) -> set[int]:
        """The years up to this one in which persons are there on two referrals at once."""
        return self._populations([*self.past, self]).inexact_years()

    # --- Populations ---

    def _decide_populations(self) -> None:
        decided = {people: hidden for year in self.past for people, hidden in year.hidden.items()}
        may_hide_totals = False
        while True:
            system = self._populations([*self.past, self])
            costs = self._costs(system, POPULATIONS, may_hide_totals=may_hide_totals)
            try:
                found = withhold(system, costs, decided, (), self.threshold)
            except NoWayError as error:
                if self._coarsen_populations(error.people):
                    continue
                if may_hide_totals:
                    for name in self.frames:
                        self._leave_out(name)
                    return
                may_hide_totals = True
                continue
            self.hidden = {people: found[people] for people in costs if people in found}
            return

    def _populations(self, years: Sequence[_Year]) -> LinkedCells:
        return linked_cells(self._population_frames(years))

    @staticmethod
    def _population_frames(years: Sequence[_Year]) -> dict[str, pl.DataFrame]:
        return {name: pl.concat(year.frames[name] for year in years) for name in POPULATIONS}

    def _coarsen_populations(self, stuck: Sequence[str]) -> bool:
        """Print less, for the sake of those that cannot be protected; False when nothing helps."""
        parts = [people.split("|") for people in stuck if people.startswith(f"{self.number}|")]
        by_gender = {of[2] for of in parts if of[1] == "gender_split" and of[3] != TOTAL}
        among = (
            pl.col("population").is_in(by_gender) & pl.col("printed") & (pl.col("gender") != TOTAL)
        )
        if self.frames["gender_split"].filter(among).height:
            fewer = without_gender(self.frames["gender_split"], among)
            for population in sorted(by_gender):
                self._apply("gender_split", f"{NO_GENDER}:{population}", fewer)
            return True
        for name in ("caseload", "quarterly_flow"):
            stuck_measures = sorted({of[3] for of in parts if of[1] == name})
            words = {measure: f"{NOT_PRINTED}:{measure}" for measure in stuck_measures}
            fresh = [one for one in words if words[one] not in self.done.get(name, ())]
            for measure in fresh:
                fewer = without_measure(self.frames[name], measure)
                self._apply(name, words[measure], fewer)
            if fresh:
                return True
        return False

    # --- Tables that divide a population up ---

    def _decide_group(self, group: Sequence[str]) -> None:
        head = _mart(group[0])
        parent = PARENTS.get(head.name)
        if parent and self.hidden.get(f"{self.number}|{parent}|{TOTAL}", True):
            for name in group:
                self._leave_out(name)
        elif parent and "gender" in head.dimensions and not self._shows_genders(parent):
            self._apply(head.name, NO_GENDER, without_gender(self.frames[head.name]))
        if head.name in _FOLDED_FIRST:
            self._fold(head)
        ladder = self._ladder(head, group)
        while True:
            own = {name: self.frames[name] for name in ("exit_outcomes", *group)}
            system = linked_cells({**self._population_frames([*self.past, self]), **own})
            costs = self._costs(system, group)
            try:
                unknown = self._unknown(system, costs)
                found = withhold(system, costs, {}, unknown, self.threshold, patient=False)
            except NoWayError:
                next(ladder)
                continue
            self.hidden |= {people: found[people] for people in costs if people in found}
            return

    def _unknown(self, system: LinkedCells, costs: Mapping[str, float]) -> set[str]:
        """Who is withheld already or stands nowhere, outside of what is decided on now."""
        printed = system.people.filter(pl.col("printed") > 0)["people"]
        nowhere = set(system.people["people"]) - set(printed) - costs.keys()
        return nowhere | {people for people, hidden in self.hidden.items() if hidden}

    def _shows_genders(self, parent: str) -> bool:
        genders = vocabulary().code_list("gender").names
        return not any(self.hidden.get(f"{self.number}|{parent}|{one}", True) for one in genders)

    def _ladder(self, head: Table, group: Sequence[str]) -> Iterator[None]:
        """Take one step after another: gender, categories, all categories, tables."""
        if "gender" in head.dimensions and NO_GENDER not in self.done.get(head.name, ()):
            self._apply(head.name, NO_GENDER, without_gender(self.frames[head.name]))
            yield
        if _categories(head) and head.name not in _NOT_FOLDED and self._fold(head):
            yield
        if _categories(head):
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
            .then(_OWN_TOTAL)
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
            # People who stand nowhere may be found out from a later year too.
            (parts.list.get(0) == str(self.number)) | (pl.col("printed") == 0),
            owner.is_in(group),
        ).with_columns(
            ((level + _DIVIDES * tables) * pl.col("printed") * (1 + pl.col("n") / 1000)).alias(
                "cost"
            )
        )
        return dict(mine.select("people", "cost").iter_rows())


_INNER, _LINE, _GENDER_OF_ALL, _OWN_TOTAL, _DEAR = 1, 3, 9, 100, 1000
"""What withholding costs, times the number of cells that show it: a cell by gender, the line of a
category, the women of a population, the total of a table of its own, a whole population."""

_DIVIDES = 30
"""What it costs besides for each table that divides the people up, and cannot any more."""

_WITH_GENDER = [table.name for table in vocabulary().layer("marts") if "gender" in table.dimensions]
_DIVIDED = dict(Counter(PARENTS.values()))
_DIVIDED_BY_GENDER = dict(
    Counter(people for name, people in PARENTS.items() if name in _WITH_GENDER)
)


def _categories(table: Table) -> bool:
    return table.is_count and any(name != "gender" for name in table.margins)


def _mart(name: str) -> Table:
    return vocabulary().table(f"marts.{name}")
