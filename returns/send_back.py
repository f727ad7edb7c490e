"""退回: the clerk's own workbook with the cells marked, a comment in each, and a sheet that says why.

What is wrong with it was found when it was read (batches.py).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from sqlalchemy import select

from db.errors import Refused
from db.findings import Finding
from db.lookup import Directory
from db.models import Batch, StagedRow
from db.store import Actor, Store
from returns import batches
from returns.apply import batch_of
from returns.batches import SENT_BACK, STAGED, copy_path, finding_of
from returns.diff import BAD, CONFLICT, GONE
from returns.layout import print_setup
from returns.marking import Notes, mark, notes_of
from returns.read import load
from returns.write import write_atomically

OPINION = "退回意见"
_WIDE = Alignment(wrap_text=True, vertical="top")


def send_back(store: Store, batch_id: UUID, reason: str, out: Path, actor: Actor) -> Path:
    """Write the marked workbook and mark the batch as sent back; the register stays as it was.

    `out` is a file, or a folder that gets “退回_<name>”. Refused: “not_staged”, “no_reason”.
    """
    if not reason.strip():
        raise Refused("请写明退回的理由。", "对方会在退回的表里看到它。", "no_reason")
    with store.write() as session:
        batch = batch_of(session, batch_id)
        if batch.state != STAGED:
            raise Refused("这份回报已经处理过了。", "请刷新列表。", "not_staged")
        findings = [finding_of(each) for each in batch.findings or ()]
        asked = session.scalars(
            select(StagedRow)
            .where(StagedRow.batch_id == batch_id, StagedRow.action.in_((GONE, CONFLICT, BAD)))
            .order_by(StagedRow.seq)
        ).all()
        target = out / f"退回_{batch.file_name}" if out.is_dir() else out
        book = load_workbook(io.BytesIO(load(copy_path(store, batch.file_sha256))))
        _opinion(book, batch, reason.strip(), findings, asked, actor)
        office = Directory(session).name("unit", actor.unit_code)
        mark(book, _notes(findings, asked, reason.strip()), office)
        data = io.BytesIO()
        book.save(data)
        write_atomically(target, data.getvalue())
        batches.set_state(session, batch_id, SENT_BACK, note=reason.strip())
    return target


def _opinion(
    book: Workbook,
    batch: Batch,
    reason: str,
    findings: Sequence[Finding],
    asked: Sequence[StagedRow],
    actor: Actor,
) -> None:
    if OPINION in book.sheetnames:
        del book[OPINION]
    sheet = book.create_sheet(OPINION, 0)
    book.active = 0
    sheet["A1"], sheet["A1"].font = "退回意见", Font(name="黑体", size=16, bold=True)
    sheet["A2"] = f"{batch.period} 第 {batch.revision} 版　退回人：{actor.person}"
    sheet["A3"], sheet["A3"].alignment = f"理由：{reason}", _WIDE
    sheet.merge_cells("A3:D3")
    for place, head in enumerate(("表", "行", "栏", "问题"), start=1):
        sheet.cell(5, place, head).font = Font(bold=True)
    lines = [(each.sheet, each.row, each.column, each.message) for each in findings]
    lines += [
        (each.sheet, each.row_no, "", f"{each.label}：{(each.values or {}).get('reason', '')}")
        for each in asked
    ]
    for number, (where, row, column, message) in enumerate(lines, start=6):
        for place, value in enumerate((where, row, column, message), start=1):
            cell = sheet.cell(number, place)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
            cell.alignment = _WIDE
    for letter, width in zip("ABCD", (14, 8, 22, 90), strict=True):
        sheet.column_dimensions[letter].width = width
    print_setup(sheet)


def _notes(findings: Sequence[Finding], asked: Sequence[StagedRow], reason: str) -> Notes:
    notes = notes_of(findings)
    for staged in asked:
        if staged.sheet and staged.row_no:
            changed = [
                str(change["label"]) for change in staged.changes or () if change.get("disputed", True)
            ]
            for label in changed or [""]:
                note = (staged.values or {}).get("reason") or reason
                notes.setdefault((staged.sheet, staged.row_no, label), []).append(str(note))
    return notes
