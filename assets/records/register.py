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
from assets.vocabulary import Table, vocabulary
from assets.vocabulary.polars_schema import schema

WORK_OUTCOMES = ("A", "AD")
"""Outcomes that are a job, and so may have a position."""


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
    found += _rules(register, as_of)
    everything = problems.collect(found)
    if everything.height:
        raise DeliveryError(everything)
    return {
        table.name: register[table.name].select(schema(table).names()).cast(schema(table))  # type: ignore[arg-type]
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


def _rules(register: Mapping[str, pl.DataFrame], as_of: date) -> Iterator[pl.DataFrame]:
    """Judge rows by what the vocabulary cannot say: order of dates, and what belongs together."""
    started = pl.col("started_on") <= as_of
    planned, dropout, no_show = (
        pl.col("kind") == kind for kind in ("planned", "dropout", "no_show")
    )
    outcome = pl.col("outcome")
    exits = register["exits"].join(
        register["referrals"].select("referral_id", "referred_on", "started_on"),
        on="referral_id",
        how="left",
    )
    frames = {**register, "exits": exits}
    known = pl.col("referred_on").is_not_null()
    rules: list[tuple[str, str, str, pl.Expr, str]] = [
        (
            "referrals",
            "started_on",
            "date_order",
            pl.col("started_on") < pl.col("referred_on"),
            "henvist dato",
        ),
        ("referrals", "referred_on", "future_date", pl.col("referred_on") > as_of, ""),
        (
            "exits",
            "exited_on",
            "date_order",
            ~no_show & (pl.col("exited_on") < pl.col("started_on")),
            "oppstartsdato",
        ),
        (
            "exits",
            "exited_on",
            "date_order",
            no_show & (pl.col("exited_on") < pl.col("referred_on")),
            "henvist dato",
        ),
        ("exits", "exited_on", "future_date", pl.col("exited_on") > as_of, ""),
        (
            "exits",
            "kind",
            "rule",
            ~no_show & known & ~started.fill_null(value=False),
            "Henvisningen har ingen oppstart. Før oppstartsdato i henvisningen, eller velg «Ikke møtt».",
        ),
        (
            "exits",
            "kind",
            "rule",
            no_show & started,
            "Henvisningen har oppstart. Velg «Planmessig avsluttet» eller «Droppet ut».",
        ),
        (
            "exits",
            "outcome",
            "rule",
            planned & outcome.is_null(),
            "Fyll ut hva deltakeren gikk til.",
        ),
        (
            "exits",
            "outcome",
            "rule",
            ~planned & outcome.is_not_null(),
            "Skal bare fylles ut for planmessig avsluttede.",
        ),
        (
            "exits",
            "dropout_reason",
            "rule",
            dropout & pl.col("dropout_reason").is_null(),
            "Fyll ut hvorfor deltakeren droppet ut.",
        ),
        (
            "exits",
            "dropout_reason",
            "rule",
            ~dropout & pl.col("dropout_reason").is_not_null(),
            "Skal bare fylles ut for dem som droppet ut.",
        ),
        (
            "exits",
            "other_detail",
            "rule",
            outcome.ne_missing("AN") & pl.col("other_detail").is_not_null(),
            "Skal bare fylles ut når deltakeren gikk til «Annet».",
        ),
        (
            "exits",
            "position_pct",
            "rule",
            ~outcome.is_in(WORK_OUTCOMES).fill_null(value=False)
            & pl.col("position_pct").is_not_null(),
            "Skal bare fylles ut når deltakeren gikk til arbeid.",
        ),
        (
            "activities",
            "ended_on",
            "date_order",
            pl.col("ended_on") < pl.col("started_on"),
            "fra-datoen",
        ),
        ("transition_cases", "opened_on", "future_date", pl.col("opened_on") > as_of, ""),
    ]
    for name, field, code, at_fault, words in rules:
        table = vocabulary().table(f"records.{name}")
        rows = frames[name].filter(at_fault)
        yield report(table, table.column(field), rows, code, other=words, hint=words)
