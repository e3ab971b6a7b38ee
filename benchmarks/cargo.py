"""How well cargo is estimated, on made-up fleets whose cargo is known.

    python -m benchmarks.cargo [--worlds 8] [--transfers 250] [--seed 1]

Ships are hulls integrated from their lines (parallel middle body, ends of any fullness, bilges,
flare), weights are those of volumetric coefficients, crews ballast, trim and type as they please,
cargoes are parcels agreed beforehand and time alongside is what pumping them takes. None of this is
how the estimator models it (power laws, Barrass's line, a share of a limit): what holds here holds
because its intervals are wide enough, not because it knows the answer.

Prints, for each kind of evidence and in all: how many transfers, how many of their true volumes lie
in the 90 % interval, the median absolute error of the median and of the scenario method (each
laden fraction of the receiver's capacity), both also for the fleet's total.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline import quota, schema
from pipeline.config.quota import QuotaConfig
from pipeline.quota.products import BARRELS_PER_M3
from pipeline.rendezvous.draughts import draughts_about

Floats = NDArray[np.float64]

START = datetime(2018, 1, 1, tzinfo=UTC)
TYPED_LATE, TYPED_NEVER = 0.3, 0.2
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


@dataclass(frozen=True)
class MadeWorld:
    """What the estimator gets, and the truth."""

    encounters: pl.DataFrame
    vessels: pl.DataFrame
    draughts: pl.DataFrame
    calls: pl.DataFrame
    register: pl.DataFrame
    truth: pl.DataFrame  # event_id, barrels, giver_mmsi


def make_world(seed: int, transfers: int) -> MadeWorld:
    """A season of one fleet: each shuttle loads from some mother, lands its cargo, comes again."""
    rng = np.random.default_rng([seed, 20180712])
    ships = [draw_ship(rng, 201000000 + n) for n in range(max(transfers // 3, 8))]
    typed: list[tuple[int, datetime, float]] = []
    for ship in ships:
        _type(typed, rng, ship, START - timedelta(days=1), slip=0.0)
    rows, calls, truth = [], [], []
    now = START
    for number in range(transfers):
        now += timedelta(hours=float(rng.exponential(8)))
        one, two = rng.choice(len(ships), 2, replace=False)
        giver, receiver = (ships[n] for n in (one, two))
        if giver.deadweight_t < receiver.deadweight_t and rng.random() < 0.8:
            giver, receiver = receiver, giver  # most mothers are larger than their shuttles
        event, made = _meet(rng, giver, receiver, now, f"{number:05d}", typed)
        rows.append(event)
        truth.append(made)
        # Both sail on and land what they have; one visit in five brings no new draught.
        for ship in (giver, receiver):
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
    typed: list[tuple[int, datetime, float]],
) -> tuple[dict[str, Any], dict[str, Any]]:
    density = rng.choice([0.735, 0.80, 0.845, 0.96]) * rng.uniform(0.98, 1.02)
    giver.cargo_t = giver.room_t(density) * rng.triangular(0.25, 0.95, 1.0)
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
    row = {"event_id": event_id, "start_utc": now, "end_utc": end, "duration_h": hours}
    for side, ship in (("a", a), ("b", b)):
        row |= {f"track_{side}": str(ship.mmsi), f"mmsi_{side}": ship.mmsi}
    barrels = tonnes / density * BARRELS_PER_M3
    return row, {"event_id": event_id, "barrels": barrels, "giver": giver.mmsi}


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
        "truth": float(world.truth["barrels"].sum()),
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
        errors = [abs(t[name] / t["truth"] - 1) for t in totals]
        yield f"fleet's total, {name}: median absolute error {np.median(errors):.1%}"


def main() -> None:
    """Make worlds, estimate them, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=8)
    parser.add_argument("--transfers", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    worlds = [make_world(options.seed + n, options.transfers) for n in range(options.worlds)]
    for with_register in (False, True):
        print(f"\nCapacities from {'a register' if with_register else 'dimensions'}")
        for line in report([score(world, with_register=with_register) for world in worlds]):
            print(line)


if __name__ == "__main__":
    main()
