"""Configuration of the quota stage: how much oil, against which cap."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.config._section import Section

Product = Literal[
    "refined", "crude_oil", "gasoline", "kerosene", "gasoil", "residual_fuel_oil", "lpg"
]


class CapConfig(Section):
    """A limit on the oil delivered in a period. Files of `configs/caps/` hold these keys."""

    name: str = "dprk_refined_2018"
    """What the cap is called in the outputs."""
    barrels: float = Field(500_000.0, gt=0)
    """Barrels that may be delivered in one period. 500,000: Security Council resolution 2397
    (2017), paragraph 5."""
    tonnes: float | None = Field(None, gt=0)
    """The same limit in tonnes where the rule states both; their ratio is then the rule's own
    barrels per tonne. Null: the rule is in barrels alone."""
    product: Product = "refined"
    """What is capped. It sets barrels per tonne where a ship's own product is not known; `refined`
    is any of gasoline, kerosene, gasoil and residual fuel oil."""
    period: Literal["calendar_year", "twelve_months", "once"] = "calendar_year"
    """When counting begins anew: each 1 January, each anniversary of `start`, or never (one period
    from `start` to `end`)."""
    start: date = date(2018, 1, 1)
    """The first day (UTC) that counts."""
    end: date | None = None
    """The last day (UTC) that counts; null: without end. A period of `once` needs one."""
    source: str = "United Nations Security Council resolution 2397 (2017), paragraph 5"
    """Where the cap is laid down; repeated in the outputs."""

    @model_validator(mode="after")
    def _period_has_an_end(self) -> Self:
        if self.period == "once" and self.end is None:
            raise ValueError("a period of 'once' needs an end")
        if self.end is not None and self.end < self.start:
            raise ValueError("the end is before the start")
        return self


class QuotaConfig(Section):
    """How much oil each candidate moved, and what that means for a cap."""

    cap: CapConfig = CapConfig()
    """The cap that barrels are held against."""
    laden_fractions: tuple[Annotated[float, Field(gt=0, le=1)], ...] = Field(
        (1 / 3, 0.5, 0.9), min_length=1
    )
    """Shares of its listed capacity that each delivery is taken to have carried, a scenario each.
    One third, half and 90 %: the scenarios of the reports to the 1718 Committee. A value within a
    millionth of a fraction of small numbers (0.333333) means that fraction."""
    count: Literal["all", "watchlist", "places"] = "all"
    """Which deliveries count toward the cap: `all`, those of ships on a `watchlist`, or those whose
    next port call or transfer lies in one of the `places` named below."""
    count_ports: tuple[str, ...] = ()
    """Names of ports (as in port_calls.parquet; capitals do not matter) whose calls count."""
    count_zones_file: Path | None = None
    """A GeoJSON of polygons with a `name`; port calls and transfers inside one of them count."""
    unlinked_share: float = Field(0.5, ge=0, le=1)
    """Chance that oil counts whose holder was not seen to call anywhere, when only `places` count.
    Nothing is known of it either way: one half; the bounds show none and all of it."""
    direction_confidence: float = Field(0.9, ge=0.5, lt=1)
    """Giver and receiver are named when this sure of them; left open below."""
    reported_barrels_per_tonne: float = Field(8.33, gt=0)
    """For officially reported transfers that give tonnes alone. 8.33: the monthly reports of China
    to the 1718 Committee fit it within 5 barrels."""
    draws: int = Field(2000, ge=200, le=100_000)
    """Draws behind the median, the 90 % band, the chance and the date. 2000 leave the ends of the
    band uncertain by about 1 % of a standard deviation of the total."""
    seed: int = Field(2397, ge=0)
    """Of all draws; the same seed and input give the same bytes."""

    @model_validator(mode="after")
    def _places_are_named(self) -> Self:
        if self.count == "places" and not self.count_ports and self.count_zones_file is None:
            raise ValueError("count 'places' needs count_ports or count_zones_file")
        return self
