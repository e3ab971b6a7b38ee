"""The context of a run: shore, ports, berths learned from the traffic, the user's own lists.

Everything here is evidence for later decisions, never a wall: coastlines err, ports are listed in
the wrong place, a berth is where someone has lain.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from pipeline import schema
from pipeline.config.context import ContextConfig
from pipeline.context import watchlists
from pipeline.context.calls import port_calls
from pipeline.context.fleet import FLEET, load_fleet
from pipeline.context.zones import Zones, load_zones, zones_of
from pipeline.ledger import Ledger
from pipeline.progress import Progress, Quiet

if TYPE_CHECKING:  # with trees and compiled functions behind it, slow to import
    from pipeline.context.berths import Harbours

__all__ = [
    "FLEET",
    "PLACES",
    "Context",
    "UserFiles",
    "build",
    "learn",
    "load_user_files",
]

PLACES: schema.Schema = {
    # One row a position asked, in the order asked.
    "shore_km": pl.Float64,  # to the nearest coast; below zero on land as it is drawn
    "port_km": pl.Float64,  # to the nearest learned berth or listed port
    "port_name": pl.String,
    "listed_port_km": pl.Float64,
    "berth_km": pl.Float64,  # to the nearest berth learned from other ships; null: none learned
    "berth_ships": pl.UInt32,  # other ships that have lain moored within 300 m
    "zone": pl.String,  # names of the user's zones, joined by "; "
}


@dataclass(frozen=True)
class UserFiles:
    """What the user brought: read before the long work begins, so that errors come at once."""

    ports: pl.DataFrame
    zones: Zones
    fleet: pl.DataFrame
    watchlist: pl.DataFrame


@dataclass(frozen=True)
class Context:
    """What is known about the places and ships of a run.

    Attributes
    ----------
    files : UserFiles
        Ports, zones, fleet register, watchlists.
    stays : pl.DataFrame
        STAYS: where ships lay still, and how still.
    harbours : Harbours
        Learned from the moored ones.
    """

    files: UserFiles
    stays: pl.DataFrame
    harbours: Harbours

    def place(
        self, lat: ArrayLike, lon: ArrayLike, without: tuple[ArrayLike, ...] = ()
    ) -> pl.DataFrame:
        """What lies near each position.

        Parameters
        ----------
        lat, lon : array_like
            Degrees.
        without : tuple of array_like
            For each position the tracks of the ships that met there: a berth that only they have
            used must not explain their meeting.

        Returns
        -------
        pl.DataFrame
            PLACES.
        """
        from pipeline.context.berths import nearest_berth
        from pipeline.context.ports import nearest_port
        from pipeline.context.shore import shore_distance_km

        lats = np.atleast_1d(np.asarray(lat, np.float64))
        lons = np.atleast_1d(np.asarray(lon, np.float64))
        tracks = tuple(np.asarray(of, np.int64) for of in without)
        with ThreadPoolExecutor(pl.thread_pool_size()) as pool:  # trees are asked without a lock
            of_shore = pool.submit(shore_distance_km, lats, lons)
            of_berths = pool.submit(nearest_berth, self.harbours, lats, lons, tracks)
            names, listed_km = nearest_port(self.files.ports, lats, lons)
        berths, shore_km = of_berths.result(), of_shore.result()
        harbour_names = self.harbours.table.select("harbour", harbour_name="name")
        places = (
            berths.join(harbour_names, on="harbour", how="left", maintain_order="left")
            .with_columns(
                listed_port_km=pl.Series(listed_km, dtype=pl.Float64).fill_nan(None),
                listed_name=names,
                shore_km=pl.Series(shore_km).fill_nan(None),
                zone=pl.Series(zones_of(self.files.zones, lats, lons), dtype=pl.String),
            )
            .with_columns(
                port_km=pl.min_horizontal("berth_km", "listed_port_km"),
                port_name=pl.when((pl.col("berth_km") <= pl.col("listed_port_km")).fill_null(False))
                .then("harbour_name")
                .otherwise("listed_name"),
            )
        )
        return schema.conform(places, PLACES)

    def port_calls(self, vessels: pl.DataFrame) -> pl.DataFrame:
        """`schema.PORT_CALLS`: the moored stays, each with the nearest place that has a name."""
        places = self.place(self.stays["lat"].to_numpy(), self.stays["lon"].to_numpy())
        return port_calls(self.stays, places, vessels)

    def watchlist_hit(self, vessels: pl.DataFrame) -> pl.DataFrame:
        """`track` and `watchlist` (null: on none) for each of VESSELS; see `watchlists.match`."""
        return watchlists.match(vessels, self.files.watchlist)


def load_user_files(config: ContextConfig, ledger: Ledger | None = None) -> UserFiles:
    """Read and check the files that the configuration names.

    Raises
    ------
    UsageError
        A file is missing or wrong; the message names the file, the rows and what is wrong.
    """
    from pipeline.context.ports import load_ports

    return UserFiles(
        load_ports(config.ports_file),
        load_zones(config.zones_file) if config.zones_file else Zones((), ()),
        load_fleet(config.fleet_file) if config.fleet_file else schema.empty(FLEET),
        watchlists.load_watchlists(config.watchlist_files, ledger),
    )


def build(
    fixes: pl.DataFrame,
    vessels: pl.DataFrame,
    config: ContextConfig,
    files: UserFiles | None = None,
    progress: Progress | None = None,
) -> Context:
    """Learn from the traffic where ships lie still, and put it beside what the user brought.

    Parameters
    ----------
    fixes : pl.DataFrame
        FIXES, sorted by track and time.
    vessels, config, files, progress
        As for `learn`.
    """
    from pipeline.context.stays import measure_stays

    with (progress or Quiet()).step("Finding stays"):
        stays = measure_stays(fixes, config)
    return learn(stays, vessels, config, files, progress)


def learn(
    stays: pl.DataFrame,
    vessels: pl.DataFrame,
    config: ContextConfig,
    files: UserFiles | None = None,
    progress: Progress | None = None,
) -> Context:
    """What stays teach of berths and harbours, beside what the user brought.

    Parameters
    ----------
    stays : pl.DataFrame
        From `stays.measure_stays`, of all tracks.
    vessels : pl.DataFrame
        VESSELS.
    config : ContextConfig
        Files and thresholds.
    files : UserFiles, optional
        From `load_user_files`, where a run has read them at its start; read here if None.
    progress : Progress, optional
        Is told what goes on.
    """
    from pipeline.context.berths import learn_harbours
    from pipeline.context.stays import judge_berths

    read = load_user_files(config) if files is None else files
    with (progress or Quiet()).step("Learning berths"):
        stays = judge_berths(stays, vessels, config)
        harbours = learn_harbours(stays, read.ports, config)
    return Context(read, stays, harbours)
