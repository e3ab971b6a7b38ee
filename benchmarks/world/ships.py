"""Ships: hulls, where their antennas stand, what their crews typed.

Sizes are those of the classes in trade. Tonnes per centimetre of draught follow from the
waterplane: L x B x Cw x 1.025 / 100, with a waterplane coefficient of 0.82-0.90 for full forms.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from benchmarks.world.draws import pick

MIDS = (209, 212, 215, 219, 229, 235, 240, 244, 248, 256, 257, 273, 311, 319, 338, 351, 352, 355,
        370, 371, 372, 403, 413, 422, 431, 440, 470, 477, 511, 518, 538, 563, 566, 574, 620, 622,
        636, 657, 667, 710)  # fmt: skip
_FIRST = ("AMBER", "NORTH", "SILVER", "OCEAN", "RED", "GULF", "STAR", "BLUE", "EASTERN",
          "ROYAL", "CORAL", "POLAR", "GOLDEN", "DELTA", "IRON", "PEARL", "LUCKY", "GREEN",
          "WESTERN", "GRAND", "SIERRA", "ALTA", "NOVA", "TERRA", "SOUTHERN", "IVORY", "ATLAS",
          "CREST", "HARBOUR", "SUMMER")  # fmt: skip
_SECOND = ("DAWN", "HERON", "TIDE", "CROWN", "WIND", "FALCON", "GATE", "RIVER", "SPIRIT", "LADY",
           "SKY", "GLORY", "MOON", "HOPE", "EAGLE", "BAY", "FORTUNE", "PIONEER", "STREAM",
           "QUEST", "RIDGE", "BELL", "DUKE", "SWIFT", "LION", "PETREL", "GRACE", "LEADER", "OAK",
           "HUNTER")  # fmt: skip


@dataclass(frozen=True)
class Class:
    """A class of ships: ranges of size, draughts and deadweight, and its type codes."""

    length_m: tuple[float, float]
    beam_ratio: tuple[float, float]  # length / beam
    laden_m: float  # draught
    ballast_m: float
    antenna_from_stern: tuple[float, float]  # as a share of the length
    types: tuple[int, ...]
    waterplane: float = 0.86
    class_b_share: float = 0.0
    leeway: tuple[float, float] = (0.02, 0.035)  # of the wind's speed, beam on


_AFT = (0.10, 0.25)  # accommodation aft, as on every tanker and bulk carrier
CLASSES = {
    "vlcc": Class((325, 336), (5.5, 5.65), 21.5, 10.5, _AFT, (80, 80, 81, 89)),
    "suezmax": Class((264, 277), (5.6, 5.8), 17.0, 9.0, _AFT, (80, 80, 82, 84)),
    "aframax": Class((236, 250), (5.6, 5.8), 14.8, 8.0, _AFT, (80, 80, 81, 89)),
    "panamax": Class((225, 229), (6.9, 7.1), 14.0, 7.5, _AFT, (80, 80, 82)),
    "mr": Class((176, 184), (5.6, 6.3), 12.2, 6.8, _AFT, (80, 81, 82, 83, 89)),
    "handy": Class((130, 160), (5.8, 6.6), 9.5, 5.6, _AFT, (80, 80, 82, 84)),
    "coaster": Class((74, 98), (5.8, 6.8), 6.0, 3.6, _AFT, (80, 80, 89)),
    "river_tanker": Class((52, 70), (6.5, 8.0), 3.4, 1.6, (0.08, 0.2), (80, 89), 0.9, 0.3),
    "container": Class((200, 399), (6.3, 7.8), 14.0, 10.0, (0.3, 0.62), (70, 71, 79)),
    "bulker": Class((180, 292), (5.7, 6.6), 13.5, 7.0, _AFT, (70, 70, 79)),
    "cargo": Class((85, 140), (5.8, 6.8), 6.8, 4.2, _AFT, (70, 70, 79)),
    "bunker_barge": Class((60, 110), (5.2, 6.6), 5.4, 2.6, (0.08, 0.2), (80, 80, 89, 70), 0.9),
    "tug": Class((26, 36), (2.6, 3.2), 5.0, 4.8, (0.5, 0.65), (52, 52, 52, 31)),
    "pilot": Class((14, 22), (3.0, 3.6), 1.5, 1.4, (0.4, 0.6), (50,), 0.75),
    "crew_boat": Class((18, 34), (3.6, 4.4), 2.0, 1.8, (0.5, 0.7), (60, 53, 40), 0.78, 0.2),
    "supply": Class((58, 88), (4.0, 4.8), 6.0, 4.5, (0.7, 0.85), (90, 70, 79, 99)),
    "trawler": Class((22, 42), (3.0, 3.8), 4.6, 4.2, (0.4, 0.7), (30,), 0.8, 0.15),
    "reefer": Class((100, 150), (6.0, 6.8), 8.0, 5.0, _AFT, (70, 70, 30)),
    "dredger": Class((90, 160), (4.5, 5.6), 8.0, 4.5, (0.1, 0.8), (33,)),
    "hopper": Class((50, 90), (4.5, 6.0), 4.5, 1.8, (0.08, 0.2), (33, 70, 99), 0.9),
    "deck_barge": Class((60, 120), (3.6, 4.5), 5.0, 2.0, (0.1, 0.9), (99, 90, 0), 0.95),
    "ferry": Class((80, 200), (5.5, 7.0), 6.0, 5.6, (0.5, 0.85), (60, 69)),
    "yacht": Class((9, 24), (3.0, 3.8), 2.0, 2.0, (0.4, 0.6), (36, 37), 0.7, 0.9),
    "inland": Class((80, 135), (7.5, 11.8), 3.2, 1.4, (0.06, 0.15), (70, 79, 80), 0.92, 0.0),
    "fpso": Class((260, 330), (4.8, 5.6), 20.0, 12.0, (0.1, 0.2), (80, 99, 89), 0.95),
    "platform": Class((60, 110), (1.0, 1.3), 20.0, 20.0, (0.3, 0.7), (99,), 0.9),
}


@dataclass(frozen=True)
class Ship:
    """One hull. Its reference point is the middle of its length on the centre line."""

    key: int  # unique in the world
    kind: str  # key of CLASSES, or "buoy"
    mmsi: int
    imo: int | None
    name: str
    callsign: str
    ship_type: int
    length_m: float
    beam_m: float
    antenna_forward_m: float  # of the middle
    antenna_starboard_m: float  # of the centre line
    laden_m: float
    ballast_m: float
    draught_m: float  # true, when the scene begins
    tonnes_per_cm: float
    leeway: float
    class_b: bool = False
    antenna_error_m: tuple[float, float] = field(default=(0.0, 0.0))  # typed less true, fwd, stbd

    @property
    def abcd_m(self) -> tuple[int, int, int, int]:
        """Whole metres from the antenna to bow, stern, port and starboard side, as typed."""
        forward = self.antenna_forward_m + self.antenna_error_m[0]
        starboard = self.antenna_starboard_m + self.antenna_error_m[1]
        a = round(np.clip(self.length_m / 2.0 - forward, 0, self.length_m))
        c = round(np.clip(self.beam_m / 2.0 + starboard, 0, self.beam_m))
        return a, round(self.length_m) - a, c, max(round(self.beam_m) - c, 0)

    def with_draught(self, share: float) -> Ship:
        """The same ship laden to `share` of the way from ballast to laden."""
        return replace(self, draught_m=self.ballast_m + share * (self.laden_m - self.ballast_m))

    def spare_t(self) -> float:
        """Tonnes she can still take."""
        return max(self.laden_m - self.draught_m, 0.0) * 100.0 * self.tonnes_per_cm

    def aboard_t(self) -> float:
        """Tonnes she can give."""
        return max(self.draught_m - self.ballast_m, 0.0) * 100.0 * self.tonnes_per_cm


def imo_with_check(first_six: int) -> int:
    """The IMO number of six digits: the check digit is the last of sum(digit x 7..2)."""
    digits = [int(d) for d in f"{first_six:06d}"]
    return first_six * 10 + sum(d * w for d, w in zip(digits, range(7, 1, -1), strict=True)) % 10


class Fleet:
    """Hands out ships that are all different."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._used: set[int] = set()
        self._names: set[str] = set()
        self._count = 0

    def _fresh(self, low: int, high: int) -> int:
        while True:
            number = int(self._rng.integers(low, high))
            if number not in self._used:
                self._used.add(number)
                return number

    def _name(self) -> str:
        while True:
            name = f"{pick(self._rng, _FIRST)} {pick(self._rng, _SECOND)}"
            if name in self._names:
                name = f"{name} {int(self._rng.integers(2, 99))}"
            if name not in self._names:
                self._names.add(name)
                return name

    def ship(self, kind: str, laden: float | None = None, class_b: bool | None = None) -> Ship:
        """A new ship of a class of CLASSES, `laden` (0 ballast to 1 full; drawn if None)."""
        rng, cls = self._rng, CLASSES[kind]
        length = round(float(rng.uniform(*cls.length_m)), 1)
        beam = round(length / float(rng.uniform(*cls.beam_ratio)), 1)
        scale = length / float(np.mean(cls.length_m)) if cls.laden_m < 12 else 1.0
        from_stern = float(rng.uniform(*cls.antenna_from_stern)) * length
        self._count += 1
        # Masts stand on or beside the centre line; the typed place is whole metres, now and then
        # that of another antenna, now and then with port and starboard changed over.
        starboard = float(np.clip(rng.normal(0, 0.06 * beam), -beam / 4, beam / 4))
        wrong, swapped = rng.random(2) < (0.03, 0.04)
        across = -2.0 * starboard if swapped else 0.0
        error = (float(rng.normal(0, 8.0 if wrong else 1.0)), across + float(rng.normal(0, 0.8)))
        b_share = rng.random() < cls.class_b_share
        ship = Ship(
            key=self._count,
            kind=kind,
            mmsi=self._fresh(0, 999_999) + 1_000_000 * pick(rng, MIDS),
            imo=imo_with_check(self._fresh(900_000, 989_999)) if length > 45 else None,
            name=self._name(),
            callsign="".join(chr(65 + int(c)) for c in rng.integers(0, 26, 4))
            + str(rng.integers(10)),
            ship_type=pick(rng, cls.types),
            length_m=length,
            beam_m=beam,
            antenna_forward_m=from_stern - length / 2.0,
            antenna_starboard_m=starboard,
            laden_m=round(cls.laden_m * scale, 2),
            ballast_m=round(cls.ballast_m * scale, 2),
            draught_m=0.0,
            tonnes_per_cm=length * beam * cls.waterplane * 1.025 / 100.0,
            leeway=float(rng.uniform(*cls.leeway)),
            class_b=b_share if class_b is None else class_b,
            antenna_error_m=error,
        )
        return ship.with_draught(float(rng.uniform(0, 1)) if laden is None else laden)

    def buoy(self) -> Ship:
        """An aid to navigation (MMSI 99MIDxxxx) two to ten metres across."""
        self._count += 1
        size = float(self._rng.uniform(2.0, 10.0))
        mmsi = 990_000_000 + 10_000 * pick(self._rng, MIDS) + self._fresh(0, 9_999)
        return Ship(self._count, "buoy", mmsi, None, self._name(), "", 0, size, size, 0.0, 0.0,
                    1.0, 1.0, 0.0, 0.0, 0.0)  # fmt: skip
