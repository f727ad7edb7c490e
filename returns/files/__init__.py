"""Any file that an office may send, as plain cells: `open_book`, `open_bytes`, `grids`. What they mean is not decided here.

A file is read in a child process with caps on time and memory; nothing of it is parsed in this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

from db.errors import KnownError, MachineError, UsageError
from returns.files import children
from returns.files.book import HEAD, TAIL, Book, MemoryBook, Rows, Sheet
from returns.files.children import Cancelled, Progress
from returns.files.refusals import too_large

__all__ = [
    "HEAD",
    "TAIL",
    "Book",
    "MemoryBook",
    "Rows",
    "Sheet",
    "check_size",
    "glance",
    "grids",
    "grids_of",
    "may_be_held",
    "open_book",
    "open_bytes",
    "sheets_of",
]

_PIECE = 1 << 20
_LONG = 5_000  # rows


def check_size(path: Path) -> None:
    """Before anything of a file is read: MachineError for a pipe or a device, Refused (too_large) for too many bytes."""
    try:
        about = path.stat()
    except OSError:
        return  # it is said when it is opened
    if S_ISREG(about.st_mode):
        if about.st_size > children.MOST_BYTES:
            raise _too_many_bytes(path.name)
    elif not S_ISDIR(about.st_mode):
        # Reading it might wait for ever, or never end.
        raise MachineError(
            f"“{path.name}”不是文件，不能读取。", "请选择保存在磁盘上的文件。", "file_unreadable"
        )


def may_be_held(path: Path) -> bool:
    """Whether a path is a file that is small enough to be read whole."""
    try:
        check_size(path)
    except (KnownError, OSError):
        return False
    return path.is_file()


def open_book(path: Path, *, progress: Progress | None = None, cancelled: Cancelled | None = None) -> Book:
    """Read a file, whatever its format. Its rows stay pressed together in memory until they are asked for.

    `progress(rows, of how many, step)` is called now and then, `cancelled` asked every moment: Refused (cancelled).
    UsageError no_such_file; MachineError file_unreadable; Refused (empty_file, unsupported_format,
    encrypted_file, damaged_file, unsafe_file, too_large, too_slow, not_a_workbook) says why not and what to do.
    """
    path = Path(path)
    check_size(path)
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            return children.read(_Pieces(file, path), size, path, progress=progress, cancelled=cancelled)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise UsageError(f"找不到文件“{path}”。", "请检查路径。", "no_such_file") from error
    except OSError as error:
        raise _unreadable(path, error) from error


def open_bytes(
    data: bytes, name: str, *, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Book:
    """Read a file that is in memory already; `name` is for sentences and for the note on its extension."""
    if len(data) > children.MOST_BYTES:
        raise _too_many_bytes(name)
    whole = memoryview(data)
    pieces = (bytes(whole[at : at + _PIECE]) for at in range(0, len(data), _PIECE))
    return children.read(pieces, len(data), Path(name), progress=progress, cancelled=cancelled)


def grids(
    data: bytes, name: str, *, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> tuple[dict[str, list[list[Any]]], dict[str, dict[tuple[int, int], str]]]:
    """All sheets whole, for files known to be small: name → rows from A1 (empty ones are []), name → troubles."""
    with open_bytes(data, name, progress=progress, cancelled=cancelled) as book:
        return grids_of(book)


def grids_of(book: Book) -> tuple[dict[str, list[list[Any]]], dict[str, dict[tuple[int, int], str]]]:
    """The same of a book that is open, which is not needed afterwards."""
    whole = {}
    for sheet in book.sheets:
        rows: list[list[Any]] = [[] for _ in range(sheet.height)]
        for number, cells in sheet.rows():
            rows[number] = cells
        whole[sheet.name] = rows
    return whole, {sheet.name: sheet.troubles for sheet in book.sheets}


def sheets_of(book: Book) -> tuple[dict[str, Sequence[list[Any]]], dict[str, dict[tuple[int, int], str]]]:
    """The same of a book that stays open: the rows of a long sheet are never held all at once."""
    whole: dict[str, Sequence[list[Any]]] = {}
    for sheet in book.sheets:
        rows = Rows(sheet)
        whole[sheet.name] = rows if sheet.height > _LONG else list(rows)
    return whole, {sheet.name: sheet.troubles for sheet in book.sheets}


def glance(data: bytes, name: str, sheet: str) -> list[list[Any]]:
    """The first rows of one sheet, quickly; none where there is no such sheet or anything is wrong with the file."""
    try:
        with children.read([data], len(data), Path(name), only=sheet) as book:
            return [cells for each in book.sheets for _, cells in each.rows()]
    except KnownError:
        return []


class _Pieces:
    """The pieces of a file. An error of the disk is told apart from one of the pipe to the child."""

    def __init__(self, file: Any, path: Path) -> None:
        self.file, self.path = file, path

    def __iter__(self) -> Iterator[bytes]:
        total = 0
        while True:
            try:
                piece = self.file.read(_PIECE)
            except OSError as error:
                raise _unreadable(self.path, error) from error
            if not piece:
                return
            total += len(piece)
            if total > children.MOST_BYTES:
                raise _too_many_bytes(self.path.name)
            yield piece


def _too_many_bytes(name: str) -> Exception:
    return too_large(name, f"超过 {children.MOST_BYTES // 1024 // 1024} MB")


def _unreadable(path: Path, error: OSError) -> MachineError:
    return MachineError(
        f"“{path.name}”读不出来（{error.strerror or error}）。",
        "请先在 Excel 或 WPS 中关闭它，或检查文件权限。",
        "file_unreadable",
    )
