"""One plain table in the dialects of many programs: all of them are right, and all say the same."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from functools import partial

from tests.corpus import ole
from tests.corpus.case import CODES, HEAD, ROWS, A, B, C, Corpus, Told, Want, line, refused
from tests.corpus.legacy import ODS_HEAD, ODS_TAIL, ods, page, text
from tests.corpus.ooxml import MAIN, SHEET, XML, Raw, book, changed, parts, serial, sheet_xml
from tests.corpus.zips import archive, part

CASES = Corpus()
add = CASES.add
MAY8 = date(2024, 5, 8)
DAY = {"visit.visit_date": MAY8, "enterprise.uscc": CODES[A], "visit.operation_text": "订单饱满"}
BOTH = Want(stored=2, bad=0, firms={A: DAY, B: {"visit#": 1}})
EITHER = Want(
    outcome=("accepted", "rejected"),
    ids=("damaged_file", "unsupported_format", "not_a_workbook"),
    firms={A: DAY},
)


def plain() -> dict[str, bytes | str]:
    return parts({"走访": sheet_xml(ROWS)})


def sheet(work: Callable[[str], str]) -> bytes:
    return changed(plain(), part(SHEET, work(sheet_xml(ROWS))))


# ---------------------------------------------------------------- XML


def prefixed(xml: str) -> str:
    xml = xml.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
    return re.sub(r"<(/?)(?!\?)(\w)", r"<\1x:\2", xml)


add("tags with a prefix", BOTH)(partial(sheet, prefixed))
add("all parts with a prefix", BOTH)(
    lambda: archive(
        {
            name: prefixed(str(data)) if f'xmlns="{MAIN}"' in str(data) else data
            for name, data in plain().items()
        }
    )
)
add("single quotes", BOTH)(partial(sheet, lambda xml: re.sub(r'="([^"]*)"', r"='\1'", xml)))
add("blanks around equals signs", BOTH)(partial(sheet, lambda xml: xml.replace(' r="', ' r = "')))
add("attributes in another order", BOTH)(
    partial(sheet, lambda xml: re.sub(r'<c r="(\w+)" t="inlineStr"', r'<c t="inlineStr" s="0" r="\1"', xml))
)
add("line breaks between tags", BOTH)(
    partial(sheet, lambda xml: xml.replace("><", ">\r\n  <").replace("t xml:space", "t  xml:space"))
)
add("comments and instructions within", BOTH)(
    partial(
        sheet, lambda xml: xml.replace("<row", "<!-- <row r='9'><c r='A9'><v>1</v></c></row> --><?pi x?><row")
    )
)
add("numbered characters", BOTH)(
    partial(sheet, lambda xml: xml.replace("订单饱满", "".join(f"&#x{ord(char):X};" for char in "订单饱满")))
)
add("character data sections", BOTH)(
    partial(sheet, lambda xml: xml.replace("订单饱满", "<![CDATA[订单饱满]]>"))
)
add("no declaration and a mark", BOTH)(
    lambda: changed(plain(), part(SHEET, b"\xef\xbb\xbf" + sheet_xml(ROWS).replace(XML, "").encode()))
)
add("extensions nobody knows", BOTH)(
    partial(
        sheet,
        lambda xml: xml.replace(
            "</worksheet>",
            '<extLst><ext uri="{X}"><y:z xmlns:y="urn:y"><y:row r="99"/></y:z></ext></extLst></worksheet>',
        ),
    )
)
add("alternate content", BOTH)(
    partial(
        sheet,
        lambda xml: xml.replace("</worksheet>", '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="x14"/></mc:AlternateContent></worksheet>'),
    )
)  # fmt: skip
add("strings as results of formulas", BOTH)(
    partial(
        sheet,
        lambda xml: re.sub(
            r't="inlineStr"><is><t xml:space="preserve">([^<]*)</t></is>', r't="str"><v>\1</v>', xml
        ),
    )
)


@add("shared strings with and without runs", BOTH)
def _() -> bytes:
    texts: list[str] = []

    def number(found: re.Match[str]) -> str:
        texts.append(found[1])
        return f't="s"><v>{len(texts) - 1}</v>'

    xml = re.sub(r't="inlineStr"><is><t xml:space="preserve">([^<]*)</t></is>', number, sheet_xml(ROWS))
    items = "".join(
        f"<si><t>{each}</t></si>" if at % 2 else f"<si><r><t>{each[:2]}</t></r><r><t>{each[2:]}</t></r></si>"
        for at, each in enumerate(texts)
    )
    return changed(parts({"走访": ""}, shared=f'{XML}<sst xmlns="{MAIN}">{items}</sst>'), part(SHEET, xml))


# ---------------------------------------------------------------- archives


@add("streamed archive with descriptors", BOTH)
def _() -> bytes:
    class Stream(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += bytes(data)
            return len(data)

    out = Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:  # type: ignore[call-overload]
        for name, data in plain().items():
            target.writestr(name, data)
    return bytes(out.data)


@add("archive of 64 bits", BOTH)
def _() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in plain().items():
            with target.open(name, "w", force_zip64=True) as entry:
                entry.write(data.encode() if isinstance(data, str) else data)
    return out.getvalue()


@add("archive not compressed, with folders", BOTH)
def _() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for folder in ("_rels/", "xl/", "xl/worksheets/", "docProps/"):
            target.writestr(folder, b"")
        for name, data in plain().items():
            target.writestr(name, data)
    return out.getvalue()


@add("archive whose parts stand in another order", BOTH)
def _() -> bytes:
    return archive(dict(reversed(plain().items())))


@add("absolute targets", BOTH)
def _() -> bytes:
    found = plain()
    name = "xl/_rels/workbook.xml.rels"
    return changed(found, part(name, str(found[name]).replace('Target="', 'Target="/xl/')))


@add("sheet under another name", BOTH)
def _() -> bytes:
    return archive({
        name.replace("sheet1.xml", "数据 (1).xml") if name == SHEET else name:
        str(data).replace("sheet1.xml", "数据 (1).xml") for name, data in plain().items()
    })  # fmt: skip


@add("workbook at another place", EITHER)
def _() -> bytes:
    return archive(
        {name.replace("xl/", "book/"): str(data).replace("xl/", "book/") for name, data in plain().items()}
    )


# ---------------------------------------------------------------- older programs


@add(
    "raw BIFF without a container",
    refused("unsupported_format", "not_a_workbook", "damaged_file", "no_header"),
    file="台账.xls",
)
def _() -> bytes:
    return (
        b"\x09\x00\x04\x00\x02\x00\x10\x00"
        + b"\x04\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x04name"
        + b"\x0a\x00\x00\x00"
    )


@add("xls with days since 1904", Want(outcome=("accepted", "partial"), days=(MAY8,)), file="台账.xls")
def _() -> bytes:
    """Never a day four years off."""
    data = ole.xls({"走访": (HEAD, [A, CODES[A], date(2020, 5, 7), "张", "满", None], line(B, "2024-05-08"))})
    mark = b"\x42\x00\x02\x00\xb0\x04"
    assert mark in data
    return data.replace(mark, b"\x22\x00\x02\x00\x01\x00", 1)


ODS_DAY = '<table:table-cell office:value-type="date" office:date-value="2024-05-08"><text:p>08.05.24</text:p></table:table-cell>'


def ods_row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def ods_text(value: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


@add(
    "ods with typed cells",
    Want(stored=1, firms={A: {"visit.visit_date": MAY8, "visit.visitors": "张华、李敏"}}),
    file="台账.ods",
)
def _() -> bytes:
    head = ods_row(*map(ods_text, ("企业名称", "走访日期", "走访干部")))
    row = ods_row(
        ods_text(A),
        ODS_DAY,
        '<table:table-cell office:value-type="string"><text:p>张华<text:s/></text:p><text:p>李敏</text:p></table:table-cell>',
    )
    return ods(part("content.xml", ODS_HEAD + head + row + ODS_TAIL))


@add(
    "ods with an error and an empty formula",
    Want(outcome=("partial",), stored=2, told=(Told(2, "C"),)),
    file="台账.ods",
)
def _() -> bytes:
    head = ods_row(*map(ods_text, ("企业名称", "走访日期", "生产经营情况")))
    error = '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value=""><text:p>#DIV/0!</text:p></table:table-cell>'
    return ods(
        part(
            "content.xml",
            ODS_HEAD + head + ods_row(ods_text(A), ODS_DAY, error) + ods_row(ods_text(B), ODS_DAY) + ODS_TAIL,
        )
    )


@add("html with several tables", BOTH, file="台账.xls")
def _() -> bytes:
    return page().replace(b"<body>", "<body><table><tr><td>走访台账</td></tr></table>".encode())


@add(
    "html with breaks in cells",
    Want(stored=1, firms={A: {"visit.visitors": "张华、李敏", "visit.visit_date": MAY8}}),
    file="台账.xls",
)
def _() -> bytes:
    return f"<table><tr><th>企业<br>名称<th>走访<br/>日期<th>走访干部</tr><tr><td>{A}<td>2024-05-08<td>张华<br>李敏</tr></table>".encode()


@add(
    "html whose numbers are formatted",
    Want(stored=1, firms={A: {"enterprise.uscc": CODES[A], "visit.visit_date": MAY8}}),
    file="台账.xls",
)
def _() -> bytes:
    return f'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td>企业名称</td><td>统一社会信用代码</td><td>走访日期</td></tr><tr><td>{A}</td><td x:str="{CODES[A]}">{CODES[A]}</td><td x:num="{serial(MAY8)}">2024-05-08</td></tr></table></html>'.encode()


@add(
    "html nested in a table of its layout",
    Want(outcome=("accepted", "partial"), firms={A: {"visit#": 1}}),
    file="台账.xls",
)
def _() -> bytes:
    return b"<table><tr><td>" + page() + b"</td></tr></table>"


@add("csv with title and total", Want(stored=2, bad=0, firms={A: DAY}, absent=("合计",)), file="台账.csv")
def _() -> bytes:
    rows = [
        ["朝阳洲街道走访台账"],
        ["填报单位：朝阳洲街道办事处", None, "2024年5月"],
        *ROWS,
        ["合计", "2"],
        ["填表人：张敏"],
    ]
    return text(rows).encode("gb18030")


@add(
    "csv of one column by tabs inside quotes",
    Want(outcome=("accepted", "rejected"), ids=("no_header", "not_a_workbook")),
    file="台账.csv",
)
def _() -> bytes:
    return "".join('"' + "\t".join(str(cell or "") for cell in row) + '"\r\n' for row in ROWS).encode()


@add(
    "csv with guarding marks",
    Want(stored=1, firms={A: {"enterprise.uscc": CODES[A], "enterprise.phone": "13800138000"}}),
    file="台账.csv",
)
def _() -> bytes:
    """A tab or an apostrophe keeps Excel from making numbers of codes and phones."""
    return (
        f"企业名称,统一社会信用代码,走访日期,联系电话\r\n{A},\t{CODES[A]},2024-05-08,'13800138000\r\n".encode(
            "gbk"
        )
    )


add("codes with an apostrophe", Want(stored=1, firms={A: {"enterprise.uscc": CODES[A]}}))(
    partial(book, [HEAD, [A, f"'{CODES[A]}", "2024-05-08", "张", "满", None]])
)
add(
    "numbers spelt oddly",
    Want(stored=2, firms={A: {"visit.visit_date": MAY8}, B: {"visit.visit_date": MAY8}}),
)(
    partial(
        book,
        [
            HEAD,
            line(A, Raw(f'<c r="{{at}}" s="1" t="n"><v>{serial(MAY8)}.0</v></c>')),
            line(B, Raw(f'<c r="{{at}}" s="1"><v>{serial(MAY8) / 1e4!r}E4</v></c>')),
        ],
    )
)
add("blanks around numbers", EITHER)(
    partial(sheet, lambda xml: xml.replace("</row>", '<c r="H2"><v> 5 </v></c></row>', 1))
)
add("a time of day for a day", Want(outcome=("partial",), bad=1, aside=(A,), told=(Told(2, "C"),)))(
    lambda: changed(
        parts({"走访": sheet_xml([HEAD, line(A, Raw('<c r="{at}" s="1"><v>0.5</v></c>')), line(B)])}),
        part("xl/styles.xml", str(plain()["xl/styles.xml"]).replace('numFmtId="14"', 'numFmtId="20"')),
    )
)
add("rows of no height", Want(stored=2, says=("隐藏",)))(
    partial(sheet, lambda xml: xml.replace('<row r="3"', '<row r="3" ht="0" customHeight="1"'))
)
add("total above the rows", Want(stored=2, bad=0, firms={A: DAY}, absent=("合计",)))(
    partial(book, [HEAD, ["合计", None, None, None, "2家", None], *ROWS[1:]])
)
add("firms with remarks behind the name", Want(stored=2, firms={B: {"visit#": 1}}, kept=("已注销",)))(
    partial(book, [HEAD, line(f"{C}（已注销）"), line(B)])
)
