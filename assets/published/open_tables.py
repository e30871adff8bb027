"""The differences between the open and the internal publication, before numbers are withheld.

In the open one, only persons who took part count as participants, and typed names are shown only if
the policy lists them. Which numbers are withheld is not decided here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from assets.published.gate import GateError
from assets.published.tables import published
from assets.vocabulary import OTHER, TOTAL, Table, vocabulary

_BY_CATEGORY = {"country_of_origin": "country", "age_bands": "band", "activities": "activity"}
"""Marts that count participants -> the dimension that is their breakdown in took_part."""

_NOT_OPEN = ("took_part", "participants_without_dropouts", "age_min", "age_max")
"""Key figures that are not open: they say something about the no-shows, or about one person.

Of those who took part there is nothing to say: they are the participants of the open publication.
"""


_DUE = "due"
"""The exits that are old enough to be followed up: a number that grows with the day."""


def open_tables(
    internal: Mapping[str, pl.DataFrame], names: Mapping[str, Collection[str]]
) -> dict[str, pl.DataFrame]:
    """Return the published frames of the open marts, in their open form but with all numbers.

    `internal` holds whole years of the internal publication; `names` lists the projects
    (partner_projects) and surveys (survey_response) whose names are shown, exactly as typed. All
    others are counted under `other`, with the share of answers calculated from the sums.

    Only persons who took part (took_part) count as participants: persons who only have a no-show do
    not, and `activities` leaves out the activities of years in which the person did not take part
    (a delivery may hold some, since activities are not bound to the dates of the referral). Key
    figures that would say something about other persons are left out, and so are the exits to work
    that are due for follow-up, whose number changes from day to day with no record behind it. Where
    nobody was followed up, 0 of them are in work. GateError when took_part
    lacks a year.
    """
    took_part = internal["took_part"].filter(pl.col("gender") != TOTAL)
    whole = took_part.filter(breakdown="population")
    everybody = internal["gender_split"]
    _check_complete(whole, everybody)
    others = everybody.filter(pl.col("population") != "participants", pl.col("gender") != TOTAL)
    marts = {
        "gender_split": pl.concat(
            [others, whole.rename({"value": "population"}).select(others.columns)]
        ),
        "participant_background": took_part.filter(
            pl.col("breakdown").is_in(vocabulary().code_list("background_breakdown").names)
        ),
        **{
            name: took_part.filter(breakdown=category).rename({"value": category})
            for name, category in _BY_CATEGORY.items()
        },
        "partner_projects": _projects(internal["partner_projects"], names["partner_projects"]),
        "survey_response": _surveys(internal["survey_response"], names["survey_response"]),
    }
    years = sorted(everybody["year"].unique())
    persons = whole.group_by("year").agg(pl.col("n").sum().cast(pl.Float64).alias("persons"))
    frames = {
        **internal,
        **{name: published(_mart(name), mart, years) for name, mart in marts.items()},
        "key_figures": _key_figures(internal["key_figures"], persons),
        "counsellor_caseload": _per_counsellor(internal["counsellor_caseload"], persons),
        "job_retention": _retention(internal["job_retention"]),
    }
    return {name: frame for name, frame in frames.items() if _mart(name).open}


def _check_complete(took_part: pl.DataFrame, everybody: pl.DataFrame) -> None:
    """Raise GateError for a year published before took_part existed: it would seem to be empty."""
    people = everybody.filter(gender=TOTAL)
    more = people.filter(population="participants").join(
        people.filter(population="no_shows"), on="year", suffix="_no_shows"
    )
    years = more.filter(pl.col("n") > pl.col("n_no_shows"))["year"]
    if lacking := sorted(set(years) - set(took_part["year"])):
        raise GateError(
            f"Den interne publikasjonen mangler dem som var i tiltaket i {lacking}. "
            "Bygg alle årene på nytt."
        )


def _key_figures(frame: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    told = frame.filter(~pl.col("figure").is_in(_NOT_OPEN))
    is_it = pl.col("figure") == "participants"
    return _beside(told, persons).with_columns(
        pl.when(is_it).then("persons").otherwise("value").alias("value")
    ).select(frame.columns)  # fmt: skip


def _per_counsellor(frame: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    positions = frame.filter(measure="counsellor_fte").select("year", pl.col("value").alias("fte"))
    measure, fte = pl.col("measure"), pl.col("fte")
    counted = _beside(frame, persons).join(positions, on="year", how="left", maintain_order="left")
    return counted.with_columns(
        pl.when(measure == "participants")
        .then("persons")
        .when(measure == "participants_per_counsellor")
        .then(pl.when(fte > 0).then(pl.col("persons") / fte))
        .otherwise("value")
        .alias("value")
    ).select(frame.columns)


def _retention(frame: pl.DataFrame) -> pl.DataFrame:
    """The exits to work without those that are due; a count of nobody is written as 0."""
    return frame.filter(pl.col("measure") != _DUE).with_columns(pl.col("value").fill_null(0))


def _beside(frame: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """The frame with the number of persons who took part in each row's year, in `persons`."""
    joined = frame.join(persons, on="year", how="left", maintain_order="left")
    return joined.with_columns(pl.col("persons").fill_null(0))


def _projects(frame: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    counts = frame.filter(pl.col("value") != TOTAL).with_columns(_named("project", names))
    return counts.group_by("year", "project", "breakdown", "value").agg(pl.col("n").sum())


def _surveys(frame: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    asked = [
        pl.col("value").filter(pl.col("measure") == measure).sum().alias(measure)
        for measure in ("invited", "answered")
    ]
    waves = frame.with_columns(_named("wave", names)).group_by("year", "wave").agg(asked)
    share = pl.when(pl.col("invited") > 0).then(pl.col("answered") / pl.col("invited"))
    return waves.with_columns(share.alias("response_share"))


def _named(column: str, names: Collection[str]) -> pl.Expr:
    """The name if it may be shown, else `other`."""
    shown = pl.col(column).is_in(list(names))
    return pl.when(shown).then(column).otherwise(pl.lit(OTHER)).alias(column)


def _mart(name: str) -> Table:
    return vocabulary().table(f"marts.{name}")
