"""What was changed in a return after it was exported: which cell, what it says now, and what it said where that can be told.

The workbook keeps four characters of each cell's text, not the text. The marks are made in digests.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db.fields import Kind
from db.values import Lookup
from returns.cells import canonical
from returns.digests import BLANK_MARK, cell_mark
from returns.workbook import Column

_MOST_OPTIONS = 3_000
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Edit:
    """One changed cell. `was`: its text as exported, None where nothing here knows it."""

    sheet: str
    row: int
    letter: str
    column: Column
    mark: str
    now: str
    was: str | None = None

    @property
    def message(self) -> str:
        place = f"“{self.sheet}”第 {self.row} 行 {self.letter} 列“{self.column.label}”在导出后被改动："
        if self.was is None:
            return f"{place}现{_quoted(self.now)}（原来的内容文件里没有保留）。"
        return f"{place}原{_quoted(self.was)}，现{_quoted(self.now)}。"

    def known_from(self, stored: Mapping[str, Any], lookup: Lookup) -> str | None:
        """The text as exported, if what is stored here is what was exported."""
        if self.column.part:
            return None
        text = canonical(self.column.field, stored.get(self.column.field.name), lookup)
        return text if cell_mark(text) == self.mark else None


def guess(column: Column, mark: str, lookup: Lookup) -> str | None:
    """The exported text where there are few that it can have been: an empty cell, one of the choices, yes or no."""
    if mark == BLANK_MARK:
        return ""
    field = column.field
    if column.part:
        return None
    texts: list[str] = []
    if field.kind is Kind.BOOL:
        texts = ["是", "否"]
    elif field.kind is Kind.CHOICE:
        texts = list(field.choices)
    elif field.kind is Kind.REF and field.source:
        texts = [name for _, name in lookup.options(field.source)]
    matching = {text for text in texts[:_MOST_OPTIONS] if cell_mark(text) == mark}
    return matching.pop() if len(matching) == 1 else None


def letter(place: int) -> str:
    """The letters of a column counted from 0."""
    word = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        word = chr(65 + rest) + word
    return word


def _quoted(text: str) -> str:
    if not text:
        return "为空"
    flat = " ".join(text.split())
    return f"“{flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + '…'}”"
