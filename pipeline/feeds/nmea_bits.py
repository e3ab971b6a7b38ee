"""The payload of AIS messages: from armoured letters to numbers and names (ITU-R M.1371-5).

All functions here are compiled. A payload is an array of six-bit values and a number of bits;
a field that reaches beyond the last bit is read as far as it goes, one wholly beyond it is 0.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

U1 = NDArray[np.uint8]
I4 = NDArray[np.int32]

# Rows of the table of records: one column a message.
MMSI, KIND, ROW, PARTS, SECOND, LAT, LON, SOG, COG, HEADING, STATUS, CLASS_B, TYPED = range(13)
RECORD_FIELDS = 13
# Rows of the table of typed values: one column a message that holds any.
IMO, SHIP_TYPE, TO_BOW, TO_STERN, TO_PORT, TO_STARBOARD, DRAUGHT = range(7)
TYPED_FIELDS = 7
# Rows of the offsets into the letters: where each text of a message ends.
CALLSIGN, NAME, DESTINATION = range(3)
TEXTS = 3
LONGEST_TEXT = 20
NONE = np.int32(-(2**31))  # no value, in any of these

BAD_PAYLOAD = -1
OTHER_KIND = -2

# The shortest message of each kind that holds all that is used of it, in bits. What follows
# (radio state, spare bits, the end of a destination) is often cut without harm.
_BITS_1, _BITS_4, _BITS_5, _BITS_9, _BITS_18, _BITS_21 = 143, 134, 302, 134, 139, 249
_BITS_24A, _BITS_24B, _BITS_27 = 160, 162, 94


@njit(cache=True)
def disarm(buf: U1, begin: int, end: int, into: U1, at: int) -> int:
    """Six-bit values of armoured letters, written into `into` from `at`.

    Returns
    -------
    int
        Where the next value goes, or -1 when a letter is none of the armour's 64, or no room.
    """
    for i in range(begin, end):
        c = buf[i]
        if not (48 <= c <= 87 or 96 <= c <= 119) or at >= len(into):
            return -1
        into[at] = c - 48 if c < 96 else c - 56
        at += 1
    return at


@njit(cache=True)
def bits(values: U1, size: int, start: int, width: int) -> int:
    """An unsigned number of at most 32 bits."""
    end = min(start + width, size)
    if end <= start:
        return 0
    first, last = start // 6, (end - 1) // 6
    number = np.int64(0)
    for i in range(first, last + 1):
        number = (number << 6) | np.int64(values[i])
    number >>= 6 * (last + 1) - end
    return number & ((np.int64(1) << (end - start)) - 1)


@njit(cache=True)
def signed(values: U1, size: int, start: int, width: int) -> int:
    """A number in two's complement."""
    number = bits(values, size, start, width)
    have = min(width, size - start)
    if have > 0 and number >= np.int64(1) << (have - 1):
        number -= np.int64(1) << have
    return number


@njit(cache=True)
def text(values: U1, size: int, start: int, letters: int, into: U1, at: int) -> int:
    """A name in six-bit letters without its padding, written into `into`; where it ends."""
    end = at
    for k in range(letters):
        code = bits(values, size, start + 6 * k, 6)
        into[end] = code + 64 if code < 32 else code
        end += 1
    while end > at and into[end - 1] == 64:  # "@" fills what is not used
        end -= 1
    while end > at and into[end - 1] == 32:
        end -= 1
    begin = at
    while begin < end and into[begin] == 32:
        begin += 1
    if begin > at:
        for k in range(end - begin):
            into[at + k] = into[begin + k]
        end -= begin - at
    return end


@njit(cache=True)
def _place(rec: I4, n: int, values: U1, size: int, lon_at: int, lat_at: int) -> None:
    """A position in 1/10,000 minutes as millionths of a degree, rounded half up."""
    rec[LON, n] = (10 * signed(values, size, lon_at, 28) + 3) // 6
    rec[LAT, n] = (10 * signed(values, size, lat_at, 27) + 3) // 6


@njit(cache=True)
def _dimensions(typed: I4, m: int, values: U1, size: int, at: int) -> None:
    typed[TO_BOW, m] = bits(values, size, at, 9)
    typed[TO_STERN, m] = bits(values, size, at + 9, 9)
    typed[TO_PORT, m] = bits(values, size, at + 18, 6)
    typed[TO_STARBOARD, m] = bits(values, size, at + 24, 6)


@njit(cache=True)
def decode(values: U1, size: int, rec: I4, n: int, typed: I4, m: int, ends: I4, letters: U1) -> int:
    """One message into column `n` of the records and, where it holds typed values, `m` of those.

    Parameters
    ----------
    values, size
        The payload.
    rec, typed, ends, letters
        Tables of the rows named above; the texts `t` of all messages stand one after the other in
        ``letters[t]``, where that of message `m` begins at ``ends[t, m]``, to end at
        ``ends[t, m + 1]``.

    Returns
    -------
    int
        1 when typed values were written, 0 when not, `BAD_PAYLOAD` or `OTHER_KIND` when nothing.
    """
    if size < 38:
        return BAD_PAYLOAD
    kind = bits(values, size, 0, 6)
    for field in range(RECORD_FIELDS):
        if field not in (ROW, PARTS):
            rec[field, n] = NONE
    rec[KIND, n] = kind
    rec[MMSI, n] = bits(values, size, 8, 30)
    for field in range(TYPED_FIELDS):
        typed[field, m] = NONE
    has_typed = 0
    call_at, name_at, destination_at = -1, -1, -1
    if 1 <= kind <= 3:
        if size < _BITS_1:
            return BAD_PAYLOAD
        rec[STATUS, n] = bits(values, size, 38, 4)
        rec[SOG, n] = bits(values, size, 50, 10)
        _place(rec, n, values, size, 61, 89)
        rec[COG, n] = bits(values, size, 116, 12)
        rec[HEADING, n] = bits(values, size, 128, 9)
        rec[SECOND, n] = bits(values, size, 137, 6)
        rec[CLASS_B, n] = 0
    elif kind in (18, 19):
        if size < _BITS_18:
            return BAD_PAYLOAD
        rec[SOG, n] = bits(values, size, 46, 10)
        _place(rec, n, values, size, 57, 85)
        rec[COG, n] = bits(values, size, 112, 12)
        rec[HEADING, n] = bits(values, size, 124, 9)
        rec[SECOND, n] = bits(values, size, 133, 6)
        rec[CLASS_B, n] = 1
        if kind == 19:
            has_typed = 1
            name_at = 143
            typed[SHIP_TYPE, m] = bits(values, size, 263, 8)
            _dimensions(typed, m, values, size, 271)
    elif kind == 5:
        if size < _BITS_5:
            return BAD_PAYLOAD
        has_typed = 1
        typed[IMO, m] = bits(values, size, 40, 30)
        call_at, name_at, destination_at = 70, 112, 302
        typed[SHIP_TYPE, m] = bits(values, size, 232, 8)
        _dimensions(typed, m, values, size, 240)
        typed[DRAUGHT, m] = bits(values, size, 294, 8)
        rec[CLASS_B, n] = 0
    elif kind == 24:
        part = bits(values, size, 38, 2)
        if (part == 0 and size < _BITS_24A) or (part == 1 and size < _BITS_24B) or part > 1:
            return BAD_PAYLOAD
        has_typed = 1
        rec[CLASS_B, n] = 1
        if part == 0:
            name_at = 40
        else:
            typed[SHIP_TYPE, m] = bits(values, size, 40, 8)
            call_at = 90
            # A craft of a parent ship (MMSI 98...) sends its parent's MMSI in their place.
            if rec[MMSI, n] // 10_000_000 != 98:
                _dimensions(typed, m, values, size, 132)
    elif kind == 4:
        if size < _BITS_4:
            return BAD_PAYLOAD
        _place(rec, n, values, size, 79, 107)
        rec[SECOND, n] = bits(values, size, 72, 6)
    elif kind == 9:
        if size < _BITS_9:
            return BAD_PAYLOAD
        knots = bits(values, size, 50, 10)  # whole knots, 1022 being "or more", 1023 "none"
        rec[SOG, n] = knots if knots >= 1022 else 10 * knots
        _place(rec, n, values, size, 61, 89)
        rec[COG, n] = bits(values, size, 116, 12)
        rec[SECOND, n] = bits(values, size, 128, 6)
    elif kind == 21:
        if size < _BITS_21:
            return BAD_PAYLOAD
        has_typed = 1
        name_at = 43
        _place(rec, n, values, size, 164, 192)
        _dimensions(typed, m, values, size, 219)
        rec[SECOND, n] = bits(values, size, 253, 6)
    elif kind == 27:
        if size < _BITS_27:
            return BAD_PAYLOAD
        rec[STATUS, n] = bits(values, size, 40, 4)
        # 1/10 minutes, whole knots and degrees; 63 knots and 511 degrees are "none".
        rec[LON, n] = (10000 * signed(values, size, 44, 18) + 3) // 6
        rec[LAT, n] = (10000 * signed(values, size, 62, 17) + 3) // 6
        knots = bits(values, size, 79, 6)
        rec[SOG, n] = 1023 if knots == 63 else 10 * knots
        course = bits(values, size, 85, 9)
        rec[COG, n] = 3600 if course == 511 else 10 * course
    else:
        return OTHER_KIND
    if has_typed == 0:
        return 0
    rec[TYPED, n] = m
    for t, start, count in (
        (CALLSIGN, call_at, 7),
        (NAME, name_at, LONGEST_TEXT),
        (DESTINATION, destination_at, LONGEST_TEXT),
    ):
        begin = ends[t, m]
        ends[t, m + 1] = (
            text(values, size, start, count, letters[t], begin) if start >= 0 else begin
        )
    return 1
