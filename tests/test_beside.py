import os
import sys
import time

import numpy as np
import pytest

from pipeline.beside import FOR_A_FOLDER, helper
from pipeline.exports.hotspots import clusters

PLACES = np.concatenate(
    [
        np.random.default_rng(5).normal(0.0, 4e3, (40, 3)),
        np.random.default_rng(6).uniform(-1e6, 1e6, (40, 3)),
    ]
)


def own_process() -> int:
    return os.getpid()


def slow() -> None:
    time.sleep(60.0)


def fails() -> None:
    raise ValueError("no such thing")


def prints() -> str:
    sys.stdout.write("what a library has to say\n")
    return "done"


def test_what_is_done_there_is_what_is_done_here():
    with helper(FOR_A_FOLDER) as other:
        there = other.begin(clusters, PLACES, 3, 10_000.0)
        assert there.result().max() >= 0
        assert there.result().tolist() == clusters(PLACES, 3, 10_000.0).tolist()


def test_it_is_another_process_that_answers_one_after_the_other():
    with helper([]) as other:
        first, second = other.begin(own_process), other.begin(own_process)
        assert first.result() == second.result() != os.getpid()


def test_a_process_that_ended_is_made_up_for(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with helper([]) as other:
        assert other.begin(own_process).result() == os.getpid()
        assert other.begin(clusters, np.zeros((4, 3)), 3, 1e4).result().tolist() == [0, 0, 0, 0]


def test_what_it_cannot_import_is_made_up_for():
    with helper(["no_such_module"]) as other:
        assert other.begin(own_process).result() == os.getpid()


def test_an_error_there_is_raised_here():
    with helper([]) as other:
        failed = other.begin(fails)
        with pytest.raises(ValueError, match="no such thing"):
            failed.result()
        assert other.begin(own_process).result() != os.getpid()


def test_what_is_printed_there_is_no_answer():
    with helper([]) as other:
        assert other.begin(prints).result() == "done"


def test_nobody_waits_for_what_nobody_asks_for():
    begun = time.monotonic()
    with helper([]) as other:
        other.begin(slow)
        other.begin(own_process)
    assert time.monotonic() - begun < 30.0
