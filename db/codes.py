"""Codes and telephone numbers: spelling, check digits, what may be shown. Uniqueness needs the register.

Credit codes follow GB 32100—2015, organisation codes GB 11714.
"""

from __future__ import annotations

import re
from typing import Literal

from db.text import fold

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(f"[{USCC_ALPHABET}]{{18}}")
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

UsccProblem = Literal["ENT-001", "ENT-002"]


def normalise_uscc(raw: str) -> str:
    """Upper-case, half-width, without blanks and hyphens. Never guesses at a mistyped letter."""
    return re.sub("[-—–]", "", fold(raw)).upper()


def uscc_problem(code: str) -> UsccProblem | None:
    """What is wrong with a (normalised) credit code: “ENT-001” length or characters, “ENT-002” check digit.

    `stdnum`'s own `validate` is too strict here: it refuses letters among the first eight characters,
    which units registered by other authorities do have.
    """
    from stdnum.cn import uscc

    if not _USCC.fullmatch(code):
        return "ENT-001"
    return None if uscc.calc_check_digit(code[:17]) == code[17] else "ENT-002"


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
    text = re.sub("[—–−‐‑]", "-", fold(raw))
    text = re.sub(r"^\((0\d{2,3})\)-?", r"\1-", text)
    text = re.sub(r"^(?:\+|00)86-?", "", text)
    text = re.sub(r"(?:转|分机|[xX]|ext\.?)(\d{1,6})$", r"-\1", text)
    if re.fullmatch(r"1[3-9]\d-\d{4}-\d{4}", text):
        text = text.replace("-", "")
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
