"""Coming alongside, lying there, and casting off: two ships seen from the deck of one of them.

The daughter's way is laid down as knots in the mother's frame: metres forward and to starboard of
the mother's middle. Close by, that frame turns with the mother's heading; kilometres away it keeps
the heading she has at the touch, or a yaw of ten degrees would throw the daughter about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from benchmarks.world.draws import Floats, smoothstep, wander
from benchmarks.world.motion import Motion, Path, integrate, lagged, sequence, turn_between
from benchmarks.world.ships import Ship

CLOSE_M = (400.0, 1500.0)  # nearer than the first the frame turns with her, beyond the second not


@dataclass(frozen=True)
class Visit:
    """One time alongside: fenders touch at `touch_s` and part at `part_s`."""

    touch_s: float
    part_s: float
    side: int  # 1 starboard of the mother, -1 port
    fender_m: float  # 3-4.5 m for the pneumatic fenders ships of this size use
    forward_m: float  # the daughter's middle forward of the mother's
    head_to_tail: bool = False
    approach_s: float = 4200.0  # from a mile or two off to the touch
    leave_s: float = 4200.0


def draw_visit(
    rng: np.random.Generator,
    mother: Ship,
    daughter: Ship,
    touch_s: float,
    part_s: float,
    side: int | None = None,
    head_to_tail: bool = False,
    brisk: float = 1.0,
) -> Visit:
    """A visit with drawn fenders, place along the hull and manoeuvring times.

    Manifolds stand near the middle of both ships, so the middles lie within about 60 m, less for
    small ships. `brisk` above 1 shortens the manoeuvres: a barge is quicker than a tanker.
    """
    reach = min(60.0, 0.25 * min(mother.length_m, daughter.length_m))
    return Visit(
        touch_s,
        part_s,
        side if side is not None else int(rng.choice([-1, 1])),
        float(rng.uniform(3.0, 4.5)),
        float(np.clip(rng.normal(0.0, 0.5 * reach), -reach, reach)),
        head_to_tail,
        float(rng.uniform(3000, 5400)) / brisk,
        float(rng.uniform(2700, 4800)) / brisk,
    )


def between_centres(mother: Ship, daughter: Ship, visit: Visit) -> float:
    """Metres between the centre lines while alongside."""
    return (mother.beam_m + daughter.beam_m) / 2.0 + visit.fender_m


def come_alongside(
    rng: np.random.Generator,
    mother_path: Path,
    mother: Ship,
    daughter: Ship,
    visits: Sequence[Visit],
    before: Motion,
    after: Motion,
    far_m: float = 3500.0,
    ramp_s: float = 1800.0,
) -> Path:
    """The daughter's path: her own motion, the visits in order, her own motion again.

    Parameters
    ----------
    before, after : Motion
        What she does up to the first approach and from the last leaving on.
    far_m : float
        From where she starts each approach and to where she leaves.
    ramp_s : float
        How long she takes to pass from `before` to the approach, and from leaving to `after`.
    """
    t = mother_path.t
    knots: list[tuple[float, float, float]] = []
    for v in visits:
        touch = v.side * between_centres(mother, daughter, v)
        out = v.side * rng.uniform(80, 180) + touch  # where she stops turning and closes sideways
        close = min(rng.uniform(600, 1200), v.approach_s / 3)
        off = min(rng.uniform(400, 900), v.leave_s / 3)
        distance = far_m * rng.uniform(0.7, 1.3)
        knots += [
            (v.touch_s - v.approach_s, -distance, v.side * rng.uniform(0.15, 0.5) * distance),
            (v.touch_s - close, v.forward_m + rng.uniform(-25, 25), out),
            (v.touch_s, v.forward_m, touch),
            (v.part_s, v.forward_m, touch),
            (v.part_s + off, v.forward_m + rng.uniform(0, 40), out),
            (
                v.part_s + v.leave_s,
                rng.choice([-1, 1]) * distance,
                v.side * rng.uniform(0.3, 0.9) * distance,
            ),
        ]
    times = np.array([k[0] for k in knots])
    if np.any(np.diff(times) < 0):
        raise ValueError("visits overlap: an approach begins before the ship has left")
    forward, starboard = _eased(t, times, np.array([[k[1], k[2]] for k in knots]))
    lying = np.zeros_like(t)
    for v in visits:
        lying = np.maximum(lying, (t >= v.touch_s) & (t <= v.part_s))
    # Fenders give and hulls surge a little: outward and along only, they never cut the hull.
    side = np.sign(starboard) + (starboard == 0)
    starboard = starboard + side * np.abs(wander(rng, t, 0.25, 240.0))
    forward = forward + wander(rng, t, 0.6, 300.0)
    distance_m = np.hypot(forward, starboard)
    near = 1.0 - smoothstep((distance_m - CLOSE_M[0]) / (CLOSE_M[1] - CLOSE_M[0]))
    marks = np.array([m for v in visits for m in (v.touch_s, v.part_s)])
    steady = np.interp(t, marks, np.interp(marks, t, mother_path.heading))
    frame = np.radians(steady + near * (mother_path.heading - steady))
    x = mother_path.x + forward * np.sin(frame) + starboard * np.cos(frame)
    y = mother_path.y + forward * np.cos(frame) - starboard * np.sin(frame)
    reversed_ = _per_visit(t, visits)
    lean = wander(rng, t, 0.12, 600.0)  # hulls are not quite parallel
    beside = mother_path.heading + 180.0 * reversed_ + lean
    own = Path(t, x, y, _own_heading(t, x, y, beside)).motion()
    first, last = visits[0].touch_s - visits[0].approach_s, visits[-1].part_s + visits[-1].leave_s
    motion = sequence(t, [(before, 0.0, 0.0), (own, first - ramp_s, ramp_s), (after, last, ramp_s)])
    x0, y0 = float(np.interp(visits[0].touch_s, t, x)), float(np.interp(visits[0].touch_s, t, y))
    path = integrate(motion, t, visits[0].touch_s, x0, y0)
    close_by = 1.0 - smoothstep((distance_m - 350.0) / 900.0)
    close_by *= (t > first) & (t < last)
    heading = _turned(t, path.heading, beside, close_by, visits)
    # No ship spins: a tanker turns at half a degree a second or so, a tug at three.
    rate = 0.6 if daughter.length_m > 100 else 1.2 if daughter.length_m > 45 else 3.0
    return Path(t, path.x, path.y, _slewed(t, heading, rate))


def _eased(t: Floats, times: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Each column of `values` at `t`: at rest at every knot, smooth between, constant outside."""
    i = np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(times) - 2)
    span = np.maximum(times[i + 1] - times[i], 1.0)
    w = smoothstep((t - times[i]) / span)[:, None]
    out = values[i] + w * (values[i + 1] - values[i])
    return out[:, 0], out[:, 1]


def _per_visit(t: Floats, visits: Sequence[Visit]) -> Floats:
    """1 where the visit nearest in time is head to tail, else 0."""
    middles = np.array([(v.touch_s + v.part_s) / 2 for v in visits])
    borders = (middles[1:] + middles[:-1]) / 2
    return np.array([float(v.head_to_tail) for v in visits])[np.searchsorted(borders, t)]


def _own_heading(t: Floats, x: Floats, y: Floats, beside: Floats) -> Floats:
    """The heading of a ship steaming this way; as the other ship lies where she has no way on."""
    vx, vy = np.gradient(x, t), np.gradient(y, t)
    speed = np.maximum(np.hypot(vx, vy), 1e-6)
    way = smoothstep((speed - 0.6) / 0.8)
    rad = np.radians(beside)
    east = lagged(way * vx / speed + (1 - way) * np.sin(rad), t, 90.0)
    north = lagged(way * vy / speed + (1 - way) * np.cos(rad), t, 90.0)
    return np.degrees(np.unwrap(np.arctan2(east, north)))


def _turned(
    t: Floats, own: Floats, beside: Floats, near: Floats, visits: Sequence[Visit]
) -> Floats:
    """From her own heading to the one alongside as `near` goes to 1: the short way round."""
    heading = own.copy()
    middles = [(v.touch_s + v.part_s) / 2 for v in visits]
    gaps = [(a.part_s + b.touch_s) / 2 for a, b in pairwise(visits)]
    borders = np.searchsorted(t, sorted([*middles, *gaps]))
    for start, end in zip([0, *borders], [*borders, len(t)], strict=True):
        if end <= start:
            continue
        part = slice(start, end)
        turn = np.unwrap(turn_between(own[part], beside[part]), period=360.0)
        half = int(np.argmin(np.abs(near[part] - 0.5)))
        heading[part] += near[part] * (turn - 360.0 * np.round(turn[half] / 360.0))
    return np.asarray(np.unwrap(heading, period=360.0))


def _slewed(t: Floats, heading: Floats, rate_deg_s: float) -> Floats:
    """The heading, turning no faster than the rate: where it would, she follows behind."""
    limit, out = rate_deg_s * float(t[1] - t[0]), heading.copy()
    i = 0
    while i < len(t) - 1:
        fast = np.flatnonzero(np.abs(np.diff(out[i:])) > limit)
        if not len(fast):
            break
        i += int(fast[0])
        while i < len(t) - 1:
            step = heading[i + 1] - out[i]
            out[i + 1] = out[i] + np.clip(step, -limit, limit)
            i += 1
            if abs(step) <= limit:
                break
    return out
