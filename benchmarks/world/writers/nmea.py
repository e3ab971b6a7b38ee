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


def checksum(body: str) -> str:
    """Two hexadecimal digits: the exclusive or of all characters."""
    value = 0
    for byte in body.encode("ascii"):
        value ^= byte
    return f"{value:02X}"


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


def voyage_fields(static: Typed, draught_m: float) -> list[Field]:
    """Fields of message 5."""
    return [(6, 5), (2, 0), (30, static.mmsi), (2, 0), (30, static.imo or 0),
            *six_bit_text(static.callsign, 7), *six_bit_text(static.name, 20),
            (8, static.ship_type), *size_fields(static), (4, 1), (4, 0), (5, 0), (5, 24), (6, 60),
            (8, round(draught_m * 10)), *six_bit_text("", 20), (1, 0), (1, 0)]  # fmt: skip


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
    for message, kind in ((1, False), (18, True)):
        keys = [s.key for s in world.statics.values() if s.class_b is kind and s.mmsi < 900_000_000]
        part = rows.filter(pl.col("key").is_in(keys))
        payloads, fill = armour(pack(position_fields(part, message), part.height))
        for time, payload in zip(part["time"].to_list(), payloads, strict=True):
            lines.append((time, 2, _single(payload, fill, time, station)))
    sequence = 0
    for key, group in rows.sort("time").group_by("key", maintain_order=True):
        static = world.statics[int(key[0])]
        if static.mmsi >= 900_000_000:
            payloads, fill = armour(pack(aid_fields(static, group), group.height))
            for time, payload in zip(group["time"].to_list(), payloads, strict=True):
                sequence = (sequence + 1) % 10
                lines.append((time, 2, _long(payload, fill, time, station, sequence)))
            continue
        rng = stream(world.seed, "static times", static.key)
        due = -1.0
        for time, draught in zip(
            group["time"].to_list(), group["draught_m"].to_list(), strict=True
        ):
            if time < due:
                continue
            due = time + STATIC_EVERY_MS * rng.uniform(0.5, 1.5)
            if static.class_b:
                for number in (0, 1):
                    payloads, fill = armour(pack(class_b_fields(static, number), 1))
                    lines.append((time, number, _single(payloads[0], fill, time, station)))
            else:
                payloads, fill = armour(pack(voyage_fields(static, draught), 1))
                sequence = (sequence + 1) % 10
                lines.append((time, 0, _long(payloads[0], fill, time, station, sequence)))
    lines.sort()
    write_bytes(file, "".join(text for _, _, text in lines).encode("ascii"))


def _single(payload: str, fill: int, time_ms: int, station: str) -> str:
    tag = f"s:{station},c:{time_ms // 1000}"
    body = f"AIVDM,1,1,,A,{payload},{fill}"
    return f"\\{tag}*{checksum(tag)}\\!{body}*{checksum(body)}\n"


def _long(payload: str, fill: int, time_ms: int, station: str, sequence: int) -> str:
    """A message of one or two sentences; a second carries the tag block of its group."""
    if len(payload) <= 60:
        return _single(payload, fill, time_ms, station)
    out = ""
    for number, (text, rest) in enumerate(((payload[:60], 0), (payload[60:], fill)), start=1):
        tag = f"g:{number}-2-{1000 + sequence},s:{station},c:{time_ms // 1000}"
        body = f"AIVDM,2,{number},{sequence},A,{text},{rest}"
        out += f"\\{tag}*{checksum(tag)}\\!{body}*{checksum(body)}\n"
    return out
