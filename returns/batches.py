"""Batches: a file that was read and its copy, kept beside the register until it is applied or sent back.

Their rows are in staged_rows.py; when a file may be taken at all is for stage.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from db import settings
from db.errors import Refused
from db.findings import Finding, Severity
from db.models import Batch, Enterprise, ReturnFile, StagedRow
from db.store import Actor, Store
from db.types import now
from db.values import to_json
from returns.planned import Incoming
from returns.read import ReadReturn
from returns.results import cell_json
from returns.situations import Situation
from returns.write import write_atomically

STAGED, APPLIED, SENT_BACK, UNDONE = "staged", "applied", "sent_back", "undone"


def incoming_of(found: ReadReturn) -> Incoming:
    manifest = found.manifest
    return Incoming(
        manifest.unit,
        manifest.period,
        manifest.exported_at,
        found.rows,
        found.fields,
        found.new_units,
        found.new_parks,
        manifest.registers,
    )


def staged_alike(session: Session, sha: str, found: ReadReturn) -> list[UUID]:
    """The batches that wait with this very file or content."""
    manifest = found.manifest
    same = and_(
        Batch.kind == "return",
        Batch.unit_code == manifest.unit,
        Batch.period == manifest.period,
        Batch.revision == manifest.revision,
        Batch.content_digest == found.content_digest,
    )
    query = select(Batch.id).where(or_(Batch.file_sha256 == sha, same), Batch.state == STAGED)
    return list(session.scalars(query))


def drop_staged(session: Session, batches: Iterable[UUID]) -> None:
    """The same file or content, read again before it was applied, takes the place of the earlier reading."""
    for key in batches:
        session.execute(delete(StagedRow).where(StagedRow.batch_id == key))
        session.execute(delete(Batch).where(Batch.id == key))


def keep(
    session: Session, batch: UUID, found: ReadReturn, findings: Sequence[Finding], actor: Actor, name: str,
    needs_choice: bool, told: Sequence[Situation] = (),
) -> None:  # fmt: skip
    """Keep a file that was read as a batch with this key; its rows are written by staged_rows.py."""
    manifest = found.manifest
    cover = {
        "fields": {key: to_json(value) for key, value in found.cover.items()},
        "exported_at": manifest.exported_at,
        "kind": manifest.kind,
        "practice": manifest.practice,
        # Rows speak louder than the mark on the cover.
        "zero_report": (manifest.zero_report or bool(found.cover.get("zero_report"))) and not found.count,
        "correction_reason": manifest.correction_reason,
        "person": manifest.person,
        "check": dict(manifest.check),
        "columns": {key: sorted(names) for key, names in found.fields.items()},
        "units": [asdict(place) for place in found.new_units],
        "parks": [asdict(place) for place in found.new_parks],
        "covers": list(manifest.registers),
        "digest": manifest.digest,
        "needs_choice": needs_choice,
        "situations": [each.as_json() for each in told],
        "receiver": actor.unit_code,
    }
    session.execute(
        insert(Batch),
        [
            {
                "id": batch,
                "kind": "return",
                "file_name": name,
                "file_sha256": found.sha256,
                "content_digest": found.content_digest,
                "unit_code": manifest.unit,
                "period": manifest.period,
                "revision": manifest.revision,
                "state": STAGED,
                "rows_read": found.count,
                "cover": cover,
                "findings": [cell_json(each) for each in findings],
                "created_at": now(),
                "created_by": actor.person,
            }
        ],
    )


def keep_copy(store: Store, found: ReadReturn, data: bytes) -> None:
    """A copy of what was read: the marked workbook of a 退回 is made of it."""
    path = copy_path(store, found.sha256)
    if not path.exists():
        write_atomically(path, data)


def copy_path(store: Store, sha: str) -> Path:
    return store.folder.received / f"{sha[:32]}.xlsx"


def finding_of(data: dict[str, Any]) -> Finding:
    """The finding that `cell_json` wrote."""
    return Finding(
        data["id"],
        Severity(data["severity"]),
        data["message"],
        sheet=data["sheet"],
        row=data["row"],
        column=data["column"],
    )


def add_findings(session: Session, batch: Batch, findings: Iterable[Finding]) -> None:
    """What a later comparison found besides: another office's claim may have come in between."""
    known = list(batch.findings or ())
    more = [told for each in findings if (told := cell_json(each)) not in known]
    if more:
        batch.findings = [*known, *more]
        session.flush()


def set_state(
    session: Session, batch: UUID, state: str, note: str | None = None, at: datetime | None = None
) -> None:
    values: dict[str, Any] = {"state": state}
    if note is not None:
        values["note"] = note
    if at is not None:
        values["applied_at"] = at
    session.execute(update(Batch).where(Batch.id == batch).values(**values))


def check_practice(session: Session, practice: bool, name: str) -> None:
    """Practice and real data never mix: RET-002. Only a register without any data may still become either."""
    here = bool(settings.get(session, "practice", False))
    if practice == here or (
        practice and not any(session.scalar(select(each.id).limit(1)) for each in (Enterprise, ReturnFile))
    ):
        return
    raise Refused(
        f"文件“{name}”是{'练习' if practice else '正式'}数据，本机打开的是{'练习' if here else '正式'}台账。",
        "练习与正式数据不能混在一起。",
        "RET-002",
    )
