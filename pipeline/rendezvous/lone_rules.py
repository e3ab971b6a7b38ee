"""What a slow spell of a lone vessel is: the rules, in the order in which they are tried."""

from __future__ import annotations

from pipeline.config import RendezvousConfig
from pipeline.rendezvous.rules import Rule, Test

DRAUGHT_RATE_M_H = 1.0
"""No ship loads or discharges faster: 3,000 t/h on a product tanker of 50 t/cm are 0.6 m an hour,
15,000 t/h on a VLCC of 165 t/cm 0.9 m. A draught typed sooner was changed elsewhere."""


def lone_rules(config: RendezvousConfig) -> tuple[Rule, ...]:
    """The rules for a vessel of which no partner was heard, in order.

    Parameters
    ----------
    config : RendezvousConfig
        Whose thresholds they take.
    """
    lone = config.lone
    explained = Test(
        "draught_explains", "<=", 0, True, "a draught changed that may belong here (1: yes)"
    )
    return (
        Rule("drifted", "drifting", "slow or still, and no draught changed", (explained,)),
        Rule(
            "pair_explains",
            "drifting",
            "a transfer with a ship that was heard explains the draught",
            (Test("pair_explains", ">=", 1, False, "a known transfer explains it (1: yes)"),),
        ),
        Rule(
            "buoy",
            "mooring_or_platform",
            "it rode by the bow to a fixed point no further off than a mooring buoy's hawser",
            (
                Test(
                    "pivot_bow_m", "<=", lone.hawser_max_m, False, "from bow to the fixed point, m"
                ),
            ),
        ),
        Rule(
            "says_moored",
            "mooring_or_platform",
            "it says it is moored, offshore: to a buoy or a platform",
            (Test("moored_a", ">=", 0.5, False, "share of reports with status moored"),),
        ),
        Rule(
            "held",
            "mooring_or_platform",
            "another vessel or a buoy kept its place beside, ahead or astern all the while",
            (Test("held_share", ">=", 0.6, False, "share of the time in another's company"),),
        ),
        Rule(
            "berth_explains",
            "drifting",
            "a stay at a berth explains the draught",
            (Test("berth_h", ">=", lone.berth_max_h, False, "hours at a berth since"),),
        ),
        Rule(
            "near_shore",
            "drifting",
            "so near the shore a berth nobody saw may explain the draught",
            (Test("shore_km", "<=", lone.shore_min_km, False, "distance to shore, km"),),
        ),
        Rule(
            "no_cargo_ship",
            "drifting",
            "too small, or by type no ship, that carries cargo to sea",
            (Test("craft_or_tug", ">=", 1, False, "craft or tug (1: yes)"),),
        ),
        Rule(
            "draught_changed",
            "transfer",
            "its draught changed while it lay offshore and no ship that was heard explains it",
            (
                Test("duration_h", ">=", lone.duration_min_h, False, "hours"),
                Test("draught_step_m", ">=", lone.draught_change_min_m, False, "draught change, m"),
                Test(
                    "draught_rate_m_h",
                    "<=",
                    DRAUGHT_RATE_M_H,
                    False,
                    "draught change an hour since it lay still, m",
                ),
            ),
        ),
        Rule("none", "undetermined", "no rule fits", ()),
    )
