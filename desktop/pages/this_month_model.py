"""Finds out what 本月 shows and where each line leads. Counting is in db/to_do.py, the plain values in this_month_view.py."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from db import checks, explanations, to_do, to_do_cadence, to_do_district, to_do_task
from db.deadlines import SOON, DueIssue
from db.models.duty import RUNNING
from db.models.nurture import UPSCALE
from db.month_figures import RunningDuty
from db.periods import Period
from db.progress import show_number
from db.ranges import Between
from db.store import Store
from db.to_do import Month
from db.to_do_district import District
from db.to_do_task import Task
from db.totals import Candidate
from desktop.pages.this_month_view import BEGIN, DUE, FEW, NEAR, TASKS, Line, Number, Place, View
from desktop.places import place
from desktop.tables.cells import Mark
from desktop.tables.model import Row
from desktop.widgets.todo import TodoItem


def quick(store: Store, unit_code: str, role: str, period: str) -> Month | District:
    """The month without what only a check can tell."""
    with store.read() as session:
        if role == "supervisor":
            return to_do_district.month_of_district(session, period, store.today())
        return to_do.month_of_unit(session, unit_code, period, store.today())


def checked(store: Store, unit_code: str, period: str) -> Month:
    """The month of a unit with errors and open warnings counted in."""
    with store.read() as session:
        return _checked(session, unit_code, period, store)


def _checked(session: Session, unit_code: str, period: str, store: Store) -> Month:
    today = store.today()
    findings = checks.check_month(session, unit_code, period, today=today)
    warnings = explanations.open_warnings(session, findings)
    return to_do.month_of_unit(session, unit_code, period, today, findings, warnings)


def now(store: Store, unit_code: str, role: str, period: str, shown: int = FEW) -> View:
    """All of the page as it is now, errors and warnings counted in."""
    day = store.today()
    if role == "supervisor":
        return view(quick(store, unit_code, role, period), day, shown)
    return view(checked(store, unit_code, period), day, shown)


def adds_nothing(month: Month | District, shown: Month | District | None) -> bool:
    """Whether a quick answer knows less than what is shown: it may come after the checked one."""
    return (
        isinstance(month, Month) and not month.checked
        and isinstance(shown, Month) and shown.checked and shown.tasks[:-1] == month.tasks[:-1]
    )  # fmt: skip


def view(month: Month | District, day: date, shown: int = FEW) -> View:
    """The month in the words and values of the page on a day; `shown` lines of issues and of candidates."""
    locked = isinstance(month, Month) and month.locked
    duties = month.duties if isinstance(month, Month) and not month.visits else None
    tasks = duties is not None
    return View(
        month.title,
        "" if locked else month.deadline.words,
        month.deadline.state,
        tuple(_item(task) for task in month.tasks),
        _places(month, day),
        tuple(_issue(issue) for issue in month.issues[:shown]),
        f"共 {len(month.issues)} 件" if len(month.issues) > shown else "",
        tuple(_duty(each) for each in duties[:shown])
        if duties is not None
        else tuple(_candidate(each) for each in month.candidates[:shown]),
        f"另有 {month.over_line} 家已达标、尚未入库" if month.over_line and not tasks else "",
        tuple(Number(each.key, f"{each.value:,}", each.unit, each.note, each.name) for each in month.figures),
        _BEGINNINGS.get(month.begins, "") if isinstance(month, Month) else "",
        TASKS if tasks else NEAR,
    )


# What the button beside the title says, by the register an office's day begins with.
_BEGINNINGS = {
    "visit": "登记走访",
    "cloud": "登记上云",
    "lead": "登记线索",
    "indicator": "填报指标",
    "duty": "写任务进展",
}


def _places(month: Month | District, day: date) -> dict[str, Place]:
    unit = month.unit_code if isinstance(month, Month) else ""
    places = {task.key: place_of(task) for task in month.tasks}
    places |= {f"figure:{each.key}": place_of_figure(each.key, unit) for each in month.figures}
    if isinstance(month, Month):
        places[BEGIN] = _beginning(month)
    return places | {DUE: place_of_due(day)}


def _beginning(month: Month) -> Place:
    if month.begins == "indicator":
        return Place("indicators")
    if month.begins == "duty":
        return Place(*place("duty", filters={}))
    return Place(*place(month.begins or "visit", new=True))


def _item(task: Task) -> TodoItem:
    return TodoItem(
        task.key, task.title, task.detail, task.chip, task.state, task.action, task.enabled, task.done
    )


def place_of(task: Task) -> Place:
    """The page, filter and step a task's button leads to."""
    match task.kind:
        case to_do_task.VISITS:
            return Place(*place("visit", new=True))
        case to_do_task.COMPLETE:
            filters: dict[str, Any] = {"incomplete": True}
            if task.register == "visit":
                filters["scope"] = "month"
            return Place(*place(task.register, filters=filters))
        case to_do_task.ROWS:
            # Not narrowed by what the list was filtered by before, and said above it.
            wanted = {"scope": None, **task.filters}
            return Place(*place(task.register, filters=wanted, told=task.told or task.title))
        case to_do_task.NEW:
            return Place(*place(task.register, new=True, defaults=dict(task.filters)))
        case to_do_task.SIDE:
            return Place(*place(task.register, side_list=True))
        case to_do_task.SPECIAL:
            return Place("handdown", {"table": task.name})
        case to_do_task.HANDDOWN:
            return Place("handdown", {"intake": True})
        case to_do_task.DUPLICATES:
            return Place("enterprises", {"duplicates": True})
        case to_do_task.ERRORS:
            return Place("dispatch", {"step": "check"})
        case to_do_task.EXPLAIN:
            return Place("dispatch", {"step": "explain"})
        case to_do_task.INDICATORS | to_do_district.BEHIND | to_do_district.SUMMARY:
            return Place("indicators")
        case to_do_task.HAND_IN:
            return Place("dispatch", {"step": "submit"})
        case to_do_task.CORRECT | to_do_task.EARLIER:
            return Place("dispatch", {}, task.period)
        case to_do_district.MISSING:
            return Place("receive", {"view": "files" if task.done else "urge"})
        case to_do_district.REVIEW:
            return Place("receive", {"view": "files"})
        case to_do_cadence.CYCLES:
            return Place("settings", {"section": "cycles"})
        case to_do_cadence.UNSENT:
            return Place("handdown", {})
        case to_do_cadence.EXCEPTIONS:
            return Place("receive", {"view": "allowed"})
        case to_do_district.OVERDUE:
            return Place("issues", {"filters": {"overdue": True}})
    raise KeyError(task.kind)


def place_of_figure(key: str, unit: str = "") -> Place:
    """The rows behind a figure."""
    filters: dict[str, dict[str, Any]] = {
        "visit": {"scope": "month"}, "issue": {"closed_on": None}, "cloud": {"counted": True}, "nurture": {"nurture_type": UPSCALE},
        "duty": {"status": list(RUNNING)},
    }  # fmt: skip
    if key == "indicator":
        return Place("indicators")
    if key == "org_issue":
        return Place(
            *place("issue", filters={"closed_on": None, "org_code": unit}, told="由本单位办理、未办结")
        )
    if key == "project":
        return Place(*place("project", filters={}))
    return Place(*place(key, filters=filters[key]))


def place_of_due(today: date) -> Place:
    """The problems that fall due soon, and those that are overdue."""
    until = Between(None, today + timedelta(days=SOON))
    return Place("issues", {"filters": {"due_date": until, "closed_on": None}})


def _issue(issue: DueIssue) -> Row:
    return Row(str(issue.id), {"title": issue.title, "org": issue.org, "due": Mark(issue.words, issue.state)})


def _duty(each: RunningDuty) -> Line:
    done = f"{show_number(each.percent, 0)}%" if each.percent is not None else "未填进度"
    due = f" · {each.due.month} 月 {each.due.day} 日到期" if each.due else ""
    return Line(each.id.hex, each.task, f"{each.status} {done}{due}", float(each.percent or 0) / 100)


def _candidate(each: Candidate) -> Line:
    missing = f"差 {show_number(each.missing, 0)} 万元" if each.missing is not None else "尚无收入"
    when = f" · 预计 {Period(each.reach_ym).month} 月达标" if each.reach_ym else ""
    share = float(each.reach_rate or 0) / 100
    return Line(str(each.id or ""), each.enterprise, missing + when, share)
