from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from pipeline import __version__, errors
from pipeline.cli import app
from pipeline.config import Config
from tests.conftest import ROOT

HEAVY = {"geopandas", "numba", "numpy", "pandas", "polars", "pydantic", "pyproj", "shapely"}


@dataclass
class Summary:
    candidates: int
    encounters: int
    candidates_path: Path


@dataclass
class Run:
    """In place of the run: keeps what it was called with, and does as told."""

    raises: BaseException | None = None
    inputs: list[str] | None = None
    config: Config | None = None
    out: Path | None = None
    options: dict[str, Any] | None = None

    def detect(self, inputs, config, out, **options):
        self.inputs, self.config, self.out, self.options = inputs, config, out, options
        if self.raises:
            raise self.raises
        return Summary(3, 50, out / "candidates.geojson")


@pytest.fixture
def run(monkeypatch, tmp_path):
    """The command line over a stand-in for the run, in an empty folder."""
    fake = Run()
    module = types.ModuleType("pipeline.run")
    module.detect = fake.detect  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pipeline.run", module)
    monkeypatch.setattr("pipeline.run", module, raising=False)
    monkeypatch.chdir(tmp_path)
    return fake


def alongside(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def python(*arguments, **options):
    command = [sys.executable, *arguments]
    return subprocess.run(  # noqa: S603 - this interpreter and programs named here
        command, cwd=ROOT, capture_output=True, text=True, check=False, **options
    )


def test_detect_passes_on_what_it_was_told_and_prints_where_the_candidates_are(run):
    result = alongside(
        "detect", "a.csv", "b/*.gz", "--out", "runs/june", "--set", "exports.track_margin_h=5"
    )
    assert result.exit_code == 0
    assert run.inputs == ["a.csv", "b/*.gz"]
    assert run.out == Path("runs/june")
    assert run.config.exports.track_margin_h == 5.0
    assert run.options["overwrite"] is False
    assert result.stdout == (
        "3 candidates of 50 encounters examined: runs/june/candidates.geojson\n"
    )


def test_overwrite_is_passed_on(run):
    alongside("detect", "a", "--out", "o", "--overwrite")
    assert run.options["overwrite"] is True


def test_keeping_rejected_rows_is_passed_on(run):
    alongside("detect", "a", "--out", "o")
    assert run.options["keep_rejected"] is False
    alongside("detect", "a", "--out", "o", "--keep-rejected")
    assert run.options["keep_rejected"] is True


def test_quiet_prints_nothing(run):
    result = alongside("detect", "a", "--out", "o", "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_the_config_is_the_file_named(run):
    Path("my.yaml").write_text("exports:\n  track_margin_h: 7\n")
    alongside("detect", "a", "--out", "o", "--config", "my.yaml")
    assert run.config.exports.track_margin_h == 7.0


def test_without_one_it_is_that_of_the_working_directory(run):
    Path("configs").mkdir()
    Path("configs/default.yaml").write_text("exports:\n  track_margin_h: 8\n")
    alongside("detect", "a", "--out", "o")
    assert run.config.exports.track_margin_h == 8.0


def test_without_any_file_it_is_that_of_the_model(run):
    alongside("detect", "a", "--out", "o")
    assert run.config == Config()


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (errors.AlongsideError("june.csv: cut off"), 1),
        (errors.UsageError("june.csv: cut off"), 2),
        (errors.NothingUsableError("june.csv: cut off"), 3),
        (OSError("june.csv: cut off"), 1),
        (MemoryError(), 1),
        (RuntimeError("can't start new thread"), 1),
        (pl.exceptions.PanicException("called unwrap() on Os { code: 11, kind: WouldBlock }"), 1),
        (pl.exceptions.PanicException("OS can't spawn worker thread: (os error 11)"), 1),
        (KeyboardInterrupt(), 130),
        (errors.Ended(signal.SIGTERM), 143),
        (errors.Ended(signal.SIGINT), 130),
    ],
)
def test_errors_are_one_clear_message_with_their_exit_code(run, error, exit_code):
    run.raises = error
    result = alongside("detect", "a", "--out", "o", "--quiet")
    assert result.exit_code == exit_code
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    known = isinstance(error, (errors.AlongsideError, errors.Ended, OSError))
    assert (str(error) in result.stderr) == known or not str(error)


def test_verbose_shows_where_an_error_arose_and_the_settings(run):
    run.raises = errors.AlongsideError("june.csv: cut off")
    result = alongside("detect", "a", "--out", "o", "--verbose")
    assert result.exit_code == 1
    assert "Traceback" in result.stderr
    assert "configuration built in" in result.stderr


def test_verbose_tells_time_and_memory(run):
    result = alongside("detect", "a", "--out", "o", "--verbose")
    memory_mb = re.search(r"^0\.\d s, at most (\d+) MB of memory$", result.stderr, re.MULTILINE)
    assert memory_mb
    assert 20 < int(memory_mb[1]) < 20_000


@pytest.mark.parametrize(
    "arguments",
    [
        ("detect",),
        ("detect", "a"),
        ("detect", "--out", "o"),
        ("detect", "a", "--out", "o", "--colour"),
        ("detect", "a", "--out", "o", "--quiet", "--verbose"),
        ("detect", "a", "--out", "o", "--set", "exports.colour=red"),
        ("detect", "a", "--out", "o", "--config", "nowhere.yaml"),
        ("detekt", "a"),
    ],
)
def test_bad_usage_ends_with_2_before_anything_is_run(run, arguments):
    result = alongside(*arguments)
    assert result.exit_code == 2
    assert result.stderr
    assert run.inputs is None


def test_an_unexpected_error_is_not_hidden(run):
    run.raises = ZeroDivisionError("a bug")
    result = alongside("detect", "a", "--out", "o")
    assert result.exit_code == 1
    assert isinstance(result.exception, ZeroDivisionError)


def test_the_version_is_printed_by_both_ways_to_call():
    for command in (["-m", "pipeline"], [str(Path(sys.executable).parent / "alongside")]):
        arguments = command if command[0] == "-m" else [command[0]]
        result = python(*arguments, "--version")
        assert result.stdout == f"alongside {__version__}\n"


def test_help_loads_nothing_slow():
    code = "import sys; import pipeline.cli; print(*{m.split('.')[0] for m in sys.modules})"
    loaded = set(python("-c", code).stdout.split())
    assert "typer" in loaded
    assert not loaded & HEAVY


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_and_leaves_nothing(tmp_path, number, exit_code):
    code = """
import sys, time, types
from pathlib import Path
import pipeline
from pipeline.output import whole_folder

def detect(inputs, config, out, *, overwrite, **options):
    with whole_folder(out, overwrite) as folder:
        (folder / "half").write_text("written")
        print("ready", flush=True)
        time.sleep(60)

pipeline.run = sys.modules["pipeline.run"] = types.ModuleType("pipeline.run")
pipeline.run.detect = detect
from pipeline.cli import main
main()
"""
    command = [sys.executable, "-c", code, "detect", "a", "--out", str(tmp_path / "o")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - this interpreter and programs named here
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.kill(process.pid, number)
        assert process.wait(timeout=30) == exit_code
    assert list(tmp_path.iterdir()) == []


def test_clean_passes_on_what_it_was_told(monkeypatch, tmp_path):
    told: dict[str, object] = {}

    def clean_dump(inputs, config, out, **options):
        told.update(options, inputs=inputs, config=config, out=out)
        return types.SimpleNamespace(fixes=9, tracks=2, days=1, rows_read=10, folder=out)

    monkeypatch.setattr("pipeline.desk.clean_dump.clean_dump", clean_dump)
    monkeypatch.chdir(tmp_path)
    result = alongside("clean", "a.csv", "--out", "o", "--keep-rejected", "--overwrite")
    assert result.stdout == "9 positions of 2 tracks in 1 days, of 10 rows read: o\n"
    assert (told["inputs"], told["out"]) == (["a.csv"], Path("o"))
    assert told["keep_rejected"] is told["overwrite"] is True


def test_inspect_prints_what_was_found_without_orders_to_the_terminal(monkeypatch, tmp_path):
    monkeypatch.setattr(
        "pipeline.desk.inspecting.inspect", lambda inputs, *_: f"{inputs[0]}: \x1b[31mred\nend"
    )
    monkeypatch.chdir(tmp_path)
    result = alongside("inspect", "a.csv")
    assert (result.exit_code, result.stdout) == (0, "a.csv: \\x1b[31mred\nend\n")
