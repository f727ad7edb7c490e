"""Figures of a quarter as references, and the small phrases sentences are made of. Whole sentences are in the drafting files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from db.figures import Figure, figures_of
from db.progress import DASH, rounded
from db.quarter import Flow, Quarter
from db.quarter_sources import KEYS
from db.rollup import IndicatorLine
from returns.bulletin.model import Part, Ref

_NAMES = "一二三四"


class Cite:
    """Makes references to the figures of one quarter."""

    def __init__(self, quarter: Quarter) -> None:
        self.quarter = quarter
        self.figures: dict[str, Figure] = figures_of(quarter.month)

    def month(self, key: str) -> Ref:
        """A figure of the quarter's last month. KeyError for a key that is none."""
        found = self.figures[key]
        return Ref(key, plain(found.value, found.places), found.name)

    def own(self, key: str, value: int | Decimal | None, unit: str = "", aspect: str = "") -> Ref:
        """A figure that only the quarter has; `unit` is the code of the unit it is narrowed to."""
        told = KEYS[key]
        places = told.places if not aspect else 1
        return Ref(f"{key}:{unit}" if unit else key, plain(value, places), told.name, aspect)

    def cell(self, key: str, value: int | Decimal | None, unit: str = "") -> Ref:
        """As `own`, for a table: with all its places."""
        told = KEYS[key]
        return Ref(f"{key}:{unit}" if unit else key, fixed(value, told.places), told.name)

    def of(self, key: str, value: Decimal | int | None, places: int, aspect: str) -> Ref:
        """Another number of a figure: 完成率, 进度差, a change …"""
        known = self.figures.get(key)
        name = known.name if known is not None else KEYS[key.partition(":")[0]].name
        return Ref(key, plain(value, places), name, aspect)

    def indicator(self, line: IndicatorLine) -> Ref:
        return Ref(f"indicator.{line.no}", plain(line.value, line.decimals), line.name)


def plain(value: Decimal | int | None, places: int = 0) -> str:
    """As a sentence has it: no zeros at the end, thousands marked from five digits on (GB/T 15835); “—” for none."""
    if value is None:
        return DASH
    shown = rounded(Decimal(value), places)
    assert shown is not None
    text = f"{shown:,f}" if abs(shown) >= 10000 else f"{shown:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def fixed(value: Decimal | int | None, places: int = 0) -> str:
    """As a table has it: all places."""
    if value is None:
        return DASH
    shown = rounded(Decimal(value), places)
    assert shown is not None
    return f"{shown:,f}" if abs(shown) >= 10000 else f"{shown:f}"


def parts(*pieces: Part | Iterable[Part]) -> tuple[Part, ...]:
    """Text and references in a row; neighbouring texts become one."""
    flat: list[Part] = []
    for piece in pieces:
        for each in (piece,) if isinstance(piece, str | Ref) else piece:
            if isinstance(each, str) and flat and isinstance(flat[-1], str):
                flat[-1] = flat[-1] + each
            elif each:
                flat.append(each)
    return tuple(flat)


def listed(items: Sequence[Sequence[Part]], mark: str = "；", end: str = "。") -> list[Part]:
    """Several phrases with a mark between them."""
    found: list[Part] = []
    for place, item in enumerate(items):
        found += [*item, end if place == len(items) - 1 else mark]
    return found


def names(words: Sequence[str], most: int = 6) -> str:
    """“甲、乙、丙”, or “甲、乙等8个单位”."""
    if len(words) <= most:
        return "、".join(words)
    return f"{'、'.join(words[:most])}等{len(words)}个单位"


def quarter_words(quarter: Quarter) -> str:
    """“2024年第二季度”."""
    return f"{quarter.end.year}年{season(quarter)}"


def season(quarter: Quarter) -> str:
    return f"第{_NAMES[quarter.end.quarter - 1]}季度"


def indicators_until(quarter: Quarter) -> str:
    """Up to when the indicators are told: “6月30日”, a day within a running quarter, or “11月” of an earlier month."""
    if quarter.earlier:
        return f"{quarter.told.month}月"
    day = quarter.as_of if quarter.running else quarter.end.last_day
    return f"{day.month}月{day.day}日"


def of_month(quarter: Quarter) -> str:
    """“（截至11月）” after a title, where the indicators are of a month before the quarter's last."""
    return f"（截至{quarter.told.month}月）" if quarter.earlier else ""


def due_words(quarter: Quarter) -> str:
    """What indicators are measured by: the whole year's target at its end, else what is due by then."""
    return "年度目标" if quarter.told.month == 12 else "序时进度"


def changed(cite: Cite, key: str, flow: Flow, unit: str, told: str = "") -> list[Part]:
    """“，比上季度增加10次、增长3.6%”; against last year too where it is known; nothing where neither is.

    A quarter that is not over is compared with nothing: it would always be behind.
    """
    if cite.quarter.running:
        return []
    found: list[Part] = []
    for word, before in (("上季度", flow.before), ("上年同期", flow.last_year)):
        if before is None:
            continue
        step = flow.now - before
        if not step:
            found.append(f"，{told}与{word}持平")
            continue
        more = step > 0
        found += [
            f"，{told}比{word}{'增加' if more else '减少'}",
            cite.of(key, abs(step), 0, f"比{word}{'增加' if more else '减少'}"),
            unit,
        ]
        rate = flow.mom if word == "上季度" else flow.yoy
        if rate is not None:
            found += [
                f"、{'增长' if more else '下降'}",
                cite.of(key, abs(rate), 1, f"比{word}{'增长' if more else '下降'}"),
                "%",
            ]
    return found


def gap_words(cite: Cite, line: IndicatorLine) -> list[Part]:
    """“高于序时进度3.9个百分点”, “低于…”, “与序时进度持平”; at the year's end how much of the target is done."""
    key, gap = f"indicator.{line.no}", rounded(line.progress.gap)
    if gap is None:
        return ["暂无法与序时进度比较"]
    if cite.quarter.told.month == 12:
        return ["完成年度目标的", cite.of(key, line.progress.completion, 1, "完成率"), "%"]
    if not gap:
        return ["与序时进度持平"]
    return [f"{'高于' if gap > 0 else '低于'}序时进度", cite.of(key, abs(gap), 1, "进度差"), "个百分点"]


def indicator_words(cite: Cite, line: IndicatorLine) -> list[Part]:
    """“企业上云数量1443家，完成年度目标的84.9%，低于序时进度9.2个百分点”."""
    key = f"indicator.{line.no}"
    found: list[Part] = [short_name(line.name), cite.indicator(line), line.unit]
    if line.unit == "%":
        # A rate of a rate says little (“完成” 99% of 90%): the target stands for it.
        found += ["（年度目标", cite.of(key, line.progress.target, line.decimals, "年度目标"), "%）"]
    elif line.progress.completion is not None and cite.quarter.told.month != 12:
        found += ["，完成年度目标的", cite.of(key, line.progress.completion, 1, "完成率"), "%"]
    return [*found, "，", *gap_words(cite, line)]


def short_name(name: str) -> str:
    """Names are the plan's; half-width brackets in them are written as documents have them."""
    return name.replace("(", "（").replace(")", "）")
