"""By how much a log's clock is off, told by base stations.

A base station sends its own date and time, by GNSS, in message 4. In real logs the receiver's time
is within two seconds of it for nine reports in ten. Where the times that a receiver gives to such
messages differ from what they say by one constant, the receiver's clock is off by it, or set to
local time, and all that it heard is shifted so. Where the difference varies it is delay on the way,
which nothing corrects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.feeds.nmea_bits import bits, disarm
from pipeline.feeds.nmea_times import utc_ms

REPORTS_MIN, STATIONS_MIN = 10, 2  # one station's clock may itself be off
SPREAD_MS = 2_000  # seconds are whole on both sides
AGREE_SHARE = 0.9
OFF_MIN_MS = 10_000  # below, the way through a network explains it, and 28 s are allowed for
TIME_BITS = 78
BASE_STATION_REPORT = 4
_YEAR, _MONTH, _DAY = (38, 14), (52, 4), (56, 5)
_HOUR, _MINUTE, _SECOND = (61, 5), (66, 6), (72, 6)


@dataclass(frozen=True)
class Off:
    """How a log's clock stands to that of base stations.

    Attributes
    ----------
    ms : int
        By how much it is ahead (below zero: behind), ms.
    reports, stations : int
        How many tell so.
    """

    ms: int
    reports: int
    stations: int

    @property
    def sure(self) -> bool:
        """Whether enough stations say so for the times to be corrected."""
        return self.stations >= STATIONS_MIN

    def __str__(self) -> str:
        way = "ahead of" if self.ms > 0 else "behind"
        of = f"{self.reports} reports of {self.stations} base station"
        return f"{abs(self.ms) / 1000:.0f} s {way} UTC by {of}{'s' * (self.stations != 1)}"


def said_ms(payload: bytes) -> tuple[int, int]:
    """MMSI and time that an armoured payload of message 4 says; the time -1 for none."""
    buf = np.frombuffer(payload, np.uint8)
    values = np.empty(len(buf), np.uint8)
    if disarm(buf, 0, len(buf), values, 0) < 0 or 6 * len(buf) < TIME_BITS:
        return 0, -1

    def number(field: tuple[int, int]) -> int:
        return int(bits(values, 6 * len(buf), *field))

    hour, minute, second = number(_HOUR), number(_MINUTE), number(_SECOND)
    if number((0, 6)) != BASE_STATION_REPORT or hour > 23 or minute > 59 or second > 59:
        return 0, -1
    of_day = 3600 * hour + 60 * minute + second
    return number((8, 30)), utc_ms(number(_YEAR), number(_MONTH), number(_DAY), 1000 * of_day)


def off(payloads: Sequence[bytes], heard_ms: Sequence[int]) -> Off | None:
    """By how much the clock that gave `heard_ms` is off; None where it is not, or none can tell.

    Parameters
    ----------
    payloads : sequence of bytes
        Armoured, of single sentences; those of other messages are passed over.
    heard_ms : sequence of int
        The time that the log gives each, ms.
    """
    stations, differences = [], []
    for payload, heard in zip(payloads, heard_ms, strict=True):
        mmsi, said = said_ms(payload)
        if said >= 0:
            stations.append(mmsi)
            differences.append(heard - said)
    if len(differences) < REPORTS_MIN:
        return None
    middle = int(np.median(differences))
    agree = np.abs(np.asarray(differences) - middle) <= SPREAD_MS
    if abs(middle) < OFF_MIN_MS or agree.mean() < AGREE_SHARE:
        return None
    told_by = len(set(np.asarray(stations)[agree].tolist()))
    return Off(middle, int(agree.sum()), told_by)
