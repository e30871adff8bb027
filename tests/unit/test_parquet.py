"""Reading a Parquet file: what each type of column says."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets.raw.problems import DeliveryError
from tests.unit.workbooks import codes_of, read

NAME = "deltakere_2021.parquet"
PERSONS = {
    "Deltaker-ID": ["p1", "p2"],
    "Fødselsår": [1985, 1990],
    "Kjønn": ["Kvinne", None],
    "Landbakgrunn": ["Syria", " "],
}


def written(table: pa.Table, **options: Any) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, **options)
    return stream.getvalue()


def file_of(**columns: Any) -> bytes:
    return written(pa.table({**PERSONS, **columns}))


def column(values: Any) -> list[str | None]:
    """What is read of a column of levels."""
    frame = read(file_of(norwegian_level=values), NAME).tables["participants"]
    return frame["norwegian_level"].to_list()


def test_rows_are_numbered_as_if_the_header_were_row_1() -> None:
    frame = read(file_of(), NAME).tables["participants"]
    assert frame["participant_id"].to_list() == ["p1", "p2"]
    assert frame["birth_year"].to_list() == ["1985", "1990"]
    assert frame["gender"].to_list() == ["Kvinne", None]
    assert frame["country"].to_list() == ["Syria", None]
    assert frame["delivery_row"].to_list() == [2, 3]
    assert frame["delivery"].to_list() == [NAME, NAME]


def test_empty_rows_are_passed_over_and_numbered() -> None:
    empty = {name: [values[0], None, "", values[1]] for name, values in PERSONS.items()}
    empty["Fødselsår"] = ["1985", None, " ", "1990"]
    frame = read(written(pa.table(empty)), NAME).tables["participants"]
    assert frame["delivery_row"].to_list() == [2, 5]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (["A2", None], ["A2", None]),
        (["", "\u00a0"], [None, None]),
        ([date(2021, 12, 31), None], ["2021-12-31", None]),
        ([datetime(2021, 12, 31), None], ["2021-12-31 00:00:00", None]),
        (
            [datetime(2021, 12, 31, 14, 30), datetime(2021, 1, 1, 0, 0, 0, 5000)],
            ["2021-12-31 14:30:00", "2021-01-01 00:00:00.005"],
        ),
        ([1001, None], ["1001", None]),
        ([1001.0, float("nan")], ["1001", None]),
        ([80.5, None], ["80.5", None]),
        ([float("inf"), -2.0], ["inf", "-2"]),
        ([Decimal("1001.00"), Decimal("80.50")], ["1001", "80.50"]),
        ([True, None], ["true", None]),
        ([None, None], [None, None]),
        (pa.array(["A2", "B1"]).dictionary_encode(), ["A2", "B1"]),
        (pa.array([b"A2", None]), ["A2", None]),
        (pa.array(["A2", "B1"], pa.large_string()), ["A2", "B1"]),
        (pa.array(["A2", "B1"], pa.string_view()), ["A2", "B1"]),
        (pa.array([1, 2**64 - 1], pa.uint64()), ["1", str(2**64 - 1)]),
        (pa.array([1.5, 2], pa.float32()), ["1.5", "2"]),
        (pa.array([datetime(2021, 12, 31)] * 2, pa.timestamp("ns")), ["2021-12-31 00:00:00"] * 2),
        (pa.array([datetime(2021, 12, 31)] * 2, pa.timestamp("ms")), ["2021-12-31 00:00:00"] * 2),
        (pa.array([date(2021, 12, 31)] * 2, pa.date64()), ["2021-12-31"] * 2),
    ],
)  # fmt: skip
def test_columns_say_what_a_spreadsheet_would(values: Any, text: list[str | None]) -> None:
    assert [cell and cell.removesuffix(".000") for cell in column(values)] == text


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (2**31 - 1, pa.date32()),
        (-(2**31), pa.date32()),
        (2**63 - 1, pa.timestamp("us")),
        (-(2**63), pa.timestamp("ms")),
        (2**63 - 1, pa.timestamp("ms", "Europe/Oslo")),
    ],
)
def test_day_that_no_calendar_has_is_no_date_and_never_empty(number: int, kind: Any) -> None:
    whole = pa.int32() if kind == pa.date32() else pa.int64()
    assert column(pa.array([number, None], whole).cast(kind)) == ["?", None]


def test_last_and_first_day() -> None:
    assert column([date.min, date.max]) == ["0001-01-01", "9999-12-31"]
    last = datetime(9999, 12, 31, 23, 59, 59)
    assert column([datetime(1, 1, 1), last]) == ["0001-01-01 00:00:00", "9999-12-31 23:59:59"]


def test_midnight_is_that_of_the_time_zone() -> None:
    oslo = pa.timestamp("us", "Europe/Oslo")
    midnight = [datetime(2021, 7, 1, 22, tzinfo=UTC), datetime(2021, 12, 31, 23, tzinfo=UTC)]
    assert column(pa.array(midnight, oslo)) == ["2021-07-02 00:00:00", "2022-01-01 00:00:00"]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([time(1), None]),
        pa.array([timedelta(1), None]),
        pa.array([Decimal(1), None], pa.decimal256(50, 2)),
        pa.array([b"\xff\x00", None]),
        pa.array([b"ab", None], pa.binary(2)),
        pa.array([1.5, None], pa.float16()),
    ],
    ids=lambda values: str(values.type),
)
def test_types_that_no_spreadsheet_has_are_some_text_and_end_no_build(values: Any) -> None:
    first, second = column(values)
    assert first
    assert second is None


def test_categories_written_by_polars() -> None:
    stream = io.BytesIO()
    pl.DataFrame(PERSONS).cast({"Kjønn": pl.Categorical}).write_parquet(stream)
    frame = read(stream.getvalue(), NAME).tables["participants"]
    assert frame["gender"].to_list() == ["Kvinne", None]


def test_columns_of_one_name_are_not_guessed_between() -> None:
    table = pa.table([*PERSONS.values(), ["A1", "A2"]], [*PERSONS, "gender"])
    assert codes_of(written(table), NAME) == {"duplicate_column"}
    table = pa.table([*PERSONS.values(), ["A1", "A2"]], [*PERSONS, "Kjønn"])
    assert codes_of(written(table), NAME) == {"duplicate_column"}


def test_file_without_rows_and_file_without_columns() -> None:
    assert read(written(pa.table(PERSONS).slice(0, 0)), NAME).tables["participants"].height == 0
    assert codes_of(written(pa.table({})), NAME) == {"missing_column"}


def test_name_tells_the_sheet() -> None:
    assert codes_of(file_of(), "folk.parquet") == {"missing_sheet"}
    assert codes_of(file_of(), "DELTAKERE.PARQUET") == set()


# --- What is none, and what is too much ---------------------------------------------------


def test_what_is_no_parquet_file_is_unreadable() -> None:
    whole = file_of()
    for content in (
        b"",
        b"PAR1",
        b"PAR1" + bytes(100) + b"PAR1",
        random.Random(1).randbytes(900),
        whole[: len(whole) // 2],
        whole[:-1],
    ):
        assert codes_of(content, NAME) == {"unreadable"}


def test_text_that_is_no_text_is_unreadable() -> None:
    name = "kanarifugl"
    content = file_of(norwegian_level=[name, name])
    spoiled = content.replace(name.encode(), b"\xff" * len(name))
    assert spoiled != content
    assert codes_of(spoiled, NAME) == {"unreadable"}


@pytest.mark.parametrize("seed", range(60))
def test_damaged_file_is_read_or_refused_and_never_anything_else(seed: int) -> None:
    rng = random.Random(seed)
    content = bytearray(file_of(norwegian_level=["A1", "A2"], note=[b"x", None]))
    for _ in range(rng.randint(1, 10)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    assert codes_of(bytes(content), NAME) <= {"unreadable", "missing_column", "duplicate_column"}


def many_rows() -> pa.Table:
    return pa.table([pa.nulls(2_000_000)] * 30, [f"c{place}" for place in range(30)])


def one_text_in_many_rows() -> pa.Table:
    places = pa.array([0] * 2000, pa.int32())
    return pa.table({"a": pa.DictionaryArray.from_arrays(places, pa.array(["x" * 50_000]))})


def one_long_list() -> pa.Table:
    numbers = pa.Array.from_buffers(pa.uint8(), 60_000_000, [None, pa.py_buffer(bytes(60_000_000))])
    return pa.table({"a": pa.ListArray.from_arrays([0, len(numbers)], numbers)})


@pytest.mark.parametrize("bomb", [many_rows, one_text_in_many_rows, one_long_list])
def test_few_bytes_that_stand_for_very_many(bomb: Callable[[], pa.Table]) -> None:
    content = written(bomb(), compression="zstd")
    with pytest.raises(DeliveryError, match="altfor stor"):
        read(content, NAME, limit=2_000_000)
