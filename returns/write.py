"""A return becomes a workbook: layout by openpyxl, rows streamed into its sheets, written beside and renamed.

What goes in is gathered in compose.py; which columns there are is in workbook.py.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from openpyxl.utils import get_column_letter

from db.findings import Finding, Severity, Tally
from db.records import Values
from db.values import Lookup, to_json
from returns import layout, workbook
from returns.cells import EMPTY, NOT_APPLICABLE, Entry, encoder
from returns.cover import Note, tidy_text, totals_of, write_cover, write_notes
from returns.digests import cell_mark, row_digest, sheet_digest
from returns.layout import Heading, Style, Styles
from returns.replacing import replacing
from returns.workbook import (
    CELL_LIMIT,
    COVER,
    DICTIONARY,
    FIRST_ROW,
    MANIFEST,
    NOTES,
    Column,
    Manifest,
    SheetEntry,
    SheetPlan,
)

_BELOW = 2  # lines after the rows: an empty one and the signatures
_PIECE = 30_000
_HEIGHT, _MOST_LINES = 13, 30  # points per line of text; Excel's rows end at 409 points
_LEVEL = 4  # of compression: two thirds of the time of the default for a twentieth more bytes


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a return says, ready to be written. `manifest` still lacks its sheets and its seal."""

    manifest: Manifest
    cover: Mapping[str, Any]
    rows: Mapping[str, Sequence[Values]]
    lookup: Lookup
    firms: Mapping[UUID, tuple[str, str]] = field(default_factory=dict)  # name and credit code
    titles: Mapping[UUID, str] = field(default_factory=dict)  # of the other records that rows name
    notes: Sequence[Note] = ()
    tally: Tally = field(default_factory=Tally)
    explained: int = 0
    mark: str = ""  # 草稿 or 练习, shown on every sheet
    blank: int = 0  # open rows of an empty template
    specials: Sequence[SheetPlan] = ()  # the 专项 it carries; one without rows says 零报

    @property
    def filled(self) -> list[str]:
        """The registers that have rows."""
        return [key for key, rows in self.rows.items() if rows]

    @property
    def plans(self) -> tuple[SheetPlan, ...]:
        """The sheets of the registers and of the 专项, in their order."""
        return (*workbook.plans(self.filled), *self.specials)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: rows by sheet, the sealed manifest, and what did not fit a cell."""

    out: Path
    sheets: dict[str, int]
    manifest: Manifest
    findings: tuple[Finding, ...]


def write_return(content: Content, out: Path) -> Written:
    """Write the workbook in place of `out`, whole or not at all. MachineError says what is in the way."""
    data, written = render(content, out)
    write_atomically(out, data)
    return written


def render(content: Content, out: Path) -> tuple[bytes, Written]:
    """The workbook as bytes; nothing is written."""
    plans = content.plans
    manifest = content.manifest
    book = layout.new_book(str(content.cover.get("title") or "月度回报"), manifest.unit_name)
    cover_sheet = book.create_sheet(COVER)
    styles = Styles(book)
    lists = layout.dictionary(plans, content.lookup)
    streamed: dict[str, bytes] = {}
    entries: list[SheetEntry] = []
    digests: list[tuple[str, str, str]] = []
    findings: list[Finding] = []
    left = f"填报单位：{manifest.unit_name}　填报期：{manifest.period}"
    right = f"{content.cover.get('form_no') or ''}　带“＊”的列必填，灰色列自动计算"
    signature = _signature(content.cover)
    for plan in plans:
        key = plan.register.key
        rows = content.rows.get(key, ())
        sheet = book.create_sheet(plan.name)
        title = f"{content.mark and f'【{content.mark}】'}{plan.name}"
        looks = layout.register_sheet(
            sheet, plan, Heading(title, left, right, content.mark), lists.places[key], styles,
            rows=max(len(rows), content.blank), below=_BELOW,
        )  # fmt: skip
        stream = _Stream(plan, looks, content)
        body = stream.rows(rows)
        last = FIRST_ROW + max(len(rows), content.blank)
        body += stream.blanks(len(rows), content.blank)
        # Beyond the columns that every page across repeats, so that it is printed once.
        place = f"{get_column_letter(layout.leading(plan) + 1)}{last + 1}"
        body.append(f'<row r="{last + 1}" ht="24" customHeight="1">{_text(place, 0, signature)}</row>')
        streamed[plan.name] = "".join(body).encode()
        entries.append(
            SheetEntry(
                key,
                plan.name,
                len(rows),
                sheet_digest(stream.digests),
                tuple(each.key for each in plan.columns),
            )
        )
        digests += [(key, record_id, digest) for record_id, digest in stream.digests]
        findings += stream.findings
    sealed = replace(manifest, sheets=tuple(entries)).sealed()
    values = {**content.cover, "digest": sealed.digest[:16]}
    totals = [totals_of(plan, content.rows.get(plan.register.key, ())) for plan in plans]
    write_cover(
        cover_sheet, sealed, values, totals, content.tally, content.explained, content.lookup, content.mark
    )
    write_notes(book.create_sheet(NOTES), f"{left}　{_verdict(content)}", content.notes, content.mark)
    for name, cells, state in (
        (DICTIONARY, lists.rows, "hidden"),
        (MANIFEST, workbook.manifest_rows(sealed, digests), "veryHidden"),
    ):
        book.create_sheet(name).sheet_state = state
        streamed[name] = _plain_rows(cells)
    styles.close()
    parts = {f"xl/worksheets/sheet{place}.xml": name for place, name in enumerate(book.sheetnames, start=1)}
    shell = io.BytesIO()
    book.save(shell)
    sheets = {plan.name: entry.rows for plan, entry in zip(plans, entries, strict=True)}
    data = _pour(shell, {part: streamed[name] for part, name in parts.items() if name in streamed})
    return data, Written(out, sheets, sealed, tuple(findings))


def write_atomically(out: Path, data: bytes) -> None:
    """Put the bytes in place of `out`, whole or not at all. MachineError says what is in the way."""
    with replacing(out) as temporary:
        temporary.write_bytes(data)


class _Stream:
    """The rows of one sheet as XML, with their digests and what did not fit."""

    def __init__(self, plan: SheetPlan, looks: Sequence[Style], content: Content) -> None:
        self.plan = plan
        self.digests: list[tuple[str, str]] = []
        self.findings: list[Finding] = []
        self._content = content
        self._known: dict[str, tuple[str, str, str]] = {}  # text → as it fits, the cell's inside, its mark
        self._letters = [
            get_column_letter(place + 1) for place in range(plan.width + len(workbook.HIDDEN) + 40)
        ]
        self._columns = [
            (
                column,
                column.field.name,
                self._letters[place],
                looks[place],
                self._encoder(column),
                int(layout.width(column)) // 2,
            )
            for place, column in enumerate(plan.columns)
        ]
        names = {column.field.source for column in plan.columns if column.part}
        self._has_firm, self._has_visit = "enterprise" in names, "visit" in names
        self._keyed = [each.name for each in workbook.links_of(plan.register.key) if each.source != "visit"]

    def rows(self, rows: Sequence[Values]) -> list[str]:
        return [self._row(number, record) for number, record in enumerate(rows, start=FIRST_ROW)]

    def blanks(self, filled: int, wanted: int) -> list[str]:
        """Open rows with borders, for people who fill the sheet by hand."""
        rows = []
        for number in range(FIRST_ROW + filled, FIRST_ROW + wanted):
            cells = "".join(
                f'<c r="{letter}{number}" s="{look.cell}"/>' for _, _, letter, look, _, _ in self._columns
            )
            rows.append(f'<row r="{number}" ht="20">{cells}</row>')
        return rows

    def _encoder(self, column: Column) -> Callable[[Any], Entry]:
        if column.part == "no":
            return lambda value: Entry(self._content.titles.get(value, ""))
        if column.part:
            place = 0 if column.part == "name" else 1
            return lambda value: Entry(self._content.firms.get(value, ("", ""))[place])
        return encoder(column.field, self._content.lookup)

    def _row(self, number: int, record: Values) -> str:
        unread = record.get("unparsed") or {}
        absent = record.get("not_applicable") or ()
        extra: dict[str, Any] = {}
        if unread or absent:
            extra["?"] = {"unparsed": unread, "not_applicable": list(absent)}
        keys = {name: record[name].hex for name in self._keyed if record.get(name)}
        if keys:
            extra["@"] = keys
        cells: list[str] = []
        texts: list[str] = []
        marks: list[str] = []
        known = self._known
        lines = 1
        for column, name, letter, look, encode, room in self._columns:
            value = record.get(name)
            if value is None or value == []:
                entry = EMPTY
                if name in unread and column.part != "uscc":
                    entry = Entry(unread[name])
                elif name in absent:
                    entry = Entry(NOT_APPLICABLE)
            else:
                entry = encode(value)
                if not entry.exact:
                    extra[name] = to_json(value)
            text = entry.text
            if not text:
                cells.append(f'<c r="{letter}{number}" s="{look.cell}"/>')
                texts.append("")
                marks.append("....")
                continue
            if entry.number:
                cells.append(f'<c r="{letter}{number}" s="{look.cell}"><v>{entry.number}</v></c>')
                texts.append(text)
                marks.append(cell_mark(text))
                continue
            if len(text) > room:
                lines = max(lines, _lines(text, room))
            found = known.get(text)
            if found is None:
                fitted = self._fit(text, number, column)
                found = (fitted, _inside(fitted), cell_mark(fitted))
                if len(text) < 64:
                    known[text] = found
            texts.append(found[0])
            marks.append(found[2])
            cells.append(f'<c r="{letter}{number}" s="{look.text}" t="inlineStr">{found[1]}</c>')
        cells.append(self._identity(number, record, "".join(marks), extra))
        self.digests.append((record["id"].hex, row_digest(texts)))
        return f'<row r="{number}" ht="{_HEIGHT * min(lines, _MOST_LINES) + 4}">{"".join(cells)}</row>'

    def _identity(self, number: int, record: Values, marks: str, extra: dict[str, Any]) -> str:
        firm = record.get("enterprise_id") if self._has_firm else None
        visit = record.get("visit_id") if self._has_visit else None
        hidden = [
            record["id"].hex,
            str(record.get("rev") or 1),
            marks,
            firm.hex if firm else "",
            visit.hex if visit else "",
        ]
        if extra:
            # What the cells can not show exactly travels beside them, in as many cells as it takes.
            whole = json.dumps(extra, ensure_ascii=False, separators=(",", ":"))
            hidden += [whole[start : start + _PIECE] for start in range(0, len(whole), _PIECE)]
        base = self.plan.width
        return "".join(
            _text(f"{self._letters[base + place]}{number}", 0, text)
            for place, text in enumerate(hidden)
            if text
        )

    def _fit(self, text: str, number: int, column: Column) -> str:
        text = tidy_text(text)
        if len(text) <= CELL_LIMIT:
            return text
        told = f"…（原文 {len(text)} 字，单元格放不下，其余未导出）"
        message = f"“{column.label}”有 {len(text)} 字，超出 Excel 单元格上限 {CELL_LIMIT} 字，导出时截短。"
        self.findings.append(
            Finding(
                "GEN-007", Severity.WARNING, message, self.plan.register.key, field=column.field.name,
                sheet=self.plan.name, row=number, column=column.label,
            )
        )  # fmt: skip
        return text[: CELL_LIMIT - len(told)] + told


def _lines(text: str, room: int) -> int:
    """How many lines a wrapped text takes where `room` full-width characters fit."""
    wide = sum(
        (len(line.encode("gb18030", "replace")) + 2 * room - 1) // (2 * room) for line in text.split("\n")
    )
    return max(wide, 1)


_SPECIAL = re.compile(r"[&<>\r\n\t]|_x[0-9A-Fa-f]{4}_|^\s|\s$")
_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def _inside(text: str) -> str:
    """The content of a text cell. A text that reads like Excel's `_x0041_` notation is written as itself."""
    if not _SPECIAL.search(text):
        return f"<is><t>{text}</t></is>"
    text = _CODED.sub("_x005F_", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "_x000D_")
    return f'<is><t xml:space="preserve">{text}</t></is>'


def _text(reference: str, style: int, text: str) -> str:
    return f'<c r="{reference}" s="{style}" t="inlineStr">{_inside(tidy_text(text))}</c>'


def _plain_rows(rows: Iterable[Sequence[str]]) -> bytes:
    lines = list(rows)
    letters = [get_column_letter(place + 1) for place in range(max(map(len, lines), default=0))]
    parts = []
    for number, row in enumerate(lines, start=1):
        cells = "".join(_text(f"{letters[place]}{number}", 0, cell) for place, cell in enumerate(row) if cell)
        parts.append(f'<row r="{number}">{cells}</row>')
    return "".join(parts).encode()


_DIMENSION = re.compile(rb'<dimension ref="[^"]*" ?/>')
_EMPTY_DATA = re.compile(rb"<sheetData ?/>")


def _pour(shell: io.BytesIO, bodies: Mapping[str, bytes]) -> bytes:
    """Put the streamed rows into the sheets of the workbook that openpyxl laid out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(shell) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            body = bodies.get(name)
            if body is not None:
                part = _EMPTY_DATA.sub(b"<sheetData></sheetData>", part)
                head, tail = part.split(b"</sheetData>")
                # A wrong dimension makes some readers lose rows; none at all makes them look for themselves.
                part = _DIMENSION.sub(b"", head) + body + b"</sheetData>" + tail
            target.writestr(name, part)
    return out.getvalue()


def _signature(cover: Mapping[str, Any]) -> str:
    gap = "　" * 6
    day = cover.get("submitted_on")
    return (
        f"{workbook.SIGNATURE}：{gap}审核人：{cover.get('reviewer') or gap}　　填表人：{cover.get('filler') or gap}"
        f"　　联系电话：{cover.get('phone') or gap}　　填报日期：{day.isoformat() if day else gap}"
    )


def _verdict(content: Content) -> str:
    tally = content.tally
    return f"错误 {tally.errors} 项，警告 {tally.warnings} 项（已说明 {content.explained} 项），提示 {tally.infos} 项"
