from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import schema
from pipeline.feeds.batch import TYPED, Batch, group_statics, merge, merge_statics
from tests.feeds.made import MARINECADASTRE, read, write

Report = tuple[int, int, float | None, str | None, float | None]
REPORTS = st.lists(
    st.tuples(
        st.sampled_from([1, 2]),
        st.integers(0, 3 * 3600),
        st.sampled_from([1.0, 2.0, None]),
        st.sampled_from(["A", "B", None]),
        st.sampled_from([7.5, 8.0, None]),
    ),
    max_size=30,
)


def frame(reports: list[Report]) -> pl.DataFrame:
    rows = pl.DataFrame(
        reports,
        schema={
            "mmsi": pl.Int32,
            "s": pl.Int64,
            "lat": pl.Float64,
            "name": pl.String,
            "draught_m": pl.Float32,
        },
        orient="row",
    )
    return rows.with_columns(time=(pl.col("s") * 1000).cast(schema.TIME), lon=pl.col("lat"))


def grouped(rows: pl.DataFrame) -> pl.DataFrame:
    return schema.conform(group_statics(rows), schema.STATICS)


@given(REPORTS, st.randoms(use_true_random=False), st.integers(1, 5))
def test_statics_are_the_same_for_any_order_and_any_split(
    reports: list[Report],
    shuffle: random.Random,
    parts: int,
) -> None:
    whole = merge_statics([grouped(frame(reports))])
    mixed = list(reports)
    shuffle.shuffle(mixed)
    split = merge_statics([grouped(frame(mixed[i::parts])) for i in range(parts)])
    assert split.equals(whole)


@given(REPORTS)
def test_a_group_is_one_set_of_values_in_one_hour(
    reports: list[Report],
) -> None:
    statics = merge_statics([grouped(frame(reports))])
    said = [r for r in reports if r[3] is not None or r[4] is not None]
    assert statics["reports"].sum() == len(said)
    assert statics.height == len({(r[0], r[1] // 3600, r[3], r[4]) for r in said})
    for row in statics.iter_rows(named=True):
        mine = [
            r
            for r in said
            if (r[0], r[1] // 3600, r[3], r[4])
            == (row["mmsi"], row["hour"], row["name"], row["draught_m"])
        ]
        assert row["reports"] == len(mine)
        assert row["first_time"].timestamp() == min(r[1] for r in mine)
        assert row["last_time"].timestamp() == max(r[1] for r in mine)
        assert row["lat"] in {r[2] for r in mine if r[1] == min(m[1] for m in mine)}


def test_merging_nothing_gives_empty_tables() -> None:
    batch = merge([])
    assert dict(batch.positions.schema) == dict(schema.empty(schema.POSITIONS).schema)
    assert dict(batch.statics.schema) == dict(schema.empty(schema.STATICS).schema)


def test_many_batches_merge_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[Report] = [(i % 7, i * 60, 1.0, "AB"[i % 2], None) for i in range(200)]
    whole = merge_statics([grouped(frame(reports))])
    monkeypatch.setattr("pipeline.feeds.batch.STATICS_HELD", 10)
    batches = [
        Batch(schema.empty(schema.POSITIONS), grouped(frame([report]))) for report in reports
    ]
    assert merge(batches).statics.equals(whole)


def rows(number: int) -> list[str]:
    draw = random.Random(5)  # noqa: S311 - made-up rows, no secrets
    return [
        f"{366000001 + draw.randrange(3)},2022-01-03T{i // 60 % 24:02d}:{i % 60:02d}:00,"
        f"{30 + draw.random():.5f},{-88 + draw.random():.5f},0.1,1.0,2,"
        f"{draw.choice(('A', 'B', ''))},,,{draw.choice(('80', '70', ''))},0,100,20,"
        f"{draw.choice(('7.5', '9.0', ''))},,A\n"
        for i in range(number)
    ]


def test_any_order_and_any_split_into_files_gives_the_same(tmp_path: Path) -> None:
    text = rows(500)
    whole, _ = read(write(tmp_path / "whole.csv", MARINECADASTRE + "".join(text)))
    random.Random(1).shuffle(text)  # noqa: S311 - an order, no secret
    folder = tmp_path / "parts"
    folder.mkdir()
    for i in range(4):
        write(folder / f"{i}.csv", MARINECADASTRE + "".join(text[i::4]))
    split, _ = read(folder)
    assert split.statics.equals(whole.statics)
    order = [name for name in schema.POSITIONS if name not in {"file", "row"}]
    assert (
        split.positions.select(order).sort(order).equals(whole.positions.select(order).sort(order))
    )


def test_the_time_zone_of_the_process_does_not_matter(tmp_path: Path, root: Path) -> None:
    text = (
        "mmsi,time,lat,lon\n219000001,2022-01-03 04:05:06,1,2\n219000001,2022-07-03 04:05:06,1,2\n"
    )
    path = write(tmp_path / "a.csv", text)
    code = (
        "import sys; from tests.feeds.made import read, times; print(*times(read(sys.argv[1])[0]))"
    )
    told = {
        subprocess.run(  # noqa: S603 - this Python, our own words
            [sys.executable, "-c", code, str(path)],
            env={**os.environ, "TZ": zone},
            cwd=root,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for zone in ("UTC", "Asia/Tokyo")
    }
    assert told == {"2022-01-03 04:05:06.000 2022-07-03 04:05:06.000\n"}


def test_typed_columns_are_those_of_the_schema() -> None:
    assert set(TYPED) < set(schema.STATICS)
