"""What a meeting of two ships is: the rules, in the order in which they are tried."""

from __future__ import annotations

from pipeline.config import RendezvousConfig
from pipeline.rendezvous.features import COINCIDING_GAP_M
from pipeline.rendezvous.rules import Rule, Test, at_least, at_most

ABEAM_RATIO_MIN = 0.125
ABEAM_ALONG_M = 80.0
"""Two hulls side by side are offset across by half their beams together and along by less than a
length: hulls are 5.4 to 7 beams long, so across is a seventh of along at the very least. Nearer
than 80 m position errors alone can make it less."""
CAME_KM = 1.0
"""Ships that were further apart than this in the three hours before a meeting, and again in those
after it, met and parted; neighbours at anchor swing within their cables, some 300 m."""


def _other_trade(config: RendezvousConfig, touching: Test, no_cargo: Test) -> Rule:
    """The rule for ships of which neither is of the kind that hands over what is looked for."""
    if config.transfer.cargo == "fish":
        return Rule(
            "no_fishing_vessel",
            "undetermined",
            "neither is a fishing vessel by type or status",
            (
                touching,
                at_least("no_fishing", 1, "both of other types, and neither fishing (1: yes)"),
            ),
        )
    return Rule(
        "no_tanker",
        "undetermined",
        "in roads, neither is a tanker by type, and no draught tells of cargo",
        (
            touching,
            at_least("no_tanker", 1, "both of other types, at anchor or near the shore (1: yes)"),
            no_cargo,
        ),
    )


def pair_rules(config: RendezvousConfig) -> tuple[Rule, ...]:
    """The rules for two ships, in the order in which they are tried.

    Parameters
    ----------
    config : RendezvousConfig
        Whose thresholds they take.
    """
    t, contact = config.transfer, config.contact

    touching = at_least("contact", 1, "the hulls may have touched (1: yes)")
    not_touching = at_most("contact", 0, "the hulls may have touched (1: yes)")
    no_cargo = at_most("cargo_moved", 0, "a draught changed as by cargo (1: yes)")
    slow = at_most("speed_median_kn", 1.5, "median speed, kn")
    moving = at_least("speed_median_kn", 1.5, "median speed, kn")
    fixed = (at_least("fixed", 1, "one of the two stood fixed to the ground (1: yes)"),)
    return (
        Rule(
            "at_aid",
            "aid_to_navigation",
            "one of the two is no ship but a buoy, a beacon, a platform's mark",
            (at_least("aid", 1, "an aid to navigation by its number (1: yes)"),),
        ),
        Rule(
            "one_identity",
            "same_hull",
            "both numbers carry the same IMO number or call sign, and were never apart",
            (
                at_least("same_identity", 1, "same IMO number or call sign (1: yes)"),
                at_most("apart_h", 0.5, "hours more than 1 km apart"),
            ),
        ),
        Rule(
            "one_hull_under_way",
            "same_hull",
            "they kept within one hull at speed and were never apart",
            (
                touching,
                at_least(
                    "fast_together_h",
                    0.5,
                    f"hours together above {contact.speed_lashed_max_kn:g} kn",
                ),
                at_most("apart_h", 0.5, "hours more than 1 km apart"),
                at_most(
                    "scatter_hull_m", t.scatter_max_m, "scatter of the places, m", unknown=True
                ),
                at_most(
                    "gap_above_floor_m",
                    0,
                    "hull gap above the deepest that two hulls can seem to overlap, m",
                ),
            ),
        ),
        Rule(
            "one_hull",
            "same_hull",
            "the hulls lie in each other, deeper than two hulls can, and were never apart",
            (
                touching,
                at_most(
                    "gap_above_floor_m",
                    0,
                    "hull gap above the deepest that two hulls can seem to overlap, m",
                ),
                at_most("apart_h", 0.5, "hours more than 1 km apart"),
                at_most("approach_km", 0.5, "largest distance before, km", unknown=True),
                at_most("departure_km", 0.5, "largest distance after, km", unknown=True),
            ),
        ),
        Rule(
            "coinciding_many",
            "interference",
            "several ships seem to lie in each other at once: their positions are not their own",
            (
                at_least("coinciding", 2, "other pairs of the two in each other at the time"),
                at_most("gap_most_m", COINCIDING_GAP_M, "largest possible hull gap, m"),
            ),
        ),
        Rule(
            "circled",
            "interference",
            "positions circled, stuck or crowded as only a jammed or spoofed receiver's do",
            (at_least("false_place", 0.5, "share of a ship's fixes that are flagged so"),),
        ),
        Rule(
            "leapt",
            "interference",
            "both came or went by a leap that no ship makes: their positions are not their own",
            (at_least("jump_both_kn", t.jump_min_kn, "slower of the two fastest leaps, kn"),),
        ),
        Rule(
            "pinned",
            "interference",
            "both turned far while their antennas stayed in place: no ship at anchor does",
            (at_least("pinned", 1, "both turned on the spot (1: yes)"),),
        ),
        Rule(
            "coinciding",
            "interference",
            "the hulls lie in each other, deeper than two hulls can, though they came from afar",
            (
                touching,
                at_most(
                    "gap_above_deep_m",
                    0,
                    "hull gap above the deepest that errors explain, m",
                ),
            ),
        ),
        Rule(
            "tug",
            "tug_or_tow",
            "one of the two is a tug by type and size, or is towing",
            (at_least("tug", 1, "a tug or towing (1: yes)"),),
        ),
        Rule(
            "tow",
            "tug_or_tow",
            "they went on together faster than a lashed pair goes",
            (
                at_least(
                    "fast_together_h",
                    1.0,
                    f"hours together above {contact.speed_lashed_max_kn:g} kn",
                ),
                at_most("apart_h", 0.5, "hours more than 1 km apart"),
                at_most("scatter_hull_m", 150.0, "scatter of the places, m"),
            ),
        ),
        Rule(
            "dredging",
            "pilot_or_service",
            "one of the two is a dredger",
            (at_least("dredger", 1, "a dredger by type (1: yes)"),),
        ),
        Rule(
            "fishing_pair",
            "pair_fishing",
            "both are fishing vessels by type or status",
            (
                at_least("fishing_both", 1, "both fishing (1: yes)"),
                at_most("length_long_m", 80.0, "length of the longer, m", unknown=True),
            ),
        ),
        Rule(
            "berthed",
            "berth",
            "at least one of the two stood fixed to the ground, as only a moored ship does",
            fixed,
        ),
        Rule(
            "made_fast",
            "berth",
            "neither moved nor turned: made fast in a lock or at a quay",
            (
                at_least("made_fast", 1, "both barely moved or turned (1: yes)"),
                at_most("shore_km", 5.0, "distance to shore, km"),
            ),
        ),
        Rule(
            "no_room_to_swing",
            "berth",
            "still and so near the shore that no ship could swing at anchor",
            (
                touching,
                at_most("speed_p90_kn", t.still_speed_kn, "nine in ten speeds are below, kn"),
                at_most("shore_km", t.swing_room_km, "distance to shore, km"),
                at_most("swung", 0, "both were seen to swing all the same (1: yes)"),
            ),
        ),
        Rule(
            "small_craft",
            "pilot_or_service",
            "one of the two is too small, or by type no ship, that carries cargo to sea",
            (touching, at_least("craft", 1, "a craft that carries no cargo (1: yes)")),
        ),
        Rule(
            "passed",
            "passing",
            "near each other for a short time, without touching",
            (not_touching, at_most("duration_h", t.duration_min_h, "hours"), moving),
        ),
        Rule(
            "neighbours",
            "anchored_neighbours",
            "near each other and slow, without touching",
            (not_touching, slow),
        ),
        Rule(
            "followed",
            "line_astern",
            "on one way near each other, without touching",
            (not_touching,),
        ),
        Rule(
            "astern",
            "line_astern",
            "under way one behind the other, not beside",
            (
                moving,
                at_most(
                    "overlap_most_share",
                    t.overlap_min,
                    "largest possible share of the shorter hull beside the other",
                ),
            ),
        ),
        Rule(
            "in_line",
            "line_astern",
            "the one lies in the line of the other's keel, not abeam",
            (
                at_most("abeam_ratio", ABEAM_RATIO_MIN, "offset across the keel to along it"),
                at_least("along_size_m", ABEAM_ALONG_M, "offset along the keel, m"),
            ),
        ),
        Rule(
            "neighbours_shifting",
            "anchored_neighbours",
            "the one shifts about in the other's frame, as ships on two anchors do",
            (
                slow,
                at_least(
                    "excess_scatter_m", 0.0, "scatter of the places above what errors allow, m"
                ),
            ),
        ),
        Rule(
            "neighbours_dipping",
            "anchored_neighbours",
            "they touched for a small part of the time they lay near each other",
            (
                slow,
                at_most("contact_share", 0.5, "share of the near hours in contact"),
                at_least("near_h", 3.0, "hours near each other"),
                # who came for the meeting and left after it did not just lie near
                at_most(
                    "came_and_went_km",
                    CAME_KM,
                    "smaller of the largest distances before and after, km",
                    unknown=True,
                ),
            ),
        ),
        Rule(
            "laid_up",
            "anchored_neighbours",
            "they lay together for longer than any cargo takes",
            (slow, at_least("duration_h", t.duration_max_h, "hours")),
        ),
        Rule(
            "neighbours_staying",
            "anchored_neighbours",
            "they lay near each other for hours without touching, and were never apart",
            (
                slow,
                at_most("apart_h", 0.5, "hours more than 1 km apart"),
                at_least("near_only_h", 3.0, "hours near each other without touching"),
            ),
        ),
        Rule(
            "neighbours_apart",
            "anchored_neighbours",
            "the hulls stayed further apart than fenders and errors explain",
            (slow, at_least("hull_gap_low_m", contact.gap_max_m, "smallest possible hull gap, m")),
        ),
        Rule(
            "bunker_barge",
            "bunkering",
            "a small tanker beside a much longer ship that is none, and no cargo moved",
            (
                touching,
                at_least("bunkering", 1, "small tanker, long ship of another type (1: yes)"),
                no_cargo,
            ),
        ),
        Rule(
            "served",
            "pilot_or_service",
            "a small ship that is no tanker beside a much longer one, and no cargo moved",
            (touching, at_least("serving", 1, "small and no tanker (1: yes)"), no_cargo),
        ),
        _other_trade(config, touching, no_cargo),
        Rule(
            "alongside",
            "transfer",
            "two hulls side by side, still against each other, free to drift or swing",
            (
                touching,
                at_least("duration_h", t.duration_min_h, "hours alongside"),
                at_most("hull_gap_low_m", t.gap_max_m, "smallest possible hull gap, m"),
                at_least(
                    "overlap_most_share",
                    t.overlap_min,
                    "largest possible share of the shorter hull beside the other",
                    unknown=True,
                ),
                at_most("relative_speed_median_kn", t.relative_speed_max_kn, "relative speed, kn"),
                at_most(
                    "keel_deg",
                    t.heading_difference_max_deg,
                    "angle between the keels, deg",
                    unknown=True,
                ),
                at_most("speed_p90_kn", t.speed_max_kn, "nine in ten speeds are below, kn"),
                at_most(
                    "excess_scatter_m",
                    0.0,
                    "scatter of the places above what errors allow, m",
                    unknown=True,
                ),
            ),
        ),
        Rule("none", "undetermined", "no rule fits", ()),
    )
