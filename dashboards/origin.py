"""Where the numbers of a year come from, in sentences that are the same in every cover.

They give the time of the build and its deliveries, rejected rows and their errors, and the
results of the checks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from assets.vocabulary import vocabulary
from dashboards import numbers, origin_words, words
from dashboards.definitions import SHOWN_BY_OTHERS
from dashboards.publication import Publication


@dataclass(frozen=True)
class Mark:
    """A note that rows of a year, or whole deliveries (year None), were rejected.

    `short` is shown at a figure, `sentence` where the numbers are explained.
    """

    year: int | None
    short: str
    sentence: str


def shown_years(publication: Publication, year: int) -> list[int]:
    """The year and the one it is compared with, if there is one."""
    return [shown for shown in (year, publication.previous(year)) if shown is not None]


def period(publication: Publication, year: int) -> str:
    """Notes that a year had nobody, is not over (and the last day counted), or has only totals.

    It also says if the compared year was built from other records. Empty for a year that is over,
    whole, and built together with the other.
    """
    if publication.totals_only(year):
        return words.totals_only(year)
    previous = publication.previous(year)
    said = []
    if publication.without_persons(year):
        recorded = [mart.label_nb for mart in publication.recorded(year)]
        said.append(origin_words.without_persons(year, recorded))
    if until := publication.part_until(year):
        part = publication.part_until(previous)
        last = "" if part is None else words.day(part)
        said += [origin_words.unfinished(year, previous, last), words.counted_until(until)]
    if previous is not None and publication.of_other_records(year, previous):
        older, newer = sorted((year, previous), key=publication.built_at)
        built = words.moment(publication.built_at(older))
        said.append(origin_words.of_older_records(older, newer, built))
    return " ".join(said)


def made(publication: Publication, year: int) -> tuple[str, ...]:
    """When and from what the numbers of a year were made, and the results of the checks.

    If nothing was rejected, that is stated here; rejected rows are in `rejected`.
    """
    deliveries, checks = publication.delivery_count(year), publication.checks(year)
    said = [
        words.built(words.moment(publication.built_at(year))),
        words.counted_until(publication.counted_until(year)),
    ]
    if deliveries:
        said.append(words.deliveries(numbers.count(deliveries), deliveries == 1))
    if not marks(publication, shown_years(publication, year)):
        said.append(words.NOTHING_REJECTED)
    if checks:
        failed = numbers.count(checks["failed"]) if checks["failed"] else ""
        said.append(origin_words.checks(numbers.count(checks["run"]), failed))
    return tuple(said)


def rejected(publication: Publication, year: int) -> tuple[str, ...]:
    """The rejected rows of a year and the compared one, and their errors; empty without any."""
    years = shown_years(publication, year)
    found = marks(publication, years)
    if not found:
        return ()
    wrong = [
        origin_words.wrong_rows(
            shown, [origin_words.counted(label, rows) for label, rows in listed]
        )
        for shown in years
        if (listed := errors(publication, shown))
    ]
    # Feedback goes to the people who deliver, not to everyone.
    what_now = () if publication.protected else (words.REJECTED_WHAT_NOW,)
    return (*(mark.sentence for mark in found), *wrong, *what_now)


def privacy(publication: Publication) -> tuple[str, ...]:
    """Which numbers are withheld from readers of this publication and why, and who is counted.

    Empty when nothing is withheld.
    """
    if not publication.protected:
        return ()
    rule = publication.disclosure
    said = [
        words.few_are_hidden(int(rule["threshold"])),
        words.computed_are_hidden(publication.smallest_base),
    ]
    labels = [
        vocabulary().table(f"marts.{name}").label_nb
        for name in rule.get("left_out", ())
        if name not in SHOWN_BY_OTHERS
    ]
    return (words.WHO_TOOK_PART, *said, *([words.not_in_open(labels)] if labels else []))


def editions(publication: Publication) -> tuple[str, ...]:
    """When each year was published, the reason for a new edition, and the missing years.

    Empty for a publication that is replaced whole.
    """
    published = [
        words.edition(int(year), date.fromisoformat(one["published_on"]), one["reason"])
        for year, listed in publication.manifest.get("vintages", {}).items()
        for one in listed
    ]
    return (*published, *unpublished(publication))


def unpublished(publication: Publication) -> list[str]:
    """The years that are over and not published, in sentences."""
    return [
        words.not_published(int(year), reason)
        for year, reason in publication.manifest.get("not_published", {}).items()
    ]


def errors(publication: Publication, year: int) -> list[tuple[str, str]]:
    """The errors in rejected rows of a year, each with its number of rows, most frequent first."""
    codes = vocabulary().code_list("error_code")
    by_code = publication.rejected_by_code(year)
    known = sorted(by_code, key=lambda code: (-by_code[code], codes.names.index(code)))
    return [(codes[code].label_nb, numbers.count(by_code[code])) for code in known]


def findings(publication: Publication, year: int) -> list[tuple[str, str]]:
    """The rules that found doubtful rows, each with its number of rows, most frequent first.

    They are about all rows of the register that the year was built from, not the year's alone.
    """
    rules = vocabulary().code_list("finding_rule")
    by_rule = publication.findings(year)
    known = sorted(by_rule, key=lambda rule: (-by_rule[rule], rules.names.index(rule)))
    return [(rules[rule].label_nb, numbers.count(by_rule[rule])) for rule in known]


def checks(publication: Publication, year: int) -> tuple[str, list[tuple[str, str]]]:
    """How many checks ran on the register and on the tables of a year, and what those found.

    What the checks of the register found is in `findings`. Empty for a build before there were any.
    """
    register, tables = publication.register_checks(year), publication.checks(year)
    if not tables:
        return "", []
    rules = vocabulary().code_list("mart_rule")
    found = publication.checks_found(year)
    said = origin_words.checks_run(
        numbers.count(register.get("run", 0)), numbers.count(tables["run"]), year
    )
    return said, [(rules[rule].label_nb, numbers.count(found[rule])) for rule in found]


def marks(publication: Publication, years: Iterable[int]) -> tuple[Mark, ...]:
    """The rejected rows of `years`, in that order, and then whole deliveries."""
    rows = [(year, publication.rows_rejected(year)) for year in years]
    found = [
        Mark(
            year,
            origin_words.rejected(numbers.count(n), year, n == 1),
            origin_words.rejected_sentence(numbers.count(n), year, n == 1),
        )
        for year, n in rows
        if n
    ]
    if refused := int(publication.manifest.get("deliveries_refused", 0)):
        number = numbers.count(refused)
        found.append(
            Mark(
                None,
                origin_words.refused(number, refused == 1),
                words.refused_sentence(number, refused == 1),
            )
        )
    return tuple(found)
