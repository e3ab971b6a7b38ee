"""The layer of a comparison in the real QGIS (Debian's python3-qgis), offscreen."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from pipeline.config.load import load
from pipeline.desk.compare_files import compare_runs
from tests.desk.conftest import SHORT, full_run

pytestmark = pytest.mark.slow

PYTHON = "/usr/bin/python3"
MARKUP = "<img src=x onerror=alert(1)>"


def test_changes_open_styled_with_times_and_text(tmp_path):
    if not Path(PYTHON).exists() or subprocess.run([PYTHON, "-c", "import qgis.core"]).returncode:  # noqa: S603, PLW1510
        pytest.skip("no QGIS: apt-get install --no-install-recommends python3-qgis qgis-providers")
    names = {SHORT: MARKUP}
    before = full_run(tmp_path / "before", load(None), names)
    settings = load(None, ["rendezvous.transfer.duration_min_h=3"])
    after = full_run(tmp_path / "after", settings, names)
    compare_runs(before, after, tmp_path / "out", overwrite=False)
    script = Path(__file__).with_name("qgis_changes.py")
    done = subprocess.run(  # noqa: S603 - the system's Python on a script of ours
        [PYTHON, script, tmp_path / "out"], capture_output=True, text=True, check=True
    )
    seen = json.loads(done.stdout)
    assert seen["valid"]
    assert (seen["renderer"], seen["legend"]) == (
        "categorizedSymbol",
        ["Added", "Lost", "Changed"],
    )
    assert seen["fields"]["start_utc"] == "DateTime"
    assert seen["temporal"]
    assert seen["labels"] == [f"{MARKUP[:24]} + SHIP 102"]
    assert "&lt;img" in seen["tips"][0]
    assert "by rendezvous.transfer.duration_min_h" in seen["tips"][0]
