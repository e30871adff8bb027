"""The commands that need no build."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from assets.raw.delivery import delivered_file, read_delivery
from assets.vocabulary import vocabulary
from pipelines.cli import main
from pipelines.settings import DEFAULT_LIMIT
from tests.pipeline.homes import nora


def test_template_is_a_delivery_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "mal.xlsx"
    assert main(["template", str(path)]) == 0
    delivery = read_delivery(delivered_file(path.name, path.read_bytes()), DEFAULT_LIMIT)
    assert {name: frame.height for name, frame in delivery.tables.items()} == {
        table.name: 0 for table in vocabulary().sheets()
    }
    assert delivery.ignored == ()
    assert not delivery.synthetic


def test_template_is_written_to_no_other_format(tmp_path: Path) -> None:
    assert main(["template", str(tmp_path / "mal.ods")]) == 2
    assert not list(tmp_path.iterdir())


def test_template_is_written_over_nothing_but_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mal.xlsx"
    assert main(["template", str(path)]) == main(["template", str(path)]) == 0
    path.write_bytes(b"a day's work")
    assert main(["template", str(path)]) == 2
    assert path.read_bytes() == b"a day's work"
    (tmp_path / "mappe.xlsx").mkdir()
    for name in ("mappe.xlsx", "finnes ikke/mal.xlsx"):
        assert main(["template", str(tmp_path / name)]) == 2
    assert "skrevet over" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["build", "--as-of", "2021"],
        ["build", "--as-of", "0001-01-01"],
        ["build", "--inbox", "nowhere"],
        ["build", "--strict=yes"],
        ["check"],
        ["check", "nowhere.xlsx"],
    ],
)
def test_wrong_usage_is_told_before_anything_is_written(
    tmp_path: Path, arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main([*arguments, "--home", str(tmp_path / "home")])
    assert end.value.code == 2
    assert not list(tmp_path.iterdir())


def test_report_of_a_year_that_is_not_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--year", "2021", "--home", str(tmp_path)]) == 1
    assert "2021 er ikke publisert" in capsys.readouterr().out


# --- Names of files -----------------------------------------------------------------------

STEERING = "\x1b[2J\n\r\x07\x9b\u202e\u2066\u200b\u2028"
"""Clears the screen, goes to other lines, rings, and turns the direction of writing."""


def obeyed(said: str) -> set[str]:
    """The control characters in what was said, but for the ends of lines."""
    return {
        letter for letter in said if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp")
    } - {"\n"}


def test_no_command_says_a_control_character_of_a_name(tmp_path: Path) -> None:
    refused = tmp_path / f"a{STEERING}b.xlsx"
    refused.write_bytes(b"nei")
    checked = nora("check", str(refused), "--home", str(tmp_path / "home"))
    assert checked.code == 3
    for line in ("Avvist: a\\x1b[2J\\n", "Tilbakemelding: "):
        assert line in checked.out
    inbox = tmp_path / f"inbox{STEERING}"
    inbox.mkdir()
    (inbox / f"bilde{STEERING}.png").write_bytes(b"x")
    built = nora("build", "--inbox", str(inbox), "--home", str(tmp_path / "home"))
    assert "bilde\\x1b[2J\\n" in built.out
    missing = nora("check", f"borte{STEERING}.xlsx", "--home", str(tmp_path / "home"))
    assert "borte\\x1b[2J" in missing.err
    unknown = nora("template", "a.xlsx", f"b{STEERING}.xlsx")
    assert "b\\x1b[2J" in unknown.err
    for said in (checked, built, missing, unknown):
        assert obeyed(said.out + said.err) == set()
