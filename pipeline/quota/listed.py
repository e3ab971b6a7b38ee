"""The estimate for a list of deliveries, where no AIS is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from pipeline.config.quota import QuotaConfig
from pipeline.quota.caps import period_start
from pipeline.quota.hulls import Array, Ship, Unknowns, draw_hulls, draw_unknowns
from pipeline.quota.laden import draw_laden, laden_range
from pipeline.quota.products import (
    BARRELS_PER_M3,
    draw_barrels_per_tonne,
    draw_mix,
    single_figure,
)
from pipeline.quota.reported import ReportedTransfers
from pipeline.quota.scenarios import Delivery, whole_barrels
from pipeline.quota.seeds import generator
from pipeline.quota.summary import FACTOR, LADEN, LIST_COUNTS, OUTSIDE, head
from pipeline.quota.totals import Counted, band


def nominal(deliveries: pl.DataFrame, config: QuotaConfig) -> list[Delivery]:
    """Deliveries as the scenario table takes them.

    Capacity is that listed in barrels, else deadweight times the cap's barrels per tonne; a
    delivery of which only the volume is known has that at every laden fraction.
    """
    capacity = pl.coalesce("capacity_bbl", pl.col("deadweight_t") * single_figure(config.cap))
    return [
        Delivery(*row)
        for row in deliveries.select("date", capacity, "volume_bbl", "vessel").iter_rows()
    ]


def of_list(
    deliveries: pl.DataFrame, config: QuotaConfig, reported: ReportedTransfers | None
) -> dict[str, Any]:
    """The content of quota.json for a list of deliveries.

    Parameters
    ----------
    deliveries : pl.DataFrame
        From `deliveries.read_deliveries`.
    config : QuotaConfig
        The cap, laden fractions, seed and draws.
    reported : ReportedTransfers or None
        Official transfers.
    """
    drawn = list(_draw(deliveries, config))
    in_scenarios = nominal(deliveries, config)
    caveats = [FACTOR.format(single_figure(config.cap))]
    if deliveries["volume_bbl"].null_count():
        caveats.append(LADEN.format(*laden_range(config)))
    if config.count != "all":
        caveats.append(LIST_COUNTS)
    outside = sum(1 for d in in_scenarios if period_start(config.cap, d.day) is None)
    if outside:
        caveats.append(OUTSIDE.format(outside))
    repeated = deliveries.filter(pl.struct(pl.exclude("line")).is_duplicated())["line"].to_list()
    if repeated:
        lines = ", ".join(map(str, repeated[:10]))
        caveats.append(f"Lines {lines} are alike: is one delivery listed more than once?")
    return {
        **head(config, in_scenarios, drawn, reported),
        "deliveries": [
            {
                "line": row["line"],
                "date": row["date"].isoformat(),
                "vessel": row["vessel"],
                "imo": row["imo"],
                "capacity_bbl": d.capacity_bbl and whole_barrels(d.capacity_bbl),
                "capacity_source": _source(row),
                **band(counted.barrels),
            }
            for row, d, counted in zip(
                deliveries.iter_rows(named=True), in_scenarios, drawn, strict=True
            )
        ],
        "caveats": caveats,
    }


def _source(row: dict[str, Any]) -> str:
    if row["capacity_bbl"] is not None:
        return "list (capacity_bbl)"
    return "list (deadweight_t)" if row["deadweight_t"] is not None else "list (volume_bbl alone)"


def _draw(deliveries: pl.DataFrame, config: QuotaConfig) -> Iterator[Counted]:
    """Draws of each delivery: its volume where it is known, else a laden share of its capacity."""
    draws = config.draws
    mix = draw_mix(generator(config.seed, "mix"), draws)
    unknown = draw_unknowns(generator(config.seed, "hulls"), draws)
    for row in deliveries.iter_rows(named=True):
        if row["volume_bbl"] is not None:
            yield Counted(row["date"], np.full(draws, row["volume_bbl"]))
            continue
        rng = generator(config.seed, "line", str(row["line"]))
        laden = draw_laden(config, rng)
        yield Counted(row["date"], laden * _capacity(row, config, unknown, mix, rng))


def _capacity(
    row: dict[str, Any],
    config: QuotaConfig,
    unknown: Unknowns,
    mix: Array,
    rng: np.random.Generator,
) -> Array:
    """Draws of the capacity: as listed, else by the weight and the volume a deadweight allows."""
    draws = config.draws
    if row["capacity_bbl"] is not None:
        return np.full(draws, row["capacity_bbl"])
    ship = Ship(str(row["imo"] or row["vessel"] or row["line"]), deadweight_t=row["deadweight_t"])
    hulls = draw_hulls(ship, unknown)
    # Drawn hulls are in the order of their deadweight, and the next ship's have another one.
    shuffled = hulls.take(generator(config.seed, "order", ship.key).permutation(draws))
    by_weight = shuffled.cargo_t() * draw_barrels_per_tonne(config.cap.product, mix, rng)
    return np.minimum(by_weight, shuffled.tank_m3 * BARRELS_PER_M3)
