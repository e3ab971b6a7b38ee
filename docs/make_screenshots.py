# mypy: disable-error-code="import-not-found"
"""Takes the tutorial's pictures of a run: `python docs/make_screenshots.py runs/sample`.

The report is opened in headless Chromium by its driver, the project in the real QGIS without a
display (Debian: chromium, chromium-driver, python3-qgis, qgis-providers). QGIS lives in the
system's Python, so this file starts itself there for that part.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).parent / "images"
QGIS_WINDOW = (1200, 700)
REPORT_WINDOW = (1400, 1250)
SYSTEM_PYTHON = "/usr/bin/python3"
PANEL = 300  # pixels of QGIS' layer panel


def report(run: Path, picture: Path) -> None:
    """The report with its longest candidate open of which both hulls are wholly known."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(argument)
    options.add_argument("--window-size={},{}".format(*REPORT_WINDOW))
    with webdriver.Chrome(
        options=options, service=webdriver.ChromeService("/usr/bin/chromedriver")
    ) as chrome:
        chrome.get((run / "report.html").resolve().as_uri())
        rows = chrome.find_elements("css selector", "#rows tr")
        known = []
        for row in rows:
            row.click()
            note = chrome.find_element("css selector", "#card .note").text
            hours = float(row.find_element("css selector", "td:nth-child(5)").text)
            known.append((note.endswith("UTC."), hours))
        rows[known.index(max(known))].click()
        chrome.find_element("id", "zoom").click()
        time.sleep(1.0)  # the map fits itself to the window
        chrome.save_screenshot(str(picture))


def qgis(run: Path, picture: Path) -> None:
    """The project in QGIS: its layers, and the map of the longest candidate."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from qgis.core import QgsApplication, QgsLayerTreeModel, QgsProject
    from qgis.gui import QgsLayerTreeView, QgsMapCanvas
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtWidgets import QDockWidget, QMainWindow

    application = QgsApplication([], True)
    application.initQgis()
    window = QMainWindow()
    window.resize(*QGIS_WINDOW)
    canvas = QgsMapCanvas()
    canvas.setObjectName("theMapCanvas")
    window.setCentralWidget(canvas)
    panel, tree = QDockWidget("Layers"), QgsLayerTreeView()
    panel.setMinimumWidth(PANEL)
    panel.setWidget(tree)
    window.addDockWidget(Qt.LeftDockWidgetArea, panel)
    window.show()

    project = QgsProject.instance()
    project.read(str(run / "alongside.qgz"))
    model = QgsLayerTreeModel(project.layerTreeRoot())
    model.setFlag(QgsLayerTreeModel.ShowLegendAsTree)
    tree.setModel(model)
    tree.expandAll()
    layers = {layer.name(): layer for layer in project.mapLayers().values()}
    pairs = [f for f in layers["Candidates"].getFeatures() if f["kind"] == "pair"]
    pair = max(pairs, key=lambda feature: feature["duration_h"])
    both = [f for f in layers["Tracks"].getFeatures() if f["event_id"] == pair["event_id"]]
    view = both[0].geometry().boundingBox()
    for feature in both[1:]:
        view.combineExtentWith(feature.geometry().boundingBox())
    view.scale(1.1)
    canvas.setDestinationCrs(project.crs())
    canvas.setLayers([node.layer() for node in project.layerTreeRoot().findLayers()])
    canvas.setExtent(view)
    canvas.waitWhileRendering()
    application.processEvents()
    window.grab().save(str(picture))
    os._exit(0)  # PyQGIS 3.22 may crash while it closes down


def main(run: Path, folder: Path = FOLDER) -> None:
    """Take both pictures."""
    folder.mkdir(exist_ok=True)
    report(run, folder / "report.png")
    command = [SYSTEM_PYTHON, __file__, "--qgis", str(run), str(folder / "qgis.png")]
    subprocess.run(command, check=True)  # noqa: S603 - this very file


if __name__ == "__main__":
    if sys.argv[1] == "--qgis":
        qgis(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(*map(Path, sys.argv[1:]))
