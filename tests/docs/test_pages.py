from __future__ import annotations

import re
import runpy
from typing import Any

import pytest

from tests.conftest import ROOT

DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


@pytest.fixture(scope="module")
def drawings() -> dict[str, Any]:
    drawn: dict[str, Any] = runpy.run_path(str(DOCS / "make_drawings.py"))["DRAWINGS"]
    return drawn


@pytest.mark.parametrize("name", ["antenna.svg", "gap.svg", "alike.svg"])
def test_the_drawings_are_what_the_geometry_says(drawings, name):
    text = (DOCS / "images" / name).read_text(encoding="utf-8")
    assert text == drawings[name]().svg(), "run: python docs/make_drawings.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", text)
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []
