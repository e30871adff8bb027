"""The only place where a name, type, label, code or grain is written."""

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
