"""A published folder made from plain numbers, in the shape that the pipeline publishes.

2021 holds the figures that the annual report printed; what it did not print, and 2019 and 2020,
is filled in so that the parts agree. Nothing here is used by the program.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.published.tables import published_schema
from assets.vocabulary import TOTAL, Table, vocabulary
from assets.vocabulary.polars_schema import schema as schema_of
from dashboards.publication import Publication, read

Counts = dict[str, dict[int, dict[str, tuple[int, int]]]]
"""Mart -> year -> category -> (women, men)."""

COUNTRIES_2021 = {
    "SO": 52, "SY": 41, "ER": 30, "ET": 18, "IQ": 16, "AF": 12, "SD": 9, "IR": 8, "TR": 7,
    "PS": 6, "CD": 6, "MM": 5, "PK": 4, "MA": 4, "XX": 3, "TH": 3, "PL": 2, "RU": 2, "LY": 1,
    "XK": 1,
}  # fmt: skip

COUNTS: Counts = {
    "referral_sources": {
        2019: {"nav_local": (16, 8), "ny_sjanse": (19, 9)},
        2020: {"nav_local": (58, 38), "transition": (5, 3)},
        2021: {"nav_local": (60, 38)},
    },
    "referral_offices": {
        2019: {"arstad": (20, 9), "bergenhus": (15, 8)},
        2020: {"arstad": (28, 19), "bergenhus": (20, 12), "fana_ytrebygda": (15, 10)},
        2021: {
            "arstad": (18, 12), "bergenhus": (15, 7), "fana_ytrebygda": (10, 8),
            "fyllingsdalen_laksevag": (9, 6), "asane_arna": (7, 5), "unknown": (1, 0),
        },
    },
    "referral_benefits": {
        2019: {"kvp": (20, 9), "social_assistance": (15, 8)},
        2020: {"kvp": (35, 21), "social_assistance": (28, 20)},
        2021: {"kvp": (33, 20), "social_assistance": (27, 18)},
    },
    "gender_split": {
        2019: {
            "referred": (35, 17), "started": (30, 15), "no_shows": (5, 2),
            "participants": (35, 17), "active_at_year_end": (30, 15),
        },
        2020: {
            "referred": (63, 41), "started": (61, 39), "planned_exits": (6, 4), "dropouts": (2, 1),
            "no_shows": (3, 1), "participants": (94, 55), "active_at_year_end": (83, 49),
        },
        2021: {
            "referred": (60, 38), "started": (58, 37), "planned_exits": (55, 47),
            "dropouts": (8, 9), "no_shows": (2, 1), "participants": (143, 87),
            "active_at_year_end": (78, 30),
        },
    },
    "country_of_origin": {
        2019: {"SO": (10, 5), "SY": (6, 3), "ET": (6, 3), "IQ": (6, 3), "ER": (7, 3)},
        2020: {"SO": (30, 20), "SY": (30, 15), "ER": (20, 10), "ET": (14, 10)},
        2021: {code: (n * 62 // 100, n - n * 62 // 100) for code, n in COUNTRIES_2021.items()},
    },
    "age_bands": {
        2019: {"under_25": (2, 1), "25_34": (12, 6), "35_44": (12, 6), "45_54": (9, 4)},
        2020: {"under_25": (6, 4), "25_34": (30, 17), "35_44": (34, 20), "45_54": (24, 14)},
        2021: {
            "under_25": (7, 6), "25_34": (44, 28), "35_44": (52, 29), "45_54": (30, 16),
            "55_plus": (10, 8),
        },
    },
    "dropout_reasons": {
        2020: {"moved_abroad": (1, 1), "health": (1, 0)},
        2021: {
            "moved_abroad": (4, 4), "moved_within_norway": (0, 1), "institution": (0, 1),
            "health": (2, 1), "labour_market_course": (0, 1), "unavailable": (1, 1),
            "declined": (1, 0),
        },
    },
    "exit_outcomes": {
        2020: {"A": (2, 2), "UT": (1, 0), "AP": (2, 1), "AN": (1, 1)},
        2021: {
            "A": (10, 21), "AD": (9, 4), "UT": (3, 4), "AP": (14, 10), "SU": (5, 1),
            "FP": (5, 0), "AN": (9, 7),
        },
    },
    "other_exit_details": {
        2020: {"long_term_sick": (1, 1)},
        2021: {
            "long_measure_no_bank_id_language_age": (3, 2),
            "care_duties_or_not_seeking_work": (2, 0), "institution": (0, 1),
            "state_benefit": (0, 1), "primary_school": (2, 1), "long_term_sick": (1, 1),
            "kvp_counsellor_takes_over": (1, 1),
        },
    },
    "aap_benefits": {
        2020: {"kvp": (1, 0), "social_assistance": (1, 1)},
        2021: {"kvp": (6, 4), "social_assistance": (8, 6)},
    },
    "activities": {
        2019: {"paid_work": (4, 2), "work_training": (12, 6), "computer_course": (0, 1),
               "nora_programme": (13, 7)},
        2020: {"work_training": (40, 25), "norwegian_training": (50, 28)},
        2021: {"work_training": (52, 38), "norwegian_training": (80, 44), "wage_subsidy": (6, 9),
               "mentor": (2, 3), "labour_market_course": (9, 12), "adult_education": (6, 2),
               "vocational_norwegian": (21, 9), "nursing_home_host": (7, 3)},
    },
    "transition_starts": {2020: {"still_active": (2, 1)}, 2021: {"still_active": (8, 5), "left": (1, 0)}},
    "transition_cases": {
        2020: {"started_nora": (8, 0), "advice_only": (3, 0)},
        2021: {"started_nora": (11, 0), "other_benefit": (1, 0), "introduction_extended": (3, 0),
               "advice_only": (6, 0)},
    },
}  # fmt: skip

COUNTS |= {
    "referral_target_groups": {
        2019: {"1": (20, 9), "3": (15, 8)},
        2020: {"1": (35, 21), "2": (10, 4), "3": (18, 16)},
        2021: {"1": (33, 20), "2": (12, 8), "3": (13, 9), "unknown": (2, 1)},
    },
    "work_exit_activities": {
        2020: {"work_training": (2, 1), "norwegian_training": (1, 2)},
        2021: {"work_training": (15, 17), "wage_subsidy": (6, 9), "mentor": (1, 1)},
    },
}

# mart: year: breakdown: value: (women, men)
BREAKDOWNS: dict[str, dict[int, dict[str, dict[str, tuple[int, int]]]]] = {
    "participant_background": {
        2019: {
            "norwegian_level": {"a1": (20, 10), "a2": (15, 7)},
            "education": {"none": (15, 7), "primary": (20, 10)},
        },
        2020: {
            "norwegian_level": {"a1": (50, 30), "a2": (40, 20), "unknown": (4, 5)},
            "education": {"none": (20, 10), "primary": (60, 40), "upper_secondary": (14, 5)},
        },
        2021: {
            "norwegian_level": {
                "below_a1": (9, 7), "a1": (50, 30), "a2": (60, 38), "b1": (20, 10),
                "unknown": (4, 2),
            },
            "education": {
                "none": (30, 15), "primary": (60, 40), "upper_secondary": (33, 22),
                "higher": (15, 8), "unknown": (5, 2),
            },
        },
    },
    "work_exits": {
        2020: {
            "industry": {"health_social": (1, 1), "cleaning": (1, 1)},
            "position": {"full_time": (2, 1), "80_99": (0, 1)},
            "wage_subsidy": {"yes": (1, 0), "no": (1, 2)},
        },
        2021: {
            "industry": {
                "health_social": (9, 5), "kindergarten": (5, 1), "transport": (0, 12),
                "cleaning": (3, 3), "other": (1, 3), "unknown": (1, 1),
            },
            "position": {
                "full_time": (10, 21), "60_79": (4, 2), "80_99": (3, 1), "under_50": (1, 1),
                "unknown": (1, 0),
            },
            "wage_subsidy": {"yes": (6, 9), "no": (12, 15), "unknown": (1, 1)},
        },
    },
    "monthly_form": {},
}  # fmt: skip

# year: month: main activity: (women, men)
STATUSES: dict[int, dict[int, dict[str, tuple[int, int]]]] = {
    2019: {
        12: {
            "paid_work": (3, 3), "work_training": (11, 7), "computer_course": (1, 0),
            "nora_programme": (15, 5),
        },
    },
    2020: {12: {"paid_work": (4, 3), "work_training": (25, 20), "nora_programme": (50, 30)}},
    2021: {
        11: {"paid_work": (70, 45)},
        12: {
            "paid_work": (6, 4), "work_training": (20, 15), "nora_programme": (30, 20),
            "norwegian_training": (8, 5),
        },
    },
}  # fmt: skip

PROJECTS: dict[int, dict[str, dict[str, dict[str, int]]]] = {
    2021: {
        "Broen til jobb": {
            "gender": {"female": 2, "male": 9},
            "origin": {"nav_alver": 3, "nora": 2, "introduction_centre": 6},
            "outcome": {"job_at_partner": 2, "job_elsewhere": 3, "education": 1, "none": 5},
        }
    }
}

# month: active, started, planned_exits, dropouts, no_shows
CASELOAD = {
    2019: [
        *[(0, 0, 0, 0, 0)] * 8,
        (8, 8, 0, 0, 0), (21, 13, 0, 0, 2), (36, 15, 0, 0, 3), (45, 9, 0, 0, 2),
    ],
    2020: [
        (52, 7, 0, 0, 0), (61, 9, 0, 0, 1), (66, 5, 0, 0, 1), (68, 2, 0, 0, 0),
        (74, 7, 1, 0, 0), (83, 10, 1, 0, 0), (88, 6, 1, 0, 0), (96, 9, 0, 1, 0),
        (105, 11, 2, 0, 1), (115, 12, 1, 1, 0), (125, 13, 2, 1, 1), (132, 9, 2, 0, 0),
    ],
    2021: [
        (137, 10, 4, 1, 0), (138, 8, 5, 2, 0), (141, 10, 6, 1, 1), (138, 7, 9, 1, 0),
        (136, 8, 8, 2, 0), (128, 5, 12, 1, 0), (122, 2, 7, 1, 0), (126, 11, 5, 2, 1),
        (124, 10, 10, 2, 0), (119, 8, 12, 1, 0), (115, 10, 12, 2, 1), (108, 6, 12, 1, 0),
    ],
}  # fmt: skip

KEY_FIGURES: dict[int, tuple[float | None, ...]] = {
    2019: (52, 45, 52, 52, 45, 0, 7, 0, 0.0, 0, None, 45, 22, 58, None),
    2020: (104, 100, 149, 145, 142, 3, 4, 10, 10 / 17, 4, 0.4, 132, 21, 61, 288.5),
    2021: (98, 95, 230, 227, 210, 17, 3, 102, 102 / 122, 44, 44 / 102, 108, 21, 65, 412.5),
}

TARGETS = {
    2019: {
        "work": (0.6, 0, 0, None), "education": (0.1, 0, 0, None), "clarified": (0.3, 0, 0, None),
    },
    2020: {
        "work": (0.6, 4, 10, 0.4), "education": (0.1, 1, 10, 0.1), "clarified": (0.3, 3, 10, 0.3),
    },
    2021: {
        "work": (0.6, 44, 102, 44 / 102), "education": (0.1, 7, 102, 7 / 102),
        "clarified": (0.3, 24, 102, 24 / 102),
    },
}  # fmt: skip

TIME: dict[int, dict[str, tuple[float, float, float, float]]] = {
    2020: {"work": (4, 201.5, 254, 301), "total": (10, 198, 288.5, 340)},
    2021: {
        "work": (44, 298, 401.5, 520), "education": (7, 310, 388, 455),
        "aap": (24, 350, 460, 602.5), "parental_leave": (5, 150, 233, 298),
        "social_assistance_unclear_health": (6, 280, 366, 410),
        "other": (16, 260, 405, 533.25), "total": (102, 290, 412.5, 540),
    },
}  # fmt: skip

BENEFIT_TARGETS = {
    year: {benefit: (0.5, n, sum(both), n / sum(both)) for benefit, n in zip(
        ("kvp", "social_assistance"), both, strict=True)}
    for year, both in {2019: (29, 23), 2020: (56, 48), 2021: (53, 45)}.items()
}  # fmt: skip

# quarter: active, referred, started, planned_exits, dropouts, no_shows
QUARTERS = {
    2019: {"3": (8, 10, 8, 0, 0, 0), "4": (45, 42, 37, 0, 0, 7)},
    2020: {
        "1": (66, 24, 21, 0, 0, 2), "2": (83, 22, 19, 2, 0, 0), "3": (105, 28, 26, 3, 1, 1),
        "4": (132, 30, 34, 5, 2, 1),
    },
    2021: {
        "1": (141, 30, 28, 15, 4, 1), "2": (128, 21, 20, 29, 4, 0), "3": (124, 25, 23, 22, 5, 1),
        "4": (108, 22, 24, 36, 4, 1),
    },
}  # fmt: skip

# months since start: at_risk, remaining_share, remaining_low, remaining_high
STAYS: dict[int, dict[str, tuple[float | None, ...]]] = {
    2019: {
        "0": (45, 1.0, None, None), "6": (43, 0.955, 0.83, 0.99), "12": (40, 0.888, 0.75, 0.95),
        "24": (12, 0.265, 0.14, 0.41),
    },
    2020: {
        "0": (100, 1.0, None, None), "6": (92, 0.925, 0.85, 0.96), "12": (70, 0.704, 0.6, 0.79),
        "18": (30, 0.42, 0.32, 0.52),
    },
    2021: {
        "0": (95, 1.0, None, None), "1": (90, 0.989, 0.93, 0.998), "6": (50, 0.825, 0.73, 0.89),
        "11": (4, 0.645, 0.5, 0.76),
    },
}  # fmt: skip

# group: sessions, registered, attended
SESSIONS = {
    2020: {"walk_and_talk": (8, 60, 41), "personal_finance": (2, 20, 17)},
    2021: {"walk_and_talk": (31, 240, 184), "working_life": (1, 12, 9), "other": (2, 400, 390)},
}
# wave: invited, answered, response_share
SURVEYS = {2020: {"Vår 2020": (80, 30, 30 / 80)}, 2021: {"Høst 2021": (120, 57, 57 / 120)}}
# role: headcount, full_time_equivalents
STAFF: dict[int, dict[str, tuple[float | None, ...]]] = {
    2020: {"counsellor": (7, 6.5), "hr": (1, 1)},
    2021: {
        "student_autumn": (12, None), "counsellor": (8, 7.5), "department_head": (1, 1),
        "other": (2, 0.5),
    },
}  # fmt: skip
CASELOAD_OF_COUNSELLORS = {
    2019: (52, 45, None, None, None),
    2020: (149, 132, 6.5, 149 / 6.5, 132 / 6.5),
    2021: (230, 108, 7.5, 230 / 7.5, 108 / 7.5),
}
SAVINGS = {2020: (5_000_000, 5_600_000), 2021: (2_500_000, None)}

# section, figure, breakdown, published, derived, unit, status, note
PRINTED = {
    2019: [
        ("3.2", "referrals_by_benefit", "social_assistance", 22, 23, "count",
         "source_contradiction", "Rapporten trykker både 22 og 44 prosent."),
        ("3.1", "country_rank_2_to_4", "Syria|Etiopia|Irak", 2, 2, "rank", "equal", None),
        ("1.1", "savings_target", "2019", 2_500_000, 2_500_000, "nok", "typed", None),
        ("2.1.1", "applicants", "", 62, None, "count", "not_answerable", "Føres ikke."),
    ],
    2021: [
        ("form row 13", "exit_outcomes", "AD|male", 4, 4, "count", "equal", None),
        ("form row 13", "exit_outcomes", "A|male", 21, 21, "count", "equal", None),
        ("form row 13", "exit_outcomes", "A", 31, 31, "count", "equal", None),
        ("form row 12", "planned_share_of_exits", "", 84, 84, "percent", "equal", None),
        ("10.1", "students", "autumn", 12, 12, "count", "equal", None),
        ("2.1", "active_at_year_end", "", 109, 108, "count", "source_contradiction",
         "210 minus 102 er 108."),
        ("2.1", "age_min", "", 21, 22, "years", "different", None),
        ("2.1", "referrals_by_gender", "female", 60, 60, "count", "equal", None),
        ("summary", "referrals", "", 98, 98, "count", "equal", None),
    ],
}  # fmt: skip

RETENTION: dict[int, tuple[float | None, ...]] = {
    2019: (0, 0, 0, None),
    2020: (4, 4, 0, None),
    2021: (44, 25, 22, 20),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The published folder of 2019 to 2021."""
    return build_publication(tmp_path / "internal")


@pytest.fixture(scope="session")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The same, read, for tests that change nothing."""
    return read(build_publication(tmp_path_factory.mktemp("published") / "internal"))


@pytest.fixture
def change_mart(folder: Path) -> Callable[..., Publication]:
    """Rewrite one mart of the folder by a function of its frame, and read the folder again."""

    def change(name: str, rewrite: Callable[[pl.DataFrame], pl.DataFrame]) -> Publication:
        path = folder / f"{name}.parquet"
        frame = pl.read_parquet(path)
        rewrite(frame).write_parquet(path)
        return read(folder)

    return change


@pytest.fixture
def change_manifest(folder: Path) -> Callable[..., Publication]:
    """Replace entries of the manifest, and read the folder again."""

    def change(**entries: Any) -> Publication:
        path = folder / "manifest.json"
        manifest = json.loads(path.read_text(encoding="utf-8")) | entries
        path.write_text(json.dumps(manifest), encoding="utf-8")
        return read(folder)

    return change


def build_publication(folder: Path) -> Path:
    """Write the published folder and return it."""
    folder.mkdir(parents=True)
    for mart in vocabulary().layer("marts"):
        _mart(mart).write_parquet(folder / f"{mart.name}.parquet")
    (folder / "manifest.json").write_text(json.dumps(_manifest()), encoding="utf-8")
    return folder


FINDINGS = {"one_referral_at_a_time": 2, "struck_out": 2, "work_exit_has_industry": 12}

_NEW = {
    "rows": 40, "new": 40, "changed": 0, "unchanged": 0, "overruled": 0, "removed": 0,
    "rejected": 0, "sheets": [],
}  # fmt: skip
_SHEET = {
    "sheet": "Deltakere", "rows": 50, "new": 41, "changed": 4, "unchanged": 1, "overruled": 2,
    "removed": 1, "rejected": 2, "fields": {"education": 3, "norwegian_level": 1},
    "overruled_by": ["nora-2020.xlsx"],
}  # fmt: skip
RECEIPTS = {
    2020: _NEW,
    2021: {name: n for name, n in _SHEET.items() if name in _NEW}
    | {"rows": 1050, "sheets": [_SHEET]},
}


def _manifest() -> dict[str, Any]:
    years = (2019, 2020, 2021)
    built = "2026-11-21T20:00:00+00:00"
    return {
        "audience": "internal",
        "marking": "Intern – ikke til publisering",
        "built_at": built,
        "run_id": "1f0c9a52-7b0e-4f2d-9f0c-0c3a5c1d2e3f",
        "years": list(years),
        "synthetic": True,
        "deliveries": [
            {"name": f"nora-{year}.xlsx", "sha256": f"{year:064x}"} for year in years
        ],
        "receipts": [
            {
                "name": f"nora-{year}.xlsx",
                "sha256": f"{year:064x}",
                "refused": False,
                "read_at": built,
                "receipt": RECEIPTS.get(year, RECEIPTS[2020]),
            }
            for year in years
        ],
        "rows_rejected": {str(year): 0 for year in years},
        "deliveries_refused": 0,
        "by_year": {
            str(year): {
                "built_at": built,
                "run_id": "1f0c9a52",
                "as_of": "2026-11-21",
                "checks": {"run": 120, "failed": 0},
                "findings": FINDINGS if year == 2021 else {},
            }
            for year in years
        },
    }  # fmt: skip


def _mart(mart: Table) -> pl.DataFrame:
    if mart.name == "partner_projects":
        return _projects()
    if mart.name == "took_part":
        return published_schema(mart).to_frame()
    if mart.name in BREAKDOWNS:
        return _breakdowns(mart)
    if mart.name == "activity_status":
        return _statuses(mart)
    if mart.is_list:
        rows = [(year, *line) for year, lines in PRINTED.items() for line in lines]
        return pl.DataFrame(rows, schema_of(mart), orient="row", strict=False)
    if mart.is_count:
        return _counts(mart, COUNTS.get(mart.name, {}))
    rows = _long_rows(mart)
    names = ["year", *mart.dimensions, "measure", "value"]
    schema = dict.fromkeys(names, pl.String) | {"year": pl.Int32, "value": pl.Float64}
    return pl.DataFrame(rows, schema, orient="row").with_columns(status=pl.lit("shown"))


def _counts(mart: Table, years: Mapping[int, Mapping[str, tuple[int, int]]]) -> pl.DataFrame:
    voc = vocabulary()
    category = mart.dimensions[0]
    listed = voc.categories(mart, mart.column(category)) or ()
    rows = []
    for year in (2019, 2020, 2021):
        counts = years.get(year, {})
        codes = list(counts) if category == "country" else list(listed)
        cells = {code: counts.get(code, (0, 0)) for code in codes}
        if category in mart.margins:
            columns = zip(*cells.values(), strict=True) if cells else ((), ())
            women, men = (sum(column) for column in columns)
            cells[TOTAL] = (women, men)
        for code, (women, men) in cells.items():
            if "gender" not in mart.dimensions:
                rows.append((year, code, women + men))
                continue
            by_gender = {"female": women, "male": men, "unknown": 0, TOTAL: women + men}
            rows += [(year, code, gender, n) for gender, n in by_gender.items()]
    schema = {"year": pl.Int32} | dict.fromkeys(mart.dimensions, pl.String) | {"n": pl.Int64}
    return pl.DataFrame(rows, schema, orient="row").with_columns(status=pl.lit("shown"))


def _breakdowns(mart: Table) -> pl.DataFrame:
    listed = vocabulary().categories_by(mart, mart.column("value"))
    rows = []
    for year, breakdowns in BREAKDOWNS[mart.name].items():
        for breakdown, counts in breakdowns.items():
            cells = {value: counts.get(value, (0, 0)) for value in listed[breakdown]}
            women, men = (sum(column) for column in zip(*cells.values(), strict=True))
            for value, (female, male) in {**cells, TOTAL: (women, men)}.items():
                by_gender = {"female": female, "male": male, "unknown": 0, TOTAL: female + male}
                if "gender" in mart.dimensions:
                    rows += [(year, breakdown, value, *cell) for cell in by_gender.items()]
                else:
                    rows.append((year, breakdown, value, female + male))
    columns = {"year": pl.Int32} | dict.fromkeys(mart.dimensions, pl.String) | {"n": pl.Int64}
    return pl.DataFrame(rows, columns, orient="row").with_columns(status=pl.lit("shown"))


def _statuses(mart: Table) -> pl.DataFrame:
    rows = []
    for year, months in STATUSES.items():
        for month, counts in months.items():
            cells = {
                code: counts.get(code, (0, 0)) for code in vocabulary().code_list("activity").names
            }
            women, men = (sum(column) for column in zip(*cells.values(), strict=True))
            for code, (female, male) in {**cells, TOTAL: (women, men)}.items():
                by_gender = {"female": female, "male": male, "unknown": 0, TOTAL: female + male}
                rows += [(year, month, code, *cell, "shown") for cell in by_gender.items()]
    return pl.DataFrame(rows, published_schema(mart), orient="row")


def _projects() -> pl.DataFrame:
    rows = []
    lists = vocabulary().code_list("project_breakdown").codes
    for year, projects in PROJECTS.items():
        for project, breakdowns in projects.items():
            for entry in lists:
                counts = breakdowns[entry.code]
                codes = vocabulary().code_list(entry.attributes["codes"]).names
                cells = {code: counts.get(code, 0) for code in codes}
                cells[TOTAL] = sum(counts.values())
                rows += [(year, project, entry.code, code, n) for code, n in cells.items()]
    schema = {"year": pl.Int32, "project": pl.String, "breakdown": pl.String, "value": pl.String}
    frame = pl.DataFrame(rows, schema | {"n": pl.Int64}, orient="row")
    return frame.with_columns(status=pl.lit("shown"))


def _long_rows(mart: Table) -> list[tuple[Any, ...]]:
    if mart.name == "key_figures":
        names = vocabulary().code_list("key_figure").names
        return [
            (year, name, "value", value)
            for year, values in KEY_FIGURES.items()
            for name, value in zip(names, values, strict=True)
        ]
    whole: dict[str, Mapping[int, tuple[float | None, ...]]] = {
        "job_retention": RETENTION,
        "counsellor_caseload": CASELOAD_OF_COUNSELLORS,
        "savings": SAVINGS,
    }
    if mart.name in whole:
        return [
            (year, measure, value)
            for year, values in whole[mart.name].items()
            for measure, value in zip(mart.measures, values, strict=True)
        ]
    by_year: Mapping[int, Mapping[str, tuple[Any, ...]]] = {
        "target_attainment": TARGETS,
        "time_in_programme": TIME,
        "benefit_target": BENEFIT_TARGETS,
        "quarterly_flow": QUARTERS,
        "still_in_programme": STAYS,
        "group_sessions": SESSIONS,
        "survey_response": SURVEYS,
        "staffing": STAFF,
        "caseload": {
            year: {str(month): values for month, values in enumerate(months, 1)}
            for year, months in CASELOAD.items()
        },
    }[mart.name]
    return [
        (year, category, measure, value)
        for year, categories in by_year.items()
        for category, values in categories.items()
        for measure, value in zip(mart.measures, values, strict=True)
    ]
