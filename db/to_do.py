"""What is left for one unit's return of a month, in the order it is best done, with counts. No windows here.

What the registers leave to do is in to_do_rows.py, the district office's list in to_do_district.py, deadlines in
deadlines.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import plan_issues, reporting_start, side_list, to_do_cadence, totals
from db.deadlines import Deadline, DueIssue, deadline, due_issues
from db.findings import Finding, Severity
from db.locks import is_locked
from db.models import (
    Enterprise,
    IndicatorUnit,
    IndicatorValue,
    OrgUnit,
    ReturnFile,
    Visit,
)
from db.month_figures import Figure, RunningDuty, figures, figures_of_bureau, near_line, running_duties
from db.monthly import rows_of_month
from db.periods import Period
from db.records import Values
from db.registers import REGISTERS, Register
from db.special import to_do as special
from db.special.definition import PREFIX
from db.to_do_rows import Desk, due_problems, of_registers
from db.to_do_task import (
    COMPLETE,
    CORRECT,
    EARLIER,
    ERRORS,
    EXPLAIN,
    HAND_IN,
    INDICATORS,
    SPECIAL,
    VISITS,
    Task,
    ToDo,
)  # fmt: skip

HANDED_IN = ("sent", "reopened")
SENT_BACK_WORDS = "区级退回："  # how the reason of a correction begins that the district asked for
NAMED = 3  # how many labels or names a line spells out


@dataclass(frozen=True, slots=True)
class Month(ToDo):
    """The month of one office as its first page shows it. `checked`: errors and warnings are counted in."""

    period: Period
    deadline: Deadline
    locked: bool
    checked: bool
    tasks: tuple[Task, ...]
    issues: tuple[DueIssue, ...]
    candidates: tuple[totals.Candidate, ...]  # closest below the line
    over_line: int  # candidates that reached it and are not in stock yet
    figures: tuple[Figure, ...]
    begins: str = ""  # the register this office's day begins with
    duties: tuple[RunningDuty, ...] = ()  # of an office that visits nobody
    unit_code: str = ""

    @property
    def visits(self) -> bool:
        """Whether the office visits firms, and looks after those close to the line."""
        return self.begins == "visit"


def month_of_unit(
    session: Session,
    unit_code: str,
    period: str,
    today: date,
    findings: Sequence[Finding] | None = None,
    open_warnings: Sequence[Finding] = (),
) -> Month:
    """Everything of one unit's month. Without `findings` (None) what only a check can tell is left out."""
    month = Period(period)
    locked = is_locked(session, unit_code, period)
    due = deadline(session, period, today, unit_code)
    issues = due_issues(session, today, unit_code)
    tasks = _corrections(session, unit_code, month) + side_list.to_do(session)
    if not locked:
        rows = rows_of_month(session, unit_code, period)
        if not due.exempt:
            tasks += _first_visit(session, unit_code, month, rows)
        tasks += [task for key in REGISTERS if (task := _complete(REGISTERS[key], rows[key])) is not None]
        if findings is not None:
            tasks += _mend(findings, rows, month)
            tasks += _explain(open_warnings, month)
        if not due.exempt:
            tasks += _indicators(session, unit_code, month)
        tasks += special.tasks(session, unit_code, str(month), today)
    tasks += due_problems(issues)
    tasks += of_registers(session, Desk(unit_code, month, today, locked))
    tasks += _earlier(session, unit_code, month, today)
    if locked:
        tasks.append(_handed_in(session, unit_code, month))
    else:
        blocked = any(task.kind in (COMPLETE, ERRORS, EXPLAIN, INDICATORS, SPECIAL) for task in tasks)
        allowed = to_do_cadence.of_unit(session, unit_code, month)
        tasks.append(_hand_in(month, rows, findings is not None, blocked, due.exempt, allowed))
    begins = begins_with(session, unit_code)
    visits = begins == "visit"
    return Month(
        month,
        due,
        locked,
        findings is not None,
        tuple(tasks),
        tuple(issues),
        *near_line(session, month, unit_code),
        figures(session, month, today, unit_code)
        if visits
        else figures_of_bureau(session, month, today, unit_code),
        begins,
        () if visits else running_duties(session, month, unit_code),
        unit_code,
    )


def begins_with(session: Session, unit_code: str) -> str:
    """The register an office writes first: a street and whoever visits visits, others what they report."""
    kind = session.scalar(select(OrgUnit.kind).where(OrgUnit.code == unit_code))
    if kind in _BEGINS:
        return _BEGINS[kind]
    visited = select(Visit.id).where(Visit.unit_code == unit_code, Visit.deleted_at.is_(None)).limit(1)
    if session.scalar(visited) is not None:
        return "visit"
    reports = select(IndicatorUnit.indicator_no).where(IndicatorUnit.unit_code == unit_code).limit(1)
    return "indicator" if session.scalar(reports) is not None else "duty"


_BEGINS = {"street": "visit", "carrier": "cloud", "taskforce": "lead"}


def missing_labels(register: Register, record: Mapping[str, Any]) -> list[str]:
    """The labels of the fields that make a row 待补全: required and empty, or typed and not understood."""
    unread = record.get("unparsed") or {}
    return [
        field.label
        for field in register.fields
        if field.name in unread
        or (not field.computed and record.get(field.name) in (None, "", []) and field.is_required(record))
    ]


def _complete(register: Register, rows: Sequence[Values]) -> Task | None:
    short = [row for row in rows if row["incomplete"]]
    if not short:
        return None
    labels = Counter(label for row in short for label in missing_labels(register, row))
    named = "".join(f"“{label}”" for label, _ in labels.most_common(NAMED))
    more = f"等 {len(labels)} 项" if len(labels) > NAMED else ""
    return Task(
        COMPLETE,
        f"补全 {len(short)} 条{register.noun}",
        f"缺{named}{more}" if named else "有内容未能识别",
        f"{labels.total()} 处未填",
        "alarm",
        "去补全",
        register.key,
        count=len(short),
    )


def _first_visit(
    session: Session, unit_code: str, month: Period, rows: Mapping[str, Sequence[Values]]
) -> list[Task]:
    kind = session.scalar(select(OrgUnit.kind).where(OrgUnit.code == unit_code))
    if kind != "street" or rows["visit"]:
        return []
    title = f"登记 {month.month} 月走访"
    return [
        Task(
            VISITS,
            title,
            "本月还没有走访记录；确无走访的，可以零报送",
            "未登记",
            "watch",
            "登记走访",
            "visit",
        )
    ]


def _mend(findings: Sequence[Finding], rows: Mapping[str, Sequence[Values]], month: Period) -> list[Task]:
    """Errors in rows that are complete: the incomplete ones already have their line."""
    short = {row["id"] for each in rows.values() for row in each if row["incomplete"]}
    errors = [
        f
        for f in findings
        if f.severity is Severity.ERROR and f.record_id not in short and not f.register.startswith(PREFIX)
    ]
    if not errors:
        return []
    return [_of_findings(ERRORS, f"改正 {len(errors)} 处错误", errors, "处错误", "alarm", "去改正", month)]


def _explain(warnings: Sequence[Finding], month: Period) -> list[Task]:
    if not warnings:
        return []
    title = f"说明 {len(warnings)} 处警告"
    return [_of_findings(EXPLAIN, title, warnings, "处警告", "watch", "去说明", month)]


def _of_findings(
    kind: str, title: str, found: Sequence[Finding], word: str, state: str, action: str, month: Period
) -> Task:
    messages = list(dict.fromkeys(each.message.rstrip("。") for each in found))
    return Task(
        kind, title, "；".join(messages[:2]), f"{len(found)} {word}", state, action,
        period=str(month), count=len(found),
    )  # fmt: skip


def indicators_to_fill(session: Session, unit_code: str, period: str) -> list[tuple[int, str]]:
    """Number and name of the plan's indicators this unit reports and has not filled in for the month."""
    filled = (
        select(IndicatorValue.indicator_no)
        .where(IndicatorValue.period == period, IndicatorValue.org_code == unit_code)
        .where(IndicatorValue.value.is_not(None), IndicatorValue.deleted_at.is_(None))
    )
    done = set(session.scalars(filled))
    owed = plan_issues.indicators_of(session, period, unit_code)
    return [(each.no, each.name) for each in owed if each.no not in done]


def _indicators(session: Session, unit_code: str, month: Period) -> list[Task]:
    names = [name for _, name in indicators_to_fill(session, unit_code, str(month))]
    if not names:
        return []
    more = f"等 {len(names)} 项" if len(names) > NAMED else ""
    return [
        Task(
            INDICATORS, f"填 {len(names)} 项指标月报", "、".join(names[:NAMED]) + more, "未填", "watch", "去填报",
            "indicator", str(month), len(names),
        )
    ]  # fmt: skip


def _corrections(session: Session, unit_code: str, month: Period) -> list[Task]:
    """Months that came back or were reopened, and are not handed in again."""
    rows = session.scalars(
        select(ReturnFile)
        .where(ReturnFile.unit_code == unit_code, ReturnFile.period <= str(month))
        .where(ReturnFile.state.in_((*HANDED_IN, "sent_back", "draft")))
        .order_by(ReturnFile.period, ReturnFile.revision)
    )
    newest: dict[str, ReturnFile] = {}
    reasons: dict[str, str] = {}
    for row in rows:
        if row.state != "draft":
            newest[row.period] = row
        # The reason of a correction stands on the cover of the revision that is being made.
        reasons[row.period] = row.correction_reason or ""
    tasks = []
    for period, found in newest.items():
        if found.state not in ("reopened", "sent_back"):
            continue
        reason = reasons[period]
        back = found.state == "sent_back" or reason.startswith(SENT_BACK_WORDS)
        title = f"{'处理退回的' if back else '完成'} {Period(period).month} 月{'回报' if back else '的更正'}"
        detail = reason or ("区级退回，请改正后重新上报" if back else "改好后重新上报")
        word, state = ("已退回", "alarm") if back else ("更正中", "watch")
        tasks.append(Task(CORRECT, title, detail, word, state, "查看", period=period, count=1))
    return tasks


def newest_handed_in(session: Session, unit_code: str, period: str) -> ReturnFile | None:
    """The newest revision of a month that left the office, whether it is being corrected or not."""
    return session.scalars(
        select(ReturnFile)
        .where(
            ReturnFile.unit_code == unit_code, ReturnFile.period == period, ReturnFile.state.in_(HANDED_IN)
        )
        .order_by(ReturnFile.revision.desc())
        .limit(1)
    ).first()


def _earlier(session: Session, unit_code: str, month: Period, today: date) -> list[Task]:
    """The month before was worked on and never handed in, though it was asked for."""
    before = month.prev
    if newest_handed_in(session, unit_code, str(before)) is not None:
        return []
    wanted = reporting_start.chosen(session)  # as the district said; what was sent from here says nothing
    if deadline(session, str(before), today, unit_code).exempt or before < wanted:
        return []
    worked = session.scalar(
        select(Visit.id)
        .where(Visit.unit_code == unit_code, Visit.deleted_at.is_(None))
        .where(Visit.visit_date.between(before.first_day, before.last_day))
        .limit(1)
    )
    if worked is None:
        return []
    detail = "有走访记录，还没有上报"
    return [
        Task(
            EARLIER,
            f"补报 {before.month} 月回报",
            detail,
            "未上报",
            "alarm",
            "查看",
            period=str(before),
            count=1,
        )
    ]


def _hand_in(
    month: Period, rows: Mapping[str, Sequence[Values]], checked: bool, blocked: bool, exempt: bool, allowed: str
) -> Task:  # fmt: skip
    """`allowed`: what the district granted for the month, in words. Who is excused may hand in all the same."""
    total = sum(len(each) for each in rows.values())
    ready = checked and not blocked
    if not total:
        detail = "本月没有数据，可以零报送"
    elif ready:
        detail = f"核对已通过，共 {total:,} 行"
    else:
        detail = f"核对通过后可导出，预计 {total:,} 行"
    chip, state = ("可以上报", "ok") if ready else ("待核对", "neutral")
    title = f"上报 {month.month} 月回报"
    if exempt:
        title, detail, chip, state = f"{month.month} 月免报", "不用上报；要报也可以", "免报", "neutral"
    detail = f"{allowed}；{detail}" if allowed else detail
    return Task(
        HAND_IN, title, detail, chip, state, "上报", period=str(month), count=total, enabled=ready, done=exempt
    )  # fmt: skip


def _handed_in(session: Session, unit_code: str, month: Period) -> Task:
    sent = newest_handed_in(session, unit_code, str(month))
    revision = sent.revision if sent else 1
    day = f"{sent.submitted_on.isoformat()} 上报，" if sent and sent.submitted_on else ""
    title = f"{month.month} 月回报已上报"
    detail = f"{day}本月已锁定；如需更正，请在“月调度”中说明理由"
    return Task(HAND_IN, title, detail, f"第 {revision} 版", "ok", "查看", period=str(month), done=True)


def is_empty(session: Session) -> bool:
    """Whether nothing at all has been entered yet: the first page then offers the first step."""
    return session.scalar(select(Enterprise.id).limit(1)) is None
