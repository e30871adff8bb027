"""Exact publications of made-up registers, for tests of protection, audit and attacker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from assets.published.manifest import policy
from assets.published.open_tables import open_tables
from assets.published.tables import published
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from tests.recount.oracle import marts
from tests.recount.records import Register
from tests.recount.registers import random_register

THRESHOLD = 5
SMALLEST_BASE = 20
SENSITIVE = tuple(policy()["open"]["sensitive"])


def internal_tables(register: Register, as_of: date) -> dict[str, pl.DataFrame]:
    """Return the published frames of the audience `internal`, except the list."""
    counted = marts(register, as_of)
    years = sorted({int(str(row["year"])) for row in counted["key_figures"]})
    return {
        table.name: published(
            table, pl.DataFrame(counted[table.name], schema(table), orient="row"), years
        )
        for table in vocabulary().layer("marts")
        if not table.is_list
    }


def exact_tables(register: Register, as_of: date) -> dict[str, pl.DataFrame]:
    """Return the published frames that the audience `open` has, with every number shown.

    Without the years in which nobody is there yet, which no publication is large enough for.
    """
    tables = open_tables(internal_tables(register, as_of), policy()["open"]["names"])
    split = tables["gender_split"]
    first = split.filter(pl.col("n") > 0)["year"].min()
    return of_years(tables, split.filter(pl.col("year") >= first)["year"].unique().to_list())


def random_tables(seed: int, people: int, years: int) -> dict[str, pl.DataFrame]:
    """Return the exact tables of a random register that ends on the last day of a year."""
    as_of = date(2021, 12, 31)
    return exact_tables(random_register(seed, people, 2022 - years, 2021, as_of), as_of)


def of_years(tables: Mapping[str, pl.DataFrame], years: list[int]) -> dict[str, pl.DataFrame]:
    """Return the rows of some years."""
    return {name: frame.filter(pl.col("year").is_in(years)) for name, frame in tables.items()}


def counts_of(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a published frame that count people, cases or staff."""
    table = vocabulary().table(f"marts.{name}")
    if table.is_count:
        return frame
    if name == "key_figures":
        figures = vocabulary().code_list("key_figure").codes
        counted = [code.code for code in figures if code.attributes["unit"] == "count"]
        return frame.filter(pl.col("figure").is_in(counted))
    counted = [one for one in table.measures if table.column(one).type == "count"]
    return frame.filter(pl.col("measure").is_in(counted), pl.col("measure") != "sessions")


def shown_share(exact: Mapping[str, pl.DataFrame], made: Mapping[str, pl.DataFrame]) -> float:
    """Return the shown share of the counts of at least the threshold, margins included."""
    large = shown = 0
    for name, frame in exact.items():
        table = vocabulary().table(f"marts.{name}")
        number, keys = table.number, table.published_key
        counts = counts_of(name, frame).filter(pl.col(number) >= THRESHOLD)
        stands = made[name].filter(pl.col("status") == "shown")
        large += counts.height
        shown += counts.join(stands, on=keys, how="semi").height
    return shown / large


def assert_true(exact: Mapping[str, pl.DataFrame], made: Mapping[str, pl.DataFrame]) -> None:
    """Every number shown is exact, and `rest` holds the categories that are not listed."""
    for name, frame in made.items():
        table = vocabulary().table(f"marts.{name}")
        number, keys = table.number, table.published_key
        hidden = frame.filter(pl.col("status") == "hidden")
        assert hidden[number].null_count() == hidden.height
        is_rest = pl.any_horizontal(pl.col(key).cast(pl.String) == "rest" for key in keys)
        listed = frame.filter(~is_rest, pl.col("status") == "shown")
        both = listed.join(exact[name], on=keys, how="left", suffix="_exact")
        assert both[number].equals(both[f"{number}_exact"], null_equal=True), name
    countries, by_gender = made["country_of_origin"], ["year", "gender"]
    rest = countries.filter(pl.col("country") == "rest", pl.col("status") == "shown")
    folded = exact["country_of_origin"].join(countries, on=["country", *by_gender], how="anti")
    sums = folded.group_by(by_gender).agg(pl.col("n").sum().alias("sum"))
    assert rest.join(sums, on=by_gender).filter(pl.col("n") != pl.col("sum")).is_empty()
