"""Saving many records of one register in one go: what records.save does to each, far faster. One record is records.py's.

Rows are prepared one by one (defaults, numbers, derived fields, digest) and written together: one statement for
the records, one for their audit entries, one per table of the search. What follows from them for other records
(a visit's revenue on the firm's card) is written the same way, once per firm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import bulk, derive, find, lineage, locks, numbering, records, search, settings
from db.derive import FollowUp
from db.errors import Refused, StaleRecord
from db.periods import Period
from db.records import AUDIT, Saved, Values
from db.registers import REGISTERS, Register
from db.store import Actor
from db.types import new_key, now

IN_CHUNKS = 500
_TELL_EVERY = 100
# What is derived for one row, or refused, may come from another row of the same batch: one after the other.
ONE_BY_ONE = frozenset({"indicator", "project", "park"})

Progress = Callable[[int, int, str], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Entry:
    """One record to save: as the arguments of records.save. `id` names a stored record, `new_id` the key of a new one.

    `prepared` is a new record that records.prepare made in this transaction, with its key and times: it is written
    as it is, and nothing else is asked of the entry but its note.
    """

    values: Mapping[str, Any]
    id: UUID | None = None
    base_rev: int | None = None
    unparsed: Mapping[str, str] | None = None
    not_applicable: Sequence[str] | None = None
    unit_code: str | None = None
    origin: Mapping[str, Any] | None = None
    note: str | None = None
    new_id: UUID | None = None
    prepared: Values | None = None


@dataclass(slots=True)
class Change:
    """A record that will be written: as it was (None for a new one), as it will be, and the difference as JSON."""

    place: int
    stored: Values | None
    record: Values
    before: dict[str, Any]
    after: dict[str, Any]
    note: str | None = None


@dataclass(slots=True)
class Many:
    """What came of a batch: `saved` in the order of the entries; `touched` other records that changed along, by
    register key, as they were before."""

    saved: list[Saved] = field(default_factory=list)
    touched: dict[str, dict[UUID, Values]] = field(default_factory=dict)


def save_many(
    session: Session,
    register: Register,
    entries: Sequence[Entry],
    actor: Actor,
    *,
    action: str = "",
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Many:
    """Save all entries in the session's transaction, or raise and let it roll back whole.

    A stored record may be named by one entry only. Raises what records.save raises; Refused (“cancelled”) when
    `cancelled` says so in between.
    """
    if register.key in ONE_BY_ONE:
        return _one_by_one(session, register, entries, actor, action, progress, cancelled)
    with remembering(session):
        stored = _stored(session, register, [entry.id for entry in entries if entry.id is not None])
        lineage.look_ahead(session, (entry.values.get("enterprise_id") for entry in entries))
        result = Many([Saved(new_key(), 0, False)] * len(entries))
        moment = now()
        changes: list[Change] = []
        for place, entry in enumerate(entries):
            if place % _TELL_EVERY == 0:
                _tell(place, len(entries), progress, cancelled)
            change = _prepared(session, register, entry, actor, stored, place, moment)
            result.saved[place] = Saved(change.record["id"], change.record["rev"], bool(change.after))
            if change.after or change.stored is None:
                changes.append(change)
        write_changes(session, register, changes, actor, action, moment)
        _tell(len(entries), len(entries), progress, cancelled)
        spread(session, register, changes, actor, result)
    return result


@contextmanager
def remembering(session: Session) -> Iterator[None]:
    """While it lasts, settings and the locks of months are read once, and serial numbers are counted on."""
    names = (settings.KNOWN, locks.KNOWN, lineage.KNOWN, numbering.GIVEN)
    before = {name: session.info.get(name) for name in names}
    for name in names:
        session.info.setdefault(name, {})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del session.info[name]


def _one_by_one(
    session: Session,
    register: Register,
    entries: Sequence[Entry],
    actor: Actor,
    action: str,
    progress: Progress | None,
    cancelled: Cancelled | None,
) -> Many:
    result = Many()
    along = _stored(session, register, _months_after(session, register, entries))
    for place, entry in enumerate(entries):
        if place % _TELL_EVERY == 0:
            _tell(place, len(entries), progress, cancelled)
        result.saved.append(
            records.save(
                session, register, entry.values, actor, id=entry.id, base_rev=entry.base_rev,
                unparsed=entry.unparsed, not_applicable=entry.not_applicable, unit_code=entry.unit_code,
                origin=entry.origin, action=action, note=entry.note, new_id=entry.new_id,
            )
        )  # fmt: skip
    after = _stored(session, register, list(along))
    own = {entry.id for entry in entries}
    changed = {key for key, row in after.items() if row["rev"] != along[key]["rev"] and key not in own}
    _remember(result, register.key, {key: along[key] for key in changed})
    return result


def _months_after(session: Session, register: Register, entries: Sequence[Entry]) -> list[UUID]:
    """The stored values of an indicator in the months after those that are saved: they carry them as 上月累计."""
    if register.key != "indicator":
        return []
    table = records.table_of(register)
    months = {str(Period(entry.values["period"]).next) for entry in entries if entry.values.get("period")}
    query = select(table.c.id).where(table.c.period.in_(months), table.c.deleted_at.is_(None))
    return list(session.scalars(query))


def _tell(done: int, total: int, progress: Progress | None, cancelled: Cancelled | None) -> None:
    if cancelled is not None and cancelled():
        raise Refused("已取消，什么都没有保存。", "", "cancelled")
    if progress is not None:
        progress(done, total, "正在保存")


def _stored(session: Session, register: Register, keys: Sequence[UUID]) -> dict[UUID, Values]:
    if len(set(keys)) != len(keys):
        raise ValueError("a stored record may be named by one entry only")
    table = records.table_of(register)
    found: dict[UUID, Values] = {}
    for start in range(0, len(keys), IN_CHUNKS):
        chunk = keys[start : start + IN_CHUNKS]
        for row in session.execute(select(table).where(table.c.id.in_(chunk))).mappings():
            found[row["id"]] = dict(row)
    return found


def _prepared(
    session: Session,
    register: Register,
    entry: Entry,
    actor: Actor,
    known: Mapping[UUID, Values],
    place: int,
    moment: datetime,
) -> Change:
    if entry.prepared is not None:
        before, after = records.difference(register, None, entry.prepared)
        return Change(place, None, entry.prepared, before, after, entry.note)
    stored = known.get(entry.id) if entry.id is not None else None
    if entry.id is not None and stored is None:
        raise Refused("有一条记录已不存在。", "请刷新列表后再试。", "no_such_record")
    if stored is not None and stored["deleted_at"] is not None:
        raise Refused("有一条记录已被删除。", "请先在“已删除”中恢复它，再修改。", "record_deleted")
    if stored is not None and entry.base_rev is not None and stored["rev"] != entry.base_rev:
        raise StaleRecord("有一条记录刚被另一个窗口改过。", dict(stored))
    record = records.prepare(
        session, register, entry.values, actor, stored,
        unparsed=entry.unparsed, not_applicable=entry.not_applicable, unit_code=entry.unit_code, origin=entry.origin,
    )  # fmt: skip
    before, after = records.difference(register, stored, record)
    if stored is None or after:
        locks.check_open(session, register, stored, record)
        record["updated_at"], record["updated_by"] = moment, actor.person
    if stored is None:
        record["id"], record["rev"] = entry.new_id or new_key(), 1
        record["created_at"], record["created_by"] = moment, actor.person
    elif after:
        record["rev"] = stored["rev"] + 1
    return Change(place, stored, record, before, after, entry.note)


def write_changes(
    session: Session,
    register: Register,
    changes: Sequence[Change],
    actor: Actor,
    action: str,
    moment: datetime,
) -> None:
    """Write records with their audit and what the search keeps of them; `spread` follows when all are written.

    A record may be changed several times: then in the order of the changes.
    """
    for turn in _turns(changes):
        _write(session, register, turn)
    _audit(session, register, changes, actor, action, moment)
    _index(session, register, changes)


def _turns(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """The first change of every record, then the second of those that have one, and so on."""
    turns: list[list[Change]] = []
    seen: dict[UUID, int] = {}
    for change in changes:
        at = seen[change.record["id"]] = seen.get(change.record["id"], -1) + 1
        if at == len(turns):
            turns.append([])
        turns[at].append(change)
    yield from turns


def _write(session: Session, register: Register, changes: Sequence[Change]) -> None:
    table = records.table_of(register)
    connection = session.connection()
    fresh = [change for change in changes if change.stored is None]
    if fresh:
        statement = records.insert_into(table)
        try:
            with connection.begin_nested():
                connection.execute(statement, [change.record for change in fresh])
        except IntegrityError:
            # One by one the row that is refused is known, and can be said in words.
            for change in fresh:
                with records.refusing(session, register, change.record):
                    connection.execute(statement, change.record)
    groups: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        if change.stored is not None:
            groups.setdefault(tuple(change.after), []).append(change)
    for names, group in groups.items():
        with records.refusing(session, register, group[0].record):
            bulk.overwrite(
                session, table, [each.record for each in group], only=(*names, *records.BOOKKEEPING)
            )


def _audit(
    session: Session, register: Register, changes: Sequence[Change], actor: Actor, action: str, at: datetime
) -> None:
    rows = [
        {
            "at": at,
            "by": actor.person,
            "action": action or ("update" if change.stored is not None else "create"),
            "register": register.key,
            "record_id": change.record["id"],
            "before": change.before or None if change.stored is not None else None,
            "after": change.after or None,
            "note": change.note,
        }
        for change in changes
    ]
    bulk.insert_rows(session, AUDIT, rows)


def _index(session: Session, register: Register, changes: Sequence[Change]) -> None:
    if register.key != "enterprise":
        texts = find.TEXTS.get(register.key, ())
        find.index_many(
            session,
            register.key,
            [
                each.record
                for each in changes
                if each.stored is None or any(name in each.after for name in texts)
            ],
        )
        return
    search.index_new(session, [change.record for change in changes if change.stored is None])
    for change in changes:
        if change.stored is not None and any(name in change.after for name in records.SEARCHED):
            search.index(session, change.record)


def spread(
    session: Session, register: Register, changes: Sequence[Change], actor: Actor, result: Many
) -> None:
    """Save what follows for other records: of new ones all at once, a firm's card once; of changed ones in order."""
    if register.key in _BY_FIRM and all(change.stored is None for change in changes):
        found = [
            each
            for change in _one_per_firm(register, changes)
            for each in derive.spread(session, register, None, change.record)
        ]
        for key in dict.fromkeys(each.register for each in found):
            _save_along(
                session, REGISTERS[key], [each for each in found if each.register == key], actor, result
            )
        return
    for change in changes:
        for each in derive.spread(session, register, change.stored, change.record):
            target = REGISTERS[each.register]
            _remember(result, each.register, _stored(session, target, [each.id]))
            records.save(session, target, each.values, actor, id=each.id, note=each.note)


# New records of these say something of their firm alone, and of several for one firm one says it all.
_BY_FIRM = frozenset({"visit", "cloud", "liaison"})


def _one_per_firm(register: Register, changes: Sequence[Change]) -> list[Change]:
    """Of a firm's visits the one of the last month that tells a revenue; of the other registers the last one."""
    chosen: dict[Any, tuple[str, Change]] = {}
    for change in changes:
        record, month = change.record, ""
        if register.key == "visit":
            if record["revenue_ytd"] is None or record["visit_date"] is None:
                continue
            month = f"{record['visit_date']:%Y%m}"
        held = chosen.get(record["enterprise_id"])
        if held is None or held[0] <= month:
            chosen[record["enterprise_id"]] = (month, change)
    return [change for _, change in chosen.values()]


def _save_along(
    session: Session, register: Register, follow_ups: Sequence[FollowUp], actor: Actor, result: Many
) -> None:
    _remember(result, register.key, _stored(session, register, [each.id for each in follow_ups]))
    entries = [Entry(each.values, each.id, note=each.note) for each in follow_ups]
    for key, rows in save_many(session, register, entries, actor).touched.items():
        _remember(result, key, rows)


def _remember(result: Many, key: str, rows: Mapping[UUID, Values]) -> None:
    known = result.touched.setdefault(key, {})
    for record, values in rows.items():
        known.setdefault(record, values)
