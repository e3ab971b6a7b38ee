"""``alongside inspect``: what dumps hold, told in seconds, and settings that suit them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipeline import cleaning, feeds
from pipeline.cleaning import Cleaned
from pipeline.config import Config
from pipeline.desk.suggestions import suggest
from pipeline.errors import NothingUsableError
from pipeline.feeds.sampling import Sample, sample
from pipeline.ledger import Ledger
from pipeline.progress import Progress

MOST_BYTES = 200 << 20  # unpacked: some seconds of reading and cleaning, about two million rows
CELL_DEG = 10.0  # waters are told by cells of this size
CELLS_TOLD, RULES_TOLD, SKIPPED_TOLD = 5, 12, 5
CELL_SHARE_MIN = 0.01  # of the fixes
EDGE = 0.005  # of the positions that the area leaves out on each side: strays
MOVING_KN = 2.0

KINDS = (
    # Kinds of ships by the first and last code of ITU-R M.1371-5, table 53.
    ("tankers", 80, 89),
    ("cargo ships", 70, 79),
    ("passenger ships", 60, 69),
    ("fishing vessels", 30, 30),
    ("tugs and towing", 31, 32),
    ("tugs and towing", 52, 52),
    ("other types", 1, 99),
)


@dataclass(frozen=True)
class Intervals:
    """How often ships of a kind report, in seconds."""

    what: str
    median_s: float
    ninetieth_s: float


@dataclass(frozen=True)
class Inspection:
    """What dumps hold.

    Attributes
    ----------
    sources, skipped : sequence
        Files read, and files passed over.
    sample : Sample
        The rows that were looked at.
    clean : Cleaned
        What cleaning made of them.
    ledger : Ledger
        What became of the rows.
    """

    sources: Sequence[feeds.Source]
    skipped: Sequence[feeds.Skipped]
    sample: Sample
    clean: Cleaned
    ledger: Ledger


def inspect(inputs: Sequence[str], config: Config, progress: Progress) -> str:
    """What `inputs` hold, as text.

    Parameters
    ----------
    inputs : sequence of str
        Files, folders, globs.
    config : Config
        Its sections ``feeds`` and ``cleaning`` count.
    progress : Progress
        Told of each step.

    Raises
    ------
    UsageError
        An input cannot be used.
    NothingUsableError
        No input held a usable position.
    """
    ledger = Ledger()
    sources, skipped = feeds.find_sources(inputs, config.feeds, ledger)
    with progress.step(f"looking at {len(sources)} files"):
        some = sample(sources, config.feeds, ledger, MOST_BYTES)
    batch = some.batch
    clean = cleaning.clean(batch.positions, batch.statics, config.cleaning, ledger, progress)
    found = Inspection(sources, skipped, some, clean, ledger)
    lines = [*_files(found)]
    if clean.fixes.is_empty():
        lines += [*_rejected(found), *suggest(skipped, ledger, None, 0.0)]
        raise NothingUsableError("\n".join(["no usable AIS position in the input", *lines]))
    gaps = _gaps(clean)
    lines += [*_span(found), *_area(clean.fixes), *_ships(clean), *_intervals(gaps)]
    lines += [*_missing(clean), *_rejected(found)]
    median_s = _of_ships(gaps)["gap_s"].median()
    every_h = median_s / 3600.0 if isinstance(median_s, float) else 0.0
    return "\n".join([*lines, *suggest(skipped, ledger, clean, every_h)])


def _files(found: Inspection) -> list[str]:
    lines = [f"{one.name}: {one.layout}" for one in found.sources]
    lines += [f"{one.name}: passed over, {one.reason}" for one in found.skipped[:SKIPPED_TOLD]]
    if len(found.skipped) > SKIPPED_TOLD:
        lines.append(f"and {len(found.skipped) - SKIPPED_TOLD} more passed over")
    lines.append("")
    if found.sample.share < 1.0:
        lines.append(
            f"a sample: about {max(found.sample.share, 0.001):.1%} of the bytes (slices of plain"
            " text, the beginning of what is packed); counts are those of the sample"
        )
    return lines


def _span(found: Inspection) -> list[str]:
    times = found.clean.fixes["time"]
    first, last = times.min(), times.max()
    days = times.dt.date().n_unique()
    return [
        f"rows       {found.ledger.rows_read:,} read, {found.ledger.rows_used:,} used",
        f"time       {_minute(first)} to {_minute(last)} UTC, {days} days with reports",
    ]


def _minute(time: object) -> str:
    return str(time)[:16]


def _area(fixes: pl.DataFrame) -> list[str]:
    lat = fixes["lat"]
    south, north = lat.quantile(EDGE), lat.quantile(1.0 - EDGE)
    west, east = _east_west(fixes["lon"])
    cells = (
        fixes.select((pl.col("lat", "lon") / CELL_DEG).floor() * CELL_DEG)
        .group_by("lat", "lon")
        .len("fixes")
        .sort("fixes", "lat", "lon", descending=[True, False, False])
        .filter(pl.col("fixes") >= CELL_SHARE_MIN * fixes.height)
        .head(CELLS_TOLD)
    )
    busiest = ", ".join(
        f"{_degrees(a, 'NS')} {_degrees(o, 'EW')} {n / fixes.height:.0%}"
        for a, o, n in cells.iter_rows()
    )
    return [
        f"area       {_degrees(south, 'NS')} to {_degrees(north, 'NS')}, {_degrees(west, 'EW')}"
        f" to {_degrees(east, 'EW')}",
        f"           busiest (south-west corners of {CELL_DEG:.0f}° cells): {busiest}",
    ]


def _east_west(lon: pl.Series) -> tuple[float, float]:
    """West and east of the positions: what lies outside is the widest stretch without any."""
    degrees = lon.floor().cast(pl.Int32)
    counts = degrees.value_counts(name="rows").sort(degrees.name)
    thick = counts.filter(pl.col("rows") > EDGE / 10 * lon.len())[degrees.name].to_list()
    ends = [*thick[1:], thick[0] + 360]
    gap, at = max((end - begin, n) for n, (begin, end) in enumerate(zip(thick, ends, strict=True)))
    if gap <= 1:
        return -180.0, 180.0
    return float((ends[at] + 180) % 360 - 180), float(thick[at] + 1)


def _degrees(value: float | None, signs: str) -> str:
    number = 0.0 if value is None else value
    return f"{abs(number):.4g}°{signs[number < 0]}"


def _ships(clean: Cleaned) -> list[str]:
    vessels = clean.vessels
    kind = pl.lit("type unknown")
    for name, first, last in reversed(KINDS):
        code = pl.col("ship_type").is_between(first, last)
        kind = pl.when(code).then(pl.lit(name)).otherwise(kind)
    counts = vessels.group_by(kind.alias("kind")).len("ships").sort("ships", descending=True)
    told = ", ".join(f"{count} {name}" for name, count in counts.sort("kind").iter_rows())
    class_b = int(vessels["class_b"].fill_null(value=False).sum())
    shared = vessels["track_id"].str.contains("/", literal=True).sum()
    return [
        f"vessels    {vessels['mmsi'].n_unique()} MMSIs, {class_b} of Class B,"
        f" {shared} more ships under a number of another",
        f"           {told}",
    ]


def _gaps(clean: Cleaned) -> pl.DataFrame:
    """``track``, ``gap_s`` to the fix before, ``moving``, ``class_b`` of fixes that have one."""
    gap = (pl.col("time") - pl.col("time").shift()).dt.total_milliseconds() / 1000.0
    return (
        clean.fixes.lazy()
        .select(
            "track",
            pl.when(pl.col("track") == pl.col("track").shift()).then(gap).alias("gap_s"),
            (pl.col("sog_kn") >= MOVING_KN).alias("moving"),
        )
        .drop_nulls("gap_s")
        .join(clean.vessels.lazy().select("track", "class_b"), on="track", how="left")
        .collect()
    )


def _of_ships(gaps: pl.DataFrame) -> pl.DataFrame:
    """The median gap of each track, so that those that report most do not speak for all."""
    return gaps.group_by("track").agg(pl.col("gap_s").median())


def _intervals(gaps: pl.DataFrame) -> list[str]:
    class_b = pl.col("class_b").fill_null(value=False)
    groups = (
        ("Class A under way", ~class_b & pl.col("moving")),
        ("Class A still", ~class_b & ~pl.col("moving")),
        ("Class B", class_b),
    )
    lines = []
    for what, which in groups:
        some = gaps.filter(which)["gap_s"]
        if some.len():
            lines.append(
                f"{what} {_duration(some.quantile(0.5))} (nine in ten within"
                f" {_duration(some.quantile(0.9))})"
            )
    return [f"{'interval' if not n else '':<11}{line}" for n, line in enumerate(lines)]


def _duration(seconds: float | None) -> str:
    value = seconds or 0.0
    if value < 100:
        return f"{value:.0f} s"
    return f"{value / 60:.0f} min" if value < 6000 else f"{value / 3600:.1f} h"


def _missing(clean: Cleaned) -> list[str]:
    vessels, fixes = clean.vessels, clean.fixes
    typed = clean.draughts["track"].unique()
    shares = (
        ("speed", fixes["sog_kn"].null_count() / fixes.height, "of the fixes"),
        ("heading", fixes["heading_deg"].null_count() / fixes.height, "of the fixes"),
        ("status", fixes["nav_status"].null_count() / fixes.height, "of the fixes"),
        ("type", vessels["ship_type"].null_count() / vessels.height, "of the vessels"),
        ("dimensions", vessels["length_m"].null_count() / vessels.height, "of the vessels"),
        ("antenna's place", vessels["a_m"].null_count() / vessels.height, "of the vessels"),
        ("draught", 1.0 - typed.len() / vessels.height, "of the vessels"),
        ("IMO number", vessels["imo"].null_count() / vessels.height, "of the vessels"),
    )
    by_place: dict[str, list[str]] = {}
    for what, share, of in shares:
        by_place.setdefault(of, []).append(f"{what} {share:.0%}")
    lines = [f"{', '.join(told)} {of}" for of, told in by_place.items()]
    return [f"{'missing' if not n else '':<11}{line}" for n, line in enumerate(lines)]


def _rejected(found: Inspection) -> list[str]:
    ledger = found.ledger
    rows = max(1, ledger.rows_read)
    lines = [f"rejected   {ledger.rows_rejected:,} rows, {ledger.rows_rejected / rows:.2%}"]
    ranked = sorted(ledger.rejected.items(), key=lambda one: (-one[1], one[0]))
    for rule, count in ranked[:RULES_TOLD]:
        lines.append(f"           {rule} {count:,} ({count / rows:.2%})")
        lines += [f"             {example}" for example in ledger.examples.get(rule, [])[:1]]
    return [*lines, *(f"warning    {message}" for message in ledger.messages)]
