"""Follows oil from ship to ship to port, so that each barrel is counted once.

Every ship has a hold that begins empty. A transfer fills the receiver's hold, at most up to its
capacity, and empties the giver's of what it had been given; what a giver had before is new oil.
Volumes are estimates: a shuttle that came empty cannot pass on more than it got, however much more
its second meeting seems to have moved; the excess is error, not oil. A port call lands what is in
the hold: one delivery, however many meetings filled it. What is left at the end waits, in ships
still heard, or cannot be followed, in ships that fell silent.

All quantities are arrays with one value a draw, because direction, volume and whether a transfer
took place at all differ from draw to draw; known volumes are arrays of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np

from pipeline.quota.cargo import Bools
from pipeline.quota.hulls import Array

Link = Literal["delivered", "waiting", "unlinked"]

# A ship heard for less than this after its last transfer was not followed anywhere.
STILL_HEARD = timedelta(hours=6)


@dataclass(frozen=True)
class Transfer:
    """Oil going from one ship to another.

    Attributes
    ----------
    event_id : str
        Of the candidate.
    end : datetime
        When the oil had moved.
    a, b : str or None
        The ships; b is None where it was never heard.
    barrels : array
        How much moved; zero in draws in which it did not take place.
    a_gives : array of bool
        Which way.
    had : array or None
        What the receiver had aboard before; None: it may have had anything.
    """

    event_id: str
    end: datetime
    a: str
    b: str | None
    barrels: Array
    a_gives: Bools
    had: Array | None = None


@dataclass(frozen=True)
class Call:
    """A ship's stay at a port."""

    ship: str
    start: datetime
    end: datetime
    port: str | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True)
class Landing:
    """What one ship brought to one port call, or holds at the end.

    Attributes
    ----------
    ship : str or None
        Who holds it; None: a receiver that was never heard.
    when : datetime
        Of the arrival, or of the last transfer where there was none.
    barrels : array
        What was in the hold.
    received : array
        All that had been pumped into it, before it passed anything on.
    link : str
        ``delivered``: to a port call. ``waiting``: in a ship still heard. ``unlinked``: in a ship
        not heard any more.
    call : Call or None
        The port call.
    events : tuple of str
        The transfers that filled the hold.
    """

    ship: str | None
    when: datetime
    barrels: Array
    received: Array
    link: Link
    call: Call | None
    events: tuple[str, ...]


@dataclass
class _Hold:
    barrels: Array
    received: Array
    own: Array  # what it had aboard before it was given any; infinite where that is not known
    last: datetime
    events: list[str]


def follow(
    transfers: Sequence[Transfer],
    calls: Sequence[Call],
    capacity_bbl: Mapping[str, Array],
    last_heard: Mapping[str, datetime],
) -> list[Landing]:
    """Where the oil of some transfers ended.

    Parameters
    ----------
    transfers : sequence of Transfer
        In any order; all arrays of one length.
    calls : sequence of Call
        Port calls of any ships. A transfer that ends before a call does is landed by it.
    capacity_bbl : mapping of str to array
        Of each ship; a ship without is not bounded.
    last_heard : mapping of str to datetime
        Of each ship; a ship without counts as not heard after its last transfer.

    Returns
    -------
    list of Landing
        In order of time, then ship. In each draw their sum is what was transferred, less what was
        passed on, less what a receiver had no room for.
    """
    steps: list[tuple[datetime, int, str, Transfer | Call]] = [
        (t.end, 0, t.event_id, t) for t in transfers
    ]
    steps += [(c.end, 1, c.ship, c) for c in calls]
    holds: dict[str, _Hold] = {}
    landings: list[Landing] = []
    for _, _, _, step in sorted(steps, key=lambda s: s[:3]):
        if isinstance(step, Transfer):
            landings += _pump(step, holds, capacity_bbl)
        elif step.ship in holds:
            landings.append(_land(step.ship, holds.pop(step.ship), "delivered", step))
    for ship in sorted(holds):
        hold = holds[ship]
        heard = last_heard.get(ship)
        waits = heard is not None and heard - hold.last >= STILL_HEARD
        landings.append(_land(ship, hold, "waiting" if waits else "unlinked", None))
    return sorted(landings, key=lambda x: (x.when, x.ship or "", x.events))


def _pump(
    transfer: Transfer, holds: dict[str, _Hold], capacity_bbl: Mapping[str, Array]
) -> list[Landing]:
    """Move the oil between holds; what an unheard ship receives is a landing at once."""
    to_b = np.where(transfer.a_gives, transfer.barrels, 0.0)
    to_a = transfer.barrels - to_b
    to_b, to_a = _give(holds.get(transfer.a), to_b), _give(holds.get(transfer.b or ""), to_a)
    nowhere = []
    for ship, comes in ((transfer.a, to_a), (transfer.b, to_b)):
        if not comes.any():
            continue
        if ship is None:
            event = (transfer.event_id,)
            nowhere.append(Landing(None, transfer.end, comes, comes, "unlinked", None, event))
            continue
        empty = np.zeros_like(comes)
        hold = holds.setdefault(
            ship, _Hold(empty, empty, np.full_like(comes, np.inf), transfer.end, [])
        )
        if transfer.had is not None:
            hold.own = np.where((comes > 0) & np.isinf(hold.own), transfer.had, hold.own)
        filled = hold.barrels + comes
        if ship in capacity_bbl:
            # What was there stays, and a transfer alone is within the bounds of its own estimate:
            # capacities are as uncertain as volumes, and cutting one draw by another would take
            # from both.
            most = np.maximum(capacity_bbl[ship], np.maximum(hold.barrels, comes))
            filled = np.minimum(filled, most)
        hold.received = hold.received + (filled - hold.barrels)
        hold.barrels = filled
        hold.last = transfer.end
        hold.events.append(transfer.event_id)
    return nowhere


def _give(hold: _Hold | None, goes: Array) -> Array:
    """Take oil out of a hold, and of what the ship had before; gives what that makes."""
    if hold is None:
        return goes  # it gives what it had before: new oil, counted where it arrives
    goes = np.minimum(goes, hold.barrels + hold.own)
    hold.own = hold.own - np.maximum(goes - hold.barrels, 0.0)
    hold.barrels = np.maximum(hold.barrels - goes, 0.0)
    return goes


def _land(ship: str, hold: _Hold, link: Link, call: Call | None) -> Landing:
    when = hold.last if call is None else max(call.start, hold.last)
    return Landing(ship, when, hold.barrels, hold.received, link, call, tuple(hold.events))
