import polars as pl
import pytest

from tests.cleaning.ships import M_PER_DEG, at, cleaned, reports

KN = 1852 / 3600


def convoy(ahead_m, slow_kn, first_row, silent_h):
    """A ship going north at 12 kn, from the fourth hour to the sixth at another speed."""
    rows, north = [], ahead_m
    for minute in range(12 * 60):
        kn = slow_kn if 240 <= minute < 360 else 12.0
        north += kn * KN * 60
        if not silent_h[0] * 60 < minute <= silent_h[1] * 60:
            rows.append(
                {
                    "time": at(60.0 * minute + first_row % 7),
                    "lat": 40.0 + north / M_PER_DEG,
                    "sog_kn": kn,
                    "row": first_row + minute,
                }
            )
    return reports(rows)


@pytest.mark.parametrize("slow_kn", [9.0, 13.0])
def test_ships_in_convoy_keep_their_places_through_a_silence_of_both(slow_kn):
    van = convoy(3_000.0, slow_kn, 2, (1, 6))
    rear = convoy(0.0, slow_kn, 5003, (5.8, 10))
    result, _ = cleaned(pl.concat([van, rear]))
    assert result.vessels.height == 2
    of_van = van.select("time", pl.lit(value=True).alias("van"))
    told = result.fixes.join(of_van, on="time", how="left")
    assert told.group_by("track").agg(pl.col("van").fill_null(value=False).n_unique())[
        "van"
    ].to_list() == [1, 1]
