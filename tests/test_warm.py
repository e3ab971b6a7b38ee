"""What set-up compiles: the stages run on it, so that it stays what they call."""

from __future__ import annotations

from pipeline import warm


def test_both_halves_run_on_what_they_make():
    warm.warm_reading()
    warm.warm_finding()
