"""The presets: each loads, says when to use it, and does what the default does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from benchmarks.scoring import Score, read_candidates, score
from benchmarks.world.draws import stream
from benchmarks.world.options import Options
from benchmarks.world.places import Atlas
from benchmarks.world.scenes import anchorage, harbour, steaming, transfers
from benchmarks.world.scenes.common import Setting
from benchmarks.world.scenes.lightering import Daughter, one_visit, run, sizes, two_tankers
from benchmarks.world.voyage import Scene
from benchmarks.world.world import (
    SceneFunction,
    World,
    assemble,
    fleet_of,
    play,
    start_of,
    time_grid,
)
from benchmarks.world.writers import write
from pipeline.cli import app
from pipeline.config.load import known_keys, load
from pipeline.desk.keys import value_of
from tests.conftest import ROOT
from tests.rendezvous.scenes import Boat, beside, drift, pairs, swing, visit

CONFIGS = ROOT / "configs"
PRESETS = ("gfw", "script", "satellite", "lightering", "transshipment")
DAYS = 2.0


def preset(name: str) -> Path:
    return CONFIGS / f"{name}.yaml"


def leaves(data: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{before}{key}.")
        else:
            yield before + key, value


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_begins_with_when_to_use_it(name):
    lines = preset(name).read_text().splitlines()
    assert lines[0] == "# yaml-language-server: $schema=schema.json"
    comment = " ".join(line for line in lines[1:] if line.startswith("#"))
    assert "# For " in comment or "# Use it " in comment


@pytest.mark.parametrize("name", ["satellite", "lightering", "transshipment"])
def test_a_preset_says_only_what_differs(name):
    default = load(None)
    said = dict(leaves(yaml.safe_load(preset(name).read_text())))
    assert set(said) <= set(known_keys())
    assert [key for key, value in said.items() if value == value_of(default, key)] == []


def test_gfw_repeats_the_whole_definition():
    said = dict(leaves(yaml.safe_load(preset("gfw").read_text())))
    keys = {key for key in known_keys() if key.startswith("rendezvous.distance.")}
    assert set(said) == {"rendezvous.method", *keys}


# Small worlds, as `benchmarks.accuracy` plays them, through the command line.


def world_of(seed: int, scenes: list[tuple[SceneFunction, str]], options: Options) -> World:
    t, fleet, atlas = time_grid(DAYS), fleet_of(seed), Atlas(stream(seed, "places"))
    found = {
        "open": lambda: atlas.open_sea(None),
        "anchorage": atlas.anchorage,
        "harbour": atlas.harbour,
    }
    played = []
    for number, (function, where) in enumerate(scenes):
        scene = play(seed, f"{function.__name__} {number}", function, found[where](), fleet, t)
        scene.reception = "shore"
        played.append(scene)
    return assemble(seed, start_of(seed), played, options, DAYS)


def found_in(world: World, folder: Path, config: Path | None) -> Score:
    if not (folder / "ais").exists():
        write(world, folder, "danish")
    out = folder / (config.stem if config else "default")
    command = ["detect", str(folder / "ais"), "--out", str(out), "--quiet"]
    result = CliRunner().invoke(app, [*command, *(["--config", str(config)] if config else [])])
    assert result.exit_code == 0, result.output
    return score(read_candidates(out / "candidates.geojson"), world.truth)


def test_satellite_finds_what_is_heard_every_two_hours(tmp_path):
    scenes: list[tuple[SceneFunction, str]] = [
        *[(transfers.drifting, "open")] * 3,
        *[(transfers.head_to_tail, "open")] * 2,
        *[(transfers.anchored, "anchorage")] * 2,
        (anchorage.anchored_neighbours, "anchorage"),
        (harbour.berths_in_line, "harbour"),
        (harbour.rafted_berth, "harbour"),
    ]
    sparse = Options(thin_s=7200.0, thin_still_s=7200.0)
    world = world_of(31, scenes, sparse)
    default = found_in(world, tmp_path, None).total("sts")
    assert default.seen >= 6
    assert default.seen_found <= 2
    satellite = found_in(world, tmp_path, preset("satellite"))
    assert satellite.missed == []
    assert satellite.wrong == []


def in_a_current(s: Setting) -> Scene:
    """Side by side at eight knots over the ground."""
    mother, daughter, gives = two_tankers(s, *sizes(s))
    alongside = one_visit(s, mother, daughter, s.uniform(4, 10))
    return run(
        s, "under_way", mother, [Daughter(daughter, [alongside], gives)], "under_way", kn=8.0
    )


def test_lightering_finds_pairs_at_eight_knots_and_no_tows(tmp_path):
    scenes: list[tuple[SceneFunction, str]] = [
        *[(in_a_current, "open")] * 4,
        (steaming.tow, "open"),
        (steaming.short_tow, "open"),
        (steaming.convoy, "open"),
        (steaming.overtaking, "open"),
    ]
    world = world_of(32, scenes, Options())
    assert found_in(world, tmp_path, None).total("sts").found == 0
    lightering = found_in(world, tmp_path, preset("lightering"))
    assert (lightering.missed, lightering.wrong) == ([], [])


# Fish carriers: the world of the benchmark trades in oil alone.

CARRIER: dict[str, Any] = {"length": 130.0, "beam": 18.0, "bow": 105.0, "kind": 70}
LONGLINER: dict[str, Any] = {"length": 45.0, "beam": 8.0, "bow": 30.0, "kind": 30}
HALF = (CARRIER["beam"] + LONGLINER["beam"]) / 2


def classes(boats: list[Boat], config: str | None, shore_km: float) -> list[str]:
    settings = load(preset(config) if config else None).rendezvous
    return sorted(pairs(boats, config=settings, shore_km=shore_km)["class"].to_list())


def at_sea(**changes: Any) -> list[Boat]:
    """A longliner alongside a carrier, adrift."""
    m = drift()
    small = Boat(412000002, visit(beside(m, 2.0, HALF), 2.0, 6.0), **{**LONGLINER, **changes})
    return [Boat(412000001, m, **CARRIER), small]


def in_roads(**changes: Any) -> list[Boat]:
    """The same at anchor, between two turns of the tide."""
    m = swing()
    small = Boat(412000002, visit(beside(m, 2.0, HALF), 2.0, 9.0), **{**LONGLINER, **changes})
    return [Boat(412000001, m, status=1, **CARRIER), small]


def test_a_longliner_at_a_carrier_is_service_by_default_and_a_transfer_of_fish():
    assert classes(at_sea(), None, 80.0) == ["pilot_or_service"]
    assert classes(at_sea(), "transshipment", 80.0) == ["transfer"]
    large: dict[str, Any] = {"length": 55.0, "beam": 9.0, "bow": 35.0}
    assert classes(in_roads(**large), None, 12.0) == ["pilot_or_service"]
    assert classes(in_roads(**large), "transshipment", 12.0) == ["transfer"]


def test_a_fishing_vessel_without_dimensions_may_hand_over_fish():
    unknown = at_sea(length=None, beam=None, bow=None, class_b=True)
    assert classes(unknown, "transshipment", 80.0) == ["transfer"]


def test_types_that_are_not_known_may_be_any():
    boats = [replace(boat, kind=None) for boat in at_sea()]
    assert classes(boats, "transshipment", 80.0) == ["transfer"]


def test_status_fishing_counts_where_the_type_is_another():
    assert classes(at_sea(kind=90, status=7), "transshipment", 80.0) == ["transfer"]
    assert classes(at_sea(kind=90, length=60.0), "transshipment", 80.0) == ["undetermined"]


def test_two_tankers_hand_over_no_fish():
    m = drift()
    boats = [
        Boat(412000001, m),
        Boat(412000002, visit(beside(m, 4.0, 22.5), 2.0, 9.0), length=95.0, beam=15.0, bow=78.0),
    ]
    assert classes(boats, None, 80.0) == ["transfer"]
    assert classes(boats, "transshipment", 80.0) == ["undetermined"]


def test_a_tanker_bunkers_a_fishing_vessel():
    boats = at_sea(kind=80, length=60.0)
    boats[0] = replace(boats[0], kind=30)
    assert classes(boats, "transshipment", 80.0) == ["bunkering"]


def test_a_launch_at_a_carrier_is_service_still():
    launch = at_sea(length=12.0, beam=4.0, bow=6.0)
    assert classes(launch, "transshipment", 80.0) == ["pilot_or_service"]


def test_pair_trawlers_are_pair_trawlers_still():
    m = drift(speed_kn=3.0, course=60.0, heading=60.0)
    trawler: dict[str, Any] = {"length": 24.0, "beam": 7.0, "bow": 12.0, "kind": 30, "status": 7}
    boats = [Boat(412000001, m, **trawler), Boat(412000002, beside(m, 150.0, 7.0), **trawler)]
    assert classes(boats, "transshipment", 80.0) == ["pair_fishing"]
