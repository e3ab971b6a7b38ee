"""The chart of sweeps: candidates along each threshold, with precision and recall where known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.desk.sweeps import Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BLUE = "#005ab5"  # this pair stays apart under every common colour blindness
_RED = "#dc3220"
_GREY = "#555555"
_PANEL_INCHES = (9.0, 3.4)
_DASHES = ("--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1)))


@dataclass(frozen=True)
class Panel:
    """One sweep."""

    key: str
    values: Sequence[float]
    present: float
    suggested: float
    outcomes: Sequence[Outcome]


def write_tune_chart(panels: Sequence[Panel], path: Path) -> None:
    """Draw the sweeps, one below the other.

    Parameters
    ----------
    panels : sequence of Panel
        At least one.
    path : Path
        ``.svg`` or ``.png``.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    style: dict[Any, Any] = {"svg.hashsalt": "alongside", "svg.fonttype": "none"}  # the same bytes
    width, height = _PANEL_INCHES
    with mpl.rc_context(style):
        figure = Figure(figsize=(width, height * len(panels)), layout="constrained")
        for axes, panel in zip(
            figure.subplots(len(panels), squeeze=False)[:, 0], panels, strict=True
        ):
            _draw(axes, panel)
        svg = path.suffix == ".svg"
        figure.savefig(path, dpi=150, metadata={"Date": None} if svg else {"Software": None})


def _draw(axes: Axes, panel: Panel) -> None:
    from matplotlib.ticker import MaxNLocator

    numbers = [len(outcome.rows) for outcome in panel.outcomes]
    axes.plot(panel.values, numbers, color=_GREY, marker="o", markersize=3, label="candidates")
    kinds = sorted({kind for outcome in panel.outcomes for kind in outcome.make_up})
    for kind, dashes in zip(kinds if len(kinds) > 1 else [], _DASHES, strict=False):
        parts = [outcome.make_up.get(kind, 0) for outcome in panel.outcomes]
        axes.plot(panel.values, parts, color=_GREY, linewidth=1, linestyle=dashes, label=kind)
    axes.set_xlabel(f"{panel.key} (now {panel.present:g})")
    axes.set_ylabel("Candidates")
    axes.set_ylim(0, max(1, *numbers) * 1.08)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    low, high = sorted((panel.values[0], panel.values[-1]))
    margin = 0.03 * (high - low)
    axes.set_xlim(low - margin, high + margin)
    _mark(axes, panel.present, "now", ":")
    if panel.suggested != panel.present:
        _mark(axes, panel.suggested, "suggested", "-")
    axes.spines[["top", "right"]].set_visible(False)
    lines = list(axes.get_lines()[: 1 + (len(kinds) if len(kinds) > 1 else 0)])
    if panel.outcomes[0].marks is not None:
        lines += _draw_shares(axes, panel)
    names = [str(line.get_label()) for line in lines]
    axes.legend(lines, names, frameon=False, loc="center left", bbox_to_anchor=(1.08, 0.5))


def _mark(axes: Axes, value: float, text: str, line: str) -> None:
    low, high = axes.get_xlim()
    if not low <= value <= high:
        return
    axes.axvline(value, color=_GREY, linewidth=1, linestyle=line)
    axes.annotate(
        text,
        (value, 0.02),
        xycoords=("data", "axes fraction"),
        xytext=(3, 0),
        textcoords="offset points",
        color=_GREY,
        fontsize=8,
    )


def _draw_shares(axes: Axes, panel: Panel) -> list[Any]:
    """Precision and recall, on an axis of their own at the right."""
    shares = axes.twinx()
    shares.set_ylim(0, 1.08)
    shares.set_ylabel("Precision, recall")
    shares.spines["top"].set_visible(False)
    lines = []
    for name, colour, marker in (("precision", _BLUE, "s"), ("recall", _RED, "^")):
        values = [getattr(outcome.marks, name) for outcome in panel.outcomes]
        lines += shares.plot(
            panel.values,
            [float("nan") if value is None else value for value in values],
            color=colour,
            marker=marker,
            markersize=3,
            label=name,
        )
    return lines
