"""A file takes its place whole or not at all: written beside, flushed to the disk, then renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.errors import MachineError


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """The path to write to. What stood at `out` is replaced at the end, and stays as it was if anything is raised.

    MachineError says what is in the way: the file open elsewhere, a folder that is read-only, a full disk.
    """
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.exists() and not os.access(out, os.W_OK):
            raise PermissionError(13, "文件是只读的", str(out))
        yield temporary
        with temporary.open("rb+") as handle:
            os.fsync(handle.fileno())
        os.replace(temporary, out)
    except OSError as error:
        raise MachineError(
            f"文件“{out}”没有写成（{error.strerror or error}）。", _hint(error), "cannot_write"
        ) from error
    finally:
        if temporary.parent.is_dir():
            temporary.unlink(missing_ok=True)


def _hint(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "请先关闭正打开这个文件的 Excel 或 WPS，或换一个文件名、文件夹。"
    if isinstance(error, (IsADirectoryError, NotADirectoryError, FileExistsError)):
        return "请换一个文件名或文件夹。"
    return "请检查磁盘空间和文件夹权限，或换一个文件夹。"
