# mypy: disable-error-code="import-not-found"
"""Looks at a comparison's layer with the real QGIS and prints what it sees as JSON.

usage: python3 qgis_changes.py FOLDER

Runs under the system's Python, where PyQGIS lives, without a display.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    QgsApplication,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsVectorLayer,
)

application = QgsApplication([], True)
application.initQgis()
layer = QgsVectorLayer(f"{sys.argv[1]}/changes.geojson", "changes", "ogr")
layer.loadDefaultStyle()
context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
tips, labels = [], []
for feature in layer.getFeatures():
    context.setFeature(feature)
    tips.append(QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context))
    labels.append(QgsExpression(layer.labeling().settings().fieldName).evaluate(context))
seen = {
    "valid": layer.isValid(),
    "fields": {field.name(): field.typeName() for field in layer.fields()},
    "renderer": layer.renderer().type(),
    "legend": [item.label() for item in layer.renderer().legendSymbolItems()],
    "temporal": layer.temporalProperties().isActive(),
    "tips": tips,
    "labels": labels,
}
Path("/dev/stdout").write_text(json.dumps(seen) + "\n", encoding="utf-8")
os._exit(0)  # PyQGIS 3.22 may crash while it closes down
