"""From candidates and port calls to volumes, scenarios, and the estimate against the cap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from pipeline.config.quota import QuotaConfig
from pipeline.quota.chains import Call, Landing, Transfer, follow
from pipeline.quota.lone_calls import LoneCall, draughts_of_calls, lone_calls
from pipeline.quota.places import Counting
from pipeline.quota.scenarios import Delivery
from pipeline.quota.seeds import generator
from pipeline.quota.ships import Vessel, keys_of, listed_capacity_bbl, vessels_of
from pipeline.quota.totals import Counted
from pipeline.quota.typed import doubts, series_of
from pipeline.quota.volumes import Fleet, Volume, as_table, volumes_of

# A ship that passed on more than three quarters of what it received made no delivery with what is
# left by the estimates: that is within their error.
KEPT_LEAST = 0.25


@dataclass(frozen=True)
class DrawnDelivery:
    """A delivery of the estimate.

    Attributes
    ----------
    landing : Landing
        What a ship brought or holds, in each draw.
    share : float
        The chance that it counts toward the cap.
    counted : Counted
        Its barrels in the draws in which it counts, and the day.
    capacity_bbl : float or None
        Listed capacity of the ship.
    vessel : Vessel or None
        The ship; None where it was never heard.
    """

    landing: Landing
    share: float
    counted: Counted
    capacity_bbl: float | None
    vessel: Vessel | None


@dataclass(frozen=True)
class Estimated:
    """All that a summary is made of.

    Attributes
    ----------
    deliveries : list of DrawnDelivery
        In order of time.
    nominal : list of Delivery
        The deliveries of the scenario table.
    lone_calls : list of LoneCall or None
        Calls that count and that no transfer explains; None where any place counts, for then any
        call of any ship would be one.
    transfers : list of Volume
        The candidates, in the order of their ids.
    volumes : pl.DataFrame
        ``schema.VOLUMES``.
    fleet : Fleet
        The ships.
    scored : bool
        Whether candidates had scores to be weighed by.
    """

    deliveries: list[DrawnDelivery]
    nominal: list[Delivery]
    lone_calls: list[LoneCall] | None
    transfers: list[Volume]
    volumes: pl.DataFrame
    fleet: Fleet
    scored: bool


def estimate_candidates(
    encounters: pl.DataFrame,
    vessels: pl.DataFrame,
    draughts: pl.DataFrame,
    register: pl.DataFrame | None,
    port_calls: pl.DataFrame | None,
    config: QuotaConfig,
) -> Estimated:
    """Volumes of the candidates, followed to where they count.

    Parameters
    ----------
    encounters, vessels, draughts, port_calls : pl.DataFrame
        ``schema.ENCOUNTERS``, ``VESSELS``, ``DRAUGHTS``, ``PORT_CALLS``. Encounters that are no
        candidates tell which other ships there are.
    register : pl.DataFrame or None
        The user's fleet register.
    config : QuotaConfig
        The cap, what counts, seed and draws.
    """
    candidates = encounters.filter("candidate")
    # The others matter where their port calls may count.
    wanted = keys_of(candidates) if config.count == "all" else None
    known = vessels_of(encounters, vessels, draughts, register, wanted)
    fleet = Fleet(known, config)
    counting = Counting(config)
    calls = _calls(port_calls)
    typed = series_of(draughts, vessels)
    volumes = volumes_of(candidates, draughts, vessels, fleet, doubts(candidates, typed, calls))
    ends = dict(candidates.select("event_id", "end_utc").iter_rows())
    in_zone = _in_zone(candidates, counting)
    heard = {key: v.last_heard for key, v in known.items() if v.last_heard is not None}
    # Both of a ship in turn: its hulls are drawn once for them, however many ships there are.
    capacities = {
        key: (
            listed_capacity_bbl(known[key].ship, fleet.hulls(key), config.cap),
            fleet.capacity_bbl(key),
        )
        for key in sorted({key for v in volumes for key in (v.a, v.b) if key is not None})
    }
    listed = {key: nominal for key, (nominal, _) in capacities.items()}

    def share(landing: Landing) -> float:
        vessel = known.get(landing.ship) if landing.ship is not None else None
        meetings = np.array([in_zone[event] for event in landing.events], dtype=np.bool_)
        return counting.share(landing, vessel, meetings)

    nominal = follow(
        [_nominal(volume, ends, listed) for volume in volumes],
        calls,
        {key: np.array([capacity]) for key, capacity in listed.items()},
        heard,
    )
    drawn = follow(
        [
            Transfer(v.event_id, ends[v.event_id], v.a, v.b, v.barrels, v.a_gives, v.had)
            for v in volumes
        ],
        calls,
        {key: drawn for key, (_, drawn) in capacities.items()},
        heard,
    )
    lone = None
    if config.count != "all":
        explained = {landing.call for landing in drawn if landing.call is not None}
        lone = lone_calls(calls, explained, fleet, counting, draughts_of_calls(calls, typed))
    return Estimated(
        deliveries=[_drawn(landing, share(landing), fleet, listed) for landing in drawn],
        nominal=[
            _scenario_delivery(landing, fleet, listed)
            for landing in nominal
            if _kept(landing) and share(landing) > 0
        ],
        lone_calls=lone,
        transfers=volumes,
        volumes=as_table(volumes, known),
        fleet=fleet,
        scored=candidates["score"].is_not_null().any(),
    )


def _nominal(volume: Volume, ends: Mapping[str, datetime], listed: Mapping[str, float]) -> Transfer:
    """The one course of things that the scenario table assumes.

    The median goes the way it most likely went; where that is open, into the smaller ship, which
    no transfer can overfill.
    """
    a_gives = volume.giver == volume.a
    if volume.giver is None and volume.receiver is None and volume.b is not None:
        a_gives = (listed[volume.b], volume.b) <= (listed[volume.a], volume.a)
    elif volume.b is None:
        a_gives = volume.chance_a_gives >= 0.5
    return Transfer(
        volume.event_id,
        ends[volume.event_id],
        volume.a,
        volume.b,
        np.array([volume.median_bbl]),
        np.array([a_gives]),
    )


def _kept(landing: Landing) -> bool:
    return bool((landing.barrels > KEPT_LEAST * landing.received).any())


def _scenario_delivery(landing: Landing, fleet: Fleet, listed: Mapping[str, float]) -> Delivery:
    """A receiver that was never heard has no capacity: its likely volume counts as it is."""
    day, volume = landing.when.date(), float(landing.barrels[0])
    if landing.ship is None:
        return Delivery(day, None, round(volume), None, landing.link)
    name = fleet.vessels[landing.ship].name or landing.ship
    return Delivery(day, listed[landing.ship], round(volume), name, landing.link)


def _drawn(
    landing: Landing, share: float, fleet: Fleet, listed: Mapping[str, float]
) -> DrawnDelivery:
    vessel = fleet.vessels[landing.ship] if landing.ship is not None else None
    barrels = landing.barrels
    if 0 < share < 1:
        name = f"{landing.ship} {'+'.join(landing.events)}"
        rng = generator(fleet.config.seed, "counts", name)
        barrels = np.where(rng.random(len(barrels)) < share, barrels, 0.0)
    elif share == 0:
        barrels = np.zeros_like(barrels)
    return DrawnDelivery(
        landing=landing,
        share=share,
        counted=Counted(landing.when.date(), barrels),
        capacity_bbl=None if vessel is None else listed[vessel.key],
        vessel=vessel,
    )


def _in_zone(encounters: pl.DataFrame, counting: Counting) -> dict[str, bool]:
    inside = counting.inside(encounters["lat"].to_list(), encounters["lon"].to_list())
    return dict(zip(encounters["event_id"].to_list(), inside.tolist(), strict=True))


def _calls(port_calls: pl.DataFrame | None) -> list[Call]:
    if port_calls is None:
        return []
    columns = ("track_id", "start_utc", "end_utc", "port", "lat", "lon")
    return [Call(*row) for row in port_calls.select(columns).sort(columns).iter_rows()]
