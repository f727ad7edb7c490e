"""The rows of a unit's month in its feedback: files, what was taken, changed, refused or not counted, each with why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from db import publishing
from db.closing import MONTHLY
from db.findings import Severity
from db.lookup import Directory
from db.models import AuditEntry, Batch, Cloud, Enterprise, ReturnFile, ReturnRow, StagedRow, Visit
from db.periods import Period
from db.registers import REGISTERS
from db.special import answers
from db.special.definition import PREFIX
from db.totals import ASSESSED_MODES
from returns import batches
from returns.match import in_chunks
from returns.planned import BAD, CONFLICT, GONE, NEW, SAME, UPDATE

MOST = 2000  # lines of a list; a file for reading is not the register
_STATES = {
    batches.STAGED: "待审核", batches.APPLIED: "已接收", batches.SENT_BACK: "已退回", batches.UNDONE: "已撤销",
    "rejected": "没有读入",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of the unit's month. `why`: the reason of a 退回, of a restatement or of a decision."""

    name: str
    revision: int
    day: date
    state: str
    rows: int
    why: str


@dataclass(frozen=True, slots=True)
class SheetLine:
    """How the rows of one sheet fared in the return that counts; None where that is not known any more."""

    sheet: str
    rows: int
    new: int | None
    changed: int | None
    same: int | None
    left: int | None  # not taken


@dataclass(frozen=True, slots=True)
class Line:
    """One cell that changed, or one row that was not taken or not counted, with why."""

    sheet: str
    row: int | None
    label: str
    column: str
    old: str
    new: str
    why: str


# ---------------------------------------------------------------- the return


def files_of(session: Session, unit: str, period: Period) -> list[Batch]:
    query = select(Batch).where(Batch.kind == "return", Batch.unit_code == unit, Batch.period == str(period))
    return list(session.scalars(query.order_by(Batch.revision, Batch.created_at)))


def file_lines(session: Session, unit: str, period: Period, files: Sequence[Batch]) -> tuple[FileLine, ...]:
    """The files of the month, oldest first; one whose reading is not kept any more stands with what its return says."""
    known = {each.id for each in files}
    kept = session.scalars(
        select(ReturnFile).where(
            ReturnFile.unit_code == unit, ReturnFile.period == str(period), ReturnFile.state == "received",
            ReturnFile.file_name.is_not(None),
        )
    )  # fmt: skip
    found = [_file_line(each, session, str(period)) for each in files]
    found += [
        FileLine(
            each.file_name or "", each.revision, each.submitted_on or each.created_at.astimezone().date(), "已接收",
            sum((each.summary or {}).values()), f"更正说明：{each.correction_reason}" if each.correction_reason else "",
        )
        for each in kept
        if each.batch_id not in known
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: each.revision))


def _file_line(batch: Batch, session: Session, period: str) -> FileLine:
    why = batch.note or ""
    if batch.state == batches.APPLIED:
        # A decision on a conflict is noted with the batch; a restatement with its publication.
        for each in publishing.published(session, MONTHLY, period):
            if each.cause.get("batch") == batch.id.hex:
                why = f"{each.event}重述（公布第 {each.number} 号），理由：{each.reason}"
        if not why and (batch.cover or {}).get("correction_reason"):
            why = f"更正说明：{(batch.cover or {})['correction_reason']}"
    return FileLine(
        batch.file_name, batch.revision or 0, batch.created_at.astimezone().date(), _STATES.get(batch.state, batch.state),
        batch.rows_read, why,
    )  # fmt: skip


def sheet_lines(session: Session, batch: UUID | None, summary: Mapping[str, int]) -> tuple[SheetLine, ...]:
    """By sheet, from the reading `batch`; where none is kept, the numbers of rows by register in `summary`."""
    if batch is None:
        return tuple(
            SheetLine(_title(session, key), rows, None, None, None, None)
            for key, rows in summary.items()
            if rows
        )
    table = StagedRow.__table__.c
    query = (
        select(table.register, table.action, table.before.is_not(None), func.count())
        .where(table.batch_id == batch, table.row_no.is_not(None))
        .group_by(table.register, table.action, table.before.is_not(None))
    )
    counts: dict[str, dict[str, int]] = {}
    for register, action, written, number in session.execute(query):
        mine = counts.setdefault(register, {})
        what = "same" if action == SAME else ("new" if action == NEW else "changed") if written else "left"
        mine[what] = mine.get(what, 0) + number
    ordered = sorted(counts, key=lambda key: ([*REGISTERS, key].index(key), key))
    return tuple(
        SheetLine(
            _title(session, key), sum(counts[key].values()), *(counts[key].get(what, 0) for what in ("new", "changed", "same", "left"))
        )
        for key in ordered
    )  # fmt: skip


def _title(session: Session, register: str) -> str:
    if register in REGISTERS:
        return REGISTERS[register].title
    for definition, _state in answers.all_tables(session):
        if definition.name == register:
            return f"专项：{definition.title}"
    return register.removeprefix(PREFIX)


def corrections(session: Session, applied: Sequence[Batch]) -> tuple[Line, ...]:
    """Cell by cell what the unit's own returns of the month changed of what was stored."""
    found: list[Line] = []
    for batch in applied:
        rows = session.scalars(
            select(StagedRow)
            .where(
                StagedRow.batch_id == batch.id,
                StagedRow.action.in_((UPDATE, CONFLICT)),
                StagedRow.before.is_not(None),
            )
            .order_by(StagedRow.seq)
            .limit(MOST)
        )
        for row in rows:
            chosen = row.action == CONFLICT and _won(session, row, batch)
            why = f"第 {batch.revision} 版回报" + (
                f"；冲突经选定以你单位所报为准：{batch.note}" if chosen and batch.note else ""
            )
            found += [
                Line(
                    _title(session, row.register), row.row_no, row.label, str(each["label"]), str(each["old"] or ""),
                    str(each["new"] or ""), why,
                )
                for each in row.changes or ()
                if row.action == UPDATE or chosen or not each.get("disputed", True)
            ]  # fmt: skip
    return tuple(found[:MOST])


def refused(session: Session, files: Sequence[Batch]) -> tuple[Line, ...]:
    """Rows that were not taken of the newest file that was received or sent back."""
    found: list[Line] = []
    for batch in _judged(files):
        back = batch.state == batches.SENT_BACK
        wanted = (BAD, CONFLICT, GONE) if back else (BAD, CONFLICT, GONE, NEW, UPDATE)
        rows = session.scalars(
            select(StagedRow)
            .where(
                StagedRow.batch_id == batch.id, StagedRow.action.in_(wanted),
                or_(StagedRow.before.is_(None), StagedRow.action == CONFLICT),
            )
            .order_by(StagedRow.seq)
            .limit(MOST)
        )  # fmt: skip
        for row in rows:
            if row.action != CONFLICT or not _won(session, row, batch):
                found += _lines_of(session, row, batch, back)
    return tuple(found[:MOST])


def _judged(files: Sequence[Batch]) -> Sequence[Batch]:
    """The newest file that was received or sent back, if any."""
    return [each for each in files if each.state in (batches.APPLIED, batches.SENT_BACK)][-1:]


def remarks(files: Sequence[Batch]) -> tuple[Line, ...]:
    """What was found wrong or doubtful in the newest file; `new` is the severity. Each sentence once."""
    found: dict[tuple[str, int | None, str, str], Line] = {}
    for batch in _judged(files):
        for each in map(batches.finding_of, batch.findings or ()):
            if each.severity is not Severity.INFO:
                line = Line(each.sheet, each.row, "", each.column or "", "", each.severity.word, each.message)
                found.setdefault((each.sheet, each.row, line.column, _plain(each.message)), line)
    ordered = sorted(found.values(), key=lambda each: each.new != Severity.ERROR.word)
    return tuple(ordered[:MOST])


def _plain(message: str) -> str:
    """A sentence without where it is: reading and checking say the same of a cell in their own words."""
    return message.rpartition("：")[2]


def _won(session: Session, row: StagedRow, batch: Batch) -> bool:
    """Whether of a conflict the return's side was written: beside what nobody disputed, its disputed fields were."""
    disputed = {str(each["field"]) for each in row.changes or () if each.get("disputed", True)}
    entries = session.scalars(
        select(AuditEntry).where(
            AuditEntry.record_id == row.record_id, AuditEntry.action == "receive",
            AuditEntry.note == f"接收回报“{batch.file_name}”",
        )
    )  # fmt: skip
    return any(disputed & {*(each.before or {}), *(each.after or {})} for each in entries)


def _lines_of(session: Session, row: StagedRow, batch: Batch, back: bool) -> list[Line]:
    reason = str((row.values or {}).get("reason") or "").replace("本机", "区里")
    sheet = _title(session, row.register)
    if row.action == CONFLICT:
        why = f"与已有内容冲突，保留了已有内容。{reason}" if not back else reason
        cells = [each for each in row.changes or () if each.get("disputed", True)]
        return [
            Line(sheet, row.row_no, row.label, str(each["label"]), str(each["new"] or ""), str(each["old"] or ""), why)
            for each in cells
        ] or [Line(sheet, row.row_no, row.label, "", "", "", why)]  # fmt: skip
    if row.action == GONE:
        return [
            Line(sheet, None, row.label, "", "", "", "上次报过、这次没有，区里已保留；如确应删除，请说明。")
        ]
    if row.action == BAD:
        return [Line(sheet, row.row_no, row.label, "", "", "", reason or "这一行有错误，没有采用。")]
    return [Line(sheet, row.row_no, row.label, "", "", "", f"审核时没有选用。{batch.note or ''}")]


def received(session: Session, unit: str, period: Period) -> dict[tuple[str, UUID], datetime]:
    """The records that the unit's received returns of the month carried, and since when they are in the register."""
    table = ReturnRow.__table__.c
    query = (
        select(table.register, table.record_id, func.min(ReturnFile.__table__.c.created_at))
        .join(ReturnFile.__table__, ReturnFile.__table__.c.id == table.return_id)
        .where(
            ReturnFile.__table__.c.unit_code == unit, ReturnFile.__table__.c.period == str(period),
            ReturnFile.__table__.c.state == "received",
        )
        .group_by(table.register, table.record_id)
    )  # fmt: skip
    return {(register, record): since for register, record, since in session.execute(query)}


# ---------------------------------------------------------------- what does not count


def uncounted_clouds(session: Session, unit: str, period: Period, lookup: Directory) -> tuple[Line, ...]:
    cloud, firm = Cloud.__table__.c, Enterprise.__table__.c
    rows = session.execute(
        select(
            cloud.enterprise_id, firm.name, cloud.product, cloud.cloud_on, cloud.uncounted_reason, cloud.verify_status
        )
        .outerjoin(Enterprise.__table__, firm.id == cloud.enterprise_id)
        .where(
            cloud.unit_code == unit, cloud.deleted_at.is_(None), cloud.counted.is_(False),
            or_(cloud.cloud_on.is_(None), cloud.cloud_on <= period.last_day),
        )
        .order_by(cloud.uncounted_reason, firm.name, cloud.id)
        .limit(MOST)
    ).all()  # fmt: skip
    counted: dict[UUID, tuple[str, Any]] = {}
    for chunk in in_chunks(row.enterprise_id for row in rows if row.enterprise_id is not None):
        for key, provider, day in session.execute(
            select(cloud.enterprise_id, cloud.provider_org, cloud.cloud_on).where(
                cloud.enterprise_id.in_(chunk), cloud.counted.is_(True), cloud.deleted_at.is_(None)
            )
        ):
            counted[key] = (lookup.name("unit", provider) or "其他渠道", day)
    found = []
    for row in rows:
        why = row.uncounted_reason or row.verify_status or "未核实"
        if row.enterprise_id in counted:
            provider, day = counted[row.enterprise_id]
            why += f"：这家企业已按{provider}的记录计入" + (f"（{day} 上云）" if day else "")
        found.append(
            Line(
                REGISTERS["cloud"].title, None, row.name or "未写企业", row.product or "",
                "", "不计入上云企业数", why,
            )
        )  # fmt: skip
    return tuple(found)


def uncounted_visits(session: Session, unit: str, period: Period) -> tuple[Line, ...]:
    visit, firm = Visit.__table__.c, Enterprise.__table__.c
    rows = session.execute(
        select(firm.name, visit.visit_date, visit.visit_mode)
        .outerjoin(Enterprise.__table__, firm.id == visit.enterprise_id)
        .where(
            visit.unit_code == unit, visit.deleted_at.is_(None),
            visit.visit_date.between(period.first_day, period.last_day),
            or_(visit.visit_mode.is_(None), visit.visit_mode.not_in(ASSESSED_MODES)),
        )
        .order_by(visit.visit_date, visit.id)
        .limit(MOST)
    )  # fmt: skip
    assessed = "、".join(ASSESSED_MODES)
    return tuple(
        Line(
            REGISTERS["visit"].title, None, row.name or "未写企业", f"{row.visit_date}", "", "不计入考核的走访企业数",
            f"走访方式为“{row.visit_mode or '未填'}”，计入考核的是{assessed}",
        )
        for row in rows
    )  # fmt: skip
