"""What reading a file came to: the report that the command line prints and the window shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from db.errors import Refused
from db.findings import Finding, Severity
from returns.situations import Situation

ACCEPTED, PARTIAL, REJECTED = "accepted", "partial", "rejected"


@dataclass(frozen=True, slots=True)
class FileReport:
    """The outcome of one file, as `import` and `receive` print it.

    accepted: no row has an error; partial: some row has one, whether it was stored or not (`bad`);
    rejected: nothing was touched. `rows_read` = stored + unchanged + updated + bad.
    """

    file: str
    outcome: str
    register: str | None = None
    unit: str | None = None
    period: str | None = None
    revision: int | None = None
    batch: str | None = None
    rows_read: int = 0
    stored: int = 0
    unchanged: int = 0
    updated: int = 0
    bad: int = 0
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    situations: tuple[Situation, ...] = ()  # of a return: what kind of case it is

    def as_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            name: getattr(self, name)
            for name in (
                "file", "outcome", "register", "unit", "period", "revision", "batch",
                "rows_read", "stored", "unchanged", "updated", "bad",
            )
        }  # fmt: skip
        data["warnings"] = list(self.warnings)
        data["findings"] = [cell_json(finding) for finding in self.findings]
        if self.situations:
            data["situations"] = [
                {"id": each.id, "message": each.message, "todo": each.todo} for each in self.situations
            ]
        return data

    def but(self, **changes: Any) -> FileReport:
        return replace(self, **changes)


def cell_json(finding: Finding) -> dict[str, Any]:
    """A finding about a cell of a workbook, in the shape of the command line."""
    return {
        "sheet": finding.sheet,
        "row": finding.row,
        "column": finding.column,
        "id": finding.id,
        "severity": finding.severity.value,
        "message": finding.message,
    }


def outcome_of(bad: int, findings: Iterable[Finding]) -> str:
    """accepted without any error of a row; partial where a row could not be stored, or is stored with an error."""
    wrong = bad or any(each.severity is Severity.ERROR and each.row is not None for each in findings)
    return PARTIAL if wrong else ACCEPTED


def rejected(file: str, rule: str, message: str, **known: Any) -> FileReport:
    """A file that was not taken, with the one sentence that says why."""
    finding = Finding(rule, Severity.ERROR, message)
    return FileReport(file, REJECTED, findings=(finding,), **known)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A return that was handed in. `sheets` is the number of rows by sheet."""

    out: str
    unit: str
    period: str
    revision: int
    sheets: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "out": self.out,
            "period": self.period,
            "unit": self.unit,
            "revision": self.revision,
            "sheets": dict(self.sheets),
        }


class NotReady(Refused):
    """The month can not be handed in yet; `findings` say what is in the way."""

    def __init__(self, message: str, hint: str, id: str, findings: Sequence[Finding]) -> None:
        super().__init__(message, hint, id)
        self.findings = list(findings)


def words(findings: Iterable[Finding], severity: Severity) -> tuple[str, ...]:
    """The sentences of one severity."""
    return tuple(finding.message for finding in findings if finding.severity is severity)
