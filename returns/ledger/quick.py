"""The cells that say plainly what they mean, understood at once. Everything else is for db/reader.py.

Each function gives the value, or ASK where only the whole rule can tell. They change nothing of what is
understood: they only know sooner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from db.codes import uscc_problem
from db.fields import Field, Kind

ASK: Any = object()
Quick = Callable[[Any], Any]

_SURE = 10**11  # far below what any field takes, so the range need not be asked


def quick(field: Field, unit: str) -> Quick | None:
    """For the cells of one column; `unit` is what its header says, "" for the field's own."""
    kind = field.kind
    if field.editor in _BY_EDITOR:
        return _BY_EDITOR[field.editor]
    if kind is Kind.TEXT and field.name == "name":
        return name
    if kind in (Kind.TEXT, Kind.LONG):
        return text
    if kind is Kind.DATE:
        return day
    if unit and unit != field.unit:
        return None
    if kind is Kind.NUMBER:
        return number(field.places)
    return whole if kind is Kind.INTEGER else None


def text(raw: Any) -> Any:
    """A text without stray blanks: what is printable has no odd spaces, marks or breaks; “#” may be an error."""
    if (
        raw.__class__ is str
        and raw.isprintable()
        and raw
        and raw[0] != " "
        and raw[-1] != " "
        and "#" not in raw
    ):
        return raw
    return ASK


def all_plain(cells: Sequence[Any]) -> bool:
    """Whether `text` would give every one of these texts (or None) as it stands: told of all of them together."""
    texts = [each for each in cells if each is not None]
    joined = "".join(texts)
    if "#" in joined or not joined.isprintable() or "" in texts:
        return False
    return " " not in joined or not any(each[0] == " " or each[-1] == " " for each in texts)


def name(raw: Any) -> Any:
    """A firm's name that ends as most do, one of them, without marks around it."""
    if (
        raw.__class__ is str and len(raw) > 3 and raw.find("公司") == len(raw) - 2 and raw.isprintable()
        and raw[0].isalnum()
    ):  # fmt: skip
        return raw
    return ASK


def code(raw: Any) -> Any:
    """A credit code in its own spelling."""
    if raw.__class__ is str and len(raw) == 18 and raw.isascii() and uscc_problem(raw) is None:
        return raw
    return ASK


def phone(raw: Any) -> Any:
    """A mobile number of plain digits."""
    if raw.__class__ is str and len(raw) == 11 and raw.isascii() and raw.isdigit() and raw[0] == "1":
        return raw
    return ASK


_BY_EDITOR = {"code": code, "phone": phone}


def day(raw: Any) -> Any:
    if raw.__class__ is datetime:
        return raw.date()
    return raw if raw.__class__ is date else ASK


def whole(raw: Any) -> Any:
    if raw.__class__ is float:
        return int(raw) if -_SURE < raw < _SURE and raw == int(raw) else ASK
    return raw if raw.__class__ is int and -_SURE < raw < _SURE else ASK


def number(places: int) -> Quick:
    """A figure with no more decimals than the field keeps."""
    step = Decimal(1).scaleb(-places)

    def read(raw: Any) -> Any:
        if raw.__class__ is not float and raw.__class__ is not int:
            return ASK
        if not -_SURE < raw < _SURE:
            return ASK
        found = Decimal(format(raw, ".15g"))
        rounded = found.quantize(step, ROUND_HALF_UP)
        return rounded if rounded == found else ASK

    return read
