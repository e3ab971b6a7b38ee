from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.config import RendezvousConfig
from pipeline.progress import Quiet
from pipeline.rendezvous import judge, measure
from pipeline.rendezvous.closest import closest_approach
from pipeline.rendezvous.explain import (
    BEHIND,
    YES,
    Explanation,
    Finding,
    _explain,
    explain,
    rules_of,
)
from pipeline.rendezvous.explain_text import as_plain, figure, in_words
from pipeline.schema import DRAUGHTS, empty
from tests.rendezvous.scenes import (
    START,
    Boat,
    OpenSea,
    beside,
    drift,
    fixes_of,
    moored,
    swing,
    visit,
    write_csv,
)

CONFIG = RendezvousConfig()
COASTER: dict[str, Any] = {"length": 95.0, "beam": 15.0, "bow": 78.0}


def explained(
    boats: list[Boat], config: RendezvousConfig = CONFIG, kind: str = "pair"
) -> list[Explanation]:
    fixes, vessels = fixes_of(boats, 31.5, -119.2)
    measured = measure(fixes, vessels, empty(DRAUGHTS), OpenSea(), config, Quiet())
    return explain(judge(measured, config).filter(pl.col("kind") == kind), config)


def transfer(gap_m: float = 4.0) -> list[Boat]:
    m = drift()
    return [
        Boat(412000001, m),
        Boat(412000002, visit(beside(m, gap_m, 22.5), 2.0, 9.0), **COASTER),
    ]


def berth() -> list[Boat]:
    m = moored()
    return [
        Boat(412000001, m, status=5),
        Boat(412000002, beside(m, 2.0, 22.5), status=5, **COASTER),
    ]


def neighbours() -> list[Boat]:
    return [
        Boat(412000001, swing(), status=1),
        Boat(412000002, swing(east=160.0, radius_m=180.0, phase=0.1), status=1, **COASTER),
    ]


def tug() -> list[Boat]:
    m = drift(speed_kn=3.0, course=60.0)
    small = visit(beside(m, 1.0, 20.0), 2.0, 5.0)
    return [
        Boat(412000001, m),
        Boat(412000002, small, length=30.0, beam=10.0, bow=10.0, kind=52),
    ]


SCENES = {"transfer": transfer, "berth": berth, "neighbours": neighbours, "tug": tug}


@pytest.fixture(scope="module")
def found() -> dict[str, Explanation]:
    return {name: explained(scene())[0] for name, scene in SCENES.items()}


@pytest.mark.parametrize("name", SCENES)
def test_all_rules_stand_in_order_and_the_first_that_holds_is_the_one_that_decided(found, name):
    one = found[name]
    assert [verdict.rule for verdict in one.rules] == list(rules_of(CONFIG, "pair"))
    held = [verdict.rule.name for verdict in one.rules if verdict.holds]
    assert held[0] == one.first.rule.name == one.row["rule"]
    assert one.first.rule.kind == one.row["class"]


@pytest.mark.parametrize("name", SCENES)
def test_a_margin_is_above_zero_where_the_test_holds(found, name):
    for verdict in (test for rule in found[name].rules for test in rule.tests):
        if verdict.value is None:
            assert verdict.margin is None
            assert verdict.holds is verdict.test.unknown
        else:
            assert verdict.margin is not None
            assert verdict.holds is (verdict.margin >= 0.0)
            assert abs(verdict.value - verdict.test.threshold) == pytest.approx(abs(verdict.margin))


def _flipped(verdict: Finding) -> float:
    """A value with which the test comes out the other way."""
    up = (verdict.test.op == ">=") is not verdict.holds
    step = 1.0 if verdict.is_flag else 1e-6
    if verdict.holds:
        return verdict.test.threshold + (step if up else -step)
    return verdict.test.threshold


@pytest.mark.parametrize("name", ["berth", "neighbours", "tug"])
def test_what_would_have_to_change_makes_a_candidate_when_it_does(found, name):
    one = found[name]
    row = dict(one.row)
    for _ in range(len(one.rules)):  # a changed value may bring in another rule
        now = _explain(row, CONFIG)
        if now.wanted:
            break
        assert now.hindrances
        for hindrance in now.hindrances:
            for verdict in hindrance.tests if hindrance.must_hold else hindrance.tests[:1]:
                row[verdict.test.column] = _flipped(verdict)
    assert _explain(row, CONFIG).first.rule.kind in CONFIG.candidate_classes


def test_a_candidate_has_no_hindrances_and_is_told_its_narrowest_margins(found):
    one = found["transfer"]
    assert (one.wanted, one.hindrances, one.row["candidate"]) == (True, (), True)
    text = in_words(one)
    assert "It is a candidate; nearest to failing:" in text
    assert "To be a candidate" not in text


def test_a_berth_in_words_that_can_be_quoted(found):
    text = in_words(found["berth"])
    assert "412000001 SHIP 1 (type 80, 180 m) and 412000002 SHIP 2 (type 80, 95 m): berth" in text
    assert "by rule berthed, no candidate" in text
    assert "Decided by rule berthed: at least one of the two stood fixed to the ground" in text
    assert (
        "- rule berthed would have to fail, by one of these:\n"
        "    one of the two stood fixed to the ground: it is yes, and would have to be no" in text
    )
    assert "from stay_a_h" in text  # what yes rests on
    assert text.count("from hull_gap_median_m") == 3  # once a column: touched, floor, deep


def test_numbers_carry_value_threshold_and_margin(found):
    text = in_words(found["transfer"])
    assert "asked for: at most 25 m; margin" in text
    row = found["transfer"].row
    assert f"hours alongside: {figure('duration_h', row['duration_h'])}; asked for" in text


@pytest.mark.parametrize("name", SCENES)
def test_no_python_shows_in_the_text(found, name):
    for word in ("None", "nan", "True", "False", "inf"):
        assert word not in in_words(found[name])


def test_what_is_unknown_is_said():
    boats = [replace(boat, heading_known=False) for boat in transfer()]
    text = in_words(explained(boats)[0])
    assert "angle between the keels: unknown; asked for: at most 15° (what is unknown holds" in text


def test_a_low_score_alone_is_told_as_such(found):
    one = found["transfer"]
    low = replace(one, row={**one.row, "candidate": False, "score": 0.2}, score_min=0.5)
    text = in_words(low)
    assert "Score 0.20; a candidate has 0.50 or more." in text
    assert "It is no candidate for its score alone." in text


def test_what_other_ships_overruled_is_told_as_such(found):
    one = found["transfer"]
    changes = {"candidate": False, "rule": "raft", "class": "anchored_neighbours"}
    text = in_words(replace(one, row={**one.row, **changes}))
    assert "Rule alongside held first, but rule raft overruled it" in text


def test_a_class_that_is_no_candidate_by_any_rule():
    config = CONFIG.model_copy(update={"candidate_classes": ("drifting",)})
    text = in_words(explained(berth(), config)[0])
    assert "No rule leads from here to a candidate" in text


def test_a_lone_vessel_is_explained_by_its_own_rules():
    (one, *_) = explained([Boat(412000001, drift())], kind="one_sided")
    assert [verdict.rule for verdict in one.rules] == list(rules_of(CONFIG, "one_sided"))
    assert one.row["rule"] == "drifted"
    assert "a draught changed that may belong here: it is no" in in_words(one)


def test_an_encounter_by_distance_is_explained_by_its_own_rules():
    config = CONFIG.model_copy(update={"method": "distance"})
    (one,) = explained(neighbours(), config)
    assert (one.row["rule"], one.row["candidate"]) == ("distance", True)
    assert "hours within the distance" in in_words(one)


@pytest.mark.parametrize("kind", ["pair", "one_sided"])
def test_every_yes_or_no_tells_what_it_rests_on(kind):
    asked = {test for rule in rules_of(CONFIG, kind) for test in rule.tests}
    assert {test.column for test in asked if test.words.endswith(YES)} <= set(BEHIND)


def test_as_plain_values_it_is_json(found):
    plain = json.loads(json.dumps(as_plain(found["berth"]), allow_nan=False))
    assert plain["first_rule_that_held"] == plain["rule"] == "berthed"
    assert plain["start_utc"].endswith("Z")
    (fixed,) = next(rule for rule in plain["rules"] if rule["name"] == "berthed")["tests"]
    assert (fixed["value"], fixed["threshold"], fixed["holds"]) == (1.0, 1.0, True)
    assert fixed["behind"]["stay_radius_a_m"] < 18.0
    assert plain["to_be_a_candidate"][0]["rule"] == "berthed"
    assert plain["to_be_a_candidate"][0]["must"] == "not hold"


@pytest.mark.parametrize(
    ("figures", "text"),
    [
        (("hull_gap_low_m", -3.14), "-3.1 m"),
        (("hull_gap_low_m", -0.04), "0 m"),
        (("gap_max_m", 25.0), "25 m"),
        (("speed_kn", 0.123), "0.12 kn"),
        (("keel_deg", 15.0), "15°"),
        (("overlap_share", 0.125), "0.125"),
        (("ship_type_a", 80), "80"),
        (("class_b_a", False), "no"),
        (("shore_km", None), "unknown"),
    ],
)
def test_figures(figures, text):
    assert figure(*figures) == text


def test_how_near_two_ships_came():
    """They cross 300 m from each other, a fix in three minutes, at 8 knots: between two fixes."""
    v = 8.0 * 1852.0 / 3600.0

    def eastward(t: float) -> tuple[float, float, float]:
        return v * (t - 6 * 3600.0), 0.0, 90.0

    boats = [
        Boat(412000001, lambda _t: (0.0, 300.0, 0.0), noise_m=0.0, bow=90.0, to_h=12.0),
        Boat(412000002, eastward, noise_m=0.0, bow=90.0, to_h=12.0),
    ]
    fixes, vessels = fixes_of(boats, 31.5, 179.999)
    near = closest_approach(fixes, vessels, 412000001, 412000002, CONFIG)
    assert near is not None
    assert near.distance_m == pytest.approx(300.0, abs=5.0)
    assert abs((near.time_utc - START).total_seconds() - 6 * 3600) <= 180.0
    assert near.hull_gap_low_m < near.hull_gap_m < 300.0
    assert closest_approach(fixes, vessels, 412000001, 412000009, CONFIG) is None


def test_ships_never_heard_at_one_time_have_no_approach():
    boats = [
        Boat(412000001, drift(), to_h=6.0),
        Boat(412000002, drift(), from_h=8.0, to_h=12.0),
    ]
    fixes, vessels = fixes_of(boats, 31.5, -119.2)
    assert closest_approach(fixes, vessels, 412000001, 412000002, CONFIG) is None


# Through the command line: one run of a transfer and a ship that keeps 2 km off.


@pytest.fixture(scope="module")
def dump(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("dump") / "ais.csv"
    other = drift(east=2000.0 * math.cos(math.radians(150.0)), north=2000.0)
    boats = [*transfer(), Boat(412000003, other, kind=70)]
    write_csv(boats, file, 31.5, -119.2)
    return file


@pytest.fixture(scope="module")
def run(dump) -> Path:
    out = dump.parent / "run"
    result = CliRunner().invoke(app, ["detect", str(dump), "--out", str(out), "--quiet"])
    assert result.exit_code == 0, result.output
    return out


def command(run: Path, *arguments: object) -> str:
    result = CliRunner().invoke(app, ["explain", str(run), *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_pair_of_a_run(run):
    text = command(run, "--mmsi", 412000002, 412000001)
    assert "transfer by rule alongside, candidate" in text
    assert "-> transfer: HOLDS, the first that does" in text
    assert text == command(run, "--mmsi", 412000001, "--mmsi", 412000002)


def test_a_ship_of_a_run_and_all_it_met(run):
    content = json.loads(command(run, "--mmsi", 412000001, "--json"))
    kinds = [one["kind"] for one in content["encounters"]]
    assert sorted(kinds) == ["one_sided", "pair"]
    assert content["searched"] == str(run)


def test_a_pair_that_was_never_close(run, dump):
    text = command(run, "--mmsi", 412000001, 412000003)
    assert f"No encounter of 412000001 and 412000003 in {run}." in text
    assert "within 200 m of each other for 9 minutes" in text
    assert "412000003 was not heard there" in text  # the run keeps those alone that met somebody
    text = command(run, "--mmsi", 412000001, 412000003, "--ais", dump)
    assert "They came within 2." in text
    assert "kn; hulls" in text


def test_a_pair_examined_anew_is_judged_as_in_the_run(run, dump):
    pair = ("--mmsi", 412000001, 412000002, "--json")
    kept, anew = (
        json.loads(command(run, *pair, *more))["encounters"][0] for more in ((), ("--ais", dump))
    )
    for name in ("event_id", "class", "rule", "candidate", "duration_h"):
        assert kept[name] == anew[name]


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        (("--mmsi", 1, "--mmsi", 2, 3), "give one MMSI or two different ones", 2),
        (("--mmsi", 1, 1), "give one MMSI or two different ones", 2),
        (("--mmsi", 1, "--ais", "x.csv"), "--ais examines a pair", 2),
        (("--mmsi", 412000008, 412000009, "--ais", "DUMP"), "no usable position of 412000008", 3),
    ],
)
def test_what_cannot_be_explained_is_said(run, dump, arguments, message, code):
    told = [str(dump) if one == "DUMP" else str(one) for one in arguments]
    result = CliRunner().invoke(app, ["explain", str(run), *told])
    assert result.exit_code == code
    assert message in result.stderr
