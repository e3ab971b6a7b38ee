r"""Lines of a log of NMEA 0183: where the sentence is, whether it is whole, when it was heard.

One compiled pass over the bytes of many lines. Around a sentence may stand: tag blocks
(``\\s:station,c:1528070400*50\\`` of NMEA 4.10, with ``g:`` groups), a time before it (epoch, ISO)
or after its checksum (``,1328182324603``; ``,rSTATION,1272412824`` of the US Coast Guard). A
``$PGHP`` sentence (Gatehouse) holds the time of the one sentence whose checksum it repeats at its
end, which need not be the next one. ``$--ZDA`` is a receiver's clock.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from pipeline.feeds.nmea_bits import (
    BAD_PAYLOAD,
    I4,
    PARTS,
    ROW,
    U1,
    decode,
    disarm,
)
from pipeline.feeds.nmea_times import I8, clock, time_at

# What becomes of a line that gives nothing; the names of the rules stand in `nmea.RULES`.
JUNK, BAD_CHECKSUM, OTHER_SENTENCE, OTHER_MESSAGE, PAYLOAD, INCOMPLETE = range(6)

OPEN_MESSAGES = 128  # of several parts, waited for at once: ten sequence numbers a receiver
LONGEST_MESSAGE = 9 * 82  # nine sentences of at most 82 letters, all of them payload
LONGEST_SENTENCE = 200  # some providers join the parts of a message into one long sentence
CLOCKS_KEPT = 64  # $PGHP whose sentence has not come yet

# Rows of the table of messages of which parts are missing, and of that of unused $PGHP.
KEY, TOTAL, NEXT, FIRST_ROW, LAST_ROW, SIZE, TIME, MARK = range(8)
OPEN_FIELDS = 8
CLOCK_TIME, CLOCK_CHECKSUM = range(2)


@njit(cache=True)
def _hex(c: int) -> int:
    if 48 <= c <= 57:
        return c - 48
    if 65 <= c <= 70:
        return c - 55
    if 97 <= c <= 102:
        return c - 87
    return -1


@njit(cache=True)
def _hash(buf: U1, begin: int, end: int, seed: int) -> int:
    """FNV-1a, cut to 62 bits: tells sources and open messages apart."""
    number = np.uint64(seed) ^ np.uint64(14695981039346656037)
    for i in range(begin, end):
        number = (number ^ np.uint64(buf[i])) * np.uint64(1099511628211)
    return int(number >> np.uint64(2))


@njit(cache=True)
def _checksum(buf: U1, begin: int, end: int) -> tuple[int, int]:
    """Where the ``*`` of a sentence stands and the checksum behind it if it holds; else -1."""
    total = np.uint8(0)
    for i in range(begin, end):
        c = buf[i]
        if c == 42:
            if i + 2 >= end:
                return i, -1
            high, low = _hex(buf[i + 1]), _hex(buf[i + 2])
            if high < 0 or low < 0 or 16 * high + low != total:
                return i, -1
            return i, 16 * high + low
        total ^= c
    return -1, -1


@njit(cache=True)
def _tag_block(buf: U1, begin: int, end: int, groups: I8) -> tuple[int, int]:
    """Time (ms, or -1) and source (or group) of a tag block, without its backslashes."""
    star, held = _checksum(buf, begin, end)
    if star >= 0 and held < 0:
        return -1, 0
    stop = star if star >= 0 else end
    time, source, group = -1, 0, 0
    i = begin
    while i < stop:
        j = i
        while j < stop and buf[j] != 44:
            j += 1
        if j - i > 2 and buf[i + 1] == 58:
            if buf[i] == 99:  # c:
                time = time_at(buf, i + 2, j, groups)
            elif buf[i] == 115:  # s:
                source = _hash(buf, i + 2, j, 1)
            elif buf[i] == 103:  # g:1-2-1234, the last being the same for all of a group
                k = j
                while k > i and buf[k - 1] != 45:
                    k -= 1
                group = _hash(buf, k, j, 2)
        i = j + 1
    return time, group if group else source


@njit(cache=True)
def _suffix(buf: U1, begin: int, end: int, groups: I8) -> int:
    """The time in the fields behind a checksum; -1 where none is."""
    i = begin
    while i < end:
        while i < end and buf[i] in (44, 32, 9, 59):
            i += 1
        j = i
        while j < end and buf[j] not in (44, 9, 59):
            j += 1
        if j > i and 48 <= buf[i] <= 57:
            time = time_at(buf, i, j, groups)
            if time >= 0:
                return time
        i = j
    return -1


@njit(cache=True)
def scan(
    buf: U1,
    first_row: int,
    late_log: bool,
    by_gatehouse: bool,
    parts_within_lines: int,
    open_: I8,
    open_values: U1,
    clocks: I8,
    rec: I4,
    own_ms: I8,
    marks_before: I8,
    marks: I8,
    typed: I4,
    ends: I4,
    letters: U1,
    rejects: I8,
    marked: int,
) -> tuple[int, int, int, int, int]:
    """Every line of `buf`; the messages in it decoded.

    Parameters
    ----------
    buf : array of uint8
        Whole lines.
    first_row : int
        The number of the first of them.
    late_log : bool
        Whether times behind sentences are those of the log and not those of the hearing.
    by_gatehouse : bool
        Whether ``$PGHP`` is the clock that sentences without a time go by, or all other times.
    parts_within_lines : int
        Parts of a message are this many lines apart at most.
    open_, open_values, clocks
        What waits for more, kept from one call to the next.
    rec, own_ms, marks_before
        One column a message: its fields, its own time (-1: none), how many times had been read
        before it, counted from the beginning of the file.
    marks : array of int64
        The times read, in their order.
    typed, ends, letters
        Typed values; see `nmea_bits.decode`.
    rejects : array of int64
        Columns of row, rule and number of lines that give nothing.
    marked : int
        How many times had been read before this call.

    Returns
    -------
    tuple of int
        Number of lines that are not blank, of messages, of typed sets, of marks, of rejects.
    """
    lines = n = m = k = r = 0
    values = np.empty(LONGEST_MESSAGE, np.uint8)
    commas = np.empty(6, np.int64)
    groups = np.empty((3, 9), np.int64)
    row = first_row - 1
    end_of_all = len(buf)
    begin = 0
    while begin < end_of_all:
        stop = begin
        while stop < end_of_all and buf[stop] != 10:
            stop += 1
        i, end = begin, stop
        begin = stop + 1
        row += 1
        while end > i and buf[end - 1] in (13, 32, 9):
            end -= 1
        while i < end and buf[i] in (32, 9):
            i += 1
        if i == end:
            continue
        lines += 1
        verdict = -1
        own, source = -1, 0
        tagged = False
        while i < end and buf[i] == 92:
            j = i + 1
            while j < end and buf[j] != 92:
                j += 1
            if j == end:
                break
            time, said = _tag_block(buf, i + 1, j, groups)
            own = time if time >= 0 else own
            source = said if said else source
            tagged = True
            i = j + 1
        s = i
        while s < end and buf[s] != 33 and buf[s] != 36:  # "!" or "$"
            s += 1
        if s == end:
            if tagged and i == end:
                if own >= 0 and not by_gatehouse:
                    marks[k] = own
                    k += 1
                continue
            verdict = JUNK
        elif s > i and own < 0:
            own = time_at(buf, i, s, groups)
        star, held = -1, -1
        if verdict < 0:
            star, held = _checksum(buf, s + 1, end)
            if held < 0:
                verdict = BAD_CHECKSUM
        if verdict < 0 and buf[s] == 36:
            verdict = OTHER_SENTENCE
            gatehouse = False
            if s + 5 < star and buf[s + 1] == 80 and buf[s + 2] == 71 and buf[s + 3] == 72:
                own = clock(buf, s + 1, star, groups)
                gatehouse = True
                if own >= 0 and star - s > 3:
                    high, low = _hex(buf[star - 2]), _hex(buf[star - 1])
                    for c in range(CLOCKS_KEPT - 1, 0, -1):
                        clocks[CLOCK_TIME, c] = clocks[CLOCK_TIME, c - 1]
                        clocks[CLOCK_CHECKSUM, c] = clocks[CLOCK_CHECKSUM, c - 1]
                    clocks[CLOCK_TIME, 0] = own
                    clocks[CLOCK_CHECKSUM, 0] = 16 * high + low
            elif s + 6 < star and buf[s + 3] == 90 and buf[s + 4] == 68 and buf[s + 5] == 65:
                own = clock(buf, s + 1, star, groups)
            else:
                own = -1
            if own >= 0:
                if by_gatehouse == gatehouse:
                    marks[k] = own
                    k += 1
                continue
        if verdict < 0:
            c = 0
            for j in range(s, star):
                if buf[j] == 44 and c < 6:
                    commas[c] = j
                    c += 1
            if buf[s + 3] != 86 or buf[s + 4] != 68 or buf[s + 5] not in (77, 79):
                verdict = OTHER_SENTENCE  # neither VDM nor VDO
            elif c < 6 or commas[0] != s + 6:
                verdict = JUNK
        if verdict >= 0:
            rejects[0, r], rejects[1, r], rejects[2, r] = row, verdict, 1
            r += 1
            continue
        total = int(buf[commas[0] + 1]) - 48
        part = int(buf[commas[1] + 1]) - 48
        fill = int(buf[commas[5] + 1]) - 48 if star > commas[5] + 1 else 0
        payload, payload_end = commas[4] + 1, commas[5]
        whole = commas[1] == commas[0] + 2 and commas[2] == commas[1] + 2 and star <= commas[5] + 2
        whole = whole and 1 <= part <= total <= 9 and 0 <= fill <= 5
        if not whole or payload_end - payload > LONGEST_SENTENCE:
            rejects[0, r], rejects[1, r], rejects[2, r] = row, PAYLOAD, 1
            r += 1
            continue
        after = _suffix(buf, star + 3, end, groups)
        heard = own
        if part == 1:
            for c in range(CLOCKS_KEPT):
                if clocks[CLOCK_CHECKSUM, c] == held and clocks[CLOCK_TIME, c] >= 0:
                    own = clocks[CLOCK_TIME, c] if own < 0 else own
                    clocks[CLOCK_TIME, c] = -1
                    break
        if heard < 0 and not late_log:
            heard = after
        if heard >= 0 and not by_gatehouse:
            marks[k] = heard
            k += 1
        own = heard if own < 0 else own
        seen = marked + k
        if total == 1:
            size = disarm(buf, payload, payload_end, values, 0)
            parts, of_row = 1, row
        else:
            key = _hash(buf, s + 1, commas[0], source) ^ _hash(buf, commas[2], commas[4], total)
            slot = free = -1
            oldest = 0
            for o in range(OPEN_MESSAGES):
                if open_[NEXT, o] == 0:
                    free = o if free < 0 else free
                elif open_[KEY, o] == key and open_[TOTAL, o] == total:
                    slot = o
                elif open_[LAST_ROW, o] < row - parts_within_lines:
                    rejects[0, r], rejects[1, r] = open_[FIRST_ROW, o], INCOMPLETE
                    rejects[2, r] = open_[NEXT, o] - 1
                    r += 1
                    open_[NEXT, o] = 0
                    free = o if free < 0 else free
                elif open_[LAST_ROW, o] < open_[LAST_ROW, oldest]:
                    oldest = o
            lost = -1
            if slot >= 0 and (part == 1 or open_[LAST_ROW, slot] < row - parts_within_lines):
                lost = slot
            elif slot < 0 and part == 1 and free < 0:
                lost = oldest
            if lost >= 0:
                rejects[0, r], rejects[1, r] = open_[FIRST_ROW, lost], INCOMPLETE
                rejects[2, r] = open_[NEXT, lost] - 1
                r += 1
                open_[NEXT, lost] = 0
                free = lost
                slot = -1
            if part == 1:
                slot = free
                open_[KEY, slot], open_[TOTAL, slot], open_[NEXT, slot] = key, total, 1
                open_[FIRST_ROW, slot], open_[SIZE, slot] = row, 0
                open_[TIME, slot], open_[MARK, slot] = -1, seen
            if slot < 0 or open_[NEXT, slot] != part:
                rejects[0, r], rejects[1, r], rejects[2, r] = row, INCOMPLETE, 1
                r += 1
                continue
            at = open_[SIZE, slot]
            if at >= 0:
                at = disarm(buf, payload, payload_end, open_values[slot], at)
            open_[SIZE, slot], open_[LAST_ROW, slot] = at, row
            if open_[TIME, slot] < 0:
                open_[TIME, slot] = own
            open_[NEXT, slot] = part + 1
            if part < total:
                continue
            open_[NEXT, slot] = 0
            size, parts, of_row = at, total, open_[FIRST_ROW, slot]
            own, seen = open_[TIME, slot], open_[MARK, slot]
            for j in range(max(size, 0)):
                values[j] = open_values[slot, j]
        given = BAD_PAYLOAD
        if size > 0:
            given = decode(values, 6 * size - fill, rec, n, typed, m, ends, letters)
        if given < 0:
            rejects[0, r] = of_row
            rejects[1, r] = PAYLOAD if given == BAD_PAYLOAD else OTHER_MESSAGE
            rejects[2, r] = parts
            r += 1
            continue
        rec[ROW, n] = of_row
        rec[PARTS, n] = parts
        own_ms[n] = own
        marks_before[n] = seen
        n += 1
        m += given
    return lines, n, m, k, r
