"""Attaching files and pictures, opening and saving them. The store is db/attachments.py; what a record names is saved with it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from db import attachments, settings
from db.attachments import Entry
from db.errors import KnownError
from db.store import Store

Progress = Callable[[int, int, str], None]
Cancelled = Callable[[], bool]


@dataclass
class Taken:
    """What became of files that were to be attached: entries for the record, and what was refused, in words."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[KnownError] = field(default_factory=list)


def limit_of(store: Store) -> int:
    """The largest attachment this office takes, in MB."""
    with store.read() as session:
        return int(settings.parameters(session).get(attachments.LIMIT_SETTING) or attachments.LIMIT)


def attach_files(
    store: Store,
    paths: Sequence[Path],
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Taken:
    """Copy files into the store; one that is refused does not keep the others out."""
    taken, limit = Taken(), limit_of(store)
    for path in paths:
        if cancelled is not None and cancelled():
            break
        try:
            added = attachments.add(store.folder, path, limit=limit, progress=progress, cancelled=cancelled)
        except KnownError as error:
            taken.refused.append(error)
        else:
            taken.entries += [added.entry] if added is not None else []
    return taken


def attach_picture(store: Store, data: bytes, name: str) -> Taken:
    """Put a picture from the clipboard into the store."""
    try:
        return Taken([attachments.add_bytes(store.folder, data, name, limit=limit_of(store)).entry])
    except KnownError as error:
        return Taken(refused=[error])


def open_attachment(
    store: Store,
    entry: Mapping[str, Any],
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Path | None:
    """A copy of an attachment for another program to show; None where cancelled. Errors as attachments.open_copy."""
    return attachments.open_copy(store.folder, entry, _shown(), progress=progress, cancelled=cancelled)


def save_attachment(
    store: Store,
    entry: Mapping[str, Any],
    target: Path,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> bool:
    """Write an attachment to a file of the person's choice. Errors as attachments.copy_out."""
    return attachments.copy_out(store.folder, entry, target, progress=progress, cancelled=cancelled)


@cache
def _shown() -> Path:
    """Where the copies lie that other programs show; gone when the program ends."""
    place = Path(tempfile.mkdtemp(prefix="qianqi-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place
