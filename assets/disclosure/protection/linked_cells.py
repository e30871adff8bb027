"""One system of all years: the published cells that count the same people, and those that add up.

A cell is a count in a published table; `people` names the set of persons or records that it counts:
year, table, categories, joined by a bar. Cells with the same people are one unknown to a reader who
calculates. Nothing here decides which cells are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import polars as pl

from assets.disclosure.protection.stayers import TABLES, Stayers, stayers
from assets.disclosure.suppression.unknowns import LinkedCells
from assets.vocabulary import REST, TOTAL, Table, vocabulary


def exits_to(outcomes: Iterable[str]) -> str:
    """The planned exits to any of some outcomes, as people without year and gender."""
    return "exit_outcomes|" + "+".join(sorted(outcomes))


@cache
def _outcomes_by(list_name: str) -> Mapping[str, tuple[str, ...]]:
    """The outcomes in each outcome group, or those that reach each target, from the code lists."""
    targets = {
        code.code: code.attributes["target"]
        for code in vocabulary().code_list("outcome_group").codes
    }
    listed: dict[str, tuple[str, ...]] = {}
    for code in vocabulary().code_list("outcome").codes:
        group = code.attributes["outcome_group"]
        name = group if list_name == "outcome_group" else targets[group]
        if name:
            listed[name] = (*listed.get(name, ()), code.code)
    return listed


_REFERRED, _PARTICIPANTS = "gender_split|referred", "gender_split|participants"
_ACTIVE, _PLANNED = "gender_split|active_at_year_end", "gender_split|planned_exits"
_WORK = exits_to(_outcomes_by("outcome_group")["work"])


def _divided(table: Table) -> str:
    """The people that the lines of a table divide."""
    for of, code in table.divides_only.items():
        return exits_to([code] if of == "outcome" else _outcomes_by(of)[code])
    return f"gender_split|{table.divides}"


PARENTS: Mapping[str, str] = {
    table.name: _divided(table) for table in vocabulary().layer("marts") if table.divides
}
"""The people that the lines of a table divide, without year and gender; the total of the table, if
it has one, is all of them."""

FLOWS = ("started", "planned_exits", "dropouts", "no_shows")
"""Measures by month and quarter that add up to the population of the same name."""

ALWAYS_FOLDED = ("country_of_origin",)
"""Tables that list no category below the threshold."""

_NOT_PEOPLE = {("group_sessions", "sessions")}


class ContradictionError(ValueError):
    """Two cells that count the same people differ, so the marts must be wrong."""


def exact_ties(
    split: pl.DataFrame, caseload: pl.DataFrame | None, before: pl.DataFrame | None
) -> dict[str, tuple[str, ...]]:
    """Return, by tie, the genders for which persons follow exactly from arrivals and exits.

    `split` and `before` are gender_split of the year and of the one before it; None where that is
    not published, and then nobody is taken to have been active. `caseload` may have no rows, in a
    year that was published before it was open. The ties are `active`: active at the end, from those
    active before, starts and exits (for `total` in each month of `caseload` too); `came`:
    participants, from those active before and starts; `left`: participants, from those active at
    the end and exits.
    """
    now = _by_population(split)
    was = {} if before is None else _by_population(before)
    exact: dict[str, list[str]] = {"active": [], "came": [], "left": []}
    for gender in (*vocabulary().code_list("gender").names, TOTAL):
        of = {name: now.get((name, gender), 0) for name, _ in now}
        earlier = was.get(("active_at_year_end", gender), 0)
        active, persons = of["active_at_year_end"], of["participants"]
        gone = of["planned_exits"] + of["dropouts"]
        is_tied = active == earlier + of["started"] - gone
        months = caseload if gender == TOTAL else None
        if is_tied and (months is None or months.is_empty() or _is_tied_by_month(months, earlier)):
            exact["active"].append(gender)
        if persons == earlier + of["started"]:
            exact["came"].append(gender)
        if persons == active + gone:
            exact["left"].append(gender)
    return {name: tuple(genders) for name, genders in exact.items()}


def _is_tied_by_month(caseload: pl.DataFrame, before: int) -> bool:
    months = caseload.pivot("measure", index="month", values="value").sort("month")
    came_and_went = pl.col("started") - pl.col("planned_exits") - pl.col("dropouts")
    expected = pl.col("active").shift(1, fill_value=before) + came_and_went
    return bool(months.select((pl.col("active") == expected).all()).item())


def _by_population(split: pl.DataFrame) -> dict[tuple[str, str], int]:
    rows = split.select("population", "gender", "n").iter_rows()
    return {(population, gender): n for population, gender, n in rows}


def linked_cells(
    tables: Mapping[str, pl.DataFrame],
    threshold: int,
    active: Mapping[int, Mapping[str, int]] | None = None,
) -> LinkedCells:
    """Return the system of `tables`: published frames by name, all years, with exact numbers.

    Each frame has a column `printed` and those of published_schema. `active` gives by year and
    gender the number active at its end, for the years whose people are tied to the next year's.
    Raises ContradictionError when two cells of the same people hold different numbers.
    """
    named = {
        name: _named(vocabulary().table(f"marts.{name}"), frame, threshold)
        for name, frame in tables.items()
    }
    cells = pl.concat(
        frame.select(
            pl.lit(name).alias("table"), "row", "people", "count", "printed", "least", "guard"
        )
        for name, frame in sorted(named.items())
    )
    by_people = cells.group_by("people").agg(
        pl.col("count").first().alias("n"),
        pl.col("printed").sum(),
        pl.col("least").max(),
        pl.col("guard").drop_nulls().first(),
        (pl.col("count").n_unique() > 1).alias("differ"),
    )
    if at_odds := by_people.filter("differ")["people"].sort().to_list():
        raise ContradictionError(f"Published tables count these people differently: {at_odds}")
    numbers = dict(by_people.select("people", "n").iter_rows())
    sums = [
        *(_margins(vocabulary().table(f"marts.{name}"), frame) for name, frame in named.items()),
        _listed(
            {
                name: parts
                for name, parts in (
                    _periods(numbers) | _ties(numbers) | _combined_outcomes(numbers)
                ).items()
                if parts.keys() <= numbers.keys()
            }
        ),
    ]
    remainders = _remainders(numbers)
    rows = [
        (
            name,
            sum(sign * numbers[people] for people, sign in parts.items()),
            0,
            watched,
            0,
            None,
            False,
        )
        for name, (parts, watched) in remainders.items()
    ]
    sums.append(_listed({name: {**parts, name: -1} for name, (parts, _) in remainders.items()}))
    for stayed in _stayers(named, active or {}):
        rows += [(name, n, 0, True, 0, None, False) for name, n in stayed.numbers.items()]
        sums.append(_listed(stayed.sums))
    unprinted = pl.DataFrame(rows, _PEOPLE, orient="row")
    people = pl.concat(
        [
            by_people.with_columns(watched=True, given=False).select(
                pl.col(name).cast(type_) for name, type_ in _PEOPLE.items()
            ),
            unprinted,
        ]
    ).sort("people")
    return LinkedCells(
        cells.select("table", "row", "people", "printed"),
        people,
        pl.concat(sums).sort("sum", "people"),
    )


_PEOPLE = pl.Schema(
    {
        "people": pl.String,
        "n": pl.Int64,
        "printed": pl.UInt32,
        "watched": pl.Boolean,
        "least": pl.Int64,
        "guard": pl.String,
        "given": pl.Boolean,
    }
)


# --- The people of a cell -------------------------------------------------------------------------


def _named(table: Table, frame: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Number the rows of a published frame, and name the people of the rows that count people."""
    frame = frame.with_row_index("row").with_columns(pl.col(table.number).alias("count"))
    named = frame.with_columns(
        people=_people_of_count(table) if table.is_count else _people_of_measure(table),
        guard=_divided_by_gender(table) if table.is_count else _divided_further(table),
        least=_least(table, frame, threshold),
    ).filter(pl.col("count").is_not_null(), _counts_people(table))
    return named.with_columns(pl.col("count").cast(pl.Int64))


def _least(table: Table, frame: pl.DataFrame, threshold: int) -> pl.Expr:
    """The fewest people a hidden row may count: in a folded table never below the threshold."""
    category = table.category
    if not category:
        return pl.lit(1)
    is_folded = REST in frame[category].cast(pl.String) or table.name in ALWAYS_FOLDED
    told_apart = pl.col("gender") != TOTAL if "gender" in table.dimensions else pl.lit(False)
    is_undivided = ~pl.col("printed") if table.name in TABLES else pl.lit(False)
    return (
        pl.when(is_undivided)
        .then(0)
        .when(told_apart | (pl.col(category) == TOTAL) | (not is_folded))
        .then(1)
        .when(pl.col(category) == REST)
        .then(threshold + 1)
        .otherwise(threshold)
    )


def _divided_by_gender(table: Table) -> pl.Expr:
    """The people that a row by gender divides: those of the row of all genders."""
    if "gender" not in table.dimensions:
        return pl.lit(None, pl.String)
    return pl.when(pl.col("gender") != TOTAL).then(_people_of_count(table, pl.lit(TOTAL)))


def _divided_further(table: Table) -> pl.Expr:
    """The people that a row of a long table divides: a month its quarter, a quarter the year."""
    if table.name == "quarterly_flow":
        whole = _joined("year", pl.lit("gender_split"), "measure", pl.lit(TOTAL))
    elif table.name == "caseload":
        quarter = (pl.col("month") + 2) // 3
        whole = _joined("year", pl.lit("quarterly_flow"), quarter.cast(pl.String), "measure")
    elif table.name == "job_retention":
        asked = _joined("year", pl.lit(table.name), pl.lit("followed_up"))
        return pl.when(pl.col("measure") == "still_employed").then(asked)
    else:
        return pl.lit(None, pl.String)
    return pl.when(pl.col("measure").is_in(["referred", *FLOWS])).then(whole)


def _counts_people(table: Table) -> pl.Expr:
    """Whether a row of a long frame is a count, and not a share, an age or a sum of money."""
    if table.is_count:
        return pl.lit(True)
    if table.name == "key_figures":
        units = {
            code.code: code.attributes["unit"]
            for code in vocabulary().code_list("key_figure").codes
        }
        return pl.col("figure").is_in([figure for figure, unit in units.items() if unit == "count"])
    counts = [
        measure
        for measure in table.measures
        if table.column(measure).type == "count" and (table.name, measure) not in _NOT_PEOPLE
    ]
    return pl.col("measure").is_in(counts)


def _people_of_count(table: Table, gender_of: pl.Expr | None = None) -> pl.Expr:
    categories = [name for name in table.dimensions if name != "gender"]
    has_gender = "gender" in table.dimensions
    of = pl.col("gender").cast(pl.String) if gender_of is None else gender_of
    gender = [of] if has_gender else []
    own = _joined("year", pl.lit(table.name), *categories, *gender)
    if table.name not in PARENTS and "breakdown" in categories:
        # Every breakdown adds up to the same people.
        categories.remove("breakdown")
        whole = _joined("year", pl.lit(table.name), *categories, *gender)
    elif table.name in PARENTS:
        whole = _joined("year", pl.lit(PARENTS[table.name]), *(gender or [pl.lit(TOTAL)]))
    else:
        return own.alias("people")
    summed = [name for name in table.margins if name != "gender"]
    is_whole = (
        pl.all_horizontal(pl.col(name) == TOTAL for name in summed) if summed else pl.lit(False)
    )
    return pl.when(is_whole).then(whole).otherwise(own).alias("people")


def _people_of_measure(table: Table) -> pl.Expr:
    own = _joined(pl.lit(table.name), *table.dimensions, "measure")
    return _joined("year", own.replace(_same_people())).alias("people")


def _joined(*parts: pl.Expr | str) -> pl.Expr:
    # The name of a project or a survey may contain a bar.
    texts = [
        pl.col(part).cast(pl.String).str.replace_all("|", "||", literal=True)
        if isinstance(part, str)
        else part
        for part in parts
    ]
    return pl.concat_str(texts, separator="|")


@cache
def _same_people() -> Mapping[str, str]:
    """People of long tables, with the same people in another table, both without the year."""
    populations = ("started", "participants", *FLOWS[1:], "active_at_year_end")
    figures = {one: f"gender_split|{one}" for one in populations}
    figures |= {"referrals": _REFERRED, "work_exits": _WORK}
    targets, groups = _outcomes_by("target"), _outcomes_by("outcome_group")
    benefits = vocabulary().code_list("benefit").names
    whole = {
        **{f"key_figures|{figure}|value": people for figure, people in figures.items()},
        **{f"target_attainment|{target}|n": exits_to(of) for target, of in targets.items()},
        **{f"target_attainment|{target}|base": _PLANNED for target in targets},
        **{f"time_in_programme|{group}|n": exits_to(of) for group, of in groups.items()},
        f"time_in_programme|{TOTAL}|n": _PLANNED,
        **{f"benefit_target|{benefit}|n": f"referral_benefits|{benefit}" for benefit in benefits},
        **{f"benefit_target|{benefit}|base": _REFERRED for benefit in benefits},
        "job_retention|work_exits": _WORK,
        "counsellor_caseload|participants": _PARTICIPANTS,
        "counsellor_caseload|active_at_year_end": _ACTIVE,
        "caseload|12|active": _ACTIVE,
        "quarterly_flow|4|active": _ACTIVE,
    }
    ends = {f"quarterly_flow|{one}|active": f"caseload|{3 * one}|active" for one in (1, 2, 3)}
    return {**{long: f"{people}|{TOTAL}" for long, people in whole.items()}, **ends}


# --- What adds up ---------------------------------------------------------------------------------


def _margins(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The sums that the rows `total` of a table of counts imply."""
    empty = pl.DataFrame(schema={"sum": pl.String, "people": pl.String, "coefficient": pl.Int64})
    if not table.is_count:
        return empty
    sums = []
    for summed in table.margins:
        others = [name for name in ("year", *table.dimensions) if name != summed]
        named = _joined(pl.lit(f"{table.name} over {summed}"), *others).alias("sum")
        sign = pl.when(pl.col(summed) == TOTAL).then(1).otherwise(-1)
        # A total whose parts are not in the frame is no sum of known parts.
        has_parts = (pl.col(summed) != TOTAL).any().over(others)
        sums.append(
            frame.filter(has_parts).select(
                named, "people", sign.cast(pl.Int64).alias("coefficient")
            )
        )
    return pl.concat([empty, *sums])


def _years(numbers: Mapping[str, int]) -> list[str]:
    return sorted({people.split("|", 1)[0] for people in numbers})


def _genders(numbers: Mapping[str, int], year: str) -> list[str]:
    names = (*vocabulary().code_list("gender").names, TOTAL)
    return [name for name in names if f"{year}|{_PARTICIPANTS}|{name}" in numbers]


def _periods(numbers: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Months add up to quarters, and quarters to years."""
    sums = {}
    for year in _years(numbers):
        for flow in ("referred", *FLOWS):
            quarters = {f"{year}|quarterly_flow|{quarter}|{flow}": -1 for quarter in range(1, 5)}
            sums[f"quarters of {year} {flow}"] = {
                f"{year}|gender_split|{flow}|{TOTAL}": 1,
                **quarters,
            }
        for flow in FLOWS:
            for quarter in range(1, 5):
                of = range(3 * quarter - 2, 3 * quarter + 1)
                months = {f"{year}|caseload|{month}|{flow}": -1 for month in of}
                whole = f"{year}|quarterly_flow|{quarter}|{flow}"
                sums[f"months of {whole}"] = {whole: 1, **months}
    return sums


def _ties(numbers: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Active persons and participants follow from those active before, starts and exits.

    This is true except for persons on two referrals at once, or back within the year; their number
    is taken to be known, so that the promise does not depend on it.
    """
    sums: dict[str, dict[str, int]] = {}
    for year in _years(numbers):
        for month in range(1, 13):
            active, earlier = _active(year, month), _active(year, month - 1)
            flows = {f"{year}|caseload|{month}|{flow}": sign for flow, sign in _MOVES.items()}
            sums[f"{_TIE}{year} {month}"] = _with_earlier(numbers, {active: 1, **flows}, earlier)
        for gender in _genders(numbers, year):
            active, earlier = f"{year}|{_ACTIVE}|{gender}", f"{int(year) - 1}|{_ACTIVE}|{gender}"
            flows = {f"{year}|gender_split|{flow}|{gender}": sign for flow, sign in _MOVES.items()}
            sums[f"{_TIE}{year} {gender}"] = _with_earlier(numbers, {active: 1, **flows}, earlier)
            persons, came = (
                f"{year}|{_PARTICIPANTS}|{gender}",
                f"{year}|gender_split|started|{gender}",
            )
            sums[f"came {year} {gender}"] = _with_earlier(numbers, {persons: 1, came: -1}, earlier)
    return sums


_TIE = "active "
_MOVES = {"started": -1, "planned_exits": 1, "dropouts": 1}


def _active(year: str, month: int) -> str:
    """The people active at the end of a month; month 0 is the end of the year before."""
    if month == 0:
        return _active(str(int(year) - 1), 12)
    own = f"caseload|{month}|active"
    return f"{year}|{_same_people().get(own, own)}"


def _with_earlier(
    numbers: Mapping[str, int], parts: dict[str, int], earlier: str
) -> dict[str, int]:
    """Add the people active before; where their number is not published, it counts as known."""
    return {**parts, earlier: -1} if earlier in numbers else parts


def _combined_outcomes(numbers: Mapping[str, int]) -> dict[str, dict[str, int]]:
    sums = {}
    for year in _years(numbers):
        for of in (*_outcomes_by("outcome_group").values(), *_outcomes_by("target").values()):
            parts = {f"{year}|{exits_to([outcome])}|{TOTAL}": -1 for outcome in of}
            if len(of) > 1:
                sums[f"{year} {exits_to(of)}"] = {f"{year}|{exits_to(of)}|{TOTAL}": 1, **parts}
    return sums


def _remainders(numbers: Mapping[str, int]) -> dict[str, tuple[dict[str, int], bool]]:
    """People in no row, as sums of others that are never below 0; and whether they are watched."""
    found: dict[str, tuple[dict[str, int], bool]] = {}
    for people in numbers:
        year, table, *categories = people.split("|")
        if table in ("activities", "work_exit_activities"):
            gender = categories[1] if len(categories) > 1 else TOTAL
            whole = f"{year}|{PARENTS[table]}|{gender}"
            found[f"{people}|without"] = ({whole: 1, people: -1}, True)
            if table == "work_exit_activities":
                # If they had it in the year of their exit, they are among those who had it then.
                had_it = f"{year}|activities|{categories[0]}|{TOTAL}"
                found[f"{people}|others"] = ({had_it: 1, people: -1}, True)
        elif table == "survey_response" and people.endswith("|answered"):
            found[f"{people}|not"] = (
                {f"{people.removesuffix('answered')}invited": 1, people: -1},
                True,
            )
    for year in _years(numbers):
        work, retention = f"{year}|{_WORK}|{TOTAL}", f"{year}|job_retention"
        followed, still = f"{retention}|followed_up", f"{retention}|still_employed"
        found[f"{followed}|not"] = ({work: 1, followed: -1}, True)
        found[f"{still}|not"] = ({followed: 1, still: -1}, True)
        everyone = f"{year}|{_PARTICIPANTS}"
        for gender in _genders(numbers, year):
            persons = f"{everyone}|{gender}"
            active, earlier = f"{year}|{_ACTIVE}|{gender}", f"{int(year) - 1}|{_ACTIVE}|{gender}"
            found[f"{persons}|left"] = ({persons: 1, active: -1}, True)
            found[f"{persons}|came"] = ({persons: 1, earlier: -1}, True)
        for month in range(1, 13):
            active = _active(year, month)
            found[f"{active}|in month {month}"] = ({f"{everyone}|{TOTAL}": 1, active: -1}, False)
    found |= _waiting(numbers)
    return {
        name: (parts, watched)
        for name, (parts, watched) in found.items()
        if parts.keys() <= numbers.keys()
        # Below 0 where somebody came from a year that is not published; then it is no bound.
        and sum(sign * numbers[people] for people, sign in parts.items()) >= 0
    }


def _stayers(
    named: Mapping[str, pl.DataFrame], active: Mapping[int, Mapping[str, int]]
) -> Iterator[Stayers]:
    for name in TABLES:
        if name in named:
            by_year = {year: frame for (year,), frame in named[name].group_by("year")}
            for year in sorted(set(active) & set(by_year)):
                if year + 1 in by_year:
                    table = vocabulary().table(f"marts.{name}")
                    yield from stayers(table, by_year[year], by_year[year + 1], active[year])


def _waiting(numbers: Mapping[str, int]) -> dict[str, tuple[dict[str, int], bool]]:
    """Every start and no-show was referred, in that year or before."""
    found = {}
    came = {"referred": 1, "started": -1, "no_shows": -1}
    for gender in (*vocabulary().code_list("gender").names, TOTAL):
        so_far: dict[str, int] = {}
        for year in _years(numbers):
            of_year = {f"{year}|gender_split|{name}|{gender}": sign for name, sign in came.items()}
            of_quarters: dict[str, int] = {}
            for quarter in range(1, 4) if gender == TOTAL else ():
                of_quarters |= {
                    f"{year}|quarterly_flow|{quarter}|{name}": sign for name, sign in came.items()
                }
                found[f"{year}|quarterly_flow|{quarter}|waiting"] = (
                    {**so_far, **of_quarters},
                    False,
                )
            so_far = {**so_far, **of_year}
            found[f"{year}|gender_split|waiting|{gender}"] = (so_far, False)
    return found


def _listed(sums: Mapping[str, Mapping[str, int]]) -> pl.DataFrame:
    rows = [(name, people, sign) for name, parts in sums.items() for people, sign in parts.items()]
    columns = pl.Schema({"sum": pl.String, "people": pl.String, "coefficient": pl.Int64})
    return pl.DataFrame(rows, columns, orient="row")
