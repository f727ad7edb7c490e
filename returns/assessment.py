"""The 年度考核 workbook: scheme, points by live formulas, 约束性, 加减分, 报送质量, 复核表, and the rows behind every value.

What the points are is worked out in db/assessment; the formulas here give the same, cell by cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.assessment import behind, reading
from db.assessment.inputs import EntryIn
from db.assessment.keeping import Appeal
from db.assessment.scheme import REPORTING, WHOLE
from db.assessment.scoring import ItemScore, Result
from db.figures import Figure
from db.models import Indicator
from returns.assessment_scheme import NAME, lay_scheme
from returns.assessment_scores import (
    POINTS,
    QUALITY,
    SCORES,
    Laid,
    lay_points,
    lay_quality,
    lay_scores,
    unit_of,
)
from returns.assessment_sheets import (
    APPEALS,
    BINDING,
    MOST_COLUMNS,
    SUMMARY,
    lay_appeals,
    lay_binding,
    lay_group,
    lay_summary,
)
from returns.report_book import Book
from returns.source_sheets import Sources


def write_assessment(
    session: Session, result: Result, out: Path, *, entries: Sequence[EntryIn] = (), appeals: Sequence[Appeal] = (),
    version: str = "", ranked: bool = False, practice: bool = False,
) -> dict[str, int]:  # fmt: skip
    """Write the workbook and say how many rows each sheet holds. Replaces `out` whole or not at all.

    `version`: which version of the scheme, in words. `ranked`: whether the office may rank. MachineError when the file
    is open elsewhere, the folder is read-only or the disk is full.
    """
    names = reading.names_of(session)
    place = names[WHOLE]
    title = f"{place} {result.year} 年度数字经济工作考核"
    book = Book(title, practice=practice)
    told = " ".join(
        (f"数据截至 {result.as_of}　评分方案：{version or f'第 {result.version} 版'}", *result.notes)
    )
    groups = [
        group for group in result.scheme.groups if not group.district and 0 < len(group.items) <= MOST_COLUMNS
    ]
    summary = book.sheet(SUMMARY, f"{title}得分汇总", told, width=14 if ranked else 13)
    tables = {
        group.key: book.sheet(
            f"{group.name}得分",
            f"{result.year} 年度考核{group.name}得分",
            told,
            width=len(_shown(result, group.key)) + 3,
        )
        for group in groups
    }
    scores = book.sheet(
        SCORES, f"{result.year} 年度考核得分计算表",
        f"{told}　完成值带链接的，点击到“数据来源”，再到明细行；权重、上限等改“方案”表。", width=16,
    )  # fmt: skip
    binding = book.sheet(BINDING, f"{result.year} 年度约束性指标完成情况", told, width=9)
    kinds = len(result.scheme.bonus) + len(result.scheme.deduction)
    points = book.sheet(POINTS, f"{result.year} 年度加分、扣分和一票否决", told, width=max(7, kinds + 3))
    few = len(result.units) <= 30  # a last unit alone on a page of its own helps nobody
    quality = book.sheet(QUALITY, f"{result.year} 年度报送质量", told, width=9, one_page=few)
    scheme = book.sheet(NAME, f"{result.year} 年度考核评分方案", "", width=6, portrait=True)
    forms = book.sheet(APPEALS, f"{result.year} 年度考核复核表", told, width=7, portrait=True)

    indicators = {no: unit for no, unit in session.execute(select(Indicator.no, Indicator.unit))}
    figures = _figures(result, indicators)
    sources = Sources(book, session, result.as_of, figures)
    laid = Laid()
    places = lay_scheme(scheme, result, names, version or f"第 {result.version} 版")
    lay_quality(quality, result, places, laid)
    lay_scores(
        scores,
        result,
        places,
        laid,
        lambda found: sources.link(found.measured.source) if found.measured.source else "",
    )
    lay_points(points, result, entries, names, places, laid)
    rows = lay_summary(summary, result, places, laid, ranked=ranked)
    for group in groups:
        lay_group(tables[group.key], group, result, laid, rows)
    lay_binding(binding, result, laid)
    lay_appeals(forms, result, laid, rows, appeals)
    summary.row += 1
    summary.signatures()
    made = {
        SUMMARY: len(result.units),
        SCORES: len(laid.rows),
        BINDING: sum(each.item.binding for unit in result.units for each in unit.items),
        POINTS: len(entries),
        QUALITY: len(laid.quality),
    }
    made |= sources.finish()
    try:
        book.save(out)
    finally:
        sources.close()
    return made


def _shown(result: Result, group: str) -> set[str]:
    return {each.key for unit in result.of_group(group) for each in unit.items}


def _figures(result: Result, indicators: Mapping[int, str]) -> dict[str, Figure]:
    """The measured values as figures, by the key of their source."""
    found: dict[str, Figure] = {}
    for unit in result.units:
        for score in unit.items:
            key = score.measured.source
            if key and key not in found:
                found[key] = _figure(key, unit.unit.name, score, indicators)
    return found


def _figure(key: str, unit: str, score: ItemScore, indicators: Mapping[int, str]) -> Figure:
    measured, value = score.measured, score.value
    if score.item.measure == REPORTING and measured.counts is not None:
        title, scope, _ = behind.TITLES[REPORTING]
        return Figure(key, f"{title}（{unit}）", None, "次", 0, scope, "")
    name = score.item.name if score.item.indicator is not None else f"{score.item.name}（{unit}）"
    scope = measured.target_note if score.item.indicator is not None else behind.TITLES[score.item.measure][1]
    if measured.parts is not None:
        scope += f"；{measured.parts[0]}÷{measured.parts[1]}"
    if measured.note:
        scope += f"；{measured.note}"
    places = 0
    if value is not None:
        exponent = value.normalize().as_tuple().exponent
        places = max(-exponent, 0) if isinstance(exponent, int) else 0
    return Figure(key, name, value, unit_of(score, indicators), places, scope, "")
