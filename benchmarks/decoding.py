"""How fast NMEA 0183 is decoded, and whether every field is what pyais makes of it.

    python -m benchmarks.decoding [LOG...]

Without logs those of ``../shared/real_ais`` are taken. Both decoders get the same bytes on one
core: Alongside the log as it lies, up to finished tables; pyais only the bare sentences, already
cut out of their lines and put together, so that its time is that of decoding alone. Then every
field that is used is compared, message by message.
"""

from __future__ import annotations

import argparse
import gzip
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.feeds import nmea

REAL = Path(__file__).resolve().parents[2] / "shared" / "real_ais"
BARE = re.compile(rb"[!$].*?\*[0-9A-Fa-f]{2}")
USED = {1, 2, 3, 4, 5, 9, 11, 18, 19, 21, 24, 27}
REPEATS = 20  # of the faster decoder, whose single run is too short to time

FIELDS = {
    # What a column is called in pyais.
    "mmsi": "mmsi",
    "lat": "lat",
    "lon": "lon",
    "sog_kn": "speed",
    "cog_deg": "course",
    "heading_deg": "heading",
    "nav_status": "status",
    "second": "second",
    "imo": "imo",
    "callsign": "callsign",
    "name": "shipname",
    "ship_type": "ship_type",
    "a_m": "to_bow",
    "b_m": "to_stern",
    "c_m": "to_port",
    "d_m": "to_starboard",
    "draught_m": "draught",
    "destination": "destination",
}


@dataclass
class Comparison:
    """What came of holding one decoder against the other.

    Attributes
    ----------
    messages : int
        Messages of the types used that pyais decodes.
    fields : int
        Values compared.
    differing : list of str
        Values that differ.
    only_ours : list of str
        Messages that pyais rejects and Alongside does not.
    left_out : Counter
        Messages that pyais decodes and Alongside rejects, by reason.
    """

    messages: int = 0
    fields: int = 0
    differing: list[str] = field(default_factory=list)
    only_ours: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def assembled(data: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """The bare sentences of each whole message, and the line of its first part.

    Parts belong together as in pyais' own assembler: by sequence number, channel, talker and
    number of parts, in order. Source stations and groups of tag blocks are told apart too.
    """
    open_messages: dict[tuple[bytes, ...], tuple[int, list[bytes]]] = {}
    for row, line in enumerate(data.split(b"\n"), 1):
        match = BARE.search(line)
        if not match or match[0][3:6] not in {b"VDM", b"VDO"}:
            continue
        sentence = match[0]
        parts = sentence.split(b",")
        if len(parts) < 7 or parts[1] == b"1":
            yield row, [sentence]
            continue
        key = (parts[0], parts[1], parts[3], parts[4], _source(line))
        if parts[2] == b"1":
            open_messages[key] = (row, [sentence])
        elif key in open_messages and int(parts[2]) == len(open_messages[key][1]) + 1:
            open_messages[key][1].append(sentence)
            if len(open_messages[key][1]) == int(parts[1]):
                yield open_messages.pop(key)


def _source(line: bytes) -> bytes:
    for pattern in (rb"g:\d-\d-(\d+)", rb"\bs:([^,*\\]+)", rb"\*..,.*?\b([rb]\w+)"):
        match = re.search(pattern, line)
        if match:
            return match[1]
    return b""


def oracle(sentences: list[bytes]) -> dict[str, Any] | None:
    """What pyais decodes; None where it rejects, a wrong checksum being a reason."""
    import pyais

    try:
        return pyais.decode(*sentences, error_if_checksum_invalid=True).asdict(enum_as_int=True)
    except Exception:  # pyais raises errors of many kinds on broken messages
        return None


def expected(decoded: dict[str, Any], column: str) -> object:
    """A field as pyais has it, in the units of the columns; None where the type has none."""
    kind = decoded["msg_type"]
    name = "name" if column == "name" and kind == 21 else FIELDS[column]
    value = decoded.get(name)
    if column == "ship_type" and kind == 21:  # of an aid; a number of a ship's is no aid's
        mmsi = int(decoded["mmsi"])
        off = decoded["off_position"] and decoded["second"] <= 59
        aid = decoded["aid_type"] + 32 * bool(decoded["virtual_aid"]) + 64 * bool(off)
        return aid if mmsi // 10_000_000 == 99 and 201 <= mmsi // 10_000 % 1000 <= 775 else None
    if column == "second" and kind == 5:
        return None
    if kind == 9 and column == "sog_kn" and value is not None and value >= 1022:
        return value / 10  # "none" and "or more" are 102.3 and 102.2 kn in every type
    if kind == 27 and column == "sog_kn" and value == 63:
        return 102.3
    if kind == 27 and column == "cog_deg" and value == 511:
        return 360.0
    return value


def compare(data: bytes, into: Comparison, name: str) -> None:
    """Hold every message of a log against pyais."""
    from pyais.constants import ShipType

    ours = {row["row"]: row for row in nmea.decode(data).iter_rows(named=True)}
    seen = set()
    for row, sentences in assembled(data):
        decoded = oracle(sentences)
        mine = ours.get(row)
        seen.add(row)
        where = f"{name}:{row}"
        if decoded is None:
            if mine is not None:
                into.only_ours.append(where)
            continue
        if decoded["msg_type"] not in USED:
            continue
        into.messages += 1
        if mine is None:
            into.left_out[_why(sentences, decoded)] += 1
            continue
        for column in FIELDS:
            wanted = expected(decoded, column)
            got = mine[column]
            if column == "ship_type" and decoded["msg_type"] in {5, 19}:
                # pyais puts the reserved codes of a decade under one; so compare those.
                got = ShipType.from_value(got)
            into.fields += wanted is not None
            if not _same(wanted, got, column):
                into.differing.append(f"{where} {column}: {got!r}, pyais {wanted!r}")
    into.only_ours += [f"{name}:{row}" for row in ours if row not in seen]


def _same(wanted: object, got: object, column: str) -> bool:
    """Whether a value is the same; of those held in 32 bits: the same when so held."""
    if wanted in (None, "") and got in (None, ""):
        return True
    if isinstance(wanted, int | float) and isinstance(got, int | float):
        if column in {"lat", "lon"}:
            return wanted == got
        return np.float32(wanted) == np.float32(got / 10 if column == "draught_m" else got)
    return wanted == got


def _why(sentences: list[bytes], decoded: dict[str, Any]) -> str:
    payload = b"".join(sentence.split(b",")[5] for sentence in sentences)
    if any(not (48 <= letter <= 87 or 96 <= letter <= 119) for letter in payload):
        return "letters that are none of the armour"
    return f"type {decoded['msg_type']} cut to {6 * len(payload)} bits"


def main() -> None:
    """Print speed and differences."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("logs", nargs="*", type=Path)
    paths = parser.parse_args().logs or sorted(REAL.glob("*.nmea.gz"))
    if not paths:
        parser.error(f"no logs in {REAL}: name some")
    logs = {
        path.name: gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for path in paths
    }
    nmea.decode(b"!AIVDM,1,1,,A,15NulJ001;oRwS0C?EA=Cgv3P000,0*58\n")  # compiles
    totals = [0, 0.0, 0.0]
    comparison = Comparison()
    for name, data in logs.items():
        messages = [sentences for _, sentences in assembled(data)]
        sentences_in_log = sum(map(len, messages))
        begun = time.process_time()
        for sentences in messages:
            oracle(sentences)
        theirs = time.process_time() - begun
        begun = time.process_time()
        for _ in range(REPEATS):
            nmea.decode(data)
        ours = (time.process_time() - begun) / REPEATS
        print(
            f"{name}: {sentences_in_log} sentences; a second: alongside "
            f"{sentences_in_log / ours:,.0f}, pyais {sentences_in_log / theirs:,.0f}: "
            f"{theirs / ours:.0f} times as fast"
        )
        totals = [totals[0] + sentences_in_log, totals[1] + ours, totals[2] + theirs]
        compare(data, comparison, name)
    count, ours, theirs = totals
    print(
        f"all: {count} sentences; a second: alongside {count / ours:,.0f}, "
        f"pyais {count / theirs:,.0f}: {theirs / ours:.1f} times as fast"
    )
    print(
        f"{comparison.messages} messages of types used, {comparison.fields} fields compared, "
        f"{len(comparison.differing)} differ, {len(comparison.only_ours)} that pyais rejects used"
    )
    for reason, number in sorted(comparison.left_out.items()):
        print(f"  rejected here, decoded by pyais: {number} ({reason})")
    for line in [*comparison.differing[:20], *comparison.only_ours[:20]]:
        print(f"  {line}")


if __name__ == "__main__":
    main()
