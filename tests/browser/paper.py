"""What Chromium prints of a page, read back by poppler."""

from __future__ import annotations

import html
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

_ADDED = {"▲", "◆"}
"""What the style puts before words."""

_RESOLUTION = 36
_DARK = 250
_MARGINS = (14, 16)
"""Of the sheet above and below, in mm, as in page.css."""


@dataclass(frozen=True)
class Paper:
    """A printed page: its facts as poppler names them, and the words of each sheet in order.

    `bookmarks` are the texts of its outline. `filled` is, for each sheet, how far down it is used:
    the share of the height between the margins above its lowest mark.
    """

    facts: dict[str, str]
    sheets: list[str]
    bookmarks: list[str]
    filled: list[float]

    def sheets_with(self, *texts: str) -> set[int]:
        """The sheets on which all of the texts stand, however their lines are broken."""
        wanted = [f" {_spaced(text)} " for text in texts]
        return {
            number
            for number, sheet in enumerate(self.sheets)
            if all(text in sheet for text in wanted)
        }


def printed(page: Page, folder: Path) -> Paper:
    """Print the page as a reader would, to a tagged PDF, and read it."""
    path = folder / "page.pdf"
    page.pdf(path=path, prefer_css_page_size=True, tagged=True, outline=True)
    return read_back(path)


def read_back(path: Path) -> Paper:
    """Read a PDF."""
    facts = {
        name: value.strip()
        for name, _, value in (line.partition(":") for line in _poppler("pdfinfo", str(path)))
    }
    text = "\n".join(_poppler("pdftotext", "-raw", "-enc", "UTF-8", str(path), "-"))
    sheets = [f" {_spaced(sheet)} " for sheet in text.split("\f")[:-1]]
    outline = "\n".join(_poppler("pdftohtml", "-xml", "-i", "-stdout", str(path)))
    bookmarks = [
        _spaced(html.unescape(re.sub("<[^>]*>", "", item)))
        for item in re.findall("<item [^>]*>(.*?)</item>", outline, re.DOTALL)
    ]
    filled = [_filled(path, number) for number in range(1, len(sheets) + 1)]
    return Paper(facts, sheets, bookmarks, filled)


def _filled(path: Path, sheet: int) -> float:
    """How far down a sheet is used, as a share of the height between the margins."""
    command = ["pdftoppm", "-gray", "-r", str(_RESOLUTION), "-f", str(sheet), "-l", str(sheet)]
    done = subprocess.run([*command, str(path)], capture_output=True, check=True)
    kind, size, _, pixels = done.stdout.split(b"\n", 3)
    assert kind == b"P5"
    width, height = map(int, size.split())
    dots = _RESOLUTION / 25.4
    first, last = int(_MARGINS[0] * dots) + 1, int(height - _MARGINS[1] * dots) - 1
    rows = [pixels[row * width : (row + 1) * width] for row in range(first, last)]
    used = [number for number, row in enumerate(rows) if min(row) < _DARK]
    return (used[-1] + 1) / len(rows) if used else 0.0


def _poppler(*command: str) -> list[str]:
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    return done.stdout.split("\n")


def _spaced(text: str) -> str:
    spaced = " ".join(word for word in text.split() if word not in _ADDED)
    # A line may be broken after a hyphen: «AMO-» and «kurs».
    return spaced.replace("- ", "-")
