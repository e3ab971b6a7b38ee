"""How a table writes its times: told from the first rows, then parsed column by column.

An explicit format is several times as fast as guessing each value, and never takes the month for
the day half way through a file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipeline import schema

_TEXT = re.compile(
    r"""
    (?P<date> \d{4}(?P<s>[-/.])\d{1,2}(?P=s)\d{1,2}     # 2018-06-04
            | \d{8}                                     # 20180604
            | (?P<first>\d{1,2})(?P<t>[-/.])(?P<second>\d{1,2})(?P=t)\d{4} )
    (?P<between> T | \s+ | _ | ,\s* | )
    (?P<time> \d{1,2}:\d{2}(?P<seconds>:\d{2}(?:[.,](?P<fraction>\d+))?)? | \d{6} )
    (?P<half> \s*[AaPp][Mm] )?
    (?P<zone> \s*(?:Z|UTC|GMT) | \s*[+-]\d{2}:?\d{2}(?P<utc>\sUTC)? )?
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"\d{9,19}(\.\d+)?")

# An epoch is told by its size: seconds reach 1e11 in the year 5138, milliseconds begin there to
# mean 1973, and so on up in thousands.
_EPOCH_UNITS = ((1e11, 1000.0), (1e14, 1.0), (1e17, 1e-3), (float("inf"), 1e-6))


@dataclass(frozen=True)
class TimeFormat:
    """How a column of times is written.

    Attributes
    ----------
    patterns : tuple of str
        Formats in the letters of strftime, the commonest first; empty for numbers.
    zone : str
        Time zone of patterns that hold none.
    epoch_ms : float
        Milliseconds in one unit of a number; zero where times are text.
    guessed_day_first : bool
        True where nothing in the rows told the day from the month.
    """

    patterns: tuple[str, ...] = ()
    zone: str = "UTC"
    epoch_ms: float = 0.0
    guessed_day_first: bool = False


def sniff(values: Sequence[str], day_first: bool | None, zone: str) -> TimeFormat | None:
    """How `values`, the first of a column, are written; None when they are no times.

    Parameters
    ----------
    values : sequence of str
        Texts; empty ones are passed over.
    day_first : bool or None
        Whether ``04/06/2018`` is 4 June; None: told by a number above 12, else day first.
    zone : str
        Time zone of times that name none.
    """
    texts = [value.strip() for value in values if value and value.strip()]
    matches = [match for text in texts if (match := _TEXT.fullmatch(text))]
    numbers = [float(text) for text in texts if _NUMBER.fullmatch(text)]
    if len(numbers) > len(matches):
        middle = sorted(numbers)[len(numbers) // 2]
        unit = next(unit for bound, unit in _EPOCH_UNITS if middle < bound)
        return TimeFormat(epoch_ms=unit)
    if not matches:
        return None
    firsts = [int(match["first"]) for match in matches if match["first"]]
    seconds = [int(match["second"]) for match in matches if match["first"]]
    guessed = False
    if day_first is None:  # one odd row must not turn the dates of all others about
        days_first = sum(1 for number in firsts if number > 12)
        days_second = sum(1 for number in seconds if number > 12)
        day_first = days_second <= days_first
        guessed = bool(firsts) and not days_first and not days_second
    patterns: dict[str, int] = {}
    for match in matches:
        pattern = _pattern(match, day_first)
        patterns[pattern] = patterns.get(pattern, 0) + 1
    ranked = sorted(patterns, key=lambda pattern: (-patterns[pattern], pattern))
    return TimeFormat(tuple(ranked), zone, guessed_day_first=guessed)


def from_config(time_format: str, zone: str) -> TimeFormat:
    """The format that a user's layout names: ``epoch_s``, ``epoch_ms`` or letters of strftime."""
    if time_format in {"epoch_s", "epoch_ms"}:
        return TimeFormat(epoch_ms=1000.0 if time_format == "epoch_s" else 1.0)
    return TimeFormat((time_format.replace(".%f", "%.f"),), zone)


def joined(dates: pl.Series, times_of_day: pl.Series) -> pl.Series:
    """A column of dates and one of times of day as one: ``2018-06-04 09:30:15``.

    Of a date that is written with a time (midnight) that is left out; a time of day that is a
    number gets back the zeros that it lost (93015 is half past nine).
    """
    date = dates.cast(pl.String).str.extract(r"^\s*([^\sT]+)")
    time = times_of_day.cast(pl.String).str.strip_chars()
    bare = time.str.extract(r"^(\d{1,6})(?:\.0*)?$").str.zfill(6)
    return pl.select(pl.concat_str(date, pl.lit(" "), pl.coalesce(bare, time))).to_series()


def parse(column: pl.Series, form: TimeFormat) -> pl.Series:
    """Times of UTC to the millisecond; null where a text is not in the format.

    Parameters
    ----------
    column : pl.Series
        Texts, numbers, dates with a time (with or without a zone).
    form : TimeFormat
        How they are written.
    """
    if isinstance(column.dtype, pl.Datetime):
        return _in_utc(column, form.zone)
    if form.epoch_ms:
        if form.epoch_ms == 1.0 and column.dtype.is_integer():
            return column.cast(pl.Int64).cast(schema.TIME)
        numbers = column.cast(pl.Float64, strict=False)
        sane = numbers.is_finite() & (numbers.abs() * form.epoch_ms < 1e14)
        kept = pl.select(pl.when(sane).then(numbers)).to_series()
        return (kept * form.epoch_ms).round().cast(pl.Int64).cast(schema.TIME)
    texts = column.cast(pl.String)
    parsed = _in_utc(_by_pattern(texts, form.patterns[0]), form.zone)
    for pattern in form.patterns[1:]:
        if not parsed.null_count():
            break
        other = _in_utc(_by_pattern(texts, pattern), form.zone)
        parsed = pl.select(pl.coalesce(parsed, other)).to_series()
    return parsed


def _by_pattern(texts: pl.Series, pattern: str) -> pl.Series:
    if "%z" in pattern:
        return texts.str.to_datetime(pattern, time_unit="ms", time_zone="UTC", strict=False)
    if "," in pattern.partition("%S")[2]:  # a decimal comma before the fraction of a second
        texts = texts.str.replace(r",(\d+)", ".$1")
        pattern = pattern.replace(",%f", "%.f")
    return texts.str.to_datetime(pattern, time_unit="ms", strict=False)


def _in_utc(column: pl.Series, zone: str) -> pl.Series:
    dtype = column.dtype
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is None:
        # In the hour that clocks repeat the first is taken; an hour that they skip is no time.
        column = column.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return column.dt.convert_time_zone("UTC").dt.cast_time_unit("ms")


def _pattern(match: re.Match[str], day_first: bool) -> str:
    if match["first"]:
        mark = match["t"]
        date = f"%d{mark}%m{mark}%Y" if day_first else f"%m{mark}%d{mark}%Y"
    elif match["s"]:
        date = f"%Y{match['s']}%m{match['s']}%d"
    else:
        date = "%Y%m%d"
    hour = "%I" if match["half"] else "%H"
    if ":" not in match["time"]:
        time = f"{hour}%M%S"
    elif not match["seconds"]:
        time = f"{hour}:%M"
    elif match["fraction"]:
        time = f"{hour}:%M:%S,%f" if "," in match["seconds"] else f"{hour}:%M:%S%.f"
    else:
        time = f"{hour}:%M:%S"
    half = re.sub("[AaPp][Mm]", "%p", match["half"] or "")
    zone = match["zone"] or ""
    zone = re.sub(r"[+-]\d{2}:?\d{2}", "%z", zone)
    return f"{date}{match['between']}{time}{half}{zone}"
