"""What every column of every output means; ``docs/outputs.md`` is written from it.

``python -m pipeline.exports.dictionary`` writes the page; a test fails where it has drifted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from pipeline import schema
from pipeline.exports.documents import QUOTA_COLUMNS
from pipeline.exports.layers import CANDIDATE_PROPERTIES
from pipeline.exports.tracks import TRACK_PROPERTIES
from pipeline.exports.zones import ZONE_PROPERTIES
from pipeline.rendezvous.measures import DOUBT_MEASURES, MEASURES, SILENCE_MEASURES
from pipeline.rendezvous.table import MEASURED

PAGE = Path(__file__).parents[2] / "docs" / "outputs.md"

_BOTH = {  # the same of vessel a and of vessel b
    "track_{}": "track: the MMSI, followed by /2, /3 where one MMSI is several ships",
    "mmsi_{}": "MMSI",
    "name_{}": "name as typed; null where never heard",
    "imo_{}": "IMO number; null where never heard or its check digit fails",
    "ship_type_{}": "type of ship: ITU-R M.1371 code; in words and with the code in the layers",
    "length_{}_m": "length, m: bow to antenna plus antenna to stern",
    "beam_{}_m": "beam, m",
    "callsign_{}": "call sign as typed",
    "class_b_{}": "heard from a Class B transceiver",
    "flags_{}": "words joined by `;`: shared_mmsi, fabricated_mmsi, aid_to_navigation, ...",
    "draught_before_{}_m": "draught last typed before the event, m",
    "draught_after_{}_m": "draught first typed after it, m",
    "draught_change_{}_m": "after less before, m: above zero it loaded",
    "draught_typed_{}_h": "hours from the end of the event until the draught after was typed",
    "silence_{}_h": "hours of the event in which it was not heard",
    "watchlist_{}": "watchlist entries it matches, with the kind of match",
}

COLUMNS: Mapping[str, str] = {
    **{
        pattern.format(side): f"vessel {side}: {text}"
        for pattern, text in _BOTH.items()
        for side in ("a", "b")
    },
    "event_id": "the event; the same input and configuration give the same id",
    "kind": "`pair`, or `one_sided`: the partner was never heard and the columns of b are null",
    "class": "what it is taken for: `transfer`, `bunkering`, `same_hull`, `tug_or_tow`, ...",
    "candidate": "of a configured class and above the configured score",
    "start_utc": "start, UTC",
    "end_utc": "end, UTC",
    "lat": "latitude, degrees (of an event: its middle)",
    "lon": "longitude, degrees (of an event: its middle)",
    "duration_h": "end less start, h",
    "observed_h": "hours in which both were heard",
    "distance_median_m": "antenna to antenna, m, median",
    "hull_gap_median_m": "hull to hull across the heading, m, median; below zero is error",
    "hull_gap_low_m": "low end of what the gap may be, m",
    "hull_gap_high_m": "high end of what the gap may be, m",
    "speed_median_kn": "speed of the pair over ground, kn, median",
    "relative_speed_median_kn": "speed of the one against the other, kn, median",
    "heading_difference_deg": "between the headings, 0-180 degrees",
    "shore_km": "to the nearest shore, km",
    "port_km": "to the nearest known port or berth, km",
    "zone": "zone it lies in (of zones.geojson: the zone's number)",
    "score": "0-1: how likely it is a transfer; null where no model was used",
    "rule": "the rule that decided the class",
    "reasons": "why, in one line",
    "giver_mmsi": "MMSI of the vessel that gave; null where that is open",
    "receiver_mmsi": "MMSI of the vessel that received; null where that is open",
    "volume_low_bbl": "low end of the 90 % interval of the volume, barrels",
    "volume_median_bbl": "median of the volume, barrels",
    "volume_high_bbl": "high end of the 90 % interval of the volume, barrels",
    "port_name": "the nearest known port or berth",
    "draught_explains": "lone vessels: 1 where a typed change of draught may belong to this spell",
    "berth_h": "lone vessels: hours at a berth within the time the change may belong to",
    "pivot_bow_m": "lone vessels: from the bow to the fixed point it swings about, m",
    **SILENCE_MEASURES,
    **DOUBT_MEASURES,
    # tracks
    "side": "a or b of the candidate",
    "mmsi": "MMSI",
    "track_id": "the MMSI, followed by /2, /3 where one MMSI is several ships",
    "name": "name as typed (of a zone: the commonest zone or port of its candidates, or its place)",
    "imo": "IMO number; null where never heard or its check digit fails",
    "ship_type": "type of ship: ITU-R M.1371 code; in words and with the code in the layers",
    "fixes": "number of positions (of a drawn track: those it is made from)",
    # zones
    "candidates": "number of candidates in it",
    "vessels": "number of different MMSIs among them",
    "hours": "their durations added up, h",
    # tables
    "track": "row number in vessels.parquet",
    "time": "when, UTC",
    "sog_kn": "speed over ground, kn",
    "cog_deg": "course over ground, degrees from 0 to below 360",
    "heading_deg": "heading, degrees from 0 to below 360",
    "nav_status": "ITU-R M.1371 navigational status, 0-15",
    "callsign": "call sign as typed",
    "length_m": "length, m",
    "beam_m": "beam, m",
    "a_m": "antenna to bow, m; a to d are null where its place is unknown",
    "b_m": "antenna to stern, m",
    "c_m": "antenna to port side, m",
    "d_m": "antenna to starboard side, m",
    "class_b": "heard from a Class B transceiver",
    "first_time": "first position, UTC",
    "last_time": "last position, UTC",
    "flags": "words joined by `;`: of a vessel shared_mmsi, fabricated_mmsi, ...; of a fix `land` "
    "(far inland by the coastline), `circle`, `stuck`, `coarse`, `crowd` (docs/cleaning.md)",
    "values_seen": "names, IMO numbers, call signs, types, hulls it typed, where it typed several "
    "of a kind: reports, first and last time of each",
    "draught_m": "draught typed from then on, m",
    "port": "nearest place with a name",
    # quota
    "date": "day (UTC) of the event's end",
    "vessel_a": "name of vessel a, its MMSI where it has none",
    "vessel_b": "name of vessel b, its MMSI where it has none",
    "cumulative_median_bbl": "running total of the medians, barrels; an unknown one adds nothing",
}

# Columns of encounters.parquet behind those of the schema.
FURTHER = (
    *(f"{name}_{side}" for side in "ab" for name in ("callsign", "class_b", "flags")),
    "port_name",
    *MEASURED,
)

_INTRODUCTION = """\
# What a run writes

<!-- Written from the code by `python -m pipeline.exports.dictionary`: do not edit by hand. -->

A run's folder appears whole or not at all. What is unknown is null: never a blank, never a number
that stands for "none". Times are UTC. Units are in the names: `_m` metres, `_km` kilometres, `_kn`
knots, `_deg` degrees, `_h` hours, `_bbl` barrels. A candidate is a lead, not a finding.

| file | what it holds |
| --- | --- |
| `candidates.geojson` | a point a candidate, the highest score first |
| `tracks.geojson` | a line a vessel and candidate |
| `zones.geojson` | hot spots: where candidates gather |
| `candidates.qml`, `tracks.qml`, `zones.qml` | styles that QGIS picks up with the layers |
| `alongside.gpkg` | the three layers with their styles, with a type for every column |
| `alongside.qgz` | a QGIS project over `alongside.gpkg`; keep the two together |
| `encounters.parquet` | every pair and lone vessel examined, the rejected too |
| `vessels.parquet`, `fixes.parquet`, `draughts.parquet`, `port_calls.parquet` | their tracks |
| `report.html` | one page for review, which opens from disk without a network |
| `quota.json`, `quota.csv`, `quota.svg`, `quota.png` | barrels against the cap |
| `manifest.json` | version, configuration, inputs with hashes, what was rejected by which rule |

In QGIS, open `alongside.qgz`, or drag any `.geojson` onto the map. All layers have `start_utc` and
`end_utc`, which the temporal controller plays. A layer without features is a valid, empty file: as
GeoJSON it has no columns and no type of geometry. Names are shown as typed, except that signs which
hide or reorder text appear as `\ufffd`; the Parquet files keep them. In `quota.csv` an apostrophe
stands before text that a spreadsheet would take for a formula.

`report.html` keeps verdicts and notes in the browser and exports them as `labels.csv`: `event_id`,
`verdict` (confirmed, rejected, unsure), `mmsi_a`, `mmsi_b`, `start_utc`, `end_utc`, `note`. When
printed it gives an evidence page for each candidate of the list as it is narrowed.

GeoJSON follows RFC 7946: WGS 84, six decimals (0.1 m), split at the antimeridian. The same input
and configuration give the same bytes, but for the timings in `manifest.json`.
"""


def outputs_markdown() -> str:
    """The page ``docs/outputs.md``."""
    layers: list[tuple[str, Iterable[str], str]] = [
        ("candidates", CANDIDATE_PROPERTIES, "A point in the middle of each candidate."),
        (
            "tracks",
            TRACK_PROPERTIES,
            "From `exports.track_margin_h` before the event to as long after it, generalised by "
            "`exports.track_tolerance_m`; `start_utc` and `end_utc` are the first and last fix.",
        ),
        (
            "zones",
            ZONE_PROPERTIES,
            "Volumes are sums over the candidates: of their medians, and of their low and high "
            "ends, which is wider than the interval of the sum.",
        ),
    ]
    parts = [_INTRODUCTION, "## Layers"]
    for name, columns, text in layers:
        parts += [f"### {name}", text, _table((column, COLUMNS[column]) for column in columns)]
    parts += [
        "## Tables",
        "### encounters.parquet",
        "Sorted by start. What stands in the layers too means the same there.",
        _typed(schema.ENCOUNTERS),
        "Behind these stand the measured values the rules decide by.",
        _table((c, COLUMNS.get(c) or MEASURES[c]) for c in FURTHER),
        "### vessels.parquet",
        "The tracks that stand in an encounter.",
        _typed(schema.VESSELS),
        "### fixes.parquet",
        "Cleaned positions of these tracks, from `exports.track_margin_h` before their encounters "
        "to as long after them.",
        _typed({"track_id": pl.String, **schema.FIXES}),
        "### draughts.parquet",
        "A row each time a track's typed draught changes, over the whole input.",
        _typed({"track_id": pl.String, **schema.DRAUGHTS}),
        "### port_calls.parquet",
        "Stays of these tracks at a port.",
        _typed(schema.PORT_CALLS),
        "### quota.csv",
        "A row a candidate, in order of time.",
        _table((column, COLUMNS[column]) for column in QUOTA_COLUMNS),
    ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _typed(columns: schema.Schema) -> str:
    lines = [f"| `{name}` | {_type(dtype)} | {COLUMNS[name]} |" for name, dtype in columns.items()]
    return "\n".join(["| column | type | meaning |", "| --- | --- | --- |", *lines])


def _type(dtype: pl.DataType | type[pl.DataType]) -> str:
    if dtype == schema.FIX_FLAG:
        return "Enum"
    return "Datetime, ms, UTC" if dtype == schema.TIME else str(dtype)


def _table(rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| `{name}` | {text} |" for name, text in rows]
    return "\n".join(["| column | meaning |", "| --- | --- |", *lines])


if __name__ == "__main__":
    PAGE.write_text(outputs_markdown(), encoding="utf-8")
