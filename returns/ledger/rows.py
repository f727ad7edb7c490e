"""One line of a foreign table to typed values by register. Firms are not looked up here and nothing is stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from types import NoneType
from typing import Any

from db.codes import read_uscc
from db.fields import Field, Kind
from db.findings import Finding, Severity
from db.reader import reader
from db.registers import REGISTERS
from db.text import clean, firm_name, fold
from db.values import Lookup, Outcome
from returns.cells import plain, shown
from returns.ledger.columns import Column
from returns.ledger.context import Context
from returns.ledger.quick import ASK, Quick, all_plain, code, quick, text

_DAY_ONLY = re.compile(r"(\d{1,2})(?:月|[./-])(\d{1,2})[日号]?")

NO_FIRM, NO_DATE, NO_KEY, BROKEN_CELL, ROUNDED = "IMP-001", "IMP-002", "IMP-003", "IMP-004", "IMP-005"

_DITTO = frozenset(("同上", "同上行", "同前", "〃", "″", "々", "↑", ""))

_TO_COME = frozenset(
    ("待定", "待补", "待补充", "待核实", "不详", "未知", "某公司", "某企业", "名称", "企业名称")
)
_SEVERAL = re.compile(r"\s*[、，,;；/\n]\s*")

_NOTHING: Any = object()  # a cell with nothing in it but blanks
_MOST_KNOWN = 8000  # texts of one column whose meaning is remembered
_NO_TROUBLES: Mapping[int, str] = {}


@dataclass(slots=True)
class LedgerRow:
    """One row: `values` and `unparsed` by register; `other` what no field takes; `raw` the cells from column A."""

    number: int  # as Excel counts
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    unparsed: dict[str, dict[str, str]] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    bad: bool = False
    raw: Sequence[Any] = ()
    columns: Sequence[Column] = ()
    troubles: Mapping[int, str] = field(default_factory=dict)

    @property
    def cells(self) -> dict[str, str]:
        """The row as it stands, by header; made when asked for."""
        found: dict[str, str] = {}
        for column in self.columns:
            if column.index in self.troubles:
                found[column.title] = f"（{self.troubles[column.index]}）"
                continue
            raw = self.raw[column.index] if column.index < len(self.raw) else None
            if raw is not None and not (isinstance(raw, str) and not clean(raw, lines=True).text):
                found[column.title] = shown(raw)
        return found

    def of(self, register: str) -> dict[str, Any]:
        return self.values.setdefault(register, {})

    def get(self, register: str, name: str) -> Any:
        values = self.values.get(register)
        return None if values is None else values.get(name)

    def text_of(self, register: str, name: str) -> str:
        """What was typed and not understood."""
        return self.unparsed.get(register, {}).get(name, "")


Line = tuple[int, list[Any], Mapping[int, str]]  # number as Excel counts, cells from A, troubles by column


@dataclass(frozen=True, slots=True)
class _Cells:
    """How the cells of one column are read; `name` is that of the field, "" where they are put aside."""

    index: int
    slot: int  # the place of its register
    name: str
    column: Column
    take: Callable[[LedgerRow, Any], Any]
    known: dict[str, Any] = field(default_factory=dict)  # what texts mean that come again and again
    at_once: Quick | None = None

    def meanings(self, cells: Sequence[Any]) -> Sequence[Any]:
        """What the cells of some rows mean; ASK where only `take` can tell, with what it has to say of the row."""
        kinds = set(map(type, cells)) - {NoneType}
        if not kinds:
            return cells
        if len(kinds) > 1:  # 1 and True and 1.0 would be one in a dictionary
            return [self._meaning(raw) for raw in cells]
        if self.at_once is text and kinds == {str} and all_plain(cells):
            return cells
        meant: dict[Any, Any] = {raw: self._meaning(raw) for raw in set(cells)}
        return list(map(meant.__getitem__, cells))

    def _meaning(self, raw: Any) -> Any:
        if raw is None:
            return None
        is_text = raw.__class__ is str
        if is_text and (found := self.known.get(raw, ASK)) is not ASK:
            return found
        if self.at_once is not None and (found := self.at_once(raw)) is not ASK:
            if self.at_once is code and len(self.known) < _MOST_KNOWN:
                self.known[raw] = found  # its check digit takes a while to work out
            return found
        if not is_text:
            return ASK
        trial = LedgerRow(0)
        found = self.take(trial, raw)
        return ASK if found is _NOTHING or trial.findings or trial.unparsed else found


class RowReader:
    """Reads the rows of one table. `spellings` are this layout's own words for a field's values."""

    def __init__(
        self,
        register: str,
        sheet: str,
        columns: Sequence[Column],
        context: Context,
        lookup: Lookup,
        spellings: Mapping[tuple[str, str], Mapping[str, str]],
    ) -> None:
        self.register, self.sheet, self.columns = register, sheet, columns
        self.context, self.lookup, self.spellings = context, lookup, spellings
        self._by_field = {
            (column.target.register, column.target.field): column
            for column in reversed(columns)
            if column.target is not None
        }
        self._registers: list[str] = []
        self._plan: list[_Cells] = []
        self._asof: list[tuple[int, str, str]] = []  # register, field beside the figure, month
        for column in sorted(columns, key=lambda column: column.index):
            self._add(column)

    def _add(self, column: Column) -> None:
        if column.target is None:
            self._plan.append(_Cells(column.index, 0, "", column, self._set_aside(column)))
        elif register := column.target.register:
            if register not in self._registers:
                self._registers.append(register)
            slot, name = self._registers.index(register), column.target.field
            self._plan.append(self._cells(column, slot))
            beside = {"nurture": "asof_ym", "enterprise": "revenue_asof"}.get(register)
            if column.asof is not None and name == "revenue_ytd" and beside is not None:
                self._asof.append((slot, beside, str(column.asof)))

    def read(
        self, number: int, cells: Sequence[Any], troubles: Mapping[int, str] = _NO_TROUBLES
    ) -> LedgerRow | None:
        """The row with number `number`, None if nothing stands in it; `troubles` are cells (by column) that hold
        an error or no result."""
        row = LedgerRow(number, raw=cells, columns=self.columns, troubles=troubles)
        found: list[dict[str, Any]] = [{} for _ in self._registers]
        width, filled = len(cells), False
        for each in self._plan:
            index = each.index
            if troubles and index in troubles:
                self._trouble(row, each.column, troubles[index])
                filled = True
                continue
            if index >= width or (raw := cells[index]) is None:
                continue
            value = each.known.get(raw, ASK) if raw.__class__ is str else ASK
            if value is ASK:
                value = each.take(row, raw)
            if value is _NOTHING:
                continue
            filled = True
            if value is not None:
                found[each.slot][each.name] = value
        return self._made(row, found) if filled else None

    def read_many(self, lines: Sequence[Line]) -> Iterator[LedgerRow]:
        """The same for many lines, without those in which nothing stands.

        Column by column, as far as the cells say plainly what they mean; other rows are left to `read`.
        """
        if not lines:
            return
        width = max((each.index for each in self._plan), default=-1) + 1
        grid = [
            cells if len(cells) >= width else [*cells, *[None] * (width - len(cells))]
            for _, cells, _ in lines
        ]
        columns: list[Sequence[Any]] = list(zip(*(cells[:width] for cells in grid), strict=True))
        plain = [not troubles for _, _, troubles in lines]
        names: list[list[str]] = [[] for _ in self._registers]
        meant: list[list[Sequence[Any]]] = [[] for _ in self._registers]
        for each in self._plan:
            if each.name:
                found = each.meanings(columns[each.index])
                if found[0] is None and found.count(None) == len(found):
                    continue
                names[each.slot].append(each.name)
                meant[each.slot].append(found)
                if ASK in found:
                    plain = [sure and value is not ASK for sure, value in zip(plain, found, strict=True)]
        by_register: list[list[dict[str, Any]]] = [
            [
                {name: value for name, value in zip(said, values, strict=True) if value is not None}
                if None in values
                else dict(zip(said, values, strict=True))
                for values in zip(*of, strict=True)
            ]
            if said
            else [{} for _ in lines]
            for said, of in zip(names, meant, strict=True)
        ]
        aside = [each for each in self._plan if not each.name]
        for place, (number, cells, troubles) in enumerate(lines):
            row: LedgerRow | None
            if plain[place]:
                row = LedgerRow(number, raw=cells, columns=self.columns)
                values = [of[place] for of in by_register]
                filled = any(values)
                for each in aside:
                    raw = grid[place][each.index]
                    filled = (raw is not None and each.take(row, raw) is not _NOTHING) or filled
                if filled or any(grid[place][each.index] is not None for each in self._plan if each.name):
                    yield self._made(row, values)
            elif (row := self.read(number, cells, troubles)) is not None:
                yield row

    def _made(self, row: LedgerRow, found: list[dict[str, Any]]) -> LedgerRow:
        for slot, beside, month in self._asof:
            if "revenue_ytd" in found[slot]:
                found[slot].setdefault(beside, month)
        row.values = {key: values for key, values in zip(self._registers, found, strict=True) if values}
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
        return self._by_field.get((register, name))

    def _trouble(self, row: LedgerRow, column: Column, reason: str) -> None:
        if column.target is not None and column.target.register:
            self.place(row, column, BROKEN_CELL, Severity.ERROR, f"“{column.title}”的{reason}。")
            row.unparsed.setdefault(column.target.register, {})[column.target.field] = f"（{reason}）"

    def _set_aside(self, column: Column) -> Callable[[LedgerRow, Any], Any]:
        title = column.title

        def take(row: LedgerRow, raw: Any) -> Any:
            if isinstance(raw, str) and not clean(raw, lines=True).text:
                return _NOTHING
            row.other[title] = shown(raw)
            return None

        return take

    def _cells(self, column: Column, slot: int) -> _Cells:
        """How a cell of one column is understood: `take` gives the value, None where it says nothing or is reported."""
        assert column.target is not None
        declared = column.target.declared
        unit = column.header.unit
        if declared.unit.endswith("元") and not unit:
            unit = self.context.money
        own = self.spellings.get((column.target.register, declared.name), {})
        at_once, understand = quick(declared, unit), self._reader(column, declared, unit)
        # What is a text to most rows of a table is said but once: there is nothing to remember.
        known: dict[str, Any] = {}
        repeats = (
            declared.kind not in (Kind.TEXT, Kind.LONG) or bool(declared.editor) or declared.name == "name"
        )

        def take(row: LedgerRow, raw: Any) -> Any:
            if at_once is not None and (value := at_once(raw)) is not ASK:
                if repeats and raw.__class__ is str and len(known) < _MOST_KNOWN:
                    known[raw] = value
                return value
            before = len(row.findings)
            if isinstance(raw, str):
                if not (raw.isprintable() and raw.strip(" ")) and not clean(raw, lines=True).text:
                    return _NOTHING
                meant = own.get(fold(raw).upper(), raw) if own else raw
            else:
                meant = raw
            outcome = understand(row, meant)
            if outcome.rule:
                self._refuse(row, column, raw, outcome)
                return None
            if repeats and raw.__class__ is str and before == len(row.findings) and len(known) < _MOST_KNOWN:
                known[raw] = outcome.value
            return outcome.value

        return _Cells(column.index, slot, column.target.field, column, take, known, at_once)

    def _refuse(self, row: LedgerRow, column: Column, raw: Any, outcome: Outcome) -> None:
        message = f"“{column.title}”的“{shown(raw)}”没有看懂：{outcome.reason}。"
        self.place(row, column, outcome.rule, Severity.ERROR, message)
        assert column.target is not None
        row.unparsed.setdefault(column.target.register, {})[column.target.field] = shown(raw)

    def _reader(self, column: Column, declared: Field, unit: str) -> Callable[[LedgerRow, Any], Outcome]:
        """The whole rule for the cells of a column, with what it has to say of them."""
        if declared.editor == "code":
            return lambda row, raw: _code(raw)
        if declared.kind is Kind.TEXT and declared.name == "name":
            return lambda row, raw: _name(raw)
        whole = reader(declared, self.lookup, unit)
        if declared.kind is Kind.DATE:

            def read_day(row: LedgerRow, raw: Any) -> Outcome:
                if isinstance(raw, str) and (day := self._day_without_year(raw)) is not None:
                    message = f"“{shown(raw)}”没有写年份，按表头的期间记为 {day.isoformat()}。"
                    self.place(row, column, "GEN-004", Severity.INFO, message)
                    return Outcome(day)
                return whole(raw)

            return read_day
        if declared.kind is not Kind.NUMBER:
            return lambda row, raw: whole(raw)
        step = Decimal(1).scaleb(-declared.places)

        def read_number(row: LedgerRow, raw: Any) -> Outcome:
            outcome = whole(raw)
            if outcome.value is None:
                return outcome
            rounded = outcome.value.quantize(step, ROUND_HALF_UP)
            if rounded != outcome.value:
                self.place(
                    row, column, ROUNDED, Severity.INFO,
                    f"“{column.title}”的 {shown(raw)} 合 {plain(outcome.value)} {declared.unit}，按 {declared.places} 位小数记为 {plain(rounded)}。",
                )  # fmt: skip
            return replace(outcome, value=rounded)

        return read_number

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


def _name(raw: Any) -> Outcome:
    """A firm is named by its name, one in a cell; what stands for a name, or for several firms, names none."""
    name = firm_name(shown(raw))
    if name is None:
        return Outcome()
    bare = fold(name).strip("\"'()")
    reason = ""
    if bare in _DITTO:
        reason = "这里要写企业名称，“同上”在排序、筛选之后就不知指的是谁"
    elif bare in _TO_COME or not any(char.isalpha() for char in bare):
        reason = "这不是企业名称"
    elif len(firms := _SEVERAL.split(str(raw).strip())) > 1 and all(each.endswith("公司") for each in firms):
        reason = f"一格里写了 {len(firms)} 家企业，请每家写一行"
    return Outcome(rule=BROKEN_CELL, reason=reason) if reason else Outcome(name)


def _code(raw: Any) -> Outcome:
    found = read_uscc(raw)
    return Outcome(found.code, found.rule, found.reason)


def label_of(row: LedgerRow, register: str) -> str:
    """What a person calls the row: 江西云栈网络科技 · 2024-05-14."""
    name = row.get("enterprise", "name") or row.get("enterprise", "uscc") or f"第 {row.number} 行"
    when = row.get(register, REGISTERS[register].placed_by) if register != "enterprise" else None
    return f"{name} · {when}" if when else str(name)
