"""Takes a staged 下发 in: one transaction, with what was before; and takes it back whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from db import backup, plan_file, plan_store, settings
from db.errors import Refused
from db.models import AuditEntry, Batch, StagedRow
from db.records import image
from db.registers import REGISTERS
from db.store import Actor, Store
from db.types import now
from returns import batches
from returns.batches import APPLIED, STAGED, copy_path
from returns.handdown import (
    cycle_part,
    exception_part,
    firm_part,
    plan_part,
    reading_part,
    special_part,
    tables,
)
from returns.handdown.change import (
    CYCLE,
    DAY,
    EXCEPTION,
    FIRM,
    LINKED,
    PREPARED,
    READING,
    TABLE,
    UNIT,
    Change,
)
from returns.handdown.read import read
from returns.handdown.stage import KIND, find_changes, report_of, superseded, write_rows
from returns.planned import CONFLICT, GONE, NEW, SAME, UPDATE
from returns.results import FileReport

Accept = Literal["all"] | Collection[int]
Choice = Literal["incoming", "present"]


def apply(
    store: Store, batch_id: UUID, actor: Actor, *, accept: Accept = "all", choices: Mapping[int, Choice] | None = None,
    backup_first: bool = True,
) -> FileReport:  # fmt: skip
    """Write a staged 下发 into the register: all of it or nothing.

    `accept`: “all” for what is new and changed, or the numbers of those. `choices`: “incoming” for conflicts and for
    what is gone; what is not chosen stays. The plan is taken as a whole, with its first line.
    Refused: “no_such_batch”, “not_staged”, “older_handdown”. MachineError when the backup can not be made.
    """
    if backup_first:
        backup.make(store.engine, store.folder, reason="导入下发前")
    with store.write() as session:
        batch = batch_of(session, batch_id)
        if batch.state != STAGED:
            raise Refused("这份下发已经处理过了。", "请刷新列表。", "not_staged")
        told = read(Path(batch.file_name), _kept(store, batch))
        made = told.made
        if made.manifest.practice != bool(settings.get(session, "practice", False)):
            raise Refused("练习下发与正式台账不能混在一起。", "请重新添加文件。", "practice_mixed")
        shown = {
            (row.register, (row.values or {}).get("key")): row.seq
            for row in session.scalars(select(StagedRow).where(StagedRow.batch_id == batch_id))
        }
        changes, _told = find_changes(session, made, actor, superseded(session, made))
        write_rows(session, batch, changes)
        moved = {shown[each.part, each.key]: each.seq for each in changes if (each.part, each.key) in shown}
        accepted = accept if accept == "all" else {moved[seq] for seq in accept if seq in moved}
        chosen = {moved[seq]: choice for seq, choice in (choices or {}).items() if seq in moved}
        decided = _decided(changes, accepted, chosen)
        before = tables.snapshot(session)
        befores = _write(session, batch, changes, decided, actor)
        session.flush()
        cover = {**(batch.cover or {}), "tables_changed": tables.changes(before, tables.snapshot(session))}
        session.execute(update(Batch).where(Batch.id == batch_id).values(cover=cover))
        _keep_befores(session, batch, befores, decided)
        _audit(session, batch, actor, "receive", f"采用第 {batch.revision} 号下发")
        batches.set_state(session, batch_id, APPLIED, at=now())
        findings = [batches.finding_of(each) for each in batch.findings or ()]
        return report_of(batch, changes, findings, decided)


def batch_of(session: Session, batch_id: UUID) -> Batch:
    batch = session.get(Batch, batch_id)
    if batch is None or batch.kind != KIND:
        raise Refused("找不到这份下发。", "请重新添加文件。", "no_such_batch")
    return batch


def _kept(store: Store, batch: Batch) -> bytes:
    """The copy that was made when the file was read."""
    path = copy_path(store, batch.file_sha256)
    if not path.exists():
        raise Refused("这份下发的副本不在了。", "请重新添加文件。", "no_copy")
    return path.read_bytes()


def _decided(changes: Sequence[Change], accept: Accept, choices: Mapping[int, Choice]) -> frozenset[int]:
    """The numbers of what is written as the 下发 says it."""
    heads = {each.part: each.seq for each in reversed(changes) if each.part in LINKED}
    found = set()
    for each in changes:
        if each.action == SAME:
            continue
        head = heads.get(each.part)
        if head is not None:
            taken = accept == "all" or head in accept
        elif each.action in (CONFLICT, GONE):
            taken = choices.get(each.seq) == "incoming"
        else:
            taken = accept == "all" or each.seq in accept
        if taken:
            found.add(each.seq)
    return frozenset(found)


def _write(
    session: Session, batch: Batch, changes: Sequence[Change], decided: frozenset[int], actor: Actor
) -> dict[int, Any]:
    taken = [each for each in changes if each.seq in decided]
    plan = next((each for each in taken if each.part in LINKED and each.data is not None), None)
    if plan is not None:
        plan_store.install(session, plan_file.read(plan.data["document"]), actor.person, plan.data["since"])
    reading_part.write_readings(session, [each for each in taken if each.part == READING], actor)
    plan_part.write_units(session, [each for each in taken if each.part == UNIT])
    days = [each for each in taken if each.part == DAY]
    if days:
        plan_part.write_days(session, days)
    cycles = [each for each in taken if each.part == CYCLE]
    exception_part.write_start(session, [each for each in cycles if each.key == exception_part.START], actor)
    cycle_part.write_cycles(session, [each for each in cycles if each.key != exception_part.START], actor)
    exception_part.write_exceptions(session, [each for each in taken if each.part == EXCEPTION], actor)
    sender, origin = (
        batch.unit_code or "",
        {"file": batch.file_name, "sheet": "", "row": None, "batch": batch.id.hex},
    )
    firms = [(each, each.data) for each in taken if each.part == FIRM]
    firms += [
        (each, each.fills) for each in changes if each.part == FIRM and each.seq not in decided and each.fills
    ]
    befores = firm_part.write_firms(session, firms, actor, sender, origin)
    special = [each for each in taken if each.part in (TABLE, PREPARED)]
    special_part.write_tables(session, special, actor, actor.unit_code, sender, batch.revision or 0, origin)
    ids = {each.seq: data["id"] for each, data in firms}
    return {seq: (ids[seq], image(REGISTERS["enterprise"], stored) or {}) for seq, stored in befores.items()}


def _keep_befores(
    session: Session, batch: Batch, befores: Mapping[int, Any], decided: frozenset[int]
) -> None:
    table: Table = StagedRow.__table__  # type: ignore[assignment]
    if befores:
        session.connection().execute(
            update(table)
            .where(table.c.batch_id == batch.id, table.c.seq == bindparam("row"))
            .values(
                record_id=bindparam("record", type_=table.c.record_id.type),
                before=bindparam("image", type_=table.c.before.type),
            ),
            [{"row": seq, "record": key, "image": before} for seq, (key, before) in befores.items()],
        )
    session.execute(
        update(StagedRow)
        .where(table.c.batch_id == batch.id, table.c.action.in_((NEW, UPDATE, CONFLICT, GONE)))
        .values(accepted=table.c.seq.in_(decided))
    )


def _audit(session: Session, batch: Batch, actor: Actor, action: str, note: str) -> None:
    session.add(
        AuditEntry(
            at=now(), by=actor.person, action=action, register=KIND, record_id=None, before=None, after=None,
            note=f"{note}“{batch.file_name}”",
        )
    )  # fmt: skip


def take_back(session: Session, batch: Batch, actor: Actor) -> None:
    """The tables as they were before a 下发; its firms are taken back as those of a return (returns/undo.py)."""
    later = session.scalar(
        select(Batch.revision).where(
            Batch.kind == KIND,
            Batch.state == APPLIED,
            Batch.applied_at > batch.applied_at,
            Batch.id != batch.id,
        )
    )
    if later is not None:
        raise Refused(f"之后又导入了第 {later} 号下发。", "请先撤销后导入的一份。", "changed_since")
    tables.revert(session, (batch.cover or {}).get("tables_changed") or ())
    _audit(session, batch, actor, "undo", f"撤销第 {batch.revision} 号下发")
