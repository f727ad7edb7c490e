"""What the list of rules shows, in plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.checks import RULES
from db.checks.grades import OFF, WORDS
from db.text import fold
from desktop.actions.rules import RuleLine
from desktop.tables.cells import Mark
from desktop.tables.model import Column, Row

STATE = {"error": "alarm", "warning": "watch", "info": "neutral", OFF: "info"}
SCOPES = tuple(dict.fromkeys(rule.scope for rule in RULES.values()))
LEVELS = (("error", "错误"), ("warning", "警告"), ("info", "提示"), (OFF, WORDS[OFF]))
FIRED = (
    ("month", "本月出现过"),
    ("year", "本年出现过"),
    ("never", "本年没有出现"),
    ("changed", "本单位改过"),
)
# The last ones are put away where the panel leaves no room: the number says the scope, too.
COLUMNS = (
    Column("id", "编号", width=92, kind="strong"),
    Column("level", "级别", width=104, kind="chip"),
    Column("rule", "规则", width=200, stretch=True, sort=False),
    Column("month", "本月", width=64, kind="figure"),
    Column("year", "本年", width=64, kind="figure"),
    Column("scope", "范围", width=92, kind="muted"),
    Column("told", "涉及", width=150, kind="muted", sort=False),
)


def row(line: RuleLine) -> Row:
    """A rule as a row."""
    word = WORDS[line.level]
    cells: dict[str, Any] = {
        "id": line.rule.id,
        "scope": line.rule.scope,
        "level": Mark(f"{word} · 改" if line.changed else word, STATE[line.level]),
        "rule": line.rule.rule,
        "month": line.fired.month or None,
        "year": line.fired.year or None,
        "told": line.told or None,
    }
    return Row(line.rule.id, cells)


def kept(lines: Sequence[RuleLine], chosen: dict[str, Any]) -> list[RuleLine]:
    """The rules that answer to the filters: scope, level, fired, and words of the rule or its number."""
    words = fold(str(chosen.get("text") or "")).upper()
    return [each for each in lines if _keeps(each, chosen, words)]


def _keeps(line: RuleLine, chosen: dict[str, Any], words: str) -> bool:
    rule, when = line.rule, chosen.get("fired")
    if chosen.get("scope") and rule.scope != chosen["scope"]:
        return False
    if chosen.get("level") and line.level != chosen["level"]:
        return False
    if (when == "month" and not line.fired.month) or (when == "year" and not line.fired.year):
        return False
    if (when == "never" and line.fired.year) or (when == "changed" and not line.changed):
        return False
    return not words or words in fold(f"{rule.id}{rule.rule}{rule.message}{rule.why}").upper()
