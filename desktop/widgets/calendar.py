"""Qt's calendar in our colours: weekends by weight of grey instead of a red nobody can read in the dark."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QDateEdit, QToolButton, QWidget

from desktop.style.icons import icon
from desktop.style.theme import notifier, tokens


class Calendar(QCalendarWidget):
    """Weeks begin on Monday, no week numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        notifier().changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        p = tokens().palette
        plain, weekend = QTextCharFormat(), QTextCharFormat()
        plain.setForeground(QColor(p.text))
        weekend.setForeground(QColor(p.text2))
        head = QTextCharFormat()
        head.setForeground(QColor(p.text2))
        head.setBackground(QColor(p.header))
        self.setHeaderTextFormat(head)
        days = Qt.DayOfWeek
        for day in (days.Monday, days.Tuesday, days.Wednesday, days.Thursday, days.Friday):
            self.setWeekdayTextFormat(day, plain)
        for day in (days.Saturday, days.Sunday):
            self.setWeekdayTextFormat(day, weekend)
        for name, picture, word in (("prevmonth", "left", "上个月"), ("nextmonth", "right", "下个月")):
            button = self.findChild(QToolButton, f"qt_calendar_{name}")
            if button is not None:
                button.setIcon(icon(picture, p.text2, 16))
                button.setAccessibleName(word)


def date_edit(parent: QWidget | None = None) -> QDateEdit:
    """A date field written 2024-05-08, with our calendar behind its arrow."""
    made = QDateEdit(parent)
    made.setDisplayFormat("yyyy-MM-dd")
    made.setCalendarPopup(True)
    made.setCalendarWidget(Calendar(made))
    return made
