"""Industries, digital-economy classes and thresholds."""

from decimal import Decimal

import pytest

from db import classifications as table
from db.errors import UsageError


@pytest.mark.parametrize(
    ("written", "code", "name"),
    [
        ("I6550", "I6550", "信息处理和存储支持服务"),
        ("6550", "I6550", "信息处理和存储支持服务"),
        ("i6550", "I6550", "信息处理和存储支持服务"),
        ("Ｉ６５５０", "I6550", "信息处理和存储支持服务"),
        ("655", "I655", "信息处理和存储支持服务"),
        ("I65", "I65", "软件和信息技术服务业"),
        ("65", "I65", "软件和信息技术服务业"),
        ("I65 软件和信息技术服务业", "I65", "软件和信息技术服务业"),
        ("I6513应用软件开发", "I6513", "应用软件开发"),
        ("01", "A01", "农业"),
        ("F5292", "F5292", "互联网零售"),
        ("F5299", "F5299", "零售业"),
        ("K7020", "K7020", "物业管理"),
        ("S91", "S91", "中国共产党机关"),
    ],
)
def test_industries(written: str, code: str, name: str) -> None:
    found = table.industry(written)
    assert found == table.Industry(code, name)
    assert found.section + found.digits == code and found.digits.startswith(found.division)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "I",
        "99",
        "98",
        "C65",
        "I51",
        "6555",
        "I658",
        "65501",
        "软件",
        "I65 电信",
        "6",
        "00",
        "I6550 应用软件开发",
        "U97",
    ],
)
def test_what_is_no_industry(written: str) -> None:
    assert table.industry(written) is None


def test_industries_by_name() -> None:
    assert table.industry_by_name("软件和信息技术服务业") == table.industry("I65")
    assert table.industry_by_name("应用软件开发") == table.industry("I6513")
    assert table.industry_by_name("教育") == table.industry("P83")
    assert table.industry_by_name("酿酒") is None


def test_choices_for_the_picker() -> None:
    choices = table.industry_choices()
    assert [each.code for each in choices if len(each.digits) == 2][:3] == ["A01", "A02", "A03"]
    assert sum(len(each.digits) == 2 for each in choices) == 97
    assert all(table.industry(each.code) == each for each in choices)
    assert len({each.code for each in choices}) == len(choices)
    assert table.industry("I6550") in choices


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("I6550", "yes"),
        ("I6513", "yes"),
        ("6311", "yes"),
        ("F5292", "yes"),
        ("C3911", "yes"),
        ("I65", "yes"),
        ("I63", "yes"),
        ("I64", "yes"),
        ("C39", "yes"),
        ("I653", "yes"),
        ("L7224", "partial"),
        ("M7320", "partial"),
        ("E4851", "partial"),
        ("F52", "partial"),
        ("L72", "partial"),
        ("F5211", "no"),
        ("H62", "no"),
        ("K7020", "no"),
        ("K70", "no"),
        ("xx", "no"),
    ],
)
def test_digital_core(code: str, answer: str) -> None:
    assert table.is_digital_core(code) == answer


def test_digital_classes() -> None:
    classes = table.digital_classes()
    assert sum(len(each.code) == 6 for each in classes) == 156
    assert [each.code for each in classes if len(each.code) == 2] == ["01", "02", "03", "04", "05"]
    assert {each.core for each in classes if each.code.startswith("05")} == {False}
    assert all(each.core for each in classes if each.code[:2] in ("01", "02", "03", "04"))
    for each in classes:
        assert all(table.industry(code) for code in each.industries), each


def test_digital_classes_are_found_by_code_and_name() -> None:
    assert table.digital_class("030405") == "030405"
    assert table.digital_class("030405 信息处理和存储支持服务") == "030405"
    assert table.digital_class("信息处理和存储支持服务") == "030405"
    assert table.digital_class("03") == table.digital_class("数字技术应用业") == "03"
    assert table.digital_class("030405 应用软件开发") is None
    assert table.digital_class("999999") is None
    assert table.digital_class_name("030405") == "030405 信息处理和存储支持服务"
    assert table.digital_class_name("999999") == "999999"
    for code, label in table.digital_class_choices():
        assert table.digital_class(label) == code and table.digital_class_name(code) == label


def test_digital_classes_of_an_industry() -> None:
    assert [each.code for each in table.digital_classes_for("I6550")] == ["030405"]
    assert [each.code for each in table.digital_classes_for("E4851")] == ["040501", "040502", "040504"]
    assert table.digital_classes_for("H62") == ()


@pytest.mark.parametrize(
    ("code", "id", "specialty", "amount"),
    [
        ("C39", "IND", "工业", "2000"),
        ("F5193", "WHO", "批发", "2000"),
        ("F5292", "RET", "零售", "500"),
        ("H61", "HOT", "住宿", "200"),
        ("H62", "CAT", "餐饮", "200"),
        ("I6550", "SV20", "服务业2000万档", "2000"),
        ("G54", "SV20", "服务业2000万档", "2000"),
        ("Q84", "SV20", "服务业2000万档", "2000"),
        ("L72", "SV10", "服务业1000万档", "1000"),
        ("K7020", "SV10", "服务业1000万档", "1000"),
        ("K703", "SV10", "服务业1000万档", "1000"),
        ("O80", "SV05", "服务业500万档", "500"),
        ("Q85", "SV05", "服务业500万档", "500"),
        ("E47", "CON", "建筑业", None),
        ("K7010", "RED", "房地产", None),
    ],
)
def test_thresholds(code: str, id: str, specialty: str, amount: str | None) -> None:
    found = table.threshold_for(code)
    assert found is not None
    assert (found.id, found.specialty) == (id, specialty)
    assert found.threshold_wan == (None if amount is None else Decimal(amount))
    assert table.threshold_of(specialty) is found


@pytest.mark.parametrize("code", ["A01", "J66", "K70", "S91", "不是代码"])
def test_industries_without_a_threshold(code: str) -> None:
    assert table.threshold_for(code) is None


def test_specialties_are_those_of_the_form() -> None:
    assert table.specialties() == (
        "工业",
        "批发",
        "零售",
        "住宿",
        "餐饮",
        "服务业2000万档",
        "服务业1000万档",
        "服务业500万档",
        "建筑业",
        "房地产",
    )
    stock = {row.stock_specialty for row in table.thresholds() if row.specialty}
    assert stock == {"工业", "批发", "零售", "住宿", "餐饮", "服务业", "建筑业", "房地产"}
    assert table.threshold_of("") is None  # 投资单位 have no specialty


def test_an_office_may_have_thresholds_of_its_own() -> None:
    entry = {
        "id": "X", "category": "零售", "specialty": "零售", "stock_specialty": "零售", "sections": [],
        "divisions": ["52"], "classes": [], "metric": "年主营业务收入", "threshold_wan": "800",
    }  # fmt: skip
    ours = table.read_thresholds([entry])
    found = table.threshold_for("F5292", ours)
    assert found is not None and found.threshold_wan == 800
    assert table.threshold_for("I6550", ours) is None
    for wrong in ({**entry, "threshold_wan": 800}, {**entry, "threshold_wan": "八百"}, {"id": "X"}):
        with pytest.raises(UsageError, match="第 2 条") as refused:
            table.read_thresholds([entry, wrong])
        assert refused.value.id == "bad_thresholds"


def test_materials() -> None:
    papers = table.materials_for("服务业2000万档")
    assert papers[:3] == ("调查单位纳入申报表", "法人单位基本情况表", "营业执照复印件（盖章）")
    assert "主要业务合同" in papers and "资质证书" not in papers
    assert "资质证书" in table.materials_for("建筑业")
    assert table.materials_for("不存在") == papers[:3]
