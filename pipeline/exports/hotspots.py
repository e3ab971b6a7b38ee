"""Which candidates gather: the clusters of HDBSCAN's tree, cut at one distance.

Such a cut is what the authors of HDBSCAN call DBSCAN* (Campello, Moulavi and Sander 2013): places
with enough others within reach, chained. It needs no tree; scikit-learn's HDBSCAN gives the same,
but to import it takes as long as to decide a run anew takes in all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]


def clusters(places: NDArray[np.float64], min_candidates: int, reach_m: float) -> Labels:
    """The cluster of each place; -1 for those of none.

    Parameters
    ----------
    places : array of shape (n, 3)
        Earth-centred positions in metres.
    min_candidates : int
        Fewest places that make a cluster, and fewest within reach of each that belongs to one,
        itself included.
    reach_m : float
        Places of a cluster have another of it nearer than this.
    """
    near, far = _pairs(places, reach_m)
    enough = np.bincount(near, minlength=len(places)) >= min_candidates
    both = enough[near] & enough[far]
    cluster = _joined(near[both], far[both], len(places))
    _, cluster, sizes = np.unique(cluster, return_inverse=True, return_counts=True)
    return np.where(enough & (sizes[cluster] >= min_candidates), cluster, -1)


def _pairs(places: NDArray[np.float64], reach_m: float) -> NDArray[np.int64]:
    """Places nearer to each other than that, both ways, and each with itself: shape (2, m)."""
    import shapely

    # Seen along the earth's axis places of both hemispheres coincide; that only makes more to test.
    above = np.asarray(shapely.points(places[:, :2]))
    pairs = shapely.STRtree(above).query(above, predicate="dwithin", distance=reach_m)
    apart = np.linalg.norm(places[pairs[0]] - places[pairs[1]], axis=1)
    found: NDArray[np.int64] = pairs[:, apart < reach_m]
    return found


def _joined(near: NDArray[np.int64], far: NDArray[np.int64], places: int) -> Labels:
    """The first place of those that pairs join each place to, directly or by way of others."""
    first = np.arange(places)
    while True:
        before = first
        first = before.copy()
        np.minimum.at(first, near, before[far])
        first = first[first]
        if np.array_equal(first, before):
            return first
