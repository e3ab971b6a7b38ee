"""Draws the hull geometry for how_it_decides.md: `python docs/make_drawings.py`.

Hulls are to scale, and the figures on them are those that the detector's own functions give.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from pipeline.rendezvous.geometry import (
    centre_shift_m,
    common_axis_deg,
    gaps_m,
    hull_gap_m,
    keel_angle_deg,
)

FOLDER = Path(__file__).parent / "images"
BLUE, RED, GREY, SEA = "#005ab5", "#dc3220", "#555555", "#ffffff"
BOW_SHARE = 0.12  # of the length that narrows to the bow


@dataclass(frozen=True)
class Hull:
    """A hull on the plane: its centre east and north, heading, size, and where its antenna is."""

    east: float
    north: float
    heading: float
    length: float
    beam: float
    a: float  # antenna to bow
    c: float  # antenna to port side
    colour: str

    @property
    def antenna(self) -> tuple[float, float]:
        """East and north of the antenna."""
        forward, starboard = self.a - 0.5 * self.length, 0.5 * self.beam - self.c
        east, north = centre_shift_m(self.heading, forward, starboard)
        return self.east - east, self.north - north

    def at(self, forward: float, starboard: float) -> tuple[float, float]:
        """East and north of a point of the hull, seen from its centre."""
        east, north = centre_shift_m(self.heading, forward, starboard)
        return self.east + east, self.north + north


class Drawing:
    """An SVG in metres: east to the right, north up."""

    def __init__(self, west: float, south: float, width: float, height: float, scale: float):
        self.west, self.top = west, south + height
        self.width, self.height, self.scale = width, height, scale
        self.parts: list[str] = []

    def xy(self, east: float, north: float) -> tuple[float, float]:
        """Where a point lies on the page."""
        return round((east - self.west) * self.scale, 1), round((self.top - north) * self.scale, 1)

    def hull(self, hull: Hull, name: str = "") -> None:
        """A hull with its antenna, and its name amidships."""
        half, side = 0.5 * hull.length, 0.5 * hull.beam
        shoulder = half - BOW_SHARE * hull.length
        corners = [(half, 0), (shoulder, side), (-half, side), (-half, -side), (shoulder, -side)]
        points = " ".join("{},{}".format(*self.xy(*hull.at(*corner))) for corner in corners)
        self.parts.append(
            f'<polygon points="{points}" fill="{hull.colour}" fill-opacity="0.15"'
            f' stroke="{hull.colour}"/>'
        )
        x, y = self.xy(*hull.antenna)
        self.parts.append(f'<circle cx="{x}" cy="{y}" r="3.5" fill="{hull.colour}"/>')
        if name:
            self.text(*hull.at(0.1 * hull.length, 0), name, hull.colour)

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        colour: str = GREY,
        dashes: str = "",
    ) -> None:
        """A line with arrows at both ends, or a dashed one without."""
        (x1, y1), (x2, y2) = self.xy(*start), self.xy(*end)
        ends = f'stroke-dasharray="{dashes}"' if dashes else _ARROWS
        self.parts.append(
            f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" {ends}/>'
        )

    def text(
        self, east: float, north: float, words: str, colour: str = GREY, anchor: str = "middle"
    ) -> None:
        """Words centred on a point."""
        x, y = self.xy(east, north)
        self.parts.append(
            f'<text x="{x}" y="{y + 4:g}" fill="{colour}" text-anchor="{anchor}">'
            f"{escape(words)}</text>"
        )

    def svg(self) -> str:
        """The whole file."""
        width, height = round(self.width * self.scale), round(self.height * self.scale)
        body = "\n".join(self.parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
            f' width="{width}" height="{height}" font-family="sans-serif" font-size="12">\n'
            f'<rect width="100%" height="100%" fill="{SEA}"/>\n{_MARKER}\n{body}\n</svg>\n'
        )


_MARKER = (
    '<defs><marker id="tip" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6"'
    f' orient="auto-start-reverse"><path d="M0,0L6,3L0,6z" fill="{GREY}"/></marker></defs>'
)
_ARROWS = 'marker-start="url(#tip)" marker-end="url(#tip)"'


def antenna() -> Drawing:
    """A, B, C, D, and the way from the antenna to the hull's centre."""
    ship = Hull(0, 0, 90, 250, 44, a=205, c=16, colour=BLUE)
    page = Drawing(-140, -65, 280, 115, 2.8)
    page.hull(ship)
    east, north = ship.antenna
    page.line((east, -45), (125, -45))
    page.text((east + 125) / 2, -54, "A: to the bow")
    page.line((-125, -45), (east, -45))
    page.text((east - 125) / 2, -54, "B: to the stern")
    page.line((east, north), (east, 22))
    page.text(east - 6, 14, "C", anchor="end")
    page.line((east, -22), (east, north))
    page.text(east - 6, -8, "D", anchor="end")
    page.line((east, north), (0, 0), BLUE)
    page.text(-20, -12, "(A - B) / 2 ahead, (D - C) / 2 to starboard", BLUE)
    page.text(0, 8, "centre", BLUE)
    page.text(125, 38, "AIS gives the antenna (dot); what lies alongside is the hull", anchor="end")
    return page


def _measured(a: Hull, b: Hull, error_deg: float = 0.0) -> dict[str, float]:
    """What the detector makes of two hulls, with an error in both headings."""
    headings = [hull.heading + error_deg for hull in (a, b)]
    centres = []
    for hull, heading in zip((a, b), headings, strict=True):
        forward, starboard = hull.a - 0.5 * hull.length, 0.5 * hull.beam - hull.c
        east, north = centre_shift_m(heading, forward, starboard)
        centres.append((hull.antenna[0] + east, hull.antenna[1] + north))
    (ax, ay), (bx, by) = centres
    keel = keel_angle_deg(*headings)
    across, along, _, _ = gaps_m(
        bx - ax, by - ay, common_axis_deg(*headings), keel, a.length, a.beam, b.length, b.beam
    )
    return {
        "gap": hull_gap_m(across, along),
        "overlap": min(-along, a.length, b.length),
        "antennas": math.dist(a.antenna, b.antenna),
    }


def gap() -> Drawing:
    """Two tankers head to tail: their antennas are far apart, their hulls are not."""
    mother = Hull(0, 0, 90, 336, 60, a=290, c=30, colour=BLUE)
    shuttle = Hull(0, 0.5 * (60 + 44) + 4, 270, 250, 44, a=205, c=22, colour=RED)
    seen, wrong = _measured(mother, shuttle), _measured(mother, shuttle, 3.0)
    page = Drawing(-230, -80, 460, 215, 1.7)
    page.hull(mother, "336 m, heading 090")
    page.hull(shuttle, "250 m, heading 270")
    page.line(mother.antenna, shuttle.antenna)
    page.text(0, 90, f"antenna to antenna {seen['antennas']:.0f} m", GREY)
    page.line((-125, 77), (-125, 30), dashes="3 3")
    page.line((125, 77), (125, 30), dashes="3 3")
    page.line((-125, 112), (125, 112))
    page.text(0, 122, f"beside each other for {seen['overlap']:.0f} m along their common axis")
    page.text(0, -45, f"hull gap across the axis: {seen['gap']:.0f} m", BLUE)
    page.text(
        0,
        -62,
        f"both headings off by 3 degrees: {wrong['gap']:.0f} m, for the antennas are far apart",
    )
    return page


def alike() -> Drawing:
    """What looks like a transfer, each in a panel."""
    page = Drawing(0, 0, 840, 400, 1.0)

    def panel(column: int, row: int, title: str, tells: str) -> tuple[float, float]:
        west, south = 280.0 * column, 200.0 * (1 - row)
        page.text(west + 140, south + 185, title, GREY)
        page.text(west + 140, south + 20, tells, GREY)
        return west + 140, south + 100

    def small(east: float, north: float, heading: float, **changes: float) -> Hull:
        size = {"length": 95.0, "beam": 15.0, "a": 78.0, "c": 7.5, **changes}
        return Hull(east, north, heading, **size, colour=RED)

    def large(east: float, north: float, heading: float) -> Hull:
        return Hull(east, north, heading, 180, 30, a=140, c=15, colour=BLUE)

    x, y = panel(0, 0, "transfer", "side by side, still against each other")
    page.hull(large(x, y, 90))
    page.hull(small(x + 20, y + 26.5, 90))

    x, y = panel(1, 0, "anchored_neighbours", "swing together, hulls apart")
    page.hull(large(x, y - 22, 75))
    page.hull(small(x - 20, y + 42, 77))

    x, y = panel(2, 0, "berth", "in line at a quay, fixed to the ground")
    page.line((x - 130, y - 18), (x + 130, y - 18), dashes="6 2")
    page.hull(Hull(x - 70, y, 90, 110, 18, a=90, c=9, colour=BLUE))
    page.hull(small(x + 60, y, 90))

    x, y = panel(0, 1, "line_astern", "one behind the other")
    page.hull(Hull(x - 60, y, 90, 110, 18, a=90, c=9, colour=BLUE))
    page.hull(small(x + 80, y, 90))

    x, y = panel(1, 1, "same_hull", "one ship, two transponders: hulls in each other")
    page.hull(large(x, y, 90))
    page.hull(Hull(x + 4, y - 3, 90, 180, 30, a=150, c=12, colour=RED))

    x, y = panel(2, 1, "tug_or_tow", "a tug by type and size")
    page.hull(large(x, y, 90))
    page.hull(small(x + 60, y + 21.5, 90, length=32, beam=11, a=12, c=5.5))
    return page


DRAWINGS = {"antenna.svg": antenna, "gap.svg": gap, "alike.svg": alike}


def main() -> None:
    """Write all drawings."""
    FOLDER.mkdir(exist_ok=True)
    for name, draw in DRAWINGS.items():
        (FOLDER / name).write_text(draw().svg(), encoding="utf-8")


if __name__ == "__main__":
    main()
