"""Rendezvous: pairing, then measuring (the encounters table), then deciding."""

from __future__ import annotations

import polars as pl

from pipeline.config import RendezvousConfig
from pipeline.progress import Progress
from pipeline.rendezvous.deciding import decide_by_hulls, judge_by_hulls
from pipeline.rendezvous.distance_rules import judge_by_distance
from pipeline.rendezvous.ship_types import is_aid
from pipeline.rendezvous.table import Places, build


def measure(
    fixes: pl.DataFrame,
    vessels: pl.DataFrame,
    draughts: pl.DataFrame,
    places: Places,
    config: RendezvousConfig,
    progress: Progress,
    silences: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Find all pairs that came near each other and measure how they lay.

    Parameters
    ----------
    fixes, vessels, draughts : pl.DataFrame
        `schema.FIXES`, `schema.VESSELS`, `schema.DRAUGHTS`.
    places : Places
        Distance to shore and port, zones.
    config : RendezvousConfig
        What counts as near, alongside, over.
    progress : Progress
        Where to tell how far it is.
    silences : pl.DataFrame, optional
        `schema.SILENCES` of all ships; None where only some ships were looked at, so that nobody
        can tell why one was not heard.

    Returns
    -------
    pl.DataFrame
        The encounters table, undecided; see `pipeline.rendezvous.table.build`.
    """
    # Here, because deciding a finished run has no time for Numba.
    from pipeline.rendezvous.by_distance import examine_by_distance, nobody_alone
    from pipeline.rendezvous.doubts import with_doubts
    from pipeline.rendezvous.examine import examine
    from pipeline.rendezvous.lone import examine_lone
    from pipeline.rendezvous.runs import tracks_of

    tracks = tracks_of(fixes, len(vessels))
    if config.method == "distance":
        meetings = examine_by_distance(tracks, vessels, config, progress)
        lone = nobody_alone()
    else:
        meetings = examine(tracks, vessels, config, progress)
        lone = examine_lone(tracks, vessels, draughts, config)
    meetings, lone = (with_doubts(rows, fixes, len(vessels)) for rows in (meetings, lone))
    return tabulate(meetings, lone, vessels, draughts, places, config, silences)


def tabulate(
    meetings: pl.DataFrame,
    lone: pl.DataFrame,
    vessels: pl.DataFrame,
    draughts: pl.DataFrame,
    places: Places,
    config: RendezvousConfig,
    silences: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The encounters table of what was measured; parameters and result as of `measure`.

    `meetings` and `lone` come from `steps.find_meetings` and `steps.find_lone`, of all ships.
    """
    of_ships = _of_ships(meetings, vessels, config)
    return build(of_ships, lone, vessels, draughts, places, silences)


def _of_ships(
    meetings: pl.DataFrame, vessels: pl.DataFrame, config: RendezvousConfig
) -> pl.DataFrame:
    """Without those of two aids to navigation; by distance, without those of one too."""
    aids = vessels.filter(is_aid())["track"].implode()
    a, b = (pl.col(f"track_{side}").is_in(aids) for side in "ab")
    return meetings.filter(~(a | b if config.method == "distance" else a & b))


def judge(measured: pl.DataFrame, config: RendezvousConfig) -> pl.DataFrame:
    """Decide, and keep what was decided by.

    Parameters
    ----------
    measured : pl.DataFrame
        From `measure` by the same method, or read back from a run's ``encounters.parquet``.
    config : RendezvousConfig
        Thresholds, and which classes are candidates.

    Returns
    -------
    pl.DataFrame
        The same rows and columns with `class`, `rule`, `reasons` and `candidate` filled, and behind
        them all columns that the rules test.
    """
    by_method = judge_by_distance if config.method == "distance" else judge_by_hulls
    return by_method(measured, config)


def decide(measured: pl.DataFrame, config: RendezvousConfig) -> pl.DataFrame:
    """Decide: `judge` without the columns that the rules test."""
    if config.method == "distance":
        return judge_by_distance(measured, config).select(measured.columns)
    return decide_by_hulls(measured, config)


__all__ = ["decide", "judge", "measure", "tabulate"]
