# mypy: disable-error-code="import-not-found"
"""Looks at a run's folder with the real QGIS and prints what it sees as JSON.

usage: python3 qgis_look.py RUN_DIR [PICTURE]

Runs under the system's Python, where PyQGIS lives, without a display; the tests, which run in the
project's environment, start it as a process of its own.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsDateTimeRange,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QDateTime, QSize, Qt
from qgis.PyQt.QtGui import QColor

LAYERS = ("candidates", "tracks", "zones")


def look_at(layer):
    """What QGIS makes of a layer: fields, style, temporal settings, labels and map tips."""
    temporal = layer.temporalProperties()
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    labels, tips = [], []
    for feature in layer.getFeatures():
        context.setFeature(feature)
        if layer.labelsEnabled():
            expression = QgsExpression(layer.labeling().settings().fieldName)
            labels.append(expression.evaluate(context))
        tips.append(QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context))
    renderer = layer.renderer()
    return {
        "name": layer.name(),
        "source": layer.source(),
        "valid": layer.isValid(),
        "features": layer.featureCount(),
        "crs": layer.crs().authid(),
        "fields": {field.name(): field.typeName() for field in layer.fields()},
        "renderer": renderer and renderer.type(),  # None: an empty GeoJSON has no geometry type
        "legend": [item.label() for item in renderer.legendSymbolItems()] if renderer else [],
        "order": renderer.orderBy().dump() if renderer and renderer.orderByEnabled() else "",
        "temporal": temporal.isActive(),
        "temporal_fields": [temporal.startField(), temporal.endField()],
        "labels": labels,
        "tips": tips,
    }


def picture(layers, view, span=None):
    """A map of the layers, the first on top; with a span of time, of that frame alone."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setOutputSize(QSize(1200, 800))
    settings.setBackgroundColor(QColor("white"))
    settings.setExtent(view)
    if span is not None:
        settings.setIsTemporal(True)
        settings.setTemporalRange(span)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


def ink(image):
    """How many pixels of a map are not background."""
    image = image.scaled(400, 266)
    white = QColor("white").rgb()
    return sum(
        image.pixel(x, y) != white for x in range(image.width()) for y in range(image.height())
    )


def main(folder, path=None):
    """Look at every file QGIS opens, print what was seen."""
    application = QgsApplication([], True)
    application.initQgis()
    seen = {"version": Qgis.QGIS_VERSION, "geojson": {}, "gpkg": {}}
    for name in LAYERS:
        layer = QgsVectorLayer(f"{folder}/{name}.geojson", name, "ogr")
        layer.loadDefaultStyle()  # the desktop does this by itself
        seen["geojson"][name] = look_at(layer)
        layer = QgsVectorLayer(f"{folder}/alongside.gpkg|layername={name}", name, "ogr")
        layer.loadDefaultStyle()
        seen["gpkg"][name] = look_at(layer)

    canvas = QgsMapCanvas()
    canvas.setObjectName("theMapCanvas")  # what the desktop's own is called
    canvas.resize(1200, 800)
    project = QgsProject.instance()
    seen["opened"] = project.read(f"{folder}/alongside.qgz")
    layers = [node.layer() for node in project.layerTreeRoot().findLayers()]
    span = project.timeSettings().temporalRange()
    view = canvas.extent()
    seen["project"] = {
        "layers": [look_at(layer) for layer in layers],
        "crs": project.crs().authid(),
        "begin": span.begin().toString(Qt.ISODate),
        "end": span.end().toString(Qt.ISODate),
        "mode": project.readNumEntry("TemporalControllerWidget", "/NavigationMode")[0],
        "extent": [view.xMinimum(), view.yMinimum(), view.xMaximum(), view.yMaximum()],
    }
    whole = picture(layers, view)
    first_hour = QgsDateTimeRange(span.begin(), span.begin().addSecs(3600))
    long_before = QgsDateTimeRange(
        QDateTime(2001, 1, 1, 0, 0, 0, 0, Qt.UTC), QDateTime(2001, 1, 1, 1, 0, 0, 0, Qt.UTC)
    )
    seen["ink"] = {
        "whole": ink(whole),
        "span": ink(picture(layers, view, span)),
        "first_hour": ink(picture(layers, view, first_hour)),
        "long_before": ink(picture(layers, view, long_before)),
    }
    for layer in layers:
        layer.setLabelsEnabled(False)
    seen["ink"]["without_labels"] = ink(picture(layers, view))
    if path:
        whole.save(path)
    Path("/dev/stdout").write_text(json.dumps(seen) + "\n", encoding="utf-8")
    os._exit(0)  # PyQGIS 3.22 may crash while it closes down


main(*sys.argv[1:])
