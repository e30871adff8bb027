"""The commands that need no build."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.raw.delivery import delivered_file, read_delivery
from assets.vocabulary import vocabulary
from pipelines.cli import main
from pipelines.settings import DEFAULT_LIMIT


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
