"""政策清单 in 设置: the policy papers a visit may record."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from db.errors import KnownError
from desktop.actions import preferences
from desktop.context import AppContext
from desktop.pages.settings_parts import Lines, line
from desktop.tables.model import Column, Row
from desktop.widgets.button import Button

Say = Callable[[str, str, str], None]
_POLICY_COLUMNS = (Column("name", "政策", width=300, stretch=True, sort=False),)


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
