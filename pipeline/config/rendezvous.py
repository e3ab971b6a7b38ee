"""Configuration of the rendezvous stage."""

from __future__ import annotations

from pipeline.config._section import Section


class RendezvousConfig(Section):
    """See the fields."""
