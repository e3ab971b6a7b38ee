"""GeoJSON after RFC 7946, the same bytes on every write."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd

# RFC7946 splits what crosses the antimeridian, winds rings anticlockwise and leaves out `crs`.
# Six decimals are 0.1 m. Strings that look like JSON ("[1]", a ship's name) stay strings.
_OPTIONS = {
    "RFC7946": "YES",
    "WRITE_BBOX": "YES",
    "COORDINATE_PRECISION": "6",
    "AUTODETECT_JSON_STRINGS": "NO",
}


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
