"""One thing that a 下发 would change, in words. Which things there are is found in the other files of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What a row is about; the names of the staged rows.
PLAN, READING, UNIT, DAY, CYCLE, EXCEPTION, FIRM = (
    "plan", "reading", "unit", "day", "cycle", "exception", "enterprise",
)  # fmt: skip
TABLE, PREPARED = "special_table", "special_row"
PARTS: Mapping[str, str] = {
    PLAN: "计划", READING: "指标口径", UNIT: "机构", DAY: "日历", CYCLE: "报送日历", EXCEPTION: "延期免报",
    FIRM: "企业", TABLE: "专项", PREPARED: "专项预填",
}  # fmt: skip
KINDS: Mapping[str, str] = {
    "street": "街道", "bureau": "区直部门", "carrier": "运营商", "institution": "事业单位", "taskforce": "专班",
    "group": "集合", "company": "企业",
}  # fmt: skip
LINKED = (PLAN,)  # taken as a whole or not at all


@dataclass(slots=True)
class Change:
    """`key` tells it from the others of its part; `cells` are {"field","label","old","new"}; `data` is what to write."""

    part: str
    key: str
    action: str  # new, same, update, gone or conflict
    label: str
    cells: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""
    data: Any = None
    fills: Any = None  # of a conflict: what is written all the same
    seq: int = 0


def cell(name: str, label: str, old: Any, new: Any) -> dict[str, Any]:
    return {"field": name, "label": label, "old": _words(old), "new": _words(new)}


def cells(labels: Mapping[str, str], old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The labelled values that differ."""
    return [
        cell(name, label, old.get(name), new.get(name))
        for name, label in labels.items()
        if (old.get(name) or None) != (new.get(name) or None)
    ]


def _words(value: Any) -> str:
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (list, tuple)):
        return "、".join(str(each) for each in value)
    return str(value)
