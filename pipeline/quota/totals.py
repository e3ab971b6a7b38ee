"""Adds draws of deliveries up over time, and holds the sums against a cap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from pipeline.config.quota import CapConfig
from pipeline.quota.caps import period_end, period_label, period_start
from pipeline.quota.hulls import Array
from pipeline.quota.scenarios import TOLERANCE_BBL, Reported, whole_barrels

BAND = (0.05, 0.5, 0.95)  # low, median and high of every estimate: a 90 % interval


@dataclass(frozen=True)
class Counted:
    """Draws of a delivery's barrels, and the day on which they count."""

    day: date
    barrels: Array


def band(values: Array) -> dict[str, int]:
    """Low, median and high of some draws, in whole barrels."""
    low, median, high = np.quantile(values, BAND)
    return {
        "low_bbl": whole_barrels(low),
        "median_bbl": whole_barrels(median),
        "high_bbl": whole_barrels(high),
    }


def add_up(
    deliveries: Sequence[Counted], reported: Sequence[Reported], cap: CapConfig, draws: int
) -> dict[str, Any]:
    """Totals, the chance that the cap is passed, and when.

    Parameters
    ----------
    deliveries : sequence of Counted
        In order of day; those outside the cap's periods are left out.
    reported : sequence of Reported
        Official transfers, certain amounts; empty where they are not to be added.
    cap : CapConfig
        The limit and its periods.
    draws : int
        How many values each delivery has.

    Returns
    -------
    dict
        ``low_bbl``, ``median_bbl``, ``high_bbl`` (over all periods), ``chance_exceeded`` (in any
        period), ``breach_date``: ``early``, ``median``, ``late`` (5, 50 and 95 % of the draws in
        which the cap is passed) and ``chance_by_date`` (the share of all draws in which it has been
        passed by then), all of the first breach; ``periods``: each with its own band and chance;
        ``fan``: low, median and high of the running sum within the period, a point a day on
        which something counts.
    """
    steps = [(d.day, d.barrels) for d in deliveries]
    steps += [(r.day, np.full(draws, r.barrels)) for r in reported]
    by_period: dict[date, dict[date, Array]] = {}
    for day, barrels in steps:
        start = period_start(cap, day)
        if start is not None:
            days = by_period.setdefault(start, {})
            days[day] = days[day] + barrels if day in days else barrels
    total = np.zeros(draws)
    never = np.iinfo(np.int64).max
    first = np.full(draws, never)
    periods, fan = [], []
    for start in sorted(by_period):
        running = np.zeros(draws)
        passed = np.full(draws, never)
        for day, barrels in sorted(by_period[start].items(), key=lambda item: item[0]):
            running = running + barrels
            over = (running > cap.barrels + TOLERANCE_BBL) & (passed == never)
            passed[over] = day.toordinal()
            fan.append({"date": day.isoformat(), **band(running)})
        periods.append(
            {
                "period": period_label(cap, start),
                "start": start.isoformat(),
                "end": period_end(cap, start).isoformat(),
                **band(running),
                "chance_exceeded": float(np.mean(passed != never)),
            }
        )
        total = total + running
        first = np.minimum(first, passed)
    return {
        **band(total),
        "chance_exceeded": float(np.mean(first != never)),
        "breach_date": _dates(first[first != never], draws),
        "periods": periods,
        "fan": fan,
    }


def _dates(passed: np.ndarray[Any, np.dtype[np.int64]], draws: int) -> dict[str, Any] | None:
    """The distribution of the day of breach; None where the cap holds in every draw."""
    if not len(passed):
        return None
    days, counts = np.unique(passed, return_counts=True)
    early, median, late = np.quantile(passed, BAND, method="inverted_cdf")
    return {
        "early": date.fromordinal(int(early)).isoformat(),
        "median": date.fromordinal(int(median)).isoformat(),
        "late": date.fromordinal(int(late)).isoformat(),
        "chance_by_date": [
            {"date": date.fromordinal(int(day)).isoformat(), "chance": float(reached / draws)}
            for day, reached in zip(days, np.cumsum(counts), strict=True)
        ],
    }
