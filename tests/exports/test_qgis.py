"""A run's folder in the real QGIS (Debian's python3-qgis), offscreen, in its own process."""

import json
import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import ExportsConfig
from pipeline.exports import write
from pipeline.progress import Quiet
from tests.exports.conftest import BEGIN, World

pytestmark = pytest.mark.slow

PYTHON = "/usr/bin/python3"
MARKUP = "<img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://x")'
EXPRESSION = "[% 'evalu' || 'ated' %]"


def run_of(world: World, folder: Path) -> Path:
    folder.mkdir()
    write(world.results(), folder, ExportsConfig(), Quiet())
    return folder


def _run(*arguments: str | Path, time_zone: str = "UTC") -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the system's Python on a script of ours
        [PYTHON, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "TZ": time_zone, "QT_QPA_PLATFORM": "offscreen"},
    )


def look(folder: Path, time_zone: str = "UTC") -> dict[str, Any]:
    if not Path(PYTHON).exists() or _run("-c", "import qgis.core").returncode:
        pytest.skip("no QGIS: apt-get install --no-install-recommends python3-qgis qgis-providers")
    done = _run(Path(__file__).with_name("qgis_look.py"), folder, time_zone=time_zone)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def three_meetings() -> World:
    world = World()
    world.meet(205000001, 205000002, score=0.95, name_a=MARKUP, name_b=FORMULA)
    world.meet(205000003, 205000004, lat=28.54, start=BEGIN + timedelta(hours=30), score=None)
    world.meet(205000005, None, lat=28.58, start=BEGIN + timedelta(hours=60), name_a=EXPRESSION)
    return world


@pytest.fixture(scope="module", params=["UTC", "Asia/Shanghai"])
def seen(request, tmp_path_factory) -> dict[str, Any]:
    """What QGIS sees of a run that was moved after it was written."""
    made = run_of(three_meetings(), tmp_path_factory.mktemp("made") / "run")
    moved = shutil.move(made, tmp_path_factory.mktemp("elsewhere") / "moved run, é")
    return look(Path(moved), request.param)


def every_layer(seen):
    return [*seen["geojson"].values(), *seen["gpkg"].values(), *seen["project"]["layers"]]


def test_every_layer_is_valid_and_has_its_features(seen):
    assert [layer["valid"] for layer in every_layer(seen)] == [True] * 9
    assert [layer["features"] for layer in every_layer(seen)] == [3, 5, 1] * 3
    assert {layer["crs"] for layer in every_layer(seen)} == {"EPSG:4326"}


def test_every_layer_is_styled_by_itself(seen):
    kinds = ["graduatedSymbol", "categorizedSymbol", "singleSymbol"]
    assert [layer["renderer"] for layer in every_layer(seen)] == kinds * 3


def test_the_best_candidates_are_drawn_on_top(seen):
    orders = [layer["order"] for layer in every_layer(seen)]
    assert orders == ['"score" ASC NULLS FIRST', "", ""] * 3


def test_times_are_date_times_that_the_temporal_controller_uses(seen):
    for layer in every_layer(seen):
        assert layer["fields"]["start_utc"] == layer["fields"]["end_utc"] == "DateTime"
        assert layer["temporal"]
        assert layer["temporal_fields"] == ["start_utc", "end_utc"]


def test_labels_draw_names_as_plain_text(seen):
    for layer in (seen["geojson"]["candidates"], seen["project"]["layers"][0]):
        assert layer["labels"] == [
            f"{MARKUP[:24]} + {FORMULA}",
            "SHIP 205000003 + SHIP 205000004",
            f"{EXPRESSION[:24]} (partner not heard)",
        ]


def test_labels_are_drawn(seen):
    assert seen["ink"]["whole"] > 1.2 * seen["ink"]["without_labels"] > 0


def test_map_tips_show_markup_and_expressions_as_text(seen):
    for layer in every_layer(seen):
        for tip in layer["tips"]:
            assert "<img" not in tip
            assert "evaluated" not in tip
    first, _, third = seen["geojson"]["candidates"]["tips"]
    assert first.startswith("&lt;img src=x onerror=alert + ")
    assert "2018-06-04 21:30 to 2018-06-05 03:30 UTC" in first
    assert EXPRESSION in third


def test_the_moved_project_opens_in_order_with_its_span_and_view(seen):
    project = seen["project"]
    assert seen["opened"]
    assert [layer["name"] for layer in project["layers"]] == ["Candidates", "Tracks", "Zones"]
    assert all("moved run" in layer["source"] for layer in project["layers"])
    assert (project["begin"], project["end"]) == ("2018-06-04T18:00:00Z", "2018-06-07T19:00:00Z")
    assert project["crs"] == "EPSG:4326"
    west, south, east, north = project["extent"]
    assert west < -88.2 < east
    assert south < 28.5 < 28.58 < north
    assert east - west < 2.0


def test_a_frame_draws_less_than_the_whole_and_another_day_nothing(seen):
    ink = seen["ink"]
    assert 0 < ink["first_hour"] < ink["whole"]
    assert ink["span"] == ink["whole"]
    assert ink["long_before"] == 0


def test_a_run_without_candidates_opens(tmp_path):
    world = World()
    world.meet(205000001, 205000002, candidate=False)
    seen = look(run_of(world, tmp_path / "run"))
    assert [layer["valid"] for layer in every_layer(seen)] == [True] * 9
    assert seen["opened"]
    assert seen["ink"]["whole"] == 0


def test_without_scores_candidates_are_coloured_by_class(tmp_path):
    world = World()
    world.meet(205000001, 205000002)
    layer = look(run_of(world, tmp_path / "run"))["geojson"]["candidates"]
    assert layer["renderer"] == "categorizedSymbol"
    assert layer["legend"] == ["Transfer", "Bunkering", "Lone vessel", "Other"]
