"""Settings that suit a dump, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.cleaning import Cleaned
from pipeline.feeds import Skipped
from pipeline.ledger import Ledger

SPARSE_H = 0.5  # between fixes: beyond, the ships beside each other are seldom heard together
UNPLACED_SHARE = 0.1  # of the sentences: then it is the log's way to hold no times
FEW_DRAUGHTS, FEW_ANTENNAS = 0.2, 0.2  # of the vessels
_TABLE = re.compile(r"no AIS: a table without .* \(its columns: (.*)\)")


def suggest(
    skipped: Sequence[Skipped], ledger: Ledger, clean: Cleaned | None, every_h: float
) -> list[str]:
    """Lines of YAML for a configuration of one's own, with the reasons, and notes.

    Parameters
    ----------
    skipped : sequence of Skipped
        Files passed over: where none was read, tables among them may be described.
    ledger : Ledger
        What became of the rows.
    clean : Cleaned or None
        What cleaning made of the rest; None where there is none.
    every_h : float
        Hours between two fixes of a ship, the median over the ships.
    """
    settings = _feeds(skipped if clean is None else (), ledger)
    notes = [] if clean is None else _notes(clean, every_h)
    if not settings and not notes:
        return ["", "configs/default.yaml suits this dump."]
    lines = ["", *notes]
    if settings:
        lines += ["A configuration of your own, to begin with:", "", *settings]
    return lines


def _notes(clean: Cleaned, every_h: float) -> list[str]:
    notes = []
    if every_h >= SPARSE_H:
        notes.append(
            "Use --config configs/satellite.yaml: half of the ships are heard every"
            f" {every_h:.1f} h or less often; the default asks for more fixes alongside than that."
        )
    vessels = clean.vessels.height
    if clean.draughts["track"].n_unique() < FEW_DRAUGHTS * vessels:
        notes.append(
            "Few ships have draughts: volumes come from capacity and time alongside alone, and"
            " ships whose partner is never heard cannot be told."
        )
    if clean.vessels["a_m"].is_not_null().sum() < FEW_ANTENNAS * vessels:
        notes.append(
            "Few ships have the place of their antenna on the hull: gaps between hulls are known"
            " to some tens of metres only."
        )
    return notes


def _feeds(skipped: Sequence[Skipped], ledger: Ledger) -> list[str]:
    lines: list[str] = []
    if any("day first was taken" in message for message in ledger.messages):
        lines += ["  day_first: true # nothing in the rows tells day from month: make sure"]
    if ledger.rejected.get("feeds.nmea_no_time", 0) > UNPLACED_SHARE * ledger.rows_read:
        lines += [
            "  nmea:",
            "    start_utc: 2024-01-31T00:00:00Z # when the log begins: it holds no times",
        ]
    tables = [
        (one.name, match[1]) for one in skipped if (match := _TABLE.match(one.reason)) is not None
    ]
    if tables:
        name, columns = tables[0]
        lines += [
            f"  tables: # if {name} is AIS: say which column is what",
            "    - name: mine",
            f"      columns: {{mmsi: ?, time: ?, lat: ?, lon: ?}} # of: {columns}",
        ]
    return ["feeds:", *lines] if lines else []
