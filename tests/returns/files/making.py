"""Files to be read, made byte by byte: what the usual libraries do not write."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl
import xlwt

Edit = Callable[[str, bytes], bytes | tuple[str, bytes] | None]


def xlsx(
    sheets: Mapping[str, list[list[Any]]] | None = None, dress: Callable[[Any], None] | None = None
) -> bytes:
    """A workbook of openpyxl: sheet name → rows; `dress` may change it before it is saved."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in (sheets or {"台账": [["企业名称", "金额"], ["甲公司", 1.5]]}).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if dress:
        dress(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def edited(data: bytes, edit: Edit) -> bytes:
    """A zip with every part changed: None leaves it out, a tuple names it anew."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            part = edit(info.filename, old.read(info))
            if isinstance(part, tuple):
                new.writestr(*part)
            elif part is not None:
                new.writestr(info.filename, part)
    return made.getvalue()


def added(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """A zip with more parts."""
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def with_sheet(xml: bytes | str, data: bytes | None = None) -> bytes:
    """A workbook whose one sheet is this sheetData (or this whole part)."""
    text = xml.encode() if isinstance(xml, str) else xml
    if not text.lstrip().startswith((b"<?xml", b"<worksheet", b"<x:worksheet")):
        space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        text = b"<worksheet " + space + b">" + text + b"</worksheet>"
    return edited(data or xlsx(), lambda name, part: text if name == "xl/worksheets/sheet1.xml" else part)


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def ods(content: str, more: Mapping[str, bytes | str] | None = None) -> bytes:
    """An OpenDocument table with these tables in its content.xml."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
    )
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    xml = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} {calc}>'
        f"<office:body><office:spreadsheet>{content}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": xml, "META-INF/manifest.xml": "<m/>", **(more or {})})


def xls(rows: list[list[Any]], dress: Callable[[Any, Any], None] | None = None) -> bytes:
    """A workbook of xlwt; `dress` gets the book and its sheet."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("台账")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None:
                sheet.write(r, c, value)
    if dress:
        dress(book, sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def compound(streams: Mapping[str, bytes]) -> bytes:
    """An OLE compound file with these streams in its root."""
    end, fat_mark, free = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
    sectors: list[bytes] = [b""]  # sector 0 is the FAT
    chain: list[int] = [fat_mark]

    def put(data: bytes) -> int:
        first = len(sectors)
        count = max(-(-len(data) // 512), 1)
        for number in range(count):
            sectors.append(data[number * 512 : number * 512 + 512].ljust(512, b"\0"))
            chain.append(first + number + 1 if number < count - 1 else end)
        return first

    placed = [(name, put(data.ljust(4096, b"\0")), max(len(data), 4096)) for name, data in streams.items()]

    def entry(name: str, kind: int, right: int, child: int, first: int, size: int) -> bytes:
        raw = name.encode("utf-16-le")
        head = raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw) + 2, kind, 1, free, right, child)
        return head + b"\0" * 36 + struct.pack("<III", first, size, 0)

    directory = entry("Root Entry", 5, free, 1 if placed else free, end, 0)
    for number, (name, first, size) in enumerate(placed, 1):
        directory += entry(name, 2, number + 1 if number < len(placed) else free, free, first, size)
    directory_at = put(directory.ljust(-(-len(directory) // 512) * 512, b"\0"))
    assert len(chain) <= 128, "one sector of FAT holds 128 entries"
    sectors[0] = struct.pack("<128I", *chain, *([free] * (128 - len(chain))))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += b"\0" * 10 + struct.pack("<IIIIIIIII", 1, directory_at, 0, 4096, end, 0, end, 0, 0)
    header += struct.pack("<108I", *([free] * 108))
    return header.ljust(512, b"\0") + b"".join(sectors)


def record(kind: int, body: bytes = b"") -> bytes:
    """A record of BIFF."""
    return struct.pack("<HH", kind, len(body)) + body


GLOBALS = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1996, 0, 0))
LOCKED = GLOBALS + record(0x2F, b"\x01\0\x01\0\x01\0" + b"\0" * 48) + record(0x0A)


def page(body: str, head: str = "", encoding: str = "utf-8") -> bytes:
    return f"<html><head>{head}</head><body>{body}</body></html>".encode(encoding)


def spreadsheetml(rows: str, encoding: str = "utf-8") -> bytes:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="台账"><Table>{rows}</Table></Worksheet></Workbook>'
    )
    return text.encode(encoding)
