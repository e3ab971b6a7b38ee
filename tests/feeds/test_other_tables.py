"""Tables and answers of services that have no layout of their own: read by their words, or said why
not. Each is made to what its provider documents or exports."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.config.feeds import FeedsConfig, TableLayout
from tests.feeds.made import find, read, write

AISHUB_RECORD = (
    '{"MMSI":241000001,"TIME":"2018-06-04 00:00:01 GMT","LONGITUDE":10.5,"LATITUDE":55.1,"COG":180,'
    '"SOG":10.5,"HEADING":181,"NAVSTAT":0,"IMO":9074729,"NAME":"EAGLE","TYPE":80,"A":100,"B":20,'
    '"C":10,"D":12,"DRAUGHT":11.2,"DEST":"US"}'
)
TABLES = {
    "MarineTraffic, as the site exports": (
        "Vessel Name,Mmsi,Imo,Timestamp,Latitude,Longitude,Speed (knots),Course,Heading,"
        "Draught (m),Destination\n"
        "EAGLE,241000001,9074729,2018-06-04 00:00:01,55.1,10.5,10.5,180,181,11.2,US\n"
    ),
    "AISHub, CSV": (
        "MMSI,TSTAMP,LATITUDE,LONGITUDE,COG,SOG,HEADING,NAVSTAT,IMO,NAME,CALLSIGN,TYPE,A,B,C,D,"
        "DRAUGHT,DEST,ETA\n241000001,2018-06-04 00:00:01 GMT,55.1,10.5,180,10.5,181,0,9074729,"
        "EAGLE,OW,80,100,20,10,12,11.2,US,06-05\n"
    ),
    "AISHub, JSON": f'[{{"ERROR":false,"RECORDS":1}},[{AISHUB_RECORD},{AISHUB_RECORD}]]\n',
    "VesselFinder": (
        '[{"AIS":{"MMSI":241000001,"TIMESTAMP":"2018-06-04 00:00:01 UTC","LATITUDE":55.1,'
        '"LONGITUDE":10.5,"COURSE":180,"SPEED":10.5,"HEADING":181,"NAVSTAT":0,"IMO":9074729,'
        '"NAME":"EAGLE","TYPE":80,"A":100,"B":20,"C":10,"D":12,"DRAUGHT":11.2}}]\n'
    ),
    "UN Global Platform": (
        "mmsi,imo,vessel_name,callsign,vessel_type,vessel_type_code,vessel_class,length,width,"
        "flag_code,draught,longitude,latitude,sog,cog,rot,heading,nav_status,source,dt_pos_utc,"
        "dt_static_utc,message_type\n"
        "241000001,9074729,EAGLE,OW,Tanker,80,A,200,32,GR,11.2,10.5,55.1,10.5,180,0,181,"
        "Under Way Using Engine,S-AIS,2018-06-04 00:00:01,2018-06-04 00:00:00,1\n"
    ),
    "Kystverket": (
        "mmsi;imo;ship_name;date_time_utc;lon;lat;sog;cog;true_heading;nav_status;message_nr;"
        "draught\n241000001;9074729;EAGLE;2018-06-04 00:00:01;10.5;55.1;10.5;180;181;0;1;11.2\n"
    ),
    "Kpler": (
        "vessel_name,imo,mmsi,position_time,position_lat,position_lon,speed_knots,course,heading,"
        "draught,ais_status\n"
        "EAGLE,9074729,241000001,2018-06-04T00:00:01Z,55.1,10.5,10.5,180,181,11.2,0\n"
    ),
    "a service's answer": (
        '{"status":"success","data":[{"mmsi":241000001,"imo":9074729,"vessel_name":"EAGLE",'
        '"lat":55.1,"lng":10.5,"speed":10.5,"course":180,"heading":181,"nav_status":0,'
        '"draught":11.2,"received":"2018-06-04T00:00:01Z"}]}\n'
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_others_are_read_by_their_words(tmp_path: Path, name: str) -> None:
    batch, _ = read(write(tmp_path / "a", TABLES[name]))
    row: dict[str, Any] = batch.positions.row(0, named=True)
    assert (row["mmsi"], row["lat"], row["lon"]) == (241000001, 55.1, 10.5)
    assert row["time"].isoformat() == "2018-06-04T00:00:01+00:00"
    assert row["sog_kn"] == 10.5
    assert (row["cog_deg"], row["heading_deg"]) == (180.0, 181.0)
    typed: dict[str, Any] = batch.statics.row(0, named=True)
    assert (typed["imo"], typed["name"]) == (9074729, "EAGLE")
    assert typed["draught_m"] == pytest.approx(11.2)


@pytest.mark.parametrize(
    ("header", "value", "knots"),
    [("speed_m_s", "5.4", 10.4968), ("SOG (km/h)", "19.4", 10.4752), ("speed", "10.5", 10.5)],
)
def test_a_header_may_name_the_unit_of_speed(
    tmp_path: Path, header: str, value: str, knots: float
) -> None:
    text = f"mmsi,time,lat,lon,{header}\n241000001,2018-06-04 00:00:01,55.1,10.5,{value}\n"
    batch, _ = read(write(tmp_path / "a.csv", text))
    assert batch.positions["sog_kn"][0] == pytest.approx(knots, rel=1e-4)


@pytest.mark.parametrize(
    ("time", "lat", "said"),
    [
        (
            "2018-06-04 00:00:01",
            "5506.000N",
            "'5506.000N' are not understood: they must be decimal",
        ),
        ("2018-06-04 00:00:01", "55 06 00 N", "decimal degrees"),
        ("2018-06-04 00:00:01", "33060000", "divide by 600,000"),
        ("00:00:01", "55.1", "name that of dates"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(
    tmp_path: Path, time: str, lat: str, said: str
) -> None:
    text = f"mmsi,time,lat,lon\n241000001,{time},{lat},10.5\n"
    _, skipped, _ = find(write(tmp_path / "a.csv", text))
    assert said in skipped[0].reason


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("2018-06-04", "09:30:15"),
        ("04/06/2018", "09:30:15"),
        ("20180604", "93015"),
        ("2018-06-04 00:00:00", "09:30:15.000"),
        ("04.06.2018", "9:30:15 AM"),
        ("2018-06-04", "11:30:15+0200"),
    ],
)
@pytest.mark.parametrize("form", ["csv", "parquet", "json"])
def test_a_date_and_a_time_of_day_may_stand_in_two_columns(
    tmp_path: Path, form: str, date: str, time: str
) -> None:
    at = datetime(2018, 6, 4, 9, 30, 15, tzinfo=UTC)
    table = pl.DataFrame(
        {"mmsi": 241000001, "Date UTC": date, "lat": 55.1, "lon": 10.5, "Time": [time] * 3}
    )
    path = tmp_path / f"a.{form}"
    if form == "csv":
        table.write_csv(path)
    elif form == "parquet":
        table.write_parquet(path)
    else:
        table.write_ndjson(path)
    batch, _ = read(path)
    assert batch.positions["time"].to_list() == [at] * 3


def test_dates_and_times_that_parquet_holds_as_such(tmp_path: Path) -> None:
    at = datetime(2018, 6, 4, 9, 30, 15, tzinfo=UTC)
    pl.DataFrame(
        {"mmsi": [241000001], "date": [at.date()], "time": [at.time()], "lat": 55.1, "lon": 10.5}
    ).write_parquet(tmp_path / "a.parquet")
    batch, _ = read(tmp_path / "a.parquet")
    assert batch.positions["time"].to_list() == [at]


def test_a_date_beside_a_whole_time_is_passed_over(tmp_path: Path) -> None:
    text = "mmsi,date,time,lat,lon\n241000001,2018-06-05,2018-06-04 09:30:15,55.1,10.5\n"
    batch, _ = read(write(tmp_path / "a.csv", text))
    assert batch.positions["time"][0] == datetime(2018, 6, 4, 9, 30, 15, tzinfo=UTC)


def test_a_column_of_dates_may_hold_the_time_too(tmp_path: Path) -> None:
    text = "mmsi,date,lat,lon\n241000001,2018-06-04 09:30:15,55.1,10.5\n"
    batch, _ = read(write(tmp_path / "a.csv", text))
    assert batch.positions["time"][0] == datetime(2018, 6, 4, 9, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize("time_format", [None, "%y-%j %H.%M"])
def test_the_configuration_may_name_two_columns(tmp_path: Path, time_format: str | None) -> None:
    day, hour = ("2018-06-04", "09:30:15") if time_format is None else ("18-155", "09.30")
    own = TableLayout(
        name="own",
        columns={"mmsi": "m", "date": "d", "time": "t", "lat": "y", "lon": "x"},
        time_format=time_format,
        time_zone="Europe/Oslo",
    )
    text = f"m,d,t,y,x\n241000001,{day},{hour},55.1,10.5\n"
    batch, _ = read(write(tmp_path / "a.csv", text), config=FeedsConfig(tables=(own,)))
    assert batch.positions["time"][0].hour == 7


def test_a_row_of_two_columns_without_a_date_is_counted(tmp_path: Path) -> None:
    row = "241000001,2018-06-04,09:30:15,55.1,10.5\n"
    text = "mmsi,date,time,lat,lon\n" + 3 * row + row.replace("2018-06-04", "")
    batch, ledger = read(write(tmp_path / "a.csv", text))
    assert batch.positions.height == 3
    assert ledger.rejected == {"feeds.bad_time": 1}


def test_some_latitudes_that_are_none_do_not_cost_the_table(tmp_path: Path) -> None:
    rows = [
        f"241000001,2018-06-04 00:00:{n:02},{lat},10.5\n" for n, lat in enumerate(["x", 55, 91])
    ]
    batch, ledger = read(write(tmp_path / "a.csv", "mmsi,time,lat,lon\n" + "".join(rows)))
    assert batch.positions["lat"].to_list() == [55.0, 91.0]
    assert dict(ledger.rejected) == {"feeds.bad_position": 1}


def test_the_data_set_of_brest(tmp_path: Path) -> None:
    text = (
        "sourcemmsi,navigationalstatus,rateofturn,speedoverground,courseoverground,trueheading,"
        "lon,lat,t\n245257000,0,0,0.1,13.1,36,-4.4657183,48.38249,1443650402\n"
    )
    path = write(tmp_path / "a.csv", text)
    assert find(path)[0][0].layout == "brest"
    batch, _ = read(path)
    row: dict[str, Any] = batch.positions.row(0, named=True)
    assert (row["mmsi"], row["lat"], row["nav_status"]) == (245257000, 48.38249, 0)
    assert row["time"].isoformat() == "2015-09-30T22:00:02+00:00"
