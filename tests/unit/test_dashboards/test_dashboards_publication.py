"""What a published folder must be before it is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dashboards.publication import Publication, PublicationError, read


def test_years_and_days_come_from_the_manifest(change_manifest: Callable[..., Publication]) -> None:
    publication = change_manifest(by_year={"2021": {"as_of": "2021-10-05"}})
    assert publication.years == (2019, 2020, 2021)
    assert publication.previous(2019) is None
    assert publication.previous(2021) == 2020
    assert publication.counted_until(2021) == date(2021, 10, 5)
    assert publication.counted_until(2020) == date(2020, 12, 31)


def test_a_table_holds_one_year(publication: Publication) -> None:
    table = publication.table("gender_split", 2021)
    referred = table.filter((pl.col("population") == "referred") & (pl.col("gender") == "female"))
    assert referred["n"].to_list() == [60]


def test_a_number_in_a_withheld_cell_is_refused(change_mart: Callable[..., Publication]) -> None:
    with pytest.raises(PublicationError, match=r"age_bands\.parquet holds a number"):
        change_mart("age_bands", lambda frame: frame.with_columns(status=pl.lit("hidden")))


def test_a_list_is_there_only_for_those_who_may_see_it(
    folder: Path, change_mart: Callable[..., Publication]
) -> None:
    publication = read(folder)
    assert publication.holds("printed_comparison")
    line = publication.table("printed_comparison", 2019).row(0, named=True)
    assert (line["published"], line["derived"]) == (22, 23)
    with pytest.raises(PublicationError, match=r"printed_comparison\.parquet lacks derived"):
        change_mart("printed_comparison", lambda frame: frame.drop("derived"))
    (folder / "printed_comparison.parquet").unlink()
    without = read(folder)
    assert not without.holds("printed_comparison")
    assert without.holds("caseload")


def test_a_missing_file_or_column_is_named(
    folder: Path, change_mart: Callable[..., Publication]
) -> None:
    with pytest.raises(PublicationError, match=r"caseload\.parquet lacks measure"):
        change_mart("caseload", lambda frame: frame.drop("measure"))
    (folder / "caseload.parquet").unlink()
    with pytest.raises(PublicationError, match=r"caseload\.parquet is missing"):
        read(folder)
    (folder / "manifest.json").write_text("{}")
    with pytest.raises(PublicationError, match="lacks built_at, deliveries"):
        read(folder)
