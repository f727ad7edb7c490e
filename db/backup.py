"""Verified copies of the register: make, list, restore (keeping the present first). Looking into every row is in verify.py."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from db import attachment_backup
from db.errors import KnownError, MachineError, Refused, UsageError
from db.folder import DataFolder
from db.machine import reason as why
from db.machine import sync_folder

KEEP = 30  # newest backups kept in the backup folder
SUFFIX, HASH_SUFFIX = ".qqbak", ".sha256"
COUNTED = ("enterprise", "visit", "issue", "cloud", "nurture", "indicator_value", "return_file", "audit")


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup file; `sha256` is of the copy (the live file is never hashed: closing it drops its locks).

    Empty where it was not worked out. `warnings` say what could not be taken along of the attachments.
    """

    path: Path
    made_at: datetime
    size: int
    sha256: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: where the register that was there went (None: there was none), and the rows now there.

    `attachments_missing`: how many attachments it names whose content is neither here nor beside the backup.
    """

    kept: Path | None
    rows: dict[str, int]
    attachments_missing: int = 0


# ---------------------------------------------------------------- making


def make(engine: Engine, folder: DataFolder, *, out: Path | None = None, reason: str = "") -> Backup:
    """Copy the live register with VACUUM INTO, check the copy, then rename it into place.

    `out` None means the backup folder, named by time and `reason`. The writer is not blocked. The copy's SHA-256
    is written beside it. MachineError: disk full, folder read-only, or the copy did not pass its check (nothing
    is left behind). Refused: `out` is the register itself. Attachments go beside it (attachment_backup.py).
    """
    target = out or folder.backups / f"千企台账-{_stamp()}{'-' + reason if reason else ''}{SUFFIX}"
    if target.resolve() == folder.database.resolve():
        raise Refused("备份不能写到台账文件自身。", "请换一个文件名。", "backup_over_register")
    temporary = target.with_name(target.name + ".tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        with engine.connect().execution_options(no_begin=True) as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(temporary),))
        check_file(temporary)
        digest = _sync_and_hash(temporary)
        os.replace(temporary, target)
        sync_folder(target.parent)
        _write_hash(target, digest)
    except Exception as error:
        # A full disk leaves a partial copy behind: it must not be taken for a backup.
        _remove(temporary)
        if isinstance(error, KnownError):
            raise
        raise MachineError(
            f"备份没有完成（{why(error)}）。",
            "请检查备份位置的空间和权限；台账本身没有改动。",
            "backup_failed",
        ) from error
    carried = attachment_backup.keep(folder, target, attachment_backup.named_in(target, open_copy))
    if out is None:
        _drop_old(folder)
    return Backup(target, datetime.now(), target.stat().st_size, digest, carried.warnings())


def copy_to(backup: Backup, place: Path) -> str | None:
    """Put a second copy into another folder (a USB stick). None if it is there, otherwise a warning in words.

    A stick that is not plugged in must not keep anyone from working.
    """
    target = place / backup.path.name
    temporary = target.with_name(target.name + ".tmp")
    try:
        if not place.is_dir():
            return f"第二备份位置“{place}”不可用（未接入或不存在），这次只备份在本机。"
        shutil.copyfile(backup.path, temporary)
        digest = _sync_and_hash(temporary)
        if backup.sha256 and digest != backup.sha256:
            _remove(temporary)
            return f"写到第二备份位置“{place}”的内容与原件不一致，请检查该磁盘。"
        os.replace(temporary, target)
        _write_hash(target, digest)
    except OSError as error:
        _remove(temporary)
        return f"没有写到第二备份位置“{place}”（{why(error)}），这次只备份在本机。"
    named = attachment_backup.named_in(backup.path, open_copy)
    trouble = attachment_backup.keep_copy(backup.path, named, place).trouble
    return f"台账已写到第二备份位置“{place}”，附件没有写完（{trouble}）。" if trouble else None


def has_changed(engine: Engine, folder: DataFolder) -> bool:
    """Whether there is anything in the register that the newest backup has not."""
    newest = latest(folder)
    if newest is None:
        return True
    with engine.connect() as connection:
        now = _fingerprint(lambda sql: connection.exec_driver_sql(sql).fetchall())
    try:
        with closing(open_copy(newest.path)) as copy:
            return _fingerprint(lambda sql: copy.execute(sql).fetchall()) != now
    except sqlite3.Error:
        return True  # not readable, so not a backup


def _fingerprint(rows: Callable[[str], Iterable[Any]]) -> str:
    """Every change of a record leaves an audit entry; the small tables beside it are compared as they are."""
    digest = hashlib.sha256()
    for sql in (
        "SELECT max(seq) FROM audit",
        "SELECT key, value FROM setting WHERE key NOT IN ('memory', 'theme', 'text_size') ORDER BY key",
        "SELECT id, state, revision, file_sha256 FROM return_file ORDER BY id",
        "SELECT id, state, applied_at FROM batch ORDER BY id",
        "SELECT count(*), max(created_at) FROM explanation",
        "SELECT digest FROM plan",
        "SELECT code, name, aliases, active FROM org_unit ORDER BY code",
    ):
        digest.update(repr([tuple(row) for row in rows(sql)]).encode())
    return digest.hexdigest()


# ---------------------------------------------------------------- looking


def check_file(path: Path) -> dict[str, int]:
    """Open a copy read-only, run SQLite's check and count its rows. MachineError if it is no good copy."""
    try:
        with closing(open_copy(path)) as connection:
            verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
            if verdict != "ok":
                raise MachineError(f"“{path.name}”没有通过完整性检查。", "请换一份备份。", "backup_damaged")
            tables = {
                row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            }
            if not {"enterprise", "audit", "alembic_version"} <= tables:
                raise UsageError(
                    f"“{path.name}”不是千企台账的备份。", f"请选择扩展名为 {SUFFIX} 的文件。", "not_a_backup"
                )
            return {
                name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
                for name in COUNTED
                if name in tables
            }
    except sqlite3.Error as error:
        raise MachineError(
            f"“{path.name}”打不开，不是完好的备份。", "请换一份备份。", "backup_damaged"
        ) from error


def check_hash(path: Path) -> bool | None:
    """Whether a backup is byte for byte what was written; None where no hash lies beside it."""
    try:
        written = path.with_name(path.name + HASH_SUFFIX).read_text(encoding="utf-8").split()[0]
    except (OSError, IndexError):
        return None
    return written == _hash(path)


def list_backups(folder: DataFolder) -> list[Backup]:
    """The backups in the backup folder, newest first."""
    found = []
    for path in folder.backups.glob(f"*{SUFFIX}"):
        stat = path.stat()
        found.append(Backup(path, datetime.fromtimestamp(stat.st_mtime), stat.st_size, ""))
    return sorted(found, key=lambda backup: (backup.made_at, backup.path.name), reverse=True)


def latest(folder: DataFolder) -> Backup | None:
    """The newest backup in the backup folder, by time of writing."""
    found = list_backups(folder)
    return found[0] if found else None


# ---------------------------------------------------------------- restoring


def restore(folder: DataFolder, source: Path, newest_version: int) -> Restored:
    """Put a backup in the register's place; the present register is kept among the backups first.

    The caller holds the instance lock and has closed the store; `newest_version` is what this program can read.
    MachineError or UsageError if `source` is not a good backup or there is no room: nothing is changed then.
    """
    if not source.is_file():
        raise UsageError(f"找不到备份文件“{source}”。", "请检查路径。", "no_such_file")
    if source.resolve() == folder.database.resolve():
        raise Refused("选中的就是正在使用的台账文件。", "请选择备份文件。", "backup_over_register")
    rows = check_file(source)
    if check_hash(source) is False:
        raise MachineError(
            f"“{source.name}”与备份时的内容不一致，可能已损坏。", "请换一份备份。", "backup_damaged"
        )
    with closing(open_copy(source)) as copy:
        version = int(copy.execute("PRAGMA user_version").fetchone()[0])
    if version > newest_version:
        raise MachineError(
            f"“{source.name}”是较新版本的程序做的备份，未做任何改动。",
            "请安装新版千企台账后再恢复。",
            "newer_database",
        )
    temporary = folder.root / "restoring.tmp"
    try:
        folder.backups.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, temporary)
        _sync_and_hash(temporary)
        kept = _keep_present(folder)
        for suffix in ("-wal", "-shm"):
            folder.database.with_name(folder.database.name + suffix).unlink(missing_ok=True)
        os.replace(temporary, folder.database)
        sync_folder(folder.root)
    except (OSError, sqlite3.Error) as error:
        _remove(temporary)
        raise MachineError(
            f"恢复没有完成（{why(error)}）。", "请检查磁盘空间和权限；原来的台账仍在。", "restore_failed"
        ) from error
    brought = attachment_backup.bring_back(folder, source, attachment_backup.named_in(source, open_copy))
    return Restored(kept, rows, brought.absent + brought.damaged)


def _keep_present(folder: DataFolder) -> Path | None:
    """A copy of the register as it is; one that SQLite cannot read any more is kept as it lies on the disk."""
    if not folder.database.exists():
        return None
    kept = folder.backups / f"千企台账-{_stamp()}-恢复前{SUFFIX}"
    try:
        with closing(sqlite3.connect(folder.database)) as present:
            present.execute("VACUUM INTO ?", (str(kept),))
        _write_hash(kept, _sync_and_hash(kept))
        attachment_backup.keep(folder, kept, attachment_backup.named_in(kept, open_copy))
    except sqlite3.DatabaseError as error:
        _remove(kept)
        if (getattr(error, "sqlite_errorname", "") or "").startswith("SQLITE_FULL"):
            raise
        kept = folder.backups / f"千企台账-{_stamp()}-恢复前-已损坏"
        kept.mkdir()
        for suffix in ("", "-wal"):
            part = folder.database.with_name(folder.database.name + suffix)
            if part.exists():
                shutil.copyfile(part, kept / part.name)
    return kept


# ---------------------------------------------------------------- files


def open_copy(path: Path) -> sqlite3.Connection:
    """A copy nobody writes to: read without a lock and without leaving a -shm beside it."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _stamp() -> str:
    return datetime.now().strftime("%Y%m%d-%H%M%S-%f")[:-3]


def _drop_old(folder: DataFolder) -> None:
    for old in list_backups(folder)[KEEP:]:
        _remove(old.path)
        _remove(old.path.with_name(old.path.name + HASH_SUFFIX))


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # what cannot be removed does no harm: it has another name than a backup


def _write_hash(path: Path, digest: str) -> None:
    path.with_name(path.name + HASH_SUFFIX).write_text(f"{digest}  {path.name}\n", encoding="utf-8")


def _hash(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _sync_and_hash(path: Path) -> str:
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())
    return _hash(path)
