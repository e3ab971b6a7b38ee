"""Which candidates gather: scikit-learn's HDBSCAN.

It imports nothing of the package: `pipeline.beside` reads this file alone.
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
        Fewest places that make a cluster.
    reach_m : float
        Distance at which HDBSCAN's tree is cut.
    """
    if len(places) < min_candidates:
        return np.full(len(places), -1, dtype=np.int64)
    from sklearn.cluster import HDBSCAN

    model = HDBSCAN(min_cluster_size=min_candidates, copy=True).fit(places)
    return model.dbscan_clustering(reach_m, min_cluster_size=min_candidates).astype(np.int64)
