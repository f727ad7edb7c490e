"""What a file is, told by its content and never by its name. What is done about it is not decided here."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

from returns.files import compound, encodings

_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF", b"\x28\xb5\x2f\xfd")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"\x00\x00\x01\x00")
_BARE_BIFF = (
    b"\x09\x00\x04\x00",
    b"\x09\x00\x06\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08\x08\x00",
    b"\x09\x08\x10\x00",
)
_ROOMS = (("word/", "word"), ("ppt/", "slides"), ("visio/", "drawing"))
_MAIN_TYPES = (
    (b"sheet.binary.macroenabled.main", "xlsb"),
    (b"sheet.macroenabled.main+xml", "xlsm"),
    (b"template.macroenabled.main+xml", "xlsm"),
    (b"spreadsheetml.sheet.main+xml", "xlsx"),
    (b"spreadsheetml.template.main+xml", "xlsx"),
    (b"wordprocessingml.", "word"),
    (b"presentationml.", "slides"),
)
_HTML = re.compile(
    r"<(?:!doctype html|html|table|head|meta|body|div|style|script|title|center|form|tr|thead)\b", re.I
)
_MAIL_HEADER = re.compile(
    r"^(?:from|to|cc|date|subject|received|mime-version|message-id|content-type):", re.M
)
_MOST_TYPES = 4 * 1024 * 1024  # bytes of [Content_Types].xml and the like that are looked at


def sniff(data: bytes) -> str:
    """The kind: a key of refusals.NAMES for what is read, else of the table of what is not. Never raises."""
    if not data.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe"):
        return "empty"
    head = data[:8]
    if not data.strip(b"\0"):
        return "zeros"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"PK00PK")):
        return _zip(data)
    if head == compound.MAGIC:
        return _ole(data)
    if head.startswith(_BARE_BIFF):
        return "encrypted" if _has_filepass(data) else "xls"
    return _by_magic(data) or _text(data)


def _by_magic(data: bytes) -> str | None:
    head = data[:16]
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if head.startswith(_PICTURES) or (head[:2] == b"BM" and data[6:10] == b"\0\0\0\0"):
        return "picture"
    if head[:4] == b"RIFF":
        return "picture" if head[8:12] == b"WEBP" else "media"
    if head[4:8] == b"ftyp":
        return "picture" if head[8:12] in (b"heic", b"heix", b"mif1", b"avif") else "media"
    if head.startswith(_ARCHIVES):
        return "archive"
    if head.startswith(b"SQLite format 3"):
        return "sqlite"
    if head[4:].startswith((b"Standard Jet", b"Standard ACE")):
        return "access"
    if (head[:2] == b"MZ" and b"\0" in data[:64]) or head[:4] == b"\x7fELF":
        return "program"
    if head[:3] == b"ID3" or head[:4] in (b"OggS", b"fLaC"):
        return "media"
    if len(data) > 32 and data[0] in b"\x03\x30\x31\x83\x8b\xf5" and 0 < data[2] < 13 and 0 < data[3] < 32:
        size = struct.unpack_from("<H", data, 8)[0]
        if size % 32 in (1, 8) and size > 32:
            return "dbf"
    return None


def _zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _parts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
        return "broken_zip"
    except (struct.error, KeyError, IndexError, OverflowError, UnicodeError):
        return "broken_zip"


def _parts(archive: zipfile.ZipFile) -> str:
    by_name = {info.filename.lower().replace("\\", "/").lstrip("/"): info for info in archive.infolist()}
    if any(info.flag_bits & 1 for info in by_name.values()):
        return "encrypted" if any(name.startswith("xl/") for name in by_name) else "encrypted_zip"
    mimetype = _start(archive, by_name.get("mimetype"))
    if mimetype.startswith(b"application/vnd.oasis.opendocument") or (
        "content.xml" in by_name and "meta-inf/manifest.xml" in by_name
    ):
        return _open_document(archive, by_name, mimetype)
    types = _start(archive, by_name.get("[content_types].xml")).lower()
    if "xl/workbook.bin" in by_name:
        return "xlsb"
    for mark, kind in _MAIN_TYPES:
        if mark in types:
            return kind
    if any(name.startswith("xl/") and name.endswith(".xml") for name in by_name):
        return "xlsx"
    for room, kind in _ROOMS:
        if any(name.startswith(room) for name in by_name):
            return kind
    if "ofd.xml" in by_name:
        return "ofd"
    if any(name.endswith(".iwa") or name == "index.zip" for name in by_name):
        tables = any("tables/" in name or "calculationengine" in name for name in by_name)
        return "numbers" if tables or "index.zip" in by_name else "pages"
    return "zip"


def _open_document(archive: zipfile.ZipFile, by_name: dict[str, zipfile.ZipInfo], mimetype: bytes) -> str:
    if b"encryption-data" in _start(archive, by_name.get("meta-inf/manifest.xml")):
        return "encrypted"
    if b".text" in mimetype:
        return "odt"
    if b".presentation" in mimetype:
        return "slides"
    if b".graphics" in mimetype:
        return "drawing"
    return "ods"


def _start(archive: zipfile.ZipFile, info: zipfile.ZipInfo | None) -> bytes:
    if info is None:
        return b""
    with archive.open(info) as part:
        return part.read(_MOST_TYPES)


def _ole(data: bytes) -> str:
    found = compound.Compound(data)
    names = found.names()
    if not names:
        return "broken_ole"
    if "encryptedpackage" in names or "encryptioninfo" in names:
        return "encrypted"
    for name in ("workbook", "book"):
        if name in names:
            # An unreadable chain of sectors is the parser's to refuse: it may know better.
            return "encrypted" if _has_filepass(found.stream(name, 1 << 16)) else "xls"
    if "worddocument" in names:
        return "word"
    if "powerpoint document" in names or "pp97_dualstorage" in names:
        return "slides"
    if "visiodocument" in names:
        return "drawing"
    if any(name.startswith("__properties_version") for name in names):
        return "mail"
    if "contents" in names and any("wps" in name or name == "matost" for name in names):
        return "word"
    return "ole"


def _has_filepass(stream: bytes) -> bool:
    """Whether a record FILEPASS stands in the first part of a BIFF stream (before the first EOF record)."""
    at = 0
    while at + 4 <= len(stream):
        what, size = struct.unpack_from("<HH", stream, at)
        if what == 0x2F:
            return True
        if what == 0x0A or size > 0x2024:
            return False
        at += 4 + size
    return False


def _text(data: bytes) -> str:
    start = encodings.start_of(data, 64 * 1024)
    if start is None:
        return "binary"
    head = start.lstrip("\ufeff \t\r\n\0")
    lower = head[:20_000].lower()
    if lower.startswith(("mime-version:", "from:", "received:", "message-id:", "subject:", "x-mailer:")):
        if "multipart/related" in lower or "text/html" in lower[:2000]:
            return "mhtml"
        if len(_MAIL_HEADER.findall(lower[:4000])) > 1:
            return "mail"
    if lower.startswith("<"):
        if "urn:schemas-microsoft-com:office:spreadsheet" in lower and "<workbook" in re.sub(
            r"<\w+:", "<", lower
        ):
            return "spreadsheetml"
        if "opendocument.spreadsheet" in lower or "<office:document" in lower[:2000]:
            return "flat_ods"
        if '<?mso-application progid="word' in lower or "<w:worddocument" in lower:
            return "word"
        if _HTML.search(lower[:8000]):
            return "html"
        if lower.startswith("<?xml") or re.match(r"<[\w:]+[^<>]*(?:/>|>\s*<[\w:]+)", lower):
            return "xml"
    if lower[:1] in ("{", "[") and re.match(r'[\[{]\s*(?:[\]}"{\[]|-?\d)', lower) and _is_json(data, head):
        return "json"
    return "csv"


def _is_json(data: bytes, head: str) -> bool:
    # A row of a text table may begin with a bracket too; JSON has a colon after its first key, or ends as it began.
    if re.match(r'[\[{\s]*"(?:[^"\\]|\\.){0,200}"\s*:', head):
        return True
    return data.rstrip()[-1:] == {"{": b"}", "[": b"]"}[head[0]] and "\n" not in head[:200].strip()
