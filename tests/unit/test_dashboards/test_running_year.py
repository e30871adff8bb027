"""A year that is not over is compared with the same part of the year before, and says so."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import polars as pl
import pytest

from assets.vocabulary import vocabulary
from dashboards.figures import Figure, sections
from dashboards.publication import Publication, read

YEAR, UNTIL = 2021, "2020-06-15"


def running(folder: Path, counted: Collection[str]) -> Publication:
    """The folder with 2021 until 15 June; only the marts `counted` have that part of 2020."""
    parts = [pl.DataFrame(schema={"mart": pl.String, "year": pl.Int64, "number": pl.Float64})]
    for name in counted:
        number = vocabulary().table(f"marts.{name}").number
        rows = pl.read_parquet(folder / f"{name}.parquet").filter(pl.col("year") == YEAR - 1)
        parts.append(
            rows.select(
                pl.lit(name).alias("mart"),
                pl.col("year").cast(pl.Int64),
                pl.exclude("year", number),
                pl.col(number).cast(pl.Float64).alias("number"),
            )
        )
    pl.concat(parts, how="diagonal").write_parquet(folder / "same_part.parquet")
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["by_year"][str(YEAR)] |= {"as_of": f"{YEAR}-06-15", "compared_until": UNTIL}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return read(folder).behind(YEAR)


def figure(publication: Publication, name: str) -> Figure:
    """One figure of the running year."""
    found = {one.id: one for group in sections(publication, YEAR) for one in group.figures}
    return found[name]


@pytest.mark.parametrize(
    "name", ["country_of_origin", "group_sessions", "survey_response", "still_in_programme"]
)
def test_a_part_with_no_rows_is_not_the_whole_year(folder: Path, name: str) -> None:
    publication = running(folder, ["key_figures"])
    assert publication.table(name, YEAR - 1).is_empty()
    told = figure(publication, name).rows
    before = [column for column in told.columns if str(YEAR - 1) in column]
    assert not any(told[column].sum() for column in before)
    if words_of_year := [column for column in told.columns if column == "År"]:
        assert set(told[words_of_year[0]]) == {str(YEAR)}
