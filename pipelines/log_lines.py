"""How the processes of `nora serve` log: JSON, a line each, unless somebody reads at a terminal.

One line is {"event", "logger", "level", "timestamp"}, as Dagster's own processes write it. What a
run says, which may quote a cell, is not logged: Dagster keeps it. Of runs, only their beginning and
end are logged, by name (`RunLines`).
"""

from __future__ import annotations

import logging
import sys

from dagster._utils.log import get_structlog_json_formatter

from pipelines.instance import RUN_TAG

_ENDS = {
    "PIPELINE_START": logging.INFO,
    "PIPELINE_SUCCESS": logging.INFO,
    "PIPELINE_FAILURE": logging.ERROR,
    "PIPELINE_CANCELED": logging.WARNING,
    "STEP_FAILURE": logging.ERROR,
}
"""The events of a run that are logged, and how grave they are."""


def dagster_format() -> str:
    """Return the log format of Dagster's commands."""
    return "colored" if sys.stdout.isatty() else "json"


def configure() -> None:
    """Log the warnings and errors of this process."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_formatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _formatter() -> logging.Formatter:
    if sys.stdout.isatty():
        return logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s")
    return get_structlog_json_formatter()


class RunLines(logging.Handler):
    """Logs the beginning and the end of each run of the service; dagster.yaml names it."""

    def __init__(self) -> None:
        super().__init__()
        self._to = logging.StreamHandler(sys.stdout)
        self._to.setFormatter(_formatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Log the names of the event, the job, the run and the step, and nothing that it says."""
        about = getattr(record, "dagster_meta", None) or {}
        event = about.get("dagster_event")
        if event is None or event.event_type_value not in _ENDS:
            return
        # A command says itself how far it is.
        if RUN_TAG.items() <= about.get("job_tags", {}).items():
            return
        names = (event.event_type_value, about["job_name"], about["run_id"][:8], event.step_key)
        said = " ".join(filter(None, names))
        self._to.emit(
            logging.LogRecord("nora.runs", _ENDS[event.event_type_value], "", 0, said, (), None)
        )
