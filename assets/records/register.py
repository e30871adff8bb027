"""Puts the coded deliveries together into one register, and judges rows against each other.

Deliveries are taken in the order of their names; where two hold the same key, the later row
wins. The rules that look across rows are judged on the winning rows of the whole inbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from assets.raw import problems
from assets.raw.problems import DeliveryError
from assets.records.coding import code, report
from assets.records.rules import row_rules
from assets.vocabulary import Table, vocabulary
from assets.vocabulary.polars_schema import schema


def build_register(raw: Mapping[str, pl.DataFrame], as_of: date) -> dict[str, pl.DataFrame]:
    """Return every records table, typed, coded and keyed, from the raw tables of all deliveries.

    `raw` holds a frame of raw_schema(table) for each sheet of the vocabulary, by table name; so
    does the result, with the columns of schema(table), sorted by key. Dates after `as_of`, the
    day of the build, are judged as still to come. Raises DeliveryError with all that is wrong.
    """
    register = {}
    found = []
    for table in vocabulary().sheets():
        coded = code(table, raw[table.name], as_of)
        found += [coded.problems, _contradictions(table, coded.frame)]
        register[table.name] = _winning(table, coded.frame)
    found += _orphans(register)
    cells = problems.collect(found)
    # A cell that could not be read is empty by now: it has been reported, and breaks no rule.
    place = ["delivery", "sheet", "row", "field"]
    broken = problems.collect(_broken_rules(register, as_of)).join(cells, on=place, how="anti")
    everything = problems.collect([cells, broken])
    if everything.height:
        raise DeliveryError(everything)
    return {
        table.name: register[table.name].select(schema(table).names()).cast(schema(table))
        for table in vocabulary().sheets()
    }


def _contradictions(table: Table, coded: pl.DataFrame) -> pl.DataFrame:
    """Rows with the same key twice in one delivery and different contents, once coded."""
    within = ["delivery", *table.key]
    keyed = coded.drop_nulls(table.key)
    distinct = keyed.drop("delivery_row").unique()
    contradicting = distinct.filter(pl.len().over(within) > 1).select(within).unique()
    rows = keyed.join(contradicting, on=within, how="semi")
    return report(table, table.column(table.key[-1]), rows, "duplicate_key")


def _winning(table: Table, coded: pl.DataFrame) -> pl.DataFrame:
    """The last row of each key, in the order of deliveries; keys last marked deleted left out."""
    return (
        coded.drop_nulls(table.key)
        .sort("delivery", "delivery_row")
        .unique(table.key, keep="last", maintain_order=True)
        .filter(~pl.col("deletes"))
        .sort(table.key)
    )


def _orphans(register: Mapping[str, pl.DataFrame]) -> Iterator[pl.DataFrame]:
    for table in vocabulary().sheets():
        for name, target in table.references.items():
            rows = register[table.name].drop_nulls(name)
            lost = rows.join(register[target], on=name, how="anti")
            noun = vocabulary().table(f"records.{target}").label_nb.lower()
            yield report(table, table.column(name), lost, "orphan", target=f"en rad i {noun}")


def _broken_rules(register: Mapping[str, pl.DataFrame], as_of: date) -> Iterator[pl.DataFrame]:
    referrals = register["referrals"].select("referral_id", "referred_on", "started_on")
    exits = register["exits"].join(referrals, on="referral_id", how="left")
    for name, rules in row_rules(as_of).items():
        table = vocabulary().table(f"records.{name}")
        rows = exits if name == "exits" else register[name]
        for rule in rules:
            yield report(
                table,
                table.column(rule.field),
                rows.filter(rule.at_fault),
                rule.code,
                other=rule.words,
                hint=rule.words,
            )
