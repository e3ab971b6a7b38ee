"""The time of sentences in a log that holds none, from the seconds that position reports carry."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numba import njit
from numpy.typing import NDArray

IN_STEP_S = 10  # reports are sent within seconds of the fix; more is a ship's clock that is off
ODD_BEFORE_JUMP = 5  # reports in a row that disagree with the clock before it believes them
CLOCK_MS, ODD = range(2)


class RunningClock:
    """Runs from a given time by the seconds of the minute in position reports.

    It is right as long as no silence in the log lasts a minute.
    """

    def __init__(self, start: datetime) -> None:
        self._state = np.array([int(start.timestamp() * 1000), 0], np.int64)

    def run(self, seconds: NDArray[np.int32], own_ms: NDArray[np.int64]) -> NDArray[np.int64]:
        """The time of each message, in milliseconds, in the order of the log.

        Parameters
        ----------
        seconds : array of int32
            UTC second of each message; 60 and more, or below 0, where it has none.
        own_ms : array of int64
            Times that some have all the same (-1: none): the clock is set by them.
        """
        return _run(seconds, own_ms, self._state)


@njit(cache=True)
def _run(
    seconds: NDArray[np.int32], own_ms: NDArray[np.int64], state: NDArray[np.int64]
) -> NDArray[np.int64]:
    times = np.empty(len(seconds), np.int64)
    for i in range(len(seconds)):
        if own_ms[i] >= 0:
            state[CLOCK_MS], state[ODD] = own_ms[i], 0
        elif 0 <= seconds[i] < 60:
            ahead = (seconds[i] - state[CLOCK_MS] // 1000) % 60
            if ahead <= IN_STEP_S:
                state[CLOCK_MS] += ahead * 1000
                state[ODD] = 0
            elif ahead >= 60 - IN_STEP_S:  # heard late, or passed on late
                state[ODD] = 0
            else:
                state[ODD] += 1
                if state[ODD] >= ODD_BEFORE_JUMP:
                    state[CLOCK_MS] += ahead * 1000
                    state[ODD] = 0
        times[i] = state[CLOCK_MS]
    return times
