"""Configuration of the cleaning stage: what is believed of what was read."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import AwareDatetime, Field

from pipeline.config._section import Section


class CleaningConfig(Section):
    """What is believed of what was read. Defaults come from physics and the AIS standard."""

    earliest_utc: AwareDatetime = datetime(2000, 1, 1, tzinfo=UTC)
    """Reports before this are rejected. Ships carry AIS since 2002, trials began about 2000, and
    a receiver without a clock stamps 1970 or 1980."""
    latest_utc: AwareDatetime = datetime(2038, 1, 19, tzinfo=UTC)
    """Reports after this are rejected. That day ends the time that clocks of 32 bits can tell:
    later stamps (2080, 2099, 2106) come from clocks that are broken or were never set. Future
    times before it are found from the dump itself (the three keys below), so that a run does not
    depend on the day it is made."""
    stray_time_gap_d: float = Field(default=7.0, gt=0)
    """Days without a single report that part a stretch of stray times from the rest of the
    dump. A week: dumps have holes of a day, and clocks that are off are off by months."""
    stray_time_share_max: float = Field(default=0.0005, ge=0, lt=1)
    """A stretch parted from the rest is stray when it holds less than this share of the rows of
    the largest stretch. Two dumps of a like size months apart are both meant."""
    stray_time_far_d: float = Field(default=1096.0, gt=0)
    """Days from the largest stretch from which on a stretch is stray unless it is large. Three
    years: dumps that are read together are of one time, clocks are off by 5, 10 or 20 years (a
    receiver never set, a week number that ran over)."""
    stray_time_far_share_max: float = Field(default=0.1, ge=0, lt=1)
    """Such a far stretch is stray when it holds less than this share of the rows of the largest.
    Faults of a clock make up some per cent of a feed at most; two samples of years ago and of now
    are of a like size."""

    sog_max_kn: float = Field(default=80.0, gt=0)
    """Reported speeds above this become unknown. The fastest craft that carry AIS do some
    60 kn; 102.2 kn says "or more" and is seen of moored ships with a faulty sensor."""
    length_max_m: float = Field(default=470.0, gt=0)
    """Hulls longer than this become unknown: the longest ship ever measured 458 m."""
    beam_max_m: float = Field(default=130.0, gt=0)
    """Hulls wider than this become unknown: the widest vessel measures 124 m, the widest
    ordinary ship 68 m."""
    length_to_beam_max: float = Field(default=15.0, gt=1)
    """Hulls more slender than this become unknown: ships measure 3 to 10, racing shells more."""

    report_time_error_s: float = Field(default=28.0, ge=0)
    """By how much report times err: 3.5 s in the median, 28 s at the ninety-ninth hundredth,
    measured along track against neighbouring fixes. Repeats within it are one transmission
    heard twice; motion is judged with this allowance."""
    repeat_window_min: float = Field(default=10.0, ge=0)
    """How late the copy of a moving ship's report can arrive and still be known as a copy: a
    moving ship never sends the same position, speed, course and heading twice. Ten minutes is
    what slow networks buffer."""
    moving_sog_min_kn: float = Field(default=2.0, gt=0)
    """Speed from which a ship surely moves; below it noise of the receiver counts as speed."""
    stuck_distance_min_m: float = Field(default=2000.0, gt=0)
    """A ship that by its own speed should have moved this far and reports the very same position
    is stuck. Far above the rounding of feeds (0.01 degree is 1,100 m)."""

    position_error_m: float = Field(default=60.0, gt=0)
    """Two positions this far apart may be one place: twice 30 m, a receiver without DGNSS."""
    acceleration_m_s2: float = Field(default=0.02, gt=0)
    """What a merchant ship gains or loses in speed a second; 0-12 kn takes five minutes."""
    acceleration_max_m_s2: float = Field(default=0.1, gt=0)
    """What a nimble ship gains a second (a ferry: 0-20 kn in 100 s). Positions that need more
    are not reached."""
    speed_floor_kn: float = Field(default=30.0, gt=0)
    """Any ship may have done this while it was not heard: liners do 25 kn, currents add."""
    speed_ceiling_kn: float = Field(default=60.0, gt=0)
    """No ship does more between two fixes. Between floor and ceiling the bound is 1.3 times the
    fastest one per cent of the speeds that the MMSI reports, plus 5 kn."""

    second_ship_fixes_min: int = Field(default=5, ge=2)
    """Fixes in good order that a second ship under one MMSI must have sent. Bursts of GNSS
    faults seldom keep order for more than a few."""
    second_ship_moving_min: float = Field(default=15.0, ge=0)
    """Minutes for which a second ship must be heard when it travels as it says."""
    second_ship_travel_min_m: float = Field(default=2000.0, ge=0)
    """Net distance a second ship must have made good to count as travelling. Spoofed positions
    run circles of a few hundred metres."""
    second_ship_still_h: float = Field(default=2.0, ge=0)
    """Hours for which a second ship must be heard when it lies still: jammed receivers fall back
    to one false place again and again for an hour or so."""
    second_ship_separation_min_m: float = Field(default=1000.0, ge=0)
    """Median distance between two ships of one MMSI. Nearer, two antennas of one ship or noise
    are likelier: the largest hulls measure 400 m."""
    second_ship_together_min: float = Field(default=15.0, ge=0)
    """Minutes for which two ships of one number must be heard side by side. When the clock of a
    receiver is set, its reports of one ship run side by side for as long as it was off: some
    minutes."""
    clock_error_max_min: float = Field(default=5.0, ge=0)
    """By how much a receiver's clock may be off: fixes on a ship's own path within this time of
    the ship, or next to it by this time at its speed, are the ship's by another clock. Two
    minutes were seen on a whole coast's receivers."""
    handover_max_min: float = Field(default=10.0, ge=0)
    """When the sending from one place ends and from another begins within this time, one
    transponder sent both and one of the places is false: a second ship would not fall silent at
    the minute the first is heard."""
