"""Full-size days of made-up US waters, with transfers planted in them.

Six in ten vessels lie moored in 40 dense ports, 300 at ten anchorages of 30 ships, harbour craft go
round among the moored, the rest are on passage. Fifty tankers a day come alongside another, half of
them among the ships of an anchorage. ``truth.json`` is as `benchmarks.scoring` reads it. Nothing
here comes from ``pipeline/``. Spread out, the moored lie scattered over the sea instead: as many
rows, no dense port.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from benchmarks.fullsize.fleet import TRANSFERS, Fleet, make_fleet
from benchmarks.fullsize.motion import Meetings, make_meetings
from benchmarks.fullsize.rows import FIRST_MMSI, START
from benchmarks.fullsize.writers import LAYOUTS, write_day

ROWS, SHIPS = 8_300_000, 15_000
"""Of a day of US waters in MarineCadastre."""

LEAST_SHIPS = 1_200


def truth(f: Fleet, m: Meetings) -> list[dict[str, object]]:
    """The day's transfers as `benchmarks.scoring` reads them."""
    half = TRANSFERS // 2
    return [
        {
            "label": "sts",
            "kind": "anchorage" if k < half else "open sea",
            "mmsi_a": FIRST_MMSI + int(min(ship, f.mother[ship])),
            "mmsi_b": FIRST_MMSI + int(max(ship, f.mother[ship])),
            "start": (START + timedelta(seconds=float(m.begin[k]))).isoformat(),
            "end": (START + timedelta(seconds=float(m.end[k]))).isoformat(),
            "visible": True,
        }
        for k, ship in enumerate(m.ship)
    ]


def make(
    out: Path, *, seed: int, rows: int, ships: int, days: int, layout: str, spread: bool
) -> list[Path]:
    """Write the days into ``out/ais`` and ``out/truth.json``.

    Parameters
    ----------
    out : Path
        The folder.
    seed : int
        The same seed makes the same days.
    rows, ships : int
        Reports a day, vessels.
    days : int
        How many days.
    layout : str
        One of `LAYOUTS`.
    spread : bool
        No dense ports.

    Returns
    -------
    list of Path
        The file of each day.
    """
    if ships < LEAST_SHIPS:
        raise SystemExit(f"ships: at least {LEAST_SHIPS}, for the anchorages are always full")
    folder = out / "ais"
    folder.mkdir(parents=True, exist_ok=True)
    f = make_fleet(seed, ships, spread)
    files, events = [], []
    for day in range(days):
        m = make_meetings(f, seed, day)
        date = START + timedelta(days=day)
        files.append(folder / f"AIS_{date:%Y_%m_%d}.{LAYOUTS[layout]}")
        write_day(f, m, seed, day, rows, files[-1], layout)
        events += truth(f, m)
    lines = ",\n".join(json.dumps(event) for event in events)
    (out / "truth.json").write_text(f"[\n{lines}\n]\n")
    return files


__all__ = ["LAYOUTS", "ROWS", "SHIPS", "make"]
