"""A page as a tagged PDF, printed by a browser that is already on the machine.

Asks nothing of the network.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from dashboards.report import report_words
from dashboards.report.pictures import PicturesUnavailableError, find_browser

_SECONDS = 120
_FLAGS = (
    "--headless",
    # Root needs it, and the page is our own.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Nothing is found by name, so that nothing is fetched.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
)
_LED_OUT = re.compile(r' href="\.\./[^"]*"')
"""Links to the pages beside the one that is printed; on paper they would lead to a lost file."""


def printed(page: str) -> bytes:
    """Return a page of HTML that needs no other file as a tagged PDF, by the page's print style.

    The browser is that of `find_browser`, started for this page with a profile of its own. Raises
    PicturesUnavailableError when there is none, or when it prints nothing.
    """
    browser = find_browser()
    # What the browser still writes when it is told to end may outlast the folder.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, paper = folder / "page.html", folder / "page.pdf"
        source.write_text(_LED_OUT.sub("", page), encoding="utf-8")
        command = [
            browser,
            *_FLAGS,
            f"--user-data-dir={folder / 'profile'}",
            f"--print-to-pdf={paper}",
            source.as_uri(),
        ]
        try:
            # The browser that whoever runs this has on PATH or names, without a shell.
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)  # noqa: S603
            content = paper.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise PicturesUnavailableError(report_words.PRINTING_FAILED) from error
    if not content.startswith(b"%PDF-"):
        raise PicturesUnavailableError(report_words.PRINTING_FAILED)
    return content
