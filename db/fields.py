"""One declaration per field: what a column is called, what it accepts, how it is edited.

Forms, lists, sheets, import headers, the data dictionary and the "required" check all read this.
How a value is parsed or shown is in values.py; the columns themselves are declared in models/.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Integer, Text
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column

from db.types import Json, Key, Scaled

NAME_LIMIT, NOTE_LIMIT, LONG_LIMIT = 100, 500, 2000  # GEN-007


class Kind(StrEnum):
    TEXT = "文本"
    LONG = "长文本"
    INTEGER = "整数"
    NUMBER = "小数"
    DATE = "日期"
    PERIOD = "期间"
    BOOL = "是否"
    CHOICE = "枚举"
    CHOICES = "多选"
    REF = "引用"
    REFS = "多选引用"
    LOG = "流水"
    CHECKLIST = "清单勾选"
    FILES = "附件"


@dataclass(frozen=True, slots=True)
class When:
    """A condition on another field of the same record, for “条件必填”.

    Empty `values` means “is filled” (0 times is none); `absent` means “is not filled”; `also` must hold as well.
    """

    field: str
    values: tuple[Any, ...] = ()
    absent: bool = False
    also: When | None = None

    def holds(self, record: Mapping[str, Any]) -> bool:
        return self._holds(record) and (self.also is None or self.also.holds(record))

    def _holds(self, record: Mapping[str, Any]) -> bool:
        value = record.get(self.field)
        if self.absent:
            return value in (None, "", [])
        if not self.values:
            return value not in (None, "", [], 0)
        if isinstance(value, (list, tuple)):
            return any(item in self.values for item in value)
        return value in self.values


def when(field: str, *values: Any) -> When:
    return When(field, values)


def unless(field: str) -> When:
    return When(field, absent=True)


def both(one: When, other: When) -> When:
    """Two conditions that must hold together."""
    return replace(one, also=other)


@dataclass(frozen=True, slots=True)
class Field:
    """Everything about a field that people see. `name` is the column's key, filled in by `fields_of`."""

    label: str
    kind: Kind
    help: str = ""
    name: str = ""
    required: bool = False
    required_when: When | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    source: str = ""  # where choices come from when they are not fixed: unit, street, park, industry, …
    aliases: tuple[str, ...] = ()  # other headers that mean this field
    value_aliases: Mapping[str, str] | None = None  # other spellings of a choice (GEN-005)
    limit: int | None = None  # longest text, in characters (GEN-007)
    places: int = 0
    count: bool = False  # 家、个、次、名: a non-negative whole number (GEN-003)
    negative: bool = False  # a number that may be below zero
    computed: bool = False  # 算: worked out by the program, never typed
    default: Any = None
    group: str = ""  # heading of the form section
    editor: str = ""  # hint where the kind alone does not decide: "phone", "code", "segmented"
    carry: bool = False  # carried over from the last record (Ctrl+D)
    in_list: bool = False  # a column of the list page by default
    short: str = ""  # the header of that column, where the label is long for it
    in_sheet: bool = True  # a column of the return's sheet
    wide: bool = False  # takes the full width of the form
    order: int = 0

    @property
    def header(self) -> str:
        """The header of a sheet or list: the unit stands beside the label."""
        return f"{self.label}（{self.unit}）" if self.unit else self.label

    def is_required(self, record: Mapping[str, Any]) -> bool:
        """Whether this record must fill the field (必填, or 条 with its condition met)."""
        return self.required or (self.required_when is not None and self.required_when.holds(record))


_order = itertools.count()


def _column(type_: Any, field: Field, *args: Any, **column: Any) -> MappedColumn[Any]:
    return mapped_column(
        type_, *args, info={"field": replace(field, order=next(_order))}, nullable=True, **column
    )


def text(label: str, help: str = "", *, limit: int = NAME_LIMIT, **more: Any) -> MappedColumn[Any]:
    return _column(Text, Field(label, Kind.TEXT, help, limit=limit, **more))


def long_text(label: str, help: str = "", *, limit: int = LONG_LIMIT, **more: Any) -> MappedColumn[Any]:
    return _column(Text, Field(label, Kind.LONG, help, limit=limit, wide=True, **more))


def integer(label: str, help: str = "", *, count: bool = True, **more: Any) -> MappedColumn[Any]:
    return _column(Integer, Field(label, Kind.INTEGER, help, count=count, **more))


def number(label: str, help: str = "", *, places: int = 2, **more: Any) -> MappedColumn[Any]:
    return _column(Scaled(places), Field(label, Kind.NUMBER, help, places=places, **more))


def money(label: str, help: str = "", **more: Any) -> MappedColumn[Any]:
    """An amount in 万元 with two decimals, as forms.md agrees for income, tax and investment."""
    return number(label, help, places=2, unit="万元", **more)


def day(label: str, help: str = "", **more: Any) -> MappedColumn[Any]:
    return _column(Date, Field(label, Kind.DATE, help, **more))


def period(label: str, help: str = "", **more: Any) -> MappedColumn[Any]:
    return _column(Text, Field(label, Kind.PERIOD, help, **more))


def yes_no(label: str, help: str = "", **more: Any) -> MappedColumn[Any]:
    return _column(Boolean, Field(label, Kind.BOOL, help, **more))


def choice(label: str, choices: Sequence[str] = (), help: str = "", **more: Any) -> MappedColumn[Any]:
    return _column(Text, Field(label, Kind.CHOICE, help, choices=tuple(choices), **more))


def choices(label: str, choices: Sequence[str] = (), help: str = "", **more: Any) -> MappedColumn[Any]:
    return _column(Json, Field(label, Kind.CHOICES, help, choices=tuple(choices), **more))


# What a reference may point to: records of a register by key, everything else by its code.
RECORD_TARGETS: Mapping[str, str] = {
    "enterprise": "enterprise.id",
    "visit": "visit.id",
    "issue": "issue.id",
    "release": "release_batch.id",
    "opportunity": "opportunity.id",
    "product": "product.id",
}
_CODE_TARGETS: Mapping[str, str] = {
    "unit": "org_unit.code",
    "street": "org_unit.code",
    "park": "park.code",
    "action": "action_item.id",
    "programme": "programme.id",
}


def ref(label: str, source: str, help: str = "", **more: Any) -> MappedColumn[Any]:
    """A reference. Records of a register by key; units, streets, parks and the plan's parts by their code."""
    target = RECORD_TARGETS.get(source) or _CODE_TARGETS.get(source)
    type_: Any = Key if source in RECORD_TARGETS else Integer if source == "indicator" else Text
    field = Field(label, Kind.REF, help, source=source, **more)
    return _column(type_, field, *([ForeignKey(target)] if target else []))


def refs(label: str, source: str, help: str = "", **more: Any) -> MappedColumn[Any]:
    return _column(Json, Field(label, Kind.REFS, help, source=source, **more))


def log(label: str, help: str = "", **more: Any) -> MappedColumn[Any]:
    """Entries that are only ever added to: [{"at": "YYYY-MM-DD", "by": name, "text": …}]."""
    return _column(Json, Field(label, Kind.LOG, help, wide=True, **more))


def checklist(label: str, help: str = "", **more: Any) -> MappedColumn[Any]:
    """The names of the items that are ticked; which items exist follows from the record."""
    return _column(Json, Field(label, Kind.CHECKLIST, help, wide=True, **more))


def files(label: str, help: str = "", **more: Any) -> MappedColumn[Any]:
    """Attachments by name and digest: [{"name", "sha256", "size"}]."""
    return _column(Json, Field(label, Kind.FILES, help, wide=True, **more))


@cache
def fields_of(model: type[DeclarativeBase]) -> tuple[Field, ...]:
    """The declared fields of a register's model, in order of declaration, with their names."""
    found = [
        replace(column.info["field"], name=column.key)
        for column in model.__mapper__.columns
        if "field" in column.info
    ]
    return tuple(sorted(found, key=lambda field: field.order))


@cache
def field_map(model: type[DeclarativeBase]) -> dict[str, Field]:
    return {field.name: field for field in fields_of(model)}
