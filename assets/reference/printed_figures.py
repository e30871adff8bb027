"""The printed figures, each with its answer: the lines of a mart that give the same number.

printed_figures.csv lists figures of the reports, as they are printed, with rules and context that
no record holds; figure_answers.csv maps each of its rows, once, to a mart, its lines and a
rounding. The comparison of a figure with the records is in assets/marts/printed_comparison.sql.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema

_HERE = Path(__file__).parent
_TABLE = vocabulary().table("reference.printed_figures")


class UnmappedFigureError(ValueError):
    """A printed figure lacks an answer, an answer lacks a figure, or either is listed twice."""


def printed_figures() -> pl.DataFrame:
    """Return reference.printed_figures: every printed figure with its answer.

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
    # A figure without a breakdown has the empty text there, because a key holds no NULL.
    return pl.read_csv(_HERE / name, infer_schema=False).with_columns(
        pl.col("breakdown").fill_null("")
    )
