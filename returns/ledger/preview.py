"""A foreign ledger as it would be read: sheets, header, columns with their fields, the first rows. Nothing is stored.

What is seen here is what importer.py does: both read by table.py. Only the beginning of a long sheet is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from db import values
from db.errors import KnownError, Refused, UsageError
from db.findings import Finding, Severity
from db.lookup import Directory
from db.registers import REGISTERS
from db.store import Store
from db.text import clean, fold
from returns.cells import shown
from returns.files import Book, Sheet, open_book
from returns.ledger import find_header, memory
from returns.ledger.columns import Column, map_columns, places
from returns.ledger.rows import LedgerRow
from returns.ledger.table import LedgerTable, begin
from returns.ledger.vocabulary import NUMBERING

SAMPLES, LOOK_AT, MOST_COLUMNS = 3, 40, 300
MOST_SHEETS = 40  # that are looked at for a header before anyone asks for them
_LONGEST, _SHORT = 400, 20  # characters of a cell that are shown, and of a word that may be a header
GOOD, UNREAD, BAD = "可入库", "有未看懂", "不入库"


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """A sheet that could be read. `likeness` is how much of a header was found in it, 0 for none."""

    name: str
    hidden: bool
    rows: int
    likeness: int = 0


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """A column of the file. `target` “visit.visit_date”, None for not taken in; `key` names it in a mapping."""

    index: int
    letter: str
    title: str
    key: str
    samples: tuple[str, ...] = ()
    target: str | None = None
    label: str = ""
    confidence: int = 0
    how: str = (
        ""  # exact, fuzzy, map, memory, second (another column has the field), number (running number), ""
    )


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row as it would be stored. `texts` by column; `raw` the same as the file has them."""

    number: int  # as Excel counts
    state: str
    texts: tuple[str, ...]
    raw: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file holds for a register. `problem` says why it cannot be taken in as it is, with what to do."""

    path: Path
    kind: str
    size: int  # bytes
    register: str
    sheets: tuple[SheetChoice, ...] = ()
    sheet: str = ""
    header_rows: tuple[int, int] = (0, 0)  # first and last, as Excel counts; (0, 0) for none
    columns: tuple[PreviewColumn, ...] = ()
    rows: tuple[PreviewRow, ...] = ()
    about: int = 0  # rows of the sheet below the header, lines that are no rows included
    more: bool = False  # there are rows that are not shown
    office: str = ""
    notes: tuple[str, ...] = ()
    problem: str = ""
    hint: str = ""
    problem_id: str = ""
    better: str = ""  # the register that the columns rather are of
    mapping: Mapping[str, str | None] = field(default_factory=dict)

    def count(self, state: str) -> int:
        """How many of the shown rows are in this state."""
        return sum(row.state == state for row in self.rows)


def preview(
    store: Store,
    path: Path,
    register: str,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    day: date | None = None,
    rows: int = 200,
) -> Preview:
    """The file as `import_ledger` with the same arguments would read it, with its first `rows` rows.

    Writes nothing. What a person can mend on the page (no header, no column of dates) comes back as `problem`
    with whatever was found; a file that cannot be opened raises as returns.files does.
    """
    with open_book(Path(path)) as book:
        return preview_book(store, book, register, sheet=sheet, mapping=mapping, day=day, rows=rows)


def preview_book(
    store: Store,
    book: Book,
    register: str,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    day: date | None = None,
    rows: int = 200,
) -> Preview:
    """The same of a book that is open and stays so."""
    size = book.path.stat().st_size if book.path.is_file() else 0
    about = Preview(book.path, book.kind, size, register, mapping=dict(mapping or {}))
    with store.read() as session:
        directory = Directory(session)
        known = memory.layouts(session, store.actor.unit_code, register)
        try:
            table = begin(
                book, register, lookup=directory, sheet=sheet, mapping=mapping, day=day, remembered=known
            )
            table.first(rows + 1)
        except (Refused, UsageError) as error:
            if error.id not in _MENDABLE:
                raise
            return _without(about, book, _sheets(book, register), sheet, register, error)
        found = {table.sheet: table.header.score} if table.header is not None else {}
        return _with(about, book, _sheets(book, register, found), table, directory, rows)


def forget(store: Store, path: Path, register: str, *, sheet: str | None = None) -> int:
    """Forget what was chosen by hand for files with this one's header; how many such headers were known."""
    with open_book(Path(path)) as book, store.write() as session:
        unit = store.actor.unit_code
        known = memory.layouts(session, unit, register)
        table = begin(book, register, lookup=Directory(session), sheet=sheet, remembered=known)
        return memory.forget(session, unit, register, table.header)


# ---------------------------------------------------------------- what is worked out elsewhere

# What the page can put right: another sheet, another register, fields chosen by hand, a day.
_MENDABLE = frozenset({"no_header", "no_date_column", "not_this_ledger", "unknown_header", "no_such_sheet"})


def _sheets(book: Book, register: str, known: Mapping[str, int] | None = None) -> tuple[SheetChoice, ...]:
    """Every sheet with something in it, and how much it looks like the register; `known` has been looked at."""
    found = []
    for at, each in enumerate(each for each in book.sheets if each.height):
        likeness = (known or {}).get(each.name, 0)
        if not likeness and at < MOST_SHEETS and each.width <= MOST_COLUMNS:
            header = find_header.find([each], register)
            likeness = header[0].score if header else 0
        found.append(SheetChoice(each.name, each.hidden, each.height, likeness))
    return tuple(found)


# ---------------------------------------------------------------- with a header


def _with(
    about: Preview,
    book: Book,
    sheets: tuple[SheetChoice, ...],
    table: LedgerTable,
    directory: Directory,
    most: int,
) -> Preview:
    chosen = _named(book, table.sheet)
    seen = _some(table.columns)
    columns = _columns(chosen, table.header_rows[1], table.columns, seen)
    rows = table.rows[:most]
    return replace(
        about,
        sheets=sheets,
        sheet=table.sheet,
        header_rows=table.header_rows,
        columns=columns,
        rows=tuple(_row(row, seen, directory) for row in rows),
        about=max(0, chosen.height - table.header_rows[1]),
        more=len(table.rows) > most,
        office=directory.name("unit", table.context.unit_code)
        if table.context.unit_code
        else table.context.office,
        notes=(*_notes(book, chosen, table), *_unseen(table.columns, seen)),
    )


def _some(columns: Sequence[Column]) -> list[Column]:
    """The columns that are shown: of a sheet of thousands those that go somewhere, and the first of the others."""
    if len(columns) <= MOST_COLUMNS:
        return list(columns)
    return [column for at, column in enumerate(columns) if at < MOST_COLUMNS or column.target is not None]


def _unseen(columns: Sequence[Column], seen: Sequence[Column]) -> list[str]:
    more = len(columns) - len(seen)
    return [f"表格很宽，另有 {more:,} 列不导入，这里没有列出。"] if more else []


def _columns(
    sheet: Sheet, below: int, columns: Sequence[Column], seen: Sequence[Column]
) -> tuple[PreviewColumn, ...]:
    named = places(columns)
    shown_at = {column.index for column in seen}
    samples = _samples(sheet, below, sorted(shown_at))
    return tuple(
        PreviewColumn(
            column.index,
            column.letter,
            column.title,
            _key(column, named.get(fold(column.title)) == at),
            samples[column.index],
            *_aim(column),
        )
        for at, column in enumerate(columns)
        if column.index in shown_at
    )


def _key(column: Column, known: bool) -> str:
    """What a mapping calls the column: its header, or its letter where another column has the same one."""
    second = column.title.endswith(f"（{column.letter}列）")
    return column.title if known and not second else column.letter


def _aim(column: Column) -> tuple[str | None, str, int, str]:
    if column.target is None:
        return None, "", column.confidence, column.how
    if column.target == NUMBERING or not column.target.register:
        return None, "", column.confidence, "number"
    target = column.target
    return f"{target.register}.{target.field}", target.declared.label, column.confidence, column.how


def _samples(sheet: Sheet, below: int, columns: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """A few different values of each column, from the first rows under the header."""
    found: dict[int, list[str]] = {index: [] for index in columns}
    for number, (_, cells) in enumerate(sheet.rows(below)):
        if number >= LOOK_AT or all(len(each) >= SAMPLES for each in found.values()):
            break
        for index, texts in found.items():
            text = _text(cells, index)
            if text and text not in texts and len(texts) < SAMPLES:
                texts.append(text)
    return {index: tuple(texts) for index, texts in found.items()}


def _text(cells: Sequence[Any], index: int) -> str:
    value = cells[index] if index < len(cells) else None
    return "" if value is None else clean(shown(value), lines=True).text[:_LONGEST]


def _row(row: LedgerRow, columns: Sequence[Column], directory: Directory) -> PreviewRow:
    raw = tuple(_text(row.raw, column.index) or row.cells.get(column.title, "") for column in columns)
    texts = tuple(
        _stored(row, column, directory) or raw[place] if column.target is not None else raw[place]
        for place, column in enumerate(columns)
    )
    wrong = any(finding.severity is Severity.ERROR for finding in row.findings)
    return PreviewRow(
        row.number, BAD if row.bad else UNREAD if wrong else GOOD, texts, raw, tuple(row.findings)
    )


def _stored(row: LedgerRow, column: Column, directory: Directory) -> str:
    """What the register will show of the cell, "" where nothing was understood."""
    target = column.target
    if target is None or not target.register:
        return ""
    value = row.get(target.register, target.field)
    return "" if value is None else values.to_text(target.declared, value, directory)


def _notes(book: Book, sheet: Sheet, table: LedgerTable) -> tuple[str, ...]:
    told = [*table.notes, *table.warnings]
    if sheet.hidden_rows and not any("隐藏" in each and "行" in each for each in told):
        count = sum(last - first + 1 for first, last in sheet.hidden_rows)
        told.append(f"有 {count} 个隐藏的行，也一并读取。")
    left_out = [text for _, text in table.skipped if not any(text[:12] in each for each in told)]
    if left_out:
        named = "、".join(f"“{text[:24]}”" for text in left_out[:3]) + ("等" if len(left_out) > 3 else "")
        told.append(f"不是数据、没有读入的行 {len(left_out)} 行：{named}。")
    return tuple(dict.fromkeys(told))


# ---------------------------------------------------------------- without one


def _without(
    about: Preview,
    book: Book,
    sheets: tuple[SheetChoice, ...],
    asked: str | None,
    register: str,
    error: KnownError,
) -> Preview:
    """The sheet as it stands under the line that looks most like a header: fields can be chosen by hand."""
    known = {each.name for each in sheets}
    best = max(sheets, key=lambda each: (each.likeness, not each.hidden, each.rows), default=None)
    name = asked if asked in known else best.name if best is not None else ""
    told = replace(
        about, sheets=sheets, sheet=name, problem=error.message, hint=error.hint, problem_id=error.id
    )
    if not name:
        return told
    chosen = _named(book, name)
    found = find_header.find([chosen], register)
    first, last = (found[0].first, found[0].last) if found else (_likely(chosen),) * 2
    if first < 0:
        return told
    mapped = map_columns(
        register,
        find_header.readings(chosen, first, last),
        mapping=_known(about.mapping, chosen, first, last),
    )
    columns = _columns(chosen, last + 1, mapped, _some(mapped))
    rows = []
    for number, cells in islice(chosen.rows(last + 1), LOOK_AT):
        texts = tuple(_text(cells, column.index) for column in columns)
        rows.append(PreviewRow(number + 1, "", texts, texts))
    return replace(
        told, header_rows=(first + 1, last + 1), columns=columns, rows=tuple(rows),
        about=max(0, chosen.height - last - 1), more=chosen.height > last + 1 + LOOK_AT,
        better=_better(register, chosen, first, last),
    )  # fmt: skip


def _better(register: str, chosen: Sheet, first: int, last: int) -> str:
    """The register that clearly more of the columns are of, "" for none."""
    readings = dict(islice(find_header.readings(chosen, first, last).items(), MOST_COLUMNS))
    counts = {
        key: sum(
            column.target is not None and column.target.register == key
            for column in map_columns(key, readings)
        )
        for key in REGISTERS
        if key != "enterprise"
    }
    best = max(counts, key=lambda key: counts[key])
    return best if best != register and counts[best] > counts.get(register, 0) + 1 else ""


def _likely(chosen: Sheet) -> int:
    """The row with the most short texts of its own, -1 where no row has two."""
    best, at = 1, -1
    for number, cells in enumerate(chosen.head[: find_header.LOOK_AT]):
        texts = {cell for cell in cells if isinstance(cell, str) and 0 < len(cell.strip()) <= _SHORT}
        if len(texts) > best:
            best, at = len(texts), number
    return at


def _known(mapping: Mapping[str, str | None], chosen: Sheet, first: int, last: int) -> dict[str, str | None]:
    """What was chosen by hand of the columns that are there."""
    there: set[str] = set()
    for column in map_columns("enterprise", find_header.readings(chosen, first, last)):
        there |= {fold(column.title), fold(column.letter), fold(column.title.split("·")[-1])}
    return {key: field for key, field in mapping.items() if fold(key) in there}


def _named(book: Book, name: str) -> Sheet:
    return next(each for each in book.sheets if each.name.strip() == name.strip())
