"""Configuration of the feeds stage."""

from __future__ import annotations

from pipeline.config._section import Section


class FeedsConfig(Section):
    """See the fields."""
