"""How people write days, amounts, ticks, codes, numbers and offices in their tables; what is refused, and in which words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import codes, setup, text, values
from db.dates import parse_date, parse_period
from db.lookup import Directory
from db.practice.firms import credit_code
from db.registers import REGISTERS
from tests.db.fixtures import CODES, STREET

VISIT, CARD, ISSUE = (REGISTERS[name] for name in ("visit", "enterprise", "issue"))
WIDE = str.maketrans("0123456789,.-/", "０１２３４５６７８９，．－／")
DIGITS = "〇一二三四五六七八九"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    store = setup.initialise(tmp_path_factory.mktemp("spellings"), STREET)
    with store.read() as session:
        yield Directory(session)
    store.close()


@pytest.mark.parametrize(
    "cell",
    [
        "2024.5.7", "2024年5月7日", "2024-5-7", "2024/05/07", "20240507", "20240507.0", "二〇二四年五月七日", "二零二四年五月七日", "２０２４年５月７日",
        "2024年5月7日上午", "2024-05-07 下午3点半", "2024.5.7 9:30", "2024-05-07T00:00:00", "2024-05-07T00:00:00.000Z", "2024年5月7日（星期二）上午",
        "2024/5/7 0:00:00", "2024,5,7", "2024、5、7", "2024.05.07.", "2024/5/7日", "45419", "45419.0", 45419, 45419.0, 20240507,
        datetime(2024, 5, 7), date(2024, 5, 7), "'2024-05-07", '="2024-05-07"', "\ufeff2024-05-07\u200b", "2024-05-07\u00a0", "May 7, 2024",
        "7 May 2024", "07-May-2024", "2024年05月07",
    ],
    ids=str,
)  # fmt: skip
def test_a_day(cell: Any) -> None:
    assert parse_date(cell) == text.Parsed(date(2024, 5, 7))


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("07/05/2024", "哪个是月"), ("5/7/2024", "哪个是月"), ("24.5.7", "四位"), ("24年5月7日", "四位"), ("7-May-24", "四位"), ("5月7日", "缺少年份"),
        ("5.7", "缺少年份"), (5.7, "缺少年份"), ("2024年5月", "缺少日"), ("2024.2.30", "没有 2024 年 2 月 30 日"), ("2024年13月1日", "没有"),
        ("1824-05-07", "年份"), ("二〇二四年五月三十二日", "没有 2024 年 5 月 32 日"), ("5月7日-8日", "一段日期"), ("2024.5.7-5.8", "一段日期"),
        ("2024年5月7日至5月8日", "一段日期"), ("2024-05-07至2024-05-08", "一段日期"), ("2024年5月7日、9日", "不止一个"), ("5月7日、5月9日", "不止一个"),
        ("五月初", "不是有效日期"), ("已走访", "不是有效日期"), ("2024-5-7-8", "一段日期"), (True, "不是日期"), (-1, "不是日期"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_day_and_why(cell: Any, why: str) -> None:
    found = parse_date(cell)
    assert found.value is None and why in found.reason


@given(
    day=st.dates(date(1950, 1, 1), date(2099, 12, 31)),
    space=st.sampled_from(["", " ", "\u3000", "\u00a0", "\u200b"]),
)
def test_any_day_in_any_spelling_comes_back(day: date, space: str) -> None:
    month, number = (chinese(each) for each in (day.month, day.day))
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    spelt = [
        day.isoformat(), f"{day.year}.{day.month}.{day.day}", f"{day:%Y/%m/%d}", f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}年{day.month}月{day.day}号上午", f"{day.isoformat()} 00:00:00", f"{day:%Y-%m-%d}".translate(WIDE),
        str((day - date(1899, 12, 30)).days), (day - date(1899, 12, 30)).days,
    ]  # fmt: skip
    if year[0] in "一二":
        spelt.append(f"{year}年{month}月{number}日")
    for one in spelt:
        cell = f"{space}{one}{space}" if isinstance(one, str) else one
        assert parse_date(cell).value == day, cell


def chinese(number: int) -> str:
    """1 to 31 as people write them: 五, 十, 十二, 二十, 二十一."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones else "")


@pytest.mark.parametrize(
    "cell", ["2024-05", "2024年5月", "2024.5", "202405", "2024年5月份", "二〇二四年五月", "2024年5月底前", "2024年5月上旬", "2024.5.7", "2024年5月7日", 202405, 45419]
)  # fmt: skip
def test_a_month(cell: Any) -> None:
    assert parse_period(cell).value == "2024-05"


@pytest.mark.parametrize(
    ("cell", "unit", "amount"),
    [
        ("1,234.5万", "万元", "1234.5"), ("1.2亿", "万元", "12000"), ("￥500", "万元", "500"), ("¥ 1,200.00元", "元", "1200"), ("500万元", "万元", "500"),
        ("人民币500万元整", "万元", "500"), ("RMB 500", "万元", "500"), ("人民币5000圆", "万元", "0.5"), ("1，234.5", "万元", "1234.5"),
        ("１２３４．５", "万元", "1234.5"), ("5000千元", "万元", "500"), ("12.5%", "%", "12.5"), ("12.5％", "%", "12.5"), (" 500 ", "万元", "500"),
        ("500\u00a0", "万元", "500"), ("\ufeff500\u200b", "万元", "500"), ("\u202a500\u202c", "万元", "500"), ("'500", "万元", "500"), ("-500", "万元", "-500"),
        ("300人", "人", "300"), ("300 名", "人", "300"), ("2百万元", "万元", "200"), ("+12", "万元", "12"),
    ],
)  # fmt: skip
def test_an_amount(cell: str, unit: str, amount: str) -> None:
    assert text.parse_decimal(cell, unit) == text.Parsed(D(amount))


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("约500", "确切"), ("500左右", "确切"), ("近千", "确切"), ("近500万", "确切"), ("500-600", "范围"), ("500万-600万", "范围"), ("500～600", "范围"),
        ("500多万", "确切"), ("上千万", "确切"), ("(500)", "括号"), ("（500）", "括号"), ("1.23E+17", "科学计数法"), ("五百", "阿拉伯数字"),
        ("500/600", "分数"), ("1,23", "位置"), ("50 60", "空格"), ("未提供", "数字"), ("500美元", "美元"),
    ],
)  # fmt: skip
def test_what_is_no_amount_and_why(cell: str, why: str) -> None:
    found = text.parse_decimal(cell, "万元")
    assert found.value is None and why in found.reason


@pytest.mark.parametrize(
    "cell",
    [
        "",
        " ",
        "无",
        "暂无",
        "不详",
        "未知",
        "—",
        "——",
        "－－",
        "/",
        "／",
        "//",
        "…",
        "……",
        "...",
        "___",
        "\u3000",
        "（无）",
        "N/A",
    ],
)
def test_words_and_strokes_that_mean_nothing(cell: str) -> None:
    assert text.is_blank(cell)
    for found in (text.parse_decimal(cell, "万元"), parse_date(cell), parse_period(cell)):
        assert found == text.Parsed()
    assert codes.read_uscc(cell) == codes.CodeRead()
    assert text.firm_name(cell) is None


@given(
    amount=st.decimals(0, 10**9, places=2, allow_nan=False),
    shape=st.sampled_from(["{:,f}", "{:f}", "￥{:,f}", "{:,f}万元", "{:f} 万", "人民币{:,f}万元整", " {:f}\u3000"]),
    wide=st.booleans(),
)  # fmt: skip
def test_any_amount_in_any_spelling_comes_back(amount: D, shape: str, wide: bool) -> None:
    written = shape.format(amount)
    assert text.parse_decimal(written.translate(WIDE) if wide else written, "万元").value == amount


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("√", True), ("✓", True), ("☑", True), ("■", True), ("✔️", True), ("是", True), ("Y", True), ("yes", True), ("1", True), (1.0, True), ("有", True), ("已", True),
        ("TRUE", True), ("×", False), ("✗", False), ("□", False), ("否", False), ("N", False), ("0", False), (0, False), ("无", False), ("未", False), ("不是", False),
        ("☑是 □否", True), ("已上云", True), ("未上云", False), ("□是 ☑否", False), ("是√ 否□", True), ("■是□否", True), ("□有 ■无", False), ("是□ 否☑", False), ("□是 □否", None), ("—", None),
    ],
)  # fmt: skip
def test_yes_and_no(cell: Any, answer: bool | None) -> None:
    assert text.parse_bool(cell) == text.Parsed(answer)


@pytest.mark.parametrize("cell", ["部分", "☑是 ☑否", "√×", "2", "也许"])
def test_neither_yes_nor_no(cell: str) -> None:
    assert text.parse_bool(cell).reason


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("cloud_status", "□未上云 ☑已上云 □拟上云", "已上云"),
        ("cloud_status", "未上云√ 已上云□", "未上云"),
        ("cloud_status", "√", "已上云"),
        ("cloud_status", "□未上云 □已上云", None),
        ("systems", "☑OA ☑ERP □CRM", ["OA", "ERP"]),
        ("visit_mode", "□上门 ☑电话", "电话"),
    ],
)
def test_a_choice_that_is_ticked(field: str, cell: str, value: Any, directory: Directory) -> None:
    assert values.parse(VISIT.field(field), cell, directory) == values.Outcome(value)


def test_two_ticks_where_one_is_asked(directory: Directory) -> None:
    found = values.parse(VISIT.field("cloud_status"), "☑未上云 ☑已上云", directory)
    assert found.rule == "GEN-005" and "只能选一项" in found.reason


@pytest.mark.parametrize(
    "cell",
    [
        "朝阳洲", "朝阳洲街道", "朝阳洲街道办事处", "西湖区朝阳洲街道办事处", "南昌市西湖区朝阳洲街道", "江西省南昌市西湖区朝阳洲街道办", "朝阳洲街办", "朝阳洲街", " 朝阳洲\u3000街道 ",
        "西湖区 朝阳洲街道", "360103002",
    ],
)  # fmt: skip
def test_a_street_however_it_is_written(cell: str, directory: Directory) -> None:
    assert values.parse(CARD.field("street_code"), cell, directory) == values.Outcome(STREET)
    assert values.office_named(directory, cell) == STREET


@pytest.mark.parametrize("cell", ["朝阳", "西湖区", "街道", "朝阳洲街道XX社区", "东湖区大院街道", "办事处"])
def test_a_street_is_not_guessed(cell: str, directory: Directory) -> None:
    found = values.parse(CARD.field("street_code"), cell, directory)
    assert found.rule == "GEN-009" and cell in found.reason


CODE = CODES[0]


@pytest.mark.parametrize(
    "cell",
    [
        CODE, CODE.lower(), f" {CODE} ", f"{CODE[:2]} {CODE[2:8]} {CODE[8:]}", f"{CODE[:8]}-{CODE[8:]}", CODE.translate(WIDE), f"'{CODE}", f'="{CODE}"', f"{CODE}\u200b\t",
        f"统一社会信用代码：{CODE}",
    ],
)  # fmt: skip
def test_a_credit_code_respelt(cell: str) -> None:
    assert codes.read_uscc(cell) == codes.CodeRead(CODE)


@pytest.mark.parametrize(
    ("cell", "rule", "why"),
    [
        (913601030000001970.0, "IMP-006", "丢失"), (913601030000001970, "IMP-006", "丢失"), ("9.13601E+17", "IMP-006", "丢失"),
        ("913601030000001000", "IMP-006", "丢失"), ("913601030000001970.0", "IMP-006", "丢失"),
        (CODE[:-1], "ENT-001", "17 位"), (CODE + "1", "ENT-001", "19 位"), ("MA000001-5", "ENT-001", "组织机构代码"), ("360103000012345", "ENT-001", "注册号"),
        (CODE[:10] + "O" + CODE[11:], "ENT-001", "第 11 位是“O”"), (CODE[:4] + "I" + CODE[5:], "ENT-001", "是不是 1"),
        (CODE[:4] + "?" + CODE[5:], "ENT-001", "第 5 位是“?”"), (CODE[:-1] + "M", "ENT-002", "校验位"), ("办理中", "ENT-001", "3 位"),
    ],
)  # fmt: skip
def test_a_credit_code_is_never_mended(cell: Any, rule: str, why: str) -> None:
    found = codes.read_uscc(cell)
    assert (found.code, found.rule) == (None, rule) and why in found.reason


@given(
    number=st.integers(0, 10**6),
    cut=st.integers(1, 17),
    case=st.booleans(),
    gap=st.sampled_from(["", " ", "-", "\u3000", "\u200b", "—"]),
)
def test_any_code_in_any_spelling_comes_back(number: int, cut: int, case: bool, gap: str) -> None:
    code = credit_code("360103", number)
    spelt = f"{code[:cut]}{gap}{code[cut:]}"
    assert codes.read_uscc(spelt.lower() if case else spelt).code == code
    assert codes.check_digit(code) == code[17]


@given(st.one_of(st.text(max_size=40), st.floats(), st.integers(), st.booleans()))
def test_no_cell_breaks_a_reading_of_codes_names_and_ticks(cell: Any) -> None:
    found = codes.read_uscc(cell)
    assert found.code is None or codes.is_uscc(found.code)
    assert not (found.code and found.rule)
    if isinstance(cell, str):
        text.firm_name(cell)
        text.ticked(cell)
        codes.normalise_phone(cell)


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("138 0000 0000", "13800000000"), ("138-0000-0000", "13800000000"), ("+86 13800000000", "13800000000"), ("0086-13800000000", "13800000000"),
        ("13800000000.0", "13800000000"), (13800000000.0, "13800000000"), (13800000000, "13800000000"), ("１３８００００００００", "13800000000"),
        ("（0791）86510023", "0791-86510023"), ("0791—86510023", "0791-86510023"), ("0791-86510023转801", "0791-86510023-801"), ("电话：86510023", "86510023"),
        ("'13800000000", "13800000000"), ("13800000000\u200b", "13800000000"),
    ],
)  # fmt: skip
def test_a_telephone_number(cell: Any, phone: str, directory: Directory) -> None:
    assert values.parse(CARD.field("phone"), cell, directory) == values.Outcome(phone)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("江西云栈网络科技有限公司 ", "江西云栈网络科技有限公司"), ("江西\u3000云栈有限公司", "江西云栈有限公司"), ("江西云栈有限公司（盖章）", "江西云栈有限公司"),
        ("江西云栈有限公司(公章)", "江西云栈有限公司"), ("江西云栈\n有限公司", "江西云栈有限公司"), ("梦驰（南昌）有限公司", "梦驰（南昌）有限公司"), ("不详", None), ("（盖章）", None),
    ],
)  # fmt: skip
def test_the_name_of_a_firm(typed: str, name: str | None) -> None:
    assert text.firm_name(typed) == name


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "########"])
def test_an_error_value_is_no_text(cell: str, directory: Directory) -> None:
    for field in (
        CARD.field("reg_address"),
        VISIT.field("revenue_ytd"),
        VISIT.field("visit_date"),
        CARD.field("phone"),
    ):
        assert values.parse(field, cell, directory).rule == "IMP-004"
    assert values.parse(CARD.field("reg_address"), "#5楼", directory).value == "#5楼"


def test_a_word_that_several_choices_begin_with_names_them(directory: Directory) -> None:
    found = values.parse(REGISTERS["nurture"].field("specialty"), "服务业", directory)
    assert found.rule == "GEN-005" and "“服务业2000万档”、" in found.reason and "哪一项" in found.reason


@pytest.mark.parametrize("cell", ["同上", "〃", " 同上 ", '"'])
def test_a_ditto_mark_is_no_value(cell: str, directory: Directory) -> None:
    for field in (
        CARD.field("reg_address"),
        VISIT.field("visit_mode"),
        VISIT.field("operation_text"),
        VISIT.field("revenue_ytd"),
    ):
        found = values.parse(field, cell, directory)
        assert (found.value, found.rule) == (None, "GEN-005") and "上一行" in found.reason
