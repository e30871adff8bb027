"""Folders as they are published, made without the product's protection: for tests of the attacker.

`coarse` follows the rules of docs/disclosure.md that are bounds; `hidden_at_random` withholds
numbers regardless of what can be worked out. Its result is true, and seldom safe.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from assets.vocabulary import HIDDEN, REST, SHOWN, TOTAL, vocabulary
from tests.disclosure.attacker.editions import SENSITIVE
from tests.disclosure.publications import THRESHOLD, counts_of, exact_tables
from tests.recount.records import Register

Tables = Mapping[str, pl.DataFrame]

GENDERS = (*vocabulary().code_list("gender").names, TOTAL)
_OF_PARTICIPANTS = ("country_of_origin", "age_bands", "participant_background")
_DIMENSION = {
    "dropout_reasons": "reason",
    "exit_outcomes": "outcome",
    "referral_benefits": "benefit",
    "aap_benefits": "benefit",
    "other_exit_details": "detail",
    "participant_background": "value",
}
"""The tables whose categories are sensitive."""


def took_part_tables(register: Register, as_of: date) -> dict[str, pl.DataFrame]:
    """Return the exact tables, where participants are the persons who took part."""
    tables = exact_tables(register, as_of)
    came = [one for one in register.exits if one.kind != "no_show"]
    without = exact_tables(replace(register, exits=came), as_of)
    taken = {name: without[name] for name in _OF_PARTICIPANTS}
    for name, dimension, population in (
        ("gender_split", "population", "participants"),
        ("key_figures", "figure", "participants"),
        ("counsellor_caseload", "measure", "participants"),
    ):
        key = vocabulary().table(f"marts.{name}").published_key
        other = without[name].filter(pl.col(dimension) == population)
        rows = tables[name].update(other, on=list(key), how="left")
        taken[name] = rows
    figures = taken["key_figures"]
    taken["key_figures"] = figures.filter(pl.col("figure") != "participants_without_dropouts")
    return {**tables, **taken}


def ties_of(tables: Tables) -> dict[str, dict[str, list[str]]]:
    """Return the manifest's ties by year, from exact tables of persons who took part."""
    numbers = {
        (year, population, gender): n
        for year, population, gender, n in tables["gender_split"]
        .select("year", "population", "gender", "n")
        .iter_rows()
    }
    found: dict[str, dict[str, list[str]]] = {}
    years = sorted({year for year, *_ in numbers})
    for year in years:
        ties: dict[str, list[str]] = {"active": [], "came": [], "left": []}
        for gender in GENDERS:
            names = ("participants", "started", "planned_exits", "dropouts", "active_at_year_end")
            people, started, planned, dropouts, end = (numbers[year, n, gender] for n in names)
            before = numbers.get((year - 1, "active_at_year_end", gender), 0)
            true = {
                "active": end == before + started - planned - dropouts,
                "came": people == before + started,
                "left": people == end + planned + dropouts,
            }
            for tie, holds in true.items():
                ties[tie] += [gender] if holds else []
        found[str(year)] = ties
    return found


def write_folder(
    folder: Path,
    tables: Tables,
    ties: Mapping[str, Any],
    held_back: Mapping[int, str] | None = None,
    names: Mapping[str, Sequence[str]] | None = None,
    vintages: Mapping[int, int] | None = None,
) -> Path:
    """Write a publication as the attacker finds it, and return its folder.

    `vintages` is the number of vintages of each year. `held_back` is reported only internally; the
    attacker gets it too, because a reader may guess it.
    """
    folder.mkdir(parents=True)
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")
    disclosure = {
        "threshold": THRESHOLD,
        "smallest_base": 20,
        "ties": ties,
        "sensitive": SENSITIVE,
        "names": names if names is not None else typed_names(tables),
    }
    manifest = {
        "disclosure": disclosure,
        "held_back": {str(year): why for year, why in (held_back or {}).items()},
        "vintages": {str(year): [{}] * number for year, number in (vintages or {}).items()},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def typed_names(tables: Tables) -> dict[str, list[str]]:
    """Return every typed name that is shown."""
    typed = {"partner_projects": "project", "survey_response": "wave"}
    return {
        table: sorted(tables[table][name].unique())
        for table, name in typed.items()
        if table in tables
    }


def coarse(tables: Tables, threshold: int = THRESHOLD) -> dict[str, pl.DataFrame]:
    """Fold small countries, and leave out what the rules exclude before anything is hidden."""
    made = dict(tables)
    made["country_of_origin"] = _folded(tables["country_of_origin"], threshold)
    for name, dimension in _DIMENSION.items():
        made[name] = _undivided(tables[name], dimension)
    projects = tables["partner_projects"]
    large = projects.filter(pl.col("value") == TOTAL, pl.col("n") >= threshold)
    made["partner_projects"] = projects.join(large, on=["year", "project"], how="semi")
    surveys = tables["survey_response"]
    asked = surveys.filter(pl.col("measure") == "invited", pl.col("value") >= threshold)
    made["survey_response"] = surveys.join(asked, on=["year", "wave"], how="semi")
    return made


def _folded(countries: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Put countries below the threshold in `rest`, with the next larger ones."""
    frames = []
    for _, frame in countries.group_by("year", maintain_order=True):
        totals = frame.filter(pl.col("gender") == TOTAL, pl.col("country") != TOTAL).sort(
            "n", "country"
        )
        folded: list[str] = []
        persons = 0
        for country, n in totals.select("country", "n").iter_rows():
            enough = persons > threshold and len(folded) > 1
            if n >= threshold and (not folded or enough):
                break
            folded.append(country)
            persons += n
        if persons <= threshold and folded:
            # All of them together are too few, so only the total remains.
            frames.append(frame.filter(pl.col("country") == TOTAL))
            continue
        small = frame.filter(pl.col("country").is_in(folded))
        rest = small.group_by("year", "gender").agg(pl.col("n").sum())
        rest = rest.with_columns(country=pl.lit(REST), status=pl.lit(SHOWN))
        frames.append(frame.filter(~pl.col("country").is_in(folded)))
        frames.append(rest.select(frame.columns).cast(frame.schema))
    return pl.concat(frames)


def _undivided(frame: pl.DataFrame, dimension: str) -> pl.DataFrame:
    """Leave out the divisions, and the genders, in which all are in one category."""
    by = ["year", *(["breakdown"] if "breakdown" in frame.columns else [])]
    wholes = frame.filter(pl.col(dimension) == TOTAL, pl.col("n") > 0)
    cells = frame.filter(pl.col(dimension) != TOTAL)
    alone = cells.join(wholes, on=[*by, "gender", "n"], how="semi")
    everybody = alone.filter(pl.col("gender") == TOTAL)
    whole_year = frame.join(everybody, on=by, how="anti")
    return whole_year.join(alone, on=by, how="anti").vstack(
        whole_year.join(alone, on=by, how="semi").filter(pl.col("gender") == TOTAL)
    )


def hidden_at_random(tables: Tables, seed: int, share: float = 0.2) -> dict[str, pl.DataFrame]:
    """Hide every small number, a share of the others, and every number that is no count."""
    rng = random.Random(seed)
    made = {}
    for name, frame in tables.items():
        table = vocabulary().table(f"marts.{name}")
        number, key = table.number, list(table.published_key)
        counts = counts_of(name, frame).select(key).with_columns(count=True)
        whole = frame.join(counts, on=key, how="left", maintain_order="left")
        hide = [
            not count or 0 < (value or 0) < THRESHOLD or ((value or 0) > 0 and rng.random() < share)
            for value, count in whole.select(number, "count").iter_rows()
        ]
        made[name] = frame.with_columns(
            pl.when(pl.Series(hide, dtype=pl.Boolean))
            .then(None)
            .otherwise(pl.col(number))
            .alias(number),
            pl.when(pl.Series(hide, dtype=pl.Boolean))
            .then(pl.lit(HIDDEN))
            .otherwise(pl.lit(SHOWN))
            .alias("status"),
        )
    return made
