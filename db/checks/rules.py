"""The catalogue of rules: ids, severities and sentences, read from resources/rules. What they test is elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import resources
from db.errors import BugError
from db.findings import Finding, Severity

_SEVERITIES = {severity.word: severity for severity in Severity}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `message` is its sentence with named gaps; `more` holds its other sentences by name.

    `why` and `source` say what it is good for and where it comes from; `fixed` why an office may not change its
    grade, where it is no error (those may never be changed) and still has to stay as it is.
    """

    id: str
    scope: str
    severity: Severity
    rule: str
    message: str
    more: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    source: str = ""
    fixed: str = ""

    def sentence(self, which: str, names: Mapping[str, Any]) -> str:
        """The message (or the one called `which`) with its gaps filled. BugError for a gap left open."""
        template = self.more[which] if which else self.message
        try:
            return template.format_map(
                {name: _inside(template, name, value) for name, value in names.items()}
            )
        except KeyError as missing:
            raise BugError(f"{self.id}: nothing given for {missing}") from missing


def _inside(template: str, name: str, value: Any) -> Any:
    """A name that has quotes of its own gets single ones where the sentence puts it into quotes."""
    if isinstance(value, str) and f"“{{{name}}}”" in template:
        return value.replace("“", "‘").replace("”", "’")
    return value


def _load() -> dict[str, Rule]:
    entries: list[dict[str, Any]] = resources.read_json("rules/rules.json")
    return {
        entry["id"]: Rule(
            entry["id"],
            entry["scope"],
            _SEVERITIES[entry["severity"]],
            entry["rule"],
            entry["message"],
            entry.get("more", {}),
            entry["why"],
            entry["source"],
            entry.get("fixed", ""),
        )
        for entry in entries
    }


RULES: Mapping[str, Rule] = _load()


def finding(
    rule_id: str,
    *,
    more: str = "",
    severity: Severity | None = None,
    register: str = "",
    record_id: UUID | None = None,
    field: str = "",
    sheet: str = "",
    row: int | None = None,
    column: str = "",
    **names: Any,
) -> Finding:
    """A finding of a rule, its sentence filled from `names`: finding("RET-003", 单位="南浦街道", 期间=…, 版本=2).

    `more` chooses another of the rule's sentences; `severity` departs from the rule's own (say why where you do).
    """
    rule = RULES[rule_id]
    return Finding(
        rule_id,
        severity or rule.severity,
        rule.sentence(more, names),
        register,
        record_id,
        field,
        sheet,
        row,
        column,
    )
