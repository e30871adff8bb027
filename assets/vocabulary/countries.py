"""Country names: CLDR in Norwegian and English through Babel, codes of ISO 3166-1 by pycountry.

The usual short forms that CLDR lacks are in country_names.csv, reviewed by hand; `shown_in` names
the language in which the short form is shown instead of CLDR's name (CLDR's Norwegian name of CD
is just Kongo, which fits two countries). Babel and pycountry are imported when a country is first
needed, so that loading the definitions of the pipeline stays fast.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from assets.vocabulary.spelling import normalise

KOSOVO = "XK"
"""Kosovo has no code in ISO 3166-1; XK is in common use, and CLDR uses it too."""

NO_COUNTRY = "XX"
"""Stateless, or not known."""

AMBIGUOUS = {normalise("Kongo"): ("CD", "CG"), normalise("Congo"): ("CD", "CG")}
"""Normalised names that fit two countries, each with the codes that it could mean."""

_SHORT_FORMS = Path(__file__).parent / "country_names.csv"


@cache
def labels() -> dict[str, tuple[str, str]]:
    """Return code -> (Norwegian name, English name), by code, for every country and XX.

    Source: CLDR territory names as shipped by Babel; codes of ISO 3166-1 as shipped by pycountry.
    """
    import babel
    import pycountry

    nb, en = (babel.Locale(language).territories for language in ("nb", "en"))
    codes = sorted({country.alpha_2 for country in pycountry.countries} | {KOSOVO})
    shown = {(row["shown_in"], row["code"]): row["name"] for row in _short_forms()}
    named = {
        code: (shown.get(("nb", code), nb[code]), shown.get(("en", code), en[code]))
        for code in codes
    }
    return named | {NO_COUNTRY: ("Statsløs/ukjent", "Stateless/unknown")}


@cache
def spellings() -> dict[str, str]:
    """Return normalised spelling -> alpha-2 code, for every spelling that a cell may hold.

    Spellings are CLDR names in Norwegian and English, alpha-2 and alpha-3 codes, and the short
    forms of country_names.csv. Ambiguous names are left out.
    """
    import babel
    import pycountry

    found = {country.alpha_3: country.alpha_2 for country in pycountry.countries}
    for language in ("nb", "en"):
        territories = babel.Locale(language).territories
        found |= {territories[code]: code for code in labels() if code != NO_COUNTRY}
    for code, names in labels().items():
        found |= dict.fromkeys(names, code) | {code: code}
    found |= {row["name"]: row["code"] for row in _short_forms()}
    known = {normalise(name): code for name, code in found.items()}
    return {name: code for name, code in known.items() if name not in AMBIGUOUS}


def _short_forms() -> list[dict[str, str]]:
    with open(_SHORT_FORMS, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
