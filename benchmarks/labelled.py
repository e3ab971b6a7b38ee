"""Encounters measured on made-up worlds, each with the truth about it.

What the score is trained and judged on. A world is made, written in the Danish layout, read,
cleaned and measured as `alongside detect` does; then each encounter gets the event of the truth
that has its ships and overlaps it most in time, as in `benchmarks.scoring`.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import polars as pl

from benchmarks.scoring import seconds, ships
from benchmarks.world.compose import make_world
from benchmarks.world.draws import stream
from benchmarks.world.options import VARIANTS, Options
from benchmarks.world.writers import write
from pipeline import cleaning, context, feeds, rendezvous
from pipeline.config import Config
from pipeline.ledger import Ledger
from pipeline.progress import Quiet
from pipeline.rendezvous.deciding import judge_by_hulls

LAYOUT = "danish"
TRUE_LABEL = {"pair": "sts", "one_sided": "dark"}
"""What a transfer is called in the truth, by kind of encounter."""


@dataclass(frozen=True)
class Case:
    """One world: its seed, and what is heard of it."""

    seed: int
    variant: str  # of VARIANTS, or "mixed"

    @property
    def options(self) -> Options:
        """What is heard of it; of a mixed world drawn from its seed."""
        return mixed(self.seed) if self.variant == "mixed" else VARIANTS[self.variant]


def cases(first_seed: int, count: int) -> list[Case]:
    """`count` worlds from `first_seed` on, each variant in turn, the default and mixtures twice."""
    turn = ["default", *VARIANTS, "mixed", "mixed"]
    return [Case(first_seed + n, turn[n % len(turn)]) for n in range(count)]


def mixed(seed: int) -> Options:
    """Several things missing at once, each in a share of the ships drawn from the seed."""
    rng = stream(seed, "mixed")
    thin_s = float(rng.choice([60.0, 180.0, 300.0, 900.0]))
    return replace(
        Options(),
        without_dimensions=float(rng.uniform(0.05, 0.6)),
        without_headings=float(rng.uniform(0.05, 0.6)),
        wrong_types=float(rng.uniform(0.02, 0.2)),
        without_draught=float(rng.uniform(0.05, 0.4)),
        satellite=float(rng.uniform(0.0, 0.4)),
        thin_s=thin_s,
        thin_still_s=max(thin_s, 180.0),
    )


def labelled(case: Case, config: Config, cache: Path | None = None) -> pl.DataFrame:
    """The encounters of a world, undecided, with what they were.

    Columns `world` (number of the seed), `truth_label` (`sts`, `dark`, `decoy` or null: no event)
    and `truth_kind` stand before the measured ones. With `cache`, a folder, a world measured before
    is read from there: it is for the caller to empty the folder when measuring has changed.
    """
    key = hashlib.sha256(json.dumps(asdict(case.options), sort_keys=True).encode()).hexdigest()[:8]
    file = cache / f"{case.seed}-{case.variant}-{key}.parquet" if cache else None
    if file and file.exists():
        return pl.read_parquet(file)
    world = make_world(case.seed, case.options)
    with tempfile.TemporaryDirectory() as scratch:
        files = write(world, Path(scratch), LAYOUT)
        measured = measure([str(file) for file in files], config)
    events = _events_of(measured, world.truth)
    out = measured.select(
        pl.lit(case.seed, pl.Int32).alias("world"),
        pl.Series("truth_label", [e and str(e["label"]) for e in events], pl.String),
        pl.Series("truth_kind", [e and str(e["kind"]) for e in events], pl.String),
        pl.all(),
    )
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        out.write_parquet(file)
    return out


def measure(inputs: Sequence[str], config: Config) -> pl.DataFrame:
    """The measured encounters of files, as `pipeline.run.detect` gets them."""
    ledger, quiet = Ledger(), Quiet()
    user_files = context.load_user_files(config.context, ledger)
    sources, _ = feeds.find_sources(inputs, config.feeds, ledger)
    read = feeds.merge(feeds.read(sources, config.feeds, ledger, quiet))
    clean = cleaning.clean(read.positions, read.statics, config.cleaning, ledger, quiet)
    places = context.build(clean.fixes, clean.vessels, config.context, user_files, quiet)
    return rendezvous.measure(
        clean.fixes, clean.vessels, clean.draughts, places, config.rendezvous, quiet
    )


def judged(case: Case, cache: Path | None, score: str) -> pl.DataFrame:
    """The encounters of a world with class, score (`model` or `none`) and truth.

    `world`, `variant`, `truth_label`, `truth_kind` and `true` (a transfer) stand behind the rest.
    """
    config = Config()
    encounters = labelled(case, config, cache)
    truth = encounters.select("event_id", "world", "truth_label", "truth_kind")
    decided = judge_by_hulls(
        encounters.drop(truth.columns[1:]), config.rendezvous.model_copy(update={"score": score})
    )
    return decided.join(truth, on="event_id", how="left", maintain_order="left").with_columns(
        pl.lit(case.variant).alias("variant"),
        pl.any_horizontal(
            (pl.col("kind") == kind) & (pl.col("truth_label") == label).fill_null(value=False)
            for kind, label in TRUE_LABEL.items()
        ).alias("true"),
    )


def all_judged(
    chosen: Sequence[Case], workers: int, cache: Path | None, score: str
) -> Iterator[pl.DataFrame]:
    """`judged` of many worlds, in their order."""
    spawn = multiprocessing.get_context("spawn")  # Polars' threads do not survive a fork
    with ProcessPoolExecutor(workers, mp_context=spawn) as pool:
        found = pool.map(partial(judged, cache=cache, score=score), chosen)
        for number, encounters in enumerate(found):
            print(f"{number + 1} of {len(chosen)} worlds", file=sys.stderr)
            yield encounters


def _events_of(
    measured: pl.DataFrame, truth: Sequence[Mapping[str, object]]
) -> list[Mapping[str, object] | None]:
    """The event of the truth that each encounter overlaps most, if any."""
    of_ships = defaultdict(list)
    for event in truth:
        of_ships[ships(event)].append((seconds(event["start"]), seconds(event["end"]), event))
    out: list[Mapping[str, object] | None] = []
    rows = measured.select("mmsi_a", "mmsi_b", "start_utc", "end_utc")
    for row in rows.iter_rows(named=True):
        start, end = row["start_utc"].timestamp(), row["end_utc"].timestamp()
        near = [
            (min(end, last) - max(start, first), number, event)
            for number, (first, last, event) in enumerate(of_ships[ships(row)])
        ]
        longest = max(near, default=(0.0, 0, None), key=lambda x: x[:2])
        out.append(longest[2] if longest[0] > 0 else None)
    return out
