"""What ``make detect`` calls, told by a stand-in for Python that prints its arguments."""

from __future__ import annotations

import subprocess

import pytest

from tests.conftest import ROOT


@pytest.fixture
def detect(tmp_path):
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nprintf "[%s]" "$@"\nexit ${EXIT:-0}\n')
    python.chmod(0o755)

    def detect(*variables, environment=None):
        command = ["make", "--no-print-directory", "--old-file=.venv/.up-to-date", "detect"]
        return subprocess.run(  # noqa: S603
            [*command, f"PY={python}", *variables],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    return detect


BEGIN = "[-m][pipeline][detect]"


@pytest.mark.parametrize(
    ("variables", "arguments"),
    [
        ((), "[sample_ais][--out][runs/sample][--overwrite]"),
        (("CONFIG=my.yaml",), "[sample_ais][--out][runs/sample][--overwrite][--config][my.yaml]"),
        (("OUT=runs/x",), "[sample_ais][--out][runs/x]"),
        (("AIS=a b/*.csv", "OUT=o"), "[a][b/*.csv][--out][o]"),
        (("AIS='my dumps/june' b", "OUT=my runs/june"), "[my dumps/june][b][--out][my runs/june]"),
        (("AIS=a", "OUT=o", "OVERWRITE=1"), "[a][--out][o][--overwrite]"),
        (("AIS=a", "OUT=o", "OVERWRITE=0"), "[a][--out][o]"),
        (("AIS=a", "OUT=o's", "CONFIG=c d.yaml"), "[a][--out][o's][--config][c d.yaml]"),
    ],
)
def test_detect_hands_its_variables_to_the_command(detect, variables, arguments):
    assert detect(*variables).stdout == BEGIN + arguments


def test_one_path_with_spaces_needs_no_quotes_of_its_own(detect, tmp_path):
    dumps = tmp_path / "my $HOME 'dumps'"
    dumps.mkdir()
    result = detect(f"AIS={str(dumps).replace('$', '$$')}", "OUT=o")
    assert result.stdout == f"{BEGIN}[{dumps}][--out][o]"


def test_own_data_needs_a_folder_to_write(detect):
    result = detect("AIS=a")
    assert result.returncode == 2
    assert "OUT is missing" in result.stderr
    assert result.stdout == ""


def test_a_failed_run_fails_make(detect):
    assert detect(environment={"EXIT": "3"}).returncode == 2


def test_help_lists_every_target():
    text = (ROOT / "Makefile").read_text()
    phony = next(line for line in text.splitlines() if line.startswith(".PHONY:"))
    listed = subprocess.run(
        ["make", "--no-print-directory"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    missing = [target for target in phony.split()[2:] if f"\n  {target} " not in listed]
    assert missing == []
