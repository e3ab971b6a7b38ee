"""What each fix says of a ship's motion, made ready once for all the pairs that ask for it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.cleaning.coarse import is_coarse
from pipeline.rendezvous.geometry import sine_cosine
from pipeline.rendezvous.runs import F8

F4 = NDArray[np.float32]

COURSE_AS_HEADING_KN = 3.0
"""Above this speed the course stands in for a missing heading; below it, it is noise or drift."""


class Reported(NamedTuple):
    """Of each fix, for the compiled functions.

    Attributes
    ----------
    bow_deg : array of float
        Where the bow points: the heading, or the course of a ship under way; else NaN.
    east_kn, north_kn : array of float
        Velocity over ground; NaN where it is not known.
    coarse : array of bool
        Whether the position is exact to a tenth of a minute only.
    """

    bow_deg: F8
    east_kn: F8
    north_kn: F8
    coarse: NDArray[np.bool_]


@njit(cache=True, nogil=True)
def reported_of(lat: F8, lon: F8, sog_kn: F4, cog_deg: F4, heading_deg: F4) -> Reported:
    """What each fix says of motion.

    Parameters
    ----------
    lat, lon, sog_kn, cog_deg, heading_deg : array
        As in `Tracks`.
    """
    n = len(lat)
    bow_deg, coarse = np.empty(n), np.empty(n, np.bool_)
    east_kn, north_kn = np.empty(n), np.empty(n)
    for i in range(n):
        speed, course = float(sog_kn[i]), float(cog_deg[i])
        bow_deg[i] = float(heading_deg[i])
        if np.isnan(bow_deg[i]) and speed >= COURSE_AS_HEADING_KN:
            bow_deg[i] = course
        sine, cosine = sine_cosine(course)
        still = speed == 0.0  # and then goes nowhere, whatever the course
        east_kn[i] = 0.0 if still else speed * sine
        north_kn[i] = 0.0 if still else speed * cosine
        coarse[i] = is_coarse(lat[i], lon[i])
    return Reported(bow_deg, east_kn, north_kn, coarse)
