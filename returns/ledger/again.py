"""Lines below a header that are headers themselves: the same one again on each printed page, or that of another table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from db.registers import REGISTERS
from db.text import fold
from returns.files import Sheet
from returns.ledger.headers import take_apart
from returns.ledger.vocabulary import words

AGAIN, TITLE, OTHER = "again", "title", "other"

_CONTINUED = re.compile(r"[(\[]?(?:续表?|接上表|续上表|第\d+页|共\d+页)[)\]]?\d*")
_LONGEST = 14  # of the first text of a header: names of firms are longer, and looked at no further
_FIRM_LEAST = 8  # a shorter one may be a word: 所属公司, 集团公司
_MOST_KNOWN = 20_000


class Again:
    """Asked of every line of a sheet below its header (rows `first`..`last` of `sheet`, from 0)."""

    def __init__(self, sheet: Sheet, first: int, last: int) -> None:
        self._rows = [_keys(sheet.head[at]) for at in range(first, last + 1)]
        self._titles = {
            key
            for row in sheet.head[:first]
            if (key := _bare("".join(str(cell) for cell in row if cell is not None)))
        }
        self._begin = {key for row in self._rows for key in row.values()}
        self._likely: dict[str, bool] = {}
        self._names_firms = any("公司" in text for text in (*self._titles, *self._begin))

    def kind(self, cells: Sequence[Any], *, after_gap: bool = False) -> str:
        """AGAIN, TITLE (the lines above the header again), OTHER (another table begins), or "" for all other lines."""
        begins = next((cell for cell in cells if cell is not None), None)
        if begins.__class__ is not str:
            return ""
        likely = self._likely.get(begins)
        if likely is None:
            likely = self._looks_like(begins)
            if len(self._likely) < _MOST_KNOWN:
                self._likely[begins] = likely
        return self._kind(cells, after_gap) if likely else ""

    def _looks_like(self, begins: str) -> bool:
        if len(begins) > _FIRM_LEAST and begins.endswith("公司") and not self._names_firms:
            return False  # most lines begin with a firm
        bare = _bare(begins)
        if bare in self._begin or any(title.startswith(bare) for title in self._titles if bare):
            return True
        return len(bare) <= _LONGEST and _is_word(begins)

    def _kind(self, cells: Sequence[Any], after_gap: bool) -> str:
        here = _keys(cells)
        if not here:
            return ""
        for row in self._rows:
            same = sum(row.get(index) == key for index, key in here.items())
            if same == len(here) or (same >= 2 and same * 10 >= len(here) * 7):
                return AGAIN
        if "".join(here.values()) in self._titles:
            return TITLE
        if not all(cell is None or cell.__class__ is str for cell in cells):
            return ""
        known = sum(_is_word(str(cell)) for cell in cells if cell is not None)
        least = 2 if after_gap else 3
        return OTHER if known >= least and known * 2 >= len(here) else ""


def _keys(cells: Sequence[Any]) -> dict[int, str]:
    return {index: key for index, cell in enumerate(cells) if cell is not None and (key := _bare(str(cell)))}


def _bare(text: str) -> str:
    """A text for comparing headers and titles: blanks, width, marks and “续表” aside."""
    return _CONTINUED.sub("", fold(text)).strip("*:：()").lower()


def _is_word(text: str) -> bool:
    parts = take_apart(text)
    known = _all_words()
    return parts.full in known or parts.base in known


@cache
def _all_words() -> frozenset[str]:
    return frozenset(word for register in REGISTERS for word in words(register))
