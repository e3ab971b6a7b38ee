"""What strangers type, through every command into every file: it is shown as text, and no more.

Ships type their names; lists, zones and files are named by anyone. See docs/robustness.md.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

from pipeline.cli import app
from tests.rendezvous.scenes import Boat, beside, drift, fixes_of, visit

TYPED = {
    "markup": "<img src=x onerror=alert(1)>",
    "end of script": "</script><script>alert(1)</script>",
    "comment": "<!--<script>",
    "entity": "&lt;b&gt;&#60;&amp;",
    "quotes": "\"'`;--",
    "equals": '=HYPERLINK("http://x")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1)X",
    "blank": "X  =1+1",
    "wide": "\uff1d1+1",
    "no-break": "\u00a0=1+1",
    "semicolon": "A;=1+1",
    "tab": "A\t=1+1",
    "colour": "\x1b[31mRED\x1b[0m",
    "control": "\x9b31mRED",
    "title": "\x1b]0;title\x07",
    "backspace": "GOOD\x08\x08\x08\x08EVIL",
    "reorder": "\u202eLIVE\u2066",
    "unseen": "A\u200bB\ufeffC\u00ad",
    "nul": "A\x00B",
    "new line": "A\nB",
    "separator": "A\u2028B\u0085C",
    "expression": "[% env('HOME') %]",
    "concatenation": "'||env('HOME')||'",
    "variable": '@project_path "name"',
    "template": "${data} {0} {{x}} %s",
    "formula": "$\\frac{$",
    "document": '{"a": [1]}',
    "settings": ": - &a !!python/object",
    "sentence": "!AIVDM,1,1,,A",
    "long": "N" * 10_000,
    "any script": "МОРЯК ÅSNE 春",
}
FIRST = 412000001
UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"-?[0-9.]+(e-?\d+)?")
NAMED = "\x1b[31m=it's \u202e<b>\"&"  # of files and folders; another is no text at all
RUN = f"run *[1] {NAMED}"
LISTED = "=list \x1b[31m\u202e<b>.csv"
LIST = os.fsdecode(b"list \xff.csv")
HEADER = (
    "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,SOG,COG,Heading,"
    "Callsign,Name,Ship type,Width,Length,Draught,Destination,A,B,C,D\n"
)


def dump(path: Path, texts: list[str]) -> None:
    """A pair alongside for each text, whose first ship typed it for all that it types."""
    boats = []
    for number in range(len(texts)):
        far = drift(east=40_000.0 * (number % 6), north=-40_000.0 * (number // 6))
        one = Boat(FIRST + 100 * number, far, every_s=420.0, to_h=12.0)
        other = visit(beside(far, 4.0, 22.5), 2.0, 9.0)
        small = Boat(
            one.mmsi + 1, other, length=95.0, beam=15.0, bow=78.0, every_s=420.0, to_h=12.0
        )
        boats += [one, small]
    fixes, ships = fixes_of(boats, 30.0, -130.0)
    rows = fixes.join(ships.drop("fixes"), on="track", maintain_order="left").iter_rows(named=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        file.write(HEADER)
        for row in rows:
            number, second = divmod(row["mmsi"] - FIRST, 100)
            text = "PLAIN" if second else texts[number]
            of_ship = [text, text, "Tanker", row["beam_m"], row["length_m"], 9.1, text]
            moving = [round(row[key], 1) for key in ("sog_kn", "cog_deg", "heading_deg")]
            place = [row["mmsi"], row["lat"], row["lon"], "Under way using engine"]
            antenna = [row[key] for key in ("a_m", "b_m", "c_m", "d_m")]
            time = f"{row['time']:%d/%m/%Y %H:%M:%S}"
            writer.writerow([time, "Class A", *place, *moving, *of_ship, *antenna])


@dataclass
class Told:
    """What a command printed."""

    code: int
    out: str
    err: str


def alongside(*arguments: object) -> Told:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    for line in [*result.stdout.split("\n"), *result.stderr.split("\n")]:
        assert not UNSEEN.search(line), f"an order to the terminal: {line!r}"
    return Told(result.exit_code, result.stdout, result.stderr)


def prepare(here: Path) -> None:
    """Dumps, lists and settings."""
    texts = list(TYPED.values())
    dumps = here / f"dumps {NAMED}\n2 rows"
    dumps.mkdir()
    half = len(texts) // 2
    dump(dumps / f"a{NAMED}.csv", texts[:half])
    whole = Path(os.fsdecode(b"\xff\xfe.csv"))
    dump(dumps / whole, texts)
    watchlist = here / LISTED
    with watchlist.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [["name", "mmsi", "risk"]]
            + [[text, FIRST + 100 * k, text] for k, text in enumerate(texts) if "\0" not in text]
        )
    (here / LIST).write_bytes(watchlist.read_bytes())
    zone = [[[-140, 20], [-100, 20], [-100, 40], [-140, 40], [-140, 20]]]
    features = [
        {
            "type": "Feature",
            "properties": {"name": text},
            "geometry": {"type": "Polygon", "coordinates": zone},
        }
        for text in texts
    ]
    zones = here / "zones.geojson"
    zones.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    ports = here / "ports.csv"
    with ports.open("w", newline="", encoding="utf-8") as file:
        rows = [[text, 30.0 - k, -130.0] for k, text in enumerate(texts[:20]) if "\0" not in text]
        csv.writer(file).writerows([["name", "lat", "lon"], *rows])
    settings = {"watchlist_files": [str(watchlist.name)], "zones_file": zones.name}
    settings["ports_file"] = ports.name
    config = here / "settings.yaml"
    config.write_text(json.dumps({"context": settings}))


def shown(text: str) -> str:
    """A text as files show it."""
    return UNSEEN.sub("\ufffd", text.replace("\n", " "))


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a document, keys too."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)
    elif isinstance(value, str):
        yield value


def check_csv(path: Path) -> None:
    for row in csv.reader(path.read_text(encoding="utf-8").splitlines()):
        for cell in row:
            for part in cell.split(";"):
                assert NUMBER.fullmatch(part) or not FORMULA.match(part), (path.name, cell)


def check_gpkg(path: Path) -> None:
    with sqlite3.connect(path) as database:
        tables = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        for table in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - its own names
                for value in row:
                    assert not (isinstance(value, str) and UNSEEN.search(value)), (table, value)
    database.close()


def check_page(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert data is not None
    assert "<" not in data[1]
    assert data[1].isascii()
    for text in texts_in(json.loads(data[1])):
        assert not UNSEEN.search(text), text


def check_json(path: Path) -> None:
    """Layers say what is shown; documents keep what was typed, every such sign as its number."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        assert text.isascii()
        json.loads(text)
        return
    for one in texts_in(json.loads(text)):
        assert not UNSEEN.search(one), (path.name, one)


def check_xml(text: str) -> None:
    """Styles, projects and drawings: no text of a ship is in them, or as text."""
    root = ElementTree.fromstring(text)  # noqa: S314 - written by ourselves
    for element in root.iter():
        for one in (element.text or "", *element.attrib.values()):
            assert not UNSEEN.search(one), one
        assert "env('HOME')" not in (element.text or ""), element.text


def check_project(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".qgs"):
                check_xml(archive.read(name).decode())


def check_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not UNSEEN.search(text), (path.name, UNSEEN.search(text))
    for line in text.split("\n"):
        assert not FORMULA.match(line) or line.startswith(("  -", "    -")), line


CHECKS = {
    ".txt": check_text,
    ".csv": check_csv,
    ".gpkg": check_gpkg,
    ".html": check_page,
    ".json": check_json,
    ".geojson": check_json,
    ".qml": lambda path: check_xml(path.read_text(encoding="utf-8")),
    ".svg": lambda path: check_xml(path.read_text(encoding="utf-8")),
    ".qgz": check_project,
    ".yaml": lambda path: yaml.safe_load(path.read_text(encoding="utf-8")),
    ".png": lambda path: None,
    ".parquet": lambda path: pl.read_parquet(path, glob=False),
}


def check_folder(out: Path) -> None:
    for path in sorted(out.rglob("*")):
        if path.is_file():
            CHECKS[path.suffix](path)


def run_all(here: Path) -> dict[str, Told]:
    """Every command, into folders with names of any kind."""
    dumps = next(here.glob("dumps*"))
    run, config = here / RUN, ("--config", here / "settings.yaml")
    pair = "--mmsi", FIRST + 100 * list(TYPED).index("colour")
    longer = "--set", "rendezvous.transfer.duration_min_h=8"
    sweep = "--sweep", "rendezvous.transfer.duration_min_h=1:9:2"
    commands = {
        "detect": [dumps, *config, "--out", run, "--keep-rejected", "-v"],
        "inspect": [dumps, *config, "-v"],
        "clean": [dumps, *config, "--out", here / "clean", "-v"],
        "decide": [run, "--out", here / "again", *longer],
        "explain": [run, *pair],
        "explain --json": [run, *pair, "--json"],
        "tune": [run, *sweep, "--out", here / f"tune{NAMED}"],
        "compare": [run, here / "again", "--out", here / f"changes{NAMED}"],
        "quota": [run, "--watchlist", here / LIST, "--out", here / "quota"],
    }
    return {
        name: alongside(*name.split()[:1], *arguments, *name.split()[1:])
        for name, arguments in commands.items()
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Told]]:
    """A folder with dumps and settings, what every command made of them, and what it said."""
    here = tmp_path_factory.mktemp("hostile")
    prepare(here)
    return here, run_all(here)


def test_every_command_stands_it(made: tuple[Path, dict[str, Told]]) -> None:
    for name, told in made[1].items():
        assert told.code == 0, (name, told.err)


def test_no_line_of_a_terminal_is_of_a_strangers_making(
    made: tuple[Path, dict[str, Told]],
) -> None:
    for name, told in made[1].items():
        assert "\n2 rows" not in told.out + told.err, name


def test_every_file_shows_text_as_text(made: tuple[Path, dict[str, Told]]) -> None:
    suffixes = set()
    for path in sorted(made[0].rglob("*")):
        given = path.parent == made[0] or any(part.startswith("dumps") for part in path.parts)
        if path.is_file() and not given:
            CHECKS[path.suffix](path)
            suffixes.add(path.suffix)
    assert suffixes == set(CHECKS)


@pytest.mark.parametrize("name", TYPED)
def test_a_name_is_shown_whole(made: tuple[Path, dict[str, Told]], name: str) -> None:
    mmsi = FIRST + 100 * list(TYPED).index(name)
    expected = shown(TYPED[name].strip("@ \t\r\0"))
    layer = json.loads((made[0] / RUN / "candidates.geojson").read_text(encoding="utf-8"))
    (of,) = (f["properties"] for f in layer["features"] if f["properties"]["mmsi_a"] == mmsi)
    assert of["name_a"] == expected
    if "\0" not in TYPED[name]:  # no list can hold it
        assert of["watchlist_a"].startswith("=list \\x1b[31m\\u202e<b>: ")
    rows = list(csv.reader((made[0] / RUN / "quota.csv").open(encoding="utf-8")))
    assert [row[2].replace("'", "") for row in rows if row[0] == of["event_id"]] == [
        expected.replace("'", "")
    ]
    with sqlite3.connect(made[0] / RUN / "alongside.gpkg") as database:
        query = "SELECT name_a FROM candidates WHERE mmsi_a = ?"
        assert database.execute(query, (mmsi,)).fetchall() == [(expected,)]
    database.close()
