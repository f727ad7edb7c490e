"""What a file is, by content: a table of kinds, and that no bytes whatever make it raise."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from db.errors import KnownError
from returns.files import open_bytes
from returns.files.parse import parse
from returns.files.refusals import _NOT_READ, READ, not_read
from returns.files.sniff import sniff
from tests.returns.files import making

TEXT = "企业名称,日期\n甲公司,2024-05-07\n乙公司,2024-05-08\n"
CONTENT_TYPES = '<Types><Override ContentType="application/vnd.{}"/></Types>'


def typed(kind: str, part: str) -> bytes:
    return making.zipped({"[Content_Types].xml": CONTENT_TYPES.format(kind), part: "<x/>"})


FILES = {
    "xlsx": ("xlsx", making.xlsx()),
    "xlsx with backslashes": (
        "xlsx",
        making.edited(making.xlsx(), lambda name, part: (name.replace("/", "\\"), part)),
    ),
    "xltx": (
        "xlsx",
        typed("openxmlformats-officedocument.spreadsheetml.template.main+xml", "xl/workbook.xml"),
    ),
    "xlsm": ("xlsm", typed("ms-excel.sheet.macroEnabled.main+xml", "xl/workbook.xml")),
    "xltm": ("xlsm", typed("ms-excel.template.macroEnabled.main+xml", "xl/workbook.xml")),
    "xlsb": ("xlsb", typed("ms-excel.sheet.binary.macroEnabled.main", "xl/workbook.bin")),
    "docx": (
        "word",
        typed("openxmlformats-officedocument.wordprocessingml.document.main+xml", "word/document.xml"),
    ),
    "pptx": (
        "slides",
        typed("openxmlformats-officedocument.presentationml.presentation.main+xml", "ppt/p.xml"),
    ),
    "docx without types": ("word", making.zipped({"word/document.xml": "<x/>"})),
    "ods": ("ods", making.ods("")),
    "odt": (
        "odt",
        making.zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}),
    ),
    "locked ods": (
        "encrypted",
        making.ods("", {"META-INF/manifest.xml": "<manifest:encryption-data/>"}),
    ),
    "numbers": ("numbers", making.zipped({"Index/Document.iwa": "x", "Index/Tables/Tile.iwa": "x"})),
    "pages": ("pages", making.zipped({"Index/Document.iwa": "x"})),
    "ofd": ("ofd", making.zipped({"OFD.xml": "<x/>", "Doc_0/Document.xml": "<x/>"})),
    "zip": ("zip", making.zipped({"台账.xlsx": making.xlsx()})),
    "cut xlsx": ("broken_zip", making.xlsx()[:-400]),
    "xls": ("xls", making.xls([["甲"]])),
    "bare biff": ("xls", making.GLOBALS + making.record(0x0A)),
    "locked xls": ("encrypted", making.compound({"Workbook": making.LOCKED})),
    "locked bare biff": ("encrypted", making.LOCKED),
    "locked xlsx": ("encrypted", making.compound({"EncryptionInfo": b"x", "EncryptedPackage": b"y"})),
    "doc": ("word", making.compound({"WordDocument": b"x", "1Table": b"y"})),
    "ppt": ("slides", making.compound({"PowerPoint Document": b"x"})),
    "msg": ("mail", making.compound({"__properties_version1.0": b"x"})),
    "other ole": ("ole", making.compound({"Something": b"x"})),
    "cut ole": ("broken_ole", making.compound({"Workbook": b"x"})[:300]),
    "pdf": ("pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"),
    "pdf after a blank line": ("pdf", b"\n\n%PDF-1.4 ..."),
    "rtf": ("rtf", rb"{\rtf1\ansi\deff0 x}"),
    "png": ("picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40),
    "jpeg": ("picture", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"x" * 40),
    "gif": ("picture", b"GIF89a" + b"\0" * 40),
    "bmp": ("picture", b"BM\x40\x00\x00\x00\x00\x00\x00\x00\x36\0\0\0"),
    "webp": ("picture", b"RIFF\x10\0\0\0WEBPVP8 "),
    "heic": ("picture", b"\0\0\0\x18ftypheic\0\0\0\0"),
    "mp4": ("media", b"\0\0\0\x18ftypisom\0\0\0\0"),
    "rar": ("archive", b"Rar!\x1a\x07\x01\x00" + b"x" * 30),
    "7z": ("archive", b"7z\xbc\xaf\x27\x1c\0\x04" + b"x" * 30),
    "gz": ("archive", b"\x1f\x8b\x08\0\0\0\0\0" + b"x" * 30),
    "sqlite": ("sqlite", b"SQLite format 3\0" + b"\0" * 84),
    "access": ("access", b"\0\x01\0\0Standard ACE DB\0"),
    "program": ("program", b"MZ\x90\0\x03\0\0\0" + b"\0" * 60),
    "dbf": ("dbf", bytes([3, 124, 5, 7]) + b"\x01\0\0\0" + b"\x61\0\x20\0" + b"\0" * 90),
    "nothing": ("empty", b""),
    "blanks": ("empty", b" \r\n\r\n\t"),
    "only a mark": ("empty", b"\xef\xbb\xbf"),
    "zeros": ("zeros", b"\0" * 4096),
    "garbage": ("binary", bytes(range(1, 256)) * 8),
    "json": ("json", b'{"a": [1, 2]}'),
    "xml": ("xml", b'<?xml version="1.0"?><note><to>x</to></note>'),
    "fods": (
        "flat_ods",
        b'<?xml version="1.0"?><office:document office:mimetype="x.opendocument.spreadsheet"/>',
    ),
    "html": ("html", making.page("<table><tr><td>甲</td></tr></table>")),
    "html fragment": ("html", "<table border=1><tr><td>甲".encode("gb18030")),
    "html after blanks": ("html", b"\r\n\r\n   <!-- x --><TABLE><tr><td>x"),
    "html in utf-16": ("html", "\ufeff<html><table><tr><td>甲".encode("utf-16-le")),
    "spreadsheetml": ("spreadsheetml", making.spreadsheetml("")),
    "mhtml": ("mhtml", b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n"),
    "mail": ("mail", b"From: a@b\nMIME-Version: 1.0\nContent-Type: text/plain\n\nx"),
    "utf-8": ("csv", TEXT.encode()),
    "utf-8 with mark": ("csv", TEXT.encode("utf-8-sig")),
    "utf-16": ("csv", TEXT.encode("utf-16")),
    "utf-16-le": ("csv", TEXT.encode("utf-16-le")),
    "utf-16-be": ("csv", TEXT.encode("utf-16-be")),
    "gb18030": ("csv", TEXT.encode("gb18030")),
    "one word": ("csv", "甲".encode()),
    "a bracket at the start": ("csv", "[备注],金额\n[甲],1\n".encode()),
}


@pytest.mark.parametrize("name", FILES)
def test_each_kind_is_told_by_its_content(name: str) -> None:
    kind, data = FILES[name]
    assert sniff(data) == kind


@pytest.mark.parametrize("name", [name for name, (kind, _) in FILES.items() if kind not in READ])
def test_what_is_not_read_is_refused_by_name_and_with_a_way_out(name: str) -> None:
    kind, data = FILES[name]
    with pytest.raises(KnownError) as refusal:
        open_bytes(data, "街道台账.xlsx")
    assert refusal.value.id == not_read(kind, "x").id
    assert refusal.value.message == f"“街道台账.xlsx”{_NOT_READ[kind][0]}。"
    assert refusal.value.hint


def test_the_three_sentences_of_the_manual() -> None:
    assert "加了打开密码的工作簿" in not_read("encrypted", "x").message
    assert "PDF 文件" in not_read("pdf", "x").message
    assert "Word 文档" in not_read("word", "x").message


def _consume(data: bytes) -> None:
    try:
        for draft in parse(data, "x.xlsx").drafts:
            for _ in draft.rows:
                pass
    except KnownError:
        pass


@given(st.binary(max_size=2000))
@example(b"PK\x03\x04" + b"\0" * 50)
@example(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600)
@example(b"\x09\x08\x10\x00")
def test_no_bytes_make_sniffing_raise(data: bytes) -> None:
    kind = sniff(data)
    assert kind in READ or not_read(kind, "x").message


@given(st.sampled_from(sorted(FILES)), st.integers(0, 4000), st.binary(min_size=1, max_size=8))
def test_a_few_wrong_bytes_in_a_header_make_sniffing_raise_nothing(name: str, at: int, junk: bytes) -> None:
    data = FILES[name][1]
    at = at % (len(data) + 1)
    kind = sniff(data[:at] + junk + data[at + len(junk) :])
    assert kind in READ or not_read(kind, "x").message


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    _consume(text.encode("utf-8", "ignore"))
