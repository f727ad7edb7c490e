"""Who has answered a 专项, and what: the units at a glance, all rows in one list, prepared rows from the clipboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from db.special.answers import Standing
from db.special.definition import DRAFT, Definition
from desktop.actions import special as actions
from desktop.context import AppContext
from desktop.pages.errors import words_of
from desktop.pages.files import ask_save
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.grid import CompletenessGrid, GridCell
from desktop.widgets.labels import label


class SpecialStanding(Card):
    """`left()` to go back; `said(text, hint, state)`."""

    left = Signal()
    said = Signal(str, str, str)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("专项", "", parent, flush=True)
        self.context = context
        self.standing: Standing | None = None
        self.prepare_button = Button("粘贴预填行", self.paste_prepared, self, role="small")
        self.prepare_button.setToolTip("在 Excel 里复制：第一列写单位，后面依次是各栏，再按这里")
        self.export_button = Button("导出汇总…", self._ask_export, self, role="small")
        self.back = Button("返回", self.left.emit, self, role="small")
        for button in (self.prepare_button, self.export_button, self.back):
            self.head.addWidget(button)
        self.units = CompletenessGrid("各单位填报情况")
        self.units.setContentsMargins(14, 0, 14, 0)
        self.add(self.units)
        self.told = label("", "muted", wrap=True)
        self.told.setContentsMargins(14, 4, 14, 4)
        self.add(self.told)
        self.table = Table(
            ListSource((Column("unit", "填报单位", width=160),)),
            empty=EmptyState("还没有填报", "各单位的回报接收以后，填的内容列在这里。"),
        )
        self.table.setAccessibleName("填报内容")
        self.add(self.table, 1)

    def show_table(self, key: str) -> None:
        """Read aside and show."""
        store = self.context.store

        def read(_progress: Any, _cancelled: Any) -> Any:
            found = next(each for each in actions.standings(store) if each.definition.key == key)
            return found, actions.prepared_lines(store, key)

        self.context.jobs.run(
            "special/read", read, title="读取专项", on_done=lambda found: self._show(*found),
            on_failed=self._failed, owner=self, quiet=True,
        )  # fmt: skip

    def _show(self, standing: Standing, lines: list[tuple[str, actions.Line]]) -> None:
        self.standing = standing
        definition = standing.definition
        self.set_title(
            definition.title, f"已报 {standing.answered}/{len(standing.units)}，共 {len(lines)} 行"
        )
        cells = {(each.unit, ""): GridCell(each.word, _state(each), _told(each)) for each in standing.units}
        self.units.set([(each.unit, each.name.removesuffix("街道")) for each in standing.units], cells)
        missing = [each.name for each in standing.units if not each.answered]
        self.told.setText("" if not missing or standing.state == DRAFT else f"还没报：{'、'.join(missing)}")
        self.told.setVisible(bool(self.told.text()))
        columns = _columns(definition)
        names = [each.name for each in definition.register.fields]
        rows = [
            Row(line.id.hex, {"unit": unit, **{name: line.cells[name] for name in names}})
            for unit, line in lines
        ]
        self.table.set_source(ListSource(columns, rows), keep=False)
        self.export_button.setEnabled(bool(rows))

    def paste_prepared(self) -> None:
        """Rows for the units from the clipboard."""
        if self.standing is None:
            return
        text = QGuiApplication.clipboard().text()
        block = [line.split("\t") for line in text.splitlines()]
        if not any(len(line) > 1 for line in block):
            self.said.emit("剪贴板里没有表格。", "在 Excel 里复制：第一列写单位，后面依次是各栏。", "watch")
            return
        key = self.standing.definition.key
        kept, told = actions.prepare(self.context.store, key, block)
        self.said.emit(f"预填了 {kept} 行，随专项一起下发。", "；".join(told), "watch" if told else "ok")
        self.show_table(key)

    def _ask_export(self) -> None:
        if self.standing is not None:
            out = ask_save(
                self, self.context.memory, "导出汇总", f"{self.standing.definition.title}_汇总.xlsx"
            )
            if out is not None:
                self.export(out)

    def export(self, out: Path) -> None:
        """All rows in one workbook."""
        assert self.standing is not None
        store, key = self.context.store, self.standing.definition.key
        self.context.jobs.run(
            "special/export", lambda _progress, _cancelled: actions.export(store, key, out), title="导出汇总",
            on_done=lambda count: self.said.emit(f"已写出“{out.name}”，共 {count} 行。", "", "ok"),
            on_failed=self._failed, owner=self, supersede=False, cancellable=False,
        )  # fmt: skip

    def _failed(self, error: Exception) -> None:
        self.said.emit(*words_of(error), "alarm")


def _state(each: Any) -> str:
    return "alarm" if not each.answered else "neutral" if each.zero else "ok"


def _told(each: Any) -> str:
    prepared = f"，下发时预填 {each.prepared} 行" if each.prepared else ""
    return f"{each.word}{f'，第 {each.revision} 版' if each.revision else ''}{prepared}"


def _columns(definition: Definition) -> tuple[Column, ...]:
    found = [Column("unit", "填报单位", width=150, kind="strong", sort=False)]
    last = len(definition.columns) - 1
    for place, each in enumerate(definition.register.fields):
        figure = each.unit or each.places
        found.append(
            Column(
                each.name,
                each.header,
                "right" if figure else "",
                220 if each.source else 130,
                sort=False,
                stretch=place == last,
            )
        )
    return tuple(found)
