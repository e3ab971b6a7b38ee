"""Caps: the shipped files, periods, and what is wrong with a user's file."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config.quota import CapConfig, QuotaConfig
from pipeline.errors import UsageError
from pipeline.quota.caps import load_cap, period_end, period_label, period_start

CAPS = "configs/caps"


@pytest.mark.parametrize(
    ("name", "barrels", "first", "after"),
    [
        ("dprk_refined_2018", 500_000, date(2018, 1, 1), date(2017, 12, 31)),
        ("dprk_refined_2017", 500_000, date(2017, 10, 1), date(2018, 1, 1)),
        ("dprk_crude", 4_000_000, date(2017, 12, 22), date(2017, 12, 21)),
    ],
)
def test_shipped_caps(root, name, barrels, first, after):
    cap = load_cap(root / CAPS / f"{name}.yaml")
    assert (cap.name, cap.barrels) == (name, barrels)
    assert period_start(cap, first) == first
    assert period_start(cap, after) is None


def test_the_default_is_the_cap_of_2018(root):
    assert load_cap(root / CAPS / "dprk_refined_2018.yaml") == CapConfig()


def test_twelve_months_run_from_anniversary_to_anniversary(root):
    cap = load_cap(root / CAPS / "dprk_crude.yaml")
    assert cap.tonnes == 525_000
    assert period_start(cap, date(2018, 12, 21)) == date(2017, 12, 22)
    assert period_start(cap, date(2018, 12, 22)) == date(2018, 12, 22)
    assert period_label(cap, date(2017, 12, 22)) == "2017-12-22/2018-12-21"


def test_a_calendar_year_is_named_by_its_year():
    cap = CapConfig(start=date(2018, 3, 1))
    assert period_start(cap, date(2018, 5, 1)) == date(2018, 3, 1)
    assert period_label(cap, date(2018, 3, 1)) == "2018-03-01/2018-12-31"
    assert period_label(cap, date(2019, 1, 1)) == "2019"


@given(
    st.sampled_from(["calendar_year", "twelve_months"]),
    st.dates(date(2000, 1, 1), date(2024, 12, 31)),
    st.integers(0, 4000),
)
def test_periods_follow_each_other_without_gap_or_overlap(period, first, days):
    cap = CapConfig(period=period, start=first)
    day = first + timedelta(days=days)
    start = period_start(cap, day)
    assert start is not None
    end = period_end(cap, start)
    assert start <= day <= end
    assert period_start(cap, end) == start
    assert period_start(cap, end + timedelta(days=1)) == end + timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "expected keys"),
        ("barrels: 5\n", "needs name, start, source"),
        ("name: x\nbarrels: 5\nstart: 2018-01-01\nsource: y\nperod: once\n", ":5: there is no key"),
        ("name: x\nbarrels: 5\nstart: 2018-01-01\nsource: y\nperod: once\n", "mean 'period'"),
        ("name: x\nbarrels: -1\nstart: 2018-01-01\nsource: y\n", ":2: barrels"),
        ("name: x\nbarrels: '5'\nstart: 2018-01-01\nsource: y\n", ":2: barrels"),
        ("name: x\nbarrels: 5\nstart: 2018-13-01\nsource: y\n", ":3: start"),
        ("name: x\nbarrels: 5\nstart: 2018-01-01\nsource: y\nperiod: once\n", "needs an end"),
        ("name: x\nbarrels: [\n", "cap.yaml:"),
    ],
)
def test_a_wrong_file_says_where_and_what(tmp_path, text, says):
    path = tmp_path / "cap.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as error:
        load_cap(path)
    assert says in str(error.value)
    assert str(path) in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"none\.yaml: the cap cannot be read"):
        load_cap(tmp_path / "none.yaml")


def test_the_end_must_not_come_before_the_start():
    with pytest.raises(ValueError, match="before the start"):
        CapConfig(start=date(2018, 1, 1), end=date(2017, 1, 1))


def test_places_must_be_named_where_they_count():
    with pytest.raises(ValueError, match="count_ports or count_zones_file"):
        QuotaConfig(count="places")
