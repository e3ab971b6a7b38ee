"""Times that stand around the sentences of a log: epochs, ISO 8601, receivers' clocks. Compiled."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.feeds.nmea_bits import U1

I8 = NDArray[np.int64]

# Rows of the table of runs of digits.
NUMBER, DIGITS, BEFORE = range(3)
PLUS, COMMA, MINUS, POINT, COLON = 43, 44, 45, 46, 58

EARLIEST_MS = 631152000000  # 1990: AIS is younger, so what is below is no epoch
LATEST_MS = 4102444800000  # 2100


@njit(cache=True)
def _groups(buf: U1, begin: int, end: int, groups: I8) -> int:
    """Runs of digits, each with its length and the letter before it: columns of `groups`."""
    n = 0
    i = begin
    while i < end and n < groups.shape[1]:
        digit = int(buf[i]) - 48
        if digit < 0 or digit > 9:
            i += 1
            continue
        groups[BEFORE, n] = buf[i - 1] if i > begin else 0
        number = 0
        first = i
        while i < end and 0 <= digit <= 9:
            number = number * 10 + digit
            i += 1
            if i < end:
                digit = int(buf[i]) - 48
        groups[NUMBER, n], groups[DIGITS, n] = number, i - first
        n += 1
    return n


@njit(cache=True)
def utc_ms(year: int, month: int, day: int, ms: int) -> int:
    """Milliseconds since 1970 of a date of the Gregorian calendar, `ms` into it; -1: no date."""
    if not (1990 <= year < 2100 and 1 <= month <= 12 and 1 <= day <= 31 and ms < 86_401_000):
        return -1
    y = year - (1 if month <= 2 else 0)
    in_year = (153 * (month + (9 if month <= 2 else -3)) + 2) // 5 + day - 1
    days = y * 365 + y // 4 - y // 100 + y // 400 + in_year - 719468
    return days * 86_400_000 + ms


@njit(cache=True)
def _fraction_ms(number: int, digits: int) -> int:
    """Milliseconds in the digits behind a decimal point."""
    while digits > 3:
        number //= 10
        digits -= 1
    while digits < 3:
        number *= 10
        digits += 1
    return number


@njit(cache=True)
def time_at(buf: U1, begin: int, end: int, groups: I8) -> int:
    """A time written as an epoch or in the order of ISO 8601; milliseconds, -1 where none is."""
    n = _groups(buf, begin, end, groups)
    if n == 0:
        return -1
    number, length = groups[NUMBER, 0], groups[DIGITS, 0]
    ms = -1
    fraction = 1
    if length in (9, 10):
        ms = number * 1000
    elif length in (12, 13):
        ms = number
    elif length == 16:
        ms = number // 1000
    elif length == 14:  # 20120202105844
        date, ms = number // 1_000_000, number % 1_000_000
        ms = ms // 10000 * 3600 + ms // 100 % 100 * 60 + ms % 100
        ms = utc_ms(date // 10000, date // 100 % 100, date % 100, ms * 1000)
    elif length == 4 and n >= 6 and groups[BEFORE, 4] == COLON and groups[BEFORE, 5] == COLON:
        ms = groups[NUMBER, 3] * 3600 + groups[NUMBER, 4] * 60 + groups[NUMBER, 5]
        ms = utc_ms(number, groups[NUMBER, 1], groups[NUMBER, 2], ms * 1000)
        fraction = 6
    if ms >= 0 and length in (4, 9, 10):
        at = fraction
        if n > at and groups[BEFORE, at] in (POINT, COMMA) and groups[DIGITS, at] <= 9:
            ms += _fraction_ms(groups[NUMBER, at], groups[DIGITS, at])
            at += 1
        if n > at and length == 4 and groups[BEFORE, at] in (PLUS, MINUS):  # an offset from UTC
            east = groups[NUMBER, at]
            if groups[DIGITS, at] == 4:
                east = east // 100 * 60 + east % 100
            else:
                east = 60 * east + (groups[NUMBER, at + 1] if n > at + 1 else 0)
            ms += east * (60_000 if groups[BEFORE, at] == MINUS else -60_000)
    return ms if EARLIEST_MS <= ms < LATEST_MS else -1


@njit(cache=True)
def clock(buf: U1, begin: int, end: int, groups: I8) -> int:
    """The time that a sentence of a receiver holds; -1 where it holds none.

    Either ``PGHP,1,year,month,day,hour,minute,second,ms`` (Gatehouse) or
    ``--ZDA,hhmmss.ss,day,month,year``.
    """
    n = _groups(buf, begin, end, groups)
    if buf[begin + 1] == 71:  # PGHP
        if n < 8:
            return -1
        seconds = groups[NUMBER, 4] * 3600 + groups[NUMBER, 5] * 60 + groups[NUMBER, 6]
        ms = seconds * 1000 + groups[NUMBER, 7]
        return utc_ms(groups[NUMBER, 1], groups[NUMBER, 2], groups[NUMBER, 3], ms)
    if n < 4 or groups[DIGITS, 0] != 6:
        return -1
    day_time = groups[NUMBER, 0]
    ms = (day_time // 10000 * 3600 + day_time // 100 % 100 * 60 + day_time % 100) * 1000
    at = 1
    if groups[BEFORE, 1] == POINT:
        ms += _fraction_ms(groups[NUMBER, 1], groups[DIGITS, 1])
        at = 2
    if n < at + 3:
        return -1
    return utc_ms(groups[NUMBER, at + 2], groups[NUMBER, at + 1], groups[NUMBER, at], ms)
