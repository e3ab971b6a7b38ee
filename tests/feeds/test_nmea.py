from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config.feeds import FeedsConfig, NmeaConfig
from pipeline.feeds import Batch, nmea, streams
from pipeline.ledger import Ledger
from tests.feeds.made import checked, find, position, read, sentences, times, write

C = 1528070400  # 2018-06-04 00:00:00
AT = "2018-06-04 00:00:00.000"


def tagged(sentence: str, seconds: int = C, more: str = "") -> str:
    return checked(f"\\s:st1,c:{seconds}{more}\\") + sentence


def log(tmp_path: Path, *lines: str, config: FeedsConfig | None = None) -> tuple[Batch, Ledger]:
    return read(write(tmp_path / "a.nmea", "\n".join(lines) + "\n"), config=config)


@pytest.mark.parametrize(
    "line",
    [
        tagged(position(235000001)),
        checked(f"\\c:{C}000,s:st1\\") + position(235000001),
        f"{position(235000001)},{C}",
        f"{position(235000001)},{C}000",
        f"{position(235000001)}\t{C}.000",
        f"{position(235000001)},s29,d-098,T43.87,x161,rnhjel,{C}",
        f"{C},{position(235000001)}",
        f"2018-06-04T00:00:00Z {position(235000001)}",
        f"[2018-06-04 00:00:00.000] {position(235000001)}",
        f"2018-06-04T02:00:00+02:00;{position(235000001)}",
        f"20180604000000 {position(235000001)}",
        f"{position(235000001)},2018-06-04 00:00:00",
    ],
)
def test_times_that_stand_around_a_sentence(tmp_path: Path, line: str) -> None:
    batch, ledger = log(tmp_path, line)
    assert times(batch) == [AT]
    assert (ledger.rows_read, ledger.rows_used) == (1, 1)


def test_a_tag_block_that_is_damaged_gives_no_time(tmp_path: Path) -> None:
    bad = tagged(position(235000001)).replace("c:15", "c:16")
    batch, ledger = log(tmp_path, bad)
    assert batch.positions.is_empty()
    assert dict(ledger.rejected) == {"feeds.nmea_no_time": 1}


def gatehouse(sentence: str, minute: int, second: int) -> str:
    return checked(
        f"$PGHP,1,2018,6,4,0,{minute},{second},0,219,,2190067,1,{sentence.split('*')[1][:2]}"
    )


def test_gatehouse_times_belong_to_the_sentence_whose_checksum_they_repeat(tmp_path: Path) -> None:
    one, two = position(235000001), position(235000002, lat=12.0)
    batch, ledger = log(tmp_path, gatehouse(one, 1, 0), gatehouse(two, 2, 0), two, one)
    assert dict(zip(batch.positions["mmsi"], times(batch), strict=True)) == {
        235000001: "2018-06-04 00:01:00.000",
        235000002: "2018-06-04 00:02:00.000",
    }
    assert ledger.rows_used == 4


def test_satellites_deliver_late_and_their_own_time_counts(tmp_path: Path) -> None:
    lines = []
    for k in range(5):
        sentence = position(235000001 + k)
        lines += [f"{gatehouse(sentence, 1, k)},{C + 3600}", f"{sentence},{C + 3600}"]
    batch, _ = log(tmp_path, *lines)
    assert times(batch) == [f"2018-06-04 00:01:0{k}.000" for k in range(5)]
    assert find(tmp_path / "a.nmea")[0][0].form == nmea.Nmea(late_log=True, by_gatehouse=True)


def test_without_a_time_the_one_before_counts_when_the_next_is_near(tmp_path: Path) -> None:
    lines = [
        position(235000001),  # nothing before it
        tagged(position(235000002), C),
        position(235000003),
        tagged(position(235000004), C + 50),
        position(235000005),  # the next time is too late
        tagged(position(235000006), C + 500),
        position(235000007),  # nothing behind it
    ]
    batch, ledger = log(tmp_path, *lines)
    assert dict(zip(batch.positions["mmsi"], times(batch), strict=True)) == {
        235000002: AT,
        235000003: AT,
        235000004: "2018-06-04 00:00:50.000",
        235000006: "2018-06-04 00:08:20.000",
    }
    assert dict(ledger.rejected) == {"feeds.nmea_no_time": 3}
    assert "3 sentences have no time" in ledger.messages[0]
    near = FeedsConfig(nmea=NmeaConfig(clock_gap_s=10))
    assert log(tmp_path, *lines, config=near)[1].rejected["feeds.nmea_no_time"] == 4


def test_a_line_out_of_its_order_is_no_clock(tmp_path: Path) -> None:
    lines = [
        tagged(position(235000001), C + 58),
        tagged(position(235000002), C),
        position(235000003),
        tagged(position(235000004), C + 59),
    ]
    told = times(log(tmp_path, *lines)[0])
    assert told[2] == told[0] == "2018-06-04 00:00:58.000"


def test_a_receivers_clock_places_sentences(tmp_path: Path) -> None:
    zda = [checked(f"$GPZDA,0000{s:02d}.50,04,06,2018,,") for s in (0, 5)]
    batch, ledger = log(tmp_path, zda[0], position(235000001), zda[1])
    assert times(batch) == ["2018-06-04 00:00:00.500"]
    assert ledger.rows_used == 3


def test_what_a_satellite_heard_is_no_clock_for_a_stations_log(tmp_path: Path) -> None:
    late = position(235000009, lat=5.0)
    lines = [checked("$GPZDA,100000,04,06,2018,,"), position(235000001)]
    lines += [gatehouse(late, 1, 0), position(235000002), late, position(235000003)]
    lines += [checked("$GPZDA,100001,04,06,2018,,"), checked("$GPZDA,100002,04,06,2018,,")]
    batch, ledger = log(tmp_path, *lines)
    told = dict(zip(batch.positions["mmsi"], times(batch), strict=True))
    assert told.pop(235000009) == "2018-06-04 00:01:00.000"
    assert set(told.values()) == {"2018-06-04 10:00:00.000"}
    assert not ledger.rejected


def test_a_start_time_runs_by_the_seconds_of_position_reports(tmp_path: Path) -> None:
    seconds = [10, 15, 14, 50, 59, 2, 61, 30, 25, 3]
    lines = [position(235000001 + k, second=s) for k, s in enumerate(seconds)]
    # Steps of more than ten seconds are believed once several reports agree.
    lines = [line for line in lines for _ in range(6)]
    start = FeedsConfig(nmea=NmeaConfig(start_utc=datetime(2018, 6, 4, tzinfo=UTC)))
    batch, ledger = log(tmp_path, *lines, config=start)
    last = batch.positions.group_by("mmsi", maintain_order=True).agg(pl.col("time").last())
    assert last["time"].dt.strftime("%M:%S").to_list() == [
        "00:10",
        "00:15",
        "00:15",
        "00:50",
        "00:59",
        "01:02",
        "01:02",
        "01:30",
        "01:30",
        "02:03",
    ]
    assert not ledger.rejected
    assert log(tmp_path, *lines)[1].rejected["feeds.nmea_no_time"] == len(lines)


STATIC = {
    "type": 5,
    "mmsi": 235000001,
    "imo": 9196632,
    "callsign": "D5RA1",
    "shipname": "NORD STAR",
    "ship_type": 80,
    "to_bow": 180,
    "to_stern": 20,
    "to_port": 12,
    "to_starboard": 20,
    "draught": 11.9,
    "destination": "SG SIN",
}


def test_parts_interleaved_between_channels_and_receivers(tmp_path: Path) -> None:
    def parts(mmsi: int, channel: str, seq: int) -> list[str]:
        return sentences({**STATIC, "mmsi": mmsi}, radio_channel=channel, seq_id=seq)

    a, b = parts(235000001, "A", 1), parts(235000002, "B", 1)
    c, d = parts(235000003, "A", 1), parts(235000004, "A", 2)
    other = [line.replace("s:st1", "s:st2") for line in c]
    other = [checked(f"\\s:st2,c:{C}\\") + line for line in other]
    lines = [tagged(a[0]), tagged(b[0]), other[0], tagged(d[0]), "noise"]
    lines += [tagged(d[1]), tagged(a[1]), other[1], tagged(b[1])]
    batch, ledger = log(tmp_path, *lines)
    assert batch.statics["mmsi"].to_list() == [235000001, 235000002, 235000003, 235000004]
    assert dict(ledger.rejected) == {"feeds.nmea_junk": 1}
    statics = batch.statics.row(0, named=True)
    assert (statics["imo"], statics["name"], statics["destination"]) == (
        9196632,
        "NORD STAR",
        "SG SIN",
    )
    assert (statics["length_m"], statics["beam_m"], statics["a_m"]) == (200.0, 32.0, 180.0)
    assert statics["draught_m"] == pytest.approx(11.9)
    assert statics["lat"] is None


def test_groups_of_tag_blocks_hold_parts_together(tmp_path: Path) -> None:
    one, two = sentences(STATIC, seq_id=3)
    first = checked(f"\\g:1-2-77,s:st1,c:{C}\\") + one
    second = checked("\\g:2-2-77\\") + two
    batch, ledger = log(tmp_path, first, second)
    assert batch.statics["first_time"].dt.strftime("%Y-%m-%d %H:%M:%S").to_list() == [AT[:19]]
    assert not ledger.rejected


def test_a_time_behind_the_last_part_counts(tmp_path: Path) -> None:
    one, two = sentences(STATIC, seq_id=3)
    batch, ledger = log(tmp_path, one, f"{two},r003669945,{C}")
    assert batch.statics.height == 1
    assert not ledger.rejected


@pytest.mark.parametrize(
    "lines",
    [
        lambda a, b: [a],  # the second never comes
        lambda a, b: [b],  # the first never came
        lambda a, b: [b, a],  # in the wrong order
        lambda a, b: [a, *["noise"] * 1001, b],  # too far apart
    ],
)
def test_messages_that_lack_a_part_are_counted(tmp_path: Path, lines) -> None:
    one, two = sentences(STATIC, seq_id=3)
    _, ledger = log(tmp_path, *lines(tagged(one), tagged(two)), tagged(position(235000001)))
    parts = sum("VDM" in line for line in lines(one, two))
    assert ledger.rejected["feeds.nmea_incomplete"] == parts
    assert ledger.rows_used == 1


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("hello", "junk"),
        (position(235000001)[:-1], "bad_checksum"),
        (position(235000001).replace("*", ""), "bad_checksum"),
        (position(235000001).replace("!AIVDM,1,1", "!AIVDM,1,2"), "bad_checksum"),
        (checked("$BSALR,,006,V,V,general failure"), "other_sentence"),
        (checked("!AIVDM,1,2,,A,15NulJ001;oRwS0C?EA=Cgv3P000,0"), "bad_payload"),
        (checked("!AIVDM,1,1,,A,15NulJ001,0"), "bad_payload"),
        (checked("!AIVDM,1,1,,A,15NulJ001;oRwS0C?EA=Cgv3P00z,0"), "bad_payload"),
        (checked("!AIVDM,1,1,,A,15NulJ001;oRwS0C?EA=Cgv3P000,9"), "bad_payload"),
        (checked("!AIVDM,1,1,,A,>5?Per18=HB1U:1@E=B0m<L,2"), "other_message"),
    ],
)
def test_each_fault_has_its_rule(tmp_path: Path, line: str, rule: str) -> None:
    batch, ledger = log(tmp_path, tagged(position(235000002)), line, "", "  ")
    assert dict(ledger.rejected) == {f"feeds.nmea_{rule}": 1}
    assert ledger.examples[f"feeds.nmea_{rule}"] == [f"{tmp_path}/a.nmea:2: {line}"]
    assert ledger.rows_read == 2
    assert batch.positions["row"].to_list() == [1]


@pytest.mark.parametrize("talker", ["AI", "AB", "BS", "SA", "AN", "AR", "AS", "AT", "AX"])
@pytest.mark.parametrize("formatter", ["VDM", "VDO"])
def test_talkers(tmp_path: Path, talker: str, formatter: str) -> None:
    body = position(235000001).split("*")[0].replace("AIVDM", talker + formatter)
    assert log(tmp_path, tagged(checked(body)))[0].positions.height == 1


def one_of(tmp_path: Path, message: Mapping[str, object]) -> Batch:
    lines = [tagged(line) for line in sentences(dict(message))]
    batch, ledger = log(tmp_path, *lines)
    assert not ledger.rejected, ledger.examples
    return batch


def test_class_a(tmp_path: Path) -> None:
    row = log(tmp_path, tagged(position(235000001)))[0].positions.row(0, named=True)
    assert (row["lat"], row["lon"]) == (31.5, -119.2)
    assert (row["nav_status"], row["class_b"]) == (3, False)
    assert row["sog_kn"] == pytest.approx(1.2)
    assert (row["cog_deg"], row["heading_deg"]) == (90.0, 91.0)


def test_sentinels_are_passed_on(tmp_path: Path) -> None:
    line = position(235000001, lat=91.0, lon=181.0, speed=102.3, course=360.0, heading=511)
    row = log(tmp_path, tagged(line))[0].positions.row(0, named=True)
    values = [row[k] for k in ("lat", "lon", "sog_kn", "cog_deg", "heading_deg")]
    assert values == pytest.approx([91.0, 181.0, 102.3, 360.0, 511.0])


@pytest.mark.parametrize("kind", [4, 11])  # sent unasked, and when asked for the time
def test_base_stations(tmp_path: Path, kind: int) -> None:
    message = {"type": kind, "mmsi": 2190067, "lat": 55.5, "lon": 10.5}
    row = one_of(tmp_path, message).positions.row(0, named=True)
    assert (row["mmsi"], row["lat"], row["lon"], row["sog_kn"], row["class_b"]) == (
        2190067,
        55.5,
        10.5,
        None,
        None,
    )


@pytest.mark.parametrize(("knots", "sog"), [(100, 100.0), (1022, 102.2), (1023, 102.3)])
def test_aircraft_report_whole_knots(tmp_path: Path, knots: int, sog: float) -> None:
    message = {"type": 9, "mmsi": 111000001, "speed": knots, "lat": 1.5, "lon": 2.5, "alt": 300}
    row = one_of(tmp_path, message).positions.row(0, named=True)
    assert row["sog_kn"] == pytest.approx(sog)
    assert row["heading_deg"] is None


def test_class_b_with_its_static_data(tmp_path: Path) -> None:
    fields = {"mmsi": 338000001, "speed": 5.5, "lat": 1.5, "lon": 2.5, "heading": 511}
    assert one_of(tmp_path, {"type": 18, **fields}).positions["class_b"].to_list() == [True]
    batch = one_of(
        tmp_path, {"type": 19, **fields, "shipname": "YACHT", "to_bow": 5, "to_stern": 5}
    )
    assert batch.positions["class_b"].to_list() == [True]
    statics = batch.statics.row(0, named=True)
    assert (statics["name"], statics["length_m"], statics["lat"]) == ("YACHT", 10.0, 1.5)
    batch = one_of(tmp_path, {"type": 24, "mmsi": 338000001, "partno": 0, "shipname": "YACHT"})
    assert batch.statics.select("name", "callsign", "length_m").row(0) == ("YACHT", None, None)
    part_b = {"type": 24, "mmsi": 338000001, "partno": 1, "callsign": "WDH1", "ship_type": 37}
    batch = one_of(tmp_path, {**part_b, "to_bow": 5, "to_stern": 7})
    assert batch.statics.select("callsign", "ship_type", "length_m").row(0) == ("WDH1", 37, 12.0)
    assert batch.positions.is_empty()


def test_a_craft_of_a_parent_ship_sends_no_dimensions(tmp_path: Path) -> None:
    part_b = {"type": 24, "mmsi": 982190001, "partno": 1, "callsign": "WDH1", "ship_type": 37}
    batch = one_of(tmp_path, {**part_b, "mothership_mmsi": 219000001})
    assert batch.statics.select("callsign", "length_m", "a_m").row(0) == ("WDH1", None, None)


@pytest.mark.parametrize(
    ("knots", "course", "sog", "cog"), [(12, 90, 12.0, 90.0), (63, 511, 102.3, 360.0)]
)
def test_long_range_reports(
    tmp_path: Path, knots: int, course: int, sog: float, cog: float
) -> None:
    message = {"type": 27, "mmsi": 235000001, "lat": 1.5, "lon": -2.5, "speed": knots}
    row = one_of(tmp_path, {**message, "course": course, "status": 3}).positions.row(0, named=True)
    assert (row["lat"], row["lon"], row["nav_status"]) == (1.5, -2.5, 3)
    assert [row["sog_kn"], row["cog_deg"]] == pytest.approx([sog, cog])


def test_names_are_without_their_padding(tmp_path: Path) -> None:
    batch = one_of(tmp_path, {**STATIC, "shipname": "  A B@@", "destination": "", "callsign": "@"})
    assert batch.statics.select("name", "destination", "callsign").row(0) == ("A B", None, None)


def lines_of_everything() -> list[str]:
    draw = random.Random(3)  # noqa: S311 - made-up messages, no secrets
    lines: list[str] = []
    for k in range(150):
        second = C + 7 * k
        line = position(235000001 + k % 9, lat=31.0 + draw.random(), second=k % 60)
        lines.append(draw.choice((tagged(line, second), f"{line},{second}", line)))
        if k % 5 == 0:
            message = {**STATIC, "mmsi": 235000001 + k % 9, "draught": 5 + k % 4}
            lines += [tagged(part, second) for part in sentences(message, seq_id=k % 10)]
        if k % 11 == 0:
            lines.append(draw.choice(("noise", line[:-1], "$BSALR,x*00")))
    return lines


def test_pieces_of_any_size_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = lines_of_everything()
    whole, ledger = log(tmp_path, *lines)
    assert ledger.rejected["feeds.nmea_no_time"] < 5
    for size in (300, 1000, 4000):
        monkeypatch.setattr(streams, "CHUNK", size)
        parts, ledger_of_parts = log(tmp_path, *lines)
        assert parts.positions.sort("row").equals(whole.positions.sort("row"))
        assert parts.statics.equals(whole.statics)
        assert ledger_of_parts.rejected == ledger.rejected
        assert ledger_of_parts.rows_read == ledger.rows_read


@given(st.permutations(range(40)))
def test_the_order_of_self_contained_lines_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("order")
    lines = [tagged(position(235000001 + k % 3, lat=31 + k / 100), C + 60 * k) for k in range(40)]
    batch, _ = log(folder, *(lines[k] for k in order))
    assert batch.positions.sort("time")["lat"].to_list() == [
        pytest.approx(31 + k / 100, abs=1e-6) for k in range(40)
    ]


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    good = tagged(position(235000001)).encode()
    found = nmea.decode(good + b"\n" + data + b"\n" + good + b"\n")
    assert found.filter(pl.col("mmsi") == 235000001).height >= 2


@given(st.text(alphabet="!$\\,*.:-AIVDMPGH0123456789abc", max_size=120))
def test_no_sentence_breaks_the_reader(text: str) -> None:
    line = checked("!AIVDM," + text.replace("*", "")).encode()
    good = tagged(position(235000001)).encode()
    assert nmea.decode(line + b"\n" + good + b"\n").height >= 1
