"""The output of a command during its run: one line for each finished step."""

from __future__ import annotations

import logging
import sys
from typing import Any

import dagster as dg

PROGRESS = "progress"
"""Name of the logger in a run's configuration."""

RUN_CONFIG: dict[str, Any] = {"loggers": {PROGRESS: {}}}
"""Run configuration that prints these lines, and nothing else, on the console."""


class _StepLines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        event = (getattr(record, "dagster_meta", None) or {}).get("dagster_event")
        if event is None:
            return
        if event.event_type_value == "STEP_SUCCESS":
            seconds = event.event_specific_data.duration_ms / 1000
            print(f"  {event.step_key}  {seconds:.1f} s", file=sys.stderr, flush=True)
        elif event.event_type_value == "STEP_FAILURE":
            print(f"  {event.step_key}  FEILET", file=sys.stderr, flush=True)


@dg.logger({}, "One line on the console for each finished step.")
def progress_logger(init_context: dg.InitLoggerContext) -> logging.Logger:
    """Return the logger of one run."""
    logger = logging.Logger(PROGRESS, logging.DEBUG)
    logger.addHandler(_StepLines())
    return logger
