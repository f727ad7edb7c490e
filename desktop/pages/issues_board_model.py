"""What the board of problems shows: columns by state, cards a page at a time, counts. Widgets are in issues_board.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt
from sqlalchemy.orm import Session

from db import issue_clocks, lists
from db.issue_clocks import HANDLE, Clock, Limits
from db.lists import ListQuery
from db.workdays import Overrides
from desktop.actions.issue_way import rules
from desktop.context import AppContext

Index = QModelIndex | QPersistentModelIndex
MIME = "application/x-qianqi-issue"
PAGE = 30  # cards read at a time
MOST = 999  # counts above are told as “999+”
CARD_ROLE = Qt.ItemDataRole.UserRole + 1

# The columns from left to right, what each is ordered by (first what is due first), and what it means.
COLUMNS: Mapping[str, tuple[str, bool]] = {
    "待交办": ("registered_on", False),
    "已交办": ("due_date", False),
    "办理中": ("due_date", False),
    "退回重办": ("due_date", False),
    "已办结": ("closed_on", False),
    "已销号": ("written_off_on", False),
    "暂不能解决": ("due_date", False),
    "回头看合格": ("registered_on", True),
}
_READ = (
    "enterprise_id", "category", "description", "org_code", "owner", "status", "urgency", "registered_on", "due_date",
    "closed_on", "written_off_on", "issue_no", "extend_count",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """One problem on the board."""

    id: str
    state: str
    firm: str
    kind: str
    org: str
    clock: str
    clock_state: str
    urgency: str
    text: str

    @property
    def pressing(self) -> bool:
        """Whether its urgency is worth a word: not once it is settled for good."""
        return self.urgency in ("紧急", "特急") and self.state != "回头看合格"

    @property
    def told(self) -> str:
        """The card as it is read aloud."""
        urgent = f"{self.urgency}，" if self.pressing else ""
        return f"{self.firm}，{self.kind}，{urgent}{self.org}，{self.clock}。{self.text}"


@dataclass(frozen=True, slots=True)
class Column:
    """The first cards of a state, how to read on, and how many there are (MOST for so many or more)."""

    cards: tuple[Card, ...]
    next: tuple[Any, ...] | None
    count: int

    @property
    def words(self) -> str:
        return f"{MOST}+" if self.count > MOST else str(self.count)


def read_columns(
    context: AppContext, query: ListQuery, states: Sequence[str] = tuple(COLUMNS)
) -> dict[str, Column]:
    """The first page of every column; off the UI thread. `query` is the list's: its filters hold here too."""
    found = {}
    with context.store.read() as session:
        allowed, overrides = rules(session)
        for state in states:
            wanted = _of_state(query, state)
            if wanted is None:
                found[state] = Column((), None, 0)
                continue
            page = lists.page(session, wanted, None, PAGE)
            full = page.next is not None
            count = lists.count(session, wanted, cap=MOST + 1) if full else len(page.rows)
            found[state] = Column(_cards(page.rows, context, allowed, overrides), page.next, count)
    return found


def read_more(context: AppContext, query: ListQuery, state: str, after: tuple[Any, ...]) -> Column:
    """The cards after `after`; the count is not asked again."""
    wanted = _of_state(query, state)
    assert wanted is not None
    with context.store.read() as session:
        page = lists.page(session, wanted, after, PAGE)
        allowed, overrides = rules(session)
    return Column(_cards(page.rows, context, allowed, overrides), page.next, 0)


def read_card(context: AppContext, session: Session, record: Mapping[str, Any]) -> Card:
    """One record as a card."""
    allowed, overrides = rules(session)
    firm = context.directory.name("enterprise", record.get("enterprise_id"))
    return _card({**record, "enterprise_name": firm}, context, allowed, overrides)


def _of_state(query: ListQuery, state: str) -> ListQuery | None:
    chosen = query.filters.get("status")
    states = chosen if isinstance(chosen, (list, tuple, set)) else [chosen] if chosen else [state]
    if state not in states:
        return None
    return replace(query, filters={**query.filters, "status": state}, sort=COLUMNS[state], columns=_READ)


def _cards(
    rows: Sequence[Mapping[str, Any]], context: AppContext, allowed: Limits, overrides: Overrides
) -> tuple[Card, ...]:
    return tuple(_card(row, context, allowed, overrides) for row in rows)


def _card(row: Mapping[str, Any], context: AppContext, allowed: Limits, overrides: Overrides) -> Card:
    clock = issue_clocks.running(row, context.today(), allowed, overrides)
    org = context.directory.name("unit", row["org_code"]) if row.get("org_code") else "未定责任单位"
    return Card(
        row["id"].hex,
        str(row.get("status") or "待交办"),
        str(row.get("enterprise_name") or "未填企业"),
        str(row.get("category") or "未分类"),
        org,
        _clock_words(clock) if clock is not None else _done_words(row.get("written_off_on")),
        clock.state if clock is not None else "ok",
        str(row.get("urgency") or ""),
        " ".join(str(row.get("description") or "").split()),
    )


def _clock_words(clock: Clock) -> str:
    """Which clock it is goes without saying while the problem is being solved."""
    return clock.words if clock.kind == HANDLE else clock.light


def _done_words(day: date | None) -> str:
    return f"{day.month} 月 {day.day} 日销号" if day is not None else "已办完"


class CardModel(QAbstractListModel):
    """The cards of one column; asks `more(after)` for the next page when its end comes in sight."""

    def __init__(
        self, state: str, more: Callable[[tuple[Any, ...]], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.state = state
        self.cards: list[Card] = []
        self._next: tuple[Any, ...] | None = None
        self._asked: tuple[Any, ...] | None = None
        self._more = more

    def show(self, column: Column) -> None:
        """Other cards altogether."""
        self.beginResetModel()
        self.cards, self._next, self._asked = list(column.cards), column.next, None
        self.endResetModel()

    def add(self, column: Column, after: tuple[Any, ...]) -> None:
        """The page that was asked for."""
        if after != self._next:
            return  # the column was read anew in between
        first = len(self.cards)
        if column.cards:
            self.beginInsertRows(QModelIndex(), first, first + len(column.cards) - 1)
            self.cards += column.cards
            self.endInsertRows()
        self._next, self._asked = column.next, None

    def place_of(self, record_id: str) -> int:
        """The row of a problem, -1 where it is not among those read."""
        return next((place for place, card in enumerate(self.cards) if card.id == record_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return 0 if parent.isValid() else len(self.cards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.cards):
            return None
        card = self.cards[index.row()]
        if role == CARD_ROLE:
            return card
        if role == Qt.ItemDataRole.DisplayRole:
            return card.firm
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{card.firm}\n{card.text}" if card.text else card.firm
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return card.told
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        plain = super().flags(index)
        return plain | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else plain

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """A card that is taken with the mouse to another column."""
        data = QMimeData()
        keys = [self.cards[index.row()].id for index in indexes if index.isValid()]
        data.setData(MIME, (keys[0] if keys else "").encode())
        return data

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._next is not None and self._asked != self._next

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent) and self._next is not None:
            self._asked = self._next
            self._more(self._next)
