"""Berths and harbours learned from the ships that lie moored at them.

Each stay that makes a berth (``stays.py``) is a place where a ship has lain fixed; places within
`harbour_link_km` of each other are one harbour. Everything here is evidence. A berth that only
the two ships of a meeting have used proves nothing about their meeting, so `nearest_berth` can
leave given tracks out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipeline import schema
from pipeline.config.context import ContextConfig
from pipeline.context.ports import nearest_port
from pipeline.context.shore import WGS84, earth_centred_km, geodetic, shore_distance_km
from pipeline.context.stays import SAME_BERTH_KM

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CELL_KM = 0.1  # berths are gathered on this grid before they are linked
NEIGHBOURS = 16  # nearest berths looked at first when some tracks are left out

HARBOURS: schema.Schema = {
    # One row a group of berths, sorted by harbour.
    "harbour": pl.Int32,
    "name": pl.String,  # of the nearest listed port; null where none is near
    "lat": pl.Float64,  # middle of its berths
    "lon": pl.Float64,
    "ships": pl.UInt32,
    "stays": pl.UInt32,
    "hours": pl.Float64,
    "shore_km": pl.Float64,
}


@dataclass(frozen=True)
class Harbours:
    """Berths learned from traffic.

    Attributes
    ----------
    table : pl.DataFrame
        HARBOURS.
    lat, lon : ndarray of float64
        One row a ship and place of a berth (cells of 100 m), sorted.
    track, harbour : ndarray of int64
        Who lay there; the row of `table`.
    """

    table: pl.DataFrame
    lat: Floats
    lon: Floats
    track: Ints
    harbour: Ints
    tree: cKDTree | None


def learn_harbours(
    stays: pl.DataFrame, ports: pl.DataFrame | None, config: ContextConfig
) -> Harbours:
    """Group the berths that stays reveal into harbours.

    Parameters
    ----------
    stays : pl.DataFrame
        STAYS.
    ports : pl.DataFrame or None
        Listed ports (name, lat, lon) to name harbours by.
    config : ContextConfig
        `harbour_link_km` and `port_name_km`.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    berths = stays.filter("berth")
    if berths.is_empty():
        none = np.empty(0)
        nobody = np.empty(0, np.int64)
        return Harbours(schema.empty(HARBOURS), none, none, nobody, nobody, None)
    cells = np.round(
        earth_centred_km(berths["lat"].to_numpy(), berths["lon"].to_numpy()) / CELL_KM
    ).astype(np.int64)
    places, of_place = np.unique(cells, axis=0, return_inverse=True)
    links = cKDTree(places * CELL_KM).query_pairs(config.harbour_link_km, output_type="ndarray")
    ones = np.ones(len(links), dtype=np.int8)
    graph = coo_matrix((ones, (links[:, 0], links[:, 1])), shape=(len(places), len(places)))
    _, of_harbour = connected_components(graph, directed=False)

    weight = np.bincount(of_harbour)
    middle = np.column_stack(
        [np.bincount(of_harbour, places[:, axis]) / weight for axis in range(3)]
    )
    lat, lon = geodetic(middle * CELL_KM)
    names, near_km = (
        nearest_port(ports, lat, lon)
        if ports is not None
        else (pl.repeat(None, len(lat), dtype=pl.String, eager=True), lat * np.inf)
    )
    table = (
        berths.with_columns(harbour=pl.Series(of_harbour[of_place], dtype=pl.Int32))
        .group_by("harbour")
        .agg(
            ships=pl.col("track").n_unique(),
            stays=pl.len(),
            hours=pl.col("hours").sort().sum(),
        )
        .sort("harbour")
        .with_columns(
            name=pl.Series(
                [
                    n if km <= config.port_name_km else None
                    for n, km in zip(names, near_km, strict=True)
                ],
                dtype=pl.String,
            ),
            lat=pl.Series(lat),
            lon=pl.Series(lon),
            shore_km=pl.Series(shore_distance_km(lat, lon)),
        )
    )
    # One row a ship and place: the first of her stays there stands for all.
    tracks = berths["track"].to_numpy().astype(np.int64)
    _, once = np.unique(np.column_stack([of_place, tracks]), axis=0, return_index=True)
    lat, lon = berths["lat"].to_numpy()[once], berths["lon"].to_numpy()[once]
    return Harbours(
        schema.conform(table, HARBOURS),
        lat,
        lon,
        tracks[once],
        of_harbour[of_place[once]].astype(np.int64),
        cKDTree(earth_centred_km(lat, lon)),
    )


def nearest_berth(
    harbours: Harbours,
    lat: Floats,
    lon: Floats,
    without: tuple[Ints, ...] = (),
) -> pl.DataFrame:
    """The nearest berth to each position, leaving out what given tracks alone have taught.

    Parameters
    ----------
    harbours : Harbours
        From `learn_harbours`.
    lat, lon : ndarray of float64
        Positions in degrees.
    without : tuple of ndarray of int64
        For each position, tracks whose own stays do not count: the ships of a meeting.

    Returns
    -------
    pl.DataFrame
        `berth_km` (null where no berth was learned), `harbour` (row of the harbours' table) and
        `berth_ships`: ships other than those that lay within 300 m, counted up to 16.
    """
    n = len(lat)
    berth_km, of = np.full(n, np.nan), np.full(n, -1, np.int64)
    ships = np.zeros(n, np.int64)
    open_rows, look_at = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon)), NEIGHBOURS
    while harbours.tree is not None and len(open_rows):
        look_at = min(look_at, len(harbours.track))
        here = earth_centred_km(lat[open_rows], lon[open_rows])
        away, index = harbours.tree.query(here, k=np.arange(1, look_at + 1))
        others = np.ones(index.shape, dtype=bool)
        for tracks in without:
            others &= harbours.track[index] != tracks[open_rows, None]
        row, found = np.arange(len(open_rows)), others.any(axis=1)
        first = others.argmax(axis=1)
        near = index[row, first]
        _, _, metres = WGS84.inv(
            lon[open_rows], lat[open_rows], harbours.lon[near] % 360.0, harbours.lat[near]
        )
        berth_km[open_rows[found]] = np.asarray(metres)[found] / 1000.0
        of[open_rows[found]] = harbours.harbour[near[found]]
        beside = np.where(others & (away <= SAME_BERTH_KM), harbours.track[index], -1)
        beside.sort(axis=1)  # each ship once: where it differs from the one before
        ships[open_rows] = ((beside >= 0) & (np.diff(beside, axis=1, prepend=-1) != 0)).sum(axis=1)
        if look_at == len(harbours.track):
            break
        open_rows, look_at = open_rows[~found], look_at * 4
    return pl.DataFrame({"berth_km": berth_km, "harbour": of, "berth_ships": ships}).with_columns(
        pl.col("berth_km").fill_nan(None),
        pl.when(pl.col("harbour") >= 0).then("harbour").cast(pl.Int32).name.keep(),
        pl.col("berth_ships").cast(pl.UInt32),
    )
