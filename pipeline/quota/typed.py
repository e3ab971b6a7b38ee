"""Which typed draughts speak of a meeting, and which of a port call in between.

A draught may be typed up to three days after a meeting, and stays until the next is typed. Where a
ship called at a port between, what was typed after the call tells what it landed or loaded there,
and what was typed before the call may have been overtaken by it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from pipeline.quota.cargo import OVERHEAD_H
from pipeline.quota.chains import Call
from pipeline.rendezvous.draughts import TYPED_EARLY_H

# A draught typed this soon after mooring is still that of the arrival: nothing has been pumped yet.
ARRIVAL = timedelta(hours=OVERHEAD_H[1])

Series = Mapping[str, Sequence[tuple[datetime, float]]]


@dataclass(frozen=True)
class Doubt:
    """What is wrong with the draughts of one ship of a meeting.

    Attributes
    ----------
    overtaken : bool
        The ship called at a port after it typed the draught before, and typed no other since.
    foreign : bool
        The ship called at a port before it typed the draught after.
    """

    overtaken: bool = False
    foreign: bool = False


def series_of(draughts: pl.DataFrame, vessels: pl.DataFrame) -> Series:
    """What each ship typed and when, by track id.

    Parameters
    ----------
    draughts, vessels : pl.DataFrame
        ``schema.DRAUGHTS``, ``schema.VESSELS``.
    """
    named = draughts.join(vessels.select("track", "track_id"), on="track")
    columns = ("track_id", "time", "draught_m")
    series: dict[str, list[tuple[datetime, float]]] = {}
    for ship, time, draught in named.select(columns).sort("track_id", "time").iter_rows():
        series.setdefault(ship, []).append((time, draught))
    return series


def doubts(
    candidates: pl.DataFrame, typed: Series, calls: Sequence[Call]
) -> dict[tuple[str, str], Doubt]:
    """Doubts by event and side; where there is none, no entry.

    Parameters
    ----------
    candidates : pl.DataFrame
        ``schema.ENCOUNTERS``.
    typed : mapping
        From `series_of`.
    calls : sequence of Call
        Port calls of any ships.
    """
    stays: dict[str, list[Call]] = {}
    for call in calls:
        stays.setdefault(call.ship, []).append(call)
    found = {}
    for side in ("a", "b"):
        rows = candidates.select("event_id", f"track_{side}", "start_utc", "end_utc")
        for event, ship, start, end in rows.iter_rows():
            own = stays.get(ship, [])
            series = typed.get(ship, [])
            if own and series:
                doubt = _doubt(start, end, [time for time, _ in series], own)
                if doubt != Doubt():
                    found[event, side] = doubt
    return found


def _doubt(start: datetime, end: datetime, times: Sequence[datetime], calls: list[Call]) -> Doubt:
    # As `rendezvous.draughts` parts what was typed before from what was typed after.
    parted = bisect_right(times, max(start, end - timedelta(hours=TYPED_EARLY_H)))
    before = times[parted - 1] if parted else None
    after = times[parted] if parted < len(times) else None
    return Doubt(
        overtaken=before is not None
        and any(before < call.start and call.end <= start for call in calls),
        foreign=after is not None
        and any(start < call.start and call.start + ARRIVAL < after for call in calls),
    )
