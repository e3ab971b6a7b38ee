"""Lists of ships to watch, each read as published, and which ships of a run are on them.

Layouts, told by the content: OpenSanctions ``maritime.csv`` and ``targets.simple.csv``, OFAC
``sdn.csv`` (no header; identities in the remarks), and any CSV with columns for IMO number, MMSI
or name, as the UN 1718 list is handed round. A row that holds no ship, or none of the three, is
passed over and counted: published lists are not the user's to mend.

A ship is matched by IMO number first, which stays with the hull for life; then by MMSI, which
changes with the flag and is handed on; then by name, which many ships share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline import schema
from pipeline.context._userfile import Table, imo_number, lines_of, mmsi_number, read_table
from pipeline.errors import UsageError
from pipeline.ledger import Ledger
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
        ships, passed_over = _read_list(path)
        if not ships:
            raise UsageError(f"{path}: no ship in it that has an IMO number, an MMSI or a name")
        if passed_over and ledger is not None:
            ledger.warn(f"{path.name}: {passed_over} rows without a usable identity passed over")
        for ship in ships:
            first_name = ship.names[0] if ship.names else None
            first_imo = ship.imos[0] if ship.imos else None
            for kind, keys in zip(
                KINDS,
                (map(str, ship.imos), map(str, ship.mmsis), map(name_key, ship.names)),
                strict=True,
            ):
                rows += [
                    (path.stem, first_name, ship.risk, first_imo, kind, key)
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


def _read_list(path: Path) -> tuple[list[Listed], int]:
    """The ships of one file, and how many rows named none."""
    _, first = next(lines_of(path))
    if len(first) == OFAC_COLUMNS and first[0].isdigit():
        found = list(_ofac(path))
    else:
        table = read_table(path)
        if {"schema", "identifiers", "aliases"} <= set(table.columns):
            found = list(_simple_targets(table))
        elif {"type", "caption", "imo", "mmsi"} <= set(table.columns):
            found = list(_maritime(table))
        else:
            found = list(_columns(table))
    ships = [ship for ship in found if ship is not None]
    return ships, len(found) - len(ships)


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


def _maritime(table: Table) -> Iterator[Listed | None]:
    """OpenSanctions' maritime collection; organizations in it bear company numbers, not ships'."""
    for _, row in table.rows:
        if row.get("type", "").lower() == "vessel":
            yield _listed(
                [row["caption"], *row.get("aliases", "").split(";")],
                row["imo"].split(";"),
                row["mmsi"].split(";"),
                row.get("risk"),
            )


def _simple_targets(table: Table) -> Iterator[Listed | None]:
    """OpenSanctions' simplified targets; identifiers are mixed in one column."""
    for _, row in table.rows:
        if row["schema"].lower() == "vessel":
            identifiers = row["identifiers"].split(";")
            yield _listed(
                [row.get("name", ""), *row["aliases"].split(";")],
                identifiers,
                identifiers,
                row.get("program_ids") or row.get("dataset"),
            )


def _ofac(path: Path) -> Iterator[Listed | None]:
    """OFAC's specially designated nationals; the file ends with a control character."""
    for _, cells in lines_of(path, delimiter=","):
        if len(cells) < OFAC_COLUMNS or cells[2].lower() != "vessel":
            continue
        remarks = cells[11]
        also = re.findall(r"(?:a\.k\.a\.|f\.k\.a\.) '([^']+)'", remarks)
        yield _listed(
            [cells[1], *also],
            re.findall(r"\bIMO:? ?(\d{7})\b", remarks),
            re.findall(r"\bMMSI:? ?(\d{9})\b", remarks),
            None if cells[3] == OFAC_NULL else cells[3],
        )


def _columns(table: Table) -> Iterator[Listed | None]:
    """Any list with a column for one of the three; a cell may hold several (``1: A 2: B``)."""
    imo, mmsi, name = table.column(*IMO), table.column(*MMSI), table.column(*NAME)
    if imo is None and mmsi is None and name is None:
        raise UsageError(
            f"{table.path}: a watchlist needs a column imo, mmsi or name, or the layout of "
            f"OpenSanctions or OFAC; found: {', '.join(table.columns)}"
        )
    risk = table.column(*RISK)

    def cells(row: dict[str, str], column: str | None) -> list[str]:
        return re.split(r"(?:^|\s)\d: |;", row.get(column, "")) if column else []

    for _, row in table.rows:
        yield _listed(
            cells(row, name), cells(row, imo), cells(row, mmsi), row.get(risk) if risk else None
        )
