"""反馈 as a workbook that a unit reads and prints: one sheet that says everything in short, lists only where there are any."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from db.progress import DASH
from returns.feedback import Feedback
from returns.feedback_rows import Line
from returns.report_book import Book, Sheet
from returns.report_looks import COUNT, Cell, Col, place

COVER, DETAIL, FIGURES, ISSUES = "反馈", "明细", "汇总中的数", "问题"
# Wide enough to be read on A4: together about 130 characters.
_DETAIL = (
    Col("类别", 10, align="center"), Col("表", 8), Col("行", 5, align="center"), Col("记录", 22), Col("栏目", 12),
    Col("原来所报", 22), Col("现在", 22), Col("原因、经过", 30),
)  # fmt: skip
_ISSUES = (
    Col("编号", 14), Col("企业", 24), Col("问题", 38), Col("状态", 9, align="center"), Col("你单位是", 10, align="center"),
    Col("时限", 12), Col("催办", 18),
)  # fmt: skip


def write_book(found: Feedback, out: Path, *, office: str, made_on: str, practice: bool = False) -> None:
    """Write one unit's feedback to `out`. MachineError when it can not be written."""
    title = f"{found.unit}{found.period.display()}回报反馈"
    book = Book(title, practice=practice)
    cover = book.sheet(COVER, title, f"{office}　{made_on} 填写　本表供阅读，不用报回。", width=6)
    details = [(kind, each) for kind, lines, _about in _kinds(found) for each in lines]
    _cover(cover, found)
    if details:
        rows = [
            (
                kind, each.sheet, "" if each.row is None else each.row, each.label, each.column, each.old, each.new,
                each.why,
            )
            for kind, each in details
        ]  # fmt: skip
        about = "　".join(f"{kind}：{about}" for kind, lines, about in _kinds(found) if lines)
        _listed(book, DETAIL, about, _DETAIL, rows, columns_kept=2)
    if found.figures:
        _listed(book, FIGURES, "你单位的数怎样进入全区的合计。", *_figures(found))
    if found.issues:
        issues = [
            (each.number, each.firm, each.about, each.status, each.role, each.due, each.urge)
            for each in found.issues
        ]
        _listed(book, ISSUES, "你单位登记或负责办理、尚未了结的企业问题；催办的在前。", _ISSUES, issues)
    book.save(out)


def _listed(
    book: Book, name: str, about: str, columns: Sequence[Col], rows: Sequence[Sequence[Any]], *, columns_kept: int = 0
) -> None:  # fmt: skip
    sheet = book.sheet(name, name, about, width=len(columns), one_page=len(rows) <= 22)
    sheet.repeat(sheet.table(columns, rows), columns=columns_kept)


def _kinds(found: Feedback) -> tuple[tuple[str, Sequence[Line], str], ...]:
    """The kinds of details, what of most concern first."""
    return (
        ("未采用", found.refused, "没有写入区里的台账，“现在”是区里保留的内容。"),
        ("核对意见", found.remarks, "标“错误”的请更正，“警告”的请核实或说明。"),
        ("区里的改动", found.later, "接收以后，区里或其他单位的回报所改。"),
        ("不计入", found.uncounted, "已接收，但不计入合计。"),
        ("更正", found.corrections, "你单位这个月的回报改了以前所报的。"),
    )


def _figures(found: Feedback) -> tuple[list[Col], list[tuple[Any, ...]]]:
    closed = found.closed is not None
    columns = [
        Col("项目", 30),
        Col("单位", 7, align="center"),
        Col("你单位", 12, COUNT),
        Col("全区", 12, COUNT),
    ]
    columns += [Col("你单位公布数", 13, align="right")] if closed else []
    rows = [
        (
            each.name, each.unit, _figure(each.own, each.places), _figure(each.whole, each.places),
            *((each.published or DASH,) if closed else ()), each.scope,
        )
        for each in found.figures
    ]  # fmt: skip
    return [*columns, Col("口径", 44)], rows


def _cover(sheet: Sheet, found: Feedback) -> None:
    for line in _summary(found):
        sheet.line(line, look="strong" if line.startswith("结论") else "")
    sheet.row += 1
    sheet.heading("一、接下来")
    for number, line in enumerate(found.next or ("没有要办的事。",), start=1):
        sheet.line(f"{number}. {line}")
    sheet.row += 1
    sheet.heading("二、收到的文件")
    sheet.table(
        (
            Col("文件", 36), Col("版次", 9, align="center"), Col("收到日期", 12), Col("结果", 9, align="center"),
            Col("行数", 8, COUNT, align="center"), Col("原因、说明", 40),
        ),
        [
            (each.name, f"第 {each.revision} 版", each.day, each.state, each.rows, each.why)
            for each in found.files
        ],
        empty="这个月没有收到你单位的文件",
    )  # fmt: skip
    if found.files:
        sheet.heading("三、现行版各表的接收情况")
        sheet.table(
            [Col("表"), *(Col(each, 8, COUNT, align="center") for each in ("报来", "新增", "改动", "未变", "未采用"))],
            [
                (each.sheet, each.rows, each.new, each.changed, each.same, Cell(each.left, look="strong" if each.left else ""))
                for each in found.sheets
            ],
            empty="零报送" if found.state.state == "零报" else "没有接收的行",
        )  # fmt: skip
        sheet.heading("四、明细")
        for kind, lines, about in _kinds(found):
            if lines:
                sheet.line(f"· {kind} {len(lines)} 处：{about}", link=place(DETAIL, "A1"))
        if empty := [kind for kind, lines, _about in _kinds(found) if not lines]:
            sheet.line(f"· 没有{'、'.join(empty)}。", look="muted")


def _summary(found: Feedback) -> list[str]:
    state, month = found.state, found.period.display()
    if found.nothing and not state.received:
        outcome = "经批准免报" if state.exempt else "没有收到回报"
        lines = [f"结论：{month}，{outcome}。截止日 {found.due}。"]
    else:
        late = f"，迟报 {state.late_days} 天" if state.late_days else ""
        version = f"，现行第 {state.revision} 版" if state.revision and "版" not in state.word else ""
        rows, left = sum(each.rows for each in found.sheets), sum(each.left or 0 for each in found.sheets)
        told = f"，报来 {rows} 行" if rows else ""
        if rows and all(each.left is not None for each in found.sheets):
            told += f"，采用 {rows - left} 行，未采用 {left} 行"
        word = "零报送" if state.state == "零报" else state.word if state.received else "还没有接收"
        lines = [f"结论：{month}，{word}{late}{version}{told}。截止日 {found.due}。"]
    if found.closed is not None:
        made = found.closed
        lines.append(
            f"本月的数已于 {made.day} 公布（公布记录第 {made.number} 号，第 {made.version} 版）；再更正须写明重述理由。"
        )
    return lines


def _figure(value: Decimal | None, places: int) -> Cell:
    return Cell(value, format=f"#,##0.{'0' * places}" if places else "#,##0")
