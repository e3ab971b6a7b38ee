"""A command under the eyes of a second process, which can still speak when the first cannot.

The system kills what takes too much memory, a library aborts where it gets none, and reading a
mapped file that was cut short meanwhile ends a process as well: each without a word. So the work is
done by a child, forked before anything is imported, and the parent, which holds next to nothing,
tells what ended it and what to do.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from pipeline._starting import INTERRUPTED

FAILED = 1  # midway
STALLED_S = 120.0
"""Without any work done, where address space is limited: a library that could not begin a thread
may wait for it for ever. A stalled share looks the same, but comes back sooner or is of no use."""
LOOK_S = 0.5
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux' prctl
LESS = "give fewer days or files at a time, or --workers 1"
UNTOUCHED = "The output folder is as it was: run the same again"
ENDED_BY = {
    signal.SIGKILL: f"killed. If nobody did it, memory ran out: {LESS}",
    signal.SIGABRT: f"a library gave up; as a rule memory ran out: {LESS}",
    signal.SIGBUS: "a file that was being read was cut short, or its disk failed: wait until nobody"
    " writes it",
    signal.SIGSEGV: f"a library failed; if memory ran out: {LESS}",
}
LIBRARY_LEFT = f"a library ended the run; as a rule memory ran out: {LESS}"
STALLED = f"no work was done for {STALLED_S:.0f} s; a thread could not be begun: {LESS}"


def address_space_told() -> str:
    """What to add where memory ran out under a limit of address space; empty without one."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return ""
    return (
        f". Address space is limited to {limit / 1e6:.0f} MB (ulimit -v), and a run reserves"
        " several times what it uses: lift that, and limit memory itself, as control groups do"
    )


def watched(work: Callable[[], None]) -> None:
    """Do the work in a child; return there, and end the parent with the child's exit code.

    Parameters
    ----------
    work : callable
        Ends the process by SystemExit, or returns.
    """
    sys.stdout.flush()
    spoke, speak = os.pipe()
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        _die_with(parent)
        try:
            work()
        finally:  # whatever is to be said is said by this process
            os.write(speak, b".")
        return

    def hand_on(number: int, _frame: FrameType | None) -> None:
        os.kill(child, number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, hand_on)
    signal.pthread_sigmask(signal.SIG_SETMASK, held)
    os.close(speak)
    code, stalled = _wait_for(child)
    sys.exit(_tell(code, stalled, bool(os.read(spoke, 1))))


def _die_with(parent: int) -> None:
    """Have the child killed with its parent; on other systems than Linux it goes on to its end."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:  # it was killed before
            os._exit(FAILED)


def _wait_for(child: int, stalled_s: float = STALLED_S) -> tuple[int, bool]:
    """How the child ended, as `subprocess` gives it; and whether it was ended since it stalled."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY or sys.platform != "linux":
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), False
    worked, since, stalled = "", time.monotonic(), False
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status), stalled
        now = " ".join(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11:15])
        if now != worked:
            worked, since = now, time.monotonic()
        elif time.monotonic() - since > stalled_s and not stalled:
            stalled = True
            os.kill(child, signal.SIGKILL)
        time.sleep(LOOK_S)


def _tell(code: int, stalled: bool, spoke: bool) -> int:
    """Say what the child could not say; give the exit code for both."""
    if code >= 0 and (spoke or code in (0, INTERRUPTED)):
        return code
    why = LIBRARY_LEFT
    if code < 0:
        known = ENDED_BY.get(signal.Signals(-code), f"ended by {signal.Signals(-code).name}")
        why = STALLED if stalled else known
    sys.stderr.write(f"error: {why}{address_space_told()}. {UNTOUCHED}\n")
    return FAILED
