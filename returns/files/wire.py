"""How the two processes talk: frames of one kind byte, a length and bytes. JSON, never pickle; dates are tagged."""

from __future__ import annotations

import json
import struct
import zlib
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import zip_longest
from typing import Any, BinaryIO

from returns.files.book import Row

# Parent to child: a question, pieces of the file, its end.
ASK, DATA, END = b"A", b"D", b"E"
# Child to parent: rows of the sheet that follows, the sheet, the whole book, or why it can not be read; how far it is.
ROWS, SHEET, BOOK, NO, TOLD = b"R", b"S", b"B", b"X", b"T"

MOST_IN_FRAME = 256 * 1024 * 1024
_HEADER = struct.Struct("<cI")
_PIECE = struct.Struct("<II?")


def send(stream: BinaryIO, kind: bytes, payload: bytes | memoryview = b"") -> None:
    """Write one frame."""
    stream.write(_HEADER.pack(kind, len(payload)))
    stream.write(payload)


def receive(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    """Read one frame; None when the other side is gone, also in the middle of a frame."""
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    kind, size = _HEADER.unpack(header)
    if size > MOST_IN_FRAME:
        return None
    payload = stream.read(size)
    return (kind, payload) if len(payload) == size else None


def to_json(value: Any) -> bytes:
    """ValueError for a number that is none (NaN, infinity)."""
    text = json.dumps(value, default=_tag, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


def from_json(data: bytes) -> Any:
    return json.loads(data.decode("utf-8", "surrogatepass"), object_hook=_untag)


def pack(rows: list[Row], press: bool = False) -> bytes:
    """A piece of a sheet: its first and last row and the rows, pressed together if the sheet is a large one.

    Columns of nothing but days are sent as numbers: what JSON does not know costs more than all the rest of a row.
    """
    cells = [each for _, each in rows]
    days = [
        place
        for place, column in enumerate(zip_longest(*cells))
        if type(column[0]) in _DAYS and date in (kinds := set(map(type, column))) and kinds <= _DAYS
    ]
    if days:
        cells = [_numbered(each, days) for each in cells]
    body = to_json([days, [number for number, _ in rows], cells])
    return _PIECE.pack(rows[0][0], rows[-1][0], press) + (zlib.compress(body, 1) if press else body)


def reach(piece: bytes) -> tuple[int, int]:
    """The first and last row of a piece."""
    first, last, _ = _PIECE.unpack_from(piece)
    return first, last


def unpack(piece: bytes) -> list[Row]:
    """The rows of a piece."""
    body, pressed = piece[_PIECE.size :], _PIECE.unpack_from(piece)[2]
    days, numbers, rows = from_json(zlib.decompress(body) if pressed else body)
    for place in days:
        for cells in rows:
            if place < len(cells) and (number := cells[place]) is not None:
                cells[place] = _day(number)
    return list(zip(numbers, rows, strict=True))


_DAYS = frozenset({date, type(None)})
_day = lru_cache(maxsize=4096)(
    date.fromordinal
)  # few days stand in a ledger, and one object for each is enough


def _numbered(cells: list[Any], days: list[int]) -> list[Any]:
    made = cells.copy()
    for place in days:
        if place < len(made) and (day := made[place]) is not None:
            made[place] = day.toordinal()
    return made


def _tag(value: object) -> dict[str, Any]:
    # A datetime is a date too: it is asked for first.
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.toordinal()}
    if isinstance(value, time):
        return {"h": value.isoformat()}
    if isinstance(value, timedelta):
        return {"s": [value.days, value.seconds, value.microseconds]}
    raise TypeError(f"no cell holds a {type(value).__name__}")


def _untag(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        if (day := found.get("d")) is not None:
            return date.fromordinal(day)
        for key, value in found.items():
            if key == "t":
                return datetime.fromisoformat(value)
            if key == "h":
                return time.fromisoformat(value)
            if key == "s":
                return timedelta(*value)
    return found
