"""The layouts of tables that are recognised, each from its provider's public documentation.

A layout is recognised by the words of its header, never by a file's name. What is in no layout
here is read by `SYNONYMS`, or by a few lines of the user's configuration (``feeds.tables``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.config.feeds import FeedsConfig, Field, TableLayout
from pipeline.feeds.synonyms import SYNONYMS


@dataclass(frozen=True)
class Layout:
    """What the columns of a provider's table mean.

    Attributes
    ----------
    name : str
        What it is called in messages and in the manifest.
    columns : Mapping of field to str or tuple of str
        The column of the table that holds it, its header normalised by `normal`; of several the
        first that is there.
    needs : tuple of str
        Normalised headers by which the layout is told from others.
    day_first : bool or None
        The order of day and month where the provider's times have one.
    zone : str
        Time zone of times that name none.
    speed_kn, draught_m : float
        Knots in one unit of the speed, metres in one unit of the draught.
    time_format : str or None
        Set where the rows need not be asked.
    separator, decimal_comma
        Set by the user; None: told from the rows.
    """

    name: str
    columns: Mapping[Field, str | tuple[str, ...]]
    needs: tuple[str, ...] = ()
    day_first: bool | None = None
    zone: str = "UTC"
    speed_kn: float = 1.0
    draught_m: float = 1.0
    time_format: str | None = None
    separator: str | None = None
    decimal_comma: bool | None = None


def normal(header: str) -> str:
    """A header's word without case, marks and surrounding signs.

    >>> normal("# Timestamp"), normal("Latitude_degrees"), normal('"Size A"'), normal("vesselName")
    ('timestamp', 'latitude_degrees', 'size_a', 'vesselname')
    """
    return re.sub(r"[^0-9a-z]+", "_", header.lower()).strip("_")


# NOAA, Bureau of Ocean Energy Management: MarineCadastre.gov, "Nationwide Automatic Identification
# System", data dictionary 2015-2023: 16 columns to 2017, TransceiverClass since. UTC, knots,
# degrees, metres. Antenna offsets are not published, Class B rows carry no status.
MARINECADASTRE = Layout(
    "marinecadastre-csv",
    {
        "mmsi": "mmsi",
        "time": "basedatetime",
        "lat": "lat",
        "lon": "lon",
        "sog_kn": "sog",
        "cog_deg": "cog",
        "heading_deg": "heading",
        "name": "vesselname",
        "imo": "imo",
        "callsign": "callsign",
        "ship_type": "vesseltype",
        "nav_status": "status",
        "length_m": "length",
        "beam_m": "width",
        "draught_m": "draft",
        "class_b": "transceiverclass",
    },
    needs=("mmsi", "basedatetime", "lat", "lon", "vesselname"),
)

# The same from 2024 on (hub.marinecadastre.gov: "AIS data handler", CSV in zstd), and as GeoParquet
# with the position as a point in WKB.
MARINECADASTRE_2024 = Layout(
    "marinecadastre-2024",
    {
        "mmsi": "mmsi",
        "time": "base_date_time",
        "lat": "latitude",
        "lon": "longitude",
        "wkb": "geometry",
        "sog_kn": "sog",
        "cog_deg": "cog",
        "heading_deg": "heading",
        "name": "vessel_name",
        "imo": "imo",
        "callsign": "call_sign",
        "ship_type": "vessel_type",
        "nav_status": "status",
        "length_m": "length",
        "beam_m": "width",
        "draught_m": "draft",
        "class_b": "transceiver",
    },
    needs=("mmsi", "base_date_time", "vessel_name"),
)

# Danish Maritime Authority (Soefartsstyrelsen), "AIS data: description of columns"
# (web.ais.dk/aisdata, readme): UTC, day first, words for status and type. A-D are blank where
# zero. Its description calls C the starboard side; the numbers are those of the AIS message, where
# C is port. Files of before 2018 say "Size A" and write decimal commas.
DANISH = Layout(
    "dma-csv",
    {
        "time": "timestamp",
        "class_b": "type_of_mobile",
        "mmsi": "mmsi",
        "lat": "latitude",
        "lon": "longitude",
        "nav_status": "navigational_status",
        "sog_kn": "sog",
        "cog_deg": "cog",
        "heading_deg": "heading",
        "imo": "imo",
        "callsign": "callsign",
        "name": "name",
        "ship_type": "ship_type",
        "beam_m": "width",
        "length_m": "length",
        "draught_m": "draught",
        "destination": "destination",
        "a_m": ("a", "size_a"),
        "b_m": ("b", "size_b"),
        "c_m": ("c", "size_c"),
        "d_m": ("d", "size_d"),
    },
    needs=("timestamp", "type_of_mobile", "mmsi", "latitude", "longitude"),
    day_first=True,
)

# Fintraffic, Digitraffic Marine (www.digitraffic.fi/en/marine-traffic, AIS API v1):
# /ais/v1/locations is GeoJSON of points, whose time is timestampExternal (ms; "timestamp" there is
# the second of the minute).
DIGITRAFFIC_LOCATIONS = Layout(
    "digitraffic-locations",
    {
        "mmsi": "mmsi",
        "time": "timestampexternal",
        "lat": "latitude",
        "lon": "longitude",
        "sog_kn": "sog",
        "cog_deg": "cog",
        "heading_deg": "heading",
        "nav_status": "navstat",
    },
    needs=("mmsi", "timestampexternal", "navstat"),
)

# /ais/v1/vessels of the same: an array of what ships typed, draughts in decimetres.
DIGITRAFFIC_VESSELS = Layout(
    "digitraffic-vessels",
    {
        "mmsi": "mmsi",
        "time": "timestamp",
        "name": "name",
        "imo": "imo",
        "callsign": "callsign",
        "ship_type": "shiptype",
        "draught_m": "draught",
        "destination": "destination",
        "a_m": "referencepointa",
        "b_m": "referencepointb",
        "c_m": "referencepointc",
        "d_m": "referencepointd",
    },
    needs=("mmsi", "timestamp", "shiptype", "referencepointa"),
    draught_m=0.1,
)

# Spire Maritime (documentation.spire.com, "Standard data sample format" and "Combined data
# extracts"): messages of all types in one table, static ones without a position.
SPIRE = Layout(
    "spire-csv",
    {
        "mmsi": "mmsi",
        "time": "timestamp",
        "message_type": "msg_type",
        "lat": "latitude",
        "lon": "longitude",
        "sog_kn": "speed",
        "cog_deg": "course",
        "heading_deg": "heading",
        "nav_status": "status",
        "imo": "imo",
        "callsign": "call_sign",
        "name": "name",
        "ship_type": ("ship_and_cargo_type", "ship_type"),
        "length_m": "length",
        "beam_m": "width",
        "draught_m": "draught",
        "destination": "destination",
    },
    needs=("mmsi", "timestamp", "msg_type", "latitude", "longitude", "collection_type"),
)

# exactEarth, exactAIS archive in CSV: 136 columns, one a field of any message, the time as
# 20210701_000000 with the milliseconds beside it.
EXACT_EARTH = Layout(
    "exactearth-csv",
    {
        "mmsi": "mmsi",
        "message_type": "message_id",
        "time": "time",
        "milliseconds": "millisecond",
        "lat": "latitude",
        "lon": "longitude",
        "sog_kn": "sog",
        "cog_deg": "cog",
        "heading_deg": "heading",
        "nav_status": "navigational_status",
        "imo": "imo",
        "callsign": "call_sign",
        "name": "vessel_name",
        "ship_type": "ship_type",
        "a_m": "dimension_to_bow",
        "b_m": "dimension_to_stern",
        "c_m": "dimension_to_port",
        "d_m": "dimension_to_starboard",
        "draught_m": "draught",
        "destination": "destination",
    },
    needs=("mmsi", "message_id", "time", "millisecond", "latitude", "longitude"),
)

# Global Fishing Watch (globalfishingwatch.org/data-download, and its technical documentation):
# tracks by "ssvid", the MMSI, and the older training data, whose MMSIs are made unrecognisable
# and longer than nine digits.
GFW_TRACKS = Layout(
    "gfw-tracks",
    {
        "mmsi": "ssvid",
        "time": "timestamp",
        "lat": "lat",
        "lon": "lon",
        "sog_kn": ("speed_knots", "speed"),
        "cog_deg": "course",
        "heading_deg": "heading",
        "imo": "imo",
        "callsign": "callsign",
        "name": "shipname",
    },
    needs=("ssvid", "timestamp", "lat", "lon"),
)
GFW_TRAINING = Layout(
    "gfw-training",
    {
        "mmsi": "mmsi",
        "time": "timestamp",
        "lat": "lat",
        "lon": "lon",
        "sog_kn": "speed",
        "cog_deg": "course",
    },
    needs=("mmsi", "timestamp", "distance_from_shore", "distance_from_port", "lat", "lon"),
)

# MarineTraffic (servicedocs.marinetraffic.com, PS01 and PS07): speeds in tenths of a knot.
MARINE_TRAFFIC = Layout(
    "marinetraffic",
    {
        "mmsi": "mmsi",
        "time": "timestamp",
        "lat": "lat",
        "lon": "lon",
        "sog_kn": "speed",
        "cog_deg": "course",
        "heading_deg": "heading",
        "nav_status": "status",
    },
    needs=("mmsi", "ship_id", "timestamp", "lat", "lon", "speed"),
    speed_kn=0.1,
)

BUILT_IN: tuple[Layout, ...] = (
    MARINECADASTRE,
    MARINECADASTRE_2024,
    DANISH,
    DIGITRAFFIC_LOCATIONS,
    DIGITRAFFIC_VESSELS,
    SPIRE,
    EXACT_EARTH,
    GFW_TRACKS,
    GFW_TRAINING,
    MARINE_TRAFFIC,
)


@dataclass(frozen=True)
class Match:
    """A layout, and which column of the table at hand holds what."""

    layout: Layout
    columns: Mapping[Field, str]
    known_provider: bool = field(default=True)


def recognise(header: Sequence[str], config: FeedsConfig) -> Match | str:
    """The layout of a table with this header, or why it is no AIS.

    Parameters
    ----------
    header : sequence of str
        The columns' names as the table spells them.
    config : FeedsConfig
        The user's own layouts go before the built-in ones.
    """
    for own in config.tables:
        if set(own.columns.values()) <= set(header):
            return Match(_from_config(own, config), dict(own.columns), known_provider=False)
    spelled: dict[str, str] = {}
    for word in header:
        spelled.setdefault(normal(word), word)
    for layout in BUILT_IN:
        if all(word in spelled for word in layout.needs):
            return Match(layout, _present(layout.columns, spelled))
    columns = _present(SYNONYMS, spelled)
    lacking = [name for name in ("mmsi", "time") if name not in columns]
    if not {"lat", "lon"} <= set(columns) and "wkb" not in columns:
        lacking.append("position")
    if lacking:
        shown = ", ".join(word.strip() for word in header[:8])
        return f"no AIS: a table without {' or '.join(lacking)} (its columns: {shown})"
    layout = Layout("columns-by-name", SYNONYMS, day_first=config.day_first, zone=config.time_zone)
    return Match(layout, columns, known_provider=False)


def _present(
    columns: Mapping[Field, str | tuple[str, ...]], spelled: Mapping[str, str]
) -> dict[Field, str]:
    present: dict[Field, str] = {}
    for name, words in columns.items():
        choices = (words,) if isinstance(words, str) else words
        found = next((spelled[word] for word in choices if word in spelled), None)
        if found is not None:
            present[name] = found
    return present


def _from_config(own: TableLayout, config: FeedsConfig) -> Layout:
    return Layout(
        own.name,
        dict(own.columns),
        day_first=config.day_first,
        zone=own.time_zone or config.time_zone,
        speed_kn={"kn": 1.0, "m/s": 3600.0 / 1852.0, "km/h": 1.0 / 1.852}[own.speed_unit],
        draught_m={"m": 1.0, "dm": 0.1}[own.draught_unit],
        time_format=own.time_format,
        separator=own.separator,
        decimal_comma=own.decimal_comma,
    )
