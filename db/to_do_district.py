"""What the district office still has to do with a month: who is missing, what to review, what is behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import side_list, to_do_cadence, totals
from db.coverage import Coverage
from db.deadlines import Deadline, DueIssue, deadline, due_issues, overdue_count
from db.issue_clocks import ASSIGN, HANDLE
from db.models import Batch, OrgUnit
from db.month_figures import Figure, figures, near_line
from db.periods import Period
from db.progress import show_gap
from db.rollup import IndicatorLine, rollup
from db.to_do_rows import Desk, expiring, liaison
from db.to_do_rows import duplicates as same_names
from db.to_do_task import Task, ToDo

MISSING, REVIEW, BEHIND, OVERDUE, SUMMARY = "missing", "review", "behind", "overdue", "summary"
NAMED = 4


@dataclass(frozen=True, slots=True)
class District(ToDo):
    """The month of the district office as its first page shows it."""

    period: Period
    deadline: Deadline
    tasks: tuple[Task, ...]
    coverage: Coverage
    behind: tuple[IndicatorLine, ...]
    issues: tuple[DueIssue, ...]
    candidates: tuple[totals.Candidate, ...]
    over_line: int
    figures: tuple[Figure, ...]


def month_of_district(session: Session, period: str, today: date) -> District:
    """Everything of the district's month. UsageError for a text that is no month."""
    whole = rollup(session, period)
    month = whole.period
    due = deadline(session, period, today)
    issues = due_issues(session, today)
    tasks = [
        _missing(whole.coverage, due, month),
        *_review(session),
        *side_list.to_do(session),
        *_behind(whole.behind),
        *_overdue(issues, overdue_count(session, today)),
        *(
            task
            for source in (liaison, expiring, same_names)
            for task in source(session, Desk(None, month, today))
        ),
        *to_do_cadence.tasks(session, month, today),
        _summary(whole.coverage, month),
    ]
    return District(
        month, due, tuple(tasks), whole.coverage, whole.behind, tuple(issues),
        *near_line(session, month), figures(session, month, today, None),
    )  # fmt: skip


def staged(session: Session) -> list[Batch]:
    """Returns that were read and wait for a decision, oldest first."""
    return list(
        session.scalars(
            select(Batch).where(Batch.kind == "return", Batch.state == "staged").order_by(Batch.created_at)
        )
    )


def staged_count(session: Session) -> int:
    found = session.scalar(
        select(func.count()).select_from(Batch).where(Batch.kind == "return", Batch.state == "staged")
    )
    return int(found or 0)


def _missing(coverage: Coverage, due: Deadline, month: Period) -> Task:
    if coverage.unused:
        told = "从哪个月起收表，在“设置”的“报送日历”里定"
        return Task(MISSING, f"{month.display()}未启用收表", told, "未启用", "neutral", "查看", done=True)
    streets, others = coverage.of_kind(True), coverage.of_kind(False)
    told = (
        f"已报 {streets.received}/{streets.expected} 个街道、{others.received}/{others.expected} 个部门，"
        f"其中迟报 {coverage.late} 家"
    )
    if not coverage.missing:
        return Task(MISSING, "回报已收齐", told, "收齐", "ok", "查看", done=True)
    names = [unit.name for unit in coverage.units if not unit.received]
    named = "、".join(names[:NAMED]) + (f"等 {len(names)} 家" if len(names) > NAMED else "")
    title = f"催报 {len(names)} 家单位"
    state = "alarm" if due.left < 0 else "watch"
    return Task(MISSING, title, named, f"未报 {len(names)}", state, "去催报", count=len(names))


def _review(session: Session) -> list[Task]:
    waiting = staged(session)
    if not waiting:
        return []
    units = {unit.code: unit.name for unit in session.scalars(select(OrgUnit))}
    names = list(dict.fromkeys(units.get(each.unit_code or "", each.file_name) for each in waiting))
    named = "、".join(names[:NAMED]) + (f"等 {len(names)} 家" if len(names) > NAMED else "")
    title = f"审核 {len(waiting)} 份回报"
    return [Task(REVIEW, title, named, "待审核", "watch", "去审核", count=len(waiting))]


def _behind(lines: tuple[IndicatorLine, ...]) -> list[Task]:
    if not lines:
        return []
    worst = sorted(lines, key=lambda line: line.progress.gap or 0)
    named = "；".join(f"{line.name} {show_gap(line.progress.gap)}" for line in worst[:2])
    alarm = sum(line.state == "预警" for line in lines)
    title = f"看 {len(lines)} 项落后指标"
    chip, state = (f"预警 {alarm}", "alarm") if alarm else ("关注", "watch")
    return [Task(BEHIND, title, f"进度差（百分点）：{named}", chip, state, "去看", count=len(lines))]


def _overdue(issues: list[DueIssue], count: int) -> list[Task]:
    if not count:
        return []
    late = [issue for issue in issues if issue.days < 0 and issue.clock in (HANDLE, ASSIGN)]
    detail = f"最久的已超期 {-late[0].days} 天：{late[0].title}" if late else "按责任单位催办"
    return [
        Task(OVERDUE, f"督办 {count} 个超期问题", detail, f"超期 {count}", "alarm", "去督办", count=count)
    ]


def _summary(coverage: Coverage, month: Period) -> Task:
    detail = f"每个合计都注明已报 {coverage.received}/{coverage.expected}，缺报的可以稍后再补"
    return Task(
        SUMMARY, f"生成 {month.month} 月调度汇总", detail, f"已报 {coverage.received}/{coverage.expected}", "neutral",
        "去生成", period=str(month), enabled=coverage.received > 0,
    )  # fmt: skip
