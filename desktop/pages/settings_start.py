"""从哪个月起收表: one line below the calendar of returns. Months before it are 未启用; clerks read what the district set."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from db.reporting_start import Start
from desktop.pages.settings_parts import holder, line
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.labels import label, problem_line


class StartStrip(Card):
    """`save_asked(month)` with what was typed, “” for what is found. What is being typed stays."""

    save_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, editable: bool = True) -> None:
        super().__init__(parent=parent)
        self.editable = editable
        self._shown = ""
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(label("从哪个月起收表", "strong"))
        self.month = line("从哪个月起收表", "", self.save)
        self.month.setMaximumWidth(150)
        self.month.textEdited.connect(lambda _text: self._arrange())
        row.addWidget(self.month)
        self.button = Button("保存", self.save, self, role="small")
        row.addWidget(self.button)
        self.told = label("", "muted", wrap=True)
        row.addWidget(self.told, 1)
        self.add(holder(row))
        self.problem = problem_line()
        self.add(self.problem)

    def show_start(self, start: Start, chosen: str) -> None:
        """The month as chosen, or what is found instead."""
        typing = self.month.hasFocus() and self.month.text() != self._shown
        if not typing:
            self.month.setText(chosen)
            self.say_problem("")
        self._shown = chosen
        self.month.setPlaceholderText(f"自动：{start.found}" if start.found else "每个月都收")
        if self.editable:
            self.told.setText(_words(start))
        else:
            self.told.setText(
                f"区里从 {start.month.display()}起收，以前的月份不用报。" if chosen and start.month else ""
            )
        self.month.setReadOnly(not self.editable)
        self.setVisible(self.editable or bool(chosen))
        self._arrange()

    def save(self) -> None:
        if self.editable:
            self.save_asked.emit(self.month.text())

    def say_problem(self, words: str) -> None:
        """What is wrong with what was typed, "" for nothing."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def _arrange(self) -> None:
        self.button.setVisible(self.editable and self.month.text().strip() != self._shown)


def _words(start: Start) -> str:
    how = "清空就恢复自动" if start.chosen else "空着为自动：最早的回报或本机启用的月份"
    return f"以前的月份不催报，不算漏报；{how}。"
