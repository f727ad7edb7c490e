"""The work behind the paste grid, all of it aside: reading, checking, saving, taking back, keeping what is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from db.records import Values
from desktop.actions import paste as actions
from desktop.context import AppContext
from desktop.pages.paste_model import PasteModel
from desktop.pages.paste_sheet import Sheet
from desktop.pages.paste_typing import firm_meant
from returns.paste.block import Cells, read_clipboard
from returns.paste.columns import FIRM, Block, header_key
from returns.paste.verdict import Checked, State

if TYPE_CHECKING:
    from returns.paste.keep import Kept

ALL_AT_ONCE = 300  # up to so many rows are checked whole after each change
SAVED = (State.GOOD, State.REMARKS)
_LONG_TEXT = 200_000  # characters of a clipboard whose reading may be noticed
Rows = list[tuple[int, list[str]]]


class PasteDesk(QObject):
    """Signals tell the view what came of it, on the UI thread; the sheet is changed only there."""

    was_read = Signal(object, object)  # Block, the cells as they came where there was no header
    was_checked = Signal()
    was_saved = Signal(object, object)  # Kept, the rows that left the grid
    was_undone = Signal(object, object)  # the rows that came back, the block they belong to
    went_wrong = Signal(object)  # KnownError or a bug
    was_dropped = Signal(str)  # “check” or “save” was cancelled

    def __init__(self, register: str, model: PasteModel, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self.register, self.model, self.context = register, model, context
        self.create_firms = False
        self._cards: dict[UUID, Values] = {}
        self._partial = False  # some verdicts were given without the other rows
        self._save_wanted = False
        self._last: tuple[UUID, Rows, Block] | None = None
        self._kept_version = -1

    @property
    def sheet(self) -> Sheet:
        return self.model.sheet

    @property
    def can_take_back(self) -> bool:
        """Whether there is a saved block to undo."""
        return self._last is not None

    def _run(self, key: str, work: Callable[[Any, Callable[[], bool]], Any], **more: Any) -> None:
        """A job of this grid; what goes wrong is told by `went_wrong`."""
        more.setdefault("on_failed", self._failed)
        self.context.jobs.run(f"paste/{key}", work, owner=self, **more)

    def _failed(self, error: Exception) -> None:
        self._save_wanted = False
        self.model.locked = False
        self.went_wrong.emit(error)

    def _copy(self, places: Sequence[int]) -> Block:
        """These rows as a block of their own, for work aside."""
        own = self.sheet.block
        return replace(own, columns=list(own.columns), rows=[own.rows[place] for place in places])

    # What is remembered.

    @property
    def remembered(self) -> dict[str, str]:
        """Which field a person chose for a header."""
        return dict(self.context.memory.get(f"paste/{self.register}", {}) or {})

    def remember(self, header: str, slot: str) -> None:
        """A person said where a column goes."""
        self.context.memory.set(f"paste/{self.register}", {**self.remembered, header_key(header): slot})

    def keep_draft(
        self, *, open: bool = True, again: bool = False, then: Callable[[], object] | None = None
    ) -> None:
        """Keep the rows, so that a power cut or another page loses none; an empty grid leaves nothing behind.

        `then` is called when it is done.
        """
        if self.sheet.version == self._kept_version and not again:
            return
        work = self._keeper(open)
        self._run(
            f"draft/{self.register}", lambda _progress, _cancelled: work(), supersede=False, cancellable=False, quiet=True,
            on_done=lambda _done: then() if then is not None else None,
        )  # fmt: skip

    def keep_now(self) -> None:
        """Keep the rows at once: the program may be ending."""
        if self.sheet.version != self._kept_version:
            self._keeper(True)()

    def _keeper(self, open: bool) -> Callable[[], None]:
        """What keeps the rows as they are now."""
        self._kept_version = self.sheet.version
        store, register = self.context.store, self.register
        block = self._copy(range(len(self.sheet.rows)))

        def work() -> None:
            block.rows = [row for row in block.rows if any(cell.strip() for cell in row)]
            if block.rows:
                actions.keep_block(store, block, open=open)
            else:
                actions.drop_block(store, register)

        return work

    def begin_with(self, block: Block) -> None:
        """Another sheet, as it is kept already."""
        self._cards, self._partial, self._kept_version = {}, False, -1
        self.model.set_sheet(Sheet(block))

    # Reading and checking.

    def read(self, text: str, html: str = "") -> None:
        """Understand a clipboard's block."""
        store, register, period, remembered = (
            self.context.store,
            self.register,
            self.context.period,
            self.remembered,
        )
        order = list(self.context.memory.get(f"paste-order/{register}", []) or [])

        def work(progress: Any, cancelled: Any) -> tuple[Block, Cells]:
            block = actions.read_block(
                store, register, text, html, period=period, remembered=remembered, order=order,
                progress=progress, cancelled=cancelled,
            )  # fmt: skip
            return block, [] if block.header else read_clipboard(text, html)

        self._run(
            "read", work, title="读取粘贴的内容", supersede=False, quiet=max(len(text), len(html)) < _LONG_TEXT,
            on_done=lambda found: self.was_read.emit(*found),
        )  # fmt: skip

    def check(self, *, whole: bool = False) -> None:
        """Ask for the verdicts that are missing; of a small grid all of them, for one row may speak of another."""
        total = len(self.sheet.rows)
        places = self.sheet.unchecked()
        if not places and not whole:
            self._go_on()
            return
        if whole or total <= ALL_AT_ONCE or 2 * len(places) > total:
            places = list(range(total))
        else:
            places = self._with_their_firms(places)
        partial = len(places) < total
        block, store = self._copy(places), self.context.store
        sheet, version = self.sheet, self.sheet.version
        today, period, create = self.context.today(), self.context.period, self.create_firms

        def work(progress: Any, cancelled: Any) -> Checked:
            return actions.check_block(
                store,
                block,
                today=today,
                period=period,
                create_firms=create,
                progress=progress,
                cancelled=cancelled,
            )

        def stale() -> bool:
            return sheet is not self.sheet or version != sheet.version or create != self.create_firms

        def done(checked: Checked) -> None:
            if stale():
                return  # typed on meanwhile: another check is on its way
            self.sheet.take(places, checked)
            self._partial = partial
            self._cards = {**self._cards, **checked.cards} if partial else checked.cards
            self.model.checked()
            self.was_checked.emit()
            self._go_on()

        def dropped() -> None:
            if not stale():
                self._save_wanted = False
                self.was_dropped.emit("check")

        self._run(
            "check",
            work,
            title=f"核对 {len(places):,} 行",
            quiet=len(places) <= ALL_AT_ONCE,
            on_done=done,
            on_dropped=dropped,
        )

    def _with_their_firms(self, places: Sequence[int]) -> list[int]:
        """The rows and those of the same firms: what one says may depend on the other."""
        at = self.sheet.column_of(FIRM)
        if at is None:
            return list(places)
        names = {self.sheet.text(place, at) for place in places} - {""}
        chosen = set(places)
        return [n for n, row in enumerate(self.sheet.rows) if n in chosen or row[at] in names]

    def look_for_firm(self, row: int, column: int, typed: str) -> None:
        """A fragment typed into the firm's cell: if one firm alone fits, its name takes the fragment's place."""
        store = self.context.store

        sheet = self.sheet

        def done(name: str) -> None:
            if (
                name
                and sheet is self.sheet
                and row < len(self.sheet.rows)
                and self.sheet.text(row, column) == typed
            ):
                self.model.change({(row, column): name})

        self._run(
            f"firm/{row}", lambda _progress, _cancelled: firm_meant(store, typed), quiet=True, on_done=done
        )

    # Saving and taking back.

    def save(self) -> None:
        """Save every row that may be saved, after a check of all that were not checked together."""
        if not self.model.locked:
            self._save_wanted = True
            self.check(whole=self._partial)

    def _go_on(self) -> None:
        if self._save_wanted and not self.sheet.unchecked():
            self._save_wanted = False
            self._save()

    def _save(self) -> None:
        good = sum(self.sheet.count(state) for state in SAVED)
        block = self._copy(range(len(self.sheet.rows)))
        checked = Checked([each for each in self.sheet.checks if each is not None], dict(self._cards))
        store = self.context.store
        self.model.locked = True

        stored: list[Kept] = []

        def work(progress: Any, cancelled: Any) -> Kept:
            stored.append(actions.save_good(store, block, checked, progress=progress, cancelled=cancelled))
            return stored[0]

        def dropped() -> None:
            if stored:  # the cancel came when everything was stored
                self._saved(stored[0])
                return
            self.model.locked = False
            self.was_dropped.emit("save")

        self._run(
            "save", work, title=f"保存 {good:,} 行", supersede=False, on_done=self._saved, on_dropped=dropped
        )

    def _saved(self, kept: Kept) -> None:
        self.model.locked = False
        block = replace(self.sheet.block, rows=[])
        gone: Rows = []
        self.model.reshape(lambda: gone.extend(self.sheet.drop_rows(kept.places)))
        self._last = (kept.batch, gone, block)
        if not block.header and any(each.slot for each in block.columns):
            self.context.memory.set(f"paste-order/{self.register}", [each.slot for each in block.columns])
        self.keep_draft(again=True, then=lambda: self._told(kept, gone))

    def _told(self, kept: Kept, gone: Rows) -> None:
        """The pages read again a moment after the grid has changed: both at once would be felt."""
        self.was_saved.emit(kept, gone)
        QTimer.singleShot(0, self, self.context.changed)

    def take_back(self) -> None:
        """Take the last saved rows out of the register; `was_undone` gives them back to the grid."""
        if self._last is None or self.model.locked:
            return
        batch, gone, block = self._last
        store = self.context.store
        self.model.locked = True

        def done(_result: Any) -> None:
            self._last = None
            self.model.locked = False
            self.was_undone.emit(gone, block)
            self.keep_draft(again=True, then=self.context.changed)

        self._run(
            "undo", lambda _progress, _cancelled: actions.undo_paste(store, batch), title="撤销粘贴",
            supersede=False, cancellable=False, on_done=done,
        )  # fmt: skip
