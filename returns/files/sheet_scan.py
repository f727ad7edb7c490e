"""A look at the XML of a worksheet while it is inflated: how far it reaches, and what a fast reader does not tell.

Whole blocks are searched with patterns; a call for each cell would take longer than parsing them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from xml.sax.saxutils import unescape

from returns.files.draft import NOT_CALCULATED, PICTURE, Draft, error_value

_C = rb"<c\b"
_REF = rb'\br="([A-Z]{1,3})(\d{1,7})"'
_EMPTY_PAIR = re.compile(_C + rb"[^>]*></c>")
_PLACE = re.compile(_REF)
# A row with at least one cell that holds something.
_FILLED_ROW = re.compile(rb'<row\b[^>]*?\br="(\d{1,7})"[^>]*(?<!/)>\s*+(?:<c\b[^>]*/>\s*+)*+<c\b[^>]*(?<!/)>')
_ERROR = re.compile(_C + rb'([^>]*\bt="e"[^>]*)>(.*?)</c>', re.DOTALL)
_VALUE = re.compile(rb"<v\b[^>]*>([^<]*)</v>")
# A formula and no value after it. An empty value of type "str" is a result: the empty text.
_FORMULA = rb"([^>]*)>\s*+<f\b(?:[^>]*/>|[^>]*(?<!/)>([^<]*)</f>)\s*+(<v\s*/>|<v\b[^>]*></v>)?\s*+</c>"
_UNCALCULATED = re.compile(_C + _FORMULA)
_DISPIMG = re.compile(_C + rb"([^>]*)>\s*+<f\b[^>]*>[^<]*DISPIMG\(")
_ROW = re.compile(rb"<row\b([^>]*)>")
_HIDDEN_ROW = re.compile(rb'\b(?:hidden="(?:1|true)"|ht="0(?:\.0*)?")')
_ROW_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_COLUMN = re.compile(rb"<col\b([^>]*)>")
_HIDDEN_COLUMN = re.compile(rb'\b(?:hidden="(?:1|true)"|width="0(?:\.0*)?")')
_FIRST, _LAST = re.compile(rb'\bmin="(\d{1,5})"'), re.compile(rb'\bmax="(\d{1,5})"')
_MERGED = re.compile(rb'<mergeCell\b[^>]*?\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_WITHOUT_PLACE = re.compile(rb'<(?:c|row)(?=[\s/>])(?![^>]*\br=")[^>]*>')
_TAG_WITH_PLACE = re.compile(rb"<(c|row)((?=[\s/>])[^>]*)>")
_ANY_PLACE = _C + rb'[^>]*?\br="'
_BARE = re.compile(rb"<(?:c|row)[/>\t\r\n]")
_QUOTED = re.compile(rb"<[^<>]*'[^<>]*>")
_PREFIX = re.compile(rb"<([A-Za-z_][\w.-]*):worksheet\b")
_ATTRIBUTE = re.compile(rb"=\s*'([^'\"]*)'")
_SPACED = re.compile(rb'\s+=\s*+"|=\s++"')

# What a cell or row has whose place must be told: an error, a formula, a row that is hidden.
_MARKS = (b't="e"', b"<f", b'hidden="', b'ht="0')

_MOST_CARRIED = 8 * 1024 * 1024
_MOST_SPANS = 100_000


def number_of(letters: bytes) -> int:
    """Column letters → number from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def letters_of(number: int) -> str:
    """Column number from 1 → letters."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=8)
def _beyond(number: int, start: bytes = rb'<c r="') -> re.Pattern[bytes]:
    """Cells that hold something right of a column (from 1; 0: any). `start`: how a tag begins, up to its place."""
    letters = letters_of(number)
    same = [
        f"{letters[:at]}[{chr(ord(each) + 1)}-Z]" + "[A-Z]" * (len(letters) - at - 1)
        for at, each in enumerate(letters)
        if each != "Z"
    ]
    if len(letters) < 3:
        same.append(f"[A-Z]{{{len(letters) + 1},3}}")
    columns = "|".join(same) or "(?!)"
    return re.compile(start + b"(" + columns.encode() + rb')(\d{1,7})"[^>]*(?<!/)>')


class SheetScan:
    """Fed with the blocks of one worksheet part, in order."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.rows = 0
        self.columns = 0
        self.farthest = ""  # the cell that made the sheet so wide, or the last row
        self.cells = 0
        self.pictures = False  # of WPS: cells whose text is a formula
        self.filtered = False
        self._carried = b""
        self._prefix: bytes | None = None
        self._first = True
        self._inside = self._after = False  # of the rows
        self._row = self._column = 0

    def feed(self, block: bytes) -> None:
        """The next block of inflated XML."""
        block = self._carried + block
        cut = block.rfind(b"<row") if not self._prefix else block.rfind(b"<" + self._prefix + b"row")
        if cut <= 0:
            cut = block.rfind(b"<")  # before and after the rows
        if cut <= 0 or len(block) - cut > _MOST_CARRIED:
            cut = len(block)
        self._carried = block[cut:]
        self._look(block[:cut])

    def finish(self) -> None:
        """After the last block."""
        self._look(self._carried)
        self._carried = b""

    def _look(self, block: bytes) -> None:
        if not block:
            return
        block, common = self._usual(block)
        self._extent(block, common)
        draft = self.draft
        if b't="e"' in block:
            for found in _ERROR.finditer(block):
                self._error(found)
        if b"<f" in block:
            self._formulas(block)
        if not self._inside:
            self._hidden_columns(block)
            self._inside = b"<sheetData" in block
        self._after = self._after or b"</sheetData" in block
        if self._after:
            self.filtered = self.filtered or b"<filterColumn" in block
            for first, row, last, to_row in _MERGED.findall(block):
                if len(draft.sheet.spans) < _MOST_SPANS:
                    span = (int(row) - 1, number_of(first) - 1, int(to_row) - 1, number_of(last) - 1)
                    draft.sheet.spans.append(span)

    def _usual(self, block: bytes) -> tuple[bytes, bool]:
        """The block as most programs would have written it: no prefix, double quotes, every place named.

        Also whether every cell begins with its place, as it nearly always does.
        """
        if self._first:
            self._first = False
            prefix = _PREFIX.search(block[:4096])
            self._prefix = prefix[1] + b":" if prefix else None
        if self._prefix:
            block = block.replace(b"<" + self._prefix, b"<").replace(b"</" + self._prefix, b"</")
        # A program writes all its tags in one manner: the beginning tells.
        start = block[:65_536]
        if b"='" in start or b"= '" in start:
            block = _QUOTED.sub(lambda tag: _ATTRIBUTE.sub(rb'="\1"', tag[0]), block)
        if b'r ="' in start or b'= "' in start:
            block = _SPACED.sub(b'="', block)
        if b'"></c>' in block:
            block = _EMPTY_PAIR.sub(b"", block)
        common = start.count(b'<c r="') == start.count(b"<c ") and not _BARE.search(start)
        common = common and start.count(b"<row ") == start.count(b'<row r="')
        if not common and (self._row or self._column or _WITHOUT_PLACE.search(block)):
            self._row = self._row or self.rows
            if b' r="' not in block and not any(mark in block for mark in _MARKS):
                self._count_places(block)
                return block, True
            block = _TAG_WITH_PLACE.sub(self._name_place, block)
        return block, common

    def _count_places(self, block: bytes) -> None:
        """Where the cells of a block stand that names no place, and has no cell whose place must be known."""
        for at, row in enumerate(block.split(b"<row")):
            if at:
                self._row, self._column = self._row + 1, 0
            count = row.count(b"<c>") + row.count(b"<c ")
            if count:
                self._column += count
                self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)
                self.farthest = f"{letters_of(self.columns)}{self.rows}"

    def _name_place(self, tag: re.Match[bytes]) -> bytes:
        """A cell or row without a place stands after the one before it."""
        about = tag[2]
        if tag[1] == b"row":
            found = _ROW_NUMBER.search(about)
            self._row, self._column = int(found[1]) if found else self._row + 1, 0
            return tag[0] if found else b'<row r="%d"%s>' % (self._row, about)
        place = _PLACE.search(about)
        if place:
            self._column = number_of(place[1])
            return tag[0]
        self._column += 1
        return b'<c r="%s%d"%s>' % (letters_of(self._column).encode(), self._row, about)

    def _extent(self, block: bytes, common: bool) -> None:
        self.cells += block.count(b"</c>")
        rows = _FILLED_ROW.findall(block)
        last = max(map(int, rows), default=0)
        if last > self.rows:
            self.rows = last
        start = rb'<c r="' if common else _ANY_PLACE
        wider = _beyond(self.columns, start)
        while found := wider.search(block):
            # The widest of its row: asking cell by cell would take a pattern for each column.
            end = block.find(b"</row", found.start())
            rest = block[found.start() : end if end > 0 else len(block)]
            column, place = max((number_of(each[0]), each) for each in [found.groups(), *wider.findall(rest)])
            self.columns, self.farthest = column, b"".join(place).decode()
            self.rows = max(self.rows, int(place[1]))
            wider = _beyond(self.columns, start)
        for about in _ROW.findall(block) if b'hidden="' in block or b'ht="0' in block else ():
            number = _ROW_NUMBER.search(about)
            if number and _HIDDEN_ROW.search(about):
                self.draft.hide_row(int(number[1]) - 1)

    def _place(self, about: bytes) -> tuple[int, int] | None:
        place = _PLACE.search(about)
        return (int(place[2]) - 1, number_of(place[1]) - 1) if place else None

    def _error(self, found: re.Match[bytes]) -> None:
        place = self._place(found[1])
        if place is None:
            return
        value = _VALUE.search(found[2])
        shown = unescape(value[1].decode("utf-8", "replace")) if value else ""
        # Excel stores a picture placed in a cell as an error with a link to its rich value.
        picture = shown == "#VALUE!" and b"vm=" in found[1]
        self.draft.trouble(*place, PICTURE if picture else error_value(shown or "（未写明）"))

    def _formulas(self, block: bytes) -> None:
        for found in _UNCALCULATED.finditer(block):
            place = self._place(found[1])
            if place is None or (found[3] and b't="str"' in found[1]):
                continue
            if b'vm="' in found[1] or b"DISPIMG(" in (found[2] or b""):
                self.draft.trouble(*place, PICTURE)
            else:
                self.draft.trouble(*place, NOT_CALCULATED)
        if b"DISPIMG(" in block:
            self.pictures = True
            for found in _DISPIMG.finditer(block):
                place = self._place(found[1])
                if place is not None:
                    self.draft.trouble(*place, PICTURE)

    def _hidden_columns(self, block: bytes) -> None:
        for about in _COLUMN.findall(block):
            first, last = _FIRST.search(about), _LAST.search(about)
            if not (first and last and _HIDDEN_COLUMN.search(about)):
                continue
            if 0 < int(first[1]) <= int(last[1]) <= 16_384:
                self.draft.sheet.hidden_columns.append((int(first[1]) - 1, int(last[1]) - 1))
