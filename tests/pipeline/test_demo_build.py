"""One build of the demo: what the command says, what is published, what stands in Dagster."""

from __future__ import annotations

import hashlib
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from assets.vocabulary import TOTAL, vocabulary
from pipelines.retention import MOST_RUNS
from tests.pipeline.homes import DEMO, DEMO_YEARS, Home, Outcome, environment_kept

MARTS = [table.name for table in vocabulary().layer("marts")]
BESIDE = ("revisions", "sent")
"""Tables that are no marts; without rows in a first build, before anything was sent."""


def test_command_ends_well_and_its_last_line_is_the_summary(
    demo_build: tuple[Home, Outcome],
) -> None:
    home, said = demo_build
    assert said.code == 0
    assert list(said.summary) == [
        "years", "rows_loaded", "rows_rejected", "deliveries_refused", "checks_failed", "findings",
    ]  # fmt: skip
    assert said.summary["years"] == DEMO_YEARS
    assert (said.summary["rows_rejected"], said.summary["deliveries_refused"]) == (0, 0)
    # What is doubtful in the demo has been answered in Vurderinger.
    assert said.summary["findings"] == 0
    counted = {
        table.name: home.query(f"select count(*) from {table.qualified_name}")[0][0]
        for table in vocabulary().sheets()
    }
    assert said.summary["rows_loaded"] == counted
    assert counted["decisions"] == 8
    assert min(counted.values()) > 0


def test_command_names_the_pages_and_they_are_there(demo_build: tuple[Home, Outcome]) -> None:
    home, said = demo_build
    reports = home.path / "reports" / "internal"
    pages = [reports / "index.html", reports / "trykte-tall.html"]
    pages += [reports / str(year) / f"nora-{year}.html" for year in DEMO_YEARS]
    for page in pages:
        assert str(page) in said.out
        assert "<html" in page.read_text(encoding="utf-8")[:500]


def test_command_tells_how_the_printed_figures_compare(demo_build: tuple[Home, Outcome]) -> None:
    home, said = demo_build
    counted = dict(
        home.query("select status, count(*) from marts.printed_comparison group by status")
    )
    assert counted == {"equal": 126, "typed": 27, "source_contradiction": 3, "not_answerable": 72}
    assert (
        "Trykte tall mot registeret: 126 likt, 27 ført inn likt, 3 rapporten motsier seg selv, "
        "0 avvik, 72 ikke i registeret"
    ) in said.out


def test_command_shows_each_step_as_it_is_done(demo_build: tuple[Home, Outcome]) -> None:
    _, said = demo_build
    steps = [line.split()[0] for line in said.err.splitlines() if line.startswith("  ")]
    assert {"raw", "records", "record_checks", "mart_checks", "release"} <= set(steps)
    assert steps.index("record_checks") < steps.index("marts__exit_outcomes")
    assert steps.index("mart_checks") < steps.index("release")


def test_publication_holds_every_mart_and_a_manifest_that_fits(demo: Home) -> None:
    manifest = demo.manifest()
    assert {path.name for path in demo.internal.iterdir()} == {
        "manifest.json",
        *(f"{name}.parquet" for name in (*MARTS, *BESIDE)),
    }
    assert set(manifest["tables"]) == {*MARTS, *BESIDE}
    for name in BESIDE:
        assert manifest["tables"][name]["rows"] == demo.published(name).height == 0
    for name in MARTS:
        said = manifest["tables"][name]
        content = (demo.internal / f"{name}.parquet").read_bytes()
        assert said["sha256"] == hashlib.sha256(content).hexdigest()
        assert said["rows"] == demo.published(name).height > 0
        if not vocabulary().table(f"marts.{name}").is_list:
            assert demo.published(name)["status"].unique().to_list() == ["shown"]


def test_manifest_says_from_what_and_by_which_run(demo: Home) -> None:
    manifest = demo.manifest()
    assert manifest["years"] == DEMO_YEARS
    assert manifest["synthetic"] is True
    assert manifest["as_of"] == "2021-12-31"
    assert manifest["deliveries"] == [
        {
            "name": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "refused": False,
        }
        for path in sorted(DEMO.glob("*.xlsx"))
    ]
    for entry in manifest["receipts"]:
        assert entry["read_at"] == manifest["built_at"]
        assert entry["receipt"]["new"] > 0
    assert manifest["run_id"] in {run.run_id for run in demo.runs()}


def test_no_person_is_published(demo: Home) -> None:
    names = {column.name for column in vocabulary().columns.values() if column.type == "identifier"}
    for mart in MARTS:
        assert not names & set(demo.published(mart).columns)
    ids = [row[0] for row in demo.query("select participant_id from records.participants")]
    ids += [row[0] for row in demo.query("select referral_id from records.referrals")]
    for mart in MARTS:
        texts = demo.published(mart).select(pl.col(pl.String))
        assert not [name for name in texts.columns if texts[name].is_in(ids).any()]


def count(home: Home, mart: str, **where: object) -> int:
    (n,) = home.published(mart).filter(year=2021, **where)["n"].to_list()
    return int(n)


def test_figures_printed_for_2021(demo: Home) -> None:
    figures = dict(demo.published("key_figures").filter(year=2021).select("figure", "value").rows())
    printed = {
        "referrals": 98, "participants": 230, "participants_without_dropouts": 210,
        "planned_exits": 102, "work_exits": 44, "dropouts": 17, "no_shows": 3,
        "active_at_year_end": 109, "age_min": 21, "age_max": 65,
    }  # fmt: skip
    assert {name: figures[name] for name in printed} == printed
    assert round(figures["work_exit_share"] * 100) == 43
    assert round(figures["planned_share_of_exits"] * 100) == 84
    referred = {"population": "referred"}
    assert count(demo, "gender_split", gender="female", **referred) == 60
    assert count(demo, "gender_split", gender="male", **referred) == 38
    reasons = {
        "moved_abroad": 8, "moved_within_norway": 1, "institution": 1, "health": 3,
        "labour_market_course": 1, "unavailable": 2, "declined": 1, "other": 0, TOTAL: 17,
    }  # fmt: skip
    assert {
        reason: count(demo, "dropout_reasons", reason=reason, gender=TOTAL) for reason in reasons
    } == reasons


@pytest.mark.parametrize(
    ("year", "first"), [(2019, ["SO", "SY", "ET", "IQ"]), (2021, ["SO", "SY", "ER"])]
)
def test_countries_on_top_are_those_printed(demo: Home, year: int, first: list[str]) -> None:
    counted = demo.published("country_of_origin").filter(
        pl.col("country") != TOTAL, year=year, gender=TOTAL
    )
    numbers = counted.sort("n", descending=True)["n"].to_list()
    top = counted.sort("n", descending=True)["country"].to_list()[: len(first)]
    assert (top[0], set(top)) == (first[0], set(first))
    assert numbers[len(first) - 1] > numbers[len(first)]


def test_runs_stand_in_dagster_as_done_with_what_they_made(demo: Home) -> None:
    runs = demo.runs()
    assert {run.job_name for run in runs} == {"load", "year"}
    assert {run.status for run in runs} == {dg.DagsterRunStatus.SUCCESS}
    with environment_kept(), demo.instance() as instance:
        assert instance.get_dynamic_partitions("year") == [str(year) for year in DEMO_YEARS]
        for mart in MARTS:
            key = dg.AssetKey(["marts", mart])
            assert instance.get_materialized_partitions(key) == {str(y) for y in DEMO_YEARS}
        months = [f"{year}-{month:02}" for year in DEMO_YEARS for month in range(1, 13)]
        assert instance.get_dynamic_partitions("month") == months
        form = dg.AssetKey(["reports", "internal_monthly_form"])
        assert instance.get_materialized_partitions(form) == set(months)
        event = instance.get_latest_materialization_event(dg.AssetKey(["records", "participants"]))
        assert event
        assert event.asset_materialization
        rows = event.asset_materialization.metadata["dagster/row_count"].value
        assert rows == demo.query("select count(*) from records.participants")[0][0]


def test_every_table_and_year_was_checked_and_nothing_failed_without_an_answer(demo: Home) -> None:
    checked = set(demo.query("select distinct table_name, year from quality.check_results"))
    assert checked >= {(table.qualified_name, None) for table in vocabulary().sheets()}
    assert checked >= {(f"marts.{mart}", year) for mart in MARTS for year in DEMO_YEARS}
    failed = "select distinct expectation from quality.check_results where not success order by 1"
    assert demo.query(failed) == [("referrals_like_last_year",)]


def test_home_stays_below_a_gigabyte_whatever_the_number_of_builds(demo: Home) -> None:
    def size(folder: Path) -> int:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    # The demo is built by two runs. Three releases are kept, and as many runs as are allowed.
    history, releases = size(demo.path / "dagster"), size(demo.path / "published" / ".releases")
    others = size(demo.path) - history - releases
    assert MOST_RUNS // 2 * history + 3 * releases + others < 1_000_000_000
