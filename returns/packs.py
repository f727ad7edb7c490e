"""附件包: the attachments that a return's rows name, as one zip beside the workbook; taken along when it is received.

What is in a pack is believed by its hash only, and only what some row here names is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from sqlalchemy.orm import Session

from db import attachments
from db.attachments import BLOCK, MB
from db.errors import MachineError, Refused
from db.fields import Kind
from db.folder import DataFolder
from db.machine import reason as why
from db.monthly import rows_of_month
from db.records import Values
from db.registers import REGISTERS, Register
from db.values import Lookup

SUFFIX = "_附件.zip"
LIST = "清单.json"
MOST_FILES = 50_000
_FORMAT = "qianqi-attachments"
_PACKED_ALREADY = frozenset(
    ("jpg", "jpeg", "png", "gif", "mp4", "mov", "zip", "rar", "7z", "docx", "xlsx", "pptx")
)
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
)

Progress = Callable[[int, int, str], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Named:
    """One attachment of a row: its entry, and the folder it lies in inside the pack, for people who look."""

    entry: Mapping[str, Any]
    folder: str

    @property
    def sha(self) -> str:
        return str(self.entry["sha256"])


@dataclass(frozen=True, slots=True)
class Packed:
    """A pack that was written: how many files and bytes, and the names of those whose content is not here."""

    out: Path
    files: int
    size: int
    missing: tuple[str, ...] = ()

    def words(self) -> tuple[str, ...]:
        """What a person should know besides that it is there."""
        if not self.missing:
            return ()
        some = "、".join(self.missing[:3]) + ("等" if len(self.missing) > 3 else "")
        return (f"有 {len(self.missing)} 个附件本机没有内容，没有打包：{some}。",)


@dataclass(slots=True)
class Taken:
    """What became of a received pack: stored now, there before, named by nothing here, not what it should be."""

    stored: int = 0
    known: int = 0
    unneeded: int = 0
    bad: list[str] = field(default_factory=list)

    def words(self, name: str) -> str:
        parts = [f"收下 {self.stored} 个附件"]
        parts += [f"{self.known} 个以前已有"] if self.known else []
        parts += [f"{self.unneeded} 个没有记录用到，没有收"] if self.unneeded else []
        parts += [f"{len(self.bad)} 个损坏或超过大小上限，没有收"] if self.bad else []
        return f"附件包“{name}”：{'，'.join(parts)}。"


def beside(workbook: Path) -> Path:
    """Where the pack of a return lies: “朝阳洲街道_2024-05_回报_第1版_附件.zip”."""
    return workbook.with_name(f"{workbook.stem}{SUFFIX}")


def is_pack(path: Path) -> bool:
    """Whether a file that was given is a pack, by its name."""
    return path.suffix.lower() == ".zip"


# ---------------------------------------------------------------- packing


def named_in_month(session: Session, lookup: Lookup, unit: str, period: str) -> list[Named]:
    """The attachments of the rows a unit's month consists of; each content once."""
    found: dict[str, Named] = {}
    for key, rows in rows_of_month(session, unit, period).items():
        register = REGISTERS[key]
        names = [each.name for each in register.fields if each.kind is Kind.FILES]
        for row in rows if names else ():
            for name in names:
                for entry in row.get(name) or ():
                    if attachments.is_hash(entry.get("sha256")):
                        place = f"{register.title}/{_place(register, row, lookup)}"
                        found.setdefault(str(entry["sha256"]), Named(entry, place))
    return list(found.values())


def total_of(folder: DataFolder, named: Sequence[Named]) -> tuple[int, int]:
    """How many of these are here, and their bytes."""
    sizes = []
    for each in named:
        path = attachments.path_of(folder, each.entry)
        if path is not None and path.is_file():
            sizes.append(path.stat().st_size)
    return len(sizes), sum(sizes)


def pack(
    folder: DataFolder,
    named: Sequence[Named],
    out: Path,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Packed | None:
    """Write the pack, whole or not at all; None where cancelled. MachineError where it cannot be written."""
    here: list[tuple[Named, Path]] = []
    missing: list[str] = []
    for each in named:
        path = attachments.path_of(folder, each.entry)
        if path is not None and path.is_file():
            here.append((each, path))
        else:
            missing.append(str(each.entry.get("name") or "附件"))
    whole, done = sum(path.stat().st_size for _, path in here), 0
    temporary = out.with_name(f".{uuid4().hex}.zip.tmp")
    listed: list[dict[str, Any]] = []
    taken: set[str] = set()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(temporary, "w") as book:
            for each, path in here:
                name = _free(f"{each.folder}/{attachments.file_name(each.entry.get('name'))}", taken)
                info = zipfile.ZipInfo(name)
                info.compress_type = _method(name)
                info.file_size = path.stat().st_size  # so that a large one gets the large header
                with path.open("rb") as source, book.open(info, "w") as target:
                    for block in iter(lambda: source.read(BLOCK), b""):
                        if cancelled is not None and cancelled():
                            return None
                        target.write(block)
                        done += len(block)
                        if progress is not None:
                            progress(done // 1024, whole // 1024, "正在打包附件")
                listed.append({"path": name, "sha256": each.sha, "size": info.file_size})
            content = {"format": _FORMAT, "version": 1, "files": listed}
            book.writestr(LIST, json.dumps(content, ensure_ascii=False, indent=1))
        os.replace(temporary, out)
    except OSError as error:
        raise MachineError(
            f"附件包“{out.name}”没有写成（{why(error)}）。", "请检查磁盘空间；回报文件不受影响，可以重新打包。", "pack_failed"
        ) from error  # fmt: skip
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return Packed(out, len(here), done, tuple(missing))


def _place(register: Register, row: Values, lookup: Lookup) -> str:
    """A folder people understand: the firm and the day."""
    firm = row.get("enterprise_id")
    name = lookup.name("enterprise", firm) if firm is not None else register.noun
    return attachments.file_name(f"{name}_{row.get(register.placed_by) or ''}".rstrip("_"))


def _free(name: str, taken: set[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    free, number = name, 1
    while free.lower() in taken:
        number += 1
        free = f"{stem}（{number}）.{ending}" if dot else f"{name}（{number}）"
    taken.add(free.lower())
    return free


def _method(name: str) -> int:
    return zipfile.ZIP_STORED if name.rpartition(".")[2].lower() in _PACKED_ALREADY else zipfile.ZIP_DEFLATED


# ---------------------------------------------------------------- taking


def take(
    folder: DataFolder,
    path: Path,
    wanted: Collection[str],
    *,
    limit: int = attachments.LIMIT,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Taken:
    """Store the files of a pack that are `wanted` (hashes), each checked. Nothing is written outside the store.

    Refused (“bad_pack”) for what is no zip. `limit` in MB for one file. Cancelled: what was taken stays.
    """
    taken = Taken()
    try:
        if path.exists() and not path.is_file():
            raise OSError("no file")  # a pipe or a device: opening it might wait for ever
        with zipfile.ZipFile(path) as book:
            members = _members(book, limit)
            for place, (info, sha) in enumerate(members):
                if cancelled is not None and cancelled():
                    break
                if progress is not None:
                    progress(place, len(members), info.filename)
                _take(folder, book, info, sha, wanted, limit, taken)
    except _UNREADABLE as error:
        raise Refused(
            f"“{path.name}”不是完好的附件包。", "请对方重新打包，或把压缩包和回报一起再交一次。", "bad_pack"
        ) from error
    return taken


def _take(
    folder: DataFolder, book: zipfile.ZipFile, info: zipfile.ZipInfo, sha: str, wanted: Collection[str], limit: int,
    taken: Taken,
) -> None:  # fmt: skip
    name = info.filename.rpartition("/")[2]
    try:
        if not sha:
            with book.open(info) as handle:
                sha = _hash(handle, limit)
        if sha not in wanted:
            taken.unneeded += 1
        elif attachments.is_there(folder, {"sha256": sha}):
            taken.known += 1
        else:
            with book.open(info) as handle:
                if attachments.keep(folder, handle, sha, limit):
                    taken.stored += 1
                else:
                    taken.bad.append(name)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError):
        taken.bad.append(name)  # one damaged file does not spoil the others


def _members(book: zipfile.ZipFile, limit: int) -> list[tuple[zipfile.ZipInfo, str]]:
    """The files of a pack with the hash its list gives them, “” where there is no list (packed again by hand)."""
    infos = book.infolist()
    if len(infos) > MOST_FILES:
        raise ValueError("too many files")
    by_name = {info.filename: info for info in infos}
    told = by_name.get(LIST)
    if told is not None and told.file_size <= 64 * MB:
        with book.open(told) as handle:
            content = json.loads(handle.read(64 * MB))
        return list(_listed(content, by_name))
    return [
        (info, "")
        for info in infos
        if not info.is_dir() and info.filename != LIST and info.file_size <= limit * MB
    ]


def _listed(content: Any, by_name: Mapping[str, zipfile.ZipInfo]) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    files = content.get("files") if isinstance(content, dict) else None
    for each in files if isinstance(files, list) else ():
        if isinstance(each, dict) and attachments.is_hash(each.get("sha256")) and each.get("path") in by_name:
            yield by_name[each["path"]], each["sha256"]


def _hash(handle: IO[bytes], limit: int) -> str:
    digest, done = hashlib.sha256(), 0
    while block := handle.read(BLOCK):
        done += len(block)
        if done > limit * MB:
            return ""
        digest.update(block)
    return digest.hexdigest()
