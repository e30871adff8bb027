"""Every table that a reader can make of the demo holds what is published, for both audiences."""

from __future__ import annotations

import pytest

from dashboards.app.own_table import own_table
from dashboards.app.table_layout import marts
from dashboards.publication import read
from tests.pipeline.homes import Home
from tests.quick import quick
from tests.unit.test_app.own_tables import assert_true, every_layout, read_rows


@pytest.mark.parametrize("audience", quick(1, ["open", "internal"]))
def test_every_table_of_the_demo_is_as_published(demo: Home, audience: str) -> None:
    publication = read(demo.path / "published" / audience)
    shares = 0
    for mart in marts(publication):
        rows = read_rows(publication, mart)
        for of in every_layout(publication, mart):
            own = own_table(publication, of)
            assert_true(publication, own, rows)
            shares += of.shares != "" and any(
                "%" in cell.text for row in own.table.rows for cell in row
            )
    assert shares > 20
