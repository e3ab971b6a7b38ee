"""Why a fix is not part of a track: labels that the kernels give instead of a tracklet's number."""

from __future__ import annotations

DUPLICATE = -1  # equal in all to another row
REPEAT = -2  # one transmission heard by several receivers, or late
STUCK = -3  # an old position sent again by a ship that has moved on
SAME_TIME = -4  # another fix of the same ship and time
JUMP = -5  # where the ship cannot have been
CLOCK = -6  # the ship by another clock, while it is still heard by the first

RULES = {
    DUPLICATE: "cleaning.duplicate",
    REPEAT: "cleaning.repeat",
    STUCK: "cleaning.stuck_position",
    SAME_TIME: "cleaning.same_time",
    JUMP: "cleaning.jump",
    CLOCK: "cleaning.clock_off",
}
