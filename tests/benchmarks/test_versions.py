"""What counts as the same answer of two runs."""

import json
import math

import polars as pl
import pytest

from benchmarks.versions import ROUNDING, compared, differences


@pytest.fixture
def two(tmp_path):
    for side in ("a", "b"):
        (tmp_path / side).mkdir()
        pl.DataFrame({"score": [0.5, None, 1.0], "class": ["x", "y", None]}).write_parquet(
            tmp_path / side / "encounters.parquet"
        )
        (tmp_path / side / "quota.json").write_text(json.dumps({"scenarios": [{"barrels": 1.5}]}))
        (tmp_path / side / "manifest.json").write_text(side)
    return tmp_path / "a", tmp_path / "b"


def test_runs_that_differ_in_their_manifest_alone_are_the_same(two, capsys):
    assert compared(*two) == 0
    assert "the same bytes: encounters.parquet, quota.json" in capsys.readouterr().out


def test_digits_beyond_rounding_are_told_and_no_difference(two):
    (two[1] / "quota.json").write_text(json.dumps({"scenarios": [{"barrels": 1.5 + 1e-12}]}))
    assert compared(*two) == 0
    apart = differences(two[0] / "quota.json", two[1] / "quota.json")
    assert apart.keys() == {"barrels"}
    assert 0 < apart["barrels"] < ROUNDING


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({"score": [0.5, None, 1.0], "class": ["x", "z", None]}, {"class": math.inf}),
        ({"score": [0.5, None, 0.75], "class": ["x", "y", None]}, {"score": 0.25}),
        ({"score": [0.5], "class": ["x"]}, {"rows": math.inf}),
    ],
)
def test_another_value_or_row_is_a_difference(two, rows, told):
    pl.DataFrame(rows).write_parquet(two[1] / "encounters.parquet")
    assert differences(*(side / "encounters.parquet" for side in two)) == told
    assert compared(*two) == 1


def test_a_file_that_is_missing_is_a_difference(two):
    (two[1] / "quota.json").unlink()
    assert compared(*two) == 1
