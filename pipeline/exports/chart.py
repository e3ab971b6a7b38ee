"""The quota chart: barrels delivered, as a fan over time, against the cap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BLUE = "#005ab5"
_RED = "#dc3220"
_GREY = "#555555"

_ONE_DAY = np.timedelta64(1, "D")


def write_quota_chart(quota: Mapping[str, Any], path: Path) -> None:
    """Draw the content of ``quota.json``.

    Parameters
    ----------
    quota : Mapping
        ``cap`` (``name``, ``barrels``), ``estimate`` (``fan``, ``periods``, ``breach_date``,
        ``chance_exceeded``) and ``scenarios``, each of which may be missing or empty.
    path : Path
        ``.svg`` or ``.png``.
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
        svg = path.suffix == ".svg"
        figure.savefig(path, dpi=150, metadata={"Date": None} if svg else {"Software": None})


def _draw(figure: Figure, quota: Mapping[str, Any]) -> None:
    from matplotlib.ticker import StrMethodFormatter

    axes = figure.add_subplot()
    estimate = quota.get("estimate") or {}
    cap = quota.get("cap") or {}
    fan = estimate.get("fan") or []
    for number, period in enumerate(estimate.get("periods") or []):
        points = [p for p in fan if period["start"] <= p["date"] <= period["end"]]
        last = _fan(axes, points, label=number == 0)
        _scenarios(axes, quota.get("scenarios") or [], period["period"], last)
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
        figure.legend(loc="outside lower center", ncols=2, frameon=False)
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


def _fan(axes: Axes, fan: Sequence[Mapping[str, Any]], label: bool) -> np.datetime64:
    """One period's running sum, as steps from zero; gives the last day drawn."""
    days = np.array([p["date"] for p in fan], dtype="datetime64[D]")
    last = days[-1] + _ONE_DAY
    days = np.concatenate([days[:1] - _ONE_DAY, days, [last]])
    low, median, high = (
        [0, *(p[key] for p in fan), fan[-1][key]] for key in ("low_bbl", "median_bbl", "high_bbl")
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
    return last


def _scenarios(
    axes: Axes, scenarios: Sequence[Mapping[str, Any]], period: str, last: np.datetime64
) -> None:
    """What each scenario adds up to at the end of a period."""
    for scenario in scenarios:
        for total in scenario.get("periods") or []:
            if total["period"] == period:
                place = (last, total["barrels"])
                axes.plot([place[0]], [place[1]], marker="_", color=_GREY, markersize=10)
                axes.annotate(
                    f"{scenario['laden_fraction']:.0%} laden",
                    place,
                    xytext=(7, -3),
                    textcoords="offset points",
                    color=_GREY,
                    fontsize=9,
                )


def _breach(axes: Axes, estimate: Mapping[str, Any], cap: Mapping[str, Any]) -> None:
    """The day on which the cap is passed in the middle of the draws that pass it."""
    dates = estimate.get("breach_date")
    if not dates or not cap:
        return
    day = np.datetime64(dates["median"])
    axes.plot([day], [cap["barrels"]], marker="o", color=_RED, markersize=6)
    axes.annotate(
        f"passed about {dates['median']}\n({dates['early']} to {dates['late']})",
        (day, cap["barrels"]),
        xytext=(8, -30),
        textcoords="offset points",
        color=_RED,
        fontsize=9,
    )
