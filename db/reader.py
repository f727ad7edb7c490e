"""Reading whole columns: `values.parse` made ready for one field, with short cuts for what most cells hold.

The outcomes are those of `parse`, to the letter; what is no common case goes there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from db.cleaning import FLOAT_DIGITS
from db.codes import normalise_phone
from db.fields import RECORD_TARGETS, Field, Kind
from db.text import is_ditto, plain, scale_between
from db.values import Lookup, Outcome, in_range, parse

Reader = Callable[[Any], Outcome]

REMEMBERED = 4096  # texts of one column whose meaning is kept
_LONGEST = 64  # longer texts hardly ever come again
_PLAIN_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,8})?", re.ASCII)
_LANDLINE = re.compile(r"0[1-9]\d{1,2}-\d{7,8}", re.ASCII)  # as it is kept
_EXACT = 10.0**12  # below this a float is written without exponent
_BLANK = Outcome()


def reader(field: Field, lookup: Lookup, unit: str = "") -> Reader:
    """`parse(field, _, lookup, unit=unit)` for many cells of a column.

    The reader remembers texts for as long as it lives: make a new one when what `lookup` knows has changed.
    Outcomes are shared between cells and must not be changed; lists in them are the caller's own.
    """
    kind = field.kind

    def whole(raw: Any) -> Outcome:
        return parse(field, raw, lookup, unit=unit)

    if kind in (Kind.TEXT, Kind.LONG) and field.editor not in ("code", "phone"):
        return _texts(whole)
    if kind is Kind.TEXT and field.editor == "code":
        return _codes(whole)
    if kind is Kind.TEXT and field.editor == "phone":
        return _phones(_remembering(whole))
    if kind is Kind.DATE:
        return _days(_remembering(whole))
    if kind in (Kind.INTEGER, Kind.NUMBER):
        return _numbers(field, unit, whole)
    if kind in (Kind.LOG, Kind.CHECKLIST, Kind.FILES):
        return whole
    if kind in (Kind.CHOICES, Kind.REFS):
        return _lists(_remembering(whole))
    # Records come and go while a table is taken in: only those that are there are remembered.
    return _remembering(whole, only_found=kind is Kind.REF and field.source in RECORD_TARGETS)


def _remembering(whole: Reader, *, only_found: bool = False) -> Reader:
    known: dict[str, Outcome] = {}

    def read(raw: Any) -> Outcome:
        if raw is None:
            return _BLANK
        if type(raw) is not str:
            return whole(raw)
        found = known.get(raw)
        if found is None:
            found = whole(raw)
            if len(raw) <= _LONGEST and (not only_found or found.value is not None):
                if len(known) >= REMEMBERED:
                    known.clear()
                known[raw] = found
        return found

    return read


def _texts(whole: Reader) -> Reader:
    def read(raw: Any) -> Outcome:
        if type(raw) is str and raw.isprintable() and "#" not in raw and not is_ditto(raw):
            # Printable text has no blanks but half-width ones, and nothing invisible.
            return Outcome(raw.strip(" ") or None)
        return _BLANK if raw is None else whole(raw)

    return read


def _phones(whole: Reader) -> Reader:
    def read(raw: Any) -> Outcome:
        if type(raw) is float and raw.is_integer() and 0 < raw < _EXACT:
            return Outcome(normalise_phone(str(int(raw))))
        if type(raw) is str and (
            (raw.isascii() and raw.isdigit() and not raw.startswith("00")) or _LANDLINE.fullmatch(raw)
        ):
            return Outcome(raw)
        return whole(raw)

    return read


def _codes(whole: Reader) -> Reader:
    whole = _remembering(whole)

    def read(raw: Any) -> Outcome:
        if type(raw) is str and raw.isascii() and raw.isalnum():
            return Outcome(raw.upper())
        return whole(raw)

    return read


def _days(whole: Reader) -> Reader:
    def read(raw: Any) -> Outcome:
        if type(raw) is datetime:
            return Outcome(raw.date())
        return Outcome(raw) if type(raw) is date else whole(raw)

    return read


def _lists(whole: Reader) -> Reader:
    def read(raw: Any) -> Outcome:
        found = whole(raw)
        return Outcome(list(found.value)) if type(found.value) is list else found

    return read


def _numbers(field: Field, unit: str, whole: Reader) -> Reader:
    factor = scale_between(unit, field.unit) if unit and unit != field.unit else 0
    if factor is None:
        return whole
    by, of_whole = factor, field.kind is Kind.INTEGER

    def exact(number: Decimal) -> Decimal:
        return plain(number.scaleb(by)) if by else number

    def read(raw: Any) -> Outcome:
        if raw is None:
            return _BLANK
        made = type(raw)
        if made is float:
            if not -_EXACT < raw < _EXACT or -1e-4 < raw < 1e-4:
                return whole(raw)
            number = exact(Decimal(format(raw, FLOAT_DIGITS)))
        elif made is int or (made is str and _PLAIN_NUMBER.fullmatch(raw)):
            number = exact(Decimal(raw))
        else:
            return whole(raw)
        if not of_whole:
            return in_range(number)
        count = int(number)
        return in_range(count) if count == number else whole(raw)

    return read
