from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.config import Config
from pipeline.config.load import load
from pipeline.desk.keys import value_of
from pipeline.desk.labels import Label
from pipeline.desk.redeciding import decide_table
from pipeline.desk.suggesting import Suggestion, suggest, suggestion_yaml
from pipeline.desk.sweeps import (
    Bench,
    Marks,
    Outcome,
    Sweep,
    Truth,
    at,
    elbow,
    no_elbow,
    parse_sweep,
)
from pipeline.errors import UsageError
from tests.desk.conftest import LONE, LONG, SHORT, WIDE, sea

DURATION = "rendezvous.transfer.duration_min_h"
SPEED = "rendezvous.transfer.relative_speed_max_kn"
SHORE = "rendezvous.lone.shore_min_km"
NEVER_MET = 9


def fails(text):
    with pytest.raises(UsageError) as error:
        parse_sweep(text, Config())
    return str(error.value)


def test_both_ends_of_a_sweep_are_tried():
    sweep = parse_sweep(f"{DURATION}=0.1:0.4:0.1", Config())
    assert sweep == Sweep(DURATION, (0.1, 0.2, 0.3, 0.4))


def test_a_sweep_may_fall():
    assert parse_sweep(f"{DURATION}=3:1:-1", Config()).values == (3, 2, 1)


@pytest.mark.parametrize("span", ["1:2", "a:b:c", "", "1:inf:1", "nan:1:1", "1:2:3:4"])
def test_a_sweep_of_another_form_is_told(span):
    assert "expected section.key=from:to:step" in fails(f"{DURATION}={span}")


@pytest.mark.parametrize("span", ["1:2:0", "1:2:-1", "1:2:5"])
def test_a_step_that_leads_nowhere_is_told(span):
    assert "does not lead from 1 to 2" in fails(f"{DURATION}={span}")


def test_what_may_not_be_swept_is_told():
    assert "201 values; at most 200" in fails(f"{DURATION}=0:2:0.01")
    assert "did you mean 'rendezvous.transfer.duration_min_h'?" in fails(f"{DURATION}s=1:2:1")
    assert "is 90, but it should be less than or equal to 48" in fails(f"{DURATION}=10:90:10")
    assert "belongs to measuring" in fails("rendezvous.contact.gap_max_m=10:30:10")
    assert "does not decide what is a candidate" in fails("quota.cap.barrels=10:30:10")
    assert "rendezvous.candidate_classes" in fails("rendezvous.candidate_classes=1:2:1")


def label(first, verdict):
    """A label on the pair of a scene, whenever."""
    row = sea().measured.filter(mmsi_a=first, kind="one_sided" if first == LONE else "pair")
    ships = frozenset({first} if first == LONE else {first, first + 1})
    return Label(ships, row["start_utc"][0], row["end_utc"][0], verdict, 2)


def bench(*labels, config=None):
    measured = decide_table(sea().measured, Config(), Path("sea"))
    if not labels:
        return Bench(measured, config or Config(), Path("sea"))
    rows = measured.select("mmsi_a", "mmsi_b").rows()
    ships = [frozenset({a} if b is None else {a, b}) for a, b in rows]
    of_row = [next((n for n, o in enumerate(labels) if o.ships == s), None) for s in ships]
    return Bench(measured, config or Config(), Path("sea"), Truth(labels, of_row))


VERDICTS = label(LONG, "confirmed"), label(SHORT, "rejected"), label(WIDE, "confirmed")


def test_candidates_along_a_threshold():
    sweep = Sweep(DURATION, (1, 3, 8))
    numbers = [len(outcome.rows) for outcome in bench().along(sweep)]
    assert numbers == [4, 3, 1]
    assert bench().along(sweep)[0].make_up == {"one_sided transfer": 1, "pair transfer": 3}
    assert bench().along(sweep)[0].marks is None


def test_an_outcome_is_what_deciding_gives():
    made, config = bench(), at(Config(), DURATION, 3)
    decided = decide_table(sea().measured, config, Path("sea")).filter("candidate")
    outcome = made.outcome(config)
    rows = sorted(outcome.rows)
    assert sorted(made.measured[rows]["event_id"]) == sorted(decided["event_id"])
    assert outcome.rules[rows]["class"].to_list() == ["transfer"] * len(rows)


def test_marks_against_verdicts_leave_out_what_nobody_judged():
    marks = bench(*VERDICTS).outcome(Config()).marks
    assert marks == Marks(right=2, wrong=1, unlabelled=1, found=2, confirmed=2)
    assert (marks.precision, marks.recall) == (2 / 3, 1.0)


def test_marks_against_a_list_of_transfers_count_what_is_not_on_it():
    marks = bench(VERDICTS[0], label(WIDE, "unsure")).outcome(Config()).marks
    assert marks == Marks(right=1, wrong=2, unlabelled=1, found=1, confirmed=1)


def test_a_label_that_no_encounter_has_counts_as_missed():
    never = Label(frozenset({NEVER_MET}), VERDICTS[0].start, VERDICTS[0].end, "confirmed", 9)
    assert bench(*VERDICTS, never).outcome(Config()).marks.recall == 2 / 3


def test_no_candidates_have_no_precision():
    marks = Marks(0, 0, 0, 0, 0)
    assert (marks.precision, marks.recall, marks.f1) == (None, None, 0.0)


def curve(*numbers):
    return [Outcome(frozenset(range(n)), {}, pl.DataFrame(), None) for n in numbers]


def test_the_elbow_is_where_a_curve_bends():
    sweep = Sweep(DURATION, (1, 2, 3, 4, 5))
    assert elbow(sweep, curve(100, 40, 20, 10, 5)) == 2
    assert elbow(sweep, curve(100, 100, 100, 50, 10)) == 3


def test_a_straight_or_level_curve_has_no_elbow():
    sweep = Sweep(DURATION, (1, 2, 3, 4, 5))
    assert elbow(sweep, curve(50, 40, 30, 20, 10)) is None
    assert elbow(sweep, curve(7, 7, 7, 6, 5)) is None


def test_a_curve_of_few_values_is_said_to_show_no_elbow():
    sweep, outcomes = Sweep(DURATION, (1, 2, 3, 4)), curve(100, 10, 9, 8)
    assert elbow(sweep, outcomes) is None
    assert "4 values are too few" in str(no_elbow(outcomes))
    found, values = suggested(bench(), Sweep(DURATION, (0.5, 4, 8)))
    assert values == {DURATION: value_of(Config(), DURATION)}
    assert "3 values are too few" in found.reasons[DURATION]


def suggested(made, *sweeps):
    found = suggest(made, sweeps)
    return found, {key: value_of(found.config, key) for key in found.reasons}


def test_the_value_that_leaves_out_the_rejected_is_suggested():
    sweep = Sweep(DURATION, tuple(n / 2 for n in range(1, 17)))
    found, values = suggested(bench(*VERDICTS), sweep)
    assert values == {DURATION: 4.5}  # 2.5 to 7 do alike
    assert "precision 1.000, recall 1.000" in found.reasons[DURATION]
    assert "where 1 gives precision 0.667" in found.reasons[DURATION]


def test_where_nothing_is_better_the_value_stays():
    found, values = suggested(bench(VERDICTS[0], VERDICTS[2]), Sweep(SPEED, (0.1, 0.2, 0.3)))
    assert values == {SPEED: 0.5}
    assert found.reasons[SPEED].startswith("As it was")
    assert found.config == Config()


def test_each_key_is_suggested_with_the_others_as_suggested():
    made = bench(*VERDICTS, label(LONE, "rejected"))
    sweeps = Sweep(DURATION, (1, 3)), Sweep(SHORE, (2, 100))
    found, values = suggested(made, *sweeps)
    assert values == {DURATION: 3.0, SHORE: 100.0}
    assert made.outcome(found.config).marks == Marks(2, 0, 0, 2, 2)
    assert "precision 1.000" in found.reasons[DURATION]


def test_without_labels_the_elbow_is_suggested():
    sweep = Sweep(DURATION, tuple(n / 2 for n in range(1, 17)))
    found, values = suggested(bench(), sweep)
    assert values == {DURATION: 7.0}
    assert "no labels" in found.reasons[DURATION]


def test_the_suggested_file_is_a_configuration_with_reasons(tmp_path):
    base = load(None, ["rendezvous.contact.gap_max_m=20", "quota.cap.name='a \"b\": c'"])
    found = suggest(bench(*VERDICTS, config=base), [Sweep(DURATION, (1, 3))])
    path = tmp_path / "suggested.yaml"
    path.write_text(suggestion_yaml(found, "runs/june"))
    assert load(path) == found.config
    assert found.config.rendezvous.contact.gap_max_m == 20.0
    text = path.read_text()
    assert "# The best of 1 to 3: precision 1.000" in text
    assert "from runs/june" in text


def test_a_suggestion_to_keep_is_written_too(tmp_path):
    found = suggest(bench(VERDICTS[0], VERDICTS[2]), [Sweep(SPEED, (0.1, 0.2))])
    path = tmp_path / "suggested.yaml"
    path.write_text(suggestion_yaml(found, "run"))
    assert "relative_speed_max_kn: 0.5" in path.read_text()
    assert load(path) == Config()


def test_files_stand_in_the_suggestion_as_found_from_its_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = load(None, ["context.zones_file=zones.geojson", "context.watchlist_files=[a.csv]"])
    path = tmp_path / "elsewhere.yaml"
    path.write_text(suggestion_yaml(Suggestion(config, {}), "run"))
    again = load(path)
    assert again.context.zones_file == tmp_path / "zones.geojson"
    assert again.context.watchlist_files == (tmp_path / "a.csv",)
