"""How weighty a rule is at this office: a 提示 may be a 警告 here, a 警告 a 提示, or either be off, for a reason.

An 错误 stays one everywhere: it can be neither milded nor switched off, and no grade makes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import parameters, settings
from db.checks.rules import RULES, Rule
from db.errors import Refused, UsageError
from db.findings import Finding, Severity
from db.store import Actor
from db.types import now

SETTING = "rule_grades"
OFF = "off"
GRADES = (Severity.WARNING.value, Severity.INFO.value, OFF)
WORDS = {**{each.value: each.word for each in Severity}, OFF: "停用"}
SHORTEST_REASON = 6


@dataclass(frozen=True, slots=True)
class Grade:
    """What the office made of a rule. `level`: “warning”, “info” or “off”."""

    level: str
    reason: str
    by: str
    at: str  # a moment, ISO

    @property
    def word(self) -> str:
        return WORDS[self.level]


Grades = Mapping[str, Grade]


def why_fixed(rule: Rule) -> str:
    """Why an office may not change this rule's grade, as a sentence; "" where it may."""
    if rule.severity is Severity.ERROR:
        return "错误级的规则不能停用或降级：有错误的数据上报后无法汇总。"
    return rule.fixed


def read_grades(stored: Mapping[str, Any] | None) -> Grades:
    """The grades as stored; what may not be changed is left out, whoever wrote it there."""
    found = {}
    for rule, entry in (stored or {}).items():
        if rule not in RULES or why_fixed(RULES[rule]) or not isinstance(entry, Mapping):
            continue
        if entry.get("level") in GRADES:
            found[rule] = Grade(
                entry["level"], entry.get("reason", ""), entry.get("by", ""), entry.get("at", "")
            )
    return found


def grades(session: Session) -> Grades:
    """The rules this office graded otherwise."""
    return read_grades(settings.get(session, SETTING))


def regrade(set_here: Grades, findings: Iterable[Finding]) -> list[Finding]:
    """The findings as this office weighs them. Errors pass whatever their rule's grade says."""
    found = []
    for each in findings:
        grade = set_here.get(each.id)
        if grade is None or each.severity is Severity.ERROR or RULES[each.id].severity is Severity.ERROR:
            found.append(each)
        elif grade.level != OFF:
            found.append(replace(each, severity=Severity(grade.level)))
    return found


def set_grade(session: Session, rule_id: str, level: str | None, reason: str, actor: Actor) -> None:
    """Grade a rule (None: as shipped) and note who did it and why.

    Refused: “fixed_rule” for an 错误 or a rule that has to stay; “no_reason” without one.
    UsageError (“no_such_rule”, “no_such_grade”).
    """
    if rule_id not in RULES:
        raise UsageError(f"没有编号为“{rule_id}”的规则。", "请从规则列表中选。", "no_such_rule")
    rule = RULES[rule_id]
    if level is not None and level not in GRADES:
        raise UsageError("没有这种级别。", "可以选警告、提示或停用。", "no_such_grade")
    fixed = why_fixed(rule)
    if fixed:
        raise Refused(f"规则 {rule_id} 的级别不能改。", fixed, "fixed_rule")
    if level == rule.severity.value:
        level = None
    stored = dict(settings.get(session, SETTING) or {})
    before = stored.get(rule_id, {}).get("level", rule.severity.value)
    if level is None:
        if stored.pop(rule_id, None) is None:
            return
    else:
        if len(reason.strip()) < SHORTEST_REASON:
            raise Refused(
                f"请写明为什么改，至少 {SHORTEST_REASON} 个字。", "理由会记在修改记录里。", "no_reason"
            )
        moment: datetime = now()
        stored[rule_id] = {
            "level": level, "reason": reason.strip(), "by": actor.person, "at": moment.isoformat(),
        }  # fmt: skip
    settings.put(session, SETTING, stored)
    after = level or rule.severity.value
    parameters.note(session, rule_id, WORDS[before], WORDS[after], actor, reason.strip())


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A rule that is weighed or measured otherwise here than shipped, as the office above is told of it."""

    rule: str
    told: str
    reason: str = ""


def adjusted(session: Session) -> list[Adjusted]:
    """What this office changed of the rules: grades with their reasons, and limits; in the order of the rules."""
    found = [
        Adjusted(
            rule,
            f"本单位把这条规则由“{RULES[rule].severity.word}”改为“{grade.word}”。",
            f"{grade.reason}（{grade.by}）",
        )
        for rule, grade in grades(session).items()
    ]
    now_set = parameters.read(session)
    for each in parameters.PARAMETERS:
        value = getattr(now_set, each.name)
        if each.rules and value != each.default:
            was, now_is = parameters.shown(each, each.default), parameters.shown(each, value)
            told = f"本单位把“{each.label}”由“{was}”改为“{now_is}”{each.unit and f'（{each.unit}）'}。"
            found += [Adjusted(rule, told) for rule in each.rules[:1]]
    order = list(RULES)
    return sorted(found, key=lambda each: order.index(each.rule))
