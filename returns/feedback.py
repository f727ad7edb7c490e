"""反馈: what became of one unit's month at the district, row by row, with every reason. Writing it down is feedback_book.py's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import cadence, publishing
from db.closing import MONTHLY
from db.coverage import UnitState, Year
from db.deadlines import WEEKDAYS, DueIssue, due_issues
from db.figures import Figure
from db.lookup import Directory
from db.models import Batch, Enterprise, Issue
from db.models.issue import OPEN
from db.periods import Period
from db.publishing import Published
from db.rollup import Rollup
from db.special import answers
from returns import batches
from returns.feedback_later import later_changes
from returns.feedback_rows import (
    MOST,
    FileLine,
    Line,
    SheetLine,
    corrections,
    file_lines,
    files_of,
    received,
    refused,
    remarks,
    sheet_lines,
    uncounted_clouds,
    uncounted_visits,
)

SOON = 3  # days ahead for which a problem is urged


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """One figure of the unit, beside the district's and what was published of it (None: nothing was)."""

    name: str
    unit: str
    places: int
    own: Any
    whole: Any
    published: str | None
    scope: str


@dataclass(frozen=True, slots=True)
class IssueLine:
    number: str
    firm: str
    about: str
    status: str
    role: str
    due: date | None
    urge: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """Everything one unit is told of one month."""

    unit_code: str
    unit: str
    period: Period
    state: UnitState
    due: date
    closed: Published | None
    files: tuple[FileLine, ...] = ()
    sheets: tuple[SheetLine, ...] = ()
    corrections: tuple[Line, ...] = ()
    refused: tuple[Line, ...] = ()
    remarks: tuple[Line, ...] = ()
    later: tuple[Line, ...] = ()
    uncounted: tuple[Line, ...] = ()
    figures: tuple[OwnFigure, ...] = ()
    issues: tuple[IssueLine, ...] = ()
    next: tuple[str, ...] = field(default=())

    @property
    def nothing(self) -> bool:
        """Whether no file of the unit came."""
        return not self.files


def gather(
    session: Session, month: Rollup, year: Year, figures: Mapping[str, Figure], unit: UnitState, today: date
) -> Feedback:
    """The feedback for one unit; `month`, `year` and `figures` are the district's and read once for all units."""
    period, code, lookup = month.period, unit.code, Directory(session)
    published = publishing.newest(session, MONTHLY, str(period))
    files = files_of(session, code, period)
    applied = [each for each in files if each.state == batches.APPLIED]
    left = refused(session, files)
    issues = _issues(session, code, today)
    due = cadence.due_for(session, str(period), code)
    return Feedback(
        code, unit.name, period, unit, due, published,
        file_lines(session, code, period, files),
        sheet_lines(session, applied[-1].id if applied else None, unit.rows or {}),
        corrections(session, applied),
        left,
        remarks(files),
        tuple(
            Line(each.sheet, None, each.label, each.column, each.old, each.new, each.why)
            for each in later_changes(session, received(session, code, period), code, lookup, MOST)
        ),
        (*uncounted_clouds(session, code, period, lookup), *uncounted_visits(session, code, period)),
        _figures(figures, code, published),
        issues,
        tuple(_next(session, year, unit, period, due, files, left, issues, today)),
    )  # fmt: skip


def _figures(figures: Mapping[str, Figure], unit: str, published: Published | None) -> tuple[OwnFigure, ...]:
    found = []
    for key, each in figures.items():
        whole_key, _, code = key.partition(":")
        own_provider = key == f"cloud.provider.{unit}"
        if code != unit and not own_provider:
            continue
        whole = figures.get("cloud.counted" if own_provider else whole_key)
        if not each.value and not key.startswith("indicator."):
            continue  # a table of zeros tells nobody anything
        name = each.name if whole is None or own_provider else whole.name
        found.append(
            OwnFigure(
                name, each.unit, each.places, each.value, whole.value if whole else None,
                published.content.get(key) if published is not None else None,
                (whole or each).scope,
            )
        )  # fmt: skip
    return tuple(found)


def _issues(session: Session, unit: str, today: date) -> tuple[IssueLine, ...]:
    urged: dict[UUID, DueIssue] = {}
    for due in due_issues(session, today, unit, days=SOON, most=MOST):
        urged.setdefault(due.id, due)
    rows = session.execute(
        select(Issue, Enterprise.name)
        .outerjoin(Enterprise, Enterprise.id == Issue.enterprise_id)
        .where(
            Issue.deleted_at.is_(None),
            or_(Issue.unit_code == unit, Issue.org_code == unit),
            or_(Issue.status.in_(OPEN), Issue.id.in_(list(urged)[:500])),
        )
        .order_by(Issue.due_date.is_(None), Issue.due_date, Issue.id)
        .limit(MOST)
    )
    found = []
    for row, firm in rows:
        mine = urged.get(row.id)
        urge = ""
        if mine is not None:
            turn = "" if mine.org_code == unit else f"（{mine.org}）"
            urge = f"{mine.clock}{mine.words}{turn}"
        role = "责任单位" if row.org_code == unit else "登记单位"
        found.append(
            IssueLine(
                row.issue_no or "", firm or "", row.description or "", row.status or "", role,
                mine.due if mine is not None else row.due_date, urge,
            )
        )  # fmt: skip
    # What is urged comes first.
    return tuple(sorted(found, key=lambda each: not each.urge))


def _next(
    session: Session, year: Year, unit: UnitState, period: Period, due: date, files: Sequence[Batch],
    left: Sequence[Line], issues: Sequence[IssueLine], today: date,
) -> Iterable[str]:  # fmt: skip
    name = period.display()
    last = files[-1] if files else None
    if unit.merged_into:
        yield f"你单位已并入{Directory(session).name('unit', unit.merged_into)}，由其统一报送。"
    elif not unit.received and last is None:
        if unit.exempt:
            yield f"{name}经批准免报。"
        elif today > due:
            yield f"{name}的回报还没有收到，{_day(due)}截止，已过 {(today - due).days} 天，请尽快补报；没有新增的请零报送。"
        else:
            yield f"{name}的回报还没有收到，请于 {_day(due)}前报送；没有新增的请零报送。"
    if last is not None and last.state == batches.SENT_BACK:
        yield f"第 {last.revision} 版已退回，请按退回的表改正后报第 {(last.revision or 0) + 1} 版。"
    elif last is not None and last.state == batches.STAGED:
        yield f"第 {last.revision} 版已收到，区里还在审核。"
    elif left:
        yield f"有 {len(left)} 处没有采用（见“明细”），如应计入，请更正后报第 {(unit.revision or 0) + 1} 版并写明更正说明。"
    owed = [month for month in year.owed(unit.code) if month < period] if _known(year, unit.code) else []
    if owed:
        yield f"还欠报 {owed[0].year} 年 {'、'.join(f'{month.month} 月' for month in owed)}。"
    late = sum("超期" in each.urge for each in issues)
    if late:
        yield f"有 {late} 件企业问题已超期（见“问题”），请抓紧办理并反馈进展。"
    for each in answers.tables_of_month(session, unit.code, str(period.next)):
        standing = answers.standing(session, each.key)
        answered = any(one.unit == unit.code and one.answered for one in standing.units)
        if not answered and standing.state == "open":
            by = f"，{_day(each.due_on)}前" if each.due_on else ""
            yield f"专项“{each.title}”还没有报{by}，随当月回报上报。"
    if unit.merged_into:
        return
    following = period.next
    cycle = cadence.month_cycle(session, str(following))
    until = cadence.due_for(session, str(following), unit.code)
    if until >= today:
        yield f"下一期：{following.display()}的回报从 {_day(cycle.opens_on)}起报送，{_day(until)}截止。"


def _known(year: Year, code: str) -> bool:
    return any(each == code for each, _name, _kind in year.units)


def _day(day: date) -> str:
    return f"{day.month} 月 {day.day} 日（周{WEEKDAYS[day.weekday()]}）"
