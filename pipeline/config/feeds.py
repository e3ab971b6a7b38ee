"""Configuration of the feeds stage."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, field_validator, model_validator

from pipeline.config._section import Section

Field = Literal[
    "mmsi",
    "date",
    "time",
    "milliseconds",
    "lat",
    "lon",
    "wkb",
    "sog_kn",
    "cog_deg",
    "heading_deg",
    "nav_status",
    "class_b",
    "message_type",
    "imo",
    "callsign",
    "name",
    "ship_type",
    "length_m",
    "beam_m",
    "a_m",
    "b_m",
    "c_m",
    "d_m",
    "draught_m",
    "destination",
]
"""What a column of a table can mean. ``date`` stands before ``time`` where that holds times of day;
``milliseconds`` are added to ``time``; ``wkb`` is a point;
``message_type``, that of AIS, says of which class the transceiver is."""


class TableLayout(Section):
    """A table that is not recognised by itself, described by the user."""

    name: str
    """What the layout is called in messages and in the manifest."""
    columns: dict[Field, str]
    """Which column of the table (as its header spells it) holds what. A table is of this layout
    when its header has all of them. Needed: mmsi, time, and lat and lon (or wkb); `date` where
    the column of `time` holds times of day alone."""
    time_format: str | None = None
    """How times are written, in the letters of strftime (`%d.%m.%Y %H:%M`), or `epoch_s` or
    `epoch_ms`; of two columns the date, a blank, the time. None: told from the first rows."""
    time_zone: str | None = None
    """Time zone of times that name none, such as `Europe/Oslo`. None: that of `feeds.time_zone`."""
    separator: str | None = None
    """What stands between two columns. None: told from the header."""
    decimal_comma: bool | None = None
    """Whether numbers are written `57,8794`. None: told from the first rows."""
    speed_unit: Literal["kn", "m/s", "km/h"] = "kn"
    """Unit of the speed over ground."""
    draught_unit: Literal["m", "dm"] = "m"
    """Unit of the draught; decimetres are what AIS itself sends."""

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        return zone if zone is None else _zone(zone)

    @model_validator(mode="after")
    def _complete(self) -> TableLayout:
        has = set(self.columns)
        if not {"mmsi", "time"} <= has or not ({"lat", "lon"} <= has or "wkb" in has):
            msg = f"table {self.name}: columns must name mmsi, time, and lat and lon (or wkb)"
            raise ValueError(msg)
        return self


class NmeaConfig(Section):
    """How sentences of NMEA 0183 are given a time."""

    clock_gap_s: float = 60.0
    """A sentence without a time of its own takes the one read before it in the same file, if the
    next one read is at most this much later: it then errs by less. 60 s: a ship that may be
    alongside another moves under 100 m in it, and receivers that note the time at all do so once
    a minute or more often. Sentences with no such time around them are counted, not placed."""
    start_utc: AwareDatetime | None = None
    """For logs that hold no date and time at all: when they begin. The clock then runs by the
    seconds of the minute that position reports carry, and is right as long as no silence in the
    log lasts a minute. None: such sentences cannot be placed."""
    parts_within_lines: int = 1000
    """Parts of one message are put together if no more than this many lines apart. Sequence
    numbers repeat after ten messages, so a busy station reuses one within some hundred lines."""

    @field_validator("start_utc")
    @classmethod
    def _in_utc(cls, start: datetime | None) -> datetime | None:
        return start.astimezone(UTC) if start else None


class FeedsConfig(Section):
    """How dumps are read."""

    tables: tuple[TableLayout, ...] = ()
    """Layouts of tables (CSV, Parquet, JSON lines) that are not recognised by themselves: a list
    of `name`, `columns` (`mmsi`, `time`, `lat`, `lon`, ... : the header's word), and where needed
    `time_format`, `time_zone`, `separator`, `decimal_comma`, `speed_unit`, `draught_unit`. They
    go before the built-in ones."""
    time_zone: str = "UTC"
    """Time zone of times that name none in tables of no known provider. Known layouts are UTC."""
    day_first: bool | None = None
    """Whether `04/06/2018` is 4 June in tables of no known provider. None: told from the first
    rows where one of the numbers is above 12; where none is, day first is taken and said."""
    nmea: NmeaConfig = NmeaConfig()
    """Sentences of NMEA 0183."""

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        return _zone(zone)


def _zone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError) as error:
        msg = f"no time zone is called {zone!r} (write it as in Europe/Oslo)"
        raise ValueError(msg) from error
    return zone
