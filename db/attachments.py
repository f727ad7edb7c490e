"""Attachments by content: each file once in the data folder, under its SHA-256. Which record has which is in the records.

What a backup takes along is in attachment_backup.py; which records name a file, and which files are sound, in
attachment_check.py.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from db.errors import KnownError, MachineError, Refused
from db.folder import DataFolder
from db.machine import reason as why
from db.machine import sync_folder

Entry = dict[str, Any]  # {"name", "sha256", "size"}, as a field of kind 附件 holds it
Progress = Callable[[int, int, str], None]  # bytes done, bytes in all, what is being done
Cancelled = Callable[[], bool]

LIMIT = 50  # MB for one file, where the office has set no other
MB = 1 << 20
BLOCK = 1 << 20
COMPANION = "千企台账-附件"
ADDING = ".adding-"  # what a file is called until it is whole
_NAME_LIMIT = 120
_SHA = re.compile(r"[0-9a-f]{64}")
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
# Opening one of these would run it: nobody expects that of a photo that came from another office.
_PROGRAMS = frozenset(
    ("exe", "com", "bat", "cmd", "scr", "pif", "msi", "msp", "hta", "js", "jse", "vbs", "vbe", "wsf", "wsh",
     "ps1", "lnk", "url", "reg", "jar", "cpl", "inf", "sh", "desktop", "appimage", "run")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Added:
    """A file that was taken: its entry, and whether the same content was there before."""

    entry: Entry
    known: bool


def add(
    folder: DataFolder,
    source: Path,
    *,
    limit: int = LIMIT,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Added | None:
    """Copy a file into the store, block by block; None where that was cancelled (nothing is left behind).

    `limit` is in MB. Refused: “attachment_too_large” (before anything is read), “attachment_empty”,
    “attachment_not_a_file”. MachineError where it cannot be read or written.
    """
    name = name_of(source.name)
    try:
        if not source.is_file():
            raise Refused(
                f"“{name}”不是文件。", "请选择照片、文档等单个文件；文件夹可先压缩成一个文件。", "attachment_not_a_file"
            )  # fmt: skip
        size = source.stat().st_size
        _check_size(name, size, limit)
        with source.open("rb") as handle:
            return _take(folder, handle, name, size, limit, progress, cancelled)
    except OSError as error:
        raise MachineError(
            f"“{name}”没有附上（{why(error)}）。", "请检查文件还在不在、磁盘是否已满，再添加一次。", "attachment_failed"
        ) from error  # fmt: skip


def add_bytes(folder: DataFolder, data: bytes, name: str, *, limit: int = LIMIT) -> Added:
    """Put content that is no file yet (a picture from the clipboard) into the store. Errors as `add`."""
    name = name_of(name)
    _check_size(name, len(data), limit)
    try:
        added = _take(folder, BytesIO(data), name, len(data), limit, None, None)
    except OSError as error:
        raise MachineError(
            f"“{name}”没有附上（{why(error)}）。", "请检查磁盘空间和权限，再试一次。", "attachment_failed"
        ) from error
    assert added is not None
    return added


def keep(folder: DataFolder, handle: IO[bytes], sha: str, limit: int = LIMIT) -> bool:
    """Store content that came from elsewhere under the hash it should have; False where it is something else.

    Reads no more than the limit (a packed file may claim any size).
    """
    if not _SHA.fullmatch(sha):
        return False
    try:
        added = _take(folder, handle, sha, 0, limit, None, None, expected=sha)
    except Refused:
        return False
    return added is not None


# ---------------------------------------------------------------- looking


def path_of(folder: DataFolder, entry: Mapping[str, Any]) -> Path | None:
    """Where the content of an entry lies, or would lie; None for an entry without a hash.

    Entries come from other offices' files too: whatever is no hash never becomes a path.
    """
    sha = entry.get("sha256")
    return place_of(folder.attachments, str(sha)) if is_hash(sha) else None


def is_hash(value: object) -> bool:
    """Whether this is a SHA-256 as we write it."""
    return isinstance(value, str) and _SHA.fullmatch(value) is not None


def place_of(root: Path, sha: str) -> Path:
    """The place of a hash under a root: two letters first, so that no folder holds too many files."""
    return root / sha[:2] / sha


def is_there(folder: DataFolder, entry: Mapping[str, Any]) -> bool:
    """Whether the content is there, as far as a look at the file tells (its hash is checked when it is used)."""
    path = path_of(folder, entry)
    if path is None:
        return False
    try:
        size = path.stat().st_size
    except OSError:
        return False
    return entry.get("size") in (None, size)


def companion(backups: Path) -> Path:
    """The folder beside backups that holds the attachments of all of them."""
    return backups / COMPANION


def stored(root: Path) -> Iterator[tuple[str, Path]]:
    """Every (hash, file) under a root."""
    for path in sorted(root.glob("??/*")):
        if _SHA.fullmatch(path.name) and path.parent.name == path.name[:2]:
            yield path.name, path


def size_words(size: object) -> str:
    """“860 KB”, “3.2 MB”; empty where the size is not known."""
    if not isinstance(size, int) or size < 0:
        return ""
    if size < 1024:
        return f"{size} 字节"
    if size < MB:
        return f"{size / 1024:,.0f} KB"
    return f"{size / MB:,.1f} MB"


def name_of(raw: str) -> str:
    """A file's name as it is kept: no half characters, no line breaks, not too long, the ending kept."""
    name = re.sub(r"[\x00-\x1f\x7f]+", " ", raw.encode("utf-8", "replace").decode()).strip() or "附件"
    if len(name) <= _NAME_LIMIT:
        return name
    stem, dot, ending = name.rpartition(".")
    ending = dot + ending if dot and len(ending) <= 10 else ""
    return (stem if ending else name)[: _NAME_LIMIT - len(ending)] + ending


def file_name(raw: object) -> str:
    """A name that every system takes for a file."""
    name = _NOT_IN_NAMES.sub("_", name_of(str(raw or ""))).strip().rstrip(". ")
    return f"_{name}" if _RESERVED.fullmatch(name) else name or "附件"


def is_program(entry: Mapping[str, Any]) -> bool:
    """Whether opening the file would run it."""
    return str(entry.get("name") or "").rstrip(". ").rpartition(".")[2].lower() in _PROGRAMS


# ---------------------------------------------------------------- taking out


def copy_out(
    folder: DataFolder,
    entry: Mapping[str, Any],
    target: Path,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> bool:
    """Write the content to `target`, checked against its hash; False where that was cancelled.

    Refused: “attachment_gone”. MachineError: “attachment_damaged”, or `target` cannot be written.
    """
    name = str(entry.get("name") or "附件")
    source = path_of(folder, entry)
    if source is None or not source.is_file():
        raise gone(name)
    temporary = target.with_name(f"{ADDING}{uuid4().hex}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as handle, temporary.open("wb") as out:
            digest = _pour(handle, out, name, source.stat().st_size, progress, cancelled)
        if digest is None:
            return False
        if digest != source.name:
            raise MachineError(
                f"附件“{name}”的内容已损坏，没有打开。", "请从备份恢复，或向拍照、填报的人再要一份重新附上。", "attachment_damaged"
            )  # fmt: skip
        os.replace(temporary, target)
    except OSError as error:
        raise MachineError(
            f"附件“{name}”没有写到“{target.parent}”（{why(error)}）。", "请换一个文件夹，或检查磁盘空间。",
            "attachment_failed",
        ) from error  # fmt: skip
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return True


def open_copy(
    folder: DataFolder,
    entry: Mapping[str, Any],
    place: Path,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Path | None:
    """A copy under `place` with the name people know, for another program to open; None where cancelled.

    The store itself is never handed out: a picture editor would change it. Refused (“attachment_program”) for a
    file that would be run; otherwise as `copy_out`.
    """
    if is_program(entry):
        raise Refused(
            f"“{entry.get('name')}”是程序文件，为安全起见不在这里打开。", "确需使用请先“另存为…”，查毒后再打开。",
            "attachment_program",
        )  # fmt: skip
    target = place / str(entry.get("sha256") or "")[:12] / file_name(entry.get("name"))
    done = copy_out(folder, entry, target, progress=progress, cancelled=cancelled)
    return target if done else None


def gone(name: str) -> KnownError:
    """The sentence for content that is not there."""
    return Refused(
        f"本机没有附件“{name}”的内容。",
        "可能没有随回报一起交来，或文件已被移走；可从备份恢复，或请填报单位把附件包一并交来。",
        "attachment_gone",
    )


# ---------------------------------------------------------------- below


def _check_size(name: str, size: int, limit: int) -> None:
    if size == 0:
        raise Refused(f"“{name}”是空文件。", "请检查是否拷贝完整，再添加一次。", "attachment_empty")
    if size > limit * MB:
        raise Refused(
            f"“{name}”有 {size_words(size)}，超过单个附件 {limit} MB 的上限，没有附上。",
            "照片可改用较小的尺寸，视频可截取要紧的一段；原件请另行保存。",
            "attachment_too_large",
        )


def _take(
    folder: DataFolder, handle: IO[bytes], name: str, size: int, limit: int, progress: Progress | None,
    cancelled: Cancelled | None, expected: str = "",
) -> Added | None:  # fmt: skip
    root = folder.attachments
    root.mkdir(parents=True, exist_ok=True)
    temporary = root / f"{ADDING}{uuid4().hex}"
    try:
        with temporary.open("wb") as out:
            digest = _pour(handle, out, name, size, progress, cancelled, limit)
            out.flush()
            os.fsync(out.fileno())
        if digest is None or (expected and digest != expected):
            return None
        actual = temporary.stat().st_size
        target = place_of(root, digest)
        known = target.exists()
        target.parent.mkdir(exist_ok=True)
        try:
            # Also over one that is there: what was just read is sound, that one may not be any more.
            os.replace(temporary, target)
        except PermissionError:
            if not known:  # Windows: another program has the same content open
                raise
        sync_folder(target.parent)
        return Added({"name": name, "sha256": digest, "size": actual}, known)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _pour(
    handle: IO[bytes], out: IO[bytes], name: str, size: int, progress: Progress | None, cancelled: Cancelled | None,
    limit: int | None = None,
) -> str | None:  # fmt: skip
    """Copy in blocks and return the SHA-256; None where cancelled. Refused for a file that outgrows the limit."""
    digest, done = hashlib.sha256(), 0
    while block := handle.read(BLOCK):
        if cancelled is not None and cancelled():
            return None
        done += len(block)
        if limit is not None and done > limit * MB:
            _check_size(name, done, limit)
        digest.update(block)
        out.write(block)
        if progress is not None:
            progress(min(done, size), size, name)
    return digest.hexdigest()
