"""How the processes of `nora serve` log: JSON, a line each, unless somebody reads at a terminal.

One line is {"event", "logger", "level", "timestamp"}, as Dagster's own processes write it. What a
run says is not logged, for it may quote a cell: Dagster keeps it.
"""

from __future__ import annotations

import logging
import sys


def dagster_format() -> str:
    """Return the log format of Dagster's commands."""
    return "colored" if sys.stdout.isatty() else "json"


def configure() -> None:
    """Log the warnings and errors of this process, without what an error quotes."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_formatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _formatter() -> logging.Formatter:
    if sys.stdout.isatty():
        return logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s")
    # Slow to import.
    from dagster._utils.log import get_structlog_json_formatter

    return get_structlog_json_formatter()
