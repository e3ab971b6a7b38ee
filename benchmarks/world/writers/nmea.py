r"""NMEA sentences with tag blocks: `\s:NAME,c:SECONDS*hh\!AIVDM,...`.

Messages 1 (Class A position), 18 (Class B position), 5 and 24 (static data), 21 (aids to
navigation), packed bit by bit as ITU-R M.1371 lays them out, whole columns at a time.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.world.draws import stream
from benchmarks.world.typed import Typed
from benchmarks.world.world import World
from benchmarks.world.writers.files import write_bytes

Ints = NDArray[np.int64]
Field = tuple[int, Ints | int]  # bits, value(s)
ONE_SENTENCE_BITS = 360  # 60 characters; longer messages take two sentences
FIRST_AID = 900_000_000  # MMSIs from here on are no ships
STATIC_EVERY_MS = 1_800_000  # messages 5 and 24 kept by the archive, one in half an hour


def pack(fields: list[Field], count: int) -> NDArray[np.uint8]:
    """Bits of `count` messages, shape (count, bits); negative values in two's complement."""
    parts = []
    for bits, value in fields:
        whole = np.broadcast_to(np.asarray(value, dtype=np.int64), (count,))
        shifts = np.arange(bits - 1, -1, -1, dtype=np.int64)
        parts.append(((whole[:, None] >> shifts) & 1).astype(np.uint8))
    return np.concatenate(parts, axis=1)


def armour(bits: NDArray[np.uint8]) -> tuple[list[str], int]:
    """The six-bit ASCII payload of each message, and how many fill bits were added."""
    fill = -bits.shape[1] % 6
    padded = np.pad(bits, ((0, 0), (0, fill)))
    six = padded.reshape(len(bits), padded.shape[1] // 6, 6) @ np.array(
        [32, 16, 8, 4, 2, 1], dtype=np.uint8
    )
    characters = np.where(six < 40, six + 48, six + 56).astype(np.uint8)
    width = characters.shape[1]
    text = characters.tobytes().decode("ascii")
    return [text[i * width : (i + 1) * width] for i in range(len(bits))], fill


def checksums(texts: list[str]) -> list[int]:
    """The exclusive or of all characters of each text."""
    if not texts:
        return []
    width = max(len(x) for x in texts)
    padded = "".join(x.ljust(width, "\0") for x in texts).encode("ascii")
    table = np.frombuffer(padded, dtype=np.uint8).reshape(len(texts), width)
    return [int(x) for x in np.bitwise_xor.reduce(table, axis=1)]


def six_bit_text(text: str, length: int) -> list[Field]:
    """A text field: six bits a character, padded with `@`."""
    codes = [ord(c) for c in text.upper()[:length].ljust(length, "@")]
    return [(6, c - 64 if c >= 64 else c) for c in codes]


def position_fields(rows: pl.DataFrame, message: int) -> list[Field]:
    """Fields of message 1 or 18 for each report."""
    mmsi = rows["mmsi"].to_numpy()
    lon = np.round(rows["lon"].to_numpy() * 600_000).astype(np.int64)
    lat = np.round(rows["lat"].to_numpy() * 600_000).astype(np.int64)
    sog = np.minimum(np.round(rows["sog_kn"].to_numpy() * 10), 1023).astype(np.int64)
    cog = np.round(rows["cog_deg"].to_numpy() * 10).astype(np.int64)
    heading = rows["heading_deg"].to_numpy().astype(np.int64)
    second = (rows["sent"].to_numpy() // 1000) % 60
    motion: list[Field] = [(10, sog), (1, 0), (28, lon), (27, lat), (12, cog), (9, heading)]
    if message == 1:
        status = rows["status"].to_numpy()
        return [(6, 1), (2, 0), (30, mmsi), (4, status), (8, -128), *motion, (6, second),
                (2, 0), (3, 0), (1, 0), (19, 0)]  # fmt: skip
    return [(6, 18), (2, 0), (30, mmsi), (8, 0), *motion, (6, second), (2, 0), (1, 1), (1, 0),
            (1, 1), (1, 1), (1, 0), (1, 0), (1, 0), (20, 0)]  # fmt: skip


def size_fields(static: Typed) -> list[Field]:
    """A, B, C, D within their bits."""
    a, b, c, d = static.abcd_m or (0, 0, 0, 0)
    return [(9, min(a, 511)), (9, min(b, 511)), (6, min(c, 63)), (6, min(d, 63))]


def voyage_fields(static: Typed, draught_m: NDArray[np.float64]) -> list[Field]:
    """Fields of message 5."""
    return [(6, 5), (2, 0), (30, static.mmsi), (2, 0), (30, static.imo or 0),
            *six_bit_text(static.callsign, 7), *six_bit_text(static.name, 20),
            (8, static.ship_type), *size_fields(static), (4, 1), (4, 0), (5, 0), (5, 24), (6, 60),
            (8, np.round(draught_m * 10).astype(np.int64)), *six_bit_text("", 20), (1, 0),
            (1, 0)]  # fmt: skip


def class_b_fields(static: Typed, part: int) -> list[Field]:
    """Fields of message 24, part A (0) or B (1)."""
    head: list[Field] = [(6, 24), (2, 0), (30, static.mmsi), (2, part)]
    if part == 0:
        return [*head, *six_bit_text(static.name, 20), (8, 0)]
    return [*head, (8, static.ship_type), (18, 0), (4, 0), (20, 0),
            *six_bit_text(static.callsign, 7), *size_fields(static), (4, 1), (2, 0)]  # fmt: skip


def aid_fields(static: Typed, rows: pl.DataFrame) -> list[Field]:
    """Fields of message 21."""
    lon = np.round(rows["lon"].to_numpy() * 600_000).astype(np.int64)
    lat = np.round(rows["lat"].to_numpy() * 600_000).astype(np.int64)
    return [(6, 21), (2, 0), (30, static.mmsi), (5, 14), *six_bit_text(static.name, 20), (1, 0),
            (28, lon), (27, lat), *size_fields(static), (4, 1),
            (6, (rows["sent"].to_numpy() // 1000) % 60), (1, 0), (8, 0), (1, 0), (1, 0), (1, 0),
            (1, 0)]  # fmt: skip


def nmea(
    world: World, file: Path, reports: pl.DataFrame | None = None, station: str = "made"
) -> None:
    """Write the world (or some of its reports) as tagged sentences in order of receipt."""
    rows = world.reports if reports is None else reports
    lines: list[tuple[int, int, str]] = []  # time in ms, order within it, text
    for message, class_b in ((1, False), (18, True)):
        keys = [
            s.key for s in world.statics.values() if s.class_b is class_b and s.mmsi < FIRST_AID
        ]
        part = rows.filter(pl.col("key").is_in(keys))
        bits = pack(position_fields(part, message), part.height)
        lines += _sentences(bits, part["time"].to_list(), 2, station)
    for key, group in rows.sort("time", "sent").group_by("key", maintain_order=True):
        static = world.statics[int(key[0])]
        times = group["time"].to_list()
        if static.mmsi >= FIRST_AID:
            bits = pack(aid_fields(static, group), len(times))
            lines += _sentences(bits, times, 2, station, static.key)
            continue
        due = group[_due(stream(world.seed, "static times", static.key), times)]
        times = due["time"].to_list()
        if static.class_b:
            for number in (0, 1):
                bits = pack(class_b_fields(static, number), len(times))
                lines += _sentences(bits, times, number, station)
        else:
            draughts = due["draught_m"].to_numpy()
            lines += _sentences(
                pack(voyage_fields(static, draughts), len(times)), times, 0, station
            )
    lines.sort()
    write_bytes(file, "".join(text for _, _, text in lines).encode("ascii"))


def _due(rng: np.random.Generator, times: list[int]) -> list[int]:
    """Rows at which static data go out as well."""
    out, due = [], -1.0
    for row, time in enumerate(times):
        if time >= due:
            due = time + STATIC_EVERY_MS * rng.uniform(0.5, 1.5)
            out.append(row)
    return out


def _sentences(
    bits: NDArray[np.uint8], times: list[int], order: int, station: str, first: int = 0
) -> list[tuple[int, int, str]]:
    """Messages as lines: one sentence each, or a group of two where the payload needs it.

    `first` is where the group numbers start: they must differ among messages in flight together.
    """
    payloads, fill = armour(bits)
    seconds = [str(time // 1000) for time in times]
    if bits.shape[1] <= ONE_SENTENCE_BITS:
        texts = _tagged([f"s:{station},c:{s}" for s in seconds],
                        [f"AIVDM,1,1,,A,{p},{fill}" for p in payloads])  # fmt: skip
        return [(time, order, text) for time, text in zip(times, texts, strict=True)]
    parts = []
    for number in (1, 2):
        cut = (
            slice(0, ONE_SENTENCE_BITS // 6) if number == 1 else slice(ONE_SENTENCE_BITS // 6, None)
        )
        end = 0 if number == 1 else fill
        tags = [
            f"g:{number}-2-{1000 + (7 * i + first) % 9000},s:{station},c:{s}"
            for i, s in enumerate(seconds)
        ]
        bodies = [f"AIVDM,2,{number},{i % 10},A,{p[cut]},{end}" for i, p in enumerate(payloads)]
        parts.append(_tagged(tags, bodies))
    return [(t, order, a + b) for t, a, b in zip(times, *parts, strict=True)]


def _tagged(tags: list[str], bodies: list[str]) -> list[str]:
    r"""Lines `\\tag*hh\\!body*hh`."""
    return [
        f"\\{tag}*{tag_sum:02X}\\!{body}*{body_sum:02X}\n"
        for tag, tag_sum, body, body_sum in zip(
            tags, checksums(tags), bodies, checksums(bodies), strict=True
        )
    ]
