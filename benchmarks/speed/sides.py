"""Programs that are compared: each run a process of its own, the sides alternated."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAXRSS_MB = 1024.0**2 if sys.platform == "darwin" else 1024.0
PYTHON = (sys.executable, "-c")


@dataclass
class Side:
    """One of the programs compared, and what was measured of it, a value a repeat."""

    command: list[str]
    out: Path | None = None  # where a run of Alongside writes
    environment: Mapping[str, str] = field(default_factory=dict)
    walls_s: list[float] = field(default_factory=list)
    processors_s: list[float] = field(default_factory=list)
    memories_mb: list[float] = field(default_factory=list)
    stages_s: list[dict[str, float]] = field(default_factory=list)

    def run(self) -> None:
        """Run it once more."""
        begun = time.perf_counter()
        child = subprocess.Popen(  # noqa: S603 - commands of this benchmark
            self.command,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            env={**os.environ, **self.environment},
        )
        _, status, usage = os.wait4(child.pid, 0)
        if status:
            raise SystemExit(f"{' '.join(self.command)}: ended with {status}")
        self.walls_s.append(time.perf_counter() - begun)
        self.processors_s.append(usage.ru_utime + usage.ru_stime)
        self.memories_mb.append(usage.ru_maxrss / MAXRSS_MB)
        if self.out is not None:
            stages = dict(json.loads((self.out / "manifest.json").read_text())["timings_s"])
            stages["start, exports"] = self.walls_s[-1] - sum(stages.values())
            self.stages_s.append(stages)

    @property
    def wall_s(self) -> float:
        """Median of the time it took."""
        return statistics.median(self.walls_s)

    @property
    def processor_s(self) -> float:
        """Median of the processor's time."""
        return statistics.median(self.processors_s)

    @property
    def memory_mb(self) -> float:
        """Median of the most memory it held."""
        return statistics.median(self.memories_mb)

    def stage_s(self, name: str) -> float:
        """Median seconds of a stage."""
        return statistics.median(stages[name] for stages in self.stages_s)


def alternate(sides: Iterable[Side], repeats: int) -> None:
    """Run all sides in turn, so often."""
    sides = list(sides)
    for _ in range(repeats):
        for side in sides:
            side.run()


def detect(source: Path, out: Path, config: Path | None = None) -> Side:
    """A whole run of Alongside from the command line."""
    command = [sys.executable, "-m", "pipeline", "detect", str(source), "--out", str(out)]
    if config is not None:
        command += ["--config", str(config)]
    return Side([*command, "--overwrite", "--quiet"], out)
