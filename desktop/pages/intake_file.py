"""The line about the file that is being taken in: name, kind, size, header; the register, the sheet and the day to read it by."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.registers import REGISTERS
from db.text import parse_date
from desktop.pages.intake import size_words
from desktop.style.theme import tokens
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.chip import Chip
from desktop.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from returns.ledger.preview import Preview


class FileCard(Card):
    """`register_chosen`, `sheet_chosen`, `day_chosen(date or None)`; `day_refused(typed)`; `forget_asked`."""

    register_chosen = Signal(str)
    sheet_chosen = Signal(str)
    day_chosen = Signal(object)
    day_refused = Signal(str)
    forget_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, body=QHBoxLayout())
        self.body.setSpacing(12)
        words = QWidget()
        words.setProperty("role", "plain")
        lines = QVBoxLayout(words)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(2)
        self.name = ElidedLabel("", "heading")
        self.about = ElidedLabel("", "muted")
        lines.addWidget(self.name)
        lines.addWidget(self.about)
        self.add(words, 1)
        self.remembered = Chip("", "info", self)
        self.add(self.remembered)
        self.forget = Button("忘掉", self.forget_asked.emit, self, role="small")
        self.forget.setAccessibleName("忘掉上次的对照")
        self.forget.setToolTip("这种表头以后不再按上次的对照读取")
        self.add(self.forget)
        self.day_words = label("没有日期的记为", "label")
        self.add(self.day_words)
        self.day = QLineEdit(self)
        self.day.setPlaceholderText("如 2024-05-21")
        self.day.setAccessibleName("没有日期的行记为哪一天")
        self.day.setFixedWidth(tokens().metrics.px(130))
        self.day.editingFinished.connect(self._read_day)
        self.add(self.day)
        self.registers = QComboBox(self)
        self.registers.setAccessibleName("台账")
        for key, each in REGISTERS.items():
            self.registers.addItem(each.title, key)
        self.registers.activated.connect(lambda _at: self.register_chosen.emit(self.registers.currentData()))
        self.add(label("台账", "label"))
        self.add(self.registers)
        self.sheets = QComboBox(self)
        self.sheets.setAccessibleName("工作表")
        self.sheets.setMinimumWidth(tokens().metrics.px(200))
        self.sheets.activated.connect(lambda _at: self.sheet_chosen.emit(self.sheets.currentData()))
        self.add(label("工作表", "label"))
        self.add(self.sheets)
        self.say("", "")

    def say(self, name: str, about: str) -> None:
        """A file of which nothing is known yet."""
        self.name.setText(name)
        self.about.setText(about)
        self.sheets.clear()
        self.remembered.set("")
        for part in (self.forget, self.day_words, self.day):
            part.hide()

    def show_tab(self, register: str) -> None:
        """The register it is read into."""
        self.registers.setCurrentIndex(max(0, self.registers.findData(register)))

    def show_file(self, found: Preview, day: date | None) -> None:
        """What is known of it; a day is asked for where the table has none."""
        first, last = found.header_rows
        header = f"表头第 {first} 行" if first == last else f"表头第 {first}—{last} 行"
        parts = [
            found.kind,
            size_words(found.size),
            header if first else "没有找到表头",
            f"填报单位：{found.office}" if found.office else "",
        ]
        self.about.setText(" · ".join(part for part in parts if part))
        self.sheets.clear()
        for each in found.sheets:
            hidden = "，隐藏" if each.hidden else ""
            alike = "" if each.likeness else "，没有表头"
            self.sheets.addItem(f"{each.name}（{each.rows:,} 行{hidden}{alike}）", each.name)
        self.sheets.setCurrentIndex(max(0, self.sheets.findData(found.sheet)))
        self.sheets.setEnabled(len(found.sheets) > 1)
        dated = found.problem_id == "no_date_column" or day is not None
        self.day_words.setVisible(dated)
        self.day.setVisible(dated)
        remembered = any(column.how == "remembered" for column in found.columns)
        self.remembered.set("按上次的对照读取" if remembered else "", "info")
        self.forget.setVisible(remembered)

    def _read_day(self) -> None:
        typed = self.day.text().strip()
        found = parse_date(typed).value if typed else None
        if typed and found is None:
            self.day_refused.emit(typed)
        else:
            self.day_chosen.emit(found)
