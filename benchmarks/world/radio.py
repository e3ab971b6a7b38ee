"""What receivers hear of a ship: when, how often, how wrong.

Reporting intervals are those of ITU-R M.1371 (Class A: 3 minutes at anchor or moored, else 10 s
below 14 kn, 6 s to 23 kn, 2 s above; Class B: 30 s, 3 minutes below 2 kn; aids to navigation: 3
minutes). Receivers lose messages and fall out for a time, satellites pass; then the archive thins
to one report in so many seconds. Errors are those measured in real feeds: report times off by 3.5 s
in the median, 11 s at the ninetieth, 28 s at the ninety-ninth hundredth (a log-normal of median
3.5 s and sigma 0.893 gives all three); positions off by a few metres that wander slowly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.world.draws import Floats, wander
from benchmarks.world.geodesy import Frame
from benchmarks.world.motion import Path
from benchmarks.world.options import Options
from benchmarks.world.sea import KNOT
from benchmarks.world.typed import Typed
from benchmarks.world.voyage import Span, Voyage, stepped

TIME_ERROR_MEDIAN_S, TIME_ERROR_SIGMA = 3.5, 0.893
AT_REST = (1, 5)  # navigational status: at anchor, moored


@dataclass(frozen=True)
class Coverage:
    """How a place is received: the chance of each message, and when nothing is."""

    chance: float
    outages: tuple[Span, ...]
    passes: tuple[Span, ...] | None = None  # only within these (satellites)


def draw_coverage(rng: np.random.Generator, reception: str, span_s: float) -> Coverage:
    """Coverage of a scene: `shore`, `patchy` or `satellite`."""
    if reception == "satellite":
        passes, now = [], float(rng.uniform(0, 3600))
        while now < span_s:
            length = rng.uniform(480, 840)
            passes.append((now, now + length))
            now += length + 600 + float(rng.exponential(2400))
        return Coverage(0.15, (), tuple(passes))
    mean_apart_s, median_s = (20 * 3600.0, 1200.0) if reception == "shore" else (5 * 3600.0, 2400.0)
    outages, now = [], float(rng.exponential(mean_apart_s))
    while now < span_s:
        length = min(median_s * float(np.exp(rng.normal(0, 0.7))), 4 * 3600.0)
        outages.append((now, now + length))
        now += length + float(rng.exponential(mean_apart_s))
    return Coverage(float(rng.uniform(0.5, 0.95)), tuple(outages))


def intervals_s(path: Path, status: np.ndarray, class_b: bool, buoy: bool) -> Floats:
    """Seconds between the reports of a transponder at each time of a path."""
    vx, vy = path.velocity()
    speed = np.hypot(vx, vy) / KNOT
    if buoy:
        return np.full(len(speed), 180.0)
    if class_b:
        return np.where(speed < 2.0, 180.0, 30.0)
    under_way = np.select([speed > 23.0, speed > 14.0], [2.0, 6.0], 10.0)
    return np.where(np.isin(status, AT_REST) & (speed < 3.0), 180.0, under_way)


def report_times(rng: np.random.Generator, path: Path, interval: Floats) -> Floats:
    """When the transponder sends: once an interval, jittered by the choice of slots."""
    phase = np.concatenate([[0.0], np.cumsum(np.diff(path.t) / interval[:-1])])
    count = int(phase[-1])
    marks = np.arange(count) + rng.uniform(0, 1) + rng.uniform(-0.1, 0.1, count)
    return np.sort(np.interp(np.clip(marks, 0, phase[-1]), phase, path.t))


def received(
    rng: np.random.Generator,
    times: Floats,
    coverage: Coverage,
    silent: tuple[Span, ...],
    weak: float,
) -> Floats:
    """The reports that arrive. `weak` scales the chance (Class B has less power)."""
    keep = rng.random(len(times)) < coverage.chance * weak
    for start, end in (*coverage.outages, *silent):
        keep &= ~((times >= start) & (times <= end))
    if coverage.passes is not None:
        starts = np.array([p[0] for p in coverage.passes])
        ends = np.array([p[1] for p in coverage.passes])
        i = np.searchsorted(starts, times, side="right") - 1
        keep &= (i >= 0) & (times <= ends[np.maximum(i, 0)])
    return times[keep]


def thinned(times: Floats, every_s: float) -> Floats:
    """The first report in each bin of `every_s`, as archives thin."""
    if len(times) == 0:
        return times
    bins = np.floor(times / every_s)
    return times[np.concatenate([[True], np.diff(bins) > 0])]


@dataclass(frozen=True)
class Fixes:
    """The reports of one transponder as received. Times in seconds of the world."""

    sent: Floats  # when the position was true
    stamped: Floats  # what the archive says
    lat: Floats
    lon: Floats
    sog_kn: Floats
    cog_deg: Floats
    heading_deg: Floats
    status: np.ndarray
    draught_m: Floats


def hear(
    rng: np.random.Generator,
    voyage: Voyage,
    static: Typed,
    frame: Frame,
    coverage: Coverage,
    options: Options,
) -> Fixes:
    """Everything received of one transponder on a voyage."""
    path, ship, buoy = voyage.path, voyage.ship, voyage.ship.kind == "buoy"
    status = stepped(voyage.status, path.t)
    interval = intervals_s(path, status, static.class_b, buoy)
    times = report_times(rng, path, interval)
    times = received(rng, times, coverage, tuple(voyage.silent), 0.6 if static.class_b else 1.0)
    thin = voyage.thin_s or options.thin_s
    still = max(thin, options.thin_still_s)
    at_rest = np.isin(stepped(voyage.status, times), AT_REST)
    times = np.sort(
        np.concatenate([thinned(times[~at_rest], thin), thinned(times[at_rest], still)])
    )
    n = len(times)
    x, y, heading = path.at(times)
    rad = np.radians(heading)
    ahead, right = ship.antenna_forward_m, ship.antenna_starboard_m
    ax = x + ahead * np.sin(rad) + right * np.cos(rad)
    ay = y + ahead * np.cos(rad) - right * np.sin(rad)
    ex, ey = _gnss_error(rng, path.t, times)
    ax, ay = ax + ex, ay + ey
    vx, vy = (np.interp(times, path.t, v) for v in path.velocity())
    vx, vy = vx + rng.normal(0, 0.06, n), vy + rng.normal(0, 0.06, n)
    for jam in voyage.jams:
        hit = (times >= jam.span[0]) & (times <= jam.span[1])
        turn = 2 * np.pi * times[hit] / jam.period_s
        ax[hit] = jam.x + jam.radius_m * np.sin(turn) + rng.normal(0, jam.wobble_m, hit.sum())
        ay[hit] = jam.y + jam.radius_m * np.cos(turn) + rng.normal(0, jam.wobble_m, hit.sum())
        around = 2 * np.pi * jam.radius_m / jam.period_s
        vx[hit], vy[hit] = around * np.cos(turn), -around * np.sin(turn)
    for start, end in voyage.jumps:
        hit = (times >= start) & (times <= end) & (rng.random(n) < 0.3)
        ax[hit] += rng.normal(0, 9000.0, hit.sum())
        ay[hit] += rng.normal(0, 9000.0, hit.sum())
    lon, lat, turned = frame.to_lonlat(ax, ay)
    gyro = rng.normal(0, 0.8) + rng.normal(0, 0.25, n)
    cog = np.degrees(np.arctan2(vx, vy)) + turned
    error = TIME_ERROR_MEDIAN_S * np.exp(rng.normal(0, TIME_ERROR_SIGMA, n))
    late = rng.random(n) < 0.6  # most errors are delays on the way
    stamped = times + np.where(late, error, -error)
    sends_heading = static.sends_heading
    draughts = voyage.draughts or ((0.0, ship.draught_m),)
    return Fixes(
        sent=times,
        stamped=stamped,
        lat=lat,
        lon=lon,
        sog_kn=np.round(np.hypot(vx, vy) / KNOT, 1) if not buoy else np.zeros(n),
        cog_deg=np.remainder(np.round(cog, 1), 360.0),
        heading_deg=np.remainder(np.round(heading + turned + gyro), 360.0)
        if sends_heading
        else np.full(n, 511.0),
        status=stepped(voyage.status, times).astype(np.int64),
        draught_m=np.round(stepped(draughts, times), 1) if static.sends_draught else np.zeros(n),
    )


def _gnss_error(rng: np.random.Generator, span: Floats, times: Floats) -> tuple[Floats, Floats]:
    """A bias of metres to ten metres a ship, a slow wander of 2.5 m, and 0.7 m from fix to fix.

    Together with the typed places of antennas they give the spread of hull gaps that real
    lighterings show (nine in ten between -13 and +20 m where fenders are 3-4.5 m).
    """
    size, way = min(float(rng.rayleigh(4.5)), 12.0), rng.uniform(0, 2 * np.pi)
    out = []
    for part in (size * np.sin(way), size * np.cos(way)):
        grid = np.arange(span[0], span[-1] + 300.0, 300.0)
        slow = np.interp(times, grid, wander(rng, grid, 2.5, 1800.0))
        out.append(part + slow + rng.normal(0, 0.7, len(times)))
    return out[0], out[1]
