"""From bytes to sheets, in the child process: what the file is, and which parser reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from returns.files import delimited, open_document, package, spreadsheetml, web, xls
from returns.files.draft import Draft
from returns.files.refusals import READ, not_read, unlike_extension
from returns.files.sniff import sniff


@dataclass(slots=True)
class Reading:
    """What a parser makes of a file. `notes` is complete once all drafts were consumed."""

    kind: str
    drafts: Iterable[Draft]
    notes: list[str] = field(default_factory=list)


Parser = Callable[[bytes, str, list[str]], Iterable[Draft]]

_PARSERS: dict[str, Parser] = {
    "xlsx": package.read,
    "xlsm": package.read,
    "xls": xls.read,
    "ods": open_document.read,
    "csv": delimited.read,
    "html": web.read,
    "mhtml": web.read_mail,
    "spreadsheetml": spreadsheetml.read,
}


def parse(data: bytes, name: str) -> Reading:
    """Begin to read a file. Refused, now or while the drafts are consumed, for what can not be read."""
    kind = sniff(data)
    if kind not in READ:
        raise not_read(kind, name)
    notes: list[str] = []
    unlike = unlike_extension(kind, name)
    if unlike:
        notes.append(unlike)
    return Reading(kind, _PARSERS[kind](data, name, notes), notes)
