"""Text tables: encodings, separators, quotes; text stays text."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import Refused
from returns.files.delimited import read, separator_of
from returns.files.draft import Draft, settle

ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be")


def lines(data: bytes) -> tuple[list[list[Any]], Draft]:
    (draft,) = read(data, "台账.csv", [])
    found: list[tuple[int, list[Any]]] = []
    settle(draft, found.extend)
    rows: list[list[Any]] = [[] for _ in range(draft.sheet.height)]
    for number, cells in found:
        rows[number] = cells
    return rows, draft


def table(rows: list[list[str]], separator: str = ",", end: str = "\r\n") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, lineterminator=end).writerows(rows)
    return stream.getvalue()


TABLE = [["企业名称", "代码", "金额"], ["甲，公司", "0012", "1.50"], ["乙 公司", "91360103MA0001229L", "2"]]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_each_encoding_with_each_separator(encoding: str, separator: str) -> None:
    assert lines(table(TABLE, separator).encode(encoding))[0] == TABLE


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_end_of_line(end: str) -> None:
    assert lines(table(TABLE, end=end).encode("gb18030"))[0] == TABLE


def test_a_chinese_comma_separates_where_nothing_else_does() -> None:
    assert lines("企业名称，日期\n甲，2024\n乙，2025\n".encode())[0] == [
        ["企业名称", "日期"],
        ["甲", "2024"],
        ["乙", "2025"],
    ]
    assert separator_of("名称,说明\n甲,一，二，三\n乙,四，五，六\n") == ","


def test_a_title_line_does_not_decide_the_separator() -> None:
    text = "朝阳洲街道台账；2024年,5月\n" + "\n".join(f"企业{n}\t{n}\t备注" for n in range(9))
    assert separator_of(text) == "\t"


def test_excel_states_its_separator_in_the_first_line() -> None:
    assert lines("sep=;\r\n甲;1,5\r\n".encode())[0] == [["甲", "1,5"]]


def test_quotes_over_several_lines() -> None:
    rows, draft = lines('名称,备注\n甲,"第一行\n第二行，""引"""\n乙,x\n'.encode())
    assert rows == [["名称", "备注"], ["甲", '第一行\n第二行，"引"'], ["乙", "x"]]
    assert draft.sheet.notes == ()


def test_a_quote_amid_a_cell_is_a_quote() -> None:
    assert lines('名称,尺寸\n甲,5"屏\n"乙"司,7"屏\n'.encode())[0][1:] == [["甲", '5"屏'], ["乙司", '7"屏']]


def test_an_open_quote_does_not_swallow_the_rest() -> None:
    body = "".join(f"企业{n},{n}\n" for n in range(50))
    rows, draft = lines(f'名称,数\n"甲,1\n{body}'.encode())
    assert len(rows) == 52 and rows[1] == ['"甲', "1"] and rows[51] == ["企业49", "49"]
    assert draft.sheet.notes == ("引号不成对，引号已按普通字符读取",)


def test_what_excel_and_our_own_export_write_to_keep_text() -> None:
    data = '代码,说明\n="0012",\'=1+1\n"=""007""",\'-5\n\'甲,=A1\n'.encode()
    assert lines(data)[0][1:] == [["0012", "=1+1"], ["007", "-5"], ["'甲", "=A1"]]


def test_error_values_and_narrow_columns_are_troubles() -> None:
    rows, draft = lines("名称,数\n甲,#REF!\n乙,######\n丙,#1\n".encode())
    assert rows[1:] == [["甲", None], ["乙", None], ["丙", "#1"]]
    assert sorted(draft.sheet.troubles) == [(1, 1), (2, 1)]
    assert draft.sheet.troubles[1, 1] == "单元格是错误值 #REF!"


def test_zero_bytes_and_lines_of_different_lengths() -> None:
    assert lines("名称,数\0\n甲\n乙,1,2,3\n\n,\n丙,1\n".encode())[0] == [
        ["名称", "数"],
        ["甲"],
        ["乙", "1", "2", "3"],
        [],
        [],
        ["丙", "1"],
    ]


def test_a_text_beyond_what_a_cell_holds_is_a_trouble() -> None:
    rows, draft = lines(("名称,数\n甲," + "长" * 40_000 + "\n").encode())
    assert rows[1] == ["甲", None] and (1, 1) in draft.sheet.troubles


def test_the_encoding_is_told() -> None:
    notes: list[str] = []
    list(read("甲,1\n乙,2".encode("gb18030"), "x.csv", notes))
    assert notes == ["文字编码是 GB18030"]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("甲,1\n乙,2\n".encode() * 20 + b"\xff\xfe\n", 41),
        ("甲公司,一\n".encode("gb18030") * 3 + b"\x81\x20\n", 4),
    ],
)
def test_no_encoding_is_a_sentence_with_the_line(data: bytes, line: int) -> None:
    with pytest.raises(Refused) as found:
        list(read(data, "x.csv", []))
    assert found.value.id == "damaged_file" and f"第 {line} 行" in found.value.message


def test_damaged_utf8_is_not_read_as_something_else() -> None:
    data = "企业名称,备注\n".encode() * 30 + b"\xe4\xb8,x\n"
    with pytest.raises(Refused, match="UTF-8"):
        list(read(data, "x.csv", []))


# Whatever stands in the cells. A first cell of two names the separator beyond doubt; characters that no text
# holds, and what the reader rightly takes for something else, are left out.
CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cc", "Cs", "Co", "Cn"))
    | st.sampled_from('\n,;|\t" '),
    max_size=12,
).filter(lambda text: not text.startswith(("=", "'", "#")) and text == text.replace("\r", ""))


@given(
    st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=8)
    ),
    st.sampled_from(ENCODINGS),
)
def test_any_table_of_texts_comes_back_the_same(body: list[list[str]], encoding: str) -> None:
    width = len(body[0]) if body else 2
    head = [[f"企业名称{n}" for n in range(width)]] * max(12, 2 * len(body))
    rows = head + body
    found, draft = lines(table(rows).encode(encoding))
    expected = [[cell or None for cell in row] for row in rows]
    assert [row + [None] * (width - len(row)) for row in found] == expected[: len(found)]
    assert not any(any(row) for row in expected[len(found) :])
    assert not draft.sheet.troubles
