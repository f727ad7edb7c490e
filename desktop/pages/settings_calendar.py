"""工作日历: a month to toggle 休 and 班 in by click or key, and the year as the text of its notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from db.errors import KnownError
from db.holiday_notice import SpecialDay
from db.workdays import ONE_DAY
from desktop.actions import calendar as actions
from desktop.actions.calendar import Day
from desktop.context import AppContext
from desktop.forms.shorthand import weekday
from desktop.pages.files import ask_open, ask_save
from desktop.pages.settings_parts import Say, Section, line
from desktop.style.paint import paint_chip, rounded
from desktop.style.theme import font, notifier, set_property, tokens
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.labels import label, problem_line

_DAYS = "一二三四五六日"
_ROWS = 6
_TEXT_FILE = "文本文件 (*.txt)"
_ONE_COLUMN = 800  # px: narrower, month and text stand below each other


class MonthGrid(QWidget):
    """A month, a week a line. Arrows move, Space and Enter toggle, PgUp and PgDn turn the month, Delete restores."""

    moved = Signal(object)  # the day one is on
    toggled = Signal(object)
    restored = Signal(object)

    def __init__(
        self, read: Callable[[int, int], list[Day]], today: date, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._read = read
        self.today = self.current = today
        self.days: dict[date, Day] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        notifier().changed.connect(self.update)

    def show_month(self, day: date) -> None:
        """Read the month of a day and stand on it."""
        self.current = day
        self.days = {each.day: each for each in self._read(day.year, day.month)}
        now = self.days[day]
        self.setAccessibleName(
            f"工作日历，{day.year} 年 {day.month} 月，{day.day} 日{weekday(day)}{now.words}"
        )
        self.setAccessibleDescription("方向键选日子，空格改放假或上班，PgUp、PgDn 换月，Delete 恢复内置")
        self.update()
        self.moved.emit(now)

    def sizeHint(self) -> QSize:
        m = tokens().metrics
        return QSize(m.px(500), m.px(30 + 60 * _ROWS))

    def minimumSizeHint(self) -> QSize:
        m = tokens().metrics
        return QSize(m.px(420), m.px(28 + 46 * _ROWS))

    def _head(self) -> int:
        return tokens().metrics.px(28)

    def _box(self, day: date) -> QRectF:
        first = day.replace(day=1)
        place = first.weekday() + day.day - 1
        wide, high = self.width() / 7, (self.height() - self._head()) / _ROWS
        row, column = divmod(place, 7)
        return QRectF(column * wide, self._head() + row * high, wide, high).adjusted(2, 2, -2, -2)

    def _day_at(self, position: Any) -> date | None:
        return next((day for day in self.days if self._box(day).contains(position)), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -7, Qt.Key.Key_Down: 7}
        if key in steps:
            self.show_month(self.current + timedelta(days=steps[Qt.Key(key)]))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.turn(-1 if key == Qt.Key.Key_PageUp else 1)
        elif key == Qt.Key.Key_Home:
            self.show_month(self.today)
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggled.emit(self.current)
        elif key == Qt.Key.Key_Delete:
            self.restored.emit(self.current)
        else:
            super().keyPressEvent(event)

    def turn(self, by: int) -> None:
        """So many months on; the day of the month stays as near as it can."""
        month = self.current.year * 12 + self.current.month - 1 + by
        first = date(month // 12, month % 12 + 1, 1)
        last = (first.replace(day=28) + 4 * ONE_DAY).replace(day=1) - ONE_DAY
        self.show_month(first.replace(day=min(self.current.day, last.day)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        day = self._day_at(event.position())
        if day is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if day == self.current:
            self.toggled.emit(day)  # the first click chooses, the next one changes
        else:
            self.show_month(day)

    def paintEvent(self, event: QPaintEvent) -> None:
        p, m = tokens().palette, tokens().metrics
        painter = QPainter(self)
        painter.setFont(font(m.small))
        for column, word in enumerate(_DAYS):
            painter.setPen(QColor(p.text2))
            wide = self.width() / 7
            room = QRectF(column * wide, 0, wide, self._head() - 4)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), word)
        for day, told in self.days.items():
            self._paint_day(painter, self._box(day), told)
        painter.end()

    def _paint_day(self, painter: QPainter, box: QRectF, told: Day) -> None:
        p, m = tokens().palette, tokens().metrics
        here = told.day == self.current
        ground = p.card if told.workday else p.header
        edge = p.accent if here and self.hasFocus() else p.edge_hover if here else p.line
        rounded(painter, box, m.radius, p.select if here else ground, edge)
        painter.setFont(font(strong=told.day == self.today or here))
        painter.setPen(QColor(p.accent if told.day == self.today else p.text if told.workday else p.text2))
        number = QRectF(box.left() + 8, box.top() + 4, box.width() - 16, m.px(20))
        painter.drawText(
            number, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), str(told.day.day)
        )
        special = told.own or (told.name not in ("", "周末"))
        if special:
            word, state = ("班", "watch") if told.workday else ("休", "ok")
            chip = QRectF(box.right() - m.px(36), box.top() + 3, m.px(32), m.px(22))
            paint_chip(painter, chip, word, state)
        if special and box.height() >= m.px(44):
            painter.setFont(font(m.tiny))
            painter.setPen(QColor(p.text2))
            room = QRectF(box.left() + 8, box.bottom() - m.px(20), box.width() - 12, m.px(18))
            name = f"{told.name}·本机" if told.own else told.name
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)


class CalendarSection(Section):
    """The month at the left, the year's text at the right; deadlines follow every change at once."""

    scrolls = False

    def __init__(self, context: AppContext, say: Say, parent: QWidget | None = None) -> None:
        super().__init__(context, say, parent)
        self._undo: tuple[SpecialDay, ...] | None = None
        self._shown_year = 0
        self._cards = row = QHBoxLayout()
        row.setSpacing(tokens().metrics.margin)
        row.addWidget(self._month_card(), 3)
        row.addWidget(self._text_card(), 2)
        self.body.addLayout(row, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The text of the year below the month where both do not fit beside each other."""
        super().resizeEvent(event)
        narrow = self.width() < tokens().metrics.px(_ONE_COLUMN)
        self._cards.setDirection(
            QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        )

    def _month_card(self) -> Card:
        card = Card("工作日历")
        self.month_card = card
        self.before = Button("‹", lambda: self.grid.turn(-1), self, role="small")
        self.before.setAccessibleName("上个月")
        self.after = Button("›", lambda: self.grid.turn(1), self, role="small")
        self.after.setAccessibleName("下个月")
        self.now = Button("今天", lambda: self.grid.show_month(self.grid.today), self, role="small")
        for button in (self.before, self.now, self.after):
            card.head.addWidget(button)
        store = self.context.store
        self.grid = MonthGrid(
            lambda year, month: actions.month_days(store, year, month), self.context.today()
        )
        self.grid.moved.connect(self._stand_on)
        self.grid.toggled.connect(self.toggle)
        self.grid.restored.connect(lambda day: self.restore(day))
        card.add(self.grid, 1)
        self.told = label("", wrap=True)
        card.add(self.told)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.switch = Button("", lambda: self.toggle(self.grid.current), self, hint="空格")
        self.name = line("这天的名称", "名称，如 停电", self._rename)
        self.name.setMaxLength(actions.NAME_LIMIT)
        self.back = Button(
            "恢复内置", lambda: self.restore(self.grid.current), self, role="small", hint="Delete"
        )
        row.addWidget(self.switch)
        row.addWidget(self.name, 1)
        row.addWidget(self.back)
        holder = QWidget()
        holder.setProperty("role", "plain")
        row.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(row)
        card.add(holder)
        return card

    def _text_card(self) -> Card:
        card = Card("全年安排", "把国务院办公厅的放假通知粘贴到这里")
        self.text_card = card
        self.source = label("", "muted", wrap=True)
        card.add(self.source)
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("全年放假和调休")
        self.text.setPlaceholderText("元旦：1月1日至3日放假，1月4日上班。")
        card.add(self.text, 1)
        self.problem = problem_line()
        card.add(self.problem)
        self.update_button = Button("按文字更新", self.update_from_text, self, primary=True)
        self.update_button.set_shortcut("Ctrl+Return", self.text)
        self.undo_button = Button("撤销", self.take_back, self, role="small")
        self.undo_button.hide()
        self.copy_button = Button("复制", self._copy, self, role="small")
        self.open_button = Button("读入…", self._ask_file, self, role="small")
        self.save_button = Button("存为…", self._ask_save, self, role="small")
        self.reset_button = Button("本年恢复内置", lambda: self.restore(None), self, role="small")
        first, second = QHBoxLayout(), QHBoxLayout()
        for layout, buttons in (
            (first, (self.update_button, self.undo_button)),
            (second, (self.copy_button, self.open_button, self.save_button, self.reset_button)),
        ):
            layout.setSpacing(8)
            for button in buttons:
                layout.addWidget(button)
            layout.addStretch(1)
        holder = QWidget()
        holder.setProperty("role", "plain")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(first)
        column.addLayout(second)
        card.add(holder)
        return card

    # Reading.

    def first_focus(self) -> QWidget:
        return self.grid

    def refresh(self) -> None:
        self.grid.today = self.context.today()
        self.grid.show_month(self.grid.current)
        self._show_year(self.grid.current.year, keep=True)

    def _stand_on(self, day: Day) -> None:
        when = f"{day.day.year} 年 {day.day.month} 月 {day.day.day} 日 {weekday(day.day)}"
        self.month_card.set_title(f"{day.day.year} 年 {day.day.month} 月")
        self.told.setText(f"{when}：{day.words}")
        self.switch.setText("改为放假" if day.workday else "改为上班")
        self.switch.updateGeometry()
        self.name.setText(day.name if day.own else "")
        self.name.setEnabled(day.own)
        self.back.setEnabled(day.own)
        if day.day.year != self._shown_year:
            self._show_year(day.day.year)

    def _show_year(self, year: int, *, keep: bool = False) -> None:
        """The year's text; what is being typed there stays while the year does."""
        words, state = actions.source_words(self.context.store, year)
        self.source.setText(words)
        set_property(self.source, "state", state if state == "watch" else "")
        typed = self.text.document().isModified() and year == self._shown_year
        if not (keep and typed):
            self.text.setPlainText(actions.year_text(self.context.store, year))
            self.text.document().setModified(False)
        self.text_card.set_title(f"{year} 年安排", "把放假通知粘贴到这里")
        self._shown_year = year

    # Changing.

    def toggle(self, day: date) -> None:
        """休 becomes 班 and the other way round."""
        actions.toggle(self.context.store, day, self.context.actor)
        self._changed()

    def restore(self, day: date | None) -> None:
        """A day, or the whole year, as the program knows it."""
        self._undo = actions.restore(self.context.store, self._shown_year, self.context.actor, day)
        self.undo_button.setVisible(day is None)
        self.text.document().setModified(False)
        self._changed()

    def _rename(self) -> None:
        actions.rename(self.context.store, self.grid.current, self.name.text(), self.context.actor)
        self._changed()
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def update_from_text(self) -> None:
        """Take the year's days from what stands in the text."""
        self.problem.hide()
        try:
            done = actions.update_from_text(
                self.context.store, self.text.toPlainText(), self._shown_year, self.context.actor
            )
        except KnownError as error:
            self.problem.setText(str(error))
            self.problem.show()
            return
        self._undo = done.before
        self.undo_button.show()
        self.say(done.words, done.hint, "watch" if done.unread else "ok")
        self.text.document().setModified(False)
        if done.year != self.grid.current.year:
            self.grid.current = date(done.year, 1, 1)
        self._changed()

    def take_back(self) -> None:
        """The days as they were before the last update."""
        if self._undo is not None:
            actions.put_back(self.context.store, self._undo, self.context.actor)
            self._undo = None
            self.undo_button.hide()
            self.text.document().setModified(False)
            self.say("已撤销。", "", "ok")
            self._changed()

    def _changed(self) -> None:
        self.refresh()
        self.context.changed()

    # Text in and out.

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.say(f"已复制 {self._shown_year} 年的安排。", "", "ok")

    def _ask_file(self) -> None:
        path = ask_open(self, self.context.memory, "读入放假通知", _TEXT_FILE)
        if path is not None:
            self.read_file(path)

    def read_file(self, path: Path) -> None:
        """Put a text file into the editor and take its days."""
        try:
            text = actions.read_file(path)
        except KnownError as error:
            self.say(error.message, error.hint, "alarm")
            return
        self.text.setPlainText(text)
        self.update_from_text()

    def _ask_save(self) -> None:
        path = ask_save(
            self, self.context.memory, "存为文本", f"{self._shown_year}年工作日历.txt", _TEXT_FILE
        )
        if path is not None:
            self.save_file(path)

    def save_file(self, path: Path) -> None:
        """Write the year's text; other offices read it in."""
        try:
            actions.write_file(path, self.text.toPlainText())
        except KnownError as error:
            self.say(error.message, error.hint, "alarm")
            return
        self.say(f"已存为“{path.name}”。", "其他单位在这里“读入”即可。", "ok")
