"""Made-up ships and what receivers hear of them, with the faults that make one look like two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

STEP_S = 10.0
DAY_S = 86_400.0
KNOT = 1852.0 / 3600.0
EARTH_M = 6_371_008.8
Floats = npt.NDArray[np.floating]
Rng = np.random.Generator


@dataclass(frozen=True)
class Ship:
    """A ship's day on a grid of `STEP_S`: where it truly is and how it moves."""

    lat: Floats
    lon: Floats
    vx: Floats
    vy: Floats


@dataclass(frozen=True)
class Heard:
    """What receivers heard of a ship; `true` where a fix is where the ship was, when it was."""

    t: Floats
    lat: Floats
    lon: Floats
    sog: Floats
    cog: Floats
    true: npt.NDArray[np.bool_]


def wrap(lon: Floats) -> Floats:
    """Longitude in -180..180."""
    return np.remainder(lon + 180.0, 360.0) - 180.0


def offset(lat: float, lon: float, metres: float, bearing: float) -> tuple[float, float]:
    """The place so far off on a great circle."""
    phi, lam, arc = np.radians(lat), np.radians(lon), metres / EARTH_M
    to = np.arcsin(np.sin(phi) * np.cos(arc) + np.cos(phi) * np.sin(arc) * np.cos(bearing))
    east = np.sin(bearing) * np.sin(arc) * np.cos(phi)
    return float(np.degrees(to)), float(
        wrap(np.degrees(lam + np.arctan2(east, np.cos(arc) - np.sin(phi) * np.sin(to))))
    )


def sail(rng: Rng, lat: float, lon: float, speed_kn: tuple[float, float], leg_h: float) -> Ship:
    """Legs of one course and speed, a tenth of them stops; way is gathered and lost by inertia."""
    n = int(DAY_S / STEP_S)
    speed: Floats = np.empty(n)
    course: Floats = np.empty(n)
    at, heading = 0, rng.uniform(0, 2 * np.pi)
    while at < n:
        length = 1 + int(rng.exponential(leg_h) * 3600 / STEP_S)
        stopped = rng.random() < 0.1
        speed[at : at + length] = 0.0 if stopped else rng.uniform(*speed_kn) * KNOT
        heading += rng.normal(0, 0.7)
        course[at : at + length] = heading
        at += length
    lag = int(120 / STEP_S)  # 120 s to two thirds of a new speed or course
    kernel = np.exp(-np.arange(6 * lag) / lag)
    kernel /= kernel.sum()

    def eased(values: Floats) -> Floats:
        padded = np.concatenate((np.full(kernel.size - 1, values[0]), values))
        return np.convolve(padded, kernel, mode="valid")

    speed, course = eased(speed), eased(course)
    return _placed(lat, lon, speed * np.sin(course), speed * np.cos(course))


def lie(rng: Rng, lat: float, lon: float) -> Ship:
    """At anchor: swinging on the tide round a circle of 50-200 m."""
    t = np.arange(int(DAY_S / STEP_S)) * STEP_S
    angle = rng.uniform(0, 6) + 1.5 * np.sin(2 * np.pi * (t / 44_700 + rng.random()))
    radius = rng.uniform(50, 200)
    x, y = radius * np.sin(angle), radius * np.cos(angle)
    return _placed(lat, lon, np.gradient(x, STEP_S), np.gradient(y, STEP_S))


def _placed(lat: float, lon: float, vx: Floats, vy: Floats) -> Ship:
    lats = lat + np.degrees(np.cumsum(vy) * STEP_S / EARTH_M)
    lats = np.clip(lats, -89.0, 89.0)
    lons = lon + np.degrees(np.cumsum(vx / np.cos(np.radians(lats))) * STEP_S / EARTH_M)
    return Ship(lats, lons, vx, vy)


def hear(rng: Rng, ship: Ship, every_s: float | None = None, silences: int | None = None) -> Heard:
    """Reports at random intervals, with errors, and silences of 10 minutes to 6 hours."""
    every = rng.choice([10.0, 30.0, 60.0, 120.0]) if every_s is None else every_s
    still = np.hypot(ship.vx, ship.vy).max() < 0.5
    every = max(every, 180.0) if still else every
    t = np.cumsum(2.0 + rng.exponential(every, int(1.5 * DAY_S / every) + 20))
    t = t[t < DAY_S - STEP_S]
    for _ in range(rng.integers(0, 4) if silences is None else silences):
        begin, length = rng.uniform(0, DAY_S), np.exp(rng.uniform(np.log(600), np.log(21_600)))
        t = t[(t < begin) | (t > begin + length)]
    k = t / STEP_S
    grid = np.arange(ship.lat.size)
    lat = np.interp(k, grid, ship.lat) + rng.normal(0, 10, t.size) / 111_195
    east = rng.normal(0, 10, t.size) / 111_195 / np.cos(np.radians(lat))
    lon = np.interp(k, grid, ship.lon) + east
    vx, vy = np.interp(k, grid, ship.vx), np.interp(k, grid, ship.vy)
    sog = np.round(np.abs(np.hypot(vx, vy) / KNOT + rng.normal(0, 0.1, t.size)), 1)
    spread = 1.0 + 100.0 * np.exp(-sog)  # degrees; course is noise when slow
    cog = np.round(np.remainder(np.degrees(np.arctan2(vx, vy)) + rng.normal(0, spread), 360), 1)
    error = np.exp(rng.normal(np.log(3.5), 0.894, t.size)) * rng.choice([-1, 1], t.size)
    stamped = np.round(np.clip(t + error, 0, DAY_S))
    return Heard(stamped, lat, wrap(lon), sog, np.where(cog >= 360, 0, cog), np.ones(t.size, bool))


def anywhere(rng: Rng) -> tuple[float, float]:
    """A place at sea level; a tenth each at the antimeridian and in the high north."""
    draw = rng.random()
    if draw < 0.1:
        return rng.uniform(-60, 60), float(wrap(np.asarray(180.0 + rng.normal(0, 0.3))))
    if draw < 0.2:
        return rng.uniform(75, 81), rng.uniform(-180, 180)
    return rng.uniform(-60, 60), rng.uniform(-180, 180)


def merchant(rng: Rng, lat: float, lon: float) -> Ship:
    """Under way at 8-21 kn."""
    return sail(rng, lat, lon, (8.0, 21.0), 3.0)


def fisher(rng: Rng, lat: float, lon: float) -> Ship:
    """Many turns at 2-6 kn."""
    return sail(rng, lat, lon, (2.0, 6.0), 0.4)


def ferry(rng: Rng, lat: float, lon: float) -> Ship:
    """25-42 kn."""
    return sail(rng, lat, lon, (25.0, 42.0), 0.5)


SHIPS: list[Callable[[Rng, float, float], Ship]] = [merchant, merchant, fisher, ferry, lie]


def any_ship(rng: Rng, lat: float, lon: float) -> Ship:
    """One of the kinds."""
    return SHIPS[rng.integers(len(SHIPS))](rng, lat, lon)


def pair_far(rng: Rng) -> list[Heard]:
    """20 to 10,000 km apart."""
    lat, lon = anywhere(rng)
    far = np.exp(rng.uniform(np.log(20_000), np.log(10_000_000)))
    there = offset(lat, lon, far, rng.uniform(0, 2 * np.pi))
    return [hear(rng, any_ship(rng, lat, lon)), hear(rng, any_ship(rng, *there))]


def pair_near(rng: Rng) -> list[Heard]:
    """Begun 2-8 km apart, each on her own way."""
    lat, lon = anywhere(rng)
    there = offset(lat, lon, rng.uniform(2_000, 8_000), rng.uniform(0, 2 * np.pi))
    return [hear(rng, any_ship(rng, lat, lon)), hear(rng, any_ship(rng, *there))]


def pair_convoy(rng: Rng) -> list[Heard]:
    """One plan, two ships 2-5 km apart abeam the first course, all day, at speed."""
    lat, lon = anywhere(rng)
    first = merchant(rng, lat, lon)
    bearing = np.arctan2(first.vx[0], first.vy[0]) + rng.choice([-1, 1]) * np.pi / 2
    there = offset(lat, lon, rng.uniform(2_000, 5_000), bearing)
    second = _placed(*there, first.vx, first.vy)
    return [hear(rng, first), hear(rng, second)]


def pair_anchored(rng: Rng) -> list[Heard]:
    """At anchor 2-5 km apart."""
    lat, lon = anywhere(rng)
    there = offset(lat, lon, rng.uniform(2_000, 5_000), rng.uniform(0, 2 * np.pi))
    return [hear(rng, lie(rng, lat, lon)), hear(rng, lie(rng, *there))]


def pair_sparse(rng: Rng) -> list[Heard]:
    """Far apart, heard from satellites every 10-60 minutes."""
    lat, lon = anywhere(rng)
    there = offset(lat, lon, rng.uniform(300_000, 10_000_000), rng.uniform(0, 2 * np.pi))
    every = rng.uniform(600, 3600)
    return [hear(rng, any_ship(rng, *place), every_s=every) for place in ((lat, lon), there)]


def single(rng: Rng) -> list[Heard]:
    """Nothing wrong but what is with all."""
    return [hear(rng, any_ship(rng, *anywhere(rng)))]


def single_long_gaps(rng: Rng) -> list[Heard]:
    """Silent three to eight times."""
    return [hear(rng, any_ship(rng, *anywhere(rng)), silences=int(rng.integers(3, 9)))]


def single_sparse(rng: Rng) -> list[Heard]:
    """Heard from satellites: every 10-90 minutes."""
    return [hear(rng, any_ship(rng, *anywhere(rng)), every_s=rng.uniform(600, 5400))]


def single_fast(rng: Rng) -> list[Heard]:
    """A ferry at 25-42 kn."""
    return [hear(rng, ferry(rng, *anywhere(rng)))]


def single_no_motion(rng: Rng) -> list[Heard]:
    """Speed and course never reported."""
    heard = single(rng)[0]
    none = np.full(heard.t.size, np.nan)
    return [replace(heard, sog=none, cog=none)]


def single_false_speed(rng: Rng) -> list[Heard]:
    """A broken sensor: speed always zero, course any."""
    heard = single(rng)[0]
    cog = np.round(rng.uniform(0, 359.9, heard.t.size), 1)
    return [replace(heard, sog=np.zeros(heard.t.size), cog=cog)]


def single_noisy(rng: Rng) -> list[Heard]:
    """Hours of a GNSS receiver that errs by 200 m."""
    heard = single(rng)[0]
    begin = rng.uniform(0, DAY_S)
    bad = (heard.t > begin) & (heard.t < begin + rng.uniform(1, 6) * 3600)
    return [_moved(rng, heard, bad, rng.normal(0, 200, (heard.t.size, 2)))]


def single_jumps(rng: Rng) -> list[Heard]:
    """One fix in a hundred anywhere from 2 to 500 km off."""
    heard = single(rng)[0]
    bad = rng.random(heard.t.size) < 0.01
    far = np.exp(rng.uniform(np.log(2_000), np.log(500_000), heard.t.size))
    bearing = rng.uniform(0, 2 * np.pi, heard.t.size)
    metres = np.stack((far * np.sin(bearing), far * np.cos(bearing)), axis=1)
    return [replace(_moved(rng, heard, bad, metres), true=~bad)]


def single_jammed(rng: Rng) -> list[Heard]:
    """Twice jammed for up to an hour: all or half of the fixes at one false place, 5-300 km off."""
    heard = single(rng)[0]
    bad = np.zeros(heard.t.size, bool)
    share = rng.choice([0.5, 1.0])
    for _ in range(2):
        begin = rng.uniform(0, DAY_S)
        inside = (heard.t > begin) & (heard.t < begin + rng.uniform(0.1, 1.0) * 3600)
        bad |= inside & (rng.random(heard.t.size) < share)
    if bad.all() or not bad.any():
        return [heard]
    middle = float(np.median(heard.lat)), float(heard.lon[heard.t.size // 2])
    far = np.exp(rng.uniform(np.log(5_000), np.log(300_000)))
    lat, lon = offset(*middle, far, rng.uniform(0, 2 * np.pi))
    noise = rng.normal(0, 20, heard.t.size) / 111_195
    return [
        replace(
            heard,
            lat=np.where(bad, lat + noise, heard.lat),
            lon=np.where(bad, lon + noise, heard.lon),
            sog=np.where(bad, np.round(rng.uniform(0, 0.3, heard.t.size), 1), heard.sog),
            true=~bad,
        )
    ]


def single_clock_set(rng: Rng) -> list[Heard]:
    """For half an hour to two hours a receiver's clock is 1-3 minutes off, either way."""
    heard = single(rng)[0]
    begin = rng.uniform(0, DAY_S)
    bad = (heard.t > begin) & (heard.t < begin + rng.uniform(0.5, 2.0) * 3600)
    off = rng.choice([-1, 1]) * rng.uniform(60, 180)
    t = np.clip(np.round(np.where(bad, heard.t + off, heard.t)), 0, DAY_S)
    return [replace(heard, t=t, true=~bad)]


def _moved(rng: Rng, heard: Heard, which: npt.NDArray[np.bool_], metres: Floats) -> Heard:
    lat = heard.lat + np.where(which, np.degrees(metres[:, 1] / EARTH_M), 0.0)
    lat = np.clip(lat, -89.9, 89.9)
    east = np.degrees(metres[:, 0] / EARTH_M) / np.cos(np.radians(heard.lat))
    return replace(heard, lat=lat, lon=wrap(heard.lon + np.where(which, east, 0.0)))
