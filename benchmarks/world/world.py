"""A whole world: scenes at their places, what is heard of them, and the truth."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path as FilePath

import numpy as np
import polars as pl

from benchmarks.world.draws import Floats, pick, stream
from benchmarks.world.faults import with_faults
from benchmarks.world.hulls import hull_gap
from benchmarks.world.motion import Path
from benchmarks.world.options import Options
from benchmarks.world.places import Place
from benchmarks.world.radio import Coverage, draw_coverage, hear
from benchmarks.world.scenes.common import Setting, new_setting
from benchmarks.world.ships import Fleet
from benchmarks.world.typed import Typed, typed
from benchmarks.world.voyage import Scene, Truth, Voyage, pair_truth

STEP_S = 20.0  # of the time grid: turns and manoeuvres take minutes
SceneFunction = Callable[[Setting], Scene]


@dataclass(frozen=True)
class World:
    """Reports in order of time, the static data of each transponder, and the truth.

    `reports` has one row a position report: `key` (of `statics`), `mmsi`, `time` and `sent`
    (milliseconds since 1970, as stamped and as true), `lat`, `lon`, `sog_kn` (102.3 none),
    `cog_deg` (360 none), `heading_deg` (511 none), `status`, `draught_m` (0 none).
    """

    seed: int
    start: datetime
    reports: pl.DataFrame
    statics: dict[int, Typed]
    truth: list[dict[str, object]]
    scenes: list[Scene]

    def write_truth(self, file: FilePath) -> None:
        """The truth as JSON, one event a line."""
        rows = ",\n".join(json.dumps(x) for x in self.truth)
        file.write_text(f"[\n{rows}\n]\n")


def time_grid(days: float) -> Floats:
    """Seconds from the start of a world to its end."""
    return np.arange(0.0, days * 86400.0 + STEP_S, STEP_S)


def start_of(seed: int) -> datetime:
    """The midnight at which a world starts: any day of 2019-2024."""
    return datetime(2019, 1, 1, tzinfo=UTC) + timedelta(
        days=int(stream(seed, "day").integers(2100))
    )


def play(
    seed: int, name: str, function: SceneFunction, place: Place, fleet: Fleet, t: Floats
) -> Scene:
    """One scene, from a stream of its own: it is the same whatever else the world holds."""
    return function(new_setting(stream(seed, "scene", name), fleet, t, place))


def fleet_of(seed: int) -> Fleet:
    """The fleet of a world."""
    return Fleet(stream(seed, "fleet"))


def assemble(
    seed: int, start: datetime, scenes: Sequence[Scene], options: Options, days: float
) -> World:
    """What is heard of the scenes, and the truth with what can be seen of each event."""
    frames: list[pl.DataFrame] = []
    statics: dict[int, Typed] = {}
    truth: list[dict[str, object]] = []
    epoch = start.timestamp()
    for number, scene in enumerate(scenes):
        coverage = draw_coverage(stream(seed, "coverage", number), scene.reception, days * 86400.0)
        heard: list[pl.DataFrame] = []
        for voyage in scene.voyages:
            heard += _reports(seed, number, voyage, scene, coverage, options, epoch, statics)
        of_scene = pl.concat(heard).filter(
            pl.col("time").is_between(int(epoch * 1000), int((epoch + days * 86400) * 1000) - 1)
        )
        frames.append(of_scene)
        for item in [*scene.truth, *neighbours(scene)]:
            truth.append(_truth_row(item, scene, len(truth), of_scene, start))
    reports = with_faults(stream(seed, "faults"), pl.concat(frames))
    return World(seed, start, reports, statics, truth, list(scenes))


def _reports(
    seed: int, number: int, voyage: Voyage, scene: Scene, coverage: Coverage, options: Options,
    epoch: float, statics: dict[int, Typed],
) -> list[pl.DataFrame]:  # fmt: skip
    if not voyage.heard or len(voyage.path.t) < 10:
        return []
    out = []
    for ship in (voyage.ship, *([voyage.also_as] if voyage.also_as else [])):
        static = typed(ship, options, seed)
        statics[ship.key] = static
        rng = stream(seed, "radio", number, ship.key)
        one = voyage if ship is voyage.ship else _as_other(voyage)
        fixes = hear(rng, one, static, scene.frame, coverage, options)
        n = len(fixes.sent)
        out.append(
            pl.DataFrame(
                {
                    "key": np.full(n, ship.key, dtype=np.int64),
                    "mmsi": np.full(n, ship.mmsi, dtype=np.int64),
                    "time": np.round(fixes.stamped + epoch).astype(np.int64) * 1000,
                    "sent": np.round((fixes.sent + epoch) * 1000).astype(np.int64),
                    "lat": fixes.lat,
                    "lon": fixes.lon,
                    "sog_kn": fixes.sog_kn,
                    "cog_deg": fixes.cog_deg,
                    "heading_deg": fixes.heading_deg,
                    "status": np.full(n, 15) if static.class_b else fixes.status,
                    "draught_m": fixes.draught_m,
                }
            )
        )
    return out


def _as_other(voyage: Voyage) -> Voyage:
    assert voyage.also_as is not None  # noqa: S101 -- the caller checked
    return replace(voyage, ship=voyage.also_as, also_as=None)


def _truth_row(
    item: Truth, scene: Scene, number: int, heard: pl.DataFrame, start: datetime
) -> dict[str, object]:
    lon, lat, _ = scene.frame.to_lonlat(np.array([item.x]), np.array([item.y]))
    row: dict[str, object] = {
        "id": f"T{number + 1:03d}",
        "label": item.label,
        "kind": item.kind,
        "mmsi_a": item.mmsi_a,
        "mmsi_b": item.mmsi_b,
        "start": _iso(start, item.start_s),
        "end": _iso(start, item.end_s),
        "lat": round(float(lat[0]), 5),
        "lon": round(float(lon[0]), 5),
        "visible": visible(item, heard, start),
    }
    if item.cargo_t is not None:
        row |= {"cargo_t": round(item.cargo_t), "giver": item.giver}
    return row


def neighbours(scene: Scene) -> list[Truth]:
    """Pairs of a scene that no one planned, whose hulls lie within 500 m for an hour or more.

    Ships either side of a third, waiting daughters, the other ships of an anchorage: none of them
    transfers anything, and a candidate of theirs is a decoy reported.
    """
    planned = {(x.mmsi_a, x.mmsi_b) for x in scene.truth}
    ships = [v for v in scene.voyages if v.heard and len(v.path.t) > 10]
    out = []
    for a, b in combinations(ships, 2):
        low, high = sorted((a.ship.mmsi, b.ship.mmsi))
        start, end = max(a.path.t[0], b.path.t[0]), min(a.path.t[-1], b.path.t[-1])
        if (low, high) in planned or low == high or end - start < 3600:
            continue
        t = np.arange(start, end, 120.0)
        gap = hull_gap(Path(t, *a.path.at(t)), a.ship, Path(t, *b.path.at(t)), b.ship)
        near = t[gap < 500.0]
        if 120.0 * len(near) >= 3600.0:
            kind = "beside_a_transfer" if _is_transfer(scene) else scene.kind
            out.append(pair_truth("decoy", kind, a, b, (float(near[0]), float(near[-1]))))
    return out


def _is_transfer(scene: Scene) -> bool:
    return any(x.label != "decoy" for x in scene.truth)


def visible(item: Truth, heard: pl.DataFrame, start: datetime) -> bool:
    """Whether the reports hold anything to see the event by.

    Two ships: each is heard at least twice between the first and the last moment alongside (what
    is heard before and after shows only that they were near). One ship: she is heard then, and her
    typed draught changes by 0.2 m or more from before the event to after it.
    """
    begin = int((start.timestamp() + item.start_s) * 1000)
    end = int((start.timestamp() + item.end_s) * 1000)
    lying = heard.filter(pl.col("sent").is_between(begin, end))
    ships = [item.mmsi_a] if item.mmsi_b is None else [item.mmsi_a, item.mmsi_b]
    for mmsi in ships:
        if lying.filter(pl.col("mmsi") == mmsi).height < 2:
            return False
    if item.mmsi_b is not None or item.label != "dark":
        return True
    own = heard.filter((pl.col("mmsi") == item.mmsi_a) & (pl.col("draught_m") > 0)).sort("sent")
    before = own.filter(pl.col("sent") < begin)["draught_m"]
    after = own.filter(pl.col("sent") > end - 3_600_000)["draught_m"]
    return len(before) > 0 and len(after) > 0 and abs(after[-1] - before[-1]) >= 0.2 - 1e-6


def _iso(start: datetime, seconds: float) -> str:
    return (start + timedelta(seconds=round(seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")


def reception_for(seed: int, name: str, place: Place, options: Options) -> str:
    """How a scene is received: satellites alone only far out."""
    rng = stream(seed, "reception", name)
    satellite = options.satellite if place.kind == "open" else 0.0
    rest = 1.0 - satellite - options.patchy
    return pick(rng, ("satellite", "patchy", "shore"), (satellite, options.patchy, rest))
