"""A world of AIS traffic made by physics, with the truth about it.

Ships with hulls and antennas move in wind and tide (`motion`), come alongside each other
(`manoeuvre`), and are heard as receivers hear them (`radio`, `typed`, `faults`). `scenes` holds one
function a kind of event: transfers, and what looks like them. `compose.make_world(seed, options)`
plays them all over the seas; `writers` writes the reports in the layouts of real feeds.

Nothing here uses the detector's code: what it is judged by must not share its mistakes.
"""
