"""Text from columns, whatever their chunks."""

from __future__ import annotations

import polars as pl

from pipeline.wording import template


def test_a_template_is_filled_over_several_chunks_and_null_stays_null():
    chunks = [pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [None]}, schema={"a": pl.Int64})]
    frame = pl.concat([*chunks, *chunks], rechunk=False)
    said = frame.select(template("{} and {}!", "a", pl.col("a") + 1)).to_series()
    assert said.to_list() == ["1 and 2!", None, "1 and 2!", None]


def test_without_parts_it_is_the_text():
    assert pl.DataFrame({"a": [1]}).select(template("as is")).item() == "as is"
