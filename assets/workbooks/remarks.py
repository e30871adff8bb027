"""What a feedback workbook says of a delivery besides the lines on its errors and findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

RECEIPT = "Kvittering, mot det som var lest inn før"
PASSED_OVER = "Ikke lest, fordi det ikke hører til skjemaet"


class Remarks(NamedTuple):
    """Lines of text, in Norwegian.

    `same_error` says which errors most rows of a sheet have (assets.quality.receipts.same_error),
    `receipt` what the delivery changed (assets.quality.receipts.lines), and `passed_over` which
    sheets and columns were not read (raw.passed_over).
    """

    same_error: Sequence[str] = ()
    receipt: Sequence[str] = ()
    passed_over: Sequence[str] = ()
