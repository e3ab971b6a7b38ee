"""Rendezvous: pairing, then measuring (the encounters table), then deciding."""

from __future__ import annotations

import polars as pl

from pipeline.config import RendezvousConfig
from pipeline.progress import Progress
from pipeline.rendezvous.deciding import decide
from pipeline.rendezvous.examine import examine
from pipeline.rendezvous.lone import examine_lone
from pipeline.rendezvous.runs import tracks_of
from pipeline.rendezvous.table import Places, build


def measure(
    fixes: pl.DataFrame,
    vessels: pl.DataFrame,
    draughts: pl.DataFrame,
    places: Places,
    config: RendezvousConfig,
    progress: Progress,
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

    Returns
    -------
    pl.DataFrame
        The encounters table, undecided; see `pipeline.rendezvous.table.build`.
    """
    tracks = tracks_of(fixes, len(vessels))
    meetings = examine(tracks, vessels, config, progress)
    lone = examine_lone(tracks, vessels, draughts, config)
    return build(meetings, lone, vessels, draughts, places)


__all__ = ["decide", "measure"]
