"""Everything the register knows of one firm, for its card: facts, dealings by date, counts, revenue, materials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import classifications, progress, records, settings, values
from db.errors import Refused
from db.models import AuditEntry, ReturnFile, ReturnRow
from db.models.nurture import UPSCALE
from db.periods import Period
from db.registers import REGISTERS
from db.store import Store
from db.values import Lookup
from desktop.actions.follow_ups import RevenueYear, revenue_year

Values = dict[str, Any]
REGISTER_ORDER = ("visit", "issue", "cloud", "nurture")


@dataclass(frozen=True)
class Event:
    """One line of the timeline. `register` and `record_id` lead to what is behind it."""

    day: date | None
    register: str  # visit, issue, cloud, nurture, enterprise, return
    text: str
    record_id: UUID | None = None


@dataclass(frozen=True)
class FirmCard:
    """A firm as its card shows it."""

    firm: Values
    events: tuple[Event, ...]  # newest first
    counts: Mapping[str, int]  # by register
    visits_this_month: int
    revenue: RevenueYear
    forecast: tuple[tuple[str, Decimal], ...]  # month, expected: the months after the last reported
    candidate: Values | None
    materials: tuple[tuple[str, bool], ...]  # what is handed in for 升规, and whether it is there


def firm_card(store: Store, firm_id: UUID, lookup: Lookup, period: str) -> FirmCard:
    """Read the whole card. Refused for a firm that is not there (any more)."""
    month = Period(period)
    with store.read() as session:
        firm = records.get(session, REGISTERS["enterprise"], firm_id)
        if firm is None or firm["deleted_at"] is not None:
            raise Refused("这张企业档案已被删除。", "可以在企业列表里撤销删除。", "no_such_record")
        rows = {register: _rows(session, register, firm_id) for register in REGISTER_ORDER}
        events = [
            *(_event(register, row, lookup) for register, found in rows.items() for row in found),
            *_card_events(session, firm_id, lookup),
            *_return_events(session, firm_id, lookup),
        ]
        events.sort(key=lambda event: (event.day or date.min, event.register), reverse=True)
        revenue = revenue_year(session, firm_id, month.year)
    candidate = next((row for row in rows["nurture"] if row.get("nurture_type") == UPSCALE), None)
    visits = sum(
        1 for row in rows["visit"] if row["visit_date"] and str(Period.of_date(row["visit_date"])) == period
    )
    return FirmCard(
        firm,
        tuple(events),
        {register: len(found) for register, found in rows.items()},
        visits,
        revenue,
        outlook(revenue),
        candidate,
        _materials(candidate),
    )


def outlook(revenue: RevenueYear, ahead: int = 2) -> tuple[tuple[str, Decimal], ...]:
    """Cumulative revenue of the next months by the mean of the last three reported steps; nothing past December."""
    points = revenue.points
    if not points:
        return ()
    last = points[-1]
    now = Period(last.period)
    base = points[-4] if len(points) >= 4 else points[0]
    months = now.month - Period(base.period).month
    step = (last.amount - base.amount) / months if months else last.amount / now.month
    found = []
    for n in range(1, ahead + 1):
        if now.month + n <= 12:
            found.append((str(now.shift(n)), progress.rounded(last.amount + step * n, 2) or Decimal(0)))
    return tuple(found)


def _rows(session: Session, register: str, firm_id: UUID) -> list[Values]:
    model = REGISTERS[register]
    table = records.table_of(model)
    query = (
        select(table)
        .where(table.c.enterprise_id == firm_id, table.c.deleted_at.is_(None))
        .order_by(table.c[model.placed_by].desc(), table.c.id.desc())
    )
    return [dict(row) for row in session.execute(query).mappings()]


def _event(register: str, row: Values, lookup: Lookup) -> Event:
    if register == "visit":
        who = (row.get("visitors") or "").replace("（", "(")
        names = "、".join(part.split("(")[0] for part in who.split("、") if part)
        said = row.get("operation_text") or row.get("operation_trend") or ""
        head = " ".join(part for part in (names, row.get("visit_mode")) if part)
        return Event(row["visit_date"], register, f"{head}：{said}" if said else head or "走访", row["id"])
    if register == "issue":
        org = lookup.name("unit", row.get("org_code"))
        due = row.get("due_date")
        target = f" → {org}" if org else ""
        limit = f"，{due.month} 月 {due.day} 日前" if due else ""
        state = f"（{row.get('status')}）" if row.get("status") else ""
        text = f"{row.get('description') or row.get('category') or '问题'}{target}{limit}{state}"
        return Event(row["registered_on"], register, text, row["id"])
    if register == "cloud":
        kinds = "、".join(row.get("cloud_type") or [])
        counted = (
            "计数"
            if row.get("counted")
            else f"不计数：{row['uncounted_reason']}"
            if row.get("uncounted_reason")
            else ""
        )
        head = f"{row.get('provider_brand') or ''}{row.get('product') or ''}" + (
            f"（{kinds}）" if kinds else ""
        )
        text = " · ".join(part for part in (head, row.get("verify_status"), counted) if part)
        return Event(row["cloud_on"], register, text or "上云记录", row["id"])
    parts = [row.get("nurture_type"), row.get("specialty"), row.get("declare_type"), row.get("stage")]
    day = Period(row["asof_ym"]).last_day if row.get("asof_ym") else None
    created = row["created_at"].astimezone().date()
    return Event(
        min(day, created) if day else created, register, " · ".join(part for part in parts if part), row["id"]
    )


def _card_events(session: Session, firm_id: UUID, lookup: Lookup) -> list[Event]:
    """The firm's own card: made, renamed, moved, another state. Copied figures are not events."""
    fields = {field.name: field for field in REGISTERS["enterprise"].fields}
    telling = ("name", "uscc", "street_code", "status", "is_above_scale", "legal_rep", "reg_address")
    found = []
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.record_id == firm_id).order_by(AuditEntry.seq)
    ).all()
    for place, entry in enumerate(entries):
        day = entry.at.astimezone().date()
        if place == 0:
            # Practice cards are made on the day of the practice, long after what they are said to have lived.
            made = None if settings.get(session, "practice") else day
            found.append(Event(made, "enterprise", f"{entry.by} 建立档案"))
            continue
        for name in telling:
            if name not in (entry.after or {}):
                continue
            old = values.from_json(fields[name], (entry.before or {}).get(name))
            new = values.from_json(fields[name], (entry.after or {}).get(name))
            if name == "name" and old:
                found.append(Event(day, "enterprise", f"由“{old}”更名"))
            else:
                shown = values.display(fields[name], new, lookup) or "（空）"
                found.append(Event(day, "enterprise", f"{fields[name].label}改为 {shown}"))
    return found


def _return_events(session: Session, firm_id: UUID, lookup: Lookup) -> list[Event]:
    """The returns whose rows name the firm."""
    row, file = ReturnRow.__table__, ReturnFile.__table__
    # From the few returns to their rows: the rows' key begins with the return.
    mine = (row.c.return_id == file.c.id) & (row.c.register == "enterprise") & (row.c.record_id == firm_id)
    query = (
        select(file.c.period, file.c.unit_code, file.c.revision, file.c.submitted_on)
        .join(row, mine)
        .where(file.c.state.in_(("sent", "received")))
        .order_by(file.c.period)
    )
    found = []
    for each in session.execute(query).all():
        month = Period(each.period).display()
        revision = f"第 {each.revision} 版" if each.revision > 1 else ""
        day = each.submitted_on or Period(each.period).last_day
        found.append(Event(day, "return", f"{lookup.name('unit', each.unit_code)} {month}回报{revision}"))
    return found


def _materials(candidate: Values | None) -> tuple[tuple[str, bool], ...]:
    if candidate is None:
        return ()
    there = candidate.get("materials") or []
    return tuple(
        (name, name in there) for name in classifications.materials_for(candidate.get("specialty") or "")
    )
