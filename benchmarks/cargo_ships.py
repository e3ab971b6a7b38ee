"""Made-up tankers for `benchmarks.cargo`: hulls from lines, weights from volumes, crews."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Share of the fleet, length, beam, summer draught and parallel middle body of common tankers, from
# coasters to VLCCs; real ships lie around them. Half of the fleet are coasters: they are who meets
# to pass products on. They are finer than large tankers: less of them is parallel middle body.
CLASSES = [
    (0.25, 76, 12.0, 5.1, 0.25),
    (0.25, 92, 14.6, 5.6, 0.28),
    (0.15, 112, 17.6, 7.0, 0.32),
    (0.10, 144, 23.0, 8.8, 0.36),
    (0.12, 183, 32.2, 12.2, 0.42),
    (0.04, 228, 32.2, 14.0, 0.46),
    (0.06, 247, 43.0, 14.9, 0.46),
    (0.03, 333, 60.0, 21.5, 0.50),
]


@dataclass
class TrueShip:
    """A ship as it is: hydrostatics as a table, weights, habits, and what it has aboard."""

    mmsi: int
    length_m: float
    beam_m: float
    summer_m: float
    table_m: Floats
    table_t: Floats
    lightship_t: float
    stores_t: float
    tank_m3: float
    rate_m3_h: float
    ballast_m: float
    keeps_ballast: float  # share of its ballast that it keeps with cargo aboard
    trims: float  # what it types above its mean draught in ballast
    deadweight_t: float
    cargo_t: float = 0.0

    def room_t(self, density: float) -> float:
        """How much of a product it holds."""
        return min(self.deadweight_t - self.stores_t, self.tank_m3 * density)

    def typed_m(self) -> float:
        """The draught that lies to be typed, with the ballast that the cargo aboard asks for."""
        wanted = float(np.interp(self.ballast_m, self.table_m, self.table_t))
        weight = self.lightship_t + self.stores_t + self.cargo_t
        kept = self.keeps_ballast * max(wanted - self.lightship_t - self.stores_t, 0.0)
        total = max(weight + min(kept, max(self.deadweight_t - self.cargo_t, 0.0) * 0.3), wanted)
        mean = float(np.interp(total, self.table_t, self.table_m))
        return mean + self.trims * max(0.0, 1.0 - mean / self.summer_m)


def draw_ship(rng: np.random.Generator, mmsi: int) -> TrueShip:
    """Any tanker near one of the classes."""
    shares = [c[0] for c in CLASSES]
    _, *sizes = CLASSES[rng.choice(len(CLASSES), p=shares)]
    scale = rng.uniform(0.9, 1.1)
    length = float(sizes[0] * scale * rng.uniform(0.96, 1.04))
    beam = float(sizes[1] * scale * rng.uniform(0.95, 1.05))
    summer = float(sizes[2] * scale * rng.uniform(0.90, 1.10))
    middle = float(sizes[3] * rng.uniform(0.75, 1.25))
    lpp = length * rng.uniform(0.93, 0.985)
    table_m = np.linspace(0.02, 1.15, 60) * summer
    table_t = _displacement(rng, lpp, beam, summer, middle, table_m)
    displacement = float(np.interp(summer, table_m, table_t))
    # Lightship over length x beam x depth: 0.19 t/m3 in coasters, 0.09 in large tankers (Watson).
    depth = summer / rng.uniform(0.70, 0.80)
    lightship = lpp * beam * depth * (0.09 + 0.09 * np.exp(-(lpp - 60) / 60))
    lightship *= rng.lognormal(0.0, 0.10)
    deadweight = displacement - lightship
    least = 2.0 + 0.02 * lpp if lpp >= 150 else 0.2 + 0.032 * lpp
    return TrueShip(
        mmsi=mmsi,
        length_m=length,
        beam_m=beam,
        summer_m=summer,
        table_m=table_m,
        table_t=table_t,
        lightship_t=lightship,
        stores_t=deadweight * rng.uniform(0.015, 0.07),
        tank_m3=deadweight * rng.uniform(1.0, 1.25) * 0.98,
        rate_m3_h=deadweight / rng.uniform(6, 30),
        ballast_m=min(least * rng.triangular(0.95, 1.1, 1.5), 0.8 * summer),
        keeps_ballast=0.0 if rng.random() < 0.75 else rng.uniform(0.1, 0.5),
        trims=0.0 if rng.random() < 0.4 else rng.uniform(0.0, 0.012) * lpp,
        deadweight_t=deadweight,
    )


def _displacement(
    rng: np.random.Generator, lpp: float, beam: float, summer: float, middle: float, at: Floats
) -> Floats:
    """Displacement at each draught, integrated from lines drawn at random.

    Each end of a waterline falls off with a power of the distance from the parallel middle body:
    the higher, the fuller. Powers grow from keel to deck, more so aft (V sections) than forward.
    """
    x = np.linspace(-1, 1, 201)
    z = np.linspace(0, 1.15, 116)
    end = np.clip((np.abs(x) - middle) / (1 - middle), 0, 1)
    fore, aft = rng.uniform(2.2, 4.5), rng.uniform(1.8, 3.8)  # powers at the summer waterline
    keel_fore, keel_aft = rng.uniform(0.2, 0.6), rng.uniform(0.1, 0.35)  # of those, at the keel
    ahead = x[:, None] > 0
    power = np.where(ahead, fore, aft) * np.where(
        ahead, keel_fore + (1 - keel_fore) * z[None, :], keel_aft + (1 - keel_aft) * z[None, :]
    )
    bilge = rng.uniform(0.05, 0.15)  # radius, of the draught
    corner = 1 - np.sqrt(1 - (1 - np.clip(z / bilge, 0, 1)) ** 2)
    half = (1 - end[:, None] ** power) * (1 - bilge * corner)[None, :]
    area = np.trapezoid(half, x, axis=0) / 2 * lpp * beam
    slices = (area[1:] + area[:-1]) / 2 * np.diff(z) * summer
    volume = np.concatenate([np.zeros(1), np.cumsum(slices)])
    density = rng.uniform(1.010, 1.028)  # t/m3: from the Baltic's mouth to the Gulf
    return np.asarray(density * np.interp(at, z * summer, volume), dtype=np.float64)
