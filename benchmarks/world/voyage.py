"""What a scene hands on: ships on their paths, and the truth about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from benchmarks.world.geodesy import Frame
from benchmarks.world.hulls import hull_gap
from benchmarks.world.motion import Path
from benchmarks.world.ships import Ship

Label = Literal["sts", "dark", "decoy"]
Span = tuple[float, float]


@dataclass(frozen=True)
class Jam:
    """Positions that a jammer or a spoofer replaces: a circle about a point of the plane."""

    span: Span
    x: float
    y: float
    radius_m: float
    period_s: float
    wobble_m: float


@dataclass(frozen=True)
class Voyage:
    """One ship on her path, with what she reports besides her position."""

    ship: Ship
    path: Path
    status: Sequence[tuple[float, int]] = ((0.0, 0),)  # (from, navigational status)
    draughts: Sequence[tuple[float, float]] = ()  # (from, metres as typed); empty: as she is
    silent: Sequence[Span] = ()  # transmitter off
    heard: bool = True  # False: she has no AIS on at all (a dark partner, an open boat)
    thin_s: float | None = None  # overrides the world's
    jams: Sequence[Jam] = ()
    jumps: Sequence[Span] = ()  # within these some fixes fly kilometres off
    also_as: Ship | None = None  # a second transponder on the same hull


@dataclass(frozen=True)
class Truth:
    """What happened (or only looked so) between two ships. `mmsi_b` None: one-sided."""

    label: Label
    kind: str
    mmsi_a: int
    mmsi_b: int | None
    start_s: float
    end_s: float
    x: float
    y: float
    cargo_t: float | None = None
    giver: int | None = None


@dataclass
class Scene:
    """A kind of event somewhere: ships, truth, and how well the place is received."""

    kind: str
    frame: Frame
    voyages: list[Voyage]
    truth: list[Truth]
    reception: str = "shore"
    extra: dict[str, float] = field(default_factory=dict)


def pair_truth(
    label: Label, kind: str, a: Voyage, b: Voyage, span: Span, cargo_t: float | None = None,
    giver: Ship | None = None,
) -> Truth:  # fmt: skip
    """The truth about two ships, placed halfway between them at the middle of the time."""
    middle = (span[0] + span[1]) / 2.0
    (xa, ya, _), (xb, yb, _) = a.path.at(middle), b.path.at(middle)
    low, high = sorted((a.ship.mmsi, b.ship.mmsi))
    return Truth(label, kind, low, high, span[0], span[1], float(xa + xb) / 2, float(ya + yb) / 2,
                 cargo_t, giver.mmsi if giver else None)  # fmt: skip


def lone_truth(label: Label, kind: str, a: Voyage, span: Span, cargo_t: float | None = None,
               giver: Ship | None = None) -> Truth:  # fmt: skip
    """The truth about one ship by herself."""
    x, y, _ = a.path.at((span[0] + span[1]) / 2.0)
    return Truth(label, kind, a.ship.mmsi, None, span[0], span[1], float(x), float(y), cargo_t,
                 giver.mmsi if giver else None)  # fmt: skip


def cut(path: Path, start_s: float, end_s: float) -> Path:
    """The part of a path in a span of time."""
    keep = (path.t >= start_s) & (path.t <= end_s)
    return Path(path.t[keep], path.x[keep], path.y[keep], path.heading[keep])


def least_gap_m(a: Voyage, b: Voyage, start_s: float = -np.inf, end_s: float = np.inf) -> float:
    """The smallest distance between two hulls in a span of time; infinite if never both there."""
    start = max(float(a.path.t[0]), float(b.path.t[0]), start_s)
    end = min(float(a.path.t[-1]), float(b.path.t[-1]), end_s)
    if end <= start:
        return np.inf
    t = np.arange(start, end, 20.0)
    return float(hull_gap(Path(t, *a.path.at(t)), a.ship, Path(t, *b.path.at(t)), b.ship).min())


def stepped(steps: Sequence[tuple[float, float]], times: np.ndarray) -> np.ndarray:
    """The value in force at each time; that of the first step before it."""
    starts = np.array([s for s, _ in steps])
    values = np.array([v for _, v in steps])
    return values[np.clip(np.searchsorted(starts, times, side="right") - 1, 0, len(starts) - 1)]
