"""The same world in the layouts of real feeds. The suffix `.gz` compresses, with no time inside."""

from __future__ import annotations

from pathlib import Path

from benchmarks.world.world import World
from benchmarks.world.writers.csv import danish, marinecadastre
from benchmarks.world.writers.nmea import nmea

LAYOUTS = {"danish": "ais.csv", "marinecadastre": "AIS.csv", "nmea": "ais.nmea"}


def write(world: World, folder: Path, layout: str) -> list[Path]:
    """Write a world into `folder/ais/` in one of `LAYOUTS`; the files written."""
    folder = folder / "ais"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / LAYOUTS[layout]
    {"danish": danish, "marinecadastre": marinecadastre, "nmea": nmea}[layout](world, file)
    return [file]


__all__ = ["LAYOUTS", "danish", "marinecadastre", "nmea", "write"]
