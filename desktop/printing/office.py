"""What every paper needs to know of the office that prints it, and how a field's value is written on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from db import values
from db.fields import Field, Kind
from db.values import Lookup
from desktop.printing.blocks import boxes, wide

_HALF = 48  # half characters in two lines of a narrow cell
MANY = 12  # more options than this are written out, not ticked
_BLANK_DAY = "　　　　年　　月　　日"


@dataclass(frozen=True)
class Office:
    """Who prints, when, with which names for codes."""

    unit: str
    person: str
    today: date
    lookup: Lookup
    practice: bool = False

    @property
    def foot(self) -> str:
        """At the left of every foot."""
        return f"{self.unit}　千企台账{'　练习数据，不作依据' if self.practice else ''}"

    @property
    def printed(self) -> str:
        """At the right of every foot."""
        return f"打印：{self.today.isoformat()} {self.person}".rstrip()

    def title(self, text: str) -> str:
        """A title, marked where the data is for practice."""
        return f"{text}（练习）" if self.practice else text


def written(field: Field, record: Mapping[str, Any], lookup: Lookup) -> str:
    """The value of a field as it reads on paper; “” for none. What was typed and not understood stands as typed."""
    unread = record.get("unparsed") or {}
    if field.name in unread:
        return str(unread[field.name])
    if field.name in (record.get("not_applicable") or ()):
        return "不适用"
    value = record.get(field.name)
    if value in (None, "", []):
        return ""
    text = values.display(field, value, lookup)
    return f"{text} {field.unit}" if field.unit else text


def ticked(field: Field, record: Mapping[str, Any] | None, lookup: Lookup) -> str | None:
    """The choices of a field as boxes, the chosen ones ticked; None where they are no short list."""
    value = (record or {}).get(field.name)
    if field.kind is Kind.BOOL:
        picked = [] if value is None else ["是" if value else "否"]
        return boxes(("是", "否"), picked)
    if field.kind not in (Kind.CHOICE, Kind.CHOICES):
        return None
    options = list(field.choices)
    if field.source:
        options = [name for _, name in lookup.options(field.source)]
    if not 0 < len(options) <= MANY:
        return None
    chosen = value if isinstance(value, list) else [] if value in (None, "") else [value]
    return boxes(options, [lookup.name(field.source, each) if field.source else str(each) for each in chosen])


def filled(field: Field, record: Mapping[str, Any], lookup: Lookup) -> str:
    """A field on a filled form: boxes where a hand would tick, else the value."""
    text = written(field, record, lookup)
    if field.name in (record.get("unparsed") or {}) or text == "不适用":
        return text
    return ticked(field, record, lookup) or text


def blank(field: Field, lookup: Lookup) -> str:
    """A field on a form to be filled by hand: boxes, a dotted date, the unit at the end of the room."""
    found = ticked(field, None, lookup)
    if found is not None:
        return found
    if field.kind is Kind.DATE:
        return _BLANK_DAY
    if field.kind is Kind.PERIOD:
        return "　　　　年　　月"
    return f"　　　　　　　{field.unit}" if field.unit else ""


def is_wide(field: Field, text: str) -> bool:
    """Whether a field takes the whole width of a form."""
    return field.wide or field.kind in (Kind.LONG, Kind.LOG, Kind.FILES, Kind.CHECKLIST) or wide(text) > _HALF
