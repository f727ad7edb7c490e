"""Files that are no workbooks, or broken, locked or poisoned ones: what is wrong lies in the container, not in the table."""

from __future__ import annotations

import sqlite3
import struct
from functools import partial

from tests.corpus import ole
from tests.corpus.case import CODES, ROWS, A, B, Corpus, Want, refused
from tests.corpus.ooxml import KIND, LINKS, MAIN, PACKAGE, SHEET, TYPES, XML, book, changed, parts, sheet_xml
from tests.corpus.zips import archive, part

CASES = Corpus()
add = CASES.add
BOTH = Want(stored=2, firms={A: {"enterprise.uscc": CODES[A]}, B: {"visit#": 1}})
NOT_OURS = ("unsupported_format", "not_a_workbook")
BROKEN = ("damaged_file",)


def plain(**more: str) -> dict[str, bytes | str]:
    return parts({"走访": sheet_xml(ROWS)}, **more)


# ---------------------------------------------------------------- other things by the name of a workbook


@add("empty", refused("empty_file", *NOT_OURS, says=("空",)))
def _() -> bytes:
    return b""


@add("one byte", refused(*NOT_OURS, *BROKEN, "no_header"))
def _() -> bytes:
    return b"P"


@add("zeros", refused(*NOT_OURS, *BROKEN, "no_header"))
def _() -> bytes:
    return bytes(70_000)


def office(main: str, kind: str) -> bytes:
    return archive(
        {
            "[Content_Types].xml": f'{XML}<Types xmlns="{TYPES}"><Override PartName="/{main}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>',
            "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="{main}"/></Relationships>',
            main: f"{XML}<doc/>",
        }
    )


def database() -> bytes:
    found = sqlite3.connect(":memory:")
    found.execute("create table a (b)")
    data: bytes = found.serialize()
    found.close()
    return data


# Each is refused by the name that its owner knows it by, with how to save it.
for name, pattern, maker in (
    ("docx", "Word|文字|文档", partial(office, "word/document.xml", "wordprocessingml.document")),
    ("pptx", "PPT|PowerPoint|演示|幻灯", partial(office, "ppt/presentation.xml", "presentationml.presentation")),
    ("pdf", "PDF", lambda: b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF" * 20),
    ("jpg", "图片|照片|JPG|JPEG", lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(range(256)) * 8 + b"\xff\xd9"),
    ("png", "图片|PNG", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4),
    ("rar", "RAR|压缩", lambda: b"Rar!\x1a\x07\x01\x00" + bytes(range(256)) * 4),
    ("7z", "7z|压缩", lambda: b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(range(256)) * 4),
    ("gzip", "压缩|gz", lambda: b"\x1f\x8b\x08\x00" + bytes(range(256)) * 4),
    ("sqlite", "数据库|SQLite", database),
    ("exe", ".", lambda: b"MZ\x90\x00\x03" + bytes(range(256)) * 16),
    ("zip of a workbook", "压缩", lambda: archive({"五月/台账.xlsx": book(ROWS)})),
):  # fmt: skip
    add(f"{name} as xlsx", refused(*NOT_OURS, says=(pattern,)))(maker)


@add("xlsb", refused(*NOT_OURS, says=("xlsb", "另存")), file="台账.xlsb")
def _() -> bytes:
    found = plain()
    found["xl/workbook.bin"] = b"\x83\x01\x00" * 40
    found["[Content_Types].xml"] = str(found["[Content_Types].xml"]).replace(
        f'"/xl/workbook.xml" ContentType="{KIND}sheet.main+xml"',
        '"/xl/workbook.bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"',
    )
    return changed(found, drop=("xl/workbook.xml",))


@add("a text that is no table", refused(*NOT_OURS, "no_header"))
def _() -> bytes:
    return "各街道：请于本月25日前报送走访台账。\n区数字经济办公室\n".encode()


@add("json", refused(*NOT_OURS, "no_header"))
def _() -> bytes:
    return b'{"rows": [{"a": 1}, {"a": 2}]}'


@add("mail", refused(*NOT_OURS, "no_header"), file="台账.xls")
def _() -> bytes:
    return b"From: a@b.cn\r\nTo: c@d.cn\r\nSubject: =?utf-8?B?5Y+w6LSm?=\r\n\r\nhello\r\n"


# ---------------------------------------------------------------- broken archives


@add("truncated", refused(*BROKEN, says=("损坏|不完整",)))
def _() -> bytes:
    data = book(ROWS)
    return data[: len(data) * 2 // 3]


@add("only the first kilobyte", refused(*BROKEN))
def _() -> bytes:
    return book(ROWS)[:1024]


@add("bad check sum", refused(*BROKEN))
def _() -> bytes:
    return changed(plain(), part(SHEET, sheet_xml(ROWS), crc=12345))


@add("bits flipped in the sheet", refused(*BROKEN))
def _() -> bytes:
    entry = part(SHEET, sheet_xml(ROWS))
    body = bytearray(entry.body)
    for at in range(20, len(body), 37):
        body[at] ^= 0x55
    return changed(plain(), type(entry)(entry.name, bytes(body), entry.crc, entry.size))


@add("unknown compression", refused(*BROKEN, *NOT_OURS))
def _() -> bytes:
    return changed(plain(), part(SHEET, sheet_xml(ROWS), method=99))


@add("directory points nowhere", refused(*BROKEN))
def _() -> bytes:
    data = bytearray(book(ROWS))
    at = data.rindex(b"PK\x05\x06")
    data[at + 16 : at + 20] = struct.pack("<L", 0x7FFFFFFF)
    return bytes(data)


@add("junk before the archive", Want(outcome=("accepted", "rejected"), ids=(*BROKEN, *NOT_OURS)))
def _() -> bytes:
    return b"\xef\xbb\xbf\r\n" + book(ROWS)


@add("junk behind the archive", Want(outcome=("accepted", "rejected"), ids=BROKEN))
def _() -> bytes:
    return book(ROWS) + bytes(5_000)


@add("zip encrypted", refused("encrypted_file", says=("密码|加密",)))
def _() -> bytes:
    entries = [part(name, data, flags=0x801) for name, data in plain().items()]
    return archive(entries)


# ---------------------------------------------------------------- locked workbooks


@add("password to open", refused("encrypted_file", says=("密码|加密",)))
def _() -> bytes:
    return ole.compound(
        {
            "EncryptionInfo": b"\x04\x00\x04\x00\x40\x00\x00\x00<encryption/>" * 40,
            "EncryptedPackage": bytes(9000),
        }
    )


@add("xls with a password", refused("encrypted_file", says=("密码|加密",)), file="台账.xls")
def _() -> bytes:
    return ole.xls({"走访": ROWS}, locked=True)


@add("word document as xls", refused(*NOT_OURS, says=("Word|文字|文档",)), file="台账.xls")
def _() -> bytes:
    return ole.compound({"WordDocument": b"\xec\xa5\xc1\x00" + bytes(8000), "1Table": bytes(5000)})


@add("compound file that goes in circles", refused(*BROKEN, *NOT_OURS), file="台账.xls", dangerous=True)
def _() -> bytes:
    return ole.circular()


@add("compound file cut off", refused(*BROKEN, *NOT_OURS), file="台账.xls")
def _() -> bytes:
    return ole.xls({"走访": ROWS})[:1500]


@add("sheet protected", BOTH)
def _() -> bytes:
    return book(ROWS, after='<sheetProtection password="CC1A" sheet="1" objects="1" scenarios="1"/>')


@add("strict", Want(outcome=("accepted", "rejected"), ids=NOT_OURS, says=()))
def _() -> bytes:
    def strict(data: bytes | str) -> str:
        return str(data).replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            LINKS, "http://purl.oclc.org/ooxml/officeDocument/relationships"
        )  # fmt: skip

    return archive({name: strict(data) for name, data in plain().items()})
