"""Compound files and BIFF8 workbooks, as programs wrote them before 2007. Only what readers ask for is there."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tests.corpus.ooxml import serial

_SECTOR, _FREE, _END, _FAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SMALLEST = 4096  # shorter streams would lie in the mini stream, which this writer does not make


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (version 3) with these streams, padded with zeros to the least size."""
    padded = {name: data.ljust(_SMALLEST, b"\0") for name, data in streams.items()}
    sectors: list[bytes] = []
    fat: list[int] = []
    starts: dict[str, int] = {}

    def put(data: bytes) -> int:
        start = len(sectors)
        pieces = [data[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(data), _SECTOR)]
        for number, piece in enumerate(pieces):
            sectors.append(piece)
            fat.append(_END if number == len(pieces) - 1 else start + number + 1)
        return start

    for name, data in padded.items():
        starts[name] = put(data)
    entries = _entry("Root Entry", 5, 1 if padded else _FREE, _END, 0)
    names = list(padded)
    for number, name in enumerate(names):
        # A chain of right siblings is a tree, if no pretty one.
        right = number + 2 if number + 1 < len(names) else _FREE
        entries += _entry(name, 2, _FREE, starts[name], len(padded[name]), right)
    directory = put(entries.ljust(-(-len(entries) // _SECTOR) * _SECTOR, b"\0"))
    tables = -(-(len(fat) + 1) // (_SECTOR // 4 - 1))
    first = len(sectors)
    fat += [_FAT] * tables
    table = struct.pack(f"<{len(fat)}L", *fat).ljust(tables * _SECTOR, b"\xff")
    for at in range(0, len(table), _SECTOR):
        sectors.append(table[at : at + _SECTOR])
    return _header(directory, range(first, first + tables)) + b"".join(sectors)


def _header(directory: int, tables: Sequence[int]) -> bytes:
    lists = [*tables, *[_FREE] * (109 - len(tables))]
    return struct.pack(
        "<8s16s5H6x3L4L2L109L",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9, 6,
        0, len(tables), directory, 0, _SMALLEST, _END, 0, _END, 0, *lists,
    )  # fmt: skip


def _entry(name: str, kind: int, child: int, start: int, size: int, right: int = _FREE) -> bytes:
    text = name.encode("utf-16-le")
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB3L", len(text) + 2, kind, 1, _FREE, right, child)
        + bytes(36)
        + struct.pack("<LQ", start, size)
    )


def circular() -> bytes:
    """The table of sectors leads back to where it started."""
    data = bytearray(xls({"走访": [["企业名称", "走访日期"]]}))
    table = 512 + struct.unpack_from("<L", data, 76)[0] * _SECTOR
    for number in range(40):
        struct.pack_into("<L", data, table + 4 * number, (number + 1) % 4)
    return bytes(data)


# ---------------------------------------------------------------- BIFF8


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<2H", kind, len(data)) + data


def _text(text: str, size: str = "H") -> bytes:
    return struct.pack(f"<{size}B", len(text), 1) + text.encode("utf-16-le")


def _cell(row: int, column: int, value: Any) -> bytes:
    place = (row, column)
    if isinstance(value, date):
        return _record(0x0203, struct.pack("<3Hd", *place, 1, float(serial(value))))
    if isinstance(value, bool):
        return _record(0x0205, struct.pack("<3H2B", *place, 0, value, 0))
    if isinstance(value, (int, float)):
        return _record(0x0203, struct.pack("<3Hd", *place, 0, float(value)))
    return _record(0x0204, struct.pack("<3H", *place, 0) + _text(str(value)))


def xls(sheets: Mapping[str, Sequence[Sequence[Any]]], *, locked: bool = False, extra: bytes = b"") -> bytes:
    """A workbook as Excel 97 saved it; `locked` has a password. `extra` are records of each sheet."""
    start = _record(0x0809, struct.pack("<4H2L", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    if locked:
        start += _record(0x002F, struct.pack("<3H", 1, 1, 1) + bytes(range(48)))
    start += _record(0x0042, struct.pack("<H", 0x04B0))
    start += _record(0x041E, struct.pack("<H", 164) + _text("yyyy\\-mm\\-dd"))
    for number_format in (0, 14):
        start += _record(0x00E0, struct.pack("<2H", 0, number_format) + bytes(16))
    names = list(sheets)
    bodies = [_sheet(rows, extra) for rows in sheets.values()]
    length = len(start) + sum(len(_bound(0, name)) for name in names) + 4
    bounds = b""
    for name, body in zip(names, bodies, strict=True):
        bounds += _bound(length, name)
        length += len(body)
    return compound({"Workbook": start + bounds + _record(0x000A) + b"".join(bodies)})


def _bound(at: int, name: str) -> bytes:
    return _record(0x0085, struct.pack("<LH", at, 0) + _text(name, "B"))


def _sheet(rows: Sequence[Sequence[Any]], extra: bytes) -> bytes:
    width = max((len(row) for row in rows), default=0)
    body = _record(0x0809, struct.pack("<4H2L", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    body += _record(0x0200, struct.pack("<2L3H", 0, len(rows), 0, width, 0))
    for number, row in enumerate(rows):
        body += b"".join(
            _cell(number, column, value) for column, value in enumerate(row) if value is not None
        )
    return body + extra + _record(0x000A)
