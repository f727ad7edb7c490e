"""What a meeting has to decide: problems past their day, raised to the district or the city, put off again and again.

Each with the decision asked for. Meeting matters (联席议题) that wait are told beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from db import settings
from db.models import Enterprise, Matter, OrgUnit
from db.models.issue import OPEN
from db.month_states import stood
from db.periods import Period

URGENT = ("特急", "紧急")
RAISED = ("区级调度", "上报市级")
REPEATED = 2  # extensions from which on a further one is the meeting's business
LISTED = 60
WAITING = "待上会"


@dataclass(frozen=True, slots=True)
class Question:
    """A problem to decide. `why`: 超期, 提级, 多次延期, 暂不能解决, joined by “、”; `days` past its day (0: not)."""

    id: UUID
    number: str
    enterprise: str
    unit: str
    org: str
    category: str
    urgency: str
    description: str
    measure: str
    due: date | None
    days: int
    extended: int
    why: str
    asked: str


@dataclass(frozen=True, slots=True)
class MatterLine:
    """A matter that waits for a meeting."""

    topic: str
    raised_by: str
    raised_on: date | None
    content: str


@dataclass(frozen=True, slots=True)
class ToDecide:
    """`questions`: the first of `count`, the urgent and the oldest before the others."""

    count: int
    overdue: int
    raised: int
    repeated: int
    stuck: int
    questions: tuple[Question, ...]
    matters: tuple[MatterLine, ...]


def to_decide(session: Session, period: str, *, listed: int = LISTED) -> ToDecide:
    """As it stands at the end of the month (today, if that is to come). UsageError for a text that is no month."""
    month = Period(period)
    as_of = min(month.last_day, settings.today(session))
    problems = stood("issue", month, settings.today(session))
    issue = problems.c
    open_now = issue.status.in_(OPEN)
    overdue = and_(open_now, issue.due_date < as_of)
    raised = and_(open_now, issue.level.in_(RAISED))
    repeated = and_(open_now, issue.extend_count >= REPEATED)
    stuck = issue.status == "暂不能解决"
    wanted = and_(issue.deleted_at.is_(None), or_(overdue, raised, repeated, stuck))
    numbers = session.execute(
        select(
            func.count(),
            *(
                func.coalesce(func.sum(case((each, 1), else_=0)), 0)
                for each in (overdue, raised, repeated, stuck)
            ),
        ).where(wanted)
    ).one()
    org = OrgUnit.__table__.alias("org")
    rank = func.instr("".join(URGENT), func.coalesce(issue.urgency, "一般"))
    rows = session.execute(
        select(*issue, Enterprise.name.label("firm"), OrgUnit.name.label("unit"), org.c.name.label("office"))
        .select_from(problems)
        .outerjoin(Enterprise, Enterprise.id == issue.enterprise_id)
        .outerjoin(OrgUnit, OrgUnit.code == issue.unit_code)
        .outerjoin(org, org.c.code == issue.org_code)
        .where(wanted)
        .order_by(rank == 0, rank, issue.due_date, issue.id)
        .limit(listed)
    ).all()
    count, late, up, again, hard = (int(each) for each in numbers)
    return ToDecide(
        count, late, up, again, hard,
        tuple(_question(row, row.firm, row.unit, row.office, as_of) for row in rows), _matters(session, month),
    )  # fmt: skip


def _question(issue: Any, firm: str | None, unit: str | None, org: str | None, as_of: date) -> Question:
    days = max((as_of - issue.due_date).days, 0) if issue.due_date and issue.status in OPEN else 0
    extended, raised = issue.extend_count or 0, issue.level in RAISED and issue.status in OPEN
    stuck = issue.status == "暂不能解决"
    reasons = {
        "暂不能解决": stuck, "提级": raised, "多次延期": extended >= REPEATED and not stuck, "超期": days > 0
    }  # fmt: skip
    return Question(
        issue.id, issue.issue_no or "", firm or "", unit or "", org or "", issue.category or "", issue.urgency or "",
        issue.description or "", issue.measure or "", issue.due_date, days, extended,
        "、".join(word for word, holds in reasons.items() if holds), _asked(issue, org or "责任单位", days, extended),
    )  # fmt: skip


def _asked(issue: Any, org: str, days: int, extended: int) -> str:
    """The decision asked for: the one thing that takes this problem on."""
    if issue.status == "暂不能解决":
        return "议定是否调整方案、提请市级解决，或向企业解释说明后转入长期跟踪。"
    if issue.level == "上报市级":
        return "议定提请市级的事项和牵头联系人，明确报送日期。"
    if extended >= REPEATED:
        return f"已延期 {extended} 次：议定不再延期，由{org}明确牵头领导和最后办结日期。"
    if issue.level == "区级调度":
        return "议定牵头单位、配合单位分工和办结日期。" + ("已超期，请责任单位说明原因。" if days else "")
    if days > 30:
        return f"超期 {days} 天：议定是否提级为区级调度，并由{org}重新明确办结日期。"
    return f"请{org}说明超期原因，限期办结。"


def _matters(session: Session, month: Period) -> tuple[MatterLine, ...]:
    rows = session.execute(
        select(Matter.topic, OrgUnit.name, Matter.raised_on, Matter.content)
        .outerjoin(OrgUnit, OrgUnit.code == Matter.raised_by_code)
        .where(Matter.deleted_at.is_(None), Matter.status == WAITING, Matter.raised_on <= month.last_day)
        .order_by(Matter.raised_on, Matter.id)
        .limit(LISTED)
    )
    return tuple(
        MatterLine(topic or "", unit or "", day, content or "") for topic, unit, day, content in rows
    )
