"""Benchmarks: a world made by physics, baselines, and how the detector fares against both."""
