"""Places as metres from the middle of the earth, where no meridian and no pole is special."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pyproj import Transformer


def earth_centred(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres from the middle of the earth, of places on the ellipsoid of WGS 84.

    Parameters
    ----------
    places : array of shape (n, 2)
        Longitude and latitude in degrees.

    Returns
    -------
    array of shape (n, 3)
        Toward longitude 0 on the equator, longitude 90, and the north pole.
    """
    lon, lat = places.T
    return np.column_stack(_earth().transform(lon, lat, np.zeros(len(places))))


def on_the_ground(point: NDArray[np.float64]) -> tuple[float, float]:
    """Longitude and latitude of a point in earth-centred metres, whatever its height."""
    x, y, z = point
    lon, lat, _ = _earth().transform(x, y, z, direction="INVERSE")
    return float(lon), float(lat)


@cache
def _earth() -> Transformer:
    from pyproj import Transformer

    # By its steps: by the names of both systems (EPSG:4979 and 4978) it is looked up in a database.
    return Transformer.from_pipeline(
        "+proj=pipeline"
        " +step +proj=unitconvert +xy_in=deg +xy_out=rad"
        " +step +proj=cart +ellps=WGS84"
    )
