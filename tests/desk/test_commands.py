"""The commands on finished runs, as a user types them."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from pipeline.cli import app

SET = "--set", "rendezvous.transfer.duration_min_h=3"


def alongside(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_decide(run, tmp_path):
    result = alongside("decide", run, *SET, "--out", tmp_path / "out", "--quiet")
    assert (result.exit_code, result.stdout) == (0, "")
    result = alongside("decide", run, *SET, "--out", tmp_path / "out", "--overwrite")
    assert result.stdout.startswith("3 candidates (4 before) of 15 encounters: ")


def test_decide_refuses_what_needs_the_dumps(run, tmp_path):
    wanted = "rendezvous.hull.time_error_s=9"
    result = alongside("decide", run, "--set", wanted, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "error: rendezvous.hull.time_error_s is 5.0" in result.stderr
    assert "run detect again" in result.stderr


def test_tune_writes_beside_the_run_if_not_told_where(run):
    result = alongside("tune", run, "--sweep", "rendezvous.transfer.duration_min_h=1:9:2")
    folder = run.with_name("sea-tune")
    assert result.exit_code == 0
    assert result.stdout.rstrip().endswith(str(folder))
    assert (folder / "suggested.yaml").is_file()


def test_what_tune_suggests_decide_takes(run, tmp_path):
    out = tmp_path / "tuned"
    alongside("tune", run, "--sweep", "rendezvous.transfer.duration_min_h=1:9:2", "--out", out)
    config = out / "suggested.yaml"
    result = alongside("decide", run, "--config", config, "--out", tmp_path / "again")
    assert result.exit_code == 0, result.stderr


def test_compare_prints_and_writes_if_told_where(run, tmp_path):
    alongside("decide", run, *SET, "--out", tmp_path / "other")
    result = alongside("compare", run, tmp_path / "other")
    assert "0 added, 1 lost, 0 changed, 3 the same" in result.stdout
    assert "by rendezvous.transfer.duration_min_h" in result.stdout
    alongside("compare", run, tmp_path / "other", "--out", tmp_path / "out")
    assert len(json.loads((tmp_path / "out" / "changes.geojson").read_text())["features"]) == 1


@pytest.mark.parametrize("arguments", [[], ["--deliveries", "x.csv", "runs/june"]])
def test_quota_takes_a_run_or_a_list(tmp_path, arguments):
    result = alongside("quota", *arguments, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "either the folder of a run or --deliveries" in result.stderr


@pytest.mark.parametrize("option", ["--fleet", "--watchlist"])
def test_quota_of_a_list_needs_no_register_and_no_watchlist(tmp_path, option):
    given = ["--deliveries", "x.csv", option, "y.csv"]
    result = alongside("quota", *given, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert option in result.stderr


def test_quota_of_a_run_by_two_watchlists(run, tmp_path):
    own, other = tmp_path / "own.csv", tmp_path / "other.csv"
    own.write_text("mmsi\n412000002\n")
    other.write_text("name\nNO SHIP OF THE RUN\n")
    given = ["--watchlist", own, "--watchlist", other]
    result = alongside("quota", run, *given, "--out", tmp_path / "out")
    assert result.exit_code == 0
    found = json.loads((tmp_path / "out" / "quota.json").read_text())
    assert found["counts"]["rule"] == "watchlist"


def test_quota_of_a_run(run, tmp_path):
    result = alongside("quota", run, "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert result.stdout.rstrip().endswith(str(tmp_path / "out"))


@pytest.mark.parametrize("command", ["decide", "quota"])
def test_a_folder_that_is_no_run(tmp_path, command):
    result = alongside(command, tmp_path, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "is no finished run" in result.stderr
