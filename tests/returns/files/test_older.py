"""Older workbooks (BIFF), OpenDocument tables, web pages and the XML of 2003."""

from __future__ import annotations

import struct
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from db.errors import KnownError, Refused
from returns.files import Book, Sheet, open_bytes
from returns.files.draft import NOT_CALCULATED, PICTURE
from returns.files.parse import parse
from tests.returns.files import making


def rows(book: Book, sheet: int = 0) -> list[tuple[int, list[Any]]]:
    return list(book.sheets[sheet].rows())


def refusal(data: bytes, name: str) -> KnownError:
    with pytest.raises(KnownError) as caught:
        open_bytes(data, name)
    assert caught.value.hint
    return caught.value


# BIFF


def test_cells_of_an_old_workbook() -> None:
    def dress(book: Any, sheet: Any) -> None:
        day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
        moment = xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm")
        sheet.write(1, 2, date(2024, 5, 7), day)
        sheet.write(1, 3, datetime(2024, 5, 7, 9, 30), moment)
        sheet.write(1, 4, time(8, 30), xlwt.easyxf(num_format_str="hh:mm"))
        sheet.write(1, 5, 1.25, xlwt.easyxf(num_format_str="[h]:mm"))
        sheet.write(1, 6, True)
        sheet.row(4).hidden = True
        sheet.write(4, 0, "藏")
        sheet.col(1).hidden = True
        sheet.write_merge(6, 7, 0, 2, "合并")
        book.add_sheet("另一").write(2, 1, "乙")
        book.get_sheet(1).visibility = 1

    book = open_bytes(making.xls([["企业名称", "代码"], ["甲", "0012"]], dress), "台账.xls")
    assert (book.kind, book.notes) == ("xls", ())
    first, second = book.sheets
    assert rows(book) == [
        (0, ["企业名称", "代码"]),
        (
            1,
            [
                *("甲", "0012", date(2024, 5, 7), datetime(2024, 5, 7, 9, 30), time(8, 30)),
                *(timedelta(hours=30), True),
            ],
        ),
        (4, ["藏"]),
        (6, ["合并"]),
    ]
    assert first.hidden_rows == [(4, 4)] and first.hidden_columns == [(1, 1)]
    assert first.spans == [(6, 0, 7, 2)] and not first.hidden
    assert second.hidden and rows(book, 1) == [(2, [None, "乙"])]


def test_formulas_that_nobody_calculated_and_error_cells() -> None:
    def dress(book: Any, sheet: Any) -> None:
        sheet.write(1, 0, "甲")
        sheet.write(1, 1, xlwt.Formula("A2*2"))
        sheet.row(2).set_cell_error(0, "#DIV/0!")
        other = book.add_sheet("另一")
        other.write(0, 3, xlwt.Formula("1+1"))

    book = open_bytes(making.xls([["名称", "数"]], dress), "台账.xls")
    assert book.sheets[0].troubles == {(1, 1): NOT_CALCULATED, (2, 0): "单元格是错误值 #DIV/0!"}
    assert rows(book) == [(0, ["名称", "数"]), (1, ["甲", None]), (2, [None])]
    assert book.sheets[1].troubles == {(0, 3): NOT_CALCULATED}


def test_a_bare_stream_of_excel_4() -> None:
    sheet = making.record(0x0409, struct.pack("<HHH", 0, 0x0010, 0))
    sheet += making.record(0x0200, struct.pack("<HHHHH", 0, 2, 0, 2, 0))
    sheet += making.record(0x0204, struct.pack("<HHHH", 0, 0, 0, 4) + "甲乙".encode("gbk"))
    sheet += making.record(0x0203, struct.pack("<HHHd", 1, 1, 0, 2.5)) + making.record(0x0A)
    sheet = sheet[:10] + making.record(0x42, struct.pack("<H", 936)) + sheet[10:]
    assert rows(open_bytes(sheet, "老.xls")) == [(0, ["甲乙"]), (1, [None, 2.5])]


def test_a_picture_in_an_old_workbook_is_told() -> None:
    bitmap = b"BM" + struct.pack("<IIIIIIHHIIIIII", 58, 0, 54, 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0) + bytes(4)

    def dress(book: Any, sheet: Any) -> None:
        sheet.insert_bitmap_data(bitmap, 3, 3)

    book = open_bytes(making.xls([["甲"]], dress), "台账.xls")
    assert book.sheets[0].notes == ("工作表里有图片，图片不读取",)


def test_wps_files_are_read_as_what_they_are() -> None:
    book = open_bytes(making.xls([["甲"]]), "台账.et")
    assert (book.kind, book.notes, rows(book)) == ("xls", (), [(0, ["甲"])])
    book = open_bytes(making.xls([["甲"]]), "台账.xlsx")
    assert book.notes == ("扩展名是 .xlsx，内容是旧版 xls 工作簿，已按内容读取",)


@pytest.mark.parametrize("cut", [600, 1500, 3000, 4000])
def test_a_cut_old_workbook_is_read_or_refused_never_a_crash(cut: int) -> None:
    data = making.xls([["甲", n] for n in range(60)])[:cut]
    try:
        open_bytes(data, "台账.xls")
    except Refused as refused:
        assert refused.id in {"damaged_file", "not_a_workbook"}


@given(st.integers(512, 5000), st.binary(min_size=1, max_size=6))
def test_wrong_bytes_in_an_old_workbook_end_in_the_child(at: int, junk: bytes) -> None:
    data = making.xls([["甲", 1, "乙"]] * 9)
    data = data[:at] + junk + data[at + len(junk) :]
    try:
        open_bytes(data, "台账.xls")
    except KnownError as refused:
        assert refused.message and refused.hint


# OpenDocument

ROW = "<table:table-row{}>{}</table:table-row>"


def text_cell(text: str, about: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {about}><text:p>{text}</text:p></table:table-cell>'


def read_ods(body: str, **more: Any) -> Book:
    return open_bytes(making.ods(f'<table:table table:name="台账">{body}</table:table>', **more), "台账.ods")


def test_cells_of_an_open_document() -> None:
    cell = '<table:table-cell office:value-type="{}" office:{}="{}"><text:p>x</text:p></table:table-cell>'
    body = ROW.format(
        "",
        cell.format("float", "value", "1.5")
        + cell.format("percentage", "value", "0.25")
        + cell.format("date", "date-value", "2024-05-07")
        + cell.format("date", "date-value", "2024-05-07T09:30:00")
        + cell.format("time", "time-value", "PT08H30M00S")
        + cell.format("time", "time-value", "PT30H00M00S")
        + cell.format("boolean", "boolean-value", "true")
        + text_cell(
            '甲<text:s text:c="2"/>乙<text:line-break/>丙</text:p><text:p>丁<text:span>戊</text:span>'
        ),
    )
    book = read_ods(body)
    assert rows(book) == [
        (
            0,
            [
                *(1.5, 0.25, date(2024, 5, 7), datetime(2024, 5, 7, 9, 30), time(8, 30)),
                *(timedelta(hours=30), True, "甲  乙\n丙\n丁戊"),
            ],
        )
    ]


def test_repeats_hidden_rows_and_merged_cells_of_an_open_document() -> None:
    body = (
        '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
        + ROW.format(
            "", text_cell("甲", 'table:number-columns-repeated="2"') + "<table:table-cell/>" + text_cell("乙")
        )
        + ROW.format(
            ' table:number-rows-repeated="3"', '<table:table-cell table:number-columns-repeated="1024"/>'
        )
        + ROW.format(' table:number-rows-repeated="2" table:visibility="filter"', text_cell("丙"))
        + ROW.format("", text_cell("合", 'table:number-columns-spanned="2" table:number-rows-spanned="3"'))
        + ROW.format(
            ' table:number-rows-repeated="1048570"',
            '<table:table-cell table:number-columns-repeated="16384"/>',
        )
    )
    book = read_ods(body)
    sheet = book.sheets[0]
    assert rows(book) == [(0, ["甲", "甲", None, "乙"]), (4, ["丙"]), (5, ["丙"]), (6, ["合"])]
    assert (sheet.height, sheet.width) == (7, 4)
    assert (
        sheet.hidden_rows == [(4, 5)] and sheet.hidden_columns == [(2, 2)] and sheet.spans == [(6, 0, 8, 1)]
    )


def test_troubles_and_comments_of_an_open_document() -> None:
    body = ROW.format(
        "",
        '<table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error">'
        "<text:p>#DIV/0!</text:p></table:table-cell>"
        '<table:table-cell table:formula="of:=A1"/>'
        '<table:table-cell table:formula="of:=IF(1;&quot;&quot;)" office:value-type="string"/>'
        + text_cell("甲").replace(
            "<text:p>", "<office:annotation><text:p>批注</text:p></office:annotation><text:p>"
        ),
    )
    book = read_ods(body)
    sheet = book.sheets[0]
    assert sheet.troubles == {(0, 0): "单元格是错误值 #DIV/0!", (0, 1): NOT_CALCULATED}
    assert rows(book) == [(0, [None, None, None, "甲"])]
    assert sheet.notes == ("工作表里有批注，批注不读取",)


@pytest.mark.parametrize(
    "body",
    [
        ROW.format(
            ' table:number-rows-repeated="1048576"', text_cell("甲", 'table:number-columns-repeated="16384"')
        ),
        ROW.format("", text_cell("甲", 'table:number-columns-repeated="99999999"')),
        ROW.format(' table:number-rows-repeated="99999999"', text_cell("甲")),
    ],
)
def test_a_cell_repeated_without_end_is_refused(body: str) -> None:
    assert refusal(making.ods(f"<table:table>{body}</table:table>"), "台账.ods").id == "too_large"


def test_definitions_in_an_open_document_are_unsafe() -> None:
    data = making.zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        }
    )
    assert refusal(data, "台账.ods").id == "unsafe_file"


def test_a_cut_content_is_damaged() -> None:
    data = making.edited(
        making.ods(f"<table:table>{ROW.format('', text_cell('甲'))}</table:table>"),
        lambda name, part: part[:-40] if name == "content.xml" else part,
    )
    assert refusal(data, "台账.ods").id == "damaged_file"


def test_two_tables_keep_their_rows_apart() -> None:
    one, two = (
        f'<table:table table:name="{name}">{ROW.format("", text_cell(name)) * 3}</table:table>'
        for name in "甲乙"
    )
    book = open_bytes(making.ods(one + two), "台账.ods")
    assert [(each.name, list(each.rows())) for each in book.sheets] == [
        (name, [(0, [name]), (1, [name]), (2, [name])]) for name in "甲乙"
    ]


def test_copies_of_other_files_sheets_are_left_out_and_told() -> None:
    copy = f"<table:table table:name=\"'file:///别处.ods'#$表\">{ROW.format('', text_cell('别处'))}</table:table>"
    own = f'<table:table table:name="台账">{ROW.format("", text_cell("甲"))}</table:table>'
    book = open_bytes(making.ods(own + copy), "台账.ods")
    assert [(each.name, list(each.rows())) for each in book.sheets] == [("台账", [(0, ["甲"])])]
    assert book.notes == ("引用了别的工作簿，不会打开，只读文件里存下的值",)


# Web pages


def page(body: str, head: str = "", encoding: str = "utf-8") -> Book:
    return open_bytes(making.page(body, head, encoding), "台账.xls")


def test_a_page_named_xls() -> None:
    book = page(
        "<script>var a='<table><tr><td>x</td></tr></table>'</script><!-- <table><tr><td>y</td></tr></table> -->"
        "<style>td{}</style><table><thead><tr><th colspan=2>标 题</th></tr></thead>"
        "<tr><td rowspan='2'>甲&amp;乙</td><td>1<br>2</td></tr><tr><td>&nbsp;3 </td></tr>"
        "<tr style='display:none'><td>藏<td x:num='0.1234'>12%</tr><tr><td x:num=\"45419\">2024/5/7</td>"
        "<td x:num>1,234.5</td><td x:err='#REF!'>#REF!</td><td style=\"mso-number-format:'\\@'\">0012</td></table>",
        "<meta charset=gb2312>",
        "gb18030",
    )
    (sheet,) = book.sheets
    assert rows(book) == [
        (0, ["标 题"]),
        (1, ["甲&乙", "1\n2"]),
        (2, [None, "3"]),
        (3, ["藏", 0.1234]),
        (4, ["2024/5/7", 1234.5, None, "0012"]),
    ]
    assert sheet.spans == [(0, 0, 0, 1), (1, 0, 2, 0)] and sheet.hidden_rows == [(3, 3)]
    assert sheet.troubles == {(4, 2): "单元格是错误值 #REF!"}
    assert book.notes == ("扩展名是 .xls，内容是网页表格，已按内容读取", "文字编码是 GB18030")


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", ""),
        ("gb18030", ""),
        ("gb18030", "utf-8"),
        ("utf-8", "gb2312"),
        ("utf-8", "nonsense"),
        ("utf-16", ""),
    ],
)
def test_the_encoding_of_a_page_whatever_it_says(encoding: str, said: str) -> None:
    book = page(
        "<table><tr><td>企业名称<td>街道</table>" + " " * 9,
        f'<meta charset="{said}">' if said else "",
        encoding,
    )
    assert rows(book) == [(0, ["企业名称", "街道"])]


def test_a_byte_that_fits_no_encoding_is_a_trouble_of_its_cell() -> None:
    data = making.page("<table><tr><td>企业名称<td>街道</table>").replace("街".encode(), b"\xe8\xa1")
    sheet = open_bytes(data, "台账.html").sheets[0]
    assert list(sheet.rows()) == [(0, ["企业名称", None])] and "认不出的字符" in sheet.troubles[0, 1]


def test_several_tables_are_several_sheets_and_those_within_cells_too() -> None:
    book = page(
        "<table><tr><td>甲<table><tr><td>内</table>外</table><table></table><table><tr><td>乙</table>"
    )
    assert [(each.name, list(each.rows())) for each in book.sheets] == [
        ("表1", [(0, ["甲外"])]),
        ("表2", [(0, ["内"])]),
        ("表3", [(0, ["乙"])]),
    ]


def test_a_page_without_a_table_and_one_of_frames_are_refused_by_name() -> None:
    assert refusal(making.page("<p>请先登录</p>"), "台账.xls").id == "not_a_workbook"
    frames = refusal(b"<html><frameset><frame src=x.files/sheet001.htm></frameset></html>", "台账.xls")
    assert frames.id == "unsupported_format" and "旁边的文件夹" in frames.message


def test_a_broken_page_with_open_quotes_does_not_hang() -> None:
    book = page("<table><tr><td>甲</td></tr>" + '<td x="' * 20_000 + "</table>")
    assert rows(book)[0][1][0] == "甲"


def test_a_page_saved_as_a_single_file() -> None:
    body = making.page("<table><tr><td>企业名称<td>1</table>", '<meta charset="gb2312">', "gb18030")
    import base64

    data = (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="--x"\r\n\r\n'
        b"----x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(body)
        + b"\r\n----x\r\nContent-Type: text/css\r\n\r\ntd{}\r\n----x--\r\n"
    )
    book = open_bytes(data, "台账.xls")
    assert (book.kind, rows(book)) == ("mhtml", [(0, ["企业名称", "1"])])
    assert refusal(data.replace(b"text/html", b"text/plain"), "台账.mht").id == "not_a_workbook"


@given(st.text(st.sampled_from("<>/=\"' tablerdhspnx:&;0甲-!"), max_size=200))
def test_any_tangle_of_tags_is_read_or_refused(tangle: str) -> None:
    try:
        for draft in parse(f"<table>{tangle}".encode(), "x.xls").drafts:
            list(draft.rows)
    except KnownError as refused:
        assert refused.message


# The XML of 2003


def sheet_2003(body: str, encoding: str = "utf-8") -> Sheet:
    book = open_bytes(making.spreadsheetml(body, encoding), "台账.xls")
    assert book.kind == "spreadsheetml"
    return book.sheets[0]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_cells_of_the_xml_of_2003(encoding: str) -> None:
    data = '<Data ss:Type="{}">{}</Data>'
    sheet = sheet_2003(
        '<Column ss:Index="2" ss:Hidden="1" ss:Span="1"/><Row>'
        + f"<Cell ss:MergeAcross='1'>{data.format('String', '甲&amp;乙')}</Cell><Cell>{data.format('Number', '1.5')}</Cell>"
        + '</Row><Row ss:Index="4" ss:Hidden="1">'
        + f'<Cell ss:Index="3">{data.format("DateTime", "2024-05-07T00:00:00.000")}</Cell>'
        + f"<Cell>{data.format('DateTime', '1899-12-31T08:30:00.000')}</Cell><Cell>{data.format('Boolean', '1')}</Cell>"
        + f"<Cell>{data.format('Error', '#N/A')}</Cell><Cell ss:Formula='=RC[-1]'/></Row>",
        encoding,
    )
    assert list(sheet.rows()) == [
        (0, ["甲&乙", None, 1.5]),
        (3, [None, None, date(2024, 5, 7), time(8, 30), True, None, None]),
    ]
    assert sheet.troubles == {(3, 5): "单元格是错误值 #N/A", (3, 6): NOT_CALCULATED}
    assert (
        sheet.spans == [(0, 0, 0, 1)] and sheet.hidden_rows == [(3, 3)] and sheet.hidden_columns == [(1, 2)]
    )


def test_definitions_and_far_cells_in_the_xml_of_2003() -> None:
    data = making.spreadsheetml("<Row/>").replace(b"<Workbook", b"<!DOCTYPE a [<!ENTITY b 'c'>]><Workbook", 1)
    assert refusal(data, "台账.xls").id == "unsafe_file"
    far = making.spreadsheetml('<Row ss:Index="9999999"><Cell><Data ss:Type="Number">1</Data></Cell></Row>')
    assert refusal(far, "台账.xls").id == "too_large"
    wide = making.spreadsheetml('<Row><Cell ss:Index="9999999"><Data ss:Type="Number">1</Data></Cell></Row>')
    assert refusal(wide, "台账.xls").id == "too_large"
    assert refusal(making.spreadsheetml("<Row><Cell>"), "台账.xls").id == "damaged_file"


def test_a_picture_of_wps_in_a_text_table_says_so() -> None:
    sheet = open_bytes('名称,照片\n甲,"=DISPIMG(""ID_1"",1)"\n'.encode(), "台账.csv").sheets[0]
    assert sheet.troubles == {(1, 1): PICTURE}
