"""What changed since last month: figures, coverage, newly overdue, newly in stock, and published figures corrected since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, not_, select
from sqlalchemy.orm import Session

from db import publishing, settings
from db.by_action import said
from db.figures import Figure, figures_of
from db.models import Enterprise, OrgUnit, Publication
from db.models.duty import FINISHED
from db.models.issue import OPEN
from db.models.nurture import OVER, UPSCALE
from db.month_states import stood
from db.periods import Period
from db.progress import show_pct
from db.publishing import Published
from db.rollup import IndicatorLine, Rollup, rollup

LISTED = 40
_RESET = "年内累计跨年清零，与上月不可比"
# Figures whose step from month to month says something, in reading order.
WATCHED = (
    "coverage.received", "coverage.late", "visit.rows", "visit.enterprises", "visit.year_enterprises", "issue.all",
    "issue.open", "issue.overdue", "issue.written_off", "cloud.counted", "cloud.net_new", "nurture.stage.已入库",
    "nurture.near", "project.in_stock", "duty.status.已完成", "duty.status.滞后", "duty.overdue",
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

    kind: str  # 新超期, 新入库, 新达升规线, 新在库项目, 项目进入新阶段, 新完成任务, 新滞后任务
    name: str
    unit: str
    on: date | str | None
    text: str


@dataclass(frozen=True, slots=True)
class Since:
    """`events`: up to LISTED of each kind; `counts` how many there are. `corrected`: restatements of the year's months.

    `silent`: nobody handed in last month, so that what stands on returns has nothing to be compared with.
    """

    before: Period
    silent: bool
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
    silent = month.coverage.received > 0 and not old.coverage.received
    period = month.period
    kinds = (
        _overdue(period, settings.today(session)), _entered(period), _reached(period), _stocked(period), _moved(period),
        _worked(period, "新完成任务", FINISHED), _worked(period, "新滞后任务", ("滞后",)),
    )  # fmt: skip
    found = [_came(session, kind) for kind in kinds]
    return Since(
        before,
        silent,
        tuple(_indicator(line, old, silent) for line in month.indicators),
        tuple(
            _step(key, was.get(key), now.get(key), before, silent)
            for key in WATCHED
            if key in now or key in was
        ),
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


def _indicator(line: IndicatorLine, old: Rollup, silent: bool) -> Step:
    before = next((each for each in old.indicators if each.no == line.no), None)
    note = ""
    if before is None:
        note = "上月计划中没有这项指标"
    elif silent and before.value is None:
        before = None
    elif line.semantics.resets and old.period.month == 12:
        note = _RESET
    return Step(
        f"indicator.{line.no}", line.name, line.unit, line.decimals, before.value if before else None, line.value,
        before.state if before else "", line.state, _covered(before), _covered(line), note,
    )  # fmt: skip


def _covered(line: IndicatorLine | None) -> str:
    return "" if line is None or line.from_register else f"{line.units_reported}/{line.units_expected}"


def _step(key: str, was: Figure | None, now: Figure | None, before: Period, silent: bool) -> Step:
    """`silent`: nobody handed in last month; what stands on returns has no figure of it, not zero."""
    known = now or was
    assert known is not None
    if silent and (known.coverage or key.startswith("coverage.")):
        return Step(
            key, known.name, known.unit, known.places, None, now.value if now else Decimal(0),
            coverage_now=known.coverage,
        )  # fmt: skip
    note = _RESET if "year_" in key and before.month == 12 else ""
    return Step(
        key, known.name, known.unit, known.places, was.value if was else Decimal(0), now.value if now else Decimal(0),
        coverage_before=was.coverage if was else "", coverage_now=now.coverage if now else "", note=note,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Kind:
    """Events of one kind. `rows`: name, unit, day and what `text` makes the words of."""

    word: str
    rows: Select[Any]
    text: Callable[..., str] = lambda said: said or ""


def _came(session: Session, kind: _Kind) -> tuple[str, int, list[Event]]:
    count = int(session.scalar(select(func.count()).select_from(kind.rows.order_by(None).subquery())) or 0)
    events = [
        Event(kind.word, row[0] or "", row[1] or "", row[2] or "", kind.text(*row[3:]))
        for row in session.execute(kind.rows.limit(LISTED))
    ]
    return kind.word, count, events


def _overdue(period: Period, today: date) -> _Kind:
    """Problems whose day passed within the month and that are open still."""
    problems = stood("issue", period, today)
    issue = problems.c
    return _Kind(
        "新超期",
        select(Enterprise.name.label("firm"), OrgUnit.name.label("office"), issue.due_date, issue.description)
        .select_from(problems)
        .outerjoin(Enterprise, Enterprise.id == issue.enterprise_id)
        .outerjoin(OrgUnit, OrgUnit.code == issue.org_code)
        .where(
            issue.deleted_at.is_(None), issue.status.in_(OPEN), issue.due_date >= period.shift(-1).last_day,
            issue.due_date < min(period.last_day, today),
        )
        .order_by(issue.due_date, issue.id),
    )  # fmt: skip


def _entered(period: Period) -> _Kind:
    candidates = stood("nurture", period)
    nurture = candidates.c
    return _Kind(
        "新入库",
        select(Enterprise.name.label("firm"), OrgUnit.name.label("office"), nurture.in_stock_ym, nurture.nurture_type)
        .select_from(candidates)
        .outerjoin(Enterprise, Enterprise.id == nurture.enterprise_id)
        .outerjoin(OrgUnit, OrgUnit.code == nurture.unit_code)
        .where(nurture.deleted_at.is_(None), nurture.stage == "已入库", nurture.in_stock_ym == str(period))
        .order_by(nurture.id),
    )  # fmt: skip


def _reached(period: Period) -> _Kind:
    """Candidates for 升规 that were below the line a month ago, or not there, and are on the way still."""
    candidates, then = stood("nurture", period), stood("nurture", period.prev).alias("then")
    nurture = candidates.c
    return _Kind(
        "新达升规线",
        select(Enterprise.name.label("firm"), OrgUnit.name.label("office"), nurture.asof_ym, nurture.reach_rate)
        .select_from(candidates)
        .join(then, then.c.id == nurture.id)
        .outerjoin(Enterprise, Enterprise.id == nurture.enterprise_id)
        .outerjoin(OrgUnit, OrgUnit.code == nurture.unit_code)
        .where(
            nurture.deleted_at.is_(None), nurture.nurture_type == UPSCALE, nurture.stage.not_in(OVER),
            nurture.reach_rate >= 100, func.coalesce(then.c.reach_rate, 0) < 100,
        )
        .order_by(nurture.reach_rate.desc(), nurture.id),
        lambda rate: f"达标率 {show_pct(rate)}",
    )  # fmt: skip


def _stocked(period: Period) -> _Kind:
    projects = stood("project", period)
    project = projects.c
    return _Kind(
        "新在库项目",
        select(project.name, OrgUnit.name.label("office"), project.stocked_on, project.stage)
        .select_from(projects)
        .outerjoin(OrgUnit, OrgUnit.code == project.org_code)
        .where(
            project.deleted_at.is_(None), project.stocked_on.between(period.first_day, period.last_day)
        )
        .order_by(project.stocked_on, project.id),
    )  # fmt: skip


def _moved(period: Period) -> _Kind:
    """Projects at another stage than a month ago; those that came into stock are told of as that."""
    projects, then = stood("project", period), stood("project", period.prev).alias("then")
    project = projects.c
    return _Kind(
        "项目进入新阶段",
        select(project.name, OrgUnit.name.label("office"), project.asof_ym, then.c.stage.label("was"), project.stage)
        .select_from(projects)
        .join(then, then.c.id == project.id)
        .outerjoin(OrgUnit, OrgUnit.code == project.org_code)
        .where(
            project.deleted_at.is_(None), project.stage != then.c.stage,
            not_(func.coalesce(project.stocked_on.between(period.first_day, period.last_day), False)),
        )
        .order_by(project.stage, project.id),
        lambda was, now: f"{was or '未填'} → {now}",
    )  # fmt: skip


def _worked(period: Period, word: str, statuses: tuple[str, ...]) -> _Kind:
    """Tasks of the year that have one of the statuses and had none of them a month ago."""
    duties, then = stood("duty", period), stood("duty", period.prev).alias("then")
    duty = duties.c
    return _Kind(
        word,
        select(duty.task, OrgUnit.name.label("office"), duty.asof_ym, duty.progress_pct, duty.progress_text, duty.problem_text)
        .select_from(duties)
        .join(then, then.c.id == duty.id)
        .outerjoin(OrgUnit, OrgUnit.code == duty.org_code)
        .where(
            duty.deleted_at.is_(None), duty.year == str(period.year), duty.status.in_(statuses),
            func.coalesce(then.c.status, "").not_in(statuses),
        )
        .order_by(duty.action_id, duty.id),
        _task,
    )  # fmt: skip


def _task(percent: Decimal | None, progress: str | None, problem: str | None) -> str:
    """Why it lags, or else what was done."""
    far = f"进度 {show_pct(percent, 0)}" if percent is not None else ""
    return "：".join(each for each in (far, said(problem) or said(progress)) if each)
