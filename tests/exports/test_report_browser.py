"""The report in a real browser (Debian's chromium), from disk and without a network."""

import base64
import csv
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import ExportsConfig
from pipeline.exports import write
from pipeline.progress import Quiet
from tests.exports.conftest import BEGIN, World

pytestmark = pytest.mark.slow

MARKUP = "<img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://x")'


class Page:
    """The report of a run, open in Chromium."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, report: Path) -> float:
        begun = time.monotonic()
        self.driver.get(report.as_uri())
        assert self.js("return document.documentElement.dataset.ready") == "yes"
        return time.monotonic() - begun

    def js(self, script: str, *arguments):
        return self.driver.execute_script(script, *arguments)

    def one(self, css: str):
        return self.driver.find_element("css selector", css)

    def texts(self, css: str) -> list[str]:
        return [node.text for node in self.driver.find_elements("css selector", css)]

    def rows(self) -> list[str]:
        return self.texts("#rows tr td:nth-child(2)")

    def set(self, css: str, value) -> None:
        self.js(
            "const e = document.querySelector(arguments[0]); e.value = arguments[1];"
            "e.dispatchEvent(new Event('input', {bubbles: true}));",
            css,
            value,
        )

    def key(self, key: str) -> None:
        self.one("body").send_keys(key)

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]


@pytest.fixture(scope="module")
def downloads(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def driver(downloads) -> Iterator[Any]:
    chromium, chromedriver = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
    if not (chromium.exists() and chromedriver.exists()):
        pytest.skip("no Chromium: apt-get install chromium chromium-driver")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--host-resolver-rules=MAP * ~NOTFOUND",  # no network
        "--window-size=1500,1000",
    ):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(str(chromedriver))
    with webdriver.Chrome(options=options, service=service) as chrome:
        yield chrome


def report_of(world: World, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    manifest = {
        "version": "0",
        "config_hash": "c" * 64,
        "inputs": [{"path": "dump.csv", "bytes": 5, "sha256": "ab" * 32}],
        "rows_read": 2,
        "rows_used": 2,
    }
    write(world.results(manifest=manifest), folder, ExportsConfig(), Quiet())
    return folder / "report.html"


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    world = World()
    world.meet(205000001, 205000002, score=0.95, name_a=MARKUP, name_b=FORMULA, hours=6.0)
    world.meet(205000003, 205000004, lat=28.7, score=0.4, hours=3.0, watchlist_a="UN 1718 (IMO)")
    world.meet(205000005, None, lat=35.0, lon=14.0, start=BEGIN + timedelta(hours=48), score=0.7)
    world.meet(205000001, 205000009, candidate=False, start=BEGIN + timedelta(hours=20))
    return report_of(world, tmp_path_factory.mktemp("run"))


@pytest.fixture
def page(driver, report) -> Page:
    opened = Page(driver)
    opened.open(report)
    opened.js("localStorage.clear()")
    opened.open(report)
    return opened


def test_it_opens_without_a_complaint(page):
    page.set("#card input.time", "0")
    page.key("nnp")
    assert page.complaints() == []
    assert page.one("#count").text == "3 of 3 candidates"


def test_a_complaint_would_be_seen(page):
    page.js("document.body.append(new Image()); document.body.lastChild.src = 'http://x/y.png';")
    time.sleep(0.3)
    assert any("Content Security Policy" in message for message in page.complaints())


def test_names_are_text_everywhere(page):
    assert page.rows()[0] == f"{MARKUP} + {FORMULA}"
    assert page.one("#card h2").text == f"{MARKUP} + {FORMULA}"
    assert page.js("return document.querySelectorAll('img').length") == 0


def test_filters_narrow_the_list_and_the_map(page):
    page.set("#f-score", "0.6")
    assert [row[:4] for row in page.rows()] == ["<img", "SHIP"]
    page.set("#f-score", "0")
    page.one("#f-watchlist").click()
    assert page.rows() == ["SHIP 205000003 + SHIP 205000004"]
    page.one("#f-watchlist").click()
    page.set("#f-hours", "5")
    assert len(page.rows()) == 2
    page.set("#f-hours", "0")
    page.set("#f-text", "205000005")
    assert page.rows() == ["SHIP 205000005 + partner not heard"]


def test_the_time_sliders_narrow_the_list(page):
    page.set("#f-from", str((BEGIN + timedelta(hours=24)).timestamp()))
    assert page.rows() == ["SHIP 205000005 + partner not heard"]


def test_a_click_on_a_head_sorts(page):
    page.driver.find_elements("css selector", "#head button")[4].click()
    hours = [float(text) for text in page.texts("#rows tr td:nth-child(5)")]
    assert hours == sorted(hours)


def test_keys_step_and_judge_and_the_verdict_is_kept(page, report):
    page.key("n")
    assert "SHIP 205000005" in page.one("#card h2").text
    page.key("c")
    assert page.texts("#rows tr td:last-child") == ["", "confirmed", ""]
    page.open(report)
    assert page.texts("#rows tr td:last-child") == ["", "confirmed", ""]


def test_verdicts_are_exported_as_labels(page, downloads):
    page.one("#card button.rejected").click()
    page.js(
        "const e = document.querySelector('#card input.remark'); e.value = '=1+1, said \"x\"';"
        "e.dispatchEvent(new Event('change'));"
    )
    page.one("#export").click()
    file = downloads / "labels.csv"
    for _ in range(50):
        if file.exists():
            break
        time.sleep(0.1)
    with file.open(newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert row == {
        "event_id": "E0000",
        "verdict": "rejected",
        "mmsi_a": "205000001",
        "mmsi_b": "205000002",
        "start_utc": "2018-06-04T21:30:00Z",
        "end_utc": "2018-06-05T03:30:00Z",
        "note": '\'=1+1, said "x"',
    }


def test_the_slider_moves_the_hulls_and_the_charts(page):
    def hull():
        return page.one("#card .scene polygon.side-a").get_attribute("points")

    page.one("#card button:not(.verdicts button)").click()
    before = hull()
    cursor = page.one("#card .chart .cursor").get_attribute("x1")
    page.set("#card input.time", str((BEGIN + timedelta(hours=1)).timestamp()))
    assert hull() != before
    assert page.one("#card .chart .cursor").get_attribute("x1") != cursor


def test_a_key_zooms_to_the_tracks_of_the_open_candidate(page):
    before = page.one(".leaflet-control-scale-line").text
    page.key("z")
    assert before.endswith(" km")
    assert page.one(".leaflet-control-scale-line").text != before


def test_the_hours_under_the_charts_are_utc_and_name_each_day_once(page):
    labels = page.js(
        "return [...document.querySelectorAll('#card .hours text')].map((t) => t.textContent)"
    )
    hours, days = labels[::2], labels[1::2]
    assert hours == ["20:00", "22:00", "00:00", "02:00", "04:00", "06:00"]
    assert days == ["06-04", "", "06-05", "", "", ""]


def test_hulls_are_drawn_to_scale(page):
    size = page.js(
        "const p = [...document.querySelector('#card .scene polygon.side-a').points];"
        "const x = p.map((q) => q.x), y = p.map((q) => q.y);"
        "const bar = document.querySelector('#card .scene .bar');"
        "return [Math.max(...x) - Math.min(...x), Math.max(...y) - Math.min(...y),"
        " bar.x2.baseVal.value - bar.x1.baseVal.value,"
        " parseFloat(document.querySelector('#card .scene .axis').textContent)];"
    )
    length, beam, bar, metres = size
    # Both head east: length along x, beam along y.
    assert length / bar * metres == pytest.approx(240.0, rel=0.01)
    assert beam / bar * metres == pytest.approx(42.0, rel=0.02)


def test_near_misses_are_listed(page):
    assert "E0003" in page.one("#card").text


def test_printed_each_candidate_is_an_evidence_page(page):
    page.js("window.dispatchEvent(new Event('beforeprint'))")
    pages = page.js(
        "return [...document.querySelectorAll('#print .card')].map((c) => c.textContent)"
    )
    assert len(pages) == 3
    for text in pages:
        assert "ab" * 32 in text
        assert "A candidate is a lead, not a finding" in text
    page.js("window.dispatchEvent(new Event('afterprint'))")
    printed = base64.b64decode(page.driver.print_page())
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 3


def test_on_a_telephone_nothing_runs_out_at_the_side(page, report):
    size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        page.open(report)
        assert page.js("return document.documentElement.scrollWidth") == 390
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_sliders_at_their_ends_leave_out_nobody(page):
    for css, end in (("#f-from", "min"), ("#f-to", "max")):
        page.set(css, page.js(f"return document.querySelector(arguments[0]).{end}", css))
    assert page.one("#count").text == "3 of 3 candidates"


def test_what_is_nearly_sure_is_not_shown_as_sure(driver, tmp_path):
    world = World()
    world.meet(205000001, 205000002, score=0.9997, volume=787_804.0)
    page = Page(driver)
    page.open(report_of(world, tmp_path))
    assert ">0.99" in page.one("#rows tr").text
    assert "score >0.99" in page.one("#card").text
    assert "788,000" in page.one("#rows tr").text


def test_a_lone_ship_has_a_legend_of_its_own(page):
    page.js("document.querySelectorAll('#rows tr')[1].click()")
    assert page.one("#card h2").text.endswith("partner not heard")
    legend = page.one("#card .legend").text
    assert "a: no report" in legend
    assert "b:" not in legend


def test_a_thousand_candidates_are_ready_in_three_seconds(driver, tmp_path):
    world = World()
    for i in range(1000):
        lat, lon = -60.0 + i % 120, -179.0 + i * 0.35
        world.meet(205000001 + 2 * i, 205000002 + 2 * i, lat=lat, lon=lon, score=i / 1000)
    path = report_of(world, tmp_path)
    assert path.stat().st_size < 15_000_000
    page = Page(driver)
    assert page.open(path) < 3.0
    assert page.one("#count").text == "1000 of 1000 candidates"
    assert page.complaints() == []


def test_a_run_without_candidates_says_so(driver, tmp_path):
    page = Page(driver)
    page.open(report_of(World(), tmp_path))
    assert "This run has no candidates." in page.one("#card").text
    assert page.complaints() == []
