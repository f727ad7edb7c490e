"""Rows of imports that could not be stored and wait to be put right. Retrying them is returns/ledger/mending.py's.

Such a row is a staged row of action “bad” that nobody has dealt with (`accepted` is False), of a ledger that was not undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from db.models import Batch, StagedRow
from db.registers import REGISTERS
from db.to_do_task import SIDE, Task

BAD = "bad"
STATES = ("applied", "rejected")  # of a rejected one nothing was stored, its rows are all here
_FEW = 500  # so many numbers are asked for by name
MENDS = "mends"  # in a batch's cover: {batch: [seq]} of the waiting rows that it brought in


@dataclass(frozen=True, slots=True)
class SideBatch:
    """A file with rows that wait."""

    id: UUID
    file: str
    register: str
    sheet: str
    at: datetime
    waiting: int


def _waiting() -> Select[Any]:
    batches = select(Batch.id).where(Batch.kind == "ledger", Batch.state.in_(STATES))
    return select(StagedRow).where(
        StagedRow.batch_id.in_(batches), StagedRow.action == BAD, StagedRow.accepted.is_(False)
    )


def counts(session: Session) -> dict[str, int]:
    """How many rows wait, by register; registers without any are left out."""
    query = _waiting().with_only_columns(StagedRow.register, func.count()).group_by(StagedRow.register)
    return {register: int(number) for register, number in session.execute(query)}


def batches(session: Session, register: str | None = None) -> list[SideBatch]:
    """Files with rows that wait, the newest first."""
    numbers = (
        _waiting()
        .with_only_columns(
            StagedRow.batch_id, func.min(StagedRow.register), func.min(StagedRow.sheet), func.count()
        )
        .group_by(StagedRow.batch_id)
    )
    if register is not None:
        numbers = numbers.where(StagedRow.register == register)
    found = []
    for key, of, sheet, number in session.execute(numbers):
        batch = session.get(Batch, key)
        if batch is not None:
            found.append(SideBatch(key, batch.file_name, of, sheet, batch.created_at, int(number)))
    return sorted(found, key=lambda each: (each.at, each.id), reverse=True)


def to_do(session: Session) -> list[Task]:
    """What the first page says of them: one line for each register."""
    found = counts(session)
    return [
        Task(
            SIDE,
            f"更正 {found[key]:,} 行没有入库的{register.noun}",
            f"{found[key]:,} 行导入时没有入库，待更正；改好就能重试，不会漏掉",
            "未入库",
            "watch",
            "去更正",
            key,
            count=found[key],
        )
        for key, register in REGISTERS.items()
        if found.get(key)
    ]


def rows(
    session: Session,
    batch: UUID,
    *,
    after: int = -1,
    limit: int | None = 200,
    seqs: Sequence[int] | None = None,
) -> list[StagedRow]:
    """Waiting rows of a batch in the order of the file, from the one after `after` on; `seqs` only these."""
    query = (
        _waiting()
        .where(StagedRow.batch_id == batch, StagedRow.seq > after)
        .order_by(StagedRow.seq)
        .limit(limit)
    )
    if seqs is None:
        return list(session.scalars(query))
    if len(seqs) <= _FEW:
        return list(session.scalars(query.where(StagedRow.seq.in_(seqs))))
    wanted = set(seqs)
    return [row for row in session.scalars(query) if row.seq in wanted]


def settle(session: Session, batch: UUID, seqs: Iterable[int], how: Mapping[str, Any]) -> None:
    """These rows wait no longer; `how` is kept with each."""
    for row in _of(session, batch, seqs):
        row.accepted = True
        row.values = {**(row.values or {}), "settled": dict(how)}


def reopen(session: Session, cover: Mapping[str, Any]) -> None:
    """The rows that a batch had brought in wait again: it is being undone."""
    for key, seqs in (cover.get(MENDS) or {}).items():
        batch = UUID(hex=key)
        for row in _of(session, batch, seqs):
            row.accepted = False
            row.values = {name: value for name, value in (row.values or {}).items() if name != "settled"}


def _of(session: Session, batch: UUID, seqs: Iterable[int]) -> list[StagedRow]:
    wanted = sorted(set(seqs))
    found: list[StagedRow] = []
    for start in range(0, len(wanted), 500):
        query = select(StagedRow).where(
            StagedRow.batch_id == batch,
            StagedRow.action == BAD,
            StagedRow.seq.in_(wanted[start : start + 500]),
        )
        found += session.scalars(query)
    return found


def forget(session: Session, batch: UUID) -> None:
    """Rows that failed again are kept where they were first: this batch's own copies of them are dealt with."""
    session.execute(
        update(StagedRow).where(StagedRow.batch_id == batch, StagedRow.action == BAD).values(accepted=True)
    )
