"""反馈 as a workbook that a unit reads and prints: one sheet that says everything in short, lists only where there are any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from db.progress import DASH
from returns.feedback import Feedback
from returns.feedback_rows import Line
from returns.report_book import Book, Sheet
from returns.report_looks import COUNT, Cell, Col, place

COVER = "反馈"
_SHEET = Col("表", 11)
_ROW = Col("行", 6, align="center")
_LABEL = Col("记录", 30)
_WHY = Col("原因、经过", 46)
_CELLS = (_SHEET, _ROW, _LABEL, Col("栏目", 16), Col("原来", 26), Col("现在", 26), _WHY)
_LEFT = (_SHEET, _ROW, _LABEL, Col("栏目", 16), Col("你单位所报", 26), Col("区里保留", 26), _WHY)
_REMARKS = (Col("级别", 9, align="center"), _SHEET, _ROW, Col("栏目", 20), Col("说明", 90))
_UNCOUNTED = (_SHEET, Col("企业", 34), Col("产品、日期", 24), Col("怎样处理", 24), _WHY)


@dataclass(frozen=True, slots=True)
class _List:
    """A list with its sheet: name, what it says, columns, rows."""

    name: str
    about: str
    columns: tuple[Col, ...]
    rows: Sequence[Sequence[Any]]


def write_book(found: Feedback, out: Path, *, office: str, made_on: str, practice: bool = False) -> None:
    """Write one unit's feedback to `out`. MachineError when it can not be written."""
    title = f"{found.unit}{found.period.display()}回报反馈"
    book = Book(title, practice=practice)
    lists = _lists(found)
    cover = book.sheet(COVER, title, f"{office}　{made_on} 填写　本表供阅读，不用报回。", width=6)
    _cover(cover, found, lists)
    for each in lists:
        if each.rows:
            sheet = book.sheet(
                each.name, f"{each.name}（{len(each.rows)}）", each.about, width=len(each.columns)
            )
            sheet.repeat(sheet.table(each.columns, each.rows))
    book.save(out)


def _lists(found: Feedback) -> tuple[_List, ...]:
    closed = found.closed is not None
    return (
        _List("更正", "你单位这个月的回报改动了以前所报的这些内容。", _CELLS, _lines(found.corrections)),
        _List("区里的改动", "接收以后，区里或其他单位的回报改动了你单位所报的这些内容。", _CELLS, _lines(found.later)),
        _List("未采用", "这些行或栏目没有写入区里的台账。", _LEFT, _lines(found.refused)),
        _List(
            "核对意见", "核对时发现的问题。标“错误”的请更正，“警告”的请核实或说明。", _REMARKS,
            [(each.new, each.sheet, each.row if each.row is not None else "", each.column, each.why) for each in found.remarks],
        ),
        _List(
            "不计入", "这些记录已接收，但不计入合计。", _UNCOUNTED,
            [(each.sheet, each.label, each.column, each.new, each.why) for each in found.uncounted],
        ),
        _List(
            "汇总中的数", "你单位的数怎样进入区里的合计。", (
                Col("项目", 34), Col("单位", 8, align="center"), Col("你单位", 14, COUNT), Col("全区", 14, COUNT),
                *((Col("公布的数", 14, COUNT, align="right"),) if closed else ()), Col("口径", 52),
            ),
            [
                (
                    each.name, each.unit, _figure(each.own, each.places), _figure(each.whole, each.places),
                    *((each.published or DASH,) if closed else ()), each.scope,
                )
                for each in found.figures
            ],
        ),
        _List(
            "问题", "你单位登记或负责办理、尚未了结的企业问题；催办的在前。", (
                Col("编号", 18), Col("企业", 28), Col("问题", 46), Col("状态", 11, align="center"), Col("你单位是", 11, align="center"),
                Col("时限", 12), Col("催办", 24),
            ),
            [
                (each.number, each.firm, each.about, each.status, each.role, each.due, each.urge or "")
                for each in found.issues
            ],
        ),
    )  # fmt: skip


def _cover(sheet: Sheet, found: Feedback, lists: Sequence[_List]) -> None:
    for line in _summary(found):
        sheet.line(line, look="strong" if line.startswith("结论") else "")
    sheet.row += 1
    sheet.heading("一、收到的文件")
    sheet.table(
        (
            Col("文件", 44),
            Col("版次", 9, align="center"),
            Col("收到日期", 13),
            Col("结果", 11, align="center"),
            Col("行数", 9, COUNT),
            Col("原因、说明", 48),
        ),
        [
            (each.name, f"第 {each.revision} 版", each.day, each.state, each.rows, each.why)
            for each in found.files
        ],
        empty="这个月没有收到你单位的文件",
    )
    sheet.heading("二、现行版各表的接收情况")
    sheet.table(
        (
            Col("表"), Col("报来", 9, COUNT), Col("新增", 13, COUNT), Col("改动", 11, COUNT), Col("未变", 9, COUNT),
            Col("未采用", 12, COUNT),
        ),
        [
            (each.sheet, each.rows, each.new, each.changed, each.same, Cell(each.left, look="strong" if each.left else ""))
            for each in found.sheets
        ],
        empty="零报送" if found.state.state == "零报" else "没有接收的行",
    )  # fmt: skip
    sheet.heading("三、详细内容")
    for each in lists:
        if each.rows:
            sheet.line(f"· {each.name}：{len(each.rows)} 条，见“{each.name}”表", link=place(each.name, "A1"))
        else:
            sheet.line(f"· {each.name}：无", look="muted")
    sheet.row += 1
    sheet.heading("四、接下来")
    for number, line in enumerate(found.next or ("没有要办的事。",), start=1):
        sheet.line(f"{number}. {line}")


def _summary(found: Feedback) -> list[str]:
    state, month = found.state, found.period.display()
    if found.nothing and not state.received:
        outcome = "经批准免报" if state.exempt else "没有收到回报"
        lines = [f"结论：{month}，{outcome}。截止日 {found.due}。"]
    else:
        late = f"，迟报 {state.late_days} 天" if state.late_days else ""
        version = f"，现行第 {state.revision} 版" if state.revision else ""
        rows, left = sum(each.rows for each in found.sheets), sum(each.left or 0 for each in found.sheets)
        told = f"，报来 {rows} 行，采用 {rows - left} 行，未采用 {left} 行" if rows else ""
        word = "零报送" if state.state == "零报" else state.word if state.received else "还没有接收"
        lines = [f"结论：{month}，{word}{late}{version}{told}。截止日 {found.due}。"]
    if found.closed is not None:
        made = found.closed
        lines.append(
            f"本月的数已于 {made.day} 公布（公布记录第 {made.number} 号，第 {made.version} 版）；再更正须写明重述理由。"
        )
    return lines


def _lines(lines: Sequence[Line]) -> list[tuple[Any, ...]]:
    return [
        (each.sheet, each.row if each.row is not None else "", each.label, each.column, each.old, each.new, each.why)
        for each in lines
    ]  # fmt: skip


def _figure(value: Decimal | None, places: int) -> Cell:
    return Cell(value, format=f"#,##0.{'0' * places}" if places else "#,##0")
