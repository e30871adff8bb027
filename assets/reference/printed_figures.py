"""The printed figures, each beside what answers it.

printed_figures.csv is the list of what the reports print, as it was drawn up; figure_answers.csv
maps each of its rows, once, to a mart, its lines and a rounding. A figure is compared with the
records in assets/marts/printed_comparison.sql.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema

_HERE = Path(__file__).parent
_TABLE = vocabulary().table("reference.printed_figures")


class UnmappedFigureError(ValueError):
    """A printed figure has no answer, an answer no printed figure, or one of them stands twice."""


def printed_figures() -> pl.DataFrame:
    """Return reference.printed_figures: every printed figure with what answers it.

    Raises UnmappedFigureError, which names the figures, unless each is mapped exactly once.
    """
    printed = _read("printed_figures.csv").drop("note").rename({"value": "published"})
    answers = _read("figure_answers.csv").rename({"note_nb": "note"})
    key = ["report", "section", "figure", "breakdown", "unit"]
    unmapped = pl.concat(
        [
            printed.join(answers, on=key, how="anti").select(key),
            answers.join(printed, on=key, how="anti").select(key),
            *(
                frame.select(key).filter(pl.struct(key).is_duplicated())
                for frame in (printed, answers)
            ),
        ]
    )
    if unmapped.height:
        raise UnmappedFigureError(
            "figure_answers.csv must map each line of printed_figures.csv once: "
            + "; ".join(" ".join(row) for row in unmapped.unique(maintain_order=True).rows())
        )
    return (
        printed.join(answers, on=key)
        .select(schema(_TABLE).names())
        .cast(schema(_TABLE))
        .sort(_TABLE.key)
    )


def _read(name: str) -> pl.DataFrame:
    # A figure that is broken down by nothing has an empty breakdown: a key holds no NULL.
    return pl.read_csv(_HERE / name, infer_schema=False).with_columns(
        pl.col("breakdown").fill_null("")
    )
