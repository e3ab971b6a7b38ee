"""QGIS styles of the layers, short and written by hand: QGIS fills in what they leave out.

Each layer's style is a list of XML elements, which stand in ``<layer>.qml``, in the GeoPackage's
``layer_styles`` and in the project. Names that ships typed reach QGIS only through expressions:
labels draw them as plain text, map tips escape them, for map tips are HTML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

# Written as of this version; later ones read it too.
QGIS_VERSION = "3.22.0"

# A longer name than the 20 characters of AIS is no name: show its beginning.
_LABEL_LENGTH = 24
_TIP_LENGTH = 400

_WHITE = "255,255,255,255"
_DARK = "40,40,40,255"
_GREY = "150,150,150,255"
_BLUE = "0,90,181,255"  # this pair of hues stays apart under every common colour blindness
_ORANGE = "220,50,32,255"

# Light to dark, so that the order survives print and colour blindness. The bounds are read as
# chances: even, likely, three in four, nine in ten.
_SCORES: Sequence[tuple[float, float, str]] = (
    (0.0, 0.25, "254,217,118,255"),
    (0.25, 0.5, "253,156,66,255"),
    (0.5, 0.75, "240,80,40,255"),
    (0.75, 0.9, "189,0,38,255"),
    (0.9, 1.0, "94,0,52,255"),
)
_NO_SCORE = -1.0

# QGIS' numbers of ways to place a label; candidates before zones where both have no room.
_AROUND_POINT = {"placement": "0", "dist": "1.5", "priority": "8"}
_OUTSIDE_AREA = {"placement": "8", "dist": "1", "priority": "3"}

_CLASSES: Mapping[str, tuple[str, str]] = {
    "transfer": ("Transfer", "189,0,38,255"),
    "bunkering": ("Bunkering", "253,156,66,255"),
    "drifting": ("Lone vessel", "117,107,177,255"),
}


def _html(*lines: str) -> str:
    """A map tip of some lines, each an expression: shortened, their markup shown as text."""
    text = ",'\\n',".join(f"left({line},{_TIP_LENGTH})" for line in lines)
    text = f"concat({text})"
    for sign, markup in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\\n", "<br>")):
        text = f"replace({text},'{sign}','{markup}')"
    return f"[% {text} %]"


_SPAN = (
    """concat(format_date("start_utc",'{0}'),' to ',format_date("end_utc",'{0}'),' UTC')""".format(
        "yyyy-MM-dd HH:mm"
    )
)


def candidates_style(scored: bool) -> list[ET.Element]:
    """Points graduated by score where there is one, else by class; both names; reasons as tip.

    Parameters
    ----------
    scored : bool
        Whether any candidate has a score.
    """
    label = _both_names()
    tip = _html(
        label,
        _SPAN,
        """concat("class",', score ',coalesce("score",'none'))""",
        """concat('hulls ',coalesce("hull_gap_median_m",'?'),' m apart')""",
        '"reasons"',
        '"event_id"',
    )
    return [
        _temporal(),
        _by_score() if scored else _by_class(),
        _labels(label, _AROUND_POINT),
        _tip(tip),
    ]


def tracks_style() -> list[ET.Element]:
    """Lines by side: a blue, b orange."""
    name = """coalesce("name",to_string("mmsi"))"""
    tip = _html(
        f"concat({name},' (side ',\"side\",')')", _SPAN, "concat(\"fixes\",' fixes')", '"event_id"'
    )
    renderer = _categorised(
        '"side"',
        [
            ("a", "Side a", _symbol("0", _line(_BLUE))),
            ("b", "Side b", _symbol("1", _line(_ORANGE))),
        ],
    )
    return [_temporal(), renderer, _tip(tip)]


def zones_style() -> list[ET.Element]:
    """Areas in one colour, with their name and number of candidates."""
    renderer = ET.Element("renderer-v2", type="singleSymbol", symbollevels="0")
    symbols = ET.SubElement(renderer, "symbols")
    symbols.append(_symbol("0", _area("117,107,177,60", "84,39,143,255")))
    counts = """concat("candidates",' candidates, ',"vessels",' vessels')"""
    tip = _html('"name"', counts, _SPAN)
    label = f"""left("name",{_LABEL_LENGTH}) || ' (' || "candidates" || ')'"""
    return [_temporal(), renderer, _labels(label, _OUTSIDE_AREA), _tip(tip)]


def changes_style() -> list[ET.Element]:
    """Points by what became of a candidate from one run to the next; names; the cause as tip."""
    label = _both_names()
    tip = _html(label, _SPAN, """concat("change",': ',"what")""", "concat('by ',\"because\")")
    kinds = [("added", "Added", _BLUE), ("lost", "Lost", _ORANGE), ("changed", "Changed", _GREY)]
    renderer = _categorised(
        '"change"',
        [
            (value, words, _symbol(str(number), _marker(colour)))
            for number, (value, words, colour) in enumerate(kinds)
        ],
    )
    return [_temporal(), renderer, _labels(label, _AROUND_POINT), _tip(tip)]


def _both_names() -> str:
    """An expression: both ships by name, by MMSI where they have none."""
    mmsis = [f"""coalesce("name_{side}",to_string("mmsi_{side}"))""" for side in "ab"]
    names = [f"left({name},{_LABEL_LENGTH})" for name in mmsis]
    return f"{names[0]} || coalesce(' + ' || {names[1]},' (partner not heard)')"


def qml(style: Sequence[ET.Element]) -> str:
    """The text of a ``.qml`` file with the given style."""
    root = ET.Element(
        "qgis",
        version=QGIS_VERSION,
        styleCategories="Symbology|Labeling|MapTips|Temporal",
        labelsEnabled=labels_enabled(style),
    )
    root.extend(style)
    ET.indent(root, space=" ")
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + (
        ET.tostring(root, encoding="unicode") + "\n"
    )


def labels_enabled(style: Sequence[ET.Element]) -> str:
    """``1`` where the style has labels, else ``0``."""
    return str(int(any(element.tag == "labeling" for element in style)))


def _temporal() -> ET.Element:
    """From start_utc to end_utc, both included: what the temporal controller filters by."""
    element = ET.Element(
        "temporal",
        enabled="1",
        mode="2",  # start and end from fields
        startField="start_utc",
        endField="end_utc",
        limitMode="1",  # the end included
        accumulate="0",
        durationField="",
        durationUnit="min",
        fixedDuration="0",
        startExpression="",
        endExpression="",
    )
    fixed = ET.SubElement(element, "fixedRange")
    ET.SubElement(fixed, "start")
    ET.SubElement(fixed, "end")
    return element


def _by_score() -> ET.Element:
    renderer = ET.Element(
        "renderer-v2",
        type="graduatedSymbol",
        attr=f'coalesce("score",{_NO_SCORE:g})',
        graduatedMethod="GraduatedColor",
        symbollevels="0",
        enableorderby="1",
    )
    ranges = ET.SubElement(renderer, "ranges")
    symbols = ET.SubElement(renderer, "symbols")
    steps = [*_SCORES, (_NO_SCORE, _NO_SCORE / 2, _GREY)]
    for number, (low, high, colour) in enumerate(steps):
        ET.SubElement(
            ranges,
            "range",
            symbol=str(number),
            lower=f"{low:g}",
            upper=f"{high:g}",
            label="No score" if low < 0 else f"Score {low:g} to {high:g}",
            render="true",
        )
        symbols.append(_symbol(str(number), _marker(colour)))
    # Drawn last is on top: the best candidates.
    order = ET.SubElement(ET.SubElement(renderer, "orderby"), "orderByClause")
    order.set("asc", "1")
    order.set("nullsFirst", "1")
    order.text = '"score"'
    return renderer


def _by_class() -> ET.Element:
    known = [
        (value, label, _symbol(str(number), _marker(colour)))
        for number, (value, (label, colour)) in enumerate(_CLASSES.items())
    ]
    # The empty value is QGIS' category of all others.
    return _categorised(
        '"class"', [*known, ("", "Other", _symbol(str(len(known)), _marker(_GREY)))]
    )


def _categorised(attribute: str, kinds: Sequence[tuple[str, str, ET.Element]]) -> ET.Element:
    renderer = ET.Element("renderer-v2", type="categorizedSymbol", attr=attribute, symbollevels="0")
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for value, label, symbol in kinds:
        ET.SubElement(
            categories,
            "category",
            symbol=symbol.attrib["name"],
            value=value,
            label=label,
            render="true",
        )
        symbols.append(symbol)
    return renderer


def _symbol(name: str, layer: ET.Element) -> ET.Element:
    kinds = {"SimpleMarker": "marker", "SimpleLine": "line", "SimpleFill": "fill"}
    symbol = ET.Element("symbol", name=name, type=kinds[layer.attrib["class"]], alpha="1")
    symbol.append(layer)
    return symbol


def _layer(kind: str, options: Mapping[str, str]) -> ET.Element:
    layer = ET.Element("layer", {"class": kind, "enabled": "1", "pass": "0"})
    table = ET.SubElement(layer, "Option", type="Map")
    for name, value in options.items():
        ET.SubElement(table, "Option", name=name, value=value, type="QString")
    return layer


def _marker(colour: str) -> ET.Element:
    return _layer(
        "SimpleMarker",
        {"name": "circle", "color": colour, "outline_color": _WHITE, "size": "3.2"},
    )


def _line(colour: str) -> ET.Element:
    return _layer("SimpleLine", {"line_color": colour, "line_width": "0.5"})


def _area(fill: str, edge: str) -> ET.Element:
    return _layer("SimpleFill", {"color": fill, "outline_color": edge, "outline_width": "0.3"})


def _labels(expression: str, placement: Mapping[str, str]) -> ET.Element:
    labeling = ET.Element("labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    text = ET.SubElement(
        settings,
        "text-style",
        fieldName=expression,
        isExpression="1",
        allowHtml="0",
        fontSize="8",
        fontSizeUnit="Point",
        fontWeight="50",
        textColor=_DARK,
        textOpacity="1",  # left out, weight and opacity are read as 0
    )
    ET.SubElement(
        text,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor=_WHITE,
        bufferOpacity="1",
    )
    ET.SubElement(settings, "placement", {"distUnits": "MM", **placement})
    # No obstacle: an area would keep the labels of the points inside it from being drawn.
    ET.SubElement(settings, "rendering", obstacle="0")
    return labeling


def _tip(template: str) -> ET.Element:
    tip = ET.Element("mapTip", enabled="1")
    tip.text = template
    return tip
