"""The problem in the row of a visit: a record of its own, checked with it and stored after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from db import checks
from db.findings import Finding, Severity
from db.records import Values, table_of
from db.registers import REGISTERS
from db.text import is_blank
from db.types import new_key
from returns.paste.verdict import RowCheck

ISSUE = REGISTERS["issue"]
_CONTRADICTS = "PST-006"
_SET_ASIDE = "IMP-007"
Say = Callable[[str, Severity, str, str], Finding]


def understand(row: RowCheck, typed: Mapping[str, Any], say: Say) -> None:
    """Whether there is a problem, and what that answers: 是否有问题诉求."""
    if is_blank(typed.get("description")):
        told = "、".join(f"“{ISSUE.field(name).label}”" for name in typed if name != "description")
        if told:
            row.findings.append(
                say(_SET_ASIDE, Severity.INFO, f"这一行没有写问题描述，{told}没有登记。", "issue.description")
            )
        row.values.setdefault("has_issue", False)
        return
    if row.values.get("has_issue") is False:
        row.findings.append(
            say(_CONTRADICTS, Severity.ERROR, "“是否有问题诉求”为否，却写了问题，请改其中一处。", "has_issue")
        )
    row.values["has_issue"] = True
    defaults = {each.name: each.default for each in ISSUE.fields if each.default is not None}
    row.beside = {**defaults, **typed, "source": "走访", "id": new_key()}


def record(row: RowCheck, visit: Mapping[str, Any]) -> Values | None:
    """The problem as it would be stored beside its visit; None where there is none."""
    if not row.beside:
        return None
    row.beside |= {
        "visit_id": row.id,
        "enterprise_id": visit.get("enterprise_id"),
        "registered_on": visit.get("visit_date"),
    }
    blank: Values = {column.name: None for column in table_of(ISSUE).columns}
    return {**blank, "unit_code": visit["unit_code"], **row.beside}


def findings(ctx: checks.Context, problem: Values) -> list[Finding]:
    """What the rules say of the problem, at its columns; what it lacks waits as 待补全."""
    found: list[Finding] = []
    for each in checks.check_record(ctx, ISSUE, problem):
        if each.field in ("enterprise_id", "visit_id", "registered_on", "due_date"):
            continue  # said of the visit already, or filled in when it is stored
        lacks = each.severity is Severity.ERROR and problem.get(each.field) in (None, "", [])
        severity = Severity.WARNING if lacks else each.severity
        message = f"问题：{each.message}" if lacks else each.message
        found.append(replace(each, severity=severity, message=message, field=f"issue.{each.field}"))
    return found


def values_of(row: RowCheck) -> Values:
    """The problem's values to be stored."""
    return {name: value for name, value in row.beside.items() if name != "id"}
