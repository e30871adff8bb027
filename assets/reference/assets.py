"""Dagster assets of the layer reference."""

import dagster as dg
import polars as pl

from assets.definition import asset_arguments
from assets.reference import published_figures as printed
from assets.vocabulary import vocabulary


@dg.asset(**asset_arguments(vocabulary().table("reference.published_figures"), "csv"))
def published_figures() -> pl.DataFrame:
    """Read the printed figures and what answers each."""
    return printed.published_figures()
