from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.feeds.made import checked, position, read, sentences, write

MIDNIGHT = datetime(2018, 6, 4, tzinfo=UTC)


def base(mmsi: int, at: datetime) -> str:
    said = {name: getattr(at, name) for name in ("year", "month", "day", "hour", "minute")}
    fields: dict[str, object] = {"msg_type": 4, "mmsi": mmsi, "lon": 10.0, "lat": 55.0}
    (sentence,) = sentences({**fields, **said, "second": at.second})
    return sentence


def log(path: Path, ahead_s: float, stations: int, wander_s: int = 0) -> Path:
    """Of a minute: a base station's report and a ship's every second, by the receiver's clock."""
    lines = []
    for second in range(60):
        at = MIDNIGHT + timedelta(seconds=second)
        late = timedelta(seconds=ahead_s + wander_s * (second % 5))
        tag = checked(f"\\s:st1,c:{int((at + late).timestamp())}\\")
        lines += [tag + base(2190001 + second % stations, at), tag + position(235000001)]
    return write(path, "\n".join(lines) + "\n")


@pytest.mark.parametrize("ahead_s", [-7200, -40, 40, 3600])
def test_a_log_whose_clock_is_off_is_set_right_by_base_stations(
    tmp_path: Path, ahead_s: int
) -> None:
    batch, ledger = read(log(tmp_path / "a.nmea", ahead_s, 2))
    ship = batch.positions.filter(mmsi=235000001)["time"]
    assert (ship.min(), ship.max()) == (MIDNIGHT, MIDNIGHT + timedelta(seconds=59))
    assert ledger.flagged["feeds.nmea_clock_corrected"] == 120
    way = "ahead of" if ahead_s > 0 else "behind"
    assert f"{abs(ahead_s)} s {way} UTC" in ledger.messages[0]


@pytest.mark.parametrize(
    ("ahead_s", "stations", "wander_s", "said"),
    [
        (3600, 1, 0, "not corrected, for one station may be wrong"),
        (3, 2, 0, ""),  # the way through a network
        (20, 2, 15, ""),  # delays that vary
    ],
)
def test_a_clock_that_nothing_sure_contradicts_is_believed(
    tmp_path: Path, ahead_s: int, stations: int, wander_s: int, said: str
) -> None:
    batch, ledger = read(log(tmp_path / "a.nmea", ahead_s, stations, wander_s))
    first = batch.positions.filter(mmsi=235000001)["time"].min()
    assert first == MIDNIGHT + timedelta(seconds=ahead_s)
    assert "feeds.nmea_clock_corrected" not in ledger.flagged
    assert [message for message in ledger.messages if said in message] == ledger.messages
    assert bool(ledger.messages) == bool(said)
