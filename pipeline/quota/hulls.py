"""What a hull of given dimensions carries and how deep it lies: draws over all that is not known.

A ship is a curve of displacement over draught, a lightship weight and tanks. From length and beam
alone each of these has an interval; a register's deadweight and summer draught narrow it. All
arrays of a `Hulls` hold one value a draw, in ascending order of deadweight: the n-th draw of a ship
means the same hull wherever the ship appears. What is drawn is drawn once and serves every ship
(`Unknowns`); who sets two ships beside each other shuffles the draws of one of them.

Sources. Displacement is 1.025 t/m3 x length x beam x draught x block coefficient; it grows with
draught to the power of waterplane over block coefficient (Munro-Smith's dCb/dT = (Cw - Cb) / T);
the waterplane coefficient is 1/3 + 2/3 Cb (Barrass, Ship Stability for Masters and Mates).
Deadweight is 0.77-0.83 of the displacement of product and 0.80-0.86 of that of crude tankers
(Papanikolaou, Ship Design, table 2.1), less of small ones. Draughts in ballast: MARPOL Annex I,
regulation 18 (2.0 + 0.02 L from 150 m on) and, below, formulation A of the unified interpretations'
appendix 1 (0.2 + 0.032 L, from the stability books of 26 tankers of 50 to 150 m). The ballast that
follows is a third (VLCC) to two fifths (coasters) of deadweight; the usual guide for masters is
30 % in light winds, 37 % up to force 6, 42 % above.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SEAWATER_T_M3 = 1.025

# Length between perpendiculars over length overall, which AIS gives: 0.94-0.98 in tankers.
LPP_OVER_LOA = (0.94, 0.98)
# Length over beam: 5.3-7 from coasters to large tankers; for ships that give a length alone.
LENGTH_OVER_BEAM = (6.0, 0.10)  # median, standard deviation of the logarithm
# Ships of unknown length: tankers at sea are 50 to 350 m long, most of those that meet others to
# pass oil on are coasters and handy ones.
UNKNOWN_LENGTH_M = (110.0, 0.40)
# A ship of unknown size that typed draughts is at least so deep: the deepest of them is 0.6 to 1.0
# of her summer draught (ballast draughts are half of it, and most ships are seen laden once).
DEEPEST_SHARE = (0.6, 1.0)
# Summer draught = 0.2145 (length x beam)^0.465 m: the power law through a 1,300 t coaster (60 x 10
# x 4.2 m) and a VLCC (336 x 60 x 21.5 m); common classes between them lie within 8 % of it.
# River and shallow-draught ships lie below, hence the spread.
SUMMER_DRAUGHT_FACTOR, SUMMER_DRAUGHT_POWER, SUMMER_DRAUGHT_SPREAD = 0.2145, 0.465, 0.10
# Block coefficient at summer draught: 0.77 at 100 m, 0.79 at 180 m, 0.82 at 330 m, +-0.025.
BLOCK_AT_100_M, BLOCK_PER_LOG_LENGTH, BLOCK_SPREAD = 0.77, 0.04, 0.025
BLOCK_RANGE = (0.66, 0.88)
WATERPLANE_SPREAD = 0.02  # about Barrass's line: V sections above it, U sections below
# Lightship = 1.75 displacement^0.79 t: 30 % of the displacement of a coaster of 4,500 t, 17.5 % of
# that of a product tanker of 57,000 t, 12 % of a VLCC's: the middles of the published ratios.
# Boats and barges of under 200 t, where the power law ends, weigh 0.6 of their displacement.
LIGHTSHIP_FACTOR, LIGHTSHIP_POWER, LIGHTSHIP_SPREAD, LIGHTSHIP_MOST = 1.75, 0.79, 0.10, 0.6
# Fuel, water, stores and what does not pump out, in parts of deadweight: less in large ships.
STORES = (0.02, 0.06)
# Tanks hold 1.05-1.20 m3 a tonne of deadweight (products are light), filled to 98 %.
TANK_M3_PER_TONNE = (1.05, 1.20)
FILLING = 0.98
# Typed draughts in ballast are 1.2 times the least mean draught, give or take 0.14: masters take
# more ballast in weather, and type the draught aft, where the trim is (up to 0.015 L by the stern).
BALLAST_DRAUGHT, BALLAST_DRAUGHT_SPREAD = 1.2, 0.14
DISPLACEMENT_TOLERANCE_T = 1e-3
REGISTER_SPREAD = 0.01  # deadweights of one ship differ by a per cent between registers


@dataclass(frozen=True)
class Ship:
    """What is known of a ship; None where it is not.

    Attributes
    ----------
    key : str
        Track id or, of a list, name; names the order of its draws.
    length_m, beam_m : float or None
        Overall, as AIS and registers give them.
    deadweight_t, capacity_m3, summer_draught_m : float or None
        From a register.
    deepest_m : float or None
        The deepest draught it typed; a ship lies no deeper than its summer draught.
    product : str or None
        From a register.
    source : str
        Where the capacity comes from: ``register (imo)``, ``dimensions``, ...
    """

    key: str
    length_m: float | None = None
    beam_m: float | None = None
    deadweight_t: float | None = None
    capacity_m3: float | None = None
    summer_draught_m: float | None = None
    deepest_m: float | None = None
    product: str | None = None
    source: str = "dimensions"


@dataclass(frozen=True)
class Hulls:
    """Draws of one ship's hull, in ascending order of deadweight.

    Attributes
    ----------
    deadweight_t, lightship_t, stores_t : array
        Weights.
    displacement_t : array
        At summer draught.
    summer_draught_m : array
        The deepest it may lie.
    power : array
        Of draught in displacement: waterplane over block coefficient.
    ballast_least_m : array
        The least mean draught in ballast.
    ballast_t : array
        Ballast aboard when it has no cargo.
    tank_m3 : array
        Volume of the cargo tanks at 98 % filling.
    """

    deadweight_t: Array
    lightship_t: Array
    stores_t: Array
    displacement_t: Array
    summer_draught_m: Array
    power: Array
    ballast_least_m: Array
    ballast_t: Array
    tank_m3: Array

    def cargo_t(self) -> Array:
        """The most cargo it carries by weight."""
        return self.deadweight_t - self.stores_t

    def aboard_t(self, draught_m: Array | float) -> Array:
        """Cargo and ballast aboard at a draught; above zero."""
        relative = np.maximum(draught_m, 0.0) / self.summer_draught_m
        displacement = self.displacement_t * relative**self.power
        return np.maximum(displacement - self.lightship_t - self.stores_t, 0.0)

    def draught_m(self, aboard_t: Array) -> Array:
        """The draught with so much cargo and ballast aboard."""
        displacement = self.lightship_t + self.stores_t + aboard_t
        draught: Array = self.summer_draught_m * (displacement / self.displacement_t) ** (
            1.0 / self.power
        )
        return draught

    def take(self, indices: NDArray[np.int64]) -> Hulls:
        """The draws of `indices`."""
        return Hulls(**{f.name: getattr(self, f.name)[indices] for f in fields(Hulls)})


@dataclass(frozen=True)
class Unknowns:
    """Draws of what is not known of a ship, the same for every ship; from `draw_unknowns`.

    Each array holds one value a draw, in an order of its own.

    Attributes
    ----------
    length_z : array
        Standard normals: where the length lies among those that fit.
    length_over_beam, lpp_over_loa : array
        Ratios.
    block_error, waterplane_error : array
        What coefficients differ by from what the length says.
    draught_factor : array
        Summer draught over that of the power law.
    lightship_t : array
        Lightship over the power of displacement.
    register_factor : array
        Deadweight over that of a register.
    stores_share, tank_m3_per_tonne, deepest_share : array
        See the constants of the same names.
    ballast_factor : array
        Draught in ballast over the least one.
    """

    length_z: Array
    length_over_beam: Array
    lpp_over_loa: Array
    block_error: Array
    waterplane_error: Array
    draught_factor: Array
    lightship_t: Array
    register_factor: Array
    stores_share: Array
    tank_m3_per_tonne: Array
    deepest_share: Array
    ballast_factor: Array

    def __len__(self) -> int:
        """How many draws."""
        return len(self.length_z)


def draw_unknowns(rng: np.random.Generator, draws: int) -> Unknowns:
    """Draw what is not known of a ship.

    A Latin hypercube: each quantity takes the middle of each of `draws` equal parts of its
    distribution once, in an order of its own. So no ship's interval is the wider or narrower for
    the luck of its draws, and ships that share them do not share such luck.

    Parameters
    ----------
    rng : np.random.Generator
        Of the run.
    draws : int
        How many.
    """
    u = (np.arange(draws) + 0.5) / draws
    z = np.array([NormalDist().inv_cdf(part) for part in u.tolist()])
    ratio, spread = LENGTH_OVER_BEAM

    def normal(deviation: float) -> Array:
        return deviation * rng.permutation(z)

    def between(bounds: tuple[float, float]) -> Array:
        low, high = bounds
        return low + (high - low) * rng.permutation(u)

    return Unknowns(
        length_z=normal(1.0),
        length_over_beam=ratio * np.exp(normal(spread)),
        lpp_over_loa=between(LPP_OVER_LOA),
        block_error=normal(BLOCK_SPREAD),
        waterplane_error=normal(WATERPLANE_SPREAD),
        draught_factor=np.exp(normal(SUMMER_DRAUGHT_SPREAD)),
        lightship_t=LIGHTSHIP_FACTOR * np.exp(normal(LIGHTSHIP_SPREAD)),
        register_factor=1.0 + normal(REGISTER_SPREAD),
        stores_share=between(STORES),
        tank_m3_per_tonne=between(TANK_M3_PER_TONNE),
        deepest_share=between(DEEPEST_SHARE),
        ballast_factor=np.maximum(BALLAST_DRAUGHT + normal(BALLAST_DRAUGHT_SPREAD), 0.8),
    )


def draw_hulls(ship: Ship, unknown: Unknowns) -> Hulls:
    """Draw hulls that fit what is known of a ship.

    Parameters
    ----------
    ship : Ship
        Its dimensions and what a register says.
    unknown : Unknowns
        All else.
    """
    length, beam = _dimensions(ship, unknown)
    lpp = length * unknown.lpp_over_loa
    block = BLOCK_AT_100_M + BLOCK_PER_LOG_LENGTH * np.log(length / 100.0) + unknown.block_error
    block = np.clip(block, *BLOCK_RANGE)
    draught = _summer_draught(ship, length, beam, unknown)
    box = SEAWATER_T_M3 * lpp * beam
    displacement = box * draught * block
    deadweight = _known_deadweight(ship, unknown)
    if deadweight is not None:
        # The register settles displacement; block coefficient takes the difference, and the draught
        # what would take that out of its range.
        displacement = _displacement_for(deadweight, unknown.lightship_t)
        fitting = displacement / (box * draught)
        block = np.clip(fitting, *BLOCK_RANGE)
        if ship.summer_draught_m is None:
            draught = draught * fitting / block
    lightship = _lightship(displacement, unknown.lightship_t)
    deadweight = displacement - lightship
    waterplane = 1.0 / 3.0 + 2.0 / 3.0 * block + unknown.waterplane_error
    hulls = Hulls(
        deadweight_t=deadweight,
        lightship_t=lightship,
        stores_t=deadweight * unknown.stores_share,
        displacement_t=displacement,
        summer_draught_m=draught,
        power=np.maximum(waterplane / block, 1.0),
        ballast_least_m=ballast_draught_m(lpp),
        ballast_t=deadweight,  # below
        tank_m3=(
            np.full(len(unknown), ship.capacity_m3 * FILLING)
            if ship.capacity_m3 is not None
            else deadweight * unknown.tank_m3_per_tonne * FILLING
        ),
    )
    # No ship needs more ballast than half its deadweight, whatever the rule of draught says.
    in_ballast = hulls.aboard_t(hulls.ballast_least_m * unknown.ballast_factor)
    ballast = np.minimum(in_ballast, 0.5 * deadweight)
    # No two draws have the same deadweight, so the quickest sort gives the one order.
    return replace(hulls, ballast_t=ballast).take(np.argsort(deadweight))


def ballast_draught_m(lpp_m: Array) -> Array:
    """The least mean draught in ballast (MARPOL from 150 m on, formulation A below)."""
    return np.where(lpp_m < 150.0, 0.2 + 0.032 * lpp_m, 2.0 + 0.02 * lpp_m)


def _known_deadweight(ship: Ship, unknown: Unknowns) -> Array | None:
    """By the register: as it stands there, else from the volume of the tanks; None: not known."""
    if ship.deadweight_t is not None:
        return ship.deadweight_t * unknown.register_factor
    if ship.capacity_m3 is not None:
        return ship.capacity_m3 / unknown.tank_m3_per_tonne
    return None


def _dimensions(ship: Ship, unknown: Unknowns) -> tuple[Array | float, Array | float]:
    """Length and beam: as known, else drawn, one from the other where one is known."""
    ratio, spread = LENGTH_OVER_BEAM
    z = unknown.length_z
    length: Array | float
    if ship.length_m is not None:
        length = ship.length_m
    elif ship.beam_m is not None:
        length = ship.beam_m * ratio * np.exp(spread * z)
    elif ship.deadweight_t is not None:
        # Deadweight grows with the cube of length: 100 m carry 5,000 t.
        length = 100.0 * (ship.deadweight_t / 5000.0) ** (1 / 3) * np.exp(spread * z)
    elif ship.deepest_m is not None:
        # The power law of the summer draught read backwards, with its error and the ratio's.
        summer = ship.deepest_m / unknown.deepest_share
        area = (summer / SUMMER_DRAUGHT_FACTOR) ** (1.0 / SUMMER_DRAUGHT_POWER)
        error = np.hypot(SUMMER_DRAUGHT_SPREAD / SUMMER_DRAUGHT_POWER, spread) / 2.0
        length = np.clip(np.sqrt(area * ratio) * np.exp(error * z), 30.0, 400.0)
    else:
        median, wide = UNKNOWN_LENGTH_M
        length = np.clip(median * np.exp(wide * z), 30.0, 400.0)
    return length, length / unknown.length_over_beam if ship.beam_m is None else ship.beam_m


def _summer_draught(
    ship: Ship, length: Array | float, beam: Array | float, unknown: Unknowns
) -> Array:
    """As the register has it, else from the dimensions, and no less than the deepest typed."""
    if ship.summer_draught_m is not None:
        return np.full(len(unknown), ship.summer_draught_m)
    usual = SUMMER_DRAUGHT_FACTOR * (length * beam) ** SUMMER_DRAUGHT_POWER
    draught = usual * unknown.draught_factor
    if ship.deepest_m is None:
        return draught
    # A draught typed in decimetres may be rounded up, and fresh water lets a ship lie 2 % deeper.
    # One far beyond what such a hull can have (three standard deviations) is a slip of the keys.
    deepest = 0.98 * ship.deepest_m - 0.05
    believable = deepest <= usual * np.exp(3.0 * SUMMER_DRAUGHT_SPREAD)
    return np.where(believable, np.maximum(draught, deepest), draught)


def _lightship(displacement: Array, scale: Array) -> Array:
    return np.minimum(scale * displacement**LIGHTSHIP_POWER, LIGHTSHIP_MOST * displacement)


def _displacement_for(deadweight: Array, lightship_scale: Array) -> Array:
    """The displacement that leaves so much deadweight after its lightship (fixed point)."""
    displacement = deadweight / 0.8
    for _ in range(50):  # the error shrinks to 0.6 of itself at worst, to a fifth mostly
        before = displacement
        displacement = deadweight + _lightship(before, lightship_scale)
        if np.abs(displacement - before).max() < DISPLACEMENT_TOLERANCE_T:
            break
    return displacement
