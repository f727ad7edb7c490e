"""疑似重复: pairs of cards that may be one firm, why, and both side by side; a person decides, and it is remembered."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.duplicate_search import LEAST_REASON, Decision
from db.duplicates import LIKELY, SURE
from db.errors import KnownError
from db.text import fold
from desktop.actions import duplicates as actions
from desktop.actions.duplicates import SuspectedPair
from desktop.actions.enterprise_changes import merge_enterprises, undo_merge
from desktop.context import AppContext
from desktop.pages.duplicates_finder import DuplicatesFinder
from desktop.pages.firm_compare import CompareView
from desktop.style.theme import tokens
from desktop.tables.cells import Mark
from desktop.tables.model import Column, ListSource, Row
from desktop.tables.table import Table
from desktop.widgets.banner import Banner
from desktop.widgets.button import Button
from desktop.widgets.card import Card
from desktop.widgets.empty import EmptyState
from desktop.widgets.facts import TabStrip
from desktop.widgets.header import PageHeader
from desktop.widgets.labels import hairline

_BOTH = 860  # px from which the list and the two cards fit side by side
OPEN, DECIDED = "open", "decided"
_PAIRS = [
    Column("word", "把握", width=76, kind="chip", sort=False),
    Column("names", "两张档案", width=240, stretch=True, sort=False),
]
_DECIDED = [
    Column("at", "判定日期", width=104, kind="date"),
    Column("names", "两家企业", width=260, stretch=True),
    Column("reason", "理由", width=200, kind="muted"),
    Column("by", "谁", width=72, kind="muted"),
]


class DuplicatesView(QWidget):
    """`show_open` brings the pairs of a finder to the front."""

    back_asked = Signal()

    def __init__(self, context: AppContext, finder: DuplicatesFinder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context, self.finder = context, finder
        finder.arrived.connect(self._arrived)
        self._pairs: dict[str, SuspectedPair] = {}
        self._decisions: dict[str, Decision] = {}
        self._take_back: Callable[[], None] | None = None
        self._compared = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.header = PageHeader("疑似重复", self)
        self.header.add("返回列表", self._back, "Esc", role="link", show_hint=False)
        self.again = self.header.add(
            "重新查找", lambda: self.finder.look(quiet=False), "F5", tip="把全部企业档案重新比对一遍"
        )
        column.addWidget(self.header)
        self.message = Banner("", parent=self)
        self._undo_button = self.message.add("撤销", self._undo)
        self._undo_button.set_shortcut("Ctrl+Z", self)
        self.message.hide()
        column.addWidget(self.message)
        row = QHBoxLayout()
        row.setSpacing(tokens().metrics.margin)
        column.addLayout(row, 1)
        self._narrow = False
        self.left = left = Card()
        self.tabs = TabStrip([(OPEN, "待判定"), (DECIDED, "已判定不是同一家")])
        self.tabs.chosen.connect(self._show_tab)
        left.add(self.tabs)
        left.add(hairline())
        self.empty = EmptyState(
            "没有疑似重复的企业",
            "按信用代码、名称、同音、曾用名、电话和地址比对，发现可能是同一家的会列在这里。",
            icon="building",
        )
        self.table = Table(ListSource(_PAIRS), header=False, empty=self.empty)
        self.table.setAccessibleName("疑似重复的企业")
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(self._opened)
        left.add(self.table, 1)
        self.again_button = Button("重新列为待判定", self._forget, self, role="small")
        self.again_button.hide()
        left.add(self.again_button)
        row.addWidget(left, 9)
        self.right = Card(flush=True)
        self.compare = CompareView(context)
        self.compare.merge_asked.connect(self._merge)
        self.compare.apart_asked.connect(self._keep_apart)
        self.right.add(self.compare, 1)
        self.right.hide()
        row.addWidget(self.right, 14)
        self.setTabOrder(self.table, self.compare)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for both, Enter goes from the list to the two cards, Esc back."""
        super().resizeEvent(event)
        narrow = self.width() < tokens().metrics.px(_BOTH)
        if narrow != self._narrow:
            self._narrow = narrow
            self._side_by_side()

    def _side_by_side(self) -> None:
        self.left.show()
        self.right.setVisible(not self._narrow and self.tabs.current == OPEN and bool(self._compared))

    def _back(self) -> None:
        if self._narrow and not self.left.isVisible():
            self._side_by_side()
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.back_asked.emit()

    def first_focus(self) -> QWidget:
        """The list of pairs: arrows move, Enter goes to the two cards."""
        return self.table

    # Showing.

    def show_open(self) -> None:
        """The page comes to the front."""
        self.message.hide()
        self._fill()
        self.finder.refresh(quietly=False)

    def _arrived(self) -> None:
        if self.isVisible():
            self._fill()

    def _fill(self) -> None:
        store = self.context.store
        self.context.jobs.run(
            f"duplicates/decided/{id(self)}",
            lambda _progress, _cancelled: actions.kept_apart(store),
            on_done=self._fill_with,
            owner=self,
            quiet=True,
        )

    def _fill_with(self, decisions: Sequence[Decision]) -> None:
        self._decisions = {f"{each.first.hex}{each.second.hex}": each for each in decisions}
        known = self.finder.found
        pairs = known.pairs if known is not None else ()
        self._pairs = {f"{each.suspect.pair[0].hex}{each.suspect.pair[1].hex}": each for each in pairs}
        total = known.total if known is not None else 0
        self.tabs.set_tabs([(OPEN, f"待判定 {total}"), (DECIDED, f"已判定不是同一家 {len(decisions)}")])
        self._show_tab(self.tabs.current)

    def _show_tab(self, key: str) -> None:
        decided = key == DECIDED
        before = self.table.current_id()
        source = (
            ListSource(_DECIDED, self._decided_rows()) if decided else ListSource(_PAIRS, self._open_rows())
        )
        self.table.set_source(source, keep=False)
        self.right.setVisible(False)
        self.again_button.setVisible(decided and bool(self._decisions))
        rows = self.table.paged.rows()
        if not decided and rows:
            now = before if before in self._pairs else rows[0].id
            self.table.choose(now)
            self._chosen(now)  # the table keeps silent about a row that was chosen before

    def _open_rows(self) -> list[Row]:
        return [
            Row(
                key,
                {
                    "word": Mark(pair.suspect.word, _state(pair.suspect.score)),
                    "names": " ／ ".join(map(_short, pair.names)),
                },
            )
            for key, pair in self._pairs.items()
        ]

    def _decided_rows(self) -> list[Row]:
        return [
            Row(
                key,
                {
                    "at": each.at.astimezone().date(),
                    "names": " ／ ".join(each.names),
                    "reason": each.reason,
                    "by": each.by,
                },
            )
            for key, each in self._decisions.items()
        ]

    def _chosen(self, key: str) -> None:
        pair = self._pairs.get(key) if self.tabs.current == OPEN else None
        if pair is None:
            if self.tabs.current == OPEN and not key:
                self.right.hide()
            return
        self.right.setVisible(not self._narrow or not self.left.isVisible())
        if self._compared == key and self.compare.preview is not None:
            return  # nothing chosen there is lost because the list was read again
        self._compared = key
        # The card that was made first is the one to keep unless somebody says otherwise: keys sort by birth.
        self.compare.show_pair(*pair.suspect.pair, pair.why)

    def _opened(self, key: str) -> None:
        if self.tabs.current == OPEN and key in self._pairs:
            if self._narrow:
                self.left.hide()
                self.right.show()
            self.compare.enter()

    # Deciding.

    def _merge(self, kept: UUID, gone: UUID, take: frozenset[str], reason: str) -> None:
        store, actor = self.context.store, self.context.actor

        def done(merge: UUID) -> None:
            def undo() -> None:
                undo_merge(store, merge, actor)

            name = self.context.directory.name("enterprise", kept)
            self._decided(f"已合并为“{name}”，记录都在它名下。", undo)

        self.context.jobs.run(
            "enterprise/merge",
            lambda _progress, _cancelled: merge_enterprises(store, kept, gone, take, reason, actor),
            title="合并企业档案",
            on_done=done,
            on_failed=self._failed,
            owner=self,
            supersede=False,
            cancellable=False,
        )

    def _keep_apart(self, one: UUID, other: UUID, reason: str) -> None:
        if len(fold(reason)) < LEAST_REASON:
            self.compare.ask_reason(f"请写明为什么不是同一家（至少 {LEAST_REASON} 个字）。")
            return
        store, actor = self.context.store, self.context.actor
        try:
            actions.keep_apart(store, one, other, reason, actor)
        except KnownError as error:
            self._failed(error)
            return

        def undo() -> None:
            actions.take_back_decision(store, one, other)

        self._decided("已记为不是同一家，以后不再提示。", undo)

    def _decided(self, words: str, undo: Callable[[], None]) -> None:
        self._take_back = undo
        self.message.say(words, "", "info")
        self._undo_button.show()
        self.message.show()
        self.left.show()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._changed()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        self.compare.refuse(error)

    def _undo(self) -> None:
        take_back, self._take_back = self._take_back, None
        if take_back is None:
            return
        self._undo_button.hide()

        def done(_result: object) -> None:
            self.message.say("已撤销，这一对又列为待判定。", "", "info")
            self._changed()

        def failed(error: Exception) -> None:
            if not isinstance(error, KnownError):
                raise error
            self.message.say(error.message, error.hint, "alarm")

        self.context.jobs.run(
            "enterprise/undo",
            lambda _progress, _cancelled: take_back(),
            title="撤销",
            on_done=done,
            on_failed=failed,
            owner=self,
            supersede=False,
            cancellable=False,
        )

    def _forget(self) -> None:
        """Take back a decision that was made earlier."""
        decision = self._decisions.get(self.table.current_id())
        if decision is None:
            return
        actions.take_back_decision(self.context.store, decision.first, decision.second)
        self.message.say(f"“{decision.names[0]}”与“{decision.names[1]}”又列为待判定。", "", "info")
        self._undo_button.hide()
        self.message.show()
        self._changed()

    def _changed(self) -> None:
        self._compared = ""
        self.context.changed("enterprise")
        self.finder.look(quiet=True)


_LEGAL_FORM = re.compile(r"(?:股份有限公司|有限责任公司|有限公司)$")


def _short(name: str) -> str:
    """A name without its legal form: what differs is to be seen in a narrow list."""
    return _LEGAL_FORM.sub("", name) or name


def _state(score: int) -> str:
    return "alarm" if score >= SURE else "watch" if score >= LIKELY else "neutral"
