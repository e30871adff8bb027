"""The day: that of Norway, whatever the time zone of the machine."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl


def today() -> date:
    """Return the day that it is now in Norway."""
    # Polars carries its own time zones; Python's need files that a bare machine may lack.
    now = pl.Series([datetime.now(UTC)], dtype=pl.Datetime("us", "UTC"))
    day: date = now.dt.convert_time_zone("Europe/Oslo").dt.date().item()
    return day
