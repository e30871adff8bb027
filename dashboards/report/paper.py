"""A page as a tagged PDF with bookmarks, printed by a browser that is already on the machine.

Uses no network.
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
    # No name can be resolved, so nothing is fetched.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
    # Bookmarks, one for each heading.
    "--generate-pdf-document-outline",
)
_LED_OUT = re.compile(r' href="\.\./[^"]*"')
"""Links to other pages of the dashboard; in a PDF they would lead to a missing file."""


def printed(page: str) -> bytes:
    """Return a self-contained HTML page as a tagged PDF with bookmarks, in the page's print style.

    The browser is that of `find_browser`, started for this page with a profile of its own. Raises
    PicturesUnavailableError when there is none, or when it prints nothing.
    """
    browser = find_browser()
    # A browser that is told to end may still write after the folder is removed.
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
            # The browser on the PATH of the user, or named by the user, without a shell.
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)  # noqa: S603
            content = paper.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise PicturesUnavailableError(report_words.PRINTING_FAILED) from error
    if not content.startswith(b"%PDF-"):
        raise PicturesUnavailableError(report_words.PRINTING_FAILED)
    return content
