"""The texts of one pasted row to typed values, with a reason for each that was not understood. No database here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from db.codes import normalise_uscc, read_uscc, uscc_problem
from db.fields import Field, Kind
from db.findings import Severity
from db.text import clean, firm_name, fold
from db.values import Lookup, Outcome, parse
from returns.cells import plain
from returns.ledger.context import Context
from returns.paste.columns import FIRM, FIRM_CODE, Block, Column, slot_map

ROUNDED, CODE_LENGTH = "IMP-005", 18
_MONTH_DAY = re.compile(r"(\d{1,2})(?:月|[./-])(\d{1,2})[日号]?")


@dataclass(frozen=True, slots=True)
class Said:
    """Something about the cell of one slot."""

    slot: str
    rule: str
    severity: Severity
    message: str


@dataclass(slots=True)
class TypedRow:
    """One row as it was understood. `name` and `code` are what it says of its firm; `other` what no field takes.

    `beside` are values of the record that stands in the same row (a visit's problem).
    """

    values: dict[str, Any] = field(default_factory=dict)
    unparsed: dict[str, str] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    code: str = ""
    other: dict[str, str] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)

    @property
    def blank(self) -> bool:
        """Nothing is in it."""
        return not (self.values or self.unparsed or self.beside or self.name or self.code or self.other)


class RowReader:
    """Reads rows of one block; the same text in the same column is understood once."""

    def __init__(self, block: Block, lookup: Lookup) -> None:
        self._lookup = lookup
        self._context = Context(period=block.period, money=block.money)
        slots = slot_map(block.register)
        self._columns = [
            (place, column, slots[column.slot].field if column.slot else None)
            for place, column in enumerate(block.columns)
        ]
        self._known: dict[tuple[int, str], tuple[Outcome, Said | None]] = {}

    def read(self, texts: Sequence[str]) -> TypedRow:
        """The row of these cells, one for each column of the block."""
        row = TypedRow()
        for place, column, declared in self._columns:
            raw = texts[place] if place < len(texts) else ""
            if not raw or raw.isspace():
                continue
            if declared is None:
                if text := clean(raw, lines=True).text:
                    row.other[column.header or f"第 {place + 1} 列"] = text
            else:
                self._take(row, place, column, declared, raw)
        return row

    def _take(self, row: TypedRow, place: int, column: Column, declared: Field, raw: str) -> None:
        key = (place, raw)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._understand(column, declared, raw)
        outcome, remark = known
        if remark is not None:
            row.said.append(remark)
        if not outcome.ok:
            row.unparsed[column.slot] = clean(raw, lines=True).text
        elif outcome.value is None:
            return
        elif column.slot == FIRM:
            # A code in the column of names is as good as in its own.
            code = normalise_uscc(outcome.value)
            if len(code) == CODE_LENGTH and uscc_problem(code) is None:
                row.code = row.code or code
            else:
                row.name = outcome.value
        elif column.slot == FIRM_CODE:
            row.code = outcome.value
        elif "." in column.slot:
            row.beside[column.slot.partition(".")[2]] = outcome.value
        else:
            row.values[column.slot] = outcome.value
            if column.asof is not None and column.slot == "revenue_ytd":
                for beside in ("asof_ym", "revenue_asof"):
                    row.values.setdefault(beside, str(column.asof))

    def _understand(self, column: Column, declared: Field, raw: str) -> tuple[Outcome, Said | None]:
        if column.slot == FIRM:
            return Outcome(firm_name(raw)), None
        if declared.editor == "code":
            return self._code(column, raw)
        if declared.kind is Kind.DATE and (day := self._without_year(raw)) is not None:
            message = f"“{clean(raw).text}”没有写年份，记为 {day.isoformat()}。"
            return Outcome(day), Said(column.slot, "GEN-004", Severity.INFO, message)
        unit = column.unit
        if declared.unit.endswith("元") and not unit:
            unit = self._context.money
        outcome = parse(declared, raw, self._lookup, unit=unit)
        if not outcome.ok:
            return outcome, self._unread(column, declared, raw, outcome)
        if isinstance(outcome.value, Decimal):
            rounded = outcome.value.quantize(Decimal(1).scaleb(-declared.places), ROUND_HALF_UP)
            if rounded != outcome.value:
                message = (
                    f"{clean(raw).text}{unit} 合 {plain(outcome.value)} {declared.unit}，"
                    f"按 {declared.places} 位小数记为 {plain(rounded)}。"
                )
                return Outcome(rounded), Said(column.slot, ROUNDED, Severity.INFO, message)
        return outcome, None

    def _without_year(self, raw: str) -> date | None:
        """“5月8日” or “5.8”: a day of the year in work."""
        found, period = _MONTH_DAY.fullmatch(fold(raw)), self._context.period
        if found is None or period is None:
            return None
        try:
            return date(period.year, int(found[1]), int(found[2]))
        except ValueError:
            return None

    def _code(self, column: Column, raw: str) -> tuple[Outcome, Said | None]:
        found = read_uscc(raw)
        if not found.rule:
            return Outcome(found.code), None
        outcome = Outcome(rule=found.rule, reason=found.reason)
        message = f"信用代码“{clean(raw).text}”不对：{found.reason}。"
        return outcome, Said(column.slot, found.rule, Severity.ERROR, message)

    def _unread(self, column: Column, declared: Field, raw: str, outcome: Outcome) -> Said:
        shown = clean(raw).text
        shown = shown if len(shown) <= 30 else f"{shown[:28]}……"
        more = ""
        if declared.kind in (Kind.CHOICE, Kind.CHOICES) and declared.choices:
            more = f"可填：{'、'.join(declared.choices)}。"
        return Said(column.slot, outcome.rule, Severity.ERROR, f"没有看懂“{shown}”：{outcome.reason}。{more}")
