"""Rows that an import could not store, put right in place and tried again. Counting them is db/side_list.py's.

A row is kept as the sender wrote it (`raw`), with what was typed over it (`typed`, by column letter) beside it: what
fails again is still there as typed. A retry is an import of its own, which can be undone: its rows wait again then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import side_list
from db.errors import Refused
from db.models import Batch, StagedRow
from db.side_list import SideBatch
from db.store import Store
from db.text import fold
from db.types import now
from returns.cells import shown
from returns.files import MemoryBook
from returns.ledger.importer import import_book
from returns.ledger.kept import KeptColumn, columns_of, index_of
from returns.ledger.rows import BROKEN_CELL
from returns.results import FileReport

Typed = Mapping[int, Mapping[str, str]]  # seq of a row → {column letter or title: text}
Progress = Callable[[int, int, str], None]
PAGE = 200
_MOST_COLUMNS = 300  # shown of a sheet of thousands, besides those that go somewhere


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row was not stored; `column` is a letter, "" where it is about the row."""

    column: str
    id: str
    message: str


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A row as it stands: `cells` by column with what was typed over them, `typed` the letters of those."""

    seq: int
    number: int  # as Excel counts
    label: str
    cells: tuple[str, ...]
    typed: frozenset[str]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """Some of the rows of a batch that wait; `next` is handed back as `after`, None after the last one."""

    batch: SideBatch
    columns: tuple[KeptColumn, ...]
    rows: tuple[WaitingRow, ...]
    next: int | None


def waiting(session: Session, batch_id: UUID, *, after: int = -1, limit: int = PAGE) -> WaitingPage | None:
    """A page of a batch's waiting rows; None where none of it wait any more."""
    about = next((each for each in side_list.batches(session) if each.id == batch_id), None)
    batch = session.get(Batch, batch_id)
    if about is None or batch is None:
        return None
    found = side_list.rows(session, batch_id, after=after, limit=limit + 1)
    columns = columns_of(batch.cover or {}, [row.values or {} for row in found])
    columns = tuple(each for at, each in enumerate(columns) if at < _MOST_COLUMNS or each.target)
    rows = tuple(_row(row, columns) for row in found[:limit])
    return WaitingPage(about, columns, rows, rows[-1].seq if len(found) > limit else None)


def keep_typed(store: Store, batch_id: UUID, typed: Typed) -> None:
    """Remember what was typed so far, so that a power cut loses none of it."""
    if not typed:
        return
    with store.write() as session:
        batch = session.get(Batch, batch_id)
        rows = side_list.rows(session, batch_id, limit=None, seqs=list(typed))
        letters = _letters((batch.cover if batch else None) or {}, rows)
        for row in rows:
            row.values = {
                **(row.values or {}), "typed": {**_typed(row), **_by_letter(letters, typed[row.seq])},
            }  # fmt: skip


def dismiss(store: Store, batch_id: UUID, seqs: Sequence[int], reason: str) -> int:
    """These rows need not be stored after all; the reason stays with them. Returns how many there were.

    Refused (“no_reason”) without one.
    """
    if len(reason.strip()) < 2:
        raise Refused("请写明不再处理的理由。", "例如：重复填报、企业已注销、测试数据。", "no_reason")
    with store.write() as session:
        there = [row.seq for row in side_list.rows(session, batch_id, limit=None, seqs=seqs)]
        how = {
            "how": "dismissed",
            "reason": reason.strip(),
            "by": store.actor.person,
            "at": now().isoformat(),
        }
        side_list.settle(session, batch_id, there, how)
    return len(there)


def recall(store: Store, batch_id: UUID, seqs: Sequence[int]) -> None:
    """Rows that were dismissed wait again."""
    with store.write() as session:
        side_list.reopen(session, {side_list.MENDS: {batch_id.hex: list(seqs)}})


def retry(
    store: Store,
    batch_id: UUID,
    corrections: Typed | None,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> FileReport:
    """Try the named rows (None: all that wait) again, with what was or is now typed over their cells.

    What gets in waits no longer; what does not stays with its new reasons, as typed. Refused (“undone”) where
    the batch is no longer there; other refusals come back as a rejected report, as from any import.
    """
    with store.read() as session:
        batch = session.get(Batch, batch_id)
        if batch is None or batch.kind != "ledger" or batch.state not in side_list.STATES:
            raise Refused("这批导入已经撤销，它的行不再等待更正。", "请刷新列表。", "undone")
        cover = dict(batch.cover or {})
        wanted = None if corrections is None else list(corrections)
        rows = side_list.rows(session, batch_id, limit=None, seqs=wanted)
        register = str(cover.get("register") or (rows[0].register if rows else ""))
        letters = _letters(cover, rows) if corrections else {}
        asked = corrections or {}
        typed = {row.seq: {**_typed(row), **_by_letter(letters, asked.get(row.seq, {}))} for row in rows}
        if not rows:
            return FileReport(batch.file_name, "accepted", register=register)
        book = _book(batch.file_name, cover, register, rows, typed)
    day = cover.get("day")
    report = import_book(
        store,
        book,
        register,
        sheet=str(cover["sheet"]),
        mapping=cover.get("mapping") or None,
        day=date.fromisoformat(day) if day else None,
        progress=progress,
        cancelled=cancelled,
    )
    if report.rows_read:
        _settle(store, batch_id, {row.seq: row.row_no or 0 for row in rows}, typed, report)
    return report


def _settle(
    store: Store, batch_id: UUID, numbers: Mapping[int, int], typed: Typed, report: FileReport
) -> None:
    """Mark what got in; give what did not its new reasons, in the place where it was before."""
    with store.write() as session:
        new = session.get(Batch, UUID(report.batch)) if report.batch else None
        failed: dict[int, StagedRow] = {}
        if new is not None:
            copies = select(StagedRow).where(StagedRow.batch_id == new.id, StagedRow.action == side_list.BAD)
            failed = {row.row_no or 0: row for row in session.scalars(copies)}
        got_in = [seq for seq, number in numbers.items() if number not in failed]
        for row in side_list.rows(session, batch_id, limit=None, seqs=list(numbers)):
            values = {**(row.values or {}), "typed": dict(typed[row.seq])}
            if (found := failed.get(row.row_no or 0)) is not None:
                held = found.values or {}
                values |= {"reasons": held.get("reasons", []), "places": held.get("places", [])}
            row.values = values
        session.flush()
        how = {"how": "mended", "batch": report.batch, "at": now().isoformat()}
        side_list.settle(session, batch_id, got_in, how)
        if new is not None and new.id != batch_id:
            earlier = (new.cover or {}).get(side_list.MENDS, {})
            seqs = sorted({*earlier.get(batch_id.hex, ()), *got_in})
            new.cover = {**(new.cover or {}), side_list.MENDS: {**earlier, batch_id.hex: seqs}}
            side_list.forget(session, new.id)


# ---------------------------------------------------------------- rows as they were kept


def _row(row: StagedRow, columns: Sequence[KeptColumn]) -> WaitingRow:
    typed, raw = _typed(row), _raw(row, columns)
    kept: Mapping[str, str] = (row.values or {}).get("cells") or {}
    cells = []
    for column in columns:
        value = raw[column.index] if column.index < len(raw) else None
        text = kept.get(column.title, "") if value is None else shown(value)
        cells.append(typed.get(column.letter, text))
    return WaitingRow(
        row.seq, row.row_no or 0, row.label, tuple(cells), frozenset(typed), tuple(_reasons(row))
    )


def _reasons(row: StagedRow) -> Iterable[Reason]:
    held = row.values or {}
    if held.get("places"):
        return [Reason(each["column"], each["id"], each["message"]) for each in held["places"]]
    return [Reason("", "", message) for message in held.get("reasons") or ()]


def _typed(row: StagedRow) -> dict[str, str]:
    return dict((row.values or {}).get("typed") or {})


def _raw(row: StagedRow, columns: Sequence[KeptColumn]) -> list[Any]:
    """The cells from column A; of batches from before they were kept so, the texts by header."""
    held = row.values or {}
    if "raw" in held:
        return list(held["raw"])
    cells: Mapping[str, str] = held.get("cells") or {}
    raw: list[Any] = [None] * (max((column.index for column in columns), default=-1) + 1)
    for column in columns:
        raw[column.index] = cells.get(column.title)
    return raw


def _letters(cover: Mapping[str, Any], rows: Sequence[StagedRow]) -> dict[str, str]:
    """Letters and folded headers of the columns → letter; of two with the same header the first."""
    columns = columns_of(cover, [row.values or {} for row in rows])
    named = {fold(column.title): column.letter for column in reversed(columns)}
    return named | {column.letter: column.letter for column in columns}


def _by_letter(letters: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by column letter, whichever way the columns were named."""
    found = {}
    for name, text in texts.items():
        letter = letters.get(name) or letters.get(fold(name))
        if letter is None:
            raise Refused(f"这批行里没有“{name}”这一列。", "请按表头原文写列名，或写列号。", "unknown_header")
        found[letter] = text
    return found


def _book(
    name: str, cover: Mapping[str, Any], register: str, rows: Sequence[StagedRow], typed: Typed
) -> MemoryBook:
    """The sender's table with these rows alone, each at its own place."""
    sheet = str(cover.get("sheet") or "")
    columns = columns_of(cover, [row.values or {} for row in rows])
    lines: dict[int, list[Any]] = {number: list(cells) for number, cells in enumerate(_head(cover, columns))}
    troubles: dict[tuple[int, int], str] = {}
    for row in rows:
        number = (row.row_no or 1) - 1
        cells = _raw(row, columns)
        for letter, text in typed[row.seq].items():
            at = index_of(letter)
            cells += [None] * (at + 1 - len(cells))
            cells[at] = text.strip() or None
        lines[number] = cells
        for place in _reasons(row):
            # An error in a cell that nobody typed over is still one: it must not pass for an empty cell.
            if place.id == BROKEN_CELL and place.column and place.column not in typed[row.seq]:
                troubles[number, index_of(place.column)] = _broken(row, columns, place.column)
    last = max(lines)
    for number, text in cover.get("tail") or ():
        lines.setdefault(max(int(number), last + 1), [text])
    return MemoryBook(name, {sheet: lines}, spans=_spans(cover), troubles={sheet: troubles})


def _broken(row: StagedRow, columns: Sequence[KeptColumn], letter: str) -> str:
    title = next((column.title for column in columns if column.letter == letter), "")
    text = str(((row.values or {}).get("cells") or {}).get(title, ""))
    return text.strip("（）") or "单元格读不出来"


def _head(cover: Mapping[str, Any], columns: Sequence[KeptColumn]) -> list[list[Any]]:
    if cover.get("head"):
        return [list(cells) for cells in cover["head"]]
    above = int((cover.get("header_rows") or [1, 1])[1]) - 1
    return [*([] for _ in range(above)), [column.title for column in columns]]


def _spans(cover: Mapping[str, Any]) -> list[tuple[int, int, int, int]]:
    return [(a, b, c, d) for a, b, c, d in cover.get("spans") or ()]
