"""A run for notebooks: GeoDataFrames and MovingPandas trajectories."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from pipeline.config import Config
from pipeline.desk.reading import read, run_config
from pipeline.exports.hotspots import clusters
from pipeline.exports.layers import WGS84, Features, candidate_points
from pipeline.exports.results import Results, candidates
from pipeline.exports.tracks import line_points, track_lines
from pipeline.exports.zones import METRES_A_KM, gathering_places, zone_areas

if TYPE_CHECKING:
    import geopandas as gpd
    from movingpandas import TrajectoryCollection


@dataclass(frozen=True)
class LoadedRun:
    """A finished run. What takes time is made when it is first asked for, and kept.

    Attributes
    ----------
    results : Results
        The run's tables as Polars frames.
    config : Config
        What it was made with.
    """

    results: Results
    config: Config

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The content of ``manifest.json``."""
        return self.results.manifest

    @property
    def quota(self) -> Mapping[str, Any]:
        """The content of ``quota.json``."""
        return self.results.quota

    @cached_property
    def candidates(self) -> gpd.GeoDataFrame:
        """A point a candidate, the best first: the layer ``candidates``."""
        return candidate_points(self._chosen).frame()

    @cached_property
    def tracks(self) -> gpd.GeoDataFrame:
        """A line a vessel and candidate, generalised: the layer ``tracks``."""
        exports = self.config.exports
        return track_lines(
            self._chosen,
            self.results.fixes,
            self.results.vessels,
            margin_h=exports.track_margin_h,
            tolerance_m=exports.track_tolerance_m,
        ).frame()

    @cached_property
    def zones(self) -> gpd.GeoDataFrame:
        """Where candidates gather: the layer ``zones``."""
        exports = self.config.exports
        reach_m = exports.zone_reach_km * METRES_A_KM
        places = gathering_places(self._chosen)
        labels = clusters(places, exports.zone_min_candidates, reach_m)
        return zone_areas(self._chosen, labels, exports.zone_margin_km).frame()

    @cached_property
    def encounters(self) -> gpd.GeoDataFrame:
        """A point an encounter, the rejected too, with every measured column."""
        import shapely

        table = self.results.encounters
        points = np.empty(table.height, dtype=object)
        points[:] = shapely.points(table["lon"].to_numpy(), table["lat"].to_numpy())
        return Features(table, points).frame()

    @cached_property
    def trajectories(self) -> TrajectoryCollection:
        """Every cleaned fix of the candidates' vessels around their events, as trajectories.

        One a vessel and candidate, named ``<event_id> a`` or ``<event_id> b``, with ``event_id``,
        ``side``, ``mmsi``, ``name``, ``sog_kn``, ``cog_deg``, ``heading_deg`` and ``nav_status``.
        Times are UTC, without a time zone, as MovingPandas has them. Vessels of which a single fix
        is known have none.
        """
        import geopandas as gpd

        results = self.results
        points = line_points(
            self._chosen, results.fixes, results.vessels, self.config.exports.track_margin_h
        )
        fixes = (
            points.join(results.vessels.select("track_id", "mmsi", "name"), on="track_id")
            .sort("line", "time")
            .select(
                pl.concat_str("event_id", "side", separator=" ").alias("trajectory"),
                "event_id",
                "side",
                "mmsi",
                "name",
                pl.col("time").dt.replace_time_zone(None),
                "sog_kn",
                "cog_deg",
                "heading_deg",
                "nav_status",
                "lon",
                "lat",
            )
        )
        places = gpd.points_from_xy(fixes["lon"], fixes["lat"])
        frame = gpd.GeoDataFrame(fixes.drop("lon", "lat").to_pandas(), geometry=places, crs=WGS84)
        with warnings.catch_warnings():
            # On import it asks for a smoother's library, and it uses what pandas 4 will not have.
            warnings.simplefilter("ignore")
            from movingpandas import TrajectoryCollection

            return TrajectoryCollection(frame, traj_id_col="trajectory", t="time")

    @cached_property
    def _chosen(self) -> pl.DataFrame:
        return candidates(self.results)


def load_run(folder: Path) -> LoadedRun:
    """A finished run.

    Parameters
    ----------
    folder : Path
        What ``alongside detect`` or ``alongside decide`` wrote.

    Raises
    ------
    UsageError
        The folder is no run, or a file of it is missing or damaged.
    """
    results = read(folder)
    return LoadedRun(results, run_config(dict(results.manifest), folder))
