"""Lists of ships to watch, each read as published, and which ships of a run are on them.

Layouts, told by the content: OpenSanctions ``maritime.csv`` and ``targets.simple.csv``, OFAC
``sdn.csv`` (no header; identities in the remarks), the Security Council's lists as XML (entities in
whose entries an IMO number stands), and any CSV with columns for IMO number, MMSI or name, as the
UN 1718 list of vessels is handed round. A row that holds no ship, or none of the three, is passed
over and counted: published lists are not the user's to mend.

A ship is matched by IMO number first, which stays with the hull for life; then by MMSI, which
changes with the flag and is handed on; then by name, which many ships share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import polars as pl

from pipeline import schema
from pipeline.context._userfile import (
    Table,
    found_columns,
    imo_number,
    lines_of,
    mmsi_number,
    read_table,
    read_text,
)
from pipeline.errors import UsageError
from pipeline.ledger import Ledger
from pipeline.progress import plain
from pipeline.wording import template

ENTRIES: schema.Schema = {
    # One row an identity of a listed ship.
    "list": pl.String,  # the file's name without its ending
    "listed_name": pl.String,
    "risk": pl.String,  # the list's own words: sanction, mare.detained, a programme
    "listed_imo": pl.Int32,
    "kind": pl.String,  # imo, mmsi, name
    "key": pl.String,  # its value; of a name, letters and digits only
}

NAME_MIN = 4  # letters and digits; shorter names are too many ships' own
OFAC_COLUMNS = 12
OFAC_NULL = "-0-"
IMO = ("imo", "imo_number", "imo_no", "imo_no.", "vessel_imo", "imonumber")
MMSI = ("mmsi", "mmsi_number", "mmsi_no")
NAME = ("name", "vessel_name", "name_of_vessel", "vessel", "ship_name", "caption")
RISK = ("risk", "list", "program", "programme", "reason")
KINDS = ("imo", "mmsi", "name")


@dataclass(frozen=True)
class Listed:
    """One ship as a list names it."""

    names: tuple[str, ...]
    imos: tuple[int, ...]
    mmsis: tuple[int, ...]
    risk: str | None
    wrong: tuple[str, ...] = ()  # numbers in columns of their own that are none


Row = tuple[int, Listed | None]  # with the line it begins on


def load_watchlists(paths: Iterable[Path], ledger: Ledger | None = None) -> pl.DataFrame:
    """The listed ships of all files.

    Parameters
    ----------
    paths : iterable of Path
        Files in any of the layouts above.
    ledger : Ledger, optional
        Is told how many rows of a list named no ship.

    Returns
    -------
    pl.DataFrame
        ENTRIES, sorted, without repeats.

    Raises
    ------
    UsageError
        A file is unreadable, of no known layout, or holds not one ship.
    """
    rows: list[tuple[str, str | None, str | None, int | None, str, str]] = []
    for path in paths:
        found = list(_read_list(path))
        ships = [ship for _, ship in found if ship is not None]
        if not ships:
            raise UsageError(f"{path}: no ship in it that has an IMO number, an MMSI or a name")
        if ledger is not None:
            _tell(path, found, ledger)
        for ship in ships:
            first_name = ship.names[0] if ship.names else None
            first_imo = ship.imos[0] if ship.imos else None
            for kind, keys in zip(
                KINDS,
                (map(str, ship.imos), map(str, ship.mmsis), map(name_key, ship.names)),
                strict=True,
            ):
                rows += [
                    (plain(path.stem), first_name, ship.risk, first_imo, kind, key)
                    for key in keys
                    if kind != "name" or len(key) >= NAME_MIN
                ]
    entries = pl.DataFrame(rows, schema=dict(ENTRIES), orient="row")
    return entries.unique().sort(*ENTRIES, nulls_last=True)


def name_key(name: str) -> str:
    """A ship's name as it is compared: capital letters and digits, nothing else."""
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def match(vessels: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Which ships are on the lists.

    Parameters
    ----------
    vessels : pl.DataFrame
        VESSELS.
    entries : pl.DataFrame
        ENTRIES.

    Returns
    -------
    pl.DataFrame
        `track` and `watchlist`, one row a track in the order of `vessels`. `watchlist` reads
        ``list: NAME, risk (by IMO)``, one part a list, the surest kind of match told; null where
        on none. A match by MMSI says so where the IMO numbers differ; one by name counts only
        where they do not.
    """
    keys = pl.concat(
        [
            vessels.select("track", "imo", kind=pl.lit("imo"), key=pl.col("imo").cast(pl.String)),
            vessels.select("track", "imo", kind=pl.lit("mmsi"), key=pl.col("mmsi").cast(pl.String)),
            vessels.select(
                "track",
                "imo",
                kind=pl.lit("name"),
                key=pl.col("name").str.to_uppercase().str.replace_all(r"[^A-Z0-9]", ""),
            ),
        ]
    ).drop_nulls("key")
    differs = (pl.col("imo") != pl.col("listed_imo")).fill_null(False)
    how = (
        pl.when(pl.col("kind") == "imo")
        .then(pl.lit("by IMO"))
        .when(pl.col("kind") == "name")
        .then(pl.lit("by name"))
        .when(differs)
        .then(pl.lit("by MMSI, IMO differs"))
        .otherwise(pl.lit("by MMSI"))
    )
    hits = (
        keys.join(entries, on=["kind", "key"], how="inner")
        .filter((pl.col("kind") != "name") | ~differs)
        .with_columns(
            rank=pl.col("kind").replace_strict(
                KINDS, list(range(len(KINDS))), return_dtype=pl.Int8
            ),
            text=template(
                "{}: {}{} ({})",
                "list",
                pl.col("listed_name").fill_null("no name"),
                pl.when(pl.col("risk").is_null())
                .then(pl.lit(""))
                .otherwise(template(", {}", "risk")),
                how,
            ),
        )
        .sort("track", "list", "rank", "text")
        .unique(["track", "list"], keep="first", maintain_order=True)
        .group_by("track", maintain_order=True)
        .agg(watchlist=pl.col("text").str.join("; "))
    )
    return vessels.select("track").join(hits, on="track", how="left", maintain_order="left")


def _tell(path: Path, found: Sequence[Row], ledger: Ledger) -> None:
    """What of a list could not be used, with the first line of each kind."""
    nobody = [line for line, ship in found if ship is None]
    if nobody:
        ledger.warn(
            f"{path.name}: {len(nobody)} rows without a usable identity passed over, the first in"
            f" line {nobody[0]}"
        )
    doubtful = [(line, ship.wrong) for line, ship in found if ship and ship.wrong]
    if doubtful:
        line, numbers = doubtful[0]
        ledger.warn(
            f"{path.name}: {len(doubtful)} rows with a number that is none, matched by what else"
            f" they have; the first in line {line}: {numbers[0]}"
        )


def _read_list(path: Path) -> Iterator[Row]:
    """The lines of one file with the ship each names, None where it names none."""
    text = read_text(path)
    if text.lstrip().startswith("<"):
        return _un_xml(path, text)
    _, first = next(lines_of(path, delimiter=","), (1, [""]))
    if len(first) == OFAC_COLUMNS and first[0].isdigit():
        return _ofac(path)
    table = read_table(path)
    if {"schema", "identifiers", "aliases"} <= set(table.columns):
        return _simple_targets(table)
    if {"type", "caption", "imo", "mmsi"} <= set(table.columns):
        return _maritime(table)
    return _columns(table)


def _listed(
    names: Iterable[str], imos: Iterable[str], mmsis: Iterable[str], risk: str | None
) -> Listed | None:
    """A ship, or None where nothing tells which."""
    ship = Listed(
        tuple(name.strip() for name in names if name.strip()),
        tuple(number for text in imos if (number := imo_number(text)) is not None),
        tuple(number for text in mmsis if (number := mmsi_number(text)) is not None),
        (risk or "").strip() or None,
    )
    return ship if ship.names or ship.imos or ship.mmsis else None


def _maritime(table: Table) -> Iterator[Row]:
    """OpenSanctions' maritime collection; organizations in it bear company numbers, not ships'."""
    for line, row in table.rows:
        if row.get("type", "").lower() == "vessel":
            yield (
                line,
                _listed(
                    [row.get("caption", ""), *row.get("aliases", "").split(";")],
                    row.get("imo", "").split(";"),
                    row.get("mmsi", "").split(";"),
                    row.get("risk"),
                ),
            )


def _simple_targets(table: Table) -> Iterator[Row]:
    """OpenSanctions' simplified targets; identifiers are mixed in one column."""
    for line, row in table.rows:
        if row.get("schema", "").lower() == "vessel":
            identifiers = row.get("identifiers", "").split(";")
            yield (
                line,
                _listed(
                    [row.get("name", ""), *row.get("aliases", "").split(";")],
                    identifiers,
                    identifiers,
                    row.get("program_ids") or row.get("dataset"),
                ),
            )


def _ofac(path: Path) -> Iterator[Row]:
    """OFAC's specially designated nationals; the file ends with a control character."""
    for line, row in lines_of(path, delimiter=","):
        cells = ["" if cell == OFAC_NULL else cell for cell in row]
        if len(cells) < OFAC_COLUMNS or cells[2].lower() != "vessel":
            continue
        remarks = cells[11]
        also = re.findall(r"(?:a\.k\.a\.|f\.k\.a\.) '([^']+)'", remarks)
        yield line, _listed([cells[1], *also], *_numbers(remarks), cells[3])


def _numbers(text: str) -> tuple[list[str], list[str]]:
    """IMO numbers and MMSIs in running text, each behind its name."""
    imo = re.findall(r"\bIMO\)?(?: (?:number|no\.?))?:? ?(\d{7})\b", text, re.IGNORECASE)
    mmsi = re.findall(r"\bMMSI(?: (?:number|no\.?))?:? ?(\d{9})\b", text, re.IGNORECASE)
    return imo, mmsi


def _un_xml(path: Path, text: str) -> Iterator[Row]:
    """A list of the Security Council as published in XML.

    Its entities are companies for the most part; those in whose entries an IMO number stands are
    ships or their owners. An owner's number is no ship's, and its name no ship's name.
    """
    try:
        # Expat guards against entities that grow without bound.
        root = ElementTree.fromstring(text.lstrip())  # noqa: S314
    except ElementTree.ParseError as error:
        raise UsageError(f"{path}: line {error.position[0]}: no XML ({error.msg})") from None
    entities = [element for element in root.iter() if element.tag == "ENTITY"]
    for number, entity in enumerate(entities, start=1):
        parts = [part.strip() for part in entity.itertext() if part.strip()]
        imos, mmsis = _numbers(" ".join(parts))
        if imos or mmsis:
            names = [entity.findtext("FIRST_NAME", "")]
            names += [alias.findtext("ALIAS_NAME", "") for alias in entity.iter("ENTITY_ALIAS")]
            yield number, _listed(names, imos, mmsis, entity.findtext("UN_LIST_TYPE"))
    if not entities:
        raise UsageError(
            f"{path}: XML of another layout; of the lists published in XML that of the Security"
            " Council is read (CONSOLIDATED_LIST with ENTITY entries)"
        )


def _columns(table: Table) -> Iterator[Row]:
    """Any list with a column for one of the three; a cell may hold several (``1: A 2: B``)."""
    imo, mmsi, name = table.column(*IMO), table.column(*MMSI), table.column(*NAME)
    if imo is None and mmsi is None and name is None:
        raise UsageError(
            f"{table.path}: a watchlist needs a column imo, mmsi or name, or the layout of "
            f"OpenSanctions or OFAC; found: {found_columns(table)}"
        )
    risk = table.column(*RISK)

    def cells(row: dict[str, str], column: str | None) -> list[str]:
        parts = re.split(r"(?:^|\s)\d: |;", row.get(column, "")) if column else []
        return [part.strip() for part in parts if part.strip() not in ("", OFAC_NULL)]

    for line, row in table.rows:
        ship = _listed(
            cells(row, name), cells(row, imo), cells(row, mmsi), row.get(risk) if risk else None
        )
        if ship is not None:
            wrong = [f"imo {text!r}" for text in cells(row, imo) if text and not imo_number(text)]
            wrong += [
                f"mmsi {text!r}" for text in cells(row, mmsi) if text and not mmsi_number(text)
            ]
            ship = replace(ship, wrong=tuple(wrong))
        yield line, ship
