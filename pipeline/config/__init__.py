"""The configuration: one typed, frozen model, one section a stage."""

from __future__ import annotations

from pipeline.config.cleaning import CleaningConfig
from pipeline.config.context import ContextConfig
from pipeline.config.exports import ExportsConfig
from pipeline.config.feeds import FeedsConfig
from pipeline.config.model import Config
from pipeline.config.quota import QuotaConfig
from pipeline.config.rendezvous import RendezvousConfig

__all__ = [
    "CleaningConfig",
    "Config",
    "ContextConfig",
    "ExportsConfig",
    "FeedsConfig",
    "QuotaConfig",
    "RendezvousConfig",
]
