"""Text from columns, whatever their chunks."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.wording import score_column, score_words, template


def test_a_template_is_filled_over_several_chunks_and_null_stays_null():
    chunks = [pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [None]}, schema={"a": pl.Int64})]
    frame = pl.concat([*chunks, *chunks], rechunk=False)
    said = frame.select(template("{} and {}!", "a", pl.col("a") + 1)).to_series()
    assert said.to_list() == ["1 and 2!", None, "1 and 2!", None]


def test_without_parts_it_is_the_text():
    assert pl.DataFrame({"a": [1]}).select(template("as is")).item() == "as is"


@pytest.mark.parametrize(
    ("score", "words"),
    [(1.0, "over 0.99"), (0.991, "over 0.99"), (0.99, "0.99"), (0.0, "under 0.01"), (0.5, "0.50")],
)
def test_a_score_is_never_told_as_certainty(score, words):
    assert score_words(score) == words
    column = pl.select(score_column(pl.lit(score))).item()
    assert column == (words if " " in words else str(score))
