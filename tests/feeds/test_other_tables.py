"""Tables and answers of services that have no layout of their own: read by their words, or said why
not. Each is made to what its provider documents or exports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

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
        ("00:00:01", "55.1", "put date and time in one column"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(
    tmp_path: Path, time: str, lat: str, said: str
) -> None:
    text = f"mmsi,time,lat,lon\n241000001,{time},{lat},10.5\n"
    _, skipped, _ = find(write(tmp_path / "a.csv", text))
    assert said in skipped[0].reason


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
