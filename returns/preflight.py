"""Looks at a file before any parser does: what it is by content, how large inflated, how far its cells reach.

Parsers abort, or take all memory, on files that people can make by accident; a refusal here is a sentence.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from db.errors import Refused

MOST_INFLATED = 300 * 1024 * 1024
MOST_PARTS = 2_000
MOST_ROWS = 200_000
MOST_COLUMNS = 1_000
MOST_CELLS = 12_000_000  # rows × columns that a parser would have to hold
_BLOCK = 1 << 18
_OVERLAP = 128

_REFERENCE = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=[\"'](\d{1,7})[\"']")
_SUSPECT = re.compile(rb"""\bt=["']e["']|<(?:\w+:)?f[\s/>]""")
_BAD_XML = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a workbook reaches: the highest row and column of any sheet, and its size inflated.

    `suspect`: some cell holds an error or a formula, whose value a fast reader may show as empty.
    """

    rows: int
    columns: int
    inflated: int
    suspect: bool = False


def inspect(data: bytes, name: str) -> Extent:
    """Prove that `data` is a workbook that may be parsed. Refused says why not and what to do."""
    if data[:4] != b"PK\x03\x04":
        raise Refused(f"“{name}”不是 xlsx 工作簿：{_kind(data)}。", _REMEDY, "not_a_workbook")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Refused(f"“{name}”已损坏，打不开。", "请让对方重新发送。", "damaged_file") from error
    with archive:
        return _parts(archive, name)


_REMEDY = "请用 Excel 或 WPS 打开后另存为“xlsx 工作簿”再试。"


def _kind(data: bytes) -> str:
    if not data:
        return "文件是空的"
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "它是旧版 xls，或加了打开密码"
    if data[:5] == b"%PDF-":
        return "它是 PDF"
    head = data[:512].lstrip().lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table")):
        return "它是改了扩展名的网页"
    if head.startswith(b"<?xml"):
        return "它是 XML 文件"
    return "内容不是工作簿"


def _parts(archive: zipfile.ZipFile, name: str) -> Extent:
    infos = archive.infolist()
    names = {info.filename.lower().replace("\\", "/") for info in infos}
    if not any(part.startswith("xl/workbook") for part in names):
        raise Refused(f"“{name}”是压缩包或别的文档，不是工作簿。", _REMEDY, "not_a_workbook")
    if len(infos) > MOST_PARTS:
        raise Refused(f"“{name}”内部部件过多，不予打开。", _REMEDY, "too_large")
    total = rows = columns = 0
    suspect = False
    for info in infos:
        if info.flag_bits & 1:
            raise Refused(f"“{name}”加了密码，无法读取。", "请去掉密码后重新保存。", "encrypted_file")
        try:
            with archive.open(info) as part:
                sheet = "/worksheets/" in info.filename.lower().replace("\\", "/")
                tail = b""
                first = True
                # The size is counted while inflating: what the archive says of itself may be a lie.
                while block := part.read(_BLOCK):
                    total += len(block)
                    if total > MOST_INFLATED:
                        raise Refused(
                            f"“{name}”展开后过大，不予打开。", "请删除多余的行列和图片后再试。", "too_large"
                        )
                    seen = tail + block
                    xml = info.filename.lower().endswith((".xml", ".rels"))
                    # In UTF-16 the patterns below would see nothing; no office program writes it.
                    if xml and ((first and block[:2] in (b"\xff\xfe", b"\xfe\xff")) or _BAD_XML.search(seen)):
                        raise Refused(f"“{name}”含有不安全的内容，不予打开。", _REMEDY, "unsafe_file")
                    if sheet:
                        rows, columns = _reach(seen, rows, columns)
                        suspect = suspect or bool(_SUSPECT.search(seen))
                        if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
                            raise Refused(
                                f"“{name}”的表格范围过大（第 {rows} 行、第 {columns} 列），不予打开。",
                                "请删除数据以外的空行空列后另存再试。",
                                "too_large",
                            )
                    tail, first = seen[-_OVERLAP:], False
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise Refused(f"“{name}”已损坏，打不开。", "请让对方重新发送。", "damaged_file") from error
    return Extent(rows, columns, total, suspect)


def _reach(block: bytes, rows: int, columns: int) -> tuple[int, int]:
    for found in _ROW.finditer(block):
        rows = max(rows, int(found[1]))
    for letters, digits in set(_REFERENCE.findall(block)):
        rows = max(rows, int(digits))
        place = 0
        for letter in letters:
            place = place * 26 + letter - 64
        columns = max(columns, place)
    return rows, columns
