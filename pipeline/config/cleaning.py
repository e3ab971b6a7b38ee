"""Configuration of the cleaning stage."""

from __future__ import annotations

from pipeline.config._section import Section


class CleaningConfig(Section):
    """See the fields."""
