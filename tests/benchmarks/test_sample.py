"""The committed sample is what its generator makes."""

import gzip
import json
from pathlib import Path

import pytest

from benchmarks.make_sample import make

SAMPLE = Path(__file__).parents[2] / "sample_ais"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    make(folder)
    return folder


def test_the_generator_makes_the_committed_files(made):
    names = sorted(f.name for f in made.iterdir())
    assert names == sorted(f.name for f in SAMPLE.iterdir() if f.name != "README.md")
    for name in names:
        a, b = (folder / name for folder in (made, SAMPLE))
        if name.endswith(".gz"):  # compressed bytes may differ with the zlib at hand
            assert gzip.decompress(a.read_bytes()) == gzip.decompress(b.read_bytes()), name
        else:
            assert a.read_text() == b.read_text(), name


def test_the_sample_holds_what_its_readme_says():
    truth = json.loads((SAMPLE / "truth.json").read_text())
    kinds = {x["kind"] for x in truth if x["label"] == "sts"}
    assert {"across_midnight", "head_to_tail", "silent_partner", "anchored", "under_way"} <= kinds
    assert all(x["visible"] for x in truth if x["label"] == "sts")
    assert sum(f.stat().st_size for f in SAMPLE.iterdir()) < 5e6
