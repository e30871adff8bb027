"""The monthly form as a self-contained HTML page that prints on one A4 page."""

from __future__ import annotations

from assets.vocabulary import vocabulary
from dashboards import correction_words, frame, origin
from dashboards.corrections import form_changes
from dashboards.figures.monthly_form import monthly_form, months
from dashboards.forms import form_words, note_words, notes
from dashboards.forms.covering_note import covering_note
from dashboards.forms.files import page_file, workbook_file
from dashboards.frame import Notices
from dashboards.pages import year_file
from dashboards.publication import Publication

_ROOT = "../../"

Neighbours = tuple[tuple[int, int] | None, tuple[int, int] | None]
"""The months (year, month) before and after a month."""


def render_month_page(
    publication: Publication, year: int, month: int, beside: Neighbours | None = None
) -> str:
    """Return the page of a month as HTML; KeyError when the month is not published.

    It links to its neighbours, which are `beside` if the publication is not the whole one.
    """
    form = monthly_form(publication, year, month)
    before, after = beside or neighbours(publication, year)[month]
    return frame.render(
        "files/form.html",
        Notices(
            str(publication.manifest["marking"]),
            notes.synthetic(publication, form),
            notes.built(publication, form),
        ),
        form_words.title(year, month),
        form_words=form_words,
        note_words=note_words,
        covering_note=covering_note(publication, form),
        charts="",
        form=form,
        changes=form_changes(publication, form),
        correction_words=correction_words,
        definition=vocabulary().table("marts.monthly_form").definition_nb,
        running=notes.running(form),
        before=before,
        after=after,
        address=_address,
        year_address=_ROOT + year_file(year),
        workbook_address=_ROOT + f"{year}/{workbook_file(year, month)}",
        marks=origin.marks(publication, [year]),
        reading=notes.READING,
        source=notes.source(publication, form),
        rejected=notes.rejected(publication, form),
    )


def _address(year: int, month: int) -> str:
    return f"{_ROOT}{year}/{page_file(year, month)}"


def neighbours(publication: Publication, year: int) -> dict[int, Neighbours]:
    """Return for each month of a year the published months nearest before and after it.

    They may be in another year.
    """
    listed = [(other, month) for other in publication.years for month in months(publication, other)]
    before, after = [None, *listed[:-1]], [*listed[1:], None]
    # Without any month, both have one neighbour too many.
    around = dict(zip(listed, zip(before, after, strict=True), strict=False))
    return {month: around[year, month] for month in months(publication, year)}
