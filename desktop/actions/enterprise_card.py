"""Everything the register knows of one firm, for its card: facts, how things stand, revenue, materials.

The timeline is read page by page by enterprise_timeline.py; changes of the card are in enterprise_changes.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db import issue_clocks, lineage, settings, visit_pressure
from db.errors import Refused
from db.models.issue import OPEN
from db.models.nurture import UPSCALE
from db.parameters import Parameters, read_parameters
from db.periods import Period
from db.progress import show_number
from db.quick_rows import rows_of
from db.store import Store
from db.upscale.forecast import Outlook, Point, outlook
from db.upscale.rules import Rules, read_rules
from db.upscale.titles import RECOGNISED, titles
from db.values import Lookup
from db.visit_pressure import Pressure
from db.workdays import Overrides
from desktop.actions.enterprise_timeline import counts, counts_words
from desktop.actions.firm_files import FILES, firm_files
from desktop.actions.revenue import RevenueYear, revenue_year

Values = dict[str, Any]
_SHOWN = 3  # problems or services in the standing; the rest is one click away
_ISSUE = (
    "description", "category", "status", "urgency", "org_code", "due_date", "registered_on", "assigned_on", "closed_on",
    "written_off_on", "review_on",
)  # fmt: skip
_OPEN_ISSUES = f"status IN ({', '.join(repr(each) for each in (*OPEN, '暂不能解决'))})"
_PLAN = ("goal", "org_code", "due_date", "status")
_OPEN_PLANS = "status IN ('制定中', '实施中')"


@dataclass(frozen=True)
class Standing:
    """One line of how things stand with a firm now: a word, its state, what there is to say, where it leads."""

    word: str
    state: str
    text: str
    register: str = ""
    record_id: UUID | None = None


@dataclass(frozen=True)
class FirmCard:
    """A firm as its card shows it."""

    firm: Values
    counts: Mapping[str, int]  # by register, and of FILES
    pressure: Pressure
    standing: tuple[Standing, ...]
    revenue: RevenueYear
    outlook: Outlook
    candidate: Values | None
    materials: tuple[tuple[str, bool], ...]  # what is handed in for 升规, and whether it is there


def firm_card(
    store: Store, firm_id: UUID, lookup: Lookup, period: str, today: date | None = None, unit_code: str = ""
) -> FirmCard:
    """Read the card. Refused for a firm that is not there (any more); for a merged one `kept_card` knows the way on."""
    month = Period(period)
    with store.read() as session:
        found = rows_of(session, "enterprise", firm_id, by="id")
        if not found:
            raise Refused("这张企业档案已被删除。", "可以在企业列表里撤销删除。", "no_such_record")
        firm = found[0]
        day = today or settings.today(session)
        around = min(max(day, month.first_day), month.last_day)
        changed, holidays = settings.parameters(session), settings.holidays(session)
        limits, known = read_parameters(changed), read_rules(changed, holidays)
        pressure = visit_pressure.pressure(session, firm_id, around, parameters=limits)
        nurture = rows_of(session, "nurture", firm_id)
        candidates = [row for row in nurture if row["nurture_type"] == UPSCALE]
        revenue = revenue_year(
            session, firm_id, month.year, card=firm, candidates=candidates, lines=known.thresholds
        )
        # As the pipeline reckons: two pages that foresee different figures help nobody.
        seen = outlook(
            [Point(each.period, each.amount) for each in revenue.points], revenue.threshold, year=month.year
        )
        candidate = candidates[0] if candidates else None
        papers = known.papers(candidate.get("specialty"), candidate.get("declare_type")) if candidate else ()
        there = (candidate or {}).get("materials") or ()
        standing = (
            *(Standing("提醒", "watch", words, "visit") for words in pressure.words(unit_code, lookup)),
            *_liaisons(session, firm, around, lookup),
            *_issues(session, firm_id, day, lookup, limits, holidays),
            *_candidates(nurture, revenue),
            *_clouds(session, firm_id),
            *_plans(session, firm_id, day, lookup),
            *_titles(session, known, firm_id, nurture, day),
        )
        return FirmCard(
            firm,
            {**counts(session, firm_id), FILES: len(firm_files(session, firm_id))},
            pressure,
            standing,
            revenue,
            seen,
            candidate,
            tuple((name, name in there) for name in papers),
        )


def kept_card(store: Store, firm_id: UUID) -> UUID:
    """The card that stands for this one: another where it was merged."""
    with store.read() as session:
        return lineage.kept_of(session, firm_id)


# ---------------------------------------------------------------- how things stand


def _liaisons(session: Session, firm: Values, day: date, lookup: Lookup) -> list[Standing]:
    """Who looks after the firm, and whether the quarter's visits were made; the card's own fields where no row says so."""
    found = []
    columns = ("leader", "post", "org_code", "from_on", "to_on", "visits_owed")
    rows = rows_of(session, "liaison", firm["id"], columns)
    for row in rows:
        if (row["from_on"] and row["from_on"] > day) or (row["to_on"] and row["to_on"] < day):
            continue
        who = " ".join(part for part in (row["post"], row["leader"]) if part)
        org = lookup.name("unit", row["org_code"])
        owed, made = row["visits_owed"] or 0, _visits_by(session, firm["id"], row["leader"], day)
        said = f"本季度应走访 {owed} 次，已走访 {made} 次" if owed else "未定走访次数"
        text = "，".join(part for part in (f"{who}（{org}）" if org else who, said) if part)
        found.append(Standing("挂点", "ok" if made >= owed else "watch", text, "liaison", row["id"]))
    if not found and (firm.get("liaison_leader") or firm.get("liaison_org")):
        org = lookup.name("unit", firm.get("liaison_org"))
        text = " · ".join(part for part in (firm.get("liaison_leader"), org) if part)
        found.append(Standing("挂点", "neutral", text, "enterprise", firm["id"]))
    return found


def _visits_by(session: Session, firm: UUID, leader: str | None, day: date) -> int:
    """Visits of the quarter that the leader made: named as such, or among the visitors."""
    if not leader:
        return 0
    month = Period.of_date(day)
    first = Period.of(month.year, month.quarter * 3 - 2).first_day
    last = Period.of(month.year, month.quarter * 3).last_day
    where = (
        "visit_date BETWEEN ? AND ? AND (instr(coalesce(leader, ''), ?) OR instr(coalesce(visitors, ''), ?))"
    )
    wanted = (first.isoformat(), last.isoformat(), leader, leader)
    return len(rows_of(session, "visit", firm, ("leader",), where=where, values=wanted))


def _issues(
    session: Session, firm: UUID, today: date, lookup: Lookup, limits: Parameters, holidays: Overrides
) -> list[Standing]:
    if not (rows := rows_of(session, "issue", firm, _ISSUE, where=_OPEN_ISSUES)):
        return []
    allowed = issue_clocks.limits(limits)
    rows.sort(key=lambda row: row["due_date"] or date.max)
    found = []
    for row in rows[:_SHOWN]:
        clock = issue_clocks.running(row, today, allowed, holidays)
        org = lookup.name("unit", row["org_code"])
        head = (row["description"] or row["category"] or "问题") + (f" → {org}" if org else "")
        text = f"{head}，{clock.light}" if clock is not None else head
        found.append(
            Standing(row["status"], clock.state if clock is not None else "watch", text, "issue", row["id"])
        )
    if len(rows) > _SHOWN:
        found.append(Standing("问题", "watch", f"另有 {len(rows) - _SHOWN} 件没有办结", "issue"))
    return found


def _candidates(nurture: list[Values], revenue: RevenueYear) -> list[Standing]:
    """Candidacies on their way. Titles that were given have lines of their own."""
    found = []
    for row in nurture:
        if row["nurture_type"] == UPSCALE:
            missing = revenue.missing
            far = (
                ""
                if missing is None
                else f"离升规线还差 {show_number(missing, 0)} 万元"
                if missing > 0
                else "已过升规线"
            )
            done = row["stage"] in ("已入库", "放弃", "退库")
            text = "，".join(
                part for part in (f"{UPSCALE}：{row['stage'] or '未填阶段'}", "" if done else far) if part
            )
            state = "ok" if row["stage"] == "已入库" or (missing is not None and missing <= 0) else "info"
            found.append(
                Standing(
                    "培育",
                    "neutral" if row["stage"] in ("放弃", "退库") else state,
                    text,
                    "nurture",
                    row["id"],
                )
            )
        elif row["stage"] not in ("已入库", "放弃", "退库") and row["certified_on"] is None:
            found.append(
                Standing(
                    "培育",
                    "info",
                    f"{row['nurture_type']}：{row['stage'] or '未填阶段'}",
                    "nurture",
                    row["id"],
                )
            )
    return found


def _clouds(session: Session, firm: UUID) -> list[Standing]:
    columns = ("provider_brand", "product", "verify_status", "counted", "uncounted_reason", "cloud_on")
    rows = rows_of(session, "cloud", firm, columns)
    rows.sort(key=lambda row: (not row["counted"], row["cloud_on"] or date.max))
    found = []
    for row in rows[:_SHOWN]:
        name = f"{row['provider_brand'] or ''}{row['product'] or ''}" or "云服务"
        said = counts_words(row) or f"不计数：{row['verify_status'] or '待核实'}"
        found.append(
            Standing("上云", "ok" if row["counted"] else "neutral", f"{name}，{said}", "cloud", row["id"])
        )
    if len(rows) > _SHOWN:
        found.append(Standing("上云", "neutral", f"另有 {len(rows) - _SHOWN} 项云服务不计数", "cloud"))
    return found


def _plans(session: Session, firm: UUID, today: date, lookup: Lookup) -> list[Standing]:
    found = []
    for row in rows_of(session, "firm_plan", firm, _PLAN, where=_OPEN_PLANS):
        due = row["due_date"]
        late = due is not None and due < today
        when = f"，{due.month} 月 {due.day} 日{'已到期' if late else '前'}" if due else ""
        org = lookup.name("unit", row["org_code"])
        text = (row["goal"] or "一企一策") + (f" → {org}" if org else "") + when
        found.append(Standing("一企一策", "alarm" if late else "info", text, "firm_plan", row["id"]))
    return found


def _titles(session: Session, known: Rules, firm: UUID, nurture: list[Values], today: date) -> list[Standing]:
    """The titles the firm holds, with the year they were given and until when they hold."""
    if not any(row["nurture_type"] in RECOGNISED for row in nurture):
        return []
    return [
        Standing("称号", each.state, _title_words(each), "nurture", each.record)
        for each in titles(session, known, today, firm_id=firm)
    ]


def _title_words(title: Any) -> str:
    """“省级专精特新，2023 年认定，有效期至 2026-06-30，还有 41 天到期”; a far end is only named."""
    parts = [title.kind]
    if title.certified_on is not None:
        parts.append(f"{title.certified_on.year} 年认定")
    if title.valid_to is not None:
        parts.append(f"有效期至 {title.valid_to.isoformat()}")
    if title.state != "ok":
        parts.append(title.words)
    return "，".join(parts)
