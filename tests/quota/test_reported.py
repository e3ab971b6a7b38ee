"""Officially reported transfers, as published."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.errors import UsageError
from pipeline.quota.reported import read_reported

YEARS = "year,supplier,jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec,published_total\n"
CHINA = "2021,CHN,0,0,4893,92,8050,10725,2829,11745,41973,1666,8730,1206,91909\n"
RUSSIA = "2023,RUS,44655,10666,5140,3612,2593,2305,10933,5713,9482,0,4151,6591,105845\n"
# Months for which China reported tonnes and barrels.
PUBLISHED = [
    ("2020-07", 1498, 12479),
    ("2021-06", 1288, 10725),
    ("2021-07", 339.57, 2828),
    ("2021-08", 1410, 11745),
    ("2022-07", 238, 1987),
    ("2022-08", 2388, 19892),
]


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "reported.csv"
        path.write_text(text, encoding="utf-8")
        return read_reported(path, 8.33)

    return read


def test_tonnes_at_8_33_are_the_published_barrels_within_five(read):
    rows = "".join(f"{month},CHN,{tonnes},\n" for month, tonnes, _ in PUBLISHED)
    barrels = read("month,supplier,tonnes,barrels\n" + rows).transfers["barrels"].to_list()
    for ours, (_, _, theirs) in zip(barrels, PUBLISHED, strict=True):
        assert abs(ours - theirs) <= 5


def test_published_barrels_go_before_tonnes(read):
    frame = read("month,supplier,tonnes,barrels\n2021-02,CHN,1498,12479\n").transfers
    assert frame["barrels"].to_list() == [12479.0]
    assert frame["date"].to_list() == [date(2021, 2, 28)]


def test_monthly_totals_and_how_far_they_are_from_the_published_ones(read):
    result = read(YEARS + CHINA + RUSSIA)
    assert [(t["total"], t["difference"]) for t in result.totals] == [(91_909, 0), (105_841, -4)]
    assert len(result.transfers) == 10 + 11  # months of nothing are no transfers
    assert result.transfers["barrels"].sum() == 91_909 + 105_841
    assert result.transfers["date"][0] == date(2021, 3, 31)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("month,supplier,tonnes,barrels\n2021-13,CHN,1,\n", "line 2: month '2021-13'"),
        ("month,supplier,tonnes,barrels\nJuly,CHN,1,\n", "line 2: month 'July'"),
        ("month,supplier,tonnes,barrels\n2021-01,CHN,,\n", "neither tonnes nor barrels"),
        ("month,supplier,tonnes,barrels\n2021-01,CHN,x,\n", "tonnes 'x' is no number"),
        ("month,supplier,tonnes,barrels\n2021-01,CHN,-1,\n", "it cannot be below 0"),
        (
            "month,supplier,tonnes,barrels\n2021-01,CHN,1,\n2021-01,RUS,1,\n2021-01,CHN,2,\n",
            "line 4: 2021-01 of CHN stands in line 2",
        ),
        (YEARS + CHINA.replace("2021", "21st"), "line 2: year '21st'"),
        (YEARS + CHINA.replace("4893", "4,893"), "values under"),
        (YEARS, "no transfers below"),
        ("a,b\n1,2\n", "expected the columns month,supplier"),
    ],
)
def test_a_wrong_row_is_named(read, text, says):
    with pytest.raises(UsageError) as error:
        read(text)
    assert says in str(error.value)
