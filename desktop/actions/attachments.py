"""Attaching files and pictures, opening and saving them, packing them for the district and taking packs in.

The store is db/attachments.py; which record has which is saved with the record.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db import attachment_check, attachments, parameters
from db.attachments import Entry
from db.errors import KnownError
from db.lookup import Directory
from db.periods import Period
from db.store import Store

if TYPE_CHECKING:
    from returns.packs import Packed
    from returns.results import Submitted

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
        return parameters.read(session).attachment_limit_mb


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


# ---------------------------------------------------------------- with a return


def month_attachments(store: Store, period: str) -> tuple[int, int]:
    """How many attachments the month's rows name whose content is here, and their bytes."""
    from returns import packs

    with store.read() as session:
        named = packs.named_in_month(session, Directory(session), store.actor.unit_code, str(Period(period)))
    return packs.total_of(store.folder, named)


def pack_attachments(
    store: Store,
    period: str,
    workbook: Path,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Packed | None:
    """Write the month's attachments beside its return, as “…_附件.zip”; None where cancelled or there are none.

    MachineError where it cannot be written; the return itself is not touched.
    """
    from returns import packs

    with store.read() as session:
        named = packs.named_in_month(session, Directory(session), store.actor.unit_code, str(Period(period)))
    if not named:
        return None
    return packs.pack(store.folder, named, packs.beside(Path(workbook)), progress, cancelled)


def with_attachments(
    store: Store, period: str, done: Submitted, progress: Progress | None = None
) -> Submitted:
    """The result of handing in, with the pack written beside it; what went wrong with the pack is a warning.

    The month is handed in and locked by then: a stick that is full must not undo that.
    """
    try:
        packed = pack_attachments(store, period, Path(done.out), progress)
    except KnownError as error:
        return replace(done, warnings=(*done.warnings, str(error)))
    if packed is None:
        return done
    said = f"{packed.files} 个附件（{attachments.size_words(packed.size)}）已打包为“{packed.out.name}”，请一起交。"
    return replace(done, warnings=(*done.warnings, said, *packed.words()))


def take_packs(
    store: Store,
    files: Sequence[Path],
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> dict[Path, str]:
    """Take in the packs among these files, and those that lie beside the workbooks; what came of each, in words.

    Only what a record or a received row names is kept; a pack that is none is said so, nothing is raised.
    """
    from returns import packs

    wanted_of = {
        path: path if packs.is_pack(path) else packs.beside(path)
        for path in files
        if packs.is_pack(path) or packs.beside(path).is_file()
    }
    if not wanted_of:
        return {}
    with store.read() as session:
        wanted = attachment_check.referenced(attachment_check.of_connection(session.connection()))
    limit, told, done = limit_of(store), {}, dict[Path, str]()
    for path, pack in wanted_of.items():
        if pack not in done:
            try:
                taken = packs.take(
                    store.folder, pack, wanted, limit=limit, progress=progress, cancelled=cancelled
                )
                done[pack] = taken.words(pack.name)
            except KnownError as error:
                done[pack] = str(error)
            told[path] = done[pack]
    return told


@cache
def _shown() -> Path:
    """Where the copies lie that other programs show; gone when the program ends."""
    place = Path(tempfile.mkdtemp(prefix="qianqi-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place
