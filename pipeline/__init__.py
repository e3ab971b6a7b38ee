"""Alongside: finds ship-to-ship transfers in AIS data and says how much oil they moved."""

from __future__ import annotations

from pipeline._starting import tell_ctrl_c

tell_ctrl_c()

from typing import TYPE_CHECKING  # noqa: E402 - what takes time to import comes after that

from pipeline._kernels import keep_apart  # noqa: E402 - the same

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
