from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.feeds import json_records, streams
from pipeline.feeds.archives import Stream
from tests.feeds.made import find, read, write

RECORD = {"mmsi": 219000001, "timestamp": 1528070401, "lat": 1.5, "lon": 2.5}


def collection(count: int) -> str:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [20.0 + k / 1000, 55.0]},
            "properties": {"mmsi": 219000001 + k, "navStat": 1, "timestampExternal": 1528070401250},
        }
        for k in range(count)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_a_bad_line_costs_only_itself(tmp_path: Path) -> None:
    good = json.dumps(RECORD) + "\n"
    batch, ledger = read(write(tmp_path / "a.jsonl", good * 3 + '{"mmsi": 2190\n' + "\n" + good))
    assert batch.positions["row"].to_list() == [1, 2, 3, 6]
    assert dict(ledger.rejected) == {"feeds.bad_json": 1}
    assert ledger.examples["feeds.bad_json"] == [f'{tmp_path}/a.jsonl:4: {{"mmsi": 2190']
    assert ledger.rows_read == 5


def test_records_that_say_nothing_are_counted(tmp_path: Path) -> None:
    text = json.dumps(RECORD) + "\n" + '{"a": 1}\n' + "[1, 2]\n" + '"x"\n'
    _, ledger = read(write(tmp_path / "a.jsonl", text))
    assert dict(ledger.rejected) == {"feeds.bad_mmsi": 3}
    assert ledger.rows_read == 4


def test_a_collection_that_is_cut_gives_what_it_holds(tmp_path: Path) -> None:
    text = collection(50)
    path = write(tmp_path / "a.json", text[: len(text) // 2])
    batch, ledger = read(path)
    assert 20 < batch.positions.height < 26
    assert ledger.messages[0].startswith(f"{path} is cut off or damaged")


def test_several_collections_in_one_file(tmp_path: Path) -> None:
    batch, ledger = read(write(tmp_path / "a.json", collection(5) + "\n" + collection(5)))
    assert batch.positions["row"].to_list() == list(range(1, 11))
    assert not ledger.messages


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_records_come_the_same_in_blocks_of_any_size(size: int) -> None:
    text = (collection(20) + json.dumps([{"name": "Å]}"}, {"b": [1]}], indent=1)).encode()
    blocks = (text[i : i + size] for i in range(0, len(text), size))
    stream = Stream()
    records = list(json_records.records_in(blocks, stream))
    assert len(records) == 22
    assert records[20:] == [{"name": "Å]}"}, {"b": [1]}]
    assert stream.trouble is None


def test_pieces_of_any_size_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [json.dumps({**RECORD, "lat": k / 10, "name": f"S{k % 3}"}) for k in range(50)]
    lines[7] = "{"
    path = write(tmp_path / "a.jsonl", "\n".join(lines) + "\n")
    whole, ledger = read(path)
    monkeypatch.setattr(streams, "CHUNK", 500)
    parts, ledger_of_parts = read(path)
    assert parts.positions.sort("row").equals(whole.positions.sort("row"))
    assert parts.statics.equals(whole.statics)
    assert ledger_of_parts.rejected == ledger.rejected == {"feeds.bad_json": 1}


def test_json_that_is_no_ais_says_so(tmp_path: Path) -> None:
    _, skipped, _ = find(
        write(tmp_path / "a.geojson", json.dumps({"features": [{"properties": {"a": 1}}]}))
    )
    assert skipped[0].reason.startswith("no AIS: a table without mmsi or time or position")


def test_brackets_within_brackets_are_a_bad_line(tmp_path: Path) -> None:
    good = json.dumps(RECORD) + "\n"
    text = good + '{"a":' * 100_000 + "\n" + good
    batch, ledger = read(write(tmp_path / "a.jsonl", text))
    assert batch.positions["row"].to_list() == [1, 3]
    assert dict(ledger.rejected) == {"feeds.bad_json": 1}
    _, skipped, _ = find(write(tmp_path / "b.json", "[" * 100_000))
    assert [one.reason for one in skipped] == ["no AIS: JSON without records"]


def test_a_point_without_coordinates_costs_only_itself(tmp_path: Path) -> None:
    text = collection(3).replace("[20.001, 55.0]", "[20.001]")
    batch, ledger = read(write(tmp_path / "a.json", text))
    assert batch.positions["mmsi"].to_list() == [219000001, 219000003]
    assert dict(ledger.rejected) == {"feeds.no_position": 1}


def test_one_odd_record_makes_no_other_layout(tmp_path: Path) -> None:
    good = json.dumps({"mmsi": 219000001, "timestamp": 1528070401, "latitude": 1, "longitude": 2})
    odd = json.dumps({"mmsi": 1, "lat": 1, "lon": 2, "base_date_time": "", "vessel_name": "A"})
    batch, _ = read(write(tmp_path / "a.jsonl", odd + "\n" + (good + "\n") * 3))
    assert batch.positions["row"].to_list() == [2, 3, 4]
