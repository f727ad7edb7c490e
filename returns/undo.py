"""Takes a received return back whole: every record is as it was before, what it brought is gone.

The before-images were taken by apply.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db import backup, bulk, closing, find, month_states, search, side_list
from db.collector import uncollected
from db.errors import Refused
from db.locks import referring
from db.lookup import Directory
from db.models import Batch, Cloud, OrgUnit, Park, ReturnFile, ReturnRow, StagedRow
from db.periods import Period
from db.records import AUDIT, from_image, table_of
from db.registers import REGISTERS, Register
from db.restating import Restating
from db.store import Actor, Store
from db.types import now
from returns import batches
from returns.apply import batch_of
from returns.batches import APPLIED, UNDONE
from returns.carry_out import MONTH
from returns.handdown import apply as handdown
from returns.history import RECEIVED, History
from returns.match import in_chunks
from returns.planned import REGISTER_ORDER
from returns.special.receive import take_back
from returns.workbook import sheet_of

_WHAT = {"return": "这份回报", "ledger": "这份台账", "paste": "这次粘贴的内容", "handdown": "这份下发"}
_DONE = {"return": "接收", "ledger": "导入", "paste": "粘贴录入", "handdown": "导入下发"}


def undo(store: Store, batch_id: UUID, actor: Actor, *, restate: str = "", backup_first: bool = True) -> None:
    """Take back a received return whole: every record is as it was before.

    `restate`: why the figures of a closed month may change; kept beside the month (db/restating.py).

    Refused: “changed_since” when somebody changed one of its records after it was received, “month_closed”.
    """
    if backup_first:
        backup.make(store.engine, store.folder, reason="撤销前")
    with uncollected(), store.write() as session:
        # A ledger's import and a pasted block are taken back alike.
        batch = batch_of(session, batch_id, ("return", "ledger", "paste", "handdown"))
        if batch.state != APPLIED:
            how = "已经撤销过了" if batch.state == UNDONE else f"没有{_DONE[batch.kind]}，不能撤销"
            raise Refused(f"{_WHAT[batch.kind]}{how}。", "", "not_applied")
        file = session.scalars(select(ReturnFile).where(ReturnFile.batch_id == batch_id)).first()
        if file is not None:
            later = History(session, file.unit_code, file.period)
            if later.revision > file.revision:
                raise Refused(
                    f"之后又接收了第 {later.revision} 版。", "请先撤销较新的一版。", "changed_since"
                )
        closed = closing.closing_of(session, file.period) if file is not None else None
        if closed is not None and not restate.strip():
            raise Refused(
                f"{Period(closed.period).display()}已关账（{closed.words}），撤销会改动已公布的数。",
                "如确要撤销，请写明重述理由。",
                "month_closed",
            )
        restating = None if closed is None else Restating(session, closed.period)
        _take_back(session, batch, actor)
        take_back(session, batch, actor, now())
        if batch.kind == "handdown":
            handdown.take_back(session, batch, actor)
        cover = batch.cover or {}
        for key, counted, reason in cover.get("counted") or ():
            session.execute(
                update(Cloud).where(Cloud.id == UUID(key)).values(counted=counted, uncounted_reason=reason)
            )
        _forget_places(session, cover)
        side_list.reopen(session, cover)
        if file is not None:
            session.execute(delete(ReturnRow).where(ReturnRow.return_id == file.id))
            session.execute(update(ReturnFile).where(ReturnFile.id == file.id).values(state=UNDONE))
            if cover.get("replaced"):
                session.execute(
                    update(ReturnFile).where(ReturnFile.id == UUID(cover["replaced"])).values(state=RECEIVED)
                )
        batches.set_state(session, batch_id, UNDONE)
        if restating is not None:
            restating.done(
                "撤销", restate.strip(), actor, unit=batch.unit_code or "", revision=batch.revision or 0,
                unit_name=Directory(session).name("unit", batch.unit_code), batch=batch.id.hex,
            )  # fmt: skip


def _forget_places(session: Session, cover: Mapping[str, Any]) -> None:
    """Units that only this return named go with it, unless something else names them by now."""
    for place in cover.get("units") or ():
        unit = session.get(OrgUnit, place["code"])
        if unit is not None and unit.source == "local" and not _is_named(session, place["code"], park=False):
            session.delete(unit)
    for place in cover.get("parks") or ():
        park = session.get(Park, place["code"])
        if park is not None and park.source == "local" and not _is_named(session, place["code"], park=True):
            session.delete(park)
    session.flush()


def _is_named(session: Session, code: str, *, park: bool) -> bool:
    for key in REGISTER_ORDER:
        table = table_of(REGISTERS[key])
        for column in sheet_of(key).columns:
            if (column.field.source == "park") == park and column.field.source in ("unit", "street", "park"):
                found = table.c[column.field.name]
                if session.scalar(select(table.c.id).where(found.contains(code)).limit(1)) is not None:
                    return True
    return session.scalar(select(ReturnFile.id).where(ReturnFile.unit_code == code).limit(1)) is not None


def _take_back(session: Session, batch: Batch, actor: Actor) -> None:
    staged = StagedRow.__table__.c
    query = select(staged.register, staged.record_id, staged.label, staged.before).where(
        staged.batch_id == batch.id, staged.before.is_not(None)
    )
    rows: dict[str, list[Any]] = {}
    for row in session.execute(query.order_by(staged.seq)):
        if row.record_id is not None:
            rows.setdefault(row.register, []).append(row)
    moment = now()
    audits: list[dict[str, Any]] = []
    note = f"撤销{_DONE.get(batch.kind, '接收')}“{batch.file_name}”"
    # The other way round: what names a firm goes before the firm.
    for key in reversed(REGISTER_ORDER):
        register, mine = REGISTERS[key], rows.get(key, [])
        if not mine:
            continue
        table = table_of(register)
        for row in (each for each in mine if MONTH in (each.before or {})):
            month_states.keep(session, key, row.record_id, row.before[MONTH], row.before["said"])
        audits += [_undone(row, key, moment, actor, note) for row in mine]
        mine = [each for each in mine if MONTH not in (each.before or {})]
        _check_untouched(session, batch, register, mine)
        removed = [row.record_id for row in mine if not row.before]
        _check_free(session, register, removed, _WHAT[batch.kind])
        for chunk in in_chunks(removed):
            session.execute(delete(table).where(table.c.id.in_(chunk)))
        restored = [from_image(register, row.before) for row in mine if row.before]
        bulk.overwrite(session, table, restored)
        if key == "enterprise":
            search.forget(session, removed)
            for record in restored:
                search.index(session, record)
        else:
            find.forget(session, removed)
            find.index_many(session, key, restored)
    bulk.insert_rows(session, AUDIT, audits)


def _undone(row: Any, register: str, moment: datetime, actor: Actor, note: str) -> dict[str, Any]:
    return {
        "at": moment, "by": actor.person, "action": "undo", "register": register, "record_id": row.record_id,
        "before": None, "after": None, "note": note,
    }  # fmt: skip


def _check_untouched(session: Session, batch: Batch, register: Register, rows: Sequence[Any]) -> None:
    columns = table_of(register).c
    current = {
        key: (rev, origin or {})
        for chunk in in_chunks(row.record_id for row in rows)
        for key, rev, origin in session.execute(
            select(columns.id, columns.rev, columns.origin).where(columns.id.in_(chunk))
        )
    }
    for row in rows:
        rev, origin = current.get(row.record_id, (None, {}))
        if rev is None or origin.get("batch") != batch.id.hex or origin.get("rev") != rev:
            raise Refused(
                f"“{row.label}”在接收之后又改过，不能整份撤销。",
                "请先撤销之后的接收，或逐条更正。",
                "changed_since",
            )


def _check_free(session: Session, register: Register, removed: Sequence[UUID | None], what: str) -> None:
    """Nothing that came later may point at what is taken away."""
    for other, column in referring(register.key):
        table = table_of(other)
        for chunk in in_chunks(each for each in removed if each is not None):
            if session.scalar(select(table.c.id).where(table.c[column].in_(chunk)).limit(1)) is not None:
                raise Refused(
                    f"之后又有记录引用了{what}里的企业、走访或其他记录。",
                    "请先撤销之后的接收，或改掉那些记录。",
                    "changed_since",
                )
