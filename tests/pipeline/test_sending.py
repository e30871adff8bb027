"""A form is sent, a spoiled delivery rewrites its month, and every page says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.homes import DEMO, Home, Outcome, environment_kept, nora
from tests.unit.sent_releases import publish
from tests.unit.test_app.conftest import open_app, parsed
from tests.unit.workbooks import EXITS, PARTICIPANTS, REFERRALS, workbook

MARCH = "month=3, period=month, breakdown=counts, value=started, gender=total"
FORM = "reports/internal/2021/skjema/nora-2021-03.html"


def delivery(started: str, persons: range) -> bytes:
    """Women who were referred in January and started on a day."""
    return workbook(
        participants=[
            PARTICIPANTS[0], *([f"p{n}", 1985, "Kvinne", "Somalia", None, None] for n in persons)
        ],
        referrals=[
            REFERRALS[0],
            *([f"r{n}", f"p{n}", "4.1.2021", "NAV lokal", "KVP", started] for n in persons),
        ],
        exits=EXITS[:1],
    )  # fmt: skip


@dataclass(frozen=True)
class Office:
    """A home and its inbox."""

    home: Home
    inbox: Path

    def build(self, as_of: str) -> Outcome:
        return self.home.build(inbox=self.inbox, as_of=as_of)

    def send(self, *arguments: str) -> Outcome:
        return nora("send", *arguments, "--home", str(self.home.path))

    def text(self, address: str) -> str:
        return " ".join(open_app(self.home.internal).get(address).text.split())

    def form(self) -> str:
        return " ".join((self.home.path / FORM).read_text(encoding="utf-8").split())


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    inbox = tmp_path / "inn"
    inbox.mkdir()
    (inbox / "mars.xlsx").write_bytes(delivery("8.3.2021", range(8)))
    with environment_kept():
        yield Office(Home(tmp_path / "home"), inbox)


def test_spoiled_delivery_that_rewrites_march_is_told_on_every_page(office: Office) -> None:
    home = office.home
    assert office.build("2021-04-02").code == 0
    assert home.published("revisions").is_empty()
    said = office.send("--year", "2021", "--month", "3", "--on", "2021-04-05")
    assert said.code == 0, said.out
    assert "Frosset: månedsskjemaet for mars 2021, sendt 5. april 2021." in said.out
    (sent,) = (home.path / "sent").rglob("*.json")
    frozen = sent.read_bytes()

    # Nothing has changed: the sending alone makes a build, and no page says anything.
    assert "uendret" not in office.build("2021-04-02").out
    assert home.published("sent").filter(cell=MARCH)["reported"].to_list() == [8]
    assert home.published("revisions").is_empty()
    assert "rapportert" not in office.form()
    assert "Ingen rapporterte tall er endret." in office.text("/rettelser")

    # Five of the eight are moved to April.
    (office.inbox / "nytt.xlsx").write_bytes(delivery("8.4.2021", range(5)))
    assert office.build("2021-05-03").code == 0
    line = home.published("revisions").filter(cell=MARCH)
    assert line.select("year", "table", "before", "after", "cause").rows() == [
        (2021, "monthly_form", 8, 3, "records")
    ]
    assert line["deliveries"].to_list() == [["nytt.xlsx"]]
    for page in (office.form(), office.text("/manedsskjema?maaned=2021-03")):
        assert "Måneden: rapportert 8 den 5. april 2021, nå 3 (kvinner 8, nå 3)." in page
        assert "«nytt.xlsx» (Henvisninger: 5 endret)" in page
    page = office.text("/rettelser")
    assert "Ingen rapporterte tall er endret." not in page
    assert "mars 2021" in page
    assert "rapportert 8" not in office.text("/manedsskjema?maaned=2021-04")

    # Sent anew: the first file stays as it was, and the form has nothing to say any more.
    revisions = home.published("revisions")
    assert office.send("--year", "2021", "--month", "3", "--on", "2021-05-04").code == 0
    assert office.build("2021-05-03").code == 0
    assert sent.read_bytes() == frozen
    assert home.published("revisions").equals(revisions)
    assert "rapportert" not in office.form()
    rows = parsed(office.text("/rettelser")).tables["rettelser"]
    assert ["8", "3"] in [row[1:3] for row in rows]
    assert {row[-1] for row in rows[1:]} == {"4. mai 2021"}

    # Nobody else gets any of it.
    folder = home.path / "published" / "open"
    assert not [path for path in folder.iterdir() if path.stem in ("revisions", "sent")]
    assert (
        re.search("rettelser|revisions|nytt.xlsx", (folder / "manifest.json").read_text()) is None
    )


def test_what_is_not_published_is_not_sent_and_the_sentence_says_so(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    where = ("--home", str(home.path))
    nothing = nora("send", "--year", "2021", "--month", "3", *where)
    assert (nothing.code, nothing.out) == (
        1, "Ingenting er publisert, så ingenting kan være sendt. Kjør nora build først.\n"
    )  # fmt: skip
    publish(home.settings, 24)
    for arguments, sentence in (
        (("--year", "2021", "--month", "5"), "Måned 5 i 2021 er ikke publisert"),
        (("--year", "2020", "--month", "3"), "2020 er ikke publisert"),
        (("--year", "2020"), "2020 er ikke publisert"),
        (("--year", "2021"), "Kjør nora report --year 2021"),
        (("--year", "2021", "--month", "3", "--on", "2099-01-01"), "er ikke kommet ennå"),
    ):
        said = nora("send", *arguments, *where)
        assert said.code == 1, said.out
        assert sentence in said.out
        assert "Traceback" not in said.out + said.err
    assert not home.settings.sent.exists()
    assert nora("send", "--year", "2021", "--month", "13", *where).code == 2
    (home.internal / "monthly_form.parquet").resolve().write_bytes(b"")
    said = nora("send", "--year", "2021", "--month", "3", *where)
    assert said.code == 1
    assert "monthly_form.parquet er skadet" in said.out


def test_analyst_freezes_a_form_from_dagster(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    publish(home.settings, 24)
    home.settings.dagster_home.mkdir()
    config = {"year": 2021, "month": 3, "day": "2021-04-05"}
    done = home.run("send", run_config={"ops": {"sent__internal": {"config": config}}})
    assert done.success
    (made,) = done.get_asset_materialization_events()
    assert made.materialization.metadata["sending"].value == "2021-03/0001"
    assert (home.path / "sent" / "2021-03" / "0001.json").exists()


@pytest.mark.slow
def test_package_is_sent_once_it_is_written_of_what_is_published(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER_PATH", "/finnes/ikke")
    where = ("--home", str(home.path))
    assert "Kjør nora report --year 2021" in nora("send", "--year", "2021", *where).out
    nora("report", "--year", "2021", *where)
    said = nora("send", "--year", "2021", "--on", "2022-02-10", *where)
    assert said.code == 0, said.out
    assert "rapportpakken for 2021, sendt 10. februar 2022" in said.out
    assert home.build(inbox=DEMO).code == 0
    sent = home.published("sent")
    marts = {path.stem for path in home.internal.glob("*.parquet")}
    assert set(sent["table"]) == marts - {"printed_comparison", "revisions", "sent", "same_part"}
    figures = home.published("key_figures").filter(pl.col("year") == 2021)
    assert sent.filter(table="key_figures").height == figures.height
    assert "rapportert" not in open_app(home.internal).get("/?aar=2021").text
