"""RET rules of the office that hands in. Those about a received file are raised where it is read (returns/)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from db.checks.context import Context, Values, is_empty
from db.checks.rules import finding
from db.fields import fields_of
from db.findings import Finding, Severity
from db.models import ReturnFile
from db.registers import REGISTERS

COVER = "cover"
PLACE = {"unit_code": "报送单位", "period": "报送期间"}


def check_cover(values: Values) -> list[Finding]:
    """RET-001: what the cover of a return lacks. From the second revision on, also why it is corrected."""
    fields = fields_of(ReturnFile)
    needed = PLACE | {field.name: field.label for field in fields if field.required}
    if (values.get("revision") or 1) > 1:
        needed["correction_reason"] = next(
            field.label for field in fields if field.name == "correction_reason"
        )
    return [
        finding("RET-001", register=COVER, field=name, 字段=label)
        for name, label in needed.items()
        if is_empty(values.get(name))
    ]


def check_late(unit_name: str, submitted_on: date, due_on: date) -> list[Finding]:
    """RET-005, in calendar days after the deadline."""
    days = (submitted_on - due_on).days
    if days <= 0:
        return []
    return [
        finding(
            "RET-005",
            register=COVER,
            field="submitted_on",
            单位=unit_name,
            天数=days,
            日期=due_on.isoformat(),
        )
    ]


def check_gate(findings: Iterable[Finding], unexplained: Collection[Finding]) -> list[Finding]:
    """RET-007 and RET-008: what stands between these findings and an official return (a draft is always possible).

    `unexplained` are the warnings without an explanation (`explanations.open_warnings`).
    """
    errors = sum(each.severity is Severity.ERROR for each in findings)
    found = []
    if errors:
        found.append(finding("RET-007", register=COVER, field="check_summary", 数量=errors))
    if unexplained:
        found.append(finding("RET-008", register=COVER, field="check_summary", 数量=len(unexplained)))
    return found


def news(rows: Mapping[str, Iterable[Values]], period: str) -> int:
    """How many rows of a month are new in it: the living ledgers also carry what is older."""
    return sum(
        str(row.get(REGISTERS[key].placed_by) or "")[:7] == period
        for key, each in rows.items()
        if key in REGISTERS and REGISTERS[key].scope != "referenced"
        for row in each
    )


def check_zero(ctx: Context, rows: Mapping[str, Iterable[Values]], zero_report: bool | None) -> list[Finding]:
    """RET-010: nothing new and not confirmed as 零报送, or confirmed although there is something."""
    count = news(rows, str(ctx.month))
    if not count and not zero_report:
        return [finding("RET-010", register=COVER, field="zero_report")]
    if count and zero_report:
        return [finding("RET-010", register=COVER, field="zero_report", more="not_empty", 数量=count)]
    return []


def cover_values(stored: ReturnFile) -> dict[str, Any]:
    """A stored cover as values by name."""
    return {column.key: getattr(stored, column.key) for column in ReturnFile.__mapper__.columns}
