"""ISS rules: problems of enterprises, their deadlines and their closed loop. The moves are in workflow/."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from db import workflow
from db.checks import general
from db.checks.context import Check, Context, Values, is_empty, later, text_of
from db.codes import phone_kind
from db.findings import Finding, Severity
from db.models.issue import CLEARED, DONE, OPEN
from db.text import similarity


def due_after_registered(ctx: Context, record: Values) -> Iterable[Finding]:
    """ISS-002."""
    due, registered = record.get("due_date"), record.get("registered_on")
    if due is not None and registered is not None and due < registered:
        yield ctx.say("ISS-002", record, "due_date", 时限=due.isoformat(), 登记=registered.isoformat())


def move_allowed(ctx: Context, record: Values) -> Iterable[Finding]:
    """ISS-003, against the state that is stored."""
    before = ctx.previous.get("status") if ctx.previous is not None else None
    after = record.get("status")
    if workflow.check_move("issue", before, after):
        yield ctx.say("ISS-003", record, "status", 原状态=before, 新状态=after)


def closed_plausible(ctx: Context, record: Values) -> Iterable[Finding]:
    """ISS-004: the day it was settled lies between registration and today."""
    closed, registered = record.get("closed_on"), record.get("registered_on")
    if closed is None or record.get("status") not in DONE:
        return
    if closed > ctx.today or (registered is not None and closed < registered):
        shown = registered.isoformat() if registered is not None else "未填"
        yield ctx.say("ISS-004", record, "closed_on", 日期=closed.isoformat(), 登记=shown)


def written_off_rightly(ctx: Context, record: Values) -> Iterable[Finding]:
    """ISS-005: not against the firm's word, and not by who worked on it."""
    if record.get("status") not in CLEARED:
        return
    problem = workflow.write_off_problem(record, record.get("written_off_by"))
    if problem == "unhappy":
        yield ctx.say("ISS-005", record, "satisfaction")
    elif problem == "not_asked" and not is_empty(record.get("satisfaction")):
        yield ctx.say("ISS-005", record, "satisfaction", more="not_asked")
    elif problem == "same_person":
        yield ctx.say("ISS-005", record, "written_off_by", more="same_person", 姓名=record["written_off_by"])


def deadline(ctx: Context, record: Values) -> Iterable[Finding]:
    """ISS-006 past the deadline, ISS-007 shortly before it."""
    due = record.get("due_date")
    if due is None or record.get("status") not in OPEN:
        return
    left = (due - ctx.as_of).days
    if left < 0:
        yield ctx.say("ISS-006", record, "due_date", 日期=due.isoformat(), 天数=-left)
    elif left < ctx.parameters.urgent_days:
        yield ctx.say("ISS-007", record, "due_date", 日期=due.isoformat())


def looked_back(ctx: Context, record: Values) -> Iterable[Finding]:
    """ISS-008."""
    cleared, limit = record.get("written_off_on"), ctx.parameters.review_days
    if record.get("status") != "已销号" or cleared is None or record.get("review_on") is not None:
        return
    if cleared + timedelta(days=limit) < ctx.as_of:
        yield ctx.say("ISS-008", record, "review_on", 日期=cleared.isoformat(), 天数=limit)


def extended(ctx: Context, record: Values) -> Iterable[Finding]:
    """ISS-009: too often, or without a reason (one of the two is said, the missing reason first)."""
    count, limit = record.get("extend_count") or 0, ctx.parameters.extensions
    if count > 0 and is_empty(record.get("extend_reason")):
        yield ctx.say("ISS-009", record, "extend_reason", more="missing", 次数=count)
    elif count > limit:
        yield ctx.say("ISS-009", record, "extend_count", 次数=count, 上限=limit)


def not_repeated(ctx: Context, record: Values) -> Iterable[Finding]:
    """ISS-010, said at the later of the two."""
    firm, text, category = record.get("enterprise_id"), text_of(record, "description"), record.get("category")
    if firm is None or not text or category is None or record.get("status") in DONE:
        return
    for other in ctx.facts.open_issues(firm):
        if other.category != category or not other.description or not later(record, other.id):
            continue
        if similarity(text, other.description) >= ctx.parameters.same_issue_text:
            yield ctx.say("ISS-010", record, "description", 编号=other.issue_no or "未编号")
            return


def owner_reachable(ctx: Context, record: Values) -> Iterable[Finding]:
    """ENT-009 for 责任人电话: offices have short internal numbers, so it only informs."""
    phone = record.get("owner_phone")
    if not is_empty(phone) and phone_kind(str(phone)) is None:
        yield ctx.say(
            "ENT-009",
            record,
            "owner_phone",
            severity=Severity.INFO,
            值=phone,
            区号=ctx.plan.area_code or "0791",
        )


CHECKS: tuple[Check, ...] = (
    *general.checks(
        missing={
            **dict.fromkeys(("category", "description", "org_code", "due_date"), "ISS-001"),
            **dict.fromkeys(("result", "result_text", "closed_on"), "ISS-004"),
            **dict.fromkeys(("satisfaction", "written_off_on", "written_off_by", "basis"), "ISS-005"),
            "extend_reason": None,
        }
    ),
    due_after_registered,
    move_allowed,
    closed_plausible,
    written_off_rightly,
    deadline,
    looked_back,
    extended,
    not_repeated,
    owner_reachable,
)
