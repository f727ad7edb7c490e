"""Values from text and back: every field of every register, the usual spellings, and what is not understood."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import setup, values
from db.fields import Field, Kind
from db.lookup import Directory
from db.registers import REGISTERS
from db.store import Store
from tests.db.fixtures import CODES, STREET, add, firm

VISIT, CARD, ISSUE, CLOUD = (REGISTERS[name] for name in ("visit", "enterprise", "issue", "cloud"))


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    store: Store = setup.initialise(tmp_path_factory.mktemp("values"), STREET)
    with store.write() as session:
        add(session, "visit", enterprise_id=firm(session), visit_date=date(2024, 5, 8))
        firm(session, "同名商贸有限公司", CODES[1])
        firm(session, "同名商贸有限公司", CODES[2])
    with store.read() as session:
        yield Directory(session)
    store.close()


def examples(field: Field, directory: Directory) -> list[Any]:
    """Values a field may hold."""
    match field.kind:
        case Kind.BOOL:
            return [True, False]
        case Kind.INTEGER:
            return [0, 7, 12345]
        case Kind.NUMBER:
            step = Decimal(1).scaleb(-field.places)
            return [Decimal(0) * step, 3 * step, Decimal("1234.5").quantize(step)]
        case Kind.DATE:
            return [date(2024, 5, 8), date(1999, 12, 31)]
        case Kind.PERIOD:
            return ["2024-05"]
        case Kind.CHOICE if field.choices:
            return list(field.choices)
        case Kind.CHOICES if field.choices:
            return [[field.choices[0]], list(field.choices)]
        case Kind.CHOICE | Kind.REF if field.source in ("enterprise", "visit"):
            found = directory.find(
                field.source, CODES[0] if field.source == "enterprise" else f"{STREET}-202405-001"
            )
            assert isinstance(found, UUID)
            return [found]
        case Kind.CHOICE | Kind.REF:
            return [value for value, _ in directory.options(field.source)]
        case Kind.CHOICES | Kind.REFS:
            options = [value for value, _ in directory.options(field.source)]
            return [options[:1], options[:3]]
        case Kind.LOG:
            return [
                [
                    {"at": "2024-05-08", "by": "张敏", "text": "已对接银行"},
                    {"at": "2024-05-10", "by": "李伟", "text": "放款"},
                ]
            ]
        case Kind.CHECKLIST:
            return [["营业执照复印件（盖章）", "利润表"]]
        case Kind.FILES:
            return [[{"name": "签到表.jpg"}]]
    if field.editor == "code":
        return [CODES[0]]
    return ["0791-86510023"] if field.editor == "phone" else ["张敏（经发办）"]


@pytest.mark.parametrize("register", REGISTERS)
def test_what_is_shown_is_understood_again(register: str, directory: Directory) -> None:
    for field in REGISTERS[register].fields:
        for value in examples(field, directory):
            shown = values.to_text(field, value, directory)
            assert shown, (field.name, value)
            back = values.parse(field, shown, directory)
            assert back == values.Outcome(value), (field.name, shown, back)
            assert values.display(field, value, directory)


@pytest.mark.parametrize("register", REGISTERS)
def test_json_gives_the_value_back(register: str, directory: Directory) -> None:
    for field in REGISTERS[register].fields:
        assert values.from_json(field, values.to_json(None)) is None
        for value in examples(field, directory):
            assert values.from_json(field, values.to_json(value)) == value


@pytest.mark.parametrize(
    ("register", "name", "raw", "expected"),
    [
        (VISIT, "visit_date", "2024年5月8日", date(2024, 5, 8)),
        (VISIT, "visit_date", "2024/5/8", date(2024, 5, 8)),
        (VISIT, "visit_date", datetime(2024, 5, 8), date(2024, 5, 8)),
        (VISIT, "visit_date", 45420, date(2024, 5, 8)),
        (VISIT, "visit_mode", "上门", "实地"),
        (VISIT, "visit_mode", " 实 地 ", "实地"),
        (VISIT, "digital_stage", "起步", "起步（办公软件、财务软件）"),
        (VISIT, "digital_stage", "起步(办公软件、财务软件)", "起步（办公软件、财务软件）"),
        (VISIT, "has_issue", "有", True),
        (VISIT, "has_issue", "无", False),
        (VISIT, "cloud_status", "√", "已上云"),
        (VISIT, "systems", "OA、erp；财务软件", ["OA", "ERP", "财务软件"]),
        (VISIT, "revenue_ytd", "1,234.5", Decimal("1234.5")),
        (VISIT, "revenue_ytd", "1.2亿", Decimal("12000")),
        (VISIT, "operation_text", "第一行\n第二行", "第一行\n第二行"),
        (VISIT, "visitors", "张敏\n李伟", "张敏、李伟"),
        (VISIT, "visitors", "张敏、\n李伟", "张敏、李伟"),
        (CARD, "name", "江西云栈\n网络科技", "江西云栈网络科技"),
        (CARD, "uscc", " 9136 0103 ma00 0001 5l ", CODES[0]),
        (CARD, "street_code", "朝阳洲", STREET),
        (CARD, "street_code", "朝阳洲街道办事处", STREET),
        (CARD, "industry_code", "I6550 信息处理和存储支持服务", "I6550"),
        (CARD, "industry_code", "6550", "I6550"),
        (CARD, "industry_code", "65", "I65"),
        (CARD, "employees", 12.0, 12),
        (CARD, "field_tag", "流量经济,其他", ["流量经济", "其他"]),
        (ISSUE, "org_code", "区发展和改革委员会", "qfgw"),
        (ISSUE, "support_org_codes", "区发改委、区商务局", ["qfgw", "qswj"]),
        (ISSUE, "category", "用地(用房)", "用地（用房）"),
        (CLOUD, "cloud_type", "SaaS", ["业务应用上云"]),
        (CARD, "remark", "", None),
        (CARD, "remark", None, None),
        (CARD, "status", "/", None),
        (CARD, "street_code", "—", None),
    ],
    ids=str,
)  # fmt: skip
def test_the_usual_spellings(register: Any, name: str, raw: Any, expected: Any, directory: Directory) -> None:
    assert values.parse(register.field(name), raw, directory) == values.Outcome(expected)


@pytest.mark.parametrize(
    ("register", "name", "raw", "rule"),
    [
        (VISIT, "visit_date", "上周二", "GEN-004"),
        (VISIT, "visit_date", "2024-02-30", "GEN-004"),
        (VISIT, "revenue_ytd", "约120", "GEN-002"),
        (CARD, "employees", "12.5", "GEN-003"),
        (CARD, "employees", "十二个", "GEN-002"),
        (VISIT, "revenue_ytd", "9" * 30, "GEN-002"),
        (VISIT, "revenue_ytd", "1e400", "GEN-002"),
        (VISIT, "visit_mode", "托梦", "GEN-005"),
        (VISIT, "has_issue", "也许", "GEN-005"),
        (VISIT, "systems", "OA、自研", "GEN-005"),
        (CARD, "street_code", "东湖街道", "GEN-009"),
        (ISSUE, "org_code", "某某局", "GEN-009"),
        (CARD, "industry_code", "Z9999", "GEN-005"),
        (VISIT, "enterprise_id", "没有这家公司", "GEN-005"),
        (VISIT, "enterprise_id", "同名商贸有限公司", "GEN-005"),
    ],
    ids=str,
)
def test_what_is_not_understood_says_which_rule_it_breaks(
    register: Any, name: str, raw: Any, rule: str, directory: Directory
) -> None:
    outcome = values.parse(register.field(name), raw, directory)
    assert (outcome.value, outcome.rule) == (None, rule) and outcome.reason and not outcome.ok


def test_a_header_with_another_unit_converts(directory: Directory) -> None:
    field = VISIT.field("revenue_ytd")
    assert values.parse(field, 1.2, directory, unit="亿元").value == Decimal("12000")
    assert values.parse(field, "1.2", directory, unit="亿元").value == Decimal("12000")
    assert values.parse(field, "350万元", directory, unit="亿元").value == Decimal("350")
    assert values.parse(field, 5_000_000, directory, unit="元").value == Decimal("500")


@given(raw=st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.dates(), st.booleans(), st.none()))
def test_nothing_typed_raises(raw: object, directory: Directory) -> None:
    for register in REGISTERS.values():
        for field in register.fields:
            outcome = values.parse(field, raw, directory)
            assert outcome.ok or (outcome.value is None and outcome.reason)


def test_numbers_are_shown_without_exponent_or_lost_digits(directory: Directory) -> None:
    money, fine = VISIT.field("revenue_ytd"), REGISTERS["indicator"].field("value")
    assert values.to_text(money, Decimal("1234567.50"), directory) == "1234567.50"
    assert values.display(money, Decimal("1234567.50"), directory) == "1,234,567.50"
    assert values.to_text(fine, Decimal("56.1200"), directory) == "56.12"
    assert values.to_text(fine, Decimal("100.0000"), directory) == "100"
    assert values.display(fine, Decimal("12000.0000"), directory) == "12,000"


def test_all_streets_together_are_told_as_one(directory: Directory) -> None:
    field = REGISTERS["duty"].field("support_org_codes")
    streets = [code for code, _ in directory.options("street")]
    assert values.display(field, ["qswj", *streets], directory) == "区商务局、各街道"
    assert "、" in values.display(field, streets[:2], directory) and "各街道" not in values.display(
        field, streets[1:], directory
    )
    assert values.parse(field, values.to_text(field, streets, directory), directory).value == streets
