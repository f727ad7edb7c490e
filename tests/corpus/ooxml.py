"""Workbooks as raw parts: an ordinary one to begin with, and whatever part should be another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from tests.corpus.zips import Part, archive, part

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."
SHEET = "xl/worksheets/sheet1.xml"

STYLES = f"""{XML}<styleSheet xmlns="{MAIN}"><numFmts count="0"/><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>"""


@dataclass(frozen=True, slots=True)
class Raw:
    """A cell written as it is: `{at}` stands for its reference."""

    xml: str


def letter(column: int) -> str:
    """0 → A."""
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def serial(day: date) -> int:
    return (day - date(1899, 12, 30)).days


def cell(at: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Raw):
        return value.xml.replace("{at}", at)
    if isinstance(value, bool):
        return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (date, datetime)):
        day = value.date() if isinstance(value, datetime) else value
        return f'<c r="{at}" s="1"><v>{serial(day)}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{at}"><v>{value!r}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def row_xml(number: int, values: Sequence[Any], first: int = 0) -> str:
    """Row `number` as Excel counts, from column `first` on (0 is A)."""
    cells = "".join(cell(f"{letter(first + at)}{number}", value) for at, value in enumerate(values))
    return f'<row r="{number}">{cells}</row>'


def sheet_xml(
    rows: Sequence[Sequence[Any]] | str, *, start: int = 1, before: str = "", after: str = ""
) -> str:
    """A worksheet part: `before` stands in front of its data (dimension, columns), `after` behind (merges …)."""
    data = rows if isinstance(rows, str) else "".join(row_xml(start + at, row) for at, row in enumerate(rows))
    return f'{XML}<worksheet xmlns="{MAIN}" xmlns:r="{LINKS}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'


def parts(
    sheets: Mapping[str, str],
    *,
    states: Mapping[str, str] | None = None,
    properties: str = "",
    shared: str | None = None,
) -> dict[str, bytes | str]:
    """The parts of a workbook by name; `sheets` are worksheet parts by sheet name."""
    entries, links, kinds = "", "", ""
    found: dict[str, bytes | str] = {}
    for number, (name, xml) in enumerate(sheets.items(), 1):
        state = (states or {}).get(name, "")
        shown = f' state="{state}"' if state else ""
        entries += f'<sheet name={quoteattr(name)} sheetId="{number}"{shown} r:id="rId{number}"/>'
        links += (
            f'<Relationship Id="rId{number}" Type="{LINKS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        )
        kinds += f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{KIND}worksheet+xml"/>'
        found[f"xl/worksheets/sheet{number}.xml"] = xml
    links += f'<Relationship Id="rIdS" Type="{LINKS}/styles" Target="styles.xml"/>'
    if shared is not None:
        links += f'<Relationship Id="rIdT" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
        kinds += f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}sharedStrings+xml"/>'
    before: dict[str, bytes | str] = {
        "[Content_Types].xml": (
            f'{XML}<Types xmlns="{TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{KIND}sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{KIND}styles+xml"/>{kinds}</Types>'
        ),
        "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">{properties}<sheets>{entries}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
        "xl/styles.xml": STYLES,
    }
    if shared is not None:
        before["xl/sharedStrings.xml"] = shared
    return {**before, **found}


def book(rows: Sequence[Sequence[Any]] | str, *, before: str = "", after: str = "", start: int = 1) -> bytes:
    """A workbook of one sheet with these rows."""
    return archive(parts({"走访": sheet_xml(rows, before=before, after=after, start=start)}))


def changed(found: dict[str, bytes | str], *more: Part, drop: Sequence[str] = ()) -> bytes:
    """The archive of `found` without `drop`, each of `more` in place of the part of its name, or added."""
    new = {entry.name.decode("utf-8", "replace"): entry for entry in more}
    entries = [
        new.pop(name) if name in new else part(name, data) for name, data in found.items() if name not in drop
    ]
    return archive([*entries, *new.values()])
