"""What a person calls a row, and what of it would change, in words. Finding the changes out is for diff.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from db.fields import Field, Kind
from db.lookup import Directory
from db.records import Values
from db.registers import Register
from db.values import display
from returns.workbook import Place


class Words:
    """`names` are the firms of the return (it grows while they are matched), `units` and `parks` those it brings."""

    def __init__(
        self, directory: Directory, names: Mapping[UUID, str], units: Sequence[Place], parks: Sequence[Place]
    ) -> None:
        self._directory, self._names, self._units, self._parks = directory, names, units, parks

    def changes(self, register: Register, stored: Values, record: Values) -> list[dict[str, Any]]:
        """Cell by cell what people entered and now differs, in words."""
        changes: list[dict[str, Any]] = []
        unread_old, unread_new = stored.get("unparsed") or {}, record.get("unparsed") or {}
        for each in register.fields:
            old, new = stored.get(each.name), record.get(each.name)
            if each.computed:
                continue
            before = unread_old.get(each.name) if old in (None, "", []) else None
            after = unread_new.get(each.name) if new in (None, "", []) else None
            if ((old in (None, "", []) and new in (None, "", [])) or old == new) and before == after:
                continue
            changes.append(
                {
                    "field": each.name,
                    "label": each.label,
                    "old": before or self._shown(each, old),
                    "new": after or self._shown(each, new),
                }
            )
        if (stored.get("not_applicable") or []) != (record.get("not_applicable") or []):
            changes.append(
                {
                    "field": "not_applicable",
                    "label": "不适用",
                    "old": self._labels(register, stored.get("not_applicable")),
                    "new": self._labels(register, record.get("not_applicable")),
                }
            )
        return changes

    def _labels(self, register: Register, names: Iterable[str] | None) -> str:
        known = {each.name: each.label for each in register.fields}
        return "、".join(known.get(name, name) for name in names or ())

    def _shown(self, each: Field, value: Any) -> str:
        if each.source == "enterprise" and value in self._names:
            return self._names[value]
        if value in (None, "", []):
            return ""
        for place in (*self._units, *self._parks):
            if each.kind is Kind.REF and place.code == value:
                return place.name
        return display(each, value, self._directory)

    def label(self, register: Register, record: Mapping[str, Any]) -> str:
        """What a person calls the row: “江西云栈网络科技 · 5-14”."""
        if register.key == "enterprise":
            return str(record.get("name") or record.get("uscc") or "未写名称")
        firm = record.get("enterprise_id")
        name = "" if firm is None else self._names.get(firm) or self._directory.enterprise_name(firm)
        title = register.field(register.title_field)
        if title.name != "enterprise_id":
            return self._shown(title, record.get(title.name)) or register.noun
        second = register.field(_SECOND[register.key])
        value = record.get(second.name)
        what = f"{value.month}-{value.day:02d}" if isinstance(value, date) else self._shown(second, value)
        return f"{name or '未写企业'} · {what}" if what else name or "未写企业"


# What tells two rows of one firm apart.
_SECOND = {
    "visit": "visit_date",
    "issue": "category",
    "cloud": "product",
    "nurture": "nurture_type",
    "liaison": "leader",
    "firm_plan": "made_on",
}
