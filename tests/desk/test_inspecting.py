from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.desk import inspecting
from pipeline.errors import NothingUsableError, UsageError
from pipeline.progress import Quiet
from tests.feeds.made import MARINECADASTRE, write

HOUR = 3600


def rows(
    mmsi: int, *, every_s: int, hours: int, kn: float = 10.0, lon: float = -90.0, kind: int = 80
) -> list[str]:
    """Rows of a ship that sails north."""
    out = []
    for second in range(0, hours * HOUR, every_s):
        lat = 25.0 + kn * second / HOUR / 60
        clock = f"2022-01-{3 + second // 86400:02}T{second // HOUR % 24:02}"
        clock += f":{second // 60 % 60:02}:{second % 60:02}"
        out.append(f"{mmsi},{clock},{lat:.5f},{lon},{kn},0.0,0,S,IMO9074729,,{kind},0,200,32,,,A\n")
    return out


def look(*inputs: Path) -> str:
    return inspecting.inspect([str(one) for one in inputs], Config(), Quiet())


def dump(path: Path, *ships: Sequence[str]) -> Path:
    lines = sorted((line for ship in ships for line in ship), key=lambda line: line.split(",")[1])
    return write(path, MARINECADASTRE + "".join(lines))


def test_what_a_dump_holds(tmp_path: Path) -> None:
    ships = rows(366000001, every_s=60, hours=5), rows(366000002, every_s=180, hours=5, kind=70)
    bad = [ships[0][7].replace("366000001", "x")]
    write(tmp_path / "notes.txt", "nothing of use\n")
    text = look(dump(tmp_path / "a.csv", *ships, bad), tmp_path / "notes.txt")
    assert f"{tmp_path}/a.csv: marinecadastre-csv" in text
    assert f"{tmp_path}/notes.txt: passed over" in text
    assert "rows       401 read, 400 used" in text
    assert "2022-01-03 00:00 to 2022-01-03 04:59 UTC, 1 days" in text
    assert "2 MMSIs" in text
    assert "1 cargo ships, 1 tankers" in text
    assert "Class A under way 60 s (nine in ten within 3 min)" in text
    assert "antenna's place 100%, draught 100%" in text
    assert "feeds.bad_mmsi 1 (0.25%)" in text
    assert "a sample" not in text


def test_a_dump_across_the_antimeridian_is_no_belt_round_the_world(tmp_path: Path) -> None:
    ships = [rows(366000001 + n, every_s=60, hours=5, lon=lon) for n, lon in enumerate((178, -179))]
    assert "178°E to 178°W" in look(dump(tmp_path / "a.csv", *ships))


@pytest.mark.parametrize("packed", [False, True])
def test_a_large_dump_is_sampled_and_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    path = dump(tmp_path / "a.csv", rows(366000001, every_s=10, hours=30))
    if packed:
        path = write(tmp_path / "b.csv.gz", gzip.compress(path.read_bytes()))
    monkeypatch.setattr(inspecting, "MOST_BYTES", 200_000)
    text = look(path)
    assert "a sample" in text
    assert "feeds.cut_line" not in text
    if not packed:  # slices from the beginning to the end
        assert "2022-01-03 00:00 to 2022-01-04 0" in text


def test_ships_heard_every_hour_want_the_preset_for_satellites(tmp_path: Path) -> None:
    often = dump(tmp_path / "a.csv", rows(366000001, every_s=60, hours=5))
    assert "satellite.yaml" not in look(often)
    seldom = dump(tmp_path / "b.csv", rows(366000001, every_s=HOUR, hours=48))
    assert "satellite.yaml: half of the ships are heard every 1.0 h" in look(seldom)


def test_dates_that_can_be_read_in_two_ways_are_to_be_made_sure_of(tmp_path: Path) -> None:
    times = [f"04/06/2018 {n:02}:00" for n in range(20)]
    text = "mmsi,time,lat,lon\n" + "".join(f"219000001,{time},55,10\n" for time in times)
    assert "day_first: true" in look(write(tmp_path / "a.csv", text))


def test_a_table_that_is_not_known_is_to_be_described(tmp_path: Path) -> None:
    text = "ship;when;y1;x1\n219000001;2018-06-04 00:00:00;55;10\n"
    with pytest.raises(NothingUsableError) as raised:
        look(write(tmp_path / "a.csv", text))
    assert "columns: {mmsi: ?, time: ?, lat: ?, lon: ?} # of: ship, when, y1, x1" in str(
        raised.value
    )


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        look(tmp_path / "none.csv")


@pytest.mark.parametrize(("seconds", "text"), [(12, "12 s"), (240, "4 min"), (9000, "2.5 h")])
def test_durations_are_told_in_their_own_unit(seconds: float, text: str) -> None:
    assert inspecting._duration(seconds) == text
