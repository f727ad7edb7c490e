"""粘贴录入 of one register: a grid to paste into or to type in, checked row by row; the good rows are saved at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from db import drafts
from db.registers import REGISTERS
from desktop.actions import paste as actions
from desktop.actions.records import defaults_for
from desktop.context import AppContext
from desktop.pages.errors import words_of
from desktop.pages.paste_desk import SAVED, PasteDesk, Rows
from desktop.pages.paste_model import PasteModel
from desktop.pages.paste_panel import CellPanel
from desktop.pages.paste_sheet import Cell, Sheet
from desktop.pages.paste_table import PasteTable
from desktop.pages.paste_typing import is_firm, options_of, spelled_out
from desktop.widgets.banner import Banner
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.header import PageHeader
from desktop.widgets.keys import on_keys
from desktop.widgets.labels import ElidedLabel
from returns.paste.block import Cells, read_clipboard
from returns.paste.columns import FIRM, Block, empty_block, slot_map, slots
from returns.paste.verdict import State

if TYPE_CHECKING:
    from returns.paste.keep import Kept

BLANK_ROWS = 12
_PAUSE, _AUTOSAVE = 150, 2500  # ms
_SHORT_TEXT = 20_000  # characters of a clipboard that are read at once


class PasteView(QWidget):
    """`closed` to go back to the list; `finished(words, undo)` when every row was saved."""

    closed = Signal()
    finished = Signal(str, object)

    def __init__(self, register: str, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.register, self.context = register, context
        self.noun = REGISTERS[register].noun
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.header = PageHeader(f"粘贴录入 · {REGISTERS[register].title}", self)
        self.header.add("返回", self.close_view, "Esc", tip="回到列表；没保存的行留着，下次接着改")
        self.save_button = self.header.add("保存", self.save, "Ctrl+S", primary=True)
        column.addWidget(self.header)
        self.message = Banner("", parent=self)
        self.message.hide()
        column.addWidget(self.message)
        self.undo_banner = Banner("", state="ok", parent=self)
        self.undo_banner.add("撤销这次保存", lambda: self.desk.take_back())
        self.undo_banner.hide()
        column.addWidget(self.undo_banner)
        column.addLayout(self._tools())
        self.model = PasteModel(Sheet(empty_block(register, BLANK_ROWS)), self)
        self.desk = PasteDesk(register, self.model, context, self)
        self.model.spell = lambda at, text: spelled_out(self.model.slot(at), text, context)
        self.table = PasteTable(self.model, lambda slot: options_of(slot, context), self)
        self.table.setAccessibleName(f"{REGISTERS[register].title}粘贴表格")
        card = Card(flush=True)
        card.add(self.table, 1)
        column.addWidget(card, 1)
        self.panel = CellPanel(self)
        column.addWidget(self.panel)
        self._check_timer = self._timer(_PAUSE, lambda: self.desk.check())
        self._draft_timer = self._timer(_AUTOSAVE, lambda: self.desk.keep_draft())
        self.desk.was_read.connect(self._take_block)
        self.desk.was_checked.connect(self._refresh)
        self.desk.was_saved.connect(self._saved)
        self.desk.was_undone.connect(self._undone)
        self.desk.went_wrong.connect(self._failed)
        self.desk.was_dropped.connect(self._dropped)
        self.model.edited.connect(self._edited)
        self.model.typed.connect(self._typed)
        self.table.pasted.connect(self.read)
        self.table.moved.connect(self._show_cell)
        self.table.slot_chosen.connect(self._choose_slot)
        self.table.undo_asked.connect(self._undo)
        self.table.redo_asked.connect(self._redo)
        self.panel.offered.connect(lambda text: self.model.change({self.table.cell: text}))
        for number in range(3):
            on_keys(
                self,
                f"Ctrl+{number + 1}",
                partial(self.panel.take, number),
                f"采用表下第 {number + 1} 个建议",
            )
        self._at: Cell = (0, 0)
        # What a new record gets by itself needs no column.
        self._given = set(defaults_for(register, context.actor, context.today()))
        self._refresh()

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        self.hint = ElidedLabel("", "muted")
        row.addWidget(self.hint, 1)
        self.new_cards = QCheckBox("没有的企业建新档案（F3）", self)
        on_keys(self, "F3", self.new_cards.toggle, "没有的企业建新档案")
        self.new_cards.setToolTip("档案里找不到的企业，保存时按名称建一张新档案，标为待补全")
        self.new_cards.toggled.connect(self._create_firms)
        self.new_cards.setVisible(FIRM in slot_map(self.register))
        row.addWidget(self.new_cards)
        self.next = Button("下一处要改", self.next_bad, self, role="small")
        self.next.set_shortcut("F8", self, anywhere=True)
        row.addWidget(self.next)
        self.add_column = Button("加一列", self._offer_columns, self, role="small")
        self.add_column.set_shortcut("F9", self, anywhere=True)
        row.addWidget(self.add_column)
        return row

    def _timer(self, pause: int, work: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(pause)
        timer.timeout.connect(work)
        return timer

    @property
    def sheet(self) -> Sheet:
        return self.model.sheet

    # Opening and leaving.

    def begin(self, text: str = "", html: str = "") -> None:
        """Show the rows that stayed open, else a blank grid; a clipboard's block is read into it."""
        kept = drafts.load(self.context.store, actions.draft_key(self.register))
        if self.sheet.blank and kept is not None and actions.is_block(kept):
            self.resume(kept)
        if text or html:
            self.read(text, html)
        self.table.go((0, 0))

    def resume(self, kept: drafts.Kept) -> None:
        """Take up the rows that were left."""
        self._show_block(actions.kept_block(kept))

    @property
    def busy(self) -> bool:
        """Whether something would be lost with the grid: its rows, or the way back of what was saved."""
        return not self.sheet.blank or self.desk.can_take_back

    def first_focus(self) -> QWidget:
        return self.table

    def leave(self) -> None:
        """Keep what is in the grid before something else is shown, or nothing any more."""
        self._close_editor()
        self._draft_timer.stop()
        self.desk.keep_now()

    def close_view(self) -> None:
        """Back to the list, which tells of the rows that stay open."""
        self._close_editor()
        self._draft_timer.stop()
        self.desk.keep_draft(open=False, again=True, then=self.closed.emit)

    # Reading a block.

    def read(self, text: str, html: str = "") -> None:
        """Take a clipboard's block in: columns to fields where it begins with a header or the grid is empty."""
        cell = self.table.cell
        if not self.sheet.blank and len(text) < _SHORT_TEXT and not html:
            cells = read_clipboard(text)
            if len(cells) <= 1 or len(cells[0]) <= 1:
                self._paste_at(cell, cells)
                return
        self._at = cell
        self.desk.read(text, html)

    def _take_block(self, block: Block, cells: Cells) -> None:
        cell = self._at
        if not block.rows and not cells:
            self.say(
                "剪贴板里没有表格内容。",
                "请在 Excel 或 WPS 里选中一块，按 Ctrl+C，再回到这里按 Ctrl+V。",
                "watch",
            )
            return
        self.message.hide()
        if self.sheet.blank and (block.header or (cell == (0, 0) and len(block.columns) > 1)):
            self._show_block(block)
        elif block.header:
            self.model.reshape(lambda: self.sheet.append(block))
            self.table.go((len(self.sheet.rows) - len(block.rows), 0))
        else:
            self._paste_at(cell, cells)
        if len(block.rows) >= actions.MOST_ROWS:
            self.say(
                f"一次最多粘贴 {actions.MOST_ROWS:,} 行，其余没有读入。",
                "更大的台账请用列表上的“导入台账”。",
                "watch",
            )
        elif block.left_out:
            self.say(
                f"有 {len(block.left_out)} 行不是数据（标题、合计、签名），没有读入。",
                "、".join(block.left_out[:4])[:120],
                "info",
            )

    def _show_block(self, block: Block) -> None:
        if not block.rows:
            block.rows = [[""] * len(block.columns)]
        self.desk.begin_with(block)
        self.table.go((0, 0))
        self._edited()

    def _paste_at(self, cell: Cell, cells: list[list[str]]) -> None:
        if not cells:
            return
        over = self.model.reshape(lambda: self.sheet.paste(*cell, cells))
        self.table.go(cell)
        if over is not None and over > 0:
            self.say(
                f"粘贴的内容比右边剩下的列多 {over} 列，多出的没有放入。",
                "可先按 F9 加列，再按 Ctrl+Z 重新粘贴。",
                "watch",
            )

    # Checking.

    def _edited(self) -> None:
        self._check_timer.start()
        self._draft_timer.start()
        self._refresh()

    def _create_firms(self, wanted: bool) -> None:
        self.desk.create_firms = wanted
        self.sheet.checks = [None] * len(self.sheet.rows)
        self._edited()

    # Saving, taking back.

    def save(self) -> None:
        """Save every row that may be saved; the others stay here."""
        self._close_editor()
        self._check_timer.stop()
        if self.sheet.blank:
            self.say("表格还是空的。", "先粘贴一块，或逐格填写。", "watch")
            return
        if not self.sheet.unchecked() and not any(self.sheet.count(state) for state in SAVED):
            self._nothing_good()
            return
        self.desk.save()
        self._refresh()

    def _nothing_good(self) -> None:
        self.say("没有可以保存的行。", "请先改好标为“要改”的格：F8 到下一处。", "watch")
        self.next_bad()

    def _saved(self, kept: Kept, gone: Rows) -> None:
        left = sum(not self.sheet.is_blank(row) for row in range(len(self.sheet.rows)))
        words = f"已保存 {len(gone):,} 条{self.noun}"
        if kept.problems:
            words += f"、{kept.problems:,} 个问题"
        if kept.cards:
            words += f"，新建企业档案 {kept.cards:,} 张"
        if kept.incomplete:
            words += f"，其中 {kept.incomplete:,} 条待补全"
        self.message.hide()
        if left == 0:
            self.desk.begin_with(empty_block(self.register, BLANK_ROWS))
            self._refresh()
            self.finished.emit(f"{words}。", self.desk.take_back)
            return
        self.undo_banner.say(f"{words}，留下 {left:,} 行。", "改好后再按 Ctrl+S；Ctrl+Z 撤销这次保存。", "ok")
        self.undo_banner.show()
        self._refresh()
        self.next_bad(from_start=True)

    def _undone(self, gone: Rows, block: Block) -> None:
        self.undo_banner.hide()
        if self.sheet.blank:
            self._show_block(replace(block, rows=[row for _, row in gone]))
        else:
            self.model.reshape(lambda: self.sheet.put_back(gone))
        self.say(f"已撤销，{len(gone):,} 行回到表格里。", "", "info")

    # Steps back and forth.

    def _undo(self) -> None:
        if self.sheet.can_undo:
            cell = self.model.reshape(self.sheet.undo)
            self.table.go(cell or (0, 0))
        else:
            self.desk.take_back()

    def _redo(self) -> None:
        if self.sheet.can_redo:
            cell = self.model.reshape(self.sheet.redo)
            self.table.go(cell or (0, 0))

    def next_bad(self, *, from_start: bool = False) -> None:
        """To the next cell with something to mend."""
        cell = self.sheet.next_bad((-1, -1) if from_start else self.table.cell)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if cell is not None:
            self.table.go(cell)

    # Columns.

    def _choose_slot(self, column: int, slot: str) -> None:
        header = self.sheet.columns[column].header
        cell = self.table.cell
        self.model.reshape(lambda: self.sheet.choose(column, slot))
        self.table.go(cell)
        if header:
            self.desk.remember(header, slot)

    def _offer_columns(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        taken = {each.slot for each in self.sheet.columns}
        free = sorted(
            (slot for slot in slots(self.register) if slot.key not in taken),
            key=lambda s: not s.field.required,
        )
        for slot in free:
            action = menu.addAction(f"{slot.header}{'（必填）' if slot.field.required else ''}")
            action.triggered.connect(lambda _checked=False, key=slot.key: self._add_column(key))
        if free:
            menu.setActiveAction(menu.actions()[0])
            menu.popup(self.add_column.mapToGlobal(self.add_column.rect().bottomLeft()))

    def _add_column(self, slot: str) -> None:
        row = self.table.cell[0]
        at = self.model.reshape(lambda: self.sheet.add_column(slot))
        self.table.go((row, at))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # What is shown.

    def say(self, text: str, hint: str = "", state: str = "alarm") -> None:
        """Show a line above the grid."""
        self.message.say(text, hint, state)
        self.message.show()

    def _failed(self, error: Exception) -> None:
        if getattr(error, "id", "") == "nothing_to_save":
            self._nothing_good()
        else:
            self.say(*words_of(error), "alarm")
        self._refresh()

    def _dropped(self, what: str) -> None:
        if what == "save":
            self.say("已取消，一行也没有保存。", "", "watch")
        else:
            self.say("核对已取消。", "改动任何一格，或按 Ctrl+S，会重新核对。", "watch")
        self._refresh()

    def _refresh(self) -> None:
        good, remarks, bad = (self.sheet.count(state) for state in (State.GOOD, State.REMARKS, State.BAD))
        self.header.set_chips(
            [
                (f"可保存 {good:,}" if good else "", "ok"),
                (f"有提醒 {remarks:,}" if remarks else "", "watch"),
                (f"要改 {bad:,}" if bad else "", "alarm"),
            ]
        )
        saved = good + remarks
        words = f"保存 {saved:,} 行" + (f"，留下 {bad:,} 行" if bad and saved else "")
        self.save_button.setText(words if saved else "保存")
        self.save_button.setEnabled(not self.model.locked)
        self.save_button.updateGeometry()
        present = {each.slot for each in self.sheet.columns} | self._given
        missing = [
            slot.label for slot in slots(self.register) if slot.field.required and slot.key not in present
        ]
        if missing:
            self.hint.setText(
                f"还没有这些必填列：{'、'.join(missing)}。可按 F9 加上，填一格后选中整列按 Ctrl+D 填满。"
            )
        else:
            self.hint.setText(
                "在 Excel 或 WPS 里复制一块，到这里按 Ctrl+V；也可以直接逐格打字。F4 选列的字段，Alt+↓ 选值，Ctrl+D 向下填。"
            )
        self._show_cell()

    def _show_cell(self) -> None:
        row, column = self.table.cell
        if row >= len(self.sheet.rows) or column >= self.sheet.width:
            return
        slot, check = self.model.slot(column), self.model.check(row)
        findings = self.model.findings_at((row, column))
        help = slot.field.help if slot is not None else "这一列不录入，原文随记录保留。按 F4 选字段。"
        offers: Sequence[str] = ()
        if check is not None:
            offers = check.offers.get(self.sheet.columns[self.table.cell[1]].slot, ())
        self.panel.show_cell(
            f"第 {row + 1} 行{self._whose(row)} · {self.model.title(column)}", help, findings, offers
        )

    def _whose(self, row: int) -> str:
        """What the row is about, for its first columns may be out of sight."""
        register = REGISTERS[self.register]
        at = self.sheet.column_of(register.title_field)
        text = self.sheet.text(row, at).strip() if at is not None else ""
        return f" · {text if len(text) <= 20 else text[:19] + '…'}" if text else ""

    def _typed(self, row: int, column: int, text: str) -> None:
        if is_firm(self.model.slot(column)):
            self.desk.look_for_firm(row, column, text)

    def _close_editor(self) -> None:
        if self.table.state() == PasteTable.State.EditingState:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
