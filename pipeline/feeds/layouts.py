"""Which layout a table has.

A layout is recognised by the words of its header, never by a file's name: one of `providers`, else
one of the user's configuration (``feeds.tables``), else what `SYNONYMS` make of the header.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.config.feeds import FeedsConfig, Field, TableLayout
from pipeline.feeds.providers import BUILT_IN, Layout
from pipeline.feeds.synonyms import SPEED_UNITS, SYNONYMS


def normal(header: str) -> str:
    """A header's word without case, marks and surrounding signs.

    >>> normal("# Timestamp"), normal("Latitude_degrees"), normal('"Size A"'), normal("vesselName")
    ('timestamp', 'latitude_degrees', 'size_a', 'vesselname')
    """
    return re.sub(r"[^0-9a-z]+", "_", header.lower()).strip("_")


@dataclass(frozen=True)
class Match:
    """A layout, and which column of the table at hand holds what."""

    layout: Layout
    columns: Mapping[Field, str]
    known_provider: bool = field(default=True)


def recognise(
    header: Sequence[str], config: FeedsConfig, rows_with: Mapping[str, int] | None = None
) -> Match | str:
    """The layout of a table with this header, or why it is no AIS.

    Parameters
    ----------
    header : sequence of str
        The columns' names as the table spells them.
    config : FeedsConfig
        The user's own layouts go before the built-in ones.
    rows_with : Mapping of str to int, optional
        In how many rows each column is there, where rows differ in that: a provider is told by
        what most of them have, and of several names for one thing the commonest is taken. One odd
        record must not make another layout of a file.
    """
    if rows_with is not None:
        header = sorted(header, key=lambda word: (-rows_with[word], word))
    for own in config.tables:
        if set(own.columns.values()) <= set(header):
            return Match(_from_config(own, config), dict(own.columns), known_provider=False)
    spelled: dict[str, str] = {}
    for word in header:
        spelled.setdefault(normal(word), word)
    usual = set(spelled)
    if rows_with:
        most = max(rows_with.values())
        usual = {name for name, word in spelled.items() if 2 * rows_with[word] >= most}
    for layout in BUILT_IN:
        if usual.issuperset(layout.needs):
            return Match(layout, _present(layout.columns, spelled, rows_with))
    columns = _present(SYNONYMS, spelled, rows_with)
    if "time" not in columns and "date" in columns:
        columns["time"] = columns.pop("date")
    lacking = [name for name in ("mmsi", "time") if name not in columns]
    if not {"lat", "lon"} <= set(columns) and "wkb" not in columns:
        lacking.append("position")
    if lacking:
        shown = ", ".join(word.strip() for word in header[:8])
        return f"no AIS: a table without {' or '.join(lacking)} (its columns: {shown})"
    speed_kn = 1.0
    for word, unit in SPEED_UNITS.items():
        if "sog_kn" not in columns and word in spelled:
            columns["sog_kn"], speed_kn = spelled[word], unit
    layout = Layout(
        "columns-by-name",
        SYNONYMS,
        day_first=config.day_first,
        zone=config.time_zone,
        speed_kn=speed_kn,
    )
    return Match(layout, columns, known_provider=False)


def _present(
    columns: Mapping[Field, str | tuple[str, ...]],
    spelled: Mapping[str, str],
    rows_with: Mapping[str, int] | None,
) -> dict[Field, str]:
    present: dict[Field, str] = {}
    for name, words in columns.items():
        choices = (words,) if isinstance(words, str) else words
        found = [spelled[word] for word in choices if word in spelled]
        if found:  # of equally common ones the first
            present[name] = max(found, key=rows_with.__getitem__) if rows_with else found[0]
    return present


def _from_config(own: TableLayout, config: FeedsConfig) -> Layout:
    return Layout(
        own.name,
        dict(own.columns),
        day_first=config.day_first,
        zone=own.time_zone or config.time_zone,
        speed_kn={"kn": 1.0, "m/s": 3600.0 / 1852.0, "km/h": 1.0 / 1.852}[own.speed_unit],
        draught_m={"m": 1.0, "dm": 0.1}[own.draught_unit],
        time_format=own.time_format,
        separator=own.separator,
        decimal_comma=own.decimal_comma,
    )
