"""催报: the list of who is missing and the slip for one unit; and the year's calendar of returns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from db.cadence import NAMES, Cycle
from db.deadlines import WEEKDAYS
from db.urging import Urged
from desktop.printing.blocks import (
    Block,
    Column,
    Document,
    Heading,
    Line,
    Signatures,
    Space,
    Table,
    Text,
    Title,
)
from desktop.printing.office import Office

LIST, SLIP, CALENDAR = "数字经济工作回报催报名单", "催报单", "报送日历"


def urge_list(found: Sequence[Urged], cycle: Cycle, office: Office) -> Document:
    """Everybody who is missing, by kind, with the contact of the last return."""
    month = found[0].period
    late = sum(each.days > 0 for each in found)
    blocks: list[Block] = [
        Title(office.title(f"{month.display()}{LIST}")),
        Line(
            f"催报单位：{office.unit}",
            f"未报 {len(found)} 家" + (f"，其中超期 {late} 家" if late else ""),
            f"截至 {office.today.isoformat()}",
        ),
        Text(
            f"报送开始 {cycle.opens_on}，截止 {cycle.due_on}（周{WEEKDAYS[cycle.due_on.weekday()]}），"
            f"锁定 {cycle.locks_on}；锁定后报送记为补报。", small=True,
        ),
    ]  # fmt: skip
    columns = (
        Column("序号", 12, "center"), Column("单位", 40), Column("应报日期", 24, "center"), Column("情况", 36),
        Column("另欠月份", 36), Column("上次填表人", 24), Column("电话", 34), Column("备注", 34),
    )  # fmt: skip
    for word, group in (
        ("街道", [each for each in found if each.street]),
        ("部门和运营商", [each for each in found if not each.street]),
    ):
        if group:
            blocks.append(Heading(f"{word}（{len(group)} 家）"))
            blocks.append(
                Table(
                    columns,
                    [
                        [
                            str(place), each.name, each.due_on.isoformat(), each.standing, each.earlier, each.contact,
                            each.phone, "",
                        ]
                        for place, each in enumerate(group, 1)
                    ],
                )
            )  # fmt: skip
    blocks.append(Signatures(("经办人签字：", "负责人签字：", "日期：")))
    return Document(
        LIST, blocks, landscape=True, name=f"催报名单_{month}_{office.today}", foot=office.foot, printed=office.printed
    )  # fmt: skip


def urge_slip(each: Urged, office: Office) -> Document:
    """One unit's slip, to be handed over."""
    due = each.due_on
    day = f"{due.year} 年 {due.month} 月 {due.day} 日（周{WEEKDAYS[due.weekday()]}）"
    said = f"你单位 {each.period.display()}数字经济工作回报应于 {day}前报送，"
    said += f"至今未收到，已超期\u00a0{each.days}\u00a0天。" if each.days > 0 else "至今尚未收到。"
    blocks: list[Block] = [
        Title(office.title(SLIP)),
        Text(f"{each.name}："),
        Text(said, indent=True),
    ]
    if each.owes:
        blocks.append(
            Text(f"另有 {each.period.year} 年 {each.earlier}的回报也未报送，请一并补报。", indent=True)
        )
    if each.locked:
        blocks.append(Text("该月已锁定，现在报送记为补报。", indent=True))
    blocks.append(
        Text("请尽快报送；本期没有新增的，请零报送。确有困难的，请书面说明理由申请延期。", indent=True)
    )
    blocks.append(Space(8))
    blocks.append(Text(office.unit, side="right"))
    blocks.append(Text(f"{office.today.year} 年 {office.today.month} 月 {office.today.day} 日", side="right"))
    blocks.append(Space(8))
    blocks.append(Signatures(("签收人：", "签收日期：")))
    return Document(
        SLIP, blocks, name=f"催报单_{each.name}_{each.period}", foot=office.foot, printed=office.printed
    )


def year_calendar(year: int, found: Sequence[Cycle], office: Office) -> Document:
    """All cycles of a year by deadline, with the days the office set itself marked."""
    own = sum(each.edited for each in found)
    note = f"；其中 {own} 项为本单位调整" if own else ""
    columns = (
        Column("事项", 62), Column("类别", 26, "center"), Column("报送开始", 36, "center"), Column("截止", 36, "center"),
        Column("锁定", 36, "center"), Column("说明", 60),
    )  # fmt: skip
    rows = [
        [
            each.title.removesuffix(NAMES[each.kind]), NAMES[each.kind], _day(each.opens_on), _day(each.due_on),
            _day(each.locks_on), each.note or ("本单位调整" if each.edited else ""),
        ]
        for each in found
    ]  # fmt: skip
    blocks: list[Block] = [
        Title(office.title(f"{year} 年{CALENDAR}")),
        Line(f"制表单位：{office.unit}", "", f"截至 {office.today.isoformat()}"),
        Table(columns, rows),
        Text(f"按计划和工作日历推算{note}。截止日之后到的记为迟报，锁定之后到的记为补报。", small=True),
    ]
    return Document(
        CALENDAR, blocks, landscape=True, name=f"{year}年{CALENDAR}", foot=office.foot, printed=office.printed
    )


def _day(day: date) -> str:
    return f"{day.isoformat()} 周{WEEKDAYS[day.weekday()]}"
