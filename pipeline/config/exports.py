"""Configuration of the exports stage."""

from __future__ import annotations

from pydantic import Field

from pipeline.config._section import Section


class ExportsConfig(Section):
    """See the fields."""

    track_margin_h: float = Field(default=3.0, ge=0.0, le=72.0)
    """Hours of track kept before and after each encounter. Three hours show where both vessels
    came from and went: at 12 knots 36 nautical miles on either side."""

    track_tolerance_m: float = Field(default=10.0, ge=0.0, le=1000.0)
    """Metres by which a drawn track may stray from the fixes. AIS positions err by about 10 m:
    finer detail is noise. Zero draws every fix."""

    zone_min_candidates: int = Field(default=3, ge=2)
    """Fewest candidates that make a hot spot. Two may meet by chance; three are a habit."""

    zone_reach_km: float = Field(default=10.0, gt=0.0, le=200.0)
    """Kilometres around a candidate of a hot spot within which there are at least
    `zone_min_candidates`, itself counted. Lightering areas and outer anchorages measure 5 to 20 km
    across, and a drifting pair crosses them."""

    zone_margin_km: float = Field(default=2.0, gt=0.0, le=50.0)
    """Kilometres drawn around the outermost candidates of a hot spot: about the swing and drift
    of two large ships during one transfer."""
