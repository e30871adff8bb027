"""Every sentence is right Norwegian for every number that can occur: none, one, two, many, all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.vocabulary import vocabulary
from dashboards import outline
from dashboards.figures.findings import finding_words
from dashboards.figures.findings.chance import Interval
from dashboards.figures.findings.largest import largest

UNTIL = date(2021, 8, 15)
NUMBERS = (0, 1, 2, 12, 13, 999, 1000, 12345)
# Nothing is said of a smaller whole.
WHOLES = (10, 12, 102, 1000, 12345)
PARTS = [(part, whole) for whole in WHOLES for part in (0, 1, 2, whole)]
SHAPE = re.compile(r"[A-ZÆØÅ0-9].*\.")
WRONG = (
    # One of something has no plural, none of it no digit, and nothing is doubled or left open.
    r"\b1 (henvisninger|oppstarter|deltakere|planmessige|avslutninger|aktive|henviste)\b",
    r"\b0 (henvisninger|oppstarter|deltakere|planmessige|avslutninger|aktive|henviste|frafall)\b",
    r"  | ,|\.\.|None|nan|inf|\{|\}| \.|\(\)|:\.|«»",
    r"\bi i\b|\bav av\b",
    # A number of four digits is divided by a hard space.
    r"\b\d{4,}\b(?<!20\d\d)",
)


def sentences() -> Iterator[str]:
    say = finding_words
    for name in say.COUNTED:
        for now in NUMBERS:
            counted = say.counted(name, now)
            yield say.alone([counted], say.in_year(2021))
            yield say.alone([counted, counted], say.at_end(2021, UNTIL))
            for before in NUMBERS:
                if now != before:
                    counts = (before, "i 2020"), (now, "i 2021")
                    yield say.changed(name, *counts)
                    yield say.changed(name, *counts, say.through(UNTIL))
    for part, whole in PARTS:
        said = say.part_of(part, whole, "henvisninger")
        yield say.reached("60 %", "i utdanning", said)
        yield say.missed("60 %", "i utdanning", said, max(part, 1))
        for target in say.AIMS:
            yield say.so_far("60 %", target, said, UNTIL)
        yield say.share_changed(said, 2020)
        yield say.of_referrals(said, "Økonomisk sosialhjelp", "50 %")
        yield f"{say.to_work(said)}."
        yield f"{say.to_work(said)}: {say.of_women_and_men(said, said)}. {say.GENDERS_DIFFER}"
        yield say.still_employed(said)
        yield say.answered(said, 1)
        yield say.answered(said, 3)
        yield say.largest("henvisninger", ["kom fra Syria"], said, [])
        yield say.largest("henvisninger", ["kom fra «A»", "«B»"], said, ["«C» (1)", "«D» (1)"])
        yield say.everybody("henvisninger", "kom fra Syria", whole)
        yield say.stands_out("frafall", "mars", said)
        yield say.stands_out("henvisninger", "1. kvartal", said)
        yield say.no_month_stands_out("frafall", ["mars"], "4", "17")
        yield say.no_month_stands_out("frafall", ["mars", "mai"], "4", "17")
        yield say.by_gender(
            [
                say.persons(part, "kvinne", "kvinner", "60 %"),
                say.persons(whole - part, "mann", "menn", "40 %"),
            ],
            say.counted("participants", whole),
        )
    for before, now in ((21, 0), (0, 21), (100, 60), (60, 100)):
        for total in (21, 22, 30, 40, 70):
            whole = (
                (before, before + total) if now > before else (before + 100, before + 100 - total)
            )
            yield say.driven_by("Ny Sjanse", (before, now), whole)
    for low, high in ((0.0, 0.2), (0.34, 0.53), (0.9, 1.0)):
        for of in (*say.AIMS.values(), say.WOMEN_AMONG, say.WHO_ANSWERED, say.WHO_STAYED_EMPLOYED):
            yield say.share_interval(of, Interval(low, high))
        yield say.share_interval(
            say.those("deltakere", ["kom fra Syria", "Irak"]), Interval(low, high)
        )
        yield say.difference_interval(say.BETWEEN_GENDERS, Interval(-high, low))
        yield say.difference_interval(say.change_of_share("i utdanning"), Interval(-high, low))
        for name in say.COUNTED:
            yield say.change_interval(name, Interval(low, 1 + high))
    yield say.change_interval("referrals", Interval(1.2, float("inf")))
    yield say.not_compared(["Året er ikke helt."], 2019, 2020)
    yield say.half_stayed("102", "som gikk til arbeid", "334,5", "11 måneder")
    yield say.half_stayed("102", "som gikk til arbeid", "20", "")
    yield say.still_there("93", 2021, ["83\u00a0% etter 6 måneder (73\u00a0% til 89\u00a0%)"])
    yield say.most_active(["mai"], "150", ["januar", "mars"], "90")
    yield say.saved("1 000 kr", "500 kr", "")
    yield say.saved("1 000 kr", "1 500 kr", "500 kr")
    yield say.attended(["Veien til arbeid"], "30", "300")
    yield say.attended(["A", "B"], "30", "300")
    yield say.for_each_counsellor("24,5", "230", "9,4")


def test_every_sentence_is_whole() -> None:
    told = set(sentences())
    assert len(told) > 500
    for text in told:
        assert SHAPE.fullmatch(text), text
        for wrong in WRONG:
            assert not re.search(wrong, text), (wrong, text)


def test_what_is_counted_agrees_with_its_number() -> None:
    assert [finding_words.counted("dropouts", n) for n in (0, 1, 2, 1234)] == [
        "ingen frafall", "ett frafall", "2 frafall", "1\u00a0234 frafall",
    ]  # fmt: skip
    assert finding_words.part_of(0, 102) == "ingen av 102"
    assert finding_words.part_of(102, 102) == "alle 102"
    assert finding_words.part_of(44, 102, "personer") == "44 av 102 personer (43\u00a0%)"


def test_a_driver_is_named_for_what_it_is() -> None:
    say = finding_words.driven_by
    assert say("X", (21, 0), (30, 9)).startswith("Hele nedgangen er «X», som falt fra 21 til 0")
    assert say("X", (21, 0), (129, 107)).startswith("Nesten hele nedgangen (21 av 22) er")
    assert say("X", (21, 0), (129, 98)).startswith("Det meste av nedgangen (21 av 31) er")
    assert say("X", (0, 21), (98, 112)).startswith("Det skyldes «X», som økte fra 0 til 21")


def test_a_part_of_a_year_is_said_before_what_happened_in_it() -> None:
    say = finding_words
    changed = say.changed("referrals", (129, "i 2020"), (98, "i 2021"), say.through(UNTIL))
    assert changed == "Til og med 15. august falt antall henvisninger fra 129 i 2020 til 98 i 2021."
    assert say.so_far("10\u00a0%", "education", "2 av 59", UNTIL) == (
        "Til og med 15. august 2021 gikk 2 av 59 til utdanning. Målet for året er 10\u00a0%."
    )


def test_every_page_and_target_has_its_words() -> None:
    assert set(finding_words.AIMS) == set(vocabulary().code_list("target").names)
    known = {*finding_words.COUNTED, *outline.FIGURES}
    for page in outline.PAGES:
        assert set(page.findings) <= known
        # The finding of a figure is on a page that shows the figure.
        assert set(page.findings) - set(finding_words.COUNTED) <= set(page.figures)
    assert set(finding_words.COUNTED) <= set(vocabulary().code_list("key_figure").names)


def test_declared_sentences_have_a_place_for_the_category() -> None:
    declared = [one for _, figure in outline.FIGURES.values() for one in figure.largest]
    assert declared
    key_figures = {"", *vocabulary().code_list("key_figure").names}
    for one in declared:
        assert one.is_nb.count("{}") == 1
        assert one.base in key_figures


DECLARED = vocabulary().table("marts.referral_sources").figures["referral_sources"].largest[0]


def categories(**counts: int | None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "label": list(counts),
            "total": list(counts.values()),
            "withheld_total": [count is None for count in counts.values()],
            "muted": [label == "Annet" for label in counts],
        },
        schema={
            "label": pl.String,
            "total": pl.Int64,
            "withheld_total": pl.Boolean,
            "muted": pl.Boolean,
        },
    )


def said(rows: pl.DataFrame, whole: int | None, **options: bool) -> list[str]:
    return [finding.text for finding in largest(rows, whole, DECLARED, 1, **options)]


def test_the_largest_is_named_with_those_that_follow() -> None:
    rows = categories(A=40, B=30, C=20, D=10)
    assert said(rows, 100) == [
        "Flest henvisninger kom fra «A»: 40 av 100 (40\u00a0%). Deretter fulgte «B» (30) og «C» (20)."
    ]


def test_the_rest_is_named_in_its_place() -> None:
    assert said(categories(A=44, B=24, C=7, Annet=16), 91) == [
        "Flest henvisninger kom fra «A»: 44 av 91 (48\u00a0%). Deretter fulgte «B» (24) og «Annet» (16)."
    ]
    assert said(categories(A=30, B=20, Annet=35), 85) == []
    assert said(categories(A=30, B=20, Annet=30), 80) == []


@given(
    st.dictionaries(st.sampled_from([*"ABCDEFG", "Annet"]), st.integers(0, 30)),
    st.booleans(),
)
def test_no_category_is_left_unnamed_that_is_larger_than_a_named_one(
    counts: dict[str, int], overlapping: bool
) -> None:
    for text in said(categories(**counts), sum(counts.values()), overlapping=overlapping):
        named = set(re.findall(r"«(.+?)»", text))
        assert named
        smallest = min(counts[label] for label in named)
        assert all(count <= smallest for label, count in counts.items() if label not in named)


def test_equal_ones_are_named_together_and_never_ranked() -> None:
    assert said(categories(A=30, B=30, C=10), 70) == [
        "Flest henvisninger kom fra «A» og «B»: 30 av 70 (43\u00a0%) hver."
    ]
    assert said(categories(A=30, B=10, C=10, D=10), 60) == [
        "Flest henvisninger kom fra «A»: 30 av 60 (50\u00a0%)."
    ]
    assert said(categories(A=5, B=5, C=5, D=5), 20) == []


@pytest.mark.parametrize(
    ("rows", "whole"),
    [
        (categories(A=30, B=None), None),
        (categories(A=5, B=4), 9),
        (categories(A=30, B=None, C=None), 70),
        (categories(Annet=40), 40),
        (categories(), 0),
    ],
)
def test_nothing_is_said_where_it_may_be_untrue(rows: pl.DataFrame, whole: int | None) -> None:
    assert said(rows, whole) == []


def test_a_hidden_one_that_must_be_smaller_hides_nothing() -> None:
    assert said(categories(A=50, B=None, C=12), 70) == [
        "Flest henvisninger kom fra «A»: 50 av 70 (71\u00a0%). Deretter fulgte «C» (12)."
    ]
    # Of categories that count a person twice, a hidden one may be as large as any.
    assert said(categories(A=50, B=None), 70, overlapping=True) == []


def test_the_only_one_has_all() -> None:
    assert said(categories(A=98, B=0), 98) == ["Alle 98 henvisninger kom fra «A»."]
