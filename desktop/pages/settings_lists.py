"""Two lists of 设置: the office's own working days, and the policy papers a visit may record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QComboBox, QWidget

from db.deadlines import WEEKDAYS
from db.errors import KnownError
from db.text import parse_date
from desktop.actions import preferences
from desktop.actions.preferences import SpecialDay
from desktop.context import AppContext
from desktop.forms.shorthand import full_date
from desktop.pages.settings_parts import Lines, line
from desktop.tables.cells import Mark
from desktop.tables.model import Column, Row
from desktop.widgets.button import Button

Say = Callable[[str, str, str], None]
_DAY_COLUMNS = (
    Column("day", "日期", width=170, kind="strong", sort=False),
    Column("kind", "上班还是放假", width=130, kind="chip", sort=False),
    Column("name", "名称", width=240, stretch=True, sort=False),
)
_POLICY_COLUMNS = (Column("name", "政策", width=300, stretch=True, sort=False),)


class CalendarCard(Lines):
    """Days that differ from the built-in calendar; deadlines follow at once."""

    def __init__(self, context: AppContext, say: Say, parent: QWidget | None = None) -> None:
        super().__init__(
            "工作日历",
            "只写与国家放假安排不同的日子；截止日和办理时限随之变",
            _DAY_COLUMNS,
            "没有特别的日子，按国家放假安排计算工作日。",
            parent,
        )
        self.context, self._say = context, say
        self.removed.connect(self._remove)
        self.day = line("日期", "如 5-11 或 2024-05-11", self._add)
        self.kind = QComboBox()
        self.kind.setAccessibleName("上班还是放假")
        self.kind.addItem("上班", True)
        self.kind.addItem("放假", False)
        self.name = line("名称", "如 劳动节调休", self._add)
        self.add_button = Button("添加", self._add, self)
        self.remove_button = Button("删除选中", lambda: self._remove(self.table.current_id()), self)
        self.add_editors(
            [(self.day, 2), (self.kind, 1), (self.name, 3), (self.add_button, 0), (self.remove_button, 0)]
        )

    def first_focus(self) -> QWidget:
        return self.day

    def refresh(self) -> None:
        self._days = preferences.calendar(self.context.store)
        self.show_rows([_day_row(each) for each in self._days])

    def _add(self) -> None:
        found = parse_date(full_date(self.day.text(), self.context.period, self.context.today()))
        if not isinstance(found.value, date):
            self.say(found.reason or "请写明日期，如 5-11。")
            self.day.setFocus()
            return
        self._save(
            [*self._days, SpecialDay(found.value, bool(self.kind.currentData()), self.name.text().strip())]
        )
        self.day.clear()
        self.name.clear()
        self.day.setFocus()

    def _remove(self, key: str) -> None:
        if key:
            self._save([each for each in self._days if each.day.isoformat() != key])

    def _save(self, days: list[SpecialDay]) -> None:
        preferences.save_calendar(self.context.store, days)
        self.refresh()
        self.context.changed()


class PolicyCard(Lines):
    """政策清单."""

    def __init__(self, context: AppContext, say: Say, parent: QWidget | None = None) -> None:
        super().__init__("政策清单", "走访时“政策宣讲”里可选的资料", _POLICY_COLUMNS, "", parent)
        self.context, self._say = context, say
        self.removed.connect(self._remove)
        self.name = line("政策名称", "添加一项，如“数字化改造补贴”", self._add)
        self.add_button = Button("添加", self._add, self)
        self.remove_button = Button("删除选中", lambda: self._remove(self.table.current_id()), self)
        self.add_editors([(self.name, 1), (self.add_button, 0), (self.remove_button, 0)])

    def first_focus(self) -> QWidget:
        return self.name

    def refresh(self) -> None:
        self._names = preferences.policies(self.context.store)
        self.show_rows([Row(name, {"name": name}) for name in self._names])

    def _add(self) -> None:
        name = self.name.text().strip()
        if not name:
            self.say("请写明政策名称。")
        elif name in self._names:
            self.say("清单里已有这一项。")
        else:
            self._save([*self._names, name])
            self.name.clear()
        self.name.setFocus()

    def _remove(self, key: str) -> None:
        if key:
            self._save([name for name in self._names if name != key])

    def _save(self, names: list[str]) -> None:
        try:
            preferences.save_policies(self.context.store, names)
        except KnownError as error:
            self.say(str(error))
            return
        self.refresh()
        self.context.reload()


def _day_row(each: SpecialDay) -> Row:
    shown = f"{each.day.isoformat()} 周{WEEKDAYS[each.day.weekday()]}"
    mark = Mark("上班", "info") if each.workday else Mark("放假", "ok")
    return Row(each.day.isoformat(), {"day": shown, "kind": mark, "name": each.name or None})
