"""A small dump for tests of the whole chain."""

from __future__ import annotations

from pathlib import Path

from tests.rendezvous.scenes import Boat, beside, drift, visit, write_csv


def scene(folder: Path) -> list[Path]:
    """A transfer at sea, and a file with another ship."""
    folder.mkdir()
    mother = drift()
    daughter = visit(beside(mother, 3.0, 30.0), 6.0, 14.0)
    files = [folder / "pair.csv", folder / "other.csv"]
    write_csv([Boat(366_000_001, mother), Boat(366_000_002, daughter)], files[0], 31.5, -119.2)
    write_csv([Boat(366_000_003, drift(east=9e4))], files[1], 31.5, -119.2)
    return files
