"""From what the feeds hold to tracks that can be trusted: one rule a function, each counted."""

from __future__ import annotations

from pipeline.cleaning.clean import Cleaned, clean, clean_part, flag_crowded
from pipeline.cleaning.coverage import listen, silences
from pipeline.cleaning.identities import count_flagged, tell_changes
from pipeline.cleaning.interference import appearances, crowding, no_crowd
from pipeline.cleaning.survey import Survey, survey, tell_swapped, together
from pipeline.cleaning.vessels import flag_crowds

__all__ = [
    "Cleaned",
    "Survey",
    "appearances",
    "clean",
    "clean_part",
    "count_flagged",
    "crowding",
    "flag_crowded",
    "flag_crowds",
    "listen",
    "no_crowd",
    "silences",
    "survey",
    "tell_changes",
    "tell_swapped",
    "together",
]
