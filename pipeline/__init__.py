"""Alongside: finds ship-to-ship transfers in AIS data and says how much oil they moved."""

from pipeline._kernels import keep_apart

__version__ = "0.1.0"

keep_apart()
