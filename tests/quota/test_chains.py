"""Oil followed from ship to ship: each barrel once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quota.chains import Call, Transfer, follow

DAY_0 = datetime(2018, 1, 1, tzinfo=UTC)


def at(day):
    return DAY_0 + timedelta(days=day)


def gives(giver, receiver, day, barrels, event_id=None):
    """A transfer of known volume; the ships are sides a and b in the order of their names."""
    a, b = (giver, receiver) if receiver is None else sorted((giver, receiver))
    name = event_id or f"{giver}-{receiver}-{day}"
    return Transfer(name, at(day), a, b, np.array([float(barrels)]), np.array([a == giver]))


def call(ship, day, port="NAMPO"):
    return Call(ship, at(day), at(day + 0.5), port)


def landed(transfers, calls=(), capacity=None, heard=None):
    bounds = {ship: np.array([float(most)]) for ship, most in (capacity or {}).items()}
    return follow(transfers, calls, bounds, heard or {})


def barrels(landings):
    return {(x.ship, x.link): float(x.barrels[0]) for x in landings}


# A mother, three shuttles, two of which meet again before port.
CHAIN = [
    gives("M", "S1", 1, 10_000),
    gives("M", "S2", 2, 12_000),
    gives("M", "S3", 3, 9_000),
    gives("S1", "S2", 4, 4_000),
]
PORTS = [call("S1", 6), call("S2", 7), call("S3", 8)]


def test_a_mother_three_shuttles_two_meeting_again_before_port():
    landings = landed(CHAIN, PORTS)
    assert barrels(landings) == {
        ("S1", "delivered"): 6_000,
        ("S2", "delivered"): 16_000,
        ("S3", "delivered"): 9_000,
    }
    assert sum(x.barrels[0] for x in landings) == 31_000  # what the mother gave, not 35,000
    assert landings[1].events == ("M-S2-2", "S1-S2-4")
    assert [x.call.port for x in landings] == ["NAMPO"] * 3


def test_contacts_before_one_call_are_one_delivery_up_to_the_capacity():
    contacts = [gives("M", "S", day, 8_000) for day in (1, 2, 3)]
    (landing,) = landed(contacts, [call("S", 5)], {"S": 20_000})
    assert landing.barrels[0] == 20_000
    assert len(landing.events) == 3


def test_a_single_transfer_is_not_cut_by_a_capacity_as_uncertain_as_itself():
    (landing,) = landed([gives("M", "S", 1, 21_000)], [call("S", 2)], {"S": 20_000})
    assert landing.barrels[0] == 21_000


def test_calls_part_deliveries():
    contacts = [gives("M", "S", 1, 8_000), gives("M", "S", 4, 7_000)]
    landings = landed(contacts, [call("S", 2), call("S", 6)], {"S": 9_000})
    assert [x.barrels[0] for x in landings] == [8_000, 7_000]
    assert [x.when for x in landings] == [at(2), at(6)]


def test_a_transfer_during_a_stay_is_landed_by_it():
    (landing,) = landed([gives("M", "S", 1.2, 5_000)], [call("S", 1.0)])
    assert (landing.link, landing.when) == ("delivered", at(1.2))


def test_a_call_before_the_transfer_lands_nothing_of_it():
    (landing,) = landed([gives("M", "S", 3, 5_000)], [call("S", 1)], heard={"S": at(9)})
    assert landing.link == "waiting"


def test_a_giver_passes_on_what_it_had_and_new_oil():
    # S got 5,000 and gives 8,000: 3,000 were aboard before and are new.
    landings = landed([gives("M", "S", 1, 5_000), gives("S", "T", 2, 8_000)], [call("T", 3)])
    assert barrels(landings)["T", "delivered"] == 8_000
    assert sum(x.barrels[0] for x in landings) == 8_000


def known_before(transfer, barrels):
    """The same transfer to a receiver that had so much aboard."""
    return replace(transfer, had=np.array([float(barrels)]))


@pytest.mark.parametrize(("had", "passed_on"), [(0, 5_000), (2_000, 7_000), (9_000, 8_000)])
def test_who_came_empty_cannot_pass_on_more_than_it_got(had, passed_on):
    first = known_before(gives("M", "S", 1, 5_000), had)
    landings = landed([first, gives("S", "T", 2, 8_000)], [call("T", 3)])
    assert barrels(landings)["T", "delivered"] == passed_on
    assert sum(x.barrels[0] for x in landings) == max(passed_on, 5_000)


def test_what_it_had_before_is_given_once():
    first = known_before(gives("M", "S", 1, 5_000), 2_000)
    landings = landed([first, gives("S", "T", 2, 6_000), gives("S", "U", 3, 6_000)])
    assert {x.ship: x.barrels[0] for x in landings} == {"S": 0, "T": 6_000, "U": 1_000}


def test_after_a_call_it_may_have_loaded_anything():
    first = known_before(gives("M", "S", 1, 5_000), 0)
    landings = landed([first, gives("S", "T", 4, 8_000)], [call("S", 2), call("T", 5)])
    assert barrels(landings) == {("S", "delivered"): 5_000, ("T", "delivered"): 8_000}


def test_ships_still_heard_wait_and_silent_ones_cannot_be_followed():
    landings = landed(
        [gives("M", "S", 1, 5_000), gives("M", "T", 1, 6_000), gives("M", "U", 1, 7_000)],
        heard={"S": at(2), "T": at(1.1)},
    )
    assert {x.ship: x.link for x in landings} == {"S": "waiting", "T": "unlinked", "U": "unlinked"}


def test_oil_given_to_a_ship_never_heard_is_on_its_own_line():
    (landing,) = landed([gives("M", None, 1, 5_000)], [call("M", 2)])
    assert (landing.ship, landing.link, landing.barrels[0]) == (None, "unlinked", 5_000)


def test_oil_from_a_ship_never_heard_is_landed_by_its_receiver():
    (landing,) = landed(
        [Transfer("x", at(1), "S", None, np.array([5_000.0]), np.array([False]))], [call("S", 2)]
    )
    assert (landing.ship, landing.link, landing.barrels[0]) == ("S", "delivered", 5_000)


def test_a_mothers_own_call_lands_nothing():
    landings = landed([gives("M", "S", 1, 5_000)], [call("M", 2), call("S", 3)])
    assert barrels(landings) == {("S", "delivered"): 5_000}


def test_each_draw_goes_its_own_way():
    transfer = Transfer(
        "x", at(1), "A", "B", np.array([5.0, 7.0, 0.0]), np.array([True, False, True])
    )
    landings = {x.ship: x.barrels.tolist() for x in landed([transfer])}
    assert landings == {"A": [0.0, 7.0, 0.0], "B": [5.0, 0.0, 0.0]}


SHIPS = ["A", "B", "C", "D"]
TRANSFERS = st.lists(
    st.tuples(st.permutations(SHIPS), st.integers(1, 50), st.integers(1, 9_000)), max_size=12
)


@given(TRANSFERS, st.lists(st.tuples(st.sampled_from(SHIPS), st.integers(1, 60)), max_size=8))
def test_nothing_is_lost_and_nothing_counted_twice(made, calls):
    transfers = [
        gives(ships[0], ships[1], day, volume, f"{n:02d}")
        for n, (ships, day, volume) in enumerate(made)
    ]
    landings = landed(transfers, [call(ship, day) for ship, day in calls])
    held, new = dict.fromkeys(SHIPS, 0.0), 0.0
    steps = [(t.end, 0, t.event_id, t) for t in transfers]
    steps += [(at(day + 0.5), 1, ship, None) for ship, day in calls]
    for _, kind, ship, transfer in sorted(steps, key=lambda s: s[:3]):
        if kind:
            held[ship] = 0.0
            continue
        giver = transfer.a if transfer.a_gives[0] else transfer.b
        receiver = transfer.b if transfer.a_gives[0] else transfer.a
        new += max(transfer.barrels[0] - held[giver], 0.0)
        held[giver] = max(held[giver] - transfer.barrels[0], 0.0)
        held[receiver] += transfer.barrels[0]
    assert sum(x.barrels[0] for x in landings) == pytest.approx(new)
    assert all(x.barrels[0] >= 0 for x in landings)


@given(st.permutations(CHAIN), st.permutations(PORTS))
def test_the_order_of_rows_does_not_matter(transfers, calls):
    assert barrels(landed(transfers, calls)) == barrels(landed(CHAIN, PORTS))


@st.composite
def tangles(draw):
    """Transfers and calls of five ships, several draws each, some ships never heard."""
    draws = 3
    transfers = []
    for n in range(draw(st.integers(1, 10))):
        a, b = draw(st.permutations([*SHIPS, "E"]))[:2]
        volumes = draw(st.lists(st.integers(0, 9_000), min_size=draws, max_size=draws))
        ways = draw(st.lists(st.booleans(), min_size=draws, max_size=draws))
        transfers.append(
            Transfer(
                f"{n:02d}",
                at(draw(st.integers(1, 30))),
                a,
                draw(st.sampled_from([b, b, b, None])),
                np.array(volumes, dtype=np.float64),
                np.array(ways),
            )
        )
    stops = draw(st.lists(st.tuples(st.sampled_from(SHIPS), st.integers(1, 40)), max_size=6))
    return transfers, [call(ship, day) for ship, day in dict(stops).items()]


def in_draws(landings):
    """What each ship landed when, and how, in each draw."""
    return [(x.ship, x.when, x.link, x.events, x.barrels.tolist()) for x in landings]


@given(tangles(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_in_any_tangle(made, random):
    transfers, calls = made
    capacity = dict.fromkeys(SHIPS, 10_000.0)
    before = in_draws(landed(transfers, calls, capacity, {"A": at(60)}))
    random.shuffle(transfers)
    random.shuffle(calls)
    assert in_draws(landed(transfers, calls, capacity, {"A": at(60)})) == before


@given(tangles())
def test_each_draw_of_a_tangle_is_a_course_of_its_own(made):
    transfers, calls = made
    together = landed(transfers, calls)
    for draw in range(3):
        alone = landed(
            [
                Transfer(t.event_id, t.end, t.a, t.b, t.barrels[[draw]], t.a_gives[[draw]])
                for t in transfers
            ],
            calls,
        )
        one: dict[object, float] = {}
        many: dict[object, float] = {}
        for landings, sums, at_draw in ((alone, one, 0), (together, many, draw)):
            for x in landings:
                where = (x.ship, x.link, x.call)
                sums[where] = sums.get(where, 0.0) + float(x.barrels[at_draw])
        for sums in (one, many):
            for key in [key for key, total in sums.items() if total == 0.0]:
                del sums[key]
        assert one == many


@given(tangles())
def test_no_more_is_landed_than_was_given_and_capacities_only_take_away(made):
    transfers, calls = made
    pumped = sum(t.barrels for t in transfers)
    free = sum(x.barrels for x in landed(transfers, calls))
    bounded = sum(x.barrels for x in landed(transfers, calls, dict.fromkeys(SHIPS, 5_000.0)))
    assert (np.asarray(free) <= pumped).all()
    assert (np.asarray(bounded) <= np.asarray(pumped)).all()
    # What a ship gives beyond its hold is new oil: a smaller hold can make more of it, never more
    # than was pumped.
    largest = np.max([t.barrels for t in transfers], axis=0)
    assert (np.asarray(free) >= largest - 1e-9).all()
