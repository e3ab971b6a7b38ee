"""Encounters by distance on a grid of time, as Global Fishing Watch defines them.

Each track is brought to a grid of ten-minute ticks: between two fixes not too far apart its place
is on the straight line between them. Two ships meet at a tick at which their antennas are within
the encounter distance. Meetings one after the other are one encounter if less than some hours lie
between them and the ships were not seen to leave each other. An encounter is judged by its length
and median speed alone: neither hulls nor headings are asked.

Where this differs from Global Fishing Watch's own programs it is on purpose: nothing is cut at
midnight, lines and means go right across the antimeridian, a departure always ends an encounter,
and hours in which a ship was not heard are counted and told (`silence_a_h`, `observed_h`).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numba import njit

from pipeline.config import RendezvousConfig
from pipeline.progress import Progress
from pipeline.rendezvous.geometry import offset_m, wrap_degrees
from pipeline.rendezvous.lone import LONE_MEASURES
from pipeline.rendezvous.measures import MEASURES
from pipeline.rendezvous.pairing import Windows, of_two_numbers, pair_runs
from pipeline.rendezvous.runs import F8, I8, KNOT_M_S, Runs, Tracks, cut_runs
from pipeline.rendezvous.time_grid import resample

BOX_SLACK = 1.25
"""Boxes of tracks are searched this much wider than the ships may lie: a degree of longitude is
shorter at one end of a box than in its middle, by a fifth for a box of 40 km at 89 degrees."""
MEASURED = (
    "start_s",
    "end_s",
    "lat",
    "lon",
    "samples",
    "observed_h",
    "silence_a_h",
    "silence_b_h",
    "distance_median_m",
    "speed_median_kn",
    "travel_km",
)
"""What is measured of an encounter, as in MEASURES; the other columns stay null. `samples` are the
ticks at which the two met."""


@njit(cache=True, nogil=True)
def _median_speed_kn(tick: I8, lat: F8, lon: F8, step_s: float) -> float:
    speeds = np.empty(len(tick) - 1)
    for i in range(len(speeds)):
        dx, dy = offset_m(lat[i], lon[i], lat[i + 1], lon[i + 1])
        speeds[i] = np.hypot(dx, dy) / ((tick[i + 1] - tick[i]) * step_s) / KNOT_M_S
    return float(np.median(speeds))


@njit(cache=True, nogil=True)
def _steps_heard(tick: I8, first: int, last: int) -> int:
    """Steps between two ticks over which a ship's place is known."""
    lo = np.searchsorted(tick, first)
    hi = np.searchsorted(tick, last, side="right")
    return int(np.sum(np.diff(tick[lo:hi]) == 1))


@njit(cache=True, nogil=True)
def _measure(
    of_a: I8, of_b: I8, common: I8, tick: I8, distance: F8, places: F8, step_s: float
) -> F8:
    """Measures of one encounter from the ticks at which the two met, in the order of MEASURED."""
    first, last = tick[0], tick[-1]
    lat_a, lon_a, lat_b, lon_b = places
    steps = last - first
    hours = step_s / 3600.0
    # means on the plane about a's first place: longitudes have no mean
    east = 0.0
    for i in range(len(tick)):
        east += wrap_degrees(lon_a[i] - lon_a[0]) + wrap_degrees(lon_b[i] - lon_a[0])
    dx, dy = offset_m(lat_a[0], lon_a[0], lat_a[-1], lon_a[-1])
    return np.array(
        [
            first * step_s,
            last * step_s,
            0.5 * (lat_a.mean() + lat_b.mean()),
            wrap_degrees(lon_a[0] + east / (2 * len(tick))),
            len(tick),
            _steps_heard(common, first, last) * hours,
            (steps - _steps_heard(of_a, first, last)) * hours,
            (steps - _steps_heard(of_b, first, last)) * hours,
            np.median(distance),
            0.5
            * (
                _median_speed_kn(tick, lat_a, lon_a, step_s)
                + _median_speed_kn(tick, lat_b, lon_b, step_s)
            ),
            np.hypot(dx, dy) / 1000.0,
        ]
    )


@njit(cache=True, nogil=True)
def _common(tick_a: I8, tick_b: I8, from_tick: int, to_tick: int) -> I8:
    """Rows (in a, in b) of the ticks that both tracks have."""
    i = int(np.searchsorted(tick_a, from_tick))
    j = int(np.searchsorted(tick_b, from_tick))
    out = np.empty((min(len(tick_a) - i, len(tick_b) - j), 2), np.int64)
    n = 0
    while i < len(tick_a) and j < len(tick_b) and max(tick_a[i], tick_b[j]) <= to_tick:
        if tick_a[i] == tick_b[j]:
            out[n, 0], out[n, 1] = i, j
            n += 1
            i += 1
            j += 1
        elif tick_a[i] < tick_b[j]:
            i += 1
        else:
            j += 1
    return out[:n]


@njit(cache=True, nogil=True)
def _encounters(
    a: I8,
    b: I8,
    from_tick: I8,
    to_tick: I8,
    start: I8,
    tick: I8,
    lat: F8,
    lon: F8,
    step_s: float,
    near_m: float,
    apart_m: float,
    merge_s: float,
    least_s: float,
) -> tuple[I8, F8]:
    """Encounters in each window: its number, and the measures."""
    windows, rows = [], []
    for w in range(len(a)):
        part_a = slice(start[a[w]], start[a[w] + 1])
        part_b = slice(start[b[w]], start[b[w] + 1])
        tick_a, lat_a, lon_a = tick[part_a], lat[part_a], lon[part_a]
        tick_b, lat_b, lon_b = tick[part_b], lat[part_b], lon[part_b]
        both = _common(tick_a, tick_b, from_tick[w], to_tick[w])
        at = tick_a[both[:, 0]]
        met = np.empty(len(both), np.int64)  # rows of `both` at which the encounter's ticks are
        distance = np.empty(len(both))
        n = 0
        for i in range(len(both) + 1):
            over = i == len(both)
            far = np.inf
            if not over:
                p, q = both[i]
                dx, dy = offset_m(lat_a[p], lon_a[p], lat_b[q], lon_b[q])
                far = np.hypot(dx, dy)
                if n > 0:
                    steps = at[i] - at[met[n - 1]]
                    late = steps > 1 and steps * step_s >= merge_s
                    over = far > apart_m or (far <= near_m and late)
            if over and n > 0:
                rows_of = met[:n]
                if (at[met[n - 1]] - at[met[0]]) * step_s >= least_s and n > 1:
                    p, q = both[rows_of, 0], both[rows_of, 1]
                    places = np.stack((lat_a[p], lon_a[p], lat_b[q], lon_b[q]))
                    windows.append(w)
                    rows.append(
                        _measure(tick_a, tick_b, at, at[rows_of], distance[:n], places, step_s)
                    )
                n = 0
            if far <= near_m:
                met[n], distance[n] = i, far
                n += 1
    out = np.empty((len(rows), len(MEASURED)))
    for i in range(len(rows)):
        out[i] = rows[i]
    return np.array(windows, np.int64), out


def runs_by_distance(tracks: Tracks, config: RendezvousConfig) -> Runs:
    """The runs of all tracks on the grid of time; each track's are its own."""
    grid = resample(tracks, config.distance)
    blank = np.empty(0, np.float32)
    ticks = Tracks(
        grid.start,
        grid.tick * _step_ms(config),
        grid.lat,
        grid.lon,
        blank,
        blank,
        blank,
        np.empty(0, np.int8),
    )
    return cut_runs(ticks, np.inf, config.distance.increment_s / 3600.0)


def _step_ms(config: RendezvousConfig) -> int:
    return round(config.distance.increment_s * 1000)


def windows_by_distance(runs: Runs, vessels: pl.DataFrame, config: RendezvousConfig) -> Windows:
    """When which two of `vessels` may have been near each other, from their runs."""
    reach = np.zeros(len(vessels))
    near_m = BOX_SLACK * config.distance.adjacency_km * 1000.0
    return of_two_numbers(pair_runs(runs, reach, near_m), vessels)


def _bridged(windows: Windows, config: RendezvousConfig) -> Windows:
    """Windows over what may be one encounter.

    What lies between two windows is looked at too: it tells whether the ships left each other.
    """
    a, b, begin, end = windows.a, windows.b, windows.begin_ms, windows.end_ms
    pause_ms = begin[1:] - end[:-1]
    goes_on = pause_ms <= max(config.distance.merge_h * 3_600_000, _step_ms(config))
    new = np.append(True, (np.diff(a) != 0) | (np.diff(b) != 0) | ~goes_on)[: len(a)]
    last = np.append(new[1:], True)[: len(a)]
    return Windows(a[new], b[new], begin[new], end[last])


def measure_by_distance(
    tracks: Tracks, windows: Windows, config: RendezvousConfig, progress: Progress
) -> pl.DataFrame:
    """The encounters of pairs, measured; see `examine_by_distance`.

    Parameters
    ----------
    tracks : Tracks
        Clean fixes of all tracks that stand in `windows`.
    windows : Windows
        All windows of the pairs that are asked for.
    config : RendezvousConfig
        Its section `distance`; `pairing.encounter_min_h` for the shortest that is listed.
    progress : Progress
        Where to tell how far it is.
    """
    distance, step_ms = config.distance, _step_ms(config)
    windows = _bridged(windows, config)
    with progress.step("measuring pairs", 2) as step:
        grid = resample(tracks, distance)
        step.advance(1)
        number, rows = _encounters(
            windows.a,
            windows.b,
            windows.begin_ms // step_ms,
            windows.end_ms // step_ms,
            grid.start,
            grid.tick,
            grid.lat,
            grid.lon,
            distance.increment_s,
            distance.encounter_km * 1000.0,
            distance.adjacency_km * 1000.0,
            distance.merge_h * 3600.0,
            config.pairing.encounter_min_h * 3600.0,
        )
        step.advance(1)
    measured = pl.DataFrame(rows, schema=dict.fromkeys(MEASURED, pl.Float64), orient="row")
    return measured.select(
        pl.Series("track_a", windows.a[number], pl.Int32),
        pl.Series("track_b", windows.b[number], pl.Int32),
        *(
            pl.col(name) if name in MEASURED else pl.lit(None, pl.Float64).alias(name)
            for name in MEASURES
        ),
    ).sort("track_a", "track_b", "start_s")


def examine_by_distance(
    tracks: Tracks, vessels: pl.DataFrame, config: RendezvousConfig, progress: Progress
) -> pl.DataFrame:
    """All encounters of two ships by distance, measured.

    Parameters
    ----------
    tracks : Tracks
        Clean fixes.
    vessels : pl.DataFrame
        `schema.VESSELS`, a row a track.
    config : RendezvousConfig
        Its section `distance`; `pairing.encounter_min_h` for the shortest that is listed.
    progress : Progress
        Where to tell how far it is.

    Returns
    -------
    pl.DataFrame
        `track_a`, `track_b` (row numbers of `vessels`, a before b) and the columns of MEASURES, of
        which those of MEASURED are known; sorted by track_a, track_b, start.
    """
    windows = windows_by_distance(runs_by_distance(tracks, config), vessels, config)
    return measure_by_distance(tracks, windows, config, progress)


def nobody_alone() -> pl.DataFrame:
    """The table of lone vessels, empty: by distance alone they leave nothing to see."""
    return pl.DataFrame(schema={"track_a": pl.Int32, **dict.fromkeys(LONE_MEASURES, pl.Float64)})
