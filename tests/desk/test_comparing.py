from __future__ import annotations

import json
import shutil

import polars as pl
import pytest

from pipeline.config.load import load
from pipeline.desk.compare_files import compare_runs
from pipeline.desk.comparing import compare
from pipeline.errors import UsageError
from tests.desk.conftest import INPUT, LONE, LONG, SHORT, TUG, WIDE, full_run

OTHER = {"path": "more.csv", "layout": "made", "bytes": 5, "sha256": "cd" * 32}


@pytest.fixture
def other(tmp_path):
    """A run with other settings."""

    def other(*overrides, **manifest):
        return full_run(tmp_path / "other", load(None, overrides), **manifest)

    return other


def told(found):
    return {(c.what, c.row["mmsi_a"]): c.because for c in found.changes}


def without(run, tmp_path, event, inputs=None):
    """A copy of a run that has not measured an encounter."""
    copy = shutil.copytree(run, tmp_path / "without")
    path = copy / "encounters.parquet"
    table = pl.read_parquet(path)
    table.filter(~pl.col("event_id").str.starts_with(event)).write_parquet(path)
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["inputs"] = inputs or manifest["inputs"]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    return copy


def test_a_run_is_the_same_as_itself(run):
    found = compare(run, run)
    assert (list(found.changes), found.unchanged) == ([], 4)
    text = compare_runs(run, run, None, overwrite=False)
    assert "same version, settings and inputs" in text
    assert "0 added, 0 lost, 0 changed, 4 the same" in text


def test_what_is_lost_is_told_with_the_key_that_lost_it(run, other):
    after = other(
        "rendezvous.transfer.duration_min_h=3",
        "rendezvous.lone.shore_min_km=100",
        "rendezvous.transfer.overlap_min=0.31",
    )
    assert told(compare(run, after)) == {
        ("lost", SHORT): "rendezvous.transfer.duration_min_h",
        ("lost", LONE): "rendezvous.lone.shore_min_km",
    }
    assert told(compare(after, run)) == {
        ("added", SHORT): "rendezvous.transfer.duration_min_h",
        ("added", LONE): "rendezvous.lone.shore_min_km",
    }


def test_keys_each_of_which_would_do_are_both_told(run, other):
    after = other(
        "rendezvous.candidate_classes=[tug_or_tow]", "rendezvous.transfer.duration_min_h=3"
    )
    found = told(compare(run, after))
    assert found["added", TUG] == "rendezvous.candidate_classes"
    assert found["lost", LONG] == "rendezvous.candidate_classes"
    assert found["lost", SHORT] == (
        "rendezvous.transfer.duration_min_h or rendezvous.candidate_classes"
    )


def test_keys_that_work_only_together_are_told_together(tmp_path, other):
    # Too short, it becomes undetermined; that it does not count as such any more loses it.
    wide = load(None, ["rendezvous.candidate_classes=[transfer, undetermined]"])
    before = full_run(tmp_path / "before", wide)
    found = told(compare(before, other("rendezvous.transfer.duration_min_h=3")))
    assert found == {
        ("lost", SHORT): "rendezvous.transfer.duration_min_h with rendezvous.candidate_classes"
    }


def test_what_became_of_it_is_told(run, other):
    found = compare(run, other("rendezvous.transfer.duration_min_h=3"))
    (change,) = found.changes
    assert change.after is not None
    assert (change.after["class"], change.after["rule"]) == ("undetermined", "none")
    assert "undetermined in B (none)" in compare_runs(
        run, found.after.folder, None, overwrite=False
    )


def test_another_input_is_told_with_its_hash(run, tmp_path):
    after = without(run, tmp_path, str(WIDE), [INPUT, OTHER])
    assert told(compare(run, after)) == {("lost", WIDE): "inputs"}
    text = compare_runs(run, after, None, overwrite=False)
    assert "only in B: more.csv (sha256 cdcdcdcdcdcd...)" in text
    assert "no encounter of these ships then in B" in text


def test_a_measuring_key_is_told(run, tmp_path):
    after = without(run, tmp_path, str(WIDE))
    manifest = json.loads((after / "manifest.json").read_text())
    manifest["config"] = load(None, ["rendezvous.contact.gap_max_m=5"]).model_dump(mode="json")
    (after / "manifest.json").write_text(json.dumps(manifest))
    assert told(compare(run, after)) == {("lost", WIDE): "rendezvous.contact.gap_max_m"}


@pytest.mark.parametrize(
    ("key", "column", "changed"),
    [("context.fleet_file", "volume_low_bbl", 5.0), ("context.zones_file", "zone", "Roads")],
)
def test_a_file_with_other_content_is_told(run, tmp_path, key, column, changed):
    sides = []
    for name, digest in (("before", "ab"), ("after", "cd")):
        side = shutil.copytree(run, tmp_path / name)
        manifest = json.loads((side / "manifest.json").read_text())
        manifest["config"] = load(None, [f"{key}=x.csv"]).model_dump(mode="json")
        manifest["config_files"] = {"x.csv": digest}
        (side / "manifest.json").write_text(json.dumps(manifest))
        sides.append(side)
    table = "quota.csv" if column.startswith("volume") else "encounters.parquet"
    path = sides[1] / table
    if table == "quota.csv":
        pl.read_csv(path).with_columns(pl.lit(changed).alias(column)).write_csv(path)
    else:
        pl.read_parquet(path).with_columns(pl.lit(changed).alias(column)).write_parquet(path)
    found = compare(sides[0], sides[1])
    assert {change.because for change in found.changes} == {"x.csv"}
    text = compare_runs(sides[0], sides[1], None, overwrite=False)
    assert "files with other content: x.csv" in text


def test_another_version_is_told(run, other):
    after = other(version="0.2.0")
    text = compare_runs(run, after, None, overwrite=False)
    assert "made by versions 0.1.0 and 0.2.0" in text


def test_volumes_that_change_are_told_with_the_key_of_the_quota(run, other):
    found = compare(run, other("quota.seed=5"))
    assert {change.what for change in found.changes} == {"changed"}
    assert {change.because for change in found.changes} == {"quota.seed"}
    assert all(
        set(c.columns) <= {"volume_low_bbl", "volume_median_bbl", "volume_high_bbl"}
        for c in found.changes
    )


def test_a_score_that_changes_is_told_with_its_key(run, other):
    found = compare(run, other("rendezvous.score=none"))
    assert {change.what for change in found.changes} == {"changed"}
    assert {change.because for change in found.changes} == {"rendezvous.score"}


def test_what_only_its_score_keeps_out_is_told_with_it(run, other):
    text = compare_runs(run, other("rendezvous.candidate_score_min=1"), None, overwrite=False)
    assert "transfer in B (alongside, score over 0.99)" in text


def test_keys_that_volumes_do_not_follow_from_change_none(run, other):
    assert compare(run, other("quota.cap.barrels=100", "quota.count=watchlist")).changes == []


def test_a_volume_is_told_with_the_other_candidate_of_the_ship_that_changed_it(run, other):
    """A draught typed once covers both meetings of a ship: what loses one changes the other."""
    after = other("rendezvous.transfer.duration_min_h=3", "quota.cap.barrels=100")
    before = shutil.copytree(run, after.with_name("before"))
    for side in (before, after):
        path = side / "encounters.parquet"
        same_ship = pl.col("mmsi_a").replace(LONG, SHORT)
        pl.read_parquet(path).with_columns(same_ship).write_parquet(path)
    path = after / "quota.csv"
    pl.read_csv(path).with_columns(pl.col("volume_low_bbl") + 5).write_csv(path)
    found = {c.row["mmsi_b"]: c.because for c in compare(before, after).changes}
    key = "rendezvous.transfer.duration_min_h"
    assert found[SHORT + 1] == key
    assert found[LONG + 1] == f"{key} (lost another candidate of {SHORT})"


def moved(run, tmp_path, **shift):
    copy = shutil.copytree(run, tmp_path / "moved")
    path = copy / "encounters.parquet"
    table = pl.read_parquet(path)
    is_long = pl.col("event_id").str.starts_with(f"{LONG}-{LONG + 1}")
    table.with_columns(
        pl.when(is_long).then(pl.col("start_utc") + pl.duration(**shift)).otherwise("start_utc"),
        pl.when(is_long).then(pl.lit("another-id")).otherwise("event_id").alias("event_id"),
    ).write_parquet(path)
    return copy


def test_one_that_begins_at_another_time_is_changed_not_lost(run, tmp_path):
    found = compare(run, moved(run, tmp_path, minutes=10))
    (change,) = found.changes
    assert change.what == "changed"
    assert "start_utc" in change.columns


def test_one_that_no_longer_overlaps_is_another(run, tmp_path):
    found = compare(run, moved(run, tmp_path, hours=8))
    assert [c.what for c in found.changes] == ["lost", "added"]


def test_the_layer_holds_a_point_a_change(run, other, tmp_path):
    after = other("rendezvous.transfer.duration_min_h=3", "quota.seed=5")
    out = tmp_path / "out"
    text = compare_runs(run, after, out, overwrite=False)
    assert (out / "compare.txt").read_text() == text
    features = json.loads((out / "changes.geojson").read_text())["features"]
    by_change = {f["properties"]["change"]: f["properties"] for f in features}
    assert len(features) == 4
    assert by_change["lost"]["because"] == "rendezvous.transfer.duration_min_h"
    assert by_change["lost"]["class_after"] == "undetermined"
    assert by_change["lost"]["start_utc"] == "2026-03-14T23:00:14Z"
    assert by_change["changed"]["volume_median_before_bbl"] is not None
    assert "<!DOCTYPE qgis" in (out / "changes.qml").read_text()


def test_no_change_is_an_empty_layer(run, tmp_path):
    compare_runs(run, run, tmp_path / "out", overwrite=False)
    layer = json.loads((tmp_path / "out" / "changes.geojson").read_text())
    assert layer["features"] == []


def test_a_former_one_is_replaced_only_if_asked(run, tmp_path):
    compare_runs(run, run, tmp_path / "out", overwrite=False)
    with pytest.raises(UsageError, match="exists already"):
        compare_runs(run, run, tmp_path / "out", overwrite=False)
    compare_runs(run, run, tmp_path / "out", overwrite=True)


def test_a_folder_that_is_no_run_is_named(run, tmp_path):
    with pytest.raises(UsageError, match="is no finished run"):
        compare(run, tmp_path)
