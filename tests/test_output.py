from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from pipeline.errors import AlongsideError, UsageError
from pipeline.output import whole_folder
from tests.conftest import ROOT


def write_run(folder: Path, text: str = "new") -> None:
    (folder / "layers").mkdir()
    (folder / "layers" / "points.txt").write_text(text)
    (folder / "manifest.json").write_text(json.dumps({"rows_read": 1}))


def run(out: Path, text: str = "new", overwrite: bool = False) -> None:
    with whole_folder(out, overwrite) as folder:
        write_run(folder, text)


def content(out: Path) -> str:
    return (out / "layers" / "points.txt").read_text()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def die_in_run(out: Path, how: str, overwrite: bool = False) -> None:
    """A process of its own that is killed in the middle of writing `out`."""
    code = f"""
import os, signal, sys
from pathlib import Path
from pipeline import output
from tests.test_output import write_run

def kill(*_args):
    os.kill(os.getpid(), signal.SIGKILL)

with output.whole_folder(Path(sys.argv[1]), {overwrite}) as folder:
    write_run(folder)
    {how}
"""
    process = subprocess.run([sys.executable, "-c", code, str(out)], cwd=ROOT, check=False)  # noqa: S603 - this interpreter and programs named here
    assert process.returncode == -signal.SIGKILL


def test_the_folder_appears_at_the_end(tmp_path):
    out = tmp_path / "deep" / "june"
    with whole_folder(out, overwrite=False) as folder:
        assert folder.parent == out.parent
        write_run(folder)
        assert not out.exists()
    assert content(out) == "new"
    assert names(out.parent) == ["june"]
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(out.stat().st_mode) == 0o777 & ~umask


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("before", [True, False])
def test_an_error_leaves_all_as_it_was(tmp_path, error, before):
    out = tmp_path / "june"
    if before:
        run(out, "old")
    with pytest.raises(error), whole_folder(out, overwrite=True) as folder:
        write_run(folder)
        raise error
    assert names(tmp_path) == (["june"] if before else [])
    assert not before or content(out) == "old"


def test_a_killed_run_leaves_the_former_one_and_the_next_cleans_up(tmp_path):
    out = tmp_path / "june"
    run(out, "old")
    die_in_run(out, "kill()", overwrite=True)
    assert content(out) == "old"
    assert len(names(tmp_path)) == 2
    run(out, overwrite=True)
    assert names(tmp_path) == ["june"]
    assert content(out) == "new"


def test_a_run_killed_before_any_other_leaves_nothing_under_the_name(tmp_path):
    out = tmp_path / "june"
    die_in_run(out, "kill()")
    assert not out.exists()
    run(out)
    assert names(tmp_path) == ["june"]


def test_a_run_killed_between_the_two_renames_has_the_former_one_put_back(tmp_path):
    out = tmp_path / "june"
    run(out, "old")
    rename_then_die = "rename = Path.rename; Path.rename = lambda a, b: (rename(a, b), kill())"
    die_in_run(out, rename_then_die, overwrite=True)
    assert not out.exists()
    with pytest.raises(UsageError, match="exists already"):
        run(out)
    assert names(tmp_path) == ["june"]
    assert content(out) == "old"


def test_a_run_killed_after_the_renames_is_whole(tmp_path):
    out = tmp_path / "june"
    run(out, "old")
    die_in_run(out, "output._sync = lambda path: path == folder.parent and kill()", overwrite=True)
    assert content(out) == "new"
    run(out, "newer", overwrite=True)
    assert names(tmp_path) == ["june"]
    assert content(out) == "newer"


def test_what_a_living_run_writes_is_no_rest_of_a_dead_one(tmp_path):
    out = tmp_path / "june"
    with whole_folder(out, overwrite=False) as folder:
        (folder / "mine").write_text("x")
        command = [
            sys.executable,
            "-c",
            "import sys; from tests.test_output import *; run(Path(sys.argv[1]))",
        ]
        other = subprocess.run(  # noqa: S603 - this interpreter and programs named here
            [*command, str(out)], cwd=ROOT, check=False, capture_output=True, text=True
        )
        assert "UsageError" in other.stderr
        assert "june: another run is writing it; wait until that has ended" in other.stderr
        assert (folder / "mine").exists()
        assert names(tmp_path) == [folder.name]
        out.mkdir()
        with pytest.raises(AlongsideError, match="while this run was working") as error:
            from pipeline import output

            output._put_in_place(folder, out, overwrite=False)
        assert error.value.exit_code == 1
        out.rmdir()


def test_rests_of_another_folder_are_left(tmp_path):
    (tmp_path / ".june2.partial-1").mkdir()
    (tmp_path / ".xjune.partial-1").mkdir()
    (tmp_path / ".j[u]ne.partial-1").mkdir()
    run(tmp_path / "june")
    run(tmp_path / "j[u]ne")
    assert names(tmp_path) == [".june2.partial-1", ".xjune.partial-1", "j[u]ne", "june"]


def test_an_existing_folder_is_refused_before_any_work(tmp_path):
    run(tmp_path / "june", "old")
    with pytest.raises(UsageError, match=r"june: exists already.*--overwrite"):
        run(tmp_path / "june")
    assert content(tmp_path / "june") == "old"


def test_an_empty_folder_may_be_overwritten_but_not_taken(tmp_path):
    out = tmp_path / "june"
    out.mkdir()
    with pytest.raises(UsageError, match="exists already"):
        run(out)
    run(out, overwrite=True)
    assert content(out) == "new"


@pytest.mark.parametrize("manifest", [None, "{}", "[1]", "no json", '{"name": "a web page"}'])
def test_nobodys_data_is_overwritten(tmp_path, manifest):
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "chapter1.txt").write_text("years of work")
    if manifest is not None:
        (out / "manifest.json").write_text(manifest)
    with pytest.raises(UsageError, match="is no former run"):
        run(out, overwrite=True)
    assert (out / "chapter1.txt").read_text() == "years of work"


def test_a_file_is_refused(tmp_path):
    out = tmp_path / "june"
    out.write_text("mine")
    with pytest.raises(UsageError, match="is a file"):
        run(out, overwrite=True)
    with pytest.raises(UsageError, match="cannot be written there"):
        run(out / "below")
    assert out.read_text() == "mine"


def test_a_place_without_the_right_to_write_is_refused(tmp_path, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)  # root may write everywhere
    with pytest.raises(UsageError, match="june: cannot be written there: Permission denied"):
        run(tmp_path / "june")


def test_the_root_of_all_folders_is_refused():
    with pytest.raises(UsageError, match="name a folder"):
        run(Path("/"), overwrite=True)


def test_a_link_stays_a_link(tmp_path):
    run(tmp_path / "disk2" / "june", "old")
    (tmp_path / "june").symlink_to(tmp_path / "disk2" / "june")
    run(tmp_path / "june", overwrite=True)
    assert (tmp_path / "june").is_symlink()
    assert content(tmp_path / "disk2" / "june") == "new"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(5, "Input/output error"), AlongsideError),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (SystemExit(143), SystemExit),
    ],
)
def test_what_fails_between_the_renames_puts_the_former_run_back(
    tmp_path, monkeypatch, error, told
):
    out = tmp_path / "june"
    run(out, "old")
    rename = Path.rename

    def fail_into_place(path, target):
        if ".partial-" in path.name:
            raise error
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_into_place)
    with pytest.raises(told):
        run(out, overwrite=True)
    assert names(tmp_path) == ["june"]
    assert content(out) == "old"


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        OSError(122, "Disk quota exceeded"),
        OSError("File too large (os error 27)"),
        pl.exceptions.ComputeError("parquet: No space left on device (os error 28)"),
    ],
)
def test_a_full_disk_is_told_with_what_to_do(tmp_path, error):
    with (
        pytest.raises(AlongsideError, match=r"june: the disk is full .*make room there.*again"),
        whole_folder(tmp_path / "june", overwrite=False),
    ):
        raise error
    assert names(tmp_path) == []


def test_any_other_error_is_told_as_it_is(tmp_path):
    with pytest.raises(OSError, match="went away"), whole_folder(tmp_path / "june", False):
        raise OSError(5, "went away")
