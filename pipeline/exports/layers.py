"""The layers people look at: points of candidates, as flat tables with a geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.exports.ship_types import in_words
from pipeline.exports.text import visible_texts

if TYPE_CHECKING:
    import geopandas as gpd

WGS84 = "EPSG:4326"

# What a candidate says of itself, in the order the files give it, and to how many decimals: no
# more than the measurement holds (antennas to a decimetre, speeds to 0.01 kn, about 36 s).
CANDIDATE_PROPERTIES: dict[str, int | None] = {
    "event_id": None,
    "kind": None,
    "class": None,
    "score": 4,
    "mmsi_a": None,
    "mmsi_b": None,
    "track_a": None,
    "track_b": None,
    "name_a": None,
    "name_b": None,
    "imo_a": None,
    "imo_b": None,
    "ship_type_a": None,
    "ship_type_b": None,
    "length_a_m": 1,
    "length_b_m": 1,
    "start_utc": None,
    "end_utc": None,
    "duration_h": 2,
    "observed_h": 2,
    "distance_median_m": 1,
    "hull_gap_median_m": 1,
    "hull_gap_low_m": 1,
    "hull_gap_high_m": 1,
    "speed_median_kn": 2,
    "relative_speed_median_kn": 2,
    "heading_difference_deg": 1,
    "draught_change_a_m": 1,
    "draught_change_b_m": 1,
    "silence_a_h": 2,
    "silence_b_h": 2,
    "shore_km": 1,
    "port_km": 1,
    "zone": None,
    "watchlist_a": None,
    "watchlist_b": None,
    "giver_mmsi": None,
    "receiver_mmsi": None,
    "volume_low_bbl": 0,
    "volume_median_bbl": 0,
    "volume_high_bbl": 0,
    "rule": None,
    "reasons": None,
}


@dataclass(frozen=True)
class Features:
    """Properties and geometries of a layer, in WGS 84.

    Attributes
    ----------
    table : pl.DataFrame
        Properties.
    geometry : array of shapely geometries
        One a row.
    """

    table: pl.DataFrame
    geometry: NDArray[np.object_]

    def frame(self) -> gpd.GeoDataFrame:
        """The same as a GeoDataFrame, which takes long to import."""
        from pipeline.exports.vectors import geo_frame

        return geo_frame(self.table.to_arrow(), self.geometry)


@dataclass(frozen=True)
class Layer:
    """A layer as every file holds it.

    Attributes
    ----------
    name : str
        Its file and its table.
    title : str
        What QGIS lists it as.
    geometry : str
        The one type of geometry it has.
    features : Features
        What it holds.
    style : sequence of Element
        Its QGIS style, see `pipeline.exports.styles`.
    """

    name: str
    title: str
    geometry: str
    features: Features
    style: Sequence[ET.Element]


def presentable(frame: pl.DataFrame, decimals: dict[str, int | None]) -> pl.DataFrame:
    """The columns of `decimals`, fit to be shown.

    Numbers are rounded and never NaN, times cut to whole seconds, texts made visible, ship types
    put into words.

    Parameters
    ----------
    frame : pl.DataFrame
        A table with these columns among others.
    decimals : dict of str to int or None
        The columns to keep, in order; a number for those to round.
    """
    table = frame.select(decimals.keys())
    types = [c for c in table.columns if c.startswith("ship_type")]
    return visible_texts(
        table.with_columns(in_words(pl.col(c)) for c in types).with_columns(
            pl.col(pl.Datetime).dt.truncate("1s")
        )
    ).with_columns(
        # Adding zero turns -0.0 into 0.0. Float32 would print its binary tail (1.10000002).
        (pl.col(c).cast(pl.Float64).fill_nan(None).round(n) + 0.0).alias(c)
        for c, n in decimals.items()
        if n is not None
    )


def candidate_points(chosen: pl.DataFrame) -> Features:
    """A point a candidate, in the middle of the event.

    Parameters
    ----------
    chosen : pl.DataFrame
        What `pipeline.exports.results.candidates` gives.
    """
    import shapely

    points = np.empty(chosen.height, dtype=object)
    points[:] = shapely.points(chosen["lon"].to_numpy(), chosen["lat"].to_numpy())
    return Features(presentable(chosen, CANDIDATE_PROPERTIES), points)
