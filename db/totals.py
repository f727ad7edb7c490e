"""Totals of the registers for one month: visits by street, problems by state, cloud, candidates.

Each is a few set-based queries that a covering index answers; nothing here knows about files or windows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, distinct, func, literal, or_, select
from sqlalchemy.orm import Session

from db import settings, tallies
from db.merged_units import merged
from db.models import Cloud, Enterprise, Issue, OrgUnit, Visit
from db.models.issue import CLEARED, DONE, OPEN, STATUSES
from db.models.nurture import OVER, STAGES, UPSCALE
from db.month_states import stood
from db.periods import Period
from db.unit_names import names_of

ASSESSED_MODES = ("实地", "座谈会")  # what counts for the assessment by default
NEAR_LINE = 20


@dataclass(frozen=True, slots=True)
class VisitTotal:
    """One unit's visits: rows, enterprises (each once), those by an assessed mode; the same year to date."""

    unit_code: str
    unit: str
    rows: int
    enterprises: int
    assessed: int
    year_rows: int
    year_enterprises: int


@dataclass(frozen=True, slots=True)
class Visits:
    """`enterprises` of the district counts a firm once, however many units visited it."""

    units: tuple[VisitTotal, ...]
    rows: int
    enterprises: int
    year_enterprises: int
    assessed: int = 0
    year_rows: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem past its deadline."""

    issue_no: str
    enterprise: str
    category: str
    org: str
    due_date: date
    days: int
    description: str


@dataclass(frozen=True, slots=True)
class IssueTotal:
    """One unit's problems (“”: everybody's) registered by the end of the month, as they stand."""

    unit_code: str
    unit: str
    by_status: dict[str, int]
    by_category: dict[str, int]
    all: int
    overdue: int

    @property
    def open(self) -> int:
        return sum(self.by_status.get(each, 0) for each in OPEN)

    @property
    def written_off(self) -> int:
        return sum(self.by_status.get(each, 0) for each in CLEARED)


@dataclass(frozen=True, slots=True)
class Issues:
    """By state; 办结率 in both senses: of those due by now, and of all."""

    by_status: dict[str, int]
    by_category: dict[str, int]
    open: int
    overdue: int
    written_off: int
    done_rate_due: Decimal | None
    done_rate_all: Decimal | None
    satisfied_rate: Decimal | None
    as_of: date
    overdue_list: tuple[Problem, ...]
    whole: IssueTotal
    units: tuple[IssueTotal, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """What one channel reports: records, and firms of them that count. `code` is empty where none is named."""

    code: str
    name: str
    rows: int
    counted: int


@dataclass(frozen=True, slots=True)
class Clouds:
    """Rows and counted enterprises, by channel; `net_new` are those evidenced after the baseline year."""

    rows: int
    counted: int
    net_new: int
    by_provider: tuple[tuple[str, int, int], ...]  # name, rows, counted
    uncounted: dict[str, int]  # reason: rows
    growth: tuple[tuple[str, int], ...]  # month, counted enterprises at its end
    providers: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    enterprise: str
    unit: str
    specialty: str
    threshold: Decimal | None
    revenue_ytd: Decimal | None
    reach_rate: Decimal | None
    reach_ym: str | None
    stage: str
    id: UUID | None = None

    @property
    def missing(self) -> Decimal | None:
        """How much is left to the line, in 万元."""
        if self.threshold is None or self.revenue_ytd is None:
            return None
        return max(self.threshold - self.revenue_ytd, Decimal(0))


@dataclass(frozen=True, slots=True)
class NurtureTotal:
    unit_code: str
    unit: str
    by_stage: dict[str, int]
    by_type: dict[str, int]


@dataclass(frozen=True, slots=True)
class Nurtures:
    by_stage: dict[str, int]
    by_type: dict[str, int]
    near_line: tuple[Candidate, ...]
    units: tuple[NurtureTotal, ...] = ()


def visits(session: Session, period: Period, unit_code: str | None = None) -> Visits:
    """Visits of the month and the year so far, by reporting unit; from the totals kept beside the rows."""
    mergers, names = merged(session, period), names_of(session)
    if unit_code is not None and len(group := mergers.members(unit_code)) > 1:
        found = _together(session, period, {unit_code: group})
    else:
        kept = tallies.year_so_far(session, period, unit_code)
        found = count_visits(session, period, unit_code) if kept is None else kept
        if unit_code is None and mergers.into:
            # A firm both visited is one firm of the two together: such groups are counted from their rows.
            groups = {into: mergers.members(into) for into in set(mergers.into.values())}
            gone = {code for group in groups.values() for code in group}
            whole = _together(session, period, groups)
            found = {code: figures for code, figures in found.items() if code not in gone} | whole
    lines = [
        VisitTotal(code, names.get(code, code), *figures)
        for code, figures in found.items()
        if code != tallies.ALL
    ]
    all_of_them = found.get(tallies.ALL if unit_code is None else unit_code, (0,) * 5)
    rows, enterprises, assessed, year_rows, year_enterprises = all_of_them
    return Visits(
        tuple(sorted(lines, key=lambda line: line.unit_code)), rows, enterprises, year_enterprises, assessed, year_rows
    )  # fmt: skip


def _together(
    session: Session, period: Period, groups: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[int, ...]]:
    """The visits of several units counted as one, by the unit that stands for them."""
    found = {into: count_visits(session, period, units).get(tallies.ALL) for into, units in groups.items()}
    return {into: figures for into, figures in found.items() if figures is not None}


def count_visits(
    session: Session, period: Period, unit: str | Sequence[str] | None = None
) -> dict[str, tuple[int, ...]]:
    """What `tallies.year_so_far` answers, counted from the rows; several units come out as one, under “”."""
    year_start = Period.of(period.year, 1).first_day
    in_month = Visit.visit_date >= period.first_day
    scope = and_(Visit.visit_date.between(year_start, period.last_day), Visit.deleted_at.is_(None))
    if unit is not None:
        scope = and_(scope, Visit.unit_code.in_([unit] if isinstance(unit, str) else unit))
    columns = (
        func.sum(case((in_month, 1), else_=0)),
        func.count(distinct(case((in_month, Visit.enterprise_id)))),
        func.count(
            distinct(case((and_(in_month, Visit.visit_mode.in_(ASSESSED_MODES)), Visit.enterprise_id)))
        ),
        func.count(),
        func.count(distinct(Visit.enterprise_id)),
    )
    rows = []
    if unit is None or isinstance(unit, str):
        rows += [*session.execute(select(Visit.unit_code, *columns).where(scope).group_by(Visit.unit_code))]
    if not isinstance(unit, str):
        rows += [*session.execute(select(literal(tallies.ALL), *columns).where(scope))]
    return {row[0]: tuple(int(each or 0) for each in row[1:]) for row in rows if row[4]}


def issues(session: Session, period: Period, unit_code: str | None = None, *, listed: int = 50) -> Issues:
    """Problems registered by the end of the month, as they stood then; overdue as of that day (today, if it is to come)."""
    day, issue, scope, overdue = _overdue(session, period, unit_code)
    due = or_(issue.due_date <= day, issue.status.in_(DONE))
    # One pass over the register; everything else is adding up the few lines it gives.
    pile = session.execute(
        select(
            issue.unit_code, issue.status, issue.category, issue.satisfaction, func.count(),
            func.sum(case((overdue, 1), else_=0)), func.sum(case((due, 1), else_=0)),
        )
        .where(scope)
        .group_by(issue.unit_code, issue.status, issue.category, issue.satisfaction)
    ).all()  # fmt: skip
    whole = _issue_total("", "", pile)
    names, mergers = names_of(session), merged(session, period)
    by_unit: dict[str, list[Any]] = {}
    told: Counter[str] = Counter()
    for row in pile:
        by_unit.setdefault(mergers.stands_for(row[0]), []).append(row)
        told[row[3] or ""] += int(row[4])
    done, total = sum(whole.by_status[each] for each in DONE), sum(whole.by_status.values())
    answered = sum(told[each] for each in ("满意", "基本满意", "不满意"))
    return Issues(
        by_status=whole.by_status,
        by_category=whole.by_category,
        open=whole.open,
        overdue=whole.overdue,
        written_off=whole.written_off,
        done_rate_due=_rate(done, sum(int(row[6] or 0) for row in pile)),
        done_rate_all=_rate(done, total),
        satisfied_rate=_rate(told["满意"] + told["基本满意"], answered),
        as_of=day,
        overdue_list=tuple(overdue_problems(session, period, unit_code, listed)),
        whole=whole,
        units=tuple(
            _issue_total(code, names.get(code) or code, rows) for code, rows in sorted(by_unit.items())
        ),
    )


def _issue_total(code: str, name: str, pile: Sequence[Any]) -> IssueTotal:
    status: dict[str, int] = dict.fromkeys(STATUSES, 0)
    category: Counter[str] = Counter()
    for row in pile:
        if row[1]:
            status[row[1]] = status.get(row[1], 0) + int(row[4])
        if row[2]:
            category[row[2]] += int(row[4])
    return IssueTotal(
        code, name, status, dict(sorted(category.items())), sum(int(row[4]) for row in pile),
        sum(int(row[5] or 0) for row in pile),
    )  # fmt: skip


def overdue_problems(
    session: Session, period: Period, unit_code: str | None = None, limit: int | None = None
) -> Iterator[Problem]:
    """Every problem past its deadline (at most `limit`), the oldest first; read as it is asked for, while the session is open."""
    day, issue, _, overdue = _overdue(session, period, unit_code)
    # The first few are found before anything is read beside them.
    wanted = select(issue.id).where(overdue).order_by(issue.due_date, issue.id).limit(limit)
    query = (
        select(
            Issue.issue_no, Enterprise.name, Issue.category, OrgUnit.name, Issue.due_date, Issue.description
        )
        .outerjoin(Enterprise, Enterprise.id == Issue.enterprise_id)
        .outerjoin(OrgUnit, OrgUnit.code == Issue.org_code)
        .where(Issue.id.in_(wanted))
        .order_by(Issue.due_date, Issue.id)
        .execution_options(yield_per=1000)
    )
    for number, firm, category, org, due, description in session.execute(query):
        if due is not None:
            yield Problem(
                number or "",
                firm or "",
                category or "",
                org or "",
                due,
                (day - due).days,
                description or "",
            )


def _overdue(
    session: Session, period: Period, unit_code: str | None
) -> tuple[date, Any, ColumnElement[bool], ColumnElement[bool]]:
    """The day that counts, the columns of the problems as they stood, which of them count, and which are past the day."""
    today = settings.today(session)
    day = min(period.last_day, today)
    issue = stood("issue", period, today).c
    scope: ColumnElement[bool] = issue.deleted_at.is_(None)
    if unit_code:
        scope = and_(scope, issue.unit_code.in_(merged(session, period).members(unit_code)))
    return day, issue, scope, and_(scope, issue.status.in_(OPEN), issue.due_date < day)


def clouds(session: Session, period: Period, baseline_year: int, unit_code: str | None = None) -> Clouds:
    """Cloud services by the end of the month; an enterprise counts once, whoever reports it."""
    scope = and_(Cloud.cloud_on <= period.last_day, Cloud.deleted_at.is_(None))
    if unit_code:
        scope = and_(scope, Cloud.unit_code.in_(merged(session, period).members(unit_code)))
    counts = and_(scope, Cloud.counted.is_(True))
    names = names_of(session)
    into = merged(session, period).into
    provider = case(into, value=Cloud.provider_org, else_=Cloud.provider_org) if into else Cloud.provider_org
    by_provider = session.execute(
        select(
            provider,
            func.count(),
            func.count(distinct(case((Cloud.counted.is_(True), Cloud.enterprise_id)))),
        )
        .where(scope)
        .group_by(provider)
    ).all()
    month = func.strftime("%Y-%m", Cloud.cloud_on)
    by_month = Counter(
        {str(row[0]): int(row[1]) for row in session.execute(
            select(month, func.count(distinct(Cloud.enterprise_id))).where(counts).group_by(month)
        )}
    )  # fmt: skip
    months = [period.shift(-back) for back in range(11, -1, -1)]
    return Clouds(
        rows=int(session.scalar(select(func.count()).select_from(Cloud).where(scope)) or 0),
        counted=sum(by_month.values()),
        net_new=sum(number for key, number in by_month.items() if int(key[:4]) > baseline_year),
        by_provider=tuple(
            sorted(
                ((names.get(row[0] or "", "未填"), int(row[1]), int(row[2])) for row in by_provider),
                key=lambda each: -each[1],
            )
        ),
        uncounted=counts_by(session, Cloud.uncounted_reason, and_(scope, Cloud.counted.is_not(True))),
        growth=tuple(
            (str(each), sum(number for key, number in by_month.items() if key <= each)) for each in months
        ),
        providers=tuple(
            sorted(
                (
                    Channel(row[0] or "", names.get(row[0] or "", "未填"), int(row[1]), int(row[2]))
                    for row in by_provider
                ),
                key=lambda each: (-each.counted, each.code),
            )
        ),
    )


def nurtures(session: Session, period: Period, unit_code: str | None = None) -> Nurtures:
    """Candidates by stage, and those for 升规 closest below (or just over) the line and not yet in stock."""
    nurture = stood("nurture", period).c
    scope: ColumnElement[bool] = nurture.deleted_at.is_(None)
    if unit_code:
        scope = and_(scope, nurture.unit_code.in_(merged(session, period).members(unit_code)))
    near = session.execute(
        select(*candidate_columns(nurture))
        .outerjoin(Enterprise, Enterprise.id == nurture.enterprise_id)
        .outerjoin(OrgUnit, OrgUnit.code == nurture.unit_code)
        .where(scope, nurture.nurture_type == UPSCALE, nurture.stage.not_in(OVER))
        .where(nurture.reach_rate.is_not(None))
        .order_by(func.abs(nurture.reach_rate - 100), nurture.id)
        .limit(NEAR_LINE)
    ).all()
    pile = session.execute(
        select(nurture.unit_code, nurture.stage, nurture.nurture_type, func.count())
        .where(scope)
        .group_by(nurture.unit_code, nurture.stage, nurture.nurture_type)
    ).all()
    names, mergers = names_of(session), merged(session, period)
    by_unit: dict[str, list[Any]] = {}
    for row in pile:
        by_unit.setdefault(mergers.stands_for(row[0]), []).append(row)
    whole = _nurture_total("", "", pile)
    return Nurtures(
        by_stage=whole.by_stage,
        by_type=whole.by_type,
        near_line=tuple(sorted(map(candidate, near), key=lambda each: -(each.reach_rate or 0))),
        units=tuple(
            _nurture_total(code, names.get(code) or code, rows) for code, rows in sorted(by_unit.items())
        ),
    )  # fmt: skip


def candidate_columns(nurture: Any) -> tuple[Any, ...]:
    """What `candidate` reads: columns of 培育 (of some month, see month_states.stood), the firm's and the unit's name."""
    names = ("specialty", "threshold", "revenue_ytd", "reach_rate", "reach_ym", "stage", "id")
    return Enterprise.name, OrgUnit.name, *(nurture[name] for name in names)


def candidate(row: Any) -> Candidate:
    firm, unit, specialty, threshold, revenue, rate, month, stage, key = row
    return Candidate(
        firm or "", unit or "", specialty or "", threshold, revenue, rate, month, stage or "", key
    )


def _nurture_total(code: str, name: str, pile: Sequence[Any]) -> NurtureTotal:
    stage: Counter[str] = Counter()
    kind: Counter[str] = Counter()
    for row in pile:
        stage[row[1] or ""] += int(row[3])
        kind[row[2] or ""] += int(row[3])
    return NurtureTotal(
        code,
        name,
        {each: stage[each] for each in STAGES if stage[each]},
        {each: kind[each] for each in sorted(kind) if each},
    )


def counts_by(session: Session, column: Any, scope: Any) -> dict[str, int]:
    """How many rows have each value of a column; rows without one are not counted."""
    rows = session.execute(select(column, func.count()).where(scope).group_by(column)).all()
    return {str(key): int(number) for key, number in rows if key}


def _rate(part: int, whole: int) -> Decimal | None:
    return Decimal(part) * 100 / whole if whole else None
