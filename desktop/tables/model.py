"""Rows page by page from a source, for any view. Never all rows, never a query of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop.jobs import Jobs
from desktop.tables.cells import Bar, Change, Mark

PAGE = 100
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
VALUE_ROLE = Qt.ItemDataRole.UserRole + 2
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the record's id, and column key → value (str, int, Decimal, date, Mark, Bar, Change, None)."""

    id: str
    cells: Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One column. `kind`: text, strong, muted, figure, date, chip, bar, change.

    `state_of(row)` gives the colour of a chip column whose cells are plain words; `stretch` takes spare width;
    `unit` is shown in the header. `sort` is False where the source cannot sort by it.
    """

    key: str
    label: str
    align: str = ""
    width: int = 120
    kind: str = "text"
    state_of: Callable[[Row], str] | None = field(default=None, repr=False)
    unit: str = ""
    stretch: bool = False
    sort: bool = True
    lines: int = 1  # a text that does not fit one line takes a second, smaller one where this is 2

    @property
    def header(self) -> str:
        return f"{self.label}（{self.unit}）" if self.unit else self.label

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        side = self.align or ("right" if self.kind == "figure" else "left")
        flags = {"right": Qt.AlignmentFlag.AlignRight, "center": Qt.AlignmentFlag.AlignHCenter}
        return flags.get(side, Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter


class Source(Protocol):
    """Where rows come from. Pages by key set: `after` is the cursor the page before gave, None for the first."""

    columns: Sequence[Column]

    def page(self, after: Any, limit: int) -> tuple[Sequence[Row], Any]:
        """At most `limit` rows, and the cursor for the next page (None: these were the last)."""

    def count(self) -> int | None:
        """How many rows there are; None for more than it is worth counting."""

    def sort(self, key: str, descending: bool) -> None:
        """From now on, pages come in this order."""


class ListSource:
    """A source over rows already at hand: small tables on cards, tests. Not for registers."""

    def __init__(self, columns: Sequence[Column], rows: Sequence[Row] = ()) -> None:
        self.columns = columns
        self.rows = list(rows)

    def page(self, after: Any, limit: int) -> tuple[Sequence[Row], Any]:
        """Rows from position `after`."""
        start = after or 0
        end = start + limit
        return self.rows[start:end], end if end < len(self.rows) else None

    def count(self) -> int | None:
        """All of them."""
        return len(self.rows)

    def sort(self, key: str, descending: bool) -> None:
        """Sort by a column; blanks last either way."""
        filled = [row for row in self.rows if row.cells.get(key) is not None]
        blank = [row for row in self.rows if row.cells.get(key) is None]
        filled.sort(key=lambda row: _order(row.cells[key]), reverse=descending)
        self.rows = filled + blank


def _order(value: Any) -> Any:
    if isinstance(value, Bar):
        return value.share or 0
    return str(value) if isinstance(value, str | Mark | Change) else value


def shown(value: Any, kind: str = "text") -> str:
    """A value as people read it: thousands separators, 2024-05-08, — for a figure that was not given."""
    if value is None or value == "":
        return "—" if kind == "figure" else ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


class PagedModel(QAbstractTableModel):
    """Fetches the next page when the view nears the end; with `jobs`, pages are read off the UI thread."""

    loaded = Signal()  # a page arrived (the first one too, and an empty one)
    failed = Signal(object)

    def __init__(self, source: Source, jobs: Jobs | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source, self._jobs = source, jobs
        self._rows: list[Row] = []
        self._cursor: Any = None
        self._complete = False
        self._loading = False
        self._turn = 0  # pages of an older order or filter are thrown away
        self._count: int | None = None
        self._counted = False

    @property
    def source(self) -> Source:
        return self._source

    @property
    def columns(self) -> Sequence[Column]:
        return self._source.columns

    @property
    def loading(self) -> bool:
        return self._loading

    @property
    def complete(self) -> bool:
        """Are all rows here?"""
        return self._complete

    def set_source(self, source: Source) -> None:
        """Other rows (another filter, another register); starts at the first page."""
        self.beginResetModel()
        self._source = source
        self._rows, self._complete, self._loading = [], False, False
        self._cursor, self._counted = None, False
        self._turn += 1
        self.endResetModel()
        self._load()

    def reload(self) -> None:
        """Read again from the first page."""
        self.set_source(self._source)

    def total(self) -> int | None:
        """What the source counts; asked once per reload. None: too many to count."""
        if not self._counted:
            self._count = len(self._rows) if self._complete else self._source.count()
            self._counted = True
        return self._count

    def row_at(self, row: int) -> Row:
        """The row in this place."""
        return self._rows[row]

    def rows(self) -> list[Row]:
        """Rows read so far."""
        return list(self._rows)

    def place_of(self, record: str) -> int | None:
        """Where a record stands among the rows read so far."""
        return next((n for n, row in enumerate(self._rows) if row.id == record), None)

    def replace_row(self, row: Row) -> bool:
        """Show a record's new values without reading the page again; False where it is not here."""
        place = self.place_of(row.id)
        if place is None:
            return False
        self._rows[place] = row
        self.dataChanged.emit(self.index(place, 0), self.index(place, len(self.columns) - 1))
        return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        column = self.columns[index.column()]
        value = row.cells.get(column.key)
        if role == VALUE_ROLE:
            return value
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return shown(value, column.kind)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return column.alignment
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.header
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return column.alignment
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if 0 <= column < len(self.columns) and self.columns[column].sort:
            self._source.sort(self.columns[column].key, order == Qt.SortOrder.DescendingOrder)
            self.reload()

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self._complete and not self._loading

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._load()

    def _load(self) -> None:
        turn, cursor, source = self._turn, self._cursor, self._source
        self._loading = True
        if self._jobs is None:
            self._arrived(turn, source.page(cursor, PAGE))
            return
        self._jobs.run(
            f"page/{id(self)}",
            lambda _progress, _cancelled: source.page(cursor, PAGE),
            title="读取列表",
            on_done=lambda page: self._arrived(turn, page),
            on_failed=lambda error: self._broke(turn, error),
            owner=self,
            quiet=True,
        )

    def _arrived(self, turn: int, page: tuple[Sequence[Row], Any]) -> None:
        if turn != self._turn:
            return
        rows, cursor = page
        self._loading = False
        self._cursor = cursor
        self._complete = cursor is None
        if rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._rows.extend(rows)
            self.endInsertRows()
        self.loaded.emit()

    def _broke(self, turn: int, error: Exception) -> None:
        if turn == self._turn:
            self._loading = False
            self._complete = True  # or the view would ask for the same page without end
            self.failed.emit(error)
