"""The exports stage: writes what a run found for QGIS, notebooks and spreadsheets."""

from __future__ import annotations

from pipeline.exports.results import Results
from pipeline.exports.write import begun, write

__all__ = ["Results", "begun", "write"]
