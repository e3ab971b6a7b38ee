from pipeline.cleaning.identities import count_flagged, tell_changes
from pipeline.ledger import Ledger
from tests.cleaning.ships import at, cleaned, sailing, statics


def seen(rows):
    result, _ = cleaned(sailing(), statics(rows))
    return result.vessels["values_seen"].item()


def test_all_values_are_listed_the_most_reported_first():
    rows = [
        {"name": "OLD", "reports": 4},
        {"name": 'NEW "1"', "reports": 9, "first_time": at(7200), "callsign": "DABC"},
        {"name": "OLD", "reports": 2, "first_time": at(3600), "callsign": "DABC"},
    ]
    assert seen(rows) == (
        "name \"NEW '1'\" 9 reports 2024-03-01 14:00 to 2024-03-01 14:00; "
        'name "OLD" 6 reports 2024-03-01 12:00 to 2024-03-01 13:00'
    )


def test_who_typed_one_value_of_each_kind_has_none():
    assert seen([{"name": "ONE", "imo": 9074729}, {"name": "ONE"}]) is None


def test_hulls_are_one_value():
    rows = [{"length_m": 180.0, "beam_m": 30.0}, {"length_m": 18.0, "reports": 1}]
    assert seen(rows).startswith('hull_m "180.0 x 30.0" 10 reports')
    assert 'hull_m "18.0 x ?" 1 reports' in seen(rows)


def test_a_change_is_told():
    result, _ = cleaned(sailing(), statics([{"name": "OLD"}, {"name": "NEW"}]))
    flagged = count_flagged(result.vessels)
    assert flagged == {"name_changed": 1}
    ledger = Ledger()
    tell_changes(flagged, ledger)
    assert "1 the name" in ledger.messages[0]
    tell_changes({"shared_mmsi": 3}, ledger)
    assert len(ledger.messages) == 1


def test_of_more_values_than_are_shown_it_says_how_many():
    rows = [{"name": f"NAME {k}", "reports": 20 - k} for k in range(9)]
    assert seen(rows).endswith("; and 3 more of name")
    assert seen(rows).count("reports") == 6
    assert "more of" not in seen(rows[:6])
