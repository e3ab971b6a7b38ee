"""Which deliveries count toward the cap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.config.quota import QuotaConfig
from pipeline.context.zones import load_zones, zones_of
from pipeline.quota.chains import Landing
from pipeline.quota.ships import Vessel


class Counting:
    """The rule of the configuration, with the zones it names read.

    Parameters
    ----------
    config : QuotaConfig
        ``count``, ``count_ports``, ``count_zones_file``, ``unlinked_share``.

    Raises
    ------
    UsageError
        The file of zones cannot be read, or holds anything but polygons.
    """

    def __init__(self, config: QuotaConfig) -> None:
        self._config = config
        self._ports = {name.strip().casefold() for name in config.count_ports}
        self._zones = load_zones(config.count_zones_file) if config.count_zones_file else None

    def share(self, landing: Landing, vessel: Vessel | None, meetings: NDArray[np.bool_]) -> float:
        """The chance that a landing counts: 0, 1, or what is said of oil that nobody followed.

        Parameters
        ----------
        landing : Landing
            What a ship brought or holds.
        vessel : Vessel or None
            The ship; None where it was never heard.
        meetings : array of bool
            For each of the landing's transfers, whether it lies in a zone that counts.
        """
        if self._config.count == "all":
            return 1.0
        if self._config.count == "watchlist":
            return 1.0 if vessel is not None and vessel.watchlist is not None else 0.0
        if meetings.any():
            return 1.0
        call = landing.call
        if call is None:
            return self._config.unlinked_share
        named = call.port is not None and call.port.strip().casefold() in self._ports
        inside = call.lat is not None and call.lon is not None
        return 1.0 if named or (inside and self.inside([call.lat], [call.lon])[0]) else 0.0

    def inside(self, lat: Sequence[float | None], lon: Sequence[float | None]) -> NDArray[np.bool_]:
        """Whether positions lie in a zone that counts; unknown ones do not."""
        if self._zones is None:
            return np.zeros(len(lat), dtype=np.bool_)
        y, x = (np.array([np.nan if v is None else v for v in values]) for values in (lat, lon))
        return np.array([name is not None for name in zones_of(self._zones, y, x)], dtype=np.bool_)
