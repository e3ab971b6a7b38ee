"""What goes wrong between the ship and the file: repeats, sentinels, clocks years off."""

from __future__ import annotations

import numpy as np
import polars as pl

REPEATED = 0.01  # heard by a second receiver, stamped a few seconds apart
NO_POSITION = 0.0008  # latitude 91, longitude 181
NO_SPEED, NO_COURSE, NO_HEADING = 0.002, 0.002, 0.005


def with_faults(rng: np.random.Generator, reports: pl.DataFrame) -> pl.DataFrame:
    """The reports with a share of them repeated, blanked or misdated."""
    n = reports.height
    u = rng.random((n, 4))
    blank = pl.Series(u[:, 0] < NO_POSITION)
    table = reports.with_columns(
        lat=pl.when(blank).then(91.0).otherwise(pl.col("lat")),
        lon=pl.when(blank).then(181.0).otherwise(pl.col("lon")),
        sog_kn=pl.when(pl.Series(u[:, 1] < NO_SPEED)).then(102.3).otherwise(pl.col("sog_kn")),
        cog_deg=pl.when(pl.Series(u[:, 2] < NO_COURSE)).then(360.0).otherwise(pl.col("cog_deg")),
        heading_deg=pl.when(pl.Series(u[:, 3] < NO_HEADING))
        .then(511.0)
        .otherwise(pl.col("heading_deg")),
    )
    again = table.filter(pl.Series(rng.random(n) < REPEATED))
    later = pl.Series(rng.integers(1, 6, again.height) * 1000)
    again = again.with_columns(time=pl.col("time") + later)
    ahead = table[rng.integers(0, n, 2).tolist()].with_columns(
        time=pl.col("time") + 2 * 365 * 86_400_000  # a receiver's clock two years fast
    )
    return pl.concat([table, again, ahead]).sort("time", "mmsi", "key", "sent", "lat")
