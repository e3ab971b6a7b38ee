"""Alongside: finds ship-to-ship transfers in AIS data and says how much oil they moved."""

__version__ = "0.1.0"
