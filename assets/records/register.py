"""Combines the coded deliveries into one register, and judges rows against each other.

Of several rows with one key, the last good one wins, in the order in which the deliveries count.
Where its delivery has no column for a field, it holds what the rows before it hold. A row is judged
against the winning rows that it refers to. Rows with errors are set aside and reported; they do not
stop other rows. Rows that tell of what happened after the day of a build of the past are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from assets.raw import problems
from assets.records.coding import Coded, code, key_as_stored, report, sentence
from assets.records.rules import BESIDE, DATED, Rule, row_rules
from assets.vocabulary import Table, vocabulary
from assets.vocabulary.model import PROVENANCE
from assets.vocabulary.polars_schema import schema

_ROW = ["delivery", "delivery_row"]
_KEY_YEAR = "key_year"


@dataclass(frozen=True)
class Register:
    """The register of an inbox, and the rows set aside.

    `tables` holds every records table by name, sorted by key; `standing` the same with the good
    rows that are left out because they are later than the day of the build. `coded` holds every row
    of the deliveries, good or bad, with NULL for a cell at fault; `rejected` has the columns of
    quality.rejected_rows, `later` those of quality.later_rows, and `findings` those of
    quality.register_findings.
    """

    tables: Mapping[str, pl.DataFrame]
    standing: Mapping[str, pl.DataFrame]
    coded: Mapping[str, pl.DataFrame]
    rejected: pl.DataFrame
    later: pl.DataFrame
    findings: pl.DataFrame
    same_person: Mapping[str, str] = field(default_factory=dict)
    """Participant IDs that are another participant's too, by the sheet Vurderinger -> that one."""


def build_register(
    raw: Mapping[str, pl.DataFrame], as_of: date, last_day: date | None = None
) -> Register:
    """Return the register of all deliveries, typed, coded and keyed.

    `raw` holds the tables of the layer raw by name, as read_deliveries returns them. `as_of` is the
    day of the build. Dates after `last_day` (default: `as_of`) are in the future; rows that are
    dated between the two are left out.
    """
    settled = list(settle(raw.__getitem__, as_of, last_day))
    decisions = next(one.rows for one in settled if one.name == _DECISIONS)
    register = register_of(settled, raw["problems"])
    return replace(register, same_person=_same_person(decisions))


@dataclass(frozen=True)
class Settled:
    """One table of a register: its rows, all coded rows, and the problems of rejected rows.

    These frames are those of `Register`, one table of each; `later` has delivery and delivery_row,
    and so has `sound`: the rows that are neither at fault nor later, that take out no key and whose
    person does not count by another row.
    `overruled` has a row for each field of a row, good by itself, that a row of a later delivery
    contradicts:
    delivery, delivery_row, field (NULL where the later row takes the key out of the register),
    other_delivery and other_row. `findings` has the columns of quality.register_findings.
    """

    name: str
    rows: pl.DataFrame
    standing: pl.DataFrame
    coded: pl.DataFrame
    rejected: pl.DataFrame
    later: pl.DataFrame
    overruled: pl.DataFrame
    sound: pl.DataFrame
    findings: pl.DataFrame

    def dated(self) -> Settled:
        """Return what the marks of the years are made from: identifiers, dates and years alone.

        The rows are those of `coded`; of `rows` those of a table that others refer to, and of any
        other one with its first day or year, with which the years of the register may begin.
        """
        listed = vocabulary().table(f"records.{self.name}").columns
        columns = [
            column.name
            for column in listed
            if column.type in ("identifier", "date", "year") or column.name in PROVENANCE
        ]
        days = [column.name for column in listed if column.type in ("date", "year")]
        rows = self.rows if self.name in _REFERRED_TO else self.rows.bottom_k(1, by=days[0])
        return replace(
            self,
            rows=rows.select(columns),
            standing=self.standing.clear(),
            sound=self.sound.clear(),
            coded=self.coded.select(columns),
        )


def settle(
    load: Callable[[str], pl.DataFrame], as_of: date, last_day: date | None = None
) -> Iterator[Settled]:
    """Yield the tables of the register of all deliveries one by one, referenced tables first.

    `load` returns a table of the layer raw; that of a sheet is asked for once, and not held any
    longer than its table takes. See build_register for the arguments and the result.
    """
    of_rows = load("problems").filter(~pl.col("code").is_in(problems.REFUSALS))
    places = load("deliveries").select("delivery", "place")
    absent = load("absent_columns")
    parents: dict[str, _Referred] = {}
    same: Mapping[str, str] = {}
    answers = pl.DataFrame()
    # The decisions say whose rows the others are.
    for table in sorted(vocabulary().sheets(), key=lambda table: table.name != _DECISIONS):
        settled = _settle(
            table,
            load(table.name),
            of_rows.filter(pl.col("sheet") == table.sheet),
            _Inbox(
                as_of,
                last_day or as_of,
                places,
                absent.filter(pl.col("sheet") == table.sheet),
                parents,
                same,
            ),
        )
        if table.name == _DECISIONS:
            answers = settled.rows
            same = _same_person(answers)
        if table.name == _PARTICIPANTS:
            unlike = _unlike(answers, settled.coded)
            settled = replace(settled, findings=pl.concat([settled.findings, unlike]))
        yield settled


def register_of(settled: Sequence[Settled], found: pl.DataFrame) -> Register:
    """Return the register of these tables; `found` are the problems found in reading."""
    refusals = found.filter(pl.col("code").is_in(problems.REFUSALS))
    rejected = [part.rejected for part in settled]
    later = [
        part.later.select(
            "delivery",
            pl.lit(vocabulary().table(f"records.{part.name}").sheet).alias("sheet"),
            pl.col("delivery_row").alias("row"),
        )
        for part in settled
    ]
    return Register(
        tables={part.name: part.rows for part in settled},
        standing={part.name: part.standing for part in settled},
        coded={part.name: part.coded for part in settled},
        rejected=problems.in_order(pl.concat([refusals, *rejected], how="diagonal")),
        later=pl.concat(later).sort("delivery", "sheet", "row"),
        findings=pl.concat([part.findings for part in settled]),
    )


_REFERRED_TO = {target for table in vocabulary().sheets() for target in table.references.values()}
"""Tables that rows of other tables refer to."""

_DECISIONS, _PARTICIPANTS = "decisions", "participants"
"""The sheet Vurderinger, which answers findings, and Deltakere, whom some of them are about."""


def _same_person(decisions: pl.DataFrame) -> Mapping[str, str]:
    """The IDs that are another participant's, each with the one that all rows are to have."""
    said = decisions.filter(decision="same_person").select("other_key", "key")
    same: dict[str, str] = {}
    for other, key in said.iter_rows():
        kept, gone = same.get(key, key), same.get(other, other)
        if kept != gone:
            same = {one: kept if of == gone else of for one, of in same.items()} | {gone: kept}
    return same


def _unlike(decisions: pl.DataFrame, participants: pl.DataFrame) -> pl.DataFrame:
    """Findings: the decisions that call two participants one who have little in common."""
    persons = participants.filter(~pl.col("deletes")).select("participant_id", *_TRAITS)
    pairs = (
        decisions.filter(decision="same_person")
        .select("key", "other_key", *_ROW)
        .join(persons, left_on="key", right_on="participant_id")
        .join(persons, left_on="other_key", right_on="participant_id", suffix=" of the other")
    )
    # One of them may have been written wrongly, and what is unknown is not different.
    differ = pl.sum_horizontal(
        (pl.col(name) != pl.col(f"{name} of the other")).fill_null(value=False) for name in _TRAITS
    )
    found = pairs.group_by(_ROW, maintain_order=True).agg(differ.min().alias("differ"))
    table = vocabulary().table(f"records.{_DECISIONS}")
    return problems.findings(
        found.filter(pl.col("differ") > 1),
        "same_person_is_alike",
        table.sheet,
        "other_key",
        problems.UNLIKE_PERSONS,
    )


_TRAITS = ("birth_year", "gender", "country")
"""What does not change in a participant."""


@dataclass(frozen=True)
class _Referred:
    """The rows of a table that other rows refer to, by its key.

    `winners` also has the columns that other rows are judged with. `later` holds the keys that only
    rows later than the day of the build have, and `deleted` the first columns of the keys that rows
    delete. `at_fault` has a line for each row set aside, with the place of its delivery, and in
    _ORIGIN the row with the error: itself, if it has one.
    """

    winners: pl.DataFrame
    later: pl.DataFrame
    deleted: pl.Series
    at_fault: pl.DataFrame


_ORIGINS = pl.Schema(
    {
        "delivery": pl.String,
        "row": pl.Int32,
        "field": pl.String,
        "code": pl.String,
        "origin_delivery": pl.String,
        "origin_sheet": pl.String,
        "origin_row": pl.Int32,
    }
)
_ORIGIN = ("origin_delivery", "origin_sheet", "origin_row")


@dataclass(frozen=True)
class _Inbox:
    """What the rows of a table are judged beside.

    `as_of` is the day of the build, and dates after `last_day` are in the future. `places` holds
    the place of each delivery in the order, and `absent` the fields that the sheet of a delivery
    has no column for. `parents` holds the rows that they may refer to, by table. The rows of the
    participants in `same` become those of the participant named there.
    """

    as_of: date
    last_day: date
    places: pl.DataFrame
    absent: pl.DataFrame
    parents: dict[str, _Referred]
    same: Mapping[str, str]


def _settle(
    table: Table,
    raw: pl.DataFrame,
    found: pl.DataFrame,
    beside: _Inbox,
) -> Settled:
    """Judge the rows of one table; it is added to the parents of `beside`."""
    parents, absent = beside.parents, beside.absent
    coded = _coded(table, raw, beside)
    key = [_KEY_YEAR if name == table.key_year else name for name in table.key]
    kept = _without_deleted(coded.frame)
    found = _found_in(table, found, kept)
    cells = problems.collect([found, _not_at(coded.problems, found)])
    own, across = _rules(table, beside)
    # Then no row contradicts another or is corrected by one.
    are_single = coded.frame.select(key).n_unique() == coded.frame.height
    contradictions = [] if are_single else [_contradictions(table, key, coded.frame, raw, cells)]
    bad = problems.collect([cells, *contradictions, *_broken(table, own, kept, cells)])
    rows = coded.frame
    if not are_single:
        rows = rows.join(beside.places, on="delivery", how="left", maintain_order="left")
        if absent.height:
            rows = _with_earlier_values(key, rows, _without(rows, bad), absent)
            kept = _without_deleted(rows)
            bad = problems.collect([cells, *contradictions, *_broken(table, own, kept, cells)])
    orphans, origins = _orphans(table, kept, parents)
    beside_winners = _beside_winners(table, kept, parents)
    lost = problems.collect([*orphans, *_broken(table, across, beside_winners, cells)])
    good = _without(_without(rows, bad), lost)
    overruled = _OVERRULED.to_frame()
    if are_single:
        last, superseded = good, good.clear().with_columns(healed_by="delivery")
    else:
        last = good.sort("place", "delivery_row").unique(key, keep="last", maintain_order=True)
        later = last.select(*key, healed_by="delivery", healed_at="place")
        winner_of = rows.join(later, on=key, how="left")
        superseded = winner_of.filter(pl.col("healed_at") > pl.col("place"))
        # It has not come to be judged against other rows, and is overruled all the same.
        overruled = _overruled(table, key, _without(rows, bad), last, absent)
    # A row that a later one has replaced is no longer judged against other rows.
    everything = problems.collect([bad, _without_rows(lost, superseded)])
    standing = _under_one_id(table, _without_deleted(last), beside).sort(table.key)
    standing = standing.select(schema(table).names()).cast(schema(table))
    later = _later(table, kept, beside)
    winners = _as_of(table, standing, later, parents)
    rejected = (
        _without_rows(everything, later)
        .join(
            superseded.select("delivery", pl.col("delivery_row").alias("row"), "healed_by"),
            on=["delivery", "row"],
            how="left",
        )
        .join(origins, on=["delivery", "row", "field", "code"], how="left")
    )
    if later.height:
        # Of the rows with one key, those that another replaces count nowhere.
        later = later.join(superseded, on=_ROW, how="anti")
        later = later.join(good.join(last, on=_ROW, how="anti"), on=_ROW, how="anti")
    if table.name in _REFERRED_TO:
        parents[table.name] = _referred(table, rows, winners, later, rejected, beside)
    return Settled(
        name=table.name,
        rows=winners,
        standing=standing,
        coded=coded.frame.drop(_KEY_YEAR, strict=False),
        rejected=rejected.with_columns(follows_from=_in_words(pl.col("delivery"))).drop(_ORIGIN),
        later=later,
        overruled=overruled,
        # Only the columns that are needed: a table may have millions of rows.
        sound=_without(kept.select(*_ROW, *key), everything)
        .join(later, on=_ROW, how="anti")
        .join(
            last.select(*_ROW, *key).join(winners, on=_ROW, how="anti"),
            on=["delivery", *key],
            how="anti",
        )
        .select(_ROW),
        findings=_idle_deletions(table, key, coded.frame),
    )


def _idle_deletions(table: Table, key: Sequence[str], coded: pl.DataFrame) -> pl.DataFrame:
    """Findings: the rows that delete, where no delivery has a row with their key."""
    deleting = coded.filter("deletes").drop_nulls(key)
    idle = deleting.join(coded.filter(~pl.col("deletes")), on=key, how="anti")
    words = problems.IDLE_DELETION
    return problems.findings(idle, "deletion_names_a_row", table.sheet, table.key[-1], words)


def _coded(table: Table, raw: pl.DataFrame, beside: _Inbox) -> Coded:
    """The coded rows, under the IDs that count, with _KEY_YEAR if it is part of the key."""
    coded = code(table, raw, beside.as_of)
    if table.name == "decisions":
        keys = map(key_as_stored, coded.frame["key", "other_key"])
        coded = Coded(coded.frame.with_columns(*keys), coded.problems)
    if beside.same and "participant_id" in table.references:
        named = coded.frame.with_columns(pl.col("participant_id").replace(beside.same))
        coded = Coded(named, coded.problems)
    if table.key_year:
        in_year = pl.col(table.key_year).dt.year().alias(_KEY_YEAR)
        coded = Coded(coded.frame.with_columns(in_year), coded.problems)
    return coded


_OVERRULED = pl.Schema(
    {
        "delivery": pl.String,
        "delivery_row": pl.Int32,
        "field": pl.String,
        "other_delivery": pl.String,
        "other_row": pl.Int32,
    }
)


def _with_earlier_values(
    key: Sequence[str], rows: pl.DataFrame, good: pl.DataFrame, absent: pl.DataFrame
) -> pl.DataFrame:
    """The rows, with what the good rows before them hold in fields that their deliveries lack."""
    ordered = good.sort(*key, "place", "delivery_row")
    filled = ordered.select(*_ROW)
    for name in absent["field"].unique(maintain_order=True):
        without = absent.filter(field=name)["delivery"]
        lacks = ordered["delivery"].is_in(without.implode()) & ~ordered["deletes"]
        # A row that deletes has no values, so none from before it is found.
        sources = ordered.with_row_index("its source").with_columns(
            pl.when(~lacks).then("its source").alias("its source")
        )
        source = sources.select(pl.col("its source").forward_fill().over(key)).to_series()
        values = ordered.select(pl.when(~pl.col("deletes")).then(name)).to_series()
        filled = filled.with_columns(values.gather(source).alias(name))
    return rows.update(filled, on=_ROW, how="left")


def _overruled(
    table: Table, key: Sequence[str], good: pl.DataFrame, last: pl.DataFrame, absent: pl.DataFrame
) -> pl.DataFrame:
    """The fields of rows, good by themselves, that the winning row of a later one contradicts."""
    beside = last.select(*key, pl.exclude(*key).name.prefix("other_"))
    pairs = good.filter(~pl.col("deletes")).join(beside, on=key)
    pairs = pairs.filter(pl.col("other_place") > pl.col("place")).rename(
        {"other_delivery_row": "other_row"}
    )
    found = [pairs.filter("other_deletes").with_columns(field=pl.lit(None, pl.String))]
    both = pairs.filter(~pl.col("other_deletes"))
    for column in table.fields:
        if column.name not in key:
            without = absent.filter(field=column.name)["delivery"].implode()
            found.append(
                both.filter(
                    pl.col(column.name).ne_missing(pl.col(f"other_{column.name}")),
                    ~pl.col("delivery").is_in(without),
                    ~pl.col("other_delivery").is_in(without),
                ).with_columns(field=pl.lit(column.name))
            )
    return pl.concat([one.select(_OVERRULED.names()).cast(_OVERRULED) for one in found])


def _under_one_id(table: Table, rows: pl.DataFrame, beside: _Inbox) -> pl.DataFrame:
    """The participants, each person once: by the row with the ID that is kept, else by the last."""
    if not beside.same or table.key != ("participant_id",):
        return rows
    if "place" not in rows.columns:
        rows = rows.join(beside.places, on="delivery", how="left")
    is_kept = ~pl.col("participant_id").is_in(list(beside.same))
    return (
        rows.sort(is_kept, "place", "delivery_row")
        .with_columns(pl.col("participant_id").replace(beside.same))
        .unique("participant_id", keep="last")
    )


def _without_deleted(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(~pl.col("deletes")) if rows["deletes"].any() else rows


def _found_in(table: Table, found: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """The problems found in reading; for a row that deletes, only those of its key."""
    if found.is_empty():
        return found
    of_key = pl.col("field").is_in(table.key)
    beside_key = found.filter(~of_key).join(
        kept, left_on=["delivery", "row"], right_on=_ROW, how="semi"
    )
    return problems.collect([found.filter(of_key), beside_key])


def _not_at(found: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """The problems in cells other than those of `places`."""
    return found.join(places, on=["delivery", "row", "field"], how="anti")


def _without(rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The rows without a problem."""
    if found.is_empty():
        return rows
    return rows.join(found, left_on=_ROW, right_on=["delivery", "row"], how="anti")


def _without_rows(found: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The problems of all rows but these."""
    if found.is_empty():
        return found
    return found.join(rows, left_on=["delivery", "row"], right_on=_ROW, how="anti")


def _contradictions(
    table: Table,
    key: Sequence[str],
    coded: pl.DataFrame,
    raw: pl.DataFrame,
    cells: pl.DataFrame,
) -> pl.DataFrame:
    """Rows of one delivery with the same key but, once coded, different contents.

    An unreadable cell (one in `cells`) is not an empty cell: its text is compared. For a row that
    deletes, only the key counts.
    """
    within = ["delivery", *key]
    has_key = pl.all_horizontal(pl.col(key).is_not_null())
    repeated = coded.select((pl.len().over(within) > 1) & has_key).to_series()
    if not repeated.any():
        return problems.collect([])
    unreadable = cells.group_by("delivery", "row").agg(
        pl.col("field").unique().sort().str.join(" ")
    )
    rows, texts = coded.filter(repeated), raw.filter(repeated)
    rows = rows.join(
        unreadable, left_on=_ROW, right_on=["delivery", "row"], how="left", maintain_order="left"
    )
    unread = {
        f"{column.name} as written": pl.when(rows[column.name].is_null()).then(texts[column.name])
        for column in table.fields
    }
    beside_key = [column.name for column in table.fields if column.name not in key]
    contents = rows.with_columns(**unread).with_columns(
        pl.when(~pl.col("deletes")).then(pl.col(name)).alias(name)
        for name in (*beside_key, *unread)
    )
    different = contents.select(
        pl.struct(*beside_key, *unread, "field", "deletes").n_unique().over(within) > 1
    ).to_series()
    column = table.column(table.key[-1])
    labels = problems.listed(
        [
            f"{'år i ' if name == table.key_year else ''}«{table.column(name).label_nb}»"
            for name in table.key
        ]
    )
    words = sentence("duplicate_key", key=labels)
    return report(table, column, rows.filter(different), "duplicate_key", words)


def _rules(table: Table, beside: _Inbox) -> tuple[Sequence[Rule], Sequence[Rule]]:
    """The rules that read a single row, and the rules that also read the row that it refers to."""
    rules = row_rules(beside.as_of, beside.last_day).get(table.name, ())
    names = {column.name for column in table.fields}
    is_own = [names.issuperset(rule.at_fault.meta.root_names()) for rule in rules]
    own = [rule for rule, alone in zip(rules, is_own, strict=True) if alone]
    return own, [rule for rule, alone in zip(rules, is_own, strict=True) if not alone]


def _orphans(
    table: Table, rows: pl.DataFrame, parents: Mapping[str, _Referred]
) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    """The errors of the rows that refer to no good row, and which only follow from another error.

    The latter have the columns of _ORIGINS. Of several rows that are the cause, one of the same
    delivery is named, else one of the last delivery.
    """
    found, origins = [], [_ORIGINS.to_frame()]
    for name, target in table.references.items():
        lost = rows.drop_nulls(name).join(parents[target].winners, on=name, how="anti")
        lost = lost.join(parents[target].later, on=name, how="anti").select(*_ROW, name)
        is_near = pl.col("origin_delivery") == pl.col("delivery")
        causes = (
            lost.join(parents[target].at_fault, on=name)
            .sort(is_near, "place", -pl.col("origin_row"))
            .unique(_ROW, keep="last")
            .select(*_ROW, *_ORIGIN)
        )
        lost = lost.join(causes, on=_ROW, how="left", maintain_order="left")
        follows = pl.format(problems.FOLLOWS, _in_words(pl.col("delivery")))
        words = sentence("orphan", target=str(vocabulary().table(f"records.{target}").sheet))
        near = _spelled_alike(lost[name], parents[target].winners[name])
        nearly = (
            pl.when(pl.col(name).is_in(parents[target].deleted.implode()))
            .then(pl.lit(problems.TAKEN_OUT))
            .when(near)
            .then(pl.lit(problems.NEARLY))
            .otherwise(pl.lit(""))
        )
        message = pl.coalesce(follows, pl.concat_str(words, nearly))
        found.append(report(table, table.column(name), lost, "orphan", message))
        lines = causes.rename({"delivery_row": "row"})
        lines = lines.with_columns(field=pl.lit(name), code=pl.lit("orphan"))
        origins.append(lines.select(_ORIGINS.names()).cast(_ORIGINS))
    return found, pl.concat(origins)


def _spelled_alike(lost: pl.Series, known: pl.Series) -> pl.Series:
    """Whether each identifier differs from a known one only in case, dashes and leading zeros."""
    if lost.is_empty():
        return pl.Series(dtype=pl.Boolean)

    def spelled(identifiers: pl.Series) -> pl.Series:
        letters = identifiers.str.to_lowercase().str.replace_all(r"(^|[^0-9])0+([0-9])", "$1$2")
        return letters.str.replace_all("[-_]", "")

    return spelled(lost).is_in(spelled(known).implode())


def _in_words(delivery: pl.Expr) -> pl.Expr:
    """The row of _ORIGIN as text, in a line on `delivery`; NULL if there is none."""
    place = pl.format("{} rad {}", "origin_sheet", "origin_row")
    elsewhere = pl.format("{} i {}", place, "origin_delivery")
    return pl.when(pl.col("origin_delivery") == delivery).then(place).otherwise(elsewhere)


def _referred(
    table: Table,
    rows: pl.DataFrame,
    winners: pl.DataFrame,
    later: pl.DataFrame,
    rejected: pl.DataFrame,
    beside: _Inbox,
) -> _Referred:
    """What rows of other tables are judged with; `rejected` has the errors with _ORIGIN."""
    judged_with = [
        name for target, _, names in BESIDE.values() for name in names if target == table.name
    ]
    follows = pl.col("origin_row").is_not_null()
    # What is wrong with a row itself comes before what only follows.
    at_fault = (
        rejected.filter(pl.col("healed_by").is_null())
        .sort(follows, maintain_order=True)
        .unique(["delivery", "row"], keep="first", maintain_order=True)
    )
    at_fault = at_fault.select(
        "delivery",
        pl.col("row").alias("delivery_row"),
        *(
            pl.when(follows).then(origin).otherwise(own).alias(origin)
            for origin, own in zip(_ORIGIN, ("delivery", "sheet", "row"), strict=True)
        ),
    ).join(beside.places, on="delivery")
    keys = rows.select(*table.key, *_ROW)
    if beside.same and table.key == ("participant_id",):
        keys = keys.with_columns(pl.col("participant_id").replace(beside.same))
    return _Referred(
        winners.select(*table.key, *judged_with),
        keys.join(later, on=_ROW, how="semi").join(winners, on=table.key, how="anti"),
        rows.filter("deletes")[table.key[0]].drop_nulls(),
        at_fault.join(keys, on=_ROW).drop(_ROW),
    )


def _later(table: Table, rows: pl.DataFrame, beside: _Inbox) -> pl.DataFrame:
    """The rows that are later than the day of the build, but not in the future (delivery and row).

    What must refer to such a row is as late. Errors in these rows are told when their day has come.
    """
    found = [rows.clear().select(_ROW)]
    if table.name in DATED:
        day = pl.col(DATED[table.name])
        found.append(rows.filter(day > beside.as_of, day <= beside.last_day).select(_ROW))
    for name, target in table.references.items():
        if name in _needed(table):
            found.append(rows.join(beside.parents[target].later, on=name, how="semi").select(_ROW))
    return pl.concat(found).unique()


def _needed(table: Table) -> set[str]:
    return {*table.key, *table.required}


def _as_of(
    table: Table, rows: pl.DataFrame, later: pl.DataFrame, parents: Mapping[str, _Referred]
) -> pl.DataFrame:
    """The rows as of the day of the build, when nothing could refer to a `later` row yet."""
    if later.height:
        rows = rows.join(later, on=_ROW, how="anti", maintain_order="left")
    for name in table.references.keys() - _needed(table):
        to_come = parents[table.references[name]].later
        if to_come.height:
            refers = pl.col(name).is_in(to_come[name].implode())
            rows = rows.with_columns(pl.when(~refers).then(name).alias(name))
    return rows


def _beside_winners(
    table: Table, rows: pl.DataFrame, parents: Mapping[str, _Referred]
) -> pl.DataFrame:
    """The rows joined with the winning rows that they refer to."""
    if table.name not in BESIDE:
        return rows
    target, key, columns = BESIDE[table.name]
    return rows.join(parents[target].winners.select(key, *columns), on=key, how="left")


def _broken(
    table: Table, rules: Sequence[Rule], rows: pl.DataFrame, cells: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """The rows that break a rule; a rule is not applied to a row whose cells it cannot read."""
    if rows.is_empty():
        return
    flags = rows.select(
        rule.at_fault.fill_null(value=False).alias(str(number)) for number, rule in enumerate(rules)
    )
    for rule, flag in zip(rules, flags, strict=True):
        if flag.any():
            unread = cells.filter(pl.col("field").is_in(rule.at_fault.meta.root_names()))
            words = sentence(rule.code, other=rule.words, hint=rule.words)
            at_fault = _without(rows.filter(flag), unread)
            yield report(table, table.column(rule.field), at_fault, rule.code, words)
