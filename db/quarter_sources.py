"""From a figure of a quarter to its rows: the quarter's own keys here, every other key as sources.py has it for its month.

Indicators are of the month that stands for the quarter (quarter_months.indicator_month), all else of its last month.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import lists, settings, sources
from db.coverage import CAUGHT_UP, LATE, MISSING, ON_TIME, ZERO, UnitState, coverage
from db.errors import UsageError
from db.figure_words import Words, with_unit
from db.lists import ListQuery
from db.models import Cloud, ReturnFile
from db.models.issue import DONE, OPEN
from db.periods import Period
from db.quarter import Quarter, first_counted, quarter
from db.quarter_months import days_of, indicator_month, months_of
from db.ranges import Between
from db.rows_behind import RETURN, rows_of_query
from db.sources import Source
from db.unit_names import name_of

PREFIX, INDICATOR_KEY = "quarter.", "indicator."


# “{month}” in a 口径 is the month of the indicators.
KEYS: Mapping[str, Words] = {
    "quarter.visit.rows": Words("走访次数", "次", "走访日期在本季度的走访记录条数"),
    "quarter.visit.enterprises": Words("走访企业", "家", "走访日期在本季度的企业数，同一企业只计一次"),
    "quarter.issue.new": Words("新登记问题", "件", "登记日期在本季度的问题"),
    "quarter.issue.closed": Words("办结问题", "件", "办结日期在本季度、没有退回重办的问题"),
    "quarter.issue.rate_due": Words("办结率（已到期）", "%", "办结件数÷（已到办结时限的件数＋提前办结的件数）", 1),
    "quarter.issue.rate_all": Words("办结率（全部）", "%", "办结件数÷登记日期不晚于季末的全部件数", 1),
    "quarter.cloud.new": Words("新增上云企业", "家", "本季度起计入上云的企业，去重后"),
    "quarter.nurture.entered": Words("新入库企业", "家", "入库时间在本季度、已入库的培育对象"),
    "quarter.handled.all": Words("承办问题", "件", "由本单位承办、登记日期不晚于季末的问题"),
    "quarter.handled.done": Words("已办结", "件", "由本单位承办、已办结或已销号的问题"),
    "quarter.handled.open": Words("未办结", "件", "由本单位承办、尚未办结的问题"),
    "quarter.handled.overdue": Words("超期", "件", "由本单位承办、未办结且已过办结时限的问题"),
    "quarter.handled.rate_due": Words("办结率（已到期）", "%", "办结件数÷（已到办结时限的件数＋提前办结的件数）", 1),
    "quarter.handled.rate_all": Words("办结率（全部）", "%", "办结件数÷全部承办件数", 1),
    "quarter.returns.expected": Words("应报送", "份", "本季度各月应报的回报，一个单位一个月一份，未到截止日的不算"),
    "quarter.returns.on_time": Words("按时报送", "份", "截止日及以前收到的回报，零报送算按时"),
    "quarter.returns.late": Words("迟报", "份", "截止日之后收到的回报，补报的在内"),
    "quarter.returns.missing": Words("未报", "份", "已过截止日还没有收到的回报"),
    "quarter.indicators.all": Words("目标指标", "项", "计划所列的目标指标"),
    "quarter.indicators.judged": Words("可作评价的指标", "项", "{month}有数、各责任单位报齐的指标"),
    "quarter.indicators.normal": Words("达到序时进度的指标", "项", "进度差不小于0的指标"),
    "quarter.indicators.watch": Words("略低于序时进度的指标", "项", "进度差在－10至0个百分点之间的指标"),
    "quarter.indicators.alarm": Words("明显滞后的指标", "项", "进度差不大于－10个百分点的指标"),
    "quarter.indicators.behind": Words("低于序时进度的指标", "项", "进度差小于0的指标"),
    "quarter.indicators.unjudged": Words("未报或未报齐的指标", "项", "{month}没有数或责任单位没有报齐的指标"),
    "quarter.indicators.binding": Words("约束性指标", "项", "计划标明约束性的指标"),
    "quarter.indicators.binding_normal": Words("达到序时进度的约束性指标", "项", "进度差不小于0的约束性指标"),
    "quarter.told.expected": Words("应报单位", "个", "{month}应当回报的单位"),
    "quarter.told.received": Words("已报单位", "个", "已收到{month}回报的单位，零报送算已报"),
    "quarter.score": Words("得分", "分", "按时报送率、指标进度、问题办结率（已到期）中该单位具有的各项的平均", 1),
}  # fmt: skip
_STATES: Mapping[str, tuple[str, ...]] = {
    "expected": (ON_TIME, ZERO, LATE, CAUGHT_UP, MISSING), "on_time": (ON_TIME, ZERO), "late": (LATE, CAUGHT_UP),
    "missing": (MISSING,), "score": (ON_TIME, ZERO, LATE, CAUGHT_UP, MISSING),
}  # fmt: skip


def source_of(session: Session, period: str, key: str, known: Quarter | None = None) -> Source:
    """As sources.source_of, for the quarter that ends with the month too. UsageError (“no_figure”) for a key that is none.

    `known`: the quarter as it was read already; asked for many figures, it saves reading it again.
    """
    if not key.startswith(PREFIX):
        return sources.source_of(session, month_of(session, Period(period), key, known), key)
    whole, _, unit = key.partition(":")
    told = KEYS.get(whole)
    if told is None:
        raise UsageError(f"没有“{key}”这个数。", "请从页面或报表里的数进入。", "no_figure")
    end = Period(period)
    title = with_unit(told.name, name_of(session, unit) if unit else "")
    scope = told.scope
    if "{month}" in scope:
        month = _told(session, end, known)
        scope = scope.format(month=f"{month.month}月" if month != end or "told" in whole else "季末")
    query, counts = _query(session, end, whole.removeprefix(PREFIX), unit, known)
    if query is None:
        count = len(_states(session, end, whole.removeprefix(PREFIX), unit, known))
        return Source(key, title, scope, RETURN, None, count, "rows")
    count = lists.count(session, query, cap=10_000_000)
    return Source(key, title, scope, query.register, query, count, counts)


def rows_of(
    session: Session, period: str, key: str, known: Quarter | None = None
) -> Iterator[Mapping[str, Any]]:
    """The rows behind a figure, as sources.rows_of gives them."""
    if not key.startswith(PREFIX):
        yield from sources.rows_of(session, month_of(session, Period(period), key, known), key)
        return
    found = source_of(session, period, key, known)
    if found.query is None:
        whole, _, unit = key.partition(":")
        yield from _return_rows(session, Period(period), whole.removeprefix(PREFIX), unit, known)
        return
    yield from rows_of_query(session, found.query)


def month_of(session: Session, end: Period, key: str, known: Quarter | None = None) -> str:
    """The month whose figure a key means in the quarter that ends with `end`: that of the indicators, or the last one."""
    return str(_told(session, end, known) if key.startswith(INDICATOR_KEY) else end)


def _told(session: Session, end: Period, known: Quarter | None) -> Period:
    return known.told if known is not None else indicator_month(session, end)


def _query(
    session: Session, end: Period, what: str, unit: str, known: Quarter | None
) -> tuple[ListQuery | None, str]:
    group, _, part = what.partition(".")
    span = Between(*days_of(end))
    ours = {"unit": unit} if unit else {}
    if group == "visit":
        return ListQuery("visit", {"visit_date": span, **ours}), "rows" if part == "rows" else "enterprises"
    if group == "issue":
        flows: dict[str, dict[str, Any]] = {
            "new": {"registered_on": span},
            "closed": {"closed_on": span, "status": DONE},
        }
        filters = flows.get(part, {"upto": str(end)})
        return ListQuery("issue", {**filters, **ours}), "rows" if part in ("new", "closed") else "ratio"
    if group == "handled":
        return _handled_query(end, part, unit, settings.today(session))
    if group == "cloud":
        return ListQuery("cloud", {"ids": _new_cloud_ids(session, end)}), "enterprises"
    if group == "nurture":
        months = tuple(str(each) for each in months_of(end))
        return ListQuery("nurture", {"in_stock_ym": months, "stage": "已入库", **ours}), "rows"
    if group == "indicators":
        charged = {"org_code": unit} if unit else {}
        found = _indicators(known or quarter(session, end), part)
        month = str(_told(session, end, known))
        return ListQuery("indicator", {"period": month, "indicator_no": found, **charged}), "value"
    return None, "rows"


def _handled_query(end: Period, part: str, unit: str, today: date) -> tuple[ListQuery, str]:
    filters: dict[str, Any] = {"upto": str(end)}
    if unit:
        filters["org_code"] = unit
    more: dict[str, dict[str, Any]] = {
        "done": {"status": DONE},
        "open": {"status": OPEN},
        "overdue": {"overdue": min(end.last_day, today)},
    }
    return ListQuery("issue", {**filters, **more.get(part, {})}), "ratio" if part.startswith(
        "rate"
    ) else "rows"


def _indicators(found: Quarter, part: str) -> tuple[int, ...]:
    return tuple(line.no for line in found.indicators_in(part)) or (-1,)  # no indicator has it: no rows


def _new_cloud_ids(session: Session, end: Period) -> list[str]:
    firsts = first_counted()
    keys = session.scalars(
        select(Cloud.id)
        .join(firsts, (firsts.c.firm == Cloud.enterprise_id) & (firsts.c.day == Cloud.cloud_on))
        .where(Cloud.counted.is_(True), Cloud.deleted_at.is_(None), firsts.c.day.between(*days_of(end)))
        .order_by(Cloud.id)
    )
    return [str(key) for key in keys]


def _states(
    session: Session, end: Period, what: str, unit: str, known: Quarter | None
) -> list[tuple[Period, UnitState]]:
    """The returns of the quarter in one of the states, month by month; of “told.…” those of the indicators' month."""
    coverages = (
        known.coverages if known is not None else [coverage(session, str(each)) for each in months_of(end)]
    )
    group, _, part = what.rpartition(".")
    if group == "told":
        month = _told(session, end, known)
        of_month = coverages[months_of(end).index(month)].units
        return [
            (month, state)
            for state in of_month
            if unit in ("", state.code) and (part == "expected" or state.received)
        ]
    return [
        (month, state)
        for month, found in zip(months_of(end), coverages, strict=True)
        for state in found.units
        if unit in ("", state.code) and (state.state if state.received else state.word) in _STATES[part]
    ]


def _return_rows(
    session: Session, end: Period, what: str, unit: str, known: Quarter | None
) -> Iterator[Mapping[str, Any]]:
    found = _states(session, end, what, unit, known)
    files = {}
    if found:
        rows = session.execute(
            select(ReturnFile.unit_code, ReturnFile.period, ReturnFile.revision, ReturnFile.id).where(
                ReturnFile.period.in_({str(month) for month, _state in found}),
                *((ReturnFile.unit_code == unit,) if unit else ()),
            )
        )
        files = {(row[0], row[1], row[2]): row[3] for row in rows}
    for month, state in found:
        key = files.get((state.code, str(month), state.revision or 0))
        yield {
            # A return that is missing has no id; one of another month is another row.
            "id": key or f"{state.code} {month}", "unit": state.name, "unit_code": state.code,
            "state": f"{month.month}月：{state.state}", "revision": state.revision, "date": state.submitted_on,
            "late_days": state.late_days,
        }  # fmt: skip
