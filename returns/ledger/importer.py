"""A foreign ledger into the register: one transaction, every row stored, matched, or kept aside with its reason."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

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
from returns.ledger.staging import json_cells
from returns.ledger.table import LedgerTable, begin
from returns.results import ACCEPTED, PARTIAL, REJECTED, FileReport, rejected

Progress = Callable[[int, int, str], None]
_TELL_EVERY = 50
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
        book = open_book(path)
    except Refused as error:
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
        try:
            with uncollected(), store.write() as session, remembering(session):
                table.rows = [row for chunk in table.chunks() for row in chunk]
                placing = Placing(session, store.actor, table, unit_code, street)
                for done, row in enumerate(table.rows):
                    if done % _TELL_EVERY == 0:
                        if progress is not None:
                            progress(done, len(table.rows), "正在导入")
                        if cancelled is not None and cancelled():
                            raise Refused("导入已取消，台账没有改动。", "", "cancelled")
                    placing.place(row)
                placing.finish()
                report = _report(table, placing, unit_code)
                if dry_run:
                    raise _RolledBack
                report = report.but(batch=_keep(session, store.actor, table, placing, report))
                _remember(session, store.actor, table, report)
        except _RolledBack:
            return report.but(warnings=("试运行：没有写入台账。", *report.warnings))
    return report


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


def _report(table: LedgerTable, placing: Placing, unit_code: str) -> FileReport:
    tally = placing.tally
    if placing.incomplete:
        table.warnings.append(f"{placing.incomplete} 条还缺必填内容，已标为“待补全”。")
    for noun, count in placing.created.items():
        table.warnings.append(f"另外新建{noun} {count} 条。")
    usable = len(table.rows) - tally["bad"]
    wrong = any(finding.severity is Severity.ERROR for finding in table.findings)
    outcome = ACCEPTED if not wrong else PARTIAL if usable else REJECTED
    if not table.rows:
        outcome = REJECTED
        table.warnings.append("表头下面没有数据行。")
    return FileReport(
        table.path.name,
        outcome,
        register=table.register,
        unit=unit_code,
        period=_period(table),
        rows_read=len(table.rows),
        stored=tally["new"],
        unchanged=tally["same"] + tally["conflict"],
        updated=tally["update"],
        bad=tally["bad"],
        warnings=(*table.notes, *table.warnings),
        findings=tuple(sorted(table.findings, key=_order)),
    )


def _order(finding: Finding) -> tuple[int, int, str]:
    rank = (Severity.ERROR, Severity.WARNING, Severity.INFO).index(finding.severity)
    return rank, finding.row or 0, finding.column


def _period(table: LedgerTable) -> str | None:
    """The month the sheet names, else the one in which all its rows lie."""
    if table.context.period is not None:
        return str(table.context.period)
    placed_by = REGISTERS[table.register].placed_by
    months = {str(day)[:7] for row in table.rows if (day := row.get(table.register, placed_by)) is not None}
    return months.pop() if len(months) == 1 else None


def _keep(
    session: Session, actor: Actor, table: LedgerTable, placing: Placing, report: FileReport
) -> str | None:
    """The batch with its rows. Importing a file again that changed nothing leaves no second batch."""
    digest = table.sha256
    if not report.stored and not report.updated and not any(placing.created.values()):
        earlier = session.scalar(
            select(Batch.id)
            .where(Batch.file_sha256 == digest, Batch.kind == "ledger", Batch.state == "applied")
            .limit(1)
        )
        if earlier is not None or not report.bad:
            return str(earlier) if earlier is not None else None
    key, moment = new_key(), now()
    batch = _batch(key, digest, actor, table, report, moment)
    batch["cover"].update(placing.seal(key))
    session.execute(insert(Batch), [batch])
    if placing.staged:
        session.execute(insert(StagedRow), [{**row, "batch_id": key} for row in placing.staged])
    return str(key)


def _batch(
    key: UUID, digest: str, actor: Actor, table: LedgerTable, report: FileReport, moment: Any
) -> dict[str, Any]:
    content = json.dumps([row.cells for row in table.rows], ensure_ascii=False, sort_keys=True)
    return {
        "id": key,
        "kind": "ledger",
        "file_name": report.file,
        "file_sha256": digest,
        "content_digest": hashlib.sha256(content.encode()).hexdigest(),
        "unit_code": report.unit,
        "period": report.period,
        "state": "applied" if report.outcome != REJECTED else "rejected",
        "rows_read": report.rows_read,
        "cover": {
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
        },
        "findings": [finding.as_json() for finding in report.findings],
        "created_at": moment,
        "created_by": actor.person,
        "applied_at": moment,
    }
