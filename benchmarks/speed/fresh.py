"""The first run on a fresh machine, where everything is compiled, and the next."""

from __future__ import annotations

from pathlib import Path

from benchmarks.speed.sides import ROOT, detect


def compare(folder: Path) -> None:
    """Run the sample with nothing compiled, then again; print the seconds of both."""
    side = detect(ROOT / "sample_ais", folder / "run_fresh")
    side.environment = {"NUMBA_CACHE_DIR": str(folder / "kernels")}
    side.run()
    side.run()
    first, then = side.walls_s
    print(
        f"sample, first run (compiling) {first:.0f} s wall, {side.processors_s[0]:.0f} s CPU; "
        f"the next {then:.1f} s, {side.processors_s[1]:.1f} s CPU"
    )
