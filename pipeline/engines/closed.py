"""Candidates that are closed: older than the rows a state keeps, as they were decided last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from pipeline import schema
from pipeline.exports.results import Results, examined, sides
from pipeline.exports.tables import write_parquet

TABLES = ("encounters", "vessels", "fixes", "draughts", "port_calls")


def _no_fixes() -> pl.DataFrame:
    return schema.empty({"track_id": pl.String, **schema.FIXES})


def _no_draughts() -> pl.DataFrame:
    return schema.empty({"track_id": pl.String, **schema.DRAUGHTS})


@dataclass(frozen=True)
class Closed:
    """Closed candidates and what is known of their ships.

    Attributes
    ----------
    before : datetime or None
        They are those that ended before; None: there are none yet.
    encounters : pl.DataFrame
        The columns of a run's encounters.
    vessels : pl.DataFrame
        ``schema.VESSELS`` of their ships.
    fixes, draughts : pl.DataFrame
        ``schema.FIXES`` around them and ``schema.DRAUGHTS``, with ``track_id``.
    port_calls : pl.DataFrame
        ``schema.PORT_CALLS`` of their ships.
    """

    before: datetime | None = None
    encounters: pl.DataFrame = field(default_factory=lambda: schema.empty(schema.ENCOUNTERS))
    vessels: pl.DataFrame = field(default_factory=lambda: schema.empty(schema.VESSELS))
    fixes: pl.DataFrame = field(default_factory=_no_fixes)
    draughts: pl.DataFrame = field(default_factory=_no_draughts)
    port_calls: pl.DataFrame = field(default_factory=lambda: schema.empty(schema.PORT_CALLS))

    @classmethod
    def load(cls, folder: Path, before: datetime | None) -> Closed:
        """Those that a state's folder holds."""
        if before is None:
            return cls()
        tables = {
            name: pl.read_parquet(folder / f"closed-{name}.parquet", glob=False) for name in TABLES
        }
        return cls(before, **tables)

    def save(self, folder: Path) -> None:
        """Write them to a state's folder."""
        if self.before is not None:
            for name in TABLES:
                write_parquet(getattr(self, name), folder / f"closed-{name}.parquet")


def with_closed(closed: Closed, encounters: pl.DataFrame) -> pl.DataFrame:
    """The encounters of the days kept, and before them those that are closed."""
    if closed.before is None:
        return encounters
    old = closed.encounters.select(
        (pl.col(name) if name in closed.encounters.columns else pl.lit(None))
        .cast(dtype)
        .alias(name)
        for name, dtype in encounters.schema.items()
    )
    found = encounters.filter(pl.col("end_utc") >= closed.before)
    return pl.concat([old, found]).sort("start_utc", "event_id")


@dataclass(frozen=True)
class Ships:
    """The ships of the days kept and of closed candidates, their tracks numbered together."""

    vessels: pl.DataFrame
    draughts: pl.DataFrame
    port_calls: pl.DataFrame


def ships_of(
    closed: Closed, vessels: pl.DataFrame, draughts: pl.DataFrame, port_calls: pl.DataFrame
) -> Ships:
    """All that is known of ships; of one that is heard still, what the days kept tell counts."""
    if closed.before is None:
        return Ships(vessels, draughts, port_calls)
    gone = closed.vessels.join(vessels, on="track_id", how="anti").sort("mmsi", "track_id")
    number = pl.int_range(vessels.height, vessels.height + gone.height, dtype=pl.Int32, eager=True)
    together = pl.concat([vessels, gone.with_columns(track=number)])
    first = draughts.group_by("track").agg(pl.col("time").min().alias("first"))
    old = (
        closed.draughts.drop("track")
        .join(together.select("track", "track_id"), on="track_id")
        .join(first, on="track", how="left")
        .filter(pl.col("first").is_null() | (pl.col("time") < pl.col("first")))
        .select(draughts.columns)
    )
    calls_from = port_calls["start_utc"].min()
    old_calls = closed.port_calls
    if calls_from is not None:
        old_calls = old_calls.filter(pl.col("end_utc") < calls_from)
    return Ships(
        together,
        pl.concat([old, draughts]).sort("track", "time"),
        pl.concat([old_calls.select(port_calls.columns), port_calls]).sort("track_id", "start_utc"),
    )


@dataclass(frozen=True)
class FixesWithClosed:
    """Fixes in parts, those about closed candidates among them."""

    parts: Iterable[pl.DataFrame]
    closed: pl.DataFrame

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """``schema.FIXES``, part by part."""
        left = self.closed
        for part in self.parts:
            last = part["track"].max()
            here = left.filter(pl.col("track") <= last)
            left = left.filter(pl.col("track") > last)
            if here.is_empty():
                yield part
            else:
                both = pl.concat([here, part]).unique(["track", "time"], keep="last")
                yield both.sort("track", "time")
        yield left


def fixes_with(
    closed: Closed, vessels: pl.DataFrame, parts: Iterable[pl.DataFrame]
) -> Iterable[pl.DataFrame]:
    """The fixes of the days kept and those about closed candidates; tracks as in `vessels`."""
    if closed.before is None:
        return parts
    numbers = vessels.select("track", "track_id")
    old = closed.fixes.drop("track").join(numbers, on="track_id").select(list(schema.FIXES))
    return FixesWithClosed(parts, old.sort("track", "time"))


def closing(results: Results, before: datetime, margin_h: float) -> Closed:
    """The candidates of a run that ended before a time: they are decided for good."""
    old = results.encounters.filter(pl.col("candidate") & (pl.col("end_utc") < before))
    kept = examined(replace(results, encounters=old), margin_h)
    who = sides(old).select("track_id").unique()
    return Closed(
        before,
        old,
        kept.vessels,
        pl.concat([_no_fixes(), *kept.fixes]),
        kept.draughts,
        results.port_calls.join(who, on="track_id", how="semi").sort("track_id", "start_utc"),
    )
