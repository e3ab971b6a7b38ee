"""A cleaned dump: what ``alongside clean`` writes, for other tools and for later runs.

``positions/date=YYYY-MM-DD/part-N.parquet`` hold the fixes of a day as GeoParquet, each with what
its ship is; ``vessels.parquet`` and ``draughts.parquet`` hold the ships and what they typed. A run
on the whole of such a folder goes on from there, and finds what a run on the dump finds. A part of
it, or several together, are read as any feed is, and cleaned anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import schema
from pipeline.feeds.providers import CLEANED
from pipeline.ledger import Ledger

POSITIONS = "positions"
VESSELS_FILE, DRAUGHTS_FILE = "vessels.parquet", "draughts.parquet"
FILES_KEY = "cleaned_files"  # of the manifest: the files of positions, by which the folder is whole
MANIFEST_FILE = "manifest.json"
SHIP = (
    "class_b",
    "imo",
    "callsign",
    "name",
    "ship_type",
    "length_m",
    "beam_m",
    "a_m",
    "b_m",
    "c_m",
    "d_m",
)
"""Columns of VESSELS that stand beside each fix."""
_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])


class Source(Protocol):
    """What is asked of an input here; see `sources.Source`."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def member(self) -> str:
        """Its name in an archive; empty in none."""

    @property
    def layout(self) -> str:
        """How it is read."""


def write(
    spans: Iterable[pl.DataFrame], vessels: pl.DataFrame, draughts: pl.DataFrame, folder: Path
) -> list[str]:
    """Write a cleaned dump; the names of its files of positions.

    Parameters
    ----------
    spans : iterable of pl.DataFrame
        ``schema.FIXES``, some ships at a time.
    vessels, draughts : pl.DataFrame
        ``schema.VESSELS``, ``schema.DRAUGHTS`` of all.
    folder : Path
        Where to.
    """
    names: list[str] = []
    ships = vessels.select("track", "track_id", "mmsi", pl.col("flags").alias("ship_flags"), *SHIP)
    for number, fixes in enumerate(spans):
        told = fixes.join(ships, on="track", how="left", maintain_order="left").join_asof(
            draughts, on="time", by="track", check_sortedness=False
        )
        days = told.with_columns(pl.col("time").dt.date().alias("date"))
        for (day,), rows in days.group_by("date", maintain_order=True):
            name = f"{POSITIONS}/date={day}/part-{number}.parquet"
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(_geo_table(rows.drop("date")), path, compression="zstd")
            names.append(name)
    names_of = vessels.select("track", "track_id", "mmsi")
    _write_plain(vessels, folder / VESSELS_FILE)
    _write_plain(
        draughts.join(names_of, on="track", how="left", maintain_order="left"),
        folder / DRAUGHTS_FILE,
    )
    return sorted(names)


def _geo_table(rows: pl.DataFrame) -> pa.Table:
    """A table of GeoParquet 1.1: its points as WKB, longitude first, in WGS 84 (its default)."""
    lon, lat = rows["lon"].to_numpy(), rows["lat"].to_numpy()
    points = np.empty(len(lon), _POINT)
    points["order"], points["type"], points["x"], points["y"] = 1, 1, lon, lat
    ends = np.arange(len(lon) + 1, dtype=np.int32) * _POINT.itemsize
    geometry = pa.BinaryArray.from_buffers(
        pa.binary(), len(lon), [None, pa.py_buffer(ends), pa.py_buffer(points.tobytes())]
    )
    column = {
        "encoding": "WKB",
        "geometry_types": ["Point"],
        "bbox": [lon.min(), lat.min(), lon.max(), lat.max()],
    }
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    first = ["track_id", "mmsi", "time", "lat", "lon"]
    table = _texts(rows.select(*first, pl.exclude(*first))).to_arrow()
    table = table.append_column("geometry", geometry)
    return table.replace_schema_metadata({"geo": json.dumps(geo)})


def _write_plain(rows: pl.DataFrame, path: Path) -> None:
    table = _texts(rows).to_arrow().replace_schema_metadata({schema.OWN_TABLE: path.stem})
    pq.write_table(table, path, compression="zstd")


def _texts(rows: pl.DataFrame) -> pl.DataFrame:
    """The same with words of a fixed list as text, which every reader knows."""
    return rows.with_columns(pl.col(pl.Enum).cast(pl.String))


@dataclass(frozen=True)
class CleanedFeed:
    """A cleaned dump that is whole.

    Attributes
    ----------
    folder : Path
        Where it lies.
    files : tuple of str
        Its files of positions.
    """

    folder: Path
    files: tuple[str, ...]

    def part(self, first: int, last: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """FIXES, VESSELS, DRAUGHTS of the ships from MMSI `first` to `last`.

        Tracks are numbered from 0.
        """
        vessels = pl.read_parquet(self.folder / VESSELS_FILE, glob=False).filter(
            pl.col("mmsi").is_between(first, last)
        )
        base = vessels["track"].min() if vessels.height else 0
        own = vessels.select("track")
        fixes = (
            pl.scan_parquet(
                [self.folder / name for name in self.files], glob=False, hive_partitioning=False
            )
            .filter(pl.col("mmsi").is_between(first, last))
            .select(list(schema.FIXES))
            .sort("track", "time")
            .collect()
        )
        draughts = pl.read_parquet(self.folder / DRAUGHTS_FILE, glob=False).join(
            own, on="track", how="semi", maintain_order="left"
        )
        tables = ((fixes, schema.FIXES), (vessels, schema.VESSELS), (draughts, schema.DRAUGHTS))
        numbered = [
            schema.conform(table.with_columns(pl.col("track") - base), of) for table, of in tables
        ]
        return numbered[0], numbered[1], numbered[2]


def whole(
    sources: Sequence[Source], settings: Mapping[str, Any], ledger: Ledger
) -> CleanedFeed | None:
    """The cleaned dump that `sources` are, if they are one and all of it.

    Parameters
    ----------
    sources : sequence of Source
        The inputs of a run.
    settings : mapping
        The section ``cleaning`` of its configuration, as it stands in manifests.
    ledger : Ledger
        Told where the cleaning of old does not fit this run.
    """
    some = [one for one in sources if _is_cleaned(one)]
    if not some:
        return None
    folder = some[0].path.parent.parent.parent
    manifest = _manifest(folder)
    there = sorted(_within(folder, sources))
    if len(some) < len(sources) or there != manifest.get(FILES_KEY):
        ledger.warn(
            f"{folder}: only a part of what was cleaned, or not alone: its ships are cleaned anew"
        )
        return None
    if manifest.get("config", {}).get("cleaning") != settings:
        ledger.warn(
            f"{folder}: was cleaned with other settings of cleaning: those of this run do not act"
        )
    return CleanedFeed(folder, tuple(there))


def _is_cleaned(source: Source) -> bool:
    return source.layout == CLEANED.name and not source.member


def _within(folder: Path, sources: Iterable[Source]) -> Iterator[str]:
    for one in sources:
        if one.path.is_relative_to(folder):
            yield one.path.relative_to(folder).as_posix()
        else:
            yield one.path.as_posix()


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST_FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}
