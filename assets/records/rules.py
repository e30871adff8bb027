"""The rules of rows that the vocabulary cannot express, such as the order of dates.

The rules are judged on coded rows; their messages are in assets/raw/problems.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

BESIDE = {"exits": ("referrals", "referral_id", ("referred_on", "started_on"))}
"""Rows judged with columns of another table: table -> the other table, its key, and the columns."""

DATED = {
    "referrals": "referred_on",
    "exits": "exited_on",
    "transition_cases": "opened_on",
    "group_sessions": "held_on",
    "survey_waves": "sent_on",
}
"""Tables whose rows tell of what has happened, and the day of each, which is never to come."""

SAME_PERSON_RULE = "one_person_under_two_ids"
"""The rule that finds probable duplicates, which alone can be answered with same_person."""

WORK_OUTCOMES = ("A", "AD")
"""The outcomes that are a job, so that a position may be filled in."""


@dataclass(frozen=True)
class Rule:
    """A rule of one records table: the field to correct, the error code, and the rows at fault."""

    field: str
    code: str
    at_fault: pl.Expr
    words: str = ""
    """The words that the code's sentence needs: the other date, or the whole message."""


def row_rules(as_of: date, last_day: date) -> Mapping[str, Sequence[Rule]]:
    """Return the rules by records table, judged as of the day `as_of`.

    What is dated after `last_day` is in the future. Exits are judged with referred_on and
    started_on of their referral. A NULL breaks no rule.
    """
    referred_on, started_on, exited_on, ended_on = map(
        pl.col, ["referred_on", "started_on", "exited_on", "ended_on"]
    )
    planned, dropout, no_show = (pl.col("kind") == one for one in ("planned", "dropout", "no_show"))
    has_started = (started_on <= as_of).fill_null(value=False)
    outcome, reason, detail, position = map(
        pl.col, ["outcome", "dropout_reason", "other_detail", "position_pct"]
    )
    is_work = outcome.is_in(WORK_OUTCOMES).fill_null(value=False)
    within: Mapping[str, Sequence[Rule]] = {
        "referrals": [
            Rule("started_on", "date_order", started_on < referred_on, "«Henvist dato»"),
        ],
        "exits": [
            Rule(
                "exited_on",
                "date_order",
                ~no_show & (exited_on < started_on),
                "«Oppstartsdato» i arket «Henvisninger»",
            ),
            Rule(
                "exited_on",
                "date_order",
                no_show & (exited_on < referred_on),
                "«Henvist dato» i arket «Henvisninger»",
            ),
            Rule(
                "kind",
                "rule",
                ~no_show & referred_on.is_not_null() & ~has_started,
                "Henvisningen har ikke startet. Fyll ut eller rett «Oppstartsdato» i arket "
                "«Henvisninger», eller velg «Ikke møtt» her.",
            ),
            Rule(
                "kind",
                "rule",
                no_show & has_started,
                "Henvisningen har startet. Velg «Planmessig avsluttet» eller «Droppet ut» her, "
                "eller fjern «Oppstartsdato» i arket «Henvisninger».",
            ),
            Rule(
                "outcome",
                "rule",
                planned & outcome.is_null(),
                "Fyll ut hva den planmessig avsluttede deltakeren gikk til.",
            ),
            Rule(
                "outcome",
                "rule",
                ~planned & outcome.is_not_null(),
                "Skal bare fylles ut for planmessig avsluttede. Tøm cellen, eller rett "
                "«Avslutningstype».",
            ),
            Rule(
                "dropout_reason",
                "rule",
                dropout & reason.is_null(),
                "Fyll ut hvorfor deltakeren droppet ut.",
            ),
            Rule(
                "dropout_reason",
                "rule",
                ~dropout & reason.is_not_null(),
                "Skal bare fylles ut for dem som droppet ut. Tøm cellen, eller rett "
                "«Avslutningstype».",
            ),
            Rule(
                "other_detail",
                "rule",
                outcome.ne_missing("AN") & detail.is_not_null(),
                "Skal bare fylles ut når deltakeren gikk til «Annet» (AN). Tøm cellen, eller rett "
                "«Gikk til».",
            ),
            Rule(
                "position_pct",
                "rule",
                ~is_work & position.is_not_null(),
                "Skal bare fylles ut når deltakeren gikk til arbeid (A eller AD). Tøm cellen, "
                "eller rett «Gikk til».",
            ),
        ],
        "activities": [Rule("ended_on", "date_order", ended_on < started_on, "«Fra dato»")],
        "survey_waves": [
            Rule(
                "answered",
                "rule",
                pl.col("answered") > pl.col("invited"),
                "Flere har svart enn det er invitert. Rett «Svart» eller «Invitert».",
            ),
        ],
        "decisions": [
            Rule(
                "decision",
                "rule",
                (pl.col("decision") == "same_person")
                & ((pl.col("rule") != SAME_PERSON_RULE) | (pl.col("other_key") == "none")),
                "«Samme person» er bare svar på «Samme person under to ID-er», og da må begge "
                "ID-ene føres, i «Nøkkel» og «Annen nøkkel».",
            )
        ],
    }
    to_come = {
        name: Rule(day, "future_date", pl.col(day) > last_day) for name, day in DATED.items()
    }
    return {
        name: [*within.get(name, ()), *([to_come[name]] if name in to_come else ())]
        for name in {**within, **to_come}
    }
