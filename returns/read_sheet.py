"""One register's sheet becomes rows: typed values, what could not be read, and which cells were edited.

The workbook around it is opened in read.py; which columns there are is in workbook.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from db.fields import Kind
from db.findings import Finding, Severity
from db.text import fold
from db.values import Lookup, Outcome, from_json
from returns import workbook
from returns.cells import NOT_APPLICABLE, canonical, decode, shown
from returns.digests import MARK, cell_mark, row_digest
from returns.edits import Edit, guess, letter
from returns.pace import UNHURRIED, Pace
from returns.read_intact import IntactRows
from returns.rows_read import Named, RowRead
from returns.workbook import EXTRA, FIRM, ID, MARKS, VISIT, Column, Header, SheetPlan

__all__ = ["Named", "RowRead", "SheetReader"]

_TOTALS = ("合计", "小计", "总计", "累计")
_SURE_DIGITS = 15  # what Excel keeps of a number
_AT_ONCE = 2_000  # rows that are looked at column by column


class SheetReader:
    """Reads the rows of one sheet below its header."""

    def __init__(
        self, plan: SheetPlan, header: Header, known: Lookup, *, order: Sequence[str], doubtful: Mapping[tuple[int, int], str],
        digests: Mapping[str, str], by_hand: bool,
    ) -> None:  # fmt: skip
        """`order`: the columns in the order of the marks. `digests`: of the rows as exported, by record id."""
        self.plan, self.header, self.known = plan, header, known
        self.doubtful, self.digests, self.by_hand = doubtful, digests, by_hand
        self.rows: list[RowRead] = []
        self.findings: list[Finding] = []
        self.seen: set[UUID] = set()
        self.removed = 0
        self.order = {name: place for place, name in enumerate(order)}
        self._units = {
            column.key: header.units[place]
            for place, column in header.columns.items()
            if place in header.units
        }
        self._memory: dict[tuple[str, str], Outcome] = {}
        self._intact = IntactRows(plan, header, known, order, {} if by_hand else digests, doubtful)

    def read_all(self, rows: Sequence[Sequence[Any]], first: int, pace: Pace = UNHURRIED) -> None:
        """Read the rows of a sheet from the index `first` on."""
        for start in range(first, len(rows), _AT_ONCE):
            pace.tell(start - first, len(rows) - first, f"读“{self.plan.name}”的各行")
            part = rows[start : start + _AT_ONCE]
            self._intact.look_at(start, part)
            for index, row in enumerate(part, start):
                self._read(index, row)

    def _read(self, index: int, row: Sequence[Any]) -> None:
        found = self._intact.read(index, self.seen)
        if found is not None and found.record_id is not None:
            self.seen.add(found.record_id)
            self.rows.append(found)
            return
        cells = {
            column.key: (place, row[place] if place < len(row) else "")
            for place, column in self.header.columns.items()
        }
        filled = [value for _, value in cells.values() if value not in ("", None)]
        if not filled and not any((index, place) in self.doubtful for place, _ in cells.values()):
            return
        if any(isinstance(value, str) and value.startswith(workbook.SIGNATURE) for value in row):
            return
        record_id = self._key(self._hidden(row, ID))
        if (
            record_id is None
            and isinstance(filled[0] if filled else None, str)
            and fold(filled[0]) in _TOTALS
        ):
            return
        if record_id is not None and record_id in self.seen:
            self._tell("RET-002", Severity.WARNING, f"第 {index + 1} 行是另一行的复制，按新增处理。", index)
            record_id = None
        if record_id is not None:
            self.seen.add(record_id)
        result = RowRead(self.plan.register.key, self.plan.name, index + 1, {}, {}, [], record_id)
        marks = self._hidden(row, MARKS) if record_id is not None else ""
        extra = self._extra(row, index)
        told = extra.get("?") or {}
        texts: dict[str, str] = {}
        edited: list[str] = []
        named: dict[str, dict[str, str]] = {}
        for place, column in self.header.columns.items():
            raw = cells[column.key][1]
            text = shown(raw)
            mark = self._mark(marks, column)
            changed = mark is not None and cell_mark(text) != mark
            name = column.field.name
            if (index, place) in self.doubtful:
                result.values[name] = None
                result.unparsed[name] = self.doubtful[(index, place)]
                self._cell(
                    "GEN-002", Severity.ERROR, "是错误值或没有算出结果的公式，请改填确定的内容", index, column
                )
                edited += [column.label] if mark is not None else []
            elif column.part:
                named.setdefault(name, {})[column.part] = text
                edited += [column.label] if changed else []
            elif not changed and mark is not None and name in extra:
                result.values[name] = from_json(column.field, extra[name])
            elif not changed and mark is not None and name in (told.get("unparsed") or {}):
                result.values[name] = None
                result.unparsed[name] = told["unparsed"][name]
                self._cell("GEN-001", Severity.ERROR, f"“{text}”看不懂，请改正", index, column)
            elif changed and not self._value(result, column, raw, text, index, mark):
                edited.append(column.label)
            elif not changed:
                self._value(result, column, raw, text, index, None)
            texts[column.key] = text if not changed or column.part else self._as_written(column, result, text)
        self._refer(result, named, row, edited, extra.get("@") or {})
        result.edited = tuple(edited)
        ordered = sorted(texts, key=lambda each: self.order.get(each, 10_000))
        result.digest = row_digest([texts[each] for each in ordered])
        stated = self.digests.get(record_id.hex) if record_id is not None else None
        result.intact = bool(marks) and not edited and stated == result.digest
        if edited and marks and not self.by_hand:
            result.edits = tuple(self._edits(result, row, marks))
        self._tell_edits(result, bool(marks), stated)
        self.rows.append(result)

    def finish(self) -> None:
        """Rows of the manifest that are no longer there were deleted after the export."""
        whole = self._intact.taken
        lost = [record for record in self.digests if record not in whole and UUID(record) not in self.seen]
        self.removed = len(lost)
        if lost:
            self._tell(
                "RET-002", Severity.WARNING, f"“{self.plan.name}”有 {len(lost)} 行在导出后被删除。", None
            )

    def _value(
        self, result: RowRead, column: Column, raw: Any, text: str, index: int, mark: str | None
    ) -> bool:
        """Understand one cell; True when it means what was exported (written another way)."""
        field = column.field
        name = field.name
        if not text:
            result.values[name] = None
            return False
        if text == NOT_APPLICABLE and field.kind in (Kind.NUMBER, Kind.INTEGER):
            result.values[name] = None
            result.not_applicable.append(name)
            return False
        if (
            field.editor == "code"
            and isinstance(raw, (int, float))
            and sum(map(str.isdigit, text)) > _SURE_DIGITS
        ):
            outcome = Outcome(
                rule="ENT-001", reason="代码被 Excel 当成了数字，末几位已经丢失，请按文本重新填写"
            )
        else:
            outcome = self._decode(column, raw, text, self._units.get(column.key, ""))
        result.values[name] = outcome.value
        if not outcome.ok:
            result.unparsed[name] = text
            self._cell(outcome.rule, Severity.ERROR, f"“{text}”：{outcome.reason}", index, column)
            return False
        return mark is not None and cell_mark(canonical(field, outcome.value, self.known)) == mark

    def _decode(self, column: Column, raw: Any, text: str, unit: str) -> Outcome:
        if not isinstance(raw, str) or unit:
            return decode(column.field, raw, self.known, unit=unit)
        key = (column.key, text)
        found = self._memory.get(key)
        if found is None:
            found = decode(column.field, raw, self.known)
            if len(text) < 64:
                self._memory[key] = found
        # A list is shared by the rows that hold the same text: hand out copies.
        return Outcome(list(found.value)) if isinstance(found.value, list) else found

    def _refer(
        self,
        result: RowRead,
        named: Mapping[str, Mapping[str, str]],
        row: Sequence[Any],
        edited: Sequence[str],
        keys: Mapping[str, str],
    ) -> None:
        for name, parts in named.items():
            source = self.plan.register.field(name).source
            labels = [column.label for column in self.plan.columns if column.field.name == name]
            touched = any(label in edited for label in labels)
            # A hidden key counts only as long as the name beside it is the one that was exported.
            hidden = {"enterprise": FIRM, "visit": VISIT}.get(source)
            key = None if touched else self._key(self._hidden(row, hidden) if hidden else keys.get(name, ""))
            who = Named(key, parts.get("name") or parts.get("no") or "", fold(parts.get("uscc", "")).upper())
            if source == "enterprise":
                result.firm = who
            else:
                result.links[name] = who

    def _tell_edits(self, result: RowRead, marked: bool, stated: str | None) -> None:
        if self.by_hand:
            return
        row = result.number - 1
        if result.record_id is None or not marked or stated is None:
            result.added = True
            self._tell(
                "RET-002", Severity.WARNING, f"“{self.plan.name}”第 {result.number} 行不是导出时就有的。", row
            )
        elif result.edited:
            for edit in result.edits:
                self._tell("RET-002", Severity.WARNING, edit.message, row, edit.column.label)
        elif not result.intact and self.header.missing == []:
            self._tell(
                "RET-002",
                Severity.WARNING,
                f"“{self.plan.name}”第 {result.number} 行与导出时的校验不符。",
                row,
            )

    def _edits(self, result: RowRead, row: Sequence[Any], marks: str) -> Iterator[Edit]:
        for place, column in self.header.columns.items():
            mark = self._mark(marks, column)
            if column.label in result.edited and mark is not None:
                now = shown(row[place]) if place < len(row) else ""
                was = guess(column, mark, self.known)
                yield Edit(self.plan.name, result.number, letter(place), column, mark, now, was)

    def _mark(self, marks: str, column: Column) -> str | None:
        place = self.order.get(column.key)
        if not marks or place is None or len(marks) < (place + 1) * MARK:
            return None
        return marks[place * MARK : (place + 1) * MARK]

    def _hidden(self, row: Sequence[Any], name: str) -> str:
        place = self.header.hidden.get(name)
        return shown(row[place]) if place is not None and place < len(row) else ""

    def _extra(self, row: Sequence[Any], index: int) -> dict[str, Any]:
        place = self.header.hidden.get(EXTRA)
        beside = row[place:] if place is not None else ()
        text = "".join(str(cell) for cell in beside if cell is not None)
        if not text:
            return {}
        try:
            data = json.loads(text)
        except ValueError:
            self._tell(
                "RET-002", Severity.WARNING, f"第 {index + 1} 行的附加内容已损坏，按单元格内容读入。", index
            )
            return {}
        return data if isinstance(data, dict) else {}

    def _key(self, text: str) -> UUID | None:
        try:
            return UUID(text) if text else None
        except ValueError:
            return None

    def _cell(self, rule: str, severity: Severity, what: str, index: int, column: Column) -> None:
        message = f"“{self.plan.name}”第 {index + 1} 行“{column.label}”：{what}。"
        self._tell(rule, severity, message, index, column.label, column.field.name)

    def _tell(
        self,
        rule: str,
        severity: Severity,
        message: str,
        index: int | None,
        column: str = "",
        field: str = "",
    ) -> None:
        row = None if index is None else index + 1
        self.findings.append(
            Finding(rule, severity, message, self.plan.register.key, None, field, self.plan.name, row, column)
        )

    def _as_written(self, column: Column, result: RowRead, text: str) -> str:
        """The text the writer would have used for what was read, or the text itself where nothing was understood."""
        value = result.values.get(column.field.name)
        return canonical(column.field, value, self.known) if value is not None else text
