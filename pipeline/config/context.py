"""Configuration of the context stage: files the user brings, and what lying moored means."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from pipeline.config._section import Section


class ContextConfig(Section):
    """Ports, zones, fleet, watchlists of the user's own; berths learned from the traffic."""

    ports_file: Path | None = None
    """CSV of ports (name, lat, lon, or the World Port Index as published) used in place of the
    shipped list of 3,220. Layouts: docs/context.md."""
    zones_file: Path | None = None
    """GeoJSON of polygons with a property `name`: anchorages, transfer areas, economic zones."""
    fleet_file: Path | None = None
    """CSV, one row a ship: imo, mmsi, name, deadweight_t, capacity_m3, length_m, beam_m,
    summer_draught_m, product."""
    watchlist_files: tuple[Path, ...] = ()
    """Lists of ships, each as published: OpenSanctions maritime.csv or targets.simple.csv, the UN
    1718 vessel list, OFAC sdn.csv, or a CSV of your own with imo, mmsi or name."""

    moored_min_h: float = Field(default=3.0, gt=0)
    """Shortest stay that is judged, hours. A ship at anchor held by a steady tide shows a swing or
    a yaw within half of the 6.2 h between its turns."""
    moored_radius_m: float = Field(default=20.0, gt=0)
    """Nine in ten positions of a moored ship lie this near their median, metres. GNSS without
    corrections is off by 10 m (one sigma), with DGNSS by 3; an anchored ship's antenna sweeps
    25 m and more as soon as she yaws by 10 degrees about an anchor 150 m ahead."""
    moored_heading_spread_deg: float = Field(default=4.0, gt=0)
    """Nine in ten headings of a moored ship lie this near their mean, degrees. Slack lines give 1
    to 2, a gyro's rounding half; ships yaw by 5 and more at anchor even in light winds."""
    anchored_radius_m: float = Field(default=600.0, gt=0)
    """Nine in ten positions of an anchored ship lie this near their median, metres: eight shackles
    of chain (220 m) and the length of the largest tankers (330 m)."""
    stay_gap_h: float = Field(default=6.0, gt=0)
    """Silence that a stay outlasts when the ship is found in the same place after it, hours. Two
    calls at one berth with half a tide between them are two stays."""
    berth_min_h: float = Field(default=6.5, gt=0)
    """A fixed ship makes a berth by herself after this long, hours: longer than the 6.2 h between
    two turns of the tide, which would have swung a pair lying at one anchor."""
    berth_shore_km: float = Field(default=2.0, ge=0)
    """A shorter stay makes a berth where the crew reports status 5 (moored) this near the shore,
    km: the longest jetties reach that far. Ships alongside another at sea report 5 too."""
    harbour_link_km: float = Field(default=1.0, gt=0)
    """Berths nearer to each other than this are one harbour, km: piers of a port lie within some
    hundred metres, the next port or offshore terminal kilometres away."""
    port_name_km: float = Field(default=10.0, ge=0)
    """A harbour takes the name of a listed port within this, km: listed positions stand for towns
    and large ports and are off by 3 km in the median."""
