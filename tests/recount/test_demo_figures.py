"""The demo deliveries against the printed figures, counted here and not by the pipeline."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.reference import printed_figures
from assets.workbooks.template import workbook
from data.generator import generate

PRINTED = pl.read_csv(Path(printed_figures.__file__).with_suffix(".csv"), infer_schema=False)
ANSWERS = pl.read_csv(
    Path(printed_figures.__file__).with_name("figure_answers.csv"), infer_schema=False
)
KEYS = {
    "participants": ["participant_id"],
    "referrals": ["referral_id"],
    "exits": ["referral_id"],
    "activities": ["referral_id", "activity", "started_on"],
    "transition_cases": ["case_id"],
    "partner_projects": ["project", "candidate_id"],
    "group_sessions": ["session_group", "held_on"],
    "survey_waves": ["wave", "sent_on"],
    "staffing": ["year", "role"],
    "savings": ["year"],
}
NOT_COUNTED_HERE = {
    # No record holds them.
    *ANSWERS.filter(pl.col("mart").is_null())["figure"],
    # Sums of exit_outcomes.
    "result_groups",
}
Figures = dict[tuple[str, str], float | str]


@pytest.fixture(scope="module")
def records() -> dict[str, pl.DataFrame]:
    """All deliveries together: the later row wins."""
    deliveries = generate.register().values()
    return {
        name: pl.concat([frames[name] for frames in deliveries]).unique(key, keep="last")
        for name, key in KEYS.items()
    }


def test_every_printed_count_that_records_can_answer(records: dict[str, pl.DataFrame]) -> None:
    found = {2019: _counts(records, 2019) | _counts_2019(records), 2021: _counts_2021(records)}
    contradicted = pl.col("note").fill_null("").str.contains("contradicts")
    printed = PRINTED.filter(pl.col("unit").is_in(["count", "years", "nok"]) & ~contradicted)
    values = {
        (int(row["report"]), row["figure"], row["breakdown"] or ""): float(row["value"])
        for row in printed.iter_rows(named=True)
    }
    compared = {key: value for key, value in values.items() if key[1:] in found[key[0]]}
    derived = {key: found[key[0]][key[1:]] for key in compared}
    assert derived == compared
    assert {figure for _, figure, _ in values.keys() - compared.keys()} <= NOT_COUNTED_HERE
    assert not {figure for _, figure, _ in compared} & NOT_COUNTED_HERE


def test_where_a_report_contradicts_itself_its_note_is_followed(
    records: dict[str, pl.DataFrame],
) -> None:
    counts_2019, counts_2021 = _counts(records, 2019), _counts(records, 2021)
    assert counts_2019["referrals_by_benefit", "social_assistance"] == 23
    assert counts_2019["started", ""] == 45
    # One person came back within the year, so the report need not contradict itself here.
    assert counts_2021["active_at_year_end", ""] == 109
    assert counts_2021["participants_without_dropouts", ""] == 210
    assert counts_2021["planned_exits", ""] == 102
    transition = _counts_2021(records)
    assert transition["transition_starts", ""] == 13
    assert transition["transition_starts_still_active", ""] == 13


def test_printed_shares_and_ranks(records: dict[str, pl.DataFrame]) -> None:
    counts = _counts(records, 2019)
    women = counts["referrals_by_gender", "female"] / counts["referrals", ""]
    assert round(100 * women) == 67
    main = _counts_2019(records)
    assert (main["in_activity", "work_training"], main["in_activity", "nora_programme"]) == (18, 20)
    # Persons had further activities that autumn: counted by activity, the sums are others.
    assert counts["in_activity", "nora_programme"] > 20
    assert counts["in_activity", "norwegian_training"] == 11
    assert [c for c, _ in _countries(records, 2019)[:4]] == ["SO", "SY", "ET", "IQ"]
    assert [c for c, _ in _countries(records, 2021)[:3]] == ["SO", "SY", "ER"]
    for year, ranks in ((2019, 5), (2021, 4)):
        sizes = [n for _, n in _countries(records, year)[:ranks]]
        assert sizes == sorted(set(sizes), reverse=True)


def test_the_rules_between_dates_hold(records: dict[str, pl.DataFrame]) -> None:
    cases = _cases(records)
    started, exited = pl.col("started_on"), pl.col("exited_on")
    wrong = (
        (started < pl.col("referred_on"))
        | (exited < pl.coalesce(started, "referred_on"))
        | ((pl.col("kind") == "no_show") == started.is_not_null())
        | ((pl.col("kind") == "planned") != pl.col("outcome").is_not_null())
        | ((pl.col("kind") == "dropout") != pl.col("dropout_reason").is_not_null())
    )
    assert cases.filter(wrong).is_empty()
    spells = records["activities"].join(cases, on="referral_id", suffix="_of_case")
    assert spells.height == records["activities"].height
    last = pl.coalesce("ended_on", "exited_on", pl.lit(date(2021, 12, 31)))
    outside = (started < pl.col("started_on_of_case")) | (last < started) | (last > exited)
    assert spells.filter(outside).is_empty()


def test_the_demo_is_as_untidy_as_life(records: dict[str, pl.DataFrame]) -> None:
    """Where everything is tidy, a number that is counted wrongly comes out right all the same."""
    cases = _cases(records)
    # Several activities at a time, which is why a sum of activities is no status.
    day = date(2019, 12, 31)
    on_the_day = records["activities"].filter(
        pl.col("started_on") <= day, pl.coalesce("ended_on", pl.lit(date.max)) >= day
    )
    assert on_the_day["referral_id"].is_duplicated().sum() > 10
    # Benefits that change, in both directions and not only before AAP.
    changed = cases.filter(
        pl.col("benefit_at_exit") != pl.col("benefit"), pl.col("outcome") != "AP"
    )
    assert set(changed["benefit"]) == {"kvp", "social_assistance"}
    assert changed.height > 10
    # A person who is back within the year, so that persons and referrals are different numbers.
    of_2021 = cases.filter(
        pl.col("started_on").dt.year() <= 2021,
        pl.col("exited_on").is_null() | (pl.col("exited_on").dt.year() >= 2021),
    )
    assert of_2021["participant_id"].is_duplicated().sum() == 2
    # Over 60 without the qualification programme, and stays of more than two years.
    age = pl.col("referred_on").dt.year() - pl.col("birth_year")
    assert cases.filter(age > 60, pl.col("benefit") == "social_assistance").height > 0
    last = pl.coalesce("exited_on", pl.lit(date(2021, 12, 31)))
    assert cases.filter(last > pl.col("started_on").dt.offset_by("2y")).height > 0


def test_groups_meet_when_the_reports_say_and_are_no_larger_than_the_programme(
    records: dict[str, pl.DataFrame],
) -> None:
    sessions = records["group_sessions"]
    day, name = pl.col("held_on"), pl.col("session_group")
    closed = day.is_between(date(2020, 3, 12), date(2020, 4, 27)) | day.is_between(
        date(2021, 9, 20), date(2021, 9, 27)
    )
    assert sessions.filter(closed | (day.dt.weekday() > 5)).is_empty()

    workshop = sessions.filter(name == "computer_workshop", day.dt.year() == 2019)
    assert set(workshop["held_on"].dt.weekday()) == {2}
    assert set(workshop["held_on"].dt.month()) == {10, 11, 12}
    assert set(workshop["attended"]) == {6}
    introduction = sessions.filter(name == "introduction_day", day.dt.year() == 2019)
    assert sorted(introduction["held_on"].dt.month()) == [9, 10, 11, 12]

    autumn = sessions.filter(day.is_between(date(2021, 8, 23), date(2021, 12, 17)))
    assert set(autumn["session_group"]) == {
        *("job_seeking", "everyday_life", "working_life", "road_to_work"),
        *("walk_and_talk", "theme_day"),
    }
    assert set(autumn.group_by("held_on").len()["len"]) == {2}
    assert autumn["held_on"].n_unique() == 5 * 17 - 6

    here = sessions.join_where(
        _cases(records),
        pl.col("started_on") <= pl.col("held_on"),
        pl.col("exited_on").fill_null(date.max) > pl.col("held_on"),
    )
    present = here.group_by(KEYS["group_sessions"]).agg(
        pl.col("participant_id").n_unique().alias("here"),
        pl.col("registered", "attended").first(),
    )
    assert present.height == sessions.height
    assert present.filter(pl.max_horizontal("registered", "attended") > pl.col("here")).is_empty()


def test_surveys_had_a_fair_response_in_2019_and_a_low_one_in_2021(
    records: dict[str, pl.DataFrame],
) -> None:
    waves = records["survey_waves"].with_columns(share=pl.col("answered") / pl.col("invited"))
    of_2019, of_2021 = (waves.filter(pl.col("sent_on").dt.year() == y) for y in (2019, 2021))
    assert of_2019["share"].min() > 0.6
    assert sorted(of_2021["sent_on"].dt.month()) == [2, 5]
    assert of_2021["share"].max() < 0.25


def test_savings_are_delivered_again_when_they_are_known() -> None:
    delivered = [frames["savings"] for frames in generate.register().values()]
    rows = [frame.select("year", "savings_reported").rows() for frame in delivered]
    assert rows == [
        [(2019, None), (2020, None), (2021, None)],
        [(2019, 2_500_000.0)],
        [(2020, 4_820_000.0)],
    ]


@pytest.mark.parametrize("year", [2019, 2020, 2021])
def test_the_committed_workbooks_are_those_that_the_generator_writes(year: int) -> None:
    """Member by member, since the compression differs between versions of zlib."""
    committed = (generate.FOLDER / generate.file_name(year)).read_bytes()
    written = workbook(generate.register()[year], synthetic=True)
    # Booleans, because pytest draws the difference of two long texts, and that takes minutes.
    is_current = _members(committed) == _members(written)
    assert is_current, "Run `make demo`, and commit data/demo."
    is_repeatable = written == workbook(generate.register()[year], synthetic=True)
    assert is_repeatable


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def _cases(records: dict[str, pl.DataFrame]) -> pl.DataFrame:
    cases = records["referrals"].join(records["participants"], on="participant_id")
    return cases.join(records["exits"], on="referral_id", how="left")


def _participants(records: dict[str, pl.DataFrame], year: int) -> pl.DataFrame:
    here = (pl.col("started_on").dt.year() <= year) & (
        pl.col("exited_on").is_null() | (pl.col("exited_on").dt.year() >= year)
    )
    no_show = (pl.col("kind") == "no_show") & (pl.col("exited_on").dt.year() == year)
    return _cases(records).filter(here.fill_null(False) | no_show).unique("participant_id")


def _countries(records: dict[str, pl.DataFrame], year: int) -> list[tuple[str, int]]:
    counts = _participants(records, year)["country"].value_counts(sort=True)
    return list(counts.iter_rows())


def _by(frame: pl.DataFrame, figure: str, *columns: str) -> Figures:
    counts = frame.group_by(columns).len().iter_rows()
    return {(figure, "|".join(map(str, row[:-1]))): row[-1] for row in counts}


def _counts(records: dict[str, pl.DataFrame], year: int) -> Figures:
    cases = _cases(records)
    referred = cases.filter(pl.col("referred_on").dt.year() == year)
    left = cases.filter(pl.col("exited_on").dt.year() == year)
    planned = left.filter(kind="planned")
    failed = left.filter(pl.col("kind") != "planned")["participant_id"].n_unique()
    persons = _participants(records, year)
    active = cases.filter(
        pl.col("started_on").dt.year() <= year,
        pl.col("exited_on").is_null() | (pl.col("exited_on").dt.year() > year),
    )
    spells = records["activities"].join(cases, on="referral_id", suffix="_of_case")
    last = pl.coalesce("ended_on", "exited_on", pl.lit(date(2021, 12, 31)))
    in_year = (pl.col("started_on").dt.year() <= year) & (last.dt.year() >= year)
    doing = spells.filter(in_year).unique(["participant_id", "activity"])
    sessions = records["group_sessions"].filter(pl.col("held_on").dt.year() == year)
    return {
        ("referrals", ""): referred.height,
        ("started", ""): cases.filter(pl.col("started_on").dt.year() == year).height,
        ("participants", ""): persons.height,
        ("dropouts_and_no_shows", ""): failed,
        ("participants_without_dropouts", ""): persons.height - failed,
        ("no_shows", ""): left.filter(kind="no_show").height,
        ("dropouts", ""): left.filter(kind="dropout").height,
        ("planned_exits", ""): planned.height,
        ("work_exits", ""): planned.filter(pl.col("outcome").is_in(["A", "AD"])).height,
        ("aap_exits", ""): planned.filter(outcome="AP").height,
        ("education_exits", ""): planned.filter(outcome="UT").height,
        ("active_at_year_end", ""): active["participant_id"].n_unique(),
        ("age_min", ""): year - persons["birth_year"].cast(pl.Int64).max(),
        ("age_max", ""): year - persons["birth_year"].cast(pl.Int64).min(),
        **_by(referred, "referrals_by_gender", "gender"),
        **_by(referred, "referrals_by_benefit", "benefit"),
        **_by(referred, "referrals_by_source", "source"),
        **_by(left.filter(kind="dropout"), "dropout_reasons", "dropout_reason"),
        **_by(planned, "exit_outcomes", "outcome"),
        ("exit_outcomes", "FP|male"): 0,
        **_by(planned, "exit_outcomes", "outcome", "gender"),
        **_by(planned.filter(outcome="AN"), "other_exit_details", "other_detail"),
        **_by(doing, "in_activity", "activity"),
        **_staff(records["staffing"].filter(year=year)),
        ("walk_and_talk_trips", ""): sessions.filter(session_group="walk_and_talk").height,
        **_savings(records["savings"]),
    }


def _staff(rows: pl.DataFrame) -> Figures:
    """Count persons by role, the students of each semester apart from the staff."""
    roles: dict[str, int] = dict(rows.select("role", "headcount").iter_rows())
    students = {
        half: roles.pop(f"student_{half}")
        for half in ("spring", "autumn")
        if f"student_{half}" in roles
    }
    return {
        ("staff", ""): sum(roles.values()),
        **{("staff", role): persons for role, persons in roles.items()},
        ("students", ""): sum(students.values()),
        **{("students", half): persons for half, persons in students.items()},
    }


def _savings(rows: pl.DataFrame) -> Figures:
    targets, reported = (
        {(figure, str(year)): amount for year, amount in rows.select("year", column).iter_rows()}
        for figure, column in (
            ("savings_target", "savings_target"),
            ("savings", "savings_reported"),
        )
    )
    return targets | reported


def _counts_2019(records: dict[str, pl.DataFrame]) -> Figures:
    counts = _counts(records, 2019)
    exits = counts["planned_exits", ""] + counts["dropouts", ""]
    day = date(2019, 12, 31)
    spells = records["activities"].join(_cases(records), on="referral_id", suffix="_of_case")
    on_the_day = spells.filter(
        pl.col("started_on") <= day, pl.coalesce("ended_on", pl.lit(date.max)) >= day
    )
    # As the report lists them: work first, and NorA for those who have Norwegian training beside.
    order = ["paid_work", "work_training", "computer_course", "nora_programme"]
    main = (
        on_the_day.filter(pl.col("activity").is_in(order))
        .sort(pl.col("activity").replace_strict(order, range(len(order))))
        .unique("participant_id", keep="first", maintain_order=True)
    )
    assert main.height == counts["active_at_year_end", ""]
    queue = counts["referrals_by_source", "ny_sjanse"]
    return {
        ("not_started", ""): counts["no_shows", ""],
        ("exits", ""): exits,
        **_by(main, "in_activity", "activity"),
        ("transferred_from_ny_sjanse_queue", ""): queue,
    }


def _counts_2021(records: dict[str, pl.DataFrame]) -> Figures:
    cases = _cases(records).filter(pl.col("exited_on").dt.year() == 2021)
    benefit = pl.coalesce("benefit_at_exit", "benefit").alias("benefit")
    mentored = records["activities"].filter(activity="mentor")["referral_id"]
    hired = cases.filter(
        pl.col("outcome").is_in(["A", "AD"]), pl.col("referral_id").is_in(mentored.to_list())
    )
    led_by = records["transition_cases"].filter(outcome="started_nora")
    by_transfer = _cases(records).filter(
        pl.col("referral_id").is_in(led_by["referral_id"].to_list())
    )
    candidates = records["partner_projects"].with_columns(pl.col("outcome").fill_null("none"))
    transition = records["transition_cases"].filter(pl.col("opened_on").dt.year() == 2021)
    assert transition["opened_on"].dt.month().max() <= 10
    return {
        **_counts(records, 2021),
        **_by(cases.filter(outcome="AP").with_columns(benefit), "aap_by_benefit", "benefit"),
        ("mentor_led_to_hire", ""): hired["participant_id"].n_unique(),
        ("partner_project", "broen_til_jobb"): candidates.height,
        **_by(candidates, "partner_project_gender", "gender"),
        **_by(candidates, "partner_project_origin", "origin"),
        **_by(candidates, "partner_project_outcome", "outcome"),
        ("transition_cases", ""): transition.height,
        ("transition_starts", ""): by_transfer["participant_id"].n_unique(),
        ("transition_starts_still_active", ""): by_transfer["exited_on"].null_count(),
        **_by(transition, "transition_cases", "outcome"),
    }
