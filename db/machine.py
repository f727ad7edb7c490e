"""What the computer itself may refuse (disk full, file read-only, damaged), as sentences. What people may not do is elsewhere."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from db.errors import MachineError


@contextmanager
def machine_errors() -> Iterator[None]:
    """Turn what SQLite says of the machine into sentences; everything else passes through."""
    try:
        yield
    except (DBAPIError, sqlite3.DatabaseError) as error:
        origin = error.orig if isinstance(error, DBAPIError) else error
        sentence = known(origin)
        if sentence is None:
            raise
        raise sentence from error


def known(error: BaseException | None) -> MachineError | None:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_FULL"):
        return MachineError(
            "磁盘已满，这次没有保存。", "请腾出空间后再保存一次；已保存的数据没有损失。", "disk_full"
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN")):
        return MachineError(
            "台账文件不能写入。", "请检查文件夹权限，或磁盘是否被写保护。", "database_read_only"
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return MachineError("台账正被另一个操作占用。", "请稍等片刻再试。", "database_busy")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return MachineError(
            "台账文件已损坏，未做任何改动。", "请用“恢复备份”取回最近一次备份。", "database_damaged"
        )
    if name.startswith("SQLITE_IOERR"):
        return MachineError("读写磁盘出错。", "请检查磁盘或 U 盘是否松动，再试一次。", "disk_error")
    return None


def reason(error: BaseException) -> str:
    """Why something failed, in a few words for the middle of a sentence."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(origin, MachineError):
        return origin.message.rstrip("。")
    if isinstance(origin, sqlite3.Error):
        sentence = known(origin)
        return sentence.message.rstrip("。") if sentence else "数据库拒绝了操作"
    if isinstance(origin, OSError):
        return _OS_WORDS.get(origin.errno or 0, origin.strerror or "系统拒绝了操作")
    return str(error)


_OS_WORDS = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件超过了允许的大小",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘被写保护",
    errno.ENOENT: "找不到文件或文件夹",
    errno.EEXIST: "已有同名的文件",
    errno.ENOTDIR: "路径不是文件夹",
    errno.EIO: "读写磁盘出错",
}


def sync_folder(path: Path) -> None:
    """Make a rename in the folder last through a power cut (Windows does that by itself)."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
