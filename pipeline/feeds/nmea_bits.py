"""The payload of AIS messages: from armoured letters to numbers and names (ITU-R M.1371-5).

All functions here are compiled. A payload is an array of six-bit values and a number of bits;
a field that reaches beyond the last bit is read as far as it goes, one wholly beyond it is unknown.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.schema import AID_OFF_POSITION, VIRTUAL_AID

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

UNSIGNED, MINUTES, TENTHS_OF_MINUTES, KNOTS, DEGREES, LETTERS = range(6)
AID_REPORT = 21
PART_B = 28  # the kind under which part B of message 24 stands in the tables below

# Where each field stands, from the tables of ITU-R M.1371-5, annex 8: target, first bit, bits (of
# text: letters), how it is read. Targets from 20 on are typed values, from 40 on texts.
_TYPED, _TEXTS = 20, 40
_CLASS_A = (
    (STATUS, 38, 4, UNSIGNED),
    (SOG, 50, 10, UNSIGNED),
    (LON, 61, 28, MINUTES),
    (LAT, 89, 27, MINUTES),
    (COG, 116, 12, UNSIGNED),
    (HEADING, 128, 9, UNSIGNED),
    (SECOND, 137, 6, UNSIGNED),
)
_CLASS_B = (
    (SOG, 46, 10, UNSIGNED),
    (LON, 57, 28, MINUTES),
    (LAT, 85, 27, MINUTES),
    (COG, 112, 12, UNSIGNED),
    (HEADING, 124, 9, UNSIGNED),
    (SECOND, 133, 6, UNSIGNED),
)


def _dimensions(at: int) -> tuple[tuple[int, int, int, int], ...]:
    return (
        (_TYPED + TO_BOW, at, 9, UNSIGNED),
        (_TYPED + TO_STERN, at + 9, 9, UNSIGNED),
        (_TYPED + TO_PORT, at + 18, 6, UNSIGNED),
        (_TYPED + TO_STARBOARD, at + 24, 6, UNSIGNED),
    )


_LAYOUTS: dict[int, tuple[int, int, tuple[tuple[int, int, int, int], ...]]] = {
    # Kind of message: the bits that it must have to hold all that is used of it (what follows,
    # radio state, spare bits, the end of a destination, is often cut without harm); 1 where it is
    # of Class B, 0 of Class A, -1 of neither or either; its fields.
    1: (143, 0, _CLASS_A),
    2: (143, 0, _CLASS_A),
    3: (143, 0, _CLASS_A),
    4: (134, -1, ((SECOND, 72, 6, UNSIGNED), (LON, 79, 28, MINUTES), (LAT, 107, 27, MINUTES))),
    11: (134, -1, ((SECOND, 72, 6, UNSIGNED), (LON, 79, 28, MINUTES), (LAT, 107, 27, MINUTES))),
    5: (
        302,
        0,
        (
            (_TYPED + IMO, 40, 30, UNSIGNED),
            (_TEXTS + CALLSIGN, 70, 7, LETTERS),
            (_TEXTS + NAME, 112, 20, LETTERS),
            (_TYPED + SHIP_TYPE, 232, 8, UNSIGNED),
            *_dimensions(240),
            (_TYPED + DRAUGHT, 294, 8, UNSIGNED),
            (_TEXTS + DESTINATION, 302, 20, LETTERS),
        ),
    ),
    9: (
        134,
        -1,
        (
            (SOG, 50, 10, KNOTS),
            (LON, 61, 28, MINUTES),
            (LAT, 89, 27, MINUTES),
            (COG, 116, 12, UNSIGNED),
            (SECOND, 128, 6, UNSIGNED),
        ),
    ),
    18: (139, 1, _CLASS_B),
    19: (
        139,
        1,
        (
            *_CLASS_B,
            (_TEXTS + NAME, 143, 20, LETTERS),
            (_TYPED + SHIP_TYPE, 263, 8, UNSIGNED),
            *_dimensions(271),
        ),
    ),
    AID_REPORT: (
        249,
        -1,
        (
            (_TYPED + SHIP_TYPE, 38, 5, UNSIGNED),  # of the aid: see `_aid`
            (_TEXTS + NAME, 43, 20, LETTERS),
            (LON, 164, 28, MINUTES),
            (LAT, 192, 27, MINUTES),
            *_dimensions(219),
            (SECOND, 253, 6, UNSIGNED),
        ),
    ),
    24: (160, 1, ((_TEXTS + NAME, 40, 20, LETTERS),)),
    PART_B: (
        162,
        1,
        (
            (_TYPED + SHIP_TYPE, 40, 8, UNSIGNED),
            (_TEXTS + CALLSIGN, 90, 7, LETTERS),
            *_dimensions(132),
        ),
    ),
    27: (
        94,
        -1,
        (
            (STATUS, 40, 4, UNSIGNED),
            (LON, 44, 18, TENTHS_OF_MINUTES),
            (LAT, 62, 17, TENTHS_OF_MINUTES),
            (SOG, 79, 6, KNOTS),
            (COG, 85, 9, DEGREES),
        ),
    ),
}
_FIELDS = np.array([field for *_, fields in _LAYOUTS.values() for field in fields], np.int32)
_KINDS = np.zeros((64, 4), np.int32)  # bits, class, first and last of `_FIELDS`
_first = 0
for _kind, (_bits, _class_b, _fields) in _LAYOUTS.items():
    _KINDS[_kind] = _bits, _class_b, _first, _first + len(_fields)
    _first += len(_fields)


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
    number = 0
    for i in range(first, last + 1):
        number = (number << 6) | int(values[i])
    number >>= 6 * (last + 1) - end
    return number & ((1 << (end - start)) - 1)


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
def _aid(values: U1, size: int, mmsi: int, kind: int) -> np.int32:
    """What an aid to navigation says it is: its kind, whether virtual, whether off its position.

    That it is off its position holds with a second of UTC only (ITU-R M.1371-5, message 21). None
    for another's number: there the kind would be taken for a type of ship.
    """
    if mmsi // 10_000_000 != 99 or not 201 <= mmsi // 10_000 % 1000 <= 775:
        return NONE
    off = bits(values, size, 259, 1) if bits(values, size, 253, 6) <= 59 and size > 259 else 0
    virtual = bits(values, size, 269, 1)
    return np.int32(kind + VIRTUAL_AID * virtual + AID_OFF_POSITION * off)


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
    if size < 40:
        return BAD_PAYLOAD
    kind = bits(values, size, 0, 6)
    mmsi = bits(values, size, 8, 30)
    layout = kind
    if kind == 24:
        part = bits(values, size, 38, 2)
        if part > 1:
            return BAD_PAYLOAD
        layout = PART_B if part == 1 else 24
    elif kind == PART_B:
        return OTHER_KIND
    needed, class_b, first, last = _KINDS[layout]
    if needed == 0:
        return OTHER_KIND
    if size < needed:
        return BAD_PAYLOAD
    for field in range(RECORD_FIELDS):
        rec[field, n] = NONE
    for field in range(TYPED_FIELDS):
        typed[field, m] = NONE
    for t in range(TEXTS):
        ends[t, m + 1] = ends[t, m]
    rec[KIND, n], rec[MMSI, n] = kind, mmsi
    if class_b >= 0:
        rec[CLASS_B, n] = class_b
    has_typed = 0
    for f in range(first, last):
        target, start, width, how = _FIELDS[f]
        if start >= size:
            continue
        if how == LETTERS:
            t = target - _TEXTS
            ends[t, m + 1] = text(values, size, start, width, letters[t], ends[t, m])
            has_typed = 1
            continue
        number = bits(values, size, start, width)
        if how in (MINUTES, TENTHS_OF_MINUTES):
            # In two's complement, in 1/10,000 or 1/10 of a minute; kept in millionths of a
            # degree, rounded half up.
            if number >= 1 << (width - 1):
                number -= 1 << width
            number = ((10 if how == MINUTES else 10_000) * number + 3) // 6
        elif how == KNOTS:  # whole knots; the two highest say "or more" and "none"
            most = (1 << width) - 1
            number = (
                1023
                if number == most
                else 1022
                if width == 10 and number == most - 1
                else 10 * number
            )
        elif how == DEGREES:
            number = 3600 if number == (1 << width) - 1 else 10 * number
        if target < _TYPED:
            rec[target, n] = number
        elif kind == AID_REPORT and target == _TYPED + SHIP_TYPE:
            typed[SHIP_TYPE, m] = _aid(values, size, mmsi, number)
        elif layout != PART_B or mmsi // 10_000_000 != 98 or start < 132:
            # A craft of a parent ship (MMSI 98...) sends its parent's MMSI for its dimensions.
            typed[target - _TYPED, m] = number
            has_typed = 1
    if has_typed:
        rec[TYPED, n] = m
    return has_typed
