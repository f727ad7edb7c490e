"""导入: take a foreign ledger into the register, look at it before, put right what stayed behind. Shared by window and command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from db import side_list
from db.errors import MachineError, UsageError
from db.models import StagedRow
from db.side_list import SideBatch
from db.store import Store
from returns.results import FileReport

if TYPE_CHECKING:
    from returns.files import Book
    from returns.ledger.mending import WaitingPage
    from returns.ledger.preview import Preview


def import_ledger(
    store: Store,
    path: Path,
    register: str,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    dry_run: bool = False,
    day: date | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> FileReport:
    """Import one file; what `qianqi import --json` prints for it. See returns.ledger for what becomes of a row."""
    from returns import ledger  # rapidfuzz and the reader: not before someone imports

    return ledger.import_ledger(
        store,
        path,
        register,
        sheet=sheet,
        mapping=mapping,
        dry_run=dry_run,
        day=day,
        progress=progress,
        cancelled=cancelled,
    )


def open_ledger(
    path: Path,
    progress: Callable[[int, int, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Book:
    """The file, read; it stays in memory until it is closed, so that what is looked at is what is imported."""
    from returns.files import open_book

    return open_book(path, progress=progress, cancelled=cancelled)


def preview_book(
    store: Store,
    book: Book,
    register: str,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    day: date | None = None,
) -> Preview:
    """The file as `import_open` would read it, with its first rows; nothing is stored."""
    from returns.ledger import preview

    return preview.preview_book(store, book, register, sheet=sheet, mapping=mapping, day=day)


def import_open(
    store: Store,
    book: Book,
    register: str,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    dry_run: bool = False,
    day: date | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> FileReport:
    """Import a file that is open already; otherwise as `import_ledger`."""
    from returns.ledger.importer import import_book

    return import_book(
        store, book, register, sheet=sheet, mapping=mapping, dry_run=dry_run, day=day,
        progress=progress, cancelled=cancelled,
    )  # fmt: skip


def forget_mapping(store: Store, path: Path, register: str, sheet: str | None = None) -> int:
    """Forget what was chosen by hand for files with this header."""
    from returns.ledger import preview

    return preview.forget(store, path, register, sheet=sheet)


MOST_RECORDS = 500  # of an import that a list is narrowed to


def records_of(store: Store, batch: UUID, register: str, most: int = MOST_RECORDS) -> list[UUID]:
    """The records of a register that an import stored or completed, at most so many."""
    query = (
        select(StagedRow.record_id)
        .where(
            StagedRow.batch_id == batch,
            StagedRow.action.in_(("new", "update")),
            StagedRow.register == register,
        )
        .order_by(StagedRow.seq)
        .limit(most)
    )
    with store.read() as session:
        return list(dict.fromkeys(key for key in session.scalars(query) if key is not None))


def undo_import(store: Store, batch: UUID) -> None:
    """Take an import back whole. Refused (“changed_since”) when one of its records was changed after it."""
    from returns import undo

    undo.undo(store, batch, store.actor)


# ---------------------------------------------------------------- rows that were not stored


def files_waiting(store: Store, register: str | None = None) -> list[SideBatch]:
    """Imports with rows that wait to be put right, the newest first."""
    with store.read() as session:
        return side_list.batches(session, register)


def rows_waiting(store: Store, batch: UUID, after: int = -1) -> WaitingPage | None:
    """A page of them; None where none of the batch wait."""
    from returns.ledger import mending

    with store.read() as session:
        return mending.waiting(session, batch, after=after)


def retry_rows(
    store: Store,
    batch: UUID,
    corrections: Mapping[int, Mapping[str, str]] | None,
    *,
    progress: Callable[[int, int, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> FileReport:
    """Try rows (None: all of the batch) again, as typed; what gets in waits no longer."""
    from returns.ledger import mending

    return mending.retry(store, batch, corrections, progress=progress, cancelled=cancelled)


def keep_typed(store: Store, batch: UUID, typed: Mapping[int, Mapping[str, str]]) -> None:
    """Remember what was typed into waiting rows."""
    from returns.ledger import mending

    mending.keep_typed(store, batch, typed)


def dismiss_rows(store: Store, batch: UUID, seqs: Sequence[int], reason: str) -> int:
    """These rows need not be stored; the reason is kept with them."""
    from returns.ledger import mending

    return mending.dismiss(store, batch, seqs, reason)


def recall_rows(store: Store, batch: UUID, seqs: Sequence[int]) -> None:
    """Rows that were dismissed wait again."""
    from returns.ledger import mending

    mending.recall(store, batch, seqs)


def write_error_book(store: Store, batch: UUID, out: Path, source: Path | None = None) -> Path:
    """The sender's own sheet with what could not be read marked; `source` is the file, where it is still there."""
    from returns.ledger.error_book import write_errors

    return write_errors(store, batch, out, source=source)


def write_error_report(report: FileReport, source: Path, out: Path) -> Path:
    """The same for an import that left nothing behind (a dry run)."""
    from returns.ledger.error_book import write_report

    return write_report(report, source, out)


def read_mapping(path: Path) -> dict[str, str | None]:
    """A --map file: {header or column letter: field}, null to leave a column out. UsageError if it is not that."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise UsageError(f"找不到列对照文件“{path}”。", "请检查路径。", "no_such_file") from error
    except OSError as error:
        raise MachineError(f"列对照文件“{path}”读不出来。", "请检查文件权限。", "file_unreadable") from error
    except ValueError as error:
        raise UsageError(f"列对照文件“{path.name}”不是有效的 JSON。", _SHAPE, "bad_map") from error
    if not isinstance(data, dict) or not all(
        value is None or isinstance(value, str) for value in data.values()
    ):
        raise UsageError(f"列对照文件“{path.name}”的内容不对。", _SHAPE, "bad_map")
    return data


_SHAPE = '写法如：{"走访时间": "visit_date", "备注": null}。'
