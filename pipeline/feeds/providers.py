"""The layouts of tables that are recognised, each from its provider's public documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.config.feeds import Field

TYPED_AS_NAMED: tuple[Field, ...] = (
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
)


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

# The Naval Academy's data set of Brest (doi.org/10.5281/zenodo.1167595): epochs in seconds.
BREST = Layout(
    "brest",
    {
        "mmsi": "sourcemmsi",
        "time": "t",
        "lat": "lat",
        "lon": "lon",
        "sog_kn": ("speedoverground", "speed"),
        "cog_deg": ("courseoverground", "course"),
        "heading_deg": ("trueheading", "heading"),
        "nav_status": "navigationalstatus",
        "ship_type": "shiptype",
    },
    needs=("sourcemmsi", "lon", "lat", "t"),
)

# What ``alongside clean`` writes; see `cleaned`.
CLEANED = Layout(
    "alongside-cleaned",
    {
        name: name
        for name in (
            "mmsi",
            "time",
            "lat",
            "lon",
            "sog_kn",
            "cog_deg",
            "heading_deg",
            "nav_status",
            "class_b",
            *TYPED_AS_NAMED,
        )
    },
    needs=("track", "track_id", "ship_flags", "mmsi", "time", "lat", "lon"),
)

BUILT_IN: tuple[Layout, ...] = (
    CLEANED,
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
    BREST,
)
