"""Finds the rows of the deliveries that are about forgotten persons, so that they are not loaded.

A person is known here only by keyed hashes of the person's own identifier and of those of the
person's referrals and cases. The store of the hashes, and the decision to forget somebody, are
elsewhere.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

import polars as pl

from assets.records.register import Register, build_register
from assets.rows import Frames
from assets.vocabulary import Table, vocabulary
from assets.vocabulary.polars_schema import schema
from assets.vocabulary.spelling import OTHER_DASHES, normalise

_ROW = ["delivery", "delivery_row"]
_DECISIONS = vocabulary().table("records.decisions")
_WORD = r"[A-Za-z0-9_-]+"
_BARE = ""
"""Used instead of a table name: an identifier of any table, as it may be mentioned in a text."""


@dataclass(frozen=True)
class Forgotten:
    """The forgotten persons, as digests of identifiers made with a secret `key`."""

    key: bytes = field(repr=False)
    digests: frozenset[str] = frozenset()

    def also(self, table: str, keys: pl.DataFrame) -> Forgotten:
        """Return these persons, extended by the rows of `table` with `keys` (its key columns)."""
        rows = _spelled(table, keys).rows()
        added = {self._digest(table, row) for row in rows}
        added |= {self._digest(_BARE, row[-1:]) for row in rows}
        return replace(self, digests=self.digests | added)

    def knows(self, table: str, keys: pl.DataFrame) -> pl.Series:
        """Return for each of `keys` (the key columns of `table`) whether it is a forgotten one."""
        return pl.Series(
            [self._digest(table, key) in self.digests for key in _spelled(table, keys).rows()],
            dtype=pl.Boolean,
        )

    def are_mentioned(self, texts: Iterable[str]) -> bool:
        """Whether any of the texts contains an identifier of theirs as a separate word."""
        # An identifier with another dash is theirs too, although it cannot be read.
        spelled = (re.sub(OTHER_DASHES, "-", text) for text in set(texts))
        words = {word for text in spelled for word in re.findall(_WORD, text)}
        return any(self._digest(_BARE, (word,)) in self.digests for word in words)

    def _digest(self, table: str, key: tuple[str, ...]) -> str:
        message = "\x1f".join([table, *key])
        return hmac.digest(self.key, message.encode(), "sha256").hex()


@dataclass(frozen=True)
class SetAside:
    """The deliveries without the forgotten persons, and the extent of what was removed.

    `tables` holds every table of the layer raw, including raw.set_aside. `keys` holds the removed
    keys by records table (its key columns; only tables whose key alone identifies a row of a
    person); `rows` is the number of rows removed from each raw table, `records` from each records
    table.
    """

    tables: Mapping[str, pl.DataFrame]
    keys: Mapping[str, pl.DataFrame]
    rows: Mapping[str, int]
    records: Mapping[str, int]


def set_aside(
    read: Mapping[str, pl.DataFrame],
    forgotten: Forgotten,
    as_of: date,
    last_day: date | None = None,
) -> SetAside:
    """Remove the rows about forgotten persons from the tables that were read.

    `read` holds every table of the layer raw except set_aside, by name; the days are
    those of build_register. A row is removed when it names a forgotten person, or a record of one.
    A referral belongs to the person named in the row that counts: if it was corrected to another
    person, it stays.
    """
    table = vocabulary().table("raw.set_aside")
    if not forgotten.digests:
        as_read = {name: partial(read.__getitem__, name) for name in read}
        return SetAside(Frames({**as_read, table.name: schema(table).to_frame}), {}, {}, {})
    register = build_register(read, as_of, last_day)
    keys: dict[str, pl.DataFrame] = {}
    found: list[pl.DataFrame] = []
    records: dict[str, int] = {}
    for one in _of_persons():
        if not set(one.key) & set(one.references):
            keys[one.name] = _keys(one, register, keys, forgotten)
        coded = register.coded[one.name]
        of_theirs = _about(one, coded, keys).select(_ROW)
        unread = _unread(one, read[one.name], coded, forgotten)
        found.append(pl.concat([of_theirs, unread]).with_columns(sheet=pl.lit(one.sheet)))
        records[one.name] = _about(one, register.tables[one.name], keys).height
    gone = {identifier for rows in keys.values() for identifier in rows.to_series(-1)}
    answers = _answers_about(read[_DECISIONS.name], gone, forgotten)
    records[_DECISIONS.name] = answers.join(
        register.tables[_DECISIONS.name], on=_ROW, how="semi"
    ).height
    found.append(answers.with_columns(sheet=pl.lit(_DECISIONS.sheet)))
    aside = pl.concat(found).unique()
    kept = {
        one.name: _without(
            read[one.name], aside.filter(pl.col("sheet") == one.sheet).drop("sheet"), _ROW
        )
        for one in [*_of_persons(), _DECISIONS]
    }
    places = aside.rename({"delivery_row": "row"})
    are_named = [forgotten.are_mentioned([text]) for text in read["passed_over"]["passed_over"]]
    counts = aside.group_by("delivery", "sheet").len("rows_set_aside")
    return SetAside(
        tables={
            **read,
            **kept,
            "passed_over": read["passed_over"].filter(~pl.Series(are_named, dtype=pl.Boolean)),
            "problems": _without(read["problems"], places, ["delivery", "sheet", "row"]),
            "findings": _without(read["findings"], places, ["delivery", "sheet", "row"]),
            table.name: counts.select(schema(table).names())
            .cast(schema(table))
            .sort("delivery", "sheet"),
        },
        keys=keys,
        rows={name: read[name].height - frame.height for name, frame in kept.items()},
        records=records,
    )


def _without(rows: pl.DataFrame, others: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    return rows.join(others, on=on, how="anti", maintain_order="left")


def _spelled(table: str, keys: pl.DataFrame) -> pl.DataFrame:
    """The keys, with texts such as the name of a project in normalised spelling."""
    columns = vocabulary().table(f"records.{table}")
    return keys.with_columns(
        pl.col(name).replace_strict({text: normalise(text) for text in keys[name].unique()})
        for name in keys.columns
        if columns.column(name).type == "text"
    )


def _of_persons() -> list[Table]:
    """The sheets with one person in each row, referenced sheets first."""
    return [
        table
        for table in vocabulary().sheets()
        if any(table.column(name).type == "identifier" for name in table.key)
    ]


def _keys(
    table: Table, register: Register, gone: Mapping[str, pl.DataFrame], forgotten: Forgotten
) -> pl.DataFrame:
    """The keys of `table` that belong to forgotten persons, even if only other tables use them."""
    named = pl.concat(
        [
            rows.select(table.key)
            for rows in register.coded.values()
            if set(table.key) <= set(rows.columns)
        ]
    )
    named = named.drop_nulls().unique()
    known = named.filter(forgotten.knows(table.name, named))
    if table.key == ("participant_id",):
        known = pl.concat([known, _same_persons(known, register)]).unique()
    for name, target in table.references.items():
        winners = register.standing[table.name]
        others = winners.drop_nulls(name).join(gone[target], on=name, how="anti")
        claimed = register.coded[table.name].join(gone[target], on=name, how="semi")
        known = pl.concat([known, claimed.select(table.key)]).drop_nulls().unique()
        known = known.join(others, on=list(table.key), how="anti")
    return known


def _same_persons(known: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The other IDs of these participants, by the decisions on findings."""
    kept = {register.same_person.get(one, one) for one in known["participant_id"]}
    others = [other for other, one in register.same_person.items() if one in kept]
    return pl.DataFrame({"participant_id": [*kept, *others]}, known.schema)


def _answers_about(decisions: pl.DataFrame, gone: Set[str], forgotten: Forgotten) -> pl.DataFrame:
    """The rows of Vurderinger (raw) that name one of the identifiers, or a forgotten one."""
    texts = decisions.select(pl.concat_str("key", "other_key", separator=" ", ignore_nulls=True))
    are_theirs = [
        forgotten.are_mentioned([text]) or not gone.isdisjoint(re.findall(_WORD, text))
        for text in texts.to_series()
    ]
    return decisions.filter(pl.Series(are_theirs, dtype=pl.Boolean)).select(_ROW)


def _about(table: Table, rows: pl.DataFrame, gone: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The rows that have a key in `gone`, or refer to one."""
    ways = [(list(table.key), gone[table.name])] if table.name in gone else []
    ways += [([name], gone[target]) for name, target in table.references.items()]
    return pl.concat([rows.join(keys, on=on, how="semi") for on, keys in ways]).unique()


def _unread(
    table: Table, raw: pl.DataFrame, coded: pl.DataFrame, forgotten: Forgotten
) -> pl.DataFrame:
    """The rows with an unreadable identifier cell that mentions an identifier of theirs."""
    found = [coded.clear().select(_ROW)]
    for column in table.fields:
        if column.type == "identifier":
            texts = raw.filter(coded[column.name].is_null()).drop_nulls(column.name)
            are_theirs = [forgotten.are_mentioned([text]) for text in texts[column.name]]
            found.append(texts.filter(pl.Series(are_theirs, dtype=pl.Boolean)).select(_ROW))
    return pl.concat(found)
