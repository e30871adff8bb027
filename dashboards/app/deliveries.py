"""The page of deliveries: what each changed when it was read first, and what is expected next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from assets.vocabulary import vocabulary
from dashboards import numbers, words
from dashboards.app import app_words
from dashboards.publication import Publication

_COUNTS = ("rows", "new", "changed", "overruled", "removed", "rejected")
_CHANGES = ("new", "changed", "removed")
_SHEET_COUNTS = ("rows", "changed", "overruled", "removed")
Row = tuple[str, ...]


@dataclass(frozen=True)
class Schedule:
    """When a page is looked at, and when the monthly delivery is due.

    NorA delivers once a month. The delivery of a month is due on day `delivery_day` of the next
    one, and late after it.
    """

    delivery_day: int
    today: date

    def expected(self, read_on: Iterable[date]) -> Expected:
        """Return which delivery is expected next, or which are missing.

        `read_on` has the days on which deliveries were read first. One that is read in a month is
        the one that is due in it, and makes up for all before it.
        """
        last = max(read_on, default=None)
        now = _month(self.today)
        done = _month(last) if last else now - 1
        due = [self._due(month) for month in range(done + 1, max(now, done + 1) + 1)]
        late = [day for day in due if day < self.today]
        said = [app_words.last_read(last)] if last else []
        if late:
            first, until = (_month(day) - 1 for day in (late[0], late[-1]))
            said.append(app_words.missing(_year_month(first), _year_month(until), late[-1]))
        else:
            # Before the first delivery nothing is known to be there.
            said += [app_words.NONE_MISSING] if last else []
            said.append(app_words.next_due(due[0]))
        return Expected(said, is_late=bool(late))

    def _due(self, month: int) -> date:
        return date(*_year_month(month), self.delivery_day)


@dataclass(frozen=True)
class Expected:
    """What is said of the last delivery and the next one, and whether one is late."""

    sentences: list[str]
    is_late: bool


def _month(day: date) -> int:
    """The number of a month, counted through the years."""
    return day.year * 12 + day.month - 1


def _year_month(number: int) -> tuple[int, int]:
    year, before = divmod(number, 12)
    return year, before + 1


def context(publication: Publication, schedule: Schedule) -> dict[str, Any]:
    """Return what the template of the page shows."""
    last_first = publication.receipts[::-1]
    newest = sorted(last_first, key=lambda one: str(one["read_at"]), reverse=True)
    return {
        "expected": schedule.expected(days_read(publication.receipts)),
        "deliveries": [
            *(_delivery(one) for one in newest),
            *(_delivery(one) for one in publication.gone[::-1]),
        ],
        "headers": app_words.DELIVERY_HEADERS,
        "changed": [row for one in newest for row in _sheets(one)],
        "changed_headers": app_words.CHANGED_HEADERS,
        "files": [(one["name"], one["sha256"] or words.NOTHING) for one in newest],
    }


def days_read(receipts: Iterable[Mapping[str, Any]]) -> list[date]:
    """Return the days on which deliveries were read first, of the receipts of a publication."""
    return [_read_on(one) for one in receipts if not one["refused"]]


def _day(moment: str) -> date:
    return words.in_norway(datetime.fromisoformat(moment)).date()


def _read_on(entry: Mapping[str, Any]) -> date:
    return _day(entry["read_at"])


def _delivery(entry: Mapping[str, Any]) -> Row:
    # A load that was interrupted before it was published has no receipt of its own: the next one
    # finds everything unchanged. So no change is not told as a fact.
    counts = {} if entry["refused"] else dict(entry.get("receipt", {}))
    if not any(counts.get(name) for name in _CHANGES):
        counts |= dict.fromkeys(_CHANGES)
    told = (counts.get(name) for name in _COUNTS)
    return (
        entry["name"],
        words.day(_read_on(entry)),
        *(words.NOTHING if rows is None else numbers.count(rows) for rows in told),
        _status(entry),
    )


def _status(entry: Mapping[str, Any]) -> str:
    if "gone_at" in entry:
        said = app_words.left(_day(entry["gone_at"]))
        rows = entry["rows_gone"]
        return f"{said}: {app_words.rows_went(numbers.count(rows), rows == 1)}" if rows else said
    return app_words.REFUSED if entry["refused"] else app_words.READ


def _sheets(entry: Mapping[str, Any]) -> Iterator[Row]:
    for sheet in entry.get("receipt", {}).get("sheets", ()):
        fields = [
            app_words.field(vocabulary().header(sheet["sheet"], name), numbers.count(rows))
            for name, rows in sheet["fields"].items()
        ]
        yield (
            entry["name"],
            sheet["sheet"],
            *(numbers.count(sheet[name]) for name in _SHEET_COUNTS),
            ", ".join(fields) or words.NOTHING,
            ", ".join(sheet["overruled_by"]) or words.NOTHING,
        )
