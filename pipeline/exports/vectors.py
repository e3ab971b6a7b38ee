"""The layers as GeoJSON after RFC 7946 and in one GeoPackage with their styles inside.

It imports nothing of the package: `pipeline.beside` reads this file alone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import geopandas as gpd
    import pyarrow as pa

    PlainLayer = tuple[str, str, pa.Table, NDArray[np.object_], str]

_WGS84 = "EPSG:4326"

# RFC7946 splits what crosses the antimeridian, winds rings anticlockwise and leaves out `crs`.
# Six decimals are 0.1 m. Strings that look like JSON ("[1]", a ship's name) stay strings.
_OPTIONS = {
    "RFC7946": "YES",
    "WRITE_BBOX": "YES",
    "COORDINATE_PRECISION": "6",
    "AUTODETECT_JSON_STRINGS": "NO",
}

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


def geo_frame(table: pa.Table, geometry: NDArray[np.object_]) -> gpd.GeoDataFrame:
    """A GeoDataFrame in WGS 84 whose integers stay integers where some are unknown.

    Parameters
    ----------
    table : pyarrow.Table
        Properties.
    geometry : array of shapely geometries
        One a row.
    """
    import geopandas as gpd
    import pandas as pd

    # Arrow-backed columns: NumPy's would turn an MMSI beside a null into 205000001.0.
    frame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=_WGS84)


def write_layer(table: pa.Table, geometry: NDArray[np.object_], path: Path) -> None:
    """One layer as a GeoJSON file: `write_geojson` of its `geo_frame`."""
    write_geojson(geo_frame(table, geometry), path)


def write_geojson(frame: gpd.GeoDataFrame, path: Path) -> None:
    """One layer as a GeoJSON file named after it.

    Parameters
    ----------
    frame : GeoDataFrame
        In WGS 84, times to whole seconds (GDAL writes them as ``YYYY-MM-DDTHH:MM:SSZ``), one type
        of geometry.
    path : Path
        ``<layer>.geojson``. An empty layer gives a valid, empty FeatureCollection.
    """
    if frame.empty:
        # GDAL asks for a geometry type it cannot know here; the text is short.
        nothing = {"type": "FeatureCollection", "name": path.stem, "features": []}
        path.write_text(json.dumps(nothing) + "\n", encoding="utf-8")
        return
    # By way of memory: on a full disk GDAL leaves a file without its end and says nothing.
    content = BytesIO()
    frame.to_file(
        content, layer=path.stem, driver="GeoJSON", engine="pyogrio", use_arrow=True, **_OPTIONS
    )
    path.write_bytes(content.getvalue())


def write_geopackage(layers: Sequence[PlainLayer], path: Path) -> None:
    """Write all layers, each with its style, as a GeoPackage.

    Parameters
    ----------
    layers : sequence of tuple
        Name, type of geometry, properties, geometries, style as QGIS reads it: no class of the
        package, for another process reads them. Empty ones keep their columns.
    path : Path
        A former file is replaced. GeoPackage 1.3: QGIS before 3.28 warns of newer versions.
    """
    import pyogrio

    path.unlink(missing_ok=True)  # of a try that failed
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _WRITTEN})
    try:
        for name, geometry_type, table, geometry, _ in layers:
            geo_frame(table, geometry).to_file(
                path,
                layer=name,
                driver="GPKG",
                engine="pyogrio",
                use_arrow=True,
                geometry_type=geometry_type,
                VERSION="1.3",
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    with closing(sqlite3.connect(path)) as database, database:
        _embed_styles(database, layers)


def _embed_styles(database: sqlite3.Connection, layers: Sequence[PlainLayer]) -> None:
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
        [(name, name, style, _WRITTEN) for name, _, _, _, style in layers],
    )
