"""What a daily run keeps, so that the next one goes on from it.

A state is a folder that holds the rows of the last days as they were read (pieces, as Parquet), the
names and hashes of all files taken in, and the candidates that ended before those days. A run with
a state reads the new files only, puts their rows to those kept, and finds what one run over all of
them finds: every step but reading is done anew over the days kept. So a late file, a draught typed
three days after, a ship whose number turns out to be two ships', all come out as if they had been
known from the start.

Of what is older than the days kept only the candidates are left, as they were decided last, with
their ships, fixes, draughts and calls. They are closed `CLOSED_D` days after the first day kept: by
then three days of draughts typed late, and the day that is looked at about an event, have been
seen. This is where a run with a state differs from one over everything: berths and ships'
particulars are learned from the days kept, and an encounter longer than these begins with them.

The folder is replaced whole: what ends a run early leaves the state as it was.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import __version__, feeds, schema
from pipeline.config import Config
from pipeline.engines.closed import Closed, closing
from pipeline.engines.reading import Dump, Piece, put_down
from pipeline.engines.shelf import Folder
from pipeline.errors import UsageError
from pipeline.exports.results import Results
from pipeline.exports.tables import write_parquet
from pipeline.feeds import Skipped, Source
from pipeline.ledger import Example, Ledger
from pipeline.output import FOLDER_OF, MANIFEST, locked, whole_folder
from pipeline.rendezvous.draughts import TYPED_LATE_H

KIND = "state"
CLOSED_D = 4
"""Days after the first one kept: three in which draughts are typed late, one for what is looked at
about an event."""
FEW_SHARE = 0.01  # of a piece's rows: clocks that are off by days
DAYS = 14
"""Kept by default: berths are learned from a fortnight's traffic, a file may be days late."""


@dataclass(frozen=True)
class State:
    """A state as it was left.

    Attributes
    ----------
    path : Path
        Its folder, which need not exist.
    files : tuple of dict
        ``path``, ``bytes``, ``sha256`` of each file taken in; the column ``file`` of positions
        counts them.
    pieces : tuple of str
        Names of the pieces kept.
    last_utc : datetime or None
        The last fix.
    counts : Ledger
        What the feeds counted so far.
    closed : Closed
        Candidates that are closed.
    """

    path: Path
    files: tuple[dict[str, Any], ...] = ()
    pieces: tuple[str, ...] = ()
    last_utc: datetime | None = None
    counts: Ledger = field(default_factory=Ledger)
    closed: Closed = field(default_factory=Closed)


@dataclass
class Daily:
    """A run that goes on from a state.

    Attributes
    ----------
    state : State
        As the last run left it.
    folder : Path
        What becomes the next state.
    days : int
        How many days are kept.
    dump : Dump
        All rows, once `take_in` has put them together.
    fresh : set of str
        The names of its pieces that are new.
    counts : Ledger
        What the feeds have counted in all.
    """

    state: State
    folder: Path
    days: int
    dump: Dump = field(init=False)
    fresh: set[str] = field(init=False)
    counts: Ledger = field(init=False)

    def new_files(
        self, sources: Sequence[Source], ledger: Ledger
    ) -> tuple[list[Source], list[Skipped]]:
        """The sources that were not taken in yet, and those that were."""
        known = {one["sha256"]: one["path"] for one in self.state.files if one["sha256"]}
        sizes = {one["bytes"] for one in self.state.files}
        new, passed = [], []
        for source in sources:
            first = known.get(source.sha256) if source.bytes in sizes else None
            if first is None:
                new.append(source)
            else:
                passed.append(Skipped(source.path, f"taken in before, as {first}", source.member))
                ledger.warn(f"{source.name}: taken in before, as {first}; not counted again")
        return new, passed

    def take_in(self, new: Dump, folder: Folder, config: Config, ledger: Ledger) -> Dump:
        """The rows kept and those of the new files, as one dump in `folder`.

        The ledger is told of late files, and given what was counted in former runs.
        """
        before = len(self.state.files)
        ledger.files = [*(one["path"] for one in self.state.files), *ledger.files]
        ledger.absorb(self.state.counts)
        self.counts = ledger.part()
        self.counts.absorb(ledger)
        fresh, times = [], []
        for number, piece in enumerate(new.pieces):
            positions = new.shelf.get(f"positions-{piece.name}").with_columns(
                (pl.col("file") + before).cast(pl.UInt16)
            )
            times.append(positions.select("file", "time"))
            rows = feeds.Batch(positions, new.shelf.get(f"statics-{piece.name}"))
            fresh.append(put_down(rows, f"{before}-{number}", folder, config.cleaning))
        if self.state.last_utc is not None:
            _tell_late(self.state.last_utc, pl.concat(times), ledger)
        kept = [
            put_down(self._rows(name), name, folder, config.cleaning) for name in self.state.pieces
        ]
        self.fresh = {piece.name for piece in fresh}
        self.dump = Dump(folder, (*kept, *fresh))
        return self.dump

    def _rows(self, name: str) -> feeds.Batch:
        positions, statics = (
            pl.read_parquet(self.state.path / f"{kind}-{name}.parquet", glob=False)
            for kind in ("positions", "statics")
        )
        return feeds.Batch(
            schema.conform(positions, schema.POSITIONS), schema.conform(statics, schema.STATICS)
        )

    def leave(self, results: Results, sources: Sequence[Source], margin_h: float) -> None:
        """Write the next state.

        Parameters
        ----------
        results : Results
            What was found.
        sources : sequence of Source
            The files that were new.
        margin_h : float
            Hours about a candidate of which fixes are kept once it is closed.
        """
        last_utc = _last_utc(results.vessels)
        midnight = datetime(last_utc.year, last_utc.month, last_utc.day, tzinfo=UTC)
        first_kept = midnight - timedelta(days=self.days - 1)
        names = []
        for piece in self.dump.pieces:
            if _last_day(piece) < first_kept.date():
                continue
            names.append(piece.name)
            for name in (f"positions-{piece.name}", f"statics-{piece.name}"):
                path = self.folder / f"{name}.parquet"
                if piece.name in self.fresh:
                    write_parquet(self.dump.shelf.get(name), path)
                else:
                    shutil.copyfile(self.state.path / path.name, path)
        closed = closing(results, first_kept + timedelta(days=CLOSED_D), margin_h)
        closed.save(self.folder)
        taken_in = [{"path": one.name, "bytes": one.bytes, "sha256": one.sha256} for one in sources]
        held = {
            FOLDER_OF: KIND,
            "version": __version__,
            "files": [*self.state.files, *taken_in],
            "pieces": names,
            "last_utc": last_utc.isoformat(),
            "closed_before_utc": closed.before.isoformat() if closed.before else None,
            "counts": {
                "rows_read": self.counts.rows_read,
                "rejected": self.counts.rejected,
                "blanked": self.counts.blanked,
                "examples": self.counts.kept_examples(),
            },
        }
        text = json.dumps(held, indent=1) + "\n"
        (self.folder / MANIFEST).write_text(text, encoding="utf-8")

    def told(self, encounters: pl.DataFrame, vessels: pl.DataFrame) -> dict[str, Any]:
        """What the manifest of the run says of its state.

        ``provisional`` are the candidates that a draught typed later may still change.
        """
        final = _last_utc(vessels) - timedelta(hours=TYPED_LATE_H)
        open_ones = encounters.filter(pl.col("candidate") & (pl.col("end_utc") > final))
        return {
            "path": str(self.state.path),
            "files_before": len(self.state.files),
            "days_kept": self.days,
            "closed_before_utc": _text(self.state.closed.before),
            "provisional_after_utc": _text(final),
            "provisional": open_ones["event_id"].sort().to_list(),
        }


@contextmanager
def opened(path: Path, days: int = DAYS) -> Iterator[Daily]:
    """A run's way from one state to the next, which is put in place at the end.

    Raises
    ------
    UsageError
        Another run uses it, or the folder is no state.
    """
    with locked(path), whole_folder(path, overwrite=True) as folder:
        yield Daily(_load(path), folder, days)


def _last_utc(vessels: pl.DataFrame) -> datetime:
    last = vessels["last_time"].max()
    assert isinstance(last, datetime)  # noqa: S101 - a run without ships ends before
    return last


def _text(time: datetime | None) -> str | None:
    return None if time is None else f"{time:%Y-%m-%dT%H:%M:%SZ}"


def _load(path: Path) -> State:
    manifest = path / MANIFEST
    if not manifest.is_file():
        return State(path)
    try:
        held = json.loads(manifest.read_bytes())
        if held.get(FOLDER_OF) != KIND:
            raise UsageError(f"{path}: is no state of alongside; name another folder")
        counts = held["counts"]
        return State(
            path,
            tuple(held["files"]),
            tuple(held["pieces"]),
            _time(held["last_utc"]),
            _ledger(counts),
            Closed.load(path, _time(held["closed_before_utc"])),
        )
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        raise UsageError(
            f"{path}: the state cannot be read ({error}); remove it, and give all files again"
        ) from None


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _ledger(counts: dict[str, Any]) -> Ledger:
    ledger = Ledger(rows_read=counts["rows_read"])
    ledger.rejected.update(counts["rejected"])
    ledger.blanked.update(counts["blanked"])
    ledger.keep_examples(
        {rule: [Example(*one) for one in some] for rule, some in counts["examples"].items()}
    )
    return ledger


def _tell_late(last: datetime, times: pl.DataFrame, ledger: Ledger) -> None:
    """Say which files hold mostly what is older than what was there before them."""
    middle = times.group_by("file").agg(pl.col("time").median()).sort("file")
    for file, time in middle.iter_rows():
        if time is not None and time < last:
            ledger.warn(
                f"{ledger.name(file)}: late, most of it is from before {last:%Y-%m-%d %H:%M} UTC,"
                " up to which the state went; what it changes is decided anew"
            )


def _last_day(piece: Piece) -> date:
    """The last day that a piece holds more than a few stray rows of."""
    days = piece.survey.days
    often = days.filter(pl.col("rows") >= FEW_SHARE * pl.col("rows").sum())
    return max(often["day"].to_list(), default=date.min)
