"""What each delivery changed when it was read first, for the manifest of the internal publication.

Nothing here holds a value of a cell: only names of files, sheets and fields, and numbers of rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from assets.quality.receipts import fields_of, overruled_by

_COUNTS = ("rows", "new", "changed", "unchanged", "overruled")


def receipts(
    deliveries: pl.DataFrame,
    quality: Mapping[str, pl.DataFrame],
    earlier: Mapping[str, Any],
    built_at: datetime,
) -> list[dict[str, Any]]:
    """Return one entry for each of the `deliveries` (raw.deliveries), in the order they count.

    An entry has name, sha256, refused, read_at (the first publication with this content under this
    name, ISO 8601), and receipt: the rows of that build by kind, those `rejected` and those
    `removed` from the register, and the `sheets` in which something was changed, contradicted or
    removed. `quality` holds receipts, changes and rejected_rows of the layer quality. `earlier` is
    the manifest of the publication before, whose entries stand; one that was written before there
    were receipts has only the day.
    """
    left = ({name: entry[name] for name in entry.keys() - _LEFT} for entry in _gone(earlier))
    known = {_identity(entry): entry for entry in (*left, *_entries(earlier))}
    fresh = _by_delivery(quality)
    entries: list[dict[str, Any]] = []
    for file in deliveries.sort("place").select("delivery", "sha256", "refused").to_dicts():
        entry = {"name": file["delivery"], "sha256": file["sha256"], "refused": file["refused"]}
        entries.append(
            known.get(_identity(entry))
            or entry
            | {
                "read_at": built_at.isoformat(timespec="seconds"),
                "receipt": fresh.get(file["delivery"], _NOTHING),
            }
        )
    return entries


def gone(
    deliveries: pl.DataFrame,
    quality: Mapping[str, pl.DataFrame],
    earlier: Mapping[str, Any],
    built_at: datetime,
) -> list[dict[str, Any]]:
    """Return one entry for each delivery that is no longer in the inbox, in the order of leaving.

    An entry is that of `receipts`, with gone_at (the first publication without a delivery of this
    name, ISO 8601) and rows_gone: the rows of that build that went with it, 0 also where they were
    not counted, because the load that took them out was not published. The arguments are those of
    `receipts`.
    """
    names = frozenset(deliveries["delivery"])
    fresh = _by_delivery(quality)
    now = built_at.isoformat(timespec="seconds")
    leaving = [
        entry | {"gone_at": now, "rows_gone": fresh.get(entry["name"], _NOTHING)["removed"]}
        for entry in _entries(earlier)
    ]
    return [entry for entry in (*_gone(earlier), *leaving) if entry["name"] not in names]


_LEFT = frozenset({"gone_at", "rows_gone"})
"""What an entry has only while its delivery is not in the inbox."""


def _entries(earlier: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The deliveries of a manifest; one from before there were receipts has only the day."""
    for entry in earlier.get("receipts", earlier.get("deliveries", ())):
        yield {"read_at": earlier["built_at"], **entry}


def _gone(earlier: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    """The deliveries that had left before the publication of a manifest."""
    found: Sequence[dict[str, Any]] = earlier.get("gone", ())
    return found


_NOTHING: Mapping[str, Any] = dict.fromkeys((*_COUNTS, "removed", "rejected"), 0) | {"sheets": []}


def _identity(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    # A file that was refused and is now read, by a newer program, is new to the register.
    return entry["name"], entry["sha256"], entry["refused"]


def _by_delivery(quality: Mapping[str, pl.DataFrame]) -> dict[str, dict[str, Any]]:
    """Delivery -> its receipt in the last load."""
    sheets = _by_sheet(quality)
    changes = quality["changes"]
    found = {}
    for (delivery,), of_delivery in sheets.group_by("delivery", maintain_order=True):
        told = of_delivery.filter(pl.any_horizontal(pl.col("changed", "overruled", "removed") > 0))
        found[str(delivery)] = {
            name: int(of_delivery[name].sum()) for name in (*_COUNTS, "removed", "rejected")
        } | {
            "sheets": [
                row | {"fields": fields_of(here, "changed"), "overruled_by": overruled_by(here)}
                for row in told.drop("delivery").to_dicts()
                for here in [changes.filter(delivery=delivery, sheet=row["sheet"])]
            ]
        }
    return found


def _by_sheet(quality: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The rows of each sheet of each delivery by kind, those removed and those rejected."""
    place = ["delivery", "sheet"]
    # A row is gone from the delivery that held it; it was removed by the one that says Slettes.
    removed = (
        quality["changes"]
        .filter(kind="gone")
        .with_columns(remover=pl.coalesce("other_delivery", "delivery"))
        .unique(["delivery", "sheet", "row"])
        .group_by(delivery="remover", sheet="sheet")
        .agg(removed=pl.len())
    )
    rejected = (
        quality["rejected_rows"]
        .filter(pl.col("healed_by").is_null())
        .drop_nulls(["sheet", "row"])
        .unique([*place, "row"])
        .group_by(place)
        .agg(rejected=pl.len())
    )
    counts = quality["receipts"].select(*place, *_COUNTS)
    for more in (removed, rejected):
        counts = counts.join(more, on=place, how="full", coalesce=True)
    return counts.fill_null(0).sort(place)
