"""Rows of a register as table rows: which columns, what a cell shows, page by page off the UI thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db import cloud_views, lists, values
from db.fields import Field, Kind
from db.lists import ListQuery
from db.lookup import TITLES
from db.models.duty import RUNNING
from db.models.issue import OPEN
from db.registers import REGISTERS
from desktop.actions.lists import EXTRA
from desktop.context import AppContext
from desktop.tables.cells import Mark
from desktop.tables.model import Column, Row

# The colour beside a state's word; a word that is not here is neutral.
STATE_OF: Mapping[str, str] = {
    "正常": "ok", "筹建": "info", "停业": "watch", "迁出": "neutral", "注销": "alarm", "吊销": "alarm",
    "向好": "ok", "下滑": "watch", "停产": "alarm",
    "已上云": "ok", "拟上云": "info",
    "待核实": "watch", "已核实": "ok", "核实不符": "alarm",
    "待交办": "watch", "已交办": "info", "办理中": "info", "已办结": "ok", "已销号": "ok", "回头看合格": "ok",
    "退回重办": "alarm", "暂不能解决": "watch",
    "入库培育": "info", "达标预警": "watch", "材料准备": "info", "街道初审": "info", "区级审核": "info",
    "上级审核": "info", "已入库": "ok", "退回": "alarm", "退库": "alarm",
    "签约": "info", "入库": "info", "开工": "info", "在建": "info", "竣工": "ok", "投产（运营）": "ok", "暂停": "watch",
    "终止": "alarm", "落地": "ok", "搁置": "watch", "已建成": "ok", "停用": "alarm",
    "正常推进": "ok", "滞后": "alarm", "未启动": "watch", "已完成": "ok", "调整取消": "neutral",
    "待上会": "watch", "已议定": "info", "暂缓": "watch", "制定中": "watch", "实施中": "info", "已终止": "neutral",
    "有效": "info", "已达成": "ok", "已失效": "neutral", "对接中": "info", "达成意向": "info", "签约合作": "ok", "未成": "neutral",
}  # fmt: skip
_BY_KIND = {Kind.DATE: 104, Kind.PERIOD: 92, Kind.BOOL: 72, Kind.LONG: 190, Kind.INTEGER: 96}
# Values that a table shows by itself, and those that are several.
_AS_THEY_ARE = (Kind.NUMBER, Kind.INTEGER, Kind.DATE, Kind.PERIOD, Kind.TEXT, Kind.LONG)
_LISTS = (Kind.CHOICES, Kind.REFS, Kind.CHECKLIST, Kind.LOG, Kind.FILES)
_AT_WORK = frozenset((*OPEN, *RUNNING, "制定中", "实施中", "已议定"))  # states in which a deadline counts
_HEADER = 170  # px that the words of a header may take
_CHIPS = ("status", "stage", "verify_status", "operation_trend", "cloud_status", "outcome")
_WIDTHS = {
    "visit_mode": 78, "visit_type": 138, "visitors": 150, "operation_trend": 84, "cloud_status": 84, "has_issue": 72,
    "issue_no": 150, "category": 118, "description": 190, "org_code": 120, "status": 120, "due_date": 108,
    "provider_org": 150, "provider_brand": 96, "product": 130, "verify_status": 92, "counted": 132,
    "nurture_type": 108, "specialty": 128, "threshold": 104, "revenue_ytd": 136, "reach_rate": 112, "stage": 116,
    "action_id": 200, "firm_name": 260, "next_step": 190, "topic": 280,
    "leader": 90, "raised_by_code": 120, "task_force_code": 120, "subject": 280, "goal": 190, "scenes": 190,
    "uscc": 178, "street_code": 112, "industry_code": 170, "is_above_scale": 84, "name": 300, "enterprise_id": 290,
}  # fmt: skip


def columns_for(register: str, hide: Sequence[str] = (), state: str = "") -> list[Column]:
    """A list's columns: the fields declared `in_list`, and whether a row is still to be completed.

    The firm comes first, its state and deadline after it: they stay in sight when the side panel takes its room.
    """
    found = []
    title = REGISTERS[register].title_field
    fields = [field for field in REGISTERS[register].fields if field.in_list and field.name not in hide]
    first = (title, state, "due_date", "reach_rate", "counted")
    fields.sort(key=lambda field: first.index(field.name) if field.name in first else len(first))
    found = [column_of(field, title) for field in fields]
    found.append(Column("incomplete", "待补", width=84, kind="chip", sort=False))
    return found


def columns_named(register: str, names: Sequence[str]) -> list[Column]:
    """The columns people chose, in their order; the first text takes the spare width where no name is shown."""
    fields = {field.name: field for field in REGISTERS[register].fields}
    title = REGISTERS[register].title_field
    if title not in names:
        title = next((name for name in names if name in fields and _kind(fields[name]) == "text"), "")
    found = [
        column_of(fields[name], title) if name in fields else Column(name, EXTRA[name], width=178)
        for name in names
    ]
    found.append(Column("incomplete", "待补", width=84, kind="chip", sort=False))
    return found


def column_of(field: Field, title: str) -> Column:
    """A field as a column; the one that names the record is bold and takes the spare width."""
    named = field.name == title
    label = field.short or field.label.split("（")[0]
    told = len(label) + (len(field.unit) + 2 if field.unit else 0)
    usual = 280 if named else _BY_KIND.get(field.kind, 120)
    return Column(
        field.name,
        label,
        width=_WIDTHS.get(field.name) or max(usual, min(_HEADER, told * 13 + 26)),
        kind="strong" if named else _kind(field),
        unit=field.unit,
        stretch=named,
    )


def _kind(field: Field) -> str:
    if field.kind in (Kind.NUMBER, Kind.INTEGER):
        return "figure"
    if field.kind is Kind.DATE:
        return "date"
    return "chip" if field.name in _CHIPS else "text"


class RegisterSource:
    """A `Source` over one query. Every page opens its own session, so any thread may ask."""

    def __init__(self, context: AppContext, query: ListQuery, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.query = query
        self._context = context
        self._fields = {field.name: field for field in REGISTERS[query.register].fields}
        # Fields that refer to records of other registers, by what those are called.
        self._named = {
            column.key: TITLES[source]
            for column in columns
            if column.key in self._fields and (source := self._fields[column.key].source) in TITLES
        }
        self._names: dict[UUID | None, str] = {None: ""}
        self._makers = [(column.key, self._maker(column.key)) for column in columns]

    def page(self, after: Any, limit: int) -> tuple[Sequence[Row], Any]:
        """The next rows, as the list module pages them."""
        with self._context.store.read() as session:
            found = lists.page(session, self.query, after, limit)
            for name, title in self._named.items():
                self._read_names(session, title, {record[name] for record in found.rows})
        return [self.row(record) for record in found.rows], found.next

    def _read_names(self, session: Session, title: Any, keys: set[UUID | None]) -> None:
        """What the records are called that a page refers to: asked for all of them at once."""
        unknown = [key for key in keys - self._names.keys() if key is not None]
        if unknown:
            # By hand: spelling out a hundred keys takes SQLAlchemy ten times as long as finding them.
            rows = session.connection().exec_driver_sql(
                f"SELECT id, {title.key} FROM {title.class_.__tablename__} "
                f"WHERE id IN ({', '.join('?' * len(unknown))})",
                tuple(key.bytes for key in unknown),
            )
            self._names.update((UUID(bytes=bytes(key)), str(name or "")) for key, name in rows)

    def count(self) -> int | None:
        """How many rows; None for more than it is worth counting."""
        with self._context.store.read() as session:
            number = lists.count(session, self.query, cap=10_000)
        return None if number >= 10_000 else number

    def sort(self, key: str, descending: bool) -> None:
        """Order by a column from now on."""
        query = self.query
        self.query = replace(query, sort=(key, descending))

    def row(self, record: Mapping[str, Any]) -> Row:
        """A record as a row of the table."""
        cells = {name: make(record) for name, make in self._makers}
        unread = record.get("unparsed")
        if unread:
            cells.update((name, Mark(text, "alarm")) for name, text in unread.items() if name in cells)
        return Row(record["id"].hex, cells)

    def _maker(self, name: str) -> Callable[[Mapping[str, Any]], Any]:
        """What makes the cells of one column; a page has a hundred rows, so each is made with little ado."""
        if name == "incomplete":
            return _remembered(name, lambda value: Mark("待补全", "watch") if value else None)
        if name in EXTRA:
            if name == "enterprise_uscc":
                return itemgetter(name)
            return _remembered(name, lambda value: self._context.directory.name("unit", value) or None)
        field = self._fields[name]
        if name == "enterprise_id":
            return lambda record: record.get("enterprise_name") or None
        if name == "counted":
            day = self._context.today()
            return lambda record: Mark(*cloud_views.short(record, day))
        if name == "due_date":
            today = self._context.today()
            return lambda record: (
                due_mark(record["due_date"], record.get("status"), today) if record["due_date"] else None
            )
        if field.kind in _AS_THEY_ARE:
            return itemgetter(name)
        if name in self._named:
            return lambda record: self._names.get(record[name]) or None
        chip = name in _CHIPS

        def shown(value: Any) -> Any:
            if value is None:
                return None
            text = values.display(field, value, self._context.directory)
            return Mark(text, STATE_OF.get(text, "neutral")) if chip else text

        if field.kind in _LISTS:
            return lambda record: shown(record[name])
        return _remembered(name, shown)


def _remembered(name: str, make: Callable[[Any], Any]) -> Callable[[Mapping[str, Any]], Any]:
    """A maker of cells that repeat: what a value became is looked up the next time."""
    known: dict[Any, Any] = {}

    def cell(record: Mapping[str, Any]) -> Any:
        value = record[name]
        try:
            return known[value]
        except KeyError:
            found = known[value] = make(value)
            return found

    return cell


def due_mark(due: date, status: Any, today: date) -> Mark | date:
    """A deadline as a traffic light with words while work goes on, a plain date otherwise."""
    if status not in _AT_WORK:
        return due
    left = (due - today).days
    if left < 0:
        return Mark(f"超期 {-left} 天", "alarm")
    if left <= 3:
        return Mark(f"还剩 {left} 天" if left else "今天到期", "watch")
    return due


def name_of(register: str, record: Mapping[str, Any], lookup: values.Lookup) -> str:
    """What people call a record: its firm, its name, its topic."""
    kind = REGISTERS[register]
    field = kind.field(kind.title_field)
    return values.display(field, record.get(field.name), lookup) or kind.noun
