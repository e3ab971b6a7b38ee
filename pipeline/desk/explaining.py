"""Explains why an encounter of a run is what it is, or why two ships have none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from pipeline import schema
from pipeline.config import Config
from pipeline.desk.reading import read_encounters, read_manifest, read_table, run_config
from pipeline.desk.redeciding import refuse_other_version
from pipeline.errors import NothingUsableError, UsageError
from pipeline.ledger import Ledger
from pipeline.progress import Progress
from pipeline.rendezvous.closest import Approach
from pipeline.rendezvous.explain import Explanation

ALL_AT_ONCE = 3
"""Encounters of one ship explained whole; of more a line each, and whole with the partner named."""


HULLS_TOLD_M = 5000.0
"""Of ships further apart the distance says all."""


@dataclass(frozen=True)
class Explained:
    """What there is to say about a ship or a pair.

    Attributes
    ----------
    ships : tuple of int
        The MMSIs asked for: one or two.
    where : str
        What was searched: the run, or the files.
    explanations : tuple of Explanation
        In order of time.
    approach : Approach or None
        How near two ships came; None where that is not known, or one ship was asked for.
    heard : tuple of str
        For each ship that was heard a sentence: from when to when.
    config : Config
        What was judged with.
    """

    ships: tuple[int, ...]
    where: str
    explanations: tuple[Explanation, ...]
    approach: Approach | None
    heard: tuple[str, ...]
    config: Config

    def text(self) -> str:
        """For people."""
        from pipeline.rendezvous.explain_text import headline, in_words

        parts = []
        if len(self.ships) == 1 and len(self.explanations) > ALL_AT_ONCE:
            parts.append("\n".join(headline(one) for one in self.explanations))
            parts.append("Every test: name the partner, as in --mmsi A B")
        else:
            parts += [in_words(one) for one in self.explanations]
        if not self.explanations:
            parts.append(self._none_found())
        return "\n\n".join(parts)

    def json(self) -> str:
        """For programs."""
        from pipeline.rendezvous.explain_text import as_plain

        approach = None
        if self.approach:
            approach = {
                **asdict(self.approach),
                "time_utc": f"{self.approach.time_utc:%Y-%m-%dT%H:%M:%SZ}",
            }
        content = {
            "ships": list(self.ships),
            "searched": self.where,
            "encounters": [as_plain(one) for one in self.explanations],
            "closest_approach": approach,
            "heard": list(self.heard),
        }
        return json.dumps(content, indent=1)

    def _none_found(self) -> str:
        who = " and ".join(str(ship) for ship in self.ships)
        lines = [f"No encounter of {who} in {self.where}.", self._what_is_listed(), *self.heard]
        if len(self.ships) == 2:
            lines.append(self._how_near())
        return "\n".join(line for line in lines if line)

    def _what_is_listed(self) -> str:
        rendezvous = self.config.rendezvous
        if rendezvous.method == "distance":
            distance = rendezvous.distance
            return (
                f"Listed are pairs whose antennas were within {distance.encounter_km:g} km at two"
                f" ticks of {distance.increment_s:g} s or more."
            )
        pairing = rendezvous.pairing
        return (
            f"Listed are pairs whose hulls may have been within {pairing.near_gap_m:g} m of each"
            f" other for {pairing.encounter_min_h * 60:g} minutes, both slower than"
            f" {pairing.speed_max_kn:g} kn, and tankers that lay still or drifted alone."
        )

    def _how_near(self) -> str:
        found = self.approach
        if found is None:
            return f"How near they came is not known from {self.where}: " + (
                "their places were never known at one time."
                if len(self.heard) == len(self.ships)
                else f"{' or '.join(self.unheard)} was not heard there."
            )
        line = (
            f"They came within {found.distance_m / 1000.0:.2f} km of each other (antennas), at"
            f" {found.time_utc:%Y-%m-%d %H:%M:%S} UTC, {found.lat:.4f} {found.lon:.4f}, at"
            f" {found.speed_a_kn:.1f} and {found.speed_b_kn:.1f} kn"
        )
        if found.distance_m <= HULLS_TOLD_M:
            line += (
                f"; hulls {found.hull_gap_m:.0f} m apart then,"
                f" {found.hull_gap_low_m:.0f} m at least"
            )
        return f"{line}."

    @property
    def unheard(self) -> list[str]:
        """The ships of which nothing was heard."""
        told = " ".join(self.heard)
        return [str(ship) for ship in self.ships if str(ship) not in told]


def explain_run(
    run: Path, ships: Sequence[int], inputs: Sequence[str], progress: Progress
) -> Explained:
    """Explain the encounters of a ship, or of a pair of ships.

    Parameters
    ----------
    run : Path
        A finished run; its own settings are used.
    ships : sequence of int
        One MMSI or two.
    inputs : sequence of str
        AIS dumps to examine the pair in anew; none: the run's own tables.
    progress : Progress
        Where to tell how far it is.

    Raises
    ------
    UsageError
        The folder is no run; no, more than two or twice the same MMSI; files without a pair.
    NothingUsableError
        The files hold no position of the two.
    """
    asked = tuple(ships)
    if len(asked) not in (1, 2) or len(set(asked)) != len(asked):
        raise UsageError("give one MMSI or two different ones: --mmsi A, or --mmsi A B")
    if inputs and len(asked) != 2:
        raise UsageError("--ais examines a pair: give both ships, --mmsi A B")
    config = run_config(read_manifest(run), run)
    if inputs:
        return _in_files(asked, inputs, config, progress)
    encounters = read_encounters(run)
    refuse_other_version(encounters, run)
    fixes = read_table(run, "fixes", schema.FIXES)
    vessels = read_table(run, "vessels", schema.VESSELS)
    return _explained(asked, str(run), encounters, fixes, vessels, config)


def _in_files(
    ships: tuple[int, ...], inputs: Sequence[str], config: Config, progress: Progress
) -> Explained:
    """Read, clean and measure two ships alone."""
    from pipeline import cleaning, context, feeds, rendezvous

    ledger = Ledger()
    user_files = context.load_user_files(config.context, ledger)
    sources, _ = feeds.find_sources(inputs, config.feeds, ledger)
    read = feeds.merge(feeds.read(sources, config.feeds, ledger, progress))
    of_ships = pl.col("mmsi").is_in(ships)
    positions, statics = read.positions.filter(of_ships), read.statics.filter(of_ships)
    clean = cleaning.clean(positions, statics, config.cleaning, ledger, progress)
    if clean.fixes.is_empty():
        who = " or ".join(str(ship) for ship in ships)
        raise NothingUsableError(f"no usable position of {who} in {', '.join(inputs)}")
    places = context.build(clean.fixes, clean.vessels, config.context, user_files, progress)
    measured = rendezvous.measure(
        clean.fixes, clean.vessels, clean.draughts, places, config.rendezvous, progress
    )
    for message in ledger.messages:
        progress.say(f"warning: {message}")
    where = f"{', '.join(inputs)} (these two ships alone)"
    return _explained(ships, where, measured, clean.fixes, clean.vessels, config)


def _explained(
    ships: tuple[int, ...],
    where: str,
    measured: pl.DataFrame,
    fixes: pl.DataFrame,
    vessels: pl.DataFrame,
    config: Config,
) -> Explained:
    from pipeline import rendezvous
    from pipeline.rendezvous.closest import closest_approach
    from pipeline.rendezvous.explain import explain

    judged = rendezvous.judge(measured, config.rendezvous)
    asked = pl.any_horizontal(pl.col("mmsi_a") == ships[0], pl.col("mmsi_b") == ships[0])
    if len(ships) == 2:
        asked &= pl.any_horizontal(pl.col("mmsi_a") == ships[1], pl.col("mmsi_b") == ships[1])
    explanations = tuple(explain(judged.filter(asked), config.rendezvous))
    known = vessels.filter(pl.col("mmsi").is_in(ships))["mmsi"].n_unique() == len(ships)
    approach = None
    if len(ships) == 2 and known:
        approach = closest_approach(fixes, vessels, ships[0], ships[1], config.rendezvous)
    heard = tuple(line for ship in ships if (line := _heard(ship, fixes, vessels)))
    return Explained(ships, where, explanations, approach, heard, config)


def _heard(mmsi: int, fixes: pl.DataFrame, vessels: pl.DataFrame) -> str:
    """When a ship was heard; empty where nothing is known of it."""
    own = vessels.filter(pl.col("mmsi") == mmsi)
    times = fixes.filter(pl.col("track").is_in(own["track"].implode()))["time"]
    if times.is_empty():
        return ""
    minutes = times.sort().dt.strftime("%Y-%m-%d %H:%M")
    return f"{mmsi}: {len(times)} fixes from {minutes[0]} to {minutes[-1]} UTC."
