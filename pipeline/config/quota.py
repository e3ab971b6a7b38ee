"""Configuration of the quota stage."""

from __future__ import annotations

from pipeline.config._section import Section


class QuotaConfig(Section):
    """See the fields."""
