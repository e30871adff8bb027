"""Texts and days as JSON-LD writes them."""

from __future__ import annotations

from typing import Any

from dashboards.open_data.open_data_words import LANGUAGES, Text

Json = dict[str, Any]


def values(*texts: Text) -> list[Json]:
    """Return each text as one value for each language."""
    return [
        {"@value": text.given(language), "@language": language}
        for text in texts
        for language in LANGUAGES
    ]


def day(iso: str) -> Json:
    """Return a day, written as ISO 8601, as a value of its type."""
    return {"@value": iso, "@type": "xsd:date"}
