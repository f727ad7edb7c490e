"""经营档案: everything the register knows of a firm, for a folder or for the leader who visits it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from db.codes import mask_phone
from db.fields import Field
from db.models.issue import OPEN
from db.periods import Period
from db.progress import show_number
from db.registers import REGISTERS
from desktop.actions.enterprise_card import FirmCard
from desktop.actions.enterprise_timeline import WORDS, Event
from desktop.printing.blocks import (
    CHOSEN,
    GAP,
    OPEN_BOX,
    Block,
    Cell,
    Column,
    Document,
    Grid,
    Heading,
    Line,
    Table,
    Text,
    Title,
)
from desktop.printing.office import Office, filled, written
from desktop.printing.record_form import WIDTHS, pairs

TITLE = "企业经营档案"
_ISSUES = ("issue_no", "registered_on", "category", "description", "org_code", "due_date", "status")
_WEIGHTS = {"description": 56.0, "issue_no": 32.0, "org_code": 25.0, "registered_on": 25.0, "due_date": 25.0}


def firm_card(
    card: FirmCard, issues: Sequence[Mapping[str, Any]], events: Sequence[Event], more: bool, office: Office
) -> Document:
    """The dossier: facts by part, revenue against the 升规 line, materials, open problems, dealings newest first.

    `more`: there are older dealings than `events`. Phone numbers are masked: a dossier is passed on.
    """
    firm = card.firm
    name = str(firm.get("name") or "（未填名称）")
    blocks: list[Block] = [
        Title(office.title(TITLE)),
        Line(f"企业：{name}", "", f"截至 {office.today.isoformat()}"),
        Grid(WIDTHS, _facts(firm, office)),
        *_standing(card),
        *_revenue(card),
        *_materials(card),
        *_open(issues, office),
        *_events(events, more),
    ]
    return Document(
        TITLE, blocks, name=f"经营档案_{name}", number=name, foot=office.foot, printed=office.printed
    )


def _facts(firm: Mapping[str, Any], office: Office) -> list[Sequence[Cell]]:
    """The card's own fields under their headings; what nobody filled in is left out."""
    rows: list[Sequence[Cell]] = []
    parts: list[tuple[str, list[Field]]] = []
    for field in REGISTERS["enterprise"].fields:
        if field.group or not parts:
            parts.append((field.group, []))
        if written(field, firm, office.lookup):
            parts[-1][1].append(field)
    for heading, fields in parts:
        if fields:
            if heading:
                rows.append([Cell(heading, label=True, span=4, strong=True, side="left")])
            rows += pairs(fields, lambda field: _value(field, firm, office))
    return rows


def _value(field: Field, firm: Mapping[str, Any], office: Office) -> str:
    if field.editor == "phone" and firm.get(field.name):
        return mask_phone(str(firm[field.name]))
    text = written(field, firm, office.lookup)
    return text or filled(field, firm, office.lookup)


def _standing(card: FirmCard) -> list[Block]:
    if not card.standing:
        return []
    columns = [Column("事项", 18, "center"), Column("现状", 136)]
    return [Heading("现状"), Table(columns, [[each.word, each.text] for each in card.standing])]


def _revenue(card: FirmCard) -> list[Block]:
    year = card.revenue
    if not year.points:
        return []
    columns = [Column("截至月份", 20, "center"), Column("累计营业收入（万元）", 30, "right")] * 2
    cells = [[Period(point.period).display(), show_number(point.amount, 2)] for point in year.points]
    half = (len(cells) + 1) // 2  # read down, then down again
    rows = [cells[n] + (cells[n + half] if n + half < len(cells) else ["", ""]) for n in range(half)]
    blocks: list[Block] = [
        Heading(f"{Period(year.points[0].period).year} 年累计营业收入"),
        Table(columns, rows),
    ]
    if year.threshold is not None and year.missing is not None:
        told = f"还差 {show_number(year.missing, 2)} 万元" if year.missing > 0 else "已过线"
        stage = (card.candidate or {}).get("stage")
        named = f"（{year.specialty}）" if year.specialty else ""
        more = f"；培育阶段：{stage}" if stage else ""
        blocks.append(
            Text(f"升规线 {show_number(year.threshold, 0)} 万元{named}，{told}{more}。", small=True)
        )
    seen = card.outlook
    if seen.forecast is not None:
        blocks.append(Text(f"预计全年 {show_number(seen.forecast, 2)} 万元：{seen.assumption}", small=True))
    return blocks


def _materials(card: FirmCard) -> list[Block]:
    if not card.materials:
        return []
    done = sum(there for _, there in card.materials)
    listed = GAP.join(f"{CHOSEN if there else OPEN_BOX}{name}" for name, there in card.materials)
    return [Heading(f"升规材料（{done} / {len(card.materials)}）"), Text(listed)]


def _open(issues: Sequence[Mapping[str, Any]], office: Office) -> list[Block]:
    running = [each for each in issues if each.get("status") in OPEN]
    if not running:
        return []
    fields = [REGISTERS["issue"].field(name) for name in _ISSUES]
    columns = [Column(field.label, _WEIGHTS.get(field.name, 22.0)) for field in fields]
    rows = [[written(field, each, office.lookup) for field in fields] for each in running]
    return [Heading(f"未办结的问题（{len(running)} 件）"), Table(columns, rows)]


def _events(events: Sequence[Event], more: bool) -> list[Block]:
    if not events:
        return []
    columns = [Column("日期", 20, "center"), Column("类别", 16, "center"), Column("内容", 118)]
    rows = [
        [
            each.day.isoformat() if each.day else "",
            WORDS[each.kind],
            each.text + ("（已撤销）" if each.undone else ""),
        ]
        for each in events
    ]
    return [Heading(f"往来记录{f'（只印最近 {len(events)} 条）' if more else ''}"), Table(columns, rows)]
