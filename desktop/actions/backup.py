"""Backing up, restoring and verifying, as a person asks for it or as closing the program does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from db import attachment_backup, attachment_check, backup, tallies, upgrade, verify
from db.attachment_check import Collected
from db.backup import Backup, Restored
from db.errors import MachineError
from db.folder import DataFolder, InstanceLock
from db.store import Store
from db.verify import Report


@dataclass(frozen=True, slots=True)
class Made:
    """A backup, and what did not work about its second copy (in words, for the status bar)."""

    backup: Backup
    warnings: tuple[str, ...] = ()


def back_up(store: Store, out: Path | None = None, reason: str = "") -> Made:
    """A verified copy in `out` or the backup folder, and in the second place if one is set. MachineError as db.backup.make."""
    made = backup.make(store.engine, store.folder, out=out, reason=reason)
    second = store.setting("backup_dir")
    warning = backup.copy_to(made, Path(second)) if second and out is None else None
    return Made(made, (*made.warnings, warning) if warning else made.warnings)


def back_up_on_close(store: Store) -> Made | None:
    """The copy made when the program closes; None when nothing was changed since the last one."""
    if not backup.has_changed(store.engine, store.folder):
        return None
    return back_up(store, reason="关闭")


def restore(root: Path, source: Path) -> Restored:
    """Put a backup in place of the register in `root`, keeping the present one first.

    The store must be closed: the instance lock is taken for the time. Errors as db.backup.restore.
    """
    folder = DataFolder(root)
    folder.prepare()
    lock = InstanceLock(folder.lock)
    lock.acquire()
    try:
        return backup.restore(folder, source, upgrade.newest())
    finally:
        lock.release()


def verify_backup(
    path: Path,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Look into every row of a backup. MachineError where it cannot be read at all."""
    return verify.verify_file(path, progress, cancelled)


def verify_register(
    store: Store,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Look into every row of the open register. MachineError where SQLite finds it damaged."""
    with store.read() as session:
        connection = session.connection()
        if connection.exec_driver_sql("PRAGMA quick_check").scalar_one() != "ok":
            raise MachineError("台账文件已损坏。", "请用“恢复备份”取回最近一次备份。", "database_damaged")
        rows = {
            name: int(connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one())
            for name in backup.COUNTED
        }
        damaged = verify.damaged_records(connection, sum(rows.values()), progress, cancelled)
        ask = attachment_check.of_connection(connection)
        troubles = attachment_check.check(store.folder.attachments, ask, progress, cancelled)
        return Report(rows, damaged, None, tuple(troubles))


def recount(store: Store) -> None:
    """Count the totals of visits anew from the rows; no record is changed."""
    with store.write() as session:
        tallies.rebuild(session.connection())


def clean_up_attachments(store: Store) -> Collected:
    """Remove the attachments that no record, draft, received row or backup names any more."""
    with store.read() as session:
        wanted = attachment_check.referenced(attachment_check.of_connection(session.connection()))
    backups: set[str] = set()
    for each in backup.list_backups(store.folder):
        backups |= attachment_backup.named_in(each.path, backup.open_copy)
    return attachment_check.collect(store.folder, wanted, backups)
