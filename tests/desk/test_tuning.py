from __future__ import annotations

import csv
import json

import pytest

from pipeline.config.load import load
from pipeline.desk.tuning import tune_run
from pipeline.errors import UsageError
from pipeline.progress import Quiet
from tests.desk.conftest import LONG, SHORT

DURATION = "rendezvous.transfer.duration_min_h=1:9:2"
LABELS = (
    "event_id,verdict,mmsi_a,mmsi_b,start_utc,end_utc,note\n"
    "x,confirmed,412000001,412000002,2026-03-14T22:00:00Z,2026-03-15T05:00:00Z,\n"
    "y,rejected,412000101,412000102,2026-03-14T23:00:00Z,2026-03-15T01:00:00Z,\n"
    "z,confirmed,5,6,2026-03-14T23:00:00Z,2026-03-15T01:00:00Z,\n"
)


def tuned(run, out, *sweeps, labels=None, overwrite=False):
    return tune_run(run, labels, sweeps, out, overwrite=overwrite, progress=Quiet())


def rows(path):
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def labels(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text(LABELS)
    return path


def test_every_value_is_a_row_with_its_figures(run, labels, tmp_path):
    tuned(run, tmp_path / "out", DURATION, labels=labels)
    table = rows(tmp_path / "out" / "tune.csv")
    assert [row["candidates"] for row in table] == ["4", "3", "3", "3", "1"]
    assert [row["precision"] for row in table] == ["0.5", "1.0", "1.0", "1.0", ""]
    assert [row["recall"] for row in table] == ["0.5", "0.5", "0.5", "0.5", "0.0"]
    assert [row["present"] for row in table] == ["true", *["false"] * 4]
    assert table[0]["one_sided_transfer"] == "1"


def test_every_event_lost_is_a_row_with_what_it_becomes(run, labels, tmp_path):
    tuned(run, tmp_path / "out", DURATION, labels=labels)
    first = rows(tmp_path / "out" / "events.csv")[0]
    assert first["event_id"].startswith(f"{SHORT}-{SHORT + 1}-")
    assert (first["change"], first["value"], first["label"]) == ("lost", "3.0", "rejected")
    assert first["rule"] == "none"
    assert first["start_utc"] == "2026-03-14T23:00:14Z"


def test_a_rising_and_a_falling_sweep_gain_what_the_other_loses(run, tmp_path):
    for name, sweep in (("up", "1:9:2"), ("down", "9:1:-2")):
        tuned(run, tmp_path / name, f"rendezvous.transfer.duration_min_h={sweep}")
    up, down = (rows(tmp_path / name / "events.csv") for name in ("up", "down"))
    assert {row["change"] for row in up} == {"lost"}
    assert {row["change"] for row in down} == {"gained"}
    assert {row["event_id"] for row in up} == {row["event_id"] for row in down}


def test_the_text_tells_labels_figures_events_and_what_is_suggested(run, labels, tmp_path):
    text = tuned(run, tmp_path / "out", DURATION, labels=labels)
    assert text == (tmp_path / "out" / "tune.txt").read_text()
    assert "3 labels: 2 confirmed, 1 rejected, 0 unsure" in text
    assert "1 confirmed are no encounter of this run" in text
    assert "line 4: 5 + 6" in text
    assert f"- {SHORT} SHIP 101 + {SHORT + 1} SHIP 102" in text
    assert "suggested:" in text
    assert load(tmp_path / "out" / "suggested.yaml").rendezvous.transfer.duration_min_h == 5.0


def test_without_labels_it_tells_number_make_up_and_elbow(run, tmp_path):
    text = tuned(run, tmp_path / "out", DURATION)
    assert "one_sided_transfer" in text
    assert "elbow: 7" in text
    assert "precision" not in text


def test_the_same_sweep_gives_the_same_bytes(run, labels, tmp_path):
    for name in ("one", "two"):
        tuned(run, tmp_path / name, DURATION, labels=labels)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_the_chart_is_drawn_twice(run, tmp_path):
    tuned(run, tmp_path / "out", DURATION, "rendezvous.lone.shore_min_km=0:100:50")
    assert (tmp_path / "out" / "tune.png").read_bytes().startswith(b"\x89PNG")
    chart = (tmp_path / "out" / "tune.svg").read_text()
    assert "rendezvous.transfer.duration_min_h (now 1)" in chart
    assert "rendezvous.lone.shore_min_km (now 2)" in chart


def test_the_manifest_says_what_it_was_made_from(run, labels, tmp_path):
    tuned(run, tmp_path / "out", DURATION, labels=labels)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["run"] == str(run)
    assert manifest["sweeps"] == [DURATION]
    assert len(manifest["labels"]["sha256"]) == 64


def test_a_former_one_is_replaced_only_if_asked(run, tmp_path):
    tuned(run, tmp_path / "out", DURATION)
    with pytest.raises(UsageError, match="exists already"):
        tuned(run, tmp_path / "out", DURATION)
    tuned(run, tmp_path / "out", DURATION, overwrite=True)


def test_bad_labels_write_nothing(run, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text(LABELS.replace("rejected", "perhaps"))
    with pytest.raises(UsageError, match=r"labels\.csv:\n  line 3: verdict 'perhaps'"):
        tuned(run, tmp_path / "out", DURATION, labels=path)
    assert not (tmp_path / "out").exists()


def test_a_key_swept_twice_is_refused(run, tmp_path):
    with pytest.raises(UsageError, match="swept twice"):
        tuned(run, tmp_path / "out", DURATION, DURATION)


def test_what_ships_typed_is_text(tmp_path):
    from pipeline.config import Config
    from tests.desk.conftest import full_run

    formula = '=HYPERLINK("http://x")'
    run = full_run(tmp_path / "run", Config(), names={LONG: formula, SHORT: "A\u202eB"})
    text = tuned(run, tmp_path / "out", DURATION)
    assert "\u202e" not in text
    assert f"{LONG} {formula}" in text
