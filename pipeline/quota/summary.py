"""The content of quota.json: everything a reader needs to redo the arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.config.quota import QuotaConfig
from pipeline.quota.caps import period_start
from pipeline.quota.chains import Link
from pipeline.quota.estimate import DrawnDelivery, Estimated
from pipeline.quota.hulls import Array
from pipeline.quota.lone_calls import LoneCall
from pipeline.quota.products import single_figure
from pipeline.quota.reported import ReportedTransfers
from pipeline.quota.scenarios import (
    Delivery,
    Reported,
    exact_fraction,
    scenario_deliveries,
    scenario_table,
    whole_barrels,
)
from pipeline.quota.ships import Vessel
from pipeline.quota.totals import Counted, add_up, band
from pipeline.quota.volumes import Volume

# A transfer of which the direction is all but sure leaves a shadow in the other ship, in a few
# draws; the sums hold it, the list would only be longer for it.
LISTED_FROM = 0.01

ALWAYS = "A candidate is a lead, not a finding; draughts are typed by hand and to 0.1 m."
FACTOR = "Scenarios turn tonnes into barrels at {:.3f} barrels per tonne."
NO_SCORE = "Candidates have no score: each is counted as if it were a transfer."
FROM_DIMENSIONS = "Ships whose capacity comes from length and beam, not from a register: {}."
UNKNOWN_SIZE = "Ships of unknown size, taken for any tanker: {}."
DISAGREE = "Candidates whose two ships typed draughts that do not go together: {} ({})."
NO_DRAUGHT = (
    "Candidates without a typed change of draught: {}; their volume is a range of what fits."
)
OPEN = "Candidates with an open direction: {}; scenarios let the smaller ship receive."
UNHEARD = "Deliveries to ships never heard: {}; scenarios count their likely volume as it is."
NOT_FOLLOWED = "Deliveries without a port call: {}; see bounds for the sums with and without them."
OUTSIDE = "Deliveries outside the cap's periods, left out: {}."
LIST_COUNTS = "Every row of the list counts: what else the configuration says of that is not used."
LONE_CALLS = (
    "Port calls that count and that no known transfer explains: {}; see lines, they are not in the"
    " estimate."
)
LADEN = "The estimate takes each delivery between {:.0%} and {:.0%} laden where no volume is given."

LINKS: tuple[Link, ...] = ("delivered", "waiting", "unlinked")


def head(
    config: QuotaConfig,
    nominal: Sequence[Delivery],
    deliveries: Sequence[Counted],
    reported: ReportedTransfers | None,
) -> dict[str, Any]:
    """Cap, scenarios and estimate, with and without official transfers.

    Parameters
    ----------
    config : QuotaConfig
        The cap and the laden fractions.
    nominal : sequence of Delivery
        For the scenario table.
    deliveries : sequence of Counted
        Draws, in order of day.
    reported : ReportedTransfers or None
        Official transfers.
    """
    cap = config.cap
    official = official_of(reported)
    estimate = add_up(deliveries, [], cap, config.draws)
    if official:
        estimate["with_reported"] = add_up(deliveries, official, cap, config.draws)
    return {
        "cap": {
            "name": cap.name,
            "barrels": cap.barrels,
            "tonnes": cap.tonnes,
            "product": cap.product,
            "period": cap.period,
            "start": cap.start.isoformat(),
            "end": cap.end and cap.end.isoformat(),
            "source": cap.source,
            "barrels_per_tonne": round(single_figure(cap), 4),
        },
        "scenarios": scenario_table(nominal, official, config.laden_fractions, cap),
        "scenario_deliveries": scenario_deliveries(nominal, cap),
        "estimate": estimate,
        "reported": _reported(reported),
        "draws": config.draws,
        "seed": config.seed,
    }


def official_of(reported: ReportedTransfers | None) -> list[Reported]:
    """Official transfers as totals take them."""
    if reported is None:
        return []
    return [Reported(*row) for row in reported.transfers.select("date", "barrels").iter_rows()]


def _reported(reported: ReportedTransfers | None) -> dict[str, Any] | None:
    if reported is None:
        return None
    rows = reported.transfers.select("date", "supplier", "tonnes", "barrels")
    return {
        "barrels": whole_barrels(sum(rows["barrels"].to_list())),
        "yearly_totals": reported.totals,
        "transfers": [
            {**row, "date": row["date"].isoformat()} for row in rows.iter_rows(named=True)
        ],
    }


def of_candidates(
    found: Estimated, config: QuotaConfig, reported: ReportedTransfers | None
) -> dict[str, Any]:
    """The content of quota.json for a run."""
    deliveries = sorted((d.counted for d in found.deliveries), key=lambda c: c.day)
    all_that_could = _sum(found.deliveries, LINKS, config.draws)
    return {
        **head(config, found.nominal, deliveries, reported),
        "counts": {
            "rule": config.count,
            "ports": list(config.count_ports),
            "zones_file": config.count_zones_file and str(config.count_zones_file),
        },
        "lines": {
            **{link: _line(found.deliveries, link, config.draws) for link in LINKS},
            "calls_without_transfer": _lone_calls(found.lone_calls, config),
        },
        "bounds": {
            # Nothing of what was not followed counts; all of it does; and oil that nobody saw
            # taken on came with each call that no transfer explains.
            "delivered_only": band(_sum(found.deliveries, ("delivered",), config.draws)),
            "all_that_could": band(all_that_could),
            "with_calls_without_transfer": band(
                all_that_could + _sum_of_calls(found.lone_calls or [], config.draws)
            ),
        },
        "deliveries": [_delivery(d) for d in found.deliveries if _took_place(d) >= LISTED_FROM],
        "transfers": [_transfer(v, found) for v in found.transfers],
        "caveats": _caveats(found, config),
    }


def _took_place(d: DrawnDelivery) -> float:
    return float(np.mean(d.landing.barrels > 0))


def _sum(deliveries: Sequence[DrawnDelivery], links: Sequence[Link], draws: int) -> Array:
    """Barrels of all deliveries with some links that can count, as if they did."""
    total = np.zeros(draws)
    for d in deliveries:
        if d.landing.link in links and d.share > 0:
            total = total + d.landing.barrels
    return total


def _line(deliveries: Sequence[DrawnDelivery], link: Link, draws: int) -> dict[str, Any]:
    number = np.zeros(draws)
    for d in deliveries:
        if d.landing.link == link and d.share > 0:
            number = number + (d.landing.barrels > 0)
    return {
        "deliveries_median": int(np.quantile(number, 0.5, method="inverted_cdf")),
        **band(_sum(deliveries, (link,), draws)),
    }


def _lone_calls(calls: Sequence[LoneCall] | None, config: QuotaConfig) -> dict[str, Any] | None:
    """Their number, barrels at each laden fraction, the interval over all of them, and each."""
    if calls is None:
        return None
    capacity = sum(lone.capacity_bbl for lone in calls)
    return {
        "calls": len(calls),
        "scenarios": [
            {
                "laden_fraction": fraction,
                "barrels": whole_barrels(capacity * exact_fraction(fraction)),
            }
            for fraction in config.laden_fractions
        ],
        **band(_sum_of_calls(calls, config.draws)),
        "list": [
            {
                "date": lone.call.start.date().isoformat(),
                "port": lone.call.port,
                **_ship(lone.vessel),
                "capacity_bbl": whole_barrels(lone.capacity_bbl),
                "capacity_source": lone.vessel.ship.source,
                **band(lone.barrels),
            }
            for lone in calls
        ],
    }


def _sum_of_calls(calls: Sequence[LoneCall], draws: int) -> Array:
    total = np.zeros(draws)
    for lone in calls:
        total = total + lone.barrels
    return total


def _ship(vessel: Vessel | None) -> dict[str, Any]:
    """Who it is, and what watchlists say of it."""
    names = ("name", "mmsi", "imo", "watchlist")
    name, mmsi, imo, watchlist = (vessel and getattr(vessel, n) for n in names)
    return {"vessel": name, "mmsi": mmsi, "imo": imo, "watchlist": watchlist}


def _delivery(d: DrawnDelivery) -> dict[str, Any]:
    landing = d.landing
    return {
        "date": landing.when.date().isoformat(),
        **_ship(d.vessel),
        "link": landing.link,
        "port": landing.call and landing.call.port,
        "chance_counts": round(d.share, 4),
        "chance_took_place": round(_took_place(d), 4),
        "capacity_bbl": None if d.capacity_bbl is None else whole_barrels(d.capacity_bbl),
        "capacity_source": d.vessel and d.vessel.ship.source,
        # If it took place: a doubtful one is not a small one.
        **band(landing.barrels[landing.barrels > 0]),
        "event_ids": list(landing.events),
    }


def _transfer(v: Volume, found: Estimated) -> dict[str, Any]:
    ships = found.fleet.vessels
    return {
        "event_id": v.event_id,
        "vessel_a": ships[v.a].name or v.a,
        "vessel_b": None if v.b is None else ships[v.b].name or v.b,
        "chance_a_gives": round(v.chance_a_gives, 4),
        "low_bbl": whole_barrels(v.low_bbl),
        "median_bbl": whole_barrels(v.median_bbl),
        "high_bbl": whole_barrels(v.high_bbl),
        "draughts_of": v.evidence,
        "draughts_disagree": v.disagree,
        "product": v.product,
    }


def _caveats(found: Estimated, config: QuotaConfig) -> list[str]:
    transfers = found.transfers
    keys = sorted({key for v in transfers for key in (v.a, v.b) if key is not None})
    ships = [found.fleet.vessels[key] for key in keys]
    disagreeing = [v.event_id for v in transfers if v.disagree]
    counts = {
        FROM_DIMENSIONS: sum(v.ship.source == "dimensions" for v in ships),
        UNKNOWN_SIZE: sum(v.ship.source == "nothing known" for v in ships),
        NO_DRAUGHT: sum(v.evidence == "none" for v in transfers),
        OPEN: sum(v.giver is None and v.receiver is None for v in transfers),
        UNHEARD: sum(d.capacity_bbl is None for d in found.nominal),
        NOT_FOLLOWED: sum(d.link != "delivered" for d in found.nominal),
        LONE_CALLS: len(found.lone_calls or ()),
        OUTSIDE: sum(period_start(config.cap, d.day) is None for d in found.nominal),
    }
    notes = [ALWAYS, FACTOR.format(single_figure(config.cap))]
    if transfers and not found.scored:
        notes.append(NO_SCORE)
    notes += [note.format(count) for note, count in counts.items() if count]
    if disagreeing:
        notes.append(DISAGREE.format(len(disagreeing), ", ".join(disagreeing[:5])))
    return notes
