"""The cleaning stage: from what the feeds hold to tracks that can be trusted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from pipeline.cleaning.assigning import assign_statics
from pipeline.cleaning.coarse import coarse
from pipeline.cleaning.doubts import CIRCLE, COARSE, CROWD, LAND, count_flags, flagged, inland
from pipeline.cleaning.draughts import draught_series
from pipeline.cleaning.headings import drop_false_headings
from pipeline.cleaning.interference import appearances, circling, crowding, in_crowd
from pipeline.cleaning.mmsi import ships_in_disguise
from pipeline.cleaning.positions import apply_position_rules, drop_stray_statics
from pipeline.cleaning.statics import apply_static_rules
from pipeline.cleaning.survey import Survey, survey, tell_swapped
from pipeline.cleaning.tracks import build_tracks
from pipeline.cleaning.vessels import describe_vessels, flag_crowds, own_draughts
from pipeline.config import CleaningConfig
from pipeline.ledger import Ledger
from pipeline.progress import Progress


@dataclass(frozen=True)
class Cleaned:
    """What later stages read.

    Attributes
    ----------
    fixes : pl.DataFrame
        ``schema.FIXES``.
    vessels : pl.DataFrame
        ``schema.VESSELS``.
    draughts : pl.DataFrame
        ``schema.DRAUGHTS``.
    """

    fixes: pl.DataFrame
    vessels: pl.DataFrame
    draughts: pl.DataFrame


def clean(
    positions: pl.DataFrame,
    statics: pl.DataFrame,
    config: CleaningConfig,
    ledger: Ledger,
    progress: Progress,
) -> Cleaned:
    """Judge every report, build tracks, reconcile what their ships typed, compare the ships.

    Parameters
    ----------
    positions, statics, config, ledger, progress
        As for `clean_part`, of the whole dump.
    """
    found = survey(positions, config)
    tell_swapped(found, ledger)
    part = clean_part(positions, statics, config, ledger, progress, found)
    crowded = crowding(appearances(part.fixes, part.vessels))
    return Cleaned(
        flag_crowded(part.fixes, crowded, ledger),
        flag_crowds(part.vessels, crowded["track"].unique()),
        part.draughts,
    )


def flag_crowded(fixes: pl.DataFrame, crowded: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """``schema.FIXES`` with a flag on those in a crowd; `crowded` from `crowding`."""
    which = in_crowd(fixes, crowded)
    ledger.flag("cleaning.crowd", int(which.sum()))
    return flagged(fixes, which, CROWD)


def clean_part(
    positions: pl.DataFrame,
    statics: pl.DataFrame,
    config: CleaningConfig,
    ledger: Ledger,
    progress: Progress,
    dump: Survey,
) -> Cleaned:
    """Clean the whole history of some of the ships: all that needs no look at the others.

    Parameters
    ----------
    positions : pl.DataFrame
        ``schema.POSITIONS`` in any order, sentinels in place.
    statics : pl.DataFrame
        ``schema.STATICS`` in any order.
    config : CleaningConfig
        What is believed.
    ledger : Ledger
        Gets a count and examples for each rule: rejected rows, values made unknown.
    progress : Progress
        Told of each step.
    dump : Survey
        Of the whole dump.

    Returns
    -------
    Cleaned
        Tracks numbered from 0; flags lack what `crowding` finds over all ships.
    """
    with progress.step("Cleaning positions"):
        meant = drop_stray_statics(statics, dump.days, config, ledger)
        typed = apply_static_rules(meant, config, ledger)
        disguised = ships_in_disguise(positions, typed)
        kept = apply_position_rules(positions, config, ledger, dump.days, disguised)
    with progress.step("Building tracks"):
        tracks = build_tracks(kept, config, ledger)
        fixes = tracks.fixes
        fixes = flagged(fixes, inland(fixes["lat"].to_numpy(), fixes["lon"].to_numpy()), LAND)
        fixes = flagged(fixes, circling(fixes), CIRCLE)
        fixes = flagged(fixes, coarse(fixes), COARSE)
        count_flags(fixes, ledger)
        fixes, misleading = drop_false_headings(fixes, tracks.tracks, ledger)
        tracks = replace(tracks, fixes=fixes)
    with progress.step("Reconciling ships"):
        typed = assign_statics(tracks, typed, ledger)
        draughts, disagree = draught_series(own_draughts(typed, ledger), ledger)
        vessels = describe_vessels(tracks, typed, disagree, misleading)
    return Cleaned(fixes=tracks.fixes, vessels=vessels, draughts=draughts)
