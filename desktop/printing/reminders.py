"""催办单: problems whose clocks run out or have run out, by the unit whose turn it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from db.deadlines import DueIssue
from db.registers import REGISTERS
from db.values import display
from desktop.printing.blocks import Block, Column, Document, Heading, Line, Signatures, Table, Text, Title
from desktop.printing.office import Office

TITLE = "企业问题催办单"


def reminders(
    due: Sequence[DueIssue], records: Mapping[UUID, Mapping[str, Any]], office: Office, days: int
) -> Document:
    """One table per unit, what is most overdue first; `records` are the problems themselves by id."""
    fields = {field.name: field for field in REGISTERS["issue"].fields}
    labels = {name: field.label for name, field in fields.items()}
    columns = [
        Column("序号", 11, "center"),
        Column(labels["issue_no"], 30),
        Column(labels["enterprise_id"], 38),
        Column(labels["description"], 74),
        Column(labels["registered_on"], 21, "center"),
        Column("时限", 21, "center"),
        Column("情况", 25, "center"),
        Column(labels["owner"], 29),
        Column(labels["progress_log"], 46),
    ]
    late = sum(each.days < 0 for each in due)
    blocks: list[Block] = [
        Title(office.title(TITLE)),
        Line(
            f"催办单位：{office.unit}",
            f"已超期 {late} 件" + (f"，{days} 天内到期 {len(due) - late} 件" if days else ""),
            f"截至 {office.today.isoformat()}",
        ),
    ]
    if not due:
        blocks.append(Text("没有超期或临近到期的问题。"))
    for org, group in groupby(
        sorted(due, key=lambda each: (each.org == "", each.org, each.days)), lambda each: each.org
    ):
        members = list(group)
        behind = sum(each.days < 0 for each in members)
        told = "，".join(
            part
            for part in (
                f"超期 {behind} 件" if behind else "",
                f"临近到期 {len(members) - behind} 件" if len(members) > behind else "",
            )
            if part
        )
        blocks.append(Heading(f"{org or '未明确责任单位'}（{told}）"))
        rows = [
            _row(place, each, records.get(each.id, {}), fields, office)
            for place, each in enumerate(members, 1)
        ]
        blocks.append(Table(columns, rows))
    if due:
        blocks.append(Signatures(("经办人签字：", "负责人签字（盖章）：", "日期：")))
    return Document(
        TITLE, blocks, landscape=True, name=f"催办单_{office.unit}_{office.today}", foot=office.foot,
        printed=office.printed,
    )  # fmt: skip


def _row(
    place: int, due: DueIssue, record: Mapping[str, Any], fields: Mapping[str, Any], office: Office
) -> list[str]:
    log = record.get("progress_log") or []
    last = display(fields["progress_log"], log[-1:], office.lookup)
    registered = record.get("registered_on")
    more = f"{due.clock}：" if due.clock != "办理" else ""
    return [
        str(place),
        due.issue_no,
        due.enterprise,
        str(record.get("description") or due.category),
        registered.isoformat() if registered else "",
        due.due.isoformat(),
        f"{more}{due.words}" if due.days <= 3 else f"{more}还剩 {due.days} 天",
        "\n".join(part for part in (due.owner, due.owner_phone) if part),
        last,
    ]
