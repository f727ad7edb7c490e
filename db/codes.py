"""Codes and telephone numbers: spelling, check digits, what may be shown. Uniqueness needs the register.

Credit codes follow GB 32100—2015, organisation codes GB 11714.
"""

from __future__ import annotations

import re
from operator import mul
from typing import Any, Literal, NamedTuple

from db.text import clean, fold, is_blank, unwrapped

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(f"[{USCC_ALPHABET}]{{18}}")
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_PLACE = {char: place for place, char in enumerate(USCC_ALPHABET)}
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

UsccProblem = Literal["ENT-001", "ENT-002"]


def normalise_uscc(raw: str) -> str:
    """Upper-case, half-width, without blanks and hyphens. Never guesses at a mistyped letter."""
    return re.sub("[-—–]", "", fold(raw)).upper()


def check_digit(code: str) -> str:
    """The last character that the first seventeen of a credit code ask for (GB 32100—2015)."""
    total = sum(map(mul, map(_PLACE.__getitem__, code), _USCC_WEIGHTS))
    return USCC_ALPHABET[-total % 31]


def uscc_problem(code: str) -> UsccProblem | None:
    """What is wrong with a (normalised) credit code: “ENT-001” length or characters, “ENT-002” check digit.

    Letters among the first eight characters are right: units registered by other authorities have them.
    """
    if not _USCC.fullmatch(code):
        return "ENT-001"
    return None if check_digit(code) == code[17] else "ENT-002"


class CodeRead(NamedTuple):
    """A credit code as it was found in a table: the code, or the rule it breaks and the reason; all empty for a blank."""

    code: str | None = None
    rule: str = ""
    reason: str = ""


_LOST = CodeRead(rule="IMP-006", reason="代码按数字存放，Excel 已丢失末尾几位，请改成文本后重新填写")
_ALIKE = {"O": "0", "I": "1", "S": "5", "V": "U", "Z": "2"}


def read_uscc(raw: Any) -> CodeRead:
    """The credit code in a cell. It is only respelt (blanks, width, case), never mended.

    IMP-006: a number, whose last digits the spreadsheet has lost. ENT-001 tells length or the place of a wrong
    character, ENT-002 the check digit.
    """
    if isinstance(raw, (int, float)):
        return _LOST
    typed = str(raw)
    code = typed.upper() if len(typed) == 18 and typed.isascii() and typed.isalnum() else _bare_code(typed)
    if _USCC.fullmatch(code):
        if check_digit(code) == code[17]:
            return CodeRead(code)
        if code.isdigit() and code.endswith("000"):
            return _LOST  # shown in full, with noughts for what is gone
        return CodeRead(rule="ENT-002", reason="校验位不正确，请核对营业执照")
    if is_blank(typed) or not code:
        return CodeRead()
    if re.fullmatch(r"\d(?:\.\d+)?E\+?\d+", code) or re.fullmatch(r"\d{15,18}\.0", code):
        return _LOST
    return CodeRead(rule="ENT-001", reason=_why_no_uscc(code))


def _bare_code(typed: str) -> str:
    code = normalise_uscc(unwrapped(clean(typed).text))
    return re.sub(r"^(?:统一)?(?:社会)?信用代码[:：]?|^代码[:：]", "", code)


def _why_no_uscc(code: str) -> str:
    if len(code) != 18:
        kind = ""
        if len(code) == 9 and code.isalnum():
            kind = "，像是组织机构代码"
        elif len(code) in (13, 15) and code.isdigit():
            kind = "，像是旧的工商注册号"
        return f"应为 18 位，这里是 {len(code)} 位{kind}，且不含 I、O、S、V、Z"
    at = next(place for place, char in enumerate(code) if char not in USCC_ALPHABET)
    char = code[at]
    hint = f"（是不是 {_ALIKE[char]}？请核对营业执照）" if char in _ALIKE else ""
    return f"第 {at + 1} 位是“{char}”，代码里不用 I、O、S、V、Z 和其他字符{hint}"


def is_uscc(code: str) -> bool:
    return uscc_problem(code) is None


def organisation_code_ok(code: str) -> bool:
    """Whether characters 9 to 17 of a credit code pass the check of GB 11714 (ENT-003)."""
    part = code[8:17]
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", part):
        return False
    total = sum(int(char, 36) * weight for char, weight in zip(part[:8], _ORG_WEIGHTS, strict=True))
    return part[8] == "0123456789X0"[11 - total % 11]


# Which beginnings of a credit code a type of unit may have (ENT-004); an unlisted type may have any.
_BEGINNINGS = {
    "企业法人": ("91",),
    "个体工商户": ("92",),
    "农民专业合作社": ("93",),
    "分支机构": ("9",),
    "民办非企业": ("5",),
}


def entity_type_ok(code: str, entity_type: str) -> bool:
    """Whether the registering authority in the code suits the unit's type (ENT-004)."""
    return code.startswith(_BEGINNINGS.get(entity_type, ("",)))


PhoneKind = Literal["mobile", "landline", "service"]

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0\d{2,3}-?)?[2-9]\d{6,7}(-\d{1,6})?")
_SERVICE = re.compile(r"[48]00-?\d{3}-?\d{4}|[48]00-?\d{4}-?\d{3}")
_AREA = re.compile(r"(010|02\d|0[3-9]\d{2})-?[2-9]")


def normalise_phone(raw: str) -> str:
    """Half-width, without blanks; “（0791）86510023” and “0791—86510023” become “0791-86510023”."""
    text = fold(raw)
    if text.isdigit() and text.isascii() and not text.startswith("00"):
        return text
    text = re.sub("[—–−‐‑]", "-", text)
    text = re.sub(r"^(?:手机|电话|联系电话|座机|办公电话|TEL|Tel|tel)[:：.]?(?=[\d(+])", "", text)
    text = re.sub(r"^\((0\d{2,3})\)-?", r"\1-", text)
    text = re.sub(r"^(?:\+|00)86-?", "", text)
    text = re.sub(r"(?:转|分机|[xX]|ext\.?)(\d{1,6})$", r"-\1", text)
    if re.fullmatch(r"1[3-9]\d-\d{4}-\d{4}|1[3-9]\d{2}-\d{3}-\d{4}", text):
        text = text.replace("-", "")
    if re.fullmatch(r"\d{7,12}\.0", text):
        text = text[:-2]  # a number that went through a program which writes decimals
    return text


def phone_kind(phone: str) -> PhoneKind | None:
    """What kind of (normalised) number this is, None when it is none (ENT-009)."""
    if _MOBILE.fullmatch(phone):
        return "mobile"
    if _SERVICE.fullmatch(phone):
        return "service"
    return "landline" if _LANDLINE.fullmatch(phone) else None


def area_code(phone: str) -> str:
    """The area code of a landline, empty where none is written; compare with the district's (ENT-010)."""
    found = _AREA.match(phone) if phone_kind(phone) == "landline" else None
    return found[1] if found else ""


def mask_phone(phone: str) -> str:
    """For display where the whole number is not needed: “138****5678”, “0791-****0023”."""
    if phone_kind(phone) == "mobile":
        return f"{phone[:3]}****{phone[-4:]}"
    if phone_kind(phone) == "landline":
        area = area_code(phone)
        local = phone[len(area) :].lstrip("-").split("-")[0]
        return f"{area}-****{local[-4:]}" if area else f"****{local[-4:]}"
    return f"****{phone[-4:]}" if len(phone) > 4 else "****" if phone else ""
