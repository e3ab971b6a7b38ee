"""What fuzzing begins with: a good file of each kind, and the words that files are made of."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import polars as pl

from pipeline.config.feeds import Field
from pipeline.feeds.providers import BUILT_IN, Layout
from tests.feeds.made import checked, position, sentences

ROOT = Path(__file__).parents[2]
FIRST_MMSI = 219000000
GOOD_ROWS = 25  # on either side of what is fuzzed: more than what it can hold rows of its own
VALUES: Mapping[Field, str] = {
    "milliseconds": "250",
    "lat": "55.123456",
    "lon": "-10.654321",
    "sog_kn": "7.5",
    "cog_deg": "340.6",
    "heading_deg": "91",
    "nav_status": "3",
    "class_b": "A",
    "message_type": "1",
    "imo": "9196632",
    "callsign": "OWDH2",
    "name": "NORD STAR",
    "ship_type": "80",
    "length_m": "200",
    "beam_m": "32",
    "a_m": "180",
    "b_m": "20",
    "c_m": "12",
    "d_m": "20",
    "draught_m": "11.9",
    "destination": "US LGB",
}
TEXT_LAYOUTS = [
    layout for layout in BUILT_IN if {"lat", "lon"} <= set(layout.columns) and layout.needs
]


def written(layout: Layout, minute: int) -> str:
    """A time as tables of a layout write it."""
    if layout.time_format == "epoch_s" or layout.name == "gfw-training":
        return str(1528070400 + 60 * minute)
    if layout.name == "digitraffic-locations":
        return str(1528070400250 + 60000 * minute)
    if layout.name == "exactearth-csv":
        return f"20180604_{minute // 60:02}{minute % 60:02}01"
    day = "25/06/2018 " if layout.day_first else "2018-06-25 "
    return f"{day}{minute // 60:02}:{minute % 60:02}:01"


def header_of(layout: Layout) -> list[tuple[Field, str]]:
    """The columns of a table of a layout."""
    return [
        (field, words if isinstance(words, str) else words[0])
        for field, words in layout.columns.items()
        if field != "wkb"
    ]


def good_row(layout: Layout, number: int) -> dict[str, str]:
    """One row of a table of a layout, by column."""
    own: dict[Field, str] = {"mmsi": str(FIRST_MMSI + number), "time": written(layout, number)}
    return {word: own.get(field) or VALUES[field] for field, word in header_of(layout)}


def table(layout: Layout, rows: range) -> tuple[str, str]:
    """The header and the rows of a good table."""
    header = ",".join(word for _, word in header_of(layout))
    return f"{header}\n", "".join(
        ",".join(good_row(layout, number).values()) + "\n" for number in rows
    )


def records(layout: Layout, rows: range) -> str:
    """Good records, one a line."""
    return "".join(json.dumps(good_row(layout, number)) + "\n" for number in rows)


def log(rows: range) -> str:
    """Good sentences, each with its own time."""
    return "".join(
        checked(f"\\c:{1528070400 + 60 * number}\\") + position(FIRST_MMSI + number) + "\n"
        for number in rows
    )


def parquet(**columns: object) -> bytes:
    """A good Parquet file."""
    file = io.BytesIO()
    pl.DataFrame(
        {
            "mmsi": [219000001, 219000002],
            "timestamp": [datetime(2018, 6, 4, 0, 0, 1)] * 2,  # noqa: DTZ001 - as feeds are
            "lat": [55.1, 55.2],
            "lon": [10.1, None],
            "name": ["NORD STAR", None],
            **columns,
        }
    ).write_parquet(file, compression="uncompressed")
    return file.getvalue()


def archives() -> list[bytes]:
    """A table in a zip, and in a tar."""
    text = "".join(table(TEXT_LAYOUTS[0], range(3))).encode()
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", text)
        archive.writestr("../b.csv", text)
    with tarfile.open(fileobj=tarred, mode="w") as tar:
        member = tarfile.TarInfo("a.csv")
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text))
    return [zipped.getvalue(), tarred.getvalue()]


STATIC = sentences(
    {
        "type": 5,
        "mmsi": 219000001,
        "imo": 9196632,
        "shipname": "NORD STAR",
        "callsign": "OWDH2",
        "ship_type": 80,
        "draught": 11.9,
        "to_bow": 180,
        "destination": "US LGB",
    }
)
LOGS = [
    log(range(2)),
    "\n".join(checked("\\c:1528070400\\") + line for line in STATIC) + "\n",
    "$PGHP,1,2018,6,4,0,0,1,250,219,2,,1,2C*25\n" + position(219000001) + "\n",
    position(219000001) + ",1528070400\n" + position(219000002) + ",rSTATION,1528070460\n",
    "2018-06-04 00:00:01 " + position(219000001) + "\n" + checked("$GPZDA,000001,04,06,2018,,"),
]

ZONES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "Skaw"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[10, 57], [11, 57], [11, 58], [10, 57]]],
            },
        }
    ],
}
FLEET = (
    "imo,mmsi,name,deadweight_t,capacity_m3,length_m,beam_m,summer_draught_m,product\n"
    "9196632,219000001,NORD STAR,70000,,200,32,14,diesel\n"
)
LABELS = (
    "mmsi_a,mmsi_b,start_utc,end_utc,verdict\n"
    "219000001,219000002,2018-06-04T01:00:00Z,2018-06-04T05:00:00Z,confirmed\n"
)
WATCHLISTS = (
    "name,imo,mmsi,risk\nNORD STAR,9196632,219000001,sanction\n",
    "type,caption,imo,mmsi,aliases,risk\nVESSEL,NORD STAR,IMO9196632,219000001,A;B,sanction\n",
    'id,schema,name,aliases,identifiers\n1,Vessel,NORD STAR,"A;B","IMO9196632;219000001"\n',
    '15036,"NORD STAR","vessel","IRAN",-0- ,"x","y",1,2,"Panama",-0- ,"IMO 9196632; MMSI'
    " 219000001; (a.k.a. 'B')\"\n",
    "<CONSOLIDATED_LIST><ENTITIES><ENTITY><FIRST_NAME>NORD STAR</FIRST_NAME><COMMENTS1>IMO number:"
    " 9196632</COMMENTS1></ENTITY></ENTITIES></CONSOLIDATED_LIST>",
)
PORTS = "name,lat,lon\nSkagen,57.7,10.6\n"
REPORTED = (
    "month,supplier,tonnes,barrels\n2018-06,RU,,1000\n2018-07,RU,500,\n",
    "year,supplier,jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec,published_total\n"
    '2018,RU,1,2,3,4,5,6,7,8,9,10,11,12,"78"\n',
)
DELIVERIES = (
    "date,vessel,imo,deadweight_t,capacity_bbl,volume_bbl\n2018-06-04,NORD STAR,9196632,70000,,\n"
    "04.06.2018 10:00;B;;;;1000,5\n"
)


def configs() -> list[bytes]:
    """The settings that are shipped, cut to what a fuzzer can handle."""
    files = sorted((ROOT / "configs").glob("*.yaml"))
    return [b"rendezvous:\n  minimum_h: 2\n", *(file.read_bytes()[:4000] for file in files)]


def caps() -> list[bytes]:
    """The caps that are shipped."""
    return [file.read_bytes() for file in sorted((ROOT / "configs" / "caps").glob("*.yaml"))]


WORDS: tuple[str, ...] = (
    *('"', '""', ",", ";", "\t", "|", "\r", "\n", "\r\n", "\0", "\ufeff", "\u2028", "\x1a", "\x85"),
    *("0", "-1", "1e999", "nan", "inf", "-0.0", "91", "181", "511", "102.3", "9999999999999999999"),
    *("219000001", "2018-06-04T00:00:00Z", "0000-00-00 00:00:00", "9999-12-31 23:59:59"),
    *("1528070400", "13/13/2018 25:61:61", "31/12/2018 00:00:01", "99999-01-01T00:00:00Z"),
    *("{", "}", "[", "]", ":", '{"mmsi":219000001}', '"features":[', "null", "true", "\\u0000"),
    *(
        "!AIVDM,1,1,,A,",
        "!AIVDM,2,1,3,A,",
        "!AIVDM,2,2,3,A,",
        "*00",
        "\\c:1528070400*00\\",
        "$PGHP",
    ),
    *(
        "\\g:1-2-3*00\\",
        "$GPZDA,",
        ",1528070400",
        "Class A",
        "Undefined",
        "\ud800",
        "é",
        "١٢٣",
        "²",
    ),
    *(
        "- ",
        "? ",
        "& ",
        "* ",
        "!!",
        "<<: ",
        "|2",
        ">-",
        "%YAML 1.1",
        "---",
        "...",
        "#",
        "''",
        "!!int",
    ),
    *("sep=;", '="123"', "=1+1", "<", "<!DOCTYPE", "<ENTITY>", "&a;", "PAR1", "PK\x03\x04"),
    *("2018-06", "1,234", "1.234.567,8", "IMO9196632", "confirmed", "rejected", "1'000"),
)
