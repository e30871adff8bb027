"""Every number of a figure is the published one, and what is withheld stays away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import plotly.graph_objects as go
import polars as pl
import pytest

from assets.vocabulary import TOTAL, VocabularyError, vocabulary
from dashboards import numbers, outline, words
from dashboards.figures import (
    Figure,
    cards,
    check_drawn,
    figure_words,
    key_figure_table,
    sections,
)
from dashboards.figures.charts import Bar, bars
from dashboards.figures.palette import ALARM, MAIN, OTHER_YEAR
from dashboards.publication import Publication

BY_CATEGORY = (
    "referral_sources", "referral_offices", "referral_benefits", "gender_split",
    "country_of_origin", "age_bands", "dropout_reasons", "other_exit_details", "aap_benefits",
    "activities", "transition_cases", "referral_target_groups", "work_exit_activities",
)  # fmt: skip
YEARS = (2019, 2020, 2021)


def figures(publication: Publication, year: int) -> dict[str, Figure]:
    found = sections(publication, year)
    return {figure.id: figure for section in found for figure in section.figures}


def hide(column: str, *codes: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    def rewrite(frame: pl.DataFrame) -> pl.DataFrame:
        number = "n" if "n" in frame.columns else "value"
        kept = pl.col(column).is_in(codes) & (pl.col("year") == 2021)
        return frame.with_columns(
            pl.when(kept).then(None).otherwise(pl.col(number)).alias(number),
            pl.when(kept).then(pl.lit("hidden")).otherwise("status").alias("status"),
        )

    return rewrite


def test_a_figure_in_a_place_that_does_not_exist_is_named_with_its_file() -> None:
    chapters = [declared.chapter.id for _, declared in outline.FIGURES.values()]
    gone = outline.FIGURES["exit_outcomes"][1].chapter.id
    with pytest.raises(VocabularyError, match=rf"\.toml \[figures\.\w+\]: no chapter {gone};"):
        outline.under("chapter", set(chapters) - {gone}, lambda figure: [figure.chapter])


def test_two_figures_of_one_name_are_named_with_their_files() -> None:
    mart = vocabulary().table("marts.exit_outcomes")
    other = replace(mart, name="other")
    with pytest.raises(
        VocabularyError, match=r"exit_outcomes\.toml and other\.toml: two \[figures"
    ):
        outline.figures_of([mart, other])


def test_a_figure_that_nothing_draws_is_named_with_its_file() -> None:
    mart = vocabulary().table("marts.exit_outcomes")
    (declared, *_) = mart.figures.values()
    with pytest.raises(VocabularyError, match=r"exit_outcomes\.toml \[figures\.outcomes\]"):
        check_drawn({"outcomes": (mart, declared)})


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("name", BY_CATEGORY)
def test_counts_by_category_are_the_published_rows(
    publication: Publication, name: str, year: int
) -> None:
    figure = figures(publication, year)[name]
    published = publication.table(name, year)
    if published["n"].sum() == 0:
        assert figure.empty.startswith("Ingen ")
        assert figure.chart is None
        return
    mart = vocabulary().table(f"marts.{name}")
    category = mart.dimensions[0]
    cells = (
        published if "gender" in mart.dimensions else published.with_columns(gender=pl.lit(TOTAL))
    )
    headers = {TOTAL: "Antall", "female": "Kvinner", "male": "Menn"}
    shown = {
        (row[figure.rows.columns[0]], gender): row[header]
        for row in figure.rows.iter_rows(named=True)
        for gender, header in headers.items()
        if header in row
    }
    expected = {
        (vocabulary().label(mart, category, code), gender): n
        for code, gender, n in cells.select(category, "gender", "n").iter_rows()
        if gender != "unknown"
    }
    assert {cell: n for cell, n in shown.items() if n or cell in expected} == expected


def test_a_category_that_only_the_year_before_has_is_drawn(
    change_mart: Callable[..., Publication],
) -> None:
    gone = {"referral_sources": ("source", "nav_local"), "country_of_origin": ("country", "SO")}
    for name, (column, code) in gone.items():
        is_it = (pl.col(column) == code) & (pl.col("year") == 2021)
        # Closed lists are published with a zero, countries only where there is somebody.
        publication = change_mart(
            name,
            lambda mart, is_it=is_it, name=name: (
                mart.filter(~is_it)
                if name == "country_of_origin"
                else mart.with_columns(n=pl.when(is_it).then(0).otherwise("n"))
            ),
        )
        figure = figures(publication, 2021)[name]
        label = vocabulary().label(vocabulary().table(f"marts.{name}"), column, code)
        before = publication.table(name, 2020).filter(pl.col(column) == code)["n"].max()
        assert before > 0
        row = next(row for row in figure.rows.iter_rows(named=True) if label in row.values())
        assert (row["Antall"], row["Antall i 2020"]) == (0, before)
        assert f"{label} 0" in figure.description
        assert before in list(figure.chart.data[-1].x)


@pytest.mark.parametrize("year", [2020, 2021])
def test_the_year_before_stands_beside(publication: Publication, year: int) -> None:
    before = publication.table("age_bands", year - 1).filter(pl.col("gender") == TOTAL)
    mart = vocabulary().table("marts.age_bands")
    expected = {
        vocabulary().label(mart, "band", band): n
        for band, n in before.select("band", "n").iter_rows()
    }
    rows = figures(publication, year)["age_bands"].rows
    assert dict(rows.select("Aldersgruppe", f"Antall i {year - 1}").iter_rows()) == expected


def test_outcomes_of_2021_by_group_are_each_rounded_by_itself(publication: Publication) -> None:
    figure = figures(publication, 2021)["exit_outcomes"]
    shown = {row[0]: row[1:3] for row in figure.rows.iter_rows() if row[1]}
    assert shown == {
        "Arbeid": (44, 43),
        "Arbeidsavklaringspenger (AAP)": (24, 24),
        "Utdanning": (7, 7),
        "Økonomisk sosialhjelp/uavklart helse": (6, 6),
        "Fødselspermisjon": (5, 5),
        "Annet": (16, 16),
        "I alt": (102, 100),
    }
    assert "Hver prosent er avrundet for seg, så prosentene summerer til 101." in figure.notes
    drawn = list(figure.chart.data[0].x) if figure.chart else []
    assert drawn == [44, 24, 7, 6, 5, 16]


def test_the_form_of_2021_is_as_it_was_printed(publication: Publication) -> None:
    rows = figures(publication, 2021)["form_rows"].rows.drop("Gikk til").rows()
    printed = [row for row in rows if row[1]]
    assert printed == [
        ("", 102, 47, 55, 84), ("A", 31, 21, 10, 30), ("AD", 13, 4, 9, 13), ("UT", 7, 4, 3, 7),
        ("AP", 24, 10, 14, 24), ("SU", 6, 1, 5, 6), ("FP", 5, 0, 5, 5), ("AN", 16, 7, 9, 16),
    ]  # fmt: skip
    assert len(rows) == 13


def test_targets_say_what_was_reached_and_what_should_be(publication: Publication) -> None:
    figure = figures(publication, 2021)["target_attainment"]
    assert [tuple(row[1:]) for row in figure.rows.iter_rows()] == [
        (44, 102, 43, 60, "ikke nådd", 40), (7, 102, 7, 10, "ikke nådd", 10),
        (24, 102, 24, 30, "ikke nådd", 30),
    ]  # fmt: skip
    assert figure.rows.columns[-1] == "Prosent i 2020"
    beneath = figure.chart.data[-1]
    assert list(beneath.x) == [0.4, 0.1, 0.3]
    assert beneath.marker.color == OTHER_YEAR
    assert "Resultatmål i 2021, med 2020 som tynne grå søyler under" in figure.description
    assert "Ordinært arbeid 44 av 102, 43\u00a0% (mål 60\u00a0%, ikke nådd)" in figure.description


@pytest.mark.parametrize("year", YEARS)
def test_months_are_the_published_ones(publication: Publication, year: int) -> None:
    found = figures(publication, year)
    published = publication.table("caseload", year).pivot(
        on="measure", index="month", values="value"
    )
    assert found["caseload"].rows["Antall"].to_list() == published["active"].to_list()
    flows = found["flows"].rows.head(12)
    assert flows["Måned"].to_list() == [f"{month} {year}" for month in words.MONTHS]
    assert flows["Oppstarter"].to_list() == published["started"].to_list()
    assert flows["Planmessige avslutninger"].to_list() == published["planned_exits"].to_list()
    assert flows["Frafall"].to_list() == published["dropouts"].to_list()
    assert flows["Ikke møtt"].to_list() == published["no_shows"].to_list()


def test_starts_planned_exits_and_dropouts_are_drawn_apart_beside_the_compared_year(
    publication: Publication,
) -> None:
    for compared in (2020, 2019):
        figure = figures(publication.seen(compared_with=compared), 2021)["flows"]
        itself = figures(publication, compared)["flows"]
        assert figure.rows.tail(12).rows() == itself.rows.head(12).rows()
        grey, solid = figure.chart.data[::2], figure.chart.data[1::2]
        headers = ("Oppstarter", "Planmessige avslutninger", "Frafall")
        for header, before, this in zip(headers, grey, solid, strict=True):
            assert list(before.y) == figure.rows[header].to_list()[12:]
            assert list(this.y) == figure.rows[header].to_list()[:12]
            assert f"{header}: januar " in figure.description
        assert {bar.marker.color for bar in grey} == {OTHER_YEAR}
        # A good exit is never in the colour of dropouts.
        assert [bar.marker.color for bar in solid] == [MAIN, MAIN, ALARM]
        names = [note.text for note in figure.chart.layout.annotations]
        assert names.count("2021") == names.count(str(compared)) == 3
        assert f"Smale grå søyler for {compared}. Oppstarter: januar" in figure.description


def test_months_of_a_year_alone_have_no_grey_bars(publication: Publication) -> None:
    figure = figures(publication, 2019)["flows"]
    assert figure.rows.height == 12
    assert {bar.marker.color for bar in figure.chart.data} == {MAIN, ALARM}
    assert "grå" not in figure.description


@pytest.mark.parametrize("year", YEARS)
def test_dropouts_and_no_shows_are_drawn_month_by_month(
    publication: Publication, year: int
) -> None:
    figure = figures(publication, year)["dropouts_by_month"]
    for place, (name, header) in enumerate(
        {"dropouts": "Frafall", "no_shows": "Ikke møtt"}.items()
    ):
        for of, trace in ((year, -1), (year - 1, -2)):
            published = publication.table("caseload", of).filter(pl.col("measure") == name)
            if published.is_empty():
                continue
            counts = [int(n) for n in published["value"]]
            label = header if of == year else f"{header} i {of}"
            assert figure.rows[label].to_list() == counts
            drawn = (
                figure.chart.data[: 2 * place + 2]
                if year > 2019
                else figure.chart.data[: place + 1]
            )
            assert list(drawn[trace].y) == counts
    assert figure.title == "Frafall måned for måned"
    assert "Ikke møtt: januar" in figure.description


def test_a_year_without_dropouts_says_so(change_mart: Callable[..., Publication]) -> None:
    gone = pl.col("measure").is_in(["dropouts", "no_shows"])
    publication = change_mart(
        "caseload", lambda frame: frame.with_columns(value=pl.when(gone).then(0).otherwise("value"))
    )
    figure = figures(publication, 2019)["dropouts_by_month"]
    assert figure.empty == "Ingen droppet ut eller lot være å møte i 2019."


def test_a_withheld_month_has_a_field_and_its_sign_and_a_zero_neither(
    change_mart: Callable[..., Publication],
) -> None:
    march = (pl.col("month") == "3") & (pl.col("year") == 2021)
    no_shows = march & (pl.col("measure") == "no_shows")
    dropouts = march & (pl.col("measure") == "dropouts")
    publication = change_mart(
        "caseload",
        lambda frame: frame.with_columns(
            value=pl.when(dropouts).then(None).when(no_shows).then(0).otherwise("value"),
            status=pl.when(dropouts).then(pl.lit("hidden")).otherwise("status"),
        ),
    )
    figure = figures(publication, 2021)["dropouts_by_month"]
    fields = [shape for shape in figure.chart.layout.shapes if shape.type == "path"]
    assert [(round(field.xanchor), field.yref) for field in fields] == [(3, "y")]
    texts = [note.text for note in figure.chart.layout.annotations]
    assert texts.count(words.HIDDEN) == 1
    assert figure_words.HATCHED in figure.picture_notes
    assert "Frafall: januar" in figure.description
    assert "mars :" in figure.description


def test_days_projects_and_work_kept_are_the_published_ones(publication: Publication) -> None:
    found = figures(publication, 2021)
    time = found["time_in_programme"]
    assert time.rows.columns[-1] == "Median, dager i 2020"
    assert time.rows.rows()[0] == ("Arbeid", 44, 298, 401.5, 520, 254)
    assert time.rows.rows()[-1] == ("I alt", 102, 290, 412.5, 540, 288.5)
    dotted = [shape.x0 for shape in time.chart.layout.shapes if shape.line.dash == "dot"]
    assert dotted == [254, 288.5]
    texts = [note.text for note in time.chart.layout.annotations]
    # Plain numbers of days below the ranges, and where a year is.
    assert texts[-5:] == ["200", "400", "600", "800 dager", "↑ 1 år"]
    assert time.picture_notes[-1] == figure_words.dotted_median(2020)
    alone = figures(publication, 2020)["time_in_programme"]
    assert not [shape for shape in alone.chart.layout.shapes if shape.line.dash]
    retained = found["job_retention"]
    assert retained.rows["Antall"].to_list() == [44, 25, 19, 22, 20]
    assert retained.notes == (
        "Da tallene ble talt opp, var det ikke gått seks måneder for 19 av de 44 som ble avsluttet "
        "til arbeid. De skal ikke følges opp ennå.",
        "3 av de 25 som ble avsluttet for minst seks måneder siden, er ikke fulgt opp eller har "
        "ikke et kjent svar.",
    )
    projects = found["partner_projects"].rows.rows()
    assert ("Broen til jobb", "Resultat", "Jobb i annen bedrift", 3) in projects
    assert ("Broen til jobb", "Kjønn", "I alt", 11) in projects


def test_where_nobody_was_asked_no_number_and_no_share_says_who_is_still_in_work(
    publication: Publication,
) -> None:
    retained = figures(publication, 2020)["job_retention"]
    assert [row[1] for row in retained.texts()] == ["4", "4", "0", "0", ".."]
    assert not any("%" in note for note in retained.notes)
    assert "Fortsatt i arbeid .." in retained.description


def test_those_due_are_no_rows_where_they_are_not_published(
    change_mart: Callable[..., Publication],
) -> None:
    opened = change_mart("job_retention", lambda frame: frame.filter(pl.col("measure") != "due"))
    retained = figures(opened, 2021)["job_retention"]
    assert retained.rows["Antall"].to_list() == [44, 22, 20]
    assert not retained.notes
    assert [finding.text for finding in retained.findings] == [
        "20 av 22 (91\u00a0%) som er fulgt opp etter seks måneder, var fortsatt i arbeid."
    ]


def test_cards_of_2021(publication: Publication) -> None:
    shown = {card.label: card for card in cards(publication, 2021)}
    assert [card.value for card in shown.values()] == [
        "98", "95", "230", "227", "102", "44", "17", "3", "108", "21–65 år", "412,5 dager",
    ]  # fmt: skip
    assert shown["Avslutninger til arbeid"].detail == "43\u00a0% av de planmessige"
    assert shown["Planmessige avslutninger"].detail == "84\u00a0% av alle avslutninger"
    assert shown["Henvisninger"].comparison == "104 i 2020 (−6)"
    assert all(not card.comparison for card in cards(publication, 2019))


def test_every_key_figure_stands_in_the_table(publication: Publication) -> None:
    table = key_figure_table(publication, 2021).rows
    assert table.height == len(vocabulary().code_list("key_figure").codes)
    assert ("Deltakere uten frafall", "210", "142", "+68") in table.rows()
    assert ("Personer som deltok", "227", "145", "+82") in table.rows()


@pytest.mark.parametrize("name", ["country_of_origin", "age_bands", "participant_background"])
def test_what_describes_participants_says_how_many_of_them_took_part(
    name: str, publication: Publication, change_mart: Callable[..., Publication]
) -> None:
    assert (
        "Tallene gjelder årets 230 deltakere, slik årsrapporten teller dem. 227 av dem var i "
        "tiltaket minst én dag; 3 ble henvist, men møtte aldri."
    ) in figures(publication, 2021)[name].notes
    everybody = "Tallene gjelder årets 52 deltakere. Alle var i tiltaket minst én dag."
    assert everybody in figures(publication, 2019)[name].notes
    # The open publication counts only those who took part, and says so.
    untold = change_mart("key_figures", lambda frame: frame.filter(pl.col("figure") != "took_part"))
    assert not any("Tallene gjelder" in note for note in figures(untold, 2021)[name].notes)
    assert "Personer som deltok" not in [card.label for card in cards(untold, 2021)]


def test_countries_stand_by_size_and_then_in_norwegian_order(publication: Publication) -> None:
    labels = figures(publication, 2021)["country_of_origin"].rows["Landbakgrunn"].to_list()
    assert labels[:3] == ["Somalia", "Syria", "Eritrea"]
    assert labels[-2:] == ["Statsløs/ukjent", "I alt"]
    assert labels.index("DR Kongo") < labels.index("Palestina")


def test_a_withheld_cell_has_no_bar_no_number_and_takes_the_percentages_with_it(
    change_mart: Callable[..., Publication],
) -> None:
    publication = change_mart("exit_outcomes", hide("outcome", "AP", "SU"))
    figure = figures(publication, 2021)["exit_outcomes"]
    texts = {row[0]: row[1:] for row in figure.texts()}
    assert texts["Arbeidsavklaringspenger (AAP)"][:3] == (":", ":", ":")
    assert texts["Arbeid"][0] == "44"
    assert "Prosent" not in figure.rows.columns
    assert "Arbeidsavklaringspenger (AAP) :" in figure.description
    assert figure.chart is not None
    assert 24 not in figure.chart.data[0].x
    fields = [shape for shape in figure.chart.layout.shapes if shape.type == "path"]
    assert len(fields) == 2
    assert figure_words.HATCHED in figure.picture_notes


def test_a_sum_with_a_withheld_part_is_withheld(change_mart: Callable[..., Publication]) -> None:
    outcomes = figures(change_mart("exit_outcomes", hide("outcome", "A")), 2021)["exit_outcomes"]
    assert {row[0]: row[1] for row in outcomes.texts()}["Arbeid"] == ":"
    countries = figures(change_mart("country_of_origin", hide("country", "LY", "XK")), 2021)
    others = countries["country_of_origin"].description.rpartition("; ")[2]
    assert others == "Andre land (9) og statsløs/ukjent :."
    flows = figures(change_mart("caseload", hide("measure", "dropouts")), 2021)["flows"]
    assert "Frafall: januar :, februar :, " in flows.description
    assert "Oppstarter: januar 10, " in flows.description


def test_labels_cannot_become_markup_in_a_chart() -> None:
    chart = bars([Bar('<a href="https://example.org">x</a> & <b>y', 3, "<i>3")])
    assert all("<a" not in note.text and "<i" not in note.text for note in chart.layout.annotations)
    assert "&amp;" in chart.layout.annotations[0].text


def test_withheld_key_figures_and_targets_read_as_such(
    change_mart: Callable[..., Publication],
) -> None:
    change_mart("target_attainment", hide("target", "education"))
    publication = change_mart("key_figures", hide("figure", "no_shows"))
    card = {card.label: card for card in cards(publication, 2021)}["Ikke møtt"]
    assert (card.value, card.comparison) == (":", "4 i 2020")
    assert key_figure_table(publication, 2021).withholds()
    target = figures(publication, 2021)["target_attainment"]
    assert "Utdanning : (mål 10\u00a0%)" in target.description
    assert target.texts()[1] == ("Utdanning", ":", ":", ":", "10\u00a0%", ":", "10\u00a0%")


@pytest.mark.parametrize(
    ("reached", "base", "goal", "words"),
    [
        (8, 85, 0.1, "8 av 85, 9\u00a0% (mål 10\u00a0%, ikke nådd)"),
        (16, 52, 0.3, "16 av 52, 31\u00a0% (mål 30\u00a0%, nådd)"),
        (1497, 2500, 0.6, "1 497 av 2 500, 59,8\u00a0% (mål 60\u00a0%, ikke nådd)"),
        (5999, 10_000, 0.6, "5 999 av 10 000, 59,9\u00a0% (mål 60\u00a0%, ikke nådd)"),
        (3, 5, 0.6, "3 av 5, 60\u00a0% (mål 60\u00a0%, nådd)"),
    ],
)
def test_whether_a_target_is_reached_is_judged_by_the_unrounded_share(
    change_mart: Callable[..., Publication], reached: int, base: int, goal: float, words: str
) -> None:
    numbers: dict[str, float] = {
        "n": float(reached),
        "base": float(base),
        "actual_share": reached / base,
        "target_share": goal,
    }
    is_it = (pl.col("target") == "work") & (pl.col("year") == 2021)
    value = pl.col("measure").replace_strict(numbers, return_dtype=pl.Float64)
    publication = change_mart(
        "target_attainment",
        lambda mart: mart.with_columns(value=pl.when(is_it).then(value).otherwise("value")),
    )
    figure = figures(publication, 2021)["target_attainment"]
    said = f"Ordinært arbeid {words}".replace("\u00a0", " ")
    assert said in figure.description.replace("\u00a0", " ")
    # The table says the share as the chart does.
    row = dict(zip(figure.rows.columns, figure.texts()[0], strict=True))
    assert f"{row['Prosent']} (mål {row['Målet']}, {row['Målet er']})" in figure.description


def test_a_share_just_below_a_target_has_its_decimal_where_nothing_is_judged(
    change_mart: Callable[..., Publication],
) -> None:
    publication = change_mart(
        "benefit_target",
        lambda mart: mart.with_columns(
            value=pl.when(
                (pl.col("benefit") == "kvp") & (pl.col("measure") == "actual_share")
            ).then(75 / 151).otherwise("value")
        ),
    )  # fmt: skip
    figure = figures(publication, 2021)["benefit_target"]
    assert "49,6\u00a0% (mål 50\u00a0%)" in figure.description
    assert figure.texts()[0][3:6] == ("49,6\u00a0%", "50\u00a0%", "49,6\u00a0%")
    assert figure.rows["Prosent"][0] == 49.6


def test_what_is_said_of_rounding_is_what_the_figures_do() -> None:
    said = " ".join(words.ROUNDING_SENTENCES)
    assert sum(numbers.percents([1, 1, 1])) != 100
    assert "Delene av en helhet trenger ikke å bli 100 til sammen." in said
    for old in ("til sammen blir 100", "to prosenttall", "summen av delene"):
        assert old not in said


def test_how_a_chart_is_read_is_said_only_where_one_stands() -> None:
    bare = Figure("x", "X", "", picture_notes=("Streken er målet.",), notes=("Én gang hver.",))
    assert bare.notes_beside == ("Én gang hver.",)
    drawn = replace(bare, chart=go.Figure())
    assert drawn.notes_beside == ("Streken er målet.", "Én gang hver.")
