"""``alongside clean``: dumps to cleaned positions, for other tools and for later runs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import engines, feeds
from pipeline.config import Config
from pipeline.errors import NothingUsableError
from pipeline.exports.documents import write_json
from pipeline.feeds import cleaned
from pipeline.ledger import Ledger
from pipeline.manifest import hashes_of_files, manifest
from pipeline.output import whole_folder
from pipeline.progress import Progress


@dataclass(frozen=True)
class CleanSummary:
    """What was cleaned."""

    rows_read: int
    fixes: int
    tracks: int
    days: int
    folder: Path


def clean_dump(
    inputs: Sequence[str],
    config: Config,
    out: Path,
    *,
    overwrite: bool,
    progress: Progress,
    keep_rejected: bool = False,
) -> CleanSummary:
    """Clean AIS dumps and write the folder that `feeds.cleaned` describes.

    Parameters
    ----------
    inputs : sequence of str
        Files, folders, globs.
    config : Config
        Its sections ``feeds`` and ``cleaning`` count.
    out : Path
        The folder; it appears whole or not at all.
    overwrite : bool
        Whether a former one there may be replaced.
    progress : Progress
        Where to tell how far it is.
    keep_rejected : bool
        Whether every rejected row is written to ``rejected.parquet``.

    Raises
    ------
    UsageError
        An input cannot be used, or `out` is in the way.
    NothingUsableError
        No input held a usable position.
    """
    begun = time.perf_counter()
    ledger, engine = Ledger(), engines.Local()
    with whole_folder(out, overwrite) as folder, engines.scratch(folder) as scratch:
        if keep_rejected:
            ledger.keep(folder)
        config_files = hashes_of_files(config)
        sources, skipped = feeds.find_sources(inputs, config.feeds, ledger)
        for source in sources:
            progress.say(f"{source.name}: {source.layout}")
        dump = engine.read(sources, config, ledger, progress, scratch)
        fleet = engines.clean(dump, engine, config, ledger, progress)
        ledger.close()
        if fleet.vessels.is_empty():
            raise NothingUsableError("no usable AIS position in the input")
        with progress.step("write positions"):
            files = cleaned.write(fleet, fleet.vessels, fleet.draughts, folder)
        seconds = {"all": round(time.perf_counter() - begun, 3)}
        told = manifest(sources, skipped, config, ledger, seconds, config_files)
        write_json({**told, cleaned.FILES_KEY: files}, folder / cleaned.MANIFEST_FILE)
    for message in ledger.messages:
        progress.say(f"warning: {message}")
    days = {Path(file).parent.name for file in files}
    fixes = int(fleet.vessels["fixes"].sum())
    return CleanSummary(ledger.rows_read, fixes, fleet.vessels.height, len(days), out)
