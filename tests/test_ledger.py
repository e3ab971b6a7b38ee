from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from pipeline import cleaning, feeds, ledger, schema
from pipeline.config import Config
from pipeline.ledger import Ledger
from pipeline.progress import Quiet
from tests.feeds.made import MARINECADASTRE, ROW, checked, position, read, write

BAD = {
    "feeds.bad_mmsi": ROW.replace("367379190", "none"),
    "feeds.too_many_columns": ROW.replace("EAGLE", "EAGLE, THE"),
    "cleaning.position_not_available": ROW.replace("30.3706", "91"),
    "cleaning.duplicate": ROW,
}


def kept(folder: Path, *inputs: Path) -> tuple[pl.DataFrame, Ledger]:
    """The rejected rows of reading and cleaning `inputs`."""
    config, found = Config(), Ledger()
    found.keep(folder)
    sources, _ = feeds.find_sources([str(one) for one in inputs], config.feeds, found)
    batch = feeds.merge(feeds.read(sources, config.feeds, found, Quiet()))
    cleaning.clean(batch.positions, batch.statics, config.cleaning, found, Quiet())
    found.close()
    return pl.read_parquet(folder / ledger.REJECTED_FILE), found


def test_every_rejected_row_is_kept_with_its_rule_file_and_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", MARINECADASTRE + ROW + "".join(BAD.values()))
    rows, found = kept(tmp_path, path)
    assert rows.schema == pl.Schema(ledger.REJECTED)
    assert rows.select("rule", "row").rows() == [
        ("feeds.too_many_columns", 4),
        ("feeds.bad_mmsi", 3),
        ("cleaning.position_not_available", 5),
        ("cleaning.duplicate", 6),
    ]
    assert set(rows["file"]) == {str(path)}
    texts = dict(rows.select("rule", "text").rows())
    assert texts["feeds.bad_mmsi"] == BAD["feeds.bad_mmsi"].strip()
    assert texts["cleaning.duplicate"] is None
    last = rows.row(-1, named=True)
    assert (last["mmsi"], last["lat"], last["lon"]) == (367379190, 30.3706, -88.56408)
    assert dict(found.rejected) == dict.fromkeys(BAD, 1)


def test_a_message_of_several_sentences_is_one_row_that_stands_for_all(tmp_path: Path) -> None:
    part = checked("!AIVDM,2,1,3,A,55O0W7`00001L@gCWGA2uItLth@DqtL5@F22220j1h742t0Ht0000000,0")
    lines = ["\\c:1640995200*54\\" + position(219000001), part, "no sentence"]
    rows, found = kept(tmp_path, write(tmp_path / "a.nmea", "\n".join([*lines, *lines[:1]]) + "\n"))
    by_rule = rows.group_by("rule").agg(pl.col("rows").sum())
    assert dict(by_rule.iter_rows()) == dict(found.rejected)
    assert rows.filter(pl.col("rule") == "feeds.nmea_junk")["text"].to_list() == ["no sentence"]


def test_many_rejected_rows_do_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "HELD_ROWS", 10)
    path = write(tmp_path / "a.csv", MARINECADASTRE + (ROW + BAD["feeds.bad_mmsi"]) * 95)
    rows, found = kept(tmp_path, path)
    assert rows.height == found.rows_rejected == 95 + 94  # and one of the good ones stays
    assert rows.filter(pl.col("rule") == "feeds.bad_mmsi")["row"].to_list() == list(
        range(3, 192, 2)
    )
    assert (
        pq.read_metadata(tmp_path / ledger.REJECTED_FILE).num_row_groups > 1
    )  # written as they came


def test_a_run_that_rejects_nothing_keeps_an_empty_table(tmp_path: Path) -> None:
    rows, _ = kept(tmp_path, write(tmp_path / "a.csv", MARINECADASTRE + ROW))
    assert rows.is_empty()
    assert rows.schema == pl.Schema(ledger.REJECTED)


def test_examples_are_the_first_by_file_and_row_in_one_form(tmp_path: Path) -> None:
    rows = [ROW.replace("00:00:00", f"00:00:{n:02}") for n in range(20)]
    text = MARINECADASTRE + "".join(row.replace("30.3706", "91.0") for row in rows)
    batch, found = read(write(tmp_path / "a.csv", text))
    config = Config().cleaning
    cleaning.clean(batch.positions.reverse(), batch.statics, config, found, Quiet())
    said = found.examples["cleaning.position_not_available"]
    place = "367379190 at 91.0 -88.56408"
    assert said == [f"{tmp_path}/a.csv:{row}: {place}" for row in (2, 3, 4)]


def test_an_example_of_no_row_says_what_it_says() -> None:
    found = Ledger()
    found.blank("cleaning.imo_check_digit", 2, [ledger.Example("", 0, "MMSI 1: imo 2")])
    found.blank("cleaning.draught_impossible", 0)
    assert found.examples == {"cleaning.imo_check_digit": ["MMSI 1: imo 2"]}
    assert found.blanked == {"cleaning.imo_check_digit": 2}


def test_positions_of_no_known_file_are_named_by_their_number() -> None:
    found = Ledger()
    rows = schema.conform(
        pl.DataFrame({"mmsi": [1, 1], "file": [3, 3], "row": [9, 5]}), schema.POSITIONS
    )
    found.reject_positions("cleaning.jump", rows, pl.col("mmsi"))
    assert found.examples == {"cleaning.jump": ["input 3:5: 1", "input 3:9: 1"]}


def test_the_first_rows_by_file_and_row_are_found_among_any() -> None:
    order = [(1, 2), (0, 7), (0, 3), (1, 1), (0, 5), (0, 4)]
    rows = schema.conform(
        pl.DataFrame(order, schema=["file", "row"], orient="row"), schema.POSITIONS
    )
    found = ledger.first_rows(rows, np.array([0, 1, 3, 4, 5], np.uint32))
    assert sorted(found.select("file", "row").rows()) == [(0, 4), (0, 5), (0, 7)]
    assert ledger.first_rows(rows, np.array([3], np.uint32))["row"].to_list() == [1]
