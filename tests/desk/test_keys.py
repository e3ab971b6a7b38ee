from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.config import Config
from pipeline.config.load import known_keys, load
from pipeline.desk.keys import (
    differences,
    is_deciding,
    refuse_measuring,
    refuse_measuring_keys,
    value_of,
    with_values,
)
from pipeline.errors import UsageError
from pipeline.progress import Quiet
from pipeline.rendezvous import measure
from tests.desk.conftest import sea
from tests.rendezvous.scenes import OpenSea

RUN = Path("runs/june")


class Watched:
    """A section of the configuration that notes which of its keys are read."""

    def __init__(self, section: Any, name: str, seen: set[str]) -> None:
        self._section, self._name, self._seen = section, name, seen

    def __getattr__(self, key: str) -> Any:
        value, name = getattr(self._section, key), f"{self._name}.{key}"
        if hasattr(value, "model_dump"):
            return Watched(value, name, self._seen)
        self._seen.add(name)
        return value


@pytest.mark.parametrize(
    ("method", "key"),
    [("hulls", "rendezvous.contact.gap_max_m"), ("distance", "rendezvous.distance.encounter_km")],
)
def test_no_deciding_key_is_read_while_measuring(method, key):
    seen: set[str] = set()
    here = sea()
    config = load(None, [f"rendezvous.method={method}"]).rendezvous
    watched: Any = Watched(config, "rendezvous", seen)
    measure(here.fixes, here.vessels, here.draughts, OpenSea(), watched, Quiet())
    assert key in seen
    assert {key for key in seen if is_deciding(key)} == set()


def test_every_key_is_one_or_the_other():
    deciding = {key for key in known_keys() if is_deciding(key)}
    assert "rendezvous.transfer.duration_min_h" in deciding
    assert "quota.cap.barrels" in deciding
    assert "exports.zone_reach_km" in deciding
    assert not deciding & {"feeds.workers", "rendezvous.pairing.near_gap_m", "context.zones_file"}


def test_a_key_is_no_prefix_of_another():
    assert not is_deciding("rendezvous.transfers.duration_min_h")


def test_differences_are_told_key_by_key():
    after = load(None, ["quota.cap.barrels=7", "rendezvous.transfer.duration_min_h=3"])
    assert differences(Config(), after) == {
        "rendezvous.transfer.duration_min_h": (1.0, 3.0),
        "quota.cap.barrels": (500_000.0, 7.0),
    }
    assert differences(after, after) == {}


def test_the_same_file_named_from_elsewhere_is_no_difference(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    here, full, other = (
        load(None, [f"context.zones_file={path}"]) for path in ("z.json", tmp_path / "z.json", "y")
    )
    assert differences(here, full) == {}
    assert list(differences(here, other)) == ["context.zones_file"]
    assert list(differences(here, Config())) == ["context.zones_file"]


def test_values_are_set_by_key():
    after = with_values(Config(), {"rendezvous.transfer.duration_min_h": 3.0})
    assert value_of(after, "rendezvous.transfer.duration_min_h") == 3.0
    assert (
        differences(with_values(after, {"rendezvous.transfer.duration_min_h": 1.0}), Config()) == {}
    )


def test_measuring_keys_are_refused_by_name():
    after = load(None, ["rendezvous.contact.gap_max_m=30", "rendezvous.transfer.overlap_min=0.5"])
    with pytest.raises(UsageError) as error:
        refuse_measuring(Config(), after, RUN)
    text = str(error.value)
    assert "rendezvous.contact.gap_max_m is 25.0 in runs/june and 30.0 here" in text
    assert "overlap_min" not in text
    assert "run detect again" in text


def test_deciding_keys_are_let_pass():
    after = load(None, ["rendezvous.transfer.overlap_min=0.5", "quota.cap.barrels=7"])
    refuse_measuring(Config(), after, RUN)
    refuse_measuring_keys(["rendezvous.transfer.overlap_min"])


def test_more_track_than_the_run_keeps_is_refused():
    refuse_measuring(Config(), load(None, ["exports.track_margin_h=2"]), RUN)
    with pytest.raises(UsageError, match="keeps 3 h of track"):
        refuse_measuring(Config(), load(None, ["exports.track_margin_h=4"]), RUN)


def test_a_key_that_belongs_to_measuring_is_named():
    with pytest.raises(UsageError, match=r"^rendezvous\.hull\.position_error_m: this key belongs"):
        refuse_measuring_keys(["rendezvous.hull.position_error_m"])
