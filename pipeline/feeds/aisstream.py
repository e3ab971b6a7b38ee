"""Messages of aisstream.io, one a line, as its WebSocket sends them.

From aisstream.io/documentation and its published message models: an envelope of ``MessageType``,
``MetaData`` (``MMSI``, ``time_utc`` as the language Go writes it) and ``Message``, which holds the
decoded message under the name of its type. Knots, degrees and metres.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipeline.config.feeds import Field
from pipeline.feeds.providers import Layout

_MOVING: Mapping[Field, tuple[str, ...]] = {
    "lat": ("Latitude",),
    "lon": ("Longitude",),
    "sog_kn": ("Sog",),
    "cog_deg": ("Cog",),
    "heading_deg": ("TrueHeading",),
    "nav_status": ("NavigationalStatus",),
}
_SIZE: Mapping[Field, tuple[str, ...]] = {
    "a_m": ("Dimension", "A"),
    "b_m": ("Dimension", "B"),
    "c_m": ("Dimension", "C"),
    "d_m": ("Dimension", "D"),
}
_NAME: Mapping[Field, tuple[str, ...]] = {"name": ("Name",)}
_TYPE: Mapping[Field, tuple[str, ...]] = {"ship_type": ("Type",)}

# Which members of a message hold what; the position in MetaData is the last known one and no
# report of its own.
MESSAGES: Mapping[str, Mapping[Field, tuple[str, ...]]] = {
    "PositionReport": _MOVING,
    "StandardClassBPositionReport": _MOVING,
    "ExtendedClassBPositionReport": {**_MOVING, **_NAME, **_TYPE, **_SIZE},
    "LongRangeAisBroadcastMessage": _MOVING,
    "StandardSearchAndRescueAircraftReport": _MOVING,
    "BaseStationReport": _MOVING,
    "AidsToNavigationReport": {**_MOVING, **_NAME, **_SIZE},
    "ShipStaticData": {
        **_NAME,
        **_TYPE,
        **_SIZE,
        "imo": ("ImoNumber",),
        "callsign": ("CallSign",),
        "draught_m": ("MaximumStaticDraught",),
        "destination": ("Destination",),
    },
    "StaticDataReport": {
        "name": ("ReportA", "Name"),
        "callsign": ("ReportB", "CallSign"),
        "ship_type": ("ReportB", "ShipType"),
        "a_m": ("ReportB", "Dimension", "A"),
        "b_m": ("ReportB", "Dimension", "B"),
        "c_m": ("ReportB", "Dimension", "C"),
        "d_m": ("ReportB", "Dimension", "D"),
    },
}
CLASSES = {
    "PositionReport": "A",
    "StandardClassBPositionReport": "B",
    "ExtendedClassBPositionReport": "B",
}
_FIELDS: tuple[Field, ...] = tuple(dict.fromkeys(f for fields in MESSAGES.values() for f in fields))
_ALL: tuple[Field, ...] = ("mmsi", "time", "class_b", *_FIELDS)
COLUMNS: Mapping[Field, str] = {field: field for field in _ALL}
LAYOUT = Layout("aisstream-jsonl", COLUMNS)


def _schema() -> dict[str, pl.DataType]:
    """The members that are used, all as text: one that is no number costs only itself."""
    tree: dict[str, Any] = {"MetaData": {"MMSI": None, "time_utc": None}, "Message": {}}
    for message, fields in MESSAGES.items():
        branch = tree["Message"].setdefault(message, {})
        for path in fields.values():
            at = branch
            for key in path[:-1]:
                at = at.setdefault(key, {})
            at[path[-1]] = None
    return {key: _struct(value) for key, value in tree.items()}


def _struct(tree: dict[str, Any]) -> pl.DataType:
    return pl.Struct(
        {key: pl.String() if value is None else _struct(value) for key, value in tree.items()}
    )


SCHEMA = _schema()


def recognise(record: object) -> bool:
    """Whether a record is one of aisstream.io."""
    return (
        isinstance(record, dict)
        and isinstance(record.get("MetaData"), dict)
        and isinstance(record.get("Message"), dict)
        and "time_utc" in record["MetaData"]
    )


def columns(messages: pl.DataFrame) -> pl.DataFrame:
    """Messages read by `SCHEMA` as columns named by field."""
    meta, body = pl.col("MetaData").struct, pl.col("Message").struct

    def member(message: str, path: tuple[str, ...]) -> pl.Expr:
        at = body.field(message)
        for key in path:
            at = at.struct.field(key)
        return at

    return messages.select(
        meta.field("MMSI").alias("mmsi"),
        meta.field("time_utc").alias("time"),
        pl.coalesce(
            pl.when(body.field(message).is_not_null()).then(pl.lit(word))
            for message, word in CLASSES.items()
        ).alias("class_b"),
        *(
            pl.coalesce(
                member(message, fields[name])
                for message, fields in MESSAGES.items()
                if name in fields
            ).alias(name)
            for name in _FIELDS
        ),
    )


def flat(record: object) -> dict[str, str | None]:
    """One message as texts named by field."""
    if not recognise(record) or not isinstance(record, dict):
        return {}
    values: dict[str, Any] = {
        "mmsi": record["MetaData"].get("MMSI"),
        "time": record["MetaData"].get("time_utc"),
    }
    for message, fields in MESSAGES.items():
        body = record["Message"].get(message)
        if not isinstance(body, dict):
            continue
        values["class_b"] = CLASSES.get(message)
        for name, path in fields.items():
            at: Any = body
            for key in path:
                at = at.get(key) if isinstance(at, dict) else None
            values[name] = at
    return {
        name: None if value is None or isinstance(value, dict | list) else str(value)
        for name, value in values.items()
    }
