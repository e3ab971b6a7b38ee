"""Port lists: the shipped one, the user's own, the World Port Index; the nearest port."""

import numpy as np
import polars as pl
import pytest

from pipeline.context.ports import load_ports, nearest_port
from pipeline.errors import UsageError


def test_the_shipped_list_knows_ports_of_every_sea():
    ports = load_ports()
    assert ports.height > 3000
    known = {
        "Singapore": (1.26, 103.83),
        "Fujairah": (25.17, 56.36),
        "Nampo": (38.73, 125.41),
        "Ceuta": (35.89, -5.32),
        "Port Hueneme": (34.15, -119.20),
        "Rotterdam": (51.90, 4.45),
        "Le Port": (-20.93, 55.29),
    }
    names, km = nearest_port(ports, *zip(*known.values(), strict=True))
    assert names.to_list() == list(known)
    assert km.max() < 5


def test_nearest_port_crosses_the_antimeridian_and_keeps_the_order():
    ports = pl.DataFrame({"name": ["east", "west"], "lat": [-17.0, -17.0], "lon": [179.0, -178.5]})
    names, km = nearest_port(ports, [-17.0, -17.0, np.nan], [179.9, -179.9, 0.0])
    assert names.to_list() == ["east", "east", None]
    assert km[:2] == pytest.approx([95.8, 117.1], abs=0.3)
    assert np.isnan(km[2])


@pytest.mark.parametrize(
    "text",
    [
        "name,lat,lon\nAlpha,10.5,20.25\n",
        "\ufeffName;Lat;Lon\nAlpha;10.5;20.25\n",
        "OID_,World Port Index Number,Region Name,Main Port Name,Alternate Port Name,UN/LOCODE,"
        "Latitude,Longitude\n1,1.0,Test,Alpha,,AA ALP,10.5,20.25\n",
        "INDEX_NO,PORT_NAME,LATITUDE,LONGITUDE\n1,Alpha,10.5,20.25\n",
    ],
)
def test_own_lists_and_the_world_port_index_are_read(tmp_path, text):
    path = tmp_path / "ports.csv"
    path.write_text(text, encoding="utf-8")
    assert load_ports(path).rows() == [("Alpha", 10.5, 20.25)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,lat\nAlpha,10\n", "needs the columns name, lat and lon"),
        ("name,lat,lon\nAlpha,10N,20\n", "line 2: no position"),
        ("name,lat,lon\nAlpha,1,2\nBeta,95,20\n", "line 3: no such position"),
        ("name,lat,lon\n", "no ports"),
        ("", "empty"),
    ],
)
def test_a_wrong_list_is_an_error_that_names_the_row(tmp_path, text, message):
    path = tmp_path / "ports.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=message) as error:
        load_ports(path)
    assert str(path) in str(error.value)
