"""Columns of a foreign ledger beside the fields they go to, and the menu in which another field is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QVBoxLayout, QWidget

from db.fields import Kind
from db.registers import REGISTERS
from desktop.memory import Memory
from desktop.pages.ledger_grid import FIRM, field_words
from desktop.style.theme import tokens
from desktop.tables.cells import Mark
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.empty import EmptyState
from desktop.widgets.keys import on_keys

if TYPE_CHECKING:
    from returns.ledger.preview import PreviewColumn

COLUMNS = (
    Column("letter", "列", width=48, kind="muted", sort=False),
    Column("title", "表头", width=170, kind="strong", sort=False, stretch=True, lines=2),
    Column("samples", "内容举例", width=250, kind="muted", sort=False, stretch=True),
    Column("field", "导入到", width=190, sort=False),
    Column("sure", "把握", width=112, kind="chip", sort=False),
)
_FIELD = [column.key for column in COLUMNS].index("field")
NO_HEADER = ("没有找到表头", "换一个工作表或台账；也可以在 Excel 里看看表头在哪一行。")
# How a column came to its field: the word, and its colour.
_HOW = {
    "exact": ("一致", "ok"), "fuzzy": ("相近", "watch"), "content": ("按内容", "watch"), "map": ("人工", "info"),
    "remembered": ("记住的", "info"), "second": ("重复", "watch"), "against": ("内容不符", "watch"), "pair": ("拆开", "info"),
    "number": ("序号", "neutral"),
}  # fmt: skip


class ColumnTable(QWidget):
    """`changed(key, target)` when another field was chosen for a column; target "" for not taking it in."""

    changed = Signal(str, str)

    def __init__(self, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.register = ""
        self.columns: Sequence[PreviewColumn] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.table = Table(
            ListSource(COLUMNS), memory=memory, name="intake_columns",
            empty=EmptyState(*NO_HEADER, icon="document"),
        )  # fmt: skip
        self.table.setAccessibleName("各列导入到哪个字段")
        self.table.opened.connect(lambda _key: self.offer())
        self.table.clicked.connect(lambda index: self.offer() if index.column() == _FIELD else None)
        column.addWidget(self.table)
        for keys, told in (("F4", "选这一列导入到哪个字段"), ("Alt+Down", "")):
            on_keys(self.table, keys, self.offer, told, alone=True)
        self.setFocusProxy(self.table)
        self.setMinimumHeight(4 * tokens().metrics.row)
        # Its own wish for height would make the page scroll where it need not.
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)

    def show_columns(self, register: str, columns: Sequence[PreviewColumn]) -> None:
        """Other columns; the row the keyboard is on stays."""
        self.register, self.columns = register, columns
        self.table.set_source(ListSource(COLUMNS, [self._row(each) for each in columns]))

    def choose(self, index: int) -> None:
        """To the column at this place of the file."""
        found = next((each for each in self.columns if each.index == index), None)
        if found is not None:
            self.table.choose(found.letter)
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._take("")
        else:
            super().keyPressEvent(event)

    def offer(self) -> None:
        """Ask where the column goes that the keyboard is on."""
        at = self._current()
        if at is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        holders = {each.target: each for each in self.columns if each.target}
        self._add(menu, "不导入（原文随记录保留）", "", at, holders)
        beside: dict[str, QMenu] = {}
        taken = QMenu("已有一列的字段", menu)
        for target, words, key in fields_for(self.register):
            if target in holders and target != at.target:
                into = taken  # seldom meant: the column that has it would lose it
            elif key == self.register or target in FIRM:
                into = menu
            else:
                into = beside.setdefault(key, QMenu(f"{REGISTERS[key].noun}的其他字段", menu))
            self._add(into, words, target, at, holders)
        menu.addSeparator()
        for each in (*beside.values(), taken):
            if each.actions():
                menu.addMenu(each)
        menu.aboutToHide.connect(self.table.setFocus)
        row = self.table.currentIndex().row()
        cell = self.table.visualRect(self.table.model().index(row, _FIELD))
        menu.popup(self.table.viewport().mapToGlobal(QPoint(cell.left(), cell.bottom())))

    def _add(
        self, menu: QMenu, words: str, target: str, at: PreviewColumn, holders: dict[str, PreviewColumn]
    ) -> None:
        own = (at.target or "") == target
        holder = holders.get(target) if target else None
        told = words if own or holder is None else f"{words}（{holder.letter} 列）"
        action = menu.addAction(told)
        action.setCheckable(True)
        action.setChecked(own)
        action.triggered.connect(lambda _checked=False: self._take(target))
        if own:
            menu.setActiveAction(action)

    def _current(self) -> PreviewColumn | None:
        key = self.table.current_id()
        return next((each for each in self.columns if each.letter == key), None)

    def _take(self, target: str) -> None:
        at = self._current()
        if at is not None and (at.target or "") != target:
            self.changed.emit(at.key, target)

    def _row(self, column: PreviewColumn) -> Row:
        word, state = _HOW.get(column.how, ("未认出", "neutral"))
        if column.how == "map" and column.target is None:
            word, state = "不要", "neutral"
        percent = (
            f" {column.confidence}%" if column.target and column.how in ("exact", "fuzzy", "content") else ""
        )
        told = f"{field_words(column.target, self.register) if column.target else '不导入'} ▾"
        return Row(
            column.letter,
            {
                "letter": column.letter,
                "title": column.title or "（没有表头）",
                "samples": "　".join(text.replace("\n", " ")[:24] for text in column.samples),
                "field": told,
                "sure": Mark(word + percent, state),
            },
        )


def fields_for(register: str) -> list[tuple[str, str, str]]:
    """(target, words, register) of every field a column may go to, those of the register itself first."""
    from returns.ledger.vocabulary import COMPANIONS, target_named

    found = []
    for key in (register, *COMPANIONS.get(register, ())):
        for field in REGISTERS[key].fields:
            if field.kind is Kind.FILES or target_named(register, f"{key}.{field.name}") is None:
                continue
            unit = f"（{field.unit}）" if field.unit else ""
            required = "　*" if field.required and key == register else ""
            target = f"{key}.{field.name}"
            found.append((target, f"{field.label}{unit}{required}", key))
    # What a row is found by, then what must be there.
    return sorted(found, key=lambda each: (each[0] not in FIRM, not each[1].endswith("*")))
