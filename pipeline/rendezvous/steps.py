"""The steps of measuring, each by the configured method, for whoever runs them on parts of a dump.

`measure` takes them one after the other on all ships. An engine cuts runs of some ships, pairs the
runs of some days, measures some pairs: what is found is the same.
"""

from __future__ import annotations

import polars as pl

from pipeline.config import RendezvousConfig
from pipeline.progress import Progress
from pipeline.rendezvous.by_distance import (
    BOX_SLACK,
    measure_by_distance,
    nobody_alone,
    runs_by_distance,
    windows_by_distance,
)
from pipeline.rendezvous.doubts import with_doubts
from pipeline.rendezvous.examine import measure_windows, runs_of, windows_of
from pipeline.rendezvous.lone import examine_lone
from pipeline.rendezvous.pairing import Windows
from pipeline.rendezvous.runs import Runs, tracks_of

HULL_REACH_MAX_M = 1000.0
"""No part of a hull is farther from its antenna: the longest ship is 458 m, unknown lengths are
taken for less, and both ends' errors are added."""


def find_runs(fixes: pl.DataFrame, tracks: int, config: RendezvousConfig) -> Runs:
    """The runs of tracks, each of which depends on its own fixes alone.

    Parameters
    ----------
    fixes : pl.DataFrame
        `schema.FIXES`, sorted by track and time; tracks numbered from 0 to `tracks` - 1.
    tracks : int
        How many.
    config : RendezvousConfig
        Its method and how fast a run may be.
    """
    by_method = runs_by_distance if config.method == "distance" else runs_of
    return by_method(tracks_of(fixes, tracks), config)


def farthest_m(config: RendezvousConfig) -> float:
    """Farther than this from its box no run looks for another, metres."""
    if config.method == "distance":
        return BOX_SLACK * config.distance.adjacency_km * 1000.0
    return HULL_REACH_MAX_M + config.pairing.near_gap_m


def find_windows(runs: Runs, vessels: pl.DataFrame, config: RendezvousConfig) -> Windows:
    """When which two ships may have been near each other, from all their runs of some days.

    Those of other days are put to them by `pairing.joined`.
    """
    by_method = windows_by_distance if config.method == "distance" else windows_of
    return by_method(runs, vessels, config)


def find_meetings(
    fixes: pl.DataFrame,
    vessels: pl.DataFrame,
    windows: Windows,
    config: RendezvousConfig,
    progress: Progress,
) -> pl.DataFrame:
    """The meetings of pairs, measured.

    Parameters
    ----------
    fixes, vessels : pl.DataFrame
        `schema.FIXES`, `schema.VESSELS`: the whole tracks of all ships in `windows`.
    windows : Windows
        All windows of these pairs.
    config : RendezvousConfig
        What counts as near, alongside, over.
    progress : Progress
        Where to tell how far it is.

    Returns
    -------
    pl.DataFrame
        As from `examine.examine`.
    """
    tracks = tracks_of(fixes, len(vessels))
    if config.method == "distance":
        found = measure_by_distance(tracks, windows, config, progress)
    else:
        found = measure_windows(tracks, vessels, windows, config, progress)
    return with_doubts(found, fixes, len(vessels))


def find_lone(
    fixes: pl.DataFrame, vessels: pl.DataFrame, draughts: pl.DataFrame, config: RendezvousConfig
) -> pl.DataFrame:
    """Lone vessels; see `lone.examine_lone`. Each row depends on its own track alone."""
    if config.method == "distance":
        found = nobody_alone()
    else:
        found = examine_lone(tracks_of(fixes, len(vessels)), vessels, draughts, config)
    return with_doubts(found, fixes, len(vessels))
