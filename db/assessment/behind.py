"""The rows behind what an assessment measures of a unit over a year: which they are, and what they count to.

Keys: `assessment.<measure>:<unit>` (db/sources.py asks here). Units that were merged count with their successor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, select
from sqlalchemy.orm import Session

from db.assessment.inputs import Counts
from db.assessment.scheme import REPORTING
from db.coverage import UnitState, year_coverage
from db.lists import ListQuery
from db.models import Batch, Cloud, Duty, Enterprise, Issue, Nurture, OrgUnit, ReturnFile, Visit
from db.models.duty import FINISHED
from db.models.duty import STATUSES as DUTY_STATUSES
from db.models.issue import DONE
from db.models.nurture import UPSCALE
from db.periods import Period

IN_STOCK, CANCELLED = "已入库", DUTY_STATUSES[-1]
TOLD = ("满意", "基本满意", "不满意")
PLEASED = ("满意", "基本满意")
REGISTER = {
    "visit": "visit",
    "issue": "issue",
    "satisfied": "issue",
    "cloud": "cloud",
    "upscale": "nurture",
    "duty": "duty",
}
TITLES = {
    "visit": ("年内走访企业", "1 月至截止月走访过的企业，同一企业只计一次", "enterprises"),
    "issue": ("年内登记的问题", "1 月至截止月登记的问题；办结率＝办结÷已到期（或全部）", "ratio"),
    "satisfied": ("年内登记、已回访的问题", "满意率＝满意和基本满意÷已回访", "ratio"),
    "cloud": ("年内新增计数的上云企业", "上云日期在本年、可计数的企业，按企业所属街道，同一企业只计一次", "enterprises"),
    "upscale": ("年内升规入统企业", "培育类型为升规、已入库、入库年月在本年的企业", "rows"),
    "duty": ("责任清单任务", "由该单位牵头的本年任务（不含调整取消）；完成率＝已完成、已销号÷全部", "ratio"),
    REPORTING: ("每月回报", "应报各月的回报：迟报、漏报、更正和退回", "rows"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Count:
    """What the rows of one unit come to: rows, firms (each once), and of a rate its two parts."""

    rows: int = 0
    firms: int = 0
    part: int = 0
    whole: int = 0


def pooled(session: Session, as_of: Period) -> dict[str, str]:
    """Units that were merged by then: code → the unit that stands for it in the end."""
    into = {
        code: str(target)
        for code, target, since in session.execute(
            select(OrgUnit.code, OrgUnit.merged_into, OrgUnit.merged_from).where(
                OrgUnit.merged_into.is_not(None)
            )
        )
        if since is None or since <= str(as_of)
    }
    found = {}
    for code in into:
        last, seen = into[code], {code}
        while last in into and last not in seen:
            seen.add(last)
            last = into[last]
        if last != code:
            found[code] = last
    return found


def members(session: Session, unit: str, as_of: Period) -> list[str]:
    """A unit and those that were merged into it."""
    return [unit, *sorted(code for code, target in pooled(session, as_of).items() if target == unit)]


def counts(session: Session, measure: str, as_of: Period, basis: str = "due") -> dict[str, Count]:
    """By unit (merged ones with their successor), in one statement. KeyError for a measure without rows."""
    target = pooled(session, as_of)
    unit, firm, done, due = _columns(measure, as_of, basis)
    # By unit as the rows have it and by where it went: a firm that both visited is still one firm.
    placed: Any = case(target, value=unit, else_=unit) if target else unit
    query = _scoped(
        select(
            placed.label("unit"), func.count().label("rows"), func.count(firm.distinct()).label("firms"),
            func.sum(case((and_(done, due), 1), else_=0)).label("part"), func.sum(case((due, 1), else_=0)).label("whole"),
        ),
        measure, as_of,
    ).group_by(placed)  # fmt: skip
    return {
        str(row.unit): Count(int(row.rows), int(row.firms), int(row.part or 0), int(row.whole or 0))
        for row in session.execute(query)
        if row.unit is not None
    }


def query_of(session: Session, measure: str, unit: str, as_of: Period) -> ListQuery:
    """What a list opens to show the rows of one unit."""
    register = REGISTER[measure]
    column, *_ = _columns(measure, as_of, "due")
    model = _model(measure)
    keys = session.scalars(
        _scoped(select(model.id), measure, as_of).where(column.in_(members(session, unit, as_of)))
    )
    return ListQuery(register, {"ids": [str(key) for key in keys]})


def _model(measure: str) -> Any:
    return {
        "visit": Visit,
        "issue": Issue,
        "satisfied": Issue,
        "cloud": Cloud,
        "upscale": Nurture,
        "duty": Duty,
    }[measure]


def _columns(measure: str, as_of: Period, basis: str) -> tuple[Any, Any, Any, Any]:
    """Whose row it is, its firm, whether it is done, whether it counts in the denominator."""
    yes = literal(True)
    if measure == "issue":
        done = Issue.status.in_(DONE)
        due = yes if basis == "all" else (Issue.due_date <= as_of.last_day) | done
        return Issue.unit_code, Issue.enterprise_id, done, due
    if measure == "satisfied":
        return Issue.unit_code, Issue.enterprise_id, Issue.satisfaction.in_(PLEASED), yes
    if measure == "duty":
        return Duty.org_code, Duty.id, Duty.status.in_(FINISHED), yes
    if measure == "cloud":
        return Enterprise.street_code, Cloud.enterprise_id, yes, yes
    model = _model(measure)
    return model.unit_code, model.enterprise_id, yes, yes


def _scoped(query: Select[Any], measure: str, as_of: Period) -> Select[Any]:
    first, last = Period.of(as_of.year, 1), as_of.last_day
    model = _model(measure)
    query = query.select_from(model).where(model.deleted_at.is_(None))
    if measure == "visit":
        return query.where(Visit.visit_date.between(first.first_day, last))
    if measure == "issue":
        return query.where(Issue.registered_on.between(first.first_day, last))
    if measure == "satisfied":
        return query.where(Issue.registered_on.between(first.first_day, last), Issue.satisfaction.in_(TOLD))
    if measure == "cloud":
        joined = query.join(Enterprise, Enterprise.id == Cloud.enterprise_id)
        return joined.where(Cloud.cloud_on.between(first.first_day, last), Cloud.counted.is_(True))
    if measure == "upscale":
        return query.where(
            Nurture.nurture_type == UPSCALE,
            Nurture.stage == IN_STOCK,
            Nurture.in_stock_ym.between(str(first), str(as_of)),
        )
    return query.where(Duty.year == str(as_of.year), Duty.status != CANCELLED)


# Returns.


@dataclass(frozen=True, slots=True)
class MonthIn:
    """How one unit handed in one month. `owed` False: excused, merged, or not due yet.

    `late_days` and `revision` are those that 收表 shows: the first revision's days, the newest revision's number.
    """

    unit: str
    period: Period
    owed: bool
    state: (
        str  # as a cell of 收表 says it: 按时, 零报, 迟报, 已补报, 更正（第 2 版）, 未报, 免报, 不报, 待报 …
    )
    missing: bool = False
    late_days: int = 0
    revision: int = 0
    sent_back: int = 0
    submitted_on: date | None = None


def months_in(session: Session, units: Sequence[str], as_of: Period, today: date) -> Iterator[MonthIn]:
    """Every month of the year so far of these units, as 收表 has it: deadlines as they stand, 延期, 免报, merged units.

    A unit that does not report has none. What a merged unit handed in before stays its own: it is no fault of its
    successor.
    """
    months = [str(each) for each in as_of.year_to_date()]
    year = year_coverage(session, as_of.year, today)
    back: Mapping[tuple[Any, ...], int] = {
        (unit, period): int(number)
        for unit, period, number in session.execute(
            select(Batch.unit_code, Batch.period, func.count())
            .where(
                Batch.kind == "return",
                Batch.state == "sent_back",
                Batch.period.between(months[0], months[-1]),
            )
            .group_by(Batch.unit_code, Batch.period)
        )
    }
    for unit in units:
        for month in months:
            found = year.states.get((unit, month))
            if found is not None:
                yield _month_in(found, month, back.get((unit, month), 0))


def _month_in(state: UnitState, month: str, sent_back: int) -> MonthIn:
    late = state.late_days if state.received else 0
    return MonthIn(
        state.code, Period(month), state.overdue or (state.owes and state.received), state.word, state.overdue, late,
        state.revision or 0, sent_back, state.submitted_on,
    )  # fmt: skip


def reporting(lines: Sequence[MonthIn], first: int, last: int, late_limit: Any) -> Counts:
    """The year's returns as counts; a return's late days count up to `late_limit` (0: no limit)."""
    mine = [line for line in lines if line.owed and first <= line.period.month <= last]
    limit = int(late_limit) or None
    return Counts(
        late_days=sum(min(line.late_days, limit) if limit else line.late_days for line in mine),
        missing=sum(line.missing for line in mine),
        corrections=sum(max(line.revision - 1, 0) for line in mine),
        sent_back=sum(line.sent_back for line in mine),
        late=sum(line.late_days > 0 for line in mine),
        owed=len(mine),
    )


def return_rows(session: Session, unit: str, as_of: Period, today: date) -> Iterator[Mapping[str, Any]]:
    """The months of a unit as the rows behind 报送质量 (keys as db/sources.py has them for returns)."""
    name = session.scalar(select(OrgUnit.name).where(OrgUnit.code == unit)) or unit
    files = {
        (row.period, row.revision): row.id
        for row in session.execute(
            select(ReturnFile.period, ReturnFile.revision, ReturnFile.id).where(
                ReturnFile.unit_code == unit, ReturnFile.period.like(f"{as_of.year:04d}-%")
            )
        )
    }
    for line in months_in(session, [unit], as_of, today):
        words = f"{line.period} {line.state}" + (f"，被退回 {line.sent_back} 次" if line.sent_back else "")
        yield {
            "id": files.get((str(line.period), line.revision), f"{unit} {line.period}"), "unit": name, "unit_code": unit,
            "state": words, "revision": line.revision or None, "date": line.submitted_on, "late_days": line.late_days,
        }  # fmt: skip
