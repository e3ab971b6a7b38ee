"""Configuration of the rendezvous stage: which pairs are examined and what makes a transfer."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.config._section import Section

EncounterClass = Literal[
    "transfer",
    "bunkering",
    "same_hull",
    "tug_or_tow",
    "pilot_or_service",
    "pair_fishing",
    "berth",
    "anchored_neighbours",
    "line_astern",
    "mooring_or_platform",
    "aid_to_navigation",
    "interference",
    "passing",
    "drifting",
    "undetermined",
]


class PairingConfig(Section):
    """Which pairs of ships come near enough, for long enough, to be measured."""

    speed_max_kn: float = Field(9.0, gt=0, le=40)
    """Faster stretches of a track are not paired: two hulls lashed together with fenders are kept
    below 6-7 knots, and report times that err by seconds add a knot or two between fixes."""
    interpolate_max_h: float = Field(1.0, gt=0, le=24)
    """Between two fixes of a ship further apart than this its place is not taken as known. A
    drifting ship's velocity changes by some 1e-4 m/s2 (a knot in an hour and a half), so after an
    hour the straight line between two fixes is out by up to 160 m: more than a hull's beam."""
    near_gap_m: float = Field(200.0, ge=0, le=5000)
    """Pairs whose hulls never come this near (at most) are not measured. Beyond 200 m neither
    fenders nor position errors nor an unknown place of the antenna explain the distance."""
    sample_s: float = Field(60.0, gt=0, le=3600)
    """At most one fix of each ship in so many seconds is measured; a minute is well below the
    ten minutes that coming alongside takes."""
    encounter_min_h: float = Field(0.15, ge=0, le=24)
    """Pairs near each other for less than this are ships that pass; they are not listed. At a
    relative speed of a knot two hulls are within 200 m for ten minutes."""


class HullConfig(Section):
    """What is assumed of hulls and positions where AIS does not tell."""

    position_error_m: float = Field(8.0, gt=0, le=100)
    """Standard error of an AIS position along one axis: GNSS gives about 10 m (95 %) with and 30 m
    without corrections; ships' antennas entered a few metres off add to it."""
    time_error_s: float = Field(5.0, ge=0, le=60)
    """Standard error of a report's time; real reports err by 3.5 s in the median and by 11 s at
    the ninetieth hundredth, along the track."""
    heading_error_deg: float = Field(3.0, ge=0, le=45)
    """Standard error of a reported heading; ships lashed together report within 3 degrees."""
    drift_change_m_s2: float = Field(1e-4, gt=0, le=1e-2)
    """How fast the velocity of a drifting or anchored ship changes: a knot in an hour and a half,
    as a tidal stream or a veering wind does. It sets how far a straight line between two fixes
    can be wrong."""


class ContactConfig(Section):
    """When two hulls count as alongside, and when a meeting is over."""

    gap_max_m: float = Field(25.0, ge=0, le=500)
    """Hulls this near, after their errors, may lie alongside: fenders are 3-4.5 m, and nine in ten
    real lighterings measure between -13 and +20 m."""
    relative_speed_max_kn: float = Field(1.0, gt=0, le=10)
    """Two hulls alongside move as one; real lighterings stay under 0.3 knots, noise in sparse
    fixes adds some tenths."""
    apart_gap_m: float = Field(80.0, ge=0, le=5000)
    """Hulls surely further apart than this are apart: three times the largest gap alongside."""
    apart_min: float = Field(20.0, ge=0, le=600)
    """Minutes apart that end a meeting; shorter ones are jumps of a receiver. A ship that lets go,
    clears the other and comes back needs longer."""
    speed_lashed_max_kn: float = Field(7.0, gt=0, le=20)
    """A ship heard faster than this, twice on end, has let go; ships that stay within some 300 m of
    each other for an hour above it are a tow, or one hull. Fenders and lines keep a pair below it,
    unless a current carries both."""
    silence_max_h: float = Field(24.0, gt=0, le=96)
    """Longest silence bridged when the two lie alongside in the same way before and after, and
    neither was heard to leave. Crews switch AIS off for a whole cargo operation; a day holds all
    but the largest parcels, and beyond it two meetings are as likely as one."""


class TransferConfig(Section):
    """What tells a transfer from all else. Each figure is a threshold of a named rule."""

    cargo: Literal["oil", "fish"] = "oil"
    """What is handed over. With `oil`, ships in roads of which neither is a tanker and that do not
    change their draught are undetermined, and small ships beside large ones serve them. With `fish`
    one of the two must be a fishing vessel by type or status (types that are not known may be
    any), a fishing vessel beside a carrier does not serve it, and a tanker beside one bunkers
    it."""
    duration_min_h: float = Field(1.0, ge=0, le=48)
    """Shorter meetings move no cargo worth the name: connecting and disconnecting hoses alone
    takes about an hour."""
    duration_max_h: float = Field(60.0, gt=0, le=1000)
    """Ships that lie together for longer than this move no cargo: the largest parcels, two million
    barrels, take 24 to 40 hours with all that goes before and after."""
    gap_max_m: float = Field(25.0, ge=0, le=500)
    """Largest median hull gap after its uncertainty; see contact.gap_max_m."""
    overlap_min: float = Field(0.3, ge=0, le=1)
    """Smallest share of the shorter hull that lies beside the other: cargo manifolds stand
    amidships, and hoses reach some 20 m."""
    gap_floor_beams: float = Field(0.6, gt=0, le=1)
    """Hulls that seem to overlap by more than this share of the narrower beam, after errors, are
    one hull. It scales with the ship: a fixed floor of -15 m lets a 12 m wide ship with two
    transponders pass for two."""
    relative_speed_max_kn: float = Field(0.5, gt=0, le=10)
    """Largest median relative speed; real lighterings stay under 0.3 knots."""
    heading_difference_max_deg: float = Field(15.0, gt=0, le=90)
    """Largest angle between the two keels (head to tail counts as none); real ones stay within 3
    degrees, sparse headings add some."""
    speed_max_kn: float = Field(7.0, gt=0, le=20)
    """Ships lashed together go no faster; faster pairs are tows, convoys or one hull."""
    jump_min_kn: float = Field(30.0, gt=0, le=500)
    """Where both ships come or go by a leap faster than this their positions are not their own: no
    merchant ship makes 30 knots."""
    length_min_m: float = Field(50.0, ge=0, le=400)
    """Shorter vessels are tugs, pilots, crew and service boats; the smallest tankers that carry
    oil to sea are some 50 m."""
    cargo_draught_min_m: float = Field(0.2, ge=0, le=5)
    """A smaller change of draught is no sign of cargo: they are typed in steps of 0.1 m."""
    cargo_draught_min_share: float = Field(0.04, ge=0, le=1)
    """Nor is one by a smaller share of the draught: bunkers and stores are 2-3 % of a ship."""
    service_ratio: float = Field(2.2, ge=1, le=20)
    """A ship of another type than tanker, shorter than the other by more than this, serves it: the
    smallest lighters are half as long as their mothers; offshore supply boats of 60-90 m lie at
    ships of 200 m and more."""
    scatter_max_m: float = Field(40.0, gt=0, le=500)
    """Largest scatter of the one hull's place in the other's frame: lashed hulls do not shift, and
    noise of two positions and a heading gives 10-25 m."""
    fixed_radius_m: float = Field(18.0, gt=0, le=200)
    """A ship whose positions stay within this radius is fixed to the ground: that is GNSS noise; an
    anchored one swings through a circle of 100 m and more."""
    fixed_heading_deg: float = Field(4.0, gt=0, le=90)
    """A ship whose heading stays within this is fixed to the ground; at anchor ships yaw by more
    within an hour and turn with the tide."""
    swing_room_km: float = Field(0.5, ge=0, le=10)
    """Nearer to the shore than this no ship swings at anchor: a hull and its cable need some 300 m,
    and coastlines err by 200; a pair that lies still there is moored."""
    still_speed_kn: float = Field(0.3, ge=0, le=5)
    """Nine in ten speeds of ships that lie still are below this: GNSS noise."""
    fixed_hours_min_h: float = Field(6.0, gt=0, le=72)
    """Standing still says little for shorter times: six hours span a turn of the tide."""


class LoneConfig(Section):
    """Transfers of which only one ship was heard: from a draught that changed offshore."""

    speed_max_kn: float = Field(3.5, gt=0, le=10)
    """A ship slower than this may have another alongside: loaded tankers drift at up to 3 knots."""
    duration_min_h: float = Field(1.5, gt=0, le=48)
    """Shorter spells are no evidence: the cargo that changes a draught by decimetres takes longer
    to pump."""
    draught_change_min_m: float = Field(0.3, gt=0, le=10)
    """Smaller changes are fuel, ballast and typing: draughts are typed in steps of 0.1 m, and a
    day's fuel is 0.02 m."""
    draught_change_min_share: float = Field(0.03, ge=0, le=1)
    """Nor does a change by less than this share of the draught tell of cargo: from fresh to salt
    water a ship rises by 2.5 %, and a long passage's fuel and a new trim are of that order."""
    shore_min_km: float = Field(2.0, ge=0, le=200)
    """Nearer than this a berth or a harbour that nobody saw explains the change as well."""
    hawser_max_m: float = Field(90.0, ge=0, le=500)
    """A ship riding this near by the bow to a fixed point is moored to a buoy: hawsers are 40-65 m.
    At anchor in the open sea the cable lies out 100 m and more."""
    berth_max_h: float = Field(1.5, ge=0, le=72)
    """Hours at a berth, in the time in which the change came about, that explain it."""


class DistanceConfig(Section):
    """Encounters by distance on a grid of time, as Global Fishing Watch defines them.

    Only of effect where `rendezvous.method` is `distance`. The figures are those of its published
    encounters; `configs/gfw.yaml` repeats them.
    """

    increment_s: float = Field(600.0, ge=10, le=3600)
    """Step of the grid to which each track is brought, whole steps since 1970."""
    max_gap_s: float = Field(4200.0, gt=0, le=86400)
    """Between two fixes this far apart or further a ship has no place on the grid. Ten minutes more
    than an hour: a feed with one fix an hour, some of them late, still gives a whole track."""
    extrapolate: bool = False
    """Whether a track goes on for `max_gap_s` before its first and after its last fix, on the
    course and at the speed reported there."""
    adjacency_km: float = Field(1.0, gt=0, le=50)
    """Ships seen further apart than this have left each other: what follows is another encounter.
    Twice `encounter_km`, so that swinging and noise end nothing."""
    encounter_km: float = Field(0.5, gt=0, le=50)
    """Antennas this near each other meet: nearer than ships that are not about to meet go, even
    with receivers that err and a straight line between fixes an hour apart."""
    duration_min_minutes: float = Field(120.0, ge=0, le=2880)
    """Shorter encounters are none: two hours together at sea are no chance."""
    merge_h: float = Field(4.0, ge=0, le=96)
    """Meetings less than this apart are one encounter, if the ships were not seen to leave each
    other in between. How much of it nobody heard stands in `observed_h` and `silence_a_h`."""
    speed_median_max_kn: float = Field(2.0, gt=0, le=102)
    """Pairs with a higher median speed are under way together and exchange nothing."""

    @model_validator(mode="after")
    def _encounters_are_adjacent(self) -> Self:
        if self.encounter_km > self.adjacency_km:
            raise ValueError("encounter_km must not be more than adjacency_km")
        return self


class RendezvousConfig(Section):
    """Which pairs are examined and what makes a transfer."""

    method: Literal["hulls", "distance"] = "hulls"
    """How pairs are measured and decided: `hulls` by hull gap and motion (the sections pairing,
    hull, contact, transfer and lone), `distance` by the distance of the antennas on a grid of
    time (the section distance alone), to compare with figures that others publish."""
    pairing: PairingConfig = PairingConfig()
    """Which pairs come near enough to be measured."""
    hull: HullConfig = HullConfig()
    """Errors of positions and policy for what AIS does not tell."""
    contact: ContactConfig = ContactConfig()
    """When two hulls count as alongside."""
    transfer: TransferConfig = TransferConfig()
    """What tells a transfer from all else."""
    lone: LoneConfig = LoneConfig()
    """Transfers of which only one ship was heard."""
    distance: DistanceConfig = DistanceConfig()
    """Encounters by distance on a grid of time; of effect where the method is `distance`."""
    candidate_classes: tuple[EncounterClass, ...] = ("transfer",)
    """The classes reported as candidates."""
    score: Literal["model", "none"] = "model"
    """Whether encounters get a score: `model`, the share of transfers among encounters like it on
    made-up worlds; `none`, rules alone. The method `distance` gives none."""
    candidate_score_min: float = Field(0.1, ge=0, le=1)
    """Transfers scored lower are not reported; no effect where there is no score, nor on the other
    classes. Below a tenth more than nine in ten are none: one find is worth no more than nine looks
    in vain."""
