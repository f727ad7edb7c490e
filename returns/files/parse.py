"""From bytes to sheets, in the child process: what the file is, and which parser reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from returns.files.delimited import read as read_text
from returns.files.draft import Draft
from returns.files.open_document import read as read_open_document
from returns.files.package import read as read_package
from returns.files.refusals import READ, not_read, unlike_extension
from returns.files.sniff import sniff
from returns.files.spreadsheetml import read as read_spreadsheetml
from returns.files.telling import Tell, to_nobody
from returns.files.web import read as read_page
from returns.files.web import read_mail
from returns.files.xls import read as read_biff


@dataclass(slots=True)
class Reading:
    """What a parser makes of a file. `notes` is complete once all drafts were consumed."""

    kind: str
    drafts: Iterable[Draft]
    notes: list[str] = field(default_factory=list)


Parser = Callable[[bytes, str, list[str]], Iterable[Draft]]

_PACKAGES = frozenset({"xlsx", "xlsm"})
_PARSERS: dict[str, Parser] = {
    "xls": read_biff,
    "ods": read_open_document,
    "csv": read_text,
    "html": read_page,
    "mhtml": read_mail,
    "spreadsheetml": read_spreadsheetml,
}


def parse(data: bytes, name: str, tell: Tell | None = None) -> Reading:
    """Begin to read a file. Refused, now or while the drafts are consumed, for what can not be read."""
    kind = sniff(data)
    if kind not in READ:
        raise not_read(kind, name)
    notes: list[str] = []
    unlike = unlike_extension(kind, name)
    if unlike:
        notes.append(unlike)
    if kind in _PACKAGES:
        drafts: Iterable[Draft] = read_package(data, name, notes, tell or Tell(to_nobody))
    else:
        drafts = _PARSERS[kind](data, name, notes)
    return Reading(kind, drafts, notes)
