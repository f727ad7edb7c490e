"""Decisions about the cloud count: which operator's record of a firm counts, and which records are the opening list."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from db import cloud_counting as counting
from db import records, settings
from db.errors import Refused
from db.models import AuditEntry, Cloud, CloudChoice, Plan, StagedRow
from db.registers import REGISTERS
from db.store import Actor
from db.types import now

SHORTEST = 4  # characters a reason has to have


def choose(session: Session, record_id: UUID, reason: str, actor: Actor) -> None:
    """Let this record of its firm count, whatever the dates say; remembered until it is taken back.

    Refused for a record that could not count by itself, without a reason, where the firm is on the opening list, or
    where the firm was on the cloud in the plan's base already: it would become a new one.
    """
    reason = reason.strip()
    if len(reason) < SHORTEST:
        raise Refused(
            "请写明选定的理由。", f"至少 {SHORTEST} 个字，例如“合同主体为总公司”。", "reason_missing"
        )
    firm = session.scalar(select(Cloud.enterprise_id).where(Cloud.id == record_id))
    rows = next(iter(counting.firm_rows(session, firm).values()), []) if firm is not None else []
    today = settings.today(session)
    verdicts = counting.judge(rows[0], rows, counting.rules(session), today) if rows else []
    able = {
        row["id"]: row
        for row, verdict in zip(rows, verdicts, strict=True)
        if verdict.counted or verdict.reason == counting.DUPLICATE
    }
    if record_id not in able:
        raise Refused(
            "这条记录不能计数，选不了它。", "先补齐证明、核实状态和日期，再来选定。", "cannot_count"
        )
    if any(row["opening"] for row in able.values()):
        raise Refused("这家企业在期初名单内，按期初数计。", "期初数不区分运营商，不需要选定。", "in_opening")
    base = session.scalar(select(Plan.baseline_year))
    earliest = min(row["cloud_on"] for row in able.values())
    if base is not None and earliest.year <= base < able[record_id]["cloud_on"].year:
        raise Refused(
            f"最早一条在 {base} 年及以前，企业已在期初数里。",
            "选较晚的记录会把它算成新增，多计一家。",
            "in_opening",
        )
    _forget(session, firm)
    session.add(CloudChoice(enterprise_id=firm, cloud_id=record_id, reason=reason, at=now(), by=actor.person))
    session.flush()
    _note(session, record_id, actor, f"选定由这条计数：{reason}")
    counting.recount(session, firm, today)


def take_back(session: Session, enterprise_id: UUID, actor: Actor) -> None:
    """Go by the dates again."""
    for record_id in _forget(session, enterprise_id):
        _note(session, record_id, actor, "撤销人工选定，按上云日期计")
    counting.recount(session, enterprise_id, settings.today(session))


def _forget(session: Session, enterprise_id: UUID | None) -> list[UUID]:
    """Drop what was decided for a firm, also under a card that went into it since; the records that had been chosen."""
    own = select(Cloud.id).where(Cloud.enterprise_id == enterprise_id)
    found = session.scalars(
        select(CloudChoice).where(
            (CloudChoice.enterprise_id == enterprise_id) | CloudChoice.cloud_id.in_(own)
        )
    ).all()
    for each in found:
        session.delete(each)
    session.flush()
    return [each.cloud_id for each in found]


def take_as_opening(session: Session, batch_id: UUID, actor: Actor) -> int:
    """Flag what an import brought as the list of the opening balance; how many records are on it now.

    The list is its own evidence: its rows count as verified, and as of the end of the baseline year where it gives
    no day. From now on their number stands for the opening figure.
    """
    keys = list(
        session.scalars(
            select(StagedRow.record_id).where(
                StagedRow.batch_id == batch_id,
                StagedRow.register == "cloud",
                StagedRow.record_id.is_not(None),
                StagedRow.action != "bad",
            )
        )
    )
    base = session.scalar(select(Plan.baseline_year))
    today = settings.today(session)
    for start in range(0, len(keys), 500):
        session.execute(update(Cloud).where(Cloud.id.in_(keys[start : start + 500])).values(opening=True))
    register = REGISTERS["cloud"]
    for key in keys:
        stored = records.get(session, register, key) if key is not None else None
        if stored is None or stored["deleted_at"] is not None:
            continue
        values: dict[str, Any] = {}
        if stored["verify_status"] in (counting.WAITING, None):
            values |= {"verify_status": "已核实", "verified_by": actor.person, "verified_on": today}
        if stored["cloud_on"] is None and base is not None and "cloud_on" not in (stored["unparsed"] or {}):
            values["cloud_on"] = date(base, 12, 31)
        records.save(session, register, values, actor, id=key, action="import", note="列入期初名单")
    counting.recount(session, today=today)
    return listed(session)


def forget_opening(session: Session) -> int:
    """The plan's opening figure stands again; the records stay, as ordinary ones. How many there were."""
    number = listed(session)
    session.execute(update(Cloud).where(Cloud.opening.is_(True)).values(opening=None))
    counting.recount(session, today=settings.today(session))
    return number


def listed(session: Session) -> int:
    """How many live records are on the opening list."""
    return int(
        session.scalar(
            select(func.count()).select_from(Cloud).where(Cloud.opening.is_(True), Cloud.deleted_at.is_(None))
        )
        or 0
    )


def _note(session: Session, record_id: UUID, actor: Actor, words: str) -> None:
    entry: dict[str, Any] = {
        "at": now(), "by": actor.person, "action": "update", "register": "cloud", "record_id": record_id,
        "before": None, "after": None, "note": words,
    }  # fmt: skip
    session.connection().execute(insert(AuditEntry), entry)
