"""Each ship's hull from all that was typed of it: the one that most of her reports bear out.

Reports differ: bow and stern exchanged, feet for metres, a digit lost, a metre of rounding. A
hull counts for as many reports as agree with it, so that rounding does not part those that mean
the same.
"""

from __future__ import annotations

import polars as pl

COMPLETE_SHARE = 0.2  # of the reports with dimensions: enough to prefer those that have all of A-D
ALIKE_M, ALIKE_SHARE = 3.0, 0.02  # A-D are typed by hand off plans: metres, or some per cent of it
CHANGE_REPORTS_MIN = 3  # fewer are a typing or radio error
HULLS_MAX = 50  # of one ship, those most reported: the rest are radio errors
DISAGREES = "hull_disagrees"
HULL = ("length_m", "beam_m", "a_m", "b_m", "c_m", "d_m")


def _alike(column: str, other: str) -> pl.Expr:
    """Whether two typed values mean the same; an unknown one contradicts nothing."""
    bound = pl.max_horizontal(
        pl.lit(ALIKE_M), ALIKE_SHARE * pl.max_horizontal("length_m", "length_m_other")
    ).fill_null(ALIKE_M)
    return ((pl.col(column) - pl.col(other)).abs() <= bound).fill_null(value=True)


def _agree() -> pl.Expr:
    return pl.all_horizontal(_alike(column, f"{column}_other") for column in HULL)


def _typed(statics: pl.LazyFrame) -> pl.LazyFrame:
    """The hulls of each track with their reports and a number within the track."""
    return (
        statics.filter(pl.any_horizontal(pl.col(column).is_not_null() for column in HULL))
        .group_by("track", *HULL)
        .agg(pl.col("reports").sum().cast(pl.Int64), pl.col("last_time").max())
        .sort("track", "reports", "last_time", *HULL, descending=[False] + [True] * 8)
        .with_columns(
            pl.int_range(pl.len()).over("track").alias("hull"),
            (pl.col("a_m").is_not_null() & pl.col("beam_m").is_not_null()).alias("complete"),
        )
        .filter(pl.col("hull") < HULLS_MAX)
    )


def reconcile_hulls(statics: pl.LazyFrame) -> pl.LazyFrame:
    """Each track's hull, and whether her reports disagree on it.

    Complete hulls (A-D known) come before others if not too few. Of these, the one that agrees
    with the most reports; then the most reported; ties: the later heard, then the greater.

    Parameters
    ----------
    statics : pl.LazyFrame
        ``schema.STATICS`` and ``track``.

    Returns
    -------
    pl.LazyFrame
        ``track``, the columns of `HULL`, and ``hull_disagrees`` (that word or null).
    """
    hulls = _typed(statics)
    share = pl.col("reports").filter(pl.col("complete")).sum() / pl.col("reports").sum()
    hulls = hulls.with_columns(
        (pl.col("complete") & (share >= COMPLETE_SHARE).over("track")).alias("preferred")
    )
    others = hulls.select(
        "track",
        *(pl.col(column).alias(f"{column}_other") for column in HULL),
        pl.col("reports").alias("reports_other"),
    )
    borne_out = (
        hulls.join(others, on="track", how="left")
        .with_columns(_agree().alias("agree"))
        .group_by("track", "hull")
        .agg(
            pl.col("reports_other").filter("agree").sum().alias("for"),
            pl.col("reports_other").filter(~pl.col("agree")).sum().alias("against"),
        )
    )
    return (
        hulls.join(borne_out, on=["track", "hull"])
        .sort("track", "preferred", "for", "reports", "last_time", *HULL, nulls_last=False)
        .group_by("track", maintain_order=True)
        .agg(pl.col(column).last() for column in (*HULL, "against"))
        .with_columns(
            pl.when(pl.col("against") >= CHANGE_REPORTS_MIN)
            .then(pl.lit(DISAGREES))
            .alias(DISAGREES)
        )
        .drop("against")
    )
