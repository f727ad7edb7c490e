"""What a check says about data: a place, a severity, a rule id and a sentence. Nothing here raises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any
from uuid import UUID


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def word(self) -> str:
        """The word a user reads: 错误 blocks, 警告 needs an explanation, 提示 informs."""
        return {"error": "错误", "warning": "警告", "info": "提示"}[self.value]


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one place. `row` and `column` are set when the place is a cell of a workbook."""

    id: str
    severity: Severity
    message: str
    register: str = ""
    record_id: UUID | None = None
    field: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def as_json(self) -> dict[str, Any]:
        """The shape the command line prints."""
        data: dict[str, Any] = {name: getattr(self, name) for name in _NAMES}
        data["severity"] = self.severity.value
        data["record_id"] = str(self.record_id) if self.record_id else None
        return data


_NAMES = tuple(each.name for each in fields(Finding))


@dataclass(frozen=True, slots=True)
class Tally:
    errors: int = 0
    warnings: int = 0
    infos: int = 0


def tally(findings: Iterable[Finding]) -> Tally:
    """How many findings of each severity."""
    counts = {severity: 0 for severity in Severity}
    for finding in findings:
        counts[finding.severity] += 1
    return Tally(counts[Severity.ERROR], counts[Severity.WARNING], counts[Severity.INFO])
