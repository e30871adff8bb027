"""Counts the errors that affect each year's figures: rows set aside, and deliveries refused.

The rows are counted once in total, and once by kind of error.

A row affects the years whose figures would be different if it had been loaded: a referral from its
first day to its exit, an exit from its day on (without the exit, the person counts as still taking
part, unless the referral is set aside as well).
A row without a readable date affects every year, and so does a delivery that was refused.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.raw import problems
from assets.records.register import Register
from assets.records.rules import DATED
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema

_ROW = ["delivery", "delivery_row"]
_DATED = DATED | {"activities": "started_on", "partner_projects": "started_on"}
"""Sheet -> the first day on which a row counts; nobody starts before being referred."""

_OF_YEARS = ("staffing", "savings")

_REFUSED = pl.col("code").is_in(problems.REFUSALS)


def year_marks(register: Register, as_of: date) -> pl.DataFrame:
    """Return quality.year_marks: year, rows_rejected and deliveries_refused.

    One row for each year from the first that a row is dated in to `as_of`, the day of the build.
    Healed rows count nowhere.
    """
    table = vocabulary().table("quality.year_marks")
    years = _years(register, as_of)
    counts = (
        _errors_by_year(register, as_of, years)
        .group_by("year")
        .agg(rows_rejected=pl.struct("sheet", *_ROW).n_unique())
    )
    refused = _unhealed(register).filter(_REFUSED)
    return (
        years.join(counts, on="year", how="left")
        .with_columns(
            pl.col("rows_rejected").fill_null(0),
            deliveries_refused=refused["delivery"].n_unique(),
        )
        .select(schema(table).names())
        .cast(schema(table))
        .sort("year")
    )


def year_errors(register: Register, as_of: date) -> pl.DataFrame:
    """Return quality.year_errors: year, code and rows_rejected, for the codes found in each year.

    A row with several kinds of error counts once under each, so the codes of a year may add up to
    more than year_marks. Healed rows count nowhere.
    """
    table = vocabulary().table("quality.year_errors")
    errors = _errors_by_year(register, as_of, _years(register, as_of))
    return (
        errors.group_by("year", "code")
        .agg(rows_rejected=pl.struct("sheet", *_ROW).n_unique())
        .select(schema(table).names())
        .cast(schema(table))
        .sort(table.key)
    )


def _years(register: Register, as_of: date) -> pl.DataFrame:
    """The years of the register, as intermediate.years has them."""
    dated = [register.tables[table][day] for table, day in _DATED.items()]
    of_years = [register.tables[table]["year"] for table in _OF_YEARS]
    years = [day.filter(day <= as_of).dt.year() for day in dated]
    years += [year.filter(year <= as_of.year) for year in of_years]
    first = pl.concat([year.cast(pl.Int64) for year in years]).min()
    listed = range(first, as_of.year + 1) if isinstance(first, int) else range(0)
    return pl.DataFrame({"year": listed}, {"year": pl.Int64})


def _unhealed(register: Register) -> pl.DataFrame:
    return register.rejected.filter(pl.col("healed_by").is_null())


def _errors_by_year(register: Register, as_of: date, years: pl.DataFrame) -> pl.DataFrame:
    """Sheet, delivery, delivery_row and code of each error of a row, for every year it affects."""
    spans = _spans(register, as_of)
    of_rows = _unhealed(register).filter(~_REFUSED).rename({"row": "delivery_row"})
    of_rows = of_rows.select("sheet", *_ROW, "code")
    none = of_rows.clear().with_columns(first=pl.lit(None, pl.Int32), last=pl.lit(None, pl.Int32))
    errors = pl.concat(
        [
            none,
            *(
                of_sheet.join(
                    spans[records.name].select(*_ROW, "first", "last").collect(),
                    on=_ROW,
                    how="left",
                )
                for records in vocabulary().sheets()
                # An answer to a finding affects no year.
                if records.name in spans
                and (of_sheet := of_rows.filter(pl.col("sheet") == records.sheet)).height
            ),
        ],
        how="vertical_relaxed",
    )
    inside = (pl.col("first") <= pl.col("year").max()) & (pl.col("last") >= pl.col("year").min())
    return errors.join(years, how="cross").filter(
        # A row outside all years of the register may be the very row that would add its year.
        ~inside.fill_null(value=False) | pl.col("year").is_between("first", "last")
    )


def _spans(register: Register, as_of: date) -> dict[str, pl.LazyFrame]:
    """First and last year that each row affects, by table; NULL where no date can be read."""
    # Lazily: most registers have few errors, and in few tables.
    coded = {name: rows.lazy() for name, rows in register.coded.items()}
    last_year = pl.lit(as_of.year)
    ends = coded["exits"].group_by("referral_id").agg(ended=pl.col("exited_on").max())
    referrals = coded["referrals"].join(ends, on="referral_id", how="left")
    begun = pl.min_horizontal("referred_on", "started_on")
    referrals = referrals.select(
        *_ROW,
        "referral_id",
        "participant_id",
        first=begun.dt.year(),
        last=pl.when(pl.col("ended").is_not_null())
        .then(pl.max_horizontal(begun, "ended").dt.year())
        .otherwise(last_year),
    )
    by_referral = referrals.group_by("referral_id").agg(pl.min("first"), pl.max("last"))
    by_person = referrals.group_by("participant_id").agg(pl.min("first"), pl.max("last"))
    exits = coded["exits"].join(by_referral, on="referral_id", how="left")
    known = register.tables["referrals"]["referral_id"]
    activities = coded["activities"].join(by_referral, on="referral_id", how="left")
    from_year = pl.coalesce(pl.col("started_on").dt.year(), "first")
    until_year = pl.coalesce(pl.col("ended_on").dt.year(), "last", last_year)
    return {
        "participants": coded["participants"].join(by_person, on="participant_id", how="left"),
        "referrals": referrals,
        "exits": exits.with_columns(
            first=pl.coalesce(pl.col("exited_on").dt.year(), "first"),
            last=pl.when(pl.col("referral_id").is_in(known.implode()))
            .then(last_year)
            .otherwise(pl.coalesce(pl.col("exited_on").dt.year(), "last")),
        ),
        "activities": activities.with_columns(
            # The two dates may be in the wrong order, which may be the error of the row.
            first=pl.when(from_year.is_not_null()).then(pl.min_horizontal(from_year, until_year)),
            last=pl.max_horizontal(from_year, until_year),
        ),
        "transition_cases": _on_one_day(coded["transition_cases"], "opened_on"),
        "partner_projects": _on_one_day(coded["partner_projects"], "started_on"),
        "group_sessions": _on_one_day(coded["group_sessions"], "held_on"),
        "survey_waves": _on_one_day(coded["survey_waves"], "sent_on"),
        "staffing": _of_year(coded["staffing"]),
        "savings": _of_year(coded["savings"]),
    }


def _on_one_day(rows: pl.LazyFrame, day: str) -> pl.LazyFrame:
    year = pl.col(day).dt.year()
    return rows.with_columns(first=year, last=year)


def _of_year(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.with_columns(first="year", last="year")
