"""Cleaning on real feeds: no ship of a real day is taken for two, none loses its track."""

import polars as pl
import pytest

from pipeline import feeds
from pipeline.cleaning import clean
from pipeline.config import Config
from pipeline.ledger import Ledger
from pipeline.progress import Quiet


@pytest.fixture(scope="module")
def socal(real_ais):
    config, ledger = Config(), Ledger()
    sources, _ = feeds.find_sources(
        [str(real_ais / "socal_2018-06-04.aisdk.csv.gz")], config.feeds, ledger
    )
    read = feeds.merge(feeds.read(sources, config.feeds, ledger, Quiet()))
    return read, clean(read.positions, read.statics, config.cleaning, ledger, Quiet()), ledger


def test_every_row_is_used_or_rejected_by_a_rule(socal):
    _, result, ledger = socal
    assert result.fixes.height == ledger.rows_used
    assert ledger.rows_rejected < 0.03 * ledger.rows_read


def test_no_ship_of_the_day_is_two(socal):
    _, result, _ = socal
    # a receiver's clock was set at 03:49, 04:49 and 20:51: forty ships are heard twice for minutes
    assert result.vessels["mmsi"].is_unique().all()


def test_the_two_of_the_known_transfer_keep_their_fixes(socal):
    read, result, _ = socal
    names = ["ALMI ATLAS", "PARAMOUNT HYDRA"]
    pair = result.vessels.filter(pl.col("name").is_in(names))
    assert sorted(pair["name"].to_list()) == names
    heard = read.positions.filter(pl.col("mmsi").is_in(pair["mmsi"].to_list()))
    assert pair["fixes"].sum() > 0.97 * heard.height
    assert pair.sort("name")["length_m"].to_list() == pytest.approx([336, 250], abs=2)
