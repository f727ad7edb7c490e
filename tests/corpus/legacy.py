"""Tables as older and other programs leave them: csv in every coding, web pages named .xls, xls, ods, XML of 2003."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tests.corpus import ole
from tests.corpus.case import CODES, HEAD, ROWS, A, B, C, Corpus, Told, Want, line, refused
from tests.corpus.ooxml import XML, book
from tests.corpus.zips import Part, archive, part, swollen

CASES = Corpus()
add = CASES.add
DAY = {"visit.visit_date": date(2024, 5, 8)}
BOTH = Want(stored=2, firms={A: {"enterprise.uscc": CODES[A], **DAY}, B: {"visit#": 1}})
LARGE = ("too_large", "too_slow", "unsafe_file")
NOT_OURS = ("unsupported_format", "not_a_workbook", "no_header")

# ---------------------------------------------------------------- text


def text(rows: Sequence[Sequence[Any]] = ROWS, mark: str = ",", end: str = "\r\n") -> str:
    return "".join(mark.join("" if cell is None else str(cell) for cell in row) + end for row in rows)


for coding, spelt in {
    "utf-8": text().encode(),
    "utf-8 with a mark": text().encode("utf-8-sig"),
    "utf-16 little": b"\xff\xfe" + text(mark="\t").encode("utf-16-le"),
    "utf-16 big": b"\xfe\xff" + text(mark="\t").encode("utf-16-be"),
    "gb18030": text().encode("gb18030"),
    "gbk with semicolons": text(mark=";").encode("gbk"),
    "tabs": text(mark="\t").encode("gbk"),
    "old Mac line ends": text(end="\r").encode(),
    "unix line ends": text(end="\n").encode(),
    "no end of the last line": text().rstrip().encode(),
    "sep line of Excel": ("sep=;\r\n" + text(mark=";")).encode("utf-8-sig"),
}.items():
    add(f"csv {coding}", BOTH, file="台账.csv")(partial(bytes, spelt))
add("tsv named xls", BOTH, file="台账.xls")(partial(bytes, text(mark="\t").encode("gb18030")))
add("utf-16 tsv named xlsx", BOTH)(partial(bytes, b"\xff\xfe" + text(mark="\t").encode("utf-16-le")))
add("utf-16 without a mark", Want(outcome=("accepted", "rejected"), ids=NOT_OURS), file="台账.csv")(
    partial(bytes, text(mark="\t").encode("utf-16-le"))
)


@add(
    "csv quoted over lines",
    Want(
        stored=2, firms={A: {"visit.operation_text": '订单饱满，\n“二期”"投产",用工 30 人'}, B: {"visit#": 1}}
    ),
    file="台账.csv",
)
def _() -> bytes:
    long = '"订单饱满，\r\n“二期”""投产"",用工 30 人"'
    return text([HEAD, [A, CODES[A], "2024-05-08", "张华", long, None], line(B)]).encode("gb18030")


@add("csv ragged", Want(stored=2, firms={A: DAY, B: {"visit#": 1}}, kept=("多出来的",)), file="台账.csv")
def _() -> bytes:
    return f"{','.join(HEAD)}\r\n{A},{CODES[A]},2024-05-08\r\n\r\n{B},{CODES[B]},2024-05-09,张华,饱满,,,多出来的\r\n".encode()


@add(
    "csv with NULs", Want(outcome=("accepted", "rejected"), ids=("damaged_file", *NOT_OURS)), file="台账.csv"
)
def _() -> bytes:
    return text().encode().replace("张华".encode(), "张\0华".encode())


@add(
    "csv with half a character",
    Want(
        outcome=("accepted", "partial", "rejected"),
        ids=("damaged_file", *NOT_OURS),
        says=("编码|乱码|字符|认不出|文字",),
    ),
    file="台账.csv",
)
def _() -> bytes:
    """A byte of a character is gone: what is read must not be passed off as whole."""
    return (
        text().encode("gb18030").replace("李敏".encode("gb18030"), "李敏".encode("gb18030")[:-1], 1)
        + b"\xff\xff\xff\r\n"
    )


@add(
    "csv quote never closed",
    Want(outcome=("accepted", "partial", "rejected"), ids=("damaged_file", *NOT_OURS), kept=(B,)),
    file="台账.csv",
)
def _() -> bytes:
    """The rest of the file is one cell then: its rows may not vanish in it without a word."""
    return text([HEAD, [A, CODES[A], "2024-05-08", "张华", '"订单饱满', None], line(B)]).encode()


add("csv one line of 40 million characters", refused(*LARGE, *NOT_OURS), file="台账.csv")(
    lambda: b"a" * 40_000_000
)
add("csv a million commas a line", refused(*LARGE, *NOT_OURS), file="台账.csv")(
    lambda: (text() + "," * 1_000_000 + "\r\n").encode() * 8
)
add("csv of six million rows", refused(*LARGE), file="台账.csv", dangerous=True)(
    lambda: text().encode() + b"a,b,c,d\r\n" * 6_000_000
)


@add(
    "csv with codes Excel has destroyed",
    Want(outcome=("partial",), told=(Told(2, "B", "科学计数|位数|丢失|18 位"),), kept=("9.1360103E+17",)),
    file="台账.csv",
)
def _() -> bytes:
    return text([HEAD, [A, "9.1360103E+17", "2024-05-08", "张华", "饱满", None], line(B)]).encode("gbk")


@add("csv with formulas", Want(stored=2, kept=("=cmd|'/c calc'!A1", "@SUM(1+1)")), file="台账.csv")
def _() -> bytes:
    return text(
        [HEAD, line(A, "2024-05-08", "=cmd|'/c calc'!A1"), line(B, "2024-05-09", "@SUM(1+1)")]
    ).encode()


@add(
    "csv with formulas that guard numbers",
    Want(stored=1, firms={A: {"enterprise.uscc": CODES[A], "enterprise.phone": "07918651023"}}),
    file="台账.csv",
)
def _() -> bytes:
    """How programs keep Excel from turning a code into a number."""
    return f'企业名称,统一社会信用代码,走访日期,联系电话\r\n{A},"=""{CODES[A]}""",2024-05-08,="07918651023"\r\n'.encode(
        "gbk"
    )


# ---------------------------------------------------------------- web pages


def page(
    rows: Sequence[Sequence[Any]] = ROWS, coding: str = "utf-8", head: str = "", cells: str = ""
) -> bytes:
    lines = "".join(
        f"<tr>{''.join(f'<td{cells}>{escape(str(cell) if cell else str())}</td>' for cell in row)}</tr>\n"
        for row in rows
    )
    return f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={coding}">{head}</head><body><table border=1>{lines}</table></body></html>'.encode(
        coding
    )


add("html in utf-8", BOTH, file="台账.xls")(partial(page))
add("html in gbk", BOTH, file="台账.xls")(partial(page, coding="gb2312"))
add("html named xlsx", BOTH)(partial(page))
add("html of Office with styles", BOTH, file="台账.xls")(
    partial(
        page, head="<style>td{mso-number-format:'\\@';}</style><!--[if gte mso 9]><xml></xml><![endif]-->"
    )
)


@add("html that tells no coding", BOTH, file="台账.xls")
def _() -> bytes:
    return page(coding="gbk").replace(b"charset=gbk", b"")


@add(
    "html with unclosed tags and entities",
    Want(stored=2, firms={A: {"visit.visitors": "张&李"}}),
    file="台账.xls",
)
def _() -> bytes:
    rows = "".join(
        "<tr>" + "".join(f"<td>{cell}" for cell in row)
        for row in (
            HEAD[:4],
            [A, CODES[A], "2024-05-08", "张&amp;李"],
            [f"&nbsp;{B}&#12288;", CODES[B], "2024-05-09", "王"],
        )
    )
    return f"<TABLE>{rows}</TABLE>".encode()


@add(
    "html with merged cells",
    Want(
        stored=3,
        firms={A: DAY, B: {"visit.visitors": "张华、李敏"}, C: {"visit.visit_date": date(2024, 5, 10)}},
    ),
    file="台账.xls",
)
def _() -> bytes:
    return f"""<table><tr><td colspan=4>走访台账</td></tr>
<tr><th rowspan=2>企业名称</th><th colspan=3>走访情况</th></tr><tr><th>走访日期</th><th>走访干部</th><th>备注</th></tr>
<tr><td>{A}</td><td>2024-05-08</td><td rowspan="2">张华、李敏</td><td></td></tr>
<tr><td>{B}</td><td>2024-05-09</td><td></td></tr>
<tr><td>{C}</td><td>2024-05-10</td><td>王强</td><td></td></tr></table>""".encode()


@add("html with a script and a frame", Want(stored=2, unsaid=("alert",), absent=("alert",)), file="台账.xls")
def _() -> bytes:
    extra = '<script>alert("<table><tr><td>假</td></tr></table>")</script><iframe src="http://198.51.100.7/"></iframe><img src="file:///etc/passwd">'
    return page(head=extra)


@add(
    "html that spans without end",
    Want(outcome=("accepted", "partial", "rejected"), ids=LARGE),
    file="台账.xls",
)
def _() -> bytes:
    return page().replace(b"<td>", b'<td colspan="99999999" rowspan="99999999">', 1)


@add("html without a table", refused(*NOT_OURS, says=("表格|网页|表头",)), file="台账.xls")
def _() -> bytes:
    return "<!DOCTYPE html><html><body><p>登录已超时，请重新登录</p></body></html>".encode()


@add(
    "html nested a hundred thousand deep",
    Want(outcome=("accepted", "rejected"), ids=(*LARGE, *NOT_OURS, "damaged_file")),
    file="台账.xls",
    dangerous=True,
)
def _() -> bytes:
    return b"<table><tr><td>" * 100_000 + page()


@add(
    "mail of a page",
    Want(outcome=("accepted", "rejected"), ids=("unsupported_format", "not_a_workbook")),
    file="台账.xls",
)
def _() -> bytes:
    """Single-file web page, as Excel saves it: parts of a mail."""
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Location: file:///C:/1.htm\r\nContent-Transfer-Encoding: 8bit\r\nContent-Type: text/html; charset="utf-8"\r\n\r\n'
    return head + page() + b"\r\n--b--\r\n"


@add(
    "xml of 2003",
    Want(outcome=("accepted", "rejected"), ids=("unsupported_format", "not_a_workbook"), says=()),
    file="台账.xls",
)
def _() -> bytes:
    rows = "".join(
        "<Row>"
        + "".join(f'<Cell><Data ss:Type="String">{escape(str(cell or ""))}</Data></Cell>' for cell in row)
        + "</Row>"
        for row in ROWS
    )
    return f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="走访"><Table>{rows}</Table></Worksheet></Workbook>'.encode()


@add(
    "xml of 2003 with entities",
    refused("unsafe_file", "unsupported_format", "not_a_workbook", "damaged_file"),
    file="台账.xls",
)
def _() -> bytes:
    return b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol">]><?mso-application progid="Excel.Sheet"?><Workbook>&a;</Workbook>'


# ---------------------------------------------------------------- xls

TYPED = (HEAD, [A, CODES[A], date(2024, 5, 8), "张华、李敏", "订单饱满", None], line(B, "2024.5.9"))
add("xls", BOTH, file="台账.xls")(lambda: ole.xls({"走访": TYPED}))
add("xls named xlsx", BOTH)(lambda: ole.xls({"走访": TYPED}))
add("xls named et", BOTH, file="台账.et")(lambda: ole.xls({"走访": TYPED}))
add("xls named txt", BOTH, file="台账.txt")(lambda: ole.xls({"走访": TYPED}))
add("xls with an empty sheet before", BOTH, file="台账.xls")(lambda: ole.xls({"Sheet1": (), "走访": TYPED}))


@add(
    "xls with a number for a code",
    Want(outcome=("partial",), told=(Told(2, "B", "数字|丢失"),), firms={A: {"enterprise.uscc": None}}),
    file="台账.xls",
)
def _() -> bytes:
    return ole.xls(
        {"走访": (HEAD, [A, 913601030000001536.0, date(2024, 5, 8), "张华", "饱满", None], line(B))}
    )


@add(
    "xls with error cells",
    Want(outcome=("partial",), told=(Told(2, "E", "#N/A|错误"),), firms={B: {"visit#": 1}}),
    file="台账.xls",
)
def _() -> bytes:
    """BOOLERR: #N/A in E2."""
    extra = b"\x05\x02\x08\x00\x01\x00\x04\x00\x00\x00\x2a\x01"
    return ole.xls(
        {"走访": (HEAD, [A, CODES[A], date(2024, 5, 8), "张华", None, None], line(B))}, extra=extra
    )


@add(
    "xls with a cell at the far end",
    Want(outcome=("accepted", "rejected"), ids=LARGE),
    file="台账.xls",
)
def _() -> bytes:
    far = b"\x03\x02\x0e\x00\xff\xff\xff\x00\x00\x00" + bytes(8)
    return ole.xls({"走访": TYPED}, extra=far)


# ---------------------------------------------------------------- what LibreOffice saves


@cache
def saved() -> dict[str, bytes]:
    """One workbook in the formats of LibreOffice, by one run of it."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice is missing: make test installs it"
    rows = (HEAD, [A, CODES[A], date(2024, 5, 8), "张华、李敏", "订单饱满", None], line(B, "2024.5.9"))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "台账.xlsx"
        source.write_bytes(book(rows))
        found = {}
        for kind in ("xls", "ods"):
            subprocess.run(
                [program, "--headless", f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}", "--convert-to",
                 kind, "--outdir", folder, str(source)],
                check=True, capture_output=True, timeout=180,
            )  # fmt: skip
            found[kind] = source.with_suffix(f".{kind}").read_bytes()
        return found


add("xls by LibreOffice", BOTH, file="台账.xls")(lambda: saved()["xls"])
add("ods by LibreOffice", BOTH, file="台账.ods")(lambda: saved()["ods"])
add("ods named xlsx", BOTH)(lambda: saved()["ods"])

# ---------------------------------------------------------------- ods

_ODS = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
ODS_HEAD = f'{XML}<office:document-content {_ODS} office:version="1.2"><office:body><office:spreadsheet><table:table table:name="走访">'
ODS_TAIL = "</table:table></office:spreadsheet></office:body></office:document-content>"


def ods_rows(rows: Sequence[Sequence[Any]] = ROWS) -> str:
    def cell(value: Any) -> str:
        if value is None:
            return "<table:table-cell/>"
        return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'

    return "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)


def ods(content: Part, *more: Part) -> bytes:
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'{XML}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind.decode()}"/></manifest:manifest>'
    first = part("mimetype", kind)
    stored = Part(first.name, kind, first.crc, first.size, method=0)
    return archive([stored, content, *(more or (part("META-INF/manifest.xml", manifest),))])


add("ods", BOTH, file="台账.ods")(lambda: ods(part("content.xml", ODS_HEAD + ods_rows() + ODS_TAIL)))


@add("ods with a password", refused("encrypted_file", says=("密码|加密",)), file="台账.ods")
def _() -> bytes:
    manifest = f'{XML}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"><manifest:encryption-data manifest:checksum-type="SHA1"/></manifest:file-entry></manifest:manifest>'
    return ods(part("content.xml", bytes(range(256)) * 9), part("META-INF/manifest.xml", manifest))


@add("ods with empty rows to the end", BOTH, file="台账.ods")
def _() -> bytes:
    """As LibreOffice writes a sheet whose columns were formatted whole."""
    empty = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    return ods(part("content.xml", ODS_HEAD + ods_rows() + empty + ODS_TAIL))


@add("ods that repeats a full cell to the end", refused(*LARGE), file="台账.ods", dangerous=True)
def _() -> bytes:
    full = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>甲</text:p></table:table-cell></table:table-row>'
    return ods(part("content.xml", ODS_HEAD + ods_rows() + full + ODS_TAIL))


@add("ods with entities", refused("unsafe_file", "damaged_file"), file="台账.ods")
def _() -> bytes:
    return ods(
        part(
            "content.xml",
            ODS_HEAD.replace(XML, XML + '<!DOCTYPE x [<!ENTITY a "lol">]>') + ods_rows() + ODS_TAIL,
        )
    )


@add("ods with a gibibyte of spaces", refused(*LARGE), file="台账.ods")
def _() -> bytes:
    return ods(swollen("content.xml", ODS_HEAD.encode(), b" ", 1 << 30, (ods_rows() + ODS_TAIL).encode()))


@add(
    "writer document as ods",
    refused("unsupported_format", "not_a_workbook", "no_header", says=("文字|文档|odt|Writer|工作簿",)),
    file="台账.ods",
)
def _() -> bytes:
    kind = b"application/vnd.oasis.opendocument.text"
    first = part("mimetype", kind)
    return archive(
        [Part(first.name, kind, first.crc, first.size, method=0), part("content.xml", f"{XML}<a/>")]
    )


# ---------------------------------------------------------------- names that do not fit

for ending in ("xls", "csv", "et", "txt", "xlsm", "XLSX", "tmp", ""):
    add(f"xlsx named {ending or 'without ending'}", BOTH, file=f"台账.{ending}".rstrip("."))(
        partial(book, ROWS)
    )
add("name with blanks and marks", BOTH, file=" 台账（终稿）… #1 & '最终'%20.xlsx")(partial(book, ROWS))
