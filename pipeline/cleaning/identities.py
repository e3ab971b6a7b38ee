"""What each ship called herself: every value that was typed where she typed several.

Names are changed, numbers mistyped, hulls measured anew. What a ship is taken for is one value of
each; here stand all, with when they were heard, for whoever has to tell a renamed ship from a
typing error or from two ships.
"""

from __future__ import annotations

import polars as pl

from pipeline.cleaning.aids import kind_words
from pipeline.cleaning.mmsi import is_aid
from pipeline.ledger import Ledger
from pipeline.wording import template

VALUES_SHOWN = 6  # of one kind, the most reported: the rest are radio errors, and counted
CHANGED = {"name_changed": "name", "imo_changed": "IMO number", "callsign_changed": "call sign"}
"""Flags of ``schema.VESSELS`` that say which value changed."""
_SEEN = ("name", "imo", "callsign", "ship_type", "hull_m")


def _hull() -> pl.Expr:
    """Length and beam as one value, as ``180 x 30``; null where neither is known."""
    size = [pl.col(c).round(1).cast(pl.String).fill_null("?") for c in ("length_m", "beam_m")]
    return pl.when(pl.col("length_m").is_not_null() | pl.col("beam_m").is_not_null()).then(
        pl.concat_str(size, separator=" x ")
    )


def values_seen(statics: pl.LazyFrame) -> pl.LazyFrame:
    """All values of each track that typed several of a kind.

    Parameters
    ----------
    statics : pl.LazyFrame
        ``schema.STATICS`` and ``track``.

    Returns
    -------
    pl.LazyFrame
        ``track`` and ``values_seen``, as ``name "OLD" 12 reports 2024-03-01 00:00 to 2024-03-02
        11:58; name "NEW" ...``: by kind, the most reported first; of more than `VALUES_SHOWN`,
        how many more there were.
    """
    kind_of_aid = pl.when(is_aid()).then(kind_words(pl.col("ship_type")))
    told = statics.with_columns(
        _hull().alias("hull_m"),
        pl.coalesce(kind_of_aid, pl.col("ship_type").cast(pl.String)).alias("ship_type"),
    )
    kinds = [
        told.filter(pl.col(kind).is_not_null())
        .group_by("track", pl.col(kind).cast(pl.String).alias("value"))
        .agg(
            pl.col("reports").sum().cast(pl.Int64),
            pl.col("first_time").min(),
            pl.col("last_time").max(),
        )
        .filter(pl.len().over("track") > 1)
        .with_columns(pl.lit(number).alias("kind"), pl.lit(kind).alias("word"))
        for number, kind in enumerate(_SEEN)
    ]
    order = ("track", "kind", "reports", "first_time", "value")
    first, last = (pl.col(f"{end}_time").dt.strftime("%Y-%m-%d %H:%M") for end in ("first", "last"))
    quoted = pl.concat_str(
        pl.lit('"'), pl.col("value").str.replace_all('"', "'", literal=True), pl.lit('"')
    )
    return (
        pl.concat(kinds)
        .sort(*order, descending=[False, False, True, False, False])
        .with_columns(
            pl.int_range(pl.len()).over("track", "kind").alias("at"),
            (pl.len().over("track", "kind").cast(pl.Int64) - VALUES_SHOWN).alias("more"),
        )
        .filter(pl.col("at") < VALUES_SHOWN)
        .with_columns(
            template("{} {} {} reports {} to {}", "word", quoted, "reports", first, last).alias(
                "said"
            )
        )
        .with_columns(
            pl.when((pl.col("at") == VALUES_SHOWN - 1) & (pl.col("more") > 0))
            .then(template("{}; and {} more of {}", "said", "more", "word"))
            .otherwise("said")
            .alias("said")
        )
        .group_by("track", maintain_order=True)
        .agg(pl.col("said").str.join("; ").alias("values_seen"))
    )


def count_flagged(vessels: pl.DataFrame) -> dict[str, int]:
    """How many tracks carry each flag of ``schema.VESSELS``."""
    words = vessels["flags"].drop_nulls().str.split(";").explode(empty_as_null=False)
    return dict(words.value_counts().sort("flags").iter_rows())


def tell_changes(flagged: dict[str, int], ledger: Ledger) -> None:
    """Say how many ships changed what they call themselves.

    Parameters
    ----------
    flagged : dict of str to int
        From `count_flagged`.
    ledger : Ledger
        Gets the message.
    """
    changed = [f"{flagged[f]} the {word}" for f, word in CHANGED.items() if f in flagged]
    if changed:
        ledger.warn(
            f"ships that changed what they call themselves within the input: {', '.join(changed)};"
            " vessels.parquet lists all values under values_seen"
        )
