"""The files QGIS opens, without QGIS: what stands in them."""

import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from xml.etree import ElementTree as ET

import pytest

from pipeline.config import ExportsConfig
from pipeline.exports import write
from pipeline.exports.styles import candidates_style, qml, tracks_style, zones_style
from pipeline.progress import Quiet
from tests.exports.conftest import World


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    world = World()
    world.meet(205000001, 205000002, score=0.9, name_a='<b>&"quotes"')
    folder = tmp_path_factory.mktemp("run")
    write(world.results(), folder, ExportsConfig(), Quiet())
    return folder


def project(run):
    with zipfile.ZipFile(run / "alongside.qgz") as archive:
        assert archive.namelist() == ["alongside.qgs"]
        return ET.fromstring(archive.read("alongside.qgs"))  # noqa: S314 - written just now


@pytest.mark.parametrize(
    "style",
    [candidates_style(scored=True), candidates_style(scored=False), tracks_style(), zones_style()],
)
def test_styles_are_short_and_let_the_temporal_controller_filter(style):
    text = qml(style)
    temporal = ET.fromstring(text).find("temporal")  # noqa: S314 - written just now
    assert temporal is not None
    assert (temporal.get("startField"), temporal.get("endField")) == ("start_utc", "end_utc")
    assert len(text) < 5500


def test_the_geopackage_is_of_version_1_3_and_holds_the_three_layers(run):
    with closing(sqlite3.connect(run / "alongside.gpkg")) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (10300,)
        tables = database.execute(
            "SELECT table_name FROM gpkg_contents WHERE data_type='features' ORDER BY 1"
        )
        assert [name for (name,) in tables] == ["candidates", "tracks", "zones"]
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_each_layer_of_the_geopackage_has_its_own_style_as_default(run):
    with closing(sqlite3.connect(run / "alongside.gpkg")) as database:
        rows = database.execute(
            "SELECT f_table_name, useAsDefault, styleQML FROM layer_styles ORDER BY 1"
        ).fetchall()
    assert [(name, default) for name, default, _ in rows] == [
        ("candidates", 1),
        ("tracks", 1),
        ("zones", 1),
    ]
    for name, _, style in rows:
        assert style == (run / f"{name}.qml").read_text(encoding="utf-8")


def test_the_project_names_its_data_by_relative_paths_alone(run):
    sources = [element.text for element in project(run).iter("datasource")]
    assert sources == [
        f"./alongside.gpkg|layername={name}" for name in ("candidates", "tracks", "zones")
    ]
    with zipfile.ZipFile(run / "alongside.qgz") as archive:
        assert str(run) not in archive.read("alongside.qgs").decode()


def test_the_project_lists_its_layers_in_order_and_spans_whole_hours(run):
    root = project(run)
    names = [element.get("name") for element in root.iter("layer-tree-layer")]
    assert names == ["Candidates", "Tracks", "Zones"]
    assert root.findtext("ProjectTimeSettings/TemporalRange/start") == "2018-06-04T18:00:00Z"
    assert root.findtext("ProjectTimeSettings/TemporalRange/end") == "2018-06-05T07:00:00Z"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["candidates.geojson", "zones.geojson", "alongside.gpkg"])
def test_gdal_s_own_programs_read_the_layers_without_a_warning(run, name):
    program = shutil.which("ogrinfo")
    if program is None:
        pytest.skip("no GDAL programs: apt-get install gdal-bin")
    done = subprocess.run(  # noqa: S603 - GDAL's program on a file of ours
        [program, "-al", "-ro", run / name], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
