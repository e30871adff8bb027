"""The open publication of the demo, as a build makes it: what lies in it, and what does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.published.manifest import policy
from dashboards import words
from tests.pipeline.homes import DEMO_YEARS, Home, Outcome
from tests.pipeline.written import contents


@pytest.fixture(scope="session")
def manifest(demo: Home) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((open_of(demo) / "manifest.json").read_text("utf-8"))
    return found


def open_of(home: Home) -> Path:
    return home.path / "published" / "open"


def test_manifest_says_what_was_promised_and_what_was_done(manifest: dict[str, Any]) -> None:
    assert manifest["audience"] == "open"
    assert manifest["years"] == DEMO_YEARS
    assert manifest["disclosure"]["threshold"] == policy()["open"]["threshold"]
    exits = manifest["protection"]["exit_outcomes"]["2021"]
    assert exits["hidden"] > 0
    assert "folded" in manifest["protection"]["country_of_origin"]["2021"]["done"]
    assert [one["reason"] for one in manifest["vintages"]["2021"]] == ["first"]
    assert manifest["not_published"] == {}
    assert "held_back" not in manifest


def test_deliveries_are_counted_and_not_named(demo: Home, manifest: dict[str, Any]) -> None:
    assert manifest["deliveries"] == manifest["by_year"]["2021"]["deliveries"] == 3
    assert "receipt" not in json.dumps(manifest)
    assert "nora-2021.xlsx" not in json.dumps(manifest)
    assert "nora-2021.xlsx" in json.dumps(demo.manifest())


def test_tables_of_the_internal_publication_alone_are_not_there(demo: Home) -> None:
    there = {path.stem for path in open_of(demo).glob("*.parquet")}
    internal = {path.stem for path in demo.internal.glob("*.parquet")}
    never = {
        "monthly_form",
        "still_in_programme",
        "printed_comparison",
        "took_part",
        "activity_status",
        "transition_starts",
        # No marts: what has changed since earlier builds, and what was sent.
        "revisions",
        "sent",
    }
    assert there == internal - never


def test_no_file_for_everyone_holds_an_id_or_a_delivery(demo: Home) -> None:
    ids = {
        str(value).encode()
        for (value,) in demo.query(
            "select participant_id from records.participants union all "
            "select referral_id from records.referrals union all "
            "select case_id from records.transition_cases"
        )
    }
    for folder in (open_of(demo).resolve(), demo.path / "reports" / "open"):
        found = list(contents(folder))
        assert found
        for name, content in found:
            given_away = [one for one in ids if one in content]
            assert not given_away, name


def test_what_is_hidden_is_null_in_every_file(demo: Home) -> None:
    for path in open_of(demo).glob("*.parquet"):
        frame = pl.read_parquet(path)
        number = "n" if "n" in frame.columns else "value"
        assert (
            frame.filter(pl.col("status") == "hidden")[number].null_count()
            == (frame["status"] == "hidden").sum()
        )


def test_a_year_that_is_not_over_is_for_those_within_alone(home: Home) -> None:
    said = home.build(as_of="2021-11-30")
    assert said.code in {0, 3}, said.out
    again: dict[str, Any] = json.loads((open_of(home) / "manifest.json").read_text("utf-8"))
    # What was published of 2021 before stands; nothing new of it goes out.
    assert again["by_year"]["2021"]["as_of"] == "2021-12-31"
    assert home.manifest()["by_year"]["2021"]["as_of"] == "2021-11-30"


def test_the_audit_is_a_check_of_the_asset_and_counts_what_it_read(home: Home) -> None:
    run = home.run("year", partition_key="2021")
    (found,) = [
        one for one in run.get_asset_check_evaluations() if one.asset_key.path[-1] == "open"
    ]
    assert found.passed
    told = {name: value.value for name, value in found.metadata.items()}
    assert told["rows"] > told["hidden"] > 0
    assert told["narrowest"] >= policy()["open"]["threshold"] - 1
    assert told["breaches"] == 0


def test_where_no_year_is_over_the_page_for_everyone_says_so(
    one_year: tuple[Home, Outcome],
) -> None:
    home, _ = one_year
    about: dict[str, Any] = json.loads((open_of(home) / "manifest.json").read_text("utf-8"))
    assert about["years"] == []
    page = (home.path / "reports" / "open" / "index.html").read_text("utf-8")
    assert words.INDEX_EMPTY in page
    assert "<table" not in page
