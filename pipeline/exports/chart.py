"""The quota chart: barrels delivered, as a fan over time, against the cap.

It imports nothing of the package: `pipeline.beside` reads this file alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BLUE = "#005ab5"
_RED = "#dc3220"
_GREY = "#555555"

_ON_WHITE = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.0}

_ONE_DAY = np.timedelta64(1, "D")

Days = NDArray[np.datetime64]


def write_quota_chart(quota: Mapping[str, Any], *paths: Path) -> None:
    """Draw the content of ``quota.json``.

    Parameters
    ----------
    quota : Mapping
        ``cap`` (``name``, ``barrels``), ``estimate`` (``fan``, ``periods``, ``breach_date``,
        ``chance_exceeded``, ``with_reported``), ``scenarios`` and ``scenario_deliveries``, each of
        which may be missing or empty.
    *paths : Path
        Each ``.svg`` or ``.png``.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    style: dict[Any, Any] = {
        # Ids inside an SVG are drawn from this, and no time of writing is kept below: the same
        # bytes each time. Text stays text, so that it can be searched and read aloud.
        "svg.hashsalt": "alongside",
        "svg.fonttype": "none",
        "date.converter": "concise",
        "text.parse_math": False,  # a cap's name may hold a dollar sign
    }
    with mpl.rc_context(style):
        figure = Figure(figsize=(9.0, 5.0), layout="constrained")
        _draw(figure, quota)
        for path in paths:
            svg = path.suffix == ".svg"
            figure.savefig(path, dpi=150, metadata={"Date": None} if svg else {"Software": None})
            figure.set_layout_engine("none")  # it holds for all of them, and takes long


def _draw(figure: Figure, quota: Mapping[str, Any]) -> None:
    from matplotlib.ticker import StrMethodFormatter

    axes = figure.add_subplot()
    estimate = quota.get("estimate") or {}
    cap = quota.get("cap") or {}
    fan = estimate.get("fan") or []
    periods = estimate.get("periods") or []
    for number, period in enumerate(periods):
        _fan(axes, _within(fan, period), label=number == 0)
        _scenarios(axes, quota, period["period"], label=number == len(periods) - 1)
    official = estimate.get("with_reported") or {}
    for number, period in enumerate(official.get("periods") or []):
        _with_reported(axes, _within(official["fan"], period), label=number == 0)
    if cap:
        axes.axhline(cap["barrels"], color=_RED, linewidth=1.5)
        axes.annotate(
            f"Cap {cap['barrels']:,.0f} bbl ({cap['name']})",
            (0.01, cap["barrels"]),
            xycoords=("axes fraction", "data"),
            xytext=(0, 4),
            textcoords="offset points",
            color=_RED,
        )
    _breach(axes, estimate, cap)
    axes.set_title(_title(estimate), loc="left")
    axes.set_ylabel("Barrels in the period")
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    if fan:
        figure.legend(loc="outside lower center", ncols=3, frameon=False)
    else:
        axes.set_xticks([])
        axes.set_yticks([cap["barrels"]] if cap else [])


def _title(estimate: Mapping[str, Any]) -> str:
    if not estimate.get("fan"):
        return "No delivery counts toward the cap"
    title = (
        f"Delivered: {estimate['median_bbl']:,} bbl "
        f"({estimate['low_bbl']:,} to {estimate['high_bbl']:,})"
    )
    return f"{title}, chance that the cap is passed {estimate['chance_exceeded']:.0%}"


def _within(fan: Sequence[Mapping[str, Any]], period: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [point for point in fan if period["start"] <= point["date"] <= period["end"]]


def _steps(dates: Sequence[str], *sums: Sequence[float]) -> tuple[Days, list[list[float]]]:
    """Days and running sums, from nothing on the day before the first to the day after the last."""
    days = np.array(dates, dtype="datetime64[D]")
    days = np.concatenate([days[:1] - _ONE_DAY, days, days[-1:] + _ONE_DAY])
    return days, [[0.0, *values, values[-1]] for values in sums]


def _fan(axes: Axes, fan: Sequence[Mapping[str, Any]], label: bool) -> None:
    """One period's running sum: the median in its 90 % interval."""
    days, (low, median, high) = _steps(
        [p["date"] for p in fan],
        *([p[key] for p in fan] for key in ("low_bbl", "median_bbl", "high_bbl")),
    )
    axes.fill_between(
        days,
        low,
        high,
        step="post",
        color=_BLUE,
        alpha=0.2,
        linewidth=0,
        label="90 % interval" if label else None,
    )
    axes.step(
        days,
        median,
        where="post",
        color=_BLUE,
        linewidth=1.8,
        label="Median estimate" if label else None,
    )


def _with_reported(axes: Axes, fan: Sequence[Mapping[str, Any]], label: bool) -> None:
    """The median with the officially reported transfers added."""
    days, (median,) = _steps([p["date"] for p in fan], [p["median_bbl"] for p in fan])
    axes.step(
        days,
        median,
        where="post",
        color=_BLUE,
        linewidth=1.2,
        linestyle="dashed",
        label="Median with what was reported" if label else None,
    )


def _scenarios(axes: Axes, quota: Mapping[str, Any], period: str, label: bool) -> None:
    """A line a scenario, each delivery at one share of its capacity; where it passes the cap."""
    deliveries = [d for d in quota.get("scenario_deliveries") or [] if d["period"] == period]
    if not deliveries:
        return
    cap_bbl = quota["cap"]["barrels"]
    for number, scenario in enumerate(quota.get("scenarios") or []):
        share = scenario["laden_fraction"]
        barrels = [
            d["volume_bbl"] if d["capacity_bbl"] is None else share * d["capacity_bbl"]
            for d in deliveries
        ]
        days, (total,) = _steps([d["date"] for d in deliveries], list(np.cumsum(barrels)))
        axes.step(
            days,
            total,
            where="post",
            color=_GREY,
            linewidth=1.0,
            linestyle="dotted",
            label="Scenarios" if label and number == 0 else None,
        )
        passed = next(p["breach_date"] for p in scenario["periods"] if p["period"] == period)
        if passed is not None:
            axes.plot([np.datetime64(passed)], [cap_bbl], marker="o", color=_GREY, markersize=4)
        if label:
            words = f"{scenario['laden_fraction']:.0%} laden"
            axes.annotate(
                words if passed is None else f"{words}: {passed}",
                (days[-1], total[-1]),
                xytext=(5, -3),
                textcoords="offset points",
                color=_GREY,
                fontsize=9,
                bbox=_ON_WHITE,
                annotation_clip=False,
            )


def _breach(axes: Axes, estimate: Mapping[str, Any], cap: Mapping[str, Any]) -> None:
    """The day on which the cap is passed in the middle of the draws that pass it."""
    dates = estimate.get("breach_date")
    if not dates or not cap:
        return
    day = np.datetime64(dates["median"])
    axes.plot([day], [cap["barrels"]], marker="o", color=_RED, markersize=6)
    axes.plot([day, day], [0, cap["barrels"]], color=_RED, linewidth=1.0, linestyle="dashed")
    axes.annotate(
        f"passed about {dates['median']}\n({dates['early']} to {dates['late']})",
        (day, 0),
        xytext=(6, 8),
        textcoords="offset points",
        color=_RED,
        fontsize=9,
        bbox=_ON_WHITE,
    )
