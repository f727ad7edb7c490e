"""Carries out a staged return in one transaction, with before-images.

What would change is worked out in diff.py; taking it back is in undo.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from db import backup, closing, cloud_counting, derive, find, search, settings
from db.deadlines import deadline
from db.errors import Refused
from db.fields import fields_of
from db.lookup import TITLES, Directory
from db.models import AuditEntry, Batch, Cloud, OrgUnit, Park, ReturnFile, ReturnRow, StagedRow
from db.records import Values, digest_of, image, is_incomplete, table_of
from db.registers import REGISTERS, Register
from db.restating import Restating
from db.store import Actor, Store
from db.types import new_key, now
from db.values import from_json, to_json
from returns import batches, situations
from returns.applied import report_of, undecided
from returns.batches import APPLIED, STAGED, UNDONE
from returns.diff import (
    BAD,
    CONFLICT,
    GONE,
    NEW,
    REGISTER_ORDER,
    SAME,
    Diff,
    Planned,
)
from returns.history import RECEIVED, History
from returns.match import in_chunks
from returns.results import FileReport
from returns.workbook import links_of

Choice = Literal["incoming", "present"]
Accept = Literal["all"] | Collection[int]
_SEARCHED = ("name", "alias", "uscc")
_MANY_FIRMS = 200  # from here on counting anew is quicker for all firms than one by one


def apply(
    store: Store,
    batch_id: UUID,
    actor: Actor,
    *,
    accept: Accept = "all",
    choices: Mapping[int, Choice] | None = None,
    replace: bool = False,
    restate: str = "",
    backup_first: bool = True,
    today: date | None = None,
) -> FileReport:
    """Write a staged return into the register: all of it or nothing.

    `accept`: “all” for every new and changed row, or the numbers of those to take (a `gone` row is only
    dropped when its number is given here or chosen “incoming”). `choices`: for conflicts, by number;
    what is not chosen keeps what is stored. `replace`: overwrite the same revision with other content.
    `restate`: why the figures of a closed month may change; kept beside the month (db/restating.py).

    Refused: “no_such_batch”, “not_staged”, RET-003, “month_closed”. MachineError when the backup can not be made.
    """
    if backup_first:
        backup.make(store.engine, store.folder, reason="接收前")
    with store.write() as session:
        batch = batch_of(session, batch_id)
        if batch.state != STAGED:
            raise Refused("这份回报已经处理过了。", "请刷新列表。", "not_staged")
        history = History(session, batch.unit_code or "", batch.period or "")
        cover = dict(batch.cover or {})
        if (batch.revision or 0) < history.revision:
            raise Refused(f"已接收了更新的第 {history.revision} 版。", "这一份不再需要接收。", "RET-003")
        same = batch.revision == history.revision and history.month_batch is not None
        if same and not replace and _content(session, history) != batch.content_digest:
            raise Refused(f"已导入第 {batch.revision} 版，这份内容不同。", "请确认是否覆盖。", "RET-003")
        closed = closing.closing_of(session, batch.period or "")
        if closed is not None and not restate.strip():
            raise situations.month_closed(session, batch.unit_code or "", batch.revision or 0, closed)
        practice = bool(cover.get("practice"))
        batches.check_practice(session, practice, batch.file_name)
        settings.put(session, "practice", practice)
        # The register may have moved on since the file was read: what counts is what holds now.
        incoming = batches.load_incoming(session, batch)
        shown = batches.numbers(session, batch_id)
        diff = Diff(session, incoming, actor.unit_code)
        planned = diff.run()
        batches.add_findings(session, batch, diff.findings)
        batches.write_rows(session, batch_id, planned)
        # People decided by the numbers they saw; the same row may have another number by now.
        moved = {shown[key]: each.seq for each in planned if (key := batches.row_key(each)) in shown}
        accept = accept if accept == "all" else {moved[seq] for seq in accept if seq in moved}
        choices = {moved[seq]: choice for seq, choice in (choices or {}).items() if seq in moved}
        _places(session, batch)
        restating = None if closed is None else Restating(session, closed.period)
        work = _Work(session, batch, actor, now())
        decided = {each.seq: _decision(each, accept, choices) for each in planned}
        work.carry_out(planned, decided)
        cover["counted"] = work.counted
        cover["replaced"] = history.month_file.hex if same and history.month_file else None
        _return_file(session, batch, cover, history if same else None, planned, decided, actor, today)
        session.execute(update(Batch).where(Batch.id == batch_id).values(cover=cover))
        batches.set_state(session, batch_id, APPLIED, at=now())
        report = report_of(batch, planned, decided, undecided(planned, decided, choices))
        if restating is None:
            return report
        made = restating.done(
            "接收", restate.strip(), actor, unit=batch.unit_code or "", revision=batch.revision or 0,
            unit_name=Directory(session).name("unit", batch.unit_code), batch=batch.id.hex,
        )  # fmt: skip
        return report.but(warnings=(*report.warnings, f"已作为重述接收：{made.words}"))


def batch_of(session: Session, batch_id: UUID, kinds: tuple[str, ...] = ("return",)) -> Batch:
    batch = session.get(Batch, batch_id)
    if batch is None or batch.kind not in kinds:
        raise Refused("找不到这份回报。", "请重新添加文件。", "no_such_batch")
    return batch


def _content(session: Session, history: History) -> str | None:
    return session.scalar(select(Batch.content_digest).where(Batch.id == history.month_batch))


def _decision(planned: Planned, accept: Accept, choices: Mapping[int, Choice]) -> bool:
    """Whether the row is written as the return says it."""
    if planned.action in (SAME, BAD):
        return False
    if planned.action in (GONE, CONFLICT):
        chosen = choices.get(planned.seq) == "incoming"
        return chosen or (planned.action == GONE and accept != "all" and planned.seq in accept)
    if planned.named:
        return True  # the rows that name the firm need its card
    return accept == "all" or planned.seq in accept


def _without(register: Register, record: Values, left_out: Mapping[UUID | None, str | None]) -> Values:
    """A row that names a record which was left out names it as text: a reference to nothing can not be stored."""
    names = [each.name for each in links_of(register.key) if record.get(each.name) in left_out]
    if not names:
        return record
    unread = {**(record.get("unparsed") or {})}
    unread |= {name: title for name in names if (title := left_out[record[name]])}
    changed = {**record, **dict.fromkeys(names), "unparsed": unread or None}
    changed["incomplete"], changed["digest"] = is_incomplete(register, changed), digest_of(register, changed)
    return changed


def overwrite(session: Session, table: Table, records: Sequence[Values]) -> None:
    """Set every column of stored rows at once."""
    if not records:
        return
    names = [column.name for column in table.columns if column.name != "id"]
    statement = (
        update(table)
        .where(table.c.id == bindparam("key"))
        .values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names})
    )
    session.connection().execute(
        statement,
        [{"key": record["id"]} | {f"new_{name}": record[name] for name in names} for record in records],
    )


class _Work:
    """The writing itself, set by set."""

    def __init__(self, session: Session, batch: Batch, actor: Actor, moment: datetime) -> None:
        self._session, self._batch, self._actor, self._moment = session, batch, actor, moment
        self._sender = str((batch.cover or {}).get("person") or "") or actor.person
        self._audits: list[dict[str, Any]] = []
        self._befores: list[dict[str, Any]] = []
        self._firms: set[UUID] = set()
        self._own_cloud: set[UUID] = set()
        self.counted: list[list[Any]] = []

    def carry_out(self, planned: Sequence[Planned], decided: Mapping[int, bool]) -> None:
        taken: dict[str, list[tuple[Planned, Values]]] = {key: [] for key in REGISTER_ORDER}
        missing = self._missing_firms(planned, decided)
        left_out: dict[UUID | None, str | None] = {
            each.target: (each.record or {}).get(TITLES[each.register].key)
            for each in planned
            if each.register in TITLES and each.action == NEW and not decided[each.seq]
        }
        left_out.pop(None, None)
        for each in planned:
            record = each.record if decided[each.seq] else each.kept
            if record is not None and left_out:
                record = _without(REGISTERS[each.register], record, left_out)
            if each.action == GONE and decided[each.seq]:
                assert each.stored is not None
                record = {**each.stored, "deleted_at": self._moment}
            elif record is not None and each.action in (SAME, BAD):
                record = None
            if record is not None and not (each.action == NEW and not decided[each.seq]):
                taken[each.register].append((each, record))
        for each in missing:
            taken["enterprise"].append((each, each.record or {}))
        for key in REGISTER_ORDER:
            self._register(REGISTERS[key], taken[key])
        if self._audits:
            self._session.execute(insert(AuditEntry), self._audits)
        if self._befores:
            table = StagedRow.__table__
            self._session.connection().execute(
                update(table)  # type: ignore[arg-type]
                .where(table.c.batch_id == self._batch.id, table.c.seq == bindparam("row"))
                .values(before=bindparam("image"), accepted=True),
                self._befores,
            )
        self._count_anew()

    def _missing_firms(self, planned: Sequence[Planned], decided: Mapping[int, bool]) -> list[Planned]:
        """New firms that were not accepted themselves, but that accepted rows name."""
        refused = {
            each.target: each
            for each in planned
            if each.register == "enterprise" and each.action == NEW and not decided[each.seq]
        }
        named = {
            each.record["enterprise_id"]
            for each in planned
            if decided[each.seq] and each.record and each.record.get("enterprise_id")
        }
        return [each for key, each in refused.items() if key in named]

    def _register(self, register: Register, taken: Sequence[tuple[Planned, Values]]) -> None:
        inserts: list[Values] = []
        updates: list[Values] = []
        table = table_of(register)
        touched: list[Values] = []
        for planned, record in taken:
            stored = planned.stored
            record = dict(record)
            self._stamp(register, planned, record, stored)
            by_hand = planned.row is not None and not planned.row.has_identity
            if by_hand and planned.action != GONE:
                # Nobody worked out the numbers and sums of a row that was filled in without the program.
                derive.fill(self._session, register, record, stored)
                record["incomplete"] = is_incomplete(register, record)
                record["digest"] = digest_of(register, record)
            self._befores.append({"row": planned.seq, "image": image(register, stored) or {}})
            self._audit(register, planned, stored, record)
            touched.append(record)
            if stored is None:
                if by_hand:
                    self._session.execute(insert(table), [record])  # the next number counts from this one
                else:
                    inserts.append(record)
            else:
                updates.append(record)
            if register.key == "enterprise":
                self._firms.add(record["id"])
            elif register.key == "cloud":
                self._own_cloud.add(record["id"])
                self._firms |= {
                    each for each in (record["enterprise_id"], (stored or {}).get("enterprise_id")) if each
                }
        if inserts:
            self._session.execute(insert(table), inserts)
        overwrite(self._session, table, updates)
        if register.key == "enterprise":
            for planned, record in taken:
                stored = planned.stored
                if stored is None or any(stored[name] != record[name] for name in _SEARCHED):
                    search.index(self._session, record)
        else:
            find.index_many(self._session, register.key, touched)

    def _stamp(self, register: Register, planned: Planned, record: Values, stored: Values | None) -> None:
        record["rev"] = stored["rev"] + 1 if stored is not None else 1
        record["updated_at"], record["updated_by"] = self._moment, self._sender
        if stored is None:
            record["created_at"], record["created_by"] = self._moment, self._sender
        row = planned.row
        record["origin"] = {
            "file": self._batch.file_name, "sheet": row.sheet if row else "", "row": row.number if row else None,
            "batch": self._batch.id.hex, "rev": record["rev"],
        }  # fmt: skip

    def _audit(self, register: Register, planned: Planned, stored: Values | None, record: Values) -> None:
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        for each in register.fields:
            old, new = (stored or {}).get(each.name), record.get(each.name)
            if old != new and not (old in (None, "", []) and new in (None, "", [])):
                before[each.name], after[each.name] = to_json(old), to_json(new)
        self._audits.append(
            {
                "at": self._moment,
                "by": self._actor.person,
                "action": "delete" if planned.action == GONE else "receive",
                "register": register.key,
                "record_id": record["id"],
                "before": before if stored is not None else None,
                "after": after or None,
                "note": f"接收回报“{self._batch.file_name}”",
            }
        )

    def _count_anew(self) -> None:
        """Which cloud record of a firm counts may change in rows of other offices too: remembered for the undo."""
        some = None if len(self._firms) > _MANY_FIRMS else self._firms
        before = self._counted(some)
        if some is None:
            cloud_counting.recount(self._session)
        else:
            for firm in sorted(some):
                cloud_counting.recount(self._session, firm)
        after = self._counted(some)
        self.counted = [
            [key.hex, *was] for key, was in before.items() if key not in self._own_cloud and after[key] != was
        ]

    def _counted(self, firms: Collection[UUID] | None) -> dict[UUID, tuple[bool | None, str | None]]:
        query = select(Cloud.id, Cloud.counted, Cloud.uncounted_reason)
        chunks = [None] if firms is None else list(in_chunks(firms))
        return {
            key: (counted, reason)
            for chunk in chunks
            for key, counted, reason in self._session.execute(
                query if chunk is None else query.where(Cloud.enterprise_id.in_(chunk))
            )
        }


# ---------------------------------------------------------------- the return itself


def _return_file(
    session: Session, batch: Batch, cover: Mapping[str, Any], same: History | None, planned: Sequence[Planned],
    decided: Mapping[int, bool], actor: Actor, today: date | None,
) -> None:  # fmt: skip
    fields = {each.name: each for each in fields_of(ReturnFile)}
    values = {
        name: from_json(fields[name], value) for name, value in cover["fields"].items() if name in fields
    }
    day = today or settings.today(session)
    due = deadline(session, batch.period or "", day).day
    submitted = values.get("submitted_on") or day
    if same is not None and same.month_file is not None:
        # The same revision, overwritten on purpose: the earlier content no longer counts.
        session.execute(update(ReturnFile).where(ReturnFile.id == same.month_file).values(state=UNDONE))
    summary = Counter(each.register for each in planned if each.row is not None and not each.named)
    key = new_key()
    values |= {
        "id": key,
        "unit_code": batch.unit_code,
        "period": batch.period,
        "revision": batch.revision,
        "state": RECEIVED,
        "submitted_on": submitted,
        "summary": dict(summary),
        "check_summary": cover.get("check") or None,
        "zero_report": bool(cover.get("zero_report")) or None,
        "digest": cover.get("digest"),
        "correction_reason": cover.get("correction_reason") or values.get("correction_reason"),
        "due_on": due,
        "late_days": max(0, (submitted - due).days),
        "file_name": batch.file_name,
        "file_sha256": batch.file_sha256,
        "batch_id": batch.id,
        "created_at": now(),
        "created_by": actor.person,
    }
    session.execute(insert(ReturnFile), [values])
    rows = {
        (each.register, each.target): each.row.digest
        for each in planned
        if each.row is not None
        and each.target is not None
        # A row that was refused comes up again next time; one whose conflict was settled does not.
        and (decided[each.seq] or each.action in (SAME, CONFLICT))
    }
    if rows:
        session.execute(
            insert(ReturnRow),
            [
                {"return_id": key, "register": register, "record_id": record, "digest": digest}
                for (register, record), digest in rows.items()
            ],
        )


def _places(session: Session, batch: Batch) -> None:
    """Units and parks that the rows name and that we do not know: entered here as local ones."""
    cover = batch.cover or {}
    for place in cover.get("units") or ():
        if session.get(OrgUnit, place["code"]) is None:
            session.add(
                OrgUnit(
                    code=place["code"], name=place["name"], kind=place["kind"] or "bureau", active=True, reports=False,
                    source="local", note=f"随{batch.period}回报登记",
                )
            )  # fmt: skip
    for place in cover.get("parks") or ():
        if session.get(Park, place["code"]) is None:
            session.add(Park(code=place["code"], name=place["name"], active=True, source="local"))
    session.flush()
