"""The 月调度 summary workbook: which sheets it has, in what order. What stands on them is in summary_*.py.

What the figures are is in db/rollup.py, where their rows are in db/sources.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from db.rollup import Rollup
from db.totals import Problem, overdue_problems
from returns import (
    summary_cover,
    summary_indicators,
    summary_more,
    summary_notes,
    summary_registers,
    summary_units,
    summary_work,
)
from returns.report_book import Book
from returns.summary_sheet import Summary, gather

_Layout = Callable[[Summary], int]
# Name, what it holds, who lays it out; 超期问题 and 口径说明 take more than the summary and are named in write_summary.
_SHEETS: tuple[tuple[str, str, _Layout], ...] = (
    (summary_indicators.TABLE, "14 项指标：实际、目标、应达、完成率", summary_indicators.indicators),
    (summary_indicators.PICTURE, "完成率与序时进度", summary_indicators.picture),
    (summary_indicators.COURSES, "逐月走势，与上年对比", summary_indicators.courses),
    (summary_units.UNITS, "各单位在各台账的数", summary_units.units),
    (summary_work.ACTIONS, "各行动的进展、问题、打算", summary_work.actions),
    (summary_cover.DECIDE, "需要会议议定的问题和议题", summary_cover.deciding),
    (summary_registers.NEAR, "离升规线最近的企业", summary_registers.near_line),
    (summary_notes.CHANGES, "本月与上月的变化", summary_notes.changes),
    (summary_cover.MISSING, "未报单位、联系人、逾期天数", summary_cover.missing),
    (summary_units.RETURNS, "各单位报送和行数", summary_units.returns),
    (summary_units.VISITS, "各单位走访", summary_units.visits),
    (summary_registers.ISSUES, "问题的状态、类别、时长", summary_registers.issues),
    (summary_registers.CLOUDS, "上云渠道、去重、增长", summary_registers.clouds),
    (summary_registers.NURTURES, "升规漏斗和培育对象", summary_registers.nurtures),
    (summary_more.PROJECTS, "项目阶段和进展", summary_more.projects),
    (summary_more.PARKS, "园区月报", summary_more.parks),
    (summary_work.TASKS, "责任清单逐项任务", summary_work.tasks),
    (summary_more.OTHERS, "挂点、服务、供需对接", summary_more.others),
)


def write_summary(
    session: Session, month: Rollup, out: Path, *, office: str = "", practice: bool = False,
    overdue: Iterable[Problem] | None = None, restated: Sequence[str] = (),
) -> dict[str, int]:  # fmt: skip
    """Write the workbook and say how many rows each sheet holds. Replaces `out` whole or not at all.

    `office`: who makes it. `overdue`: the problems past their deadline, else those of the register; read as they are
    written, never held. `restated`: sentences on the closing of the month and what changed since. MachineError when
    the file is open elsewhere, the folder is read-only or the disk is full.
    """
    book = Book(f"{month.region}数字经济工作月度调度汇总 {month.period.display()}", practice=practice)
    s = gather(session, month, book, office)
    cover = summary_cover.cover(s)
    rows = {"封面": 0}
    for name, _, lay in _SHEETS:
        rows[name] = lay(s)
    late = summary_registers.overdue(
        s, overdue_problems(session, month.period) if overdue is None else overdue
    )
    rows[summary_registers.OVERDUE] = 0
    rows[summary_notes.NOTES] = summary_notes.notes(s, restated)
    told = [(name, about) for name, about, _ in _SHEETS]
    told += [
        (summary_registers.OVERDUE, "全部超期问题"),
        (summary_notes.NOTES, "口径、与计划不一致处、更正"),
    ]
    told.append(("数据来源", "每个数的口径、覆盖、明细"))
    summary_cover.contents(s, cover, told)
    try:
        rows |= s.sources.finish()
        book.save(out)
    finally:
        s.sources.close()
    rows[summary_registers.OVERDUE] = late.written
    return rows
