"""What the report shows: the candidates with their ships, tracks and near misses, as plain values.

Tracks are thinned to what a card can show, and written as whole numbers, each as its difference
from the one before: a thousand candidates then take some megabytes.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import polars as pl

from pipeline.exports.layers import CANDIDATE_PROPERTIES, Features, presentable
from pipeline.exports.results import Results, sides
from pipeline.exports.text import visible
from pipeline.exports.tracks import line_points
from pipeline.progress import plain

# Fixes of all tracks together: 60 to 300 a track. 300 draw a chart as wide as the page; with 60 a
# thousand candidates stay under 5 MB.
_FIXES_IN_ALL = 120_000
_FIXES_A_TRACK = (60, 300)

# Without a fix for this long a track is shown as silent: a Class A ship at anchor reports every
# three minutes, so three reports in a row were missed. Where the feed itself is sparser than that
# (satellites), three of the track's own usual intervals.
_SILENT_AFTER_S = 600.0
_SILENT_INTERVALS = 3.0

_OTHERS_SHOWN = 12

_CAUSES = {
    "switched_off": "switched off, as its neighbours were heard",
    "out_of_range": "out of the receivers' range",
    "unknown": "why is not known",
}

_TRACK = ("t", "x", "y", "v", "h")

_SHIP = {
    "track_id": None,
    "mmsi": None,
    "imo": None,
    "callsign": None,
    "name": None,
    "ship_type": None,
    "length_m": 1,
    "beam_m": 1,
    "a_m": 1,
    "b_m": 1,
    "c_m": 1,
    "d_m": 1,
    "class_b": None,
    "flags": None,
    "values_seen": None,
}


def report_data(
    results: Results, chosen: pl.DataFrame, zones: Features, margin_h: float
) -> dict[str, Any]:
    """All that the page shows.

    Parameters
    ----------
    results : Results
        The run.
    chosen : pl.DataFrame
        Its candidates, in the order of the page.
    zones : Features
        Its hot spots.
    margin_h : float
        Hours of track before and after each event.

    Returns
    -------
    dict
        ``run``, ``candidates``, ``zones``: values that JSON has.
    """
    shown = presentable(chosen, CANDIDATE_PROPERTIES)
    of_them = sides(chosen)["track_id"].unique()
    vessels = results.vessels.filter(pl.col("track_id").is_in(of_them.implode()))
    ships = {row["track_id"]: row for row in presentable(vessels, _SHIP).iter_rows(named=True)}
    tracks = _tracks(chosen, results, margin_h)
    draughts = _draughts(results.draughts, vessels)
    others = _others(results.encounters, of_them)
    causes = _silence_causes(chosen)
    places = chosen.select("lat", "lon").iter_rows()
    candidates = []
    for row, (lat, lon) in zip(shown.iter_rows(named=True), places, strict=True):
        of = {side: row[f"track_{side}"] for side in ("a", "b") if row[f"track_{side}"]}
        candidates.append(
            {
                **{key: _plain(value) for key, value in row.items()},
                "lat": round(lat, 6),
                "lon": round(lon, 6),
                "ships": {side: ships.get(track) for side, track in of.items()},
                "tracks": {side: tracks.get((row["event_id"], side)) for side in of},
                "draughts": {side: draughts.get(track, []) for side, track in of.items()},
                "silence_causes": causes.get(row["event_id"], {}),
                "others": _near_misses(row["event_id"], of.values(), others),
            }
        )
    return {
        "run": _run(results.manifest),
        "candidates": candidates,
        "zones": _zones(zones),
    }


def _silence_causes(chosen: pl.DataFrame) -> dict[str, dict[str, str]]:
    """Why each ship was not heard, in words, by event and side."""
    columns = [f"silence_cause_{side}" for side in "ab"]
    if not set(columns) <= set(chosen.columns):
        return {}
    return {
        event: {side: _CAUSES[cause] for side, cause in zip("ab", of, strict=True) if cause}
        for event, *of in chosen.select("event_id", *columns).iter_rows()
    }


def _plain(value: Any) -> Any:
    """Times as text; everything else as it is."""
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if hasattr(value, "strftime") else value


def _run(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What an evidence page says of its run, and the key under which verdicts are kept."""
    inputs = [
        {key: one.get(key) for key in ("path", "bytes", "sha256")}
        for one in manifest.get("inputs") or []
    ]
    run = {
        "version": manifest.get("version"),
        "config_hash": manifest.get("config_hash"),
        "inputs": inputs,
    }
    for key in ("rows_read", "rows_used"):
        run[key] = manifest.get(key)
    text = json.dumps(run, sort_keys=True)
    run["key"] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return run | {"inputs": [one | {"path": plain(str(one["path"]))} for one in inputs]}


def _tracks(
    chosen: pl.DataFrame, results: Results, margin_h: float
) -> dict[tuple[str, str], dict[str, Any]]:
    """Thinned tracks by event and side."""
    points = line_points(chosen, results.fixes, results.vessels, margin_h)
    silences = defaultdict(list)
    for line, begin, end in _silences(points).iter_rows():
        silences[line].append([begin, end])
    return {
        (event, side): dict(zip(_TRACK, lists, strict=True), s=silences[line])
        for line, event, side, *lists in _columns(_thinned(points)).iter_rows()
    }


def _silences(points: pl.DataFrame) -> pl.DataFrame:
    """``line``, begin and end (s) of each span in which a track was not heard."""
    interval = pl.col("time") - pl.col("time").shift(1).over("line")
    usual = _SILENT_INTERVALS * pl.col("interval").median().over("line")
    return (
        points.with_columns(
            interval=interval.dt.total_milliseconds() / 1000.0,
            before=pl.col("time").shift(1).over("line"),
        )
        .filter(pl.col("interval") > pl.max_horizontal(pl.lit(_SILENT_AFTER_S), usual))
        .select("line", pl.col("before", "time").dt.epoch("s"))
    )


def _thinned(points: pl.DataFrame) -> pl.DataFrame:
    """The first fix in each of some hundred equal steps of a track, and its last."""
    lines = max(1, points["line"].n_unique())
    least, most = _FIXES_A_TRACK
    fixes = min(most, max(least, _FIXES_IN_ALL // lines))
    times = pl.col("time")
    span = times.last() - times.first()
    passed = (times - times.first()).dt.total_milliseconds()
    step = passed * fixes // (span.dt.total_milliseconds() + 1)
    keep = (step != step.shift(1)).fill_null(value=True) | times.shift(-1).is_null()
    return points.filter(keep.over("line"))


def _columns(points: pl.DataFrame) -> pl.DataFrame:
    """A row a track, with lists of: time in s, position in microdegrees, speed in 0.1 kn, heading.

    Time and position are differences from the fix before, the first from 0. Course stands for
    heading where that is unknown and the ship moves.
    """
    moving = pl.col("sog_kn") > 1.0  # below 1 kn course over ground is noise
    heading = pl.coalesce("heading_deg", pl.when(moving).then(pl.col("cog_deg")))
    # Across the antimeridian, longitude goes on past 180.
    lon0 = pl.col("lon0")
    lon = lon0 + (pl.col("lon") - lon0 + 180.0) % 360.0 - 180.0
    numbers = points.select(
        "line",
        "event_id",
        "side",
        t=(pl.col("time").dt.epoch("ms") / 1000.0).round().cast(pl.Int64),
        y=(pl.col("lat") * 1e6).round().cast(pl.Int64),
        x=(lon * 1e6).round().cast(pl.Int64),
        v=(pl.col("sog_kn").fill_nan(None) * 10.0).round().cast(pl.Int64),
        h=heading.fill_nan(None).round().cast(pl.Int64),
    )
    passed = pl.col("t", "x", "y").diff()
    return (
        numbers.group_by("line", maintain_order=True)
        .agg(
            pl.col("event_id", "side").first(),
            passed.fill_null(pl.col("t", "x", "y")),
            "v",
            "h",
        )
        .select("line", "event_id", "side", *_TRACK)
    )


def _draughts(draughts: pl.DataFrame, vessels: pl.DataFrame) -> dict[str, list[list[float]]]:
    """Draughts that these ships typed, by track: seconds and metres."""
    table = draughts.join(vessels.select("track", "track_id"), on="track").select(
        "track_id", pl.col("time").dt.epoch("s"), pl.col("draught_m").cast(pl.Float64).round(1)
    )
    found = defaultdict(list)
    for track, time, draught in table.sort("track_id", "time").iter_rows():
        found[track].append([time, draught])
    return found


def _others(encounters: pl.DataFrame, tracks: pl.Series) -> dict[str, list[dict[str, Any]]]:
    """The encounters of some tracks, under each of these."""
    found = defaultdict(list)
    known = tracks.implode()
    either = (pl.col(f"track_{side}").is_in(known) for side in "ab")
    encounters = encounters.filter(pl.any_horizontal(*either))
    table = encounters.sort("start_utc", "event_id").select(
        "event_id",
        visible(pl.coalesce("name_a", pl.col("mmsi_a").cast(pl.String))).alias("a"),
        visible(pl.coalesce("name_b", pl.col("mmsi_b").cast(pl.String))).alias("b"),
        "class",
        "candidate",
        "start_utc",
        pl.col("duration_h", "hull_gap_median_m").cast(pl.Float64).round(1),
    )
    rows = {row["event_id"]: row for row in table.iter_rows(named=True)}
    for event, track in sides(encounters).select("event_id", "track_id").iter_rows():
        found[track].append(rows[event])
    return found


def _near_misses(
    event: str, tracks: Any, others: Mapping[str, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Other encounters of the same ships, the first few in time."""
    met = {row["event_id"]: row for track in tracks for row in others.get(track, [])}
    met.pop(event, None)
    ordered = sorted(met.values(), key=lambda row: (row["start_utc"], row["event_id"]))
    return [{key: _plain(value) for key, value in row.items()} for row in ordered[:_OTHERS_SHOWN]]


def _zones(zones: Features) -> list[dict[str, Any]]:
    """Each hot spot with its rings as latitude and longitude, to a hundred metres."""
    return [
        {
            "name": str(zone["name"]),
            "candidates": int(zone["candidates"]),
            "rings": [
                [[round(y, 3), round(x, 3)] for x, y in piece.exterior.coords]
                for piece in shape.geoms
            ],
        }
        for zone, shape in zip(zones.table.iter_rows(named=True), zones.geometry, strict=True)
    ]
