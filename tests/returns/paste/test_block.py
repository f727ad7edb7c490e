"""The clipboard to cells: what Excel, WPS, LibreOffice and browsers put on it, and any table there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import Refused
from returns.pace import Pace
from returns.paste.block import parse_html, parse_tsv, read_clipboard, to_tsv

LINES = st.sampled_from(
    ["\n", "\t", '"', '""', "，", " ", "𠮷", "㛃", "🎉", "约500", "=1+1", "'", "\x0b", "\u2028"]
)
CELL = st.lists(st.one_of(LINES, st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=6)), max_size=5).map("".join)  # fmt: skip


@given(st.lists(st.lists(CELL, min_size=1, max_size=6), max_size=8))
def test_any_table_comes_back(table: list[list[str]]) -> None:
    assert parse_tsv(to_tsv(table)) == table


@given(st.text(st.sampled_from('\t\r\n"ab，'), max_size=60))
def test_nothing_typed_is_lost_and_nothing_breaks(text: str) -> None:
    rows = parse_tsv(text)
    letters = [char for char in "".join("".join(row) for row in rows) if char in "ab，"]
    assert letters == [char for char in text if char in "ab，"]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", []),
        ("甲\t乙\r\n丙\t丁\r\n", [["甲", "乙"], ["丙", "丁"]]),
        ("甲\t乙\n丙", [["甲", "乙"], ["丙", ""]]),
        ("甲\r乙\r", [["甲"], ["乙"]]),
        ('"订单饱满。\n用工稳定。"\t平稳\r\n', [["订单饱满。\n用工稳定。", "平稳"]]),
        ('"第一行\r\n说“好”，""很好"""\t平稳', [['第一行\n说“好”，"很好"', "平稳"]]),
        ('"云栈"公司\t"平稳"', [['"云栈"公司', '"平稳"']]),
        ('"没有收尾\t平稳\n下一行\t好', [['"没有收尾', "平稳"], ["下一行", "好"]]),
        ("甲\t\t\r\n\t\t\r\n\r\n", [["甲"]]),
        ("\t\t甲\r\n", [["", "", "甲"]]),
        ("甲\r\n\0", [["甲"]]),
        ("\ufeff甲", [["\ufeff甲"]]),
    ],
)
def test_what_spreadsheets_write(text: str, cells: list[list[str]]) -> None:
    assert read_clipboard(text) == cells


EXCEL = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><style><!-- td {color:red} --></style></head>
<body><!--StartFragment--><table border=0><col width=64><tr height=20>
  <td class=xl65 rowspan=2>江西云栈&amp;合伙</td><td colspan=2>实地<br>座谈</td></tr>
 <tr><td x:num="0.5">50%</td><td>&nbsp;</td></tr><!--EndFragment--></table><table><tr><td>第二张</td></tr></table></body></html>"""


def test_an_html_table_alone() -> None:
    assert parse_html(EXCEL) == [["江西云栈&合伙", "实地\n座谈", ""], ["江西云栈&合伙", "50%", ""]]
    assert read_clipboard("", EXCEL) == [["江西云栈&合伙", "实地\n座谈"], ["江西云栈&合伙", "50%"]]
    assert read_clipboard("文字优先", EXCEL) == [["文字优先"]]


@pytest.mark.parametrize(
    "html",
    [
        "",
        "没有表格",
        "<table></table>",
        "<table><tr><td>甲",
        "<td>甲</td>",
        "<table><tr><td rowspan=99999999 colspan=99999999>甲</td></tr></table>",
        "<table><td>甲<td>乙<tr><td>丙</table>",
        "<table><tr><td>外<table><tr><td>内</td></tr></table></td></tr></table>",
        "<table><tr><td rowspan='-1' colspan='x'>甲</td></tr></table>",
    ],
)
def test_broken_html_is_read_as_far_as_it_goes(html: str) -> None:
    rows = read_clipboard("", html)
    assert all(len(row) <= 200 for row in rows)
    assert rows == [] or rows[0][0].startswith(("甲", "外"))


BITS = st.sampled_from(
    [*"<>/=\"' &;3甲", "table", "<tr>", "</tr>", "<td>", "</td>", "rowspan=", "<br>", "<!--"]
)


@given(st.lists(BITS, max_size=60).map("".join))
def test_any_html_is_survived(html: str) -> None:
    rows = read_clipboard("", f"<table>{html}</table>")
    assert len({len(row) for row in rows}) <= 1


@pytest.mark.parametrize("html", [False, True])
def test_reading_a_long_block_is_told_and_may_be_stopped(html: bool) -> None:
    lines = [[f"企业{number}", "两句 话"] for number in range(1_000)]
    text = to_tsv(lines)
    page = (
        "<table>" + "".join(f"<tr><td>{firm}</td><td>{said}</td></tr>" for firm, said in lines) + "</table>"
    )
    told: list[tuple[int, int, str]] = []
    given = ("", page) if html else (text, "")
    assert read_clipboard(*given, Pace(lambda *what: told.append(what))) == lines
    assert [done for done, _, _ in told] == [0, 200, 400, 600, 800] and told[0][1] in (1_000, 1_001)
    with pytest.raises(Refused) as caught:
        read_clipboard(*given, Pace(cancelled=lambda: True))
    assert caught.value.id == "cancelled"
