"""What 核对 says of the 专项 of a month: nothing answered, required columns empty, texts nobody understood."""

from __future__ import annotations

from sqlalchemy.orm import Session

from db.findings import Finding, Severity
from db.special import answers, rows

_UNREAD = {"小数": "GEN-002", "日期": "GEN-004", "引用": "GEN-005", "枚举": "GEN-005", "是否": "GEN-005"}


def check(session: Session, unit: str, period: str) -> list[Finding]:
    """The findings about the tables that the unit's return of the month carries.

    Errors block 上报 as every error does; where the district said the table may be left open they are warnings.
    """
    found: list[Finding] = []
    for definition in answers.tables_of_month(session, unit, period):
        severity = Severity.WARNING if definition.optional else Severity.ERROR
        there = rows.rows_of(session, definition, unit)
        if not there and not answers.is_zero(session, definition.key, unit):
            found.append(
                Finding(
                    "GEN-001",
                    severity,
                    f"专项“{definition.title}”还没有填；没有内容的请选“零报”。",
                    definition.name,
                )
            )
        fields = definition.register.fields
        for place, row in enumerate(there, 1):
            unread = row["unparsed"] or {}
            for field in fields:
                if field.name in unread:
                    found.append(
                        Finding(
                            _UNREAD.get(field.kind.value, "GEN-005"), Severity.ERROR,
                            f"专项“{definition.title}”第 {place} 行“{field.label}”填的“{unread[field.name]}”看不懂，请改正。",
                            definition.name, row["id"], field.name,
                        )
                    )  # fmt: skip
                elif field.required and row[field.name] in (None, "", []):
                    found.append(
                        Finding(
                            "GEN-001", severity, f"专项“{definition.title}”第 {place} 行没有填“{field.label}”。",
                            definition.name, row["id"], field.name,
                        )
                    )  # fmt: skip
    return found
