"""What a threshold gains and loses: sweeps as text, tables, a chart, and a suggested configuration.

Nothing is decided here but by `pipeline.rendezvous.decide`, over and over on a run's own table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import __version__
from pipeline.config import Config
from pipeline.desk.keys import value_of
from pipeline.desk.labels import Label, label_of_each, read_labels
from pipeline.desk.reading import read_encounters, read_manifest, run_config, sha256
from pipeline.desk.suggesting import Suggestion, suggest, suggestion_yaml
from pipeline.desk.sweeps import Bench, Outcome, Sweep, Truth, elbow, no_elbow, parse_sweep
from pipeline.errors import UsageError
from pipeline.exports.documents import write_json
from pipeline.exports.files import writing
from pipeline.exports.text import csv_cell, visible
from pipeline.output import FOLDER_OF, MANIFEST, whole_folder
from pipeline.progress import Progress, plain
from pipeline.wording import score_words

SHOWN = 5
"""Events named at each step in the text; the table names all."""


@dataclass(frozen=True)
class Swept:
    """A sweep with its outcomes, and the value the run has."""

    sweep: Sweep
    outcomes: Sequence[Outcome]
    present: float


def tune_run(
    run: Path,
    labels_file: Path | None,
    sweeps: Sequence[str],
    out: Path,
    *,
    overwrite: bool,
    progress: Progress,
) -> str:
    """Sweep thresholds over a run and write what comes of it.

    Parameters
    ----------
    run : Path
        A finished run.
    labels_file : Path or None
        See `labels.read_labels`.
    sweeps : sequence of str
        ``section.key=from:to:step``, each swept alone, all else as in the run.
    out : Path
        Folder for ``tune.txt``, ``tune.csv`` (a row a value), ``events.csv`` (a row an event gained
        or lost), ``tune.svg``, ``tune.png``, ``suggested.yaml`` and ``manifest.json``.
    overwrite : bool
        Whether a former one there may be replaced.
    progress : Progress
        Told of each sweep.

    Returns
    -------
    str
        The content of ``tune.txt``.

    Raises
    ------
    UsageError
        The folder is no run, a sweep is wrong, a row of the labels is at fault.
    """
    manifest = read_manifest(run)
    config = run_config(manifest, run)
    wanted = [parse_sweep(text, config) for text in sweeps]
    if len({sweep.key for sweep in wanted}) < len(wanted):
        raise UsageError("--sweep: a key is swept twice")
    measured = read_encounters(run)
    truth = _truth(labels_file, measured)
    bench = Bench(measured, config, run, truth)
    with whole_folder(out, overwrite) as folder:
        swept = []
        for sweep in wanted:
            with progress.step(f"sweep {sweep.key}"):
                swept.append(Swept(sweep, bench.along(sweep), value_of(config, sweep.key)))
        with progress.step("suggest"):
            suggestion = suggest(bench, wanted)
        events = _events(measured, truth, swept)
        text = "\n".join(map(plain, _text(bench, swept, events, suggestion))) + "\n"
        with writing(folder / "tune.txt") as path:
            path.write_text(text, encoding="utf-8")
        with writing(folder / "tune.csv") as path:
            path.write_text(_table(swept).write_csv(), encoding="utf-8", newline="\n")
        with writing(folder / "events.csv") as path:
            cells = events.with_columns(csv_cell(pl.col("ships")).alias("ships"))
            text_of = cells.write_csv(datetime_format="%Y-%m-%dT%H:%M:%SZ")
            path.write_text(text_of, encoding="utf-8", newline="\n")
        with writing(folder / "suggested.yaml") as path:
            path.write_text(suggestion_yaml(suggestion, plain(str(run))), encoding="utf-8")
        _write_charts(swept, suggestion.config, folder)
        with writing(folder / MANIFEST) as path:
            write_json(_manifest(run, manifest, labels_file, sweeps), path, sort_keys=True)
    return text


def _truth(labels_file: Path | None, measured: pl.DataFrame) -> Truth | None:
    if labels_file is None:
        return None
    labels = read_labels(labels_file)
    return Truth(labels, label_of_each(measured, labels))


def _events(measured: pl.DataFrame, truth: Truth | None, swept: Sequence[Swept]) -> pl.DataFrame:
    """A row an event gained or lost from one value of a sweep to the next."""
    changes = []
    for one in swept:
        steps = zip(pairwise(one.sweep.values), pairwise(one.outcomes), strict=True)
        for (_, value), (before, after) in steps:
            changed = dict.fromkeys(before.rows - after.rows, "lost")
            changed |= dict.fromkeys(after.rows - before.rows, "gained")
            for row, change in sorted(changed.items()):
                other = (after if change == "lost" else before).rules.row(row)
                changes.append((one.sweep.key, float(value), change, row, *other))
    columns = {
        "key": pl.String,
        "value": pl.Float64,
        "change": pl.String,
        "row": pl.UInt32,
        "otherwise": pl.String,  # the class it has where it is no candidate
        "rule": pl.String,
    }
    verdicts: list[str | None] = [None] * measured.height
    if truth is not None:
        verdicts = [n if n is None else truth.labels[n].verdict for n in truth.of_row]
    named = measured.with_row_index("row").select(
        "row",
        "event_id",
        _ships().alias("ships"),
        pl.col("start_utc").dt.truncate("1s"),
        pl.col("duration_h").round(2),
        pl.col("score").round(4),
        pl.Series("label", verdicts, dtype=pl.String),
    )
    return (
        pl.DataFrame(changes, schema=columns, orient="row")
        .join(named, on="row", how="left", maintain_order="left")
        .drop("row")
    )


def _ships() -> pl.Expr:
    """Both ships, by name where they have one."""
    a, b = (
        pl.concat_str(
            pl.col(f"mmsi_{side}").cast(pl.String),
            visible(pl.col(f"name_{side}")),
            separator=" ",
            ignore_nulls=True,
        )
        for side in "ab"
    )
    return pl.when(pl.col("mmsi_b").is_null()).then(a).otherwise(pl.concat_str(a, pl.lit(" + "), b))


def _table(swept: Sequence[Swept]) -> pl.DataFrame:
    """A row a value: the number of candidates, their make-up, and how they stand to the labels."""
    kinds = sorted({kind for one in swept for o in one.outcomes for kind in o.make_up})
    rows: list[dict[str, Any]] = []
    for one in swept:
        for value, outcome in zip(one.sweep.values, one.outcomes, strict=True):
            marks = outcome.marks
            row = {
                "key": one.sweep.key,
                "value": float(value),
                "present": value == one.present,
                "candidates": len(outcome.rows),
                **{kind.replace(" ", "_"): outcome.make_up.get(kind, 0) for kind in kinds},
            }
            if marks is not None:
                row |= {
                    "right": marks.right,
                    "wrong": marks.wrong,
                    "unlabelled": marks.unlabelled,
                    "precision": marks.precision,
                    "recall": marks.recall,
                    "f1": marks.f1,
                }
            rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


def _text(
    bench: Bench, swept: Sequence[Swept], events: pl.DataFrame, suggestion: Suggestion
) -> Iterator[str]:
    now = bench.outcome(bench.config)
    yield f"{bench.run}: {len(now.rows)} candidates of {bench.measured.height} encounters"
    if bench.truth is not None:
        yield from _labels_text(bench.truth)
    for one in swept:
        yield ""
        yield f"{one.sweep.key} (now {one.present:g})"
        yield from _rows_text(one)
        bend = elbow(one.sweep, one.outcomes)
        why = no_elbow(one.outcomes) or "the curve is nearly straight"
        yield f"  elbow: {f'none, {why}' if bend is None else f'{bend:g}'}"
        own = events.filter(pl.col("key") == one.sweep.key)
        yield from _changes_text(own, bench.config.rendezvous.candidate_classes)
    yield ""
    yield "suggested:"
    for key, reason in suggestion.reasons.items():
        yield f"  {key}: {value_of(suggestion.config, key):g}"
        yield f"    {reason}"


def _labels_text(truth: Truth) -> Iterator[str]:
    def number(verdict: str) -> int:
        return sum(label.verdict == verdict for label in truth.labels)

    yield (
        f"{len(truth.labels)} labels: {number('confirmed')} confirmed,"
        f" {number('rejected')} rejected, {number('unsure')} unsure"
    )
    yield (
        "None is rejected, so they are taken as all transfers there were: a candidate of no label"
        " is wrong."
        if truth.complete
        else "Candidates without a label are neither right nor wrong."
    )
    met = set(truth.of_row)
    absent = [
        label
        for n, label in enumerate(truth.labels)
        if label.verdict == "confirmed" and n not in met
    ]
    if absent:
        yield f"{len(absent)} confirmed are no encounter of this run; no threshold here finds them:"
        yield from (f"  {_label_text(label)}" for label in absent[:SHOWN])
        if len(absent) > SHOWN:
            yield f"  and {len(absent) - SHOWN} more"


def _label_text(label: Label) -> str:
    ships = " + ".join(str(mmsi) for mmsi in sorted(label.ships))
    return f"line {label.line}: {ships}, {label.start:%Y-%m-%d %H:%M}"


def _rows_text(one: Swept) -> Iterator[str]:
    table = _table([one]).drop("key", "present")
    heads = [name for name in table.columns if name != "f1"]
    cells = [
        [_cell(name, value) for name, value in zip(heads, row, strict=True)]
        for row in table.select(heads).iter_rows()
    ]
    widths = [max(len(text) for text in column) for column in zip(heads, *cells, strict=True)]

    def line(texts: Sequence[str], mark: str) -> str:
        padded = (text.rjust(width) for text, width in zip(texts, widths, strict=True))
        return f"{mark} {'  '.join(padded)}"

    yield line(heads, " ")
    for value, row in zip(one.sweep.values, cells, strict=True):
        yield line(row, "*" if value == one.present else " ")


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if name in {"precision", "recall"} else f"{value:g}"


def _changes_text(events: pl.DataFrame, classes: Collection[str]) -> Iterator[str]:
    for step in events.partition_by("value", maintain_order=True):
        for change, sign in (("gained", "+"), ("lost", "-")):
            part = step.filter(pl.col("change") == change)
            if part.is_empty():
                continue
            yield f"  at {step['value'][0]:g}: {sign}{part.height}"
            for row in part.head(SHOWN).iter_rows(named=True):
                label = f", {row['label']}" if row["label"] else ""
                # Of a class that counts it is no candidate for its score alone.
                by_score = row["otherwise"] in classes and row["score"] is not None
                score = f", score {score_words(row['score'], '.3g')}" if by_score else ""
                yield (
                    f"    {sign} {row['ships']}, {row['start_utc']:%Y-%m-%d %H:%M},"
                    f" {row['duration_h']:.1f} h{label};"
                    f" else {row['otherwise']} ({row['rule']}{score})"
                )
            if part.height > SHOWN:
                yield f"    and {part.height - SHOWN} more"


def _write_charts(swept: Sequence[Swept], suggested: Config, folder: Path) -> None:
    from pipeline.desk.tune_chart import Panel, write_tune_chart

    panels = [
        Panel(
            key=one.sweep.key,
            values=one.sweep.values,
            present=one.present,
            suggested=value_of(suggested, one.sweep.key),
            outcomes=one.outcomes,
        )
        for one in swept
    ]
    for name in ("tune.svg", "tune.png"):
        with writing(folder / name) as path:
            write_tune_chart(panels, path)


def _manifest(
    run: Path, manifest: dict[str, Any], labels_file: Path | None, sweeps: Sequence[str]
) -> dict[str, Any]:
    return {
        FOLDER_OF: "tune",
        "version": __version__,
        "run": str(run),
        "config_hash": manifest["config_hash"],
        "encounters_sha256": sha256(run / "encounters.parquet"),
        "labels": labels_file and {"path": str(labels_file), "sha256": sha256(labels_file)},
        "sweeps": list(sweeps),
    }
