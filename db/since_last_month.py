"""What changed since last month: figures, coverage, newly overdue, newly in stock, and published figures corrected since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from db import publishing, settings
from db.figures import Figure, figures_of
from db.models import Enterprise, Nurture, OrgUnit, Project, Publication
from db.models.issue import OPEN
from db.month_states import stood
from db.periods import Period
from db.publishing import Published
from db.rollup import IndicatorLine, Rollup, rollup

LISTED = 40
_RESET = "年内累计跨年清零，与上月不可比"
# Figures whose step from month to month says something, in reading order.
WATCHED = (
    "coverage.received", "coverage.late", "visit.rows", "visit.enterprises", "visit.year_enterprises", "issue.all",
    "issue.open", "issue.overdue", "issue.written_off", "cloud.counted", "cloud.net_new", "nurture.stage.已入库",
    "nurture.near", "project.in_stock", "duty.overdue",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """A figure now and a month ago. `note` says why the two may not be compared."""

    key: str
    name: str
    unit: str
    places: int
    before: Decimal | None
    now: Decimal | None
    state_before: str = ""
    state_now: str = ""
    coverage_before: str = ""
    coverage_now: str = ""
    note: str = ""

    @property
    def change(self) -> Decimal | None:
        return None if self.before is None or self.now is None or self.note else self.now - self.before


@dataclass(frozen=True, slots=True)
class Event:
    """Something that came about in the month: what, whose, when."""

    kind: str  # 新超期, 新入库, 新在库项目
    name: str
    unit: str
    on: date | str | None
    text: str


@dataclass(frozen=True, slots=True)
class Since:
    """`events`: up to LISTED of each kind; `counts` how many there are. `corrected`: restatements of the year's months."""

    before: Period
    indicators: tuple[Step, ...]
    figures: tuple[Step, ...]
    counts: dict[str, int]
    events: tuple[Event, ...]
    corrected: tuple[Published, ...]


def since_last_month(session: Session, month: Rollup, former: Rollup | None = None) -> Since:
    """Compared with the month before, as it stands now. `former`: that month, where the caller has it already."""
    before = month.period.shift(-1)
    old = former or rollup(session, str(before))
    was, now = figures_of(old), figures_of(month)
    found = [
        _overdue(session, month.period), _entered(session, month.period), _stocked(session, month.period),
    ]  # fmt: skip
    return Since(
        before,
        tuple(_indicator(line, old) for line in month.indicators),
        tuple(_step(key, was.get(key), now.get(key), before) for key in WATCHED if key in now or key in was),
        {kind: count for kind, count, _ in found},
        tuple(event for _, _, events in found for event in events),
        corrected(session, month.period),
    )


def corrected(session: Session, period: Period) -> tuple[Published, ...]:
    """Versions after the first of the year's monthly figures up to the month, newest first."""
    keys = session.scalars(
        select(Publication.key)
        .where(
            Publication.kind == "monthly", Publication.version > 1,
            Publication.key.between(f"{period.year:04d}-01", str(period)),
        )
        .distinct()
    ).all()  # fmt: skip
    made = [
        each for key in keys for each in publishing.published(session, "monthly", key) if each.version > 1
    ]
    return tuple(sorted(made, key=lambda each: each.number, reverse=True))


def _indicator(line: IndicatorLine, old: Rollup) -> Step:
    before = next((each for each in old.indicators if each.no == line.no), None)
    note = ""
    if before is None:
        note = "上月计划中没有这项指标"
    elif line.semantics.resets and old.period.month == 12:
        note = _RESET
    return Step(
        f"indicator.{line.no}", line.name, line.unit, line.decimals, before.value if before else None, line.value,
        before.state if before else "", line.state, _covered(before), _covered(line), note,
    )  # fmt: skip


def _covered(line: IndicatorLine | None) -> str:
    return "" if line is None or line.from_register else f"{line.units_reported}/{line.units_expected}"


def _step(key: str, was: Figure | None, now: Figure | None, before: Period) -> Step:
    known = now or was
    assert known is not None
    note = _RESET if "year_" in key and before.month == 12 else ""
    return Step(
        key, known.name, known.unit, known.places, was.value if was else Decimal(0), now.value if now else Decimal(0),
        coverage_before=was.coverage if was else "", coverage_now=now.coverage if now else "", note=note,
    )  # fmt: skip


def _overdue(session: Session, period: Period) -> tuple[str, int, list[Event]]:
    """Problems whose day passed within the month and that are open still."""
    today = settings.today(session)
    problems = stood("issue", period, today)
    issue = problems.c
    scope = and_(
        issue.deleted_at.is_(None), issue.status.in_(OPEN), issue.due_date >= period.shift(-1).last_day,
        issue.due_date < min(period.last_day, today),
    )  # fmt: skip
    rows = session.execute(
        select(Enterprise.name, OrgUnit.name, issue.due_date, issue.description)
        .select_from(problems)
        .outerjoin(Enterprise, Enterprise.id == issue.enterprise_id)
        .outerjoin(OrgUnit, OrgUnit.code == issue.org_code)
        .where(scope)
        .order_by(issue.due_date, issue.id)
        .limit(LISTED)
    )
    return "新超期", _count(session, scope), [Event("新超期", *(each or "" for each in row)) for row in rows]


def _entered(session: Session, period: Period) -> tuple[str, int, list[Event]]:
    scope = and_(Nurture.deleted_at.is_(None), Nurture.stage == "已入库", Nurture.in_stock_ym == str(period))
    rows = session.execute(
        select(Enterprise.name, OrgUnit.name, Nurture.in_stock_ym, Nurture.nurture_type)
        .select_from(Nurture)
        .outerjoin(Enterprise, Enterprise.id == Nurture.enterprise_id)
        .outerjoin(OrgUnit, OrgUnit.code == Nurture.unit_code)
        .where(scope)
        .order_by(Nurture.id)
        .limit(LISTED)
    )
    return "新入库", _count(session, scope), [Event("新入库", *(each or "" for each in row)) for row in rows]


def _stocked(session: Session, period: Period) -> tuple[str, int, list[Event]]:
    scope = and_(Project.deleted_at.is_(None), Project.stocked_on.between(period.first_day, period.last_day))
    rows = session.execute(
        select(Project.name, OrgUnit.name, Project.stocked_on, Project.stage)
        .select_from(Project)
        .outerjoin(OrgUnit, OrgUnit.code == Project.org_code)
        .where(scope)
        .order_by(Project.stocked_on, Project.id)
        .limit(LISTED)
    )
    return (
        "新在库项目",
        _count(session, scope),
        [Event("新在库项目", *(each or "" for each in row)) for row in rows],
    )


def _count(session: Session, scope: Any) -> int:
    return int(session.scalar(select(func.count()).where(scope)) or 0)
