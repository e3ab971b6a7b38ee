"""Configuration of the exports stage."""

from __future__ import annotations

from pipeline.config._section import Section


class ExportsConfig(Section):
    """See the fields."""
