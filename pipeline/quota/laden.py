"""How full ships come of which nothing but the capacity is known."""

from __future__ import annotations

import numpy as np

from pipeline.config.quota import QuotaConfig
from pipeline.quota.hulls import Array
from pipeline.quota.scenarios import exact_fraction
from pipeline.quota.seeds import generator

# Half of what makes a delivery fuller or emptier than another is common to a fleet (what the trade
# has to offer, how deep its ports are), half its own: deliveries neither all err alike nor cancel.
COMMON_SHARE = 0.5


def laden_range(config: QuotaConfig) -> tuple[float, float]:
    """The least and the greatest of the configured laden fractions."""
    fractions = [exact_fraction(fraction) for fraction in config.laden_fractions]
    return min(fractions), max(fractions)


def draw_laden(config: QuotaConfig, rng: np.random.Generator) -> Array:
    """Draws of a delivery's laden fraction, anywhere in the configured range.

    Parameters
    ----------
    config : QuotaConfig
        Laden fractions, seed and draws; what is common to a fleet follows from the seed alone.
    rng : np.random.Generator
        The delivery's own.
    """
    from scipy.special import ndtr

    common = generator(config.seed, "laden").standard_normal(config.draws)
    own = rng.standard_normal(config.draws)
    place = ndtr(np.sqrt(COMMON_SHARE) * common + np.sqrt(1.0 - COMMON_SHARE) * own)
    least, most = laden_range(config)
    laden: Array = least + (most - least) * place
    return laden
