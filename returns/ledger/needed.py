"""What a row of a table cannot do without: a firm, a date, a key. Which date that is, is with layouts.py."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from db.fields import Kind
from db.findings import Finding, Severity
from db.registers import REGISTERS
from returns.ledger.rows import NO_DATE, NO_FIRM, NO_KEY, LedgerRow, RowReader

_NOTHING: dict[str, Any] = {}


def must_have(row: LedgerRow, reader: RowReader, date_field: str, day: date | None) -> None:
    """Mark a row bad that has nothing to be stored under; `day` dates it where it has no date of its own."""
    register = reader.register
    of_firm, period_field, keys = _needs(register)
    own, firm = row.values.get(register, _NOTHING), row.values.get("enterprise", _NOTHING)
    if day is not None and own.get(date_field) is None and not row.text_of(register, date_field):
        own = row.of(register)
        own[date_field] = day
    if of_firm and not (firm.get("name") or firm.get("uscc")):
        message = "这一行没有企业名称，也没有可用的信用代码，没有入库。"
        _bad(row, reader, "enterprise", "name", NO_FIRM, message)
    if date_field and own.get(date_field) is None:
        label = REGISTERS[register].field(date_field).label
        typed = row.text_of(register, date_field)
        said = f"“{typed}”不能作为{label}" if typed else f"没有{label}"
        _bad(row, reader, register, date_field, NO_DATE, f"这一行{said}，没有入库。")
    if period_field and reader.context.period is not None:
        row.of(register).setdefault(period_field, str(reader.context.period))
    for name in keys:
        if row.get(register, name) is None:
            label = REGISTERS[register].field(name).label
            _bad(row, reader, register, name, NO_KEY, f"这一行没有{label}，没有入库。")


@cache
def _needs(register: str) -> tuple[bool, str, tuple[str, ...]]:
    """Whether a row is about a firm, the field that the sheet's month fills, and what it needs without a firm."""
    asked = REGISTERS[register]
    placed = asked.field(asked.placed_by)
    of_firm = asked.of_firm or register == "enterprise"
    period = placed.name if placed.kind is Kind.PERIOD and register != "nurture" else ""
    names = {asked.title_field: "", **({placed.name: ""} if asked.scope == "month" else {})}
    return of_firm, period, () if of_firm else tuple(names)


def _bad(row: LedgerRow, reader: RowReader, register: str, name: str, rule: str, message: str) -> None:
    row.bad = True
    column = reader.column_of(register, name)
    row.findings.append(
        Finding(
            rule, Severity.ERROR, message, register=register, field=name,
            sheet=reader.sheet, row=row.number, column=column.letter if column else "",
        )
    )  # fmt: skip
