"""The comparison of two runs, as text and as a layer for QGIS."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from pipeline import __version__, schema
from pipeline.desk.comparing import Change, Comparison, compare
from pipeline.output import FOLDER_OF, MANIFEST, whole_folder
from pipeline.progress import plain
from pipeline.wording import score_words

if TYPE_CHECKING:
    import geopandas as gpd


def compare_runs(run_a: Path, run_b: Path, out: Path | None, *, overwrite: bool) -> str:
    """Compare two runs and say how they differ.

    Parameters
    ----------
    run_a, run_b : Path
        Finished runs, the earlier first.
    out : Path or None
        Folder for ``compare.txt``, ``changes.geojson`` with its ``.qml``, and ``manifest.json``.
    overwrite : bool
        Whether a former one there may be replaced.

    Returns
    -------
    str
        The comparison as text.

    Raises
    ------
    UsageError
        A folder is no run.
    """
    comparison = compare(run_a, run_b)
    text = "\n".join(map(plain, _text(comparison))) + "\n"
    if out is not None:
        with whole_folder(out, overwrite) as folder:
            _write(comparison, text, folder)
    return text


def _text(found: Comparison) -> Iterator[str]:
    for name, side in (("A", found.before), ("B", found.after)):
        chosen = side.encounters["candidate"].sum()
        yield (
            f"{name}: {side.folder}, {chosen} candidates of {side.encounters.height} encounters,"
            f" configuration {side.manifest['config_hash'][:12]}..."
        )
    told = found.differences
    if told.versions:
        yield "made by versions {} and {}".format(*told.versions)
    if told.keys:
        yield "settings that differ:"
        yield from (f"  {key}: {old!r} in A, {new!r} in B" for key, (old, new) in told.keys.items())
    if told.inputs:
        yield "inputs that differ:"
        yield from (f"  {line}" for line in told.inputs)
    if told.files:
        yield f"files with other content: {', '.join(told.files)}"
    if not (told.versions or told.keys or told.inputs or told.files):
        yield "same version, settings and inputs"
    number = {what: sum(c.what == what for c in found.changes) for what in _WORDS}
    yield (
        f"{number['added']} added, {number['lost']} lost, {number['changed']} changed,"
        f" {found.unchanged} the same"
    )
    for what, words in _WORDS.items():
        if number[what]:
            yield f"{what} ({words}):"
            yield from (f"  {_line(c)}" for c in found.changes if c.what == what)


_WORDS = {
    "added": "candidates in B alone",
    "lost": "candidates in A alone",
    "changed": "candidates in both",
}


def _line(change: Change) -> str:
    row = change.row
    ships = [
        f"{row[f'mmsi_{side}']} {row[f'name_{side}'] or ''}".rstrip()
        for side in "ab"
        if row[f"mmsi_{side}"] is not None
    ]
    when = f"{row['start_utc']:%Y-%m-%d %H:%M}, {row['duration_h']:.1f} h"
    return f"{' + '.join(ships)}, {when}: {_what(change)}; by {change.because}"


def _what(change: Change) -> str:
    if change.what == "changed":
        before, after = change.before or {}, change.after or {}
        return ", ".join(f"{c} {_plain(before[c])} to {_plain(after[c])}" for c in change.columns)
    where, other = ("B", change.after) if change.what == "lost" else ("A", change.before)
    if other is None:
        return f"no encounter of these ships then in {where}"
    # Of the same class it is no candidate for its score alone.
    by_score = other["class"] == change.row["class"] and other["score"] is not None
    score = f", score {score_words(other['score'], '.3g')}" if by_score else ""
    return f"{other['class']} in {where} ({other['rule']}{score})"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return "none" if value is None else str(value)


def _write(found: Comparison, text: str, folder: Path) -> None:
    from pipeline.exports.documents import write_json
    from pipeline.exports.files import writing
    from pipeline.exports.styles import changes_style, qml
    from pipeline.exports.vectors import write_geojson

    with writing(folder / "compare.txt") as path:
        path.write_text(text, encoding="utf-8")
    with writing(folder / "changes.geojson") as path:
        write_geojson(_layer(found), path)
    with writing(folder / "changes.qml") as path:
        path.write_text(qml(changes_style()), encoding="utf-8")
    runs = {
        name: {
            "run": str(side.folder),
            "version": side.manifest["version"],
            "config_hash": side.manifest["config_hash"],
        }
        for name, side in (("a", found.before), ("b", found.after))
    }
    with writing(folder / MANIFEST) as path:
        write_json(
            {FOLDER_OF: "compare", "version": __version__, "runs": runs}, path, sort_keys=True
        )


_LAYER: schema.Schema = {
    "change": pl.String,
    "because": pl.String,
    "what": pl.String,
    "event_id": pl.String,
    "kind": pl.String,
    "mmsi_a": pl.Int32,
    "mmsi_b": pl.Int32,
    "name_a": pl.String,
    "name_b": pl.String,
    "start_utc": schema.TIME,
    "end_utc": schema.TIME,
    "duration_h": pl.Float64,
    "class_before": pl.String,
    "class_after": pl.String,
    "rule_before": pl.String,
    "rule_after": pl.String,
    "score_before": pl.Float64,
    "score_after": pl.Float64,
    "volume_median_before_bbl": pl.Float64,
    "volume_median_after_bbl": pl.Float64,
}


def _layer(found: Comparison) -> gpd.GeoDataFrame:
    """A point a change."""
    import shapely

    from pipeline.exports.layers import Features

    rows = [
        {
            **{name: change.row[name] for name in _LAYER if name in change.row},
            "change": change.what,
            "because": change.because,
            "what": _what(change),
            **{
                f"{name}_{when}": (side or {}).get(name)
                for when, side in (("before", change.before), ("after", change.after))
                for name in ("class", "rule", "score")
            },
            **{
                f"volume_median_{when}_bbl": (side or {}).get("volume_median_bbl")
                for when, side in (("before", change.before), ("after", change.after))
            },
        }
        for change in found.changes
    ]
    points = np.empty(len(rows), dtype=object)
    points[:] = [shapely.Point(change.row["lon"], change.row["lat"]) for change in found.changes]
    return Features(pl.DataFrame(rows, schema=_LAYER), points).frame()
