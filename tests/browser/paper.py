"""What Chromium prints of a page, read back by poppler."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

_ADDED = {"▲", "◆"}
"""What the style puts before words."""


@dataclass(frozen=True)
class Paper:
    """A printed page: its facts as poppler names them, and the words of each sheet in order."""

    facts: dict[str, str]
    sheets: list[str]

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
    page.pdf(path=path, prefer_css_page_size=True, tagged=True)
    facts = {
        name: value.strip()
        for name, _, value in (line.partition(":") for line in _poppler("pdfinfo", str(path)))
    }
    text = "\n".join(_poppler("pdftotext", "-raw", "-enc", "UTF-8", str(path), "-"))
    return Paper(facts, [f" {_spaced(sheet)} " for sheet in text.split("\f")[:-1]])


def _poppler(*command: str) -> list[str]:
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    return done.stdout.split("\n")


def _spaced(text: str) -> str:
    spaced = " ".join(word for word in text.split() if word not in _ADDED)
    # A line may be broken after a hyphen: «AMO-» and «kurs».
    return spaced.replace("- ", "-")
