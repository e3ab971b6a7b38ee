"""One day: whole runs and their stages against others' mere reading of the same columns."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks import fullsize
from benchmarks.reading import used_columns
from benchmarks.scoring import read_candidates, score, summary
from benchmarks.speed.sides import PYTHON, Side, alternate, detect

SEED, THREADS = 1, 2
DUCKDB = (
    "import duckdb, sys; c = duckdb.connect(); c.execute(f'set threads = {sys.argv[1]}'); "
    "c.execute(f'create table t as select {sys.argv[3]} from read_csv(?)', [sys.argv[2]])"
)
POLARS = "import polars, sys; polars.read_parquet(sys.argv[1], columns=sys.argv[2].split(','))"
BASE, CSV, SPREAD, PARQUET, NMEA = (
    "DuckDB reading CSV",
    "Alongside, CSV",
    "Alongside, CSV, spread out",
    "Alongside, Parquet",
    "Alongside, NMEA",
)
READ_PARQUET = "Polars reading Parquet"


def make_day(folder: Path, name: str, layout: str, rows: int, spread: bool) -> Path:
    """A day's file in ``folder/name``, made unless it is there."""
    made = sorted((folder / name / "ais").glob("*"))
    if made and (folder / name / "truth.json").exists():
        return made[0]
    return fullsize.make(
        folder / name,
        seed=SEED,
        rows=rows,
        ships=fullsize.SHIPS,
        days=1,
        layout=layout,
        spread=spread,
    )[0]


def compare(folder: Path, rows: int, repeats: int) -> None:
    """Make the days, run all sides in turn, print the tables."""
    days = {
        "csv": make_day(folder, "csv", "csv", rows, spread=False),
        "spread": make_day(folder, "spread", "csv", rows, spread=True),
        "parquet": make_day(folder, "parquet", "parquet", rows, spread=False),
        "nmea": make_day(folder, "nmea", "nmea", rows, spread=False),
    }
    columns = used_columns(days["csv"])
    quoted, plain = ",".join(f'"{name}"' for name in columns), ",".join(columns)
    sides = {
        BASE: Side([*PYTHON, DUCKDB, str(THREADS), str(days["csv"]), quoted]),
        CSV: detect(days["csv"], folder / "run_csv"),
        SPREAD: detect(days["spread"], folder / "run_spread"),
        READ_PARQUET: Side([*PYTHON, POLARS, str(days["parquet"]), plain]),
        PARQUET: detect(days["parquet"], folder / "run_parquet"),
        NMEA: detect(days["nmea"], folder / "run_nmea"),
    }
    detect(days["csv"], folder / "run_csv").run()  # compiles what is not compiled yet
    alternate(sides.values(), repeats)
    print(table(sides))
    for name in days:
        truth = json.loads((folder / name / "truth.json").read_text())
        found = score(read_candidates(folder / f"run_{name}" / "candidates.geojson"), truth)
        print(f"{name}: {summary(found)}")


def table(sides: dict[str, Side]) -> str:
    """What was measured, against DuckDB's reading of the CSV file."""
    base, csv, spread = sides[BASE], sides[CSV], sides[SPREAD]
    lines = [f"{'against ' + BASE:<34} {'wall':>7} {'CPU':>7} {'peak MB':>8}"]
    for name, side in sides.items():
        lines.append(
            f"{name:<34} {side.wall_s / base.wall_s:7.2f} "
            f"{side.processor_s / base.processor_s:7.2f} {side.memory_mb:8.0f}"
        )
    lines += ["", f"{'stage, against the same':<34} {'ports':>7} {'spread':>7}"]
    for name in csv.stages_s[0]:
        of = [side.stage_s(name) / base.wall_s for side in (csv, spread)]
        lines.append(f"{name:<34} {of[0]:7.2f} {of[1]:7.2f}")
    after = [(side.wall_s - side.stage_s("feeds")) / base.wall_s for side in (csv, spread)]
    lines.append(f"{'all after parsing':<34} {after[0]:7.2f} {after[1]:7.2f}")
    lines.append("")
    for words, one, other in (
        ("dense ports against spread out", csv, spread),
        ("Parquet day against Polars reading", sides[PARQUET], sides[READ_PARQUET]),
    ):
        lines.append(
            f"{words:<34} {one.wall_s / other.wall_s:7.2f} "
            f"{one.processor_s / other.processor_s:7.2f}"
        )
    return "\n".join(lines)
