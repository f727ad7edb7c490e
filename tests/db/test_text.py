"""What people type, and what is made of it."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import text


@pytest.mark.parametrize(
    ("typed", "cleaned", "count"),
    [
        ("江西梦驰网络科技有限公司", "江西梦驰网络科技有限公司", 0),
        ("  江西梦驰 ", "江西梦驰", 1),
        ("南昌云栈大数据服务南昌分公司\u3000", "南昌云栈大数据服务南昌分公司", 1),
        ("王\u3000强", "王强", 1),
        ("上年营收\n(万元)", "上年营收(万元)", 1),
        ("ABC\u3000Ltd", "ABC Ltd", 1),
        ("ABC Ltd", "ABC Ltd", 0),
        ("\ufeff江西\u200b梦驰\x07", "江西梦驰", 3),
        ("（江西）ＡＢ", "（江西）ＡＢ", 0),
        (" \u3000\n", "", 1),
        ("", "", 0),
    ],
)
def test_clean(typed: str, cleaned: str, count: int) -> None:
    assert text.clean(typed) == text.Cleaned(cleaned, count)


def test_clean_keeps_the_lines_of_a_long_text() -> None:
    assert text.clean("一、订单\u3000\r\n\r\n二、用工 \n\n", lines=True) == text.Cleaned(
        "一、订单\n\n二、用工", 3
    )


@given(st.text(), st.booleans())
def test_cleaning_twice_changes_nothing(typed: str, lines: bool) -> None:
    once = text.clean(typed, lines=lines)
    assert text.clean(once.text, lines=lines) == text.Cleaned(once.text, 0)
    if not lines:
        assert (once.count == 0) == (once.text == typed)


@pytest.mark.parametrize(
    ("cell", "unit", "number"),
    [
        ("500", "万元", "500"),
        ("１，２００．５", "万元", "1200.5"),
        ("1,200.5万元", "万元", "1200.5"),
        ("1,200.5 万元", "万元", "1200.5"),
        ("0.35亿", "万元", "3500"),
        ("0.35亿元", "万元", "3500"),
        ("3500万", "万元", "3500"),
        ("3500万", "亿元", "0.35"),
        ("3600元", "万元", "0.36"),
        ("12.3456亿元", "亿元", "12.3456"),
        ("2千万元", "万元", "2000"),
        ("¥1,200", "元", "1200"),
        ("500（万元）", "万元", "500"),
        ("3600元/年", "万元", "0.36"),
        ("1 200.5", "万元", "1200.5"),
        ("85%", "%", "85"),
        ("85％", "%", "85"),
        ("30家", "家", "30"),
        ("30个", "家", "30"),
        ("1.2万家", "家", "12000"),
        ("10640㎡", "平方米", "10640"),
        ("1.2万平方米", "平方米", "12000"),
        ("-12.5", "万元", "-12.5"),
        ("−12.5", "万元", "-12.5"),
        ("-0", "", "0"),
        (".5", "", "0.5"),
        ("5.", "", "5"),
        (0.1 + 0.2, "万元", "0.3"),
        (1201.58, "万元", "1201.58"),
        (500.0, "万元", "500"),
        (500, "万元", "500"),
        (D("1.20"), "万元", "1.20"),
    ],
)
def test_numbers(cell: object, unit: str, number: str) -> None:
    found = text.parse_decimal(cell, unit)
    assert found == text.Parsed(D(number))
    assert found.value is not None and "E" not in str(found.value) and str(found.value) != "-0"


@pytest.mark.parametrize("cell", [None, "", " ", "\u3000", "无", "／", "/", "—", "——", "-", "暂无"])
def test_blanks_are_no_numbers_and_no_mistakes(cell: object) -> None:
    assert text.parse_decimal(cell, "万元") == text.Parsed(None, "")
    assert text.parse_date(cell) == text.Parsed(None, "")
    assert text.parse_period(cell) == text.Parsed(None, "")
    assert text.is_blank(cell)


@pytest.mark.parametrize(
    ("cell", "unit", "why"),
    [
        ("约500", "万元", "确切"),
        ("500左右", "万元", "确切"),
        ("30余家", "家", "确切"),
        ("500+", "万元", "确切"),
        ("10个以上", "个", "确切"),
        ("十几", "家", "确切"),
        ("1/2", "", "分数"),
        ("3—5家", "家", "范围"),
        ("3~5", "家", "范围"),
        ("1,23", "万元", "位置"),
        ("1.2.3", "万元", "位置"),
        ("12,345,67", "万元", "位置"),
        ("12 50", "万元", "空格"),
        ("(500)", "万元", "括号"),
        ("1.2E+05", "万元", "科学计数法"),
        ("三百", "家", "阿拉伯数字"),
        ("5千", "万元", "不清楚"),
        ("500美元", "万元", "美元"),
        ("85%", "万元", "不符"),
        ("500万元", "家", "不符"),
        ("500万元", "", "没有单位"),
        ("已上云", "万元", "数字"),
        ("9" * 40, "万元", "位数"),
        (float("nan"), "万元", "数字"),
        (float("inf"), "万元", "数字"),
        (D("NaN"), "万元", "数字"),
        (True, "万元", "数字"),
        (date(2024, 5, 8), "万元", "数字"),
    ],
)
def test_doubtful_numbers_are_refused_with_a_reason(cell: object, unit: str, why: str) -> None:
    found = text.parse_decimal(cell, unit)
    assert found.value is None and not found.ok
    assert why in found.reason


def test_whole_numbers() -> None:
    assert text.parse_int("1,200人", "人") == text.Parsed(1200)
    assert text.parse_int(12.0) == text.Parsed(12)
    assert text.parse_int("12.5").reason == "这里应当是整数"
    assert text.parse_int("约12", "人").reason
    assert text.parse_int("") == text.Parsed(None)


money = st.decimals(-(10**12), 10**12, places=2, allow_nan=False)


@given(money)
def test_any_amount_survives_being_written_with_separators(amount: D) -> None:
    for written in (f"{amount:,f}", f"{amount}", f"{amount:,f}万元", f"{amount:,f}".translate(_WIDE)):
        assert text.parse_decimal(written, "万元").value == amount
    assert text.parse_decimal(f"{amount}亿元", "万元").value == amount * 10000
    assert text.parse_decimal(f"{amount}元", "万元").value == amount / 10000


@given(st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 4)))
def test_a_cell_number_keeps_what_excel_shows(number: float) -> None:
    found = text.parse_decimal(number).value
    assert found is not None and abs(found - D(repr(number))) <= abs(D(repr(number))) * D("1e-14")


_WIDE = str.maketrans("0123456789,.", "０１２３４５６７８９，．")


@given(st.text(max_size=30), st.sampled_from(["", "万元", "家", "%", "亿元"]))
def test_no_text_breaks_a_parser(typed: str, unit: str) -> None:
    for found in (
        text.parse_decimal(typed, unit),
        text.parse_int(typed, unit),
        text.parse_date(typed),
        text.parse_period(typed),
        text.parse_bool(typed),
    ):
        assert not (found.reason and found.value is not None)
    text.name_core(typed)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-05-08",
        "2024/5/8",
        "2024.5.8",
        "2024年5月8日",
        "2024 年 5 月 8 日",
        "2024年5月8号",
        "20240508",
        20240508,
        "２０２４－０５－０８",
        "2024。5。8",
        "2024-05-08 00:00:00",
        "2024-05-08T09:30",
        "2024-05-08 星期三",
        "2024年5月8日(周三)",
        "2024 5 8",
        45420,
        45420.5,
        "45420",
        date(2024, 5, 8),
        datetime(2024, 5, 8, 17, 30),
    ],
)
def test_dates(cell: object) -> None:
    assert text.parse_date(cell) == text.Parsed(date(2024, 5, 8))


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("07/05/2024", "哪个是月"),
        ("24.5.8", "四位"),
        ("5月8日", "缺少年份"),
        ("5-8", "缺少年份"),
        ("2024-05", "缺少日"),
        ("2024年5月", "缺少日"),
        ("2024", "缺少日"),
        ("2024-02-30", "没有 2024 年 2 月 30 日"),
        ("20241301", "没有"),
        ("0024-05-08", "年份"),
        ("2024-05/08", "不是有效日期"),
        ("上周三", "不是有效日期"),
        (12, "不是日期"),
        (2024, "不是日期"),
        (float("nan"), "不是日期"),
        (True, "不是日期"),
    ],
)
def test_doubtful_dates_are_refused_with_a_reason(cell: object, why: str) -> None:
    found = text.parse_date(cell)
    assert found.value is None and why in found.reason


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_any_day_in_any_spelling(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    spelled = (
        day.isoformat(),
        f"{day:%Y/%m/%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y%m%d}",
        serial,
        f"{day.year}年{day.month}月{day.day}日",
    )
    assert {text.parse_date(one).value for one in spelled} == {day}


@pytest.mark.parametrize(
    "cell",
    ["2024-05", "2024年5月", "2024.5", "202405", 202405, 2024.5, 45413, date(2024, 5, 1), "2024 年 5 月"],
)
def test_periods(cell: object) -> None:
    assert text.parse_period(cell) == text.Parsed("2024-05")


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (2024.1, "10 月"),
        ("5月", "缺少年份"),
        ("2024", "缺少月份"),
        ("2024年1-5月", "一段时间"),
        ("年度", "不是有效"),
        ("2024-13", "不是有效"),
        (12, "不是年月"),
        (202413, "不是年月"),
        (True, "不是年月"),
    ],
)
def test_doubtful_periods_are_refused_with_a_reason(cell: object, why: str) -> None:
    found = text.parse_period(cell)
    assert found.value is None and why in found.reason


def test_a_number_cell_with_november_is_november() -> None:
    assert text.parse_period(2024.11).value == "2024-11"
    assert text.parse_period("2024.1").value == "2024-01"


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("是", True),
        ("√", True),
        ("有", True),
        ("Y", True),
        ("ｙｅｓ", True),
        (1, True),
        (1.0, True),
        (True, True),
        ("否", False),
        ("×", False),
        ("无", False),
        ("N", False),
        (0, False),
        ("0", False),
        (False, False),
        ("", None),
        (None, None),
        ("—", None),
        (" / ", None),
    ],
)
def test_yes_and_no(cell: object, answer: bool | None) -> None:
    assert text.parse_bool(cell) == text.Parsed(answer)


def test_neither_yes_nor_no() -> None:
    assert text.parse_bool("办理中").reason == "请填“是”或“否”"
    assert text.parse_bool(2).reason


PLACES = ("江西省", "江西", "南昌市", "南昌")


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("江西梦驰网络科技股份有限公司", "梦驰网络科技"),
        ("梦驰网络科技（江西）有限公司", "梦驰网络科技"),
        ("江西省南昌市梦驰网络科技有限责任公司", "梦驰网络科技"),
        ("江西万象格电子商务(江西)有限公司", "万象格电子商务"),
        ("南昌云栈大数据服务南昌分公司", "云栈大数据服务南昌分公司"),
        ("南昌某某投资中心（有限合伙）", "某某投资中心"),
        ("江西", "江西"),
        ("", ""),
    ],
)
def test_core_of_a_name(name: str, core: str) -> None:
    assert text.name_core(name, PLACES) == core


def test_same_name() -> None:
    assert text.same_name("江西 梦驰（南昌）公司") == text.same_name("江西梦驰(南昌)公司 ")
    assert text.same_name("江西梦驰") != text.same_name("江西梦池")


def test_similarity() -> None:
    assert text.similarity("订单饱满，用工紧张", "订单饱满,用工紧张。") == 100
    assert 85 <= text.similarity("希望对接财园信贷通贷款320万元", "希望对接财园信贷通贷款300万元") < 100
    assert text.similarity("融资难", "招工不易") < 50
    assert text.similarity("", "") == 100 and text.similarity("", "有") == 0


@given(st.text(max_size=40))
def test_folding_is_stable(typed: str) -> None:
    folded = text.fold(typed)
    assert text.fold(folded) == text.fold(unicodedata.normalize("NFKC", folded))
    assert not any(char.isspace() for char in folded)
