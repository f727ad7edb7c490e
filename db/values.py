"""Values of fields: from what was typed to the typed value and back to text or JSON. One rule per kind.

`parse` never guesses: what it does not understand comes back as a rule id and a reason, and the caller
keeps the text (Record.unparsed). For whole columns reader.py does the same much faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from db import text
from db.codes import normalise_phone, normalise_uscc
from db.fields import RECORD_TARGETS, Field, Kind
from db.progress import show_number


class Lookup(Protocol):
    """Names and codes of what a field may refer to (units, streets, parks, enterprises, code tables)."""

    def find(self, source: str, raw: str) -> Any | None:
        """The value a text means for a `source` (code, name or alias), or None."""

    def name(self, source: str, value: Any) -> str:
        """What people call a value; the value itself as text when it is unknown."""

    def options(self, source: str) -> Iterable[tuple[Any, str]]:
        """All values of a small source with their names; empty for enterprises and visits."""


@dataclass(slots=True)  # not frozen: that would triple the time of making one, and imports make millions
class Outcome:
    """A value, or the rule that the text breaks with the reason in words. Blank is value None. Never changed."""

    value: Any = None
    rule: str = ""
    reason: str = ""

    @property
    def ok(self) -> bool:
        return not self.rule


LARGEST = 10**12  # in any unit of the plan more than the country has; the database's integers hold 9·10**18

_SEPARATORS = re.compile(r"[、;；，,\n/|]+")


def parse(field: Field, raw: Any, lookup: Lookup, *, unit: str = "") -> Outcome:
    """Understand one typed or imported value. `unit` is the unit a column's header states, if it differs."""
    if raw is None or (isinstance(raw, str) and not text.clean(raw, lines=True).text):
        return Outcome()
    if isinstance(raw, str):
        if said := broken_cell(raw):
            return Outcome(rule="IMP-004", reason=said)
        if text.is_ditto(raw):
            return Outcome(rule="GEN-005", reason="要看上一行才知道是什么，请写出内容")
    kind = field.kind
    if kind is Kind.BOOL:
        answer = text.parse_bool(raw)
        return Outcome(answer.value) if answer.ok else Outcome(rule="GEN-005", reason=answer.reason)
    if kind in (Kind.INTEGER, Kind.NUMBER):
        return _number(field, raw, unit)
    if kind is Kind.DATE:
        found_day = text.parse_date(raw)
        return Outcome(found_day.value) if found_day.ok else Outcome(rule="GEN-004", reason=found_day.reason)
    if kind is Kind.PERIOD:
        month = text.parse_period(raw)
        value = None if month.value is None else str(month.value)
        return Outcome(value) if month.ok else Outcome(rule="GEN-004", reason=month.reason)
    if kind in (Kind.CHOICE, Kind.REF):
        if isinstance(raw, (UUID, int)) and not isinstance(raw, bool) and kind is Kind.REF:
            return Outcome(raw)
        return _one(field, _as_text(raw), lookup)
    if kind in (Kind.CHOICES, Kind.REFS):
        return _several(field, raw, lookup)
    if kind in (Kind.LOG, Kind.CHECKLIST, Kind.FILES):
        return _list(kind, raw)
    written = _as_text(raw)
    if field.editor == "people":
        # People stand on a line each in many ledgers; without the break their names would run together.
        written = re.sub(r"[、，,;；]?\s*\n\s*", "、", written.strip())
    cleaned = text.clean(written, lines=kind is Kind.LONG).text
    if field.editor == "code":
        return Outcome(normalise_uscc(text.unwrapped(cleaned)) or None)
    if field.editor == "phone":
        return Outcome(normalise_phone(text.unwrapped(cleaned)) or None)
    return Outcome(cleaned or None)


_BROKEN = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")


def broken_cell(raw: str) -> str:
    """What is wrong with a cell that shows an error value or ####, instead of what was in it; "" for others."""
    if "#" not in raw:
        return ""
    shown = raw.strip()
    if _BROKEN.fullmatch(shown.upper()):
        return f"单元格是错误值 {shown}"
    return "列宽不够，内容显示成了 ####，请加宽后重新导出" if len(shown) > 2 and not shown.strip("#") else ""


def to_text(field: Field, value: Any, lookup: Lookup) -> str:
    """What a form, list or sheet shows; `parse` of it gives the value back."""
    if value is None or value == []:
        return ""
    kind = field.kind
    if kind is Kind.BOOL:
        return "是" if value else "否"
    if kind is Kind.NUMBER:
        return plain_number(value, field.places)
    if kind is Kind.DATE:
        return str(value.isoformat())
    if kind in (Kind.REF, Kind.CHOICE) and field.source:
        return lookup.name(field.source, value)
    if kind in (Kind.CHOICES, Kind.REFS, Kind.CHECKLIST):
        return "、".join(lookup.name(field.source, item) if field.source else str(item) for item in value)
    if kind is Kind.LOG:
        return "\n".join(f"{entry['at']} {entry['by']}：{entry['text']}" for entry in value)
    if kind is Kind.FILES:
        return "、".join(str(entry["name"]) for entry in value)
    return str(value)


def display(field: Field, value: Any, lookup: Lookup) -> str:
    """`to_text` for reading only: thousands separators, and trailing zeros of indicators dropped."""
    if value is not None and field.kind is Kind.NUMBER:
        return show_number(value, field.places) if field.places <= 2 else f"{value.normalize():,f}"
    if value is not None and field.kind is Kind.INTEGER:
        return f"{value:,}"
    if field.kind is Kind.REFS and field.source == "unit" and value:
        return _units(value, lookup)
    return to_text(field, value, lookup)


def _units(codes: Sequence[str], lookup: Lookup) -> str:
    """Units by name; where all the streets are among them, they are 各街道."""
    streets = {code for code, _ in lookup.options("street")}
    if len(streets) < 3 or not streets <= set(codes):
        return "、".join(lookup.name("unit", code) for code in codes)
    others = [lookup.name("unit", code) for code in codes if code not in streets]
    return "、".join([*others, "各街道"])


def plain_number(value: Decimal, places: int) -> str:
    """A Decimal without exponent; up to two decimals are kept, finer ones only as far as needed."""
    shown = format(value, "f")
    if "." in shown and places > 2:
        shown = shown.rstrip("0").rstrip(".")
    return shown


def to_json(value: Any) -> Any:
    """A value as JSON that `from_json` reads back exactly (numbers as text, never float)."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value


def from_json(field: Field, data: Any) -> Any:
    """The value that `to_json` wrote for this field."""
    if data is None:
        return None
    if field.kind is Kind.NUMBER:
        return Decimal(data)
    if field.kind is Kind.DATE:
        return date.fromisoformat(data)
    if field.kind is Kind.REF and field.source in RECORD_TARGETS:
        return UUID(data)
    return data


def _number(field: Field, raw: Any, unit: str) -> Outcome:
    shown = raw
    if unit and unit != field.unit and not isinstance(raw, str):
        # A bare number under a header that states another unit means that unit.
        shown = f"{raw:.15g}{unit}" if isinstance(raw, float) else f"{raw}{unit}"
    elif unit and unit != field.unit and re.fullmatch(r"[\d.,\s+-]+", text.fold(raw)):
        shown = f"{raw}{unit}"
    if field.kind is Kind.INTEGER:
        whole = text.parse_int(shown, field.unit)
        rule = "GEN-003" if field.count and "整数" in whole.reason else "GEN-002"
        return in_range(whole.value) if whole.ok else Outcome(rule=rule, reason=whole.reason)
    found = text.parse_decimal(shown, field.unit)
    return in_range(found.value) if found.ok else Outcome(rule="GEN-002", reason=found.reason)


def in_range(value: int | Decimal | None) -> Outcome:
    """The number, unless it is too large for any unit."""
    if value is not None and not -LARGEST < value < LARGEST:
        return Outcome(rule="GEN-002", reason="数值过大，请核对单位")
    return Outcome(value)


_NAMED = 5  # choices named to a person who wrote another


def _one(field: Field, raw: str, lookup: Lookup) -> Outcome:
    cleaned = text.clean(raw).text
    if field.source:
        found = lookup.find(field.source, cleaned)
        if found is not None:
            return Outcome(found)
        if text.is_blank(cleaned):
            return Outcome()
        if (
            field.source in ("unit", "street")
            and (named := _office_in(field.source, cleaned, lookup)) is not None
        ):
            return Outcome(named)
        if field.source in ("unit", "street", "park"):
            return Outcome(rule="GEN-009", reason=f"机构表中没有“{cleaned}”")
        return Outcome(rule="GEN-005", reason=f"没有“{cleaned}”这一项")
    found = match_choice(field, cleaned)
    if found is not None:
        return Outcome(found)
    if text.is_blank(cleaned):
        return Outcome()
    if (words := text.ticked(cleaned)) is not None:
        if not words:
            return Outcome()
        if len(words) == 1 and (found := match_choice(field, words[0])) is not None:
            return Outcome(found)
        if len(words) > 1:
            return Outcome(rule="GEN-005", reason=f"勾选了{'、'.join(words)}，这里只能选一项")
    near = [option for option in field.choices if len(cleaned) > 1 and cleaned in option]
    if len(near) > 1:
        which = f"请写明是{'、'.join(f'“{option}”' for option in near[:4])}中的哪一项"
    else:
        more = "…" if len(field.choices) > _NAMED else ""
        which = f"可以填{'、'.join(f'“{option}”' for option in field.choices[:_NAMED])}{more}"
    return Outcome(rule="GEN-005", reason=f"没有“{cleaned}”这一项，{which}")


_REGION = re.compile(r"^(?:[^省市区县]{2,3}省)?(?:[^省市区县]{2,3}市)?(?:[^省市区县街]{1,3}[区县])?")
_OFFICE_ENDING = re.compile(r"(?:人民政府)?(?:街道办事处|街道办|街办事处|街办|办事处|街道|街)$")


def office_named(lookup: Lookup, raw: str) -> str | None:
    """The code of the unit a text names, however its region and its office are written."""
    found = lookup.find("unit", text.clean(raw).text)
    return found if found is not None else _office_in("unit", raw, lookup)


def _office_in(source: str, raw: str, lookup: Lookup) -> Any | None:
    """A street or unit written with its province, city and district before it or another word for its office behind it."""
    bare = _REGION.sub("", text.fold(raw), count=1)
    for name in (bare, _OFFICE_ENDING.sub("", bare)):
        if name and name != raw and (found := lookup.find(source, name)) is not None:
            return found
    return None


def match_choice(field: Field, raw: str) -> str | None:
    """The choice a text means: itself, with other brackets or width, or one of the field's aliases."""
    wanted = _key(raw)
    for option in field.choices:
        if _key(option) == wanted:
            return option
    for alias, option in (field.value_aliases or {}).items():
        if _key(alias) == wanted:
            return option
    # Whoever takes “是” for a choice takes √, Y and 1 for it too.
    answer, aliases = text.parse_bool(raw).value, field.value_aliases or {}
    if answer is not None and (word := "是" if answer else "否") in aliases:
        return aliases[word]
    # “浅层” for “浅层（单一通用应用）”: the part before the bracket names the choice.
    for option in field.choices:
        if "（" in option and _key(option.split("（")[0]) == wanted:
            return option
    return None


def _several(field: Field, raw: Any, lookup: Lookup) -> Outcome:
    parts = [_as_text(item) for item in raw] if isinstance(raw, (list, tuple)) else [_as_text(raw)]
    free = not field.choices and field.source in ("", "policy", "materials")
    if not isinstance(raw, (list, tuple)):
        # A choice may hold a separator itself (“用地（用房、厂房）”): the whole text is tried first.
        if not free and (only := _one(field, parts[0], lookup)).ok and only.value is not None:
            return Outcome([only.value])
        chosen = None if free else text.ticked(parts[0])
        parts = _SEPARATORS.split(parts[0]) if chosen is None else chosen
    values: list[Any] = []
    for part in parts:
        if not text.clean(part).text:
            continue
        found = Outcome(text.clean(part).text) if free else _one(field, part, lookup)
        if not found.ok:
            return found
        if found.value is not None and found.value not in values:
            values.append(found.value)
    return Outcome(values or None)


def _list(kind: Kind, raw: Any) -> Outcome:
    if isinstance(raw, list):
        return Outcome(raw or None)
    lines = [line for line in str(raw).splitlines() if line.strip()]
    if kind is Kind.LOG:
        return Outcome([_log_entry(line) for line in lines] or None)
    names = [name.strip() for line in lines for name in _SEPARATORS.split(line) if name.strip()]
    if kind is Kind.FILES:
        return Outcome([{"name": name} for name in names] or None)
    return Outcome(names or None)


def _log_entry(line: str) -> dict[str, str]:
    found = re.match(r"(\d{4}-\d{2}-\d{2}) ([^：:]*)[：:](.*)", line.strip())
    if found:
        return {"at": found[1], "by": found[2].strip(), "text": found[3].strip()}
    return {"at": "", "by": "", "text": line.strip()}


def _key(raw: str) -> str:
    return text.fold(raw).upper()


def _as_text(raw: Any) -> str:
    """A cell as text: whole floats without “.0”, dates as ISO."""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, (date, datetime)):
        return raw.isoformat()[:10]
    return str(raw).encode("utf-8", "ignore").decode()  # half a character cannot be stored
