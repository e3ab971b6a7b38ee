"""Configuration of the context stage."""

from __future__ import annotations

from pipeline.config._section import Section


class ContextConfig(Section):
    """See the fields."""
