"""The gate before a publication, what the manifest says, and how the folder is swapped."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from assets.disclosure.history import Reason, Release, Vintage
from assets.published.gate import GateError, hold_back
from assets.published.manifest import about_open, manifest, open_manifest, policy
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema

RECORDS = [table.qualified_name for table in vocabulary().sheets()]
MARTS = [table.qualified_name for table in vocabulary().layer("marts")]
CHECKS = schema(vocabulary().table("quality.check_results"))
MARKS = schema(vocabulary().table("quality.year_marks"))
ERRORS = schema(vocabulary().table("quality.year_errors"))
FINDINGS = schema(vocabulary().table("quality.findings"))
DELIVERIES = schema(vocabulary().table("raw.deliveries"))
RECEIPTS = ("receipts", "changes", "rejected_rows")


def result(table: str, year: int | None, **changed: Any) -> dict[str, Any]:
    sound = {
        "run_id": "run",
        "year": year,
        "table_name": table,
        "expectation": "columns",
        "severity": "critical",
        "success": True,
        "unexpected_count": 0,
        "checked_at": datetime(2021, 12, 31),
    }
    return {**sound, **changed}


def results(*changed: dict[str, Any], years: tuple[int, ...] = (2020, 2021)) -> pl.DataFrame:
    """Sound results of every table, and then some more."""
    sound = [result(table, None) for table in RECORDS]
    sound += [result(table, year) for table in MARTS for year in years]
    return pl.DataFrame([*sound, *changed], CHECKS)


# --- The gate ---------------------------------------------------------------------------


def test_sound_tables_go_out() -> None:
    hold_back(results(), [2020, 2021])


@pytest.mark.parametrize(
    ("table", "year"), [("records.exits", None), ("marts.exit_outcomes", 2021)]
)
def test_failed_critical_check_holds_back_and_is_named(table: str, year: int | None) -> None:
    failed = result(table, year, expectation="unique:n", success=False, unexpected_count=3)
    with pytest.raises(GateError, match=rf"{table}.*unique:n"):
        hold_back(results(failed), [2021])


@pytest.mark.parametrize("severity", ["warning", "info"])
def test_failed_check_of_less_weight_holds_nothing_back(severity: str) -> None:
    failed = result("marts.caseload", 2021, severity=severity, success=False, unexpected_count=3)
    hold_back(results(failed), [2021])


def test_failure_of_another_year_holds_nothing_back() -> None:
    failed = result("marts.caseload", 2020, success=False, unexpected_count=3)
    hold_back(results(failed), [2021])
    with pytest.raises(GateError, match=r"marts\.caseload 2020"):
        hold_back(results(failed), [2020, 2021])


@pytest.mark.parametrize("table", [*RECORDS, *MARTS])
def test_unchecked_table_holds_back_and_is_named(table: str) -> None:
    with pytest.raises(GateError, match=table):
        hold_back(results().filter(pl.col("table_name") != table), [2021])


def test_table_checked_in_another_year_is_unchecked() -> None:
    with pytest.raises(GateError, match=r"marts\.exit_outcomes 2021"):
        hold_back(results(years=(2020,)), [2021])


def test_nothing_checked_holds_back() -> None:
    with pytest.raises(GateError):
        hold_back(CHECKS.to_frame(), [2021])


# --- The manifest -----------------------------------------------------------------------


def about(
    years: list[int],
    earlier: dict[str, Any] | None = None,
    *,
    synthetic: bool = True,
    rejected: tuple[int, int] = (0, 0),
    refused: bool = False,
) -> dict[str, Any]:
    """The manifest of two deliveries, with some rows rejected in 2020 and 2021."""
    return manifest(
        "internal",
        years,
        earlier or {},
        before=earlier or {},
        run_id="run 1",
        built_at=datetime(2022, 1, 2, 3, 4, 5, tzinfo=UTC),
        as_of=date(2021, 12, 31),
        deliveries=pl.DataFrame(
            [
                (1, "a.xlsx", "ab" * 32, False, refused, None, None),
                (2, "b.xlsx", "cd" * 32, synthetic, False, None, None),
            ],
            DELIVERIES,
            orient="row",
        ),
        quality={
            "year_marks": pl.DataFrame(
                [
                    (year, rows, int(refused))
                    for year, rows in zip((2020, 2021), rejected, strict=True)
                ],
                MARKS,
                orient="row",
            ),
            "year_errors": pl.DataFrame(
                [(2020, "bad_date", 3), (2021, "bad_code", 4), (2021, "orphan", 5)],
                ERRORS,
                orient="row",
            ),
            "findings": pl.DataFrame(
                [
                    ("two_referrals_on_a_day", "warning", "a.xlsx", "Henvisninger", row, "x", said)
                    for row, said in ((2, "rad 3"), (2, "rad 4"), (3, "rad 2"))
                ]
                + [("struck_out", "warning", "b.xlsx", "Deltakere", 2, "x", "")],
                FINDINGS,
                orient="row",
            ),
            **{name: schema(vocabulary().table(f"quality.{name}")).to_frame() for name in RECEIPTS},
            "check_results": results(
                result("marts.caseload", 2021, severity="warning", success=False)
            ),
        },
    )


def test_manifest_says_when_from_what_and_under_which_rule() -> None:
    said = about([2020, 2021])
    assert said["audience"] == "internal"
    assert said["built_at"] == "2022-01-02T03:04:05+00:00"
    assert said["run_id"] == "run 1"
    assert said["as_of"] == "2021-12-31"
    assert said["years"] == [2020, 2021]
    assert said["rows_rejected"] == {"2020": 0, "2021": 0}
    assert said["deliveries"] == [
        {"name": "a.xlsx", "sha256": "ab" * 32, "refused": False},
        {"name": "b.xlsx", "sha256": "cd" * 32, "refused": False},
    ]
    assert said["deliveries_refused"] == 0
    assert said["disclosure"]["rule"] == policy()["internal"]["rule"]
    assert said["marking"] == "Intern – ikke til publisering"
    assert json.loads(json.dumps(said)) == said


def test_rows_rejected_are_told_by_year() -> None:
    said = about([2020, 2021], rejected=(0, 7))
    assert said["rows_rejected"] == {"2020": 0, "2021": 7}
    assert {year: one["rows_rejected"] for year, one in said["by_year"].items()} == {
        "2020": 0, "2021": 7,
    }  # fmt: skip


def test_rows_rejected_are_told_by_kind_of_error_in_their_year() -> None:
    by_year = about([2020, 2021])["by_year"]
    assert by_year["2020"]["rejected_by_code"] == {"bad_date": 3}
    assert by_year["2021"]["rejected_by_code"] == {"bad_code": 4, "orphan": 5}


def test_doubtful_rows_are_counted_by_rule() -> None:
    found = {"two_referrals_on_a_day": 2, "struck_out": 1}
    said = about([2020, 2021])
    assert said["findings"] == said["by_year"]["2021"]["findings"] == found
    assert "findings" not in about_open(said)


def test_refused_delivery_is_named_as_such_and_counted() -> None:
    said = about([2021], refused=True)
    assert [(one["name"], one["refused"]) for one in said["deliveries"]] == [
        ("a.xlsx", True), ("b.xlsx", False),
    ]  # fmt: skip
    assert said["deliveries_refused"] == said["by_year"]["2021"]["deliveries_refused"] == 1


def test_checks_are_tallied_by_year() -> None:
    by_year = about([2020, 2021])["by_year"]
    assert by_year["2020"]["checks"] == {"run": len(MARTS), "failed": 0}
    assert by_year["2020"]["register_checks"] == {"run": len(RECORDS), "failed": 0}
    assert by_year["2021"]["checks"] == {"run": len(MARTS) + 1, "failed": 1}
    assert by_year["2020"]["checks_found"] == {}
    assert len(by_year["2021"]["checks_found"]) == 1
    assert "checks_found" not in about_open(by_year["2021"])


def test_year_that_is_not_built_anew_keeps_what_was_said_of_it() -> None:
    before = about([2020, 2021], rejected=(3, 4), refused=True)
    before["by_year"]["2020"]["run_id"] = "run 0"
    said = about([2021], before, synthetic=False)
    assert said["years"] == [2020, 2021]
    assert said["by_year"]["2020"] == before["by_year"]["2020"]
    assert (said["by_year"]["2020"]["run_id"], said["run_id"]) == ("run 0", "run 1")
    assert said["rows_rejected"] == {"2020": 3, "2021": 0}
    assert said["deliveries_refused"] == 0
    assert said["synthetic"]
    assert not about([2021], synthetic=False)["synthetic"]


def test_what_everyone_gets_holds_nothing_of_a_delivery_but_the_number() -> None:
    said = json.dumps(about_for_everyone())
    assert len(about([2021])["receipts"]) == 2
    for told in ("receipt", "read_at", "gone", "a.xlsx", "ab" * 32):
        assert told not in said


def about_for_everyone(**more: Any) -> dict[str, Any]:
    """The open manifest of one year that was published when more was told of it."""
    internal = about([2021])
    told = about_open(internal["by_year"]["2021"]) | more
    vintage = Vintage(
        year=2021,
        number=1,
        published_on=date(2022, 1, 2),
        threshold=5,
        reason=Reason.FIRST,
        done={},
        ties={"active": ("female",), "came": (), "left": ("male", "total")},
        about=told,
        tables={},
        exact={},
    )
    return open_manifest("open", internal, Release([vintage], [vintage], {}, 1), [vintage])


@pytest.mark.parametrize("more", [{}, {"run_id": "run 1"}])
def test_what_everyone_gets_holds_no_run_id(more: dict[str, str]) -> None:
    said = about_for_everyone(**more)
    assert "run_id" not in json.dumps(said)
    assert "run 1" not in json.dumps(said)
    assert said["by_year"]["2021"]["deliveries"] == said["deliveries"] == 2
    assert said["by_year"]["2021"]["as_of"] == "2021-12-31"


def test_what_everyone_gets_says_which_names_are_shown_and_what_is_sensitive() -> None:
    rule = about_for_everyone()["disclosure"]
    for name in ("threshold", "names", "sensitive"):
        assert rule[name] == policy()["open"][name]
    assert set(rule["left_out"]) == {
        "monthly_form", "still_in_programme", "printed_comparison", "took_part", "activity_status", "transition_starts"
    }  # fmt: skip


def test_what_everyone_gets_says_by_year_of_whom_the_ties_are_true() -> None:
    said = json.loads(json.dumps(about_for_everyone()))
    assert said["disclosure"]["ties"] == {
        "2021": {"active": ["female"], "came": [], "left": ["male", "total"]}
    }
