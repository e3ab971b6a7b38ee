"""What is known of each ship's hull, and how surely: the policy for missing dimensions.

AIS gives the antenna; A, B, C and D place it on the hull. Where they are missing an interval is
carried, not a guess: every length here comes with the half-width of what is possible.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.rendezvous.ship_types import CARGO, TANKER, is_aid

F8 = NDArray[np.float64]

ANTENNA_ERROR_M = 2.0
"""A-D are whole metres, entered by hand from a drawing."""
LENGTH_PER_BEAM = 6.0
"""Merchant hulls: 5.4 (VLCC) to 7 (coasters); see any register of particulars."""
UNKNOWN_LENGTH_M = 110.0
UNKNOWN_LENGTH_ERROR_M = 70.0
"""A hull of which nothing is known: from a 40 m craft to a 180 m one. Half of all MMSIs never send
dimensions, and most of those are small."""
MERCHANT_LENGTH_M = 190.0
MERCHANT_LENGTH_ERROR_M = 140.0
"""A tanker or cargo ship of which only the type is known: from a 50 m coaster to a 330 m VLCC."""
AID_LENGTH_M = 8.0
AID_LENGTH_ERROR_M = 6.0
"""An aid to navigation that does not say how large it is: buoys measure 2 to 14 m."""
AFT_SHARE = 0.30
AFT_SHARE_ERROR = 0.18
"""Where the antenna's place is not given: on cargo ships it stands on the bridge, 0.1-0.25 lengths
from the stern, its centre 0.25-0.4 lengths ahead; on others amidships."""
AFT_MIN_LENGTH_M = 60.0
"""Below this the bridge may stand anywhere."""
SIDE_SHARE_ERROR = 0.2
"""Where C and D are not given: the antenna stands within this share of the beam of the keel."""


@dataclass(frozen=True)
class Hulls:
    """Hull of each track (arrays indexed by track), in metres.

    Attributes
    ----------
    length, beam : array
        Best estimate.
    length_error, beam_error : array
        Half-width of what is possible; 0 where typed by the ship.
    forward, starboard : array
        The hull's centre seen from the antenna.
    forward_error, starboard_error : array
        Half-widths.
    known : array of bool
        Length and beam were typed.
    """

    length: F8
    beam: F8
    length_error: F8
    beam_error: F8
    forward: F8
    starboard: F8
    forward_error: F8
    starboard_error: F8
    known: NDArray[np.bool_]

    @property
    def reach(self) -> F8:
        """Farthest that any part of the hull can be from its antenna."""
        along = 0.5 * (self.length + self.length_error) + abs(self.forward) + self.forward_error
        across = 0.5 * (self.beam + self.beam_error) + abs(self.starboard) + self.starboard_error
        out: F8 = np.hypot(np.minimum(along, self.length + self.length_error), across)
        return out


def hulls_of(vessels: pl.DataFrame) -> Hulls:
    """Hulls of all tracks, what is missing filled with an interval.

    Parameters
    ----------
    vessels : pl.DataFrame
        `schema.VESSELS`, a row a track in order of `track`.
    """

    def column(name: str) -> F8:
        return vessels[name].cast(pl.Float64).fill_null(np.nan).to_numpy().astype(np.float64)

    length, beam = column("length_m"), column("beam_m")
    a, b, c, d = (column(f"{side}_m") for side in "abcd")
    has_length, has_beam = ~np.isnan(length), ~np.isnan(beam)
    known = has_length & has_beam
    length_error = np.where(
        has_length, 0.0, np.where(has_beam, 0.25 * LENGTH_PER_BEAM * beam, np.nan)
    )
    length = np.where(has_length, length, LENGTH_PER_BEAM * beam)
    merchant = vessels["ship_type"].is_in((*CARGO, *TANKER)).fill_null(value=False).to_numpy()
    unknown = np.where(merchant, MERCHANT_LENGTH_M, UNKNOWN_LENGTH_M)
    unknown_error = np.where(merchant, MERCHANT_LENGTH_ERROR_M, UNKNOWN_LENGTH_ERROR_M)
    aid = vessels.select(is_aid()).to_series().to_numpy()
    unknown = np.where(aid, AID_LENGTH_M, unknown)
    unknown_error = np.where(aid, AID_LENGTH_ERROR_M, unknown_error)
    length_error = np.where(np.isnan(length), unknown_error, length_error)
    length = np.where(np.isnan(length), unknown, length)
    beam_error = np.where(
        has_beam, 0.0, 0.2 * length / LENGTH_PER_BEAM + length_error / LENGTH_PER_BEAM
    )
    beam = np.where(has_beam, beam, length / LENGTH_PER_BEAM)
    has_along, has_across = ~np.isnan(a) & ~np.isnan(b), ~np.isnan(c) & ~np.isnan(d)
    aft = length >= AFT_MIN_LENGTH_M
    forward = np.where(has_along, 0.5 * (a - b), np.where(aft, AFT_SHARE * length, 0.0))
    forward_error = np.where(
        has_along,
        ANTENNA_ERROR_M,
        np.where(aft, AFT_SHARE_ERROR, 0.4) * length + 0.3 * length_error,
    )
    starboard = np.where(has_across, 0.5 * (d - c), 0.0)
    starboard_error = np.where(has_across, ANTENNA_ERROR_M, SIDE_SHARE_ERROR * beam)
    return Hulls(
        length,
        beam,
        length_error,
        beam_error,
        forward,
        starboard,
        forward_error,
        starboard_error,
        known,
    )


def hull_table(hulls: Hulls, vessels: pl.DataFrame) -> NDArray[np.float64]:
    """The hulls as one array for the compiled functions, a row a track.

    Columns as in `sampling.Hull`, then whether dimensions, and whether antennas, are known.
    """
    antennas = vessels["a_m"].is_not_null() & vessels["c_m"].is_not_null()
    return np.column_stack(
        [
            hulls.length,
            hulls.beam,
            hulls.beam_error,
            hulls.forward,
            hulls.forward_error,
            hulls.starboard,
            hulls.starboard_error,
            hulls.known.astype(np.float64),
            antennas.to_numpy().astype(np.float64),
        ]
    )
