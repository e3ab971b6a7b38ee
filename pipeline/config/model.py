"""The whole configuration."""

from __future__ import annotations

from pipeline.config._section import Section
from pipeline.config.cleaning import CleaningConfig
from pipeline.config.context import ContextConfig
from pipeline.config.exports import ExportsConfig
from pipeline.config.feeds import FeedsConfig
from pipeline.config.quota import QuotaConfig
from pipeline.config.rendezvous import RendezvousConfig


class Config(Section):
    """All that decides what a run gives; the same input and config give the same candidates."""

    feeds: FeedsConfig = FeedsConfig()
    """How dumps are read."""
    cleaning: CleaningConfig = CleaningConfig()
    """What is believed of what was read."""
    context: ContextConfig = ContextConfig()
    """Land, ports, zones, fleet, watchlists."""
    rendezvous: RendezvousConfig = RendezvousConfig()
    """Which pairs are examined and what makes a transfer."""
    quota: QuotaConfig = QuotaConfig()
    """How much oil, against which cap."""
    exports: ExportsConfig = ExportsConfig()
    """What is written."""
