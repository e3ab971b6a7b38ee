"""Who runs the stage functions on which part of a dump: in memory, in parts, on workers, on Spark.

One design serves them all, and gives the same bytes in each:

1. *Pieces.* What is read is put down in pieces of `reading.PIECE_ROWS` rows, sorted by MMSI, with a
   count of rows a ship and a day (``reading``). A small dump is one piece and stays in memory.
2. *Spans.* The counts part the MMSIs into spans of `flow.SPAN_ROWS` rows. A span's task takes its
   slice of every piece, so that it has the whole history of its ships, and does all that needs no
   look at other ships: cleaning, runs of slow motion, stays, lone vessels (``spans``). What
   compares ships (crowds, silences, berths) is summed up small and judged for all at once.
3. *Parts.* Runs, not rows, go on: those that touch one day and one band of latitude are paired by
   cell and time. A run that touches two parts is paired in both, and windows found twice are joined
   to one: nothing is lost at an edge (``pairs``).
4. *Chunks.* Pairs are measured some at a time, near ones together; a chunk loads the tracks of its
   ships and no others (``pairs``).

Spans, parts and chunks are tasks. `local.Local` runs them on threads, for what they do releases
Python's lock; `spark.Spark` on the executors of a cluster. Either gets the results in the order of
the tasks, whatever the order in which they end, so that the outcome depends on neither. A state
(``state``) keeps pieces from run to run.
"""

from __future__ import annotations

from pipeline.engines.closed import Closed, fixes_with, ships_of, with_closed
from pipeline.engines.flow import Engine, Fleet, clean, meetings, work
from pipeline.engines.local import Local
from pipeline.engines.shelf import scratch
from pipeline.engines.state import DAYS as STATE_DAYS
from pipeline.engines.state import opened

__all__ = [
    "STATE_DAYS",
    "Closed",
    "Engine",
    "Fleet",
    "Local",
    "clean",
    "fixes_with",
    "meetings",
    "opened",
    "scratch",
    "ships_of",
    "with_closed",
    "work",
]
