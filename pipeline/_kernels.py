"""Where compiled functions are kept.

Numba keeps a compiled function until the file it stands in changes, though it may have another
file's functions compiled into it. A stale one would give wrong figures, so each state of the
package's sources gets a folder of its own: beside the package where that can be written to, else
in the user's cache.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def _digest(package: Path) -> str:
    """A name for the state of the sources that are compiled."""
    state = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        source = path.read_bytes()
        if b"numba" in source:
            state.update(source)
    return state.hexdigest()[:16]


def keep_apart() -> None:
    """Point Numba's cache at the folder for this state of the sources, unless the user chose one.

    To be called before Numba is first imported.
    """
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    package = Path(__file__).parent
    beside = package / "__pycache__"
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "alongside"
    root = beside if os.access(beside if beside.exists() else package, os.W_OK) else home
    os.environ["NUMBA_CACHE_DIR"] = str(root / f"kernels-{_digest(package)}")
