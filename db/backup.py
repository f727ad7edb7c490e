"""Verified copies of the register: make, list, restore (keeping the present first), verify."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from db.errors import MachineError, Refused, UsageError
from db.folder import DataFolder

KEEP = 30  # newest automatic backups kept


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup file; `sha256` is of the copy (the live file is never hashed: closing it drops its locks)."""

    path: Path
    made_at: datetime
    size: int
    sha256: str


def make(engine: Engine, folder: DataFolder, *, out: Path | None = None, reason: str = "") -> Backup:
    """Copy the live register with VACUUM INTO, check the copy, then rename it into place.

    `out` None means the backup folder, named by time and `reason`. The writer is not blocked.
    MachineError: disk full, folder read-only, or the copy did not pass its check (nothing is left behind).
    """
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S-%f")[:-3]
    target = out or folder.backups / f"千企台账-{stamp}{'-' + reason if reason else ''}.qqbak"
    temporary = target.with_name(target.name + ".tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        with engine.connect().execution_options(no_begin=True) as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(temporary),))
        check_file(temporary)
        digest = _sync_and_hash(temporary)
        os.replace(temporary, target)
    except MachineError:
        temporary.unlink(missing_ok=True)
        raise
    except Exception as error:
        # A full disk leaves a partial copy behind: it must not be taken for a backup.
        temporary.unlink(missing_ok=True)
        raise MachineError(
            f"备份没有完成（{_plain(error)}）。", "请检查备份位置的空间和权限；台账本身没有改动。", "backup_failed"
        ) from error
    if out is None:
        _drop_old(folder)
    return Backup(target, datetime.now(), target.stat().st_size, digest)


def check_file(path: Path) -> dict[str, int]:
    """Open a copy read-only, run SQLite's check and count its rows. MachineError if it is no good copy."""
    try:
        with closing(sqlite3.connect(f"file:{path.as_posix()}?mode=ro&immutable=1", uri=True)) as connection:
            verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
            if verdict != "ok":
                raise MachineError(f"“{path.name}”没有通过完整性检查。", "请换一份备份。", "backup_damaged")
            tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")]
            if "enterprise" not in tables or "audit" not in tables:
                raise UsageError(f"“{path.name}”不是千企台账的备份。", "请选择扩展名为 .qqbak 的文件。", "not_a_backup")
            return {
                name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
                for name in ("enterprise", "visit", "issue", "cloud", "nurture", "indicator_value", "return_file", "audit")
            }
    except sqlite3.DatabaseError as error:
        raise MachineError(
            f"“{path.name}”打不开，不是完好的备份。", "请换一份备份。", "backup_damaged"
        ) from error


def latest(folder: DataFolder) -> Backup | None:
    """The newest backup in the backup folder, by time of writing (its hash is not worked out again)."""
    found = sorted(folder.backups.glob("*.qqbak"), key=lambda path: path.stat().st_mtime)
    if not found:
        return None
    stat = found[-1].stat()
    return Backup(found[-1], datetime.fromtimestamp(stat.st_mtime), stat.st_size, "")


def restore(folder: DataFolder, source: Path) -> Path | None:
    """Put a backup in the register's place; the present register is kept beside the backups first.

    The caller holds the instance lock and has closed the store. Returns where the present went.
    MachineError or UsageError if `source` is not a good backup: nothing is changed then.
    """
    if not source.exists():
        raise UsageError(f"找不到备份文件“{source}”。", "请检查路径。", "no_such_file")
    check_file(source)
    kept: Path | None = None
    try:
        folder.backups.mkdir(parents=True, exist_ok=True)
        temporary = folder.root / "restoring.tmp"
        temporary.write_bytes(source.read_bytes())
        _sync_and_hash(temporary)
        if folder.database.exists():
            stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
            kept = folder.backups / f"千企台账-{stamp}-恢复前.qqbak"
            with closing(sqlite3.connect(folder.database)) as present:
                present.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                present.execute("VACUUM INTO ?", (str(kept),))
        for suffix in ("-wal", "-shm"):
            folder.database.with_name(folder.database.name + suffix).unlink(missing_ok=True)
        os.replace(temporary, folder.database)
    except (OSError, sqlite3.DatabaseError) as error:
        raise MachineError(
            f"恢复没有完成（{_plain(error)}）。", "请检查磁盘空间和权限；原来的台账仍在。", "restore_failed"
        ) from error
    return kept


def refuse_inside(folder: DataFolder, out: Path) -> None:
    """A backup written over the live register would destroy both."""
    if out.resolve() == folder.database.resolve():
        raise Refused("备份不能写到台账文件自身。", "请换一个文件名。", "backup_over_register")


def _drop_old(folder: DataFolder) -> None:
    found = sorted(folder.backups.glob("*.qqbak"), key=lambda path: path.stat().st_mtime)
    for path in found[:-KEEP]:
        path.unlink(missing_ok=True)


def _sync_and_hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb+") as handle:
        while block := handle.read(1 << 20):
            digest.update(block)
        os.fsync(handle.fileno())
    return digest.hexdigest()


def _plain(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = str(getattr(error, "orig", error)).splitlines()[0]
    return "磁盘已满" if "disk is full" in text else text
