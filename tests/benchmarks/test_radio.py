"""What is heard: how often, and how wrong."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.world.draws import stream
from benchmarks.world.geodesy import WGS84, Frame
from benchmarks.world.motion import Path, fixed
from benchmarks.world.options import Options
from benchmarks.world.radio import (
    Coverage,
    draw_coverage,
    hear,
    intervals_s,
    received,
    report_times,
    thinned,
)
from benchmarks.world.sea import KNOT
from benchmarks.world.ships import Fleet
from benchmarks.world.typed import typed
from benchmarks.world.voyage import Jam, Voyage

T = np.arange(0.0, 86400.0, 20.0)
FRAME = Frame(30.0, -20.0)
ALWAYS = Coverage(1.0, ())
EVERYTHING = Options(thin_s=1.0, thin_still_s=1.0, without_headings=0.0, without_draught=0.0)


def steaming(kn):
    return Path(T, 0 * T, kn * KNOT * (T - T.mean()), 0 * T)


def heard(voyage, options=EVERYTHING, coverage=ALWAYS, frame=FRAME, seed=1):
    static = typed(voyage.ship, options, seed)
    return hear(stream(seed, "radio"), voyage, static, frame, coverage, options)


@pytest.fixture
def ship():
    return Fleet(stream(1, "fleet")).ship("aframax", class_b=False)


@pytest.mark.parametrize(
    ("kn", "status", "class_b", "seconds"),
    [(10, 0, False, 10), (18, 0, False, 6), (25, 0, False, 2), (0, 1, False, 180),
     (0, 5, False, 180), (10, 1, False, 10), (10, 15, True, 30), (1, 15, True, 180)],
)  # fmt: skip
def test_reporting_intervals_are_those_of_the_standard(kn, status, class_b, seconds):
    path = steaming(kn)
    interval = intervals_s(path, np.full(len(T), status), class_b, buoy=False)
    assert np.all(interval == seconds)
    times = report_times(stream(1, "t"), path, interval)
    assert np.diff(times).mean() == pytest.approx(seconds, rel=0.01)
    assert np.diff(times).max() < 1.3 * seconds


def test_report_times_err_as_in_real_feeds(ship):
    voyages = [heard(Voyage(ship, steaming(12.0)), seed=n) for n in range(4)]
    error = np.abs(np.concatenate([f.stamped - f.sent for f in voyages]))
    assert np.percentile(error, [50, 90, 99]) == pytest.approx([3.5, 11.0, 28.0], rel=0.06)


def test_positions_err_by_metres_and_drift_slowly():
    fleet = Fleet(stream(2, "fleet"))
    biases = []
    for number in range(40):
        ship = replace(fleet.ship("mr", class_b=False), antenna_forward_m=0, antenna_starboard_m=0)
        fixes = heard(Voyage(ship, fixed(T, 0.0, 0.0), [(0.0, 1)]), seed=number)
        _, _, off = WGS84.inv(
            np.full(len(fixes.lon), FRAME.lon),
            np.full(len(fixes.lon), FRAME.lat),
            fixes.lon,
            fixes.lat,
        )
        assert off.max() < 25.0
        biases.append(np.median(off))
    assert 2.0 < np.median(biases) < 7.0


def test_the_antenna_is_reported_not_the_middle(ship):
    fixes = heard(Voyage(ship, steaming(10.0)))
    _, _, along = WGS84.inv(
        np.full(len(fixes.lat), FRAME.lon), np.full(len(fixes.lat), FRAME.lat), fixes.lon, fixes.lat
    )
    true_y = 10.0 * KNOT * (fixes.sent - T.mean())
    offset = np.where(true_y > 0, along - true_y, -along - true_y)
    assert np.median(offset[np.abs(true_y) > 1000]) == pytest.approx(ship.antenna_forward_m, abs=12)


def test_thinning_keeps_the_first_of_each_bin():
    times = np.array([0.5, 10.0, 59.9, 60.0, 61.0, 200.0])
    assert thinned(times, 60.0).tolist() == [0.5, 60.0, 200.0]
    assert len(thinned(np.array([]), 60.0)) == 0


def test_silence_and_outages_lose_every_report():
    times = np.arange(0.0, 1000.0, 1.0)
    kept = received(stream(1, "r"), times, Coverage(1.0, ((100, 200),)), ((500, 600),), 1.0)
    assert not np.any((kept >= 100) & (kept <= 200))
    assert not np.any((kept >= 500) & (kept <= 600))
    assert len(kept) == 1000 - 2 * 101


def test_satellites_hear_in_passes_only():
    coverage = draw_coverage(stream(1, "c"), "satellite", 86400.0)
    times = np.arange(0.0, 86400.0, 10.0)
    kept = received(stream(1, "r"), times, coverage, (), 1.0)
    within = np.zeros(len(kept), dtype=bool)
    for start, end in coverage.passes or ():
        within |= (kept >= start) & (kept <= end)
    assert within.all()
    assert np.diff(kept).max() > 1800


def test_jammed_positions_lie_on_the_jammers_circle(ship):
    jam = Jam((10_000.0, 20_000.0), 500.0, -800.0, 300.0, 400.0, 1.0)
    fixes = heard(Voyage(ship, fixed(T, 0.0, 0.0), [(0.0, 1)], jams=[jam]))
    inside = (fixes.sent >= 10_000) & (fixes.sent <= 20_000)
    lon, lat, _ = FRAME.to_lonlat(np.array([500.0]), np.array([-800.0]))
    n = int(inside.sum())
    _, _, away = WGS84.inv(
        np.full(n, lon[0]), np.full(n, lat[0]), fixes.lon[inside], fixes.lat[inside]
    )
    assert away == pytest.approx(np.full(n, 300.0), abs=6.0)


@pytest.mark.parametrize(
    ("lat", "lon"), [(0.0, 0.0), (40.0, 180.0), (-60.0, -179.999), (80.0, 3.0)]
)
def test_the_plane_is_true_to_scale_anywhere(lat, lon):
    frame = Frame(lat, lon)
    x, y = np.array([0.0, 30_000.0, 30_250.0]), np.array([0.0, 20_000.0, 20_000.0])
    lons, lats, turn = frame.to_lonlat(x, y)
    assert np.all((lons >= -180) & (lons < 180))
    forward, _, metres = WGS84.inv(lons[1], lats[1], lons[2], lats[2])
    assert metres == pytest.approx(250.0, abs=0.02)
    assert (90.0 + turn[1] - forward + 180) % 360 - 180 == pytest.approx(0.0, abs=0.01)
