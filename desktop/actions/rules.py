"""What an office reads and sets of the rules: how often each spoke, its grade, its limits, what was explained. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import cloud_counting, explanations, firing, parameters, records, settings, thresholds
from db.checks import PARAMETERS, RULES, Rule, grades, set_grade, why_fixed
from db.checks.grades import Grade
from db.errors import UsageError
from db.firing import Fired
from db.lookup import Directory
from db.models import AuditEntry
from db.parameters import Parameter
from db.registers import REGISTERS
from db.store import Store
from desktop.actions.records import summary_of

# What is worked out when something is saved and goes by a parameter is worked out anew for all when it changes.
_COUNTS_CLOUD = frozenset({"telecom_words", "cloud_drop_expired"})
# The rules that go by the lines of 升规入统.
BY_LINE = ("ENT-016", "UPS-002", "UPS-003", "UPS-004")


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in the list. `level`: “error”, “warning”, “info” or “off”, as it is here."""

    rule: Rule
    level: str
    fired: Fired
    changed: bool  # its grade or one of its limits is not as shipped
    told: str  # the registers it spoke about this year: “走访 3、问题 1”


@dataclass(frozen=True, slots=True)
class Limit:
    """A parameter and what it is here."""

    parameter: Parameter
    value: Any

    @property
    def changed(self) -> bool:
        return bool(self.value != self.parameter.default)


@dataclass(frozen=True, slots=True)
class Told:
    """An accepted explanation: of which record and field, what the rule said, why it is right, who, when."""

    id: UUID
    register: str
    record_id: UUID | None
    where: str
    message: str
    text: str
    by: str
    at: datetime
    period: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One line of the history of what the office set."""

    at: datetime
    by: str
    what: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class RuleDetail:
    """All a person may want to know of one rule."""

    line: RuleLine
    grade: Grade | None
    fixed: str  # why its grade may not be changed, "" where it may
    limits: tuple[Limit, ...]
    lines: tuple[thresholds.Line, ...]  # of 升规入统, for the rules that go by them
    told: tuple[Told, ...]
    history: tuple[Changed, ...]


def rules(store: Store, period: str) -> list[RuleLine]:
    """Every rule with how it is graded here and how often it spoke in the month and its year.

    A district sees what all its units' months said, an office only its own.
    """
    with store.read() as session:
        return _lines(session, period, _whose(store))


def _whose(store: Store) -> str | None:
    actor = store.actor
    return None if actor.role == "supervisor" else actor.unit_code


def _lines(session: Session, period: str, unit: str | None) -> list[RuleLine]:
    counted, graded = firing.fired(session, period, unit), grades(session)
    set_here = {each.parameter.name for each in _limits(session) if each.changed}
    named = {rule for each in PARAMETERS if each.name in set_here for rule in each.rules}
    if thresholds.changed(session):
        named.update(BY_LINE)
    found = []
    for rule in RULES.values():
        grade, fired = graded.get(rule.id), counted.get(rule.id, Fired())
        level = grade.level if grade is not None else rule.severity.value
        found.append(
            RuleLine(rule, level, fired, grade is not None or rule.id in named, _registers(fired.registers))
        )
    return found


def _registers(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda each: -each[1])
    return "、".join(
        f"{REGISTERS[key].title if key in REGISTERS else '回报'} {count:,}" for key, count in ordered
    )


def rule(store: Store, rule_id: str, period: str) -> RuleDetail:
    """One rule in full. UsageError (“no_such_rule”)."""
    if rule_id not in RULES:
        raise UsageError(f"没有编号为“{rule_id}”的规则。", "请从规则列表中选。", "no_such_rule")
    with store.read() as session:
        line = next(each for each in _lines(session, period, _whose(store)) if each.rule.id == rule_id)
        limits = tuple(each for each in _limits(session) if rule_id in each.parameter.rules)
        lines = tuple(thresholds.lines(session)) if rule_id in BY_LINE else ()
        names = {rule_id, *(each.parameter.name for each in limits)}
        if lines:
            names.add(thresholds.SETTING)
        return RuleDetail(
            line,
            grades(session).get(rule_id),
            why_fixed(RULES[rule_id]),
            limits,
            lines,
            tuple(_told(session, rule_id)),
            tuple(_history(session, names)),
        )


def _told(session: Session, rule_id: str) -> list[Told]:
    directory = Directory(session)
    found = []
    for each in explanations.of_rule(session, rule_id):
        register = REGISTERS.get(each.register)
        parts = [register.title if register is not None else "封面"]
        if register is not None and each.record_id is not None:
            record = records.get(session, register, each.record_id)
            parts.append(summary_of(each.register, record, directory) if record else "记录已删除")
        if register is not None:
            parts += [field.label for field in register.fields if field.name == each.field]
        found.append(
            Told(
                each.id, each.register, each.record_id, " · ".join(part for part in parts if part),
                each.value_key.replace(" 若干天", "若干天"), each.text, each.created_by, each.created_at, each.period,
            )
        )  # fmt: skip
    return found


def _history(session: Session, names: set[str]) -> list[Changed]:
    query = select(AuditEntry).where(AuditEntry.register == "setting").order_by(AuditEntry.seq.desc())
    found = []
    for entry in session.scalars(query):
        for name, after in (entry.after or {}).items():
            if name in names:
                before = (entry.before or {}).get(name)
                found.append(
                    Changed(entry.at, entry.by, _name(name), str(before), str(after), entry.note or "")
                )
    return found


def _name(name: str) -> str:
    if name in RULES:
        return "级别"
    return next((each.label for each in PARAMETERS if each.name == name), "入库标准")


def _limits(session: Session) -> list[Limit]:
    stored = settings.parameters(session)
    found = []
    for each in PARAMETERS:
        raw = stored.get(each.name)
        found.append(Limit(each, each.default if raw is None else parameters.understood(each, raw)))
    return found


def limits(store: Store) -> dict[str, list[Limit]]:
    """Every parameter with its value here, in the groups of the page."""
    with store.read() as session:
        found = _limits(session)
    groups: dict[str, list[Limit]] = {group: [] for group in parameters.GROUPS}
    for each in found:
        groups.setdefault(each.parameter.group, []).append(each)
    return {group: each for group, each in groups.items() if each}


def save_parameter(store: Store, name: str, raw: Any) -> Limit:
    """Store what was typed for a parameter (None: back to its default) and return it as it is now.

    UsageError (“bad_parameter”) for one that will not do.
    """
    with store.write() as session:
        value = parameters.put(session, name, raw, store.actor)
        if name in _COUNTS_CLOUD:
            cloud_counting.recount(session)
    return Limit(parameters.parameter(name), value)


def save_line(store: Store, line_id: str, raw: str | None) -> Sequence[thresholds.Line]:
    """Store a line of 升规入统 in 万元 (None: as shipped); candidates are measured anew. UsageError (“bad_line”)."""
    with store.write() as session:
        thresholds.put(session, line_id, raw, store.actor)
        thresholds.measure_anew(session, store.actor)
        return thresholds.lines(session)


def save_grade(store: Store, rule_id: str, level: str | None, reason: str = "") -> None:
    """Grade a rule here (None: as shipped). Errors as in db.checks.set_grade."""
    with store.write() as session:
        set_grade(session, rule_id, level, reason, store.actor)


def withdraw(store: Store, explanation: UUID) -> None:
    """Take an explanation back: the warning is asked about again. Refused for one that is gone."""
    with store.write() as session:
        explanations.withdraw(session, explanation, store.actor)
