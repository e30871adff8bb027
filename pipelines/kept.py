"""Deliveries that were read before: their content is in the layer raw of the warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import polars as pl

from assets.raw.delivery import DeliveredFile, Delivery, raw_schema
from assets.rows import Frames
from assets.vocabulary import vocabulary
from pipelines.reader import Reader
from pipelines.warehouse import Warehouse


@dataclass(frozen=True)
class KeptDeliveries:
    """What the last load has stored of the deliveries."""

    warehouse: Warehouse

    def delivery(self, file: DeliveredFile, reader: Reader) -> Delivery:
        """Return the delivery as `reader` has read and stored it, or let it read the file.

        Raises DeliveryError when the delivery is refused whole: a refused one is always read again.
        A delivery with rows of a forgotten person is too, because these rows are not stored.
        """
        found = self.warehouse.query(
            """
            select sha256, synthetic, saved_at
            from raw.deliveries
            where delivery = $delivery
                and sha256 = $sha256
                and read_by = $read_by
                and not exists (from raw.set_aside where delivery = $delivery)
            """,
            {"delivery": file.name, "sha256": file.sha256, "read_by": reader.digest},
        )
        if not file.content or found.is_empty():
            return reader.read(file)
        (about,) = found.rows(named=True)
        return Delivery(
            name=file.name,
            sha256=about["sha256"],
            read_by=reader.digest,
            synthetic=about["synthetic"],
            saved_at=about["saved_at"],
            tables=self._tables(file.name),
            ignored=tuple(self._of("passed_over", file.name)["passed_over"]),
            problems=self._of("problems", file.name),
            absent=self._of("absent_columns", file.name),
            findings=self._of("findings", file.name),
        )

    def _tables(self, delivery: str) -> Mapping[str, pl.DataFrame]:
        return Frames(
            {table.name: partial(self._of, table.name, delivery) for table in vocabulary().sheets()}
        )

    def _of(self, table: str, delivery: str) -> pl.DataFrame:
        rows = self.warehouse.query(
            f"from raw.{table} where delivery = $delivery order by rowid", {"delivery": delivery}
        )
        sheet = next((one for one in vocabulary().sheets() if one.name == table), None)
        return rows.cast(raw_schema(sheet)) if sheet else rows
