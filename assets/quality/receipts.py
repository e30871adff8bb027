"""What each delivery changed in the register, in comparison with what was loaded before.

Nothing here holds a value of a cell: only rows, fields and numbers of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from assets.raw.order import ORDER_FILE
from assets.raw.problems import listed, rows_counted
from assets.records.coding import NAMES
from assets.records.register import Settled
from assets.vocabulary import Table, vocabulary
from assets.vocabulary.model import PROVENANCE
from assets.vocabulary.polars_schema import schema

RECEIPTS = vocabulary().table("quality.receipts")
CHANGES = vocabulary().table("quality.changes")

_TELLING: Mapping[str, Sequence[str]] = {
    "participants": ("birth_year", "gender", "country"),
    "referrals": ("participant_id", "referred_on", "started_on"),
}
"""Fields that seldom change: many changes at once mean that a column has slipped."""

_FEWEST_KEYS, _CHANGED_PART = 20, 5
"""A delivery is suspicious if of so many keys at least one in _CHANGED_PART changed one field."""


_KEY = "its key"


class SuspiciousDeliveryError(Exception):
    """A delivery changes so much that it must be accepted by name. The message says what to do."""


@dataclass(frozen=True)
class Receipt:
    """One sheet of all deliveries, in comparison with what was loaded before.

    `receipts` has the columns of quality.receipts, `changes` those of quality.changes. `suspicions`
    says, by delivery, what is suspicious about it: columns delivery and words (Norwegian).
    """

    receipts: pl.DataFrame
    changes: pl.DataFrame
    suspicions: pl.DataFrame


def rows_before(
    receipts: pl.DataFrame, deliveries: pl.DataFrame, set_aside: pl.DataFrame
) -> pl.DataFrame:
    """Return how many rows each delivery that is read now should have, as it had them before.

    `receipts` are those of the last load (quality.receipts); rows of persons forgotten since then
    (raw.set_aside) are no longer expected. Columns delivery, sheet and rows.
    """
    read = deliveries.filter(~pl.col("refused"))
    aside = set_aside.select("delivery", "sheet", "rows_set_aside")
    return (
        receipts.join(read, on="delivery", how="semi")
        .join(aside, on=["delivery", "sheet"], how="left")
        .select("delivery", "sheet", rows=pl.col("rows") - pl.col("rows_set_aside").fill_null(0))
    )


def receipt(settled: Settled, before: pl.DataFrame, had: pl.DataFrame) -> Receipt:
    """Compare one table of the register with `before`, the same table as it was loaded before.

    `had` is the result of rows_before.
    """
    table = vocabulary().table(f"records.{settled.name}")
    rows, earlier = _keyed(table, settled.rows), _keyed(table, before)
    changed = _changed(table, rows, earlier)
    # A row that is only later than the day of the build is still in the register.
    gone = earlier.join(_keyed(table, settled.standing), on=_KEY, how="anti")
    takers = _keyed(table, settled.coded.filter("deletes"))
    at_fault = settled.rejected.select("delivery", delivery_row="row").unique()
    takers = takers.join(at_fault, on=PROVENANCE, how="anti")
    takers = takers.select(_KEY, other_delivery="delivery").unique(_KEY, keep="last")
    gone = gone.join(takers, on=_KEY, how="left")
    changes = pl.concat(
        [
            changed.with_columns(kind=pl.lit("changed")),
            _placed(settled.overruled).with_columns(kind=pl.lit("overruled")),
            _overruling(settled.overruled).with_columns(kind=pl.lit("overrules")),
            _placed(gone.with_columns(field=pl.lit(None, pl.String))).with_columns(
                kind=pl.lit("gone")
            ),
        ]
    ).with_columns(sheet=pl.lit(table.sheet))
    new = rows.join(earlier, on=_KEY, how="anti")
    receipts = _counts(table, settled, new, changes)
    words = [
        *_slipped(table, settled, before),
        *_halved(table, receipts, had),
    ]
    return Receipt(
        receipts=_as_declared(RECEIPTS, receipts),
        changes=_as_declared(CHANGES, changes),
        suspicions=pl.DataFrame(words, {"delivery": pl.String, "words": pl.String}, orient="row"),
    )


def suspicions(found: Sequence[Receipt], accepted: Collection[str]) -> str | None:
    """Return why nothing may be published: what is suspicious but not among the `accepted`."""
    words = pl.concat([one.suspicions for one in found])
    held = words.filter(~pl.col("delivery").is_in(list(accepted)))
    if held.is_empty():
        return None
    names = held["delivery"].unique(maintain_order=True)
    command = "nora build " + " ".join(f'--accept "{name}"' for name in names)
    lines = [f"- {name}: {text}" for name, text in held.iter_rows()]
    return "\n".join(
        [
            "Ingenting er lest inn eller publisert, fordi dette kan være en feil i leveransen:",
            *lines,
            "Se etter en kolonne som er forskjøvet eller sortert for seg, eller rader som er falt "
            f"ut, og lever på nytt. Er alt riktig, kjør: {command}",
        ]
    )


def lines(
    receipts: pl.DataFrame, changes: pl.DataFrame, delivered: Collection[str] | None = None
) -> list[str]:
    """Say what each delivery did, in Norwegian; nothing of deliveries in which all is unchanged.

    A sheet is named where it changed something, is contradicted, or has lost a row. The frames have
    the columns of quality.receipts and quality.changes. `delivered` are the deliveries of the
    inbox; every other one is said to be no longer there. None means that all are there.
    """
    said = []
    told = pl.col("changed") + pl.col("overruled") + pl.col("gone") > 0
    for (delivery,), sheets in receipts.group_by("delivery", maintain_order=True):
        if sheets.filter(told | (pl.col("new") > 0)).is_empty():
            continue
        name = str(delivery)
        if delivered is not None and name not in delivered:
            said.append(f"{name}, ikke lenger i innboksen: {sheets['gone'].sum()} borte")
        else:
            said.append(_line(name, sheets.sum().row(0, named=True)))
        for row in sheets.filter(told).iter_rows(named=True):
            changes_here = changes.filter(delivery=delivery, sheet=row["sheet"])
            said.append(f"  {_line(row['sheet'], row, changes_here)}")
    if receipts["overruled"].sum():
        said.append(f"Skal en overstyrt leveranse gjelde likevel, skriv navnet i {ORDER_FILE}.")
    return said


def _line(what: str, counts: Mapping[str, int], changes: pl.DataFrame | None = None) -> str:
    """One line of counts; with `changes`, the fields and the other deliveries are named."""
    words = {
        "new": "ny" if counts["new"] == 1 else "nye",
        "changed": "endret",
        "unchanged": "uendret",
        "overruled": "overstyrt",
        "gone": "borte",
    }
    if changes is not None:
        names = overruled_by(changes)
        words["changed"] += _in_words(what, fields_of(changes, "changed"))
        words["overruled"] += f" av {listed(names)}" if names else ""
        words["overruled"] += _in_words(what, fields_of(changes, "overruled"))
    told = listed([f"{counts[name]} {text}" for name, text in words.items() if counts[name]])
    return f"{what}, {rows_counted(counts['rows'])}: {told}"


_MANY_ROWS = 10
"""In fewer rows, one and the same error is as likely to have been made in each of them."""


def same_error(rejected: pl.DataFrame, receipts: pl.DataFrame) -> dict[str, list[str]]:
    """Return delivery -> in words, each error that at least half of the rows of a sheet have.

    That is how a sheet looks in which two headers have been swapped, or a column was shifted or
    sorted without the others. `rejected` has the columns of quality.rejected_rows, `receipts` those
    of quality.receipts.
    """
    at_fault = rejected.filter(pl.col("healed_by").is_null(), pl.col("follows_from").is_null())
    found = (
        at_fault.group_by("delivery", "sheet", "field", "code", maintain_order=True)
        .agg(n=pl.col("row").n_unique())
        .join(receipts.select("delivery", "sheet", "rows"), on=["delivery", "sheet"])
        .filter(pl.col("n") >= _MANY_ROWS, 2 * pl.col("n") >= pl.col("rows"))
    )
    said: dict[str, list[str]] = defaultdict(list)
    for row in found.iter_rows(named=True):
        header = vocabulary().header(row["sheet"], row["field"])
        said[row["delivery"]].append(
            f"Arket «{row['sheet']}»: {row['n']} av {rows_counted(row['rows'])} har samme feil i "
            f"«{header}». Da er det som oftest ikke radene som er feil, men noe med kolonnen: to "
            "overskrifter er byttet om, eller den er forskjøvet eller sortert uten de andre."
        )
    return said


def earlier_wins(changes: pl.DataFrame, saved: pl.DataFrame) -> list[str]:
    """Say which workbooks win over one that was saved after them; `saved` is raw.deliveries."""
    times = saved.select("delivery", "saved_at")
    pairs = (
        changes.filter(kind="overruled")
        .group_by("delivery", "other_delivery")
        .agg(rows=pl.struct("sheet", "row").n_unique())
        .join(times, on="delivery")
        .join(
            times.rename({"delivery": "other_delivery", "saved_at": "other_at"}), "other_delivery"
        )
        .filter(pl.col("other_at") < pl.col("saved_at"))
        .sort("delivery", "other_delivery")
    )
    return [
        f"«{other}» gjelder foran «{name}» i {rows_counted(rows)}, men er lagret før den. "
        f"Er det feil, skriv «{name}» i filen {ORDER_FILE} i innboksen."
        for name, other, rows in pairs.select("delivery", "other_delivery", "rows").iter_rows()
    ]


def without_column(absent: pl.DataFrame) -> list[str]:
    """Say which columns of the form each delivered sheet does not have (raw.absent_columns)."""
    header = vocabulary().header
    return [
        f"{delivery}, {sheet}: {listed([header(str(sheet), field) for field in fields])}"
        for (delivery, sheet), fields in (
            (place, rows["field"])
            for place, rows in absent.group_by("delivery", "sheet", maintain_order=True)
        )
    ]


def _keyed(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with what makes two of them the same thing, in two loads as in one."""
    key = [
        pl.col(name).dt.year()
        if name == table.key_year
        else pl.col(name).str.to_lowercase()
        if name in NAMES
        else pl.col(name)
        for name in table.key
    ]
    return rows.with_columns(pl.struct(key).alias(_KEY))


def _changed(table: Table, rows: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The fields of the register's rows that held something else before."""
    fields = [
        column.name
        for column in table.fields
        if column.name not in table.key or column.name == table.key_year
    ]
    beside = before.select(_KEY, pl.exclude(_KEY).name.prefix("other_"))
    differs = {name: pl.col(name).ne_missing(pl.col(f"other_{name}")) for name in fields}
    pairs = rows.join(beside, on=_KEY).filter(pl.any_horizontal(differs.values()))
    is_elsewhere = pl.col("other_delivery") != pl.col("delivery")
    pairs = pairs.with_columns(other_delivery=pl.when(is_elsewhere).then("other_delivery"))
    empty = pairs.clear().with_columns(field=pl.lit(None, pl.String))
    found = [pairs.filter(differs[name]).with_columns(field=pl.lit(name)) for name in fields]
    return _placed(pl.concat([empty, *found]))


def _placed(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("delivery", "field", "other_delivery", row="delivery_row")


def _overruling(overruled: pl.DataFrame) -> pl.DataFrame:
    return overruled.select(
        "field", delivery="other_delivery", other_delivery="delivery", row="other_row"
    ).select("delivery", "field", "other_delivery", "row")


def _counts(
    table: Table, settled: Settled, new: pl.DataFrame, changes: pl.DataFrame
) -> pl.DataFrame:
    """How many rows of each delivery are new, changed, unchanged, overruled and gone."""
    counts = settled.coded.group_by("delivery").len("rows")
    for name, rows in (("new", new), ("sound", settled.sound)):
        counts = counts.join(rows.group_by("delivery").len(name), on="delivery", how="left")
    for kind in ("changed", "overruled", "gone"):
        found = (
            changes.filter(kind=kind).group_by("delivery").agg(pl.col("row").n_unique().alias(kind))
        )
        counts = counts.join(found, on="delivery", how="full", coalesce=True)
    return counts.fill_null(0).with_columns(
        sheet=pl.lit(table.sheet),
        unchanged=pl.col("sound").cast(pl.Int64)
        - pl.col("new")
        - pl.col("changed")
        - pl.col("overruled"),
    )


def _slipped(table: Table, settled: Settled, before: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """Deliveries that change a telling field in many of the rows that were loaded before."""
    telling = _TELLING.get(table.name, ())
    if not telling or before.is_empty():
        return
    # A row at fault counts too, unless another delivery brings a good one.
    winner = settled.rows.select(
        *table.key, *(pl.col(f).alias(f"now_{f}") for f in telling), winner="delivery"
    )
    rows = (
        settled.coded.filter(~pl.col("deletes"))
        .unique(["delivery", *table.key], keep="last")
        .join(winner, on=table.key, how="left")
        .filter(pl.col("winner").is_null() | (pl.col("winner") == pl.col("delivery")))
        .join(
            before.select(*table.key, *(pl.col(f).alias(f"other_{f}") for f in telling)),
            on=table.key,
        )
    )
    counts = rows.group_by("delivery", maintain_order=True).agg(
        pl.len().alias("held"),
        *(_is_other(name).sum().alias(name) for name in telling),
    )
    for row in counts.sort("delivery").iter_rows(named=True):
        for name in telling:
            if row["held"] >= _FEWEST_KEYS and row[name] * _CHANGED_PART >= row["held"]:
                label = table.column(name).label_nb
                yield (
                    row["delivery"],
                    f"«{label}» er endret i {row[name]} av {row['held']} rader i {table.sheet} som "
                    "var lest inn fra før.",
                )


def _is_other(name: str) -> pl.Expr:
    """Whether a field holds something else than before, or has been emptied.

    NULL is also a cell that cannot be read, and a column that the delivery does not have: emptied
    is what the register itself no longer holds.
    """
    before = pl.col(f"other_{name}")
    is_emptied = (
        pl.col("winner").is_not_null() & pl.col(f"now_{name}").is_null() & before.is_not_null()
    )
    return is_emptied | pl.col(name).is_not_null().and_(pl.col(name).ne_missing(before))


def _halved(table: Table, receipts: pl.DataFrame, had: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """Deliveries that lack half of the rows that they had before."""
    rows = dict(receipts.select("delivery", "rows").iter_rows())
    for delivery, expected in had.filter(sheet=table.sheet).select("delivery", "rows").iter_rows():
        has = rows.get(delivery, 0)
        if expected > 0 and 2 * has <= expected:
            yield (delivery, f"{table.sheet} har {has} av {expected} rader som den hadde før.")


def fields_of(changes: pl.DataFrame, kind: str) -> dict[str, int]:
    """Return field -> the number of its changes of this kind, the most frequent first."""
    counts = changes.filter(pl.col("kind") == kind).drop_nulls("field").group_by("field").len()
    return dict(counts.sort("len", "field", descending=[True, False]).iter_rows())


def overruled_by(changes: pl.DataFrame) -> list[str]:
    """Return the deliveries that count instead of the overruled rows."""
    return changes.filter(kind="overruled")["other_delivery"].unique().sort().to_list()


def _in_words(sheet: str, fields: Mapping[str, int]) -> str:
    words = [f"{vocabulary().header(sheet, name)} {n}" for name, n in fields.items()]
    return f" ({', '.join(words)})" if words else ""


def _as_declared(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    columns = schema(table)
    return rows.select(columns.names()).cast(columns).sort("delivery", maintain_order=True)
