"""How much cargo a meeting of two ships moved, from the draughts they typed.

Draw what is not known (hulls, cargoes before, product, how much moved and which way), predict the
draughts that would have been typed after, weigh each draw by how well it predicts those that were.
Bounds hold in every draw: no more moves than the giver has, the receiver has room for, and pumps
can move in the time alongside. A draught that is missing weighs nothing: the interval widens.

Ballast is why this is no plain product of draught change and tonnes per centimetre. A tanker that
loads from empty pumps ballast out as cargo comes in and sinks far less than its cargo weighs; one
that empties itself takes ballast in. Below the ballast draught a draught says how much is aboard,
not how much of it is oil.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.quota.hulls import BALLAST_DRAUGHT, BALLAST_DRAUGHT_SPREAD, Array, Hulls
from pipeline.quota.products import BARRELS_PER_M3
from pipeline.quota.weights import normalised

Bools = NDArray[np.bool_]

# Errors of a typed draught. Rounded to 0.1 m (a standard deviation of 0.03 m), read off marks in a
# swell or computed from tank soundings (0.05 m), and maximum, mean or after draught is typed (1 %).
READING_M, READING_SHARE, STEP_M = 0.06, 0.01, 0.1
# One in five is typed so early or late that fuel, ballast or trim changed meanwhile: some 0.3 m.
LATE_SHARE, LATE_M = 0.2, 0.3
# One in twenty is anything a ship may have: copied from the last voyage, a slip of the keys.
SLIP_SHARE = 0.05
# A ship that called at a port since it typed its draught landed cargo and typed nothing, or came
# for something else and had nothing to type: as likely the one as the other.
OVERTAKEN_SHARE = 0.5
# A draught that is the same after as before was left alone in one case of four where a draught
# changed: crews type from an hour before to three days after the end, some never.
LEFT_ALONE = 0.25
# How ships come: empty, in ballast; with a part cargo lighter than the ballast, which lies at
# ballast draught too, topped up; or with cargo that takes them deeper. Three receivers of four come
# empty, the fourth from another giver; of givers hardly any, and most with more than a part cargo.
RECEIVER_COMES, GIVER_COMES = (0.75, 0.10, 0.15), (0.05, 0.10, 0.85)
# Ballast is left as it is for a small parcel, and worked along with the cargo for one that weighs
# as much as the ballast: the chance that it is left falls as exp(-3 x parcel / ballast).
LEFT_PER_BALLAST = 3.0
# Ballast kept under cargo, in parts of deadweight, at most: what does not pump out; in one ship of
# four more, for trim and bending moments.
RESIDUAL_BALLAST, KEPT_BALLAST, KEEPS_BALLAST = 0.03, 0.15, 0.25
# Half of all transfers end when something is at its limit (full, empty, time up), within 15 %; the
# others at any part of it, for parcels are agreed beforehand.
TO_THE_LIMIT, LIMIT_FROM, PARCEL_FROM = 0.5, 0.85, 0.02
# A candidate is taken for a transfer (its score says how surely), so something moved: below a
# twentieth of what the smaller ship holds a parcel is the less likely the smaller it is.
PARCEL_SMALL = 0.05
# Mooring, hoses, sampling, papers, letting go: hours alongside in which nothing is pumped.
OVERHEAD_H = (1.0, 4.0)
PUMPING_MIN_H = 0.25
# Charter parties warrant a whole cargo out within 24 hours, or 100 psi at the manifold (Tankervoy
# 87, ExxonMobil VOY2000); coasters' pumps do it in six. Receivers take a full cargo in 5 to 20
# hours (manifold and vapour limits).
DISCHARGE_H, LOADING_H = (6.0, 24.0), (5.0, 20.0)


@dataclass(frozen=True)
class Side:
    """One ship of a meeting.

    Attributes
    ----------
    hulls : Hulls
        Its draws.
    before_m, after_m : float or None
        Draughts typed before and after.
    shared_by : int
        How many meetings the typed change covers: 1, or more where the ship met several others
        between the two draughts.
    before_wrong : float
        The chance that the draught typed before says nothing.
    """

    hulls: Hulls
    before_m: float | None = None
    after_m: float | None = None
    shared_by: int = 1
    before_wrong: float = SLIP_SHARE

    @property
    def tells(self) -> bool:
        """Whether it typed a change."""
        return None not in (self.before_m, self.after_m) and self.before_m != self.after_m


@dataclass(frozen=True)
class Moved:
    """Weighted draws of what moved.

    Attributes
    ----------
    tonnes, barrels_per_tonne : array
        What moved, of a product so light.
    most_t : array
        What the giver had and the receiver had room for.
    had_t : array
        Cargo that the receiver had aboard before.
    a_gives : array of bool
        Which way.
    receiver_draw : array of int
        Which draw of the receiver's hulls it belongs to.
    weight : array
        Adds up to 1.
    weight_a, weight_b : array
        The same by the evidence of one ship alone.
    """

    tonnes: Array
    barrels_per_tonne: Array
    most_t: Array
    had_t: Array
    a_gives: Bools
    receiver_draw: NDArray[np.int64]
    weight: Array
    weight_a: Array
    weight_b: Array

    @property
    def chance_a_gives(self) -> float:
        """How sure it is that side a is the giver."""
        return float(self.weight[self.a_gives].sum())


def moved(
    a: Side, b: Side, hours: Array, barrels_per_tonne: Array, rng: np.random.Generator
) -> Moved:
    """Draws of what a meeting moved.

    Parameters
    ----------
    a, b : Side
        The two ships; of one that was never heard, hulls of unknown dimensions.
    hours : array
        Draws of the time from coming alongside to letting go.
    barrels_per_tonne : array
        Draws of the product; as many as the hulls have.
    rng : np.random.Generator
        The meeting's own.
    """
    draws = len(barrels_per_tonne)
    # The hulls of two ships have nothing to do with each other: those of a are shuffled.
    shuffled = rng.permutation(draws)
    one = _Ship(a, a.hulls.take(shuffled), barrels_per_tonne, rng)
    two = _Ship(b, b.hulls, barrels_per_tonne, rng)
    forth = _one_way(one, two, hours, rng)
    back = _one_way(two, one, hours, rng)
    prior = np.concatenate([forth.prior, back.prior])
    weight_a = np.concatenate([forth.by_giver, back.by_receiver])
    weight_b = np.concatenate([forth.by_receiver, back.by_giver])
    return Moved(
        tonnes=np.concatenate([forth.tonnes, back.tonnes]),
        barrels_per_tonne=np.tile(barrels_per_tonne, 2),
        most_t=np.concatenate([forth.most_t, back.most_t]),
        had_t=np.concatenate([forth.had_t, back.had_t]),
        a_gives=np.repeat([True, False], draws),
        receiver_draw=np.concatenate([np.arange(draws), shuffled]),
        weight=normalised(prior * weight_a * weight_b),
        weight_a=normalised(prior * weight_a),
        weight_b=normalised(prior * weight_b),
    )


@dataclass(frozen=True)
class _OneWay:
    tonnes: Array
    most_t: Array
    had_t: Array
    prior: Array
    by_giver: Array
    by_receiver: Array
    after_giver_m: Array  # draughts predicted
    after_receiver_m: Array


def _one_way(giver: _Ship, receiver: _Ship, hours: Array, rng: np.random.Generator) -> _OneWay:
    """Draws for one direction, with the likelihood of each ship's typed draught after."""
    draws = len(hours)
    before_g, before_r = giver.comes(GIVER_COMES), receiver.comes(RECEIVER_COMES)
    pumping_h = np.maximum(hours - _between(OVERHEAD_H, rng, draws), PUMPING_MIN_H)
    rate_t_h = np.minimum(
        giver.room_t / _between(DISCHARGE_H, rng, draws),
        receiver.room_t / _between(LOADING_H, rng, draws),
    )
    most = np.maximum(np.minimum(before_g.cargo, receiver.room_t - before_r.cargo), 0.0)
    limit = np.minimum(most, rate_t_h * pumping_h)
    full = rng.random(draws) < TO_THE_LIMIT
    share = np.where(full, LIMIT_FROM, PARCEL_FROM)
    tonnes = limit * (share + (1.0 - share) * rng.random(draws))
    parcel = np.minimum(tonnes / (PARCEL_SMALL * np.minimum(giver.room_t, receiver.room_t)), 1.0)
    after_g_m = giver.after_m(before_g, -tonnes, rng)
    after_r_m = receiver.after_m(before_r, tonnes, rng)
    return _OneWay(
        tonnes,
        most,
        before_r.cargo,
        parcel,
        before_g.likelihood * giver.likelihood(after_g_m),
        before_r.likelihood * receiver.likelihood(after_r_m),
        after_g_m,
        after_r_m,
    )


@dataclass(frozen=True)
class _State:
    cargo: Array
    aboard: Array  # cargo and ballast
    likelihood: Array  # of the draught typed before, for a ship in this part


class _Ship:
    """One ship of a meeting with the draws that serve both directions.

    Parameters
    ----------
    side : Side
        What it typed.
    hulls : Hulls
        Its hulls in the order of the meeting's draws.
    barrels_per_tonne : array
        The product.
    rng : np.random.Generator
        The meeting's own.
    """

    def __init__(
        self, side: Side, hulls: Hulls, barrels_per_tonne: Array, rng: np.random.Generator
    ) -> None:
        self._side, self._hulls = side, hulls
        draws = len(barrels_per_tonne)
        # The most cargo of the product it holds: by weight or by volume, whichever ends first.
        self.room_t = np.minimum(
            hulls.cargo_t(), hulls.tank_m3 * BARRELS_PER_M3 / barrels_per_tonne
        )
        keeps = np.where(rng.random(draws) < KEEPS_BALLAST, KEPT_BALLAST, RESIDUAL_BALLAST)
        self._residual = keeps * hulls.deadweight_t * rng.random(draws)  # stays under cargo
        self._empty = rng.random(draws)
        self._any_cargo = self.room_t * np.sqrt(rng.random(draws))  # the fuller the likelier
        self._chance, self._part = rng.random((2, draws))
        self._slip = rng.random(draws) < side.before_wrong
        if side.before_m is None:
            return
        late = rng.random(draws) < LATE_SHARE
        sharp = _reading_m(side.before_m)
        error = rng.standard_normal(draws) * np.where(late, np.hypot(sharp, LATE_M), sharp)
        draught = side.before_m + error
        self._aboard = hulls.aboard_t(draught)
        # Densities of draught over least draught in ballast: of ships in ballast, and of others.
        least = hulls.ballast_least_m
        self._at_ballast = _normal(draught / least - BALLAST_DRAUGHT, BALLAST_DRAUGHT_SPREAD)
        room_below = np.maximum(hulls.summer_draught_m / least - 1.0, STEP_M)
        self._deeper = np.where(draught < least, 0.0, 1.0 / room_below)

    def comes(self, part: tuple[float, float, float]) -> _State:
        """Cargo and ballast before: from the draught typed, else from what such ships have aboard.

        A draught can be that of a ship in ballast, of one whose part cargo the ballast hides, or of
        one that cargo alone takes so deep. Bayes' rule tells how likely each is, from how many
        ships come so (`part`) and from how usual the draught is in each state. In ballast none of
        what is aboard is oil, a hidden cargo is any part of it, else all but a residue is oil. How
        likely the draught is in all three tells how well the part of giver or receiver fits: who
        lies deep gives.
        """
        empty, with_little, with_more = part
        hulls, residual = self._hulls, self._residual
        unknown = self._any_cargo * (self._empty >= empty)
        usual = np.maximum(unknown + residual, hulls.ballast_t)
        if self._side.before_m is None:
            return _State(unknown, usual, np.ones(len(unknown)))
        oil = np.maximum(self._aboard - residual, 0.0)
        in_ballast, hidden = empty * self._at_ballast, with_little * self._at_ballast
        total = in_ballast + hidden + with_more * self._deeper
        chance = self._chance * total
        cargo = np.where(chance < in_ballast + hidden, oil * self._part, oil)
        cargo = np.minimum(cargo, self.room_t) * (chance >= in_ballast)
        # A slip of the keys may show any draught that such a hull can have.
        anything = hulls.ballast_least_m / hulls.summer_draught_m
        return _State(
            np.where(self._slip, unknown, cargo),
            np.where(self._slip, usual, self._aboard),
            np.where(self._slip, anything, total),
        )

    def after_m(self, before: _State, change: Array, rng: np.random.Generator) -> Array:
        """The draught after `change` tonnes of cargo, and what else the typed change covers."""
        covered = _typed_t(change, self._side, rng)
        aboard = _aboard_after(self._hulls, before, self._residual, covered, rng)
        return self._hulls.draught_m(aboard)

    def likelihood(self, predicted_m: Array) -> Array:
        """How likely the draught typed after is, for each prediction; 1 where none was typed."""
        side, hulls = self._side, self._hulls
        if side.after_m is None:
            return np.ones(len(predicted_m))
        sharp = _reading_m(side.after_m)
        wide = np.hypot(sharp, LATE_M)
        off = side.after_m - predicted_m
        density = (1.0 - LATE_SHARE) * _normal(off, sharp) + LATE_SHARE * _normal(off, wide)
        anything = 1.0 / np.maximum(hulls.summer_draught_m, STEP_M)
        chance = STEP_M * ((1.0 - SLIP_SHARE) * density + SLIP_SHARE * anything)
        if side.before_m is None:
            return chance
        if side.before_m == side.after_m:
            return LEFT_ALONE + (1.0 - LEFT_ALONE) * chance
        return chance


def _aboard_after(
    hulls: Hulls, before: _State, residual: Array, change: Array, rng: np.random.Generator
) -> Array:
    """Cargo and ballast after `change` tonnes of cargo came or went.

    With ballast left alone the weight aboard changes as the cargo does. With ballast worked, a
    ship that loads pumps out what it has, one that empties itself takes in what it lacks, so that
    it lies at ballast draught until cargo alone takes it deeper.
    """
    left = np.exp(-LEFT_PER_BALLAST * np.abs(change) / np.maximum(hulls.ballast_t, 1.0))
    worked = rng.random(len(change)) >= left
    kept = np.minimum(before.aboard - before.cargo, residual)
    # A ship that loads takes no ballast in, even where it lies higher than it would at sea.
    lowest = np.where(change > 0, np.minimum(hulls.ballast_t, before.aboard), hulls.ballast_t)
    cargo = np.maximum(before.cargo + change, 0.0)
    return np.where(
        worked,
        np.maximum(cargo + kept, lowest),
        np.maximum(before.aboard + change, 0.0),
    )


def _typed_t(tonnes: Array, side: Side, rng: np.random.Generator) -> Array:
    """What the typed change covers: this meeting's tonnes and those of the others it is shared by.

    The share of one of n meetings in a total cut at random is Beta(1, n - 1).
    """
    if side.shared_by == 1:
        return tonnes
    u = rng.random(len(tonnes))
    return tonnes / np.maximum(1.0 - (1.0 - u) ** (1.0 / (side.shared_by - 1)), 0.01)


def _reading_m(draught_m: float) -> float:
    return float(np.hypot(READING_M, READING_SHARE * draught_m))


def _normal(x: Array, sd: float) -> Array:
    return np.exp(-0.5 * (x / sd) ** 2) / (sd * np.sqrt(2.0 * np.pi))


def _between(bounds: tuple[float, float], rng: np.random.Generator, draws: int) -> Array:
    low, high = bounds
    return low + (high - low) * rng.random(draws)


def resample(what: Moved, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Indices of equally likely draws, in the order of the receiver's hulls.

    Systematic resampling: one random start, then equal steps through the cumulated weight.
    """
    # Each of the receiver's hulls stands for two draws, one each way: no two places are alike.
    order = np.empty(len(what.weight), dtype=np.int64)
    order[2 * what.receiver_draw + what.a_gives] = np.arange(len(order))
    reached = np.cumsum(what.weight[order])
    at = (np.arange(draws) + rng.random()) / draws * reached[-1]
    index = np.minimum(np.searchsorted(reached, at, side="left"), len(order) - 1)
    chosen: NDArray[np.int64] = order[index]
    return chosen
