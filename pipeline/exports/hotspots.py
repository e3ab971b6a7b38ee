"""Which candidates gather: scikit-learn's HDBSCAN, as a process beside the rest of the writing.

Importing scikit-learn takes most of a second, as long as all else that is written. `beside` has
another process do it meanwhile, which runs this file alone and imports nothing of the package.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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


@contextmanager
def beside(
    places: NDArray[np.float64], min_candidates: int, reach_m: float
) -> Iterator[Callable[[], Labels]]:
    """Begin with `clusters`; what is yielded waits for them and gives them.

    Parameters
    ----------
    places, min_candidates, reach_m
        As for `clusters`.
    """
    if len(places) < min_candidates:
        yield lambda: clusters(places, min_candidates, reach_m)
        return
    command = [sys.executable, "-P", __file__, str(min_candidates), repr(reach_m)]
    with subprocess.Popen(  # noqa: S603 - this file
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        process_group=0,  # Ctrl-C is for this process, which then ends the other
    ) as child:

        def labels() -> Labels:
            found = child.communicate(places.astype(np.float64).tobytes())[0]
            if child.returncode:  # whatever it was, here it is told
                return clusters(places, min_candidates, reach_m)
            return np.frombuffer(found, dtype=np.int64)

        try:
            yield labels
        finally:
            child.kill()


def _main() -> None:
    """Places on standard input, clusters on standard output."""
    min_candidates, reach_m = int(sys.argv[1]), float(sys.argv[2])
    import sklearn.cluster  # noqa: F401 - before the places are there

    places = np.frombuffer(sys.stdin.buffer.read(), dtype=np.float64).reshape(-1, 3)
    sys.stdout.buffer.write(clusters(places, min_candidates, reach_m).tobytes())


if __name__ == "__main__":
    _main()
