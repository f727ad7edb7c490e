"""The data folder: where the database, its lock, backups and sent files lie, and whether it can be used."""

from __future__ import annotations

import getpass
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import platformdirs

from db.errors import MachineError
from db.machine import reason

NETWORK_FILESYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "9p", "fuse.sshfs", "davfs"}


def default_folder() -> Path:
    """The user's own data folder (`--data` overrides it)."""
    return Path(platformdirs.user_data_dir("qianqi", appauthor=False))


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Everything one installation keeps, under one folder."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "qianqi.db"

    @property
    def lock(self) -> Path:
        return self.root / "qianqi.lock"

    @property
    def backups(self) -> Path:
        return self.root / "备份"

    @property
    def attachments(self) -> Path:
        """The content of attachments, by hash."""
        return self.root / "attachments"

    @property
    def sent(self) -> Path:
        """Copies of the returns that were handed in."""
        return self.root / "已上报"

    @property
    def received(self) -> Path:
        """Copies of the returns that were read."""
        return self.root / "已接收"

    def has_register(self) -> bool:
        """Whether a register lies here. MachineError for a folder or file that this user may not use."""
        try:
            there = self.database.exists()
        except OSError as error:
            raise _not_usable(self.root, error) from error
        if there and not os.access(self.database, os.R_OK | os.W_OK):
            raise MachineError(
                f"台账文件“{self.database}”是只读的，不能写入。",
                "请去掉文件的只读属性，或检查文件夹权限。",
                "database_read_only",
            )
        return there

    def prepare(self) -> None:
        """Make the folder and prove that it can be written. MachineError says what to do if not."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            probe = self.root / f".write-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise _not_usable(self.root, error) from error
        if on_network(self.root):
            raise MachineError(
                f"数据文件夹“{self.root}”在网络共享上。",
                "数据库放在网络盘上会损坏，请改放到本机硬盘，再用备份或回报文件交换数据。",
                "folder_on_network",
            )


def _not_usable(root: Path, error: OSError) -> MachineError:
    return MachineError(
        f"数据文件夹“{root}”不能写入（{reason(error)}）。",
        "请检查文件夹权限和磁盘空间，或换一个文件夹。",
        "folder_not_writable",
    )


def on_network(path: Path) -> bool:
    """Whether the folder lies on a network share, as far as the system tells."""
    if sys.platform == "win32":
        import ctypes

        drive_remote = 4
        root = str(path.resolve().drive) + "\\"
        return root.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(root) == drive_remote
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    where = path.resolve()
    best = ("", "")
    for line in mounts:
        parts = line.split()
        if len(parts) < 3:
            continue
        mount = parts[1].replace("\\040", " ")
        if where.is_relative_to(mount) and len(mount) >= len(best[0]):
            best = (mount, parts[2])
    return best[1] in NETWORK_FILESYSTEMS


class InstanceLock:
    """One program per data folder. The lock dies with the process, so none is ever stale."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock, or MachineError naming who holds it."""
        try:
            handle = open(self.path, "a+", encoding="utf-8")  # noqa: SIM115 - held for the life of the program
        except OSError as error:
            raise _not_usable(self.path.parent, error) from error
        try:
            _lock(handle)
        except OSError as error:
            handle.seek(0)
            holder = handle.read().strip() or "另一个程序"
            handle.close()
            raise MachineError(
                f"这个数据文件夹正被使用：{holder}。",
                "请先关闭已打开的千企台账，再试一次。",
                "second_instance",
            ) from error
        handle.truncate(0)
        handle.write(f"进程 {os.getpid()}，电脑 {socket.gethostname()}，用户 {getpass.getuser()}")
        handle.flush()
        self._file = handle

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: IO[str]) -> None:
        # Byte 1024 lies beyond the text, so that another program can still read who holds the lock.
        handle.seek(1024)
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        handle.seek(0)
else:
    import fcntl

    def _lock(handle: IO[str]) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
