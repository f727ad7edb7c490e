"""From a typed value to the text of its cell and back. The same text is what the fingerprints are taken of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from db.fields import Field, Kind
from db.text import clean, is_ditto
from db.values import Lookup, Outcome, parse, to_text

NOT_APPLICABLE = "不适用"
_EXCEL_DIGITS = 15  # more than these Excel does not keep
_FIRST_SAFE_DAY = date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was
_EPOCH = date(1899, 12, 30).toordinal()
_WHOLE = (Kind.LOG, Kind.FILES)  # more is known of them than a cell can show


@dataclass(frozen=True, slots=True)
class Entry:
    """What goes into a cell: its text, and for numbers and dates what stands in the file (`number`)."""

    text: str
    number: str = ""
    exact: bool = True  # False: reading the text does not give the value back, it must travel beside it


EMPTY = Entry("")


def encoder(field: Field, lookup: Lookup) -> Callable[[Any], Entry]:
    """A function from values of the field to cells. It remembers what it worked out (choices repeat)."""
    kind = field.kind
    if kind is Kind.NUMBER:
        return _number
    if kind is Kind.INTEGER:
        return lambda value: _digits(str(value))
    if kind is Kind.DATE:
        return _day
    if kind is Kind.BOOL:
        return lambda value: _YES if value else _NO
    if kind in (Kind.TEXT, Kind.LONG):
        lines = kind is Kind.LONG
        return lambda value: Entry(tidy(value, lines=lines), exact=_same(field, value, lines))
    if kind is Kind.PERIOD:
        return lambda value: Entry(str(value))
    return _remembered(field, lookup)


_YES, _NO = Entry("是"), Entry("否")


def tidy(value: str, *, lines: bool = False) -> str:
    """A text without stray blanks; most are tidy already, and that is seen quickly."""
    if value.isprintable() and value[:1] != " " and value[-1:] != " ":
        return value
    return clean(value, lines=lines).text


def decode(field: Field, raw: Any, lookup: Lookup, *, unit: str = "") -> Outcome:
    """The value that a cell means. Figures finer than the field keeps are rounded half up."""
    outcome = parse(field, raw, lookup, unit=unit)
    if isinstance(outcome.value, Decimal):
        return Outcome(rounded(field, outcome.value))
    return outcome


def rounded(field: Field, value: Decimal) -> Decimal:
    """A figure with the decimals that the field keeps."""
    return value.quantize(_step(field.places), ROUND_HALF_UP)


@cache
def _step(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def shown(raw: Any) -> str:
    """A cell as its text, before anything is understood: whole numbers without “.0”, days as ISO."""
    if raw is None or raw == "":
        return ""
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, float):
        return format(Decimal(format(raw, ".15g")), "f")
    if isinstance(raw, date):
        return raw.isoformat()[:10]
    return tidy(str(raw), lines=True)


def canonical(field: Field, value: Any, lookup: Lookup) -> str:
    """The text that the writer would have put for this value."""
    return "" if value in (None, "", []) else encoder(field, lookup)(value).text


def _number(value: Decimal) -> Entry:
    return _digits(plain(value))


def plain(value: Decimal) -> str:
    """A Decimal without exponent and without zeros that say nothing: 860.50 is “860.5”."""
    digits = format(value, "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits in ("-0", "") else digits


def _digits(digits: str) -> Entry:
    # A longer number would lose its tail in Excel: it goes as text, which the reader takes as well.
    return Entry(digits, digits if sum(map(str.isdigit, digits)) <= _EXCEL_DIGITS else "")


def _day(value: date) -> Entry:
    iso = value.isoformat()
    return Entry(iso, str(value.toordinal() - _EPOCH) if value >= _FIRST_SAFE_DAY else "")


def _same(field: Field, value: str, lines: bool) -> bool:
    # “#N/A” and “同上” as texts of their own look like an error and a reference to the row above.
    if (field.editor and not value.isalnum()) or "#" in value or is_ditto(value):
        return bool(parse(field, value, _NOTHING).value == value)
    return tidy(value, lines=lines) == value


def _remembered(field: Field, lookup: Lookup) -> Callable[[Any], Entry]:
    known: dict[Any, Entry] = {}

    def make(value: Any) -> Entry:
        shown_text = tidy(to_text(field, value, lookup), lines=True)
        if field.kind in _WHOLE:
            return Entry(shown_text, exact=False)
        back = parse(field, shown_text, lookup)
        return Entry(shown_text, exact=bool(back.ok and back.value == value))

    def encode(value: Any) -> Entry:
        key = repr(value) if isinstance(value, list) else value
        found = known.get(key)
        if found is None:
            found = known[key] = make(value)
        return found

    return encode


class _Nothing:
    def find(self, source: str, raw: str) -> Any | None:
        return None

    def name(self, source: str, value: Any) -> str:
        return str(value)

    def options(self, source: str) -> list[tuple[Any, str]]:
        return []


_NOTHING = _Nothing()

__all__ = [
    "EMPTY",
    "NOT_APPLICABLE",
    "Entry",
    "canonical",
    "decode",
    "encoder",
    "plain",
    "rounded",
    "shown",
    "tidy",
]
