"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]

# The first call of a kernel compiles it, so time per example says nothing. In CI the same examples
# every time: a failure there must be one that the change made.
settings.register_profile("alongside", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("alongside")


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def real_ais() -> Path:
    """The folder of real feeds, which lies beside the project and is no part of it."""
    folder = ROOT.parent / "shared" / "real_ais"
    if not folder.is_dir():
        pytest.skip("no real feeds: ../shared/real_ais is absent")
    return folder
