"""How fast the desk is: `decide`, `tune` on a week of a busy sea, the report of 1,000 candidates.

    python -m benchmarks.desk [--keep FOLDER]

The sample's run is copied with other ships until it holds some 18,000 encounters, about a hundred
candidates among them, and written as any run is. Then each command is timed as a user has it: a new
process from its start to its end, wall time and processor time, the middle one of a few tries.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import exports
from pipeline.config import Config
from pipeline.config.load import load
from pipeline.desk.reading import read, read_manifest, run_config
from pipeline.progress import Quiet
from pipeline.run import detect

SAMPLE = Path("sample_ais")
COPIES = 150  # of everything examined
CANDIDATE_COPIES = 11  # of the candidates: they are rare
REPORTED = 1000  # candidates of the report
CHROMIUM, CHROMEDRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
DAYS = 7  # over which the copies are spread
TRIES = 5
SWEEP = "rendezvous.transfer.duration_min_h=0.5:4:0.5"
SETTING = "rendezvous.transfer.duration_min_h=1.5"
FIRST_MMSI = 201_000_000


@dataclass(frozen=True)
class Timed:
    """What one command took, in seconds."""

    wall: float
    processor: float


def week(
    sample: exports.Results, copies: int = COPIES, with_candidates: int = CANDIDATE_COPIES
) -> exports.Results:
    """The sample's run many times over, each copy with ships of its own, spread over a week."""
    numbers = sample.vessels["mmsi"].unique().sort().to_list()
    results = [_copy(sample, copy, numbers, copy < with_candidates) for copy in range(copies)]
    stacked: dict[str, Any] = {
        name: pl.concat([getattr(one, name) for one in results])
        for name in ("encounters", "volumes", "fixes", "vessels", "draughts", "port_calls")
    }
    return exports.Results(quota=sample.quota, manifest=sample.manifest, **stacked)


def _copy(
    sample: exports.Results, copy: int, numbers: list[int], with_candidates: bool
) -> exports.Results:
    """One copy; the sample's own MMSIs are numbered anew, so that none meets another's."""
    first = FIRST_MMSI + copy * len(numbers)
    mmsis = {mmsi: first + n for n, mmsi in enumerate(numbers)}
    tracks = {
        track: track.replace(str(mmsi), str(mmsis[mmsi]))
        for track, mmsi in sample.vessels.select("track_id", "mmsi").iter_rows()
    }
    later = pl.duration(days=copy % DAYS)
    offset = copy * sample.vessels.height

    def moved(table: pl.DataFrame) -> pl.DataFrame:
        columns = set(table.columns)
        ships = columns & {"mmsi", "mmsi_a", "mmsi_b", "giver_mmsi", "receiver_mmsi"}
        return table.with_columns(
            *(_renamed(name, mmsis) for name in sorted(ships)),
            *(_renamed(n, tracks) for n in sorted(columns & {"track_id", "track_a", "track_b"})),
            *(pl.col(n) + later for n, kind in table.schema.items() if kind == pl.Datetime),
            *((pl.col("track") + offset,) if "track" in columns else ()),
            *((pl.col("event_id") + f"-{copy}",) if "event_id" in columns else ()),
        )

    encounters = sample.encounters
    if not with_candidates:
        # Without the pair, a partner's lone spell would become the candidate in its place.
        ships = pl.concat(
            encounters.filter("candidate")[f"track_{side}"].drop_nulls() for side in "ab"
        ).to_list()
        of_candidates = (pl.col(f"track_{side}").is_in(ships) for side in "ab")
        encounters = encounters.filter(~pl.any_horizontal(*of_candidates).fill_null(value=False))
    volumes = sample.volumes.join(encounters.select("event_id"), on="event_id", how="semi")
    return exports.Results(
        encounters=moved(encounters),
        volumes=moved(volumes),
        fixes=moved(sample.fixes),
        vessels=moved(sample.vessels),
        draughts=moved(sample.draughts),
        port_calls=moved(sample.port_calls),
        quota={},
        manifest={},
    )


def _renamed(column: str, names: Mapping[Any, Any]) -> pl.Expr:
    return pl.col(column).replace(names)


def timed(*arguments: str) -> Timed:
    """A command of alongside, in a process of its own: the middle one of some tries."""
    tries = []
    # Modules are compiled once, as for any user, also where the caller forbids to keep that.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(TRIES):
        before, begun = os.times(), time.perf_counter()
        command = [sys.executable, "-m", "pipeline", *arguments, "-q"]
        subprocess.run(command, check=True, env=environment)  # noqa: S603
        wall, after = time.perf_counter() - begun, os.times()
        spent = after.children_user + after.children_system
        tries.append(Timed(wall, spent - before.children_user - before.children_system))
    return sorted(tries, key=lambda one: one.wall)[TRIES // 2]


def _labels(run: Path, path: Path) -> None:
    """Verdicts on half the candidates, as the report exports them."""
    known = read(run).encounters.filter("candidate").sort("event_id")
    verdict = pl.when(pl.int_range(pl.len()) % 4 == 0).then(pl.lit("rejected"))
    known.select(
        "mmsi_a", "mmsi_b", "start_utc", "end_utc", verdict=verdict.otherwise(pl.lit("confirmed"))
    ).gather_every(2).write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%SZ")


def time_report(sample: exports.Results, config: Config, folder: Path) -> None:
    """Print how large the report of a thousand candidates is, and how soon it is ready."""
    chosen = replace(sample, encounters=sample.encounters.filter("candidate"))
    copies = -(-REPORTED // max(1, chosen.encounters.height))
    made = week(chosen, copies, copies)
    folder.mkdir()
    exports.write(made, folder, config.exports, Quiet())
    page = folder / "report.html"
    size = page.stat().st_size / 1e6
    print(f"a report of {made.encounters.height} candidates: {size:.1f} MB", end="")
    if not (CHROMIUM.exists() and CHROMEDRIVER.exists()):
        print(" (no Chromium here to open it)")
        return
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu"):
        options.add_argument(argument)
    service = webdriver.ChromeService(str(CHROMEDRIVER))
    with webdriver.Chrome(options=options, service=service) as chrome:
        tries = []
        for _ in range(TRIES):
            begun = time.perf_counter()
            chrome.get(page.resolve().as_uri())
            ready = chrome.execute_script("return document.documentElement.dataset.ready")
            tries.append(time.perf_counter() - begun if ready else float("nan"))
    print(f", ready in {min(tries):.2f} s")


def main() -> None:
    """Make the run, time the commands, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="Folder in which the week's run stays.")
    kept = parser.parse_args().keep
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        detect([str(SAMPLE)], load(None, []), folder / "sample", overwrite=False, progress=Quiet())
        sample = read(folder / "sample")
        made = week(sample)
        run = kept or folder / "week"
        run.mkdir(parents=True)
        config = run_config(read_manifest(folder / "sample"), folder / "sample")
        exports.write(made, run, config.exports, Quiet())
        labels = folder / "labels.csv"
        _labels(run, labels)
        print(
            f"a run of {made.encounters.height} encounters, {made.volumes.height} candidates,"
            f" {made.fixes.height} fixes of {made.vessels.height} tracks"
        )
        out = str(folder / "out")
        commands = {
            "decide": ("decide", str(run), "--set", SETTING, "--out", out, "--overwrite"),
            "tune, no labels": (
                *("tune", str(run), "--sweep", SWEEP),
                *("--out", f"{out}-tune", "--overwrite"),
            ),
            "tune, labels": (
                *("tune", str(run), "--sweep", SWEEP, "--labels", str(labels)),
                *("--out", f"{out}-tune", "--overwrite"),
            ),
        }
        for name, arguments in commands.items():
            took = timed(*arguments)
            print(f"{name:16} {took.wall:6.2f} s wall {took.processor:6.2f} s processor")
        time_report(sample, config, folder / "reported")


if __name__ == "__main__":
    main()
