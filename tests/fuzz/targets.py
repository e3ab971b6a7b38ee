"""What is fuzzed. Every target takes bytes, and raises where the project does not stand them.

What holds of every input: it ends in an answer or in an `AlongsideError` that names the file; and
of feeds, that rows which are good are read whatever stands between them, and that every row read
is either used or counted as rejected.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline import cleaning, feeds
from pipeline.config import Config
from pipeline.config.load import load
from pipeline.context.fleet import load_fleet
from pipeline.context.ports import load_ports
from pipeline.context.watchlists import load_watchlists
from pipeline.context.zones import load_zones
from pipeline.desk.labels import read_labels
from pipeline.errors import AlongsideError
from pipeline.feeds import nmea
from pipeline.feeds.delimited import Delimited
from pipeline.feeds.json_records import Json
from pipeline.feeds.nmea import Nmea
from pipeline.ledger import Ledger
from pipeline.progress import Quiet
from pipeline.quota.caps import load_cap
from pipeline.quota.deliveries import read_deliveries
from pipeline.quota.reported import read_reported
from tests.feeds.made import checked
from tests.fuzz import inputs

CONFIG = Config()
BARRELS_PER_TONNE = 7.3


@dataclass(frozen=True)
class Target:
    """One thing that is fuzzed.

    Attributes
    ----------
    run : callable
        Takes an input; raises where it finds a fault.
    seeds : callable
        Inputs to begin with.
    """

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes | str]]


def _read(path: Path) -> tuple[feeds.Batch, Ledger]:
    """All that a file gives; what must hold of that, whatever is in it."""
    ledger = Ledger()
    sources, skipped = feeds.find_sources([str(path)], CONFIG.feeds, ledger)
    batch = feeds.merge(feeds.read(sources, CONFIG.feeds, ledger, Quiet()))
    text = all(isinstance(source.form, Delimited | Json | Nmea) for source in sources)
    for message in ledger.messages:
        assert str(path) in message, f"a message that names no file: {message}"
        assert not (text and "broke while it was read" in message), message
    assert sources or skipped
    assert all(one.reason for one in skipped)
    assert 0 <= ledger.rows_rejected <= ledger.rows_read
    assert batch.positions["mmsi"].null_count() == 0
    assert not batch.positions["lat"].is_nan().any()
    return batch, ledger


def _feed(data: bytes) -> None:
    """A whole file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fuzzed")
        path.write_bytes(data)
        _read(path)


def _between(before: str, junk: bytes, after: str, rows: Iterable[int]) -> None:
    """What is fuzzed, on lines of its own, among good rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fuzzed")
        path.write_bytes(before.encode() + junk + b"\n" + after.encode())
        batch, ledger = _read(path)
    found = set(batch.positions["mmsi"].to_list())
    lost = [number for number in rows if inputs.FIRST_MMSI + number not in found]
    assert not lost, f"good rows {lost[:5]} are lost; rejected: {dict(ledger.rejected)}"


HALVES = range(inputs.GOOD_ROWS), range(inputs.GOOD_ROWS, 2 * inputs.GOOD_ROWS)
ALL = range(2 * inputs.GOOD_ROWS)


def _csv_rows(data: bytes) -> None:
    layout = inputs.TEXT_LAYOUTS[data[0] % len(inputs.TEXT_LAYOUTS)] if data else None
    if layout:
        (header, before), (_, after) = (inputs.table(layout, half) for half in HALVES)
        _between(header + before, data[1:], after, ALL)


def _json_rows(data: bytes) -> None:
    layout = inputs.TEXT_LAYOUTS[data[0] % len(inputs.TEXT_LAYOUTS)] if data else None
    if layout:
        before, after = (inputs.records(layout, half) for half in HALVES)
        _between(before, data[1:], after, ALL)


def _nmea_rows(data: bytes) -> None:
    before, after = map(inputs.log, HALVES)
    _between(before, data, after, ALL)


ARMOUR = "0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw"


def _nmea_payload(data: bytes) -> None:
    """Any bits in whole sentences: what sits behind the checksum. The first byte cuts them up."""
    letters = "".join(ARMOUR[byte % 64] for byte in data[1:500])
    cut = 1 + data[0] % 80 if data else 1
    pieces = [letters[at : at + cut] for at in range(0, len(letters), cut)][:9] or [""]
    fill = data[0] % 6 if data else 0
    lines = [
        checked(f"!AIVDM,{len(pieces)},{number},3,A,{piece},{fill}")
        for number, piece in enumerate(pieces, start=1)
    ]
    nmea.decode("".join(line + "\n" for line in lines).encode())


def _file(reader: Callable[[Path], object], name: str) -> Callable[[bytes], None]:
    """A small file that users bring."""

    def run(data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.write_bytes(data)
            try:
                reader(path)
            except AlongsideError as error:
                assert str(path) in str(error), f"a message that names no file: {error}"

    return run


def _cleaned(data: bytes) -> None:
    """Rows that readers let through, as cleaning meets them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fuzzed")
        path.write_bytes(data)
        batch, ledger = _read(path)
    if not batch.positions.is_empty():
        cleaning.clean(batch.positions, batch.statics, CONFIG.cleaning, ledger, Quiet())


def _override(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    try:
        load(None, [text, f"rendezvous.{text}"])
    except AlongsideError as error:
        assert str(error)


def _watchlist(path: Path) -> object:
    return load_watchlists([path], Ledger())


def _csv_seeds() -> Iterable[str]:
    return ["".join(inputs.table(layout, range(3))) for layout in inputs.TEXT_LAYOUTS]


def _json_seeds() -> Iterable[str]:
    lines = [inputs.records(layout, range(2)) for layout in inputs.TEXT_LAYOUTS]
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [20.8, 55.7]}}
    properties = {"mmsi": 219000001, "navStat": 1, "timestampExternal": 1528070401250}
    collection = {"type": "FeatureCollection", "features": [{**feature, "properties": properties}]}
    vessels = [{"mmsi": 219000001, "timestamp": 1528070401000, "shipType": 70, "name": "A"}]
    vessels[0]["referencePointA"] = 160
    stream = {
        "MessageType": "PositionReport",
        "MetaData": {"MMSI": 219000001, "time_utc": "2018-06-04 00:00:01.25 +0000 UTC"},
        "Message": {"PositionReport": {"Latitude": 66.0, "Longitude": 12.2, "Sog": 0.4}},
    }
    return [*lines, json.dumps(collection), json.dumps(vessels), json.dumps(stream) + "\n"]


def _numbered(texts: Iterable[str]) -> Iterable[bytes]:
    """Rows of each layout behind its number."""
    return [bytes([number]) + text.encode() for number, text in enumerate(texts)]


TARGETS: dict[str, Target] = {
    "csv": Target(_feed, _csv_seeds),
    "csv_rows": Target(
        _csv_rows,
        lambda: _numbered(inputs.table(layout, range(3))[1] for layout in inputs.TEXT_LAYOUTS),
    ),
    "json": Target(_feed, _json_seeds),
    "json_rows": Target(
        _json_rows,
        lambda: _numbered(inputs.records(layout, range(2)) for layout in inputs.TEXT_LAYOUTS),
    ),
    "nmea": Target(_feed, lambda: inputs.LOGS),
    "nmea_rows": Target(_nmea_rows, lambda: inputs.LOGS),
    "nmea_payload": Target(
        _nmea_payload, lambda: [bytes([60, kind, *range(60)]) for kind in range(1, 28)]
    ),
    "parquet": Target(_feed, lambda: [inputs.parquet(), inputs.parquet(lon=["10.1", "x"])]),
    "archive": Target(_feed, inputs.archives),
    "cleaning": Target(_cleaned, _csv_seeds),
    "config": Target(_file(load, "a.yaml"), inputs.configs),
    "override": Target(_override, lambda: ["rendezvous.minimum_h=2", "feeds.tables=[{name: a}]"]),
    "cap": Target(_file(load_cap, "a.yaml"), inputs.caps),
    "labels": Target(_file(read_labels, "a.csv"), lambda: [inputs.LABELS]),
    "fleet": Target(_file(load_fleet, "a.csv"), lambda: [inputs.FLEET]),
    "watchlist": Target(_file(_watchlist, "a.csv"), lambda: inputs.WATCHLISTS),
    "zones": Target(_file(load_zones, "a.geojson"), lambda: [json.dumps(inputs.ZONES)]),
    "ports": Target(_file(load_ports, "a.csv"), lambda: [inputs.PORTS]),
    "reported": Target(
        _file(lambda path: read_reported(path, BARRELS_PER_TONNE), "a.csv"), lambda: inputs.REPORTED
    ),
    "deliveries": Target(_file(read_deliveries, "a.csv"), lambda: [inputs.DELIVERIES]),
}


def seeds_of(target: Target) -> list[bytes]:
    """The inputs a target begins with, as bytes."""
    return [seed.encode() if isinstance(seed, str) else seed for seed in target.seeds()]
