"""What a visit brings with it: records of other registers made of what was typed once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import progress, records, settings
from db.lookup import Directory
from db.models.nurture import UPSCALE
from db.periods import Period
from db.registers import REGISTERS
from db.store import Actor, Store
from db.types import new_key
from db.visit_pressure import pressure
from desktop.actions.records import FormState, defaults_for, missing_fields
from desktop.actions.revenue import line_of

Values = dict[str, Any]
_PROBLEM = re.compile(r"不足|困难|缺口|缺少|短缺|难题|诉求|问题|希望|建议|盼|紧张|拖欠|卡在|办不了|未兑现")
# Asked with a follow-up although nothing requires it or a default answers it.
_ASKED = {"issue": ("urgency",), "cloud": ("amount", "expire_on"), "nurture": ("measure",)}
_GUESSED = {
    "issue": frozenset({"description", "org_code"}),
    "cloud": frozenset({"product"}),
    "nurture": frozenset({"owner", "specialty", "measure"}),
}
_CLAUSE = re.compile(r"[^，。；;、\n！？]+")


@dataclass(frozen=True)
class FollowUp:
    """One line of “这次走访带出的记录”. `state`: offer (a button makes it), done (it is there), told (nothing to do)."""

    kind: str  # often, nurture, cloud, issue, revenue
    word: str
    text: str
    state: str
    action: str = ""
    register: str = ""
    record_id: UUID | None = None
    defaults: Values = field(default_factory=dict)
    guesses: frozenset[str] = frozenset()  # of the defaults: what is likely rather than known

    @property
    def facts(self) -> Values:
        """What the visit says for certain: not to be asked again."""
        return {name: value for name, value in self.defaults.items() if name not in self.guesses}


def visit_follow_ups(
    store: Store, visit: Mapping[str, Any], visit_id: UUID | None, period: str
) -> list[FollowUp]:
    """What this visit's answers lead to, and what of it is already there. `visit` may be unsaved."""
    firm = visit.get("enterprise_id")
    with store.read() as session:
        return [
            *_often(session, visit, firm, visit_id, period),
            *_nurture(session, visit, firm, period),
            *_cloud(session, visit, firm),
            *_issue(session, visit, firm, visit_id),
            *_revenue(session, visit, firm, visit_id),
        ]


def create_follow_up(
    store: Store,
    follow_up: FollowUp,
    visit_id: UUID,
    actor: Actor,
    today: date,
    typed: FormState | None = None,
) -> UUID:
    """Make the record that a visit leads to, from what was typed there; what it still lacks makes it 待补全.

    `typed` is a form in which the rest was asked. Refused for a locked month. Returns the new record's id.
    """
    values = {**defaults_for(follow_up.register, actor, today), **follow_up.defaults}
    if typed is not None:
        values |= typed.values
    key = new_key()
    if follow_up.register == "issue":
        values["visit_id"] = visit_id
    with store.write() as session:
        records.save(
            session,
            REGISTERS[follow_up.register],
            values,
            actor,
            new_id=key,
            unparsed=typed.unparsed if typed is not None else None,
            not_applicable=typed.not_applicable if typed is not None else None,
            origin={"visit": visit_id.hex},
            note="由走访记录带出",
        )
    return key


def asked_fields(follow_up: FollowUp, actor: Actor, today: date) -> list[str]:
    """What is asked for a record that a visit leads to: what it must have and the visit does not say, in order."""
    register = REGISTERS[follow_up.register]
    facts = {**defaults_for(register.key, actor, today), **follow_up.facts}
    wanted = {*missing_fields(register.key, facts), *_ASKED.get(register.key, ())}
    known = {*follow_up.facts, "visit_id"}
    return [each.name for each in register.fields if each.name in wanted and each.name not in known]


def problem_in(text: str) -> str:
    """The clauses of a visit's notes that name a difficulty, for the description of an issue; "" for none."""
    found = [clause.strip() for clause in _CLAUSE.findall(text or "") if _PROBLEM.search(clause)]
    return "，".join(found)


def _candidate(session: Session, firm: UUID) -> Any:
    table = records.table_of(REGISTERS["nurture"])
    return session.execute(
        select(table.c.id, table.c.stage).where(
            table.c.enterprise_id == firm, table.c.deleted_at.is_(None), table.c.nurture_type == UPSCALE
        )
    ).first()


def _often(
    session: Session, visit: Mapping[str, Any], firm: UUID | None, visit_id: UUID | None, period: str
) -> list[FollowUp]:
    """A gentle word before the fourth visit of a month, or where another office has just been there."""
    if firm is None:
        return []
    today = settings.today(session)
    day = visit.get("visit_date") or min(max(today, Period(period).first_day), Period(period).last_day)
    found = pressure(session, firm, day, exclude=visit_id)
    own = str(visit.get("unit_code") or settings.get(session, "unit", ""))
    return [FollowUp("often", "提醒", words, "told") for words in found.words(own, Directory(session))]


def _nurture(session: Session, visit: Mapping[str, Any], firm: UUID | None, period: str) -> list[FollowUp]:
    if firm is None or visit.get("upscale_potential") != "有":
        return []
    there = _candidate(session, firm)
    if there is not None:
        return [
            FollowUp("nurture", "升规培育", f"已在培育库：{there.stage}", "done", "查看", "nurture", there.id)
        ]
    threshold, specialty = line_of(session, firm)
    revenue = visit.get("revenue_ytd")
    month = str(Period.of_date(visit["visit_date"])) if visit.get("visit_date") else period
    text = "转入培育库"
    if threshold is not None and revenue is not None:
        missing = threshold - revenue
        text = f"差 {progress.show_number(missing, 0)} 万元到线" if missing > 0 else "已过升规线"
    defaults: Values = {
        "nurture_type": UPSCALE,
        "enterprise_id": firm,
        "revenue_ytd": revenue,
        "asof_ym": month if revenue is not None else None,
        "specialty": specialty or None,
        "org_code": visit.get("unit_code"),
        "owner": visit.get("filler"),
        "measure": visit.get("plan_text"),
    }
    return [
        FollowUp(
            "nurture",
            "升规培育",
            text,
            "offer",
            "转入",
            "nurture",
            None,
            _filled(defaults),
            _GUESSED["nurture"],
        )
    ]


def _cloud(session: Session, visit: Mapping[str, Any], firm: UUID | None) -> list[FollowUp]:
    if firm is None or visit.get("cloud_status") != "已上云":
        return []
    table = records.table_of(REGISTERS["cloud"])
    row = session.execute(
        select(table.c.id, table.c.product, table.c.verify_status)
        .where(table.c.enterprise_id == firm, table.c.deleted_at.is_(None))
        .order_by(table.c.cloud_on)
    ).first()
    if row is not None:
        text = " ".join(part for part in (row.product, row.verify_status) if part)
        return [FollowUp("cloud", "上云记录", text or "已登记", "done", "查看", "cloud", row.id)]
    # What kind of service follows from what the visit ticked; the rest is asked in the cloud record.
    defaults: Values = {"enterprise_id": firm, "product": "、".join(_products(visit)) or None}
    text = f"{defaults['product']} 待核实" if defaults["product"] else "登记后由运营商核实"
    return [
        FollowUp(
            "cloud", "上云记录", text, "offer", "登记", "cloud", None, _filled(defaults), _GUESSED["cloud"]
        )
    ]


def _products(visit: Mapping[str, Any]) -> list[str]:
    return [name for name in visit.get("systems") or [] if name in ("ERP", "OA", "CRM", "财务软件")]


def _issue(
    session: Session, visit: Mapping[str, Any], firm: UUID | None, visit_id: UUID | None
) -> list[FollowUp]:
    if firm is None or visit.get("has_issue") is not True:
        return []
    found = []
    if visit_id is not None:
        table = records.table_of(REGISTERS["issue"])
        rows = session.execute(
            select(table.c.id, table.c.description, table.c.status, table.c.category).where(
                table.c.visit_id == visit_id, table.c.deleted_at.is_(None)
            )
        ).all()
        for row in rows:
            text = " · ".join(part for part in (row.category, row.description, row.status) if part)
            found.append(FollowUp("issue", "问题", text, "done", "查看", "issue", row.id))
    if found:
        return found
    problem = problem_in(visit.get("operation_text") or "") or problem_in(visit.get("plan_text") or "")
    defaults: Values = {
        "source": "走访",
        "enterprise_id": firm,
        "registered_on": visit.get("visit_date"),
        "description": problem or None,
        "org_code": visit.get("unit_code"),
    }
    return [
        FollowUp(
            "issue",
            "问题",
            problem or "登记诉求",
            "offer",
            "登记",
            "issue",
            None,
            _filled(defaults),
            _GUESSED["issue"],
        )
    ]


def _revenue(
    session: Session, visit: Mapping[str, Any], firm: UUID | None, visit_id: UUID | None
) -> list[FollowUp]:
    revenue = visit.get("revenue_ytd")
    if firm is None or revenue is None:
        return []
    month = Period.of_date(visit["visit_date"]).month if visit.get("visit_date") else None
    text = f"{month} 月累计 " if month else "累计 "
    text += f"{progress.show_number(revenue, 2 if revenue % 1 else 0)} 万元"
    card = records.table_of(REGISTERS["enterprise"])
    stored = session.scalar(select(card.c.revenue_ytd).where(card.c.id == firm))
    written = visit_id is not None and stored == revenue
    return [
        FollowUp(
            "revenue", "经营数据", text, "done" if written else "told", "已写入" if written else "保存后写入"
        )
    ]


def _filled(values: Values) -> Values:
    return {name: value for name, value in values.items() if value not in (None, "", [])}
