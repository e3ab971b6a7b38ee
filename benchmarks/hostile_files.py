"""Files made to fill the memory, never to end, or to write where they should not.

    python -m benchmarks.hostile_files [--case NAME] [--light]

Each file lies in a folder with one good dump, and `alongside detect` is run on that folder, in a
process of its own: it must end within `MOST_S` and `MOST_MB` having read the good rows, and say
what became of the other file. Printed are the seconds, those of processors, the peak of memory,
the exit code and what was said. ``--light`` leaves out the cases of a gigabyte and more.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.hostile_makers import CASES, Case, good_rows, write_good

MOST_S = 300.0  # of one case, beside other work: a gigabyte is unpacked in some seconds
MOST_MB = 1500.0  # beside a usual run's 400 to 800, see docs/scale.md
POLL_S = 0.005
LOOKED_AT = 2 << 20  # bytes of a file, to tell what it is
TOLD = 110  # letters of a message in the table


@dataclass(frozen=True)
class Outcome:
    """What became of one case."""

    seconds: float
    processor_s: float
    peak_mb: float
    code: int
    rows_used: int
    told: str

    def stood(self, case: Case) -> bool:
        """Whether the case ended as it should."""
        in_bounds = self.seconds <= MOST_S and self.peak_mb <= MOST_MB
        if case.as_config:
            return in_bounds and self.code == 2
        return in_bounds and self.code == 0 and self.rows_used >= good_rows()


def run(case: Case, folder: Path) -> Outcome:
    """Make the file of a case and run the command over it."""
    dumps, out = folder / "dumps", folder / "out"
    dumps.mkdir()
    write_good(dumps / "good.csv")
    made = case.make(folder / "settings" if case.as_config else dumps / "hostile")
    command = [sys.executable, "-m", "pipeline", "detect", str(dumps), "--out", str(out)]
    if case.as_config == "--config":
        command += ["--config", made]
    elif case.as_config:
        command += ["--set", f"{case.as_config}={json.dumps([made])}"]
    begun = time.perf_counter()
    child = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this interpreter
    peak, spent = 0, 0.0
    parent, hostile = psutil.Process(child.pid), dumps / "hostile"
    changed = False
    while child.poll() is None and time.perf_counter() - begun < MOST_S:
        with suppress(psutil.Error):  # it ends meanwhile
            watched = next(iter(parent.children()), parent)  # who works is watched by who began
            peak = max(peak, watched.memory_info().rss)
            spent = max(spent, sum(watched.cpu_times()[:2]))
            if case.meanwhile and not changed and _being_read(watched, hostile):
                case.meanwhile(hostile)
                changed = True
        time.sleep(POLL_S)
    if child.poll() is None:
        child.kill()
    printed, errors = child.communicate()
    seconds = time.perf_counter() - begun
    manifest = out / "manifest.json"
    used = json.loads(manifest.read_text())["rows_used"] if manifest.exists() else 0
    told = [line for line in errors.splitlines() if case.about in line]
    last = [line for line in told if re.search(r"warning|passed over|error", line)] or told
    return Outcome(
        seconds, spent, peak / 1e6, child.returncode, used, _short(last, printed, errors, folder)
    )


def _being_read(process: psutil.Process, path: Path) -> bool:
    """Whether a process is past the beginning of a file, which it looks at first."""
    places = [one.position for one in process.open_files() if one.path == str(path)]
    return max(places, default=0) > LOOKED_AT


def _short(told: list[str], printed: str, errors: str, folder: Path) -> str:
    line = (told or (printed + errors).splitlines() or ["nothing"])[-1]
    return line.replace(f"{folder}/", "")[:TOLD]


def main() -> int:
    """Print the table; 1 where a case did not stand."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--case", action="append", choices=[case.name for case in CASES])
    parser.add_argument("--light", action="store_true", help="leave out what takes a gigabyte")
    args = parser.parse_args()
    failed = 0
    subprocess.run([sys.executable, "-m", "pipeline.warm"], check=True, capture_output=True)
    print(f"{'case':30}{'s':>6}{'cpu':>6}{'MB':>6}{'exit':>5}  what was said")
    for case in CASES:
        if (args.case and case.name not in args.case) or (args.light and case.heavy):
            continue
        with tempfile.TemporaryDirectory() as folder:
            outcome = run(case, Path(folder))
        stood = outcome.stood(case)
        failed += not stood
        print(
            f"{case.name:30}{outcome.seconds:6.1f}{outcome.processor_s:6.1f}{outcome.peak_mb:6.0f}{outcome.code:5}"
            f"  {'' if stood else 'FAILED: '}{outcome.told}",
            flush=True,
        )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
