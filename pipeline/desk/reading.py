"""Reads a run's folder back into the tables it was written from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from pipeline import __version__, schema
from pipeline.config import Config
from pipeline.errors import UsageError
from pipeline.exports.results import Results
from pipeline.output import FOLDER_OF, MANIFEST, MANIFEST_KEY


def read(folder: Path) -> Results:
    """All that a run found, from its folder.

    Parameters
    ----------
    folder : Path
        What ``alongside detect`` or ``alongside decide`` wrote.

    Returns
    -------
    Results
        As the run handed them to the exports, but for two things: vessels, fixes and draughts are
        those of ships that stand in an encounter, numbered anew, the fixes only those around their
        encounters; volumes are whole barrels, as ``quota.csv`` has them.

    Raises
    ------
    UsageError
        The folder is no run, or a file of it is missing or damaged; the message names it.
    """
    manifest = read_manifest(folder)
    return Results(
        encounters=read_encounters(folder),
        volumes=_read_volumes(folder / "quota.csv"),
        fixes=read_table(folder, "fixes", schema.FIXES),
        vessels=read_table(folder, "vessels", schema.VESSELS),
        draughts=read_table(folder, "draughts", schema.DRAUGHTS),
        quota=_read_json(folder / "quota.json"),
        manifest=manifest,
        port_calls=read_table(folder, "port_calls", schema.PORT_CALLS),
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """The content of a run's manifest.

    Raises
    ------
    UsageError
        The folder is not there or is no finished run.
    """
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "there is no such folder"
        raise UsageError(f"{folder}: {what}; give the folder of a finished run")
    path = folder / MANIFEST
    if not path.is_file():
        raise UsageError(
            f"{folder}: is no finished run (it has no {MANIFEST}); make one with"
            " alongside detect INPUT... --out DIR"
        )
    manifest = _read_json(path)
    if FOLDER_OF in manifest:
        raise UsageError(
            f"{folder}: is what alongside {manifest[FOLDER_OF]} wrote, and no run of its own"
        )
    if MANIFEST_KEY not in manifest or "config" not in manifest:
        raise UsageError(f"{path}: is no manifest of a run of alongside")
    return manifest


def run_config(manifest: dict[str, Any], folder: Path) -> Config:
    """The settings that a run was made with.

    Raises
    ------
    UsageError
        They are none of this version's.
    """
    try:
        return Config.model_validate_json(json.dumps(manifest["config"]), strict=True)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in problem["loc"])
        raise UsageError(
            f"{folder / MANIFEST}: was written by version {manifest.get('version')}, whose settings"
            f" this version does not take ({key}: {problem['msg']}); run detect again"
        ) from None


def read_encounters(folder: Path) -> pl.DataFrame:
    """The encounters of a run: ``schema.ENCOUNTERS``, then the measured columns behind them."""
    found = _read_parquet(folder / "encounters.parquet")
    known = _conform(found, schema.ENCOUNTERS, folder / "encounters.parquet")
    return known.hstack(found.select(pl.exclude(known.columns)))


def read_table(folder: Path, name: str, columns: schema.Schema) -> pl.DataFrame:
    """A table of a run, with exactly the columns of its schema.

    Raises
    ------
    UsageError
        It is missing or damaged.
    """
    path = folder / f"{name}.parquet"
    return _conform(_read_parquet(path), columns, path)


def read_fixes_of(folder: Path, tracks: Iterable[int]) -> pl.DataFrame:
    """The fixes of some tracks: all of a week's are millions of rows.

    Raises
    ------
    UsageError
        The table is missing or damaged.
    """
    path = folder / "fixes.parquet"
    wanted = pl.col("track").is_in(sorted(tracks))
    return _conform(_read_parquet(path, wanted), schema.FIXES, path)


def _read_parquet(path: Path, wanted: pl.Expr | None = None) -> pl.DataFrame:
    try:
        table = pl.scan_parquet(path, glob=False)
        return (table if wanted is None else table.filter(wanted)).collect()
    except FileNotFoundError:
        raise _damaged(path, "is missing") from None
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise _damaged(path, f"cannot be read: {_first_line(error)}") from None


def _conform(table: pl.DataFrame, columns: schema.Schema, path: Path) -> pl.DataFrame:
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise without_columns(path, missing)
    try:
        return schema.conform(table, columns)
    except pl.exceptions.PolarsError as error:
        what = f"has a column of another type ({_first_line(error)})"
        raise _of_another_version(path, what) from None


def _read_volumes(path: Path) -> pl.DataFrame:
    try:
        table = pl.read_csv(path, glob=False, schema_overrides=dict(schema.VOLUMES))
    except FileNotFoundError:
        raise _damaged(path, "is missing") from None
    except pl.exceptions.NoDataError:
        raise _damaged(path, "is empty") from None
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise _damaged(path, f"cannot be read: {_first_line(error)}") from None
    return _conform(table, schema.VOLUMES, path)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise _damaged(path, "is missing") from None
    except (OSError, ValueError) as error:
        raise _damaged(path, f"cannot be read: {_first_line(error)}") from None
    if not isinstance(content, dict):
        raise _damaged(path, "is not what a run writes")
    return content


def without_columns(path: Path, missing: Sequence[str]) -> UsageError:
    """What to say of a table of a run that lacks columns: most likely another version made it."""
    return _of_another_version(path, f"has no column {', '.join(missing)}")


def _of_another_version(path: Path, what: str) -> UsageError:
    return UsageError(
        f"{path}: {what}: the run was made by {_maker(path)}, and this is version {__version__},"
        " which reads other tables; run detect again, or use the version that made it"
    )


def _maker(path: Path) -> str:
    """The version that made the run to which a file belongs."""
    version = read_manifest(path.parent).get("version")
    build = "" if version != __version__ else "another build of "
    return f"{build}version {version} of alongside"


def _damaged(path: Path, what: str) -> UsageError:
    """What to say of a file that is no table of a run; other versions write other files."""
    manifest = path.parent / MANIFEST
    other = path != manifest and read_manifest(path.parent).get("version") != __version__
    why = f"was made by {_maker(path)}, and this is {__version__}" if other else "is damaged"
    return UsageError(f"{path}: {what}; the run {why}: run detect again")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
