"""The name of a number: one for each, and readable by a program too."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from assets.published.tables import published
from assets.vocabulary import Table, vocabulary
from assets.vocabulary.cells import NEVER_OVER, cells, key_of
from tests.unit.test_published_tables import MARTS, YEARS, mart, name_of


@pytest.mark.parametrize("table", MARTS, ids=name_of)
def test_every_number_has_a_name_of_its_own_from_which_its_key_is_read(table: Table) -> None:
    frame = published(table, mart(table, 0.7), YEARS)
    named = cells(table, frame)
    assert named.columns == ["year", "table", "cell", "number", "last_day"]
    assert named.select("year", "cell").is_unique().all()
    names = [name for name in table.published_key if name != "year"]
    keys = frame.select(pl.col(names).cast(pl.String)).to_dicts()
    assert [key_of(cell) for cell in named["cell"]] == keys
    assert named["number"].to_list() == frame[table.number].to_list()


def test_typed_names_do_not_make_two_cells_one() -> None:
    table = vocabulary().table("marts.survey_response")
    waves = ["a, measure=b", r"a\, measure=b", "a=b", r"c\\"]
    rows = [(2021, wave, "invited", 1.0, "shown") for wave in waves]
    frame = pl.DataFrame(rows, ["year", "wave", "measure", "value", "status"], orient="row")
    named = cells(table, frame)["cell"]
    assert named.n_unique() == len(waves)
    assert [key_of(cell)["wave"] for cell in named] == waves


@pytest.mark.parametrize(
    ("name", "row", "last_day"),
    [
        ("caseload", {"month": 2, "measure": "active"}, date(2020, 2, 29)),
        ("quarterly_flow", {"quarter": 3, "measure": "active"}, date(2020, 9, 30)),
        ("key_figures", {"figure": "started", "measure": "value"}, date(2020, 12, 31)),
        ("job_retention", {"measure": "due"}, date(2021, 6, 30)),
        ("still_in_programme", {"months_since_start": 3, "measure": "at_risk"}, None),
    ],
)
def test_period_of_a_number_ends_on_its_last_day(
    name: str, row: dict[str, object], last_day: date | None
) -> None:
    table = vocabulary().table(f"marts.{name}")
    frame = pl.DataFrame(
        {"year": [2020], **{key: [value] for key, value in row.items()}, "value": [1.0]}
    )
    (cell,) = cells(table, frame).to_dicts()
    assert cell["last_day"] == last_day
    assert (last_day is None) == (name in NEVER_OVER)
    assert cell["cell"] == ", ".join(f"{key}={value}" for key, value in row.items())
