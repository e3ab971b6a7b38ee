"""The published arithmetic, done again: scenarios, officially reported transfers, a chain.

Reads `../shared/quota` beside the checkout, which holds what was published; without it only the
chain is printed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from pipeline.config.quota import CapConfig, QuotaConfig
from pipeline.quota.chains import Call, Transfer, follow
from pipeline.quota.reported import read_reported
from pipeline.quota.scenarios import Delivery, scenario_table

PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "quota"
# Listed capacity of all calls of a period, as the published rows of the period give it: 1,367,628 /
# 0.9 = 759,793 / 0.5 to the barrel for 2018; for 2023 the whole number that gives both rows.
CAPACITY_BBL = {"2018-01-01/2018-05-30": 1_519_586.5, "2023-01-01/2023-09-15": 1_692_646.0}


def report() -> Iterator[str]:
    """The figures as lines of text."""
    if PUBLISHED.is_dir():
        yield from _scenarios()
        yield from _reported()
    else:
        yield f"{PUBLISHED.parent.name}/{PUBLISHED.name} is not there: no published figures"
    yield from _chain()


def _scenarios() -> Iterator[str]:
    """Each published row beside ours, from equal calls spread evenly over the period."""
    with (PUBLISHED / "scenarios.csv").open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            period = f"{row['period_start']}/{row['period_end']}"
            if period not in CAPACITY_BBL or not row["laden_fraction"]:
                continue
            first, last = (date.fromisoformat(row[f"period_{end}"]) for end in ("start", "end"))
            calls, days = int(row["deliveries"]), (last - first).days + 1
            each = CAPACITY_BBL[period] / calls
            made = [
                Delivery(first + timedelta(days=days * k / (calls - 1)), each) for k in range(calls)
            ]
            (ours,) = scenario_table(made, [], [float(row["laden_fraction"])], CapConfig())
            kind = row["exactness"].split(" ")[0]
            yield (
                f"{period}, {calls} calls, {row['laden_fraction']} laden:"
                f" {int(row['barrels']):,} bbl {kind}, ours {ours['barrels']:,}"
                f" ({ours['barrels'] - int(row['barrels']):+d}); the cap is passed at call"
                f" {ours['breach_delivery']} on {ours['breach_date']}"
            )


def _reported() -> Iterator[str]:
    factor = QuotaConfig().reported_barrels_per_tonne
    table = read_reported(PUBLISHED / "reported_transfers.csv", factor).transfers
    off = (table["tonnes"] * factor - table["barrels"]).abs().to_numpy().max()
    yield f"{len(table)} months in tonnes and barrels, at {factor} within {off:.1f} bbl"
    for total in read_reported(PUBLISHED / "reported_barrels_monthly.csv", factor).totals:
        yield (
            f"{total['supplier']} {total['year']}: months add up to {total['total']:,.0f} bbl,"
            f" published {total['published_total']:,.0f} ({total['difference']:+.0f})"
        )


def _chain() -> Iterator[str]:
    """A mother, three shuttles, two of which meet again before port; volumes known."""
    start = datetime(2018, 1, 1, tzinfo=UTC)

    def gives(giver: str, receiver: str, day: int, barrels: float) -> Transfer:
        a, b = sorted((giver, receiver))
        end = start + timedelta(days=day)
        return Transfer(f"{day}", end, a, b, np.array([barrels]), np.array([a == giver]))

    pumped = [
        gives("mother", "one", 1, 10_000.0),
        gives("mother", "two", 2, 12_000.0),
        gives("mother", "three", 3, 9_000.0),
        gives("one", "two", 4, 4_000.0),
    ]
    calls = [
        Call(ship, start + timedelta(days=6), start + timedelta(days=7))
        for ship in ("one", "two", "three")
    ]
    landed = follow(pumped, calls, {}, {})
    yield (
        f"a mother gave 31,000 bbl to three shuttles, one 4,000 on to another:"
        f" {sum(t.barrels[0] for t in pumped):,.0f} pumped,"
        f" {sum(x.barrels[0] for x in landed):,.0f} delivered ("
        + ", ".join(f"{x.ship} {x.barrels[0]:,.0f}" for x in landed)
        + ")"
    )
