"""A file made to each layout, as its provider's documentation describes it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.feeds.providers import BUILT_IN
from tests.feeds.made import find, read, times, write

DANISH_HEADER = (
    "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,"
    "IMO,Callsign,Name,Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,"
    "Destination,ETA,Data source type,A,B,C,D\n"
)
DANISH = (
    "04/06/2018 00:00:01,Class A,219000001,55.123456,-10.654321,Restricted maneuverability,,7.5,"
    "340.6,91,9196632,OWDH2,NORD STAR,Tanker,,32,200,GPS,11.9,US LGB,,AIS,180,20,,32\n"
    "04/06/2018 00:00:02,Class B,219000002,55.2,-10.7,Unknown value,,0.1,,,Unknown,Unknown,Unknown,"
    "Undefined,,,,Undefined,,Unknown,,AIS,,,,\n"
    "04/06/2018 00:00:03,Base Station,2190067,55.3,-10.8,,,,,,Unknown,,,,,,,GPS,,,,AIS,,,,\n"
)


def only(path: Path) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Layout, first position and first statics of a file."""
    sources, skipped, _ = find(path)
    assert not skipped, skipped
    batch, ledger = read(path)
    assert not ledger.rejected, ledger.examples
    statics = batch.statics.row(0, named=True) if batch.statics.height else {}
    return sources[0].layout, batch.positions.row(0, named=True), statics


def expect(row: dict[str, Any], /, **values: object) -> None:
    for name, value in values.items():
        wanted = pytest.approx(value, rel=1e-6) if isinstance(value, float) else value
        assert row[name] == wanted, name


AT = datetime(2018, 6, 4, 0, 0, 1, tzinfo=UTC)


def test_marinecadastre(tmp_path: Path) -> None:
    header = (
        "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,"
        "Length,Width,Draft,Cargo,TransceiverClass\n"
    )
    row = (
        "367379190,2018-06-04T00:00:01,30.3706,-88.56408,0.5,336.2,511.0,EAGLE,IMO8207721,WTD4583,"
        "31,0,28,11,3.3,52,A\n"
    )
    layout, position, statics = only(write(tmp_path / "a.csv", header + row))
    assert layout == "marinecadastre-csv"
    expect(position, mmsi=367379190, time=AT, lat=30.3706, lon=-88.56408, sog_kn=0.5)
    expect(position, cog_deg=336.2, heading_deg=511.0, nav_status=0, class_b=False, row=2)
    expect(statics, imo=8207721, callsign="WTD4583", name="EAGLE", ship_type=31, length_m=28.0)
    expect(statics, beam_m=11.0, draught_m=3.3, a_m=None, destination=None)


def test_marinecadastre_before_the_transceiver_class(tmp_path: Path) -> None:
    header = (
        "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,"
        "Length,Width,Draft,Cargo\n"
    )
    row = "367379190,2015-06-04T00:00:01,30.37,-88.56,0.5,336.2,511,,,,,moored,,,,\n"
    layout, position, _ = only(write(tmp_path / "a.csv", header + row))
    assert layout == "marinecadastre-csv"
    expect(position, class_b=None, nav_status=5)


def test_marinecadastre_of_2024(tmp_path: Path) -> None:
    text = (
        "mmsi,base_date_time,longitude,latitude,sog,cog,heading,vessel_name,imo,call_sign,"
        "vessel_type,status,length,width,draft,cargo,transceiver\n"
        "367379190,2018-06-04 00:00:01,-88.56408,30.3706,0.5,336.2,511,EAGLE,IMO8207721,WTD4583,"
        "31,0,28,11,3.3,52,B\n"
    )
    layout, position, statics = only(write(tmp_path / "a.csv", text))
    assert layout == "marinecadastre-2024"
    expect(position, time=AT, lat=30.3706, lon=-88.56408, class_b=True)
    expect(statics, imo=8207721, ship_type=31, draught_m=3.3)


def test_danish(tmp_path: Path) -> None:
    layout, position, statics = only(write(tmp_path / "a.csv", DANISH_HEADER + DANISH))
    assert layout == "dma-csv"
    expect(position, mmsi=219000001, time=AT, lat=55.123456, lon=-10.654321, nav_status=3)
    expect(position, sog_kn=7.5, cog_deg=340.6, heading_deg=91.0, class_b=False)
    expect(statics, imo=9196632, callsign="OWDH2", name="NORD STAR", ship_type=80)
    expect(statics, a_m=180.0, b_m=20.0, c_m=0.0, d_m=32.0, length_m=200.0, beam_m=32.0)
    expect(statics, draught_m=11.9, destination="US LGB")
    batch, _ = read(tmp_path / "a.csv")
    assert batch.statics.height == 1  # words such as Unknown say nothing
    assert batch.positions["class_b"].to_list() == [False, True, None]
    assert batch.positions["nav_status"].to_list() == [3, 15, None]


def test_danish_of_before_2018(tmp_path: Path) -> None:
    header = DANISH_HEADER.removeprefix("# ").replace(",A,B,C,D", ",Size A,Size B,Size C,Size D")
    text = (header + DANISH).replace(",", ";").replace("55.123456", "55,123456")
    text = text.replace("-10.654321", "-10,654321").replace("55.2;-10.7", "55,2;-10,7")
    text = text.replace("55.3;-10.8", "55,3;-10,8").replace("7.5", "7,5").replace("11.9", "11,9")
    layout, position, statics = only(write(tmp_path / "a.csv", text.replace("340.6", "340,6")))
    assert layout == "dma-csv"
    expect(position, lat=55.123456, lon=-10.654321, sog_kn=7.5, cog_deg=340.6)
    expect(statics, a_m=180.0, d_m=32.0, draught_m=11.9)


def test_digitraffic_locations(tmp_path: Path) -> None:
    feature = {
        "mmsi": 219598000,
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [20.85169, 55.770832]},
        "properties": {
            "mmsi": 219598000,
            "sog": 0.1,
            "cog": 346.5,
            "navStat": 1,
            "rot": 4,
            "posAcc": True,
            "raim": False,
            "heading": 79,
            "timestamp": 59,
            "timestampExternal": 1528070401250,
        },
    }
    document = {
        "type": "FeatureCollection",
        "dataUpdatedTime": "2018-06-04T00:01:00Z",
        "features": [feature, feature],
    }
    for indent in (None, 2):
        path = write(tmp_path / f"{indent}.json", json.dumps(document, indent=indent))
        layout, position, _ = only(path)
        assert layout == "digitraffic-locations"
        expect(position, mmsi=219598000, lat=55.770832, lon=20.85169, sog_kn=0.1, nav_status=1)
        expect(position, heading_deg=79.0, row=1)
        assert times(read(path)[0]) == ["2018-06-04 00:00:01.250"] * 2


def test_digitraffic_vessels(tmp_path: Path) -> None:
    vessel = {
        "name": "ARUNA CIHAN",
        "timestamp": 1528070401000,
        "mmsi": 271044099,
        "callSign": "V7WW7",
        "imo": 9543756,
        "shipType": 70,
        "draught": 68,
        "eta": 733376,
        "posType": 15,
        "referencePointA": 160,
        "referencePointB": 33,
        "referencePointC": 20,
        "referencePointD": 12,
        "destination": "NL AMS",
    }
    path = write(tmp_path / "a.json", json.dumps([vessel]))
    assert find(path)[0][0].layout == "digitraffic-vessels"
    batch, ledger = read(path)
    assert batch.positions.is_empty()
    assert ledger.rows_used == 1
    statics = batch.statics.row(0, named=True)
    expect(statics, mmsi=271044099, imo=9543756, name="ARUNA CIHAN", draught_m=6.8, lat=None)
    expect(statics, length_m=193.0, beam_m=32.0, a_m=160.0, first_time=AT, ship_type=70)


SPIRE = (
    "created_at,timestamp,mmsi,msg_type,latitude,longitude,speed,course,heading,rot,imo,name,"
    "call_sign,flag,draught,ship_and_cargo_type,length,width,eta,destination,status,maneuver,"
    "accuracy,collection_type\n"
    "2018-06-04T00:05:00Z,2018-06-04T00:00:01Z,636018333,1,1.25,-2.5,11.5,45.1,46,0,,,,LR,,,,,,,3,"
    "0,1,satellite\n"
    "2018-06-04T00:05:00Z,2018-06-04T00:00:02Z,636018333,5,,,,,,,9196632,NORD STAR,D5RA1,LR,11.9,"
    "80,200,32,06-10T12:00,SGSIN,,,,terrestrial\n"
    "2018-06-04T00:05:00Z,2018-06-04T00:00:03Z,338000001,18,1.3,-2.6,0.0,360.0,511,,,,,US,,,,,,,,,"
    "0,terrestrial\n"
)


def test_spire(tmp_path: Path) -> None:
    layout, position, statics = only(write(tmp_path / "a.csv", SPIRE))
    assert layout == "spire-csv"
    expect(position, mmsi=636018333, time=AT, lat=1.25, lon=-2.5, sog_kn=11.5, heading_deg=46.0)
    expect(position, nav_status=3, class_b=False)
    expect(statics, imo=9196632, name="NORD STAR", ship_type=80, length_m=200.0, lat=None)
    expect(statics, draught_m=11.9, destination="SGSIN", reports=1)
    batch, _ = read(tmp_path / "a.csv")
    assert batch.positions["class_b"].to_list() == [False, True]


def test_exactearth(tmp_path: Path) -> None:
    header = (
        "MMSI,Message_ID,Repeat_indicator,Time,Millisecond,Region,Country,Base_station,"
        "Online_data,Group_code,Sequence_ID,Channel,Data_length,Vessel_Name,Call_sign,IMO,"
        "Ship_Type,Dimension_to_Bow,Dimension_to_stern,Dimension_to_port,"
        "Dimension_to_starboard,Draught,Destination,AIS_version,Navigational_status,ROT,SOG,"
        "Accuracy,Longitude,Latitude,COG,Heading\n"
    )
    rows = (
        '636018333,1,0,20180604_000001,250,66,316,,,0,,A,168,"","",,,,,,,,"",,3,0,11.5,1,-2.5,1.25,'
        "45.1,46\n"
        '636018333,5,0,20180604_000002,0,66,316,,,0,,A,424,"NORD STAR","D5RA1",9196632,80,180,20,'
        '12,20,11.9,"SGSIN",0,,,,,,,,\n'
    )
    layout, position, statics = only(write(tmp_path / "a.csv", header + rows))
    assert layout == "exactearth-csv"
    assert times(read(tmp_path / "a.csv")[0]) == ["2018-06-04 00:00:01.250"]
    expect(position, lat=1.25, lon=-2.5, nav_status=3, class_b=False)
    expect(statics, name="NORD STAR", a_m=180.0, length_m=200.0, beam_m=32.0, draught_m=11.9)


def test_global_fishing_watch_tracks(tmp_path: Path) -> None:
    text = (
        "ssvid,timestamp,lat,lon,speed_knots,course,heading,seg_id\n"
        "636018333,2018-06-04 00:00:01 UTC,1.25,-2.5,11.5,45.1,46,636018333-2018\n"
    )
    layout, position, _ = only(write(tmp_path / "a.csv", text))
    assert layout == "gfw-tracks"
    expect(position, mmsi=636018333, time=AT, lat=1.25, lon=-2.5, sog_kn=11.5)


def test_global_fishing_watch_training_data(tmp_path: Path) -> None:
    text = (
        "mmsi,timestamp,distance_from_shore,distance_from_port,speed,course,lat,lon,is_fishing,"
        "source\n"
        "636018333.0,1528070401.0,232994.3,311748.7,8.2,230.5,14.86,-26.85,-1.0,dalhousie\n"
        "12639560807591.0,1528070401.0,232994.3,311748.7,8.2,230.5,14.86,-26.85,-1.0,dalhousie\n"
    )
    path = write(tmp_path / "a.csv", text)
    assert find(path)[0][0].layout == "gfw-training"
    batch, ledger = read(path)
    expect(batch.positions.row(0, named=True), mmsi=636018333, time=AT, sog_kn=8.2, lon=-26.85)
    assert dict(ledger.rejected) == {"feeds.bad_mmsi": 1}  # made unrecognisable: no MMSI at all


def test_marinetraffic_gives_tenths_of_knots(tmp_path: Path) -> None:
    text = (
        "MMSI,STATUS,SPEED,LON,LAT,COURSE,HEADING,TIMESTAMP,SHIP_ID\n"
        "636018333,3,115,-2.5,1.25,45,46,2018-06-04T00:00:01,371668\n"
    )
    layout, position, _ = only(write(tmp_path / "a.csv", text))
    assert layout == "marinetraffic"
    expect(position, sog_kn=11.5, nav_status=3, time=AT)


def test_names_of_columns_that_others_use(tmp_path: Path) -> None:
    vessel_finder = (
        "MMSI,TIMESTAMP,LATITUDE,LONGITUDE,COURSE,SPEED,HEADING,NAVSTAT,IMO,NAME,CALLSIGN,TYPE,A,B,"
        "C,D,DRAUGHT,DESTINATION\n"
        "636018333,2018-06-04 00:00:01 UTC,1.25,-2.5,45.1,11.5,46,3,9196632,NORD STAR,D5RA1,80,180,"
        "20,12,20,11.9,SGSIN\n"
    )
    layout, position, statics = only(write(tmp_path / "a.csv", vessel_finder))
    assert layout == "columns-by-name"
    expect(position, time=AT, lat=1.25, sog_kn=11.5, heading_deg=46.0, nav_status=3)
    expect(statics, length_m=200.0, ship_type=80, destination="SGSIN")


AISSTREAM = [
    {
        "MessageType": "PositionReport",
        "MetaData": {
            "MMSI": 259000420,
            "ShipName": "AUGUSTSON",
            "latitude": 66.0,
            "longitude": 12.0,
            "time_utc": "2018-06-04 00:00:01.25 +0000 UTC",
        },
        "Message": {
            "PositionReport": {
                "Cog": 308.2,
                "Latitude": 66.02695,
                "Longitude": 12.25382,
                "NavigationalStatus": 15,
                "Sog": 0.4,
                "TrueHeading": 235,
                "UserID": 259000420,
                "Valid": True,
            }
        },
    },
    {
        "MessageType": "ShipStaticData",
        "MetaData": {"MMSI": 259000420, "time_utc": "2018-06-04 00:00:02 +0000 UTC"},
        "Message": {
            "ShipStaticData": {
                "CallSign": "LAUG",
                "Destination": "NOTRD@@@",
                "Dimension": {"A": 180, "B": 20, "C": 12, "D": 20},
                "ImoNumber": 9196632,
                "MaximumStaticDraught": 11.9,
                "Name": "AUGUSTSON           ",
                "Type": 80,
            }
        },
    },
    {
        "MessageType": "StandardClassBPositionReport",
        "MetaData": {"MMSI": 338000001, "time_utc": "2018-06-04 00:00:03 +0000 UTC"},
        "Message": {
            "StandardClassBPositionReport": {"Latitude": 1.5, "Longitude": 2.5, "Sog": 102.3}
        },
    },
    {
        "MessageType": "StaticDataReport",
        "MetaData": {"MMSI": 338000001, "time_utc": "2018-06-04 00:00:04 +0000 UTC"},
        "Message": {
            "StaticDataReport": {
                "ReportA": {"Name": "TENDER", "Valid": True},
                "ReportB": {"CallSign": "", "ShipType": 0, "Dimension": {}},
            }
        },
    },
]


@pytest.mark.parametrize("blank", ["", "\n"])
def test_aisstream(tmp_path: Path, blank: str) -> None:
    text = blank.join(json.dumps(message) + "\n" for message in AISSTREAM)
    layout, position, _ = only(write(tmp_path / "a.jsonl", text))
    assert layout == "aisstream-jsonl"
    expect(position, mmsi=259000420, lat=66.02695, lon=12.25382, sog_kn=0.4, heading_deg=235.0)
    expect(position, nav_status=15, class_b=False)
    batch, ledger = read(tmp_path / "a.jsonl")
    assert times(batch) == ["2018-06-04 00:00:01.250", "2018-06-04 00:00:03.000"]
    assert batch.positions["class_b"].to_list() == [False, True]
    assert batch.statics["name"].to_list() == ["AUGUSTSON", "TENDER"]
    statics = batch.statics.row(0, named=True)
    expect(statics, imo=9196632, callsign="LAUG", destination="NOTRD", draught_m=11.9, a_m=180.0)
    assert ledger.rows_used == 4


def test_flat_json_lines(tmp_path: Path) -> None:
    rows = [
        {"mmsi": 219000001, "timestamp": 1528070401, "lat": 1.5, "lon": 2.5, "speed": 3.5},
        {"mmsi": "219000002", "timestamp": "1528070402", "lat": "1.6", "lon": 2.6, "name": "B"},
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    layout, position, statics = only(write(tmp_path / "a.jsonl", text))
    assert layout == "columns-by-name"
    expect(position, mmsi=219000001, time=AT, lat=1.5, sog_kn=3.5, row=1)
    expect(statics, mmsi=219000002, name="B")


def test_geoparquet_with_points(tmp_path: Path) -> None:
    import shapely

    frame = pl.DataFrame(
        {
            "mmsi": [367379190, 367379191, 367379192],
            "base_date_time": [datetime(2018, 6, 4, 0, 0, 1)] * 3,  # noqa: DTZ001 - as published
            "sog": [0.5, 1.0, 2.0],
            "vessel_name": ["EAGLE", "HAWK", None],
            "status": [0, 5, None],
            "transceiver": ["A", "B", None],
            "geometry": [
                shapely.to_wkb(shapely.Point(-88.56408, 30.3706), byte_order=1),
                shapely.to_wkb(shapely.Point(-89.5, 31.5), byte_order=0),
                shapely.to_wkb(
                    shapely.set_srid(shapely.Point(-90.5, 32.5), 4326), include_srid=True
                ),
            ],
        }
    )
    path = tmp_path / "a.parquet"
    frame.write_parquet(path)
    layout, position, statics = only(path)
    assert layout == "marinecadastre-2024"
    expect(position, mmsi=367379190, time=AT, lat=30.3706, lon=-88.56408, sog_kn=0.5, row=1)
    expect(statics, name="EAGLE")
    batch, _ = read(path)
    assert batch.positions["lat"].to_list() == [30.3706, 31.5, 32.5]
    assert batch.positions["class_b"].to_list() == [False, True, None]


def test_every_layout_is_told_by_its_own_header() -> None:
    assert len({layout.name for layout in BUILT_IN}) == len(BUILT_IN)
    for layout in BUILT_IN:
        told = {
            name
            for names in layout.columns.values()
            for name in ([names] if isinstance(names, str) else names)
        }
        assert {"mmsi", "time"} <= set(layout.columns)
        assert set(layout.needs) & told, layout.name
