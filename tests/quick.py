"""Which cases of a test belong to the quick suite that `make test` runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def quick(number: int, cases: Iterable[Any]) -> list[Any]:
    """Return the cases; all but the first `number` are left to `make test-slow`."""
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            marks=[] if at < number else pytest.mark.slow,
        )
        for at, case in enumerate(cases)
    ]
