"""What a ship's static messages say of her: typed once by hand, with gaps and mistakes."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.world.draws import pick, stream
from benchmarks.world.options import Options
from benchmarks.world.ships import CLASSES, Ship


@dataclass(frozen=True)
class Typed:
    """Static data as sent; None where the crew left it out."""

    key: int
    mmsi: int
    imo: int | None
    name: str
    callsign: str
    ship_type: int
    length_m: int | None
    beam_m: int | None
    abcd_m: tuple[int, int, int, int] | None  # None: unknown; A = C = 0: no reference point
    sends_heading: bool
    sends_draught: bool
    class_b: bool


def typed(ship: Ship, options: Options, seed: int) -> Typed:
    """The static data of a ship; draws depend on the ship and the seed, shares on `options`.

    The same uniform draw is compared with each share, so a world with more ships without
    dimensions has all those that lacked them before.
    """
    rng = stream(seed, "typed", ship.key)
    no_size, no_place, no_heading, wrong, no_draught = rng.random(5)
    wrong_type = pick(
        rng, (70, 0, 90, 99, 70, 79) if ship.ship_type // 10 == 8 else (70, 0, 90, 80)
    )
    sized = ship.kind != "buoy" and no_size >= options.without_dimensions
    a, b, c, d = ship.abcd_m
    if sized and no_place < options.without_reference:
        a, b, c, d = 0, a + b, 0, c + d
    heading_share = 0.6 if ship.class_b else options.without_headings
    heading_share = max(heading_share, options.without_headings)
    return Typed(
        key=ship.key,
        mmsi=ship.mmsi,
        imo=ship.imo if not ship.class_b else None,
        name=ship.name,
        callsign=ship.callsign,
        ship_type=wrong_type if wrong < options.wrong_types else ship.ship_type,
        length_m=a + b if sized else None,
        beam_m=c + d if sized else None,
        abcd_m=(a, b, c, d) if sized else None,
        sends_heading=ship.kind in CLASSES and no_heading >= heading_share,
        sends_draught=not ship.class_b
        and ship.kind in CLASSES
        and no_draught >= options.without_draught,
        class_b=ship.class_b,
    )
