"""Credit codes and telephone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import codes


@pytest.mark.parametrize(
    "code", ["91350100M000100Y43", "91360103MA0000015L", "91360103MA0000023F", "91360103MA00000A9A"]
)
def test_codes_that_pass(code: str) -> None:
    assert codes.uscc_problem(code) is None and codes.is_uscc(code)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("91350100M000100Y4Z", "ENT-001"),
        ("91360103MA0000015M", "ENT-002"),
        ("91360103MA0000015", "ENT-001"),
        ("91360103MA0000015LL", "ENT-001"),
        ("9136O103MA0000015L", "ENT-001"),
        ("", "ENT-001"),
        ("91360103MA00000１5L", "ENT-001"),
        ("19360103MA0000015L", "ENT-002"),
    ],
)
def test_codes_that_do_not(code: str, problem: str) -> None:
    assert codes.uscc_problem(code) == problem


def test_letters_in_front_are_allowed() -> None:
    """Collectives are registered by other authorities: N2…, Y1…; only the check digit decides."""
    from stdnum.cn import uscc

    body = "N2360103MF0000015"
    assert codes.is_uscc(body + uscc.calc_check_digit(body))


def test_normalising() -> None:
    assert codes.normalise_uscc(" 91360103-ma00000１5l\u200b\u3000") == "91360103MA0000015L"
    assert (
        codes.normalise_uscc("9136O103MA0000015L") == "9136O103MA0000015L"
    )  # an O stays the clerk's to correct


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("91110000600037341L", True),  # 60003734-1: a real registration used as example by python-stdnum
        ("91110000600037342X", False),
        ("91360103MA00000A9A", True),
        ("91360103MA0000015L", True),
        ("91360103MA0000025L", False),
        ("91350100M000100Y43", True),
        ("short", False),
    ],
)
def test_organisation_code(code: str, right: bool) -> None:
    assert codes.organisation_code_ok(code) is right


@pytest.mark.parametrize(
    ("code", "kind", "right"),
    [
        ("91360103MA0000015L", "企业法人", True),
        ("92360103MA0000015L", "企业法人", False),
        ("92360103MA0000015L", "个体工商户", True),
        ("91360103MA0000015L", "个体工商户", False),
        ("91360103MA0000015L", "分支机构", True),
        ("52360103MA0000015L", "民办非企业", True),
        ("91360103MA0000015L", "民办非企业", False),
        ("93360103MA0000015L", "农民专业合作社", True),
        ("12360103MA0000015L", "其他", True),
    ],
)
def test_authority_and_type(code: str, kind: str, right: bool) -> None:
    assert codes.entity_type_ok(code, kind) is right


@given(
    st.text(codes.USCC_ALPHABET, min_size=17, max_size=17),
    st.integers(0, 16),
    st.sampled_from(codes.USCC_ALPHABET),
)
def test_one_wrong_character_is_always_caught(body: str, at: int, other: str) -> None:
    from stdnum.cn import uscc

    code = body + uscc.calc_check_digit(body)
    assert codes.is_uscc(code)
    wrong = code[:at] + other + code[at + 1 :]
    assert codes.uscc_problem(wrong) == (None if wrong == code else "ENT-002")


@pytest.mark.parametrize(
    ("typed", "phone", "kind", "area", "masked"),
    [
        ("13812345678", "13812345678", "mobile", "", "138****5678"),
        ("138 1234 5678", "13812345678", "mobile", "", "138****5678"),
        ("138-1234-5678", "13812345678", "mobile", "", "138****5678"),
        ("+86 13812345678", "13812345678", "mobile", "", "138****5678"),
        ("１３８１２３４５６７８", "13812345678", "mobile", "", "138****5678"),
        ("0791-86510023", "0791-86510023", "landline", "0791", "0791-****0023"),
        ("（0791）86510023", "0791-86510023", "landline", "0791", "0791-****0023"),
        ("0791—86510023", "0791-86510023", "landline", "0791", "0791-****0023"),
        ("0791-86510023转8001", "0791-86510023-8001", "landline", "0791", "0791-****0023"),
        ("079186510023", "079186510023", "landline", "0791", "0791-****0023"),
        ("02186510023", "02186510023", "landline", "021", "021-****0023"),
        ("86510023", "86510023", "landline", "", "****0023"),
        ("400-800-8820", "400-800-8820", "service", "", "****8820"),
        ("4008008820", "4008008820", "service", "", "****8820"),
    ],
)
def test_phones(typed: str, phone: str, kind: str, area: str, masked: str) -> None:
    assert codes.normalise_phone(typed) == phone
    assert (codes.phone_kind(phone), codes.area_code(phone), codes.mask_phone(phone)) == (kind, area, masked)


@pytest.mark.parametrize(
    "typed", ["", "12345", "12812345678", "1381234567", "138123456789", "0791-1651002", "电话", "110"]
)
def test_what_is_no_phone(typed: str) -> None:
    phone = codes.normalise_phone(typed)
    assert codes.phone_kind(phone) is None and codes.area_code(phone) == ""
    assert len(phone) < 5 or phone not in codes.mask_phone(phone)
