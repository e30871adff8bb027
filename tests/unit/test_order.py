"""The order in which deliveries count, by their names."""

from __future__ import annotations

from itertools import permutations

import pytest

from assets.raw.order import in_order, named_last


@pytest.mark.parametrize(
    "names",
    [
        ["nora-2021.xlsx", "nora-2021 (1).xlsx", "nora-2021 (2).xlsx", "nora-2021-rettet.xlsx"],
        ["nora-9.xlsx", "nora-10.xlsx", "nora-100.xlsx"],
        ["NORA 2020.xlsx", "nora_2021.xlsx", "Nora-2022.XLSX"],
        ["nora.xlsx", "nora v2.xlsx", "nora v10.xlsx"],
        ["nora-2021.xlsx", "nora-2021[1].xlsx", "nora-2021_kopi.xlsx"],
        ["avslutninger_2021.csv", "deltakere_2021.parquet", "nora-2020.xlsx"],
        ["årsak-1.csv", "årsak-2.csv"],
        ["nora-2021-01.xlsx", "nora-2021-1-rettet.xlsx", "nora-2021-02.xlsx"],
    ],
)
def test_names_are_compared_in_parts(names: list[str]) -> None:
    assert all(in_order(given) == names for given in permutations(names))


def test_names_that_differ_in_their_extension_only_have_an_order_too() -> None:
    names = ["deltakere.csv", "deltakere.parquet", "Deltakere.xlsx"]
    assert len({tuple(in_order(given)) for given in permutations(names)}) == 1


def test_names_of_the_list_count_last_in_its_order() -> None:
    names = ["a.xlsx", "b.xlsx", "c.xlsx", "d.xlsx"]
    last = named_last("C.xlsx\n\n  a.xlsx \nborte.xlsx\n")
    assert in_order(names, last) == ["b.xlsx", "d.xlsx", "c.xlsx", "a.xlsx"]
