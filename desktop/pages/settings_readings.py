"""指标口径 in 设置: the indicators that the plan leaves open, each with the ways to read it."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from db.errors import KnownError
from db.plan_types import Alternative
from db.readings import Reading
from desktop.actions import readings as actions
from desktop.context import AppContext
from desktop.pages.settings_parts import Say, holder
from desktop.widgets.card import Card
from desktop.widgets.labels import label

NOTE = "选定后，汇总、走势、校验和报表都按这个口径；已公布的月份不会改动。"


class ReadingsCard(Card):
    """One line for each indicator: its name, the ways, what the plan says about it. A choice is stored at once."""

    def __init__(self, context: AppContext, say: Say, parent: QWidget | None = None) -> None:
        super().__init__("指标口径", "计划没有写明的，由区级选定", parent)
        self.context, self._say = context, say
        self.boxes: dict[int, QComboBox] = {}
        self._notes: dict[int, Any] = {}
        found = actions.offered(context.store)
        for each in found:
            self.add(self._line(each))
        self.add(label(NOTE if found else "计划里没有需要选定口径的指标。", "help", wrap=True))
        self._show(found)

    def _line(self, reading: Reading) -> QWidget:
        column = QVBoxLayout()
        column.setSpacing(3)
        column.addWidget(label(f"{reading.no}. {reading.name}", "label", wrap=True))
        box = QComboBox()
        box.setAccessibleName(f"{reading.name}的口径")
        box.addItems([_word(way, place) for place, way in enumerate(reading.ways)])
        box.activated.connect(lambda place, no=reading.no: self._choose(no, place))
        note = self._notes[reading.no] = label("", "help", wrap=True)
        box.setAccessibleDescription(reading.note)
        column.addWidget(box)
        column.addWidget(note)
        self.boxes[reading.no] = box
        return holder(column)

    def refresh(self) -> None:
        self._show(actions.offered(self.context.store))

    def _show(self, found: tuple[Reading, ...]) -> None:
        for each in found:
            if each.no in self.boxes:
                self.boxes[each.no].setCurrentIndex(each.chosen)
                way = each.ways[each.chosen]
                self._notes[each.no].setText(way.note or each.note)

    def _choose(self, no: int, place: int) -> None:
        try:
            found = actions.choose(self.context.store, no, place)
        except KnownError as error:
            self._say(error.message, error.hint, "alarm")
            self.refresh()
            return
        self._show(found)
        self.context.changed()


def _word(way: Alternative, place: int) -> str:
    """“当年新增：默认按当年新增……（计划原口径）”."""
    own = "（计划原口径）" if place == 0 else ""
    return f"{way.semantics.word}：{way.scope}{own}" if way.scope else f"{way.semantics.word}{own}"
