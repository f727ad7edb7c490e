"""交办单: a problem handed to the unit that is to solve it, with the part that comes back filled by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from db.registers import REGISTERS
from desktop.printing.blocks import Block, Cell, Document, Grid, Line, Signatures, Space, Text, Title
from desktop.printing.office import Office, blank, filled, is_wide
from desktop.printing.record_form import WIDTHS, pairs

TITLE = "企业问题交办单"
_FACTS = ("source", "registered_on", "category", "urgency", "level", "description")
_TO = ("org_code", "support_org_codes", "owner", "owner_phone", "due_date")
_FIRM = ("uscc", "street_code", "contact", "phone", "reg_address")
_REPLY = ("measure", "result", "result_text", "closed_on", "satisfaction")
_ROOM = {"measure": 6, "result_text": 4}  # lines to write on


def slip(issue: Mapping[str, Any], firm: Mapping[str, Any] | None, office: Office) -> Document:
    """The slip of one problem."""
    fields = {field.name: field for field in REGISTERS["issue"].fields}
    firm_fields = {field.name: field for field in REGISTERS["enterprise"].fields}
    lookup = office.lookup
    number = str(issue.get("issue_no") or "")
    sender = lookup.name("unit", issue.get("unit_code")) or office.unit
    rows: list[Sequence[Cell]] = [[_part("交办事项")]]
    rows += pairs([fields[name] for name in _TO], lambda field: filled(field, issue, lookup))
    rows.append([_part("企业与问题")])
    name = str((firm or {}).get("name") or "")
    rows.append([Cell(fields["enterprise_id"].label, label=True), Cell(name, span=3)])
    rows += pairs(
        [firm_fields[each] for each in _FIRM if each in firm_fields],
        lambda field: filled(field, firm or {}, lookup),
    )
    rows += pairs([fields[each] for each in _FACTS], lambda field: filled(field, issue, lookup))
    reply: list[Sequence[Cell]] = [[_part("办理情况（由责任单位填写并反馈）")]]
    waiting: list[Cell] = []
    for each in _REPLY:
        field = fields[each]
        text = blank(field, lookup)
        if is_wide(field, text):
            reply += _across(waiting)
            waiting = []
            reply.append([Cell(field.label, label=True), Cell(text, span=3, room=_ROOM.get(each, 1))])
        else:
            waiting += [Cell(field.label, label=True), Cell(text)]
            if len(waiting) == 4:
                reply.append(waiting)
                waiting = []
    reply += _across(waiting)
    org = lookup.name("unit", issue.get("org_code"))
    due = issue.get("due_date")
    until = f"于 {due.year} 年 {due.month} 月 {due.day} 日前" if due else "在规定时限内"
    assigned = issue.get("assigned_on")
    blocks: list[Block] = [
        Title(office.title(TITLE)),
        Line(f"编号：{number}", "", f"{fields['assigned_on'].label}：{assigned or '　　　　年　　月　　日'}"),
        Text(f"{org or '＿＿＿＿＿＿＿＿'}："),
        Text(
            f"现将以下企业问题交由你单位办理，请{until}办结，填写办理情况后连同证明材料反馈{sender}。"
            "确需延期的，请在到期前说明理由。",
            indent=True,
        ),
        Grid(WIDTHS, rows),
        Signatures(("交办单位（盖章）：", "经办人签字：", "签收人签字：")),
        Space(3),
        Grid(WIDTHS, reply),
        Signatures(("责任单位（盖章）：", "负责人签字：", "日期：")),
    ]
    return Document(
        TITLE, blocks, name=f"交办单_{number or name}_{org}".rstrip("_"), number=number, foot=office.foot,
        printed=office.printed,
    )  # fmt: skip


def _part(heading: str) -> Cell:
    return Cell(heading, label=True, span=4, strong=True, side="left")


def _across(waiting: list[Cell]) -> list[Sequence[Cell]]:
    return [[waiting[0], Cell(waiting[1].text, span=3)]] if waiting else []
