"""Sorting reports by ship and time, so that the order of the input's rows does not matter.

Dumps hold the reports of all ships in order of time. Ships are numbered in one pass, then each row
is given its place: rows are read one after another and written to where their ship's go, which
memory likes better than to gather them from all over the dump. Only ships whose rows are out of
order, or share a time, are sorted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from numba import njit, prange

NOWHERE = np.uint32(0xFFFFFFFF)
_FILL = 2  # places in the table for each ship: half of them empty, so that a look-up is short
_FIRST_SIZE = 1 << 16
_HASH = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio: spreads neighbouring numbers

Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True)
class Order:
    """Where rows go.

    Attributes
    ----------
    rows : array of uint32
        Row numbers in order, duplicates left out.
    places : array of uint32
        The place of each row in it; NOWHERE for duplicates.
    duplicates : array of uint32
        Rows that are equal to one in the order.
    starts : array of int64
        Where in the order each ship begins; one more entry for the end.
    """

    rows: npt.NDArray[np.uint32]
    places: npt.NDArray[np.uint32]
    duplicates: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.int64]

    def apply(self, column: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """A column in this order."""
        ordered = np.empty(self.rows.size, column.dtype)
        _scatter(column, self.places, ordered)
        return ordered


@njit(cache=True, nogil=True)
def _slot(table: npt.NDArray[np.int32], keys: npt.NDArray[np.int32], key: int) -> int:
    """Where in the table the number of `key` is, or is to be."""
    mask = table.size - 1
    slot = int((np.uint64(key) * _HASH) >> np.uint64(32)) & mask
    while table[slot] >= 0 and keys[table[slot]] != key:
        slot = (slot + 1) & mask
    return slot


@njit(cache=True, nogil=True)
def _number_ships(
    mmsi: npt.NDArray[np.int32],
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """A number for each row's ship, in order of appearance, and each number's MMSI."""
    ship = np.empty(mmsi.size, np.int32)
    keys = np.empty(_FIRST_SIZE // _FILL, np.int32)
    table = np.full(_FIRST_SIZE, -1, np.int32)
    ships = 0
    for i in range(mmsi.size):
        slot = _slot(table, keys, mmsi[i])
        if table[slot] < 0:
            if ships == keys.size:
                keys = np.concatenate((keys, np.empty(ships, np.int32)))
                table = np.full(2 * table.size, -1, np.int32)
                for k in range(ships):
                    table[_slot(table, keys, keys[k])] = k
                slot = _slot(table, keys, mmsi[i])
            keys[ships] = mmsi[i]
            table[slot] = ships
            ships += 1
        ship[i] = table[slot]
    return ship, keys[:ships]


@njit(cache=True, nogil=True)
def _place(
    ship: npt.NDArray[np.int32],
    rank: npt.NDArray[np.int64],
    time_ms: npt.NDArray[np.int64],
) -> tuple[
    npt.NDArray[np.uint32], npt.NDArray[np.uint32], npt.NDArray[np.int64], npt.NDArray[np.bool_]
]:
    """Rows by ship, in their own order within; and of which ships the times do not all rise."""
    starts = np.zeros(rank.size + 1, np.int64)
    for i in range(ship.size):
        starts[rank[ship[i]] + 1] += 1
    for r in range(rank.size):
        starts[r + 1] += starts[r]
    rows = np.empty(ship.size, np.uint32)
    places = np.empty(ship.size, np.uint32)
    todo = np.zeros(rank.size, np.bool_)
    nexts = starts[:-1].copy()
    latest = np.full(rank.size, np.iinfo(np.int64).min)
    for i in range(ship.size):
        r = rank[ship[i]]
        rows[nexts[r]] = i
        places[i] = nexts[r]
        nexts[r] += 1
        if time_ms[i] <= latest[r]:
            todo[r] = True
        latest[r] = time_ms[i]
    return rows, places, starts, todo


@njit(cache=True, nogil=True, parallel=True)
def _sort_by_time(
    rows: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    ranks: npt.NDArray[np.int64],
    time_ms: npt.NDArray[np.int64],
) -> None:
    for t in prange(ranks.size):
        begin, end = starts[ranks[t]], starts[ranks[t] + 1]
        own = rows[begin:end].copy()
        by_time = np.argsort(time_ms[own], kind="mergesort")
        for j in range(own.size):
            rows[begin + j] = own[by_time[j]]


@njit(cache=True, nogil=True)
def _ties(
    rows: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    ranks: npt.NDArray[np.int64],
    time_ms: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """The run of equal times that each place belongs to, for places in runs; -1 elsewhere."""
    total = 0
    for rank in ranks:
        total += starts[rank + 1] - starts[rank]
    places = np.empty((total, 2), np.int64)
    found, runs = 0, 0
    for rank in ranks:
        k = starts[rank]
        while k < starts[rank + 1]:
            end = k + 1
            while end < starts[rank + 1] and time_ms[rows[end]] == time_ms[rows[k]]:
                end += 1
            if end - k > 1:
                for j in range(k, end):
                    places[found, 0], places[found, 1] = j, runs
                    found += 1
                runs += 1
            k = end
    return places[:found]


@njit(cache=True, nogil=True)
def _replace(
    rows: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    ranks: npt.NDArray[np.int64],
    places: npt.NDArray[np.uint32],
) -> None:
    for rank in ranks:
        for k in range(starts[rank], starts[rank + 1]):
            places[rows[k]] = k


@njit(cache=True, nogil=True, parallel=True)
def _scatter(
    column: npt.NDArray[Number],
    places: npt.NDArray[np.uint32],
    ordered: npt.NDArray[Number],
) -> None:
    for i in prange(column.size):
        if places[i] != NOWHERE:
            ordered[places[i]] = column[i]


def order_by_ship_and_time(
    mmsi: npt.NDArray[np.int32],
    time_ms: npt.NDArray[np.int64],
    contents: Callable[[npt.NDArray[np.uint32]], list[npt.NDArray[np.float64]]],
    same: int,
) -> Order:
    """The order of the rows by MMSI, time and content: the same for any order of equal rows.

    Parameters
    ----------
    mmsi : array of int32
        Numbers of ships.
    time_ms : array of int64
        Milliseconds since 1970.
    contents : callable
        Gives, for row numbers, what decides between rows of one ship and time: one array a
        column, most important first. Asked only for the rows that need it. Unknown (NaN) values
        come last.
    same : int
        How many of these columns, from the first on, are equal in duplicates.
    """
    ship, keys = _number_ships(mmsi)
    rank = np.empty(keys.size, np.int64)
    rank[np.argsort(keys)] = np.arange(keys.size)
    rows, places, starts, todo = _place(ship, rank, time_ms)
    ranks = np.flatnonzero(todo)
    if not ranks.size:
        return Order(rows, places, rows[:0], starts)
    _sort_by_time(rows, starts, ranks, time_ms)
    ties = _ties(rows, starts, ranks, time_ms)
    if not ties.size:
        _replace(rows, starts, ranks, places)
        return Order(rows, places, rows[:0], starts)
    where, run = ties[:, 0], ties[:, 1]
    columns = contents(rows[where])
    by_content = np.lexsort((*reversed(columns), run))
    rows[where] = rows[where][by_content]
    equal = np.diff(run) == 0  # to the one before: runs keep their places
    for column in columns[:same]:
        ordered = column[by_content]
        both_unknown = np.isnan(ordered[1:]) & np.isnan(ordered[:-1])
        equal &= (ordered[1:] == ordered[:-1]) | both_unknown
    dropped = where[1:][equal]
    duplicates = rows[dropped]
    rows = np.delete(rows, dropped)
    starts -= np.searchsorted(dropped, starts)
    if duplicates.size:
        ranks = np.arange(starts.size - 1)  # all ships after the first dropped row have moved
        places[duplicates] = NOWHERE
    _replace(rows, starts, ranks, places)
    return Order(rows, places, duplicates, starts)
