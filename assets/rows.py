"""How the rows of a large table pass between an asset and the warehouse: one table at a time.

Nothing here opens a connection.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

ON_DEMAND = {"on_demand": True}
"""Metadata of an input that is not loaded before its step begins, but is a `Load`."""

Load = Callable[[], pl.DataFrame]
"""Returns the whole table, as it is stored."""


class Rows:
    """A frame on its way into the warehouse, which forgets it as soon as it is taken.

    Dagster keeps every output of a run in the process of a command until the run has ended.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        """Hold the frame until it is taken."""
        self._frame: pl.DataFrame | None = frame

    def take(self) -> pl.DataFrame:
        """Return the frame; ValueError when it has been taken already."""
        if self._frame is None:
            raise ValueError("these rows have been taken already")
        frame, self._frame = self._frame, None
        return frame
