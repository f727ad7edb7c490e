"""VIS rules: one visit, against the firm's other visits and the visitor's day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from db.checks import general
from db.checks.busy_days import Person, day_of
from db.checks.context import Check, Context, Values, is_empty, later, text_of
from db.checks.enterprise import firm_alive
from db.findings import Finding, Severity
from db.text import clean, fold, similarity
from db.workdays import why_not

SURVEY = "数字化改造摸底"
DETAILS = ("systems", "device_linked", "digital_need")
_BRACKETS = re.compile(r"[（(][^）)]*[）)]")
_BETWEEN = re.compile(r"[、,，;；/\s]+")


@lru_cache(maxsize=4096)  # the same few officers go out all month
def names_of(visitors: str) -> tuple[str, ...]:
    """The people in “张敏（经发办）、李伟（社区）”."""
    return tuple(fold(name) for name in _BETWEEN.split(_BRACKETS.sub("、", visitors)) if name.strip())


def not_in_future(ctx: Context, record: Values) -> Iterable[Finding]:
    """VIS-001."""
    day = record.get("visit_date")
    if day is not None and day > ctx.today:
        yield ctx.say("VIS-001", record, "visit_date", 日期=day.isoformat())


def in_period(ctx: Context, record: Values) -> Iterable[Finding]:
    """VIS-002, where a month is being filled in."""
    day = record.get("visit_date")
    if day is not None and ctx.period is not None and not ctx.period.contains(day):
        yield ctx.say("VIS-002", record, "visit_date", 日期=day.isoformat(), 期间=ctx.period.display())


def once_a_day(ctx: Context, record: Values) -> Iterable[Finding]:
    """VIS-003, said at the later of the two."""
    day, firm = record.get("visit_date"), record.get("enterprise_id")
    if day is None or firm is None:
        return
    if any(other.day == day and later(record, other.id) for other in ctx.facts.visits_of(firm)):
        yield ctx.say("VIS-003", record, "visit_date", 日期=day.isoformat())


def busy_visitor(ctx: Context, record: Values) -> Iterable[Finding]:
    """VIS-004, said once per person and day: at the last visit entered."""
    day, visitors = record.get("visit_date"), text_of(record, "visitors")
    if day is None or not visitors:
        return
    whole = day_of(ctx.facts.visits_on(record.get("unit_code") or ctx.unit_code, day), names_of)
    own, firm, limit = record.get("id"), record.get("enterprise_id"), ctx.parameters.visits_a_day
    stored = whole.by_id.get(own) if own is not None else None
    if len(whole.by_id) - (stored is not None) < limit:
        return
    for name in dict.fromkeys(names_of(visitors)):
        person = whole.people.get(name) or Person()
        if own is not None and own.bytes < person.newest:
            continue  # said at the last visit entered
        was = stored.enterprise_id if stored is not None and name in names_of(stored.visitors) else None
        # This visit counts as it is now, not as it is stored.
        left = 0 if was is None or was == firm else int(person.firms[was] == 1)
        came = int(firm is not None and firm not in person.firms)
        count = len(person.firms) - left + came
        if count > limit:
            yield ctx.say("VIS-004", record, "visitors", 走访人=name, 日期=day.isoformat(), 数量=count)


def leader_named(ctx: Context, record: Values) -> Iterable[Finding]:
    """VIS-005 for 挂点领导走访."""
    unread = "leader" in (record.get("unparsed") or {})
    if record.get("visit_type") == "挂点领导走访" and is_empty(record.get("leader")) and not unread:
        yield ctx.say("VIS-005", record, "leader", more="leader")


def issues_match(ctx: Context, record: Values) -> Iterable[Finding]:
    """VIS-006. A visit that is not saved yet cannot have an issue: nothing to say before that."""
    key, has_issue = record.get("id"), record.get("has_issue")
    if key is None or has_issue is None:
        return
    count = ctx.facts.issues_of_visit(key)
    if has_issue and not count:
        yield ctx.say("VIS-006", record, "has_issue")
    elif not has_issue and count:
        yield ctx.say("VIS-006", record, "has_issue", more="unticked", 数量=count)


def stage_given(ctx: Context, record: Values) -> Iterable[Finding]:
    """数字化改造阶段 is required (GEN-001); in a survey of digitalisation VIS-007 speaks for it, as weightily.

    A survey that names a stage and nothing else of it is VIS-007 proper, a 警告.
    """
    stage, survey = record.get("digital_stage"), record.get("visit_type") == SURVEY
    if "digital_stage" in (record.get("unparsed") or {}):
        return
    if is_empty(stage):
        rule = "VIS-007" if survey else "GEN-001"
        yield ctx.say(rule, record, "digital_stage", severity=Severity.ERROR)
    elif survey and stage != "未开展" and all(is_empty(record.get(name)) for name in DETAILS):
        yield ctx.say("VIS-007", record, "systems", more="details", 阶段=stage)


def says_enough(ctx: Context, record: Values) -> Iterable[Finding]:
    """VIS-008."""
    text = clean(record.get("operation_text") or "", lines=True).text
    if text and len(text) < ctx.parameters.short_text:
        yield ctx.say("VIS-008", record, "operation_text", 字数=len(text))


def not_copied(ctx: Context, record: Values) -> Iterable[Finding]:
    """VIS-009, against the firm's visit before this one."""
    day, firm, text = record.get("visit_date"), record.get("enterprise_id"), text_of(record, "operation_text")
    if day is None or firm is None or len(text) < ctx.parameters.short_text:
        return
    before = [
        visit for visit in ctx.facts.visits_of(firm) if visit.id != record.get("id") and visit.day <= day
    ]
    before = [visit for visit in before if visit.day < day or later(record, visit.id)]
    if before:
        last = before[-1]
        former = ctx.facts.visit_text(last.id)
        if former and similarity(text, former) > ctx.parameters.same_visit_text:
            yield ctx.say("VIS-009", record, "operation_text", 日期=last.day.isoformat())


def on_working_day(ctx: Context, record: Values) -> Iterable[Finding]:
    """VIS-010."""
    day = record.get("visit_date")
    free = why_not(day, ctx.overrides) if day is not None else None
    if day is not None and free is not None:
        yield ctx.say("VIS-010", record, "visit_date", 日期=day.isoformat(), 节假日=free)


CHECKS: tuple[Check, ...] = (
    *general.checks(missing={"visitors": "VIS-005", "leader": None, "digital_stage": None}),
    not_in_future,
    in_period,
    once_a_day,
    busy_visitor,
    leader_named,
    issues_match,
    stage_given,
    says_enough,
    not_copied,
    on_working_day,
    firm_alive("visit_date"),
)
