"""Which scenes a world holds, and where."""

from __future__ import annotations

from benchmarks.world.draws import Floats, stream
from benchmarks.world.options import Options
from benchmarks.world.places import ANTIMERIDIAN, ARCTIC, EQUATOR, Atlas, Place
from benchmarks.world.scenes import anchorage, appearances, harbour, steaming, traffic, transfers
from benchmarks.world.scenes.common import NoWayError
from benchmarks.world.ships import Fleet
from benchmarks.world.voyage import Scene
from benchmarks.world.world import (
    SceneFunction,
    World,
    assemble,
    fleet_of,
    play,
    reception_for,
    start_of,
    time_grid,
)

# Kinds of transfers: the function, where it is played, and how often beside once.
# "sea" is half open sea, half waters off a coast where ships anchor.
TRANSFERS: tuple[tuple[SceneFunction, str, float], ...] = (
    (transfers.drifting, "open", 3.0),
    (transfers.head_to_tail, "sea", 2.0),
    (transfers.anchored, "anchorage", 3.0),
    (transfers.under_way, "open", 1.5),
    (transfers.vlcc_pair, "sea", 1.0),
    (transfers.coasters, "sea", 2.0),
    (transfers.short, "sea", 1.5),
    (transfers.long, "sea", 0.5),
    (transfers.raft, "sea", 0.5),
    (transfers.several_daughters, "sea", 0.5),
    (transfers.twice, "open", 0.5),
    (transfers.silent_partner, "sea", 2.0),
    (transfers.never_heard, "sea", 2.0),
    (transfers.two_fixes_an_hour, "sea", 1.0),
    (transfers.class_b_partner, "sea", 1.0),
    (transfers.shared_mmsi, "open", 1.0),
    (transfers.jumps_inside, "sea", 1.0),
    (transfers.across_midnight, "open", 1.0),
    (transfers.antimeridian, "antimeridian", 0.3),
    (transfers.equator, "equator", 0.3),
    (transfers.arctic, "arctic", 0.3),
    (transfers.attended, "anchorage", 1.0),
)
DECOYS: tuple[tuple[SceneFunction, str, float], ...] = (
    (anchorage.anchored_neighbours, "anchorage", 3.0),
    (anchorage.dipping_neighbours, "anchorage", 2.0),
    (anchorage.bunkering, "anchorage", 2.0),
    (anchorage.crew_boat, "anchorage", 1.0),
    (anchorage.supply_boat, "anchorage", 1.0),
    (anchorage.tug_at_anchor, "anchorage", 1.0),
    (anchorage.aid_to_navigation, "anchorage", 1.0),
    (anchorage.mooring_buoy, "open", 0.5),
    (anchorage.platform_supply, "open", 1.0),
    (anchorage.fpso, "open", 0.5),
    (anchorage.dredger_and_barge, "anchorage", 0.5),
    (harbour.berths_in_line, "harbour", 2.0),
    (harbour.rafted_berth, "harbour", 2.0),
    (harbour.finger_pier, "harbour", 2.0),
    (harbour.yacht_harbour, "harbour", 0.5),
    (harbour.lock, "harbour", 1.0),
    (harbour.bunkering_at_berth, "harbour", 1.0),
    (steaming.convoy, "open", 0.5),
    (steaming.slow_queue, "open", 0.5),
    (steaming.tug_made_fast, "open", 1.0),
    (steaming.tow, "open", 1.0),
    (steaming.short_tow, "open", 1.0),
    (steaming.pilot, "open", 1.0),
    (steaming.pair_trawlers, "open", 1.0),
    (steaming.fishing_raft, "open", 1.0),
    (steaming.slow_crossing, "open", 1.0),
    (steaming.overtaking, "open", 1.0),
    (steaming.slow_overtaking, "open", 1.0),
    (appearances.two_transponders, "sea", 2.0),
    (appearances.jammed, "anchorage", 0.5),
    (appearances.lone_drifter, "open", 3.0),
    (appearances.typed_late_from_port, "harbour", 1.0),
)
BACKGROUND: tuple[tuple[SceneFunction, str, float], ...] = (
    (traffic.passage, "open", 10.0),
    (traffic.fishing, "open", 2.0),
    (traffic.waits_at_anchor, "anchorage", 2.0),
    (traffic.at_anchor_throughout, "anchorage", 1.0),
    (traffic.harbour, "harbour", 1.0),
)


MOST_DRAWS = 20  # of one scene


def make_world(seed: int, options: Options | None = None) -> World:
    """A world of every kind of transfer and of everything that looks like one.

    Each kind is played once, then more are drawn until there are as many events as `options` asks
    for. The options that say what is heard do not change what happens.
    """
    options = options or Options()
    t, fleet = time_grid(options.days), fleet_of(seed)
    atlas, rng = Atlas(stream(seed, "places")), stream(seed, "kinds")
    scenes: list[Scene] = []

    def add(function: SceneFunction, where: str) -> int:
        name = f"{function.__name__} {len(scenes)}"
        place = _place(atlas, where, bool(rng.random() < 0.5))
        scene = _play(seed, name, function, place, fleet, t)
        scene.reception = reception_for(seed, name, place, options)
        scenes.append(scene)
        return sum(x.label != "dark" for x in scene.truth)

    for catalogue, wanted in ((TRANSFERS, options.transfers), (DECOYS, options.decoys)):
        events = sum(add(function, where) for function, where, _ in catalogue)
        weights = [w for _, _, w in catalogue]
        share = [w / sum(weights) for w in weights]
        while events < wanted:
            function, where, _ = catalogue[int(rng.choice(len(catalogue), p=share))]
            events += add(function, where)
    weights = [w for _, _, w in BACKGROUND]
    share = [w / sum(weights) for w in weights]
    for _ in range(options.background):
        function, where, _ = BACKGROUND[int(rng.choice(len(BACKGROUND), p=share))]
        add(function, where)
    return assemble(seed, start_of(seed), scenes, options, options.days)


def _play(
    seed: int, name: str, function: SceneFunction, place: Place, fleet: Fleet, t: Floats
) -> Scene:
    """The scene, drawn anew where a draw leaves a ship no way to come where it should."""
    for attempt in range(MOST_DRAWS - 1):
        try:
            return play(seed, f"{name} {attempt}" if attempt else name, function, place, fleet, t)
        except NoWayError:
            continue
    return play(seed, f"{name} last", function, place, fleet, t)


def _place(atlas: Atlas, where: str, coin: bool) -> Place:
    if where == "sea":
        where = "open" if coin else "anchorage"
    if where == "anchorage":
        return atlas.anchorage()
    if where == "harbour":
        return atlas.harbour()
    boxes = {"antimeridian": ANTIMERIDIAN, "equator": EQUATOR, "arctic": ARCTIC}
    return atlas.open_sea(boxes.get(where))
