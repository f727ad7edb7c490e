"""Workbooks whose parts are poisoned, swollen, missing or oddly named."""

from __future__ import annotations

import io
import zipfile
from functools import partial

from tests.corpus.case import CODES, HEAD, ROWS, A, B, Corpus, Want, line, refused
from tests.corpus.ooxml import KIND, LINKS, MAIN, PACKAGE, SHEET, XML, book, changed, parts, sheet_xml
from tests.corpus.zips import archive, part, swollen

CASES = Corpus()
add = CASES.add
BOTH = Want(stored=2, firms={A: {"enterprise.uscc": CODES[A]}, B: {"visit#": 1}})
NOT_OURS = ("unsupported_format", "not_a_workbook")
BROKEN = ("damaged_file",)


def plain(**more: str) -> dict[str, bytes | str]:
    return parts({"走访": sheet_xml(ROWS)}, **more)


# ---------------------------------------------------------------- poisoned XML

DOCTYPE = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
XXE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def poisoned(where: str, doctype: str) -> bytes:
    found = plain(shared=f'{XML}<sst xmlns="{MAIN}" count="0"/>')
    return changed(found, part(where, str(found[where]).replace(XML, XML + doctype)))


for where in (SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml"):
    add(f"entities in {where}", refused("unsafe_file", *BROKEN))(partial(poisoned, where, DOCTYPE))
add("file read by an entity", refused("unsafe_file", *BROKEN))(partial(poisoned, SHEET, XXE))


@add("doctype far behind a comment", refused("unsafe_file", *BROKEN))
def _() -> bytes:
    xml = sheet_xml(ROWS).replace(XML, f"{XML}<!--{'x' * 300_000}-->{DOCTYPE}")
    return changed(plain(), part(SHEET, xml))


@add("sheet in UTF-16 with a doctype", refused("unsafe_file", *BROKEN))
def _() -> bytes:
    xml = sheet_xml(ROWS).replace(XML, '<?xml version="1.0" encoding="UTF-16"?>' + DOCTYPE)
    return changed(plain(), part(SHEET, xml.encode("utf-16")))


@add("sheet in UTF-16", Want(outcome=("accepted", "rejected"), ids=("unsafe_file", *BROKEN)))
def _() -> bytes:
    return changed(plain(), part(SHEET, sheet_xml(ROWS).replace("UTF-8", "UTF-16").encode("utf-16")))


@add("sheet cut in the middle of its xml", refused(*BROKEN))
def _() -> bytes:
    return changed(plain(), part(SHEET, sheet_xml(ROWS)[:-400]))


@add("sheet is not xml", refused(*BROKEN, "no_header", "unsafe_file", *NOT_OURS))
def _() -> bytes:
    return changed(plain(), part(SHEET, bytes(range(256)) * 10))


@add(
    "elements nested a million deep",
    Want(outcome=("accepted", "rejected"), ids=(*BROKEN, "unsafe_file", "too_large", "too_slow"), stored=2),
    dangerous=True,
)
def _() -> bytes:
    head, tail = sheet_xml(ROWS).split("</sheetData>")
    return changed(plain(), swollen(SHEET, head.encode(), b"<a>", 1_000_000, b"</sheetData>" + tail.encode()))


# ---------------------------------------------------------------- bombs

LARGE = ("too_large", "too_slow", "unsafe_file")
GIB = 1 << 30


@add("a gibibyte of spaces in the sheet", refused(*LARGE, says=("过大|太大",)), dangerous=True)
def _() -> bytes:
    head, tail = sheet_xml(ROWS).split("</sheetData>")
    return changed(plain(), swollen(SHEET, head.encode(), b" ", GIB, b"</sheetData>" + tail.encode()))


@add("a gibibyte that claims to be small", refused(*LARGE, *BROKEN))
def _() -> bytes:
    head, tail = sheet_xml(ROWS).split("</sheetData>")
    return changed(
        plain(), swollen(SHEET, head.encode(), b" ", GIB, b"</sheetData>" + tail.encode(), claims=900)
    )


def strings(unit: bytes, times: int) -> bytes:
    head = f'{XML}<sst xmlns="{MAIN}">'.encode()
    return changed(plain(shared=""), swollen("xl/sharedStrings.xml", head, unit, times, b"</sst>"))


add("a gibibyte of spaces in the strings", refused(*LARGE), dangerous=True)(partial(strings, b" ", GIB))
add("thirty million strings", refused(*LARGE), dangerous=True)(
    partial(strings, b"<si><t>a</t></si>", 30_000_000)
)
add("twelve million empty strings", Want(outcome=("accepted", "rejected"), ids=LARGE), dangerous=True)(
    partial(strings, b"<si/>", 12_000_000)
)


@add("a gibibyte in a picture", Want(outcome=("accepted", "rejected"), ids=LARGE, stored=2), dangerous=True)
def _() -> bytes:
    return changed(plain(), swollen("xl/media/image1.png", b"\x89PNG", b"\0", GIB, b""))


@add("a bomb among the styles", refused(*LARGE, *BROKEN))
def _() -> bytes:
    return changed(
        plain(),
        swollen("xl/styles.xml", f'{XML}<styleSheet xmlns="{MAIN}">'.encode(), b" ", GIB, b"</styleSheet>"),
    )


@add("sixty thousand parts", refused(*LARGE))
def _() -> bytes:
    return changed(plain(), *(part(f"xl/media/{number}.png", b"") for number in range(60_000)))


@add("seventy thousand styles", BOTH)
def _() -> bytes:
    found = plain()
    styles = str(found["xl/styles.xml"]).replace(
        "</cellXfs>", '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' * 70_000 + "</cellXfs>"
    )
    return changed(found, part("xl/styles.xml", styles))


@add("the same part a thousand times over", Want(outcome=("accepted", "rejected"), ids=(*BROKEN, *LARGE)))
def _() -> bytes:
    return archive(
        [*(part(name, data) for name, data in plain().items()), *[part(SHEET, sheet_xml(ROWS))] * 1000]
    )


# ---------------------------------------------------------------- parts with odd names, or missing


@add("names with backslashes", Want(outcome=("accepted", "rejected"), ids=BROKEN, stored=None))
def _() -> bytes:
    return archive({name.replace("/", "\\"): data for name, data in plain().items()})


@add("names in capitals", Want(outcome=("accepted", "rejected"), ids=(*BROKEN, *NOT_OURS)))
def _() -> bytes:
    return archive({name.replace("sheet1", "SHEET1"): data for name, data in plain().items()})


@add(
    "parts that climb out of the folder",
    Want(outcome=("accepted", "rejected"), ids=("unsafe_file", *BROKEN)),
    dangerous=True,
)
def _() -> bytes:
    names = (
        "../../../qianqi-was-here.txt",
        "/tmp/qianqi-was-here.txt",
        "C:\\qianqi-was-here.txt",
        "xl/../../x.xml",
    )
    return changed(plain(), *(part(name, b"out") for name in names))


@add("target outside the archive", refused(*BROKEN, "no_header", "unsafe_file", *NOT_OURS))
def _() -> bytes:
    found = plain()
    name = "xl/_rels/workbook.xml.rels"
    return changed(
        found, part(name, str(found[name]).replace("worksheets/sheet1.xml", "../../../../etc/passwd"))
    )


@add(
    "part twice with different tables",
    Want(outcome=("accepted", "partial", "rejected"), ids=(*BROKEN, "unsafe_file")),
)
def _() -> bytes:
    other = sheet_xml((HEAD, line("江西另一张表有限公司")))
    return archive([*(part(name, data) for name, data in plain().items()), part(SHEET, other)])


@add(
    "no strings though cells ask for them", Want(outcome=("partial", "rejected"), ids=(*BROKEN, "no_header"))
)
def _() -> bytes:
    cells = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    return changed(plain(), part(SHEET, sheet_xml(cells)))


@add("strings asked for that are not there", Want(outcome=("partial", "rejected"), ids=BROKEN))
def _() -> bytes:
    """The index is out of range: the cell held something that is lost. Never a row that silently lacks it."""
    rows = sheet_xml([HEAD, line(A), line(B)]).replace(
        "</sheetData>",
        '<row r="4"><c r="A4" t="s"><v>99</v></c><c r="C4" t="s"><v>7</v></c></row></sheetData>',
    )
    return changed(
        plain(shared=f'{XML}<sst xmlns="{MAIN}" count="1"><si><t>甲</t></si></sst>'), part(SHEET, rows)
    )


@add("no styles", BOTH)
def _() -> bytes:
    return changed(plain(), drop=("xl/styles.xml",))


@add("an empty fill", BOTH)
def _() -> bytes:
    found = plain()
    styles = str(found["xl/styles.xml"]).replace(
        '<fill><patternFill patternType="gray125"/></fill>', "<fill/>"
    )
    return changed(found, part("xl/styles.xml", styles))


@add("sheet part missing", refused(*BROKEN, "no_header"))
def _() -> bytes:
    return changed(plain(), drop=(SHEET,))


@add("no relations of the workbook", refused(*BROKEN, "no_header", *NOT_OURS))
def _() -> bytes:
    return changed(plain(), drop=("xl/_rels/workbook.xml.rels",))


@add(
    "relations that lead to themselves",
    Want(outcome=("accepted", "rejected"), ids=(*BROKEN, "no_header", *NOT_OURS)),
)
def _() -> bytes:
    found = plain()
    loop = f'{XML}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{LINKS}/worksheet" Target="sheet1.xml"/></Relationships>'
    return changed(found, part("xl/worksheets/_rels/sheet1.xml.rels", loop))


@add("no content types", Want(outcome=("accepted", "rejected"), ids=(*BROKEN, *NOT_OURS)))
def _() -> bytes:
    return changed(plain(), drop=("[Content_Types].xml",))


@add("no sheets", refused(*BROKEN, "no_header", *NOT_OURS))
def _() -> bytes:
    return archive(parts({}))


@add("only a chart sheet", refused(*BROKEN, "no_header", *NOT_OURS))
def _() -> bytes:
    found = plain()
    chart = f'{XML}<chartsheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"/></sheetViews></chartsheet>'
    kinds = str(found["[Content_Types].xml"]).replace(
        "/xl/worksheets/sheet1.xml", "/xl/chartsheets/sheet1.xml"
    )
    kinds = kinds.replace(f"{KIND}worksheet+xml", f"{KIND}chartsheet+xml")
    links = str(found["xl/_rels/workbook.xml.rels"]).replace("worksheets/", "chartsheets/")
    links = links.replace(f"{LINKS}/worksheet", f"{LINKS}/chartsheet")
    return changed(
        found, part("[Content_Types].xml", kinds), part("xl/_rels/workbook.xml.rels", links),
        part("xl/chartsheets/sheet1.xml", chart), drop=(SHEET,),
    )  # fmt: skip


@add("comments of Excel and zip", BOTH)
def _() -> bytes:
    out = io.BytesIO(book(ROWS))
    with zipfile.ZipFile(out, "a") as found:
        found.comment = "由WPS导出".encode()
    return out.getvalue()


# ---------------------------------------------------------------- names of sheets


def named(name: str, properties: str = "") -> bytes:
    return archive(parts({name: sheet_xml(ROWS)}, properties=properties))


for key, sheet in (
    ("sheet name of 200 characters", "表" * 200),
    ("sheet name with marks", "五月[1]:*?/\\'“走访”"),
    ("sheet name that overrides direction", "五月\u202e台账\u200b"),
    ("sheet name like a formula", "=cmd|'/c calc'!A1"),
    ("sheet name like a path", "../../etc/passwd"),
):
    add(key, Want(stored=2))(partial(named, sheet))


@add("two sheets of one name", Want(outcome=("accepted", "rejected"), ids=BROKEN, says=()))
def _() -> bytes:
    found = parts({"走访": sheet_xml(ROWS), "走访2": sheet_xml([["说明"], ["无"]])})
    name = "xl/workbook.xml"
    return changed(found, part(name, str(found[name]).replace("走访2", "走访")))
