"""Code tables: industries (GB/T 4754—2017), digital-economy classes (2021), thresholds for 升规入统.

The tables are data in resources/classifications; an office may pass thresholds of its own.
An industry is kept as section letter and digits: “I65”, “I655”, “I6550”.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Literal

import resources
from db.errors import UsageError
from db.text import fold, same_name

_WRITTEN = re.compile(r"([A-T]?)(\d{2,4})(\D.*)?")


@dataclass(frozen=True, slots=True)
class Industry:
    """`name` is the class's where the table names it, otherwise its division's."""

    code: str
    name: str

    @property
    def section(self) -> str:
        return self.code[0]

    @property
    def digits(self) -> str:
        return self.code[1:]

    @property
    def division(self) -> str:
        return self.code[1:3]


@dataclass(frozen=True, slots=True)
class DigitalClass:
    """小类 of the digital economy (or, with two digits, a 大类)."""

    code: str
    name: str
    core: bool
    industries: tuple[str, ...] = ()
    partial: bool = False  # only some activities of the industries belong to it


@dataclass(frozen=True, slots=True)
class Threshold:
    """What makes a firm 规上（限上）. `specialty` as candidates call it, `stock_specialty` as the firm's card does."""

    id: str
    category: str
    specialty: str
    stock_specialty: str
    sections: tuple[str, ...]
    divisions: tuple[str, ...]
    classes: tuple[str, ...]
    metric: str
    threshold_wan: Decimal | None  # 万元; None where it is not a matter of revenue
    note: str
    materials: tuple[str, ...]  # what to hand in beside what everyone hands in
    monthly_materials: tuple[str, ...] = ()  # and on the monthly way, that is for new firms
    whole: bool = False  # `materials` is the whole list: an office wrote it, nothing is added


# ---------------------------------------------------------------- industries


@cache
def _industry_file() -> dict[str, Any]:
    data: dict[str, Any] = resources.read_json("classifications/industry.json")
    return data


@cache
def _divisions() -> dict[str, tuple[str, str]]:
    """Division → (section letter, name)."""
    return {
        division: (section["code"], name)
        for section in _industry_file()["sections"]
        for division, name in section["divisions"].items()
    }


@cache
def _classes() -> dict[str, str]:
    names: dict[str, str] = _industry_file()["classes"]
    return names


@lru_cache(maxsize=4096)
def industry(written: str) -> Industry | None:
    """An industry from “I6550”, “6550”, “i655”, “65” or “I65 软件和信息技术服务业”; None where there is no such one.

    The section letter must fit the division (ENT-012). Groups and classes are checked in the divisions whose
    classes the table has complete; elsewhere any group of a valid division passes.
    """
    found = _WRITTEN.fullmatch(fold(written).upper())
    if not found:
        return None
    letter, digits, words = found.groups()
    section, division_name = _divisions().get(digits[:2], ("", ""))
    if not section or letter not in ("", section):
        return None
    classes = _classes()
    if digits[:2] in _industry_file()["complete_divisions"] and not any(
        each.startswith(digits) for each in classes
    ):
        return None
    single = digits if digits in classes else digits + "0"
    name = classes.get(single, division_name) if len(digits) > 2 else division_name
    if words and same_name(words) != same_name(name):
        return None
    return Industry(section + digits, name)


@cache
def _by_name() -> dict[str, str]:
    names = {same_name(name): code for code, name in _classes().items()}
    return names | {same_name(name): division for division, (_, name) in _divisions().items()}


def industry_by_name(name: str) -> Industry | None:
    """An industry by the exact name of a division or of a class in the table."""
    code = _by_name().get(same_name(name))
    return industry(code) if code else None


@cache
def industry_choices() -> tuple[Industry, ...]:
    """For a picker: all divisions, and below them the classes the table names."""
    codes = sorted([*_divisions(), *_classes()])
    found = (industry(code) for code in codes)
    return tuple(each for each in found if each)


# ---------------------------------------------------------------- digital economy


@cache
def digital_classes() -> tuple[DigitalClass, ...]:
    """The 5 大类 (two digits) and their 156 小类 (six digits), in order of code."""
    found: list[DigitalClass] = []
    for category in resources.read_json("classifications/digital_economy.json")["categories"]:
        found.append(DigitalClass(category["code"], category["name"], category["core"]))
        for group in category["groups"]:
            for each in group["classes"]:
                found.append(
                    DigitalClass(
                        each["code"],
                        each["name"],
                        category["core"],
                        tuple(each["industries"]),
                        each.get("partial", False),
                    )
                )
    return tuple(found)


@cache
def _digital() -> dict[str, DigitalClass]:
    return {each.code: each for each in digital_classes()}


@cache
def _digital_by_name() -> dict[str, str]:
    return {same_name(each.name): each.code for each in reversed(digital_classes())}


def digital_class(written: str) -> str | None:
    """The code of a class or 大类 from its code, its name, or both (“030405 信息处理和存储支持服务”)."""
    text = fold(written)
    found = re.fullmatch(r"(\d{2}|\d{6})(\D.*)?", text)
    if found and found[1] in _digital():
        named = _digital()[found[1]].name
        return found[1] if not found[2] or same_name(found[2]) == same_name(named) else None
    return _digital_by_name().get(same_name(text))


def digital_class_name(code: str) -> str:
    """“030405 信息处理和存储支持服务”; an unknown code comes back as it is."""
    found = _digital().get(code)
    return f"{found.code} {found.name}" if found else code


@cache
def digital_class_choices() -> tuple[tuple[str, str], ...]:
    """(code, code and name) of every class, the five 大类 first among theirs."""
    return tuple((each.code, f"{each.code} {each.name}") for each in digital_classes())


@cache
def _core_industries() -> dict[str, bool]:
    """Industry class → whether only part of it belongs to the core (01—04)."""
    found: dict[str, bool] = {}
    for each in digital_classes():
        if each.core:
            for code in each.industries:
                found[code] = found.get(code, True) and each.partial
    return found


def is_digital_core(code: str) -> Literal["yes", "partial", "no"]:
    """Whether an industry belongs to the digital-economy core industries (ENT-013, ENT-014).

    “partial”: only some of its activities do, or the code is a division or group of which only some classes do.
    """
    found = industry(code)
    if not found:
        return "no"
    core = _core_industries()
    if len(found.digits) == 4:
        return "no" if found.digits not in core else "partial" if core[found.digits] else "yes"
    inside = [part for each, part in core.items() if each.startswith(found.digits)]
    if not inside:
        return "no"
    if found.division not in _industry_file()["complete_divisions"] or any(inside):
        return "partial"
    all_classes = sum(each.startswith(found.digits) for each in _classes())
    return "yes" if len(inside) == all_classes else "partial"


def digital_classes_for(code: str) -> tuple[DigitalClass, ...]:
    """The digital-economy classes an industry (or the classes below it) may belong to."""
    found = industry(code)
    if not found:
        return ()
    return tuple(
        each for each in digital_classes() if any(one.startswith(found.digits) for one in each.industries)
    )


# ---------------------------------------------------------------- thresholds


def read_thresholds(entries: Iterable[Mapping[str, Any]]) -> tuple[Threshold, ...]:
    """Thresholds from the editable list; UsageError (“bad_thresholds”) names the entry that cannot be read."""
    found: list[Threshold] = []
    for number, entry in enumerate(entries, 1):
        try:
            amount = entry["threshold_wan"]
            if amount is not None and not isinstance(amount, str):
                raise TypeError("a number must be text")
            found.append(
                Threshold(
                    id=entry["id"],
                    category=entry["category"],
                    specialty=entry["specialty"] or "",
                    stock_specialty=entry["stock_specialty"] or "",
                    sections=tuple(entry["sections"]),
                    divisions=tuple(entry["divisions"]),
                    classes=tuple(entry["classes"]),
                    metric=entry["metric"],
                    threshold_wan=None if amount is None else Decimal(amount),
                    note=entry.get("note", ""),
                    materials=tuple(entry.get("materials", ())),
                    monthly_materials=tuple(entry.get("monthly_materials", ())),
                    whole=bool(entry.get("whole", False)),
                )
            )
        except (KeyError, TypeError, ArithmeticError) as problem:
            raise UsageError(
                f"入库标准第 {number} 条无法识别。",
                '请按原有各条的写法改正，门槛写成文字，如 "2000"。',
                "bad_thresholds",
            ) from problem
    return tuple(found)


@cache
def _threshold_file() -> dict[str, Any]:
    data: dict[str, Any] = resources.read_json("classifications/thresholds.json")
    return data


@cache
def thresholds() -> tuple[Threshold, ...]:
    """The shipped thresholds: defaults, for the office to correct."""
    return read_thresholds(_threshold_file()["thresholds"])


def threshold_for(industry_code: str, table: Sequence[Threshold] | None = None) -> Threshold | None:
    """The threshold an industry falls under: by class before division before section; None where none applies."""
    found = industry(industry_code)
    if not found:
        return None
    rows = thresholds() if table is None else table
    digits = found.digits + "0" if len(found.digits) == 3 else found.digits
    return (
        next((row for row in rows if digits in row.classes), None)
        or next((row for row in rows if found.division in row.divisions), None)
        or next((row for row in rows if found.section in row.sections), None)
    )


def threshold_of(specialty: str, table: Sequence[Threshold] | None = None) -> Threshold | None:
    """The threshold of a specialty as candidates call it (“服务业2000万档”)."""
    rows = thresholds() if table is None else table
    return next((row for row in rows if specialty and row.specialty == specialty), None)


def specialties() -> tuple[str, ...]:
    """拟申报专业, in the order of the form."""
    return tuple(row.specialty for row in thresholds() if row.specialty)


def materials_for(specialty: str, table: Sequence[Threshold] | None = None, way: str = "") -> tuple[str, ...]:
    """What a candidate hands in: the common papers, those of the specialty, those of the monthly way (UPS-005)."""
    found = threshold_of(specialty, table)
    common: list[str] = _threshold_file()["common_materials"]
    if found is None:
        return tuple(common)
    own = (*found.materials, *(found.monthly_materials if way == "月度入库" else ()))
    return own if found.whole else (*common, *own)


def threshold_entries(table: Sequence[Threshold]) -> list[dict[str, Any]]:
    """The editable list that `read_thresholds` reads back as this table."""
    return [
        {
            "id": row.id, "category": row.category, "specialty": row.specialty or None,
            "stock_specialty": row.stock_specialty or None, "sections": list(row.sections),
            "divisions": list(row.divisions), "classes": list(row.classes), "metric": row.metric,
            "threshold_wan": None if row.threshold_wan is None else format(row.threshold_wan, "f"),
            "note": row.note, "materials": list(row.materials), "monthly_materials": list(row.monthly_materials),
            "whole": row.whole,
        }
        for row in table
    ]  # fmt: skip
