"""Port calls that count toward the cap and to which no transfer was followed.

A tanker that calls where deliveries count may have brought oil that nobody saw it take on. How much
is unknown: any of the configured laden shares of its capacity. Such calls are on a line of their
own and in the widest of the bounds, never in the estimate.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from pipeline.quota.chains import Call, Landing
from pipeline.quota.hulls import Array
from pipeline.quota.laden import draw_laden
from pipeline.quota.places import Counting
from pipeline.quota.seeds import generator
from pipeline.quota.ships import Vessel, listed_capacity_bbl
from pipeline.quota.typed import Series
from pipeline.quota.volumes import Fleet

# A ship that leaves one berth for another of the same port is on one visit; the next cargo of a
# shuttle is more than a day away, for it has to sail, load alongside and come back.
SAME_VISIT = timedelta(hours=24)
LOADED_M = 0.1  # a draught typed deeper after a call than before it: the ship took cargo on there
TYPED_LATE = timedelta(hours=72)  # crews type up to three days after


@dataclass(frozen=True)
class LoneCall:
    """A call that counts, by a ship of which no transfer is known to have led there.

    Attributes
    ----------
    vessel : Vessel
        The ship.
    call : Call
        Its first berth of the visit.
    capacity_bbl : float
        Listed capacity.
    barrels : array
        Draws of what it may have brought.
    """

    vessel: Vessel
    call: Call
    capacity_bbl: float
    barrels: Array


def lone_calls(
    calls: Sequence[Call],
    explained: Collection[Call],
    fleet: Fleet,
    counting: Counting,
    draughts: Mapping[Call, tuple[float | None, float | None]],
) -> list[LoneCall]:
    """The calls of tankers that count and that no landing explains, in order of time.

    Parameters
    ----------
    calls : sequence of Call
        Of any ships, sorted by ship and time.
    explained : collection of Call
        Those that land oil of known transfers.
    fleet : Fleet
        The ships looked at; calls of others are passed over.
    counting : Counting
        Which calls count.
    draughts : mapping of Call to pair
        Typed before and after each call.
    """
    found = []
    last: Call | None = None
    for call in calls:
        same_visit = (
            last is not None
            and (last.ship, last.port) == (call.ship, call.port)
            and call.start - last.end < SAME_VISIT
        )
        last = call
        vessel = fleet.vessels.get(call.ship)
        if same_visit or call in explained or vessel is None or not vessel.tanker:
            continue
        nothing = np.zeros(1)
        landing = Landing(call.ship, call.start, nothing, nothing, "delivered", call, ())
        if counting.share(landing, vessel, np.zeros(0, dtype=np.bool_)) == 0.0:
            continue
        before, after = draughts.get(call, (None, None))
        if before is not None and after is not None and after > before + LOADED_M / 2:
            continue
        found.append(_drawn(vessel, call, fleet))
    return sorted(found, key=lambda lone: (lone.call.start, lone.vessel.key))


def _drawn(vessel: Vessel, call: Call, fleet: Fleet) -> LoneCall:
    rng = generator(fleet.config.seed, "lone call", call.ship, call.start.isoformat())
    return LoneCall(
        vessel,
        call,
        listed_capacity_bbl(vessel.ship, fleet.hulls(vessel.key), fleet.config.cap),
        draw_laden(fleet.config, rng) * fleet.capacity_bbl(vessel.key),
    )


def draughts_of_calls(
    calls: Sequence[Call], typed: Series
) -> dict[Call, tuple[float | None, float | None]]:
    """The draughts that ships typed before and after each of some calls.

    Parameters
    ----------
    calls : sequence of Call
        Of any ships.
    typed : mapping
        From `typed.series_of`.
    """
    found = {}
    for call in calls:
        own = typed.get(call.ship, [])
        after = bisect_right(own, call.start, key=lambda entry: entry[0])
        in_time = after < len(own) and own[after][0] <= call.end + TYPED_LATE
        found[call] = (own[after - 1][1] if after else None, own[after][1] if in_time else None)
    return found
