"""One stream of draws for each thing drawn, named by what it is for, not by its place in a table.

So the draws of a ship or an event are the same whatever else is in the run and in which order.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np


def generator(seed: int, *names: str) -> np.random.Generator:
    """The generator of a seed and names, such as ``generator(2397, "event", event_id)``."""
    # JSON-like joining with a character that no id holds keeps ("a", "bc") and ("ab", "c") apart.
    digest = blake2b("\x1f".join(names).encode(), digest_size=16).digest()
    return np.random.default_rng([seed, int.from_bytes(digest, "big")])
