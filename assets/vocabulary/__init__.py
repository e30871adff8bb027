"""The only place where names, types, labels, codes and grains are defined."""

from assets.vocabulary.model import (
    HIDDEN,
    OTHER,
    REST,
    SHOWN,
    TOTAL,
    Code,
    CodeList,
    Column,
    Table,
    Vocabulary,
    VocabularyError,
    vocabulary,
)

__all__ = [
    "HIDDEN",
    "OTHER",
    "REST",
    "SHOWN",
    "TOTAL",
    "Code",
    "CodeList",
    "Column",
    "Table",
    "Vocabulary",
    "VocabularyError",
    "vocabulary",
]
