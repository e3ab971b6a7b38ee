"""The ships of a full-size day: where each lies or sails, and how it moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOORED_SHARE = 0.6
ANCHORED = 30  # ships at an anchorage, those that others come alongside included
TRANSFERS = 50
CRAFT_SHARE = 0.08  # harbour craft
PORTS = (
    *((29.73, -95.02), (29.31, -94.79), (29.87, -93.94), (27.82, -97.42), (28.94, -95.33)),
    *((30.22, -93.25), (29.93, -90.08), (30.00, -90.45), (30.41, -91.20), (30.68, -88.03)),
    *((30.36, -88.56), (27.91, -82.44), (25.77, -80.16), (26.09, -80.12), (28.41, -80.61)),
    *((30.38, -81.55), (32.08, -81.09), (32.83, -79.93), (34.20, -77.95), (36.92, -76.33)),
    *((39.24, -76.55), (39.90, -75.13), (40.67, -74.12), (40.64, -74.02), (41.28, -72.91)),
    *((41.82, -71.39), (42.35, -71.04), (43.65, -70.24), (32.70, -117.16), (33.75, -118.21)),
    *((33.76, -118.24), (34.15, -119.21), (37.80, -122.32), (37.92, -122.37), (45.60, -122.72)),
    *((46.17, -123.90), (47.26, -122.40), (47.59, -122.35), (48.51, -122.57), (48.75, -122.50)),
)
ANCHORAGES = (
    *((29.15, -94.45), (29.55, -93.45), (28.75, -89.60), (27.55, -96.95), (33.60, -118.10)),
    *((38.60, -74.80), (36.75, -75.65), (32.55, -79.55), (30.25, -81.05), (40.30, -73.65)),
)
LIGHTERING = ((28.40, -94.60), (28.60, -92.90), (28.30, -88.90), (27.30, -96.40), (32.80, -118.90))
SEAS = ((25.5, 28.0, -95.5, -84.5), (29.0, 40.0, -76.0, -70.0), (30.0, 47.0, -130.0, -125.0))
LYING, SWINGING, COMING, CIRCLING, PASSING = range(5)  # how a ship moves


@dataclass
class Fleet:
    """A row a ship; what a way of moving does not use stays 0.

    Attributes
    ----------
    how : array
        LYING to PASSING.
    lat, lon : array
        Where she lies, her anchor, the middle of her circle, one end of her passage.
    heading : array
        Degrees; of one who swings, about which she does.
    phase : array
        Radians or seconds from which her motion runs.
    size, speed : array
        Radius of a circle or length of a passage in metres; metres a second.
    mother : array
        The ship that one who is COMING comes to.
    """

    how: Ints
    lat: Floats
    lon: Floats
    heading: Floats
    phase: Floats
    size: Floats
    speed: Floats
    mother: Ints
    length: Floats
    beam: Floats
    kind: Ints  # type of ship
    class_b: NDArray[np.bool_]


def east_north(lat: Floats, lon: Floats, east: Floats, north: Floats) -> tuple[Floats, Floats]:
    """Degrees of places some metres off others."""
    return lat + north / 111_320.0, lon + east / (111_320.0 * np.cos(np.radians(lat)))


def _at_sea(draw: np.random.Generator, n: int) -> tuple[Floats, Floats]:
    south, north, west, east = np.array(SEAS)[draw.integers(0, len(SEAS), n)].T
    return draw.uniform(south, north), draw.uniform(west, east)


def make_fleet(seed: int, ships: int, spread: bool) -> Fleet:
    """The ships and how each moves."""
    draw = np.random.default_rng((seed, 1))
    moored, craft = round(MOORED_SHARE * ships), round(CRAFT_SHARE * ships)
    swinging = ANCHORED * len(ANCHORAGES) + TRANSFERS // 2
    groups = (moored, swinging, TRANSFERS, craft)
    how = np.repeat(np.arange(5), (*groups, ships - sum(groups)))
    n = len(how)
    f = Fleet(
        how=how,
        lat=np.zeros(n),
        lon=np.zeros(n),
        heading=np.zeros(n),
        phase=np.zeros(n),
        size=np.zeros(n),
        speed=np.zeros(n),
        mother=np.full(n, -1),
        length=draw.uniform(60.0, 300.0, n),
        beam=np.zeros(n),
        kind=draw.choice((70, 71, 79, 80, 60, 52), n),
        class_b=(how == LYING) & (draw.random(n) < 0.4),
    )
    f.length[f.class_b] = draw.uniform(8.0, 16.0, int(f.class_b.sum()))
    f.length[how == CIRCLING] = draw.uniform(18.0, 35.0, craft)
    f.length[how == SWINGING] = draw.uniform(230.0, 330.0, swinging)
    f.length[how == COMING] = draw.uniform(170.0, 220.0, TRANSFERS)
    f.length = np.round(f.length)
    f.beam = np.round(np.where(f.class_b, 0.3, 0.16) * f.length)
    f.kind[f.class_b] = 37
    f.kind[how == CIRCLING] = 52
    f.kind[(how == SWINGING) | (how == COMING)] = 80
    _moor(f, draw, spread)
    _anchor(f, draw)
    port = np.array(PORTS)[np.arange(craft) % len(PORTS)]
    c = how == CIRCLING
    f.lat[c], f.lon[c] = port.T
    f.size[c], f.speed[c] = draw.uniform(300.0, 2500.0, craft), draw.uniform(2.0, 4.5, craft)
    f.phase[c] = draw.uniform(0.0, 2 * np.pi, craft)
    p = how == PASSING
    f.lat[p], f.lon[p] = _at_sea(draw, int(p.sum()))
    f.heading[p], f.speed[p] = (draw.uniform(lo, hi, p.sum()) for lo, hi in ((0, 360), (4, 9)))
    f.size[p], f.phase[p] = (draw.uniform(lo, hi, p.sum()) for lo, hi in ((1e5, 3e5), (0, 1e5)))
    return f


def _moor(f: Fleet, draw: np.random.Generator, spread: bool) -> None:
    """Ships one behind the other along quays, every eighth outside another; boats in marinas."""
    for port in range(len(PORTS)):
        here = np.flatnonzero(f.how == LYING)[port :: len(PORTS)]
        axis = draw.uniform(0.0, 360.0)
        for boats in (False, True):
            who = here[f.class_b[here] == boats]
            outside = (np.arange(len(who)) % 8 == 7) & (not boats)
            steps = np.where(outside, 0.0, (18.0 if boats else f.length[who] + 25.0))
            row, along = np.divmod(np.cumsum(steps), 400.0 if boats else 2400.0)
            # the inner ship of two is the one before
            across = 35.0 * row + 6000.0 if boats else 160.0 * row
            across = across + outside * (f.beam[who] + np.roll(f.beam[who], 1)) / 2 + 2 * outside
            angle = np.radians(axis)
            f.lat[who], f.lon[who] = east_north(
                np.full(len(who), PORTS[port][0]),
                np.full(len(who), PORTS[port][1]),
                along * np.sin(angle) + across * np.cos(angle),
                along * np.cos(angle) - across * np.sin(angle),
            )
            f.heading[who] = (axis + 180.0 * draw.integers(0, 2, len(who))) % 360.0
    if spread:
        who = np.flatnonzero(f.how == LYING)
        f.lat[who], f.lon[who] = _at_sea(draw, len(who))


def _anchor(f: Fleet, draw: np.random.Generator) -> None:
    """Six by five ships 900 m apart; those to be lightered alone, 14 km apart."""
    who, coming = np.flatnonzero(f.how == SWINGING), np.flatnonzero(f.how == COMING)
    half = TRANSFERS // 2
    crowd, alone = who[: len(who) - half], who[len(who) - half :]
    for places, members, columns, apart_m in (
        (ANCHORAGES, crowd, 6, 900.0),
        (LIGHTERING, alone, 3, 14_000.0),
    ):
        at = np.arange(len(members)) % len(places)
        row, column = np.divmod(np.arange(len(members)) // len(places), columns)
        jitter = draw.uniform(-0.05, 0.05, (2, len(members)))
        f.lat[members], f.lon[members] = east_north(
            np.array(places)[at, 0],
            np.array(places)[at, 1],
            (column + jitter[0]) * apart_m,
            (row + jitter[1]) * apart_m,
        )
        f.phase[members] = 0.7 * at + draw.normal(0.0, 0.03, len(members))  # one tide a place
        f.heading[members] = 40.0 * at
    f.mother[coming[half:]] = alone
    f.mother[coming[:half]] = draw.choice(crowd, half, replace=False)
