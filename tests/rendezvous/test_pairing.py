"""Runs and their pairing, against comparing everything with everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rendezvous.geometry import offset_m
from pipeline.rendezvous.pairing import pair_runs
from pipeline.rendezvous.runs import Tracks, cut_runs

PLACES = [(0.0, 0.0), (-0.01, 179.995), (54.0, -180.0), (80.0, 10.0), (-89.95, 120.0), (89.98, 0.0)]


def tracks_of(tracks):
    """Tracks from lists of (minute, lat, lon)."""
    flat = [fix for track in tracks for fix in track]
    n = len(flat)
    unknown = np.full(n, np.nan, np.float32)
    return Tracks(
        start=np.cumsum([0, *(len(t) for t in tracks)]).astype(np.int64),
        time_ms=np.array([round(f[0] * 60_000) for f in flat], np.int64),
        lat=np.array([f[1] for f in flat], float),
        lon=np.array([f[2] for f in flat], float),
        sog_kn=unknown,
        cog_deg=unknown,
        heading_deg=unknown,
        nav_status=np.full(n, -1, np.int8),
    )


@st.composite
def slow_tracks(draw):
    """Some ships within a few kilometres, each moving a little at a time."""
    lat, lon = draw(st.sampled_from(PLACES))
    tracks = []
    for _ in range(draw(st.integers(2, 6))):
        y, x = draw(st.floats(-0.03, 0.03)), draw(st.floats(-0.03, 0.03))
        fixes = []
        for k in range(draw(st.integers(1, 8))):
            y += draw(st.floats(-0.004, 0.004))
            x += draw(st.floats(-0.004, 0.004))
            here = min(90.0, max(-90.0, lat + y))
            east = x / max(np.cos(np.radians(here)), 1e-3)
            fixes.append((10.0 * k, here, (lon + east + 180.0) % 360.0 - 180.0))
        tracks.append(fixes)
    return tracks


@given(slow_tracks(), st.floats(50.0, 400.0), st.floats(0.0, 400.0))
def test_no_pair_is_lost(tracks, reach_m, near_m):
    arrays = tracks_of(tracks)
    runs = cut_runs(arrays, 1e5, 1.0)  # about the poles degrees are passed at any speed
    windows = pair_runs(runs, np.full(len(tracks), reach_m), near_m)
    found = set(zip(windows.a.tolist(), windows.b.tolist(), strict=True))
    assert all(a < b for a, b in found)
    for a in range(len(tracks)):
        for b in range(a + 1, len(tracks)):
            ta = {f[0]: f for f in tracks[a]}
            near = [
                np.hypot(*offset_m(ta[f[0]][1], ta[f[0]][2], f[1], f[2])) < 2 * reach_m + near_m
                for f in tracks[b]
                if f[0] in ta
            ]
            if any(near):
                assert (a, b) in found


def test_ships_far_apart_are_no_pair():
    tracks = [[(0, 10.0, 20.0), (30, 10.0, 20.0)], [(0, 10.0, 20.02), (30, 10.0, 20.02)]]
    windows = pair_runs(cut_runs(tracks_of(tracks), 9.0, 1.0), np.full(2, 200.0), 200.0)
    assert len(windows.a) == 0


def test_a_day_at_a_berth_is_one_run():
    fixes = [(3.0 * k, 51.9 + 1e-5 * (k % 3), 4.1) for k in range(480)]
    runs = cut_runs(tracks_of([fixes]), 9.0, 1.0)
    assert len(runs.track) == 1
    assert (runs.first[0], runs.last[0]) == (0, 479)


def test_runs_leave_out_the_fast_part_and_the_silences():
    fixes = [(3.0 * k, 10.0, 20.0) for k in range(10)]
    fixes += [(27.0 + k, 10.0 + 0.005 * k, 20.0) for k in range(1, 10)]  # 18 knots
    fixes += [(140.0 + k, 10.045, 20.0) for k in range(5)]  # after 100 minutes of silence
    runs = cut_runs(tracks_of([fixes]), 9.0, 1.0)
    whole = [(f, last) for f, last in zip(runs.first, runs.last, strict=True) if last > f]
    assert whole == [(0, 9), (19, 23)]


def test_neighbouring_runs_share_their_border_fix():
    fixes = [(10.0 * k, 10.0 + 0.0045 * k, 20.0) for k in range(40)]  # 1.6 knots, 20 km
    runs = cut_runs(tracks_of([fixes]), 9.0, 1.0)
    assert len(runs.track) > 5
    assert runs.first[1:].tolist() == runs.last[:-1].tolist()
    windows = pair_runs(cut_runs(tracks_of([fixes, fixes]), 9.0, 1.0), np.full(2, 100.0), 200.0)
    assert (len(windows.a), windows.begin_ms[0], windows.end_ms[0]) == (1, 0, 390 * 60_000)


@pytest.mark.parametrize("lon", [0.0, 179.999])
def test_windows_of_a_pair_do_not_touch(lon):
    wrap = (lon + 0.002 + 180) % 360 - 180
    a = [(5.0 * k, 5.0, lon) for k in range(12)] + [(180 + 5.0 * k, 5.0, lon) for k in range(12)]
    b = [(5.0 * k, 5.0, wrap) for k in range(50)]
    windows = pair_runs(cut_runs(tracks_of([a, b]), 9.0, 1.0), np.full(2, 100.0), 200.0)
    spans = list(zip(windows.begin_ms // 60_000, windows.end_ms // 60_000, strict=True))
    assert spans == [(0, 55), (180, 235)]


def test_a_fix_that_a_ship_came_to_and_left_at_speed_is_no_run():
    # two knots, then twenty, then two
    lat, fixes = 10.0, []
    for k in range(12):
        fixes.append((10.0 * k, lat, 20.0))
        lat += 10.0 / 60.0 / 60.0 * (20.0 if 4 <= k < 8 else 2.0)
    runs = cut_runs(tracks_of([fixes]), 9.0, 1.0)
    whole = [(int(first), int(last)) for first, last in zip(runs.first, runs.last, strict=True)]
    assert not any(first <= k <= last for first, last in whole for k in (5, 6, 7))
    assert {k for first, last in whole for k in range(first, last + 1)} == {
        0,
        1,
        2,
        3,
        4,
        8,
        9,
        10,
        11,
    }
