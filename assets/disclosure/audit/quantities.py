"""The quantity that each published row counts: the same people in two tables are one quantity.

How quantities add up is in `relations`; nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from assets.disclosure.inference.cells import Cell, Quantity, Reading
from assets.disclosure.inference.statements import Relation, is_sum
from assets.vocabulary import REST, TOTAL, vocabulary

GENDERS = vocabulary().code_list("gender").names
MARGINS = (*GENDERS, TOTAL)

NEVER_OPEN = frozenset(
    {
        "monthly_form",
        "still_in_programme",
        "printed_comparison",
        "activity_status",
        "transition_starts",
    }
)
"""Tables that the open publication does not hold."""

GROUPS = "time_in_programme"

FLOWS = ("started", "planned_exits", "dropouts", "no_shows")

WORK = "work"
"""The outcome group for ordinary work."""


@dataclass(frozen=True)
class Partition:
    """A table whose categories divide a set of people, and the set that they divide.

    `whole` returns the set, given year, categories of `within` and gender. `within` are the
    dimensions whose categories have a division each: year, table and categories of `within` name
    one division.
    """

    table: str
    category: str
    whole: Callable[[int, tuple[str, ...], str], Quantity]
    within: tuple[str, ...] = ()
    by_gender: bool = True

    def set_of(self, division: Quantity, gender: str | None) -> Quantity:
        """The set that a division divides, for one gender; None is `total`."""
        year, _, *within = division
        return self.whole(int(year), tuple(map(str, within)), gender or TOTAL)


def population(year: int, name: str, gender: str = TOTAL) -> Quantity:
    """A population of gender_split."""
    return (year, "gender_split", name, gender)


def before(year: int, gender: str = TOTAL) -> Quantity:
    """Persons active before a year, by the records that the year was counted from."""
    return (year, "gender_split", "active before", gender)


def outcome(year: int, code: str, gender: str = TOTAL) -> Quantity:
    """Planned exits to one outcome."""
    return (year, "exit_outcomes", code, gender)


def outcome_group(year: int, group: str) -> Quantity:
    """Planned exits to one group of outcomes."""
    return (year, GROUPS, group)


def in_month(year: int, month: int, measure: str) -> Quantity:
    """A number of one month; those active at the end of December are those of the year's end."""
    if measure == "active" and month == 12:
        return population(year, "active_at_year_end")
    return (year, "caseload", month, measure)


def in_quarter(year: int, quarter: int, measure: str) -> Quantity:
    """A number of one quarter; those active at its end are those of its last month."""
    if measure == "active":
        return in_month(year, 3 * quarter, measure)
    return (year, "quarterly_flow", quarter, measure)


def _of(name: str) -> Callable[[int, tuple[str, ...], str], Quantity]:
    return lambda year, _, gender: population(year, name, gender)


def _to(code: str) -> Callable[[int, tuple[str, ...], str], Quantity]:
    return lambda year, _, gender: outcome(year, code, gender)


PARTITIONS = {
    partition.table: partition
    for partition in (
        Partition("referral_sources", "source", _of("referred")),
        Partition("referral_offices", "nav_office", _of("referred")),
        Partition("referral_benefits", "benefit", _of("referred")),
        Partition("referral_target_groups", "target_group", _of("referred")),
        Partition("country_of_origin", "country", _of("participants")),
        Partition("age_bands", "band", _of("participants")),
        Partition("participant_background", "value", _of("participants"), ("breakdown",)),
        Partition("dropout_reasons", "reason", _of("dropouts")),
        Partition("exit_outcomes", "outcome", _of("planned_exits")),
        Partition("other_exit_details", "detail", _to("AN")),
        Partition("aap_benefits", "benefit", _to("AP")),
        Partition(
            "work_exits",
            "value",
            lambda year, *_: outcome_group(year, WORK),
            ("breakdown",),
            by_gender=False,
        ),
        Partition(
            "transition_cases",
            "outcome",
            lambda year, *_: (year, "transition_cases"),
            by_gender=False,
        ),
        Partition(
            "partner_projects",
            "value",
            lambda year, within, _: (year, "partner_projects", within[0]),
            ("project", "breakdown"),
            by_gender=False,
        ),
    )
}


def categories(partition: Partition, division: Quantity) -> tuple[str, ...] | None:
    """The closed list of a division's categories; None where the list is open."""
    table = vocabulary().table(f"marts.{partition.table}")
    column = table.column(partition.category)
    if column.codes_by:
        return vocabulary().categories_by(table, column)[str(division[-1])]
    return None if column.codes == "country" else vocabulary().categories(table, column)


class UnknownQuantityError(Exception):
    """A mart that everyone may see counts people, and the audit does not know whom."""


def reading(tables: Mapping[str, pl.DataFrame]) -> Reading:
    """Return the rows of a publication, by the names of its marts.

    `tables` have the columns of their published shape: `year`, dimensions, then `n` or `measure`
    and `value`, then `status`. Tables that are never open, or unknown, are skipped.
    """
    listed: dict[Quantity, frozenset[str]] = {}
    folded: set[Quantity] = set()
    for name, partition in PARTITIONS.items():
        if name in tables:
            _list(
                partition.table, partition.category, partition.within, tables[name], listed, folded
            )
    if GROUPS in tables:
        _list(GROUPS, "outcome_group", (), tables[GROUPS], listed, folded)
    known = {table.name: table for table in vocabulary().layer("marts")}
    cells = []
    for name, frame in tables.items():
        if name in NEVER_OPEN or name not in known:
            continue
        dimensions = known[name].dimensions
        for row in frame.iter_rows(named=True):
            at = {dimension: row[dimension] for dimension in dimensions}
            measure = row.get("measure", "n")
            quantity = quantity_of(name, row["year"], at, measure, listed)
            if quantity is None and known[name].is_count:
                # Without it the audit could prove nothing, and every year would be held back.
                raise UnknownQuantityError(
                    f"The audit does not know whom {name} counts: add it to PARTITIONS in "
                    "assets/disclosure/audit/quantities.py, or declare in "
                    f"assets/marts/{name}.toml that it is not open."
                )
            value = row["n"] if known[name].is_count else row["value"]
            cells.append(Cell(name, row["year"], at, measure, row["status"], value, quantity))
    return Reading(tuple(cells), listed, frozenset(folded))


def rest(division: Quantity, listed: frozenset[str], gender: str | None) -> Quantity:
    """The row `rest` of a division; two are the same quantity if the same rows are listed."""
    beside = "|".join(sorted(listed))
    return (*division, f"{REST}|{beside}", *([] if gender is None else [gender]))


def _list(
    table: str,
    category_column: str,
    within_columns: tuple[str, ...],
    frame: pl.DataFrame,
    listed: dict[Quantity, frozenset[str]],
    folded: set[Quantity],
) -> None:
    for row in frame.select("year", *within_columns, category_column).unique().iter_rows():
        year, *within, category = row
        division = (year, table, *within)
        listed.setdefault(division, frozenset())
        if category == REST:
            folded.add(division)
        elif category != TOTAL:
            listed[division] |= {category}


def quantity_of(
    table: str,
    year: int,
    at: Mapping[str, int | str],
    measure: str,
    listed: Mapping[Quantity, frozenset[str]],
) -> Quantity | None:
    """The quantity of a row, by its place `at` in its table; None if it counts no people."""
    if table in PARTITIONS:
        return _part(PARTITIONS[table], year, at, listed)
    labels = [str(value) for value in at.values()]
    if table in ("gender_split", "activities", "work_exit_activities"):
        return (year, table, *labels)
    if table in ("caseload", "quarterly_flow"):
        (period,) = map(int, at.values())
        return (in_month if table == "caseload" else in_quarter)(year, period, measure)
    if (table, measure) == (GROUPS, "n") and labels == [REST]:
        return rest((year, GROUPS), listed[year, GROUPS], None)
    named = _NAMED.get((table, labels[0] if table == "key_figures" else measure))
    return named(year, *labels) if named else None


def _part(
    partition: Partition,
    year: int,
    at: Mapping[str, int | str],
    listed: Mapping[Quantity, frozenset[str]],
) -> Quantity:
    division: Quantity = (year, partition.table, *(at[name] for name in partition.within))
    gender = str(at["gender"]) if partition.by_gender else None
    category = str(at[partition.category])
    if category == TOTAL:
        return partition.set_of(division, gender)
    if category == REST:
        return rest(division, listed[division], gender)
    return (*division, category, *([] if gender is None else [gender]))


def _group(year: int, group: str) -> Quantity:
    return population(year, "planned_exits") if group == TOTAL else outcome_group(year, group)


def _year_end(year: int, *_: str) -> Quantity:
    return population(year, "active_at_year_end")


def _participants(year: int, *_: str) -> Quantity:
    return population(year, "participants")


def _planned(year: int, *_: str) -> Quantity:
    return population(year, "planned_exits")


def _referred(year: int, *_: str) -> Quantity:
    return population(year, "referred")


def _work(year: int, *_: str) -> Quantity:
    return outcome_group(year, WORK)


def _own(table: str, measure: str) -> Callable[..., Quantity]:
    return lambda year, *labels: (year, table, *labels, measure)


_NAMED: Mapping[tuple[str, str], Callable[..., Quantity]] = {
    ("benefit_target", "n"): lambda year, benefit: (year, "referral_benefits", benefit, TOTAL),
    ("benefit_target", "base"): _referred,
    ("target_attainment", "n"): lambda year, target: (year, "target_attainment", target),
    ("target_attainment", "base"): _planned,
    ("time_in_programme", "n"): _group,
    ("job_retention", "work_exits"): _work,
    ("job_retention", "followed_up"): _own("job_retention", "followed_up"),
    ("job_retention", "still_employed"): _own("job_retention", "still_employed"),
    ("group_sessions", "registered"): _own("group_sessions", "registered"),
    ("group_sessions", "attended"): _own("group_sessions", "attended"),
    ("survey_response", "invited"): _own("survey_response", "invited"),
    ("survey_response", "answered"): _own("survey_response", "answered"),
    ("staffing", "headcount"): _own("staffing", "headcount"),
    ("counsellor_caseload", "participants"): _participants,
    ("counsellor_caseload", "active_at_year_end"): _year_end,
    ("key_figures", "referrals"): _referred,
    ("key_figures", "started"): lambda year, *_: population(year, "started"),
    ("key_figures", "participants"): _participants,
    ("key_figures", "dropouts"): lambda year, *_: population(year, "dropouts"),
    ("key_figures", "no_shows"): lambda year, *_: population(year, "no_shows"),
    ("key_figures", "planned_exits"): _planned,
    ("key_figures", "work_exits"): _work,
    ("key_figures", "active_at_year_end"): _year_end,
}


def by_gender(quantity: Callable[[str], Quantity]) -> Relation:
    """The number of all is the sum of the genders."""
    return is_sum(quantity(TOTAL), [quantity(gender) for gender in GENDERS])


def row(quantity: Quantity) -> Callable[[str], Quantity]:
    """The rows of a category, by gender."""
    return lambda gender: (*quantity, gender)
