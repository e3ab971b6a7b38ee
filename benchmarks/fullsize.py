"""A full-size day of made-up US waters in the MarineCadastre layout, with transfers planted in it.

    python -m benchmarks.fullsize --out DIR [--rows 8300000] [--days 1] [--layout parquet]

Six in ten vessels lie moored in 40 dense ports, 300 at ten anchorages of 30 ships, harbour craft go
round among the moored, the rest are on passage. Fifty tankers a day come alongside another, half of
them among the ships of an anchorage. ``truth.json`` is as `benchmarks.scoring` reads it. Nothing
here comes from ``pipeline/``. With ``--spread`` the moored lie scattered over the sea instead: as
many rows, no dense port.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

START = datetime(2024, 1, 1, tzinfo=UTC)
START_MS = np.datetime64("2024-01-01", "ms")
ROWS, SHIPS = 8_300_000, 15_000
MOORED_SHARE = 0.6
ANCHORED = 30  # ships at an anchorage, those that others come alongside included
TRANSFERS = 50
CRAFT_SHARE = 0.08  # harbour craft
UNDER_WAY_REPORTS = 1.6  # for each of a ship that lies still
BLOCK_H = 2  # hours written at once
NOISE_M = 4.0
ANTENNA = -0.35  # of the length, from amidships: the house stands aft
CHAIN_M = 150.0
FAR_S = 5400.0  # a tanker comes from, and goes to, a place this long away
SLOW_S, SLOW_M_S, FAST_M_S = 1200.0, 0.3, 4.0  # the last mile, and before
FENDER_M = 4.0
TIDE_S = 44_712.0
CYCLE_S, BUSY_S = 14_400, 3600  # harbour craft go round an hour in four
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


@dataclass(frozen=True)
class Meetings:
    """The transfers of one day: whom, when (seconds of the run), on which side, from where."""

    ship: Ints
    begin: Floats
    end: Floats
    side: Floats
    bearing: Floats


def _east_north(lat: Floats, lon: Floats, east: Floats, north: Floats) -> tuple[Floats, Floats]:
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
            f.lat[who], f.lon[who] = _east_north(
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
        f.lat[members], f.lon[members] = _east_north(
            np.array(places)[at, 0],
            np.array(places)[at, 1],
            (column + jitter[0]) * apart_m,
            (row + jitter[1]) * apart_m,
        )
        f.phase[members] = 0.7 * at + draw.normal(0.0, 0.03, len(members))  # one tide a place
        f.heading[members] = 40.0 * at
    f.mother[coming[half:]] = alone
    f.mother[coming[:half]] = draw.choice(crowd, half, replace=False)


def make_meetings(f: Fleet, seed: int, day: int) -> Meetings:
    """The transfers of a day: begun between 2 and 10 o'clock, of 3 to 9 hours."""
    draw = np.random.default_rng((seed, 2, day))
    ship = np.flatnonzero(f.how == COMING)
    begin = 86_400.0 * day + draw.uniform(2.0, 10.0, len(ship)) * 3600.0
    end = begin + draw.uniform(3.0, 9.0, len(ship)) * 3600.0
    # where she waits is the same place every day
    bearing = np.random.default_rng((seed, 3)).uniform(0.0, 2 * np.pi, len(ship))
    side = draw.choice((-1.0, 1.0), len(ship))
    return Meetings(ship, begin, end, side, bearing)


def _swing(f: Fleet, s: Ints, t: Floats) -> tuple[Floats, Floats, Floats]:
    """East and north of the anchor in metres, heading in degrees, of ships that swing on it."""
    heading = f.heading[s] + 70.0 * np.sin(2 * np.pi * t / TIDE_S + f.phase[s])
    angle, reach = np.radians(heading), CHAIN_M + f.length[s] * (0.5 - ANTENNA)
    return -reach * np.sin(angle), -reach * np.cos(angle), heading % 360.0


def _way_m(wait_s: Floats) -> Floats:
    """How far off the other's side a ship is so long before she is alongside, or after."""
    wait = np.clip(wait_s, 0.0, FAR_S)
    return SLOW_M_S * np.minimum(wait, SLOW_S) + FAST_M_S * np.maximum(0.0, wait - SLOW_S)


def _come(f: Fleet, m: Meetings, s: Ints, t: Floats) -> tuple[Floats, ...]:
    """Place, heading and speed of ships that come alongside another, stay, and leave."""
    k, mother = np.searchsorted(m.ship, s), f.mother[s]
    east, north, heading = _swing(f, mother, t)
    angle = np.radians(heading)
    across = m.side[k] * ((f.beam[s] + f.beam[mother]) / 2 + FENDER_M)
    along = ANTENNA * (f.length[s] - f.length[mother])  # amidships beside amidships
    wait = np.maximum(m.begin[k] - t, t - m.end[k])
    off = _way_m(wait)
    lat, lon = _east_north(
        f.lat[mother],
        f.lon[mother],
        east + across * np.cos(angle) + along * np.sin(angle) + off * np.sin(m.bearing[k]),
        north - across * np.sin(angle) + along * np.cos(angle) + off * np.cos(m.bearing[k]),
    )
    moving = (wait > 0.0) & (wait < FAR_S)
    speed = np.where(moving, np.where(wait > SLOW_S, FAST_M_S, SLOW_M_S), 0.0)
    course = (np.degrees(m.bearing[k]) + np.where(t < m.begin[k], 180.0, 0.0)) % 360.0
    return lat, lon, np.where(off > 400.0, course, heading), speed


def where(f: Fleet, m: Meetings, s: Ints, t: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Latitude, longitude, heading and speed (m/s) of ships `s` at seconds `t`, without errors."""
    lat, lon, heading = f.lat[s].copy(), f.lon[s].copy(), f.heading[s].copy()
    speed = f.speed[s].copy()
    how = f.how[s]
    angle = np.radians(heading)
    east, north = np.zeros(len(s)), np.zeros(len(s))
    i = how == LYING
    east[i], north[i] = (ANTENNA * f.length[s[i]] * part(angle[i]) for part in (np.sin, np.cos))
    i = how == SWINGING
    east[i], north[i], heading[i] = _swing(f, s[i], t[i])
    i = how == CIRCLING
    cycle, within = np.divmod(t[i] + 1000.0 * s[i], CYCLE_S)
    gone = cycle * BUSY_S + np.minimum(within, BUSY_S)
    turn = f.phase[s[i]] + gone * speed[i] / f.size[s[i]]
    speed[i] *= within < BUSY_S
    east[i], north[i] = (f.size[s[i]] * part(turn) for part in (np.sin, np.cos))
    heading[i] = np.degrees(turn + np.pi / 2) % 360.0
    i = how == PASSING
    gone = (t[i] * speed[i] + f.phase[s[i]]) % (2 * f.size[s[i]])
    back = gone > f.size[s[i]]
    gone = np.where(back, 2 * f.size[s[i]] - gone, gone)
    east[i], north[i] = gone * np.sin(angle[i]), gone * np.cos(angle[i])
    heading[i] = (heading[i] + 180.0 * back) % 360.0
    lat, lon = _east_north(lat, lon, east, north)
    i = how == COMING
    lat[i], lon[i], heading[i], speed[i] = _come(f, m, s[i], t[i])
    return lat, lon, heading, speed


def _static(f: Fleet) -> pl.DataFrame:
    """What the ships say of themselves."""
    number = pl.int_range(len(f.how), eager=True)
    said = pl.when(~pl.col("b"))
    return pl.DataFrame({"i": number, "b": f.class_b, "length": f.length, "beam": f.beam}).select(
        MMSI=366_000_000 + pl.col("i"),
        VesselName=pl.format("SHIP {}", "i"),
        IMO=said.then(pl.format("IMO{}", 9_000_000 + pl.col("i"))),
        CallSign=said.then(pl.format("W{}", 10_000 + pl.col("i"))),
        VesselType=pl.Series(f.kind),
        Length=pl.col("length").cast(pl.Int64),
        Width=pl.col("beam").cast(pl.Int64),
        Cargo=pl.Series(f.kind),
        TransceiverClass=pl.when("b").then(pl.lit("B")).otherwise(pl.lit("A")),
    )


def _draughts(f: Fleet, m: Meetings, day: int, s: Ints, t: Ints) -> Floats:
    """Typed draughts: a daughter takes 3 m on even days and gives them back on odd ones."""
    draught = np.round(np.where(f.class_b[s], np.nan, 3.0 + f.length[s] / 30.0), 1)
    step = np.zeros(len(f.how))
    typed = np.full(len(f.how), np.inf)
    for ships, metres in ((m.ship, 3.0), (f.mother[m.ship], -1.2)):
        step[ships], typed[ships] = metres, m.end + 2400.0
    loaded = (t >= typed[s]) != (day % 2 == 1)
    return np.asarray(np.round(draught + step[s] * loaded, 1))


def _block(
    f: Fleet, m: Meetings, static: pl.DataFrame, day: int, s: Ints, t: Ints, seed: tuple[int, ...]
) -> pl.DataFrame:
    """Rows of some hours in the layout of MarineCadastre."""
    draw = np.random.default_rng(seed)
    lat, lon, heading, speed = where(f, m, s, t.astype(float))
    noise = draw.normal(0.0, NOISE_M, (2, len(s)))
    lat, lon = _east_north(lat, lon, noise[0], noise[1])
    sog = np.abs(speed * 3600 / 1852 + draw.normal(0.0, 0.05, len(s)))
    cog = np.where(
        speed > 0.5, heading + draw.normal(0.0, 1.0, len(s)), draw.uniform(0, 360, len(s))
    )
    hdg = np.where(f.class_b[s], 511, np.round(heading + draw.normal(0, 0.5, len(s))) % 360)
    how = f.how[s]
    status = np.where(how == LYING, 5, np.where(how == SWINGING, 1, np.where(speed > 0.1, 0, 1)))
    lasting = static[s]
    return pl.DataFrame(
        {
            "MMSI": lasting["MMSI"],
            "BaseDateTime": START_MS + t.astype("timedelta64[s]"),
            "LAT": lat.round(5),
            "LON": lon.round(5),
            "SOG": sog.round(1),
            "COG": (cog % 360.0).round(1) % 360.0,
            "Heading": hdg.astype(np.int64),
            "VesselName": lasting["VesselName"],
            "IMO": lasting["IMO"],
            "CallSign": lasting["CallSign"],
            "VesselType": lasting["VesselType"],
            "Status": pl.Series(status).set(pl.Series(f.class_b[s]), None),
            "Length": lasting["Length"],
            "Width": lasting["Width"],
            "Draft": pl.Series(_draughts(f, m, day, s, t)).fill_nan(None),
            "Cargo": lasting["Cargo"],
            "TransceiverClass": lasting["TransceiverClass"],
        }
    )


def write_day(f: Fleet, m: Meetings, seed: int, day: int, rows: int, file: Path) -> None:
    """Write the rows of one day in the order of their times, as CSV or Parquet by the name."""
    draw = np.random.default_rng((seed, 4, day))
    still = (f.how == LYING) | (f.how == SWINGING)
    weight = np.where(still, 1.0, UNDER_WAY_REPORTS)
    ends = np.round(np.cumsum(weight) / weight.sum() * rows).astype(np.int64)
    count = np.diff(ends, prepend=0)
    s = np.repeat(np.arange(len(count)), count)
    k = np.arange(rows) - np.repeat(ends - count, count)
    share = (k + draw.uniform(0.1, 0.9, rows)) / np.repeat(count, count)
    t = (share * 86_400.0).astype(np.int64) + 86_400 * day
    order = np.argsort(t, kind="stable")
    s, t = s[order], t[order]
    static, parts = _static(f), []
    with file.open("wb") as out:
        for block in range(24 // BLOCK_H):
            edges = 86_400 * day + 3600 * BLOCK_H * np.array((block, block + 1))
            lo, hi = np.searchsorted(t, edges)
            frame = _block(f, m, static, day, s[lo:hi], t[lo:hi], (seed, 5, day, block))
            if file.suffix == ".parquet":
                parts.append(frame)
            else:
                frame.write_csv(out, include_header=block == 0, datetime_format="%Y-%m-%dT%H:%M:%S")
        if parts:
            pl.concat(parts).write_parquet(out)


def truth(f: Fleet, m: Meetings) -> list[dict[str, object]]:
    """The day's transfers as `benchmarks.scoring` reads them."""
    half = TRANSFERS // 2
    return [
        {
            "label": "sts",
            "kind": "anchorage" if k < half else "open sea",
            "mmsi_a": 366_000_000 + int(min(ship, f.mother[ship])),
            "mmsi_b": 366_000_000 + int(max(ship, f.mother[ship])),
            "start": (START + timedelta(seconds=float(m.begin[k]))).isoformat(),
            "end": (START + timedelta(seconds=float(m.end[k]))).isoformat(),
            "visible": True,
        }
        for k, ship in enumerate(m.ship)
    ]


def make(
    out: Path, *, seed: int, rows: int, ships: int, days: int, layout: str, spread: bool
) -> list[Path]:
    """Write the days into ``out/ais`` and ``out/truth.json``; the days' files."""
    folder = out / "ais"
    folder.mkdir(parents=True, exist_ok=True)
    f = make_fleet(seed, ships, spread)
    files, events = [], []
    for day in range(days):
        m = make_meetings(f, seed, day)
        date = START + timedelta(days=day)
        files.append(folder / f"AIS_{date:%Y_%m_%d}.{layout}")
        write_day(f, m, seed, day, rows, files[-1])
        events += truth(f, m)
    lines = ",\n".join(json.dumps(event) for event in events)
    (out / "truth.json").write_text(f"[\n{lines}\n]\n")
    return files


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fullsize", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for ais/ and truth.json")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=ROWS, help="a day")
    parser.add_argument("--ships", type=int, default=SHIPS)
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--layout", choices=("csv", "parquet"), default="csv")
    parser.add_argument("--spread", action="store_true", help="no dense ports")
    options = vars(parser.parse_args())
    for file in make(**options):
        print(f"{file}: {file.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
