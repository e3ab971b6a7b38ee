"""Tasks on the threads of one machine."""

from __future__ import annotations

import ctypes
import importlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeVar

import polars as pl

from pipeline import feeds
from pipeline.config import Config
from pipeline.engines.reading import Dump, read_local
from pipeline.engines.shelf import Folder
from pipeline.feeds import cleaned
from pipeline.ledger import Ledger
from pipeline.progress import Progress

Item = TypeVar("Item")
Result = TypeVar("Result")


M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of glibc's mallopt
HANDED_BACK = 1 << 20  # bytes
MOST_WORKERS = 4
"""Each holds a span or a chunk: more would fill a laptop's memory."""


def _give_memory_back() -> None:
    """Have glibc hand back what is freed: arrays of a megabyte and more at once.

    Left to itself it raises that bound while it runs, and keeps what threads have freed: a third
    more memory at the peak. Elsewhere than on glibc this does nothing.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option in (M_MMAP_THRESHOLD, M_TRIM_THRESHOLD):
            mallopt(option, HANDED_BACK)


def _threads() -> int:
    """How many tasks may run at once."""
    try:
        # Where there is no OpenMP, Numba's own pool ends a program that enters it from two threads.
        importlib.import_module("numba.np.ufunc.omppool")
    except ImportError:
        return 1
    return min(MOST_WORKERS, pl.thread_pool_size())


@dataclass(frozen=True)
class Local:
    """Runs tasks on threads: what they do is compiled and lets other threads run.

    As many as Polars has, which ``--workers`` sets, up to `MOST_WORKERS`.
    """

    workers: int = field(default_factory=_threads)
    shipped: Mapping[str, int] = field(default_factory=dict)

    def read(
        self,
        sources: Sequence[feeds.Source],
        config: Config,
        ledger: Ledger,
        progress: Progress,
        folder: Folder,
    ) -> Dump:
        """All that `sources` hold, in memory or in pieces in `folder`."""
        _give_memory_back()
        batches = feeds.read(sources, config.feeds, ledger, progress)
        dump = read_local(batches, folder, config.cleaning)
        settings = config.cleaning.model_dump(mode="json")
        return replace(dump, cleaned=cleaned.whole(sources, settings, ledger))

    def run(self, task: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """What `task` gives of each item, in the order of the items."""
        if self.workers == 1 or len(items) < 2:
            yield from map(task, items)
            return
        begun: deque[Future[Result]] = deque()
        with ThreadPoolExecutor(self.workers) as pool:
            try:
                for item in items:
                    begun.append(pool.submit(task, item))
                    if len(begun) > self.workers:
                        yield begun.popleft().result()
                while begun:
                    yield begun.popleft().result()
            finally:  # after Ctrl-C or an error nothing more is begun
                pool.shutdown(wait=False, cancel_futures=True)
