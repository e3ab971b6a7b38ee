"""A QGIS project over the GeoPackage, written without QGIS.

The project names its data by a relative path, so that the folder can be moved, and holds the
layers in order with their styles, the view, and the span of time of the temporal controller.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import polars as pl

from pipeline.exports.layers import WGS84, Layer
from pipeline.exports.styles import QGIS_VERSION, labels_enabled

_FIXED_RANGE = "2"  # QGIS' navigation mode that shows the whole span until the user plays it
# Seen around the candidates: 15 nautical miles at least, for the tracks of a single one.
_MARGIN_DEG = 0.25
_MARGIN_SHARE = 0.1

# Zip keeps a time of each member; its earliest keeps the bytes the same.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_project(layers: Sequence[Layer], data: str, path: Path) -> None:
    """Write the project.

    Parameters
    ----------
    layers : sequence of Layer
        Top to bottom.
    data : str
        The GeoPackage's name, in the same folder.
    path : Path
        ``<name>.qgz``.
    """
    root = _project(layers, data)
    ET.indent(root, space=" ")
    text = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(
        root, encoding="unicode"
    )
    member = zipfile.ZipInfo(f"{path.stem}.qgs", date_time=_ZIP_EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, text.encode())


def _project(layers: Sequence[Layer], data: str) -> ET.Element:
    root = ET.Element("qgis", version=QGIS_VERSION, projectname="Alongside")
    ET.SubElement(root, "title").text = "Alongside"
    _reference_system(ET.SubElement(root, "projectCrs"))
    tree = ET.SubElement(root, "layer-tree-group")
    canvas = ET.SubElement(root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    ET.SubElement(canvas, "units").text = "degrees"
    _extent(ET.SubElement(canvas, "extent"), layers)
    _reference_system(ET.SubElement(canvas, "destinationsrs"))
    holder = ET.SubElement(root, "projectlayers")
    order = ET.SubElement(root, "layerorder")
    for layer in layers:
        source = f"./{data}|layername={layer.name}"
        ET.SubElement(
            tree,
            "layer-tree-layer",
            id=_id(layer),
            name=layer.title,
            source=source,
            providerKey="ogr",
            checked="Qt::Checked",
            expanded="1",
        )
        holder.append(_map_layer(layer, source))
        ET.SubElement(order, "layer", id=_id(layer))
    properties = ET.SubElement(root, "properties")
    paths = ET.SubElement(properties, "Paths")
    ET.SubElement(paths, "Absolute", type="bool").text = "false"
    projections = ET.SubElement(properties, "SpatialRefSys")
    ET.SubElement(projections, "ProjectionsEnabled", type="int").text = "1"
    _times(root, properties, layers)
    return root


def _id(layer: Layer) -> str:
    """What the project calls the layer: QGIS replaces an id of ten letters or less."""
    return f"alongside_{layer.name}"


def _map_layer(layer: Layer, source: str) -> ET.Element:
    element = ET.Element(
        "maplayer",
        type="vector",
        labelsEnabled=labels_enabled(layer.style),
    )
    ET.SubElement(element, "id").text = _id(layer)
    ET.SubElement(element, "datasource").text = source
    ET.SubElement(element, "layername").text = layer.title
    _reference_system(ET.SubElement(element, "srs"))
    ET.SubElement(element, "provider", encoding="UTF-8").text = "ogr"
    element.extend(deepcopy(part) for part in layer.style)
    return element


def _reference_system(parent: ET.Element) -> None:
    system = ET.SubElement(parent, "spatialrefsys")
    # QGIS' own number of WGS 84: without one it does not look at the authority's.
    ET.SubElement(system, "srsid").text = "3452"
    ET.SubElement(system, "authid").text = WGS84


def _extent(parent: ET.Element, layers: Sequence[Layer]) -> None:
    """The box of the first layer that has anything, with a margin; else the world."""
    import shapely

    box = np.array([-180.0, -90.0, 180.0, 90.0])
    for layer in layers:
        if layer.features.table.height:
            west, south, east, north = shapely.total_bounds(layer.features.geometry)
            margin = max(_MARGIN_DEG, _MARGIN_SHARE * max(east - west, north - south))
            outer = np.array([west - margin, south - margin, east + margin, north + margin])
            box = np.clip(outer, [-180.0, -90.0] * 2, [180.0, 90.0] * 2)
            break
    for name, value in zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True):
        ET.SubElement(parent, name).text = f"{value:.6f}"


def _times(root: ET.Element, properties: ET.Element, layers: Sequence[Layer]) -> None:
    """Whole hours around all features, stepped by the hour; nothing without features."""
    spans = pl.concat([layer.features.table.select("start_utc", "end_utc") for layer in layers])
    if spans.is_empty():
        return
    first, last = spans.select(pl.col("start_utc").min(), pl.col("end_utc").max()).row(0)
    begin = _hour(first)
    end = _hour(last) + timedelta(hours=1)
    settings = ET.SubElement(
        root,
        "ProjectTimeSettings",
        timeStep="1",
        timeStepUnit="h",
        frameRate="1",
        cumulativeTemporalRange="0",
    )
    span = ET.SubElement(settings, "TemporalRange")
    ET.SubElement(span, "start").text = f"{begin:%Y-%m-%dT%H:%M:%SZ}"
    ET.SubElement(span, "end").text = f"{end:%Y-%m-%dT%H:%M:%SZ}"
    controller = ET.SubElement(properties, "TemporalControllerWidget")
    ET.SubElement(controller, "NavigationMode", type="int").text = _FIXED_RANGE
    for name, moment in (("StartDateTime", begin), ("EndDateTime", end)):
        ET.SubElement(controller, name, type="QString").text = f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _hour(moment: datetime) -> datetime:
    return datetime.fromtimestamp(moment.timestamp() // 3600 * 3600, tz=UTC)
