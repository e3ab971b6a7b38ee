"""What ends a run early: all is whole or untouched, the message helps, the same again succeeds."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.kills import MODES, OF_ITS_OWN, files_of
from pipeline import __main__ as launcher
from pipeline import cli, engines, feeds
from pipeline.config import Config
from pipeline.errors import AlongsideError, UsageError
from pipeline.progress import Quiet
from pipeline.run import detect
from tests.fuzz import inputs
from tests.run.made import scene


def run(inputs: Path, out: Path, **options) -> dict[str, bytes]:
    detect([str(inputs)], Config(), out, **{"overwrite": False, "progress": Quiet(), **options})
    found = files_of(out, OF_ITS_OWN)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def dump(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dump") / "ais"
    scene(folder)
    return folder


@pytest.fixture(scope="module")
def whole(dump, tmp_path_factory):
    found = run(dump, tmp_path_factory.mktemp("whole") / "run")
    assert len(json.loads(found["candidates.geojson"])["features"]) == 1
    return found


class Killed(BaseException):
    """Nothing that anybody expects."""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_run_killed_while_it_writes_is_followed_by_one_that_gives_the_same(dump, whole, tmp_path):
    state, out = tmp_path / "state", tmp_path / "out"
    run(dump / "other.csv", out, state=state)
    before = files_of(out), files_of(state)
    options = [*MODES["all of these"][:-1], str(state)]
    command = [sys.executable, "-m", "pipeline", "detect", str(dump), "--out", str(out), *options]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - this interpreter and programs named here
        while not list(tmp_path.glob(".out.partial-*/fixes.parquet")):
            assert process.poll() is None
            time.sleep(0.002)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert (files_of(out), files_of(state)) == before
    assert len(names(tmp_path)) == 4  # two rests, which the next run removes
    assert run(dump, out, overwrite=True, state=state) == whole
    assert names(tmp_path) == ["out", "state"]


def test_a_run_killed_between_its_folder_and_its_state_succeeds_when_given_again(
    dump, whole, tmp_path, monkeypatch
):
    state, out = tmp_path / "state", tmp_path / "out"
    rename = Path.rename

    def killed_at_the_state(path, target):
        if path.name.startswith(".state.partial-"):
            raise Killed
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", killed_at_the_state)
    with pytest.raises(Killed):
        run(dump, out, state=state)
    assert names(tmp_path) == [".out.half-done", "out"]  # as a kill leaves it, but for the state's
    monkeypatch.undo()
    assert run(dump, out, state=state) == whole
    assert names(tmp_path) == ["out", "state"]
    with pytest.raises(UsageError, match="exists already"):
        run(dump, out, state=state)


def test_a_note_of_another_run_lets_nothing_be_replaced(dump, whole, tmp_path):
    out, note = tmp_path / "out", tmp_path / ".out.half-done"
    run(dump, out)
    note.write_text("0" * 64)
    with pytest.raises(UsageError, match="exists already"):
        run(dump, out)
    assert names(tmp_path) == ["out"]


@contextmanager
def largest_file(size: int):
    """No file may grow beyond so many bytes: fails as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [1_000, 60_000])  # within the tables, within the layers
def test_a_full_disk_leaves_nothing_and_the_same_again_succeeds(dump, whole, tmp_path, size):
    out, state = tmp_path / "out", tmp_path / "state"
    with (
        largest_file(size),
        pytest.raises(AlongsideError, match=r"the disk is full.*make room"),
    ):
        run(dump, out, state=state)
    assert names(tmp_path) == []
    assert run(dump, out, state=state) == whole


def test_a_full_disk_is_no_fault_of_the_file_that_is_read(dump, tmp_path, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")
        yield

    monkeypatch.setattr(feeds.text_rows, "read", full)
    with pytest.raises(AlongsideError, match="the disk is full"):
        run(dump, tmp_path / "out")


@pytest.mark.parametrize("how", ["gone", "emptied", "longer"])
def test_an_input_that_changes_in_mid_run_is_told_and_the_others_are_used(
    dump, whole, tmp_path, monkeypatch, how
):
    there = tmp_path / "ais"
    shutil.copytree(dump, there)
    find = feeds.find_sources

    def then_spoil(*arguments):
        found = find(*arguments)
        file = there / "other.csv"
        if how == "gone":
            file.unlink()
        elif how == "emptied":
            file.write_bytes(b"")
        else:
            file.write_text(file.read_text() + "1,2\n")
        return found

    monkeypatch.setattr(feeds, "find_sources", then_spoil)
    found = run(there, tmp_path / "out")
    assert found["candidates.geojson"] == whole["candidates.geojson"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    (told,) = (message for message in manifest["messages"] if "went away" in message)
    assert "other.csv changed or went away while it was read; run again" in told
    hashes = {Path(one["path"]).name: one["sha256"] for one in manifest["inputs"]}
    assert hashes["pair.csv"]
    assert (hashes["other.csv"] is None) == (how == "gone")


def test_lists_that_go_in_mid_run_were_read_and_change_nothing(dump, tmp_path, monkeypatch):
    lists = {
        "fleet_file": inputs.FLEET,
        "watchlist_files": inputs.WATCHLISTS[0],
        "zones_file": json.dumps(inputs.ZONES),
        "ports_file": inputs.PORTS,
    }
    there = tmp_path / "lists"
    there.mkdir()
    files = {
        name: there / f"{name}.{'geojson' if name == 'zones_file' else 'csv'}" for name in lists
    }
    for name, path in files.items():
        path.write_text(lists[name])
    named = {
        name: [str(path)] if name == "watchlist_files" else str(path)
        for name, path in files.items()
    }
    settings = Config.model_validate({"context": named})

    def of(out: Path) -> object:
        detect([str(dump)], settings, out, overwrite=False, progress=Quiet())
        return files_of(out, OF_ITS_OWN)

    undisturbed = of(tmp_path / "undisturbed")
    find = feeds.find_sources

    def then_remove(*arguments):
        shutil.rmtree(there)
        return find(*arguments)

    monkeypatch.setattr(feeds, "find_sources", then_remove)
    assert of(tmp_path / "out") == undisturbed


def test_two_runs_into_one_folder_at_once_do_not_mix(dump, whole, tmp_path):
    out = tmp_path / "out"
    told: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        command = [sys.executable, "-m", "pipeline", "detect", str(dump), "--out", str(out)]
        while not list(tmp_path.glob(".out.partial-*")):
            time.sleep(0.01)
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - this interpreter and programs named here
        told.append(f"{done.returncode} {done.stderr}")
        waiting.set()

    class Slow(Quiet):
        def say(self, line: str) -> None:
            waiting.wait(60)  # until the second has been refused

    other = threading.Thread(target=second)
    other.start()
    found = run(dump, out, progress=Slow())
    other.join()
    assert found == whole
    assert told[0].startswith("2 error: ")
    assert "another run is writing it" in told[0]
    assert names(tmp_path) == ["out"]


def test_after_an_error_no_worker_begins_with_another_task():
    begun = []

    def task(number: int) -> int:
        begun.append(number)
        time.sleep(0.05)
        if number == 0:
            raise RuntimeError
        return number

    with pytest.raises(RuntimeError):
        list(engines.Local(2).run(task, range(40)))
    assert len(begun) < 5


def test_ctrl_c_before_a_command_has_begun_is_told_without_a_traceback(monkeypatch, capsys):
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", interrupted)
    with pytest.raises(SystemExit) as end:
        launcher.work()
    assert end.value.code == 130
    assert capsys.readouterr().err == "error: interrupted; nothing was written\n"


def test_the_installed_command_begins_there(root):
    assert 'alongside = "pipeline.__main__:main"' in (root / "pyproject.toml").read_text()
