"""The table of every register: keyboard, copying, remembered widths and order, what an empty one says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QItemSelection, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QSinglePointEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from desktop.jobs import Jobs
from desktop.memory import Memory
from desktop.style.theme import notifier, tokens
from desktop.tables.delegate import CellDelegate
from desktop.tables.header import Header
from desktop.tables.model import PagedModel, Row, Source
from desktop.widgets.empty import EmptyState

_SQUEEZE = 0.6  # a stretching column gives way to this part of its width before the table scrolls sideways


class Table(QTableView):
    """Set a source with `set_source`; listen to `opened` (Enter, double click) and `chosen` (selection)."""

    opened = Signal(str)
    chosen = Signal(str)  # id of the selected row the keyboard is on, "" for none; told once per change
    picked = Signal(list)  # ids of all selected rows
    columns_moved = Signal(list)  # keys of all columns, after one was dragged elsewhere in the header

    def __init__(
        self,
        source: Source,
        parent: QWidget | None = None,
        *,
        memory: Memory | None = None,
        name: str = "",
        jobs: Jobs | None = None,
        empty: EmptyState | None = None,
        multi: bool = False,
        header: bool = True,
        fit: bool = False,
        fold: bool = False,
    ) -> None:
        """`fit`: as tall as its rows. `fold`: columns there is no room for are put away, the last ones first."""
        super().__init__(parent)
        self._memory, self._name, self._fit, self._fold = memory, name, fit, fold
        self._widths: dict[int, int] = {}  # a column that is put away has none of its own
        self._folded: set[int] = set()
        self._restoring = False
        self._wanted: str | None = None
        self._told = ""
        self.hovered_row = -1
        self.setModel(PagedModel(source, jobs, self))
        self.setItemDelegate(CellDelegate(self))
        self.setHorizontalHeader(Header(self))
        self.horizontalHeader().setSortIndicatorShown(True)  # the view hides it when it takes the header over
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if multi else mode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        self.horizontalHeader().setVisible(header)
        if fit:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.empty = empty or EmptyState("这里还没有记录", parent=self)
        self.empty.setParent(self.viewport())
        self.empty.hide()
        self._dress()
        self._lay_columns()
        self._restore_order()
        header_view = self.horizontalHeader()
        header_view.sectionResized.connect(self._remember_widths)
        header_view.sortIndicatorChanged.connect(self._sort)
        self.doubleClicked.connect(lambda index: self.opened.emit(self.paged.row_at(index.row()).id))
        self.paged.loaded.connect(self._page_came)
        notifier().changed.connect(self._dress)
        self.paged.reload()

    @property
    def paged(self) -> PagedModel:
        """The model, by its own type."""
        model = self.model()
        assert isinstance(model, PagedModel)
        return model

    def set_source(self, source: Source, keep: bool = True) -> None:
        """Other rows; the order people chose stays, and with `keep` the selected record too."""
        self._wanted = self._wanted or (self.current_id() if keep else None)
        same = [c.key for c in source.columns] == [c.key for c in self.paged.columns]
        if same:
            self._apply_order(source)
        else:
            self._show_all()
            self._sort_source(source)
        self.paged.set_source(source)
        if not same:
            self._lay_columns()
            self._mark_order()

    def let_columns_move(self) -> None:
        """Columns may be dragged; whoever hears `columns_moved` gives the source in the new order."""
        self.horizontalHeader().setSectionsMovable(True)
        self.horizontalHeader().sectionMoved.connect(self._moved)

    def _moved(self, _section: int, _old: int, _new: int) -> None:
        header = self.horizontalHeader()
        keys = [self.paged.columns[n].key for n in self._visual_columns()]
        # The order is the source's to keep: the header itself goes back to the order of its columns.
        header.blockSignals(True)
        for place in range(header.count()):
            header.moveSection(header.visualIndex(place), place)
        header.blockSignals(False)
        QTimer.singleShot(0, self, lambda: self.columns_moved.emit(keys))

    def set_fold(self, fold: bool) -> None:
        """Whether columns without room are put away; otherwise the table scrolls sideways."""
        if fold != self._fold:
            self._fold = fold
            self._lay_columns()

    def set_order(self, order: tuple[str, bool] | None) -> None:
        """Sort by a column from the next reading on (descending or not); None for the source's own order."""
        if self._memory is not None and self._name:
            self._memory.set(f"order/{self._name}", list(order) if order else None)
        self._mark_order()

    def want(self, record: str) -> None:
        """Select this record when the rows are read the next time."""
        self._wanted = record

    def reload(self) -> None:
        """Read the rows again, keeping the selected record."""
        self._wanted = self.current_id()
        self.paged.reload()

    def current_id(self) -> str:
        """The record the keyboard is on, "" for none."""
        index = self.currentIndex()
        return self.paged.row_at(index.row()).id if index.isValid() else ""

    def selected_ids(self) -> list[str]:
        """All selected records, from top to bottom."""
        return [row.id for row in self._selected_rows()]

    def choose(self, record: str) -> bool:
        """Select a record and scroll to it; False where it is not among the rows read so far."""
        place = self.paged.place_of(record)
        if place is None:
            return False
        self.setCurrentIndex(self.paged.index(place, 0))
        self.scrollTo(self.paged.index(place, 0))
        return True

    def copy_selection(self) -> str:
        """Selected rows (all read rows where none is) as TSV with headers, on the clipboard."""
        rows = self._selected_rows() or self.paged.rows()
        columns = [n for n in self._visual_columns() if not self.isColumnHidden(n) or n in self._folded]
        lines = ["\t".join(self.paged.columns[n].header for n in columns)]
        for row in rows:
            place = self.paged.place_of(row.id)
            cells = [str(self.paged.index(place or 0, n).data() or "") for n in columns]
            lines.append("\t".join(" ".join(cell.split()) for cell in cells))
        text = "\n".join(lines)
        QGuiApplication.clipboard().setText(text)
        return text

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif event.key() == Qt.Key.Key_Down and not self.selectionModel().hasSelection():
            # Coming in by Tab only points at a row; the first ↓ chooses that one and does not skip it.
            self._go(max(0, self.currentIndex().row()))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if self.current_id():
                self.opened.emit(self.current_id())
        elif event.key() == Qt.Key.Key_Home and not event.modifiers():
            self._go(0)
        elif event.key() == Qt.Key.Key_End and not event.modifiers():
            self._go(self.paged.rowCount() - 1)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stretch()
        self.empty.setGeometry(self.viewport().rect())

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        ids = self.selected_ids()
        self.picked.emit(ids)
        current = self.current_id()
        self._tell_chosen(current if current in ids else ids[0] if ids else "")

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverMove, QEvent.Type.MouseMove) and isinstance(
            event, QSinglePointEvent
        ):
            self._hover(self.indexAt(event.position().toPoint()).row())
        elif event.type() in (QEvent.Type.HoverLeave, QEvent.Type.Leave):
            self._hover(-1)
        return super().viewportEvent(event)

    def _hover(self, row: int) -> None:
        if row != self.hovered_row:
            self.hovered_row = row
            self.viewport().update()

    def _tell_chosen(self, record: str) -> None:
        if record != self._told:
            self._told = record
            self.chosen.emit(record)

    def sizeHint(self) -> QSize:
        if not self._fit:
            return super().sizeHint()
        return QSize(super().sizeHint().width(), self._content_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self._content_height() if self._fit else tokens().metrics.row * 3)

    # Below: how it is laid out and what it remembers.

    def _content_height(self) -> int:
        head = 0 if self.horizontalHeader().isHidden() else self.horizontalHeader().sizeHint().height()
        return head + max(1, self.paged.rowCount()) * tokens().metrics.row

    def _dress(self) -> None:
        self.verticalHeader().setMinimumSectionSize(tokens().metrics.row)
        self.verticalHeader().setDefaultSectionSize(tokens().metrics.row)
        self.updateGeometry()

    def _lay_columns(self) -> None:
        kept: dict[str, int] = (self._memory.get(f"widths/{self._name}", {}) or {}) if self._memory else {}
        self._restoring = True
        self._show_all()
        for n, column in enumerate(self.paged.columns):
            self._widths[n] = int(kept.get(column.key, tokens().metrics.px(column.width)))
            self.setColumnWidth(n, self._widths[n])
        self._restoring = False
        self._stretch()

    def _stretch(self) -> None:
        """Spare width goes to the stretching columns, by their width; a table never ends in mid-air."""
        columns = self.paged.columns
        if self._fold:
            self._put_away()
        takers = [n for n, column in enumerate(columns) if column.stretch] or [len(columns) - 1]
        fixed = sum(self.columnWidth(n) for n in range(len(columns)) if n not in takers)
        wishes = [tokens().metrics.px(columns[n].width) for n in takers]
        room = self.viewport().width() - fixed
        self._restoring = True
        for n, wish in zip(takers, wishes, strict=True):
            given = max(int(wish * _SQUEEZE), wish * room // sum(wishes))
            self.setColumnWidth(n, given)
        self._restoring = False

    def _put_away(self) -> None:
        """Hide the last columns while the others have no room; stretching ones keep their whole width first."""
        columns = self.paged.columns
        shown = list(range(len(columns)))
        wanted = {
            n: tokens().metrics.px(columns[n].width) if columns[n].stretch else self._widths[n] for n in shown
        }
        room = self.viewport().width()
        while sum(wanted[n] for n in shown) > room:
            last = next((n for n in reversed(shown[1:]) if not columns[n].stretch), None)
            if last is None:
                break
            shown.remove(last)
        folded = set(range(len(columns))) - set(shown)
        if folded == self._folded:
            return
        self._restoring = True
        self._show_all()
        for n in sorted(folded):
            self.setColumnHidden(n, True)
        self._folded = folded
        self._restoring = False

    def _show_all(self) -> None:
        for n in self._folded:
            self.setColumnHidden(n, False)
            self.setColumnWidth(n, self._widths[n])
        self._folded = set()

    def _remember_widths(self, section: int, _old: int, new: int) -> None:
        if self._restoring:
            return
        self._widths[section] = new
        if self._memory is not None and self._name:
            kept = dict(self._memory.get(f"widths/{self._name}", {}) or {})
            kept[self.paged.columns[section].key] = new
            self._memory.set(f"widths/{self._name}", kept)
        QTimer.singleShot(0, self, self._stretch)

    def _sort(self, section: int, order: Qt.SortOrder) -> None:
        if self._restoring or not 0 <= section < len(self.paged.columns):
            return
        column = self.paged.columns[section]
        if not column.sort:
            self._restore_order()
            return
        if self._memory is not None and self._name:
            down = order == Qt.SortOrder.DescendingOrder
            self._memory.set(f"order/{self._name}", [column.key, down])
        self._wanted = self.current_id()
        self.paged.sort(section, order)

    def _order(self) -> tuple[str, bool] | None:
        kept: Any = self._memory.get(f"order/{self._name}") if self._memory and self._name else None
        return (str(kept[0]), bool(kept[1])) if kept else None

    def _restore_order(self) -> None:
        self._mark_order()
        self._apply_order(self.paged.source)

    def _sort_source(self, source: Source) -> None:
        """The remembered order for a source whose columns stand elsewhere."""
        order = self._order()
        if order and any(column.key == order[0] and column.sort for column in source.columns):
            source.sort(*order)

    def _mark_order(self) -> None:
        """The arrow in the header stands where the remembered order has it."""
        order = self._order()
        keys = [column.key for column in self.paged.columns]
        self._restoring = True
        if order and order[0] in keys:
            down = Qt.SortOrder.DescendingOrder if order[1] else Qt.SortOrder.AscendingOrder
            self.horizontalHeader().setSortIndicator(keys.index(order[0]), down)
        else:
            self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._restoring = False

    def _apply_order(self, source: Source) -> None:
        header = self.horizontalHeader()
        section = header.sortIndicatorSection()
        if 0 <= section < len(source.columns) and source.columns[section].sort:
            source.sort(
                source.columns[section].key, header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
            )

    def _page_came(self) -> None:
        self.empty.setGeometry(self.viewport().rect())
        self.empty.setVisible(self.paged.complete and self.paged.rowCount() == 0)
        if self._wanted:
            wanted, self._wanted = self._wanted, None
            if not self.choose(wanted):
                self._tell_chosen("")
        if self._fit:
            self.updateGeometry()

    def _go(self, row: int) -> None:
        if 0 <= row < self.paged.rowCount():
            self.setCurrentIndex(self.paged.index(row, max(0, self.currentIndex().column())))

    def _selected_rows(self) -> Sequence[Row]:
        places = sorted({index.row() for index in self.selectionModel().selectedIndexes()})
        return [self.paged.row_at(place) for place in places]

    def _visual_columns(self) -> list[int]:
        header = self.horizontalHeader()
        return [header.logicalIndex(n) for n in range(header.count())]
