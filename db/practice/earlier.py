"""How candidates, projects and tasks of the practice year came to where they stand: their state in each month before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from db import classifications
from db.models.project import STOCKED
from db.month_states import PLACED
from db.periods import Period, months_between
from db.plan_types import Plan
from db.practice import words
from db.practice.months import Row, hash_of

# In the order a project comes through them, with the day that tells of each; 在建 begins with its first full month.
_DAYS = (
    ("签约", "signed_on"), ("入库", "stocked_on"), ("开工", "started_on"), ("竣工", "completed_on"), ("投产（运营）", "produced_on"),
)  # fmt: skip
_Then = Callable[[Row, Period, Period], dict[str, Any] | None]


def months_of(plan: Plan, row: Row) -> list[tuple[Period, dict[str, Any]]]:
    """The months of the year before the one a row tells of, and what it said then; only those it was there in."""
    last = row.values.get(PLACED)
    if not last:
        return []
    end = Period(last)
    if row.values.get("stage") == "已入库":
        return []  # came with the annual report of the year before
    known: dict[str, _Then] = {"nurture": _nurture, "project": _project, "duty": partial(_duty, plan)}
    then = known[row.register]
    found = []
    for month in months_between(Period.of(end.year, 1), end.prev) if end.month > 1 else ():
        values = then(row, month, end)
        if values is not None:
            found.append((month, {**row.values, **values, PLACED: str(month)}))
    return found


def _share(amount: Decimal | None, month: Period, end: Period) -> Decimal | None:
    return None if amount is None else (amount * month.month / end.month).quantize(Decimal("0.01"))


def _nurture(row: Row, month: Period, end: Period) -> dict[str, Any] | None:
    """Found in the first half of the year; its revenue grows month by month, and with it the stage."""
    seed = hash_of(row.id.hex)
    since = min(2 + seed % 4, end.month)
    if month.month < since:
        return None
    final, revenue = row.values["stage"], _share(row.values["revenue_ytd"], month, end)
    line = classifications.threshold_of(row.values["specialty"])
    reached = (
        line is not None
        and line.threshold_wan is not None
        and revenue is not None
        and revenue >= line.threshold_wan
    )
    stage = "摸底"
    if final == "材料准备" and reached:
        stage = final
    elif final in ("材料准备", "达标预警") and month.month >= since + 3 + seed % 3:
        stage = "达标预警"
    elif final != "摸底" and month.month > since:
        stage = "入库培育"
    return {"revenue_ytd": revenue, "vat_ytd": _share(row.values["vat_ytd"], month, end), "stage": stage}


def _project(row: Row, month: Period, end: Period) -> dict[str, Any] | None:
    values, day = row.values, month.last_day
    dates: dict[str, date | None] = {name: values.get(name) for _, name in _DAYS}
    if not any(dates.values()):  # still being talked about: since some day of the year
        if month.month <= hash_of(row.id.hex) % 6:
            return None
        stage = values["stage"]
    else:
        reached = [name for name, by in _DAYS if (on := dates[by]) is not None and on <= day]
        stage = reached[-1] if reached else "洽谈"
        if stage == "开工" and values["stage"] != "开工" and Period.of_date(values["started_on"]) < month:
            stage = "在建"
    known = {name: on if on is not None and on <= day else None for name, on in dates.items()}
    done = _invested(values, month, end) if known["started_on"] else Decimal(0)
    share = int(done * 100 / values["invest_total"]) if values["invest_total"] else 0
    # What hinders it has done so for some months.
    lasting = stage == values["stage"] and month >= end.shift(-3)
    return {
        **known, "stage": stage, "in_stock": stage in STOCKED, "invest_done": done,
        "progress": words.project(stage, share, hash_of(row.id.hex) + month.month),
        "issues": values["issues"] if lasting else None,
    }  # fmt: skip


def _invested(values: dict[str, Any], month: Period, end: Period) -> Decimal:
    """In even steps from the start of the works to their end, or to the month the project tells of."""
    start = Period.of_date(values["started_on"])
    stop = Period.of_date(values["completed_on"]) if values.get("completed_on") else end
    steps, made = (len(list(months_between(start, each))) for each in (max(stop, start), month))
    done: Decimal = values["invest_done"]
    return (done * min(made, steps) / steps).quantize(Decimal("0.01"))


def _duty(plan: Plan, row: Row, month: Period, end: Period) -> dict[str, Any]:
    """On its way to where it stands: what is done by the end was done in some month of the second half of the way."""
    seed, final = hash_of(f"{row.id.hex}{month}"), row.values["progress_pct"]
    finished = row.values["status"] == "已完成"
    goal = end.month - hash_of(row.id.hex) % max(end.month // 2, 1) if finished else end.month
    percent = min(max(final * month.month // goal + seed % 9 - 4, Decimal(1)), final)
    if finished and month.month < goal:
        percent = min(percent, final - 3)
    target = row.values.get("target_value")
    status = "滞后" if percent < month.month * 8 - 8 else "正常推进"
    if finished and month.month >= goal:
        percent, status = final, "已完成"
    action = next((each.name for each in plan.actions if each.id == row.values.get("action_id")), "")
    problem = "无" if seed % 4 else row.values["problem_text"]
    told = words.task(action, status, int(percent), hash_of(row.id.hex) + month.month, problem)
    return {
        "progress_pct": percent, "done_value": None if target is None else (target * percent / 100).quantize(Decimal("0.01")),
        "status": status, **told,
    }  # fmt: skip
