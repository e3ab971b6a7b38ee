"""A run that goes on from a state finds what one run over all files finds."""

from __future__ import annotations

import gzip
import inspect
import json
from pathlib import Path

import polars as pl
import pytest

from pipeline import engines, exports
from pipeline.cli import detecting
from pipeline.engines import state as states
from pipeline.errors import UsageError
from tests.engines.conftest import run, same


@pytest.fixture(scope="module")
def days(root, tmp_path_factory):
    """Two days of the sample, each a file."""
    path = next((root / "sample_ais").glob("north_sea*.csv.gz"))
    head, *rows = gzip.decompress(path.read_bytes()).decode().splitlines()
    folder = tmp_path_factory.mktemp("days")
    files: list[Path] = []
    for day in ("11/06/2024", "12/06/2024"):  # and one clock that is off by years
        of_day = [row for row in rows if row.startswith(day) or (not files and "/2024" not in row)]
        files.append(folder / f"{day.replace('/', '-')}.csv")
        files[-1].write_text("\n".join([head, *of_day]) + "\n")
    assert sum(len(file.read_text().splitlines()) - 1 for file in files) == len(rows)
    return files


@pytest.fixture(scope="module")
def both(days, tmp_path_factory):
    return run(days, tmp_path_factory.mktemp("both") / "run")


def manifest(out):
    return json.loads((out / "manifest.json").read_text())


def files_of(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_day_by_day_is_as_both_days_at_once(days, both, tmp_path):
    for day in days:
        found = run([day], tmp_path / "run", state=tmp_path / "state")
    same(found, both)
    told = manifest(tmp_path / "run")
    assert told["state"]["files_before"] == 1
    assert told["rows_read"] == sum(len(day.read_text().splitlines()) - 1 for day in days)
    encounters = pl.read_parquet(tmp_path / "run" / "encounters.parquet")
    ended = encounters.filter(pl.col("candidate"))
    assert set(told["state"]["provisional"]) == set(ended["event_id"])  # all within three days


def test_a_late_file_is_told_and_decided_as_if_in_time(days, both, tmp_path):
    run([days[1]], tmp_path / "run", state=tmp_path / "state")
    same(run([days[0]], tmp_path / "run", state=tmp_path / "state"), both)
    assert any("late" in message for message in manifest(tmp_path / "run")["messages"])


def test_a_file_given_again_is_told_and_not_counted_twice(days, tmp_path):
    first = run([days[0]], tmp_path / "run", state=tmp_path / "state")
    rows = manifest(tmp_path / "run")["rows_read"]
    copy = tmp_path / "copy.csv"
    copy.write_bytes(days[0].read_bytes())
    same(run([copy], tmp_path / "run", state=tmp_path / "state"), first)
    told = manifest(tmp_path / "run")
    assert told["rows_read"] == rows
    assert "taken in before" in told["skipped"][0]["reason"]


def test_what_ends_a_run_early_leaves_the_state_as_it_was(days, tmp_path, monkeypatch):
    state = tmp_path / "state"
    run([days[0]], tmp_path / "run", state=state)
    before = files_of(state)

    def fail(*_args):
        raise RuntimeError

    monkeypatch.setattr(exports, "write", fail)
    with pytest.raises(RuntimeError):
        run([days[1]], tmp_path / "run", state=state)
    assert files_of(state) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "state"]


def test_two_runs_do_not_use_one_state_at_once(days, tmp_path):
    run([days[0]], tmp_path / "run", state=tmp_path / "state")
    with (
        engines.opened(tmp_path / "state"),
        pytest.raises(UsageError, match="another run uses it"),
        engines.opened(tmp_path / "state"),
    ):
        pass


def test_no_other_folder_is_taken_for_a_state(days, tmp_path):
    run([days[0]], tmp_path / "run")
    with pytest.raises(UsageError, match="no state"):
        run([days[1]], tmp_path / "other", state=tmp_path / "run")


def test_candidates_older_than_the_days_kept_stay(days, both, tmp_path, monkeypatch):
    monkeypatch.setattr(states, "CLOSED_D", 0)
    how = {"state": tmp_path / "state", "state_days": 1}
    run([days[0]], tmp_path / "run", **how)
    run([days[1]], tmp_path / "run", **how)
    before = candidates(tmp_path / "run")
    last = run([days[1]], tmp_path / "run", **how)
    assert len(list((tmp_path / "state").glob("positions-*"))) == 1
    old = pl.read_parquet(tmp_path / "state" / "closed-encounters.parquet")["event_id"]
    assert len(old) > 0
    found = candidates(tmp_path / "run")
    for event in old:
        for name in ("class", "start_utc", "end_utc", "hull_gap_median_m", "name_a", "reasons"):
            assert found[event][name] == before[event][name]
    lines = json.loads(last["tracks.geojson"])["features"]
    assert {line["properties"]["event_id"] for line in lines} == set(found)


def candidates(out):
    features = json.loads((out / "candidates.geojson").read_text())["features"]
    return {one["properties"]["event_id"]: one["properties"] for one in features}


def test_the_command_keeps_the_days_that_are_said():
    assert inspect.signature(detecting.detect).parameters["state_days"].default == states.DAYS
