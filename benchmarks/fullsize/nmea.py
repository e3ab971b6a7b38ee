"""Rows of a full-size day as NMEA sentences: positions (types 1, 18), statics (types 5, 24).

Encoded column by column, for pyais takes minutes for a day. Each sentence has a tag block with the
time of its receiver. A ship sends its statics with the first of its rows in each block of hours.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Field = tuple[int, Ints | int]
"""Width in bits, and values (one for all, or one a row)."""
ALPHABET = "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_ !\"#$%&'()*+,-./0123456789:;<=>?"
FIRST_PART = 56  # characters of a type 5 in its first sentence


def _symbols(fields: Sequence[Field], rows: int) -> Bytes:
    """The payload of each row: fields one after the other, six bits a character."""
    width = sum(bits for bits, _ in fields)
    bits = np.zeros((rows, -(-width // 6) * 6), np.uint8)
    at = 0
    for size, values in fields:
        column = np.broadcast_to(np.asarray(values, np.int64), rows)
        for k in range(size):
            bits[:, at + k] = (column >> (size - 1 - k)) & 1
        at += size
    six = bits.reshape(rows, -1, 6) @ np.array((32, 16, 8, 4, 2, 1), np.uint8)
    return np.where(six < 40, six + 48, six + 56).astype(np.uint8)


def _text(values: pl.Series, length: int) -> list[Field]:
    """Text in six-bit characters, padded with @."""
    padded = values.fill_null("").str.slice(0, length).str.pad_end(length, "@").to_list()
    code = np.array([[ALPHABET.index(c) for c in text] for text in padded], np.int64)
    return [(6, code[:, k]) for k in range(length)]


def _digits(values: Ints, length: int) -> Bytes:
    """Whole numbers as text, padded with zeros."""
    powers = 10 ** np.arange(length - 1, -1, -1)
    return (values[:, None] // powers % 10 + 48).astype(np.uint8)


def _hex(values: Bytes) -> Bytes:
    digits = np.frombuffer(b"0123456789ABCDEF", np.uint8)
    return np.column_stack((digits[values >> 4], digits[values & 15]))


def _sentences(head: str, payload: Bytes, fill: int, seconds: Ints) -> Bytes:
    """Whole lines of equal length: tag block, sentence, checksums."""
    rows = len(payload)

    def same(text: str) -> Bytes:
        return np.broadcast_to(np.frombuffer(text.encode(), np.uint8), (rows, len(text)))

    def summed(body: Bytes) -> Bytes:
        return np.column_stack((body, same("*"), _hex(np.bitwise_xor.reduce(body, axis=1))))

    tag = summed(np.column_stack((same("c:"), _digits(seconds, 10))))
    sentence = summed(np.column_stack((same(head), payload, same(f",{fill}"))))
    return np.column_stack((same("\\"), tag, same("\\!"), sentence, same("\n")))


def _whole(frame: pl.DataFrame, name: str, factor: float, unknown: int) -> Ints:
    return (
        (frame[name].cast(pl.Float64) * factor).round().fill_null(unknown).cast(pl.Int64).to_numpy()
    )


def _positions(frame: pl.DataFrame, class_b: bool) -> Bytes:
    seconds = frame["BaseDateTime"].dt.epoch("s").to_numpy()
    mmsi = frame["MMSI"].to_numpy().astype(np.int64)
    place: list[Field] = [
        (10, _whole(frame, "SOG", 10, 1023)),
        (1, 0),
        (28, _whole(frame, "LON", 600_000, 181 * 600_000)),
        (27, _whole(frame, "LAT", 600_000, 91 * 600_000)),
        (12, _whole(frame, "COG", 10, 3600)),
        (9, _whole(frame, "Heading", 1, 511)),
        (6, seconds % 60),
    ]
    fields: list[Field]
    if class_b:
        fields = [(6, 18), (2, 0), (30, mmsi), (8, 0), *place, (2, 0), (1, 1), (26, 0)]
    else:
        status = _whole(frame, "Status", 1, 15)
        fields = [(6, 1), (2, 0), (30, mmsi), (4, status), (8, 128), *place, (25, 0)]
    return _sentences("AIVDM,1,1,,A,", _symbols(fields, len(frame)), 0, seconds)


def _hull(frame: pl.DataFrame) -> list[Field]:
    """A to D: the house stands aft, the antenna amidships of the beam."""
    length, beam = _whole(frame, "Length", 1, 0), _whole(frame, "Width", 1, 0)
    bow = np.round(0.85 * length).astype(np.int64)
    return [(9, bow), (9, length - bow), (6, beam // 2), (6, beam - beam // 2)]


def _statics(frame: pl.DataFrame, class_b: bool) -> list[Bytes]:
    seconds = frame["BaseDateTime"].dt.epoch("s").to_numpy()
    mmsi, kind = frame["MMSI"].to_numpy().astype(np.int64), _whole(frame, "VesselType", 1, 0)
    name, call = _text(frame["VesselName"], 20), _text(frame["CallSign"], 7)
    n = len(frame)
    if class_b:
        part_a: list[Field] = [(6, 24), (2, 0), (30, mmsi), (2, 0), *name, (8, 0)]
        part_b: list[Field] = [
            (6, 24), (2, 0), (30, mmsi), (2, 1), (8, kind), (42, 0), *call, *_hull(frame), (6, 0),
        ]  # fmt: skip
        return [
            _sentences("AIVDM,1,1,,A,", _symbols(part, n), 0, seconds) for part in (part_a, part_b)
        ]
    imo = frame["IMO"].str.slice(3).cast(pl.Int64).fill_null(0).to_numpy()
    fields: list[Field] = [
        (6, 5), (2, 0), (30, mmsi), (2, 0), (30, imo), *call, *name, (8, kind), *_hull(frame),
        (4, 1), (20, 0), (8, _whole(frame, "Draft", 10, 0)), (120, 0), (2, 0),
    ]  # fmt: skip
    payload = _symbols(fields, n)
    # one line after the other, so that the two parts stand together
    parts = (
        _sentences("AIVDM,2,1,0,A,", payload[:, :FIRST_PART], 0, seconds),
        _sentences("AIVDM,2,2,0,A,", payload[:, FIRST_PART:], 2, seconds),
    )
    return [np.column_stack(parts)]


def sentences(frame: pl.DataFrame) -> bytes:
    """The lines of some rows (`rows.rows_of_day`), in the order of their times.

    Statics come first: a feed's hours are read as a whole.
    """
    class_b = frame["TransceiverClass"] == "B"
    out = b""
    for kind in (False, True):
        part = frame.filter(class_b if kind else ~class_b)
        if part.is_empty():
            continue
        first = part.unique("MMSI", keep="first", maintain_order=True)
        out += b"".join(lines.tobytes() for lines in _statics(first, kind))
    lines: list[tuple[Ints, Bytes]] = []
    for kind in (False, True):
        part = frame.filter(class_b if kind else ~class_b)
        if not part.is_empty():
            lines.append(
                (np.flatnonzero((class_b if kind else ~class_b).to_numpy()), _positions(part, kind))
            )
    at = np.concatenate([where for where, _ in lines])
    whole = np.concatenate([text for _, text in lines])
    return out + whole[np.argsort(at)].tobytes()
