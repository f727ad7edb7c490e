"""封面 and 校验说明: the sheets that people sign and read. Their look and their labels; the figures come ready."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from db.fields import Kind
from db.findings import Finding, Tally
from db.periods import Period
from db.text import clean
from db.values import Lookup, parse, to_text
from returns.layout import (
    BOX,
    CENTRE,
    HEAD,
    HEAD_FILL,
    LEFT,
    OPEN,
    PLAIN,
    RIGHT,
    SMALL,
    TITLE,
    print_setup,
    protect,
)
from returns.workbook import SIGNATURE, Manifest, SheetPlan, cover_fields

COLUMNS = 8
# The line of signatures, in the order of the form; people write it by hand if the file leaves it open.
SIGNED = ("head_sign", "reviewer", "filler", "phone", "submitted_on")
FACTS = ("title", "unit_note")  # printed elsewhere on the cover
APPROVAL = ("approved_by", "approval_no", "valid_to")  # a 工作调度表 has none
SEAL = "（单位公章）"


@dataclass(frozen=True, slots=True)
class Note:
    """One line of 校验说明: a finding, and what the clerk explained."""

    finding: Finding
    place: str
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """One line of the cover's table: rows of a sheet and what they sum to."""

    sheet: str
    rows: int
    totals: str


def labels() -> dict[str, str]:
    """Field name → the label on the cover."""
    names = {field.name: field.label for field in cover_fields()}
    return names | {"head_sign": SIGNATURE, "submitted_on": "填报日期"}


def write_cover(
    sheet: Worksheet, manifest: Manifest, values: Mapping[str, Any], totals: Sequence[Total], tally: Tally, explained: int,
    lookup: Lookup, mark: str,
) -> None:  # fmt: skip
    """The cover (forms.md, 10): heading, facts, rows and totals, checks, signatures, place of the seal."""
    shown = {field.name: to_text(field, values.get(field.name), lookup) for field in cover_fields()}
    name = labels()
    put = _Writer(sheet)
    put.wide(1, 1, COLUMNS, f"{mark and f'【{mark}】'}{shown['title']}", TITLE, CENTRE, rows=2)
    office = manifest.unit_name + (f"（{manifest.unit}）" if manifest.unit else "")
    put.wide(3, 1, 4, f"填报单位：{office}", SMALL, PLAIN)
    right = f"{name['form_no']}：{shown['form_no']}　{name['issuer']}：{shown['issuer']}"
    put.wide(3, 5, COLUMNS, right, SMALL, RIGHT)
    put.wide(4, 1, 4, f"填报期：{Period(manifest.period).display()}", SMALL, PLAIN)
    put.wide(4, 5, COLUMNS, f"{name['unit_note']}：{shown['unit_note']}", SMALL, RIGHT)
    row = 5
    if any(shown[each] for each in APPROVAL):
        put.wide(
            row, 1, COLUMNS, "　".join(f"{name[each]}：{shown[each]}" for each in APPROVAL), SMALL, RIGHT
        )
        row += 1
    row += 1
    facts = [
        ("报送版本", f"第 {manifest.revision} 版", ""),
        (name["zero_report"], shown["zero_report"] or "否", "zero_report"),
        (name["correction_reason"], shown["correction_reason"], "correction_reason"),
        (name["template_ver"], shown["template_ver"], ""),
        (name["data_ver"], shown["data_ver"], ""),
        (name["digest"], shown["digest"], ""),
    ]
    for place, (label, value, field) in enumerate(facts):
        left = 1 if place % 2 == 0 else 5
        put.pair(row + place // 2, left, label, value, open=bool(field))
    row += (len(facts) + 1) // 2 + 1
    for first, last, text in ((1, 2, "表名"), (3, 3, "行数"), (4, COLUMNS, "合计")):
        put.wide(row, first, last, text, HEAD, CENTRE, box=True, fill=True)
    for total in totals:
        row += 1
        put.wide(row, 1, 2, total.sheet, SMALL, PLAIN, box=True)
        put.wide(row, 3, 3, total.rows, SMALL, RIGHT, box=True)
        put.wide(row, 4, COLUMNS, total.totals, SMALL, LEFT, box=True)
    row += 2
    put.wide(row, 1, 2, "校验结果", HEAD, CENTRE, box=True, fill=True)
    verdict = (
        f"错误 {tally.errors} 项，警告 {tally.warnings} 项（已说明 {explained} 项），提示 {tally.infos} 项"
    )
    put.wide(row, 3, COLUMNS, verdict, SMALL, PLAIN, box=True)
    row += 2
    for place, field_name in enumerate(SIGNED):
        left = 1 if place % 2 == 0 else 5
        # The head signs on paper: the name is printed only behind the label, the line is for the pen.
        put.pair(row + place // 2, left, f"{name[field_name]}：", shown[field_name], open=True)
    put.wide(row + 2, 5, COLUMNS, SEAL, SMALL, CENTRE)
    for line in range(3, row):
        long = max((len(str(cell.value or "")) for cell in sheet[line][3:4]), default=0)
        sheet.row_dimensions[line].height = 20 if long < 40 else 34
    for place in range(3):
        sheet.row_dimensions[row + place].height = 28
    for letter, wide in zip("ABCDEFGH", (16, 12, 10, 16, 16, 16, 14, 16), strict=True):
        sheet.column_dimensions[letter].width = wide
    print_setup(sheet, mark=mark)
    sheet.print_area = f"A1:H{row + 3}"
    protect(sheet)


class _Writer:
    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet

    def wide(
        self, row: int, first: int, last: int, value: Any, font: Font, align: Any, *, rows: int = 1, box: bool = False,
        fill: bool = False,
    ) -> None:  # fmt: skip
        cell = self.sheet.cell(row, first)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # a text that starts with “=” stays a text
        cell.font, cell.alignment = font, align
        for place in range(first, last + 1) if box or fill else ():
            each = self.sheet.cell(row, place)
            if box:
                each.border = BOX
            if fill:
                each.fill = HEAD_FILL
        if last > first or rows > 1:
            self.sheet.merge_cells(start_row=row, end_row=row + rows - 1, start_column=first, end_column=last)

    def pair(self, row: int, first: int, label: str, value: str, *, open: bool) -> None:
        self.wide(row, first, first, label, HEAD, PLAIN, box=True)
        self.wide(row, first + 1, first + 3, value or None, SMALL, LEFT, box=True)
        cell = self.sheet.cell(row, first + 1)
        cell.number_format = "@"
        if open:
            cell.protection = OPEN


def read_cover(rows: Sequence[Sequence[Any]], lookup: Lookup) -> dict[str, Any]:
    """What was typed on a cover, by field: the cell to the right of each label."""
    wanted = {clean(label).text: name for name, label in labels().items()}
    known = {field.name: field for field in cover_fields()}
    found: dict[str, Any] = {}
    for row in rows:
        for place, cell in enumerate(row):
            if not isinstance(cell, str):
                continue
            name = wanted.get(cell.strip().rstrip("：:").strip())
            if name is None:
                continue
            beside = next((each for each in row[place + 1 : place + 4] if each not in (None, "")), None)
            if beside is None or (isinstance(beside, str) and beside.strip().endswith("：")):
                continue
            outcome = parse(known[name], beside, lookup)
            if outcome.ok and outcome.value is not None:
                found[name] = outcome.value
    return found


def rows_on_cover(rows: Sequence[Sequence[Any]]) -> dict[str, int]:
    """The row counts of the cover's table, by the name of the sheet (RET-006 compares them)."""
    counts: dict[str, int] = {}
    for row in rows:
        if len(row) > 2 and isinstance(row[0], str) and isinstance(row[2], (int, float)):
            counts[row[0]] = int(row[2])
    return counts


def write_notes(sheet: Worksheet, heading: str, notes: Sequence[Note], mark: str) -> None:
    """校验说明: findings that remain, with the explanations given."""
    put = _Writer(sheet)
    put.wide(1, 1, 5, "校验说明", TITLE, CENTRE)
    put.wide(2, 1, 5, heading, SMALL, PLAIN)
    for place, text in enumerate(("级别", "编号", "位置", "内容", "说明"), start=1):
        put.wide(3, place, place, text, HEAD, CENTRE, box=True, fill=True)
    for row, note in enumerate(notes, start=4):
        finding = note.finding
        for place, text in enumerate(
            (finding.severity.word, finding.id, note.place, finding.message, note.explanation), start=1
        ):
            put.wide(row, place, place, tidy_text(text) or None, SMALL, LEFT, box=True)
    if not notes:
        put.wide(4, 1, 5, "本期没有需要说明的事项。", SMALL, PLAIN)
    for letter, wide in zip("ABCDE", (8, 10, 34, 60, 50), strict=True):
        sheet.column_dimensions[letter].width = wide
    print_setup(sheet, mark=mark)
    sheet.print_title_rows = "1:3"
    sheet.freeze_panes = "A4"
    protect(sheet)


def tidy_text(text: str) -> str:
    """Characters that a workbook can not hold are left out."""
    return _ILLEGAL.sub("", text)


_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def totals_of(plan: SheetPlan, rows: Sequence[Mapping[str, Any]]) -> Total:
    """Rows of a sheet, the firms they name, and the sums of their amounts in 万元."""
    parts = []
    if plan.register.has_enterprise:
        parts.append(f"涉及企业 {len({row['enterprise_id'] for row in rows if row.get('enterprise_id')})} 家")
    for field in plan.register.fields:
        if field.kind is Kind.NUMBER and field.unit == "万元" and not field.computed:
            amounts = [row[field.name] for row in rows if row.get(field.name) is not None]
            if amounts:
                parts.append(f"{field.label} {sum(amounts):,.2f} 万元")
    return Total(plan.name, len(rows), "；".join(parts))
