"""The scenario table: every delivery takes the same share of its listed capacity.

This is the arithmetic of the published reports: barrels = capacity x laden fraction, added up by
date until the cap is passed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from pipeline.config.quota import CapConfig
from pipeline.quota.caps import period_label, period_start

# A total within a thousandth of a barrel of the cap has not passed it: sums of shares of barrels
# carry rounding errors some million times smaller, quantities are never known to that.
TOLERANCE_BBL = 1e-3
# A fraction typed with six decimals (0.333333) is within a millionth of the one it stands for, and
# denominators up to twelve are those people mean by it.
FRACTION_TOLERANCE = 1e-6
LARGEST_DENOMINATOR = 12


@dataclass(frozen=True)
class Delivery:
    """What the scenario table needs of a delivery.

    Attributes
    ----------
    day : date
        The day (UTC) on which it counts.
    capacity_bbl : float or None
        Listed capacity; the laden fraction is of it.
    volume_bbl : float or None
        Known volume; counts as it is, at every fraction, where no capacity is listed.
    vessel : str or None
        Who delivered.
    link : str
        ``delivered`` to a port call, or ``waiting`` or ``unlinked``, see `chains`.
    """

    day: date
    capacity_bbl: float | None
    volume_bbl: float | None = None
    vessel: str | None = None
    link: str = "delivered"

    def barrels(self, laden_fraction: float) -> float:
        """What it carried at a laden fraction."""
        if self.capacity_bbl is not None:
            return self.capacity_bbl * laden_fraction
        return self.volume_bbl or 0.0


@dataclass(frozen=True)
class Reported:
    """An officially reported transfer: it counts toward the same cap, and is no delivery seen."""

    day: date
    barrels: float


def exact_fraction(laden_fraction: float) -> float:
    """The fraction that was meant: 0.333333 is one third; what is no simple fraction stays."""
    simple = Fraction(laden_fraction).limit_denominator(LARGEST_DENOMINATOR)
    near = abs(float(simple) - laden_fraction) <= FRACTION_TOLERANCE
    return float(simple) if near else laden_fraction


def whole_barrels(barrels: float) -> int:
    """Rounded to the barrel, a half upward (Python's round takes it to the even one)."""
    return math.floor(barrels + 0.5)


def scenario_table(
    deliveries: Sequence[Delivery],
    reported: Sequence[Reported],
    laden_fractions: Sequence[float],
    cap: CapConfig,
) -> list[dict[str, Any]]:
    """Barrels, and the delivery and date at which the cap is passed, at each laden fraction.

    Parameters
    ----------
    deliveries : sequence of Delivery
        In any order; those outside the cap's periods are left out.
    reported : sequence of Reported
        Official transfers; empty where there are none.
    laden_fractions : sequence of float
        Above 0, at most 1.
    cap : CapConfig
        The limit and its periods.

    Returns
    -------
    list of dict
        For each fraction ``laden_fraction``, ``deliveries``, ``barrels`` (over all periods),
        ``breach_delivery`` (its number within its period, 1 is the first) and ``breach_date`` of
        the first breach, None where the cap holds, and ``periods``: the same for each. Where there
        are official transfers, ``with_reported`` holds barrels, breach and periods with them added.
    """
    counted = _in_order(deliveries, cap)
    official = sorted(
        (r for r in reported if period_start(cap, r.day)), key=lambda r: (r.day, r.barrels)
    )
    table = []
    for given in laden_fractions:
        row = _scenario(counted, [], exact_fraction(given), cap)
        entry: dict[str, Any] = {"laden_fraction": given, **row}
        if official:
            with_them = _scenario(counted, official, exact_fraction(given), cap)
            entry["with_reported"] = {
                key: with_them[key]
                for key in ("barrels", "breach_delivery", "breach_date", "periods")
            }
        table.append(entry)
    return table


def scenario_deliveries(deliveries: Sequence[Delivery], cap: CapConfig) -> list[dict[str, Any]]:
    """The deliveries in the order in which `scenario_table` adds them up, to redo it by hand.

    Returns
    -------
    list of dict
        ``period``, ``number`` (within it), ``date``, ``vessel``, ``link``, ``capacity_bbl`` and
        ``volume_bbl`` (which counts, at any fraction, where there is no capacity).
    """
    rows: list[dict[str, Any]] = []
    for delivery in _in_order(deliveries, cap):
        start = period_start(cap, delivery.day)
        period = None if start is None else period_label(cap, start)
        same = rows[-1]["number"] if rows and rows[-1]["period"] == period else 0
        rows.append(
            {
                "period": period,
                "number": same + 1,
                "date": delivery.day.isoformat(),
                "vessel": delivery.vessel,
                "link": delivery.link,
                "capacity_bbl": delivery.capacity_bbl,
                "volume_bbl": delivery.volume_bbl,
            }
        )
    return rows


def _in_order(deliveries: Sequence[Delivery], cap: CapConfig) -> list[Delivery]:
    """Those that the cap counts, in a total order."""
    return sorted(
        (d for d in deliveries if period_start(cap, d.day)),
        key=lambda d: (d.day, d.vessel or "", d.capacity_bbl or 0.0, d.volume_bbl or 0.0),
    )


def _scenario(
    counted: Sequence[Delivery], official: Sequence[Reported], fraction: float, cap: CapConfig
) -> dict[str, Any]:
    """One fraction's row with its periods."""
    days = [d.day for d in counted] + [r.day for r in official]
    starts = sorted({start for day in days if (start := period_start(cap, day))})
    periods = []
    for start in starts:
        here = [d for d in counted if period_start(cap, d.day) == start]
        also = [r for r in official if period_start(cap, r.day) == start]
        barrels = [d.barrels(fraction) for d in here]
        number, day = _breach(here, barrels, also, cap.barrels)
        periods.append(
            {
                "period": period_label(cap, start),
                "deliveries": len(here),
                "barrels": whole_barrels(math.fsum([*barrels, *(r.barrels for r in also)])),
                "breach_delivery": number,
                "breach_date": day and day.isoformat(),
            }
        )
    first = next((p for p in periods if p["breach_date"]), None)
    total = [d.barrels(fraction) for d in counted] + [r.barrels for r in official]
    return {
        "deliveries": len(counted),
        "barrels": whole_barrels(math.fsum(total)),
        "breach_delivery": first and first["breach_delivery"],
        "breach_date": first and first["breach_date"],
        "periods": periods,
    }


def _breach(
    here: Sequence[Delivery], barrels: Sequence[float], also: Sequence[Reported], cap_bbl: float
) -> tuple[int | None, date | None]:
    """Number of the delivery and day at which the cap is passed; a report may be what passes it.

    Then the number is that of the last delivery before it. Reports of a day come after its
    deliveries: they speak of the month that the day ends.
    """
    steps = [(d.day, 0, i, b) for i, (d, b) in enumerate(zip(here, barrels, strict=True), 1)]
    steps += [(r.day, 1, 0, r.barrels) for r in also]
    total, number = 0.0, 0
    for day, _, i, amount in sorted(steps):
        total += amount
        number = i or number
        if total > cap_bbl + TOLERANCE_BBL:
            return number, day
    return None, None
