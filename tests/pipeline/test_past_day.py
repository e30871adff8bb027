"""A build of a past day: what is dated after it is left out, and nothing is said to be wrong."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import openpyxl
import pytest

from tests.pipeline.homes import DEMO, Home, Outcome

DAY = datetime(2021, 6, 15)
DATED = {
    "Henvisninger": "Henvist dato", "Avslutninger": "Avsluttet dato", "Overgangssaker": "Dato",
    "Gruppetilbud": "Dato", "Spørreundersøkelser": "Sendt ut",
}  # fmt: skip
"""Sheet -> the column with the day of each row, which may not be after the day of the build."""


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Outcome]:
    """The demo as of the day, in a fresh home; read only."""
    home = Home(tmp_path_factory.mktemp("past") / "home")
    return home, home.build(as_of=f"{DAY:%Y-%m-%d}")


def later_rows() -> Counter[tuple[str, str]]:
    """Delivery and sheet -> how many of the demo's rows are later, counted in the workbooks."""
    found: Counter[tuple[str, str]] = Counter()
    to_come = set()
    for path in sorted(DEMO.glob("*.xlsx")):
        book = openpyxl.load_workbook(path, read_only=True)
        for title in (*DATED, "Aktiviteter"):
            header, *rows = book[title].iter_rows(values_only=True)
            for cells in rows:
                row = dict(zip(header, cells, strict=True))
                if title == "Aktiviteter":
                    is_later = row["Henvisnings-ID"] in to_come
                else:
                    is_later = row[DATED[title]] is not None and row[DATED[title]] > DAY
                if is_later and title == "Henvisninger":
                    to_come.add(row["Henvisnings-ID"])
                found[path.name, title] += is_later
    return +found


@pytest.mark.slow
def test_no_right_row_is_rejected_and_no_year_marked(past: tuple[Home, Outcome]) -> None:
    home, said = past
    assert said.code == 0
    assert (said.summary["rows_rejected"], said.summary["deliveries_refused"]) == (0, 0)
    assert home.query("select * from quality.year_marks order by all") == [
        (year, 0, 0) for year in (2019, 2020, 2021)
    ]


def test_what_is_left_out_is_counted(past: tuple[Home, Outcome]) -> None:
    home, said = past
    expected = later_rows()
    counted = home.query("select delivery, sheet, count(*) from quality.later_rows group by all")
    assert {(delivery, sheet): rows for delivery, sheet, rows in counted} == expected
    heading = "Ikke lest, fordi det er senere enn tellingsdatoen (ingen feil):"
    lines = said.out.splitlines()
    assert lines[lines.index(heading) + 1] == f"  nora-2021.xlsx: {expected.total()} rader"
    assert {delivery for delivery, _ in expected} == {"nora-2021.xlsx"}


def test_printed_figures_of_a_year_that_is_not_over_are_not_counted(
    past: tuple[Home, Outcome],
) -> None:
    home, said = past
    counted = "select count(*) from marts.printed_comparison where status = 'equal' and year "
    ((over,), (running,)) = home.query(f"{counted} < 2021") + home.query(f"{counted} = 2021")
    assert running > 0
    assert f"Trykte tall mot registeret: {over} likt, " in said.out
    assert " 0 avvik, " in said.out


def test_a_person_who_was_referred_later_is_not_said_to_lack_a_referral(
    past: tuple[Home, Outcome],
) -> None:
    home, _ = past
    lacking = """
        select count(*) from records.participants anti join records.referrals using (participant_id)
    """
    assert home.query(lacking)[0][0] > 0
    found = home.query("select rule from quality.findings")
    assert ("participant_has_referral",) not in found


def test_a_running_year_is_compared_with_the_same_part_of_the_year_before(
    past: tuple[Home, Outcome],
) -> None:
    home, _ = past
    by_year = home.manifest()["by_year"]
    assert by_year["2021"]["compared_until"] == "2020-06-15"
    assert "compared_until" not in by_year["2020"]
    page = (home.path / "reports/internal/2021/nora-2021.html").read_text(encoding="utf-8")
    assert "Sammenligningen er med samme del av 2020, til og med 15. juni 2020." in page
    part = home.published("same_part").filter(mart="key_figures", figure="referrals")
    (referrals,) = part["number"]
    assert f"{referrals:.0f} per 15. juni 2020" in page
    ((counted,),) = home.query(
        "select count(*) from records.referrals where year(referred_on) = 2020 "
        "and referred_on <= date '2020-06-15'"
    )
    assert referrals == counted
    # A page of the year before shows all of it.
    before = (home.path / "reports/internal/2020/nora-2020.html").read_text(encoding="utf-8")
    assert "til og med" not in before.partition("<h2")[0]
