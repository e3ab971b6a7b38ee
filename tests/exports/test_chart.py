from typing import Any
from xml.etree import ElementTree as ET

import pytest

from pipeline.exports import chart
from pipeline.exports.chart import write_quota_chart

QUOTA: dict[str, Any] = {
    "cap": {"name": "a cap of $5 & <more>", "barrels": 500_000.0},
    "estimate": {
        "low_bbl": 420_000,
        "median_bbl": 560_000,
        "high_bbl": 700_000,
        "chance_exceeded": 0.83,
        "breach_date": {"early": "2018-02-01", "median": "2018-03-01", "late": "2018-03-01"},
        "periods": [{"period": "2018", "start": "2018-01-01", "end": "2018-12-31"}],
        "fan": [
            {"date": "2018-01-10", "low_bbl": 10_000, "median_bbl": 20_000, "high_bbl": 30_000},
            {"date": "2018-03-01", "low_bbl": 420_000, "median_bbl": 560_000, "high_bbl": 700_000},
        ],
    },
    "scenarios": [
        {"laden_fraction": 0.5, "periods": [{"period": "2018", "breach_date": None}]},
        {"laden_fraction": 0.9, "periods": [{"period": "2018", "breach_date": "2018-03-01"}]},
    ],
    "scenario_deliveries": [
        {"period": "2018", "date": "2018-01-10", "capacity_bbl": 300_000.0, "volume_bbl": None},
        {"period": "2018", "date": "2018-03-01", "capacity_bbl": 300_000.0, "volume_bbl": None},
        {"period": "2018", "date": "2018-03-01", "capacity_bbl": None, "volume_bbl": 7_000.0},
    ],
}


def texts(path):
    root = ET.parse(path).getroot()  # noqa: S314 - written just now
    return [
        "".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")
    ]


def test_the_chart_says_sum_chance_cap_and_date(tmp_path):
    write_quota_chart(QUOTA, tmp_path / "quota.svg")
    said = texts(tmp_path / "quota.svg")
    assert "Delivered: 560,000 bbl (420,000 to 700,000), chance that the cap is passed 83%" in said
    assert "Cap 500,000 bbl (a cap of $5 & <more>)" in said
    assert "passed about 2018-03-01" in said
    assert "50% laden" in said
    assert "90% laden: 2018-03-01" in said
    assert "Scenarios" in said


def lines(quota, monkeypatch, tmp_path):
    """Label and last value of each line drawn."""
    drawn = []
    keep = chart._draw

    def draw(figure, quota):
        keep(figure, quota)
        drawn.extend(figure.axes[0].get_lines())

    monkeypatch.setattr(chart, "_draw", draw)
    write_quota_chart(quota, tmp_path / "quota.svg")
    return [(line.get_linestyle(), float(line.get_ydata()[-1])) for line in drawn]


def test_each_scenario_is_a_line_to_its_sum(tmp_path, monkeypatch):
    dotted = [last for style, last in lines(QUOTA, monkeypatch, tmp_path) if style == ":"]
    assert dotted == [0.5 * 600_000 + 7_000, 0.9 * 600_000 + 7_000]


def test_what_was_reported_is_drawn_beside_it(tmp_path, monkeypatch):
    estimate = QUOTA["estimate"]
    fan = [{**point, "median_bbl": point["median_bbl"] + 9_000} for point in estimate["fan"]]
    official = {"fan": fan, "periods": estimate["periods"]}
    both = {**QUOTA, "estimate": {**estimate, "with_reported": official}}
    assert ("--", 569_000.0) in lines(both, monkeypatch, tmp_path)
    write_quota_chart(both, tmp_path / "both.svg")
    assert "Median with what was reported" in texts(tmp_path / "both.svg")


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_the_same_quota_gives_the_same_bytes(tmp_path, suffix):
    for name in ("one", "two"):
        write_quota_chart(QUOTA, tmp_path / f"{name}{suffix}")
    one, two = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("one", "two"))
    assert one == two


@pytest.mark.parametrize("quota", [{}, {"scenarios": []}, {**QUOTA, "estimate": {}}])
def test_without_deliveries_it_says_so(tmp_path, quota):
    write_quota_chart(quota, tmp_path / "quota.svg")
    assert "No delivery counts toward the cap" in texts(tmp_path / "quota.svg")
