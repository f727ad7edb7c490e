"""Batches: a file that was read, its rows and its copy, kept beside the register until it is applied or sent back.

What a row would change is worked out in diff.py; when a file may be taken at all, in stage.py.
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
from db.records import Values
from db.registers import REGISTERS
from db.store import Actor, Store
from db.types import new_key, now
from db.values import from_json, to_json
from returns.diff import NEW, SAME, UPDATE, Incoming, Planned
from returns.read import ReadReturn
from returns.read_sheet import Named, RowRead
from returns.results import cell_json
from returns.situations import Situation
from returns.workbook import COVERED_BY_1, Place
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


def drop_staged(session: Session, sha: str, found: ReadReturn) -> None:
    """The same file or content, read again before it was applied, takes the place of the earlier reading."""
    manifest = found.manifest
    same = and_(
        Batch.kind == "return",
        Batch.unit_code == manifest.unit,
        Batch.period == manifest.period,
        Batch.revision == manifest.revision,
        Batch.content_digest == found.content_digest,
    )
    query = select(Batch.id).where(or_(Batch.file_sha256 == sha, same), Batch.state == STAGED)
    old = session.scalars(query).all()
    for key in old:
        session.execute(delete(StagedRow).where(StagedRow.batch_id == key))
        session.execute(delete(Batch).where(Batch.id == key))


def keep(
    session: Session, found: ReadReturn, planned: Sequence[Planned], findings: Sequence[Finding], actor: Actor, name: str,
    needs_choice: bool, told: Sequence[Situation] = (),
) -> UUID:  # fmt: skip
    manifest = found.manifest
    batch = new_key()
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
    write_rows(session, batch, planned)
    return batch


def write_rows(session: Session, batch: UUID, planned: Sequence[Planned]) -> None:
    """Put the rows of a batch in place of those it had."""
    session.execute(delete(StagedRow).where(StagedRow.batch_id == batch))
    rows = [
        {
            "batch_id": batch,
            "seq": each.seq,
            "register": each.register,
            "record_id": each.target,
            "action": each.action,
            "accepted": each.action in (NEW, UPDATE, SAME),
            "sheet": each.row.sheet if each.row else "",
            "row_no": each.row.number if each.row else None,
            "label": each.label,
            "values": _row_json(each),
            "changes": each.changes or None,
            "before": None,
            "digest": each.row.digest if each.row else None,
        }
        for each in planned
    ]
    if rows:
        session.execute(insert(StagedRow), rows)


RowKey = tuple[str, str, int | None, UUID | None, bool]


def row_key(planned: Planned) -> RowKey:
    """What a row of a batch is known by, whatever its number: its place in the file, or the record that is gone."""
    row = planned.row
    if row is None:
        return (planned.register, "", None, planned.target, False)
    return (planned.register, row.sheet, row.number, None, planned.named)


def numbers(session: Session, batch: UUID) -> dict[RowKey, int]:
    """The numbers under which the rows of a batch were shown."""
    found: dict[RowKey, int] = {}
    for row in session.scalars(select(StagedRow).where(StagedRow.batch_id == batch)):
        named = bool((row.values or {}).get("named"))
        target = row.record_id if row.row_no is None else None
        found[(row.register, row.sheet, row.row_no, target, named)] = row.seq
    return found


def _row_json(planned: Planned) -> dict[str, Any]:
    """The row as it was read, so that it can be compared anew, and why it is what it is."""
    data: dict[str, Any] = {"reason": planned.reason} if planned.reason else {}
    if planned.named:
        data["named"] = True
    row = planned.row
    if row is not None:
        data |= {
            "values": {name: to_json(value) for name, value in row.values.items() if value is not None},
            "columns": [name for name, value in row.values.items() if value is None],
            "unparsed": row.unparsed,
            "not_applicable": row.not_applicable,
            "id": row.record_id.hex if row.record_id else None,
            "firm": _named_json(row.firm),
            "links": {name: _named_json(each) for name, each in row.links.items()},
            "edited": list(row.edited),
            "intact": row.intact,
        }
    return data


def _named_json(named: Named) -> list[str]:
    return [named.id.hex if named.id else "", named.name, named.code]


def load_incoming(session: Session, batch: Batch) -> Incoming:
    """The return of a batch as it was read, without opening the file again."""
    cover = batch.cover or {}
    rows: dict[str, list[RowRead]] = {}
    query = select(StagedRow).where(StagedRow.batch_id == batch.id).order_by(StagedRow.seq)
    for staged in session.scalars(query):
        data = staged.values or {}
        # Rows without `id` are not the file's own: gone ones, and firms that were only named.
        if "id" in data and not data.get("named"):
            rows.setdefault(staged.register, []).append(_row(staged, data))
    return Incoming(
        unit=batch.unit_code or "",
        period=batch.period or "",
        exported_at=str(cover.get("exported_at") or ""),
        rows=rows,
        fields={key: frozenset(names) for key, names in (cover.get("columns") or {}).items()},
        units=tuple(Place(**each) for each in cover.get("units") or ()),
        parks=tuple(Place(**each) for each in cover.get("parks") or ()),
        covers=tuple(cover.get("covers") or COVERED_BY_1),
    )


def _row(staged: StagedRow, data: dict[str, Any]) -> RowRead:
    fields = {each.name: each for each in REGISTERS[staged.register].fields}
    values: Values = {name: None for name in data.get("columns") or ()}
    values |= {name: from_json(fields[name], value) for name, value in data["values"].items()}
    # Rows staged by the first version name at most a visit.
    links = data.get("links") or ({"visit_id": data["visit"]} if any(data.get("visit") or ()) else {})
    return RowRead(
        staged.register, staged.sheet, staged.row_no or 0, values, dict(data["unparsed"]), list(data["not_applicable"]),
        UUID(data["id"]) if data["id"] else None, _named(data["firm"]),
        {name: _named(each) for name, each in links.items()}, tuple(data["edited"]), bool(data["intact"]),
        staged.digest or "",
    )  # fmt: skip


def _named(data: Sequence[str]) -> Named:
    return Named(UUID(data[0]) if data[0] else None, data[1], data[2])


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
