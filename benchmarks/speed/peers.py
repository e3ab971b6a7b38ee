"""Rows a second against the usual script and MovingPandas' stop detection, on part of a day.

Both are too slow for a whole day: they get fewer ships. Alongside is timed on the same rows, where
starting the program is most of it, and its rows a second on the whole day stand beside. The usual
script's rule is also run as a setting of Alongside, and the pairs are compared.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks import fullsize
from benchmarks.scoring import read_candidates
from benchmarks.speed.day import SEED, make_day
from benchmarks.speed.sides import PYTHON, ROOT, Side, alternate, detect

ROWS, SHIPS = 420_000, 1_500
RULE = ROOT / "configs" / "script.yaml"
MOVINGPANDAS = """
import sys
from datetime import timedelta
import geopandas, movingpandas, pandas
rows = pandas.read_csv(sys.argv[1], usecols=["MMSI", "BaseDateTime", "LAT", "LON"])
rows["BaseDateTime"] = pandas.to_datetime(rows["BaseDateTime"])
places = geopandas.points_from_xy(rows["LON"], rows["LAT"])
fixes = geopandas.GeoDataFrame(rows, geometry=places, crs=4326)
tracks = movingpandas.TrajectoryCollection(fixes, traj_id_col="MMSI", t="BaseDateTime")
stops = movingpandas.TrajectoryStopDetector(tracks)
stops.get_stop_points(min_duration=timedelta(hours=2), max_diameter=500)
"""


def compare(folder: Path, rows: int, repeats: int) -> None:
    """Run the three on the same part of a day, Alongside on the whole, print rows a second."""
    part = fullsize.make(
        folder / "part", seed=SEED, rows=ROWS, ships=SHIPS, days=1, layout="csv", spread=False
    )[0]
    whole = make_day(folder, "csv", "csv", rows, spread=False)
    script_out = folder / "script.geojson"
    sides = {
        "the usual script (BallTree)": Side(
            [sys.executable, "-m", "benchmarks.baselines", str(part), str(script_out)]
        ),
        "MovingPandas' stops": Side([*PYTHON, MOVINGPANDAS, str(part)]),
        "Alongside": detect(part, folder / "run_part"),
        "Alongside, the script's rule": detect(part, folder / "run_rule", config=RULE),
    }
    day = detect(whole, folder / "run_csv")
    for side in (*list(sides.values())[2:], day):
        side.run()  # compiles what is not compiled yet
        side.walls_s.clear()
    alternate(sides.values(), repeats)
    alternate([day], repeats)
    rate = rows / day.wall_s
    print(f"{'rows a second':<34} {'rows/s':>10} {'day is so much faster':>22}")
    for name, side in sides.items():
        print(f"{name:<34} {ROWS / side.wall_s:10.0f} {rate * side.wall_s / ROWS:22.0f}")
    print(f"{'Alongside, the whole day':<34} {rate:10.0f} {1:22.0f}")
    script = _pairs(script_out)
    own = _pairs(folder / "run_rule" / "candidates.geojson")
    planted = {
        (event["mmsi_a"], event["mmsi_b"])
        for event in json.loads((folder / "part" / "truth.json").read_text())
    }
    print(
        f"pairs by the script's rule: {len(script)} of the script, {len(own)} of Alongside, "
        f"{len(script & own)} the same; of {len(planted)} planted {len(planted & script)} and "
        f"{len(planted & own)}"
    )


def _pairs(file: Path) -> set[tuple[object, object]]:
    return {(row["mmsi_a"], row["mmsi_b"]) for row in read_candidates(file)}
