"""What the tests of feeds share: files made to a layout, and reading them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyais
from pyais.encode import encode_dict

from pipeline import feeds
from pipeline.config.feeds import FeedsConfig
from pipeline.feeds import Batch, Skipped, Source
from pipeline.ledger import Ledger
from pipeline.progress import Quiet

MARINECADASTRE = (
    "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,"
    "Length,Width,Draft,Cargo,TransceiverClass\n"
)
ROW = (
    "367379190,2022-01-03T00:00:00,30.3706,-88.56408,0.5,336.2,511,EAGLE,IMO8207721,WTD4583,31,0,"
    "28,11,3.3,52,A\n"
)


def find(
    *inputs: str | Path, config: FeedsConfig | None = None
) -> tuple[list[Source], list[Skipped], Ledger]:
    """The sources among `inputs`."""
    ledger = Ledger()
    sources, skipped = feeds.find_sources(
        [str(one) for one in inputs], config or FeedsConfig(), ledger
    )
    return sources, skipped, ledger


def read(*inputs: str | Path, config: FeedsConfig | None = None) -> tuple[Batch, Ledger]:
    """All that `inputs` hold."""
    sources, _, ledger = find(*inputs, config=config)
    batch = feeds.merge(feeds.read(sources, config or FeedsConfig(), ledger, Quiet()))
    assert not [message for message in ledger.messages if "broke while" in message]
    return batch, ledger


def write(path: Path, content: str | bytes) -> Path:
    """A file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def sentences(message: dict[str, object], **wrapping: object) -> list[str]:
    """The sentences of one message, as pyais encodes it."""
    return list(encode_dict(message, sentence_type="VDM", **wrapping))  # type: ignore[arg-type]


def position(mmsi: int, lat: float = 31.5, lon: float = -119.2, **fields: object) -> str:
    """A sentence of message type 1."""
    message: dict[str, object] = {
        "type": 1,
        "mmsi": mmsi,
        "lat": lat,
        "lon": lon,
        "speed": 1.2,
        "course": 90.0,
        "heading": 91,
        "status": 3,
        "second": 10,
        **fields,
    }
    return sentences(message)[0]


def checked(body: str) -> str:
    """A sentence or tag block with its checksum, which takes the place of the star at its end."""
    inner = body.strip("\\").lstrip("!$")
    total = 0
    for letter in inner:
        total ^= ord(letter)
    return f"{body.rstrip(chr(92))}*{total:02X}{chr(92) if body.endswith(chr(92)) else ''}"


def times(batch: Batch) -> Sequence[str]:
    """The times of positions as text."""
    return batch.positions["time"].dt.strftime("%Y-%m-%d %H:%M:%S%.3f").to_list()


__all__ = [
    "MARINECADASTRE",
    "ROW",
    "checked",
    "find",
    "position",
    "pyais",
    "read",
    "sentences",
    "times",
    "write",
]
