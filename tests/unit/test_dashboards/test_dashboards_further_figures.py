"""Figures of work, background, benefits, quarters, stays, resources and printed figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from assets.vocabulary import TOTAL, vocabulary
from dashboards import words
from dashboards.figures import Figure, figure_words, sections
from dashboards.figures.charts import Bar, Target, bars, targets
from dashboards.figures.palette import ALARM, BAND, MAIN, MUTED, OTHER_YEAR
from dashboards.figures.printed_comparison import (
    counts_by_status,
    printed_comparison,
    printed_figures,
    printed_years,
)
from dashboards.figures.step_charts import Steps, steps
from dashboards.figures.work_with_others import activity_status
from dashboards.publication import Publication, read

SPACE = "\u00a0"


def figures(publication: Publication, year: int) -> dict[str, Figure]:
    found = sections(publication, year)
    return {figure.id: figure for section in found for figure in section.figures}


def cells(publication: Publication, name: str, year: int) -> Mapping[tuple[str, str], float]:
    """Category and measure -> the published value."""
    mart = vocabulary().table(f"marts.{name}")
    category = pl.col(mart.dimensions[0]) if mart.dimensions else pl.lit("")
    frame = publication.table(name, year).select(category, "measure", "value")
    return {(row[0], row[1]): row[2] for row in frame.iter_rows()}


@pytest.mark.parametrize("year", [2020, 2021])
@pytest.mark.parametrize("name", ["work_exits", "participant_background"])
def test_each_breakdown_has_the_published_rows_with_their_share_of_it(
    publication: Publication, name: str, year: int
) -> None:
    rows = figures(publication, year)[name].rows
    split_by, group = rows.columns[:2]
    mart = vocabulary().table(f"marts.{name}")
    of_all = publication.table(name, year)
    if "gender" in mart.dimensions:
        of_all = of_all.filter(pl.col("gender") == TOTAL)
    expected = {
        (
            vocabulary().label(mart, "breakdown", breakdown),
            vocabulary().label(mart, "value", value, breakdown),
        ): n
        for breakdown, value, n in of_all.select("breakdown", "value", "n").iter_rows()
    }
    shown = {(row[split_by], row[group]): row["Antall"] for row in rows.iter_rows(named=True)}
    assert shown == expected
    parts = rows.filter(pl.col(group) != "I alt")
    whole = pl.col("Antall").sum().over(split_by)
    share = ((200 * pl.col("Antall") + whole) // (2 * whole)).alias("Prosent")
    assert parts.select(share)["Prosent"].to_list() == parts["Prosent"].to_list()


def test_positions_and_schooling_stand_in_order_and_industries_by_size(
    publication: Publication,
) -> None:
    def groups(name: str) -> list[tuple[str, str]]:
        return figures(publication, 2021)[name].rows.select("Fordelt på", "Gruppe").rows()

    work = groups("work_exits")
    industry = [group for of, group in work if of == "Bransje"]
    assert industry[:3] == ["Helse og sosial", "Transport", "Barnehage"]
    assert industry[-3:] == ["Annet", "Ukjent", "I alt"]
    assert [group for of, group in work if of == "Stillingsprosent"] == [
        "100 prosent", "80–99 prosent", "60–79 prosent", "50–59 prosent", "Under 50 prosent", "Ukjent", "I alt",
    ]  # fmt: skip
    background = groups("participant_background")
    assert [group for of, group in background if of == "Norsknivå"][:4] == [
        "Under A1", "A1", "A2", "B1",
    ]  # fmt: skip
    assert [group for of, group in background if of == "Utdanning"] == [
        "Ingen", "Grunnskole", "Videregående", "Høyere utdanning", "Ukjent", "I alt",
    ]  # fmt: skip


def test_breakdowns_stand_beside_the_year_before_and_name_their_groups(
    publication: Publication,
) -> None:
    figure = figures(publication, 2021)["work_exits"]
    row = figure.rows.row(by_predicate=pl.col("Gruppe") == "Helse og sosial", named=True)
    assert (row["Antall"], row["Prosent"], row["Antall i 2020"]) == (14, 32, 2)
    assert f"Bransje: Helse og sosial 14 (32{SPACE}%)" in figure.description
    assert f"; Lønnstilskudd: Nei 27 (61{SPACE}%); Ja 15" in figure.description
    headings = [note.text for note in figure.chart.layout.annotations if "<b>" in (note.text or "")]
    assert [text.partition("<br>")[0] for text in headings] == [
        "<b>Bransje</b>", "&nbsp;", "&nbsp;",
    ]  # fmt: skip


def test_a_hidden_part_takes_the_percentages_of_its_breakdown_alone(
    change_mart: Callable[..., Publication],
) -> None:
    is_it = (pl.col("value") == "transport") & (pl.col("year") == 2021)
    publication = change_mart(
        "work_exits",
        lambda frame: frame.with_columns(
            n=pl.when(is_it).then(None).otherwise("n"),
            status=pl.when(is_it).then(pl.lit("hidden")).otherwise("status"),
        ),
    )
    figure = figures(publication, 2021)["work_exits"]
    texts = {row[:2]: row[2:] for row in figure.texts()}
    assert texts["Bransje", "Transport"] == (":", ":", "0")
    assert texts["Bransje", "Barnehage"][:2] == ("6", ":")
    assert texts["Lønnstilskudd", "Ja"][:2] == ("15", f"34{SPACE}%")
    assert "Transport :" in figure.description


def test_benefits_stand_beside_their_target_with_the_percent_of_the_figure_of_benefits(
    publication: Publication,
) -> None:
    found = figures(publication, 2019)
    figure = found["benefit_target"]
    assert [row[1:] for row in figure.rows.iter_rows()] == [(29, 52, 56, 50), (23, 52, 44, 50)]
    assert f"Kvalifiseringsstønad 29 av 52, 56{SPACE}% (mål 50{SPACE}%)" in figure.description
    assert found["referral_benefits"].rows["Prosent"].to_list()[:2] == [56, 44]
    strokes = [shape.x0 for shape in figure.chart.layout.shapes]
    assert strokes == [0.5, 0.5]
    assert figures(publication, 2021)["benefit_target"].rows["Prosent i 2020"].to_list() == [54, 46]


def test_quarters_of_two_years_are_the_published_ones(publication: Publication) -> None:
    figure = figures(publication, 2021)["quarterly_flow"]
    published = cells(publication, "quarterly_flow", 2021)
    names = ("referred", "started", "planned_exits", "dropouts", "no_shows", "active")
    assert figure.rows.row(1) == (
        "2. kvartal 2021", *(int(published["2", name]) for name in names),
    )  # fmt: skip
    assert figure.rows["Kvartal"].to_list() == [
        f"{quarter}. kvartal {year}" for year in (2021, 2020) for quarter in (1, 2, 3, 4)
    ]
    assert "Oppstarter: 1. kvartal 28, 2. kvartal 20, 3. kvartal 23, 4. kvartal 24." in (
        figure.description
    )
    assert figure.picture_notes == ()
    grey, started, _, planned, _, dropped = figure.chart.data
    assert list(started.y) == [28, 20, 23, 24]
    assert [sum(two) for two in zip(planned.y, dropped.y, strict=True)] == [19, 33, 27, 40]
    assert list(grey.y) == [21, 19, 26, 34]
    assert grey.marker.color == OTHER_YEAR
    assert (planned.marker.color, dropped.marker.color) == (MAIN, ALARM)
    assert all(old < new for old, new in zip(grey.x, started.x, strict=True))


def test_quarters_that_have_not_begun_are_no_rows(publication: Publication) -> None:
    figure = figures(publication, 2019)["quarterly_flow"]
    assert figure.rows["Kvartal"].to_list() == ["3. kvartal 2019", "4. kvartal 2019"]
    assert list(figure.chart.data[0].y) == [None, None, 8, 37]
    assert figure.picture_notes == ()


def test_stays_are_whole_percent_beside_how_many_were_followed(publication: Publication) -> None:
    figure = figures(publication, 2021)["still_in_programme"]
    texts = {row[0]: row[1:] for row in figure.texts()}
    assert texts["0 måneder"] == ("95", f"100{SPACE}%", "..", "..", f"100{SPACE}%")
    assert texts["1 måned"] == ("90", f"99{SPACE}%", f"93{SPACE}%", f"100{SPACE}%", "..")
    assert texts["6 måneder"] == (
        "50", f"83{SPACE}%", f"73{SPACE}%", f"89{SPACE}%", f"93{SPACE}%",
    )  # fmt: skip
    assert texts["18 måneder"] == ("..", "..", "..", "..", f"42{SPACE}%")
    said = f"83{SPACE}% etter 6 måneder (73{SPACE}% til 89{SPACE}%)"
    assert [finding.text for finding in figure.findings] == [
        f"For de 95 som startet i 2021, er andelen som fortsatt er i tiltaket, anslått til {said}."
    ]
    assert f"som fortsatt er i tiltaket: {said}." in figure.description


def test_the_curve_ends_where_fewer_than_ten_are_followed(publication: Publication) -> None:
    figure = figures(publication, 2021)["still_in_programme"]
    rows = {row[0]: row for row in figure.texts()}
    # Four of 2021 are followed for eleven months.
    assert rows["11 måneder"][1:5] == ("..",) * 4
    low, high, _, line, _ = figure.chart.data
    assert max(month for month, share in zip(line.x, line.y, strict=True) if share is not None) == 6
    assert (high.fill, high.fillcolor, high.line.width) == ("tonexty", BAND, 0)
    assert [list(low.y), list(high.y)] == [[0.93, 0.73], [0.998, 0.89]]
    assert figure_words.BAND_NOTE in figure.picture_notes


def test_a_year_of_fewer_than_ten_has_no_curve(change_mart: Callable[..., Publication]) -> None:
    few = pl.col("measure") == "at_risk"
    publication = change_mart(
        "still_in_programme",
        lambda frame: frame.with_columns(value=pl.when(few).then(9).otherwise("value")),
    )
    figure = figures(publication, 2019)["still_in_programme"]
    assert figure.chart is None
    assert figure.empty == "Færre enn 10 startet i 2019. Det er for få til å vise en kurve."


def test_the_line_of_stays_is_a_step_with_the_year_before_dotted(
    publication: Publication,
) -> None:
    chart = figures(publication, 2021)["still_in_programme"].chart
    of_2020, line, marks = chart.data[2:]
    assert (line.line.color, line.line.dash, line.line.shape) == (MAIN, None, "hv")
    assert (of_2020.line.color, of_2020.line.dash) == (OTHER_YEAR, "dot")
    assert (line.y[0], line.y[6]) == (1.0, 0.825)
    assert list(marks.x) == [6]
    texts = [note.text for note in chart.layout.annotations]
    assert {"2020", "2021", f"83{SPACE}%"} <= set(texts)


def test_a_long_history_has_its_line_cut_and_fewer_marks() -> None:
    short = steps(Steps("2021", [1.0, 0.9]), [], "måneder")
    assert short.layout.xaxis.range == (0, 6)
    assert [trace.mode for trace in short.data] == ["lines", "markers"]
    shares = [1 - month / 100 for month in range(61)]
    assert list(steps(Steps("2015", shares), [], "måneder").data[-1].x) == [12, 24, 36, 48, 60]
    both = steps(Steps("2021", [1.0, 0.5]), [Steps("2020", [1.0, 0.5])], "måneder")
    heights = {note.text: note.y for note in both.layout.annotations if note.text.startswith("20")}
    assert heights["2021"] > heights["2020"]


def test_only_the_year_compared_with_and_36_months_are_drawn(
    publication: Publication,
) -> None:
    years = range(2015, 2022)
    stays = pl.DataFrame(
        [
            (year, str(month), measure, value, "shown")
            for year in years
            for month in range(48)
            for measure, value in (("at_risk", 10.0), ("remaining_share", 0.5))
        ],
        publication.tables["still_in_programme"].schema,
        orient="row",
    )
    longer = replace(
        publication,
        manifest={**publication.manifest, "years": list(years)},
        tables={**publication.tables, "still_in_programme": stays},
    )
    from dashboards.figures.stays import still_in_programme

    figure = still_in_programme(longer, 2021)
    lines = [trace for trace in figure.chart.data if trace.mode == "lines"]
    assert len(lines) == 2
    assert {len(line.x) for line in lines} == {37}
    assert figure.rows.height == 48
    assert figure.findings[0].text.count(" etter ") == 4


def test_groups_stand_by_attendance_with_how_often_they_met(publication: Publication) -> None:
    figure = figures(publication, 2021)["group_sessions"]
    assert figure.rows.rows() == [
        ("Walk & Talk", 31, 240, 184, 41), ("Norsk arbeidsliv", 1, 12, 9, 0),
        ("Personlig økonomi", 0, 0, 0, 17), ("Annet", 2, 400, 390, 0),
    ]  # fmt: skip
    assert figure.rows.columns[-1] == "Møtt i 2020"
    assert list(figure.chart.data[0].x) == [184, 9, 0, 390]
    assert "Walk & Talk (31 møter) 184; Norsk arbeidsliv (1 møte) 9" in figure.description
    assert list(figure.chart.data[0].marker.color) == [MAIN, MAIN, MAIN, MUTED]


def test_surveys_say_who_answered_with_those_of_the_year_before_grey(
    publication: Publication,
) -> None:
    figure = figures(publication, 2021)["survey_response"]
    assert figure.texts() == [
        ("Høst 2021", "2021", "120", "57", f"48{SPACE}%"),
        ("Vår 2020", "2020", "80", "30", f"38{SPACE}%"),
    ]
    assert f"Høst 2021 57 av 120 svarte (48{SPACE}%)" in figure.description
    assert list(figure.chart.data[1].marker.color) == [MAIN, OTHER_YEAR]
    assert not figure.chart.layout.shapes


def test_staff_stand_by_number_and_students_after_them(publication: Publication) -> None:
    figure = figures(publication, 2021)["staffing"]
    assert figure.texts() == [
        ("Veileder", "8", "7,5", "7", "6,5"),
        ("Avdelingsleder", "1", "1", "0", ".."),
        ("HR-medarbeider", "0", "..", "1", "1"),
        ("Annet", "2", "0,5", "0", ".."),
        ("Student, høstsemesteret", "12", "..", "0", ".."),
    ]
    assert "Veileder 8 (7,5 årsverk)" in figure.description
    assert "Student, høstsemesteret 12." in figure.description
    assert "HR-medarbeider 0;" in figure.description


def test_participants_per_counsellor_stand_beside_the_year_before(
    publication: Publication,
) -> None:
    figure = figures(publication, 2021)["counsellor_caseload"]
    texts = {row[0]: row[1:] for row in figure.texts()}
    assert texts["Deltakere per veilederårsverk"] == ("30,7", "22,9")
    assert texts["Veilederårsverk"] == ("7,5", "6,5")
    assert texts["Deltakere"] == ("230", "149")
    assert "Aktive per veilederårsverk 14,4; Aktive per veilederårsverk i 2020 20,3" in (
        figure.description
    )
    before = figures(publication, 2020)["counsellor_caseload"]
    assert before.texts()[2] == ("Veilederårsverk", "6,5", "..")
    assert "i 2019" not in before.description


def test_savings_are_written_in_kroner_beside_their_target(publication: Publication) -> None:
    figure = figures(publication, 2021)["savings"]
    money = f"2{SPACE}500{SPACE}000{SPACE}kr"
    assert figure.texts() == [
        ("Mål for innsparing (kroner)", money, f"5{SPACE}000{SPACE}000{SPACE}kr"),
        ("Rapportert innsparing (kroner)", "..", f"5{SPACE}600{SPACE}000{SPACE}kr"),
    ]
    assert f"2021 ikke rapportert (mål {money})" in figure.description
    assert [shape.x0 for shape in figure.chart.layout.shapes] == [2_500_000, 5_000_000]
    assert list(figure.chart.data[1].x) == [None, 5_600_000]
    assert figure.chart.layout.xaxis.range[1] > 5_600_000


def test_less_than_nothing_saved_has_no_bar(change_mart: Callable[..., Publication]) -> None:
    reported = (pl.col("measure") == "savings_reported") & (pl.col("year") == 2021)
    publication = change_mart(
        "savings",
        lambda frame: frame.with_columns(value=pl.when(reported).then(-300_000).otherwise("value")),
    )
    figure = figures(publication, 2021)["savings"]
    assert f"−300{SPACE}000{SPACE}kr" in figure.texts()[1]
    assert figure.chart.data[1].x[0] == 0


def test_a_year_in_which_nothing_happened_is_sentences_alone(publication: Publication) -> None:
    nowhere = {
        name: frame.filter(pl.col("year") != 2019) if "n" not in frame.columns
        else frame.with_columns(n=pl.when(pl.col("year") == 2019).then(0).otherwise("n"))
        for name, frame in publication.tables.items()
    }  # fmt: skip
    found = figures(replace(publication, tables=nowhere), 2019)
    said = {name: figure.empty for name, figure in found.items() if figure.empty}
    assert said["work_exits"] == "Ingen ble avsluttet til arbeid i 2019."
    assert said["participant_background"] == "Ingen deltok i 2019."
    assert said["still_in_programme"] == "Ingen startet i 2019."
    assert said["quarterly_flow"] == "Ingen ble henvist eller var i tiltaket i 2019."
    assert said["referral_target_groups"] == "Ingen ble henvist i 2019."
    assert all(figure.chart is None for figure in found.values() if figure.empty)


def test_where_everything_is_withheld_no_number_is_written(folder: Path) -> None:
    for path in folder.glob("*.parquet"):
        frame = pl.read_parquet(path)
        number = "n" if "n" in frame.columns else "value"
        if path.stem != "printed_comparison":
            frame.with_columns(
                pl.lit(None, frame.schema[number]).alias(number), status=pl.lit("hidden")
            ).write_parquet(path)
    alone = read(folder)
    alone = replace(alone, manifest={**alone.manifest, "years": [2021]})
    found = figures(alone, 2021)
    assert not [name for name, figure in found.items() if figure.empty]
    for name, figure in found.items():
        goal = vocabulary().columns["target_share"].label_nb
        numbers = [i for i, h in enumerate(figure.rows.columns) if h in figure.units and h != goal]
        written = {row[i] for row in figure.texts() for i in numbers}
        assert ":" in written, name
        assert written <= {":", ".."}, name


def test_headings_and_strokes_cannot_become_markup() -> None:
    chart = bars([Bar("a", 1, "1", heading="<a href='x'>b"), Bar("c", 2, "2", heading="<i>d")])
    texts = [note.text for note in chart.layout.annotations]
    assert texts[0] == "<b>&lt;a href='x'&gt;b</b><br>a"
    assert texts[1] == "&nbsp;<br><b>&lt;i&gt;d</b><br>c"
    drawn = targets([Target("a", "b", 3.0, 2.0), Target("c", "d", 1.0)], reach=4.0)
    assert list(drawn.data[0].x) == [4.0, 4.0]
    assert [shape.x0 for shape in drawn.layout.shapes] == [2.0]


def test_main_activities_are_those_at_the_end_of_the_last_month(
    publication: Publication, change_mart: Callable[..., Publication]
) -> None:
    figure = activity_status(publication, 2021)
    assert figure.rows.select("Hovedaktivitet", "Antall", "Kvinner", "Antall i 2020").rows() == [
        ("NorA-tilbud", 50, 30, 80),
        ("Arbeidstrening", 35, 20, 45),
        ("Norskopplæring", 13, 8, 0),
        ("Lønnet arbeid", 10, 6, 7),
        *((label, 0, 0, 0) for label in figure.rows["Hovedaktivitet"][4:11]),
        ("I alt", 108, 64, 132),
    ]
    assert figure.notes == (
        "Tallene gjelder utgangen av desember. Hver person er med én gang.",
        "Hver prosent er avrundet for seg, så prosentene summerer til 99.",
    )
    # A year that is running is shown beside the same month.
    running = change_mart(
        "activity_status",
        lambda frame: frame.filter((pl.col("year") < 2021) | (pl.col("month") < 12)),
    )
    figure = activity_status(running, 2021)
    assert figure.rows.select("Hovedaktivitet", "Antall").row(0) == ("Lønnet arbeid", 115)
    assert figure.notes[0].startswith("Tallene gjelder utgangen av november.")


def test_printed_figures_are_rows_for_every_cover(publication: Publication) -> None:
    figure = printed_comparison(publication, 2019)
    assert figure.rows.rows() == [
        ("Kapittel 1.1", "Mål for innsparing", "2019", "Kroner", 2_500_000, 2_500_000,
         "Ført inn likt", ""),
        ("Kapittel 2.1.1", "Søkere til stillingene", "", "Antall", 62, None, "Ikke i registeret",
         "Føres ikke."),
        ("Kapittel 3.1", "De tre neste landbakgrunnene", "Syria, Etiopia, Irak", "Plass", 2, 2,
         "Likt", ""),
        ("Kapittel 3.2", "Ytelse ved henvisning", "Økonomisk sosialhjelp", "Antall", 22, 23,
         "Rapporten motsier seg selv", "Rapporten trykker både 22 og 44 prosent."),
    ]  # fmt: skip
    assert figure.texts()[1][4:6] == ("62", "..")
    assert figure.texts()[0][4] == f"2{SPACE}500{SPACE}000"
    assert figure.notes[0] == (
        "Av 4 trykte tall: 1 er talt og like, 1 er ført inn like, 1 oppgis med to ulike tall i "
        "selve rapporten, ingen avviker og 1 står ikke i registeret."
    )
    assert printed_comparison(publication, 2020).empty == words.no_report(2020)


def test_printed_figures_are_counted_by_status(publication: Publication, folder: Path) -> None:
    assert counts_by_status(publication, 2021) == {
        "equal": 7, "typed": 0, "source_contradiction": 1, "different": 1, "not_answerable": 0,
    }  # fmt: skip
    assert printed_years(publication) == (2019, 2021)
    (folder / "printed_comparison.parquet").unlink()
    without = read(folder)
    assert printed_years(without) == ()
    assert printed_figures(without, 2021) == ()
    assert printed_comparison(without, 2021).empty


def test_printed_numbers_are_written_with_their_unit(publication: Publication) -> None:
    written = {
        figure.label: figure.published_text
        for year in (2019, 2021)
        for figure in printed_figures(publication, year)
    }
    assert written["Andel planmessig avsluttet"] == f"84{SPACE}%"
    assert written["Mål for innsparing"] == f"2{SPACE}500{SPACE}000{SPACE}kr"
    assert written["Henvisninger"] == "98"


def test_no_part_of_a_printed_figure_is_an_english_code() -> None:
    """Every breakdown of the reports' figures has words of its own."""
    listed = Path(__file__).parents[3] / "assets" / "reference" / "printed_figures.csv"
    frame = pl.read_csv(listed, infer_schema=False).fill_null("")
    from dashboards.figures.printed_comparison import _parts

    parts = [
        part
        for figure, breakdown in frame.select("figure", "breakdown").iter_rows()
        for part in _parts(figure, breakdown)
    ]
    assert parts
    assert not [part for part in parts if part.islower() or "_" in part]
