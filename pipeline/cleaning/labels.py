"""Why a fix is not part of a track: labels that the kernels give instead of a tracklet's number."""

from __future__ import annotations

REPEAT = -1  # one transmission heard by several receivers, or late
STUCK = -2  # an old position sent again by a ship that has moved on
SAME_TIME = -3  # another fix of the same ship and time
JUMP = -4  # where the ship cannot have been
CLOCK = -5  # the ship by another clock, while it is still heard by the first

RULES = {
    REPEAT: "cleaning.repeat",
    STUCK: "cleaning.stuck_position",
    SAME_TIME: "cleaning.same_time",
    JUMP: "cleaning.jump",
    CLOCK: "cleaning.clock_off",
}
