"""The 季通报 as it is edited: what stands around the text, the paragraphs by section, and what goes in. Reads and writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.actions.bulletin import Desk
from desktop.pages.bulletin_text import ParagraphEdit, table_words
from desktop.widgets.card import Card
from desktop.widgets.labels import label
from desktop.widgets.scroll import scrolling_column
from returns.bulletin.edit import Edits
from returns.bulletin.model import (
    FIRST,
    HEAD_CHOICE_WORDS,
    HEAD_CHOICES,
    HEAD_WORDS,
    SIGNED,
    Bulletin,
    Head,
    Paragraph,
    numbered,
)

_SIDE = 280
_WIDE = ("title",)


class BulletinSheet(QWidget):
    """`edited(edits)` after each change of anything."""

    edited = Signal(object)
    figure_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.edits = Edits()
        self.paragraphs: dict[str, ParagraphEdit] = {}
        self.boxes: dict[str, QCheckBox] = {}
        self.heads: dict[str, QLineEdit] = {}
        self.choices: dict[str, QComboBox] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self.area, self._column = scrolling_column(16)
        row.addWidget(self.area, 1)
        side_area, self._side = scrolling_column(16)
        side_area.setFixedWidth(_SIDE)
        row.addWidget(side_area)
        self.quarter = ""

    def show_desk(self, desk: Desk) -> None:
        """Show the quarter anew; the sheet of another quarter is put away."""
        self.edits, self.quarter = desk.edits, desk.drafted.quarter
        _clear(self._column)
        _clear(self._side)
        self.paragraphs, self.boxes, self.heads, self.choices = {}, {}, {}, {}
        self._column.addWidget(self._head_card(desk))
        card = self._section("")
        card.add(
            label("蓝色的是数：F4 或 Ctrl 加点击看来源；Enter 到下一段；改动随手保存。", "help", wrap=True)
        )
        for number, each in numbered(desk.drafted.paragraphs):
            if each.level == FIRST:
                card = self._section(f"{number}{each.text}")
                continue
            self._add(card, number, each, desk)
        self._column.addWidget(self._attachments(desk.drafted))
        self._column.addStretch(1)
        self._side.addWidget(self._parts(desk.drafted))
        self._side.addStretch(1)
        self._grey()

    @property
    def warnings(self) -> int:
        """How many paragraphs do not agree with their figures."""
        return sum(bool(each.warnings) for each in self.paragraphs.values() if each.isVisibleTo(self))

    def first_focus(self) -> QWidget | None:
        return next((each.text for each in self.paragraphs.values()), None)

    # Building.

    def _section(self, title: str) -> Card:
        card = Card(title)
        self._column.addWidget(card)
        return card

    def _head_card(self, desk: Desk) -> Card:
        card = Card("版头和版记", "不填的不印")
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        head, place = desk.bulletin.head, 0
        for name, word in HEAD_WORDS.items():
            edit = QLineEdit(getattr(head, name))
            edit.setAccessibleName(word)
            edit.setMaxLength(200)
            edit.textEdited.connect(lambda text, name=name: self._head_typed(name, text))
            self.heads[name] = edit
            wide = name in _WIDE
            row, column = divmod(place, 2)
            grid.addWidget(label(word, "label"), 2 * row, column, 1, 2 if wide else 1)
            grid.addWidget(edit, 2 * row + 1, column, 1, 2 if wide else 1)
            place += 2 if wide else 1
        for name, choices in HEAD_CHOICES.items():
            row, column = divmod(place, 2)
            grid.addWidget(label(HEAD_CHOICE_WORDS[name], "label"), 2 * row, column)
            grid.addWidget(self._choice(name, choices, head), 2 * row + 1, column)
            place += 1
        holder = QWidget()
        holder.setProperty("role", "plain")
        holder.setLayout(grid)
        grid.setContentsMargins(0, 0, 0, 0)
        card.add(holder)
        return card

    def _choice(self, name: str, choices: Mapping[str, str], head: Head) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(HEAD_CHOICE_WORDS[name])
        for value, word in choices.items():
            box.addItem(word, value)
        box.setCurrentIndex(max(box.findData(getattr(head, name)), 0))
        box.currentIndexChanged.connect(lambda _at: self._head_chosen(name, str(box.currentData())))
        self.choices[name] = box
        self._post_for(str(box.currentData()))
        return box

    def _post_for(self, seal: str) -> None:
        """签发人职务 stands only beside the stamp of a signature."""
        signed = seal == SIGNED
        self.heads["post"].setEnabled(signed)
        self.heads["post"].setPlaceholderText("如“主任”" if signed else "加盖签名章时填写")

    def _add(self, card: Card, number: str, each: Paragraph, desk: Desk) -> None:
        made = ParagraphEdit(each, number, desk.edits.texts.get(each.id, each.text))
        made.changed.connect(self._typed)
        made.figure_asked.connect(self.figure_asked)
        self.paragraphs[each.id] = made
        card.add(made)
        for table in desk.drafted.tables:
            if table.after == each.id:
                card.add(label(table_words(table), "muted"))
        for slot in desk.drafted.slots:
            if slot.after == each.id:
                card.add(label(f"［图］{slot.caption}", "muted"))

    def _attachments(self, drafted: Bulletin) -> Card:
        card = Card("附件", "按当时的数生成")
        for number, each in enumerate(drafted.attachments, 1):
            rows = sum(len(table.rows) for table in each.tables)
            told = "正文每个数一行" if each.sources else f"{rows} 行"
            card.add(label(f"附件{number}　{each.title}（{told}）", "muted"))
        return card

    def _parts(self, drafted: Bulletin) -> Card:
        card = Card("写进通报")
        quarter = drafted.head.title.removeprefix("关于").partition("全区")[0]  # said once, above
        named = dict(drafted.parts)
        for number, each in enumerate(drafted.attachments, 1):
            if not each.sources:
                named[each.id] = f"附件{number}：{each.title.removeprefix(quarter)}"
        for key, words in named.items():
            box = QCheckBox(words)
            box.setChecked(key not in self.edits.left_out)
            box.toggled.connect(lambda on, key=key: self._toggled(key, on))
            self.boxes[key] = box
            card.add(box)
        return card

    # Changing.

    def _typed(self, id: str, text: str | None) -> None:
        self._take(self.edits.with_text(id, text))

    def _head_typed(self, name: str, text: str) -> None:
        self._take(replace(self.edits, head={**self.edits.head, name: text}))

    def _head_chosen(self, name: str, value: str) -> None:
        self._post_for(value)
        self._head_typed(name, value)

    def _toggled(self, key: str, on: bool) -> None:
        left = self.edits.left_out - {key} if on else self.edits.left_out | {key}
        self._take(replace(self.edits, left_out=frozenset(left)))
        self._grey()

    def _take(self, edits: Edits) -> None:
        self.edits = edits
        self.edited.emit(edits)

    def _grey(self) -> None:
        """What is left out stays to be seen, but not to be typed in."""
        for made in self.paragraphs.values():
            made.setEnabled(made.drafted.part not in self.edits.left_out)


def _clear(column: QVBoxLayout) -> None:
    while (item := column.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
