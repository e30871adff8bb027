"""What the live pages say of numbers that were sent and are now others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from assets.vocabulary import vocabulary
from assets.vocabulary.cells import cells
from dashboards import correction_words
from dashboards.numbers import half_up
from dashboards.publication import read
from tests.unit.sent_numbers import FORM, cell, let_be_revised, let_be_sent
from tests.unit.test_app.client import Client
from tests.unit.test_app.conftest import Page, parsed


@pytest.fixture
def send(folder: Path) -> Callable[..., None]:
    """Let the form of March, or the package of a year, have been sent."""
    return partial(let_be_sent, folder)


@pytest.fixture
def revise(folder: Path) -> Callable[..., None]:
    """List changes of the newest build."""
    return partial(let_be_revised, folder)


def shown(client: Client, address: str) -> Page:
    return parsed(client.get(address).text)


def number(folder: Path, table: str, name: str) -> float:
    mart = vocabulary().table(f"marts.{table}")
    of_year = read(folder).tables[table].filter(pl.col("year") == 2021)
    found: float = cells(mart, of_year).filter(cell=name)["number"].item()
    return found


SOMALIA = "country=SO, gender=total"
ADDRESS = "/manedsskjema?maaned=2021-03"
PAGES = ("/", "/avslutninger", "/deltakere", "/henvisninger", "/flyt", ADDRESS)


def test_period_that_was_never_sent_shows_nothing_extra(
    serve: Callable[[], Client], send: Callable[..., None], client: Client
) -> None:
    """Nothing was sent here; there, what was sent is what is shown."""
    send(3, {})
    send(None, {})
    other = serve()
    for address in PAGES:
        assert "rapportert" not in client.get(address).text
        assert client.get(address).text == other.get(address).text
    assert correction_words.NOTHING_SENT in shown(client, "/rettelser").texts["p"]
    page = shown(other, "/rettelser")
    assert correction_words.NONE in page.texts["p"]
    assert sorted(row[:3] for row in page.tables["sendt"][1:]) == [
        ["2021", "5. april 2021", "første gang"],
        ["mars 2021", "5. april 2021", "første gang"],
    ]


def test_form_says_what_was_sent_and_why_it_is_another_now(
    folder: Path,
    serve: Callable[[], Client],
    send: Callable[..., None],
    revise: Callable[..., None],
) -> None:
    now = number(folder, FORM, cell())
    send(
        3,
        {(FORM, cell()): now + 10, (FORM, cell("male")): 1, (FORM, cell("female", "referred")): 99},
    )
    revise((FORM, cell(), now + 10, now, ["nora-2021.xlsx"], "records"))
    page = shown(serve(), ADDRESS)
    lines = [text.strip() for text in page.texts["td"] if "rapportert" in text]
    men = number(folder, FORM, cell("male"))
    women = number(folder, FORM, cell("female", "referred"))
    assert lines == [
        f"Måneden: kvinner rapportert 99 den 5. april 2021, nå {women:.0f}.",
        f"Måneden: rapportert {now + 10:.0f} den 5. april 2021, nå {now:.0f} (menn 1, nå {men:.0f}).",
    ]
    assert correction_words.MONTHS_FORM in page.texts["h2"]
    why = " ".join(page.texts["p"])
    assert "Endret 21. november 2026 av «nora-2021.xlsx» (Deltakere: " in why
    assert correction_words.UNKNOWN in why
    marked = [a for a in page.attributes("td") if "corrected" in (a.get("class") or "")]
    assert len(marked) == 3
    # Without gender, only what everybody's number says is shown.
    alone = shown(serve(), f"{ADDRESS}&kjonn=nei")
    assert [text.strip() for text in alone.texts["td"] if "rapportert" in text] == [
        f"Måneden: rapportert {now + 10:.0f} den 5. april 2021, nå {now:.0f}."
    ]
    # The form of another month was not sent.
    assert "rapportert" not in serve().get("/manedsskjema?maaned=2021-12").text


def test_percentage_of_the_form_is_another_where_its_counts_are(
    folder: Path, serve: Callable[[], Client], send: Callable[..., None]
) -> None:
    dropouts = cell("total", "dropouts")
    planned = number(folder, FORM, cell("total", "planned_exits"))
    missed = number(folder, FORM, cell("total", "no_shows"))
    now = number(folder, FORM, dropouts)
    send(3, {(FORM, dropouts): now + planned})
    page = shown(serve(), ADDRESS)

    def share(of: float) -> str:
        return f"{half_up(planned / (planned + missed + of))}\u00a0%"

    lines = [text.strip() for text in page.texts["td"] if "rapportert" in text]
    assert lines == [
        f"Måneden: rapportert {now + planned:.0f} den 5. april 2021, nå {now:.0f}.",
        f"Måneden: prosent rapportert {share(now + planned)} den 5. april 2021, nå {share(now)}.",
    ]
    marked = [a for a in page.attributes("td") if "corrected" in (a.get("class") or "")]
    assert len(marked) == 2


def test_only_what_was_sent_last_counts_and_the_list_remembers_the_rest(
    folder: Path, serve: Callable[[], Client], send: Callable[..., None]
) -> None:
    now = number(folder, FORM, cell())
    send(3, {(FORM, cell()): now + 10})
    send(3, {}, on=date(2021, 5, 3), number=2)
    assert "rapportert" not in serve().get(ADDRESS).text
    rows = shown(serve(), "/rettelser").tables["rettelser"]
    assert rows == [
        [*correction_words.HEADERS],
        ["Månedsskjemaet til EST: Startet, Måneden", f"{now + 10:.0f}", f"{now:.0f}", "mars 2021",
         "5. april 2021", correction_words.UNKNOWN, "3. mai 2021"],
    ]  # fmt: skip


def test_yearly_page_says_which_of_its_numbers_were_others_in_the_package(
    serve: Callable[[], Client], send: Callable[..., None], revise: Callable[..., None]
) -> None:
    referrals = "figure=referrals, measure=value"
    send(
        None,
        {
            ("key_figures", referrals): 103,
            ("key_figures", "figure=dropouts, measure=value"): 15,
            ("country_of_origin", SOMALIA): 53,
        },
        on=date(2022, 2, 10),
    )
    revise(("key_figures", referrals, 103, 98, [], "program"))
    client = serve()
    page = shown(client, "/henvisninger?aar=2021")
    assert correction_words.PACKAGE in page.texts["h2"]
    assert "Henvisninger: rapportert 103 den 10. februar 2022, nå 98" in page.texts["dd"]
    assert correction_words.CAUSES["program"] in " ".join(page.texts["dd"])
    assert "Somalia" not in " ".join(page.texts["dd"])
    assert not [text for text in page.texts["dd"] if text.startswith("Droppet ut: rapportert")]
    followed = shown(client, "/tall/referrals?aar=2021")
    assert "Henvisninger: rapportert 103 den 10. februar 2022, nå 98" in followed.texts["p"]
    assert correction_words.CAUSES["program"] in " ".join(followed.texts["p"])
    assert "rapportert" not in client.get("/tall/participants?aar=2021").text
    people = shown(client, "/deltakere?aar=2021")
    assert "Somalia: rapportert 53 den 10. februar 2022, nå 52" in people.texts["dd"]
    links = {a["href"] for a in people.attributes("a")}
    assert "#country_of_origin" in links
    assert {a.get("id") for a in people.attributes("article")} >= {"country_of_origin"}
    assert "rapportert" not in client.get("/henvisninger?aar=2020").text


def test_list_has_the_newest_correction_first_and_every_build_that_changed_something(
    folder: Path,
    serve: Callable[[], Client],
    send: Callable[..., None],
    revise: Callable[..., None],
) -> None:
    figure = "figure=referrals, measure=value"
    send(3, {(FORM, cell()): 1})
    send(None, {("key_figures", figure): 103, ("country_of_origin", SOMALIA): 53})
    revise(
        (FORM, cell(), 1, 2, ["nora-2020.xlsx", "borte.xlsx"], "records"),
        ("", "", None, None, [], "erased"),
        ("", "", 12, 4, [], "lost"),
    )
    page = shown(serve(), "/rettelser")
    what = [row[0] for row in page.tables["rettelser"][1:]]
    assert sorted(what) == [
        "Månedsskjemaet til EST: Startet, Måneden",
        "Nøkkeltall: Henvisninger",
    ]
    # What only repeats them in its parts is folded.
    assert [row[0] for row in page.tables["rettelser-country_of_origin"][1:]] == [
        "Landbakgrunn: Somalia"
    ]
    assert "Landbakgrunn: ett tall" in page.texts["summary"]
    builds = page.tables["bygginger"]
    assert builds[0] == [*correction_words.BUILD_HEADERS]
    assert sorted(row[2:] for row in builds[1:]) == sorted([
        ["1", correction_words.CAUSES["records"], "nora-2020.xlsx og borte.xlsx"],
        ["..", correction_words.CAUSES["erased"], ".."],
        ["..", correction_words.lost(12, 4), ".."],
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("until", "why"),
    [(date(2021, 3, 19), correction_words.GROWN), (date(2021, 3, 31), correction_words.UNKNOWN)],
)
def test_form_that_was_sent_before_the_month_was_over_says_so(
    serve: Callable[[], Client], send: Callable[..., None], until: date, why: str
) -> None:
    send(3, {(FORM, cell()): 3}, on=date(2021, 3, 20), until=until)
    page = shown(serve(), ADDRESS)
    assert "Måneden: rapportert 3 den 20. mars 2021, nå " in " ".join(page.texts["td"])
    assert why in page.texts["p"]


def test_what_is_written_alike_is_the_same_number(
    serve: Callable[[], Client], send: Callable[..., None]
) -> None:
    share = ("key_figures", "figure=work_exit_share, measure=value")
    send(None, {share: 44 / 102 + 0.001})
    assert "rapportert" not in serve().get("/?aar=2021").text
    send(None, {share: 0.5}, number=2)
    said = shown(serve(), "/?aar=2021").texts["dd"]
    assert [text for text in said if "rapportert 50\u00a0% den 5. april 2021, nå 43\u00a0%" in text]


def test_page_is_not_for_everyone(folder: Path, serve: Callable[[], Client]) -> None:
    path = folder / "manifest.json"
    text = path.read_text(encoding="utf-8").replace('"receipts"', '"other"')
    path.write_text(text, encoding="utf-8")
    client = serve()
    assert client.get("/rettelser").status_code == 404
    assert "/rettelser" not in client.get("/").text
