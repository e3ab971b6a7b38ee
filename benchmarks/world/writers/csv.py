"""NOAA MarineCadastre (17 columns) and Danish Maritime Authority (26 columns) CSV."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from benchmarks.world.typed import Typed
from benchmarks.world.world import World
from benchmarks.world.writers.files import write_bytes

MARINECADASTRE = ("MMSI", "BaseDateTime", "LAT", "LON", "SOG", "COG", "Heading", "VesselName",
                  "IMO", "CallSign", "VesselType", "Status", "Length", "Width", "Draft", "Cargo",
                  "TransceiverClass")  # fmt: skip
DANISH = ("# Timestamp", "Type of mobile", "MMSI", "Latitude", "Longitude", "Navigational status",
          "ROT", "SOG", "COG", "Heading", "IMO", "Callsign", "Name", "Ship type", "Cargo type",
          "Width", "Length", "Type of position fixing device", "Draught", "Destination", "ETA",
          "Data source type", "A", "B", "C", "D")  # fmt: skip
# The words the Danish feed uses for codes.
STATUS_WORDS = {0: "Under way using engine", 1: "At anchor", 2: "Not under command",
                3: "Restricted maneuverability", 5: "Moored", 7: "Engaged in fishing",
                11: "Power-driven vessel towing astern", 15: "Unknown value"}  # fmt: skip
TYPE_WORDS = {30: "Fishing", 31: "Towing", 32: "Towing long/wide", 33: "Dredging", 36: "Sailing",
              37: "Pleasure", 50: "Pilot", 52: "Tug", 53: "Port tender"}  # fmt: skip
DECADE_WORDS = {4: "HSC", 6: "Passenger", 7: "Cargo", 8: "Tanker", 9: "Other"}


def type_word(code: int) -> str:
    """The Danish feed's word for a ship type."""
    return TYPE_WORDS.get(code) or DECADE_WORDS.get(code // 10, "Undefined")


def _statics(world: World, columns: dict[str, type[pl.DataType] | pl.DataType],
             rows: Iterable[tuple[object, ...]]) -> pl.DataFrame:  # fmt: skip
    return pl.DataFrame(list(rows), schema=columns, orient="row")


def _time(pattern: str) -> pl.Expr:
    return pl.from_epoch(pl.col("time"), time_unit="ms").dt.strftime(pattern)


def _number(column: str, decimals: int) -> pl.Expr:
    return pl.col(column).round(decimals)


def marinecadastre(world: World, file: Path, reports: pl.DataFrame | None = None) -> None:
    """Write the world (or some of its reports) as MarineCadastre CSV.

    That layout has length and width but not where the antenna stands, and no report of an aid to
    navigation.
    """
    rows = world.reports if reports is None else reports
    text = pl.String
    statics = _statics(
        world,
        {"key": pl.Int64, "VesselName": text, "IMO": text, "CallSign": text,
         "VesselType": pl.Int64, "Length": pl.Int64, "Width": pl.Int64, "Cargo": pl.Int64,
         "TransceiverClass": text},
        ((s.key, s.name, f"IMO{s.imo}" if s.imo else None, s.callsign or None, s.ship_type,
          s.length_m, s.beam_m, s.ship_type, "B" if s.class_b else "A")
         for s in world.statics.values()),
    )  # fmt: skip
    table = rows.join(statics, on="key").filter(pl.col("mmsi") < 900_000_000)
    out = table.sort("time", "mmsi", "key", "sent", maintain_order=True).select(
        pl.col("mmsi").alias("MMSI"),
        _time("%Y-%m-%dT%H:%M:%S").alias("BaseDateTime"),
        _number("lat", 5).alias("LAT"),
        _number("lon", 5).alias("LON"),
        _number("sog_kn", 1).alias("SOG"),
        _number("cog_deg", 1).alias("COG"),
        pl.col("heading_deg").cast(pl.Int64).alias("Heading"),
        "VesselName",
        "IMO",
        "CallSign",
        "VesselType",
        pl.when(pl.col("TransceiverClass") == "A").then(pl.col("status")).alias("Status"),
        "Length",
        "Width",
        pl.when(pl.col("draught_m") > 0).then(_number("draught_m", 1)).alias("Draft"),
        "Cargo",
        "TransceiverClass",
    )
    assert out.columns == list(MARINECADASTRE)  # noqa: S101 -- the layout is the point
    write_bytes(file, out.write_csv().encode())


def danish(world: World, file: Path, reports: pl.DataFrame | None = None) -> None:
    """Write the world (or some of its reports) as Danish CSV: day first, words, A to D."""
    rows = world.reports if reports is None else reports
    text = pl.String
    statics = _statics(
        world,
        {"key": pl.Int64, "Type of mobile": text, "IMO": text, "Callsign": text, "Name": text,
         "Ship type": text, "Width": pl.Int64, "Length": pl.Int64, "A": pl.Int64, "B": pl.Int64,
         "C": pl.Int64, "D": pl.Int64},
        ((s.key, _mobile(s), str(s.imo) if s.imo else "Unknown", s.callsign or "Unknown", s.name,
          type_word(s.ship_type), s.beam_m, s.length_m, *_abcd(s)) for s in world.statics.values()),
    )  # fmt: skip
    words = pl.col("status").replace_strict(STATUS_WORDS, default="Unknown value")
    table = rows.join(statics, on="key")
    out = table.sort("time", "mmsi", "key", "sent", maintain_order=True).select(
        _time("%d/%m/%Y %H:%M:%S").alias("# Timestamp"),
        "Type of mobile",
        pl.col("mmsi").alias("MMSI"),
        _number("lat", 6).alias("Latitude"),
        _number("lon", 6).alias("Longitude"),
        pl.when(pl.col("Type of mobile") == "Class A")
        .then(words)
        .otherwise(pl.lit("Unknown value"))
        .alias("Navigational status"),
        pl.lit(None, text).alias("ROT"),
        pl.when(pl.col("sog_kn") < 102.25).then(_number("sog_kn", 1)).alias("SOG"),
        pl.when(pl.col("cog_deg") < 360).then(_number("cog_deg", 1)).alias("COG"),
        pl.when(pl.col("heading_deg") < 360)
        .then(pl.col("heading_deg").cast(pl.Int64))
        .alias("Heading"),
        "IMO",
        "Callsign",
        "Name",
        "Ship type",
        pl.lit("No additional information").alias("Cargo type"),
        "Width",
        "Length",
        pl.lit("GPS").alias("Type of position fixing device"),
        pl.when(pl.col("draught_m") > 0).then(_number("draught_m", 1)).alias("Draught"),
        pl.lit("Unknown").alias("Destination"),
        pl.lit(None, text).alias("ETA"),
        pl.lit("AIS").alias("Data source type"),
        "A",
        "B",
        "C",
        "D",
    )
    assert out.columns == list(DANISH)  # noqa: S101 -- the layout is the point
    write_bytes(file, out.write_csv().encode())


def _mobile(static: Typed) -> str:
    if static.mmsi // 10_000_000 == 99:
        return "AtoN"
    return "Class B" if static.class_b else "Class A"


def _abcd(static: Typed) -> tuple[int | None, int | None, int | None, int | None]:
    """A to D as the feed prints them: empty where zero, as it leaves zeros out."""
    if static.abcd_m is None:
        return None, None, None, None
    a, b, c, d = (v or None for v in static.abcd_m)
    return a, b, c, d
