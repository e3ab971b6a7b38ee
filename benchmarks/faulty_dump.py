"""Whether a dump full of faults gives the candidates of the clean one, byte for byte.

    python -m benchmarks.faulty_dump [--rows N] [--share S] [--seed N] [--layout L ...]

A made-up world (`benchmarks.world`) is filled up with ships on passage to a million reports and
written; then again with 2 % of every fault of `REPORT_FAULTS` and of `LINE_FAULTS` (of sentences:
`SENTENCE_FAULTS`) put between its rows. Both are run, and what came out is compared.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.world.compose import make_world
from benchmarks.world.draws import stream
from benchmarks.world.options import Options
from benchmarks.world.typed import Typed
from benchmarks.world.world import World
from benchmarks.world.writers import write
from benchmarks.world.writers.nmea import checksums

SAME = ("candidates.geojson", "tracks.geojson", "zones.geojson")
LAYOUTS = ["danish", "nmea"]  # a table and a log
YEAR_MS = 365 * 86_400_000
FILLER_EVERY_S = 60.0
FIRST_FILLER = 900_000  # numbers of transponders, beyond those of worlds
REMARK = b"No additional information"  # what the Danish layout has in a column of no use here
POSITION_SENTENCE = re.compile(rb"VDM,1,1,[^,]*,[^,]*,[1B]")

REPORT_FAULTS: Mapping[str, Callable[[np.random.Generator, pl.DataFrame], pl.DataFrame]] = {
    # What a transponder or a receiver gets wrong: spoiled copies of good reports.
    "heard by a second receiver": lambda rng, rows: _later(rows, rng.integers(1, 5, rows.height)),
    "times years ahead": lambda rng, rows: _shifted(rows, rng.uniform(0.3, 12.0, rows.height)),
    "a clock 12 years ahead": lambda _, rows: _shifted(rows, np.full(rows.height, 12.0)),
    "times in 2099": lambda _, rows: _at(rows, 4_083_000_000_000),
    "times in 1970": lambda _, rows: _at(rows, 3_600_000),
    "no position (91, 181)": lambda _, rows: rows.with_columns(lat=91.0, lon=181.0),
    "latitude 91": lambda _, rows: rows.with_columns(lat=91.0),
    "latitude -105": lambda _, rows: rows.with_columns(lat=-105.0),
    "longitude 181": lambda _, rows: rows.with_columns(lon=181.0),
    "longitude 220": lambda _, rows: rows.with_columns(lon=220.0),
    "position 0, 0": lambda _, rows: rows.with_columns(lat=0.0, lon=0.0),
    "MMSI 0": lambda _, rows: rows.with_columns(mmsi=pl.lit(0, pl.Int64)),
    "jumps": lambda rng, rows: rows.with_columns(
        lat=pl.col("lat").clip(-60, 60) + pl.Series(rng.uniform(2.0, 20.0, rows.height))
    ),
    "motion unknown (102.3, 360, 511)": lambda _, rows: rows.with_columns(
        sog_kn=102.3, cog_deg=360.0, heading_deg=511.0
    ),
}

LINE_FAULTS: Mapping[str, Callable[[np.random.Generator, bytes], bytes]] = {
    # What happens to the lines of a table on their way.
    "repeated": lambda _, line: line,
    "truncated": lambda rng, line: line[: rng.integers(1, len(line) - 1)],
    "cut in two": lambda rng, line: _split(line, int(rng.integers(1, len(line) - 1))),
    "a number that is none": lambda _, line: _swap(line, rb"(-?\d+\.\d+)", rb"?\1"),
    "no MMSI": lambda _, line: _swap(line, rb"\d{9}", b""),
    "half a position": lambda _, line: _swap(line, rb"-?\d+\.\d{3,}", b""),
    "bytes that are no UTF-8": lambda rng, line: _swap(
        line, rb",[A-Z]{3}", b"," + bytes(rng.integers(0x80, 0x100, 3, np.uint8).tolist())
    ),
    "commas within quotes": lambda _, line: line.replace(REMARK, b'"Hazard, category ""X"""'),
    "commas without quotes": lambda _, line: line.replace(REMARK, b"Hazard, category X"),
    "line ends within quotes": lambda _, line: line.replace(REMARK, b'"Hazard\r\ncategory X"'),
    "a stray quote": lambda _, line: line.replace(REMARK, b'"Hazard'),
    "blank lines": lambda _, line: b"  \t",
    "columns too many": lambda _, line: line + b",1,2",
    "zeros of a failed disk": lambda rng, line: b"\0" * int(rng.integers(1, 300)),
    "zeros within": lambda rng, line: line[:30] + b"\0\0" + line[30:],
    "markup": lambda _, line: line.replace(REMARK, b"<b>X</b>'; DROP--"),
}

SENTENCE_FAULTS: Mapping[str, Callable[[np.random.Generator, bytes], bytes]] = {
    # The same of a log of sentences.
    "repeated": lambda _, line: line,
    "truncated": lambda rng, line: line[: rng.integers(1, len(line) - 3)],
    "bad checksums": lambda _, line: line[:-2] + (b"00" if line[-2:] != b"00" else b"01"),
    "letters lost": lambda rng, line: _without(line, int(rng.integers(0, len(line)))),
    "bytes that are no UTF-8": lambda rng, line: _at_place(line, b"\xff\xc3", rng),
    "times in 1970": lambda _, line: _tagged(line, b"c:3600"),
    "no time": lambda _, line: line[line.index(b"!") :],
    "blank lines": lambda _, line: b"  \t",
    "zeros of a failed disk": lambda rng, line: b"\0" * int(rng.integers(1, 300)),
    "junk": lambda rng, line: b"# receiver restarted " + str(rng.integers(1000)).encode(),
    "sentences of the receiver": lambda _, line: b"$GPGGA,,,,,,0,,,,,,,,*66",
    "a part alone": lambda _, line: b"!AIVDM,2,1,7,B,55O0W7`00001L@gCWGA2uItLth@DqtL5@F22220j,0*28",
}


IN_PLACE = {"times in 1970"}
"""No time that a log can mean: such a sentence goes by its neighbours, so it stands among them."""


@dataclass(frozen=True)
class Outcome:
    """What came of one run: its candidates' files, and what its ledger says."""

    files: Mapping[str, bytes]
    candidates: int
    read: int
    rejected: int
    by_rule: Mapping[str, int]
    seconds: float


def _later(rows: pl.DataFrame, seconds: np.ndarray) -> pl.DataFrame:
    return rows.with_columns(time=pl.col("time") + pl.Series(seconds * 1000))


def _shifted(rows: pl.DataFrame, years: np.ndarray) -> pl.DataFrame:
    return rows.with_columns(time=pl.col("time") + pl.Series((years * YEAR_MS).astype(np.int64)))


def _at(rows: pl.DataFrame, time_ms: int) -> pl.DataFrame:
    return rows.with_columns(time=pl.col("time") % 86_400_000 + time_ms)


def _swap(line: bytes, pattern: bytes, by: bytes) -> bytes:
    return re.sub(pattern, by, line, count=1)


def _split(line: bytes, at: int) -> bytes:
    return line[:at] + b"\n" + line[at:]


def _without(line: bytes, at: int) -> bytes:
    return line[:at] + line[at + 1 :]


def _tagged(line: bytes, tag: bytes) -> bytes:
    (total,) = checksums([tag.decode()])
    return b"\\%s*%02X\\%s" % (tag, total, line[line.index(b"!") :])


def _at_place(line: bytes, sign: bytes, rng: np.random.Generator) -> bytes:
    at = int(rng.integers(0, len(line)))
    return line[:at] + sign + line[at + 1 :]


def filled(world: World, rows: int) -> World:
    """The world with ships on passage of their own, to `rows` reports."""
    first, last = world.reports["time"].min(), world.reports["time"].quantile(0.999)
    assert isinstance(first, int)  # noqa: S101 -- times are milliseconds
    assert last is not None  # noqa: S101 -- of a world that is not empty
    every_ms = int(FILLER_EVERY_S * 1000)
    each = int((last - first) / every_ms)
    ships = max(0, -(-(rows - world.reports.height) // each))
    rng = stream(world.seed, "filler")
    t = np.arange(each) * FILLER_EVERY_S
    frames, statics = [world.reports], dict(world.statics)
    for number in range(ships):
        key, mmsi = FIRST_FILLER + number, 538_100_000 + number
        lat0, lon0 = rng.uniform(-50, 50), rng.uniform(-180, 180)
        course, kn = rng.uniform(0, 360), rng.uniform(8, 15)
        north = np.cos(np.radians(course)) * kn * t / 3600 / 60
        east = np.sin(np.radians(course)) * kn * t / 3600 / 60 / np.cos(np.radians(lat0))
        noise = rng.normal(0, 5e-5, (2, each))
        lon = (lon0 + east + noise[1] + 180) % 360 - 180
        sent = first + number * 37 % every_ms + np.arange(each) * every_ms
        frames.append(
            pl.DataFrame(
                {
                    "key": np.full(each, key),
                    "mmsi": np.full(each, mmsi),
                    "time": sent // 1000 * 1000,
                    "sent": sent,
                    "lat": np.clip(lat0 + north, -80, 80) + noise[0],
                    "lon": lon,
                    "sog_kn": np.round(kn + rng.normal(0, 0.1, each), 1),
                    "cog_deg": np.round(course + rng.normal(0, 0.5, each), 1) % 360,
                    "heading_deg": np.full(each, round(course) % 360, np.float64),
                    "status": np.zeros(each, np.int64),
                    "draught_m": np.full(each, 10.0),
                }
            )
        )
        statics[key] = _filler_ship(key, mmsi)
    reports = pl.concat(frames).sort("time", "mmsi", "key", "sent", "lat").head(rows)
    return replace(world, reports=reports, statics=statics)


def _filler_ship(key: int, mmsi: int) -> Typed:
    return Typed(key, mmsi, None, f"FILLER {key}", "V7AA", 70, 200, 32, (170, 30, 16, 16),
                 True, True, False)  # fmt: skip


def spoiled(world: World, clean: bytes, layout: str, share: float, folder: Path) -> bytes:
    """The lines of a dump with `share` of every fault between them."""
    rng = stream(world.seed, "spoil", layout)
    lines = clean.rstrip(b"\n").split(b"\n")
    header = [] if layout == "nmea" else lines[:1]
    lines = lines[len(header) :]
    count = round(share * len(lines))
    added: list[tuple[int, bytes]] = []

    def put(some: list[bytes]) -> None:
        added.extend(zip(rng.integers(0, len(lines) + 1, len(some)).tolist(), some, strict=True))

    good = world.reports.filter(pl.col("lat") < 90)
    moving = good.filter((pl.col("sog_kn") > 6.0) & (pl.col("sog_kn") < 50.0))
    sentences = layout == "nmea"
    faults = [
        fault for name, fault in REPORT_FAULTS.items() if name not in IN_PLACE or not sentences
    ]
    for fault in faults:
        rows = good[np.sort(rng.integers(0, good.height, count))]
        put(_written(replace(world, reports=fault(rng, rows)), layout, folder))
    put(_written(replace(world, reports=_stuck(moving, rng, count)), layout, folder))
    for spoil in (SENTENCE_FAULTS if sentences else LINE_FAULTS).values():
        at = rng.integers(0, len(lines), count).tolist()
        added += [(i + 1, spoil(rng, lines[i])) for i in at]  # a log tells time by its neighbours
    if header:
        put(header * count)
    added.sort(key=lambda one: one[0])
    out, at = [*header], 0
    for place, line in added:
        out += lines[at:place]
        out.append(line)
        at = place
    return b"\n".join([*out, *lines[at:]]) + b"\n"


def _stuck(moving: pl.DataFrame, rng: np.random.Generator, count: int) -> pl.DataFrame:
    """Reports of ships under way that say again where each was first heard."""
    first = moving.sort("key", "time").with_columns(pl.col("lat", "lon").first().over("key"))
    return first[np.sort(rng.integers(0, first.height, count))]


def _written(world: World, layout: str, folder: Path) -> list[bytes]:
    """The lines of some reports; of a log the sentences of positions alone."""
    (file,) = write(world, folder, layout)
    lines = file.read_bytes().rstrip(b"\n").split(b"\n")
    if layout != "nmea":
        return lines[1:]
    return [line for line in lines if POSITION_SENTENCE.search(line)]


def run(dump: Path, out: Path) -> Outcome:
    """Detect in a dump."""
    from pipeline import run as pipeline_run
    from pipeline.config import Config
    from pipeline.progress import Quiet

    begun = time.perf_counter()
    told = pipeline_run.detect([str(dump)], Config(), out, overwrite=False, progress=Quiet())
    seconds = time.perf_counter() - begun
    manifest = json.loads((out / "manifest.json").read_bytes())
    return Outcome(
        {name: (out / name).read_bytes() for name in SAME},
        told.candidates,
        manifest["rows_read"],
        manifest["rows_rejected"]["total"],
        manifest["rows_rejected"]["by_rule"],
        seconds,
    )


def compare(world: World, layout: str, share: float, folder: Path) -> tuple[Outcome, Outcome]:
    """What the clean dump and the spoiled one give."""
    outcomes = []
    (file,) = write(world, folder / "clean", layout)
    clean = file.read_bytes()
    dumps = {"clean": clean, "spoiled": spoiled(world, clean, layout, share, folder)}
    for name, content in dumps.items():
        dump = folder / f"{name}-{layout}.txt"
        dump.write_bytes(content)
        outcomes.append(run(dump, folder / f"run-{name}-{layout}"))
    return outcomes[0], outcomes[1]


def differences(clean: Outcome, bad: Outcome) -> list[str]:
    """What of the candidates differs: files, and properties of how many candidates."""
    told = [name for name in SAME if clean.files[name] != bad.files[name]]
    candidates = [
        {one["properties"]["event_id"]: one["properties"] for one in json.loads(text)["features"]}
        for text in (clean.files[SAME[0]], bad.files[SAME[0]])
    ]
    both = candidates[0].keys() & candidates[1].keys()
    keys = Counter(
        key
        for event in both
        for key, value in candidates[0][event].items()
        if candidates[1][event].get(key) != value
    )
    told += [f"{len(only)} other events" for only in (candidates[0].keys() ^ both,) if only]
    return told + [f"{key} of {count}" for key, count in sorted(keys.items())]


def main() -> None:
    """Print, for each layout, whether the candidates are the same, and what was rejected."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--share", type=float, default=0.02, help="of each fault")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--layout", choices=LAYOUTS, nargs="+", default=LAYOUTS)
    parser.add_argument("--rules", action="store_true", help="print what each rule rejected")
    options = parser.parse_args()
    world = filled(make_world(options.seed, Options()), options.rows)
    for layout in options.layout:
        with tempfile.TemporaryDirectory() as folder:
            clean, bad = compare(world, layout, options.share, Path(folder))
        faults = len(REPORT_FAULTS) + 1 + len(LINE_FAULTS) + 1
        if layout == "nmea":
            faults = len(REPORT_FAULTS) - len(IN_PLACE) + 1 + len(SENTENCE_FAULTS)
        differ = differences(clean, bad)
        print(
            f"{layout}: {clean.read:,} rows and {options.share:.0%} of each of {faults} faults "
            f"({bad.read:,} rows read, {bad.rejected:,} rejected): {clean.candidates} candidates "
            f"in the clean dump, {bad.candidates} in the faulty one, "
            + (f"DIFFERENT: {', '.join(differ)}" if differ else "identical to the byte")
            + f" ({clean.seconds:.0f} s, {bad.seconds:.0f} s)"
        )
        if options.rules:
            for rule in sorted({*clean.by_rule, *bad.by_rule}):
                print(f"  {rule}: {clean.by_rule.get(rule, 0):,} {bad.by_rule.get(rule, 0):,}")


if __name__ == "__main__":
    main()
