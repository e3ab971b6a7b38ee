"""How well cargo is estimated, on made-up fleets whose cargo is known.

    python -m benchmarks.cargo [--worlds 8] [--transfers 250] [--seed 1] [--detected 2]

Ships are hulls integrated from their lines (parallel middle body, ends of any fullness, bilges,
flare), weights are those of volumetric coefficients, crews ballast, trim and type as they please,
cargoes are parcels agreed beforehand and time alongside is what pumping them takes. None of this is
how the estimator models it (power laws, Barrass's line, a share of a limit): what holds here holds
because its intervals are wide enough, not because it knows the answer.

Prints, for each kind of evidence and in all: how many transfers, how many of their true volumes lie
in the 90 % interval, the median absolute error of the median and of the scenario method (each
laden fraction of the receiver's capacity), both also for the fleet's total. Before that, what was
published, done again (`benchmarks.cargo_published`); then the same for what
`alongside detect` makes of whole made-up feeds (`benchmarks.cargo_detected`).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from benchmarks import cargo_detected, cargo_published
from benchmarks.cargo_ships import TrueShip, draw_ship
from pipeline import quota, schema
from pipeline.config.quota import QuotaConfig
from pipeline.quota.products import BARRELS_PER_M3
from pipeline.rendezvous.draughts import draughts_about

START = datetime(2018, 1, 1, tzinfo=UTC)
TYPED_LATE, TYPED_NEVER = 0.3, 0.2
PASSED_ON = 0.25  # share of receivers that give what they got to a third ship before they call


@dataclass(frozen=True)
class MadeWorld:
    """What the estimator gets, and the truth."""

    encounters: pl.DataFrame
    vessels: pl.DataFrame
    draughts: pl.DataFrame
    calls: pl.DataFrame
    register: pl.DataFrame
    truth: pl.DataFrame  # event_id, barrels, new (of them, not counted before), giver


def make_world(seed: int, transfers: int) -> MadeWorld:
    """A season of one fleet: each shuttle loads from some mother, lands its cargo, comes again."""
    rng = np.random.default_rng([seed, 20180712])
    ships = [draw_ship(rng, 201000000 + n) for n in range(max(transfers // 3, 8))]
    typed: list[tuple[int, datetime, float]] = []
    for ship in ships:
        _type(typed, rng, ship, START - timedelta(days=1), slip=0.0)
    rows: list[dict[str, Any]] = []
    calls, truth = [], []
    now = START
    while len(rows) < transfers:
        now += timedelta(hours=float(rng.exponential(8)))
        one, two, three = rng.choice(len(ships), 3, replace=False)
        giver, receiver, third = (ships[n] for n in (one, two, three))
        if giver.deadweight_t < receiver.deadweight_t and rng.random() < 0.8:
            giver, receiver = receiver, giver  # most mothers are larger than their shuttles
        density = float(rng.choice([0.735, 0.80, 0.845, 0.96]) * rng.uniform(0.98, 1.02))
        giver.cargo_t = giver.room_t(density) * rng.triangular(0.25, 0.95, 1.0)
        event, made = _meet(rng, giver, receiver, now, f"{len(rows):05d}", density, typed)
        rows.append(event)
        truth.append(made)
        met = [giver, receiver]
        if rng.random() < PASSED_ON and len(rows) < transfers:
            again = event["end_utc"] + timedelta(days=float(rng.uniform(2, 5)))
            event, second = _meet(rng, receiver, third, again, f"{len(rows):05d}", density, typed)
            rows.append(event)
            truth.append(second | {"new": max(second["barrels"] - made["barrels"], 0.0)})
            met.append(third)
        # All sail on and land what they have.
        for ship in met:
            arrive = event["end_utc"] + timedelta(days=5)
            calls.append((str(ship.mmsi), ship.mmsi, arrive, arrive + timedelta(days=1)))
        now = event["end_utc"] + timedelta(days=7)
    return _tables(rng, ships, rows, typed, calls, truth)


def _meet(
    rng: np.random.Generator,
    giver: TrueShip,
    receiver: TrueShip,
    now: datetime,
    event_id: str,
    density: float,
    typed: list[tuple[int, datetime, float]],
) -> tuple[dict[str, Any], dict[str, Any]]:
    part = rng.uniform(0.05, 0.6) if rng.random() < 0.35 else 0.0
    receiver.cargo_t = receiver.room_t(density) * part
    for ship in (giver, receiver):
        _type(typed, rng, ship, now - timedelta(hours=float(rng.uniform(6, 60))), slip=0.03)
    most = min(giver.cargo_t, receiver.room_t(density) - receiver.cargo_t)
    # A parcel agreed beforehand: any size, often all that goes in.
    tonnes = most * (1.0 if rng.random() < 0.3 else rng.beta(1.6, 1.3))
    tonnes = max(tonnes, 0.02 * most)
    rate = min(giver.rate_m3_h, receiver.rate_m3_h * 1.2) * rng.uniform(0.6, 1.0)
    hours = float(tonnes / density / rate + rng.uniform(2, 7))
    giver.cargo_t -= tonnes
    receiver.cargo_t += tonnes
    end = now + timedelta(hours=hours)
    for ship in (giver, receiver):
        _type_after(typed, rng, ship, end)
    a, b = sorted((giver, receiver), key=lambda ship: ship.mmsi)
    row = {"event_id": event_id, "candidate": True, "start_utc": now, "end_utc": end}
    row["duration_h"] = hours
    for side, ship in (("a", a), ("b", b)):
        row |= {f"track_{side}": str(ship.mmsi), f"mmsi_{side}": ship.mmsi}
    barrels = tonnes / density * BARRELS_PER_M3
    return row, {"event_id": event_id, "barrels": barrels, "new": barrels, "giver": giver.mmsi}


def _type(
    typed: list[tuple[int, datetime, float]],
    rng: np.random.Generator,
    ship: TrueShip,
    when: datetime,
    slip: float,
    error_m: float = 0.06,
) -> None:
    draught = ship.typed_m() + rng.normal(0.0, error_m)
    if rng.random() < slip:
        draught = rng.uniform(0.4, 1.05) * ship.summer_m
    typed.append((ship.mmsi, when, max(round(draught, 1), 0.1)))


def _type_after(
    typed: list[tuple[int, datetime, float]],
    rng: np.random.Generator,
    ship: TrueShip,
    end: datetime,
) -> None:
    """In time; late, when fuel, ballast and trim have changed; or never."""
    when = rng.random()
    if when < TYPED_NEVER:
        return
    if when < TYPED_NEVER + TYPED_LATE:
        late = end + timedelta(hours=float(rng.uniform(6, 96)))
        _type(typed, rng, ship, late, slip=0.03, error_m=0.25)
    else:
        soon = end + timedelta(hours=float(rng.uniform(-0.8, 5)))
        _type(typed, rng, ship, soon, slip=0.03)


def _tables(
    rng: np.random.Generator,
    ships: list[TrueShip],
    rows: list[dict[str, Any]],
    typed: list[tuple[int, datetime, float]],
    calls: list[tuple[str, int, datetime, datetime]],
    truth: list[dict[str, Any]],
) -> MadeWorld:
    """What AIS tells of all this: lengths rounded, some dimensions missing, draughts as changes."""
    numbers = {ship.mmsi: n for n, ship in enumerate(sorted(ships, key=lambda s: s.mmsi))}
    known = {}
    for ship in ships:
        chance = rng.random()
        length = None if chance < 0.08 else float(round(ship.length_m))
        beam = None if chance < 0.12 else float(round(ship.beam_m))
        known[ship.mmsi] = (length, beam)
    series = pl.DataFrame(
        [(numbers[mmsi], when, draught) for mmsi, when, draught in typed],
        schema=dict(schema.DRAUGHTS),
        orient="row",
    ).sort("track", "time")
    changed = pl.col("draught_m").ne_missing(pl.col("draught_m").shift(1).over("track"))
    series = series.filter(changed)
    for row in rows:
        for side in ("a", "b"):
            row[f"length_{side}_m"], row[f"beam_{side}_m"] = known[row[f"mmsi_{side}"]]
    frame = pl.DataFrame(rows, schema_overrides={"start_utc": schema.TIME, "end_utc": schema.TIME})
    for side in ("a", "b"):
        tracks = frame.with_columns(
            pl.col(f"mmsi_{side}").replace_strict(numbers, return_dtype=pl.Int32).alias("n")
        ).rename({f"track_{side}": f"id_{side}", "n": f"track_{side}"})
        about = draughts_about(tracks, series, side)
        frame = about.drop(f"track_{side}").rename({f"id_{side}": f"track_{side}"})
    vessels = pl.DataFrame(
        {
            "track": list(numbers.values()),
            "track_id": [str(mmsi) for mmsi in numbers],
            "mmsi": list(numbers),
            "last_time": [rows[-1]["end_utc"] + timedelta(days=30)] * len(numbers),
        }
    )
    register = pl.DataFrame(
        {
            "mmsi": [ship.mmsi for ship in ships],
            "deadweight_t": [round(ship.deadweight_t) for ship in ships],
            "summer_draught_m": [round(ship.summer_m, 2) for ship in ships],
        }
    )
    return MadeWorld(
        encounters=schema.conform(frame, schema.ENCOUNTERS),
        vessels=schema.conform(vessels, schema.VESSELS),
        draughts=series,
        calls=schema.conform(
            pl.DataFrame(calls, ["track_id", "mmsi", "start_utc", "end_utc"], orient="row"),
            schema.PORT_CALLS,
        ),
        register=register,
        truth=pl.DataFrame(truth),
    )


@dataclass(frozen=True)
class Scores:
    """One world's results: a row a transfer, and the fleet's total."""

    transfers: pl.DataFrame  # barrels, low, median, high, evidence, giver, told, s0.333, s0.5, s0.9
    total: dict[str, float]


def score(world: MadeWorld, *, with_register: bool) -> Scores:
    """Estimate a world and hold it against the truth."""
    config = QuotaConfig()
    register = world.register if with_register else None
    result = quota.estimate(
        world.encounters, world.vessels, world.draughts, register, config, world.calls
    )
    evidence = pl.DataFrame(result.summary["transfers"]).select("event_id", "draughts_of")
    rows = world.truth.join(result.volumes, on="event_id").join(evidence, on="event_id")
    capacity = {
        d["mmsi"]: d["capacity_bbl"] for d in result.summary["deliveries"] if d["mmsi"] is not None
    }
    receiver = (
        world.encounters.select("event_id", "mmsi_a", "mmsi_b")
        .join(world.truth, on="event_id")
        .with_columns(
            pl.when(pl.col("giver") == pl.col("mmsi_a"))
            .then("mmsi_b")
            .otherwise("mmsi_a")
            .alias("receiver")
        )
    )
    listed = receiver.select(
        "event_id",
        pl.col("receiver")
        .replace_strict(capacity, default=None, return_dtype=pl.Float64)
        .alias("capacity"),
    )
    estimate = result.summary["estimate"]
    total = {
        "truth": float(world.truth["new"].sum()),
        "low": estimate["low_bbl"],
        "median": estimate["median_bbl"],
        "high": estimate["high_bbl"],
    }
    total |= {
        f"scenario {row['laden_fraction']:.2f}": row["barrels"]
        for row in result.summary["scenarios"]
    }
    return Scores(rows.join(listed, on="event_id"), total)


def report(scores: list[Scores]) -> Iterator[str]:
    """The figures as lines of text."""
    rows = pl.concat([s.transfers for s in scores])
    inside = pl.col("barrels").is_between("volume_low_bbl", "volume_high_bbl")
    off = (pl.col("volume_median_bbl") - pl.col("barrels")).abs() / pl.col("barrels")
    told = pl.col("giver_mmsi").is_not_null() | pl.col("receiver_mmsi").is_not_null()
    right = (pl.col("giver_mmsi") == pl.col("giver")).filter(told)
    width = (pl.col("volume_high_bbl") - pl.col("volume_low_bbl")) / pl.col("barrels")
    fractions = {"1/3": 1 / 3, "0.5": 0.5, "0.9": 0.9}
    scenario = [
        ((pl.col("capacity") * f - pl.col("barrels")).abs() / pl.col("barrels"))
        .median()
        .alias(f"scenario {name}")
        for name, f in fractions.items()
    ]
    columns = [
        pl.len().alias("transfers"),
        inside.mean().alias("in 90 %"),
        off.median().alias("error"),
        width.median().alias("width"),
        told.mean().alias("told"),
        right.mean().alias("rightly"),
        *scenario,
    ]
    table = pl.concat(
        [
            rows.group_by("draughts_of").agg(columns).sort("draughts_of"),
            rows.select(pl.lit("all").alias("draughts_of"), *columns),
        ]
    )
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160, float_precision=3):
        yield str(table)
    totals = [s.total for s in scores]
    held = np.mean([t["low"] <= t["truth"] <= t["high"] for t in totals])
    yield f"fleet's total in its 90 % interval: {held:.0%} of {len(totals)} worlds"
    for name in ("median", *(n for n in totals[0] if n.startswith("scenario"))):
        errors = np.array([t[name] / t["truth"] - 1 for t in totals])
        yield (
            f"fleet's total, {name}: median absolute error {np.median(np.abs(errors)):.1%}"
            f" (from {errors.min():+.0%} to {errors.max():+.0%}, median {np.median(errors):+.1%})"
        )


def main() -> None:
    """Make worlds, estimate them, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=8)
    parser.add_argument("--transfers", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--detected", type=int, default=2, help="worlds to run detect on")
    options = parser.parse_args()
    for line in cargo_published.report():
        print(line)
    worlds = [make_world(options.seed + n, options.transfers) for n in range(options.worlds)]
    for with_register in (False, True):
        print(f"\nCapacities from {'a register' if with_register else 'dimensions'}")
        for line in report([score(world, with_register=with_register) for world in worlds]):
            print(line)
    if options.detected:
        print("\nBy alongside detect, from the feed alone")
        for line in cargo_detected.report(options.detected):
            print(line)


if __name__ == "__main__":
    main()
