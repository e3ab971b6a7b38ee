"""What a feed gives: positions, and what ships typed, grouped by the hour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from pipeline import schema

I8 = NDArray[np.int64]
F8 = NDArray[np.float64]

TYPED = (
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
    "draught_m",
    "destination",
)
"""The columns of STATICS that ships type in; a row holds one distinct set of them."""

MS_PER_HOUR = 3_600_000
STATICS_HELD = 200_000  # rows of STATICS to gather before merging: some tens of megabytes


@dataclass(frozen=True)
class Batch:
    """A bounded piece of what was read.

    Attributes
    ----------
    positions : pl.DataFrame
        Rows of ``schema.POSITIONS``.
    statics : pl.DataFrame
        Rows of ``schema.STATICS``, one a ship, hour of UTC and distinct set of typed values.
    """

    positions: pl.DataFrame
    statics: pl.DataFrame


def group_statics(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each ship, hour of UTC and distinct set of typed values.

    Parameters
    ----------
    rows : pl.DataFrame
        One row a report: ``mmsi``, ``time`` (neither null), ``lat``, ``lon`` (null where the
        message has none) and those of `TYPED` that the feed knows. Rows that hold none of them are
        left out.

    Returns
    -------
    pl.DataFrame
        The columns of ``schema.STATICS`` in any order, the typed values as they came.
    """
    typed = [name for name in TYPED if name in rows.columns]
    if typed:
        rows = rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in typed))
    if not typed or rows.is_empty():
        return schema.empty(schema.STATICS)
    keyed = rows.select(
        "mmsi",
        "time",
        "lat",
        "lon",
        pl.struct(typed).hash().reinterpret(signed=True).alias("set"),
    )
    grouped = group(keyed)
    values = rows.select(typed)[grouped["first"]]
    return pl.concat([grouped.drop("set", "first"), values], how="horizontal").with_columns(
        pl.lit(None, dtype=schema.STATICS[name]).alias(name) for name in TYPED if name not in typed
    )


def group(reports: pl.DataFrame) -> pl.DataFrame:
    """One row for each ship, hour of UTC and set of typed values that is known by a number.

    Parameters
    ----------
    reports : pl.DataFrame
        ``mmsi``, ``time``, ``lat``, ``lon`` and ``set``: two reports of the same values have the
        same number there.

    Returns
    -------
    pl.DataFrame
        What ``schema.STATICS`` says of each group beside its typed values; ``set``; and ``first``,
        the row of `reports` that is its first.
    """
    one = np.ones(reports.height, np.int64)
    first, last_ms, count = _group(*_keys(reports, "time", "time"), one)
    return reports[first].select(
        "mmsi",
        "lat",
        "lon",
        "set",
        (pl.col("time").to_physical() // MS_PER_HOUR).cast(pl.Int32).alias("hour"),
        pl.col("time").alias("first_time"),
        pl.Series("last_time", last_ms).cast(schema.TIME),
        pl.Series("reports", count, pl.UInt32),
        pl.Series("first", first),
    )


def _keys(rows: pl.DataFrame, time: str, last: str) -> tuple[I8, F8, F8, I8, I8, I8]:
    """What `_group` takes of reports, or of groups of them: all but how many each stands for."""
    keys = rows.select(
        pl.col("mmsi").cast(pl.Int64),
        pl.col("lat", "lon").cast(pl.Float64).fill_null(float("inf")),
        "set",
        pl.col(time).to_physical(),
        pl.col(last).to_physical().alias("last"),
    )
    mmsi, lat, lon, values, first_ms, last_ms = (column.to_numpy() for column in keys)
    return _view(mmsi), _view(lat), _view(lon), _view(values), _view(first_ms), _view(last_ms)


def _view(array: NDArray[Any]) -> NDArray[Any]:
    """The array, not to be written to, as views of Polars' memory are: one kind to compile for."""
    array.flags.writeable = False
    return array


@njit(cache=True, nogil=True)
def _group(
    mmsi: I8, lat: F8, lon: F8, values: I8, time_ms: I8, until_ms: I8, standing_for: I8
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Group reports of one ship, hour and set of values, told apart by the hash of the set.

    A row may stand for several reports of a group, the first at `time_ms`, the last at `until_ms`.

    An open table is five times as fast as sorting, which would be needed to have the first report.
    Two sets of one ship in one hour that hash to the same 64 bits will not be met.

    Returns
    -------
    tuple of arrays
        Of each group: its first report (of several at once the southernmost, then westernmost),
        the time of its last, the number of them.
    """
    size = 64
    while size < 2 * len(mmsi):
        size *= 2
    slots = np.full(size, -1, np.int64)
    first, last_ms = np.empty(len(mmsi), np.int64), np.empty(len(mmsi), np.int64)
    reports = np.zeros(len(mmsi), np.int64)
    n = 0
    for i in range(len(mmsi)):
        hour = time_ms[i] // MS_PER_HOUR
        slot = (values[i] ^ (mmsi[i] * 0x9E3779B1) ^ (hour * 0x85EBCA77)) & (size - 1)
        while True:
            group = slots[slot]
            if group < 0:
                slots[slot] = group = n
                first[n], last_ms[n] = i, until_ms[i]
                n += 1
                break
            f = first[group]
            if mmsi[f] == mmsi[i] and values[f] == values[i] and time_ms[f] // MS_PER_HOUR == hour:
                break
            slot = (slot + 1) & (size - 1)
        reports[group] += standing_for[i]
        last_ms[group] = max(last_ms[group], until_ms[i])
        f = first[group]
        earlier = time_ms[i] < time_ms[f]
        if time_ms[i] == time_ms[f]:
            earlier = lat[i] < lat[f] or (lat[i] == lat[f] and lon[i] < lon[f])
        if earlier:
            first[group] = i
    return first[:n], last_ms[:n], reports[:n]


def merge_statics(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Tables of ``schema.STATICS`` as one: the same for any split of the reports into parts."""
    rows = pl.concat([*parts, schema.empty(schema.STATICS)])
    rows = rows.with_columns(pl.struct(TYPED).hash().reinterpret(signed=True).alias("set"))
    counts = rows["reports"].cast(pl.Int64).to_numpy(writable=True)
    first, last_ms, count = _group(*_keys(rows, "first_time", "last_time"), counts)
    merged = rows[first].with_columns(
        pl.Series("last_time", last_ms).cast(schema.TIME), pl.Series("reports", count, pl.UInt32)
    )
    return _sorted(merged.select(list(schema.STATICS)))


def merge(batches: Iterable[Batch]) -> Batch:
    """All batches as one; rows of positions stay in the order in which they were read."""
    positions = [schema.empty(schema.POSITIONS)]
    statics: list[pl.DataFrame] = []
    held = 0
    for batch in batches:
        positions.append(batch.positions)
        statics.append(batch.statics)
        held += batch.statics.height
        if held > STATICS_HELD:  # many batches repeat the same sets: do not hold them all
            statics, held = [merge_statics(statics)], 0
    return Batch(pl.concat(positions), merge_statics(statics))


def _sorted(statics: pl.DataFrame) -> pl.DataFrame:
    """By ship, hour and values; few ships type several sets in an hour, so few are compared."""
    place = statics["mmsi"].to_numpy().astype(np.int64) << 32 | statics["hour"].to_numpy()
    order = np.argsort(place, kind="stable")
    same = np.diff(place[order]) == 0
    tied = np.append(same, False) | np.append(False, same)
    if tied.any():
        rows = order[tied]
        by = ["mmsi", "hour", *TYPED]
        among = statics[rows].with_row_index("at").sort(by, nulls_last=True)["at"].to_numpy()
        order[tied] = rows[among]
    return statics[order]
