"""What bench.years delivers is the register that it drew, over as many years as it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.years import LAST_DAY, deliver
from tests.recount.records import KINDS
from tests.recount.registers import random_register
from tests.recount.warehouses import records_of, register_in_memory


@pytest.mark.parametrize("years", [1, 5])
def test_deliveries_hold_the_register_and_nothing_is_rejected(years: int, tmp_path: Path) -> None:
    deliver(tmp_path, 60, years, seed=3)
    read = register_in_memory(records_of(tmp_path, LAST_DAY))
    drawn = random_register(3, 60, LAST_DAY.year - years + 1, LAST_DAY.year, LAST_DAY)
    for table in KINDS:
        assert set(getattr(read, table)) == set(getattr(drawn, table)), table
    referred = {case.referred_on.year for case in read.referrals}
    assert min(referred) >= LAST_DAY.year - years + 1
    assert referred >= {LAST_DAY.year}
