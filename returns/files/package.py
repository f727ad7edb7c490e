"""Workbooks of Office Open XML (xlsx, xlsm): the preflight of their parts, then values by calamine."""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from returns.files.book import Row, Sheet
from returns.files.draft import COMMENTS, EXTERNAL, MACROS, PICTURE, PICTURES, Draft, plain
from returns.files.refusals import damaged, not_read, too_large, unsafe
from returns.files.sheet_scan import SheetScan, letters_of
from returns.files.telling import Tell

MOST_PARTS = 20_000
MOST_INFLATED = 256 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # of any workbook
MOST_CELLS = 6_000_000  # of all sheets
MOST_STRINGS = 3_000_000
MOST_WORTH = 340 * 1024 * 1024  # bytes that the parser would hold, estimated
_BLOCK = 1 << 20
_OVERLAP = 64

_BAD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OTHER_ENCODING = re.compile(
    rb"<\?xml\b[^>]*\bencoding\s*=\s*[\"'](?!utf-?8[\"']|us-ascii[\"'])", re.IGNORECASE
)
_TAG = rb"<(?:[\w.-]+:)?%s\b([^>]*)>"
_RELATION = re.compile(_TAG % b"Relationship")
_SHEET = re.compile(_TAG % b"sheet")
_ATTRIBUTE = re.compile(rb"""(?:^|\s)(?:([\w.-]+):)?([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_DIMENSION = re.compile(rb"""<(?:[\w.-]+:)?dimension\s+ref=["'][A-Z]{1,3}\d+:[A-Z]{1,3}(\d{1,7})["']""")
_MOST_ASKED = 50  # sheets that are asked how long they are
_MARKED = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_NOT_XML = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".emf", ".wmf", ".tiff", ".tif", ".svg", ".webp", ".bin")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class Parts:
    """The parts of a package by lower name. Inflates with a count, and proves each one that is XML."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self.inflated = 0
        self.strings = self.string_bytes = 0
        self.picture_strings = False
        self.cdata: set[str] = set()  # parts that hold marked sections, which the parser leaves out
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise damaged(name) from error
        infos = self.archive.infolist()
        if len(infos) > MOST_PARTS:
            raise too_large(name, "内部部件过多")
        if any(info.flag_bits & 1 for info in infos):
            raise not_read("encrypted", name)
        self.infos = {normal(info.filename): info for info in infos}
        if len(self.infos) < len(infos) and any(
            count > 1 for count in Counter(map(_xml_name, infos)).values()
        ):
            # Of two parts of one name nobody knows which one the parser takes.
            raise damaged(name)

    def blocks(self, part: str) -> Iterator[bytes]:
        """The inflated blocks of a part, looked through for what no office program writes."""
        tail, first = b"", True
        try:
            with self.archive.open(self.infos[part]) as stream:
                # The size is counted while inflating: what the archive says of itself may be a lie.
                for block in _inflated(stream, ahead=self.infos[part].file_size > 2 * _BLOCK):
                    self.inflated += len(block)
                    if self.inflated > MOST_INFLATED:
                        raise too_large(self.name, "展开后过大")
                    if _BAD.search(tail + block) or (first and _foreign(block)):
                        raise unsafe(self.name)
                    if b"<![CDATA[" in block or b"<![CDATA[" in tail + block[:_OVERLAP]:
                        self.cdata.add(part)
                    tail, first = block[-_OVERLAP:], False
                    yield block
        except _BROKEN as error:
            raise damaged(self.name) from error

    def whole(self, part: str) -> bytes:
        return b"".join(self.blocks(part)) if part in self.infos else b""

    def look_through(self, seen: set[str]) -> None:
        """Prove every other XML part, and count what the shared strings hold."""
        for part in self.infos:
            if part in seen or part.endswith("/") or part.endswith(_NOT_XML) or part.startswith("xl/media/"):
                continue
            strings = "sharedstrings" in part
            if not strings and not part.endswith((".xml", ".rels", ".vml")):
                continue
            tail = b""
            for block in self.blocks(part):
                if strings:
                    self.string_bytes += len(block)
                    self.strings += block.count(b"<si") + block.count(b":si>") + block.count(b":si ")
                    self.picture_strings = self.picture_strings or b"DISPIMG(" in tail + block
                    tail = block[-_OVERLAP:]
                    if self.strings > MOST_STRINGS:
                        raise too_large(self.name, "文字过多")


def _inflated(stream: IO[bytes], ahead: bool) -> Iterator[bytes]:
    """The blocks of a part; of a long one the next is inflated while this one is looked through."""
    if not ahead:
        while block := stream.read(_BLOCK):
            yield block
        return
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(stream.read, _BLOCK)
        while block := coming.result():
            coming = pool.submit(stream.read, _BLOCK)
            yield block


def normal(part: str) -> str:
    """The name of a part as it is compared: some programs write backslashes, or other letters' case."""
    return part.replace("\\", "/").lstrip("/").lower()


def _without_marked_sections(parts: Parts) -> bytes:
    """The package again, with the text of marked sections written in the usual way."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for part, info in parts.infos.items():
            if part in parts.cdata:
                text = _MARKED.sub(lambda found: html.escape(found[1].decode()).encode(), parts.whole(part))
                archive.writestr(info.filename, text, zipfile.ZIP_STORED)
            elif not part.endswith(_NOT_XML):
                archive.writestr(info.filename, parts.archive.read(info), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _xml_name(info: zipfile.ZipInfo) -> str:
    """The name of an XML part; of anything else one that is never met twice."""
    name = normal(info.filename)
    return name if name.endswith((".xml", ".rels")) else f"{name}\0{info.header_offset}"


def _foreign(block: bytes) -> bool:
    # In UTF-16 the patterns would see nothing; no office program writes it.
    start = block[:200].lstrip()
    if block[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start[:4] or start[:4] == b"\x4c\x6f\xa7\x94":
        return True
    return bool(_OTHER_ENCODING.match(start.removeprefix(b"\xef\xbb\xbf").lstrip()))


def attributes(tag: bytes) -> dict[str, str]:
    """Attributes of a tag, without the prefixes of their names."""
    found = {}
    for prefix, key, double, single in _ATTRIBUTE.findall(tag):
        if prefix != b"xmlns":
            text = (double or single).decode("utf-8", "replace")
            found[key.decode()] = html.unescape(text)
    return found


def relations(parts: Parts, part: str) -> list[dict[str, str]]:
    """The relations of a part; Target is a part name as in Parts.infos unless it is external."""
    folder, base = posixpath.split(part)
    found = []
    for tag in _RELATION.findall(parts.whole(normal(f"{folder}/_rels/{base}.rels"))):
        about = attributes(tag)
        target = about.get("Target", "")
        if about.get("TargetMode") != "External":
            absolute = target.startswith(("/", "\\"))
            joined = target.replace("\\", "/") if absolute else f"{folder}/" + target.replace("\\", "/")
            about["Target"] = normal(posixpath.normpath("/" + joined.lstrip("/")))
        about["Type"] = about.get("Type", "").rsplit("/", 1)[-1]
        found.append(about)
    return found


def read(data: bytes, name: str, notes: list[str], tell: Tell) -> Iterator[Draft]:
    """Sheets of an xlsx or xlsm file, one after the other. Refused for what may not be parsed."""
    parts = Parts(data, name)
    book = _workbook_part(parts)
    by_id = {each.get("Id", ""): each for each in relations(parts, book)}
    listed = [attributes(tag) for tag in _SHEET.findall(parts.whole(book))]
    seen, scans, cells = {book}, [], 0
    sheets = [(about, by_id.get(about.get("id", ""), {})) for about in listed]
    expected = {part: _rows_stated(parts, part) for part in _worksheets(parts, sheets)}  # 0: it does not say
    tell.expect(sum(expected.values()))
    for about, relation in sheets:
        draft = Draft(Sheet(about.get("name", ""), 0, about.get("state", "visible") != "visible"))
        scan = SheetScan(draft)
        part = relation.get("Target", "")
        if relation.get("Type") == "worksheet" and part in parts.infos:
            if part not in seen:
                seen.add(part)
                for block in parts.blocks(part):
                    before = scan.rows
                    scan.feed(block)
                    tell.looked(scan.rows - before)
                    if cells + scan.cells > MOST_CELLS:
                        raise too_large(name, f"有 {MOST_CELLS} 个以上的单元格")
                    if scan.columns > MOST_COLUMNS or scan.rows > MOST_ROWS:
                        raise too_large(name, f"工作表“{draft.sheet.name}”的行或列多于工作簿所能有")
                before = scan.rows
                scan.finish()
                tell.looked(scan.rows - before)
                tell.expect(max(0, scan.rows - expected.get(part, 0)))
            _beside(parts, part, draft, scan)
        cells += scan.cells
        scans.append(scan)
    parts.look_through(seen)
    notes.extend(_about_book(parts, by_id))
    for scan in scans:
        _prove(scan, parts, name)
    if parts.cdata:
        data = _without_marked_sections(parts)
    tell.parsing()
    yield from _values(data, name, scans, notes, parts.picture_strings)


def _worksheets(parts: Parts, sheets: Sequence[tuple[Mapping[str, str], Mapping[str, str]]]) -> Iterator[str]:
    """The parts of the first worksheets."""
    for _, relation in sheets[:_MOST_ASKED]:
        if relation.get("Type") == "worksheet" and relation.get("Target") in parts.infos:
            yield relation["Target"]


def _rows_stated(parts: Parts, part: str) -> int:
    """How many rows the sheet itself says it has: to tell how far reading is, and for nothing else."""
    try:
        with parts.archive.open(parts.infos[part]) as stream:
            found = _DIMENSION.search(stream.read(4096))
    except _BROKEN:
        return 0  # it is refused when it is read
    return min(int(found[1]), MOST_ROWS) if found else 0


def _workbook_part(parts: Parts) -> str:
    for about in relations(parts, ""):
        if about["Type"] == "officeDocument" and about["Target"] in parts.infos:
            return about["Target"]
    for part in sorted(parts.infos):
        if part.startswith("xl/workbook") and part.endswith(".xml"):
            return part
    raise damaged(parts.name)


def _prove(scan: SheetScan, parts: Parts, name: str) -> None:
    """Whether the parser can hold the sheet: it makes a full grid of it, and aborts the process when it can not."""
    dense = scan.rows * scan.columns
    # Measured of calamine 0.9: 32 bytes for a place of the grid, 56 for a cell on the way, and its text.
    worth = dense * 32 + scan.cells * 56 + parts.string_bytes * 3 // 2
    if worth <= MOST_WORTH:
        return
    title = scan.draft.sheet.name
    if dense > 4 * scan.cells + 1_000_000:
        far = f"第 {scan.rows} 行、第 {letters_of(scan.columns)} 列"
        raise too_large(name, f"工作表“{title}”的内容一直到{far}，范围过大，请检查单元格 {scan.farthest}")
    raise too_large(name, f"工作表“{title}”有 {scan.cells} 个单元格，内容过多")


def _values(
    data: bytes, name: str, scans: list[SheetScan], notes: list[str], pictures: bool
) -> Iterator[Draft]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, ZipError

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        metadata = workbook.sheets_metadata
        by_name = {scan.draft.sheet.name: scan for scan in scans}
        for index, about in enumerate(metadata):
            if about.typ not in (SheetTypeEnum.WorkSheet, SheetTypeEnum.MacroSheet):
                notes.append(f"“{about.name}”是图表或对话框，没有读取")
                continue
            scan = scans[index] if len(scans) == len(metadata) else by_name.get(about.name)
            if scan is None:
                # A name that we and the parser read differently: nothing is known of what it can not tell.
                raise damaged(name)
            grid: Any = workbook.get_sheet_by_index(index)
            scan.draft.rows = _rows(scan.draft, grid, scan.pictures or pictures)
            del grid
            yield scan.draft
            scan.draft.rows = ()
    except (CalamineError, ZipError) as error:
        raise damaged(name) from error


def _rows(draft: Draft, grid: Any, pictures: bool) -> Iterator[Row]:
    troubles = draft.sheet.troubles
    by_row: dict[int, list[int]] = {}
    for row, column in troubles:
        by_row.setdefault(row, []).append(column)
    left = [None] * (grid.start[1] if grid.start else 0)  # its rows begin at the first column in use
    last = -1
    for number, values in enumerate(grid.iter_rows()):
        last = number
        cells = left + plain(values) if left else plain(values)
        for column in by_row.get(number, ()):
            if column < len(cells):
                cells[column] = None
        if pictures:
            for column, cell in enumerate(cells):
                if isinstance(cell, str) and "DISPIMG(" in cell[:40]:
                    cells[column] = None
                    draft.trouble(number, column, PICTURE)
        if cells or number in by_row:
            yield number, cells
    # Below the last row that the parser holds there may be troubles still.
    for number in sorted(each for each in by_row if each > last):
        yield number, []


def _beside(parts: Parts, part: str, draft: Draft, scan: SheetScan) -> None:
    """Notes on what hangs on a sheet and is not read."""
    kinds = [each["Type"] for each in relations(parts, part)]
    drawn: set[str] = set()
    for about in relations(parts, part):
        if about["Type"] == "drawing" and about.get("TargetMode") != "External":
            drawn |= {each["Type"] for each in relations(parts, about["Target"])}
    if "image" in drawn:
        draft.note(PICTURES)
    if drawn & {"chart", "chartEx"}:
        draft.note("工作表里有图表，图表不读取")
    if any(kind in ("comments", "threadedComment") for kind in kinds):
        draft.note(COMMENTS)
    if any(kind in ("oleObject", "package", "control") for kind in kinds):
        draft.note("工作表里有嵌入的文件或控件，不读取也不打开")
    if scan.filtered:
        draft.note("工作表启用了筛选，筛掉的行照常读取")


def _about_book(parts: Parts, by_id: dict[str, dict[str, str]]) -> Iterator[str]:
    kinds = {each["Type"] for each in by_id.values()}
    if "vbaProject" in kinds or any(part.endswith("vbaproject.bin") for part in parts.infos):
        yield MACROS
    if "externalLink" in kinds or any(part.startswith("xl/externallinks/") for part in parts.infos):
        yield EXTERNAL
    if "connections" in kinds:
        yield "含有数据连接，不会连接，只读文件里存下的值"
    if any(part.startswith("xl/cellimages") for part in parts.infos):
        yield "有嵌入单元格的图片，图片不读取"
