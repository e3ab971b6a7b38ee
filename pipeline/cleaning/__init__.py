"""From what the feeds hold to tracks that can be trusted: one rule a function, each counted."""

from __future__ import annotations

from pipeline.cleaning.clean import Cleaned, clean
from pipeline.cleaning.coverage import silences

__all__ = ["Cleaned", "clean", "silences"]
