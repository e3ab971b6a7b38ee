"""What every command does around its work: progress, clear errors, time and memory."""

from __future__ import annotations

import gc
import os
import resource
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from pipeline._starting import INTERRUPTED, TOLD
from pipeline._watching import LESS, address_space_told
from pipeline.errors import AlongsideError, Ended, UsageError

if TYPE_CHECKING:
    from pipeline.progress import Progress

THREADS_OF = ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS")
"""What the libraries that work on threads read, when they are imported, for how many."""
SHORTAGES = (
    "can't start new thread",
    "can't spawn worker thread",
    "code: 11,",
    "code: 12,",
    "os error 12)",
    "Cannot allocate memory",
    "failed to map segment",
    "bad_alloc",
)
"""How others than Python say that there is no memory: EAGAIN (11) of a thread, ENOMEM (12)."""
NO_MEMORY = f"out of memory: {LESS}"


LEAST_ADDRESSES_MB = 2500
"""Of address space, on two processors: below, libraries ended runs, or waited for ever."""


@contextmanager
def working(quiet: bool, verbose: bool) -> Iterator[Progress]:
    """Tell progress while inside, print errors in one message, and time and memory if asked."""
    with _clear_errors(verbose):
        if quiet and verbose:
            raise UsageError("--quiet and --verbose exclude each other")
        _refuse_tight()
        from pipeline.progress import for_stream

        progress = for_stream(quiet)
        begun = time.monotonic()
        yield progress
        if verbose:
            spent = time.monotonic() - begun
            progress.say(f"{spent:.1f} s, at most {_peak_memory_mb():.0f} MB of memory")


def _refuse_tight() -> None:
    """Raise a UsageError where the limit of address space leaves no room for the libraries."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < LEAST_ADDRESSES_MB * 1e6:
        raise UsageError(f"the smallest run reserves {LEAST_ADDRESSES_MB} MB{address_space_told()}")


def hold_to(workers: int | None) -> None:
    """Work on so many threads; on all processors if None. To be called before the long imports."""
    if workers is not None:
        os.environ.update(dict.fromkeys(THREADS_OF, str(workers)))


def show(text: str) -> None:
    """Print what a command has to say; no order to the terminal that stands in it is carried out.

    Ships type their names, and files are named by anyone.
    """
    from pipeline.progress import plain

    try:
        print("\n".join(plain(line) for line in text.split("\n")), flush=True)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection inside: of a command of two seconds it would take a tenth."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _peak_memory_mb() -> float:
    """Most memory that this process ever held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)  # bytes there, kilobytes elsewhere


@contextmanager
def _clear_errors(verbose: bool) -> Iterator[None]:
    """Print what went wrong in one message, and end with its exit code."""
    try:
        yield
    except KeyboardInterrupt:
        _fail(TOLD, INTERRUPTED, verbose)
    except Ended as end:
        _fail(str(end), 128 + end.number, verbose)
    except AlongsideError as error:
        _fail(str(error), error.exit_code, verbose)
    except OSError as error:  # a share that went away: nothing that a traceback would mend
        told = NO_MEMORY + address_space_told() if _is_shortage(error) else str(error)
        _fail(told, AlongsideError.exit_code, verbose)
    except BaseException as error:
        if not _is_shortage(error):
            raise
        _fail(NO_MEMORY + address_space_told(), 1, verbose)


def _is_shortage(error: BaseException) -> bool:
    """Whether the machine had no memory, or no room for another thread.

    Python says so by a MemoryError or a RuntimeError; Polars panics, which is no Exception: its
    crate gives threads that cannot be begun, and files that cannot be mapped, as errors of the
    system.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, MemoryError) or any(sign in str(seen) for sign in SHORTAGES):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _fail(message: str, exit_code: int, verbose: bool) -> None:
    from pipeline.progress import plain

    told = traceback.format_exc().split("\n") if verbose else []
    for line in [*told, *(f"error: {line}" for line in message.split("\n"))]:
        print(plain(line), file=sys.stderr)
    raise typer.Exit(exit_code)
