"""Why two runs differ: which key, which input, for each candidate that came, went or changed.

What deciding explains is found by trying: one run's own table is decided with the other's values,
key by key. The rest is explained by what both runs say they were measured from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.config import Config
from pipeline.desk.keys import differences, is_deciding, with_values
from pipeline.desk.redeciding import decide_table
from pipeline.errors import UsageError

Verdict = tuple[bool, str, str, float | None]
"""Candidate or not, class, rule and score, as files show them."""

VOLUMES_FROM = (
    "context.fleet_file",
    "quota.seed",
    "quota.direction_confidence",
    "quota.cap.product",
)
"""What volumes follow from, beside the ships and which of their meetings count: all else of the
quota only adds them up."""

HASH_SHOWN = 12
"""Hexadecimal digits of a hash that people are shown: enough to tell files apart."""


@dataclass(frozen=True)
class Side:
    """One of the two runs."""

    folder: Path
    manifest: Mapping[str, Any]
    config: Config
    encounters: pl.DataFrame


@dataclass(frozen=True)
class Differences:
    """How the two runs were made differently.

    Attributes
    ----------
    keys : mapping
        Every key that differs, with the value before and after.
    inputs : sequence of str
        Dumps that only one of them read.
    files : sequence of str
        Files named in the settings of both whose content differs.
    counted : frozenset of str
        Which of these files the quota alone depends on.
    registers : frozenset of str
        Which of them volumes follow from.
    versions : tuple of str or None
        Before and after, where they differ.
    """

    keys: Mapping[str, tuple[Any, Any]]
    inputs: Sequence[str]
    files: Sequence[str]
    counted: frozenset[str]
    registers: frozenset[str]
    versions: tuple[str, str] | None

    @property
    def deciding(self) -> dict[str, tuple[Any, Any]]:
        """The keys that decide which encounters are candidates."""
        return {
            key: values
            for key, values in self.keys.items()
            if is_deciding(key) and key.startswith("rendezvous.")
        }

    @property
    def measuring(self) -> str:
        """What else may change what is measured, in words; blank where nothing does."""
        parts = [key for key in self.keys if not is_deciding(key)]
        parts += [path for path in self.files if path not in self.counted]
        if self.inputs:
            parts.insert(0, "inputs")
        if self.versions:
            parts.append("version {} to {}".format(*self.versions))
        return ", ".join(parts)

    @property
    def volumes(self) -> str:
        """What changes volumes alone."""
        parts = [key for key in self.keys if key in VOLUMES_FROM]
        return ", ".join([*parts, *(path for path in self.files if path in self.registers)])


def find_differences(before: Side, after: Side) -> Differences:
    """How two runs were made differently, by their manifests."""
    versions = str(before.manifest["version"]), str(after.manifest["version"])
    return Differences(
        keys=differences(before.config, after.config),
        inputs=_inputs(before.manifest, after.manifest),
        files=_files(before.manifest, after.manifest),
        counted=frozenset(
            str(path)
            for side in (before, after)
            for path in (side.config.context.fleet_file, side.config.quota.count_zones_file)
        ),
        registers=frozenset(str(side.config.context.fleet_file) for side in (before, after)),
        versions=versions if versions[0] != versions[1] else None,
    )


def _inputs(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    a, b = (
        {file["sha256"] or "unknown": file["path"] for file in manifest.get("inputs") or []}
        for manifest in (before, after)
    )
    return [
        f"only in {name}: {path} (sha256 {digest[:HASH_SHOWN]}...)"
        for name, own, other in (("A", a, b), ("B", b, a))
        for path, digest in sorted((path, digest) for digest, path in own.items())
        if digest not in other
    ]


def _files(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    a, b = (manifest.get("config_files") or {} for manifest in (before, after))
    return [path for path in sorted(a) if path in b and a[path] != b[path]]


@dataclass(frozen=True)
class Blame:
    """Which keys turn what one run's table says of an event into what the other's settings say.

    Parameters
    ----------
    side : Side
        Whose table is decided.
    keys : mapping
        The other run's values of the deciding keys that differ.
    """

    side: Side
    keys: Mapping[str, Any]
    _told: dict[tuple[str, ...], dict[str, Verdict]] = field(default_factory=dict, repr=False)

    def of(self, event: str, differs: Callable[[Verdict, Verdict], bool]) -> str:
        """The keys that explain an event, in words; blank where deciding does not explain it.

        Parameters
        ----------
        event : str
            An id of this run's table.
        differs : callable
            Whether two verdicts differ in what is to be explained.
        """
        if not self.keys:
            return ""
        every = tuple(self.keys)
        own = self._verdicts(()).get(event)
        if own is None or not differs(own, self._verdicts(every)[event]):
            return ""
        alone = [key for key in every if differs(own, self._verdicts((key,))[event])]
        if alone:
            return " or ".join(alone)
        together = list(every)
        for key in every:
            without = tuple(k for k in together if k != key)
            if differs(own, self._verdicts(without)[event]):
                together.remove(key)
        return " with ".join(together)

    def _verdicts(self, keys: Collection[str]) -> dict[str, Verdict]:
        """That on every event with some keys of the other run."""
        wanted = tuple(keys)
        if wanted not in self._told:
            config = with_values(self.side.config, {key: self.keys[key] for key in wanted})
            decided = decide_table(self.side.encounters, config, self.side.folder)
            columns = ("event_id", "candidate", "class", "rule", pl.col("score").round(4))
            self._told[wanted] = {
                event: (bool(chosen), kind, rule, score)
                for event, chosen, kind, rule, score in decided.select(columns).iter_rows()
            }
        return self._told[wanted]


def can_be_decided(side: Side) -> bool:
    """Whether this version decides a run's table as the version did that made it."""
    try:
        again = decide_table(side.encounters, side.config, side.folder)
    except UsageError:
        return False
    own = side.encounters.sort("event_id")["candidate"]
    return bool((again.sort("event_id")["candidate"] == own).all())


def comes_or_goes(own: Verdict, other: Verdict) -> bool:
    """Whether one of two verdicts makes a candidate and the other does not."""
    return own[0] != other[0]


def is_told_otherwise(own: Verdict, other: Verdict) -> bool:
    """Whether two verdicts differ in class, rule or score."""
    return own[1:] != other[1:]
