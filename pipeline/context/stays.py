"""Where ships lie still: stretches of a track in one place, and how still the ship lay there.

A moored ship neither moves nor turns: her positions scatter by the noise of GNSS, her heading by
slack in the lines. An anchored one swings with tide and wind and sheers about her anchor. A
drifter leaves. `find_stays` cuts every track into stretches in one place and measures them; the
columns are evidence that later decisions weigh, `kind` is a first reading.

`berth` marks a moored stay that makes a berth: long enough for the tide to have swung anything
that swings, or reported moored near the shore, or repeated by another ship on the same axis at
another time. Two ships at one anchor can lie as still as at a pier for hours in a calm, so a
short stay makes none by itself.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipeline import schema
from pipeline.config.context import ContextConfig
from pipeline.context.shore import earth_centred_km, shore_distance_km

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOUR_MS = 3_600_000
THIN_MS = 60_000  # the longest interval between reports of a ship under way or moored is 3 min
STILL_REACH = 2.5  # of moored_radius_m: 2.5 times the 90th percentile is beyond GNSS noise
SWING_REACH = 1.7  # of anchored_radius_m: from the mean of a half circle to its far end
CLASS_B_RADIUS = 0.5  # of moored_radius_m: without a heading, only scatter tells a small craft
CALM_KN = 0.5  # a ship at anchor mostly reads 0.0-0.3 kn; loitering and drifting read more
STEADY_FIT = 0.9  # share of the scatter that a straight track explains: a tidal swing reaches 0.75
SHIP_COUNTRIES = (201, 775)  # first three digits of a ship's MMSI
SAME_BERTH_KM = 0.3  # antennas of two ships at one berth: bow of one to stern of the other
SAME_AXIS_DEG = 10.0  # a quay has one axis; two ships at it lie within their lines' slack of it

STAYS: schema.Schema = {
    # One row a stay, sorted by track and start.
    "track": pl.Int32,  # of VESSELS
    "start": schema.TIME,
    "end": schema.TIME,
    "hours": pl.Float64,
    "lat": pl.Float64,  # median position
    "lon": pl.Float64,
    "kind": pl.String,  # moored, anchored, unclear
    "berth": pl.Boolean,  # moored so that it makes a berth
    "radius_m": pl.Float64,  # nine in ten positions lie this near the median
    "heading_deg": pl.Float64,  # mean heading; null without headings
    "heading_spread_deg": pl.Float64,  # nine in ten headings lie this near it
    "drift_m": pl.Float64,  # from first to last along the straight line that fits best
    "drift_fit": pl.Float64,  # share of the scatter that line explains, 0-1
    "speed_median_kn": pl.Float64,
    "fixes": pl.UInt32,  # at most one a minute
    "headings": pl.UInt32,
    "max_gap_h": pl.Float64,  # longest silence within
    "status_moored": pl.Float64,  # share of reports with navigational status 5
    "status_anchored": pl.Float64,  # with status 1
    "shore_km": pl.Float64,  # below zero on land as the coastline draws it
}


def find_stays(fixes: pl.DataFrame, vessels: pl.DataFrame, config: ContextConfig) -> pl.DataFrame:
    """`STAYS` of all ships: `judge_berths` of what `measure_stays` finds."""
    return judge_berths(measure_stays(fixes, config), vessels, config)


def measure_stays(fixes: pl.DataFrame, config: ContextConfig) -> pl.DataFrame:
    """Stretches of `moored_min_h` and more in which a ship kept to one place.

    Parameters
    ----------
    fixes : pl.DataFrame
        FIXES, sorted by track and time; of some of the tracks or of all.
    config : ContextConfig
        The thresholds.

    Returns
    -------
    pl.DataFrame
        STAYS without `berth`, which the stays of all tracks together tell.
    """
    from pipeline.context import _fixed

    track = fixes["track"].to_numpy(writable=True)
    time_ms = fixes["time"].cast(pl.Int64).to_numpy(writable=True)
    thinned = _fixed.thin(track, time_ms, THIN_MS)
    kept = fixes.select("lat", "lon", "heading_deg", "sog_kn", "nav_status")
    kept = kept[thinned] if len(thinned) < len(track) else kept
    track, time_ms = track[thinned], time_ms[thinned]
    lat, lon = kept["lat"].to_numpy(writable=True), kept["lon"].to_numpy(writable=True)
    heading = kept["heading_deg"].cast(pl.Float64).fill_null(np.nan).to_numpy(writable=True)
    speed = kept["sog_kn"].cast(pl.Float64).fill_null(np.nan).to_numpy(writable=True)
    status = kept["nav_status"].fill_null(-1).to_numpy(writable=True)

    min_ms, gap_ms = int(config.moored_min_h * HOUR_MS), int(config.stay_gap_h * HOUR_MS)
    nothing = np.empty((0, 2), np.int64)

    def stretches(reach_m: float, taken: Ints) -> pl.DataFrame:
        spans = _fixed.stretches(track, time_ms, lat, lon, reach_m, min_ms, gap_ms, taken)
        numbers = _fixed.measure(spans, time_ms, lat, lon, heading, speed, status)
        return _frame(track, time_ms, spans, numbers)

    still = stretches(STILL_REACH * config.moored_radius_m, nothing)
    moored = still.filter(_is_moored(config)).with_columns(kind=pl.lit("moored"))
    taken = np.ascontiguousarray(moored.select("first", "last").to_numpy())
    others = stretches(SWING_REACH * config.anchored_radius_m, taken).with_columns(
        kind=pl.when(_is_anchored(config)).then(pl.lit("anchored")).otherwise(pl.lit("unclear"))
    )
    stays = pl.concat([moored, others]).sort("track", "start")
    shore_km = pl.Series(shore_distance_km(stays["lat"], stays["lon"]), dtype=pl.Float64)
    return schema.conform(stays.with_columns(shore_km=shore_km), STAYS)


def judge_berths(stays: pl.DataFrame, vessels: pl.DataFrame, config: ContextConfig) -> pl.DataFrame:
    """`STAYS` with `berth` set.

    Parameters
    ----------
    stays : pl.DataFrame
        From `measure_stays`, of all tracks.
    vessels : pl.DataFrame
        VESSELS. Only the MMSIs of ships make berths: shore stations, aids to navigation and gear
        lie still without one.
    config : ContextConfig
        The thresholds.
    """
    ships = vessels.filter((pl.col("mmsi") // 1_000_000).is_between(*SHIP_COUNTRIES))["track"]
    berth = _makes_berth(stays, config) & stays["track"].is_in(ships.implode())
    return schema.conform(stays.with_columns(berth=berth), STAYS)


def _frame(track: NDArray[np.int32], time_ms: Ints, spans: Ints, numbers: Floats) -> pl.DataFrame:
    """STAYS but for what is judged, with the indexes of the first and last fix."""
    from pipeline.context import _fixed

    first, last = spans[:, 0], spans[:, 1]
    column = {name: numbers[:, i] for i, name in enumerate(_fixed.MEASURES)}
    statuses = pl.col("statuses")
    return (
        pl.DataFrame(
            {
                "track": track[first],
                "start": time_ms[first],
                "end": time_ms[last],
                # Divided by NumPy: Polars' quotient by a constant differs in the last bit between
                # frames of one row and of several.
                "hours": (time_ms[last] - time_ms[first]) / HOUR_MS,
                "max_gap_h": column["max_gap_ms"] / HOUR_MS,
                "first": first,
                "last": last,
                "fixes": last - first + 1,
                **column,
            }
        )
        .with_columns(
            pl.col("start", "end").cast(schema.TIME),
            status_moored=pl.when(statuses > 0).then(pl.col("moored") / statuses),
            status_anchored=pl.when(statuses > 0).then(pl.col("anchored") / statuses),
        )
        .with_columns(pl.col(*column).fill_nan(None))
    )


def _is_moored(config: ContextConfig) -> pl.Expr:
    """Fixed in place and heading; without headings, fixed for long or said to be moored.

    A crew that reports "at anchor" is believed: forgetting to set 5 at a berth costs one ship's
    evidence, taking a calm anchorage for a berth could cost a transfer.
    """
    has_heading = pl.col("headings") * 2 >= pl.col("fixes")
    fixed_heading = pl.col("heading_spread_deg") <= config.moored_heading_spread_deg
    small_scatter = pl.col("radius_m") <= CLASS_B_RADIUS * config.moored_radius_m
    long_enough = pl.col("hours") >= config.berth_min_h
    says_moored = pl.col("status_moored").fill_null(0.0) >= 0.5
    says_anchored = pl.col("status_anchored").fill_null(0.0) >= 0.5
    return (
        (pl.col("radius_m") <= config.moored_radius_m)
        & ~says_anchored
        & pl.when(has_heading)
        .then(fixed_heading)
        .otherwise(says_moored | (small_scatter & long_enough))
    )


def _is_anchored(config: ContextConfig) -> pl.Expr:
    """Within a swing circle, slow, and either said to be at anchor or seen to swing.

    Seen to swing: more than noise in place or heading, heard through most of the stay, and not
    along a straight line, which is a drift.
    """
    says_anchored = pl.col("status_anchored").fill_null(0.0) >= 0.5
    moves = (pl.col("radius_m") > config.moored_radius_m) | (
        pl.col("heading_spread_deg").fill_null(0.0) > config.moored_heading_spread_deg
    )
    heard = pl.col("max_gap_h") <= pl.col("hours") / 2
    straight = (pl.col("drift_fit") >= STEADY_FIT) & (
        pl.col("drift_m") > config.anchored_radius_m / 2
    )
    return (
        (pl.col("radius_m") <= config.anchored_radius_m)
        & (pl.col("speed_median_kn").fill_null(0.0) <= CALM_KN)
        & (says_anchored | (moves & heard & ~straight))
    )


def _makes_berth(stays: pl.DataFrame, config: ContextConfig) -> pl.Series:
    """Whether a stay is evidence enough of a berth; see the module's docstring."""
    moored = stays["kind"] == "moored"
    long_enough = stays["hours"] >= config.berth_min_h
    near_shore = stays["shore_km"] <= config.berth_shore_km
    says_moored = stays["status_moored"].fill_null(0.0) >= 0.5
    alone = moored & (long_enough | (near_shore & says_moored))
    return alone | (moored & _repeated(stays, moored & ~alone, moored))


def _repeated(stays: pl.DataFrame, asked: pl.Series, moored: pl.Series) -> pl.Series:
    """Whether another ship lay moored there on the same axis at another time."""
    found = np.zeros(stays.height, dtype=bool)
    who, among = np.flatnonzero(asked.to_numpy()), np.flatnonzero(moored.to_numpy())
    if not len(who):
        return pl.Series(found)
    place = earth_centred_km(stays["lat"].to_numpy(), stays["lon"].to_numpy())
    near = cKDTree(place[among]).query_ball_point(place[who], SAME_BERTH_KM, return_sorted=True)
    track, axis = stays["track"].to_numpy(), stays["heading_deg"].to_numpy()
    start = stays["start"].cast(pl.Int64).to_numpy()
    end = stays["end"].cast(pl.Int64).to_numpy()
    for i, neighbours in zip(who, near, strict=True):
        j = among[np.asarray(neighbours, dtype=np.int64)]
        turned = np.abs((axis[j] - axis[i] + 90.0) % 180.0 - 90.0)  # NaN compares as False
        apart_in_time = (start[j] > end[i]) | (end[j] < start[i])
        found[i] = bool(np.any((track[j] != track[i]) & (turned <= SAME_AXIS_DEG) & apart_in_time))
    return pl.Series(found)
