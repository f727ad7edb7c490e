"""本单位 in 设置: who works here, how it looks, what the program is. Saved as one goes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from db.periods import Period
from desktop.actions import preferences
from desktop.actions.setup import install_plan, save_people
from desktop.context import AppContext
from desktop.pages.errors import words_of
from desktop.pages.files import ask_open, show_in_folder
from desktop.pages.settings_parts import Choice, Say, Section, columns, field
from desktop.style import theme
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.facts import Facts
from desktop.widgets.month import MonthPicker
from desktop.widgets.month import words as month_words

_SINCE = "新计划起用月份"
_PEOPLE = (
    ("person", "经办人", "记在修改记录和回报的“填表人”里。"),
    ("phone", "联系电话", "印在封面上。"),
    ("head", "单位负责人", "印在封面的签字处。"),
    ("reviewer", "审核人", "印在封面的签字处。"),
)


class OfficeSection(Section):
    """Nothing here waits for a 保存: a line is stored when it is left, a choice at once."""

    def __init__(self, context: AppContext, say: Say, parent: QWidget | None = None) -> None:
        super().__init__(context, say, parent)
        for part in (self._people(), self._look(), self._about()):
            self.body.addWidget(part)
        self.body.addStretch(1)

    def first_focus(self) -> QWidget | None:
        return self.people["person"]

    def leave(self) -> bool:
        self._save_people()
        return True

    # Who, and how it looks.

    def _people(self) -> Card:
        card = Card("经办与封面", self.context.unit_name)
        self.people: dict[str, QLineEdit] = {}
        fields = []
        for name, words, help in _PEOPLE:
            edit = QLineEdit()
            edit.setMaxLength(30)
            edit.editingFinished.connect(self._save_people)
            edit.returnPressed.connect(lambda: self.focusNextChild())
            self.people[name] = edit
            fields.append(field(words, edit, help))
        card.add(columns(fields))
        return card

    def _look(self) -> Card:
        card = Card("外观")
        self.theme = Choice("外观", preferences.THEMES)
        self.text_size = Choice("字号", preferences.SIZES)
        self.theme.chosen.connect(lambda _value: self._save_look())
        self.text_size.chosen.connect(lambda _value: self._save_look())
        card.add(columns([field("颜色", self.theme), field("字号", self.text_size)]))
        return card

    def _about(self) -> Card:
        card = Card("关于")
        self.plan_button = Button("换计划文件…", self._ask_plan, self, role="small")
        self.practice_button = Button("打开练习台账", self.open_practice, self, role="small")
        self.folder_button = Button("打开数据文件夹", self._open_folder, self, role="small")
        for button in (self.plan_button, self.practice_button, self.folder_button):
            card.head.addWidget(button)
        card.set_title("关于", "千企台账")
        self.facts = Facts(columns=2)
        card.add(self.facts)
        self.since = MonthPicker(str(Period.of_date(self.context.store.today())), name="新计划起用月份")
        self.since.asked.connect(lambda period: self.since.set(period, False))
        since = field(_SINCE, self.since, "换计划文件时用：这个月起按新计划，此前各月仍按原计划；默认本月。")
        self.since.set(self.since.period, False)  # its name says the month
        card.add(since)
        return card

    # Reading and saving.

    def refresh(self) -> None:
        store = self.context.store
        for name, edit in self.people.items():
            if not edit.isModified():  # what is being typed stays; focus alone is no typing
                edit.setText(str(store.setting(name) or ""))
        self.theme.set(store.setting("theme", "light"))
        self.text_size.set(int(store.setting("text_size", 14) or 14))
        told = preferences.about(store)
        self.facts.set(
            [
                ("版本", told.version),
                ("计划", f"{told.plan}（{told.region}，{told.years}）"),
                ("单位", f"{self.context.unit_name}（{self.context.unit_code}）"),
                ("数据文件夹", str(told.folder)),
            ]
        )
        self.practice_button.setVisible(not self.context.practice)

    def _save_people(self) -> None:
        # A line also “finishes” while the window is taken apart; only what was typed is stored.
        typed = {name: edit.text().strip() for name, edit in self.people.items() if edit.isModified()}
        for name in typed:
            self.people[name].setModified(False)
        if typed:
            save_people(self.context.store, typed)
            self.context.reload()

    def _save_look(self) -> None:
        chosen, size = str(self.theme.value or "light"), int(self.text_size.value or 14)
        preferences.save_look(self.context.store, chosen, size)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.change(application, theme.wants_dark(chosen), size)

    def _ask_plan(self) -> None:
        path = ask_open(self, self.context.memory, "选择计划文件", "计划文件 (*.json)")
        if path is None:
            return
        store, since = self.context.store, self.since.period

        def done(plan: Any) -> None:
            self.say(
                f"已换成《{plan.title}》，自 {month_words(since)}起执行。",
                "此前各月仍按原计划；换之前已备份，停用的单位和园区只影响新登记。",
                "ok",
            )
            self.context.reload()

        self.context.jobs.run(
            "settings/plan", lambda _progress, _cancelled: install_plan(store, path, since), title="换计划",
            on_done=done, on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def open_practice(self) -> None:
        """Another window over invented data; this register is not touched."""
        store = self.context.store

        def opened(command: list[str]) -> None:
            started = QProcess.startDetached(command[0], command[1:])
            ok = started[0] if isinstance(started, tuple) else bool(started)
            if ok:
                self.say(
                    "练习台账在另一个窗口打开了。", "里面的企业和数字都是虚构的，与正式台账互不影响。", "ok"
                )
            else:
                self.say("练习台账没有打开。", "请稍后再试一次。", "alarm")

        self.context.jobs.run(
            "settings/practice", lambda _progress, _cancelled: preferences.practice_command(store),
            title="准备练习台账", on_done=opened, on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _open_folder(self) -> None:
        show_in_folder(self.context.store.folder.root)

    def _failed(self, error: Exception) -> None:
        self.say(*words_of(error), "alarm")
