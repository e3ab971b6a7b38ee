"""How long a CSV dump takes to read and to clean, against DuckDB's ``read_csv`` of its columns.

    python -m benchmarks.reading [--rows N] [--repeats N] [DUMP]

Without a dump, a day of made-up US waters in the MarineCadastre layout is written first. Each
reader runs in a process of its own, on the same columns, after one small run that starts what must
be started once; of each figure the best of the repeats counts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

COLUMNS = (
    "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,"
    "Length,Width,Draft,Cargo,TransceiverClass"
)
ROWS_A_VESSEL = 556  # as in a real day: 8.3 million reports of 15,000 vessels
START_S = 1641168000  # 2022-01-03
SPEED_KN = 8.5
WATERS = (
    # Off the coasts of the United States: south, north, west, east.
    (25.0, 29.0, -95.0, -85.0),
    (28.0, 40.0, -74.0, -66.0),
    (32.0, 48.0, -134.0, -126.0),
)
WARM_ROWS = 20_000
READERS = ("duckdb", "feeds", "feeds and cleaning")


def make(path: Path, rows: int) -> None:
    """A day of `rows` reports in the order of their times, seeded."""
    draw = np.random.default_rng(7)
    ships = max(1, rows // ROWS_A_VESSEL)
    mmsi = 366000000 + np.arange(ships)
    south, north, west, east = np.array(WATERS)[draw.integers(0, len(WATERS), ships)].T
    home = np.column_stack([draw.uniform(south, north), draw.uniform(west, east)])
    class_b = draw.random(ships) < 0.24
    still = draw.random(ships) < 0.7
    typed = [
        f"SHIP {i},IMO{9000000 + i},W{i:05d},{80 if i % 9 == 0 else 31 + i % 60}"
        if not class_b[i]
        else f"BOAT {i},,,37"
        for i in range(ships)
    ]
    size = [f"{60 + i % 240},{10 + i % 30},{4 + i % 13}.{i % 10},52" for i in range(ships)]
    seconds = np.sort(draw.integers(0, 86400, rows))
    ship = draw.integers(0, ships, rows)
    moved = np.where(still[ship], 0.0, seconds / 3600.0 * SPEED_KN / 60.0)  # due north
    lat = home[ship, 0] + moved + draw.normal(0, 2e-5, rows)
    lon = home[ship, 1] + draw.normal(0, 2e-5, rows)
    about = draw.normal(0, 0.1, rows)
    sog = np.where(still[ship], np.abs(about), SPEED_KN + about)
    cog = np.where(still[ship], draw.uniform(0, 360, rows), (20 * about) % 360)
    times = np.datetime_as_string((seconds + START_S).astype("datetime64[s]"))
    with path.open("w") as file:
        file.write(COLUMNS + "\n")
        for i in range(rows):
            s = ship[i]
            status = "" if class_b[s] else ("5" if still[s] else "0")
            file.write(
                f"{mmsi[s]},{times[i]},{lat[i]:.5f},{lon[i]:.5f},{sog[i]:.1f},{cog[i]:.1f},511,"
                f"{typed[s]},{status},{size[s]},{'B' if class_b[s] else 'A'}\n"
            )


def used_columns(path: Path) -> list[str]:
    """The columns that Alongside reads of a dump, as its header spells them."""
    from pipeline import feeds
    from pipeline.config import FeedsConfig
    from pipeline.feeds.delimited import Delimited
    from pipeline.ledger import Ledger

    sources, _ = feeds.find_sources([str(path)], FeedsConfig(), Ledger())
    form = sources[0].form if sources else None
    if not isinstance(form, Delimited):
        raise SystemExit(f"{path} is no table of text that Alongside reads")
    return list(form.table.match.columns.values())


def run(reader: str, path: Path, columns: Sequence[str]) -> int:
    """Read `path` once; the rows there were."""
    if reader == "duckdb":
        import duckdb

        used = ", ".join(f'"{name}"' for name in columns)
        query = f"SELECT {used} FROM read_csv(?, comment = '')"  # noqa: S608 - of the file's header
        table: pa.Table = duckdb.execute(query, [str(path)]).to_arrow_table()
        return int(table.num_rows)
    from pipeline import engines, feeds
    from pipeline.cleaning import together
    from pipeline.config import Config
    from pipeline.engines.flow import spans_of
    from pipeline.engines.spans import CleanSpan, Span
    from pipeline.ledger import Ledger
    from pipeline.progress import Quiet

    config, ledger, engine = Config(), Ledger(), engines.Local()
    sources, _ = feeds.find_sources([str(path)], config.feeds, ledger)
    if reader == "feeds":
        for _ in feeds.read(sources, config.feeds, ledger, Quiet()):
            pass
        return ledger.rows_read
    with tempfile.TemporaryDirectory() as folder, engines.scratch(Path(folder)) as scratch:
        dump = engine.read(sources, config, ledger, Quiet(), scratch)
        survey = together([piece.survey for piece in dump.pieces])
        task = CleanSpan(dump, survey, config, ledger, len(dump.pieces) == 1)

        def fixes(span: Span) -> int:
            return task.cleaned(span, ledger.part()).fixes.height

        return ledger.rows_read if sum(engine.run(fixes, spans_of(dump))) else 0


def child(reader: str, path: Path, warm: Path) -> None:
    """What one process measures: seconds of wall and processor, and the peak of its memory."""
    import resource

    columns = used_columns(path) if reader == "duckdb" else []
    run(reader, warm, used_columns(warm) if reader == "duckdb" else [])
    wall, processor = time.perf_counter(), time.process_time()
    rows = run(reader, path, columns)
    measured = {
        "rows": rows,
        "wall_s": time.perf_counter() - wall,
        "processor_s": time.process_time() - processor,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(measured))


def main() -> None:
    """Print a line a reader."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dump", nargs="?", type=Path)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child[0], Path(options.child[1]), Path(options.child[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        warm = Path(folder, "warm.csv")
        make(warm, WARM_ROWS)
        path = options.dump
        if path is None:
            path = Path(folder, "day.csv")
            make(path, options.rows)
        print(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB")
        best: dict[str, dict[str, float]] = {}
        for _ in range(options.repeats):
            for reader in READERS:
                command = [sys.executable, "-m", "benchmarks.reading", "--child", reader]
                done = subprocess.run(  # noqa: S603 - this program itself
                    [*command, str(path), str(warm)], check=True, capture_output=True, text=True
                )
                told = json.loads(done.stdout)
                before = best.get(reader, told)
                best[reader] = {key: min(value, before[key]) for key, value in told.items()}
        base = best["duckdb"]
        for reader, told in best.items():
            print(
                f"{reader}: {told['rows']:,.0f} rows, wall {told['wall_s']:.2f} s "
                f"({told['wall_s'] / base['wall_s']:.2f} of DuckDB's), processor "
                f"{told['processor_s']:.2f} s ({told['processor_s'] / base['processor_s']:.2f}), "
                f"peak {told['memory_mb']:.0f} MB"
            )


if __name__ == "__main__":
    main()
