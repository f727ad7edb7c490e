"""What becomes of a firm: renamed, moved, closed, reopened. Each a named change with its date and reason, undoable.

The card's fields are saved by records.py with their audit; the event says why and when it really happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import records, settings
from db.errors import Refused
from db.models import EnterpriseEvent
from db.models.issue import OPEN
from db.models.nurture import OVER
from db.records import Values, table_of
from db.registers import REGISTERS
from db.store import Actor
from db.text import clean, fold, same_name
from db.types import new_key, now
from db.values import from_json, to_json

FIRM = REGISTERS["enterprise"]
RENAMED, MOVED, PAUSED, STRUCK, REVOKED, LEFT, REOPENED = (
    "更名",
    "迁址",
    "停业",
    "注销",
    "吊销",
    "迁出",
    "复业",
)
KINDS = (RENAMED, MOVED, PAUSED, LEFT, STRUCK, REVOKED, REOPENED)
CLOSING = (PAUSED, LEFT, STRUCK, REVOKED)  # the state bears the same word
FINAL = (STRUCK, REVOKED)
AT_WORK = "正常"
LEAST_REASON = 2
ACTION, UNDO = "event", "event_undo"  # how the audit calls the saves made here
_BLANK: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True, slots=True)
class Pending:
    """What is still open for a firm that closes: a register, the record, and what to call it."""

    register: str
    id: UUID
    words: str


@dataclass(frozen=True, slots=True)
class Done:
    """A change that was made: its event, and what is still open for the firm."""

    id: UUID
    pending: tuple[Pending, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One change in the life of a firm; `old` and `new` hold the card's changed fields, typed."""

    id: UUID
    enterprise_id: UUID
    kind: str
    happened_on: date
    reason: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    at: datetime
    by: str
    undone: bool


# ---------------------------------------------------------------- the changes


def rename(session: Session, key: UUID, name: str, on: date, reason: str, actor: Actor) -> Done:
    """Another name from a day on; the old one becomes a 曾用名 and is still found by the search."""
    card = _card(session, key)
    written = clean(name).text
    if not written:
        raise Refused("请填写新的企业名称。", "按变更后的营业执照填写。", "name_missing")
    if same_name(written) == same_name(card["name"] or ""):
        raise Refused("新名称与现在的名称相同。", "请填写变更后的名称。", "nothing_changed")
    former = [each.strip() for each in (card["alias"] or "").replace(";", "；").split("；") if each.strip()]
    # A firm that takes an earlier name again: what it is called now is no former name.
    former = [each for each in former if same_name(each) != same_name(written)]
    if card["name"] and same_name(card["name"]) not in map(same_name, former):
        former.insert(0, card["name"])
    return _change(
        session, card, RENAMED, {"name": written, "alias": "；".join(former) or None}, on, reason, actor
    )


def move(
    session: Session,
    key: UUID,
    on: date,
    reason: str,
    actor: Actor,
    *,
    street_code: str | None = None,
    reg_address: str | None = None,
    park_code: str | None = None,
) -> Done:
    """Another street or address inside the district; the park is the new one or none. Who reports the card stays."""
    card = _card(session, key)
    new: Values = {}
    if street_code and street_code != card["street_code"]:
        new |= {"street_code": street_code, "park_code": park_code}
    elif park_code and park_code != card["park_code"]:
        new["park_code"] = park_code
    address = clean(reg_address or "").text
    if address and fold(address) != fold(card["reg_address"] or ""):
        new["reg_address"] = address
        if card["biz_address"] is not None and fold(card["biz_address"]) == fold(card["reg_address"] or ""):
            new["biz_address"] = address
    if not new:
        raise Refused("街道和地址都没有变化。", "请填写迁往的街道或新的注册地址。", "nothing_changed")
    return _change(session, card, MOVED, new, on, reason, actor)


def close(session: Session, key: UUID, kind: str, on: date, reason: str, actor: Actor) -> Done:
    """停业, 迁出, 注销 or 吊销 from a day on; tells what is still open for the firm."""
    if kind not in CLOSING:
        raise ValueError(kind)
    card = _card(session, key)
    if card["status"] == kind:
        raise Refused(
            f"企业状态已经是“{kind}”。", "日期或原因登记错了，请撤销那次变更后重新登记。", "nothing_changed"
        )
    if card["status"] in FINAL and kind not in FINAL:
        raise Refused(
            f"企业已{card['status']}，不能再登记{kind}。", "登记错了，请先撤销那次变更。", "already_closed"
        )
    new = {"status": kind, "status_on": on, "status_reason": reason.strip()}
    done = _change(session, card, kind, new, on, reason, actor)
    return Done(done.id, tuple(pending(session, key)))


def reopen(session: Session, key: UUID, on: date, reason: str, actor: Actor) -> Done:
    """At work again after 停业, 筹建 or 迁出. A firm that was struck off does not come back."""
    card = _card(session, key)
    if card["status"] in (AT_WORK, None):
        raise Refused("企业状态是正常，不需要复业。", "", "nothing_changed")
    if card["status"] in FINAL:
        raise Refused(
            f"企业已{card['status']}，不能复业。",
            "登记错了，请撤销那次变更；重新设立的企业请另建档案。",
            "already_closed",
        )
    new = {"status": AT_WORK, "status_on": on, "status_reason": reason.strip()}
    return _change(session, card, REOPENED, new, on, reason, actor)


def undo(session: Session, event_id: UUID, actor: Actor) -> None:
    """Take a change back: the card's fields are what they were before it.

    Refused (“changed_since”) where one of these fields was changed again since, naming it.
    """
    entry = session.get(EnterpriseEvent, event_id)
    if entry is None or entry.undone_at is not None:
        raise Refused("这次变更已经撤销。", "", "not_applied")
    card = _card(session, entry.enterprise_id)
    old, new = _typed(entry.old), _typed(entry.new)
    again = [
        FIRM.field(name).label
        for name, value in new.items()
        if card[name] != value and not (card[name] in _BLANK and value in _BLANK)
    ]
    if again:
        raise Refused(
            f"{entry.kind}之后又改过：{'、'.join(again)}。",
            "请先撤销较晚的变更，或在档案里直接更正。",
            "changed_since",
        )
    note = f"撤销{entry.kind}（{entry.happened_on.isoformat()}）"
    records.save(session, FIRM, old, actor, id=card["id"], action=UNDO, note=note)
    entry.undone_at = now()
    session.flush()


def _card(session: Session, key: UUID) -> Values:
    card = records.get(session, FIRM, key)
    if card is None or card["deleted_at"] is not None:
        raise Refused("这张企业档案已被删除或合并。", "请刷新后再试。", "no_such_record")
    return card


def _change(
    session: Session, card: Values, kind: str, new: Values, on: date, reason: str, actor: Actor
) -> Done:
    why = clean(reason).text
    if len(fold(why)) < LEAST_REASON:
        raise Refused("请写明变更的原因或依据。", "如“变更登记”“房租到期搬迁”。", "reason_missing")
    if on > settings.today(session):
        raise Refused("日期不能晚于今天。", "请填写变更实际发生的日期。", "date_in_future")
    founded = card["established_on"]
    if founded is not None and on < founded:
        raise Refused(
            f"日期早于企业成立的 {founded.isoformat()}。", "请核对变更日期或成立日期。", "date_too_early"
        )
    old = {name: card[name] for name in new}
    # What could not be read of a field is settled by what is written into it now.
    unread = {name: text for name, text in (card["unparsed"] or {}).items() if name not in new}
    note = f"{kind}（{on.isoformat()}）：{why}"
    records.save(session, FIRM, new, actor, id=card["id"], unparsed=unread, action=ACTION, note=note)
    key = new_key()
    session.add(
        EnterpriseEvent(
            id=key, enterprise_id=card["id"], kind=kind, happened_on=on, reason=why, old=_plain(old), new=_plain(new),
            at=now(), by=actor.person,
        )
    )  # fmt: skip
    session.flush()
    return Done(key)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: to_json(value) for name, value in values.items()}


def _typed(data: Mapping[str, Any] | None) -> Values:
    fields = {field.name: field for field in FIRM.fields}
    return {name: from_json(fields[name], value) for name, value in (data or {}).items() if name in fields}


# ---------------------------------------------------------------- looking back


def pending(session: Session, key: UUID) -> list[Pending]:
    """What is still open for a firm: problems not done, candidates on their way, plans being carried out."""
    found = []
    for name, state, words, live in (
        ("issue", "status", "description", ("in", OPEN)),
        ("nurture", "stage", "nurture_type", ("not in", OVER)),
        ("firm_plan", "status", "goal", ("in", ("制定中", "实施中"))),
    ):
        table = table_of(REGISTERS[name])
        column = table.c[state]
        alive = column.in_(live[1]) if live[0] == "in" else column.not_in(live[1])
        query = select(table.c.id, table.c[words], column).where(
            table.c.enterprise_id == key, table.c.deleted_at.is_(None), alive
        )
        noun = REGISTERS[name].noun
        found += [
            Pending(name, row[0], f"{noun}：{(row[1] or '').strip()[:40]}（{row[2]}）")
            for row in session.execute(query)
        ]
    return found


def events_of(session: Session, keys: Iterable[UUID]) -> list[Event]:
    """The changes of these cards, newest first, undone ones too."""
    table = EnterpriseEvent.__table__
    query = select(table).where(table.c.enterprise_id.in_(list(keys)))
    return [
        _event(row) for row in session.execute(query.order_by(table.c.happened_on.desc(), table.c.id.desc()))
    ]


def event(session: Session, key: UUID) -> Event | None:
    """One change."""
    table = EnterpriseEvent.__table__
    row = session.execute(select(table).where(table.c.id == key)).first()
    return None if row is None else _event(row)


def _event(row: Any) -> Event:
    return Event(
        row.id, row.enterprise_id, row.kind, row.happened_on, row.reason, _typed(row.old), _typed(row.new), row.at, row.by,
        row.undone_at is not None,
    )  # fmt: skip
