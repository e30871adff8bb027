"""The published tables that are no marts: lists of single numbers of the marts.

Only the internal audience gets them. A number in them is named as `cells` names it.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

REVISIONS = "revisions"
"""What has changed from one build to the next, and the cause (`assets.published.revisions`)."""

SENT = "sent"
"""The numbers of all sendings: `month` is NULL for a yearly package, and `number` counts the
sendings of one form or package from 1."""

CELL_LISTS: Mapping[str, pl.Schema] = {
    REVISIONS: pl.Schema(
        {
            "year": pl.Int32(),
            "table": pl.String(),
            "cell": pl.String(),
            "before": pl.Float64(),
            "after": pl.Float64(),
            "built_at": pl.Datetime("us", "UTC"),
            "deliveries": pl.List(pl.String),
            "cause": pl.String(),
        }
    ),
    SENT: pl.Schema(
        {
            "year": pl.Int32(),
            "month": pl.Int32(),
            "number": pl.Int32(),
            "sent_on": pl.Date(),
            "counted_until": pl.Date(),
            "published_at": pl.Datetime("us", "UTC"),
            "table": pl.String(),
            "cell": pl.String(),
            "reported": pl.Float64(),
        }
    ),
}
"""Name -> columns."""
