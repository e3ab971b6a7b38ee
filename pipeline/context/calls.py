"""Port calls: stays of moored ships, with the nearest place that has a name."""

from __future__ import annotations

import polars as pl

from pipeline.schema import PORT_CALLS, conform


def port_calls(stays: pl.DataFrame, places: pl.DataFrame, vessels: pl.DataFrame) -> pl.DataFrame:
    """The moored stays as calls.

    Parameters
    ----------
    stays : pl.DataFrame
        Rows of `stays.STAYS`.
    places : pl.DataFrame
        What lies near each stay, row for row (`port_name`, `port_km`).
    vessels : pl.DataFrame
        `schema.VESSELS`.

    Returns
    -------
    pl.DataFrame
        `schema.PORT_CALLS`.
    """
    calls = (
        stays.hstack(places.select("port_name", "port_km"))
        .filter(pl.col("kind") == "moored")
        .join(vessels.select("track", "track_id", "mmsi"), on="track", how="left")
        .rename({"start": "start_utc", "end": "end_utc", "port_name": "port"})
    )
    return conform(calls, PORT_CALLS).sort("track_id", "start_utc")
