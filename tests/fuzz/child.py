"""One target under Atheris, in a process of its own: ``python -m tests.fuzz.child TARGET ...``.

Atheris watches which lines of the package an input reaches and keeps those that reach new ones.
Compiled functions stay compiled, with their bounds checked (``NUMBA_BOUNDSCHECK``), so that a read
beyond an array is an error here, and not silence. A fault is saved and the fuzzing goes on.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
import traceback
import types
from pathlib import Path

from tests.fuzz.targets import TARGETS, seeds_of

LONGEST_S = 60  # of one input, before it counts as a hang: the slowest good one takes under one
MOST_MB = 3000  # of the process, libraries and all
LONGEST_INPUT = 4096
REPORT_EVERY_S = 0.5


def instrument() -> int:
    """Watch every plain function of the package that is imported; how many those are."""
    import atheris

    watched = 0
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] != "pipeline":
            continue
        for owner in (module, *(one for one in vars(module).values() if isinstance(one, type))):
            for function in vars(owner).values():
                if isinstance(function, types.FunctionType) and function.__module__ == name:
                    atheris.instrument_func(function)
                    watched += 1
    return watched


class Watch:
    """Runs inputs, counts them, saves those that find a new fault."""

    def __init__(self, name: str, folder: Path) -> None:
        self.run = TARGETS[name].run
        self.found = folder / "found" / name
        self.report = folder / f"{name}.json"
        self.inputs, self.faults = 0, set[str]()
        self.reported = 0.0

    def __call__(self, data: bytes) -> None:
        """One input."""
        self.inputs += 1
        try:
            self.run(data)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # Polars' panics are no Exception
            self.note(data, error)
        if time.monotonic() - self.reported > REPORT_EVERY_S:
            self.reported = time.monotonic()
            self.report.write_text(json.dumps([self.inputs, len(self.faults)]))

    def note(self, data: bytes, error: BaseException) -> None:
        """Save an input that shows a fault not seen before: another error, or in another line."""
        frames = traceback.extract_tb(error.__traceback__)
        places = [frame for frame in frames if "/pipeline/" in frame.filename] or frames
        fault = f"{type(error).__name__} {places[-1].filename}:{places[-1].lineno}"
        if fault in self.faults:
            return
        self.faults.add(fault)
        path = self.found / hashlib.sha1(data, usedforsecurity=False).hexdigest()[:12]
        path.write_bytes(data)
        text = "".join(traceback.format_exception(error))
        path.with_suffix(".txt").write_text(text, errors="backslashreplace")
        print(f"{self.found.name}: {fault}: {str(error)[:200]!r}", file=sys.stderr, flush=True)


def main(name: str, folder: Path, seconds: int, corpora: list[str]) -> None:
    """Fuzz one target for so long."""
    import atheris

    watch = Watch(name, folder)
    for seed in seeds_of(TARGETS[name]):  # what is compiled on its first call is no slow input
        watch.run(seed)
    instrument()
    arguments = [
        "fuzz",
        *corpora,
        f"-max_total_time={seconds}",
        f"-timeout={LONGEST_S}",
        f"-rss_limit_mb={MOST_MB}",
        f"-max_len={LONGEST_INPUT}",
        f"-artifact_prefix={watch.found}/",
        f"-dict={folder / 'words'}",
        "-detect_leaks=0",
        "-verbosity=0",
        f"-report_slow_units={LONGEST_S}",
    ]
    atheris.Setup(arguments, watch, internal_libfuzzer=True)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
