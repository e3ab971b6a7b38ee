"""What is measured of each meeting: the columns behind the contract's, and their order."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

MEASURES = {
    "start_s": "first moment alongside (or near), seconds since 1970",
    "end_s": "last moment",
    "lat": "middle of the event",
    "lon": "middle of the event",
    "samples": "moments looked at, both places known; few while both lie still",
    "contact": "1: the hulls may have touched; 0: they were only near",
    "observed_h": "hours in which both were heard",
    "silence_a_h": "hours in which a was not heard",
    "silence_b_h": "hours in which b was not heard",
    "distance_median_m": "antenna to antenna",
    "hull_gap_median_m": "hull gap",
    "hull_gap_low_m": "hull gap at least",
    "hull_gap_high_m": "hull gap at most",
    "speed_median_kn": "of the pair over ground",
    "speed_p90_kn": "nine in ten speeds are lower",
    "relative_speed_median_kn": "of the one hull against the other",
    "heading_difference_deg": "0-180; near 0 or 180 the hulls are parallel",
    "keel_p90_deg": "nine in ten angles between the keels are smaller (0-90)",
    "overlap_share": "share of the shorter hull beside the other",
    "overlap_most_share": "the same at most, for all that is known of the antennas' places",
    "start_unseen_h": "hours before the first moment seen alongside in which nobody could see",
    "end_unseen_h": "hours after the last",
    "across_m": "centre of b to starboard of a's keel, median",
    "along_m": "centre of b ahead of a's centre, median",
    "scatter_hull_m": "two thirds of b's places in a's frame lie within this of the median",
    "scatter_earth_m": "the same in a frame that does not turn with the ships",
    "distance_scatter_m": "two thirds of the distances lie within this of the median",
    "gap_sigma_m": "standard error of one sample's hull gap, median",
    "heading_swing_deg": "angle through which the pair turned",
    "headings_share": "share of headings known",
    "dimensions_known": "0-2: ships whose length and beam were typed",
    "antennas_known": "0-2: ships whose A-D were typed",
    "travel_km": "from the first to the last place of the event",
    "approach_km": "largest distance in the three hours before",
    "departure_km": "largest distance in the three hours after",
    "before_h": "hours, of the three before, in which both places were known",
    "after_h": "hours, of the three after, in which both places were known",
    "fast_together_h": "hours within a day of it, near each other faster than a lashed pair goes",
    "apart_h": "hours within a day before and after, more than a kilometre apart",
    "near_h": "hours the pair was near each other in all the data",
    "contact_h": "hours the pair was alongside in all the data",
    "jump_a_kn": "fastest leap of a's positions in the hour about the start or the end",
    "jump_b_kn": "the same of b",
    "stay_a_h": "length of a's stay at one fixed place about the event",
    "stay_radius_a_m": "nine in ten fixes of that stay lie within this",
    "stay_spread_a_deg": "angle that holds nine in ten headings of that stay",
    "stay_b_h": "the same of b",
    "stay_radius_b_m": "the same of b",
    "stay_spread_b_deg": "the same of b",
    "at_anchor_a": "share of a's reports with status at anchor",
    "moored_a": "share with status moored",
    "restricted_a": "share with status restricted manoeuvrability",
    "towing_a": "share with status towing",
    "fishing_a": "share with status engaged in fishing",
    "at_anchor_b": "the same of b",
    "moored_b": "the same of b",
    "restricted_b": "the same of b",
    "towing_b": "the same of b",
    "fishing_b": "the same of b",
}
"""Every measured column with what it is; all are floats, NaN in the kernels, null in the table."""
(
    M_START_S,
    M_END_S,
    M_LAT,
    M_LON,
    M_SAMPLES,
    M_CONTACT,
    M_OBSERVED_H,
    M_SILENCE_A_H,
    M_SILENCE_B_H,
    M_DISTANCE_MEDIAN_M,
    M_HULL_GAP_MEDIAN_M,
    M_HULL_GAP_LOW_M,
    M_HULL_GAP_HIGH_M,
    M_SPEED_MEDIAN_KN,
    M_SPEED_P90_KN,
    M_RELATIVE_SPEED_MEDIAN_KN,
    M_HEADING_DIFFERENCE_DEG,
    M_KEEL_P90_DEG,
    M_OVERLAP_SHARE,
    M_OVERLAP_MOST_SHARE,
    M_START_UNSEEN_H,
    M_END_UNSEEN_H,
    M_ACROSS_M,
    M_ALONG_M,
    M_SCATTER_HULL_M,
    M_SCATTER_EARTH_M,
    M_DISTANCE_SCATTER_M,
    M_GAP_SIGMA_M,
    M_HEADING_SWING_DEG,
    M_HEADINGS_SHARE,
    M_DIMENSIONS_KNOWN,
    M_ANTENNAS_KNOWN,
    M_TRAVEL_KM,
    M_APPROACH_KM,
    M_DEPARTURE_KM,
    M_BEFORE_H,
    M_AFTER_H,
    M_FAST_TOGETHER_H,
    M_APART_H,
    M_NEAR_H,
    M_CONTACT_H,
    M_JUMP_A_KN,
    M_JUMP_B_KN,
    M_STAY_A_H,
    M_STAY_RADIUS_A_M,
    M_STAY_SPREAD_A_DEG,
    M_STAY_B_H,
    M_STAY_RADIUS_B_M,
    M_STAY_SPREAD_B_DEG,
    M_AT_ANCHOR_A,
    M_MOORED_A,
    M_RESTRICTED_A,
    M_TOWING_A,
    M_FISHING_A,
    M_AT_ANCHOR_B,
    M_MOORED_B,
    M_RESTRICTED_B,
    M_TOWING_B,
    M_FISHING_B,
) = range(len(MEASURES))

SILENCE_MEASURES = {
    "silence_cause_a": "why a was silent for most of its silence: switched_off (neighbours were "
    "heard), out_of_range (nobody was heard), unknown; null where it was not silent",
    "silence_cause_b": "the same of b",
    "switched_off_a_h": "hours of a's silence in which its neighbours were heard",
    "switched_off_b_h": "the same of b",
    "silence_before_a": "why a was not heard before, where it was first heard in the event or "
    "within an hour before it: as silence_cause_a",
    "silence_before_b": "the same of b",
    "silence_after_a": "why a was not heard again, where it was last heard in the event or within "
    "an hour after it: as silence_cause_a",
    "silence_after_b": "the same of b",
    "dark_tankers": "of a lone vessel whose draught changed: tankers that switched off meanwhile "
    "and could have come alongside",
    "dark_tankers_mmsi": "their numbers, the first three by MMSI",
}
"""Columns that `silence` adds, and what they say."""

DOUBT_MEASURES = {
    "false_place_a": "share of a's fixes that circled or stuck as only a jammed or spoofed "
    "receiver's do, or stood where more ships were than there is room for",
    "false_place_b": "the same of b",
    "on_land_a": "share of a's fixes far inland by the coastline (rivers are inland to it)",
    "on_land_b": "the same of b",
}
"""Columns that `doubts` adds, and what they say."""

INDEPENDENT = 4.0
"""Errors of GNSS last for tens of minutes: however many samples, no more than so many count."""
NORMAL_90 = 1.645
"""Standard errors that hold 90 % of a normal distribution."""
STATUSES = (1, 5, 3, 11, 7)
"""At anchor, moored, restricted manoeuvrability, towing astern (12, pushing, counts), fishing."""


def to_frame(rows: NDArray[np.float64]) -> pl.DataFrame:
    """Rows of measures as a table, NaN made null."""
    return pl.DataFrame(rows, schema=list(MEASURES), orient="row").with_columns(
        pl.all().fill_nan(None)
    )
