"""The colours of the charts: seen on white, told apart, in greyscale too, and chosen in one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboards.figures import palette
from dashboards.frame import STATIC

FIGURES = Path(palette.__file__).parent
MARKS = {name: getattr(palette, name) for name in ("MAIN", "ALARM", "MUTED", "OTHER_YEAR", "TEXT")}


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.1: of lightness alone, so that it is that of a print in greyscale too."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", MARKS)
def test_every_mark_is_seen_on_white(name: str) -> None:
    assert contrast(MARKS[name], palette.PAPER) >= 3


@pytest.mark.parametrize("name", ["MAIN", "ALARM", "MUTED", "TEXT"])
def test_what_is_of_the_year_is_told_from_the_year_beside_in_greyscale_too(name: str) -> None:
    assert contrast(MARKS[name], palette.OTHER_YEAR) >= 1.75


@pytest.mark.parametrize("name", ["MAIN", "MUTED", "TEXT"])
def test_text_in_a_colour_of_the_palette_can_be_read(name: str) -> None:
    assert contrast(MARKS[name], palette.PAPER) >= 4.5


def test_no_other_module_chooses_a_colour() -> None:
    found = {
        path.name: re.findall(r"#[0-9A-Fa-f]{6}\b", path.read_text(encoding="utf-8"))
        for path in FIGURES.glob("*.py")
        if path.name != "palette.py"
    }
    assert {name: colours for name, colours in found.items() if colours} == {}


def test_the_pages_have_the_same_colours() -> None:
    style = (STATIC / "page.css").read_text(encoding="utf-8")
    for name, colour in (("main", palette.MAIN), ("muted", palette.MUTED), ("text", palette.TEXT)):
        assert f"--{name}: {colour.lower()};" in style
