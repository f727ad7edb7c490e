"""Storing the good rows of a pasted block as one batch that can be taken back whole. What is good is check.py's."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db import locks
from db.errors import Refused
from db.models import Batch, StagedRow
from db.records import Values, image, table_of
from db.registers import REGISTERS, Register
from db.save_many import Cancelled, Entry, Many, Progress, save_many
from db.store import Actor, Store
from db.types import new_key, now
from returns import undo as receipts
from returns.batches import APPLIED
from returns.ledger import sealing
from returns.match import in_chunks
from returns.paste.beside import values_of
from returns.paste.block import to_tsv
from returns.paste.columns import FIRM, Block
from returns.paste.verdict import Checked, RowCheck, State

KIND, ACTION = "paste", "paste"
STORED = (State.GOOD, State.REMARKS)


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored block: the batch an undo takes back, the places of its rows in the block, what came beside them."""

    batch: UUID
    places: tuple[int, ...]
    cards: int
    incomplete: int
    problems: int = 0


def keep(
    session: Session,
    block: Block,
    checked: Checked,
    actor: Actor,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Kept:
    """Store every row that may be stored, and the new cards these need, in the session's transaction.

    Refused: “nothing_to_save”, “cancelled”, or what records.save refuses; nothing is stored then.
    """
    register = REGISTERS[block.register]
    good = [(place, row) for place, row in enumerate(checked.rows) if row.state in STORED]
    if not good:
        raise Refused("没有可以保存的行。", "请先按表下的提示修改。", "nothing_to_save")
    batch = new_key()
    named = {row.card for _, row in good}
    cards = {key: values for key, values in checked.cards.items() if key in named}
    counted = _counted(session, register, [row for _, row in good])
    made = save_many(
        session, REGISTERS["enterprise"],
        [Entry(values, origin=_origin(batch, 0), note="粘贴录入时建档", new_id=key) for key, values in cards.items()],
        actor, action=ACTION,
    )  # fmt: skip
    saved = save_many(
        session, register,
        [
            Entry(row.values, origin=_origin(batch, place + 1, row.other), note=f"粘贴录入第 {place + 1} 行", new_id=row.id)
            for place, row in good
        ],
        actor, action=ACTION, progress=progress, cancelled=cancelled,
    )  # fmt: skip
    beside = [(place, row) for place, row in good if row.beside]
    problems = save_many(
        session, REGISTERS["issue"],
        [
            Entry(values_of(row), origin=_origin(batch, place + 1), note=f"粘贴录入第 {place + 1} 行", new_id=row.beside["id"])
            for place, row in beside
        ],
        actor, action=ACTION,
    )  # fmt: skip
    staged = _staged(register, good, saved, list(cards.items()), made)
    staged += [
        {**_row("issue", each.id, f"第 {place + 1} 行"), "row_no": place + 1}
        for (place, _), each in zip(beside, problems.saved, strict=True)
    ]
    _keep_batch(session, batch, block, actor, staged, len(good), counted)
    return Kept(
        batch,
        tuple(place for place, _ in good),
        len(cards),
        _incomplete(session, register, saved),
        len(beside),
    )


def take_back(store: Store, batch: UUID, actor: Actor) -> None:
    """Undo a stored block whole: its records and cards go, what changed along is as it was.

    Refused (“changed_since”, “month_locked”) when one of its records was changed or handed in since.
    """
    with store.read() as session:
        found = session.get(Batch, batch)
        if found is None or found.kind != KIND:
            raise Refused("找不到这次粘贴。", "", "no_such_batch")
        if found.state != APPLIED:
            raise Refused("这次粘贴已经撤销过了。", "", "not_applied")
        register = REGISTERS[str((found.cover or {})["register"])]
        if register.scope == "month":
            _check_open(session, register, batch)
    receipts.undo(store, batch, actor, backup_first=False)


def _check_open(session: Session, register: Register, batch: UUID) -> None:
    table = table_of(register)
    keys = session.scalars(
        select(StagedRow.record_id).where(StagedRow.batch_id == batch, StagedRow.register == register.key)
    ).all()
    for chunk in in_chunks(key for key in keys if key is not None):
        query = select(table.c.unit_code, table.c[register.placed_by]).where(table.c.id.in_(chunk)).distinct()
        for row in session.execute(query).mappings():
            locks.check_open(session, register, dict(row), None)


def _origin(batch: UUID, row: int, other: Mapping[str, str] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"file": "粘贴录入", "sheet": "", "row": row, "batch": batch.hex, "rev": 1}
    return {**found, "other": dict(other)} if other else found


def _counted(session: Session, register: Register, rows: Sequence[RowCheck]) -> list[list[Any]]:
    """Which cloud services of the firms counted before: saving more of them counts anew."""
    if register.key != "cloud":
        return []
    return sealing.counted_before(session, {row.values[FIRM] for row in rows if row.values.get(FIRM)})


def _staged(
    register: Register,
    good: Sequence[tuple[int, RowCheck]],
    saved: Many,
    cards: Sequence[tuple[UUID, Values]],
    made: Many,
) -> list[dict[str, Any]]:
    """What an undo needs: a row per new record, and the before-image of every record that changed along."""
    new = {key for key, _ in cards} | {each.id for each in saved.saved}
    rows = [_row("enterprise", key, str(values.get("name") or "")) for key, values in cards]
    rows += [
        {**_row(register.key, each.id, f"第 {place + 1} 行"), "row_no": place + 1}
        for (place, _), each in zip(good, saved.saved, strict=True)
    ]
    for many in (made, saved):
        for key, touched in many.touched.items():
            rows += [
                {**_row(key, record, ""), "action": "update", "before": image(REGISTERS[key], before)}
                for record, before in touched.items()
                if record not in new
            ]
    return rows


def _row(register: str, record: UUID, label: str) -> dict[str, Any]:
    return {
        "register": register, "record_id": record, "action": "new", "accepted": True, "sheet": "", "row_no": None,
        "label": label, "values": None, "changes": None, "before": {}, "digest": None,
    }  # fmt: skip


def _keep_batch(
    session: Session, batch: UUID, block: Block, actor: Actor, staged: Sequence[Mapping[str, Any]], stored: int,
    counted: list[list[Any]],
) -> None:  # fmt: skip
    digest = hashlib.sha256(to_tsv(block.rows).encode()).hexdigest()
    moment = now()
    session.execute(
        insert(Batch),
        [
            {
                "id": batch, "kind": KIND, "file_name": f"粘贴录入 {stored} 行", "file_sha256": digest, "content_digest": digest,
                "unit_code": actor.unit_code, "state": APPLIED, "rows_read": len(block.rows),
                "cover": {"register": block.register, "counted": counted}, "created_at": moment,
                "created_by": actor.person, "applied_at": moment,
            }
        ],
    )  # fmt: skip
    numbered = [{**row, "batch_id": batch, "seq": seq} for seq, row in enumerate(staged)]
    session.connection().execute(insert(StagedRow.__table__), numbered)  # type: ignore[arg-type]
    # New records carry the mark from the start; what changed along, and cards with a second revision, get it now.
    sealing.mark(
        session, batch, [row for row in staged if row["register"] != block.register or row["before"]]
    )


def _incomplete(session: Session, register: Register, saved: Many) -> int:
    """How many of the new records are 待补全."""
    table = table_of(register)
    return sum(
        len(session.execute(select(table.c.id).where(table.c.id.in_(chunk), table.c.incomplete)).all())
        for chunk in in_chunks(each.id for each in saved.saved)
    )
