"""Composing a 专项: its name, month and due date, and its columns in a grid; from scratch or after a workbook's header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from db.errors import KnownError
from db.fields import Kind
from db.periods import Period
from db.special.answers import new_table
from db.special.definition import KINDS, PREFIX, ColumnDef, Definition
from db.text import parse_bool, parse_date, parse_period
from desktop.actions import special as actions
from desktop.context import AppContext
from desktop.pages.files import ask_open
from desktop.pages.settings_parts import columns, field, holder, line
from desktop.pages.text_grid import GridColumn, GridRow, TextGrid
from desktop.widgets.button import Button
from desktop.widgets.card import Card

_BY_WORD = {word: kind for kind, word in KINDS.items()}
_COLUMNS = (
    GridColumn("label", "栏目 *", help="这一栏叫什么，如“投资额”。", width=190),
    GridColumn("kind", "类型", Kind.CHOICE, tuple(KINDS.values()), "空着是文字；企业栏会带出信用代码。", 90),
    GridColumn("unit", "单位", help="数字的计量单位，如“万元”。", width=90),
    GridColumn("required", "必填", Kind.BOOL, ("是", "否"), "必填的空着，该月不能上报。", 70),
    GridColumn("choices", "选项", help="类型是“选项”时写，用顿号隔开，如“已建、在建、拟建”。", width=220),
    GridColumn("help", "填写说明", help="填表人在这一栏时看到的话。", width=240),
)
_SHEETS = "工作簿 (*.xlsx *.xls *.csv)"


class SpecialCompose(Card):
    """`kept(key)` after 保存, `left()` to go back without; `said(text, hint, state)`."""

    kept = Signal(str)
    left = Signal()
    said = Signal(str, str, str)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("新建专项", "栏目写好后保存，下发时勾选“专项”", parent)
        self.context = context
        self.definition: Definition | None = None
        self._keys: dict[int, str] = {}
        self.from_file = Button("从工作簿取栏目…", self._ask_file, self, role="small")
        self.back = Button("返回", self.left.emit, self, role="small")
        self.save_button = Button("保存", self.save, self, primary=True, role="small")
        self.save_button.set_shortcut("Ctrl+S", self)
        for button in (self.from_file, self.back, self.save_button):
            self.head.addWidget(button)
        self.title_edit = line("专项名称", "如“算力需求摸底”")
        self.title_edit.setMaxLength(40)
        self.month = line("月份", "如 2024-05")
        self.due = line("填报期限", "如 5月20日，可空")
        self.note_edit = line("说明", "口径、依据、联系人，可空")
        self.note_edit.setMaxLength(300)
        self.optional = QCheckBox("可以不填（必填栏空着只提醒，不拦上报）")
        names = ("名称", "随哪个月的回报上报", "填报期限", "说明")
        edits = (self.title_edit, self.month, self.due, self.note_edit)
        self.add(columns([field(name, edit) for name, edit in zip(names, edits, strict=True)], 4))
        row = QHBoxLayout()
        row.addWidget(self.optional)
        row.addStretch(1)
        self.add(holder(row))
        self.grid = TextGrid("栏目", self)
        self.grid.grid.typed.connect(self._typed)
        self.grid.pasted.connect(self._paste)
        self.grid.remove_asked.connect(self._remove)
        box = QVBoxLayout()
        box.addWidget(self.grid)
        self.add(holder(box), 1)

    def compose(self, definition: Definition | None, period: str) -> None:
        """A new table, or one that is there."""
        self.definition = definition
        self.set_title(definition.title if definition else "新建专项", "栏目写好后保存，下发时勾选“专项”")
        self.title_edit.setText(definition.title if definition else "")
        self.month.setText(definition.period if definition else period)
        self.due.setText(definition.due_on.isoformat() if definition and definition.due_on else "")
        self.note_edit.setText(definition.note if definition else "")
        self.optional.setChecked(bool(definition and definition.optional))
        self.show_columns(definition.columns if definition else ())

    def show_columns(self, shown: Sequence[ColumnDef]) -> None:
        """Columns to be changed further."""
        self.grid.show_rows(_COLUMNS, [_row(each) for each in shown])

    def first_focus(self) -> QWidget:
        return self.title_edit

    # The grid keeps texts; they become columns on 保存.

    def _typed(self, place: int, column: str, text: str) -> None:
        row = self.grid.grid.rows[place]
        if column == "kind":
            hits = [word for word in KINDS.values() if word.startswith(text)] if text else [""]
            text = hits[0] if len(hits) == 1 else text
        if column == "required" and text:
            answer = parse_bool(text)
            text = "是" if answer.value else "否" if answer.ok else text
        cells = {**row.cells, column: text}
        self.grid.grid.update_row(place, GridRow(row.key, cells, _wrong(cells)))

    def _paste(self, row: int, column: int, lines: Sequence[Sequence[str]]) -> None:
        """A line of headers becomes columns; a block goes into the cells."""
        if len(lines) == 1 and len(lines[0]) > 2 and column == 0:
            from db.special.definition import columns_of_headers

            here = [each for each in self.grid.grid.rows if each.cells]
            made = [_row(each) for each in columns_of_headers(lines[0])]
            self.grid.show_rows(_COLUMNS, [*here, *(GridRow(None, each.cells) for each in made)])
            return
        names = [each.key for each in _COLUMNS[column:]]
        for down, cells in enumerate(lines):
            for name, text in zip(names, cells, strict=False):
                self._typed(row + down, name, text.strip())

    def _remove(self, places: Sequence[int]) -> None:
        rows = [each for place, each in enumerate(self.grid.grid.rows) if place not in places and each.cells]
        self.grid.show_rows(_COLUMNS, rows)

    # Files and keeping.

    def _ask_file(self) -> None:
        path = ask_open(self, self.context.memory, "从工作簿取栏目", _SHEETS)
        if path is not None:
            self.take_header(path)

    def take_header(self, path: Path) -> None:
        """The columns of a workbook's header, to be looked over."""
        try:
            found = actions.columns_of_file(path)
        except KnownError as error:
            self.said.emit(error.message, error.hint, "alarm")
            return
        self.show_columns(found)
        self.said.emit(f"从“{path.name}”取了 {len(found)} 栏，请核对类型和必填。", "", "info")

    def save(self) -> None:
        """保存: the definition as it stands, or what is wrong with it."""
        try:
            period, due = self._dates()
            made = [_column(each) for each in self.grid.grid.rows if any(each.cells.values())]
            title = self.title_edit.text().strip()
            facts: dict[str, Any] = {
                "due_on": due, "note": self.note_edit.text().strip(), "optional": self.optional.isChecked(),
            }  # fmt: skip
            if self.definition is None:
                definition = new_table(title, period, made, **facts)
            else:
                definition = replace(
                    self.definition, title=title, period=period, columns=tuple(made), **facts
                )
            self.definition = actions.keep(self.context.store, definition)
        except KnownError as error:
            self.said.emit(error.message, error.hint, "alarm")
            return
        self.said.emit(f"已保存专项“{title}”。", "下发时勾选“专项”，各单位导入后就能填。", "ok")
        self.kept.emit(self.definition.key)

    def _dates(self) -> tuple[str, date | None]:
        from db.errors import Refused

        month = parse_period(self.month.text())
        if not month.ok or month.value is None:
            raise Refused("月份看不懂。", "请写成“2024-05”。", "bad_definition")
        typed = self.due.text().strip()
        if not typed:
            return str(month.value), None
        given = typed if typed[:2] == "20" else f"{Period(str(month.value)).year}年{typed}"
        day = parse_date(given)
        if not day.ok or day.value is None:
            raise Refused("填报期限看不懂。", "请写成“2024-05-20”或“5月20日”。", "bad_definition")
        return str(month.value), day.value


def _row(each: ColumnDef) -> GridRow:
    cells = {
        "label": each.label, "kind": KINDS[each.kind], "unit": each.unit, "required": "是" if each.required else "",
        "choices": "、".join(each.choices), "help": each.help,
    }  # fmt: skip
    return GridRow(each.key, cells, _wrong(cells))


def _wrong(cells: Mapping[str, str]) -> dict[str, str]:
    wrong = {}
    if any(cells.values()) and not cells.get("label"):
        wrong["label"] = "请写这一栏的名称"
    kind = cells.get("kind", "")
    if kind and kind not in _BY_WORD:
        wrong["kind"] = f"类型有{'、'.join(KINDS.values())}"
    if kind == KINDS["choice"] and "、" not in cells.get("choices", ""):
        wrong["choices"] = "请写至少两个选项，用顿号隔开"
    if cells.get("required", "") not in ("", "是", "否"):
        wrong["required"] = "写“是”或“否”"
    return wrong


def _column(row: GridRow) -> ColumnDef:
    cells = row.cells
    kind = _BY_WORD.get(cells.get("kind") or KINDS["text"], cells.get("kind", ""))
    choices = tuple(each.strip() for each in cells.get("choices", "").split("、") if each.strip())
    return ColumnDef(
        str(row.key or ""), cells.get("label", ""), kind, cells.get("unit", "") if kind == "number" else "",
        cells.get("required") == "是", cells.get("help", ""), choices if kind == "choice" else (),
    )  # fmt: skip


def register_of(key: str) -> str:
    return PREFIX + key
