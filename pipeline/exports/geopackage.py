"""The layers in one GeoPackage, each with its QGIS style inside."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from pipeline.exports.layers import Layer
from pipeline.exports.styles import qml

# GDAL and QGIS stamp tables with the time of writing; a fixed one keeps the bytes the same.
_WRITTEN = "1970-01-01T00:00:00.000Z"

# The table in which QGIS looks for styles, column by column as QGIS makes it.
_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
)
"""


def write_geopackage(layers: Sequence[Layer], path: Path) -> None:
    """Write the layers and their styles.

    Parameters
    ----------
    layers : sequence of Layer
        Empty ones keep their columns.
    path : Path
        A file that does not exist. GeoPackage 1.3: QGIS before 3.28 warns of newer versions.
    """
    import pyogrio

    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _WRITTEN})
    try:
        for layer in layers:
            layer.frame.to_file(
                path,
                layer=layer.name,
                driver="GPKG",
                engine="pyogrio",
                use_arrow=True,
                geometry_type=layer.geometry,
                VERSION="1.3",
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    with closing(sqlite3.connect(path)) as database, database:
        _embed_styles(database, layers)


def _embed_styles(database: sqlite3.Connection, layers: Sequence[Layer]) -> None:
    database.execute(_STYLES)
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change,"
        " srs_id) VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)",
        (_WRITTEN,),
    )
    database.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
        " f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner,"
        " update_time) VALUES ('', '', ?, 'geom', ?, ?, '', 1, '', '', ?)",
        [(layer.name, layer.name, qml(layer.style), _WRITTEN) for layer in layers],
    )
