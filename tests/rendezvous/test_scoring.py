"""The score: its signs, its range, what is missing, and that it is the same however it is asked."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import accuracy, calibration, train_score
from benchmarks.labelled import measure
from pipeline.config import Config, RendezvousConfig
from pipeline.rendezvous import decide, judge
from pipeline.rendezvous.company import with_company
from pipeline.rendezvous.score_features import EVIDENCE
from pipeline.rendezvous.scoring import (
    MODEL_FILE,
    evidence_of,
    models,
    parse,
    values_of,
    with_scores,
)
from tests.rendezvous.scenes import START, Boat, beside, drift, encounters, swing, visit

RULES_ONLY = RendezvousConfig(score="none")


def meeting(**changes):
    m = drift()
    boats = [
        Boat(412000001, m),
        Boat(412000002, visit(beside(m, 4.0, 22.5), 2.0, 9.0), length=95.0, beam=15.0, bow=78.0),
    ]
    return encounters(boats, **changes)


@pytest.fixture(scope="module")
def judged():
    """A transfer and two lone drifters, judged without a score."""
    return judge(meeting(), RULES_ONLY)


@pytest.fixture(scope="module")
def pair(judged):
    return judged.filter(pl.col("kind") == "pair")


def copies(row, count):
    """So many rows, each of ships of its own."""
    return pl.concat([row] * count).with_columns(
        (pl.col(name) + pl.int_range(count).cast(pl.String)).alias(name)
        for name in ("event_id", "track_a", "track_b")
    )


def test_the_model_file_is_of_this_code():
    told = json.loads(MODEL_FILE.read_text())["models"]
    for kind, evidence in EVIDENCE.items():
        for fields in ("name", "sign", "how", "words"):
            assert [e[fields] for e in told[kind]["evidence"]] == [
                getattr(e, fields) for e in evidence
            ]


@pytest.mark.parametrize("kind", EVIDENCE)
def test_the_model_is_whole(kind):
    model = models()[kind]
    weights = np.array(model.weights)
    assert np.count_nonzero(weights) >= 0.8 * len(weights)
    assert (np.diff(model.log_odds) > 0).all()
    assert (np.diff(model.shares) >= 0).all()
    assert 0.0 <= model.shares[0] < 0.05
    assert 0.5 < model.shares[-1] <= 1.0


def test_it_was_trained_on_other_worlds_than_it_is_judged_on():
    worlds = json.loads(MODEL_FILE.read_text())["worlds"]
    for first in (accuracy.FIRST_SEED, calibration.FIRST_SEED):
        assert not worlds["first_seed"] - 1000 < first <= worlds["last_seed"]
    assert worlds["first_seed"] == train_score.FIRST_SEED


def changed(change):
    told = json.loads(MODEL_FILE.read_text())
    change(told["models"]["pair"])
    return json.dumps(told)


def test_a_file_of_other_evidence_is_refused():
    with pytest.raises(ValueError, match="other evidence"):
        parse(changed(lambda m: m["evidence"].pop()))


def test_a_weight_of_the_wrong_sign_is_refused():
    def turn(model):
        model["evidence"][0]["weight"] *= -1

    with pytest.raises(ValueError, match="wrong sign: gap_beyond_errors"):
        parse(changed(turn))


GAP = ("hull_gap_low_m", "hull_gap_median_m", "hull_gap_high_m")
AGAINST = {
    GAP: (0.0, 200.0),
    ("scatter_hull_m",): (0.0, 300.0),
    ("relative_speed_median_kn",): (0.0, 5.0),
    ("keel_p90_deg",): (0.0, 90.0),
    ("fast_together_h",): (0.0, 24.0),
    ("moored_a",): (0.0, 1.0),
    ("at_anchor_b",): (0.0, 1.0),
    ("stay_a_h",): (0.0, 48.0),
}
FOR = {
    ("duration_h",): (0.2, 40.0),
    ("overlap_most_share",): (0.0, 1.0),
    ("approach_km", "departure_km"): (0.0, 40.0),
    ("restricted_a",): (0.0, 1.0),
    ("shore_km",): (0.0, 200.0),
    ("stay_radius_a_m",): (0.0, 500.0),
    ("dimensions_known",): (0.0, 2.0),
    ("length_b_m",): (30.0, 180.0),  # toward the length of the other
}


SIGNS = [*((c, -1) for c in AGAINST), *((c, 1) for c in FOR)]
DOUBTFUL = {"ship_type_a": 70, "stay_a_h": 4.0, "stay_radius_a_m": 14.0, "stay_spread_a_deg": 3.0}
"""Not flat at 0 or at 1."""


def scores_at(pair, columns, values):
    doubtful = pair.with_columns(
        pl.lit(value).cast(pair.schema[name]).alias(name) for name, value in DOUBTFUL.items()
    )
    rows = copies(doubtful, len(values)).with_columns(
        pl.Series(n, values).cast(pair.schema[n]) for n in columns
    )
    return with_scores(rows)["score"].to_numpy()


@pytest.mark.parametrize(("columns", "sign"), SIGNS)
def test_the_most_of_it_moves_the_score_the_right_way(pair, columns, sign):
    least, most = scores_at(pair, columns, {**AGAINST, **FOR}[columns])
    assert sign * (most - least) > 0


@pytest.mark.parametrize(("columns", "sign"), SIGNS)
@settings(max_examples=15)
@given(data=st.data())
def test_more_of_it_never_moves_the_score_the_wrong_way(pair, columns, sign, data):
    low, high = {**AGAINST, **FOR}[columns]
    steps = sorted(data.draw(st.lists(st.floats(low, high), min_size=2, max_size=8)))
    assert (sign * np.diff(scores_at(pair, columns, steps)) >= 0).all()


def test_the_gap_moves_the_score(pair):
    rows = copies(pair, 2).with_columns(pl.Series(n, [4.0, 60.0]) for n in GAP)
    near, far = with_scores(rows)["score"]
    assert near > 0.5 > 0.1 > far


def numbers(judged):
    return [n for n, t in judged.schema.items() if t.is_float() and n != "score"]


@settings(max_examples=40)
@given(data=st.data())
def test_whatever_is_measured_or_missing_evidence_and_score_are_from_0_to_1(judged, data):
    values = st.one_of(st.none(), st.floats(-1e6, 1e6), st.sampled_from([0.0, float("nan")]))
    drawn = {name: data.draw(values) for name in numbers(judged)}
    rows = judged.with_columns(
        pl.lit(value, pl.Float64).cast(judged.schema[name]).alias(name)
        for name, value in drawn.items()
    )
    told = evidence_of(rows)
    for kind in EVIDENCE:
        found = values_of(told.filter(pl.col("kind") == kind), kind)
        assert ((found >= 0.0) & (found <= 1.0)).all()
    assert with_scores(rows)["score"].is_between(0.0, 1.0).all()


def test_of_nothing_known_there_is_a_low_score(judged):
    nothing = judged.with_columns(
        pl.lit(None, judged.schema[name]).alias(name) for name in numbers(judged)
    )
    assert (with_scores(nothing)["score"] < 0.5).all()


def test_what_no_ship_typed_costs_some_of_the_score_not_all(pair):
    bare = pair.with_columns(
        pl.lit(0.0).alias("dimensions_known"),
        *(pl.lit(None, pair.schema[n]).alias(n) for n in ("length_a_m", "length_b_m")),
    )
    known, unknown = (with_scores(rows)["score"].item() for rows in (pair, bare))
    assert known >= unknown > 0.5 * known


def test_a_row_alone_scores_as_among_many_in_any_order(judged):
    many = pl.concat([copies(judged.filter(pl.col("kind") == "pair"), 50), judged])
    many = many.with_columns((pl.int_range(pl.len()) * 0.013 + 0.9).alias("duration_h"))
    together = with_scores(many).select("event_id", "score", "reasons").sort("event_id")
    turned = with_scores(many.reverse()).select("event_id", "score", "reasons").sort("event_id")
    alone = pl.concat(
        with_scores(many[n]).select("event_id", "score", "reasons") for n in range(many.height)
    )
    assert together.equals(turned)
    assert together.equals(alone.sort("event_id"))


def test_an_empty_table_stays_one(judged):
    assert with_scores(judged.clear()).equals(judged.clear())


def test_reasons_end_with_the_score_and_what_weighed_most():
    told = meeting().filter(pl.col("kind") == "pair").row(0, named=True)
    score, why = told["reasons"].split("; score ")[1].split(": ")
    assert (score, told["score"] > 0.99) == ("over 0.99", True)
    assert 1 <= len(why.split(", ")) <= 3
    assert "+ seen coming from afar or leaving" in why


def test_rules_alone_give_no_score():
    told = decide(meeting(), RULES_ONLY)
    assert told["score"].null_count() == told.height
    assert not told["reasons"].str.contains("score").any()
    assert told.filter("candidate")["class"].to_list() == ["transfer"]


def test_deciding_again_gives_the_same_scores_and_reasons():
    first = meeting()
    assert decide(first, RendezvousConfig()).equals(first)
    assert decide(decide(first, RULES_ONLY), RendezvousConfig()).equals(first)


def test_the_score_does_not_follow_the_thresholds_of_a_run():
    loose = RendezvousConfig.model_validate({"transfer": {"length_min_m": 99.0}})
    first = meeting()
    again = decide(first, loose)
    assert again["class"].to_list() != first["class"].to_list()
    pair_scores = [t.filter(pl.col("kind") == "pair")["score"].item() for t in (first, again)]
    assert pair_scores[0] == pair_scores[1]


def test_the_score_filters_transfers_and_changes_no_class():
    strict = RendezvousConfig(candidate_score_min=1.0)
    told = decide(meeting(), strict)
    assert told.filter(pl.col("class") == "transfer").height == 1
    assert told.filter("candidate").is_empty()


def test_classes_asked_for_beside_transfers_are_not_filtered():
    m = swing()
    boats = [
        Boat(412000001, m, status=1),
        Boat(412000002, visit(beside(m, 1.0, 20.0), 2.0, 9.0), length=30.0, beam=10.0, bow=15.0,
             kind=52),
    ]  # fmt: skip
    config = RendezvousConfig(candidate_classes=("tug_or_tow",))
    told = encounters(boats, config=config).filter("candidate")
    assert told["class"].to_list() == ["tug_or_tow"]
    assert told["score"].item() < config.candidate_score_min


def met(event, a, b, distance_m, from_h=0.0, to_h=5.0, contact=1.0):
    return {
        "event_id": event,
        "track_a": a,
        "track_b": b,
        "start_utc": START + timedelta(hours=from_h),
        "end_utc": START + timedelta(hours=to_h),
        "distance_median_m": distance_m,
        "class": "transfer",
        "contact": contact,
    }


def test_the_outer_two_of_a_raft_have_a_third_between():
    raft = [met("1", "m", "p", 40.0), met("2", "m", "q", 42.0), met("3", "p", "q", 80.0)]
    found = with_company(pl.DataFrame(raft))
    assert found["third_between"].to_list() == [0.0, 0.0, 1.0]
    assert found["others_touching"].to_list() == [2.0, 2.0, 2.0]


def test_a_buoy_is_no_company():
    raft = [met("1", "m", "p", 40.0), {**met("2", "m", "buoy", 2.0), "class": "aid_to_navigation"}]
    assert with_company(pl.DataFrame(raft))["others_touching"].to_list() == [0.0, 0.0]


def test_company_at_another_time_is_none():
    found = with_company(
        pl.DataFrame([met("1", "m", "p", 90.0, 2.0, 6.0), met("2", "m", "q", 40.0, 7.0, 30.0),
                      met("3", "p", "q", 40.0, 6.5, 20.0), met("4", "m", "r", 9.0, 3.0, 50.0),
                      met("5", "m", "s", 9.0, 3.0, 9.0, contact=0.0)])
    )  # fmt: skip
    assert found["third_between"].to_list() == [0.0] * 5
    assert found["others_touching"].to_list() == [1.0, 2.0, 1.0, 2.0, 0.0]


def test_company_is_found_across_midnight():
    long = met("1", "m", "p", 40.0, 0.0, 60.0)  # three days
    found = with_company(pl.DataFrame([long, met("2", "m", "q", 40.0, 50.0, 55.0)]))
    assert found["others_touching"].to_list() == [1.0, 1.0]


def test_the_lightering_of_a_real_day_stands_out(real_ais):
    day = measure([str(real_ais / "socal_2018-06-04.aisdk.csv.gz")], Config())
    told = decide(day, RendezvousConfig()).sort("score", descending=True)
    assert told["class"][0] == "transfer"
    assert told["score"][0] > 0.8
    assert told.filter(pl.col("kind") == "pair")["score"][1] < 0.1
