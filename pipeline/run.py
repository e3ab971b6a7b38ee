"""The flow, top to bottom: feeds, cleaning, rendezvous, quota, exports."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline import cleaning, context, engines, exports, feeds, quota, rendezvous, schema
from pipeline.config import Config
from pipeline.errors import NothingUsableError
from pipeline.ledger import Ledger
from pipeline.manifest import hashes_of_files, manifest
from pipeline.output import both_or_again, whole_folder
from pipeline.progress import Progress


@dataclass(frozen=True)
class RunSummary:
    """What a run found, in two numbers and a path."""

    candidates: int
    encounters: int
    candidates_path: Path


@dataclass
class Timings:
    """Seconds each stage took; they stand in the manifest and are not part of the result."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Time a stage."""
        begun = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - begun, 3)


def detect(
    inputs: Sequence[str],
    config: Config,
    out: Path,
    *,
    overwrite: bool,
    progress: Progress,
    keep_rejected: bool = False,
    engine: engines.Engine | None = None,
    state: Path | None = None,
    state_days: int = engines.STATE_DAYS,
) -> RunSummary:
    """Find candidate transfers in AIS dumps and write the run's folder.

    Parameters
    ----------
    inputs : sequence of str
        Files, folders, globs.
    config : Config
        All that decides what is found.
    out : Path
        The run's folder; it appears whole or not at all.
    overwrite : bool
        Whether a former run there may be replaced.
    progress : Progress
        Where to tell how far it is.
    keep_rejected : bool
        Whether every rejected row is written to ``rejected.parquet``.
    engine : Engine, optional
        Who works; the threads of this machine if None. What is found does not depend on it.
    state : Path, optional
        Folder of a state to go on from and to leave for the next run; see `engines.state`.
    state_days : int
        How many days it keeps.

    Raises
    ------
    UsageError
        An input or a file that the configuration names cannot be used, or `out` is in the way.
    NothingUsableError
        No input held a usable position.
    """
    ledger, timings = Ledger(), Timings()
    engine = engines.Local() if engine is None else engine
    with (
        nullcontext() if state is None else both_or_again(out),
        nullcontext() if state is None else engines.opened(state, state_days) as daily,
        whole_folder(out, overwrite, half=state is not None) as folder,
        engines.scratch(folder) as scratch,
    ):
        if keep_rejected:
            ledger.keep(folder)
        user_files = context.load_user_files(config.context, ledger)
        config_files = hashes_of_files(config)

        with timings.of("feeds"):
            sources, skipped = feeds.find_sources(inputs, config.feeds, ledger)
            if daily:
                sources, known = daily.new_files(sources, ledger)
                skipped += known
            _tell_inputs(sources, skipped, progress)
            dump = engine.read(sources, config, ledger, progress, scratch)
            if daily:
                dump = daily.take_in(dump, scratch, config, ledger)

        with timings.of("cleaning"):
            fleet = engines.clean(dump, engine, config, ledger, progress)
            if fleet.vessels.is_empty():
                raise NothingUsableError(_nothing_usable(sources, skipped, ledger))

        ledger.close()

        with timings.of("context"):
            places = context.learn(fleet.stays, fleet.vessels, config.context, user_files, progress)
            port_calls = places.port_calls(fleet.vessels)

        with timings.of("rendezvous"):
            measured = rendezvous.tabulate(
                engines.meetings(fleet, engine, config.rendezvous, progress),
                fleet.lone,
                fleet.vessels,
                fleet.draughts,
                places,
                config.rendezvous,
                fleet.silences,
            )
            encounters = rendezvous.decide(measured, config.rendezvous)
            del measured  # as large as what was decided, and not asked for again

        closed = daily.state.closed if daily else engines.Closed()
        encounters = engines.with_closed(closed, encounters)
        ships = engines.ships_of(closed, fleet.vessels, fleet.draughts, port_calls)

        results = exports.Results(
            encounters=encounters,
            volumes=schema.empty(schema.VOLUMES),
            fixes=schema.empty(schema.FIXES),
            vessels=ships.vessels,
            draughts=ships.draughts,
            quota={},
            manifest={},
            port_calls=ships.port_calls,
            fixes_in_parts=engines.fixes_with(closed, ships.vessels, fleet),
        )
        with exports.begun(results, folder, config.exports) as begun:
            with timings.of("quota"):
                oil = quota.estimate(
                    encounters,
                    ships.vessels,
                    ships.draughts,
                    user_files.fleet,
                    config.quota,
                    ships.port_calls,
                )

            flagged = cleaning.count_flagged(ships.vessels)
            cleaning.tell_changes(flagged, ledger)
            told = manifest(sources, skipped, config, ledger, timings.seconds, config_files)
            told["vessels_flagged"] = flagged
            told["work"] = engines.work(dump, fleet, engine)
            if daily:
                told["state"] = daily.told(encounters, ships.vessels)
            results = replace(results, volumes=oil.volumes, quota=oil.summary, manifest=told)
            if daily:
                daily.leave(results, sources, config.exports.track_margin_h)
            exports.write(results, folder, config.exports, progress, begun)
    for message in ledger.messages:
        progress.say(f"warning: {message}")
    progress.say(
        f"{ledger.rows_read} rows read, {ledger.rows_used} used, {ledger.rows_rejected} rejected"
    )
    candidates = int(encounters["candidate"].sum())
    return RunSummary(candidates, len(encounters), out / "candidates.geojson")


def _tell_inputs(
    sources: Sequence[feeds.Source], skipped: Sequence[feeds.Skipped], progress: Progress
) -> None:
    for source in sources:
        progress.say(f"{source.name}: {source.layout}")
    for one in skipped:
        progress.say(f"{one.name}: passed over, {one.reason}")


def _nothing_usable(
    sources: Sequence[feeds.Source], skipped: Sequence[feeds.Skipped], ledger: Ledger
) -> str:
    """Why there is nothing to work on: each file, and what became of its rows."""
    lines = ["no usable AIS position in the input"]
    lines += [f"{source.name}: {source.layout}" for source in sources]
    lines += [f"{one.name}: passed over, {one.reason}" for one in skipped]
    lines.append(f"{ledger.rows_read} rows read")
    lines += [f"  {rows} rejected: {rule}" for rule, rows in sorted(ledger.rejected.items())]
    lines += ledger.messages
    return "\n".join(lines)
