"""``report.html``: one page with everything inside, which opens from disk without a network.

Its policy forbids every load, style and script but its own, which it names by their hashes. Data
stand in it as JSON, and the page's code puts text into elements as text: whatever a ship typed
stays text.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

# In the order in which they use each other; the last one begins.
_SCRIPTS = (
    "base.js",
    "tracks.js",
    "charts.js",
    "scene.js",
    "card.js",
    "list.js",
    "verdicts.js",
    "map.js",
    "main.js",
)


def write_report(data: Mapping[str, Any], path: Path) -> None:
    """Write the page.

    Parameters
    ----------
    data : Mapping
        What `pipeline.exports.report_data.report_data` gives.
    path : Path
        ``report.html``.
    """
    script = _script()
    style = _asset("leaflet.css") + _asset("page.css")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    page = Template(_asset("page.html")).substitute(
        policy=policy,
        style=style,
        script=script,
        land=_asset("land-50m.json"),
        data=_inline(data),
    )
    path.write_text(page, encoding="utf-8")


def _asset(name: str) -> str:
    return (files("pipeline.exports") / "assets" / name).read_text(encoding="utf-8")


def _script() -> str:
    """Leaflet and the page's own code, whose names stay inside a function."""
    # A debugger would look for the source map that Leaflet's last line names.
    leaflet = re.sub(r"^//# sourceMappingURL=.*$", "", _asset("leaflet.js"), flags=re.MULTILINE)
    own = "\n".join(_asset(name) for name in _SCRIPTS)
    return f'{leaflet}\n(() => {{\n"use strict";\n{own}\n}})();\n'


def _hash(text: str) -> str:
    """A source of a content security policy: what an element holds, by its hash."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _inline(data: Mapping[str, Any]) -> str:
    """JSON that cannot end the element it stands in; ASCII, so that no sign in it reorders text."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", r"\u003c")
