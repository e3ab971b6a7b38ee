"""What a quota comes to, in lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

LINES = {
    "delivered": "delivered to a port call",
    "waiting": "waiting in ships still heard",
    "unlinked": "not followed",
}


def quota_text(summary: Mapping[str, Any]) -> Iterator[str]:
    """The cap, each scenario, the estimate with its lines and bounds, and the caveats.

    Parameters
    ----------
    summary : Mapping
        The content of quota.json.
    """
    cap, estimate = summary["cap"], summary["estimate"]
    yield f"cap: {cap['barrels']:,.0f} bbl ({cap['name']})"
    for scenario in summary["scenarios"]:
        yield (
            f"{scenario['laden_fraction']:.0%} laden: {scenario['deliveries']} deliveries,"
            f" {scenario['barrels']:,} bbl, {_breach(scenario)}"
        )
        yield from _periods(scenario)
        if "with_reported" in scenario:
            official = scenario["with_reported"]
            yield f"  with what was reported: {official['barrels']:,} bbl, {_breach(official)}"
    yield _estimate("estimate", estimate)
    if "with_reported" in estimate:
        yield _estimate("  with what was reported", estimate["with_reported"])
    yield from _lines(summary)
    yield from _yearly_totals(summary)
    for caveat in summary["caveats"]:
        yield f"note: {caveat}"


def _periods(scenario: Mapping[str, Any]) -> Iterator[str]:
    """Each period, where there are several."""
    if len(scenario["periods"]) > 1:
        for period in scenario["periods"]:
            yield (
                f"  {period['period']}: {period['deliveries']} deliveries,"
                f" {period['barrels']:,} bbl, {_breach(period)}"
            )


def _lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """Of a run: where the oil went, and what no transfer explains."""
    lines = summary.get("lines", {})
    for link, words in LINES.items():
        if link in lines and lines[link]["high_bbl"]:
            number = lines[link]["deliveries_median"]
            yield f"  {words}: {number} deliveries, {_interval(lines[link])}"
    calls = lines.get("calls_without_transfer")
    if calls and calls["calls"]:
        yield (
            f"  not in the estimate: {calls['calls']} port calls without a known transfer,"
            f" {_interval(calls)}"
        )


def _yearly_totals(summary: Mapping[str, Any]) -> Iterator[str]:
    """What reported months add up to, beside the total that was published with them."""
    for total in (summary["reported"] or {}).get("yearly_totals", ()):
        who = f"reported, {total['supplier'] or 'supplier not named'} {total['year']}"
        words = f"{who}: the months add up to {total['total']:,.0f} bbl"
        off = total["difference"]
        if off:
            side = "below" if off < 0 else "above"
            words += f", {abs(off):,.0f} {side} the published {total['published_total']:,.0f}"
        yield words


def _breach(scenario: Mapping[str, Any]) -> str:
    if scenario["breach_date"] is None:
        return "the cap is not passed"
    return (
        f"the cap is passed at delivery {scenario['breach_delivery']} on {scenario['breach_date']}"
    )


def _estimate(words: str, estimate: Mapping[str, Any]) -> str:
    dates = estimate["breach_date"]
    when = f", on {dates['median']} ({dates['early']} to {dates['late']})" if dates else ""
    return (
        f"{words}: {_interval(estimate)}, chance that the cap is passed"
        f" {estimate['chance_exceeded']:.0%}{when}"
    )


def _interval(band: Mapping[str, Any]) -> str:
    return f"{band['median_bbl']:,} bbl ({band['low_bbl']:,} to {band['high_bbl']:,})"
