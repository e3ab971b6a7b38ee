"""Why a ship was not heard: whether her neighbours were, there and then.

A ship that falls silent while ships about her go on being heard well has switched off, or is
jammed. If nobody is heard where she should be, she is out of the range of the receivers (or
alone). Where her neighbours are heard now and then only, at the edge of the range, her silence
may be chance. One neighbour may have the better antenna, or shadow hers when alongside: one alone
tells nothing.

Ships are counted in cubes of an earth-centred grid and in quarters of an hour: a grid on the
globe's surface would have seams at the antimeridian and the poles.

The place of a silent ship is taken on the great circle between the fixes about her silence.
"""

from __future__ import annotations

import polars as pl

from pipeline.cleaning.motion import EARTH_RADIUS_M
from pipeline.schema import TIME, Schema, conform

SILENCES: Schema = {
    "track": pl.Int32,
    "gap_start": TIME,  # the last fix before
    "gap_end": TIME,  # the first fix after
    "neighbours_heard": pl.UInt32,  # other ships within 25-50 km, in the median quarter of an hour
    "verdict": pl.String,  # switched_off, out_of_range, unknown
}

GAP_MIN_H = 0.75  # three quarters of an hour hold two whole quarters at least
GAP_INTERVALS_MIN = 6.0  # of her usual intervals: heard from satellites, an hour is no silence
SLOT_MS = 900_000  # a quarter of an hour holds five reports of a ship at anchor
CUBE_M = 25_000.0  # ships so near share receivers on shore, that hear 40-75 km
HEARD_SHARE = 0.8  # of the quarters, from which neighbours were heard throughout
UNHEARD_SHARE = 0.2  # and up to which they were not heard

NEIGHBOURS_MIN = 2
REPORTS_MIN = 3.0  # a ship and quarter, heard well: she sends five at anchor, more under way

_CUBE = ["cube_x", "cube_y", "cube_z"]


def _cubes(lat: pl.Expr, lon: pl.Expr) -> list[pl.Expr]:
    """The cube that a place lies in."""
    phi, lam = lat.radians(), lon.radians()
    places = (phi.cos() * lam.cos(), phi.cos() * lam.sin(), phi.sin())
    return [_cell(place).alias(name) for place, name in zip(places, _CUBE, strict=True)]


def _cell(place: pl.Expr) -> pl.Expr:
    return (place * EARTH_RADIUS_M / CUBE_M).floor().cast(pl.Int16)


def _heard(fixes: pl.LazyFrame) -> pl.LazyFrame:
    """How many ships were heard in each cube and quarter of an hour, and how often."""
    return (
        fixes.group_by("track", (pl.col("time").to_physical() // SLOT_MS).alias("slot"))
        .agg(pl.col("lat").first(), pl.col("lon").first(), pl.len().alias("reports"))
        .group_by(*_cubes(pl.col("lat"), pl.col("lon")), "slot")
        .agg(pl.len().alias("ships"), pl.col("reports").sum())
    )


def _gaps(fixes: pl.LazyFrame) -> pl.LazyFrame:
    """The silences, with the fixes about them."""
    before = [pl.col(c).shift().over("track").alias(f"{c}_0") for c in ("time", "lat", "lon")]
    step_ms = (pl.col("time") - pl.col("time_0")).dt.total_milliseconds()
    usual = step_ms.median().over("track")
    return (
        fixes.select("track", "time", "lat", "lon")
        .with_columns(before)
        .filter(step_ms >= pl.max_horizontal(GAP_MIN_H * 3_600_000, GAP_INTERVALS_MIN * usual))
        .with_row_index("gap")
    )


def _quarters(gaps: pl.LazyFrame) -> pl.LazyFrame:
    """The whole quarters of an hour of each silence, and the cubes about the ship in each."""
    begin, end = pl.col("time_0").to_physical(), pl.col("time").to_physical()
    slots = gaps.with_columns(
        pl.int_ranges(begin // SLOT_MS + 1, end // SLOT_MS).alias("slot")
    ).explode("slot", empty_as_null=False)
    share = (pl.col("slot") * SLOT_MS + SLOT_MS / 2 - begin) / (end - begin)
    ends = []
    for lat, lon in (("lat_0", "lon_0"), ("lat", "lon")):
        phi, lam = pl.col(lat).radians(), pl.col(lon).radians()
        ends.append((phi.cos() * lam.cos(), phi.cos() * lam.sin(), phi.sin()))
    # On the chord between the ends, lifted to the surface: the great circle.
    chord = [a + (b - a) * share for a, b in zip(*ends, strict=True)]
    length = (chord[0].pow(2) + chord[1].pow(2) + chord[2].pow(2)).sqrt()
    cells = [_cell(x / length).alias(name) for x, name in zip(chord, _CUBE, strict=True)]
    steps = pl.LazyFrame({"step": [-1, 0, 1]}, schema={"step": pl.Int16})
    around = slots.select("gap", "slot", *cells)
    for name in _CUBE:
        around = around.join(steps, how="cross").with_columns(
            (pl.col(name) + pl.col("step")).alias(name)
        )
        around = around.drop("step")
    return around


def silences(fixes: pl.DataFrame) -> pl.DataFrame:
    """The silences of all ships, each with what was heard about her.

    A silence is a gap of at least `GAP_MIN_H` and `GAP_INTERVALS_MIN` of the ship's usual
    intervals.

    Parameters
    ----------
    fixes : pl.DataFrame
        ``schema.FIXES``.

    Returns
    -------
    pl.DataFrame
        `SILENCES`, sorted by track and time. The verdict is ``switched_off`` where neighbours
        (`NEIGHBOURS_MIN` or more, each `REPORTS_MIN` times in a quarter of an hour or more) were
        heard in at least `HEARD_SHARE` of the silence, ``out_of_range`` where in at most
        `UNHEARD_SHARE`, else ``unknown``.
    """
    lazy = fixes.lazy()
    gaps = _gaps(lazy).collect()
    # The ship herself is not heard in a whole quarter of her silence: all who are, are others.
    quarters = (
        _quarters(gaps.lazy())
        .join(_heard(lazy), on=[*_CUBE, "slot"], how="left")
        .group_by("gap", "slot")
        .agg(pl.col("ships", "reports").sum())
    )
    heard = (pl.col("ships") > 0).mean()
    counted = quarters.group_by("gap").agg(
        pl.col("ships").median().floor().alias("neighbours_heard"),
        heard.alias("share"),
        (pl.col("reports").sum() / pl.col("ships").sum()).alias("reports"),
    )
    verdict = (
        pl.when(
            (pl.col("share") >= HEARD_SHARE)
            & (pl.col("neighbours_heard") >= NEIGHBOURS_MIN)
            & (pl.col("reports") >= REPORTS_MIN)
        )
        .then(pl.lit("switched_off"))
        .when(pl.col("share") <= UNHEARD_SHARE)
        .then(pl.lit("out_of_range"))
        .otherwise(pl.lit("unknown"))
    )
    found = (
        gaps.lazy()
        .join(counted, on="gap", how="left")
        .select(
            "track",
            pl.col("time_0").alias("gap_start"),
            pl.col("time").alias("gap_end"),
            "neighbours_heard",
            verdict.alias("verdict"),
        )
        .sort("track", "gap_start")
        .collect()
    )
    return conform(found, SILENCES)
