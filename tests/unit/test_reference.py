"""The printed figures: each has one answer, and none goes missing on the way."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from assets.reference import printed_figures as module
from assets.reference.printed_figures import UnmappedFigureError, printed_figures
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema

FOLDER = Path(module.__file__).parent
TABLE = vocabulary().table("reference.printed_figures")
PRINTED, ANSWERS = "printed_figures.csv", "figure_answers.csv"

Change = Callable[[list[str]], list[str]]


def read(name: str) -> list[dict[str, str]]:
    with open(FOLDER / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Change], None]:
    """Read copies of the two files, one of them with its lines changed; the header stays."""

    def change(name: str, how: Change) -> None:
        for one in (PRINTED, ANSWERS):
            header, *lines = (FOLDER / one).read_text(encoding="utf-8").splitlines()
            text = [header, *(how(lines) if one == name else lines)]
            (tmp_path / one).write_text("\n".join(text) + "\n", encoding="utf-8")
        monkeypatch.setattr(module, "_HERE", tmp_path)

    return change


def test_every_printed_figure_stands_there_once_with_its_number() -> None:
    frame = printed_figures()
    assert frame.schema == schema(TABLE)
    assert frame.select(TABLE.key).is_unique().all()
    printed = [
        (
            *(row[name] for name in ("report", "section", "figure", "breakdown", "unit")),
            row["value"],
        )
        for row in read(PRINTED)
    ]
    found = frame.select(*TABLE.key, "published").rows()
    assert sorted((str(report), *rest) for report, *rest in found) == sorted(
        (*key, float(value)) for *key, value in printed
    )


def test_every_answer_stands_beside_its_figure() -> None:
    frame = printed_figures()
    answers = {
        tuple(row[name] for name in ("report", "section", "figure", "breakdown", "unit")): row
        for row in read(ANSWERS)
    }
    for row in frame.to_dicts():
        answer = answers.pop(tuple(str(row[name]) for name in TABLE.key))
        for name in ("mart", "answer_measure", "categories", "base_categories", "rounding"):
            assert row[name] == (answer[name] or None)
        assert row["note"] == (answer["note_nb"] or None)
        assert row["answer_year"] == int(answer["answer_year"])
        also = float(answer["also_printed"]) if answer["also_printed"] else None
        assert row["also_printed"] == also
    assert answers == {}


def test_figure_as_a_whole_has_an_empty_breakdown_and_no_other_cell_is_an_empty_text() -> None:
    frame = printed_figures()
    assert frame["breakdown"].null_count() == 0
    assert "" in frame["breakdown"]
    texts = frame.select(pl.col(pl.String).exclude("breakdown"))
    assert not texts.select(pl.any_horizontal((pl.all() == "").any())).item()
    required = [*TABLE.key, *TABLE.required]
    assert frame.select(required).null_count().sum_horizontal().item() == 0


def test_figures_stand_in_the_order_of_their_key() -> None:
    frame = printed_figures()
    assert frame.equals(frame.sort(TABLE.key))


@pytest.mark.parametrize(
    ("name", "how", "figure"),
    [
        (ANSWERS, lambda lines: lines[:-1], "2021 5.0 transition_starts  count"),
        (PRINTED, lambda lines: lines[1:], "2019 1.1 target_work  percent"),
        (
            ANSWERS,
            lambda lines: [*lines, "2021,9.9,referrals,,count,2021,key_figures,value,figure=referrals,,sum,,"],
            "2021 9.9 referrals  count",
        ),
        (
            PRINTED,
            lambda lines: [*lines, "2021,9.9,referrals,,1,count,"],
            "2021 9.9 referrals  count",
        ),
        (ANSWERS, lambda lines: [*lines, lines[0]], "2019 1.1 target_work  percent"),
        (PRINTED, lambda lines: [lines[0], *lines], "2019 1.1 target_work  percent"),
        (
            ANSWERS,
            lambda lines: [line.replace("2021,2.1,referrals,,count", "2021,2.1,referrals,,percent") for line in lines],
            "2021 2.1 referrals  count",
        ),
    ],
    ids=["missing", "no longer printed", "surplus", "newly printed", "double", "printed twice", "other unit"],
)  # fmt: skip
def test_figure_that_is_not_mapped_once_is_named(
    changed: Callable[[str, Change], None], name: str, how: Change, figure: str
) -> None:
    changed(name, how)
    with pytest.raises(UnmappedFigureError, match=re.escape(figure)) as raised:
        printed_figures()
    assert str(raised.value).startswith("figure_answers.csv ")


def test_only_the_figures_at_fault_are_named(changed: Callable[[str, Change], None]) -> None:
    changed(ANSWERS, lambda lines: [*lines[:-1], lines[0]])
    with pytest.raises(UnmappedFigureError) as raised:
        printed_figures()
    named = str(raised.value).partition(": ")[2].split("; ")
    assert sorted(named) == ["2019 1.1 target_work  percent", "2021 5.0 transition_starts  count"]


def test_order_of_the_lines_means_nothing(changed: Callable[[str, Change], None]) -> None:
    before = printed_figures()
    changed(ANSWERS, lambda lines: list(reversed(lines)))
    assert printed_figures().equals(before)
