"""Zones of a GeoJSON file, also across the antimeridian."""

import json

import pytest

from pipeline.context.zones import load_zones, zones_of
from pipeline.errors import UsageError


def polygon(name, *rings, kind="Polygon"):
    return {
        "type": "Feature",
        "properties": {"name": name},
        "geometry": {"type": kind, "coordinates": list(rings)},
    }


def box(west, south, east, north):
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def zones(tmp_path, *features, **members):
    path = tmp_path / "zones.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}))
    return load_zones(path)


def test_names_of_all_zones_that_hold_a_position(tmp_path):
    found = zones(
        tmp_path,
        polygon("outer", box(0, 0, 10, 10), box(4, 4, 6, 6)),
        polygon("inner", box(2, 2, 6, 6)),
    )
    positions = [(1, 1), (3, 3), (5, 5), (20, 20), (float("nan"), 1)]
    assert zones_of(found, *zip(*positions, strict=True)) == [
        "outer",
        "outer; inner",
        "inner",
        None,
        None,
    ]


@pytest.mark.parametrize(
    "rings",
    [
        [box(178, -18, 182, -16)],
        [box(-182, -18, -178, -16)],
        [[[178, -18], [-178, -18], [-178, -16], [178, -16], [178, -18]]],
    ],
)
def test_a_zone_across_the_antimeridian(tmp_path, rings):
    found = zones(tmp_path, polygon("Fiji", *rings))
    lon = [179, -179, 181, -181, 177, -177, 0]
    assert zones_of(found, [-17] * 7, lon) == ["Fiji"] * 4 + [None] * 3


def test_a_zone_cut_at_the_antimeridian(tmp_path):
    halves = [[box(178, -18, 180, -16)], [box(-180, -18, -178, -16)]]
    found = zones(tmp_path, polygon("Fiji", *halves, kind="MultiPolygon"))
    assert zones_of(found, [-17] * 4, [179, -179, 180, -180]) == ["Fiji"] * 4


def test_a_hole_keeps_its_place_in_a_zone_across_the_antimeridian(tmp_path):
    hole = box(-179.5, -17.5, -179, -17)
    shell = [[178, -18], [-178, -18], [-178, -16], [178, -16], [178, -18]]
    found = zones(tmp_path, polygon("Fiji", shell, hole))
    assert zones_of(found, [-17.2, -17.2], [-179.2, 179.2]) == [None, "Fiji"]


def test_a_belt_around_the_world_is_no_jump(tmp_path):
    found = zones(tmp_path, polygon("tropics", box(-180, -23, 180, 23)))
    assert zones_of(found, [0, 0, 40], [0, 180, 0]) == ["tropics", "tropics", None]


@pytest.mark.parametrize(
    ("feature", "message"),
    [
        (polygon("", box(0, 0, 1, 1)), "feature 2 .no name.: a zone needs the property name"),
        (
            {"type": "Feature", "properties": {"name": "A"}, "geometry": None},
            "feature 2 .A.: a zone must be a Polygon",
        ),
        (polygon("swapped", box(20, 100, 21, 101)), "lat and lon swapped"),
        (polygon("short", [[0, 0], [1, 1]]), "feature 2 .short.: broken geometry"),
    ],
)
def test_a_wrong_feature_is_an_error_that_names_it(tmp_path, feature, message):
    with pytest.raises(UsageError, match=message):
        zones(tmp_path, polygon("good", box(0, 0, 1, 1)), feature)


def test_other_coordinates_are_an_error(tmp_path):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    with pytest.raises(UsageError, match="WGS 84"):
        zones(tmp_path, polygon("A", box(0, 0, 1, 1)), crs=crs)


@pytest.mark.parametrize(
    ("text", "message"),
    [('{"type": "FeatureCollection",\n oops', "line 2"), ("[]", "no GeoJSON"), ("", "empty")],
)
def test_a_broken_file_is_an_error(tmp_path, text, message):
    path = tmp_path / "zones.geojson"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        load_zones(path)


@pytest.mark.parametrize(
    "text",
    [
        '{"type": {}}',
        '{"type": "FeatureCollection", "features": 1}',
        '{"type": "Feature", "properties": [1], "geometry": {"type": {}}}',
        "[" * 100_000,
        "1" * 5000,
    ],
)
def test_json_of_any_shape_is_refused_by_name(tmp_path, text):
    path = tmp_path / "zones.geojson"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"zones\.geojson"):
        load_zones(path)
