"""Joining a firm's card with another that somebody names: choose the other one, compare, merge."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.errors import KnownError
from db.fields import Field, Kind
from desktop.actions.duplicates import keep_apart
from desktop.actions.enterprise_changes import merge_enterprises
from desktop.context import AppContext
from desktop.forms.editor import Content
from desktop.forms.field_box import FieldBox
from desktop.forms.picker import EnterprisePicker
from desktop.pages.firm_compare import CompareView
from desktop.widgets.card import Card
from desktop.widgets.header import PageHeader

_OTHER = Field(
    "与哪一张档案合并",
    Kind.REF,
    "输入名称、拼音首字母或代码尾号检索。",
    name="other",
    source="enterprise",
    required=True,
)


class MergeView(QWidget):
    """`begin(firm)`; `done(kept, merge)` once the cards are one."""

    back_asked = Signal()
    done = Signal(object, object)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.firm: UUID | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.header = PageHeader("合并档案", self)
        self.header.add("返回档案", self.back_asked.emit, "Esc", role="link", show_hint=False)
        column.addWidget(self.header)
        top = Card()
        row = QHBoxLayout()
        self.picker = EnterprisePicker(_OTHER, context)
        self.box = box = FieldBox(_OTHER, self.picker)
        self.picker.create_asked.connect(lambda _text: box.set_note("只能与已有的档案合并。"))
        row.addWidget(self.box, 1)
        row.addStretch(1)
        body = top.body
        assert isinstance(body, QVBoxLayout)
        body.addLayout(row)
        column.addWidget(top)
        self.card = Card(flush=True)
        self.compare = CompareView(context)
        self.compare.merge_asked.connect(self._merge)
        self.compare.apart_asked.connect(self._apart)
        self.card.add(self.compare, 1)
        self.card.hide()
        column.addWidget(self.card, 1)
        self._rest = QWidget()
        column.addWidget(self._rest, 1)
        self.picker.edited.connect(self._picked)
        self.picker.advance.connect(self.compare.enter)

    def begin(self, firm: UUID) -> None:
        """Ask for the other card."""
        self.firm = firm
        self.header.set_title(f"合并档案：{self.context.directory.name('enterprise', firm)}")
        self.picker.load(Content(None))
        self.box.set_note("")
        self._picked()

    def first_focus(self) -> QWidget:
        """Which other card?"""
        return self.picker.target

    def _picked(self) -> None:
        other = self.picker.content().value
        chosen = other is not None and other != self.firm
        self.card.setVisible(chosen)
        self._rest.setVisible(not chosen)
        if other is not None and other == self.firm:
            self.box.set_note("选的就是这张档案，请选择另一张。")
        elif chosen and self.firm is not None:
            self.box.set_note("")
            self.compare.show_pair(self.firm, other)

    def _merge(self, kept: UUID, gone: UUID, take: frozenset[str], reason: str) -> None:
        store, actor = self.context.store, self.context.actor
        self.context.jobs.run(
            "enterprise/merge",
            lambda _progress, _cancelled: merge_enterprises(store, kept, gone, take, reason, actor),
            title="合并企业档案",
            on_done=lambda merge: self.done.emit(kept, merge),
            on_failed=self._failed,
            owner=self,
            supersede=False,
            cancellable=False,
        )

    def _apart(self, one: UUID, other: UUID, reason: str) -> None:
        try:
            keep_apart(self.context.store, one, other, reason, self.context.actor)
        except KnownError as error:
            if error.id == "reason_missing":
                self.compare.ask_reason(f"{error.message}{error.hint}")
            else:
                self.compare.refuse(error)
            return
        self.back_asked.emit()

    def _failed(self, error: Any) -> None:
        if not isinstance(error, KnownError):
            raise error
        self.compare.refuse(error)
