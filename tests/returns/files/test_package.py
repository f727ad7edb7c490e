"""Workbooks of Office Open XML: what a fast reader does not tell, odd packages, and what may not reach the parser."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from db.errors import KnownError
from returns.files import Book, open_bytes
from returns.files.draft import NOT_CALCULATED, PICTURE
from tests.returns.files import making


def read(data: bytes, name: str = "台账.xlsx") -> Book:
    return open_bytes(data, name)


def rows(book: Book, sheet: int = 0) -> list[tuple[int, list[Any]]]:
    return list(book.sheets[sheet].rows())


def refusal(data: bytes, name: str = "台账.xlsx") -> KnownError:
    with pytest.raises(KnownError) as caught:
        open_bytes(data, name)
    assert caught.value.hint
    return caught.value


def test_cells_come_as_they_are() -> None:
    values = ["甲", "0012", 5, 1.5, True, date(2024, 5, 7), datetime(2024, 5, 7, 9, 30), time(8, 30)]
    values += [timedelta(hours=30), " 空 格 ", "a\nb"]

    def dress(book: Any) -> None:
        book["台账"]["A2"] = 45419
        book["台账"]["A2"].number_format = 'yyyy"年"m"月"d"日"'

    book = read(making.xlsx({"台账": [values, [], [None, "乙"]]}, dress))
    assert book.kind == "xlsx" and book.notes == ()
    assert rows(book) == [(0, values), (1, [date(2024, 5, 7)]), (2, [None, "乙"])]
    sheet = book.sheets[0]
    assert (sheet.height, sheet.width, sheet.hidden) == (3, 11, False)


def test_a_table_that_begins_at_d8_stays_there() -> None:
    def dress(book: Any) -> None:
        book["x"]["D8"], book["x"]["F9"] = "名称", 1

    book = read(making.xlsx({"x": []}, dress))
    assert rows(book) == [(7, [None, None, None, "名称"]), (8, [None] * 5 + [1])]
    assert book.sheets[0].head[:7] == [[]] * 7
    assert book.sheets[0].tail == rows(book)


def test_head_and_tail_count_empty_rows_too() -> None:
    def dress(book: Any) -> None:
        book["x"]["A1"], book["x"]["A300"], book["x"]["A359"] = "头", "中", "尾"

    sheet = read(making.xlsx({"x": []}, dress)).sheets[0]
    assert sheet.head == [["头"], *([[]] * 119)] and sheet.height == 359
    assert sheet.tail == [(299, ["中"]), (358, ["尾"])]


def test_errors_and_formulas_without_a_result_are_troubles_at_their_place() -> None:
    data = making.with_sheet(
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>甲</t></is></c>'
        '<c r="B1" t="e"><v>#REF!</v></c><c r="C1"><f>A1+1</f></c><c r="D1"><f>A1</f><v></v></c>'
        '<c r="E1" t="str"><f>IF(1,"","")</f><v></v></c><c r="F1"><f>1+1</f><v>2</v></c>'
        '<c r="G1"><f t="shared" si="0"/><v>3</v></c><c r="H1"><f t="shared" si="0"/></c></row>'
        '<row r="9"><c r="B9" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        '<row r="12"><c r="C12"><f>A1</f></c></row></sheetData>'
    )
    sheet = read(data).sheets[0]
    assert sheet.troubles == {
        (0, 1): "单元格是错误值 #REF!",
        (0, 2): NOT_CALCULATED,
        (0, 3): NOT_CALCULATED,
        (0, 7): NOT_CALCULATED,
        (8, 1): "单元格是错误值 #DIV/0!",
        (11, 2): NOT_CALCULATED,
    }
    # A row with nothing but a trouble is a row: it must not be lost.
    assert list(sheet.rows()) == [
        (0, ["甲", None, None, None, None, 2, 3, None]),
        (8, [None, None]),
        (11, [None, None, None]),
    ]
    assert (sheet.height, sheet.width) == (12, 8)


def test_a_picture_in_a_cell_says_so() -> None:
    data = making.with_sheet(
        '<sheetData><row r="1"><c r="A1" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>'
        '<c r="B1" t="e" vm="1"><v>#VALUE!</v></c><c r="C1" t="inlineStr"><is><t>=DISPIMG("ID_2",1)</t></is></c>'
        "</row></sheetData>"
    )
    sheet = read(data).sheets[0]
    assert set(sheet.troubles.values()) == {PICTURE}
    assert sorted(sheet.troubles) == [(0, 0), (0, 1), (0, 2)]
    assert list(sheet.rows()) == [(0, [None, None, None])]


def test_hidden_rows_columns_sheets_and_merged_ranges_are_told() -> None:
    def dress(book: Any) -> None:
        sheet = book["台账"]
        for row in (3, 4, 7):
            sheet.row_dimensions[row].hidden = True
        sheet.column_dimensions["C"].hidden = True
        sheet.merge_cells("A1:D1")
        book["藏"].sheet_state = "hidden"
        book["深藏"].sheet_state = "veryHidden"

    book = read(making.xlsx({"台账": [["a", "b"]] * 10, "藏": [[1]], "深藏": [[2]]}, dress))
    sheet = book.sheets[0]
    assert sheet.hidden_rows == [(2, 3), (6, 6)]
    assert sheet.hidden_columns == [(2, 2)]
    assert sheet.spans == [(0, 0, 0, 3)]
    assert [each.hidden for each in book.sheets] == [False, True, True]
    assert [each.index for each in book.sheets] == [0, 1, 2]


def test_rows_and_columns_without_height_or_width_are_hidden_too() -> None:
    data = making.with_sheet(
        '<cols><col min="2" max="3" width="0" customWidth="1"/><col min="5" max="5" width="9" hidden="true"/></cols>'
        '<sheetData><row r="1" ht="0" customHeight="1"><c r="A1"><v>1</v></c></row>'
        '<row r="2" ht="0.5"><c r="A2"><v>1</v></c></row></sheetData>'
    )
    sheet = read(data).sheets[0]
    assert sheet.hidden_rows == [(0, 0)] and sheet.hidden_columns == [(1, 2), (4, 4)]


SPACES = (
    (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    ),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
)


def strict(name: str, part: bytes) -> bytes:
    for usual, other in SPACES:
        part = part.replace(usual, other)
    return part


def prefixed(name: str, part: bytes) -> bytes:
    if name != "xl/worksheets/sheet1.xml":
        return part
    return re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", part.replace(b"xmlns=", b"xmlns:x="))


def on_sheet(pattern: bytes, by: bytes) -> making.Edit:
    return lambda name, part: re.sub(pattern, by, part) if name == "xl/worksheets/sheet1.xml" else part


ODD = {
    "strict": strict,
    "prefixes": prefixed,
    "single quotes": on_sheet(b'"', b"'"),
    "spaces around the equals sign": on_sheet(rb'(\w)="', rb'\1 = "'),
    "backslashes": lambda name, part: (name.replace("/", "\\"), part),
    "other case": lambda name, part: (name if name.startswith("[") else name.upper(), part),
    "dimension says A1": on_sheet(b'<dimension ref="[^"]*"', b'<dimension ref="A1"'),
    "dimension says everything": on_sheet(b'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"'),
    "empty fill": lambda name, part: (
        re.sub(rb"<fill>.*?</fill>", b"<fill/>", part) if "styles" in name else part
    ),
    "no styles": lambda name, part: None if "styles" in name else part,
    "stated sizes that lie": on_sheet(b"<sheetData>", b'<sheetData count="4000000000">'),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_package_reads_as_the_usual_one(odd: str) -> None:
    def dress(book: Any) -> None:
        book["台账"]["C3"] = "=1/0"
        book["台账"].row_dimensions[2].hidden = True
        book["台账"].merge_cells("A4:B5")

    plain = making.xlsx({"台账": [["名称", "日", "数"], ["甲", "乙", 2]]}, dress)
    usual, other = read(plain).sheets[0], read(making.edited(plain, ODD[odd])).sheets[0]
    assert (
        list(other.rows())
        == list(usual.rows())
        == [
            (0, ["名称", "日", "数"]),
            (1, ["甲", "乙", 2]),
            (2, [None, None, None]),
        ]
    )
    assert other.troubles == usual.troubles == {(2, 2): NOT_CALCULATED}
    assert other.hidden_rows == usual.hidden_rows == [(1, 1)]
    assert other.spans == usual.spans == [(3, 0, 4, 1)]


def test_cells_and_rows_without_a_place_follow_one_another() -> None:
    data = making.with_sheet(
        '<sheetData><row><c><v>1</v></c><c t="e"><v>#N/A</v></c></row><row/>'
        '<row hidden="1"><c r="C3"><v>3</v></c><c><f>A1</f></c></row></sheetData>'
    )
    sheet = read(data).sheets[0]
    assert sheet.troubles == {(0, 1): "单元格是错误值 #N/A", (2, 3): NOT_CALCULATED}
    assert sheet.hidden_rows == [(2, 2)]
    assert next(sheet.rows()) == (0, [1, None])


def test_rows_out_of_order_come_in_order() -> None:
    data = making.with_sheet(
        '<sheetData><row r="3"><c r="A3"><v>3</v></c></row><row r="1"><c r="B1"><v>2</v></c>'
        '<c r="A1"><v>1</v></c></row></sheetData>'
    )
    assert rows(read(data)) == [(0, [1, 2]), (2, [3])]


def test_the_epoch_of_1904() -> None:
    def dress(book: Any) -> None:
        book["x"]["A1"] = 44000
        book["x"]["A1"].number_format = "yyyy-mm-dd"

    data = making.edited(
        making.xlsx({"x": []}, dress),
        lambda name, part: (
            part.replace(b"<workbookPr", b'<workbookPr date1904="1"') if "workbook.xml" in name else part
        ),
    )
    assert rows(read(data)) == [(0, [date(2024, 6, 19)])]


@pytest.mark.parametrize("number", [14, 27, 31, 36, 50, 57, 58])
def test_built_in_formats_of_chinese_dates_are_dates(number: int) -> None:
    data = making.edited(
        making.with_sheet('<sheetData><row r="1"><c r="A1" s="1"><v>45419</v></c></row></sheetData>'),
        lambda name, part: (
            re.sub(
                rb"<cellXfs.*?</cellXfs>",
                b'<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="%d" applyNumberFormat="1"/></cellXfs>'
                % number,
                part,
                flags=re.DOTALL,
            )
            if "styles" in name
            else part
        ),
    )
    assert rows(read(data)) == [(0, [date(2024, 5, 7)])]


def test_a_number_beyond_all_numbers_is_a_trouble() -> None:
    data = making.with_sheet(
        '<sheetData><row r="1"><c r="A1"><v>1e999</v></c><c r="B1"><v>2</v></c></row></sheetData>'
    )
    sheet = read(data).sheets[0]
    assert list(sheet.rows()) == [(0, [None, 2])] and sheet.head == [[None, 2]]
    assert sheet.troubles == {(0, 0): "不是有效的数字"}


def test_what_hangs_on_a_workbook_is_told() -> None:
    from openpyxl.comments import Comment

    def dress(book: Any) -> None:
        book["台账"]["A1"].comment = Comment("说明", "甲")

    data = making.added(
        making.xlsx(dress=dress),
        {
            "xl/vbaProject.bin": b"x",
            "xl/externalLinks/externalLink1.xml": b"<x/>",
            "xl/cellimages.xml": b"<x/>",
        },
    )
    book = read(data, "台账.xlsm")
    assert "宏部分不读取也不会复制" in book.notes
    assert any("引用了别的工作簿" in note for note in book.notes)
    assert any("图片" in note for note in book.notes)
    assert book.sheets[0].notes == ("工作表里有批注，批注不读取",)
    assert any("扩展名是 .xlsm" in note for note in book.notes)


def test_a_drawing_with_a_picture_and_an_embedded_file_are_told() -> None:
    relations = (
        b'<Relationships><Relationship Id="r1" Type="http://x/relationships/drawing" Target="../drawings/d1.xml"/>'
        b'<Relationship Id="r2" Type="http://x/relationships/oleObject" Target="../embeddings/o.bin"/>'
        b'<Relationship Id="r3" Type="http://x/relationships/hyperlink" Target="http://a.b/" TargetMode="External"/>'
        b"</Relationships>"
    )
    inner = b'<Relationships><Relationship Id="r1" Type="http://x/image" Target="../media/a.png"/></Relationships>'
    data = making.added(
        making.xlsx(),
        {
            "xl/worksheets/_rels/sheet1.xml.rels": relations,
            "xl/drawings/d1.xml": b"<x/>",
            "xl/drawings/_rels/d1.xml.rels": inner,
        },
    )
    assert read(data).sheets[0].notes == (
        "工作表里有图片，图片不读取",
        "工作表里有嵌入的文件或控件，不读取也不打开",
    )


def test_a_filter_is_told() -> None:
    data = making.with_sheet(
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
        '<autoFilter ref="A1:A9"><filterColumn colId="0"><filters><filter val="1"/></filters></filterColumn></autoFilter>'
    )
    assert read(data).sheets[0].notes == ("工作表启用了筛选，筛掉的行照常读取",)


def test_a_million_styled_empty_rows_are_not_data() -> None:
    empty = "".join(
        f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/></row>' for n in range(3, 1_048_577)
    )
    data = making.with_sheet(
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2" s="1"><c r="A2" s="1"></c>'
        f'<c r="XFD2" s="1"/></row>{empty}</sheetData>'
    )
    sheet = read(data).sheets[0]
    assert (sheet.height, sheet.width) == (1, 1) and list(sheet.rows()) == [(0, [1])]


@pytest.mark.parametrize("place", ["XFD1048576", "A1048576", "XFD1"])
def test_one_cell_far_out(place: str) -> None:
    row = re.sub("[A-Z]", "", place)
    first = '<row r="1"><c r="A1"><v>1</v></c>'
    far = (
        f'<c r="{place}"><v>2</v></c></row>'
        if row == "1"
        else f'</row><row r="{row}"><c r="{place}"><v>2</v></c></row>'
    )
    data = making.with_sheet(f"<sheetData>{first}{far}</sheetData>")
    if place == "XFD1048576":
        found = refusal(data)
        assert found.id == "too_large" and "XFD1048576" in found.message and "Sheet" not in found.message
    else:
        # Far, but no more than the parser can hold: read.
        assert sum(len(cells) - cells.count(None) for _, cells in read(data).sheets[0].rows()) == 2


def bomb(size: int) -> bytes:
    return making.added(making.xlsx(), {"xl/worksheets/sheet9.xml": b" " * size})


def test_a_part_that_swells_is_refused() -> None:
    found = refusal(bomb(400 * 1024 * 1024))
    assert found.id == "too_large" and "展开后过大" in found.message


def test_pictures_do_not_count_as_swelling() -> None:
    data = making.added(making.xlsx(), {f"xl/media/{n}.png": b"\0" * (50 * 1024 * 1024) for n in range(8)})
    assert len(rows(read(data))) == 2


def test_too_many_shared_strings_are_refused() -> None:
    data = making.added(making.xlsx(), {"xl/sharedStrings2.xml": b"<sst>" + b"<si/>" * 3_100_000 + b"</sst>"})
    assert refusal(data).id == "too_large"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
@pytest.mark.parametrize(
    "harm",
    [
        lambda part: b'<!DOCTYPE x [<!ENTITY a "b">]>' + part,
        lambda part: part[:30] + b" " * 300 + b"<!EnTiTy x>" + part[30:],
        lambda part: part.decode().encode("utf-16"),
        lambda part: part.decode().encode("utf-16-le"),
        lambda part: b'<?xml version="1.0" encoding="utf-16"?>' + part,
        lambda part: b'<?xml version="1.0" encoding="UTF-7"?>' + part,
    ],
)
def test_definitions_and_other_encodings_are_unsafe(part: str, harm: Any) -> None:
    data = making.edited(making.xlsx(), lambda name, text: harm(text) if name == part else text)
    assert refusal(data).id == "unsafe_file"


def test_a_definition_on_the_border_of_two_blocks_is_seen() -> None:
    filler = b" " * (1024 * 1024 - 4)
    data = making.edited(
        making.xlsx(), lambda name, part: filler + b"<!DOCTYPE x>" + part if name == "xl/styles.xml" else part
    )
    assert refusal(data).id == "unsafe_file"


def test_an_encrypted_part_is_named() -> None:
    data = bytearray(making.xlsx())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    assert refusal(bytes(data)).id == "encrypted_file"


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:1000] + bytes(200) + data[1200:],
        lambda data: making.edited(data, lambda name, part: None if name == "xl/workbook.xml" else part),
        lambda data: making.edited(data, lambda name, part: None if "sheet1" in name else part),
        lambda data: making.edited(data, lambda name, part: part[:-30] if "sheet1" in name else part),
        lambda data: making.edited(data, lambda name, part: b"" if name.endswith(".rels") else part),
        lambda data: making.with_sheet(
            '<sheetData><row r="1"><c r="A1" t="n"><v>12a</v></c></row></sheetData>', data
        ),
    ],
)
def test_a_damaged_workbook_is_a_sentence(harm: Any) -> None:
    assert refusal(harm(making.xlsx())).id == "damaged_file"


def test_a_name_that_climbs_out_of_the_archive_is_just_a_name() -> None:
    data = making.added(making.xlsx(), {"../../etc/passwd": b"x", "/tmp/x.xml": b"<x/>"})
    assert len(rows(read(data))) == 2


def test_a_chart_sheet_is_told_and_the_others_keep_their_content() -> None:
    def dress(book: Any) -> None:
        from openpyxl.chart import BarChart

        book.create_chartsheet("图").add_chart(BarChart())

    book = read(making.xlsx({"甲": [[1]], "乙": [[2]]}, dress))
    assert [(sheet.name, list(sheet.rows())) for sheet in book.sheets] == [
        ("甲", [(0, [1])]),
        ("乙", [(0, [2])]),
    ]
    assert book.notes == ("“图”是图表或对话框，没有读取",)


@pytest.mark.parametrize("name", ["a&b", "<甲>", "“一”'二'", 'x"y'])
def test_names_of_sheets_come_back(name: str) -> None:
    assert [sheet.name for sheet in read(making.xlsx({name: [[1]]})).sheets] == [name]


def test_many_troubles_are_found_whatever_the_size() -> None:
    lines = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}"><f>A{n}</f></c><c r="C{n}" t="e"><v>#N/A</v></c></row>'
        for n in range(1, 30_001)
    )
    sheet = read(making.with_sheet(f"<sheetData>{lines}</sheetData>")).sheets[0]
    assert len(sheet.troubles) == 60_000
    assert sheet.troubles[29_999, 1] == NOT_CALCULATED and sheet.troubles[12_345, 2] == "单元格是错误值 #N/A"
    assert sum(1 for _ in sheet.rows()) == 30_000


def test_a_workbook_without_a_sheet_to_read_is_refused() -> None:
    data = making.edited(
        making.xlsx(),
        lambda name, part: (
            re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", part) if "workbook.xml" in name else part
        ),
    )
    assert refusal(data).id in {"not_a_workbook", "damaged_file"}


def test_too_many_cells_and_every_column_filled_are_settled_soon() -> None:
    cells = "<c><v>1</v></c>" * 2_500
    many = making.with_sheet("<sheetData>" + f"<row>{cells}</row>" * 2_500 + "</sheetData>")
    assert refusal(many).id == "too_large"
    from returns.files.sheet_scan import letters_of

    wide = "".join(f'<c r="{letters_of(n)}1"><v>{n}</v></c>' for n in range(1, 16_385))
    ((_, row),) = rows(read(making.with_sheet(f'<sheetData><row r="1">{wide}</row></sheetData>')))
    assert row == list(range(1, 16_385))


def test_two_parts_of_one_name_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = making.added(
            making.xlsx(), {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData/></worksheet>"}
        )
    assert refusal(data).id == "damaged_file"


def test_text_in_marked_sections_is_not_lost() -> None:
    data = making.with_sheet(
        '<sheetData><row r="1"><c r="A1" t="str"><v><![CDATA[<甲>&]]></v></c>'
        '<c r="B1" t="inlineStr"><is><t><![CDATA[乙]]></t></is></c></row></sheetData>'
    )
    assert rows(read(data)) == [(0, ["<甲>&", "乙"])]
