"""A foreign ledger into the register: one transaction, every row stored, matched, or kept aside with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from db.behind import behind
from db.collector import uncollected
from db.errors import Refused, UsageError
from db.findings import Finding, Severity
from db.lookup import Directory
from db.models import Batch, StagedRow
from db.registers import REGISTERS
from db.save_many import remembering
from db.store import Actor, Store
from db.types import new_key, now
from returns.files import Book, open_book
from returns.ledger import memory
from returns.ledger.placing import Placing
from returns.ledger.rows import LedgerRow
from returns.ledger.staging import json_cells
from returns.ledger.table import LedgerTable, begin
from returns.pace import CANCELLED
from returns.results import ACCEPTED, PARTIAL, REJECTED, FileReport, rejected

Progress = Callable[[int, int, str], None]
TAIL = 60  # lines below the table that are kept with the batch


class _RolledBack(Exception):
    """A dry run ends its transaction with this."""


def import_ledger(
    store: Store,
    path: Path,
    register: str,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    dry_run: bool = False,
    day: date | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> FileReport:
    """Take a foreign ledger into the register; `dry_run` reports the same and stores nothing.

    `day` dates the rows that give none (a list of names as of a day).

    Each row is stored (待补全 where the register asks for more), recognised as already there, fills empty
    fields of what is there, or is kept in the batch as bad with its reason. The same file again adds nothing.
    A file that is no ledger comes back `rejected`; UsageError and MachineError are raised.
    """
    _known(register)
    path = Path(path)
    try:
        book = open_book(path, progress=progress, cancelled=cancelled)
    except Refused as error:
        if error.id == CANCELLED:
            raise
        return _rejected(store.actor, path.name, register, error)
    with book:
        return import_book(
            store, book, register, sheet=sheet, mapping=mapping, dry_run=dry_run, day=day,
            progress=progress, cancelled=cancelled,
        )  # fmt: skip


def import_book(
    store: Store,
    book: Book,
    register: str,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    dry_run: bool = False,
    day: date | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> FileReport:
    """The same for a book that is open: a file, or rows at hand that are tried again (MemoryBook)."""
    _known(register)
    with store.read() as reading:
        directory = Directory(reading)
        try:
            known = memory.layouts(reading, store.actor.unit_code, register)
            table = begin(
                book, register, lookup=directory, sheet=sheet, mapping=mapping, day=day, remembered=known
            )
            unit_code, street = _office(store.actor, directory, table)
        except Refused as error:
            return _rejected(store.actor, book.name, register, error)
        report = FileReport(book.name, REJECTED)
        batch = None if dry_run else new_key()
        try:
            with uncollected(), store.write() as session, remembering(session), behind(session):
                if batch is not None:
                    session.execute(insert(Batch), [_begun(batch, store.actor, table, unit_code)])
                placing = Placing(session, store.actor, table, unit_code, street, batch)
                outcome = _Outcome(table)
                for rows in table.chunks():
                    _go_on(outcome.rows, table, progress, cancelled)
                    placing.place(rows)
                    outcome.add(rows)
                placing.finish()
                report = _report(table, placing, outcome, unit_code)
                if batch is None:
                    raise _RolledBack
                report = report.but(batch=_keep(session, batch, table, placing, report))
                _remember(session, store.actor, table, report)
        except _RolledBack:
            return report.but(warnings=("试运行：没有写入台账。", *report.warnings))
    return report


def _go_on(
    done: int, table: LedgerTable, progress: Progress | None, cancelled: Callable[[], bool] | None
) -> None:
    if progress is not None:
        progress(done, max(done, table.height - table.header_rows[1]), "正在导入")
    if cancelled is not None and cancelled():
        raise Refused("导入已取消，台账没有改动。", "", CANCELLED)


class _Outcome:
    """What is kept of rows that have been placed: their findings, and the months they lie in."""

    def __init__(self, table: LedgerTable) -> None:
        self._register, self._placed_by = table.register, REGISTERS[table.register].placed_by
        self.rows = 0
        self.findings: list[Finding] = []
        self.months: set[str] = set()

    def add(self, rows: Sequence[LedgerRow]) -> None:
        self.rows += len(rows)
        days = set()
        for row in rows:
            self.findings += row.findings
            days.add(row.get(self._register, self._placed_by))
        self.months |= {str(day)[:7] for day in days if day is not None}


def _remember(session: Session, actor: Actor, table: LedgerTable, report: FileReport) -> None:
    """What a person said of the columns is known next time, once rows were stored by it."""
    if table.header is None or not (report.stored or report.updated):
        return
    if table.by_hand:
        memory.remember(session, actor.unit_code, table.register, table.header, table.by_hand, actor.person)
    elif table.header.remembered:
        memory.used(session, actor.unit_code, table.register, table.header)


def _known(register: str) -> None:
    if register not in REGISTERS:
        raise UsageError(
            f"没有“{register}”这个台账。", f"可用的有：{'、'.join(REGISTERS)}。", "unknown_register"
        )


def _rejected(actor: Actor, name: str, register: str, error: Refused) -> FileReport:
    return rejected(name, error.id, str(error), register=register, unit=actor.unit_code or None)


def _office(actor: Actor, directory: Directory, table: LedgerTable) -> tuple[str, str | None]:
    """Whose rows these are, and the street that firms without one belong to.

    The district may take in a street's own ledger; a street does not take in another street's.
    """
    named, own = table.context.unit_code, actor.unit_code
    kinds = {code: unit.kind for code, unit in directory.units.items()}
    if named is None or named == own:
        return own, own if kinds.get(own) == "street" else None
    if actor.role == "supervisor":
        return named, named if kinds.get(named) == "street" else None
    if kinds.get(named) == "street" and kinds.get(own) == "street":
        raise Refused(
            f"文件的填报单位是“{directory.name('unit', named)}”，本机登记的是“{directory.name('unit', own)}”。",
            "请核对是不是拿错了文件；如确需并入，请由区级导入。",
            "other_unit",
        )
    table.warnings.append(f"文件的填报单位是“{directory.name('unit', named)}”，记录归入本单位。")
    return own, named if kinds.get(named) == "street" else None


def _report(table: LedgerTable, placing: Placing, outcome: _Outcome, unit_code: str) -> FileReport:
    tally = placing.tally
    if placing.incomplete:
        table.warnings.append(f"{placing.incomplete} 条还缺必填内容，已标为“待补全”。")
    for noun, count in placing.created.items():
        table.warnings.append(f"另外新建{noun} {count} 条。")
    wrong = any(finding.severity is Severity.ERROR for finding in outcome.findings)
    result = PARTIAL if wrong else ACCEPTED
    if tally["bad"] == outcome.rows:
        result = REJECTED
    if not outcome.rows:
        name = table.path.name
        hint = "请核对选的是哪个工作表；表头以外的内容没有读取。"
        return rejected(
            name, "no_rows", f"“{name}”的“{table.sheet}”里，表头下面没有数据行。{hint}", register=table.register,
            unit=unit_code, warnings=(*table.notes, *table.warnings),
        )  # fmt: skip
    return FileReport(
        table.path.name,
        result,
        register=table.register,
        unit=unit_code,
        period=_period(table, outcome),
        rows_read=outcome.rows,
        stored=tally["new"],
        unchanged=tally["same"] + tally["conflict"],
        updated=tally["update"],
        bad=tally["bad"],
        warnings=(*table.notes, *table.warnings),
        findings=tuple(sorted(outcome.findings, key=_order)),
    )


def _order(finding: Finding) -> tuple[int, int, str]:
    rank = (Severity.ERROR, Severity.WARNING, Severity.INFO).index(finding.severity)
    return rank, finding.row or 0, finding.column


def _period(table: LedgerTable, outcome: _Outcome) -> str | None:
    """The month the sheet names, else the one in which all its rows lie."""
    if table.context.period is not None:
        return str(table.context.period)
    return outcome.months.pop() if len(outcome.months) == 1 else None


def _keep(
    session: Session, batch: UUID, table: LedgerTable, placing: Placing, report: FileReport
) -> str | None:
    """The batch with its rows. Importing a file again that changed nothing leaves no second batch."""
    if not report.stored and not report.updated and not any(placing.created.values()):
        earlier = _read_before(session, batch, table)
        if earlier is not None or not report.bad:
            session.execute(delete(StagedRow).where(StagedRow.batch_id == batch))
            session.execute(delete(Batch).where(Batch.id == batch))
            return str(earlier) if earlier is not None else None
    cover = {
        "register": table.register,
        "sheet": table.sheet,
        "header_rows": list(table.header_rows),
        "title": table.context.title,
        "columns": table.mapping,
        # From these and the rows set aside, once put right, the same table can be made again.
        "mapping": table.by_hand,
        "day": table.day.isoformat() if table.day else None,
        "spans": [list(span) for span in table.spans],
        "head": [json_cells(cells) for cells in table.head],
        "tail": [[row - 1, text] for row, text in table.skipped[-TAIL:]],
        **placing.seal(),
    }
    session.execute(
        update(Batch)
        .where(Batch.id == batch)
        .values(
            unit_code=report.unit,
            period=report.period,
            state="applied" if report.outcome != REJECTED else "rejected",
            rows_read=report.rows_read,
            cover=cover,
            findings=[finding.as_json() for finding in report.findings],
            applied_at=now(),
        )
    )
    return str(batch)


def _read_before(session: Session, batch: UUID, table: LedgerTable) -> UUID | None:
    """An earlier import of this very file into the register: one that stored it, or could not in the same way."""
    query = select(Batch.id, Batch.state, Batch.cover).where(
        Batch.file_sha256 == table.sha256,
        Batch.kind == "ledger",
        Batch.state.in_(("applied", "rejected")),
        Batch.id != batch,
    )
    day = table.day.isoformat() if table.day else None
    for key, state, cover in session.execute(query.order_by(Batch.created_at.desc())):
        told = cover or {}
        read = (told.get("sheet"), told.get("mapping") or {}, told.get("day"))
        if told.get("register") == table.register and (
            state == "applied" or read == (table.sheet, table.by_hand, day)
        ):
            return UUID(str(key))
    return None


def _begun(batch: UUID, actor: Actor, table: LedgerTable, unit_code: str) -> dict[str, Any]:
    """The batch before its first row; the staged rows name it."""
    return {
        "id": batch,
        "kind": "ledger",
        "file_name": table.path.name,
        "file_sha256": table.sha256,
        "content_digest": table.sha256,
        "unit_code": unit_code,
        "state": "staged",
        "created_at": now(),
        "created_by": actor.person,
    }
