"""What builds have changed in a number that is followed, of periods that were over."""

from __future__ import annotations

from collections.abc import Sequence

from assets.vocabulary import Table
from assets.vocabulary.cells import key_of
from dashboards import words
from dashboards.cell_labels import label, written
from dashboards.publication import Publication

_SHOWN = 20
Row = tuple[str, ...]


def revisions_of(publication: Publication, mart: Table, codes: Sequence[str]) -> list[Row]:
    """Return the newest changes of a mart, or of the key figures `codes`.

    Each row has when it was built, the year, the number's name, what it was and became, and the
    deliveries. The page of corrections counts all of them.
    """
    if publication.revisions.is_empty():
        return []
    found = (
        publication.revisions.filter(table=mart.name)
        .sort("built_at", "year", descending=True, maintain_order=True)
        .to_dicts()
    )
    keys = [(one, key_of(one["cell"])) for one in found if one["cell"]]
    mine = [(one, key) for one, key in keys if not codes or key.get("figure") in codes]
    return [
        (
            words.moment(one["built_at"]),
            str(one["year"]),
            label(mart, key),
            written(mart, key, one["before"]),
            written(mart, key, one["after"]),
            words.listed(one["deliveries"]) or words.NOTHING,
        )
        for one, key in mine[:_SHOWN]
    ]
