"""Whether a run that is ended at any moment leaves all whole, and the next gives the same.

    python -m benchmarks.kills [--runs N] [--placing N] [--seed N] [--signal KILL|TERM|INT]

Undisturbed runs are timed; then runs of the same day are ended at moments drawn evenly over that
time, in turn plain, over a former run, on two workers, with a state, and with all of these. One
that had ended before is run anew with an earlier moment, so that every one is hit while it works.
`--placing` more are ended when their folder is seen to be put in place. After each it is looked at
what is there: the output folder and the state must be whole (those of before, byte for byte, or
those of a finished run). Then the same command is given again; it must succeed (or, where folder
and state were both done, be refused since they are), give the bytes of the undisturbed run, and
leave nothing hidden behind.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
DAYS = sorted((ROOT / "sample_ais").glob("AIS_*"))  # the first is in the state and the former run
OF_ITS_OWN = {"manifest.json", "report.html", "alongside.gpkg"}
"""What tells when the run was, or names it."""
MODES: Mapping[str, tuple[str, ...]] = {
    "plain": (),
    "over a former run": ("--overwrite",),
    "two workers": ("--workers", "2"),
    "with a state": ("--overwrite", "--state", "state"),
    "new, with a state": ("--state", "state"),
    "all of these": ("--overwrite", "--workers", "2", "--state", "state"),
}
EARLIER = 0.8  # of the moment at which a run had ended already
TOO_LATE = "too late"

FAULTS = {
    "partial outputs",
    "states damaged",
    "reruns failed",
    "reruns DIFFERENT",
    "left something hidden after the rerun",
}

Files = dict[str, bytes]


def files_of(folder: Path, but: set[str] | None = None) -> Files | None:
    """All files of a folder, by their names; None where there is none."""
    if not folder.is_dir():
        return None
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name not in (but or set())
    }


def command(inputs: list[Path], options: tuple[str, ...]) -> list[str]:
    """What is run, in the folder of a run."""
    named = [str(path.resolve()) for path in inputs]
    return [sys.executable, "-m", "pipeline", "detect", *named, "--out", "out", "-q", *options]


def run(inputs: list[Path], options: tuple[str, ...], folder: Path) -> tuple[float, str]:
    """Run to the end; how long it took, and what was wrong (nothing: empty)."""
    begun = time.monotonic()
    done = subprocess.run(  # noqa: S603 - ourselves
        command(inputs, options), cwd=folder, capture_output=True, text=True, check=False
    )
    return time.monotonic() - begun, done.stderr if done.returncode else ""


def ended(
    inputs: list[Path],
    options: tuple[str, ...],
    folder: Path,
    after_s: float | None,
    how: signal.Signals,
) -> bool:
    """Begin a run and end it after so many seconds, or as it puts its folder in place (None).

    Gives whether it was still running.
    """
    before = _number(folder / "out")
    with subprocess.Popen(  # noqa: S603 - ourselves
        command(inputs, options), cwd=folder, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as process:
        if after_s is None:
            while process.poll() is None and _number(folder / "out") == before:
                pass  # it takes no longer than this loop
        else:
            with suppress(subprocess.TimeoutExpired):
                process.wait(after_s)
        if process.poll() is not None:
            return False
        process.send_signal(how)
        process.wait()
        return True


def _number(folder: Path) -> int:
    """What tells a folder from another that takes its name; 0 where there is none."""
    try:
        return folder.stat().st_ino
    except FileNotFoundError:
        return 0


def look(
    folder: Path, before: tuple[Files | None, ...], whole: tuple[Files | None, ...]
) -> list[str]:
    """What is neither as before nor as after a finished run."""
    wrong = []
    out = files_of(folder / "out")
    if out != before[0] and files_of(folder / "out", OF_ITS_OWN) != whole[0]:
        wrong.append("partial outputs")
    if files_of(folder / "state") not in (before[1], whole[1]):
        wrong.append("states damaged")
    return wrong


def began(former: Path, folder: Path, options: tuple[str, ...]) -> None:
    """Put there what a run of a mode finds: the former run, its state, or nothing."""
    folder.mkdir()
    for name, option in (("out", "--overwrite"), ("state", "--state")):
        if option in options:
            shutil.copytree(former / name, folder / name)


def one(
    folder: Path, files: list[Path], options: tuple[str, ...], after_s: float | None,
    how: signal.Signals, whole: tuple[Files | None, ...],
) -> list[str]:  # fmt: skip
    """End a run in a folder, look, and run again; what is to be counted."""
    before = files_of(folder / "out"), files_of(folder / "state")
    hit = ended(files, options, folder, after_s, how)
    if not hit and after_s is not None:
        return [TOO_LATE]
    told = ["ended while at work" if hit else "ended before"]
    told += look(folder, before, whole)
    if any(folder.glob(".*")):
        told.append("left something hidden")
    state_is_done = "--state" not in options or files_of(folder / "state") == whole[1]
    done = "--overwrite" not in options and (folder / "out").exists() and state_is_done
    _, wrong = run(files, options, folder)
    if done:  # the same again is refused
        wrong = "" if "exists already" in wrong else "not refused"
    same = files_of(folder / "out", OF_ITS_OWN) == whole[0]
    same = same and files_of(folder / "state") == whole[1]
    told.append("reruns failed" if wrong else "reruns equal" if same else "reruns DIFFERENT")
    if any(folder.glob(".*")):
        told.append("left something hidden after the rerun")
    return told


def main() -> None:
    """Print how many outputs were partial, states damaged, reruns equal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--placing", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--signal", choices=["KILL", "TERM", "INT"], default="KILL")
    options = parser.parse_args()
    rng, how = random.Random(options.seed), signal.Signals[f"SIG{options.signal}"]
    modes: dict[str, Counter[str]] = {mode: Counter() for mode in MODES}
    with tempfile.TemporaryDirectory() as name:
        there = Path(name)
        former = there / "former"
        former.mkdir()
        whole, seconds = {}, {}
        _, wrong = run(DAYS[:1], MODES["with a state"], former)
        for mode, given in MODES.items():
            folder = there / "whole"
            began(former, folder, given)
            seconds[mode], failed = run(DAYS[1:], given, folder)
            wrong = wrong or failed
            whole[mode] = files_of(folder / "out", OF_ITS_OWN), files_of(folder / "state")
            shutil.rmtree(folder)
        if wrong:
            sys.exit(wrong)
        for number in range(options.runs + options.placing):
            mode, folder = list(MODES)[number % len(MODES)], there / "run"
            after_s = rng.uniform(0.0, seconds[mode]) if number < options.runs else None
            while True:
                began(former, folder, MODES[mode])
                told = one(folder, DAYS[1:], MODES[mode], after_s, how, whole[mode])
                shutil.rmtree(folder)
                if told != [TOO_LATE] or after_s is None:
                    break
                after_s *= EARLIER
            if any(what in FAULTS for what in told):
                moment = "while placing" if after_s is None else f"after {after_s:.2f} s"
                print(f"{mode}, {moment}: {', '.join(told)}", flush=True)
            modes[mode].update(told)
    for mode, counts in modes.items():
        print(f"{mode} ({seconds[mode]:.1f} s undisturbed): {_listed(counts)}")
    total = sum(modes.values(), Counter[str]())
    print(
        f"SIG{options.signal} at {options.runs + options.placing} moments,"
        f" {total['ended while at work']} of them while at work:"
        f" {total['partial outputs']} partial outputs, {total['states damaged']} states damaged,"
        f" {total['reruns equal']} reruns equal to an undisturbed run,"
        f" {total['left something hidden after the rerun']} with something hidden left after that"
    )
    sys.exit(any(total[what] for what in FAULTS))


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))


if __name__ == "__main__":
    main()
