"""The tables that pass between the stages: column names, dtypes, units.

Every table is a Polars frame with exactly these columns in this order. What is unknown is null
(never NaN, never a sentinel) once cleaning has run. Times are UTC with a time zone, to the
millisecond. Units are in the names: ``_m`` metres, ``_kn`` knots, ``_deg`` degrees, ``_h`` hours,
``_km`` kilometres, ``_bbl`` barrels, ``_t`` tonnes.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

TIME = pl.Datetime("ms", "UTC")

OWN_TABLE = "alongside"
"""Key in the metadata of Parquet files of ours that are no feed; its value says what they are."""

Schema = Mapping[str, pl.DataType | type[pl.DataType]]

POSITIONS: Schema = {
    # One row a position report as the feed gives it: parsed, sentinels still in place
    # (SOG 102.3, COG 360, heading 511, latitude 91, longitude 181): cleaning judges them.
    "mmsi": pl.Int32,
    "time": TIME,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "sog_kn": pl.Float32,
    "cog_deg": pl.Float32,
    "heading_deg": pl.Float32,
    "nav_status": pl.Int8,  # ITU-R M.1371 navigational status 0-15
    "class_b": pl.Boolean,  # reported by a Class B transceiver; null where the feed does not tell
    "file": pl.UInt16,  # index into the run's list of inputs
    "row": pl.UInt32,  # line of that file, the first is 1 (of a Parquet file: row)
}

VIRTUAL_AID, AID_OFF_POSITION = 32, 64
"""Added to an aid's kind (0-31, ITU-R M.1371-5 table 74) where a ship's type stands."""

STATICS: Schema = {
    # What ships typed: one row for each distinct set of values an MMSI sent within one hour of
    # UTC. Grouping by the hour makes the table the same for any order of rows and any split into
    # files: batches merge by min, max and sum.
    "mmsi": pl.Int32,
    "hour": pl.Int32,  # hours since 1970-01-01T00:00Z
    "first_time": TIME,
    "last_time": TIME,
    "reports": pl.UInt32,
    "lat": pl.Float64,  # where the first of them was sent; null for messages without a position
    "lon": pl.Float64,
    "imo": pl.Int32,
    "callsign": pl.String,
    "name": pl.String,
    "ship_type": pl.Int16,  # ITU-R M.1371 code 0-99; words are mapped to the code of their decade
    "length_m": pl.Float32,
    "beam_m": pl.Float32,
    "a_m": pl.Float32,  # antenna to bow
    "b_m": pl.Float32,  # antenna to stern
    "c_m": pl.Float32,  # antenna to port side
    "d_m": pl.Float32,  # antenna to starboard side
    "draught_m": pl.Float32,
    "destination": pl.String,
}

FIX_FLAGS = ("land", "circle", "stuck", "coarse", "crowd")
"""Why a fix may not be where the ship was, or not exactly; see ``pipeline.cleaning.doubts``."""
FIX_FLAG = pl.Enum(
    [
        ";".join(flag for k, flag in enumerate(FIX_FLAGS) if bits >> k & 1)
        for bits in range(1, 1 << len(FIX_FLAGS))
    ]
)
"""All that may be said of one fix, a byte a fix."""

FIXES: Schema = {
    # Clean positions, sorted by track and time; no two of one track at the same time.
    "track": pl.Int32,  # row number in VESSELS
    "time": TIME,
    "lat": pl.Float64,  # -90..90
    "lon": pl.Float64,  # -180..180
    "sog_kn": pl.Float32,
    "cog_deg": pl.Float32,  # 0 <= cog < 360
    "heading_deg": pl.Float32,  # 0 <= heading < 360
    "nav_status": pl.Int8,
    "flags": FIX_FLAG,  # words joined by ";"; null for most
}

VESSELS: Schema = {
    # One row a track: a ship, as far as its MMSI and its motion tell. Sorted by mmsi, track_id.
    "track": pl.Int32,  # 0..n-1 in this order
    "track_id": pl.String,  # the MMSI; "/2", "/3" after it where one MMSI is several ships
    "mmsi": pl.Int32,
    "imo": pl.Int32,  # null unless its check digit holds
    "callsign": pl.String,
    "name": pl.String,
    "ship_type": pl.Int16,
    "length_m": pl.Float32,
    "beam_m": pl.Float32,
    "a_m": pl.Float32,  # a..d all null where the antenna's place on the hull is unknown
    "b_m": pl.Float32,
    "c_m": pl.Float32,
    "d_m": pl.Float32,
    "class_b": pl.Boolean,
    "first_time": TIME,
    "last_time": TIME,
    "fixes": pl.UInt32,
    "flags": pl.String,  # words joined by ";": shared_mmsi, fabricated_mmsi, ...; null where none
    "values_seen": pl.String,  # all that it typed of a kind, where it typed several
}

DRAUGHTS: Schema = {
    # Typed draughts: one row each time the value changes, sorted by track and time.
    "track": pl.Int32,
    "time": TIME,
    "draught_m": pl.Float32,
}

SILENCES: Schema = {
    # Gaps in which a ship was not heard, and whether her neighbours were. Sorted by track, time.
    # Before her first and after her last fix too, within the dump's span: one place is null there.
    "track": pl.Int32,
    "gap_start": TIME,  # the last fix before
    "gap_end": TIME,  # the first fix after
    "lat_start": pl.Float64,  # of that fix
    "lon_start": pl.Float64,
    "lat_end": pl.Float64,
    "lon_end": pl.Float64,
    "neighbours_heard": pl.UInt32,  # other ships within 25-50 km, in the median quarter of an hour
    "verdict": pl.String,  # switched_off, out_of_range, unknown
}

ENCOUNTERS: Schema = {
    # One row a pair event or a lone vessel examined: measured (rendezvous), decided (rendezvous),
    # written whole as encounters.parquet; the candidates are those of its rows that pass.
    # The measured columns behind these stand in ``pipeline.rendezvous.measures``.
    "event_id": pl.String,  # stable: the same input and config give the same id
    "kind": pl.String,  # pair, one_sided
    "class": pl.String,
    "candidate": pl.Boolean,  # of a configured class and above the configured score
    "track_a": pl.String,  # track_id of VESSELS
    "track_b": pl.String,
    "mmsi_a": pl.Int32,
    "mmsi_b": pl.Int32,
    "name_a": pl.String,
    "name_b": pl.String,
    "imo_a": pl.Int32,
    "imo_b": pl.Int32,
    "ship_type_a": pl.Int16,
    "ship_type_b": pl.Int16,
    "length_a_m": pl.Float32,
    "length_b_m": pl.Float32,
    "beam_a_m": pl.Float32,
    "beam_b_m": pl.Float32,
    "start_utc": TIME,
    "end_utc": TIME,
    "lat": pl.Float64,  # the middle of the event
    "lon": pl.Float64,
    "duration_h": pl.Float64,
    "observed_h": pl.Float64,  # both heard
    "distance_median_m": pl.Float64,  # antenna to antenna
    "hull_gap_median_m": pl.Float64,
    "hull_gap_low_m": pl.Float64,
    "hull_gap_high_m": pl.Float64,
    "speed_median_kn": pl.Float64,
    "relative_speed_median_kn": pl.Float64,
    "heading_difference_deg": pl.Float64,  # 0-180
    "draught_before_a_m": pl.Float64,
    "draught_after_a_m": pl.Float64,
    "draught_before_b_m": pl.Float64,
    "draught_after_b_m": pl.Float64,
    "draught_change_a_m": pl.Float64,  # after less before; above zero: loaded
    "draught_change_b_m": pl.Float64,
    "silence_a_h": pl.Float64,
    "silence_b_h": pl.Float64,
    "shore_km": pl.Float64,
    "port_km": pl.Float64,
    "zone": pl.String,
    "watchlist_a": pl.String,
    "watchlist_b": pl.String,
    "score": pl.Float64,  # 0-1; null until there is a model
    "rule": pl.String,  # the rule that decided the class
    "reasons": pl.String,  # one line of text
}

VOLUMES: Schema = {
    # What the quota stage adds to each candidate.
    "event_id": pl.String,
    "giver_mmsi": pl.Int32,
    "receiver_mmsi": pl.Int32,
    "volume_low_bbl": pl.Float64,
    "volume_median_bbl": pl.Float64,
    "volume_high_bbl": pl.Float64,
}

PORT_CALLS: Schema = {
    # Where a vessel lay still at a port: what chains of transfers begin and end in.
    # Sorted by track_id, start_utc.
    "track_id": pl.String,  # of VESSELS
    "mmsi": pl.Int32,
    "start_utc": TIME,
    "end_utc": TIME,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "port": pl.String,  # the nearest place with a name; null where none is known
    "port_km": pl.Float64,
}


def empty(schema: Schema) -> pl.DataFrame:
    """An empty frame of the given schema."""
    return pl.DataFrame(schema=dict(schema))


def conform(frame: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """The columns of `schema`, in its order and dtypes; absent ones become null.

    Parameters
    ----------
    frame : pl.DataFrame
        Any frame whose columns can be cast to the schema's.
    schema : Schema
        One of the schemas of this module.
    """
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )
