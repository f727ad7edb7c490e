"""Which sheet holds the table and which rows are its header. How its rows become texts is header_rows.py's business."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from db.registers import REGISTERS
from returns.files import Sheet
from returns.ledger.columns import Column, letter_of, map_columns, most_alike
from returns.ledger.fillers import is_filler, is_numbering
from returns.ledger.header_rows import is_unit_row, readings, signature
from returns.ledger.headers import take_apart
from returns.ledger.vocabulary import Target, Word, words

__all__ = ["LOOK_AT", "Header", "find", "known_words", "readings", "samples"]

LOOK_AT = 120  # rows of a sheet in which a header may stand
_LOOK_ACROSS = 200  # columns among which some must be known
MOST_LEVELS = 3
_FUZZY_WITHIN, _FUZZY_COLUMNS = (
    40,
    60,
)  # rows and columns compared with words where no header is known exactly
_PER_LEVEL = 30  # what a further header row must bring in to be one: a title above the header brings nothing
_MET = 10_000
_SAMPLES = 30  # rows below the header that tell what its columns hold

# Signature of a header → place among its columns → field: memory.layouts gives it.
Remembered = Mapping[str, Mapping[int, str | None]]


@dataclass(frozen=True, slots=True)
class Header:
    """The header found: rows `first`..`last` (from 0) of `sheet`, a row of numbers or units under it included.

    `remembered` is what a person said of the columns of such a header before (column letter → field).
    """

    sheet: Sheet
    first: int
    last: int
    columns: list[Column]
    score: int
    signature: str = ""
    remembered: Mapping[str, str | None] | None = None


def find(
    sheets: Sequence[Sheet],
    register: str,
    *,
    mapping: Mapping[str, str | None] | None = None,
    remembered: Remembered | None = None,
) -> list[Header]:
    """The best header of every sheet that has one, best sheet first; visible sheets go before hidden ones."""
    found = [
        header
        for sheet in sheets
        if (header := _in_sheet(sheet, register, mapping or {}, remembered or {})) is not None
    ]
    return sorted(found, key=lambda header: (header.sheet.hidden, -header.score, -header.sheet.height))


def _in_sheet(
    sheet: Sheet, register: str, mapping: Mapping[str, str | None], remembered: Remembered
) -> Header | None:
    head = sheet.head[:LOOK_AT]
    fillers: dict[int, bool] = {}

    def best(lowest: Iterable[int], alike: bool) -> Header | None:
        looked: dict[tuple[int, int], Header | None] = {}
        chosen: Header | None = None
        for last in lowest:
            for first in range(last, max(last - MOST_LEVELS, -1), -1):
                if _is_data(head[first]) or not head[first]:
                    break
                if (first, last) not in looked:
                    looked[first, last] = _judged(
                        sheet, register, first, last, mapping, remembered, alike, fillers
                    )
                found = looked[first, last]
                if found is not None and (chosen is None or found.score > chosen.score):
                    chosen = found
        return chosen

    known = words(register)
    wanted = {take_apart(header).shown for header in mapping}
    near: set[int] = set()
    for at, row in enumerate(head):
        if known_words(row, known) >= 2 or (wanted and any(take_apart(c).shown in wanted for c in row if c)):
            near.update(range(at, min(at + MOST_LEVELS, len(head))))
    if remembered:
        near.update(at for at in range(len(head)) if _met_before(sheet, at, remembered))
    # Likeness is asked only where no word is known: it takes a hundred times longer.
    return best(sorted(near), alike=False) or best(_resembling(head, register), alike=True)


def _resembling(head: Sequence[Sequence[Any]], register: str) -> list[int]:
    """The rows that may be headers by likeness or by what stands below: one cell is known, or two are like known words."""
    known = words(register)
    found: set[int] = set()
    for at, row in enumerate(head[:_FUZZY_WITHIN]):
        likely = 0
        for cell in row[:_FUZZY_COLUMNS]:
            if type(cell) is str and 0 < len(cell) <= 30:
                base = take_apart(cell).base
                likely += 2 * (base in known) or (len(base) >= 4 and most_alike(register, base) is not None)
                if likely >= 2:
                    found.update(range(at, min(at + MOST_LEVELS, len(head))))
                    break
    return sorted(found)


def known_words(row: Sequence[Any], known: Mapping[str, Word]) -> int:
    """How many cells of a row are headers that a register knows exactly."""
    count = 0
    for cell in row[:_LOOK_ACROSS]:
        if type(cell) is str and 0 < len(cell) <= 60:
            parts = take_apart(cell)
            count += parts.full in known or parts.base in known
    return count


def _met_before(sheet: Sheet, last: int, remembered: Remembered) -> bool:
    for first in range(last, max(last - MOST_LEVELS, -1), -1):
        if _is_data(sheet.head[first]) or not sheet.head[first]:
            return False
        if signature(readings(sheet, first, _extended(sheet, last))) in remembered:
            return True
    return False


def _judged(
    sheet: Sheet,
    register: str,
    first: int,
    last: int,
    mapping: Mapping[str, str | None],
    remembered: Remembered,
    alike: bool,
    fillers: dict[int, bool],
) -> Header | None:
    whole = _extended(sheet, last)
    read = readings(sheet, first, whole)
    mark = signature(read)
    before = _by_letter(remembered.get(mark), read)
    columns = map_columns(register, read, remembered=before, alike=alike)
    if not before and not mapping and not _anchored(register, {c.target for c in columns if c.target}):
        columns = map_columns(register, read, samples=samples(sheet, whole, fillers), alike=alike)
    score = _score(register, columns, mapping, before) - _PER_LEVEL * (last - first)
    return Header(sheet, first, whole, columns, score, mark, before) if score > 0 else None


def _by_letter(
    places: Mapping[int, str | None] | None, read: Mapping[int, Any]
) -> dict[str, str | None] | None:
    if not places:
        return None
    indexes = sorted(read)
    return {letter_of(indexes[at]): field for at, field in places.items() if at < len(indexes)}


def _extended(sheet: Sheet, last: int) -> int:
    """The header's last row with the rows of units and of numbers under it."""
    while last + 1 < min(len(sheet.head), LOOK_AT) and (
        is_numbering(sheet.head[last + 1]) or is_unit_row(sheet.head[last + 1])
    ):
        last += 1
    return last


def samples(sheet: Sheet, last: int, fillers: dict[int, bool] | None = None) -> dict[int, list[Any]]:
    """What stands in each column in the first rows below the header; `fillers` remembers which rows are none."""
    found: dict[int, list[Any]] = {}
    known = {} if fillers is None else fillers
    for at in range(last + 1, min(last + 1 + _SAMPLES, len(sheet.head))):
        row = sheet.head[at]
        if at not in known:
            known[at] = not row or is_filler(row)
        if known[at]:
            continue
        for index, cell in enumerate(row[:_LOOK_ACROSS]):
            if cell is not None and cell != "":
                found.setdefault(index, []).append(cell)
    return found


def _is_data(row: Sequence[Any]) -> bool:
    """A row with a figure or a day in it is no header (years like 2024 and the numbers of columns aside)."""
    for cell in row:
        if isinstance(cell, (date, time)):
            return True
        if isinstance(cell, (int, float)) and not isinstance(cell, bool) and not 2000 <= cell <= 2100:
            return not is_numbering(row)
    return False


def _score(
    register: str,
    columns: Sequence[Column],
    mapping: Mapping[str, str | None],
    before: Mapping[str, str | None] | None,
) -> int:
    """How much of a header this is; 0 if it could not even name the row's firm."""
    targets = {column.target for column in columns if column.target is not None}
    real = {target for target in targets if target.register}
    by_hand = {header for header in mapping if any(_is_named(column, header) for column in columns)}
    if not by_hand and not before and not _anchored(register, real):
        return 0
    if len(real) + len(by_hand) < 2:
        return 0
    # A header that a person has spoken of goes before any other reading, also where columns were left out of it.
    known = _MET if before else 0
    return (
        known + sum(column.confidence for column in columns if column.target is not None) + 100 * len(by_hand)
    )


def _anchored(register: str, targets: set[Target]) -> bool:
    if REGISTERS[register].of_firm or register == "enterprise":
        return Target("enterprise", "name") in targets or Target("enterprise", "uscc") in targets
    return Target(register, REGISTERS[register].title_field) in targets


def _is_named(column: Column, header: str) -> bool:
    shown = take_apart(header).shown
    return (
        column.header.shown == shown
        or column.header.shown.endswith("·" + shown)
        or column.letter == header.strip()
    )
