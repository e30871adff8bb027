"""The two ways to clean text agree: one by one, and a frame at once."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.vocabulary.spelling import alphabet, clean, cleaned, normalise, normalise_header

ODD = "aå\u030a \u00a0\u202f\u3000\t\n\r\x0b\x1c\x1f\x85\u2028\u00ad\u200b\u200d\u2060\ufeff\u1680\u180e‑-_"
TEXT = st.one_of(st.text(st.sampled_from(ODD)), st.text(st.characters(exclude_categories=["Cs"])))


def test_letter_and_its_ring_are_one_whatever_stands_between() -> None:
    for spelling in ("å", "a\u030a", "a\u200b\u030a", "\ufeffå\u00ad"):
        assert clean(spelling) == "å"


@settings(max_examples=300)
@given(st.lists(st.one_of(st.none(), TEXT)))
def test_clean_and_cleaned_agree(texts: list[str | None]) -> None:
    frame = pl.DataFrame({"0": pl.Series(texts, dtype=pl.String)})
    expected = [None if text is None else clean(text) or None for text in texts]
    assert cleaned(frame, frame)["0"].to_list() == expected


@settings(max_examples=500)
@given(TEXT)
def test_clean_text_is_left_as_it_is(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert normalise(once) == normalise(text)
    assert normalise_header(once) == normalise_header(text)


def test_columns_keep_their_names_and_order() -> None:
    frame = pl.DataFrame({"b": [" x"], "a": ["y"], "c": pl.Series([None], dtype=pl.String)})
    assert cleaned(frame, frame).to_dicts() == [{"b": "x", "a": "y", "c": None}]


def test_norwegian_letters_sort_last_in_their_order() -> None:
    labels = ["Åland", "Østerrike", "Zambia", "Ærø", "Elfenbenskysten", "São Tomé", "Sudan"]
    assert sorted(labels, key=alphabet) == [
        "Elfenbenskysten", "São Tomé", "Sudan", "Zambia", "Ærø", "Østerrike", "Åland",
    ]  # fmt: skip
