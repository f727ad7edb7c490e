"""What the program works out when a record is saved: numbers, dates, computed fields, copies to the firm's card.

Pure arithmetic is in progress.py, which cloud record counts in cloud_counting.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from db import (
    classifications,
    cloud_counting,
    derive_more,
    issue_clocks,
    locks,
    numbering,
    parameters,
    plan_issues,
    progress,
    settings,
)
from db.classifications import Threshold
from db.lineage import kept_of
from db.models import Enterprise, IndicatorValue
from db.models.nurture import CORE, TITLES, UPSCALE
from db.periods import Period
from db.registers import Register
from db.upscale.forecast import linear
from db.upscale.routes import route

IN_STOCK, OUT_OF_STOCK = "已入库", "退库"
CORE_HONOR = "数字经济核心产业企业（已认定）"
REOPENING, REDO = ("反弹", "需再办"), "退回重办"  # conclusions of 回头看 that open the problem again

Stored = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A change that another record needs because of this one; it is saved and audited as its own entry."""

    register: str
    id: UUID
    values: Mapping[str, Any]
    note: str


def fill(session: Session, register: Register, record: dict[str, Any], stored: Stored) -> None:
    """Set the computed and default values of a record before it is stored. `stored` is what it was, None for a new one."""
    firm = record.get("enterprise_id") if register.has_enterprise else None
    if firm is not None and (stored is None or stored.get("enterprise_id") != firm):
        # Begun before two cards were joined (a draft, another window): it is the kept one that is meant.
        record["enterprise_id"] = kept_of(session, firm)
    filler = _FILLERS.get(register.key)
    if filler is not None:
        filler(session, record, stored)


def spread(session: Session, register: Register, stored: Stored, record: Mapping[str, Any]) -> list[FollowUp]:
    """What follows from a stored record for others: which cloud records count (done here), and changes to save."""
    if register.key == "visit":
        return _revenue(session, record, stored, _month(record.get("visit_date")), "走访")
    if register.key == "nurture":
        return _nurture_to_firm(session, record, stored)
    if register.key == "cloud":
        for firm in {record.get("enterprise_id"), (stored or {}).get("enterprise_id")} - {None}:
            cloud_counting.recount(session, firm)
    elif register.key == "enterprise" and stored is not None:
        if any(
            stored.get(name) != record.get(name) for name in ("uscc", "street_code", "status", "deleted_at")
        ):
            cloud_counting.recount(session, record["id"])
    elif register.key == "indicator":
        return _next_month(session, record)
    elif register.key == "liaison":
        return [
            FollowUp("enterprise", firm, values, "由挂点记录同步")
            for firm, values in derive_more.liaison_card(session, record, stored)
        ]
    return []


# ---------------------------------------------------------------- visits and issues


def _visit(session: Session, record: dict[str, Any], stored: Stored) -> None:
    if stored is None and record.get("filled_on") is None:
        record["filled_on"] = settings.today(session)
    if record.get("visit_no") is None and record.get("visit_date") is not None:
        record["visit_no"] = numbering.visit_no(session, record["unit_code"], record["visit_date"])


def _issue(session: Session, record: dict[str, Any], stored: Stored) -> None:
    registered = record.get("registered_on")
    if registered is not None:
        if record.get("issue_no") is None:
            record["issue_no"] = numbering.issue_no(session, record["unit_code"], registered)
        if record.get("due_date") is None and "due_date" not in (record.get("unparsed") or {}):
            record["due_date"] = _due(session, record)
    was = stored.get("review_result") if stored is not None else None
    found = record.get("review_result")
    if found in REOPENING and found != was and record.get("status") == "回头看合格":
        # forms.md: a rebound found on review goes back to be done again by itself.
        record["status"] = REDO
    noted = (stored or {}).get("progress_log") or []
    if noted:
        # forms.md: the log is added to, never written over, whoever saves the record.
        now = record.get("progress_log") or []
        record["progress_log"] = [*noted, *(entry for entry in now if entry not in noted)]


def _due(session: Session, record: Mapping[str, Any]) -> date | None:
    """Remembered as long as settings are: many problems of one batch were registered on one day."""
    known: dict[Any, Any] | None = session.info.get(settings.KNOWN)
    key = (issue_clocks.HANDLE, record["registered_on"], record.get("urgency"))
    if known is not None and key in known:
        found: date | None = known[key]
        return found
    allowed = issue_clocks.limits(parameters.read(session))
    due = issue_clocks.due_day(issue_clocks.HANDLE, record, allowed, settings.holidays(session))
    if known is not None:
        known[key] = due
    return due


# ---------------------------------------------------------------- candidates


def _nurture(session: Session, record: dict[str, Any], stored: Stored) -> None:
    unread = record.get("unparsed") or {}
    record["threshold"] = record["reach_rate"] = None
    if record.get("nurture_type") != UPSCALE:
        return
    changed = settings.parameters(session).get("thresholds")
    table = classifications.read_thresholds(changed) if changed else None
    open_fields = [
        name for name in ("specialty", "declare_type") if record.get(name) is None and name not in unread
    ]
    if open_fields and record.get("enterprise_id") is not None:
        _from_card(session, record, open_fields, table)
    found = classifications.threshold_of(record.get("specialty") or "", table)
    threshold = found.threshold_wan if found else None
    record["threshold"] = threshold
    revenue, asof = record.get("revenue_ytd"), record.get("asof_ym")
    if threshold and revenue is not None:
        record["reach_rate"] = progress.rounded(revenue * 100 / threshold)
    # What was worked out from the older figures is worked out anew; what somebody typed stays.
    old_forecast, old_reach = (
        linear(stored.get("revenue_ytd"), stored.get("asof_ym"), stored.get("threshold"))
        if stored is not None
        else (None, None)
    )
    forecast, reach = linear(revenue, asof, threshold)
    for name, old, new in (("forecast", old_forecast, forecast), ("reach_ym", old_reach, reach)):
        if name not in unread and record.get(name) in (None, old):
            record[name] = new


def _from_card(
    session: Session, record: dict[str, Any], names: Sequence[str], table: Sequence[Threshold] | None
) -> None:
    """The specialty by the firm's industry, and the way by the day it opened, where that day is known."""
    firm = session.execute(
        select(Enterprise.industry_code, Enterprise.opened_on).where(Enterprise.id == record["enterprise_id"])
    ).first()
    if firm is None:
        return
    if "specialty" in names and firm.industry_code:
        by_industry = classifications.threshold_for(firm.industry_code, table)
        record["specialty"] = (by_industry.specialty or None) if by_industry else None
    if "declare_type" in names:
        year = Period(record["asof_ym"]).year if record.get("asof_ym") else settings.today(session).year
        way = route(firm.opened_on, record.get("specialty"), year)
        record["declare_type"] = way.way if way.sure else None


# ---------------------------------------------------------------- indicators


def _indicator(session: Session, record: dict[str, Any], stored: Stored) -> None:
    record["version"] = _version(session, record, stored)
    no, period = record.get("indicator_no"), record.get("period")
    plan = plan_issues.plan_for(session, period) if period else None
    indicator = plan.indicator(no) if plan is not None and no is not None else None
    if indicator is None or not period:
        for name in ("target", "completion", "time_progress", "gap", "yoy"):
            record[name] = None
        return
    month = Period(period)
    before = _value_of(session, record, str(month.prev))
    if month.month == 1 and indicator.semantics.resets:
        record["prev_value"] = None
    elif before is not None:
        record["prev_value"] = before.value
    last_year = _value_of(session, record, str(month.last_year))
    if record.get("ly_value") is None and last_year is not None:
        record["ly_value"] = last_year.value
    record["target"] = indicator.target(month.year)
    result = progress.assess(
        indicator.semantics, month.month, record.get("value"), record["target"], indicator.prior(month.year)
    )
    record["completion"] = progress.rounded(result.completion)
    record["time_progress"] = progress.rounded(result.time_progress)
    record["gap"] = progress.rounded(result.gap)
    scope = (record.get("scope_note") or "").strip()
    comparable = scope == ((last_year.scope_note or "").strip() if last_year is not None else "")
    record["yoy"] = progress.rounded(progress.yoy(record.get("value"), record.get("ly_value"), comparable))


def _value_of(session: Session, record: Mapping[str, Any], period: str) -> Any:
    """The stored value of the same indicator and office in another month, with its scope note."""
    table = IndicatorValue.__table__
    return session.execute(
        select(table.c.id, table.c.value, table.c.scope_note, table.c.prev_value).where(
            table.c.period == period,
            table.c.indicator_no == record.get("indicator_no"),
            table.c.org_code == record.get("org_code"),
            table.c.deleted_at.is_(None),
        )
    ).first()


def _version(session: Session, record: Mapping[str, Any], stored: Stored) -> int:
    """1, and one more for each change of a figure after its month was handed in (IND-009)."""
    if stored is None:
        return record.get("version") or 1
    version = int(stored.get("version") or 1)
    if all(stored.get(name) == record.get(name) for name in ("value", "value_month")) or not stored.get(
        "period"
    ):
        return version
    handed_in = locks.state_of(session, stored["unit_code"], stored["period"])
    return version + 1 if handed_in is not None and handed_in.state != "draft" else version


def _next_month(session: Session, record: Mapping[str, Any]) -> list[FollowUp]:
    """The month after carries this value as 上月累计: it is saved again if it is open and shows another."""
    if not record.get("period"):
        return []
    after = Period(record["period"]).next
    row = _value_of(session, record, str(after))
    if row is None or row.prev_value == record.get("value") or record.get("deleted_at") is not None:
        return []
    indicator = plan_issues.plan_for(session, after).indicator(record["indicator_no"])
    if indicator is not None and indicator.semantics.resets and after.month == 1:
        return []
    if locks.is_locked(session, record["unit_code"], str(after)):
        return []
    return [FollowUp("indicator", row.id, {}, "上月数更正，上月累计随之更新")]


# ---------------------------------------------------------------- copies to the firm's card


def _month(day: date | None) -> str | None:
    return str(Period.of_date(day)) if day is not None else None


def _firm(session: Session, key: UUID | None) -> Any:
    return session.connection().execute(_LIVE_FIRM, {"key": key}).first()


_CARD = Enterprise.__table__
# Every visit with a revenue asks this: the statement is built once.
_LIVE_FIRM = select(
    _CARD.c.id,
    _CARD.c.revenue_ytd,
    _CARD.c.revenue_asof,
    _CARD.c.sme_title,
    _CARD.c.honors,
    _CARD.c.is_above_scale,
).where(_CARD.c.id == bindparam("key"), _CARD.c.deleted_at.is_(None))


def _revenue(
    session: Session, record: Mapping[str, Any], stored: Stored, asof: str | None, source: str
) -> list[FollowUp]:
    """A newly entered revenue goes to the firm's card, unless the card already has a later month's."""
    revenue = record.get("revenue_ytd")
    if (
        revenue is None
        or asof is None
        or record.get("enterprise_id") is None
        or record.get("deleted_at") is not None
    ):
        return []
    placed = (record.get("enterprise_id"), revenue, asof)
    if stored is not None:
        old_asof = stored.get("asof_ym") if source == "培育" else _month(stored.get("visit_date"))
        if placed == (stored.get("enterprise_id"), stored.get("revenue_ytd"), old_asof):
            return []
    firm = _firm(session, record["enterprise_id"])
    if firm is None or (firm.revenue_asof or "") > asof:
        return []
    if (firm.revenue_ytd, firm.revenue_asof) == (revenue, asof):
        return []
    return [
        FollowUp("enterprise", firm.id, {"revenue_ytd": revenue, "revenue_asof": asof}, f"由{source}记录同步")
    ]


def _nurture_to_firm(session: Session, record: Mapping[str, Any], stored: Stored) -> list[FollowUp]:
    follow_ups = _revenue(session, record, stored, record.get("asof_ym"), "培育")
    old_stage = stored.get("stage") if stored is not None else None
    stage = record.get("stage")
    entered = stage == IN_STOCK and (
        old_stage != IN_STOCK
        or any((stored or {}).get(name) != record.get(name) for name in ("in_stock_ym", "specialty"))
    )
    left = stage == OUT_OF_STOCK and old_stage == IN_STOCK
    if not (entered or left) or record.get("enterprise_id") is None or record.get("deleted_at") is not None:
        return follow_ups
    firm = _firm(session, record["enterprise_id"])
    if firm is None:
        return follow_ups
    values = _titles(record, firm, entered)
    if values:
        word = "入库" if entered else "退库"
        follow_ups.append(FollowUp("enterprise", firm.id, values, f"培育{word}回写"))
    return follow_ups


def _titles(record: Mapping[str, Any], firm: Any, entered: bool) -> dict[str, Any]:
    """What reaching (or losing) the goal of a candidate means on the firm's card (UPS-007)."""
    kind = record.get("nurture_type")
    if kind == UPSCALE:
        if not entered:
            return {"is_above_scale": False}
        values: dict[str, Any] = {"is_above_scale": True}
        found = classifications.threshold_of(record.get("specialty") or "")
        if found is not None and found.stock_specialty:
            values["specialty"] = found.stock_specialty
        if record.get("in_stock_ym"):
            values["in_stock_ym"] = record["in_stock_ym"]
        return values
    name, title = ("sme_title", kind) if kind in TITLES else ("honors", CORE_HONOR if kind == CORE else None)
    held = list(getattr(firm, name) or [])
    if title is None or (title in held) == entered:
        return {}
    return {name: [*held, title] if entered else [each for each in held if each != title]}


_FILLERS = {
    "visit": _visit, "issue": _issue, "nurture": _nurture, "indicator": _indicator,
    "project": derive_more.project, "park": derive_more.park, "duty": derive_more.duty,
}  # fmt: skip
