"""What may vary from world to world beside the seed."""

from __future__ import annotations

from dataclasses import dataclass, replace

LEAST_D = 2.0
"""A transfer of forty hours, and the way there and back."""


@dataclass(frozen=True)
class Options:
    """Shares and sizes of a world. Physics never depends on them, only what is heard of it."""

    days: float = 3.0
    transfers: int = 42  # two-sided; those with a partner never heard come on top
    decoys: int = 70
    background: int = 70
    thin_s: float = 60.0  # archives keep about one report a minute
    thin_still_s: float = 180.0  # and ships at anchor send one in three
    # Half of all MMSIs heard and a tenth of the tankers carry no dimensions in real feeds; among
    # the ships of these scenes (mostly large Class A) an eighth is between the two.
    without_dimensions: float = 0.12
    without_reference: float = 0.05  # A = C = 0: length and beam typed, antenna unknown
    without_headings: float = 0.06  # Class A; of Class B six in ten send none anyway
    wrong_types: float = 0.06
    without_draught: float = 0.08
    satellite: float = 0.12  # share of the scenes at sea that only satellites hear
    patchy: float = 0.25  # share of scenes heard with outages of an hour

    def __post_init__(self) -> None:
        if self.days < LEAST_D:
            raise ValueError(f"a world of {self.days:g} days: its scenes need {LEAST_D:g}")


VARIANTS = {
    "default": Options(),
    "no-dimensions": replace(Options(), without_dimensions=1.0),
    "no-headings": replace(Options(), without_headings=1.0),
    "sparse-15min": replace(Options(), thin_s=900.0, thin_still_s=900.0),
    "types-wrong": replace(Options(), wrong_types=0.3),
}
