"""The report without a browser: what stands in the page."""

import base64
import hashlib
import json
import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from pipeline.exports import report
from pipeline.exports.hotspots import clusters
from pipeline.exports.report import write_report
from pipeline.exports.report_data import report_data
from pipeline.exports.results import candidates
from pipeline.exports.zones import gathering_places, zone_areas
from tests.exports.conftest import BEGIN, World

ASSETS = Path(report.__file__).parent / "assets"


def data_of(world: World, **further):
    results = world.results(**further)
    chosen = candidates(results)
    labels = clusters(gathering_places(chosen), 3, 10_000.0)
    return report_data(results, chosen, zone_areas(chosen, labels, 2.0), margin_h=3.0)


def page_of(world: World, folder: Path) -> str:
    write_report(data_of(world), folder / "report.html")
    return (folder / "report.html").read_text(encoding="utf-8")


def inside(page: str, tag: str) -> list[str]:
    return re.findall(rf"<{tag}>(.*?)</{tag}>", page, flags=re.DOTALL)


def summed(deltas):
    total, out = 0, []
    for delta in deltas:
        total += delta
        out.append(total)
    return out


def test_the_policy_allows_the_page_s_own_script_and_style_alone(world, tmp_path):
    world.meet(205000001, 205000002)
    page = page_of(world, tmp_path)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy.startswith("default-src 'none';")
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        (content,) = inside(page, tag)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_the_page_names_nothing_to_load(world, tmp_path):
    page = page_of(world, tmp_path)
    head = page.split("<style>")[0] + page.split("</style>")[1].split('<script type="app')[0]
    assert not re.search(r"(src|href)\s*=", head)


@pytest.mark.parametrize(
    "name", ["</script><script>alert(1)</script>", "<!--<script>", "\u2028\u202e", "$data ${x}"]
)
def test_no_name_ends_the_data(world, tmp_path, name):
    world.meet(205000001, 205000002, name_a=name)
    page = page_of(world, tmp_path)
    (data,) = re.findall(r'id="data">(.*?)</script>', page, flags=re.DOTALL)
    assert "<" not in data
    assert json.loads(data)["candidates"][0]["name_a"].replace("\ufffd", "") in name


def test_the_same_run_gives_the_same_page(tmp_path):
    pages = []
    for _ in range(2):
        world = World()
        world.meet(205000001, 205000002)
        pages.append(page_of(world, tmp_path))
    assert pages[0] == pages[1]


def test_tracks_come_back_from_their_differences(world):
    world.meet(205000001, None, lat=-1.0, lon=179.99)
    (candidate,) = data_of(world)["candidates"]
    track = candidate["tracks"]["a"]
    assert summed(track["t"])[0] == (BEGIN - timedelta(hours=3)).timestamp()
    assert summed(track["t"])[-1] == (BEGIN + timedelta(hours=9)).timestamp()
    assert [y / 1e6 for y in summed(track["y"])] == pytest.approx([-1.0] * 145, abs=3e-4)
    lons = [x / 1e6 for x in summed(track["x"])]
    assert max(abs(p - q) for p, q in pairwise(lons)) < 0.01
    assert max(lons) > 180.0
    assert set(track["v"]) == {4}
    assert set(track["h"]) == {90}


def test_long_tracks_are_thinned_from_end_to_end(world):
    world.meet(205000001, None, tracks=False)
    world.track(205000001, 28.5, -88.2, BEGIN, 6.0, every_min=0.25)
    (candidate,) = data_of(world)["candidates"]
    times = summed(candidate["tracks"]["a"]["t"])
    assert 250 <= len(times) <= 302
    assert times[-1] - times[0] == 12 * 3600
    assert candidate["tracks"]["a"]["s"] == []


def test_a_silence_is_told_with_its_ends(world):
    world.meet(205000001, None)
    begin, end = BEGIN + timedelta(hours=1), BEGIN + timedelta(hours=2)
    world.fixes = [f for f in world.fixes if not begin < f["time"] < end]
    (candidate,) = data_of(world)["candidates"]
    assert candidate["tracks"]["a"]["s"] == [[begin.timestamp(), end.timestamp()]]


def test_why_a_ship_was_silent_is_told(world):
    world.meet(205000001, 205000002)
    results = world.results()
    chosen = candidates(results).with_columns(
        pl.lit("switched_off").alias("silence_cause_a"),
        pl.lit(None, pl.String).alias("silence_cause_b"),
    )
    zones = zone_areas(chosen, clusters(gathering_places(chosen), 3, 10_000.0), 2.0)
    (candidate,) = report_data(results, chosen, zones, margin_h=3.0)["candidates"]
    assert candidate["silence_causes"] == {"a": "switched off, as its neighbours were heard"}


def test_near_misses_are_the_other_encounters_of_the_same_ships(world):
    world.meet(205000001, 205000002)
    world.meet(205000002, 205000003, candidate=False, start=BEGIN + timedelta(hours=20))
    world.meet(205000004, 205000005, candidate=False)
    (candidate,) = data_of(world)["candidates"]
    assert [other["event_id"] for other in candidate["others"]] == ["E0001"]
    assert candidate["others"][0]["class"] == "berth"


def test_timings_do_not_stand_in_the_page(world):
    manifest = {
        "version": "0",
        "timings_s": {"feeds": 1.0},
        "inputs": [{"path": "x", "sha256": "y"}],
    }
    run = data_of(world, manifest=manifest)["run"]
    assert "timings_s" not in run
    assert run["inputs"] == [{"path": "x", "bytes": None, "sha256": "y"}]


def test_vendored_files_are_those_recorded():
    recorded = set(re.findall(r"`([0-9a-f]{64})`", (ASSETS / "README.md").read_text()))
    vendored = ("leaflet.js", "leaflet.css", "land-50m.json")
    assert {hashlib.sha256((ASSETS / n).read_bytes()).hexdigest() for n in vendored} == recorded


def test_a_ship_without_fixes_leaves_the_others_their_tracks(world):
    world.meet(205000001, 205000002, tracks=False)
    world.meet(205000003, None)
    first, second = data_of(world)["candidates"]
    assert first["tracks"] == {"a": None, "b": None}
    assert second["tracks"]["a"]["t"]
    assert len(second["tracks"]["a"]["x"]) == len(second["tracks"]["a"]["h"])
