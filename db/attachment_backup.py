"""Attachments beside backups: one folder for all backups of a place, each content once, checked when it is copied.

A backup file itself stays one database: an older one, which has no such folder, is restored as ever.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from db import attachments
from db.attachment_check import hash_of, referenced, verdict_of
from db.folder import DataFolder
from db.machine import reason as why


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of the attachments a backup names: copied now, there before, absent or damaged everywhere."""

    copied: int = 0
    there: int = 0
    absent: int = 0
    damaged: int = 0
    trouble: str = ""  # why copying stopped

    def warnings(self) -> tuple[str, ...]:
        """What a person should know; content that never came (other offices' photos) is no news."""
        told = []
        if self.damaged:
            told.append(f"有 {self.damaged} 个附件的内容已损坏，没有备份；请在“设置”里“校验台账”查看。")
        if self.trouble:
            told.append(f"附件没有备份完整（{self.trouble}）。")
        return tuple(told)


def keep(folder: DataFolder, backup: Path, named: Iterable[str]) -> Carried:
    """Put the attachments beside a fresh backup of the register.

    In the data folder's own backups they are links: no room is taken twice, and the clean-up of the register does
    not reach them. Elsewhere they are copies.
    """
    inside = backup.parent.resolve() == folder.backups.resolve()
    return _carry(named, [folder.attachments], attachments.companion(backup.parent), link=inside)


def keep_copy(backup: Path, named: Iterable[str], place: Path) -> Carried:
    """Put the attachments beside the second copy of a backup."""
    return _carry(named, [attachments.companion(backup.parent)], attachments.companion(place))


def bring_back(folder: DataFolder, backup: Path, named: Iterable[str]) -> Carried:
    """Put what a restored register names back into the data folder, from beside the backup or our own backups."""
    sources = [attachments.companion(backup.parent), attachments.companion(folder.backups)]
    return _carry(named, sources, folder.attachments, sound=True)


def named_in(backup: Path, open_copy: Callable[[Path], sqlite3.Connection]) -> set[str]:
    """The hashes a backup file names; empty where it cannot be read."""
    with suppress(sqlite3.Error), closing(open_copy(backup)) as connection:
        return referenced(lambda sql: connection.execute(sql))
    return set()


def _carry(
    named: Iterable[str], sources: Sequence[Path], place: Path, *, link: bool = False, sound: bool = False
) -> Carried:
    """Bring each content to `place`; `sound` looks into those that are there already, too."""
    copied = there = absent = damaged = 0
    try:
        for sha in sorted(named):
            target = attachments.place_of(place, sha)
            found = [each for root in sources if (each := attachments.place_of(root, sha)).is_file()]
            if (
                target.exists()
                and not (sound and verdict_of(target))
                and not (link and _mended(found, target))
            ):
                there += 1
                continue
            good = next((each for each in found if not verdict_of(each)), None)
            if good is None:
                absent, damaged = absent + (not found), damaged + bool(found)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            _bring(good, target, link)
            copied += 1
    except OSError as error:
        return Carried(copied, there, absent, damaged, why(error))
    return Carried(copied, there, absent, damaged)


def _mended(found: Sequence[Path], target: Path) -> bool:
    """Whether the store holds a newer file than the one that was linked or copied: it was attached anew."""
    return bool(found) and found[0].stat().st_mtime_ns > target.stat().st_mtime_ns


def _bring(source: Path, target: Path, link: bool) -> None:
    temporary = target.with_name(f"{attachments.ADDING}{uuid4().hex}")
    try:
        linked = False
        if link:
            with suppress(OSError):  # a file system without links, or another disk
                os.link(source, temporary)
                linked = True
        if not linked:
            shutil.copyfile(source, temporary)
            with temporary.open("rb+") as handle:
                os.fsync(handle.fileno())
            if hash_of(temporary) != target.name:
                raise OSError(f"“{target.name[:12]}”写到磁盘后内容不一致")
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
