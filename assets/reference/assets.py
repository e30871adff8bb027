"""Dagster assets of the layer reference."""

import dagster as dg
import polars as pl

from assets.definition import asset_arguments
from assets.reference import printed_figures as printed
from assets.vocabulary import vocabulary


@dg.asset(**asset_arguments(vocabulary().table("reference.printed_figures"), "csv"))
def printed_figures() -> pl.DataFrame:
    """Read the printed figures, each with its answer."""
    return printed.printed_figures()
