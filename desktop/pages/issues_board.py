"""The board of problems: a column a state, cards by what is due first. What it shows is read in issues_board_model.py.

Where there is no room for all columns, those without cards fold to a strip first, then those farthest from the
column one is in.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from db.lists import ListQuery
from desktop.context import AppContext
from desktop.pages.issues_board_model import (
    COLUMNS,
    MIME,
    CardModel,
    Column,
    read_columns,
    read_more,
)
from desktop.pages.issues_cards import GAP, CardList
from desktop.style.paint import rounded
from desktop.style.theme import font, tokens
from desktop.widgets.chip import Chip
from desktop.widgets.labels import label

_LEAST = 164  # pixels a column needs to be read
_STRIP = 34
_STATE = {"退回重办": "alarm", "待交办": "watch", "已办结": "info", "已销号": "info"}


class _Strip(QAbstractButton):
    """A folded column: its name downwards and its count. Press to unfold."""

    def __init__(self, word: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(word)
        self.count = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setFixedWidth(tokens().metrics.px(_STRIP))

    def set_count(self, words: str) -> None:
        self.count = words
        self.setAccessibleName(f"{self.text()}，{words} 件，按下展开")
        self.setToolTip(f"{self.text()} {words} 件，点一下展开")
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        p, m = tokens().palette, tokens().metrics
        painter = QPainter(self)
        edge = p.accent if self.hasFocus() else p.line
        rounded(painter, QRectF(self.rect()), m.card_radius, p.hover if self.underMouse() else p.header, edge)
        painter.setPen(QColor(p.text2))
        painter.setFont(font(m.small))
        height = QFontMetrics(painter.font()).lineSpacing()
        y = 12
        for letter in self.text():
            painter.drawText(0, y, self.width(), height, int(Qt.AlignmentFlag.AlignCenter), letter)
            y += height
        painter.setFont(font(m.small, strong=True))
        painter.setPen(QColor(p.text))
        painter.drawText(0, y + 6, self.width(), height, int(Qt.AlignmentFlag.AlignCenter), self.count)
        painter.end()


class BoardColumn(QFrame):
    """One state: a head with its count above the cards, or a strip when there is no room."""

    unfold_asked = Signal()
    dropped = Signal(str)  # the problem that was dragged here

    def __init__(self, state: str, model: CardModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state
        self.count = 0
        self.strip = _Strip(state, self)
        self.strip.clicked.connect(self.unfold_asked)
        self.whole = QFrame(self)
        self.whole.setProperty("role", "boardcolumn")
        column = QVBoxLayout(self.whole)
        column.setContentsMargins(8, 8, 4, 4)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setContentsMargins(2, 0, 4, 0)
        self.name = label(state, "strong")
        self.chip = Chip("0", "neutral", self.whole)
        head.addWidget(self.name)
        head.addStretch(1)
        head.addWidget(self.chip)
        column.addLayout(head)
        self.list = CardList(model, self.whole)
        column.addWidget(self.list, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.whole)
        self._stack.addWidget(self.strip)
        self.folded = False
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        own = isinstance(event.source(), CardList) and event.source() is self.list
        if event.mimeData().hasFormat(MIME) and not own:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        key = bytes(event.mimeData().data(MIME).data()).decode()
        if key:
            event.acceptProposedAction()
            self.dropped.emit(key)

    def show_column(self, column: Column) -> None:
        """Its cards and count."""
        self.count = column.count
        self.list.cards.show(column)
        self.chip.set(column.words, _STATE.get(self.state, "neutral") if column.count else "neutral")
        self.strip.set_count(column.words)
        self.list.setAccessibleName(f"{self.state}，{column.words} 件")

    def fold(self, folded: bool) -> None:
        """As a strip, or whole."""
        self.folded = folded
        self._stack.setCurrentWidget(self.strip if folded else self.whole)
        if folded:
            self.setFixedWidth(tokens().metrics.px(_STRIP))
        else:
            self.setMinimumWidth(0)
            self.setMaximumWidth(16777215)


class Board(QWidget):
    """`chosen(id)`, `opened(id)`, `delete_asked(id)`, `menu_asked(where)`; `read(query)` shows what it finds."""

    chosen = Signal(str)
    opened = Signal(str)
    menu_asked = Signal(QPoint)
    delete_asked = Signal(str)
    dropped = Signal(str, str)  # a problem, the state of the column it was dragged to
    loaded = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._query = ListQuery("issue")
        self._wanted = ""  # a problem to choose once the columns are read
        self._at = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        self.columns: list[BoardColumn] = []
        for place, state in enumerate(COLUMNS):
            model = CardModel(state, lambda after, state=state: self._read_more(state, after), self)  # type: ignore[misc]
            column = BoardColumn(state, model, self)
            column.dropped.connect(lambda key, state=state: self.dropped.emit(key, state))
            column.unfold_asked.connect(lambda place=place: self.go_to(place))
            column.list.chosen.connect(lambda key, place=place: self._was_chosen(place, key))
            column.list.opened.connect(self.opened)
            column.list.beside.connect(lambda by, place=place: self._beside(place, by))
            column.list.menu_asked.connect(self.menu_asked)
            column.list.delete_asked.connect(self.delete_asked)
            row.addWidget(column, 1)
            self.columns.append(column)

    # Reading.

    def read(self, query: ListQuery, choose: str = "") -> None:
        """Show the problems a query finds; `choose` (or what was chosen) is selected again if it is there."""
        self._query = query
        self._wanted = choose or self.current_id()
        context = self.context
        context.jobs.run(
            f"board/{id(self)}", lambda _progress, _cancelled: read_columns(context, query), on_done=self._show,
            owner=self, quiet=True,
        )  # fmt: skip

    def _show(self, found: dict[str, Column]) -> None:
        focused = any(column.list.hasFocus() for column in self.columns)
        wanted, self._wanted = self._wanted, ""
        for column in self.columns:
            column.show_column(found[column.state])
        place = next(
            (n for n, column in enumerate(self.columns) if column.list.cards.place_of(wanted) >= 0), None
        )
        if place is None and not self.columns[self._at].count:
            self._at = next((n for n, column in enumerate(self.columns) if column.count), 0)
        if place is not None:
            self._at = place
        self.arrange()
        if place is not None:
            target = self.columns[place].list
            quiet = target.blockSignals(True)
            target.choose_row(target.cards.place_of(wanted))
            target.blockSignals(quiet)
        if focused:
            self.columns[self._at].list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.loaded.emit()

    def _read_more(self, state: str, after: tuple[object, ...]) -> None:
        context, query = self.context, self._query
        model = next(column.list.cards for column in self.columns if column.state == state)
        context.jobs.run(
            f"board/{id(self)}/{state}", lambda _progress, _cancelled: read_more(context, query, state, after),
            on_done=lambda column: model.add(column, after), owner=self, quiet=True,
        )  # fmt: skip

    # Where one is.

    def current_id(self) -> str:
        """The chosen problem, "" for none."""
        return self.columns[self._at].list.current_id()

    def under(self) -> QPoint:
        """Where a menu of the chosen card belongs."""
        return self.columns[self._at].list.under()

    def first_focus(self) -> QWidget:
        """The column one is in."""
        return self.columns[self._at].list

    def go_to(self, place: int, row: int = 0) -> None:
        """Unfold a column and begin in it."""
        self._at = place
        self.arrange()
        target = self.columns[place].list
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        target.choose_row(row)

    def clear_choice(self) -> None:
        """Nothing is chosen."""
        for column in self.columns:
            column.list.leave()

    def _was_chosen(self, place: int, key: str) -> None:
        self._at = place
        for other, column in enumerate(self.columns):
            if other != place:
                column.list.leave()
        self.chosen.emit(key)

    def _beside(self, place: int, by: int) -> None:
        row = self.columns[place].list.currentIndex().row()
        target = place + by
        while 0 <= target < len(self.columns) and not self.columns[target].count:
            target += by
        if 0 <= target < len(self.columns):
            self.go_to(target, row)

    # Room.

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def minimumSizeHint(self) -> QSize:
        """One column; the others fold."""
        return QSize(tokens().metrics.px(_LEAST), super().minimumSizeHint().height())

    def arrange(self) -> None:
        """Fold what there is no room for."""
        m = tokens().metrics
        least, strip = m.px(_LEAST), m.px(_STRIP)
        room = self.width() - GAP * (len(self.columns) - 1)
        whole = max(1, (room - strip * len(self.columns)) // (least - strip))
        shown = shown_columns([column.count for column in self.columns], self._at, whole)
        # Beside the panel on a small screen there is room for one column alone; ← and → lead to the others.
        alone = room - strip * (len(self.columns) - 1) < least
        for place, column in enumerate(self.columns):
            column.fold(place not in shown)
            column.setVisible(not alone or place == self._at)


def shown_columns(counts: Sequence[int], at: int, room: int) -> set[int]:
    """Which columns are whole where `room` of them fit: those with cards nearest to `at`, then empty ones."""
    full = [place for place, count in enumerate(counts) if count or place == at]
    if len(full) > room:
        before = 1 if room > 1 else 0  # the neighbour one comes from stays in sight
        first = min(max(full.index(at) - before, 0), len(full) - room)
        return set(full[first : first + room])
    empty = [place for place in range(len(counts)) if place not in full]
    return {*full, *empty[: room - len(full)]}
