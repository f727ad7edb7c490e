"""The columns of an import as its batch keeps them: for the side list and the error workbook, long after the file is gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from returns.files import MemoryBook
from returns.ledger import find_header


@dataclass(frozen=True, slots=True)
class KeptColumn:
    """A column of the sender's table; `target` is the field it went to (“visit.visit_date”), None for none."""

    index: int
    letter: str
    title: str
    target: str | None = None


def columns_of(cover: Mapping[str, Any], held: Iterable[Mapping[str, Any]] = ()) -> tuple[KeptColumn, ...]:
    """The columns of a batch: those of its header, and those without one that hold something in these rows."""
    fields: Mapping[str, str | None] = cover.get("columns") or cover.get("mapping") or {}
    titles = _titles(cover)
    if not titles:
        titles = dict(enumerate(fields))
    for values in held:
        for index, cell in enumerate(values.get("raw") or ()):
            if cell is not None:
                titles.setdefault(index, "")
    found = []
    for index, title in sorted(titles.items()):
        letter = letter_of(index)
        second = f"{title}（{letter}列）"  # another column has the same header
        title = second if second in fields else title
        found.append(KeptColumn(index, letter, title, fields.get(title)))
    return tuple(found)


def _titles(cover: Mapping[str, Any]) -> dict[int, str]:
    head = cover.get("head")
    if not head:
        return {}
    first, last = cover["header_rows"]
    spans = [(a, b, c, d) for a, b, c, d in cover.get("spans") or ()]
    book = MemoryBook("", {str(cover.get("sheet") or ""): head}, spans)
    readings = find_header.readings(book.sheets[0], first - 1, last - 1)
    return {index: found[0].shown for index, found in readings.items()}


def letter_of(index: int) -> str:
    """0 → A, 26 → AA."""
    number, name = index + 1, ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def index_of(letter: str) -> int:
    """A → 0, AA → 26."""
    number = 0
    for each in letter.upper():
        number = number * 26 + ord(each) - 64
    return number - 1
