"""What the program is made of, and that it asks nobody for anything when it runs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from benchmarks.licences import goes, licence_of, needed
from tests.run.made import scene

CUT_OFF = """
import socket, sys

def refuse(*_arguments, **_options):
    raise SystemExit("the network was asked for")

socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse
socket.getaddrinfo = socket.gethostbyname = socket.create_connection = refuse
from pipeline.__main__ import main
main()
"""
"""Where a name of a host, or a connection, is asked for, the run ends."""


def test_every_file_of_the_lock_has_its_hash(root):
    lock = tomllib.loads((root / "uv.lock").read_text(encoding="utf-8"))
    files = 0
    for package in lock["package"]:
        if "registry" not in package["source"]:
            assert package["source"] == {"editable": "."}
            continue
        for file in [*package.get("wheels", []), *filter(None, [package.get("sdist")])]:
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"]), file["url"]
            files += 1
    assert files > 100


def test_every_part_that_is_installed_goes_with_mit():
    packages = needed("alongside")
    assert {"numpy", "polars", "pydantic-core", "pyyaml"} <= packages.keys()
    assert "pytest" not in packages
    bad = {name: licence_of(of) for name, of in packages.items() if not goes(licence_of(of))}
    assert bad == {}


@pytest.mark.parametrize(
    ("licence", "fits"),
    [
        ("MIT", True),
        ("BSD License", True),
        ("Apache-2.0 WITH LLVM-exception AND BSD-2-Clause", True),
        ("Mozilla Public License 2.0 (MPL 2.0)", True),
        ("LGPL-3.0-or-later", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("GPL-3.0-only OR MIT", True),
        ("BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-2.0-only", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("AGPL-3.0", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_which_licences_go_with_mit(licence, fits):
    assert goes(licence) == fits


def test_the_list_of_parts_is_made_from_the_lock(root, tmp_path):
    uv = [sys.executable, "-m", "uv", "export", "--quiet", "--frozen", "--no-dev", "--offline"]
    file = tmp_path / "sbom.json"
    uv += ["--format", "cyclonedx1.5", "--output-file", str(file)]
    subprocess.run(uv, cwd=root, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - this interpreter and programs named here
    parts = json.loads(file.read_text())
    assert parts["bomFormat"] == "CycloneDX"
    names = {one["name"] for one in parts["components"]}
    assert {"polars", "numba", "shapely"} <= names
    assert "pytest" not in names


def test_nothing_is_asked_of_the_network(tmp_path):
    files = scene(tmp_path / "ais")
    first, then = tmp_path / "run", tmp_path / "decided"
    alone = [sys.executable, "-c", CUT_OFF]
    unshare = shutil.which("unshare")
    if unshare and subprocess.run([unshare, "-rn", "true"], check=False).returncode == 0:  # noqa: S603 - this interpreter and programs named here
        alone = [unshare, "-rn", *alone]  # nor is there any but a loop that is down
    for command in (
        ["detect", str(files[0]), "--out", str(first), "-q"],
        ["decide", str(first), "--out", str(then), "-q", "--set", "quota.seed=5"],
    ):
        done = subprocess.run([*alone, *command], capture_output=True, text=True, check=False)  # noqa: S603 - this interpreter and programs named here
        assert done.returncode == 0, done.stderr
    page = (then / "report.html").read_text(encoding="utf-8")
    assert re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=.?https?:", page) == []
