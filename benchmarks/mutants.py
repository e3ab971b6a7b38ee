"""Whether the tests see it when a line of the geometry or the cleaning is changed.

    python -m benchmarks.mutants [--each N] [--seed N] [--only MODULE ...]

cosmic-ray changes one thing at a time (a sign, a comparison, a number) in a copy of the last
commit, and runs the tests of that module: a change that no test fails on has *survived*. It is
either no change of what is computed, or a test is missing. Numba is off meanwhile, or each change
would be compiled anew for a minute.

Of each module's mutants `N` are drawn, from those kinds that are mistakes one makes: there are
thousands, and each takes some seconds. Takes about an hour with the defaults.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[1]
COSMIC_RAY = "cosmic-ray==8.7.0"  # a tool of this command alone; its tables are read below
MOST_S = 120  # of a test run: a mutant that never ends counts as seen
KINDS = re.compile(
    r"(BitAnd_BitOr|Add_Sub|Sub_Add|Sub_Mul|Mul_Div|Mul_Add|Div_Mul|Mod_Sub|FloorDiv_Mul"
    r"|Lt_LtE|LtE_Lt|Gt_GtE|GtE_Gt|Lt_Gt|Gt_Lt|LtE_GtE|GtE_LtE|Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is"
    r"|NumberReplacer|ReplaceTrueWithFalse|ReplaceFalseWithTrue|ReplaceAndWithOr|ReplaceOrWithAnd"
    r"|AddNot|Delete_USub|Delete_Not|Delete_Invert|ReplaceBreakWithContinue"
    r"|ReplaceContinueWithBreak|ZeroIterationForLoop)$"
)
OF = {
    "pipeline/rendezvous/geometry.py": "rendezvous/test_geometry.py",
    "pipeline/rendezvous/hulls.py": "rendezvous/test_hulls.py",
    "pipeline/rendezvous/closest.py": "rendezvous/test_closest.py",
    "pipeline/cleaning/mmsi.py": "cleaning/test_mmsi.py",
    "pipeline/cleaning/positions.py": "cleaning/test_positions.py cleaning/test_repeats.py",
    "pipeline/cleaning/motion.py": "cleaning/test_tracks.py cleaning/test_headings.py"
    " cleaning/test_repeats.py cleaning/test_doubts.py",
    "pipeline/cleaning/headings.py": "cleaning/test_headings.py",
}
"""Each module with its tests, under ``tests/``."""


def cosmic_ray(*arguments: str, folder: Path) -> None:
    """Run the tool in a copy of the project."""
    command = [sys.executable, "-m", "uv", "tool", "run", "--quiet", "--from", COSMIC_RAY]
    subprocess.run(  # noqa: S603 - what is run is named here
        [*command, "cosmic-ray", *arguments],
        cwd=folder,
        check=True,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "CI": "true"},  # the same examples every time
    )


def copied(folder: Path) -> Path:
    """The last commit in a folder of its own, with this environment."""
    copy = folder / "copy"
    git = shutil.which("git") or "git"
    subprocess.run([git, "clone", "--quiet", str(ROOT), str(copy)], check=True)  # noqa: S603 - this interpreter and programs named here
    (copy / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
    return copy


def draw(session: Path, module: Path, each: int, seed: int) -> int:
    """Leave `each` mutants of a session, of `KINDS`; give how many there were of these."""
    lines = module.read_text(encoding="utf-8").splitlines()
    with closing(sqlite3.connect(session)) as db, db:
        rows = db.execute("SELECT job_id, operator_name FROM mutation_specs").fetchall()
        # in the order of the file: the ids are drawn anew in each session
        order = db.execute(
            "SELECT job_id, start_pos_row FROM mutation_specs"
            " ORDER BY start_pos_row, start_pos_col, operator_name, occurrence, operator_args"
        ).fetchall()
        kinds = dict(rows)
        meant = [
            job
            for job, row in order
            if KINDS.search(kinds[job]) and "@njit" not in lines[row - 1]  # not whether it is kept
        ]
        rng = random.Random(seed)
        kept = set(rng.sample(meant, min(each, len(meant))))
        gone = [(job,) for job, _ in rows if job not in kept]
        db.executemany("DELETE FROM mutation_specs WHERE job_id = ?", gone)
        db.executemany("DELETE FROM work_items WHERE job_id = ?", gone)
    return len(meant)


def survivors(session: Path) -> tuple[Counter[str], list[str]]:
    """How the mutants of a session ended, and what those that survived changed."""
    with closing(sqlite3.connect(session)) as db:
        rows = db.execute(
            "SELECT test_outcome, diff, start_pos_row FROM work_results"
            " JOIN mutation_specs USING (job_id) ORDER BY start_pos_row, job_id"
        ).fetchall()
    changed = [
        "\n".join(line for line in diff.splitlines() if re.match(r"[-+](?![-+])", line))
        for outcome, diff, _ in rows
        if outcome == "SURVIVED"
    ]
    return Counter(outcome.lower() for outcome, _, _ in rows), changed


def main() -> None:
    """Print for each module how many of its mutants the tests saw, and those that they did not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=80, help="mutants of each module")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=[Path(name).stem for name in OF])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy = copied(folder)
        for module, tests in OF.items():
            if options.only and Path(module).stem not in options.only:
                continue
            session, settings = folder / "session.sqlite", folder / "settings.toml"
            session.unlink(missing_ok=True)
            files = " ".join(f"tests/{test}" for test in tests.split())
            settings.write_text(
                f'[cosmic-ray]\nmodule-path = "{module}"\ntimeout = {MOST_S}\n'
                f'excluded-modules = []\ntest-command = ".venv/bin/python -m pytest -x {files}"\n'
                '[cosmic-ray.distributor]\nname = "local"\n'
            )
            cosmic_ray("baseline", str(settings), folder=copy)
            cosmic_ray("init", str(settings), str(session), folder=copy)
            total = draw(session, copy / module, options.each, options.seed)
            cosmic_ray("exec", str(settings), str(session), folder=copy)
            ended, changed = survivors(session)
            print(
                f"{module}: {sum(ended.values())} of {total} mutants, {ended['killed']} seen,"
                f" {ended['survived']} survived, {ended['incompetent']} did not run",
                flush=True,
            )
            for change in changed:
                print(f"{change}\n", flush=True)


if __name__ == "__main__":
    main()
