"""Training and judging the score: on numbers whose answer is known."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from benchmarks import calibration
from benchmarks.labelled import Case, cases
from benchmarks.train_score import OTHERS, POINT_MIN, Sample, fit, unseen_log_odds
from benchmarks.train_score import calibration as points_of
from pipeline.rendezvous.score_features import Evidence


def evidence(*signs):
    return [Evidence(str(n), sign, "", "", pl.lit(0.0)) for n, sign in enumerate(signs)]


def drawn(weights, intercept=-1.0, rows=20_000, seed=4):
    """Evidence drawn at random and truth drawn by the odds it gives."""
    rng = np.random.default_rng(seed)
    values = rng.random((rows, len(weights)))
    odds = intercept + values @ np.array(weights)
    true = (rng.random(rows) < 1.0 / (1.0 + np.exp(-odds))).astype(float)
    return Sample(values, true, np.arange(rows) % 40)


def test_the_fit_finds_the_weights_and_shifts_the_constant_for_what_is_commoner():
    found = fit(drawn((3.0, -2.0)), evidence(1, -1))
    assert found[1:] == pytest.approx([3.0, -2.0], abs=0.2)
    assert found[0] == pytest.approx(-1.0 - np.log(OTHERS), abs=0.15)


def test_evidence_that_speaks_the_wrong_way_gets_no_weight():
    assert fit(drawn((3.0, -2.0)), evidence(1, 1))[2] == 0.0


def test_the_fit_is_the_same_again():
    sample = drawn((3.0, -2.0), rows=2000)
    assert fit(sample, evidence(1, -1)).tolist() == fit(sample, evidence(1, -1)).tolist()


def test_points_rise_and_give_the_shares():
    sample = drawn((4.0, -3.0))
    odds = unseen_log_odds(sample, evidence(1, -1))
    points = points_of(odds, sample.true, sample.weight)
    at = np.array([p["log_odds"] for p in points])
    shares = np.array([p["share"] for p in points])
    assert (np.diff(at) > 0).all()
    assert (np.diff(shares) >= 0).all()
    known = 1.0 / (1.0 + np.exp(-at))
    assert np.abs(shares - known).max() < 0.1


def test_points_rest_on_enough_encounters():
    odds = np.linspace(-3.0, 3.0, 4 * POINT_MIN)
    true = (np.arange(len(odds)) % 7 < np.linspace(0, 7, len(odds))).astype(float)
    assert len(points_of(odds, true, np.ones(len(odds)))) <= 4


def test_worlds_of_all_variants_take_turns():
    chosen = cases(9000, 16)
    assert [c.seed for c in chosen] == list(range(9000, 9016))
    assert {c.variant for c in chosen[:8]} == {
        "default", "no-dimensions", "no-headings", "sparse-15min", "types-wrong", "mixed",
    }  # fmt: skip
    assert Case(9001, "mixed").options == Case(9001, "mixed").options
    assert Case(9001, "mixed").options != Case(9002, "mixed").options


def encounters(count=4000):
    rng = np.random.default_rng(1)
    score = np.round(rng.random(count), 3)
    return pl.DataFrame(
        {
            "kind": rng.choice(["pair", "one_sided"], count),
            "contact": np.ones(count),
            "class": rng.choice(["transfer", "berth"], count),
            "candidate": np.ones(count, bool),
            "variant": ["default"] * count,
            "truth_kind": ["drifting"] * count,
            "rule": ["none"] * count,
            "score": score,
            "true": rng.random(count) < score,
        }
    )


def test_a_score_that_is_the_share_has_a_small_error_and_commoner_others_make_it_large():
    rows = encounters()
    assert calibration.weighted_error(rows, 1) < 0.03
    assert calibration.weighted_error(rows, 10) > 0.2


def test_the_diagram_is_the_same_bytes_again(tmp_path):
    files = [tmp_path / "1.svg", tmp_path / "2.svg"]
    for file in files:
        calibration.draw(encounters(), file)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert b"Transfers by the rules" in files[0].read_bytes()


def test_the_report_counts_what_a_threshold_drops():
    rows = encounters()
    lines = list(calibration.report(rows))
    ruled = rows.filter(pl.col("class") == "transfer")
    lost = ruled.filter(pl.col("true") & (pl.col("score") < 0.5)).height
    kept = ruled.filter(~pl.col("true") & (pl.col("score") >= 0.5)).height
    assert any(x.startswith(f"  0.5: {lost} of") and f", {kept} of" in x for x in lines)
