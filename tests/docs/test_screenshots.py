from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.config import Config
from tests.conftest import ROOT
from tests.desk.conftest import full_run

pytestmark = pytest.mark.slow

NEEDED = [Path("/usr/bin/chromedriver"), Path("/usr/lib/python3/dist-packages/qgis")]


@pytest.mark.skipif(not all(map(Path.exists, NEEDED)), reason="no Chromium or no QGIS")
def test_the_pictures_of_the_tutorial_can_be_taken(tmp_path):
    run = full_run(tmp_path / "run", Config())
    script = ROOT / "docs" / "make_screenshots.py"
    command = [sys.executable, str(script), str(run), str(tmp_path / "images")]
    subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603
    for name in ("report.png", "qgis.png"):
        picture = (tmp_path / "images" / name).read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) > 10_000
