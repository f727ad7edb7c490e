"""Which records name which attachments: what vanished or was damaged, and what nobody names any more."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table

from db import attachments
from db.attachments import Cancelled
from db.fields import Kind
from db.folder import DataFolder
from db.models import Base
from db.registers import REGISTERS
from db.types import Json

Ask = Callable[[str], Iterable[Any]]  # one SELECT, its rows as tuples
Progress = Callable[[int, int], None]

GRACE = 24 * 3600  # seconds: a file that is just being attached is named by no record yet
# A hash inside JSON, or inside JSON inside JSON.
_NAMED = re.compile(r'sha256\\*":\s*\\*"([0-9a-f]{64})')


@dataclass(frozen=True, slots=True)
class Trouble:
    """An attachment whose content is not there (`找不到`) or not what was attached (`内容已损坏`)."""

    register: str
    record_id: str
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Collected:
    """What a clean-up removed: files and bytes; and what is still kept."""

    removed: int
    freed: int
    kept: int
    size: int


def named_by_records(ask: Ask) -> Iterator[tuple[str, bytes, str, dict[str, Any]]]:
    """(register, record id, unit, entry) of every attachment of every record, deleted ones too (they can come back)."""
    there = {row[0] for row in ask("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for key, register in REGISTERS.items():
        table = register.model.__tablename__
        if table not in there:  # an older backup
            continue
        columns = {row[1] for row in ask(f'PRAGMA table_info("{table}")')}
        for field in register.fields:
            if field.kind is not Kind.FILES or field.name not in columns:
                continue
            query = f'SELECT id, unit_code, "{field.name}" FROM "{table}" WHERE "{field.name}" IS NOT NULL'
            for record, unit, text in ask(query):
                for entry in _entries(text):
                    yield key, bytes(record), str(unit), entry


def referenced(ask: Ask) -> set[str]:
    """The hashes that anything names: records, drafts, received rows that wait or may be undone.

    The audit is left out: it remembers that a file was once there, and would keep every file for ever.
    """
    found = {
        str(entry["sha256"])
        for *_, entry in named_by_records(ask)
        if attachments.is_hash(entry.get("sha256"))
    }
    there = {row[0] for row in ask("SELECT name FROM sqlite_master WHERE type = 'table'")}
    registers = {register.model.__tablename__ for register in REGISTERS.values()}
    for table in Base.metadata.tables.values():
        if table.name in there and table.name not in registers and table.name != "audit":
            found |= _named_in(ask, table)
    return found


def of_connection(connection: Connection) -> Ask:
    """`ask` over an open register."""
    return lambda sql: (tuple(row) for row in connection.exec_driver_sql(sql))


def check(
    root: Path,
    ask: Ask,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> list[Trouble]:
    """Read every attachment under `root` and compare it with its hash. Cancelled: what was found so far.

    Missing content counts where this office recorded it; what another office reported may well have come without.
    """
    troubles: list[Trouble] = []
    own_unit = next((json.loads(row[0]) for row in ask("SELECT value FROM setting WHERE key = 'unit'")), "")
    verdicts: dict[str, str] = {}
    entries = [each for each in named_by_records(ask) if attachments.is_hash(each[3].get("sha256"))]
    for done, (register, record, unit, entry) in enumerate(entries, start=1):
        if cancelled is not None and cancelled():
            break
        sha = str(entry["sha256"])
        if sha not in verdicts:
            verdicts[sha] = verdict_of(attachments.place_of(root, sha))
        what = verdicts[sha]
        if what and (what != "找不到" or unit == own_unit):
            troubles.append(Trouble(register, record.hex(), str(entry.get("name") or ""), what))
        if progress is not None:
            progress(done, len(entries))
    return troubles


def total(folder: DataFolder) -> tuple[int, int]:
    """How many files are stored, and their bytes."""
    sizes = [path.stat().st_size for _, path in attachments.stored(folder.attachments)]
    return len(sizes), sum(sizes)


def collect(
    folder: DataFolder, wanted: set[str], wanted_by_backups: set[str], *, older_than: float = GRACE
) -> Collected:
    """Remove the stored files that nothing names, and the backups' copies that no backup and no record names.

    Files touched less than `older_than` seconds ago stay: someone may be attaching them right now.
    """
    removed = freed = kept = size = 0
    limit = time.time() - older_than
    for root, needed in (
        (folder.attachments, wanted),
        (attachments.companion(folder.backups), wanted | wanted_by_backups),
    ):
        for sha, path in attachments.stored(root):
            stat = path.stat()
            if sha not in needed and stat.st_mtime < limit:
                if _removed(path):
                    removed, freed = removed + 1, freed + stat.st_size
            elif root == folder.attachments:
                kept, size = kept + 1, size + stat.st_size
        for leftover in root.glob(f"{attachments.ADDING}*"):
            if leftover.stat().st_mtime < limit:
                _removed(leftover)
    return Collected(removed, freed, kept, size)


def _entries(text: object) -> list[dict[str, Any]]:
    try:
        data = json.loads(str(text))
    except ValueError:
        return []  # a damaged row: the check of the records tells of it
    return [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []


def _named_in(ask: Ask, table: Table) -> set[str]:
    columns = {row[1] for row in ask(f'PRAGMA table_info("{table.name}")')}
    found: set[str] = set()
    for column in table.columns:
        if isinstance(column.type, Json) and column.name in columns:
            query = f'SELECT "{column.name}" FROM "{table.name}" WHERE instr("{column.name}", \'sha256\') > 0'
            for row in ask(query):
                found.update(_NAMED.findall(str(row[0])))
    return found


def verdict_of(path: Path) -> str:
    """“”, “找不到” or “内容已损坏” for a stored file, by its hash."""
    try:
        return "" if hash_of(path) == path.name else "内容已损坏"
    except FileNotFoundError:
        return "找不到"
    except OSError:
        return "内容已损坏"


def hash_of(path: Path) -> str:
    """The SHA-256 of a file, read in blocks."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _removed(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False  # another program has it open; the next clean-up gets it
    return True
