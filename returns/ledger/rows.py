"""One line of a foreign table to typed values by register. Firms are not looked up here and nothing is stored."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from db.codes import normalise_uscc, uscc_problem
from db.fields import Field, Kind
from db.findings import Finding, Severity
from db.registers import REGISTERS
from db.text import BLANK_WORDS, clean, fold, is_blank
from db.values import Lookup, Outcome, parse
from returns.cells import plain, shown
from returns.ledger.columns import Column, column_of
from returns.ledger.context import Context

_DAY_ONLY = re.compile(r"(\d{1,2})(?:月|[./-])(\d{1,2})[日号]?")

NO_FIRM, NO_DATE, NO_KEY, BROKEN_CELL, ROUNDED, LOST_DIGITS = (
    "IMP-001", "IMP-002", "IMP-003", "IMP-004", "IMP-005", "IMP-006",
)  # fmt: skip


@dataclass(slots=True)
class LedgerRow:
    """One row: `values` and `unparsed` by register; `other` what no field takes; `cells` the row as it stands.

    `problem` is the column-less reason why the row cannot be stored, empty if it can.
    """

    number: int  # as Excel counts
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    unparsed: dict[str, dict[str, str]] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    bad: bool = False
    raw: Sequence[Any] = ()  # the cells as the file has them, from column A

    def of(self, register: str) -> dict[str, Any]:
        return self.values.setdefault(register, {})

    def get(self, register: str, name: str) -> Any:
        return self.values.get(register, {}).get(name)

    def text_of(self, register: str, name: str) -> str:
        """What was typed and not understood."""
        return self.unparsed.get(register, {}).get(name, "")


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads rows of one table. `spellings` are this layout's own words for a field's values."""

    register: str
    sheet: str
    columns: Sequence[Column]
    context: Context
    lookup: Lookup
    spellings: Mapping[tuple[str, str], Mapping[str, str]]

    def read(self, number: int, cells: Sequence[Any], troubles: Mapping[int, str]) -> LedgerRow:
        """The row with number `number`; `troubles` are cells (by column) that hold an error or no result."""
        row = LedgerRow(number, raw=cells)
        for column in self.columns:
            raw = cells[column.index] if column.index < len(cells) else None
            if column.index in troubles:
                self._trouble(row, column, troubles[column.index])
                continue
            if raw is None or (isinstance(raw, str) and not clean(raw, lines=True).text):
                continue
            row.cells[column.title] = shown(raw)
            if column.target is None:
                row.other[column.title] = shown(raw)
            elif column.target.register:
                self._take(row, column, raw)
        return row

    def place(self, row: LedgerRow, column: Column, rule: str, severity: Severity, message: str) -> None:
        """A finding about one cell."""
        target = column.target
        row.findings.append(
            Finding(
                rule, severity, message,
                register=target.register if target else "", field=target.field if target else "",
                sheet=self.sheet, row=row.number, column=column.letter,
            )
        )  # fmt: skip

    def column_of(self, register: str, name: str) -> Column | None:
        return column_of(self.columns, register, name)

    def _trouble(self, row: LedgerRow, column: Column, reason: str) -> None:
        row.cells[column.title] = f"（{reason}）"
        if column.target is not None and column.target.register:
            self.place(row, column, BROKEN_CELL, Severity.ERROR, f"“{column.title}”的{reason}。")
            row.unparsed.setdefault(column.target.register, {})[column.target.field] = f"（{reason}）"

    def _take(self, row: LedgerRow, column: Column, raw: Any) -> None:
        assert column.target is not None
        register, declared = column.target.register, column.target.declared
        own = self.spellings.get((register, declared.name), {})
        if isinstance(raw, str) and (word := own.get(fold(raw).upper())) is not None:
            raw = word
        outcome = self._understand(row, column, declared, raw)
        if not outcome.ok:
            self.place(
                row,
                column,
                outcome.rule,
                Severity.ERROR,
                f"“{column.title}”的“{shown(raw)}”没有看懂：{outcome.reason}。",
            )
            row.unparsed.setdefault(register, {})[declared.name] = shown(raw)
            return
        if outcome.value is None:
            return
        row.of(register)[declared.name] = outcome.value
        if column.asof is not None and declared.name == "revenue_ytd":
            beside = {"nurture": "asof_ym", "enterprise": "revenue_asof"}.get(register)
            if beside is not None:
                row.of(register).setdefault(beside, str(column.asof))

    def _understand(self, row: LedgerRow, column: Column, declared: Field, raw: Any) -> Outcome:
        if declared.editor == "code":
            return self._code(raw)
        if (
            declared.kind is Kind.DATE
            and isinstance(raw, str)
            and (day := self._day_without_year(raw)) is not None
        ):
            self.place(
                row,
                column,
                "GEN-004",
                Severity.INFO,
                f"“{shown(raw)}”没有写年份，按表头的期间记为 {day.isoformat()}。",
            )
            return Outcome(day)
        if declared.kind is Kind.TEXT and declared.name == "name":
            return Outcome(_firm_name(raw))
        unit = column.header.unit
        if declared.unit.endswith("元") and not unit:
            unit = self.context.money
        outcome = parse(declared, raw, self.lookup, unit=unit)
        if isinstance(outcome.value, Decimal):
            step = Decimal(1).scaleb(-declared.places)
            rounded = outcome.value.quantize(step, ROUND_HALF_UP)
            if rounded != outcome.value:
                self.place(
                    row, column, ROUNDED, Severity.INFO,
                    f"“{column.title}”的 {shown(raw)} 合 {plain(outcome.value)} {declared.unit}，按 {declared.places} 位小数记为 {plain(rounded)}。",
                )  # fmt: skip
            return replace(outcome, value=rounded)
        return outcome

    def _code(self, raw: Any) -> Outcome:
        if isinstance(raw, (int, float)) and not isinstance(raw, bool):
            return Outcome(
                rule=LOST_DIGITS, reason="代码按数字存放，Excel 已丢失末尾几位，请改成文本后重新填写"
            )
        if is_blank(raw):
            return Outcome()
        code = normalise_uscc(clean(str(raw)).text)
        problem = uscc_problem(code)
        if problem == "ENT-001":
            return Outcome(rule=problem, reason="应为 18 位，且不含 I、O、S、V、Z")
        if problem is not None:
            return Outcome(rule=problem, reason="校验位不正确，请核对营业执照")
        return Outcome(code)

    def _day_without_year(self, raw: str) -> date | None:
        """“5月8日” in a sheet that says 2024年5月: only when it is that very month."""
        found = _DAY_ONLY.fullmatch(fold(raw))
        period = self.context.period
        if found is None or period is None or int(found[1]) != period.month:
            return None
        try:
            return date(period.year, period.month, int(found[2]))
        except ValueError:
            return None


def _firm_name(raw: Any) -> str | None:
    name = clean(shown(raw)).text
    return None if name in BLANK_WORDS else name


def label_of(row: LedgerRow, register: str) -> str:
    """What a person calls the row: 江西云栈网络科技 · 2024-05-14."""
    name = row.get("enterprise", "name") or row.get("enterprise", "uscc") or f"第 {row.number} 行"
    when = row.get(register, REGISTERS[register].placed_by) if register != "enterprise" else None
    return f"{name} · {when}" if when else str(name)
