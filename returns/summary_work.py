"""The year's work in the summary: the plan's 行动 one by one, and their tasks."""

from __future__ import annotations

from collections.abc import Iterable

from db.by_action import ActionLine, Task
from db.models.duty import FINISHED
from returns.report_looks import COUNT, SUM, TENTH, Cell, Col, place
from returns.summary_sheet import Summary

ACTIONS, TASKS = "分行动", "责任清单"
_TOLD = 5  # tasks of one 行动 whose words stand in its line
_FIRST_TASK = 4  # the sheet's row of the first task


def actions(s: Summary) -> int:
    """All 行动 of the plan: how many tasks, how far, what was done, what is in the way, what comes next."""
    columns = [
        Col("编号", 6, "", "center"), Col("行动", 20), Col("责任单位", 16), Col("任务（项）", 9.5, COUNT), Col("完成（项）", 9.5, COUNT),
        Col("滞后（项）", 9.5, COUNT), Col("逾期（项）", 9.5, COUNT), Col("平均进度（%）", 12.5, TENTH, comment="各任务完成进度的平均数，每项任务同样计。"),
        Col("进展情况", 42), Col("存在问题", 26), Col("下步打算", 26),
    ]  # fmt: skip
    note = "进展取自责任清单截至本月的最近一次填报，没有完成的任务在前；点任务数看逐项任务"
    sheet = s.sheet(ACTIONS, f"{len(s.actions)} 项行动推进情况", note, width=len(columns))
    rows, at = [], _FIRST_TASK
    for line in s.actions:
        rows.append(_action(s, line, at))
        at += len(line.tasks)
    total = ["", "合计", "", SUM, SUM, SUM, SUM, "", "", "", ""]
    sheet.repeat(sheet.table(columns, rows, total=total, empty="计划中没有行动"))
    sheet.signatures()
    return len(rows)


def _action(s: Summary, line: ActionLine, at: int) -> list[Cell | str | int | None]:
    last = at + len(line.tasks) - 1
    span = f"{{}}{at}:{{}}{last}"
    there = place(TASKS, f"A{at}") if line.tasks else ""
    own = f"'{TASKS}'!"

    def counted(value: int, word: str) -> Cell:
        formula = f"={word.format(own + span.format('H', 'H'))}" if line.tasks else ""
        return Cell(value, formula=formula, link=there, tip="看逐项任务")

    done = 'COUNTIF({0},"已完成")+COUNTIF({0},"已销号")'
    known = any(task.percent is not None for task in line.tasks)
    key = f"duty.action.{line.id}"
    return [
        line.id or "—", f"{line.name}" + (f"（{line.programme}）" if line.programme else ""), "、".join(line.units),
        s.cell(key, value=len(line.tasks)) if key in s.sources else Cell(len(line.tasks), link=there),
        counted(line.done, done), counted(line.lagging, 'COUNTIF({0},"滞后*")'), counted(line.late, 'COUNTIF({0},"*（逾期）")'),
        Cell(line.mean, formula=f"=AVERAGE({own}{span.format('G', 'G')})" if known else ""),
        _told(line.tasks, "progress") if line.tasks else "责任清单没有列入这个行动的任务。", _told(line.tasks, "problem"), _told(line.tasks, "next"),
    ]  # fmt: skip


def _told(tasks: Iterable[Task], what: str) -> str:
    """The words of the tasks, those said twice only once: “①…”. What is still under way comes before what is done."""
    said: dict[str, list[str]] = {}
    for task in sorted(tasks, key=lambda each: each.status in FINISHED):
        text = getattr(task, what)
        if text:
            said.setdefault(text, []).append(task.task)
    lines = [text if len(said) == 1 else f"{number}. {text}" for number, text in enumerate(said, start=1)]
    more = f"\n（其余 {len(lines) - _TOLD} 条见“{TASKS}”）" if len(lines) > _TOLD else ""
    return "\n".join(lines[:_TOLD]) + more


def tasks(s: Summary) -> int:
    """Every task of the year in the plan's order."""
    found = s.month.duties
    states = "，".join(f"{status} {number} 项" for status, number in found.by_status.items()) or "还没有任务"
    columns = [
        Col("编号", 6, "", "center"), Col("行动", 18), Col("任务", 28), Col("牵头单位", 13), Col("完成时限", 12),
        Col("填报月份", 10, "", "center"), Col("进度（%）", 8, COUNT), Col("状态", 12, "", "center"), Col("进展情况", 32),
        Col("存在问题", 20), Col("下步打算", 22),
    ]  # fmt: skip
    sheet = s.sheet(
        TASKS, f"{s.month.period.year} 年责任清单", f"{states}；逾期 {found.overdue} 项", width=len(columns)
    )
    rows = [
        [
            line.id or "—", line.name, task.task, task.lead, task.due, task.asof, task.percent,
            Cell(f"{task.status}（逾期）", look="C0392B") if task.late else task.status, task.progress, task.problem, task.next,
        ]
        for line in s.actions
        for task in line.tasks
    ]  # fmt: skip
    placed = sheet.table(columns, rows, empty=f"{s.month.period.year} 年还没有责任清单任务")
    assert placed.first == _FIRST_TASK
    sheet.repeat(placed, columns=3)
    return len(rows)
