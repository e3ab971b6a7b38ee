"""A dump full of faults gives the candidates of the clean one; the million rows are a command."""

from pathlib import Path

import pytest

from benchmarks.faulty_dump import compare, filled
from benchmarks.world.compose import _play
from benchmarks.world.draws import stream
from benchmarks.world.options import Options
from benchmarks.world.places import Atlas
from benchmarks.world.scenes import transfers
from benchmarks.world.world import World, assemble, fleet_of, start_of, time_grid

SEED, DAYS, ROWS = 3, 2.0, 20_000


@pytest.fixture(scope="module")
def world() -> World:
    """Two transfers and ships on passage."""
    grid, fleet, atlas = time_grid(DAYS), fleet_of(SEED), Atlas(stream(SEED, "places"))
    scenes = [
        _play(SEED, f"scene {n}", function, atlas.open_sea(None), fleet, grid)
        for n, function in enumerate((transfers.drifting, transfers.head_to_tail))
    ]
    made = assemble(SEED, start_of(SEED), scenes, Options(), DAYS)
    return filled(made, ROWS)


@pytest.mark.parametrize("layout", ["danish", "nmea"])
def test_candidates_of_a_faulty_dump_are_those_of_the_clean_one(
    world: World, layout: str, tmp_path: Path
) -> None:
    clean, faulty = compare(world, layout, 0.02, tmp_path)
    assert clean.candidates >= 1
    assert faulty.files == clean.files
    assert faulty.rejected > clean.rejected + 0.2 * clean.read
