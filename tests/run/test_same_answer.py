"""The same rows give the same bytes, and a world moved as a whole gives what moved with it."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import polars as pl
import polars.selectors as cs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.kills import OF_ITS_OWN, files_of
from pipeline import cleaning, engines, feeds, rendezvous
from pipeline.cleaning import doubts
from pipeline.config import Config
from pipeline.engines import flow, pairs, reading
from pipeline.ledger import Ledger
from pipeline.progress import Quiet
from pipeline.run import detect
from tests.rendezvous.scenes import OpenSea
from tests.run.made import scene

MANY = int(os.environ.get("EXAMPLES", "5"))
"""How many cases of each rule; with 100 it is minutes."""
CASES = settings(max_examples=MANY, suppress_health_check=[HealthCheck.function_scoped_fixture])


def run(inputs, out, **options):
    detect([str(inputs)], Config(), out, overwrite=True, progress=Quiet(), **options)
    return files_of(out, OF_ITS_OWN)


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """Header and rows of a dump with a transfer."""
    files = scene(tmp_path_factory.mktemp("rows") / "ais")
    head, *first = files[0].read_text().splitlines()
    return head, first + files[1].read_text().splitlines()[1:]


@pytest.fixture(scope="module")
def whole(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    (folder / "all.csv").write_text("\n".join([rows[0], *rows[1]]) + "\n")
    return run(folder / "all.csv", folder / "run")


@CASES
@given(
    seed=st.integers(0, 2**32 - 1),
    files=st.integers(1, 5),
    again=st.floats(0.0, 0.5),
    workers=st.integers(1, 4),
    parts=st.booleans(),
)
def test_the_order_of_rows_files_repeats_and_workers_change_no_byte(
    rows, whole, tmp_path_factory, seed, files, again, workers, parts
):
    rng = np.random.default_rng(seed)
    head, lines = rows
    extra = rng.integers(0, len(lines), round(again * len(lines)))
    mixed = rng.permutation([*range(len(lines)), *extra])
    folder = tmp_path_factory.mktemp("mixed")
    for number, part in enumerate(np.array_split(mixed, files)):
        text = "\n".join([head, *(lines[k] for k in part)])
        (folder / f"{rng.integers(10**6)}-{number}.csv").write_text(text + "\n")
    with pytest.MonkeyPatch.context() as patch:
        if parts:
            patch.setattr(reading, "PIECE_ROWS", 200)
            patch.setattr(flow, "SPAN_ROWS", 300)
            patch.setattr(pairs, "CHUNK_FIXES", 400)
        found = run(folder, folder.with_name(f"{folder.name}-run"), engine=engines.Local(workers))
    assert [name for name in whole if whole[name] != found[name]] == []


@pytest.mark.parametrize(
    "machine",
    [
        {"TZ": "America/St_Johns", "PYTHONHASHSEED": "1", "LC_ALL": "C", "threads": "1"},
        {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "4711", "LC_ALL": "C.UTF-8", "threads": "2"},
        pytest.param(
            {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "0", "LC_ALL": "de_DE", "threads": "2"},
            marks=pytest.mark.slow,
        ),
    ],
    ids=lambda machine: machine["TZ"],
)
def test_the_machine_changes_no_byte(rows, whole, tmp_path, machine):
    (tmp_path / "all.csv").write_text("\n".join([rows[0], *rows[1]]) + "\n")
    threads = machine["threads"]
    environment = {
        **os.environ, **machine, "POLARS_MAX_THREADS": threads, "NUMBA_NUM_THREADS": threads,
    }  # fmt: skip
    command = [sys.executable, "-m", "pipeline", "detect", "all.csv", "--out", "run", "-q"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)  # noqa: S603 - this interpreter and programs named here
    found = files_of(tmp_path / "run", OF_ITS_OWN)
    assert found is not None
    assert [name for name in whole if whole[name] != found[name]] == []


TIMES = cs.datetime()
NOT_MOVED = {"event_id"}  # it tells when


def mirrored_statics(statics: pl.DataFrame) -> pl.DataFrame:
    return statics.with_columns(c_m="d_m", d_m="c_m")


@pytest.fixture(scope="module")
def world(root):
    """Positions and typed values of a region, those antennas left out that a mirror would change.

    0 stands for an unknown place of the antenna, on one side only.
    """
    (file,) = (root / "sample_ais").glob("north_sea*")
    ledger, config = Ledger(), Config().feeds
    sources, _ = feeds.find_sources([str(file)], config, ledger)
    read = feeds.merge(feeds.read(sources, config, ledger, Quiet()))
    sides = ["a_m", "b_m", "c_m", "d_m"]
    at_0 = pl.any_horizontal((pl.col(side) == 0).fill_null(value=False) for side in sides)
    statics = read.statics.with_columns(pl.when(~at_0).then(pl.col(side)) for side in sides)
    return read.positions, statics


def encounters(positions: pl.DataFrame, statics: pl.DataFrame) -> pl.DataFrame:
    """What is found where no land, port or berth is known."""
    config = Config()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doubts, "on_land", lambda lat, _lon: np.zeros(len(lat), bool))
        clean = cleaning.clean(positions, statics, config.cleaning, Ledger(), Quiet())
    measured = rendezvous.measure(
        clean.fixes, clean.vessels, clean.draughts, OpenSea(), config.rendezvous, Quiet()
    )
    return rendezvous.decide(measured, config.rendezvous)


@pytest.fixture(scope="module")
def unmoved(world):
    found = encounters(*world)
    assert found["candidate"].sum() >= 3
    return found


def same(found: pl.DataFrame, wanted: pl.DataFrame) -> None:
    """Every column of every encounter, to rounding."""
    assert found.height == wanted.height
    for name, dtype in wanted.schema.items():
        a, b = found[name], wanted[name]
        if name in NOT_MOVED:
            continue
        if dtype.is_float():
            assert a.is_null().equals(b.is_null()), name
            beyond = (a - b).abs() > 1e-4 + 1e-5 * b.abs()
            assert not beyond.any(), name
        else:
            assert a.equals(b), name


def east(table: pl.DataFrame, degrees: float) -> pl.DataFrame:
    return table.with_columns((pl.col("lon") + degrees + 180.0) % 360.0 - 180.0)


def wrapped(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.col("lon").mod(360.0))


@CASES
@given(days=st.integers(-2000, 400))
def test_a_world_days_later_is_the_same_world(world, unmoved, days):
    later = pl.duration(days=days)
    positions, statics = (table.with_columns(TIMES + later) for table in world)
    found = encounters(positions, statics.with_columns(pl.col("hour") + 24 * days))
    same(found.with_columns(TIMES - later), unmoved)


@CASES
@given(steps=st.one_of(st.integers(-36_000, 36_000), st.integers(34_600, 35_400)))  # there split
def test_a_world_further_east_is_the_same_world(world, unmoved, steps):
    degrees = steps / 200.0  # the digits that tell how a position was rounded stay what they are
    found = encounters(*(east(table, degrees) for table in world))
    same(wrapped(east(found, -degrees)), wrapped(unmoved))


def test_a_mirrored_world_is_the_same_world(world, unmoved):
    positions, statics = (table.with_columns(-pl.col("lat")) for table in world)
    turned = [(180.0 - pl.col(name)).mod(360.0).alias(name) for name in ("cog_deg", "heading_deg")]
    found = encounters(positions.with_columns(turned), mirrored_statics(statics))
    # to starboard becomes to port
    same(found.with_columns(-pl.col("lat"), -pl.col("across_m")), unmoved)
