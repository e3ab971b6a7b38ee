"""Makes `sample_ais/`: two days of made-up traffic in three regions, one layout each.

    python -m benchmarks.make_sample [FOLDER]

The same files every time, byte for byte: the world's physics (`benchmarks.world`) with one seed.
The transfers planted here are ordinary ones in good reception, so that a first run shows what a
candidate looks like; the hard cases stand in the benchmark.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from benchmarks.world.draws import stream
from benchmarks.world.geodesy import Frame
from benchmarks.world.options import Options
from benchmarks.world.places import Place
from benchmarks.world.scenes import anchorage, appearances, harbour, steaming, traffic, transfers
from benchmarks.world.scenes.common import Setting
from benchmarks.world.ships import Fleet
from benchmarks.world.voyage import Scene
from benchmarks.world.world import World, assemble, fleet_of, play, time_grid
from benchmarks.world.writers.csv import danish, marinecadastre
from benchmarks.world.writers.nmea import nmea

SEED = 20240611
START = datetime(2024, 6, 11, tzinfo=UTC)
DAYS = 2.0
# Archives keep about one report a minute; at anchor ships send one in three.
OPTIONS = Options(days=DAYS, thin_s=60.0, thin_still_s=180.0, wrong_types=0.03,
                  without_dimensions=0.06)  # fmt: skip
SceneFunction = Callable[[Setting], Scene]


@dataclass(frozen=True)
class Spot:
    """A scene, where in its region, and how often."""

    function: SceneFunction
    lat: float
    lon: float
    kind: str = "open"
    seaward_deg: float = 90.0


NORTH_SEA = (
    Spot(transfers.across_midnight, 56.35, 4.10),
    Spot(transfers.head_to_tail, 56.10, 5.30, "anchorage"),
    Spot(transfers.coasters, 55.55, 4.60, "anchorage"),
    Spot(anchorage.anchored_neighbours, 55.30, 5.60, "anchorage"),
    Spot(anchorage.crew_boat, 55.10, 6.10, "anchorage"),
    Spot(steaming.pilot, 54.95, 6.60),
    Spot(steaming.tow, 56.80, 5.10),
    Spot(steaming.pair_trawlers, 56.90, 3.20),
    Spot(steaming.overtaking, 55.00, 3.60),
    Spot(appearances.two_transponders, 55.90, 3.00),
    Spot(harbour.berths_in_line, 55.46, 8.41, "harbour", 270.0),
    Spot(harbour.rafted_berth, 55.49, 8.39, "harbour", 270.0),
    Spot(traffic.harbour, 55.45, 8.44, "harbour", 270.0),
    Spot(harbour.yacht_harbour, 55.48, 8.42, "harbour", 270.0),
    Spot(traffic.fishing, 57.10, 4.40),
    Spot(traffic.waits_at_anchor, 55.60, 6.60, "anchorage"),
    Spot(traffic.at_anchor_throughout, 55.35, 5.95, "anchorage"),
)
GULF = (
    Spot(transfers.under_way, 27.20, -93.40, "open", 170.0),
    Spot(transfers.anchored, 28.62, -94.35, "anchorage", 170.0),
    Spot(transfers.drifting, 27.60, -91.80, "open", 180.0),
    Spot(anchorage.bunkering, 28.95, -94.45, "anchorage", 160.0),
    Spot(anchorage.supply_boat, 28.45, -93.60, "anchorage", 170.0),
    Spot(anchorage.dipping_neighbours, 28.75, -93.90, "anchorage", 170.0),
    Spot(anchorage.platform_supply, 28.10, -92.60, "open", 180.0),
    Spot(steaming.tug_made_fast, 28.80, -92.90, "open", 150.0),
    Spot(steaming.short_tow, 28.35, -91.30, "open", 110.0),
    Spot(steaming.slow_crossing, 27.85, -94.90, "open", 180.0),
    Spot(harbour.finger_pier, 29.34, -94.78, "harbour", 130.0),
    Spot(harbour.bunkering_at_berth, 29.36, -94.82, "harbour", 130.0),
    Spot(traffic.harbour, 29.38, -94.86, "harbour", 130.0),
    Spot(appearances.lone_drifter, 26.90, -90.90, "open", 180.0),
    Spot(traffic.waits_at_anchor, 28.90, -93.30, "anchorage", 170.0),
    Spot(traffic.fishing, 28.60, -92.30, "open", 180.0),
)
GULF_OF_GUINEA = (
    Spot(transfers.silent_partner, 2.60, 4.10, "open", 200.0),
    Spot(transfers.several_daughters, 5.90, 1.35, "anchorage", 170.0),
    Spot(anchorage.anchored_neighbours, 5.85, 1.60, "anchorage", 170.0),
    Spot(anchorage.mooring_buoy, 3.60, 6.50, "open", 200.0),
    Spot(steaming.convoy, 4.60, 3.20, "open", 180.0),
    Spot(steaming.fishing_raft, 3.40, 3.00, "open", 200.0),
    Spot(appearances.jammed, 5.70, 2.20, "anchorage", 170.0),
    Spot(harbour.berths_in_line, 6.13, 1.28, "harbour", 170.0),
    Spot(traffic.harbour, 6.14, 1.30, "harbour", 170.0),
    Spot(traffic.waits_at_anchor, 5.80, 1.90, "anchorage", 170.0),
    Spot(traffic.at_anchor_throughout, 5.75, 1.10, "anchorage", 170.0),
    Spot(traffic.at_anchor_throughout, 5.88, 1.10, "anchorage", 170.0),
)
# south, north, west, east of the ships on passage
LANES = {"north_sea": (55.2, 57.0, 3.0, 6.5), "gulf": (26.5, 28.2, -95.0, -90.5),
         "guinea": (2.5, 4.8, 1.5, 6.0)}  # fmt: skip
ON_PASSAGE = 9  # ships a region
REGIONS = {"north_sea": NORTH_SEA, "gulf": GULF, "guinea": GULF_OF_GUINEA}


def region(name: str, fleet: Fleet) -> World:
    """The scenes of one region and what is heard of them."""
    t = time_grid(DAYS)
    scenes = []
    for number, spot in enumerate(REGIONS[name]):
        place = Place(Frame(spot.lat, spot.lon), spot.seaward_deg, spot.kind)
        scenes.append(play(SEED, f"{name} {number}", spot.function, place, fleet, t))
    rng = stream(SEED, name, "lanes")
    south, north, west, east = LANES[name]
    for number in range(ON_PASSAGE):
        middle = Frame(float(rng.uniform(south, north)), float(rng.uniform(west, east)))
        lane = Place(middle, float(rng.choice([80, 170, 260, 350])), "open")
        scenes.append(play(SEED, f"{name} passage {number}", traffic.passage, lane, fleet, t))
    seed = int(stream(SEED, name).integers(2**31))
    return assemble(seed, START, scenes, OPTIONS, DAYS)


def make(folder: Path) -> list[World]:
    """Write the sample into `folder`; return its worlds."""
    fleet = fleet_of(SEED)
    north_sea, gulf, guinea = (region(name, fleet) for name in REGIONS)
    folder.mkdir(parents=True, exist_ok=True)
    danish(north_sea, folder / "north_sea_2024-06-11_12.csv.gz")
    first = pl.col("time") < int((START.timestamp() + 86_400) * 1000)
    for day, part in (("11", gulf.reports.filter(first)), ("12", gulf.reports.filter(~first))):
        marinecadastre(gulf, folder / f"AIS_2024_06_{day}.csv.gz", part)
    nmea(guinea, folder / "guinea_2024-06-11_12.nmea.gz")
    truth = [x for world in (north_sea, gulf, guinea) for x in world.truth]
    truth = [{**x, "id": f"T{number:03d}"} for number, x in enumerate(truth, start=1)]
    replace(north_sea, truth=truth).write_truth(folder / "truth.json")
    return [north_sea, gulf, guinea]


def main() -> None:
    """Write the sample and say what is in it."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("sample_ais")
    worlds = make(folder)
    vessels = sum(w.reports["key"].n_unique() for w in worlds)
    rows = sum(w.reports.height for w in worlds)
    labels = [x["label"] for w in worlds for x in w.truth]
    size = sum(f.stat().st_size for f in folder.iterdir()) / 1e6
    print(f"{folder}: {vessels} transponders, {rows:,} reports, {size:.2f} MB, "
          f"{labels.count('sts')} transfers, {labels.count('decoy')} others")  # fmt: skip


if __name__ == "__main__":
    main()
