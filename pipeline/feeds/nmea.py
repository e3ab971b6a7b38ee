"""Logs of NMEA 0183 sentences: ``!AIVDM`` and its kin, with the times that stand around them.

Message types 1-3, 11, 18, 19, 27 (ships), 4 (base stations), 9 (aircraft), 21 (aids) give
positions; 5, 19, 21, 24A and 24B what ships typed. Every line that is not blank is used or
rejected under one rule of `RULES` or ``feeds.nmea_no_time``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pyarrow as pa

from pipeline import schema
from pipeline.config.feeds import NmeaConfig
from pipeline.feeds import nmea_bits as bits
from pipeline.feeds import nmea_scan as scanner
from pipeline.feeds.archives import Stream
from pipeline.feeds.batch import Batch, group_statics
from pipeline.feeds.clock import RunningClock
from pipeline.feeds.nmea_base import BASE_STATION_REPORT, OFF_MIN_MS, Off, off
from pipeline.feeds.nmea_bits import I4, NONE, U1
from pipeline.feeds.nmea_times import I8, utc_ms
from pipeline.feeds.pieces import lines_of
from pipeline.feeds.streams import Chunk, chunks, line_ends
from pipeline.feeds.typed import settle, tidy
from pipeline.ledger import Ledger

_PAYLOAD = re.compile(rb"![A-Z0-9=]{2}VD[MO],1,1,[^,]*,[^,]*,([^,*]+),")
SENTENCE = re.compile(rb"![A-Z0-9=]{2}VD[MO],\d,\d,")
RULES = {
    scanner.JUNK: "feeds.nmea_junk",  # no sentence at all
    scanner.BAD_CHECKSUM: "feeds.nmea_bad_checksum",  # wrong or missing
    scanner.OTHER_SENTENCE: "feeds.nmea_other_sentence",  # of the receiver, not of a ship
    scanner.OTHER_MESSAGE: "feeds.nmea_other_message",  # a type that holds nothing of use
    scanner.PAYLOAD: "feeds.nmea_bad_payload",  # too short for its type, or letters of no armour
    scanner.INCOMPLETE: "feeds.nmea_incomplete",  # other parts of the message are missing
}
NO_TIME = -1  # its rule is ``feeds.nmea_no_time``
HELD_MOST = 500_000  # messages that wait for the next time to be read: some tens of megabytes
_RECORD = {
    "mmsi": bits.MMSI,
    "kind": bits.KIND,
    "row": bits.ROW,
    "parts": bits.PARTS,
    "lat": bits.LAT,
    "lon": bits.LON,
    "sog_kn": bits.SOG,
    "cog_deg": bits.COG,
    "heading_deg": bits.HEADING,
    "nav_status": bits.STATUS,
    "class_b": bits.CLASS_B,
    "second": bits.SECOND,
    "typed": bits.TYPED,
}
_TYPED = {
    "imo": bits.IMO,
    "ship_type": bits.SHIP_TYPE,
    "a_m": bits.TO_BOW,
    "b_m": bits.TO_STERN,
    "c_m": bits.TO_PORT,
    "d_m": bits.TO_STARBOARD,
    "draught_m": bits.DRAUGHT,
}
_TEXT = {"callsign": bits.CALLSIGN, "name": bits.NAME, "destination": bits.DESTINATION}
_SENT = [name for name in (*_RECORD, *_TYPED, *_TEXT) if name != "typed"]
_STATION_TIME = re.compile(
    rb"\\[^\\\r\n]*c:\d|\$..ZDA,\d{6}|^[^!$\r\n]*\d{4}[^!$\r\n]*!..VD|![^*\r\n]*\*[^!\r\n]*,\d{9,13}\b",
    re.MULTILINE,
)
_GATEHOUSE_LOGGED = re.compile(
    rb"\$PGHP,1,(\d+),(\d+),(\d+),(\d+),(\d+),(\d+),\d+,[^*\r\n]*\*[0-9A-Fa-f]{2},(\d{10})(\d{3})?\b"
)


@dataclass(frozen=True)
class Nmea:
    """How a log is read.

    Attributes
    ----------
    late_log : bool
        Its ``$PGHP`` lines show that the times behind the sentences are those at which the log was
        written, long after the hearing: satellites deliver what they heard half an hour before.

    by_gatehouse : bool
        The clock that sentences without a time go by is ``$PGHP``, not the times of stations: a
        log of stations may hold what a satellite heard an hour ago, each under its own ``$PGHP``.

    off : Off or None
        By how much its clock is off, by the base stations that it heard.
    """

    late_log: bool = False
    by_gatehouse: bool = False
    off: Off | None = None


def recognise(head: bytes, config: NmeaConfig) -> Nmea | None:
    """How the log that begins with `head` is read; None where it holds no sentence."""
    if not SENTENCE.search(head):
        return None
    late = 0
    logged = list(_GATEHOUSE_LOGGED.finditer(head))
    for match in logged:
        year, month, day, hour, minute, second, epoch = (int(match[i]) for i in range(1, 8))
        seconds = hour * 3600 + minute * 60 + second
        heard_ms = utc_ms(year, month, day, seconds * 1000)
        late += abs(heard_ms / 1000 - epoch) > config.clock_gap_s
    stations = len(_STATION_TIME.findall(head))
    late_log = late > len(logged) / 2
    form = Nmea(late_log, by_gatehouse=late_log or head.count(b"$PGHP") > stations)
    return replace(form, off=_clock_off(head, form, config))


def _clock_off(head: bytes, form: Nmea, config: NmeaConfig) -> Off | None:
    """By how much the clock of a log is off that begins with `head`."""
    data = head[: head.rfind(b"\n") + 1]
    log = _Log(form, 0, "", config, Ledger())
    found, _ = log.scan(Chunk(data, 1, line_ends(data), last=True))
    base = found.filter((pl.col("kind") == BASE_STATION_REPORT) & (pl.col("own_ms") >= 0))
    rows = base["row"].to_list()
    said = [_PAYLOAD.search(line.encode()) for line in lines_of(data, 1, rows)]
    return off([match[1] if match else b"" for match in said], base["own_ms"].to_list())


def share(head: bytes) -> float:
    """Of the lines of `head`, how many hold a sentence."""
    lines = [line for line in head.splitlines() if line.strip()]
    return sum(1 for line in lines if SENTENCE.search(line)) / max(1, len(lines))


def read(
    stream: Stream, form: Nmea, file: int, name: str, config: NmeaConfig, ledger: Ledger
) -> Iterator[Batch]:
    """The messages of a log, in batches."""
    log = _Log(form, file, name, config, ledger)
    for chunk in chunks(stream):
        yield from log.messages(chunk)
    log.close()


def decode(data: bytes) -> pl.DataFrame:
    """Every message in the lines of `data`, without its time: for looking and comparing.

    Returns
    -------
    pl.DataFrame
        ``row`` (line of its first part), ``parts``, ``kind`` (message type), the fields of
        positions, and the typed values as sent: zeros, ``""`` and sentinels in place.
    """
    log = _Log(Nmea(), 0, "", NmeaConfig(), Ledger())
    return log.scan(Chunk(data, 1, line_ends(data), last=True))[0].select(_SENT)


class _Log:
    """What is kept of a log from one piece to the next: open messages, clocks, what waits."""

    def __init__(
        self, form: Nmea, file: int, name: str, config: NmeaConfig, ledger: Ledger
    ) -> None:
        self.form, self.file, self.name = form, file, name
        self.config, self.ledger = config, ledger
        self.open = np.zeros((scanner.OPEN_FIELDS, scanner.OPEN_MESSAGES), np.int64)
        self.open_values = np.empty((scanner.OPEN_MESSAGES, scanner.LONGEST_MESSAGE), np.uint8)
        self.clocks = np.full((2, scanner.CLOCKS_KEPT), -1, np.int64)
        self.marked, self.last_marks = 0, np.array([-1, -1], np.int64)
        self.running = RunningClock(config.start_utc) if config.start_utc else None
        self.held: pl.DataFrame | None = None
        self.unplaced = 0
        self.ahead_ms = form.off.ms if form.off and form.off.sure else 0
        self.corrected = 0

    def messages(self, chunk: Chunk) -> Iterator[Batch]:
        """What the lines of `chunk` hold, and what waited for them."""
        found, marks = self.scan(chunk)
        if self.held is not None:
            found = pl.concat([self.held, found])
        placed = self._place(found, marks, chunk)
        if not placed.is_empty():
            yield _batch(placed, self.file, self.ledger)

    def close(self) -> None:
        """Count the messages that never became whole, and say what could not be placed.

        Also by how much the log's clock is off.
        """
        if self.form.off:
            what = "corrected" if self.ahead_ms else "not corrected, for one station may be wrong"
            self.ledger.warn(f"{self.name}: its clock is {self.form.off}; its times were {what}")
            self.ledger.flag("feeds.nmea_clock_corrected", self.corrected)
        parts = self.open[scanner.NEXT] - 1
        left = parts > 0
        self._reject(scanner.INCOMPLETE, self.open[scanner.FIRST_ROW, left], parts[left], None)
        if self.unplaced:
            self.ledger.warn(
                f"{self.name}: {self.unplaced} sentences have no time of their own and none near "
                "them in the log, so they cannot be placed (if you know when the log begins, set "
                "feeds.nmea.start_utc)"
            )

    def scan(self, chunk: Chunk) -> tuple[pl.DataFrame, I8]:
        """The messages in the lines of `chunk`, and the times read, both in their order."""
        buf = np.frombuffer(chunk.data, np.uint8)
        lines = chunk.lines + 1
        rec = np.empty((bits.RECORD_FIELDS, lines), np.int32)
        own_ms, marks_before = np.empty(lines, np.int64), np.empty(lines, np.int64)
        marks = np.empty(lines, np.int64)
        typed = np.empty((bits.TYPED_FIELDS, lines), np.int32)
        ends = np.zeros((bits.TEXTS, lines + 1), np.int32)
        letters = np.empty((bits.TEXTS, bits.LONGEST_TEXT * lines), np.uint8)
        rejects = np.empty((3, lines + scanner.OPEN_MESSAGES), np.int64)
        read, n, m, k, r = scanner.scan(
            buf,
            chunk.first_row,
            self.form.late_log,
            self.form.by_gatehouse,
            self.config.parts_within_lines,
            self.open,
            self.open_values,
            self.clocks,
            rec,
            own_ms,
            marks_before,
            marks,
            typed,
            ends,
            letters,
            rejects,
            self.marked,
        )
        self.ledger.read(read)
        for rule in RULES:
            at = rejects[1, :r] == rule
            self._reject(rule, rejects[0, :r][at], rejects[2, :r][at], chunk)
        if self.ahead_ms:
            timed = own_ms[:n] >= 0
            own_ms[:n][timed] -= self.ahead_ms
            marks[:k] -= self.ahead_ms
        # The two times read last before each message: of this piece, or the last of those before.
        times = np.concatenate([self.last_marks, marks[:k]])
        at = marks_before[:n] - self.marked
        frame = _records(rec[:, :n]).with_columns(
            pl.Series("own_ms", own_ms[:n]),
            pl.Series("before", marks_before[:n]),
            pl.Series("earlier_ms", times[at]),
            pl.Series("last_ms", times[at + 1]),
            pl.Series("running_ms", self.running.run(rec[bits.SECOND, :n], own_ms[:n]))
            if self.running
            else pl.lit(-1, pl.Int64).alias("running_ms"),
        )
        said = _typed(typed[:, :m], ends[:, : m + 1], letters)
        return pl.concat([frame, said[frame["typed"]]], how="horizontal").drop("typed"), marks[:k]

    def _place(self, found: pl.DataFrame, marks: I8, chunk: Chunk) -> pl.DataFrame:
        """Give each message its time; keep those that may still get one, count the others."""
        number = found["before"].to_numpy() - self.marked
        known = number < len(marks)
        next_ms = np.where(known, np.append(marks, -1)[np.where(known, number, -1)], -1)
        self.marked += len(marks)
        self.last_marks = np.concatenate([self.last_marks, marks])[-2:]
        own, last = found["own_ms"].to_numpy(), found["last_ms"].to_numpy()
        earlier, off_ms = found["earlier_ms"].to_numpy(), np.abs(next_ms - last)
        near = (last >= 0) & known & (off_ms <= self.config.clock_gap_s * 1000)
        # A line out of its order is farther from the next than the one before it, and by more than
        # the way through a network takes.
        out_of_order = (earlier >= 0) & (np.abs(next_ms - earlier) < off_ms - OFF_MIN_MS)
        before = np.where(out_of_order, earlier, last)
        time_ms = np.where(own >= 0, own, np.where(near, before, found["running_ms"].to_numpy()))
        waiting = (time_ms < 0) & (last >= 0) & ~known
        if chunk.last or waiting.sum() > HELD_MOST:
            waiting[:] = False
        self.held = found.filter(waiting) if waiting.any() else None
        lost = (time_ms < 0) & ~waiting
        if lost.any():
            rows, parts = found["row"].to_numpy()[lost], found["parts"].to_numpy()[lost]
            self.unplaced += int(parts.sum())
            self._reject(NO_TIME, rows, parts, chunk)
        timed = found.with_columns(pl.Series("time", time_ms).cast(schema.TIME))
        self.corrected += int((time_ms >= 0).sum()) if self.ahead_ms else 0
        return timed.filter(time_ms >= 0)

    def _reject(self, rule: int, rows: I8, lines: I8, chunk: Chunk | None) -> None:
        if not len(rows):
            return
        self.ledger.reject(
            RULES.get(rule, "feeds.nmea_no_time"),
            self.name,
            rows.tolist(),
            lambda numbers: _lines(chunk, numbers),
            lines.tolist(),
        )


def _lines(chunk: Chunk | None, rows: Sequence[int]) -> list[str]:
    """The texts of lines of a piece; those before it are no longer at hand."""
    if chunk is None:
        return ["(the first part of a message)"] * len(rows)
    here = [row for row in rows if row >= chunk.first_row]
    texts = dict(zip(here, lines_of(chunk.data, chunk.first_row, here), strict=True))
    return [texts.get(row, "(the first part of a message)").strip() for row in rows]


def _records(rec: I4) -> pl.DataFrame:
    """The fields of messages in the units of POSITIONS."""
    frame = pl.DataFrame(
        {name: rec[field] for name, field in _RECORD.items()},
        schema=dict.fromkeys(_RECORD, pl.Int32),
    ).with_columns(pl.when(pl.col(name) != NONE).then(pl.col(name)) for name in _RECORD)
    # NumPy divides; Polars multiplies by the inverse, which is not the same in the last digit.
    scaled = [
        pl.Series(name, (rec[field] / unit).astype(dtype))
        for name, field, unit, dtype in (
            ("lat", bits.LAT, 1e6, np.float64),
            ("lon", bits.LON, 1e6, np.float64),
            ("sog_kn", bits.SOG, 10.0, np.float32),
            ("cog_deg", bits.COG, 10.0, np.float32),
        )
    ]
    known = {series.name: frame[series.name].is_not_null() for series in scaled}
    return frame.with_columns(
        *(pl.when(known[series.name]).then(series).alias(series.name) for series in scaled),
        pl.col("class_b").cast(pl.Boolean),
        pl.col("typed").cast(pl.UInt32),
    )


def _typed(typed: I4, ends: I4, letters: U1) -> pl.DataFrame:
    """What ships typed, raw; draughts in tenths of a metre."""
    frame = pl.DataFrame(
        {name: typed[field] for name, field in _TYPED.items()},
        schema=dict.fromkeys(_TYPED, pl.Int32),
    )
    texts = (
        pl.Series(
            name,
            pa.StringArray.from_buffers(
                len(ends[t]) - 1, pa.py_buffer(ends[t]), pa.py_buffer(letters[t])
            ),
        )
        for name, t in _TEXT.items()
    )
    return frame.with_columns(
        pl.when(pl.col(name) != NONE).then(pl.col(name)) for name in _TYPED
    ).with_columns(*texts)


def _batch(messages: pl.DataFrame, file: int, ledger: Ledger) -> Batch:
    positions = messages.filter(pl.col("lat").is_not_null()).with_columns(file=pl.lit(file))
    statics = group_statics(messages)
    return Batch(
        schema.conform(positions, schema.POSITIONS), settle(tidy(statics, draught_m=0.1), ledger)
    )
