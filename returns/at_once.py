"""A return read, compared and applied in one go, without keeping in between what nobody will look at.

For a file that needs no decision; step by step the same is done by stage.py and apply.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.behind import behind
from db.collector import uncollected
from db.errors import KnownError
from db.models import AuditEntry, Batch, ReturnFile
from db.store import Actor, Store
from returns import files
from returns.apply import apply_planned
from returns.batches import keep_copy
from returns.digests import file_digest
from returns.read import load
from returns.results import REJECTED, FileReport
from returns.stage import StagedBatch, keep_prepared, prepare, rejection
from returns.staged_rows import write_rows


def take(
    store: Store,
    path: Path,
    actor: Actor,
    as_decided: Callable[[StagedBatch], FileReport],
    secure: Callable[[], None],
    *,
    period: str | None = None,
    replace: bool = False,
    restate: str = "",
    today: date | None = None,
    book: files.Book | None = None,
) -> FileReport | None:
    """Receive one file. `as_decided` says whether it may be applied, `secure` makes the backup before it is.

    None where the register moved on meanwhile, or writing was refused: then it is to be staged and applied.
    """
    with uncollected():
        return _take(
            store, path, actor, as_decided, secure, period=period, replace=replace, restate=restate, today=today, book=book
        )  # fmt: skip


def _take(
    store: Store, path: Path, actor: Actor, as_decided: Callable[[StagedBatch], FileReport], secure: Callable[[], None], *,
    period: str | None, replace: bool, restate: str, today: date | None, book: files.Book | None,
) -> FileReport | None:  # fmt: skip
    try:
        data = load(path)
        if book is not None and book.sha256 != file_digest(data):
            book = None  # it was saved again meanwhile
        with store.read() as session:
            stamp = _stamp(session)
            prepared = prepare(session, path, data, actor, period=period, today=today, book=book)
    except KnownError as error:
        return rejection(path.name, error)
    if isinstance(prepared, StagedBatch):
        return prepared.report
    told = as_decided(prepared.staged)
    if told.outcome != REJECTED:
        secure()
    try:
        with store.write() as session, behind(session):
            if _stamp(session) != stamp:
                return None
            keep_prepared(session, prepared, actor)
            if told.outcome == REJECTED:
                write_rows(session, prepared.batch, prepared.planned, fresh=True)
            else:
                told = apply_planned(
                    session,
                    prepared.batch,
                    prepared.planned,
                    actor,
                    replace=replace,
                    restate=restate,
                    today=today,
                )
    except KnownError:
        return None
    keep_copy(store, prepared.found, data)
    return told


def _stamp(session: Session) -> tuple[Any, ...]:
    """Changes with everything that a comparison depends on."""
    return (
        session.scalar(select(func.max(AuditEntry.seq))),
        session.scalar(select(func.count()).select_from(ReturnFile)),
        session.execute(select(Batch.id, Batch.state).order_by(Batch.created_at.desc()).limit(20)).all(),
    )
