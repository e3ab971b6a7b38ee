import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cleaning.draughts import draught_series
from pipeline.ledger import Ledger
from tests.cleaning.ships import at, cleaned, sailing, statics

MIN, H = 60.0, 3600.0


def series(*typed):
    """Draughts and ledger of (seconds, draught) typed by one track."""
    rows = [{"first_time": at(t), "draught_m": d, "reports": 1} for t, d in typed]
    ledger = Ledger()
    frame = statics(rows).with_columns(track=pl.lit(0, dtype=pl.Int32))
    found, disagree = draught_series(frame, ledger)
    rounded = found["draught_m"].cast(pl.Float64).round(1).to_list()
    return rounded, dict(ledger.blanked), disagree.to_list()


def test_a_typing_error_put_right_is_no_change():
    found = series((0, 7.0), (12 * H, 7.0), (12 * H + 360, 17.0), (12 * H + 720, 7.0))
    assert found == ([7.0], {"cleaning.draught_corrected": 1}, [])


def test_two_errors_in_a_row_are_put_right_too():
    found = series((0, 7.0), (5 * MIN, 70.0), (9 * MIN, 17.0), (15 * MIN, 7.0))
    assert found == ([7.0], {"cleaning.draught_corrected": 2}, [])


def test_a_draught_that_comes_back_after_days_is_two_changes():
    found = series((0, 7.0), (30 * H, 12.0), (80 * H, 7.0))
    assert found == ([7.0, 12.0, 7.0], {}, [])


def test_draughts_that_alternate_are_of_two_ships_and_no_change():
    typed = [(6 * MIN * k, (6.1, 7.0)[k % 2]) for k in range(58)]
    found, blanked, disagree = series(*typed)
    assert len(found) <= 1
    assert blanked["cleaning.draught_disagrees"] >= 56
    assert disagree == [0]


def test_an_old_report_sent_along_leaves_the_change():
    before = [(H * k, 7.0) for k in range(48)]
    amid = [(48 * H + 20 * MIN * k, (12.0, 7.0)[k % 2]) for k in range(9)]
    after = [(52 * H + H * k, 12.0) for k in range(48)]
    found, blanked, disagree = series(*before, *amid, *after)
    assert found == [7.0, 12.0]
    assert blanked["cleaning.draught_disagrees"] > 0
    assert disagree == [0]


def test_two_ships_within_one_hour_are_told_by_when_each_was_last_heard():
    rows = [
        {"first_time": at(H * k + 60 * s), "last_time": at(H * k + 3000 + 60 * s), "draught_m": d}
        for k in range(8)
        for s, d in ((0, 6.1), (1, 7.0))
    ]
    result, ledger = cleaned(sailing(), statics(rows))
    assert result.draughts.height <= 1
    assert ledger.blanked["cleaning.draught_disagrees"] > 0
    assert result.vessels["flags"].to_list() == ["draughts_disagree"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(2.0, 20.0).map(lambda d: round(d, 1)), min_size=1, max_size=8))
def test_changes_days_apart_are_all_kept(draughts):
    kept = [d for k, d in enumerate(draughts) if k == 0 or d != draughts[k - 1]]
    found, blanked, disagree = series(*[(24 * H * k, d) for k, d in enumerate(draughts)])
    assert (found, blanked, disagree) == (pytest.approx(kept), {}, [])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([6.1, 7.0, 9.3]), min_size=1, max_size=40),
    st.lists(st.integers(1, 30), min_size=40, max_size=40),
    st.randoms(),
)
def test_no_change_is_made_up_by_an_order_of_rows(values, steps, random):
    typed, t = [], 0.0
    for value, step in zip(values, steps, strict=False):
        t += step * MIN
        typed.append((t, value))
    once = series(*typed)
    random.shuffle(typed)
    assert series(*typed) == once
    assert all(a != b for a, b in zip(once[0], once[0][1:], strict=False))
