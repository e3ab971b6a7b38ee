"""The manifest: what a run read, what it did to it, with which settings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.config import Config
from pipeline.config.load import config_hash
from pipeline.feeds import Skipped, Source
from pipeline.ledger import Ledger


def manifest(
    sources: Sequence[Source],
    skipped: Sequence[Skipped],
    config: Config,
    ledger: Ledger,
    seconds: dict[str, float],
    config_files: dict[str, str],
) -> dict[str, Any]:
    """The content of ``manifest.json``.

    Parameters
    ----------
    sources, skipped : sequence
        Files read and files passed over, each with the reason.
    config : Config
        The settings of the run; they stand in the manifest whole.
    ledger : Ledger
        Rows read, used and rejected, by rule and with examples.
    seconds : dict
        Time each stage took: the one part that differs between equal runs.
    config_files : dict
        From `hashes_of_files`, taken when the files were read: they may be gone by now.
    """
    rejected = ledger.rows_rejected
    return {
        "version": __version__,
        "config_hash": config_hash(config),
        "config": config.model_dump(mode="json"),
        "config_files": config_files,
        "inputs": [
            {
                "path": source.name,
                "layout": source.layout,
                "bytes": source.bytes,
                "sha256": source.sha256 or None,
            }
            for source in sources
        ],
        "skipped": [{"path": one.name, "reason": one.reason} for one in skipped],
        "rows_read": ledger.rows_read,
        "rows_used": ledger.rows_used,
        "rows_rejected": {
            "total": rejected,
            "by_rule": dict(sorted(ledger.rejected.items())),
            "share_by_rule": {
                rule: round(rows / max(1, ledger.rows_read), 6)
                for rule, rows in sorted(ledger.rejected.items())
            },
        },
        "values_set_unknown": dict(sorted(ledger.blanked.items())),
        "fixes_flagged": dict(sorted(ledger.flagged.items())),
        "examples": dict(sorted(ledger.examples.items())),
        "messages": list(ledger.messages),
        "timings_s": seconds,
    }


def hashes_of_files(config: Config) -> dict[str, str]:
    """SHA-256 of each file that the configuration names: its content decides too."""
    named = [config.context.ports_file, config.context.zones_file, config.context.fleet_file]
    named += [*config.context.watchlist_files, config.quota.count_zones_file]
    return {
        str(path): hashlib.sha256(Path(path).read_bytes()).hexdigest()
        for path in named
        if path is not None
    }
