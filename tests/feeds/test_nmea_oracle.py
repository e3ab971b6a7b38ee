"""Every field of every message is what pyais makes of it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.decoding import USED, Comparison, compare
from tests.feeds.made import sentences

LETTERS = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789-./&", max_size=20)
SIZES = {
    "to_bow": st.integers(0, 511),
    "to_stern": st.integers(0, 511),
    "to_port": st.integers(0, 63),
    "to_starboard": st.integers(0, 63),
}
MOVES: dict[str, Any] = {
    "lat": st.floats(-90, 91),
    "lon": st.floats(-180, 181),
    "course": st.integers(0, 3600).map(lambda tenths: tenths / 10),
    "heading": st.integers(0, 511),
    "second": st.integers(0, 63),
    "speed": st.integers(0, 1023).map(lambda tenths: tenths / 10),
}
FIELDS: dict[int, dict[str, Any]] = {
    1: {**MOVES, "status": st.integers(0, 15)},
    2: {**MOVES, "status": st.integers(0, 15)},
    3: {**MOVES, "status": st.integers(0, 15)},
    4: {"lat": MOVES["lat"], "lon": MOVES["lon"], "second": MOVES["second"]},
    5: {
        **SIZES,
        "imo": st.integers(0, 2**30 - 1),
        "callsign": LETTERS.map(lambda text: text[:7]),
        "shipname": LETTERS,
        "ship_type": st.integers(0, 99),
        "draught": st.integers(0, 255).map(lambda tenths: tenths / 10),
        "destination": LETTERS,
    },
    9: {**MOVES, "speed": st.integers(0, 1023)},
    11: {"lat": MOVES["lat"], "lon": MOVES["lon"], "second": MOVES["second"]},
    18: MOVES,
    19: {**MOVES, **SIZES, "shipname": LETTERS, "ship_type": st.integers(0, 99)},
    21: {
        **SIZES,
        "lat": MOVES["lat"],
        "lon": MOVES["lon"],
        "second": MOVES["second"],
        "name": LETTERS,
        "aid_type": st.integers(0, 31),
        "off_position": st.booleans(),
        "virtual_aid": st.booleans(),
    },
    24: {
        **SIZES,
        "partno": st.integers(0, 1),
        "shipname": LETTERS,
        "callsign": LETTERS.map(lambda text: text[:7]),
        "ship_type": st.integers(0, 99),
    },
    27: {
        "lat": MOVES["lat"],
        "lon": MOVES["lon"],
        "status": st.integers(0, 15),
        "speed": st.integers(0, 63),
        "course": st.integers(0, 511),
    },
}


@st.composite
def messages(draw: st.DrawFn) -> dict[str, object]:
    kind = draw(st.sampled_from(sorted(FIELDS)))
    fields = {name: draw(values) for name, values in FIELDS[kind].items()}
    mmsi = draw(st.integers(0, 2**30 - 1) | st.integers(990_000_000, 999_999_999))
    return {"type": kind, "mmsi": mmsi, **fields}


@given(st.lists(messages(), min_size=1, max_size=10))
def test_made_up_messages(made: list[dict[str, object]]) -> None:
    lines = [line for k, one in enumerate(made) for line in sentences(one, seq_id=k)]
    comparison = Comparison()
    compare(("\n".join(lines) + "\n").encode(), comparison, "made")
    assert comparison.messages == len(made)
    assert comparison.differing == []
    assert not comparison.left_out
    assert set(FIELDS) == USED


@pytest.mark.parametrize(
    "name",
    ["amsa_2012-01-27", "dma_stream_2010", "exactearth_2012"],
)
def test_real_logs(real_ais: Path, name: str) -> None:
    comparison = Comparison()
    data = gzip.decompress((real_ais / f"{name}.nmea.gz").read_bytes())
    lines = data.split(b"\n")
    compare(b"\n".join(lines[:9000]) + b"\n", comparison, name)
    assert comparison.messages > 1000
    assert comparison.differing == []
    assert comparison.only_ours == []
    # What is left out is cut before the end of its dimensions or its position.
    assert all("cut to" in reason for reason in comparison.left_out)
