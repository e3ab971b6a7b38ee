"""What each candidate moved: its draws, its volumes, and which way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl

from pipeline import schema
from pipeline.config.quota import QuotaConfig
from pipeline.quota.cargo import (
    OVERTAKEN_SHARE,
    SLIP_SHARE,
    Bools,
    Moved,
    Side,
    moved,
    resample,
)
from pipeline.quota.hulls import Array, Hulls, Ship, draw_hulls, draw_unknowns
from pipeline.quota.products import (
    BARRELS_PER_M3,
    draw_barrels_per_tonne,
    draw_mix,
    product_of,
)
from pipeline.quota.seeds import generator
from pipeline.quota.ships import Vessel
from pipeline.quota.totals import BAND
from pipeline.quota.typed import Doubt
from pipeline.quota.weights import quantiles

# Draws weighed for each candidate, each way. Two typed draughts leave about one in fifty of them
# with weight, which is enough for quantiles of 5 and 95 %.
PROPOSALS = 8192
# The model errs, alike for all ships of a fleet: block coefficients (+-0.015: 2 %) and summer
# draughts (4 %) for such dimensions, waterplanes (2 %), how many receivers come empty (one in ten
# more or less: 5 %) and fill up (4 %). Together 8 %, which no number of candidates averages out.
MODEL_ERROR = 0.08
# Where a ship is first heard when it lies alongside already, or falls silent there, the transfer
# may have lasted as long again as a whole cargo takes (the 24 hours of `cargo.DISCHARGE_H`).
OPEN_END_H = 24.0
NEVER_HEARD = Ship("never heard")
# The C library of Linux gives freed memory back to the system, which clears it anew for the next
# array: a third of the time of all draws. It keeps up to twice the largest block freed so far.
HELD_BYTES = 16_000_000
HULLS_KEPT = 256  # ships whose draws (0.6 MB each) stay in memory; the rest are drawn again


class Fleet:
    """The ships of a run with their draws.

    Parameters
    ----------
    vessels : mapping of str to Vessel
        By track id.
    config : QuotaConfig
        Seed, draws, cap.
    """

    def __init__(self, vessels: Mapping[str, Vessel], config: QuotaConfig) -> None:
        np.empty(HELD_BYTES, dtype=np.uint8)  # freed at once
        self.vessels = vessels
        self.config = config
        self.mix = draw_mix(generator(config.seed, "mix"), config.draws)
        common = generator(config.seed, "common").standard_normal(config.draws)
        self.error = np.exp(MODEL_ERROR * common)
        self._any_mix = draw_mix(generator(config.seed, "any mix"), PROPOSALS)
        self._unknown = draw_unknowns(generator(config.seed, "hulls"), PROPOSALS)
        self._hulls = lru_cache(maxsize=HULLS_KEPT)(self._draw)

    def _draw(self, ship: Ship) -> Hulls:
        return draw_hulls(ship, self._unknown)

    def hulls(self, key: str | None) -> Hulls:
        """A ship's hulls; of a ship that was never heard, those of any ship."""
        return self._hulls(NEVER_HEARD if key is None else self.vessels[key].ship)

    def product(self, *keys: str | None) -> str:
        """What ships pass on: by the register, the first that names one; else what is capped."""
        words = (self.vessels[key].ship.product for key in keys if key is not None)
        return product_of(next((word for word in words if word), None), self.config.cap)

    def proposed_barrels_per_tonne(self, product: str, rng: np.random.Generator) -> Array:
        """Barrels per tonne for each proposal, any mix of products."""
        return draw_barrels_per_tonne(product, self._any_mix, rng)

    def order(self, key: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        """In which order a ship's draws, from the least deadweight up, go to the fleet's draws.

        The same for all its meetings: if its hull is larger than thought, it is so in each of them.
        """
        return generator(self.config.seed, "order", key).permutation(self.config.draws)

    def capacity_bbl(self, key: str) -> Array:
        """Draws of what a ship's tanks hold."""
        draws = self.config.draws
        step = np.linspace(0, PROPOSALS - 1, draws).astype(np.int64)
        hulls = self.hulls(key).take(step)
        rng = generator(self.config.seed, "capacity", key)
        by_weight = hulls.cargo_t() * draw_barrels_per_tonne(self.product(key), self.mix, rng)
        capacity = np.empty(draws)
        capacity[self.order(key)] = np.minimum(by_weight, hulls.tank_m3 * BARRELS_PER_M3)
        return capacity


@dataclass(frozen=True)
class Volume:
    """What one candidate moved.

    Attributes
    ----------
    event_id : str
        Of the candidate.
    a, b : str or None
        Track ids; b is None where it was never heard.
    low_bbl, median_bbl, high_bbl : float
        If it was a transfer.
    chance_a_gives : float
        How sure it is that a is the giver.
    giver, receiver : str or None
        Track ids where the direction is told.
    evidence : str
        ``both``, ``a``, ``b`` or ``none``: who typed a change of draught.
    disagree : bool
        Whether what the two ships typed leads to intervals that do not meet.
    product : str
        A key of `products.PRODUCTS`, or ``refined``.
    barrels : array
        Fleet draws; zero where, by its score, it was no transfer.
    a_gives : array of bool
        Fleet draws.
    had : array
        Fleet draws: barrels that the receiver had aboard before.
    """

    event_id: str
    a: str
    b: str | None
    low_bbl: float
    median_bbl: float
    high_bbl: float
    chance_a_gives: float
    giver: str | None
    receiver: str | None
    evidence: str
    disagree: bool
    product: str
    barrels: Array
    a_gives: Bools
    had: Array


def volumes_of(
    encounters: pl.DataFrame,
    draughts: pl.DataFrame,
    vessels: pl.DataFrame,
    fleet: Fleet,
    doubts: Mapping[tuple[str, str], Doubt],
) -> list[Volume]:
    """What each of some candidates moved, in the order of their event ids.

    Parameters
    ----------
    encounters : pl.DataFrame
        ``schema.ENCOUNTERS``, candidates only; of the measured columns behind them ``before_h``,
        ``after_h``, ``start_unseen_h`` and ``end_unseen_h`` are used where they are there.
    draughts, vessels : pl.DataFrame
        ``schema.DRAUGHTS``, ``schema.VESSELS``; tell which meetings share a typed change.
    fleet : Fleet
        The ships.
    doubts : mapping
        From `typed.doubts`.
    """
    shared = _shared_changes(encounters, draughts, vessels)
    found = [_volume(row, shared, fleet, doubts) for row in _rows(encounters)]
    return sorted(found, key=lambda volume: volume.event_id)


def _rows(encounters: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Ship by ship, so that hulls once drawn are at hand for all meetings of a ship."""
    keys = (
        pl.coalesce(f"track_{s}", pl.col(f"mmsi_{s}").cast(pl.String)).alias(f"key_{s}")
        for s in ("a", "b")
    )
    ordered = encounters.with_columns(keys).sort("key_a", "key_b", "event_id", nulls_last=True)
    return ordered.iter_rows(named=True)


def _volume(
    row: dict[str, Any],
    shared: Mapping[tuple[str, str], int],
    fleet: Fleet,
    doubts: Mapping[tuple[str, str], Doubt],
) -> Volume:
    config, event = fleet.config, row["event_id"]
    a, b = row["key_a"], row["key_b"]
    rng = generator(config.seed, "event", event)
    side_a, side_b = (
        _side(row, s, fleet.hulls(key), shared.get((event, s), 1), doubts.get((event, s)))
        for s, key in (("a", a), ("b", b))
    )
    product = fleet.product(b, a)
    proposed = fleet.proposed_barrels_per_tonne(product, rng)
    what = moved(side_a, side_b, _hours(row, rng), proposed, rng)
    error = np.exp(MODEL_ERROR * rng.standard_normal(len(what.tonnes)))
    likely = np.minimum(what.tonnes * error, what.most_t) * what.barrels_per_tonne
    low, median, high = (float(q) for q in quantiles(likely, what.weight, BAND))
    chance = what.chance_a_gives
    giver, receiver = _direction(a, b, chance, config.direction_confidence)
    barrels, a_gives, had = _fleet_draws(row, what, product, fleet, rng)
    return Volume(
        event_id=event,
        a=a,
        b=b,
        low_bbl=low,
        median_bbl=median,
        high_bbl=high,
        chance_a_gives=chance,
        giver=giver,
        receiver=receiver,
        evidence={(True, True): "both", (True, False): "a", (False, True): "b"}.get(
            (side_a.tells, side_b.tells), "none"
        ),
        disagree=side_a.tells and side_b.tells and _disagree(what),
        product=product,
        barrels=barrels,
        a_gives=a_gives,
        had=had,
    )


def _side(
    row: Mapping[str, Any], side: str, hulls: Hulls, shared_by: int, doubt: Doubt | None
) -> Side:
    """What one ship typed of the meeting."""
    doubt = doubt or Doubt()
    return Side(
        hulls,
        row[f"draught_before_{side}_m"],
        None if doubt.foreign else row[f"draught_after_{side}_m"],
        shared_by,
        OVERTAKEN_SHARE if doubt.overtaken else SLIP_SHARE,
    )


def _hours(row: Mapping[str, Any], rng: np.random.Generator) -> Array:
    """Draws of the time alongside: what was seen, and some of what nobody could see at its ends."""
    before, after = rng.random((2, PROPOSALS))
    unseen_before, unseen_after = (
        OPEN_END_H if row.get(f"{end}_h") == 0.0 else min(row.get(unseen) or 0.0, OPEN_END_H)
        for end, unseen in (("before", "start_unseen_h"), ("after", "end_unseen_h"))
    )
    return (row["duration_h"] or 0.0) + before * unseen_before + after * unseen_after


def _direction(
    a: str, b: str | None, chance: float, confidence: float
) -> tuple[str | None, str | None]:
    """Giver and receiver where it is sure enough who is which."""
    if chance >= confidence:
        return a, b
    if 1.0 - chance >= confidence:
        return b, a
    return None, None


def _fleet_draws(
    row: dict[str, Any], what: Moved, product: str, fleet: Fleet, rng: np.random.Generator
) -> tuple[Array, Bools, Array]:
    """Barrels moved, which way, and what the receiver had before, in each of the fleet's draws."""
    draws = fleet.config.draws
    chosen = resample(what, draws, rng)
    receiver = row["key_b"] if what.chance_a_gives >= 0.5 else row["key_a"]
    place = fleet.order(receiver or row["event_id"])
    at = np.empty(draws, dtype=np.int64)
    at[place] = chosen
    tonnes = np.minimum(what.tonnes[at] * fleet.error, what.most_t[at])
    a_gives = what.a_gives[at]
    factor = draw_barrels_per_tonne(product, fleet.mix, rng)
    barrels = tonnes * factor
    if row["score"] is not None:
        barrels = np.where(rng.random(draws) < row["score"], barrels, 0.0)
    return barrels, a_gives, what.had_t[at] * factor


def _disagree(what: Moved) -> bool:
    """Whether the intervals by one ship's draughts and by the other's have nothing in common."""
    forth = np.where(what.a_gives, what.tonnes, -what.tonnes)
    low_a, _, high_a = quantiles(forth, what.weight_a, BAND)
    low_b, _, high_b = quantiles(forth, what.weight_b, BAND)
    return bool(high_a < low_b or high_b < low_a)


def _shared_changes(
    encounters: pl.DataFrame, draughts: pl.DataFrame, vessels: pl.DataFrame
) -> dict[tuple[str, str], int]:
    """How many meetings each typed change covers, by event and side; those of one are left out.

    Meetings of one ship that follow each other share a change if both have the same draughts
    before and after, and nothing was typed from the start of one to that of the next.
    """
    sides = pl.concat(
        encounters.select(
            "event_id",
            pl.lit(s).alias("side"),
            pl.coalesce(f"track_{s}", pl.col(f"mmsi_{s}").cast(pl.String)).alias("key"),
            "start_utc",
            pl.col(f"draught_before_{s}_m").alias("before"),
            pl.col(f"draught_after_{s}_m").alias("after"),
        )
        for s in ("a", "b")
    ).filter(pl.col("key").is_not_null(), pl.col("before") != pl.col("after"))
    typed = draughts.join(vessels.select("track", "track_id"), on="track").select(
        pl.col("track_id").alias("key"), pl.col("time").alias("typed")
    )
    ordered = sides.sort("key", "start_utc", "event_id", "side").with_columns(
        pl.col("start_utc", "before", "after").shift(1).over("key").name.prefix("last_")
    )
    last_typed = ordered.sort("start_utc").join_asof(
        typed.sort("typed"),
        left_on="start_utc",
        right_on="typed",
        by="key",
        strategy="backward",
        check_sortedness=False,
        coalesce=False,
    )
    same = (
        (pl.col("before") == pl.col("last_before"))
        & (pl.col("after") == pl.col("last_after"))
        & (pl.col("typed").is_null() | (pl.col("typed") <= pl.col("last_start_utc")))
    ).fill_null(value=False)
    groups = (
        last_typed.sort("key", "start_utc", "event_id", "side")
        .with_columns((~same).cum_sum().over("key").alias("change"))
        .with_columns(pl.len().over("key", "change").alias("meetings"))
        .filter(pl.col("meetings") > 1)
    )
    return {
        (event, side): meetings
        for event, side, meetings in groups.select("event_id", "side", "meetings").iter_rows()
    }


def as_table(volumes: list[Volume], vessels: Mapping[str, Vessel]) -> pl.DataFrame:
    """The volumes as ``schema.VOLUMES``, in whole barrels."""

    def mmsi(key: str | None) -> int | None:
        return None if key is None else vessels[key].mmsi

    rows = [
        {
            "event_id": v.event_id,
            "giver_mmsi": mmsi(v.giver),
            "receiver_mmsi": mmsi(v.receiver),
            "volume_low_bbl": round(v.low_bbl),
            "volume_median_bbl": round(v.median_bbl),
            "volume_high_bbl": round(v.high_bbl),
        }
        for v in volumes
    ]
    return pl.DataFrame(rows, schema=dict(schema.VOLUMES))
