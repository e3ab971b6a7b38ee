"""Watchlists as published, and the ships of a run that are on them."""

import polars as pl
import pytest

from pipeline import schema
from pipeline.context import watchlists
from pipeline.context._userfile import imo_number, mmsi_number
from pipeline.errors import UsageError
from pipeline.ledger import Ledger

MARITIME = (
    "type,caption,imo,risk,countries,flag,mmsi,id,url,datasets,aliases\n"
    "VESSEL,ARTAVIL,IMO9187629,sanction,ir,ir,572469210;273123456,a,u,us_ofac_sdn,SHONA;TABARAK\n"
    "VESSEL,DETAINED,IMO9074729,mare.detained,pa,pa,273######,b,u,paris_mou,\n"
    "VESSEL,,,sanction,,,,c,u,x,\n"
    "ORGANIZATION,SHIPPING CO,IMO7303803,sanction,kp,,,d,u,us_ofac_sdn,\n"
)
TARGETS = (
    "id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,"
    "program_ids,dataset,first_seen,last_seen,last_change\n"
    'x1,Vessel,ARTAVIL,"SHONA;TABARAK",,ir,,"IMO9187629;572469210;EQZC",blocked,,,US-IRAN,sdn,,,\n'
    "x2,Person,ARTAVIL,,,,,,,,,,,,,\n"
)
OFAC = (
    '36,"SOME AIRLINES",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"Havana."\n'
    '9,"ARTAVIL","vessel","IRAN",-0- ,"EQZC","Crude Oil Tanker",-0- ,-0- ,"Iran",-0- ,'
    "\"Vessel Registration Identification IMO 9187629; MMSI 572469210; f.k.a. 'SHONA'.\"\n"
    "\x1a"
)
UN_1718 = (
    "#,vessel_name,imo_number,mmsi,flag,call_sign,date_of_designation\n"
    '1,"1: AN SAN 1 2: HOKUYOMARU",7303803,"1: 445123000 2: 572469210",DPRK,,2018-03-30\n'
)
UN_XML = """<?xml version="1.0" encoding="utf-8"?>
<CONSOLIDATED_LIST dateGenerated="2018-03-30T00:00:00Z"><INDIVIDUALS><INDIVIDUAL>
<FIRST_NAME>ARTAVIL</FIRST_NAME><COMMENTS1>no ship</COMMENTS1></INDIVIDUAL></INDIVIDUALS>
<ENTITIES><ENTITY><FIRST_NAME>ARTAVIL</FIRST_NAME><UN_LIST_TYPE>DPRK</UN_LIST_TYPE>
<COMMENTS1>Vessel. International Maritime Organization (IMO) Number: 9187629.
MMSI: 572469210</COMMENTS1><ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>SHONA</ALIAS_NAME>
</ENTITY_ALIAS></ENTITY><ENTITY><FIRST_NAME>SHIPPING CO</FIRST_NAME><COMMENTS1>A bank</COMMENTS1>
</ENTITY></ENTITIES></CONSOLIDATED_LIST>
"""
OWN = "name,imo,mmsi\nARTAVIL,9187629,572469210\n"


def entries(tmp_path, text, name="list.csv", ledger=None):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return watchlists.load_watchlists([path], ledger)


def vessels(*ships):
    """VESSELS of (imo, mmsi, name)."""
    frame = pl.DataFrame(
        [(track, *ship) for track, ship in enumerate(ships)],
        schema={"track": pl.Int32, "imo": pl.Int32, "mmsi": pl.Int32, "name": pl.String},
        orient="row",
    )
    return schema.conform(frame, schema.VESSELS)


def hits(found, *ships):
    return watchlists.match(vessels(*ships), found)["watchlist"].to_list()


@pytest.mark.parametrize("text", [MARITIME, TARGETS, OFAC, UN_XML, OWN])
def test_every_layout_gives_the_same_ship(tmp_path, text):
    found = entries(tmp_path, text)
    assert {("imo", "9187629"), ("mmsi", "572469210"), ("name", "ARTAVIL")} <= set(
        found.select("kind", "key").rows()
    )


@pytest.mark.parametrize("text", [MARITIME, TARGETS, OFAC, UN_XML])
def test_former_names_count(tmp_path, text):
    [hit] = hits(entries(tmp_path, text), (None, 636000001, "SHONA"))
    assert "ARTAVIL" in hit
    assert "by name" in hit


def test_the_un_list_holds_several_values_in_a_cell(tmp_path):
    found = entries(tmp_path, UN_1718, "un1718.csv")
    assert hits(found, (7303803, 1, "X"), (None, 445123000, "X"), (None, 1, "Hokuyo Maru")) == [
        "un1718: AN SAN 1 (by IMO)",
        "un1718: AN SAN 1 (by MMSI)",
        "un1718: AN SAN 1 (by name)",
    ]


def test_companies_persons_and_masked_numbers_are_no_ships(tmp_path):
    found = entries(tmp_path, MARITIME)
    assert "7303803" not in found["key"].to_list()
    assert not any("#" in key for key in found["key"])


def test_rows_without_identity_are_counted(tmp_path):
    ledger = Ledger()
    entries(tmp_path, MARITIME, ledger=ledger)
    assert ledger.messages == [
        "list.csv: 1 rows without a usable identity passed over, the first in line 4"
    ]


def test_a_number_that_is_none_is_told_and_the_rest_of_its_row_used(tmp_path):
    ledger = Ledger()
    found = entries(tmp_path, "name,imo\nGOOD ONE,9187629\nOTHER,9187628\n", ledger=ledger)
    (message,) = ledger.messages
    assert "the first in line 3: imo '9187628'" in message
    assert hits(found, (None, 1, "OTHER")) == ["list: OTHER (by name)"]


def test_ofac_writes_nulls_in_two_ways_and_numbers_of_companies_are_no_ships(tmp_path):
    rows = (
        '7,"A; B; C; D; E; F; G; H; I; J; K; L; M","-0-","CUBA","-0-","-0-","-0-","-0-","-0-",'
        '"-0-","-0-","Company IMO Number 6116681."\n'
        '8,"ARTAVIL","vessel","-0-",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
        '"Vessel Registration Identification IMO 9187629 (vessel)."\n'
    )
    found = entries(tmp_path, rows)
    assert found["key"].to_list() == ["9187629", "ARTAVIL"]
    assert found["risk"].to_list() == [None, None]


def test_entities_of_the_un_without_a_number_and_individuals_are_no_ships(tmp_path):
    assert set(entries(tmp_path, UN_XML)["listed_name"]) == {"ARTAVIL"}
    assert set(entries(tmp_path, UN_XML)["risk"]) == {"DPRK"}


def test_lists_as_spreadsheets_save_them(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text('sep=;\nName;IMO;MMSI\nARTAVIL;9187629.0;="572469210"\n', encoding="utf-16")
    found = watchlists.load_watchlists([path])
    assert found["key"].to_list() == ["9187629", "572469210", "ARTAVIL"]


def test_ten_megabytes_are_read(tmp_path):
    row = "VESSEL,SHIP {},,sanction,ir,ir,,a,u," + "long_name_of_a_data_set;" * 20 + ",\n"
    many = "".join(row.format(n) for n in range(20_000))
    assert len(many) > 10_000_000
    found = entries(tmp_path, MARITIME.splitlines(keepends=True)[0] + many)
    assert found.height == 20_000


def test_imo_goes_before_mmsi_before_name(tmp_path):
    found = entries(tmp_path, MARITIME, "maritime.csv")
    assert hits(
        found,
        (9187629, 572469210, "ARTAVIL"),
        (None, 572469210, "ARTAVIL"),
        (None, 1, "M/T ARTAVIL"),
        (None, 1, " artavil "),
        (None, 1, None),
    ) == [
        "maritime: ARTAVIL, sanction (by IMO)",
        "maritime: ARTAVIL, sanction (by MMSI)",
        None,
        "maritime: ARTAVIL, sanction (by name)",
        None,
    ]


def test_another_imo_forbids_a_match_by_name_and_is_told_with_one_by_mmsi(tmp_path):
    found = entries(tmp_path, MARITIME)
    assert hits(found, (9074729, 1, "ARTAVIL"), (7303803, 572469210, "OTHER")) == [
        "list: DETAINED, mare.detained (by IMO)",
        "list: ARTAVIL, sanction (by MMSI, IMO differs)",
    ]
    assert hits(found, (7303803, 1, "ARTAVIL")) == [None]


def test_several_lists_are_told_one_after_the_other(tmp_path):
    paths = [tmp_path / "ofac.csv", tmp_path / "mine.csv"]
    paths[0].write_text(OFAC)
    paths[1].write_text(OWN)
    found = watchlists.load_watchlists(paths)
    assert hits(found, (9187629, 1, None)) == [
        "mine: ARTAVIL (by IMO); ofac: ARTAVIL, IRAN (by IMO)"
    ]


def test_short_names_do_not_match(tmp_path):
    assert hits(entries(tmp_path, "name\nSEA\nSEAS\n"), (None, 1, "SEA"), (None, 1, "SEAS")) == [
        None,
        "list: SEAS (by name)",
    ]


def test_no_lists_no_hits():
    assert hits(watchlists.load_watchlists([]), (9187629, 1, "ARTAVIL")) == [None]


def test_the_order_of_rows_does_not_matter(tmp_path):
    head, *rows = MARITIME.splitlines()
    turned = "\n".join([head, *reversed(rows)])
    assert entries(tmp_path, MARITIME).equals(entries(tmp_path, turned))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("flag,owner\nPA,X\n", "needs a column imo, mmsi or name"),
        ("name,imo\n,\n,9187628\n", "no ship in it"),
        ("name,imo\n", "no ship in it"),
        ("", "empty"),
        ("<html><body>UN</body></html>", "XML of another layout"),
        ("<a><b></a>", "line 1: no XML"),
        ("<!doctype html><br>", "no XML"),
        ("%PDF-1.7\n", "a PDF"),
    ],
)
def test_a_wrong_list_is_an_error(tmp_path, text, message):
    with pytest.raises(UsageError, match=message):
        entries(tmp_path, text)


def test_imo_and_mmsi_numbers():
    assert imo_number("IMO 9187629") == imo_number("9187629") == 9187629
    assert [imo_number(text) for text in ("9187628", "918762", "", "IMO", "٩١٨٧٦٢٩")] == [None] * 5
    assert mmsi_number("572469210") == 572469210
    assert [mmsi_number(text) for text in ("992469210", "57246921", "", "273######")] == [None] * 4
