"""What bench.growth writes: its part of the page and its picture, from figures that are made up."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from bench.growth import (
    BARE,
    BEGIN,
    END,
    FLOOR,
    OURS,
    PAGE,
    PICTURE,
    Machine,
    Measured,
    UnmarkedError,
    drawn,
    generated,
    replaced,
    table,
)
from bench.process import Cost

MACHINE = Machine(2, 23.456, "3.11.7", "1.5.5", 0.25, "2026-11-29")
FIGURES = [
    Measured(
        1000,
        {
            OURS: Cost(41.04, 40.0, 701.4, 170.0),
            BARE: Cost(0.5, 0.8, 123.5),
            FLOOR: Cost(4.1, 4.0, 285.0),
        },
    ),
    Measured(
        10_000_000,
        {
            OURS: "more than 600 s of wall",
            BARE: Cost(125.0, 250.06, 18_000.0),
            FLOOR: Cost(4.1, 4.0, 285.0),
        },
    ),
]
SVG = "{http://www.w3.org/2000/svg}"


def part_of(page: str) -> str:
    return page[page.index(BEGIN) : page.index(END) + len(END)]


def form(text: str) -> str:
    """The text with # for every number, and once what a table says in the same form again."""
    lines = re.sub(r"\d[\d,.-]*", "#", text).splitlines()
    cells = [re.sub(r"\| (#|-)(?= \|)", "| #", line) for line in lines]
    sizes = [re.sub(r"#(?: #)*", "#", line) for line in cells]
    return "\n".join(dict.fromkeys(line for line in sizes if line))


def titles(svg: str) -> list[str]:
    return [title.text or "" for title in ET.fromstring(svg).findall(f".//{SVG}g/{SVG}title")]  # noqa: S314


def test_table_has_the_figures_and_the_ratio_of_the_build_to_each() -> None:
    assert table(FIGURES).splitlines()[2:] == [
        "| 1,000 | nora build | 40.0 | - | 41.0 | 701 | 170 |",
        "| 1,000 | DuckDB alone | 0.8 | 50.0 | 0.5 | 124 | - |",
        "| 1,000 | bare import | 4.0 | 10.0 | 4.1 | 285 | - |",
        "| 10,000,000 | nora build | more than 600 s of wall | - | - | - | - |",
        "| 10,000,000 | DuckDB alone | 250.1 | - | 125.0 | 18,000 | - |",
        "| 10,000,000 | bare import | 4.0 | - | 4.1 | 285 | - |",
    ]


def test_part_of_the_committed_page_has_the_form_that_the_program_writes() -> None:
    committed = form(part_of(PAGE.read_text(encoding="utf-8"))).splitlines()
    whole = form(generated(MACHINE, FIGURES[:1])).splitlines()
    ended = form(generated(MACHINE, FIGURES)).splitlines()
    assert [line for line in committed if line in whole or line not in ended] == whole
    assert "Load at the start: #" in "\n".join(committed)


def test_picture_and_page_are_of_the_same_run() -> None:
    part = part_of(PAGE.read_text(encoding="utf-8"))
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in part.splitlines()
        if re.match(r"\| \d", line)
    ]
    told = {
        f"{name}, {participants}: {figure.removesuffix('.0')}"
        for participants, name, cpu, _, _, peak, _ in rows
        for figure in (cpu, peak)
        if figure[0].isdigit()
    }
    assert len(told) >= 6
    assert {title for title in titles(PICTURE.read_text(encoding="utf-8")) if ":" in title} == told


def test_picture_leaves_out_what_has_no_figure_and_tells_lines_apart_without_colour() -> None:
    svg = drawn(FIGURES)
    assert "nora build, 1,000: 40" in titles(svg)
    assert "DuckDB alone, 10,000,000: 250.1" in titles(svg)
    assert not any(title.startswith("nora build, 10,000,000") for title in titles(svg))
    root = ET.fromstring(svg)  # noqa: S314
    dashes = {path.get("stroke-dasharray") for path in root.iter(f"{SVG}path")} - {None}
    assert len(dashes) == 3
    shapes = {
        group[0].text: group[1].tag.removeprefix(SVG)
        for group in root.iter(f"{SVG}g")
        if group[0].text in (OURS, BARE, FLOOR)
    }
    assert shapes == {OURS: "circle", BARE: "rect", FLOOR: "path"}


def test_more_cpu_is_drawn_higher_and_more_participants_further_right() -> None:
    larger = replace(
        FIGURES[0], participants=100_000, costs={**FIGURES[0].costs, OURS: Cost(1, 400.0, 900.0)}
    )
    place = {
        group[0].text: re.findall(r"[\d.]+", group.get("transform", ""))
        for group in ET.fromstring(drawn([FIGURES[0], larger])).iter(f"{SVG}g")  # noqa: S314
    }
    (x, y), (larger_x, larger_y) = (
        map(float, place[f"nora build, {size}"]) for size in ("1,000: 40", "100,000: 400")
    )
    assert larger_x > x
    assert larger_y < y


def test_what_a_person_wrote_on_the_page_stays() -> None:
    page = f"Before\n\n{BEGIN}\nold\n{END}\n\nAfter {{x}} \\1\n"
    made = replaced(page, generated(MACHINE, FIGURES))
    assert made == f"Before\n\n{generated(MACHINE, FIGURES)}\n\nAfter {{x}} \\1\n"
    assert replaced(made, f"{BEGIN}\nold\n{END}") == page
    with pytest.raises(UnmarkedError):
        replaced("a page without a place", "part")
