"""The 专项 of a received return: what each row would change, carrying it out, taking it back. The return itself is in diff.py, apply.py, undo.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from db import bulk
from db.errors import Refused
from db.fields import Field
from db.findings import Finding, Severity
from db.models import AuditEntry, Batch, Enterprise, SpecialAnswer, SpecialRow, SpecialTable, StagedRow
from db.records import Values
from db.special import answers, rows
from db.special.definition import DRAFT, FIRM, PREFIX, Definition, of_table
from db.store import Actor
from db.types import new_key, now
from db.values import display, to_json
from returns.history import History
from returns.planned import CONFLICT, GONE, NEW, SAME, UPDATE, Incoming, Planned
from returns.read_sheet import Named, RowRead
from returns.special.carry import plan_of
from returns.workbook import Manifest, SheetPlan

Firm = Callable[[Named], UUID | None]
TABLE = SpecialRow.__table__
_MOMENTS = ("created_at", "updated_at", "deleted_at")


def known_sheets(session: Session) -> list[SheetPlan]:
    """The sheets of all tables that were ever sent down from here (a correction may bring an old one)."""
    return [plan_of(of_table(each)) for each in _tables(session)]


def _tables(session: Session) -> Sequence[SpecialTable]:
    return session.scalars(
        select(SpecialTable).where(SpecialTable.state != DRAFT).order_by(SpecialTable.key)
    ).all()


def is_special(register: str) -> bool:
    return register.startswith(PREFIX)


def told_of_tables(
    session: Session, manifest: Manifest, fields: Mapping[str, frozenset[str]]
) -> list[Finding]:
    """What the return says of tables that we do not know, and which it should carry and does not."""
    known = {PREFIX + each.key: each for each in _tables(session)}
    found = [
        Finding(
            "RET-002",
            Severity.WARNING,
            f"回报里的专项“{entry.sheet}”不是本机下发的，没有读入。",
            sheet=entry.sheet,
        )
        for entry in manifest.sheets
        if is_special(entry.register) and entry.register not in known
    ]
    for definition in answers.tables_of_month(session, manifest.unit, manifest.period):
        sent = answers.sent_to(session, definition)
        if not fields.get(definition.name) and (sent is None or manifest.unit in sent):
            found.append(
                Finding(
                    "RET-002", Severity.WARNING,
                    f"回报里没有专项“{definition.title}”：{manifest.unit_name}可能还没有导入下发，请提醒补报。",
                    definition.name, sheet=definition.title,
                )
            )  # fmt: skip
    return found


class SpecialDiff:
    """Compares the tables of a return with what is stored of the unit."""

    def __init__(self, session: Session, incoming: Incoming, firm_of: Firm, lookup: Any) -> None:
        self._session, self._in, self._firm_of, self._lookup = session, incoming, firm_of, lookup
        self._history = History(session, incoming.unit, incoming.period)
        self.planned: list[Planned] = []

    def run(self, after: int) -> list[Planned]:
        """The planned rows, numbered from `after` on."""
        for table in _tables(self._session):
            definition = of_table(table)
            if self._in.fields.get(definition.name):
                self._table(definition)
        for seq, each in enumerate(self.planned, after + 1):
            each.seq = seq
        return self.planned

    def _table(self, definition: Definition) -> None:
        there = {row["id"]: row for row in rows.rows_of(self._session, definition, self._in.unit)}
        used: set[UUID] = set()
        for row in self._in.rows.get(definition.name, ()):
            record = self._record(definition, row)
            stored = there.get(row.record_id) if row.record_id is not None else None
            if stored is None and row.record_id is None:
                stored = _alike(definition, record, there, used)
            if stored is not None:
                used.add(stored["id"])
                self._compare(definition, row, record, stored)
                continue
            elsewhere = self._elsewhere(definition, row.record_id)
            record["id"] = new_key() if elsewhere or row.record_id is None else row.record_id
            self._add(definition, NEW, row, record, None)
        for key, stored in there.items():
            if key not in used:
                reason = "下发时预填，这次没有" if stored["prepared"] else "上次报过，这次没有"
                self.planned.append(
                    Planned(
                        0, definition.name, GONE, _label(definition, stored, self._lookup), target=key, stored=stored,
                        reason=reason,
                    )
                )  # fmt: skip

    def _record(self, definition: Definition, row: RowRead) -> Values:
        record: Values = dict.fromkeys(rows.BOOKKEEPING)
        record.update({each.name: row.values.get(each.name) for each in definition.register.fields})
        unread = dict(row.unparsed)
        if definition.register.has_enterprise:
            record[FIRM] = self._firm_of(row.firm) if row.firm else None
            unread.pop(FIRM, None)
            if row.firm and record[FIRM] is None:
                unread[FIRM] = row.firm.name or row.firm.code
        record.update(
            unit_code=self._in.unit, table_key=definition.key, unparsed=unread or None, place=row.number
        )
        return record

    def _elsewhere(self, definition: Definition, record_id: UUID | None) -> bool:
        """A row that another unit's, or that was put aside here, keeps its key."""
        return (
            record_id is not None
            and self._session.scalar(select(SpecialRow.unit_code).where(SpecialRow.id == record_id))
            is not None
        )

    def _compare(self, definition: Definition, row: RowRead, record: Values, stored: Values) -> None:
        fields = definition.register.fields
        present = self._in.fields[definition.name]
        merged = dict(stored)
        merged.update({each.name: record[each.name] for each in fields if each.name in present})
        merged["unparsed"] = record["unparsed"]
        before = self._history.digest(definition.register, stored["id"])
        changes = [
            {
                "field": each.name, "label": each.label,
                "old": _shown(each, stored, self._lookup), "new": _shown(each, merged, self._lookup),
            }
            for each in fields
            if _shown(each, stored, self._lookup) != _shown(each, merged, self._lookup)
        ]  # fmt: skip
        if not changes or (before is not None and before == row.digest):
            self._add(definition, SAME, row, stored, stored)
            return
        origin = stored["origin"] or {}
        edited = bool(origin.get("batch")) and origin.get("rev") != stored["rev"]
        reason = "这一行在本机改过，默认保留现有内容" if edited else ""
        self._add(definition, CONFLICT if edited else UPDATE, row, merged, stored, changes, reason)

    def _add(
        self, definition: Definition, action: str, row: RowRead, record: Values, stored: Values | None,
        changes: list[dict[str, Any]] | None = None, reason: str = "",
    ) -> None:  # fmt: skip
        label = _label(definition, record, self._lookup)
        self.planned.append(
            Planned(
                0, definition.name, action, label, row, record["id"], None if action == SAME else record, stored,
                changes=changes or [], reason=reason,
            )
        )  # fmt: skip


def _alike(
    definition: Definition, record: Values, there: Mapping[UUID, Values], used: Collection[UUID]
) -> Values | None:
    """A stored row that says the same, for rows filled in by hand without identity."""
    digest = rows.fold_in(definition, record)["digest"]
    return next(
        (each for each in there.values() if each["digest"] == digest and each["id"] not in used), None
    )


def _shown(field: Field, record: Values, lookup: Any) -> str:
    value = record.get(field.name)
    if value in (None, "", []):
        return str((record.get("unparsed") or {}).get(field.name, ""))
    return display(field, value, lookup)


def _label(definition: Definition, record: Values, lookup: Any) -> str:
    """“算力需求摸底 · 江西云栈网络科技有限公司”."""
    shown = (_shown(each, record, lookup) for each in definition.register.fields)
    return f"{definition.title} · {next((text for text in shown if text), '空行')}"


# ---------------------------------------------------------------- carrying out


def carry_out(
    session: Session, batch: Batch, planned: Sequence[Planned], decided: Mapping[int, bool], actor: Actor, moment: datetime,
) -> tuple[dict[int, str], list[dict[str, Any]]]:  # fmt: skip
    """Write the decided rows and the unit's answers; returns both as they were, rows as JSON by number, for the undo."""
    befores: dict[int, str] = {}
    audits: list[dict[str, Any]] = []
    for each in planned:
        if not decided[each.seq] or each.action == SAME:
            continue
        definition = rows.get_definition(session, each.register.removeprefix(PREFIX))
        row = _written(session, batch, definition, each, actor, moment)
        if each.stored is None:
            rows.add(session, [row])
        else:
            rows.write(session, [row])
        befores[each.seq] = bulk.dumps(_image(definition, each.stored))
        audits.append(
            {
                "at": moment, "by": actor.person, "action": "delete" if each.action == GONE else "receive",
                "register": each.register, "record_id": row["id"],
                "before": rows.fold_in(definition, each.stored)["values"] if each.stored else None,
                "after": row["values"], "note": f"接收回报“{batch.file_name}”",
            }
        )  # fmt: skip
    if audits:
        session.execute(insert(AuditEntry), audits)
    return befores, _answer(session, batch, Counter(each.register for each in planned if each.action != GONE))


def _written(
    session: Session, batch: Batch, definition: Definition, each: Planned, actor: Actor, moment: datetime
) -> Values:
    if each.action == GONE:
        assert each.stored is not None
        record = {**each.stored, "deleted_at": moment}
    else:
        assert each.record is not None
        record = dict(each.record)
    firm = record.get(FIRM)
    if firm is not None and session.get(Enterprise, firm) is None:
        # The firm's card was not accepted: its name stays as text.
        record[FIRM] = None
        record["unparsed"] = {**(record["unparsed"] or {}), FIRM: each.row.firm.name if each.row else ""}
    record["rev"] = each.stored["rev"] + 1 if each.stored else 1
    record["updated_at"], record["updated_by"] = moment, actor.person
    if each.stored is None:
        record["created_at"], record["created_by"] = moment, actor.person
    record["origin"] = {
        "file": batch.file_name, "sheet": each.row.sheet if each.row else "", "row": each.row.number if each.row else None,
        "batch": batch.id.hex, "rev": record["rev"],
    }  # fmt: skip
    return rows.fold_in(definition, record)


def _answer(session: Session, batch: Batch, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Note which tables the unit answered with this return."""
    before: list[dict[str, Any]] = []
    cover = batch.cover or {}
    unit = batch.unit_code or ""
    for register, names in (cover.get("columns") or {}).items():
        if not is_special(register) or not names:
            continue
        zero = not counts.get(register)
        if zero and cover.get("kind") == "template":
            continue  # an empty sheet that nobody touched says nothing
        key = register.removeprefix(PREFIX)
        answer = session.get(SpecialAnswer, (key, unit))
        before.append({"key": key, "unit": unit, "was": _answer_image(answer)})
        if answer is None:
            answer = SpecialAnswer(table_key=key, unit_code=unit, zero=zero, answered_at=now())
            session.add(answer)
        answer.zero, answer.sent_period, answer.revision = zero, batch.period, batch.revision
        answer.batch_id, answer.answered_at = batch.id, now()
    session.flush()
    return before


def _answer_image(answer: SpecialAnswer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    return {column.key: to_json(getattr(answer, column.key)) for column in SpecialAnswer.__mapper__.columns}


def _image(definition: Definition, record: Values | None) -> dict[str, Any]:
    if record is None:
        return {}
    return {name: to_json(value) for name, value in rows.fold_in(definition, record).items()}


# ---------------------------------------------------------------- taking back


def take_back(session: Session, batch: Batch, actor: Actor, moment: datetime) -> None:
    """Every row and answer as it was. Refused (“changed_since”) where somebody changed a row after it came."""
    query = select(StagedRow).where(
        StagedRow.batch_id == batch.id, StagedRow.before.is_not(None), StagedRow.register.startswith(PREFIX)
    )
    staged = session.scalars(query.order_by(StagedRow.seq)).all()
    audits = []
    for each in staged:
        current = session.execute(select(TABLE).where(TABLE.c.id == each.record_id)).mappings().first()
        origin = (current["origin"] if current else None) or {}
        if current is None or origin.get("batch") != batch.id.hex or origin.get("rev") != current["rev"]:
            raise Refused(
                f"“{each.label}”在接收之后又改过，不能整份撤销。",
                "请先撤销之后的接收，或逐条更正。",
                "changed_since",
            )
        if not each.before:
            session.execute(delete(SpecialRow).where(SpecialRow.id == each.record_id))
        else:
            rows.write(session, [of_image(each.before)])
        audits.append(
            {
                "at": moment, "by": actor.person, "action": "undo", "register": each.register,
                "record_id": each.record_id, "before": None, "after": None, "note": f"撤销“{batch.file_name}”",
            }
        )  # fmt: skip
    if audits:
        session.execute(insert(AuditEntry), audits)
    restore_answers(session, (batch.cover or {}).get("special_answers") or ())


def of_image(image: Mapping[str, Any]) -> Values:
    """The stored row that an image was made of."""
    row = dict(image)
    row["id"] = UUID(row["id"])
    for name in _MOMENTS:
        row[name] = datetime.fromisoformat(row[name]) if row.get(name) else None
    return row


def restore_answers(session: Session, befores: Sequence[Mapping[str, Any]]) -> None:
    """Answers as they were before."""
    for each in befores:
        answer = session.get(SpecialAnswer, (each["key"], each["unit"]))
        was = each["was"]
        if answer is None:
            continue
        if was is None:
            session.delete(answer)
            continue
        answer.zero, answer.sent_period, answer.revision = was["zero"], was["sent_period"], was["revision"]
        answer.batch_id = UUID(was["batch_id"]) if was["batch_id"] else None
        answer.answered_at = datetime.fromisoformat(was["answered_at"])
    session.flush()
