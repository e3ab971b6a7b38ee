"""Alongside: finds ship-to-ship transfers in AIS data and says how much oil they moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline._kernels import keep_apart

if TYPE_CHECKING:
    import os

    from pipeline.desk.frames import LoadedRun

__version__ = "0.1.0"

keep_apart()


def load(run: str | os.PathLike[str]) -> LoadedRun:
    """A finished run for notebooks: GeoDataFrames and a MovingPandas collection.

    Parameters
    ----------
    run : str or path
        The run's folder.

    Returns
    -------
    LoadedRun
        With ``candidates``, ``tracks``, ``zones``, ``encounters`` (GeoDataFrames),
        ``trajectories`` (a ``TrajectoryCollection``), ``quota`` and ``manifest``.

    Raises
    ------
    UsageError
        The folder is no run, or a file of it is missing or damaged.
    """
    from pathlib import Path

    from pipeline.desk.frames import load_run

    return load_run(Path(run))
