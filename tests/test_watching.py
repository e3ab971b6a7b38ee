"""What ends a command without a word is told by the process that watches it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.run.made import scene

BEGIN = """
import ctypes, mmap, os, resource, signal, sys, time
from pipeline import _watching
"""
CUT_SHORT = """
    with open(sys.argv[1], "w+b") as file:
        file.truncate(4096)
        mapped = mmap.mmap(file.fileno(), 4096)
        file.truncate(0)
        mapped[0]
"""


def watched(work: str, *arguments: str, before: str = "") -> subprocess.CompletedProcess[str]:
    script = f"{BEGIN}\n{before}\ndef work():\n    {work}\n_watching.watched(work)\n"
    return subprocess.run(  # noqa: S603 - this interpreter and programs named here
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("work", "told"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "killed. If nobody did it, memory ran out: give"),
        ("os.abort()", "a library gave up; as a rule memory ran out: give"),
        ("os._exit(1)", "a library ended the run; as a rule memory ran out: give"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "a library failed; if memory ran out: give"),
        ("os.kill(os.getpid(), signal.SIGUSR1)", "ended by SIGUSR1. The output"),
        (CUT_SHORT, "a file that was being read was cut short"),
    ],
)
def test_what_ends_without_a_word_is_told_in_one_line(tmp_path, work, told):
    done = watched(work, str(tmp_path / "file"))
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {told}")
    assert done.stderr.endswith("The output folder is as it was: run the same again\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("work", "code", "errors"),
    [
        ("sys.exit(3)", 3, ""),
        ("sys.exit('why')", 1, "why\n"),
        ("pass", 0, ""),
        ("os._exit(130)", 130, ""),
    ],
)
def test_what_speaks_for_itself_is_left_alone(work, code, errors):
    done = watched(work)
    assert (done.returncode, done.stderr) == (code, errors)


def test_a_run_that_waits_for_ever_under_a_limit_of_address_space_is_ended():
    before = """
resource.setrlimit(resource.RLIMIT_AS, (1 << 32, resource.RLIM_INFINITY))
wait = _watching._wait_for
_watching._wait_for = lambda child: wait(child, 0.6)
"""
    done = watched("time.sleep(60)", before=before)
    assert done.returncode == 1
    assert "a thread could not be begun" in done.stderr
    assert "Address space is limited to 4295 MB (ulimit -v)" in done.stderr


def test_what_works_under_a_limit_of_address_space_is_not_ended():
    before = """
resource.setrlimit(resource.RLIMIT_AS, (1 << 32, resource.RLIM_INFINITY))
wait = _watching._wait_for
_watching._wait_for = lambda child: wait(child, 0.6)
"""
    work = "end = time.monotonic() + 2\n    while time.monotonic() < end: pass"
    assert watched(work, before=before).returncode == 0


def test_who_kills_the_one_ends_the_other(tmp_path):
    script = f"{BEGIN}\ndef work():\n    print(os.getpid(), flush=True)\n    time.sleep(60)\n"
    command = [sys.executable, "-c", f"{script}\n_watching.watched(work)"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - this interpreter and programs named here
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.kill()
    until = time.monotonic() + 5
    while Path(f"/proc/{child}").exists() and "Z" not in _state(child):
        assert time.monotonic() < until
        time.sleep(0.01)


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"


@pytest.mark.parametrize(
    ("number", "told"),
    [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "ended by SIGTERM")],
)
@pytest.mark.parametrize("group", [True, False], ids=["as a terminal does", "as kill does"])
def test_a_command_that_is_asked_to_end_says_so_once(tmp_path, number, told, group):
    dump = tmp_path / "ais"
    scene(dump)
    command = [sys.executable, "-m", "pipeline", "detect", str(dump), "--out", str(tmp_path / "o")]
    with subprocess.Popen(  # noqa: S603 - this interpreter and programs named here
        [*command, "-q"], cwd=ROOT, stderr=subprocess.PIPE, text=True, process_group=0
    ) as process:
        while not list(tmp_path.glob(".o.partial-*")):
            assert process.poll() is None
            time.sleep(0.01)
        (os.killpg if group else os.kill)(process.pid, number)
        _, errors = process.communicate()
    assert errors == f"error: {told}; nothing was written\n"
    assert process.returncode == 128 + number
    assert [path.name for path in tmp_path.iterdir()] == ["ais"]


def test_ctrl_c_while_the_package_is_imported_is_one_line():
    script = """
import os, signal, sys
sys.orig_argv[-len(sys.argv):] = ["pipeline"]
import pipeline
os.kill(os.getpid(), signal.SIGINT)
"""
    done = subprocess.run(  # noqa: S603 - this interpreter and programs named here
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (130, "error: interrupted; nothing was written\n")


def test_a_program_that_imports_the_package_keeps_its_own_way_with_ctrl_c():
    script = "import signal, pipeline; print(signal.getsignal(signal.SIGINT).__name__)"
    done = subprocess.run(  # noqa: S603 - this interpreter and programs named here
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "default_int_handler\n"


def test_too_little_address_space_is_told_at_once_and_the_same_succeeds_without(tmp_path):
    dump = tmp_path / "ais"
    scene(dump)
    command = f"{sys.executable} -m pipeline detect {dump} --out {tmp_path / 'out'} -q"
    limited = f"ulimit -v 900000; {command}"
    done = subprocess.run(  # noqa: S603 - this interpreter and programs named here
        ["/bin/sh", "-c", limited], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: the smallest run reserves 2500 MB. Address space is")
    assert "limited to 922 MB (ulimit -v)" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["ais"]
    subprocess.run(["/bin/sh", "-c", command], cwd=ROOT, check=True)  # noqa: S603 - the same
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ais", "out"]
