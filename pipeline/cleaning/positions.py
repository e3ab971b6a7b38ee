"""Rules for single position reports: which rows are no position, which values are no value.

Each rule is one expression and one count in the ledger. Rows are judged by the first rule of
``REJECT`` that they break; values by each rule of their column.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from pipeline.cleaning.lone_times import lone
from pipeline.cleaning.mmsi import NO_OBJECT, no_ship_kind
from pipeline.cleaning.survey import in_window, survey
from pipeline.config import CleaningConfig
from pipeline.ledger import EXAMPLES_KEPT, Example, Ledger
from pipeline.wording import template

NULL_ISLAND_DEG = 1e-6  # less than the 1/10,000 minute in which AIS counts (1.7e-6 degrees)
SOG_NONE_KN, SOG_MORE_KN = 102.3, 102.2
COG_NONE_DEG = 360.0
HEADING_NONE_DEG = 511.0
NAV_STATUS_NONE = 15
HALF_TENTH = 0.05  # SOG and COG come in tenths; Float32 holds them to far less


def _unavailable() -> pl.Expr:
    return (pl.col("lat").round(3) == 91.0) | (pl.col("lon").round(3) == 181.0)


def _missing(column: str) -> pl.Expr:
    return pl.col(column).is_null() | pl.col(column).is_nan()


def reject_rules(
    config: CleaningConfig, stray: pl.Expr, disguised: pl.Series
) -> Mapping[str, pl.Expr]:
    """The rules that reject a whole report, in the order in which they are tried.

    Parameters
    ----------
    config : CleaningConfig
        Bounds of time.
    stray : pl.Expr
        Whether a row's time is stray, from `stray_times`.
    disguised : pl.Series
        MMSIs of ships whose number is none of a ship.
    """
    kind = no_ship_kind()
    if len(disguised):
        kind = pl.when(~pl.col("mmsi").is_in(disguised.implode()).fill_null(value=False)).then(kind)
    return {
        **{f"cleaning.{name}": kind == name for name in NO_OBJECT},
        "cleaning.time_missing": pl.col("time").is_null(),
        "cleaning.time_out_of_window": ~in_window(config),
        "cleaning.time_stray": stray,
        "cleaning.position_missing": _missing("lat") | _missing("lon"),
        "cleaning.position_not_available": _unavailable(),
        "cleaning.position_out_of_range": (pl.col("lat").abs() > 90.0)
        | (pl.col("lon").abs() > 180.0),
        "cleaning.position_zero": (pl.col("lat").abs() < NULL_ISLAND_DEG)
        & (pl.col("lon").abs() < NULL_ISLAND_DEG),
    }


def stray_times(
    days: pl.DataFrame, config: CleaningConfig, margin: timedelta = timedelta()
) -> pl.Expr:
    """Which times lie far from the bulk of the dump: clocks that are off by months or years.

    Days more than `stray_time_far_d` from the one by which half of the reports were sent are stray
    where they have less than `stray_time_share_max` of the busiest day's rows. The other days are
    parted into stretches wherever `stray_time_gap_d` days have none; a stretch with less than
    `stray_time_share_max` of the largest one's rows is stray, and from `stray_time_far_d` days off
    one with less than `stray_time_far_share_max`.

    Parameters
    ----------
    days : pl.DataFrame
        Rows a day over the whole dump, from `survey`.
    config : CleaningConfig
        What is far and what are few.
    margin : timedelta
        Times so near to a stretch that is meant are no strays.

    Returns
    -------
    pl.Expr
        A Boolean expression over ``time``.
    """
    if days.is_empty():
        return pl.lit(value=False)
    far = timedelta(days=config.stray_time_far_d)
    rows = days["rows"]
    middle = days["day"][int((2 * rows.cum_sum() >= rows.sum()).arg_max() or 0)]
    is_thin = pl.col("rows") < config.stray_time_share_max * pl.col("rows").max()
    is_off = (pl.col("day") - middle).abs() > far
    stretches = _stretches(days.filter(~(is_thin & is_off)), config)
    main_first, main_last, most = max(stretches, key=lambda stretch: stretch[2])
    kept = pl.lit(value=False)
    meant = 0
    for first, last, held in stretches:
        off = first - main_last > far or main_first - last > far
        share = config.stray_time_far_share_max if off else config.stray_time_share_max
        if held >= share * most:
            begin = datetime.combine(first, time.min, UTC) - margin
            end = datetime.combine(last, time.min, UTC) + timedelta(days=1) + margin
            kept |= (pl.col("time") >= begin) & (pl.col("time") < end)
            meant += held
    return pl.lit(value=False) if meant == rows.sum() else ~kept


def _stretches(days: pl.DataFrame, config: CleaningConfig) -> list[tuple[date, date, int]]:
    """First day, last day and rows of each stretch of `days`."""
    gap = timedelta(days=config.stray_time_gap_d)
    return (
        days.with_columns(
            (pl.col("day").diff() > gap).fill_null(value=False).cum_sum().alias("stretch")
        )
        .group_by("stretch")
        .agg(
            pl.col("day").min().alias("first"),
            pl.col("day").max().alias("last"),
            pl.col("rows").sum(),
        )
        .sort("stretch")
        .select("first", "last", "rows")
        .rows()
    )


def blank_rules(config: CleaningConfig) -> Mapping[str, tuple[str, pl.Expr]]:
    """The rules that make a single value unknown: rule name to column and condition."""
    sog, cog, heading = pl.col("sog_kn"), pl.col("cog_deg"), pl.col("heading_deg")
    status = pl.col("nav_status")
    none = (sog - SOG_NONE_KN).abs() < HALF_TENTH
    return {
        "cleaning.sog_not_available": ("sog_kn", none),
        "cleaning.sog_impossible": (
            "sog_kn",
            ((sog > config.sog_max_kn) & ~none) | (sog < 0) | sog.is_nan(),
        ),
        "cleaning.cog_not_available": ("cog_deg", (cog - COG_NONE_DEG).abs() < HALF_TENTH),
        "cleaning.cog_impossible": (
            "cog_deg",
            (cog >= COG_NONE_DEG + HALF_TENTH) | (cog < 0) | cog.is_nan(),
        ),
        "cleaning.heading_not_available": ("heading_deg", heading == HEADING_NONE_DEG),
        "cleaning.heading_impossible": (
            "heading_deg",
            ((heading >= 360.0) & (heading != HEADING_NONE_DEG)) | (heading < 0) | heading.is_nan(),
        ),
        "cleaning.nav_status_not_available": ("nav_status", status == NAV_STATUS_NONE),
        "cleaning.nav_status_impossible": (
            "nav_status",
            (status > NAV_STATUS_NONE) | (status < 0),
        ),
    }


POSITION_TEXT = template(
    "{} at {} {}",
    pl.col("mmsi").cast(pl.String).fill_null("no MMSI"),
    pl.col("lat").cast(pl.String).fill_null("no latitude"),
    pl.col("lon").cast(pl.String).fill_null("no longitude"),
)
_MMSI = template("MMSI {}", pl.col("mmsi").cast(pl.String).fill_null("none"))
_TIME = template("{} at {}", "mmsi", pl.col("time").cast(pl.String).fill_null("no time"))


def _shown(rule: str) -> pl.Expr:
    name = rule.removeprefix("cleaning.")
    if name in NO_OBJECT:
        return _MMSI
    return _TIME if name.startswith("time") else POSITION_TEXT


def apply_position_rules(
    positions: pl.DataFrame,
    config: CleaningConfig,
    ledger: Ledger,
    days: pl.DataFrame | None = None,
    disguised: pl.Series | None = None,
) -> pl.DataFrame:
    """Reject the reports that are no ship's position, make unknown the values that are none.

    Parameters
    ----------
    positions : pl.DataFrame
        ``schema.POSITIONS``.
    config : CleaningConfig
        Bounds.
    ledger : Ledger
        Gets a count and examples for each rule.
    days : pl.DataFrame, optional
        Rows a day of the whole dump that `positions` are a part of; if None, they are all of it.
    disguised : pl.Series, optional
        MMSIs of ships whose number is none of a ship, from `ships_in_disguise`.

    Returns
    -------
    pl.DataFrame
        ``schema.POSITIONS``, values that are none as null, longitude 180 as -180.
    """
    days = survey(positions, config).days if days is None else days
    none = pl.Series("mmsi", [], pl.Int32)
    stray = stray_times(days, config)
    rules = reject_rules(config, stray, none if disguised is None else disguised)
    verdict = pl.lit(0, dtype=pl.UInt8)
    for code, condition in reversed(list(enumerate(rules.values(), start=1))):
        verdict = pl.when(condition).then(pl.lit(code, dtype=pl.UInt8)).otherwise(verdict)
    judged = positions.lazy().select(verdict.alias("code")).collect()["code"]
    alone = lone(positions.select("mmsi", "time", pl.lit(1).alias("reports")), days, config)
    if alone.any():
        code = list(rules).index("cleaning.time_stray") + 1
        judged = judged.set((judged == 0) & alone, code)
    counts = dict(judged.value_counts().iter_rows())
    for code, rule in enumerate(rules, start=1):
        if counts.get(code):
            rows = positions.filter(judged == code)
            ledger.reject_positions(rule, rows, _shown(rule))
    kept = positions.filter(judged == 0) if counts.get(0, 0) != positions.height else positions
    return _blank(kept, config, ledger)


def drop_stray_statics(
    statics: pl.DataFrame, days: pl.DataFrame, config: CleaningConfig, ledger: Ledger
) -> pl.DataFrame:
    """What ships typed, without what clocks that are off by months or years stamped.

    It would be a ship's last draught, years after the dump. Static data may be of other days than
    positions, so that of days near those that are meant stays.

    Parameters
    ----------
    statics : pl.DataFrame
        ``schema.STATICS``.
    days : pl.DataFrame
        Rows a day of the whole dump's positions.
    config : CleaningConfig
        Bounds of time.
    ledger : Ledger
        Gets the count of reports.
    """
    stray = stray_times(days, config, timedelta(days=config.stray_time_gap_d))
    times = statics.select("mmsi", pl.col("first_time").alias("time"), "reports")
    dropped = times.select((stray | ~in_window(config)).alias("off"))["off"]
    dropped |= lone(times, days, config)
    if not dropped.any():
        return statics
    reports = int(statics.filter(dropped)["reports"].sum())
    text = template("MMSI {} at {}", "mmsi", pl.col("first_time").cast(pl.String))
    said = statics.filter(dropped).select(text.alias("text"))["text"].unique().sort()
    examples = [Example("", 0, one) for one in said.head(EXAMPLES_KEPT)]
    ledger.blank("cleaning.typed_time_off", reports, examples)
    return statics.filter(~dropped)


def _blank(kept: pl.DataFrame, config: CleaningConfig, ledger: Ledger) -> pl.DataFrame:
    rules = blank_rules(config)
    counts = kept.lazy().select(c.sum().alias(rule) for rule, (_, c) in rules.items()).collect()
    values = {column: pl.col(column) for column, _ in rules.values()}
    for rule, (column, condition) in rules.items():
        count = int(counts[rule][0] or 0)
        if count:
            examples = ledger.examples_of(kept.filter(condition), pl.col(column))
            ledger.blank(rule, count, examples)
            values[column] = pl.when(condition).then(None).otherwise(values[column]).alias(column)
    east = pl.when(pl.col("lon") == 180.0).then(-180.0).otherwise(pl.col("lon")).alias("lon")
    return kept.with_columns(east, *values.values())
