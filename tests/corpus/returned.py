"""Returns as they come back: edited, torn, forged, from elsewhere. Each starts from one good return of a street."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import openpyxl

from tests.corpus import ole
from tests.corpus.case import ACCEPTED, PARTIAL, REJECTED, ROWS, Want, refused
from tests.corpus.legacy import page, text
from tests.corpus.ooxml import book
from tests.corpus.zips import archive, part, swollen
from tests.returns.offices import column_of


@dataclass(frozen=True, slots=True)
class Returned:
    """`work` makes the file from the good return; `first`: that one was received before. `edits`: the cells that must be named, and no others."""

    key: str
    work: Callable[[bytes], bytes]
    want: Want
    file: str = "回报.xlsx"
    first: bool = False
    edits: tuple[tuple[str, int, str], ...] | None = None


CASES: list[Returned] = []
NOTHING: tuple[tuple[str, int, str], ...] = ()


def add(key: str, want: Want, **more: Any) -> Callable[[Callable[[bytes], bytes]], Callable[[bytes], bytes]]:
    def put(work: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
        CASES.append(Returned(key, work, want, **more))
        return work

    return put


def by_excel(work: Callable[[Any], None]) -> Callable[[bytes], bytes]:
    """Opened, changed and saved in another program."""

    def run(data: bytes) -> bytes:
        found = openpyxl.load_workbook(io.BytesIO(data))
        work(found)
        out = io.BytesIO()
        found.save(out)
        return out.getvalue()

    return run


def in_parts(work: Callable[[str, bytes], bytes | None], *more: Any) -> Callable[[bytes], bytes]:
    """Changed inside of the archive; a part for which `work` gives None is left out."""

    def run(data: bytes) -> bytes:
        import zipfile

        with zipfile.ZipFile(io.BytesIO(data)) as source:
            found = [(name, work(name, source.read(name))) for name in source.namelist()]
        return archive([*(part(name, content) for name, content in found if content is not None), *more])

    return run


def setting(sheet: str, header: str, value: Any, row: int = 4) -> Callable[[Any], None]:
    def work(found: Any) -> None:
        found[sheet].cell(row, column_of(found[sheet], header)).value = value

    return work


def manifest(key: str, value: Any) -> Callable[[Any], None]:
    def work(found: Any) -> None:
        sheet = found["清单"]
        row = next(cell.row for cell in sheet["A"] if cell.value == key)
        sheet.cell(row, 2).value = value

    return work


NOT_OURS = ("RET-002", "not_a_return", "not_a_workbook", "unsupported_format", "empty_file")
FORGED = refused("RET-002", says=("回报.xlsx",))
WHOLE = Want(outcome=(ACCEPTED,), stored=5, bad=0)

# ---------------------------------------------------------------- not a return

add("empty", refused(*NOT_OURS))(lambda _: b"")
add("a ledger", refused(*NOT_OURS, says=("回报",)))(lambda _: book(ROWS))
add("a csv", refused(*NOT_OURS))(lambda _: text().encode("gbk"))
add("a page named xls", refused(*NOT_OURS), file="回报.xls")(lambda _: page(coding="gbk"))
add("an old workbook", refused(*NOT_OURS), file="回报.xls")(lambda _: ole.xls({"走访记录": ROWS}))
add("locked", refused("encrypted_file", "RET-002", says=("密码|加密",)))(
    lambda _: ole.compound({"EncryptionInfo": bytes(200), "EncryptedPackage": bytes(9000)})
)
add("torn off", refused("damaged_file", "RET-002"))(lambda data: data[: len(data) // 2])
add("one bit flipped", Want(outcome=(ACCEPTED, PARTIAL, REJECTED)))(
    lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 4]) + data[len(data) // 2 + 1 :]
)
add("named like an old one", WHOLE, file="回报.xls", edits=NOTHING)(lambda data: data)
add("plain", WHOLE, edits=NOTHING)(lambda data: data)
add("the same again", Want(outcome=(ACCEPTED,), stored=0), first=True)(lambda data: data)
add("the same saved again", Want(outcome=(ACCEPTED,), stored=0), first=True)(by_excel(lambda found: None))

# ---------------------------------------------------------------- hostile

add("bomb in the theme", refused("too_large", "RET-002", says=("过大|太大",)))(
    in_parts(
        lambda name, data: None if name == "xl/theme/theme1.xml" else data,
        swollen("xl/theme/theme1.xml", b"<a>", b" ", 1 << 30, b"</a>"),
    )
)
add("entities", refused("unsafe_file", "damaged_file", "RET-002"))(
    in_parts(
        lambda name, data: b'<!DOCTYPE x [<!ENTITY a "b">]>' + data if name == "xl/workbook.xml" else data
    )
)
FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
add("far cell", Want(outcome=(ACCEPTED, PARTIAL, REJECTED)))(
    in_parts(
        lambda name, data: data.replace(b"</sheetData>", FAR) if name == "xl/worksheets/sheet3.xml" else data
    )
)
add("macros", Want(outcome=(ACCEPTED, PARTIAL), stored=5), file="回报.xlsm")(
    in_parts(lambda name, data: data, part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + bytes(900)))
)
add("parts that climb out", Want(outcome=(ACCEPTED, REJECTED)))(
    in_parts(
        lambda name, data: data,
        part("../../qianqi-was-here.txt", b"x"),
        part("/tmp/qianqi-was-here.txt", b"x"),
    )
)
add("attachments that climb out", Want(outcome=(ACCEPTED, PARTIAL, REJECTED)), file="回报-附件.zip")(
    lambda _: archive({"../../qianqi-was-here.txt": b"x", "manifest.json": b"{}", "清单.json": b"[]"})
)
add("attachments that swell", Want(outcome=(ACCEPTED, PARTIAL, REJECTED)), file="回报-附件.zip")(
    lambda _: archive([part("清单.json", b"[]"), swollen("a.jpg", b"", b"\0", 1 << 30, b"")])
)
add("a return named zip", Want(outcome=(ACCEPTED, PARTIAL, REJECTED)), file="回报.zip")(lambda data: data)

# ---------------------------------------------------------------- forged

add("manifest deleted", FORGED)(by_excel(lambda found: found.remove(found["清单"])))
add("manifest of another month", FORGED)(by_excel(manifest("period", '"2024-06"')))
add("manifest of another unit", FORGED)(by_excel(manifest("unit", '"360103001"')))
add("manifest without digest", FORGED)(by_excel(manifest("digest", '""')))
add("manifest that is no JSON", refused("RET-002", "RET-004"))(by_excel(manifest("period", "{" * 5_000)))
add("manifest of numbers", refused("RET-002", "RET-004"))(by_excel(manifest("period", 45000)))
add("version of the future", refused("RET-004", says=("升级",)))(by_excel(manifest("version", "99")))
add("version minus one", refused("RET-002", "RET-004"))(by_excel(manifest("version", "-1")))
add("sheet gone", FORGED)(by_excel(lambda found: found.remove(found["走访记录"])))
add("header row gone", FORGED)(by_excel(lambda found: found["走访记录"].delete_rows(3)))


def renamed(found: Any) -> None:
    found["走访记录"].title = "走访记录 (2)"


add("sheet renamed", Want(outcome=(ACCEPTED,), stored=5, says=("改名为“走访记录 \\(2\\)”",)))(
    by_excel(renamed)
)

# ---------------------------------------------------------------- edited

add("a cell edited", Want(outcome=(ACCEPTED,), stored=5), edits=(("走访记录", 4, "经营状态评价"),))(
    by_excel(setting("走访记录", "经营状态评价", "平稳"))
)
add("a cell emptied", Want(outcome=(ACCEPTED, PARTIAL)), edits=(("走访记录", 4, "企业参加人及职务"),))(
    by_excel(setting("走访记录", "企业参加人及职务", None))
)
add("a day spelt another way", WHOLE, edits=NOTHING)(by_excel(setting("走访记录", "走访日期", "2024.5.8")))
add("a day that nobody can know", Want(outcome=(PARTIAL,), says=("05/08/2024",)))(
    by_excel(setting("走访记录", "走访日期", "05/08/2024"))
)
add("an amount that nobody can know", Want(outcome=(PARTIAL,), says=("约860",)))(
    by_excel(setting("走访记录", "本年累计营业收入（万元）", "约860"))
)
add("an error in a cell", Want(outcome=(PARTIAL,), says=("#REF!",)))(
    by_excel(setting("走访记录", "生产经营情况", "#REF!"))
)
add("a formula nobody calculated", Want(outcome=(PARTIAL,), says=("公式|计算",)))(
    by_excel(setting("走访记录", "本年累计营业收入（万元）", "=1+1"))
)
add("a row deleted", Want(outcome=(ACCEPTED, PARTIAL), says=("删|少|缺",)))(
    by_excel(lambda found: found["问题"].delete_rows(4))
)


def more_rows(found: Any) -> None:
    sheet = found["走访记录"]
    for header, value in {
        "企业名称": "南昌数澜软件有限公司", "走访日期": "2024-05-20", "走访方式": "实地", "走访人员（单位）": "王芳（经发办）",
        "生产经营情况": "平稳。",
    }.items():  # fmt: skip
        sheet.cell(5, column_of(sheet, header)).value = value


add("a row added by hand", Want(outcome=(ACCEPTED, PARTIAL), says=("5 行|第 5|新增|添加",)))(
    by_excel(more_rows)
)


def columns_moved(found: Any) -> None:
    found["走访记录"].insert_cols(3)


add("a column inserted", Want(outcome=(ACCEPTED, PARTIAL, REJECTED)))(by_excel(columns_moved))


def notes(found: Any) -> None:
    found["走访记录"]["A60"] = "区里：请补充照片"
    found.create_sheet("Sheet1")["A1"] = "草稿"


add("a note below and a sheet of notes", Want(outcome=(ACCEPTED, PARTIAL), says=("Sheet1|60|草稿|照片",)))(
    by_excel(notes)
)
