"""“数据来源” and “明细·…”: from a figure of a report workbook to its line, from the line to its rows. Two clicks.

Used by every workbook that shows figures of a month. Keys and scopes come from db/figure_words.py, rows from db/sources.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.figures import Figure
from db.lists import ListQuery
from db.models import OrgUnit
from db.periods import Period
from db.progress import rounded
from db.registers import REGISTERS
from db.rows_behind import RETURN
from db.sources import Source, rows_of, source_of
from returns.report_book import Book
from returns.report_looks import COUNT, DASH, Cell, Col, decimals, place
from returns.source_rows import RowsOf, SourceRows, Spans, shown

SHEET = "数据来源"
_FIRST = 4  # the sheet's row of the first line: under title, note and header
_COUNTS = {
    "rows": "一行计一", "enterprises": "同一企业计一次", "sum": "各行相加", "ratio": "比率，不相加", "value": "行内所填的数",
}  # fmt: skip
_OWN = object()
SourceOf = Callable[[Session, str, str], Source]
# A unit's part of these is the part of their rows that the unit reports.
_BY_UNIT = frozenset({"visit", "issue", "cloud", "nurture", "project", "duty"})


@dataclass(slots=True)
class _Line:
    """A figure with its line on the sheet; `number` counts lines from 1."""

    key: str
    number: int
    name: str
    value: Decimal | None
    places: int
    unit: str
    figure: Figure | None
    source: Source | None = None  # of one that has no key of its own


class Sources:
    """The sources of one workbook: ask `cell` for each figure while laying out, call `finish` before `Book.save`.

    The session is read until `finish`; `close` after `Book.save`. A report with keys of its own (a quarter's) hands in
    where they come from.
    """

    def __init__(
        self, book: Book, session: Session, period: str, figures: Mapping[str, Figure], *,
        source_of: SourceOf = source_of, rows_of: RowsOf = rows_of,
    ) -> None:  # fmt: skip
        self._book, self._session, self._period, self._figures = book, session, period, figures
        self._lines: dict[str, _Line] = {}
        self._source_of = source_of
        self._rows = SourceRows(session, period, rows_of)
        merged = session.execute(
            select(OrgUnit.code, OrgUnit.merged_into).where(OrgUnit.merged_into.is_not(None))
        )
        self._merged = {code for pair in merged for code in pair}

    def __contains__(self, key: str) -> bool:
        return key in self._figures

    def value(self, key: str) -> Decimal | None:
        """The figure's value, unrounded; None for a key that is none or has none."""
        known = self._figures.get(key)
        return known.value if known is not None else None

    def link(
        self, key: str, value: Decimal | int | None = None, *, name: str = "", unit: str = "", places: int = 0
    ) -> str:
        """Where the line of a figure is; the line is made when it is first asked for.

        A key that `figures_of` does not give needs its name, value and unit.
        """
        line = self._lines.get(key)
        if line is None:
            known = self._figures.get(key)
            own = None if value is None else Decimal(value)
            line = _Line(
                key, len(self._lines) + 1, known.name if known else name, known.value if known else own,
                known.places if known else places, known.unit if known else unit, known,
            )  # fmt: skip
            self._lines[key] = line
        return place(SHEET, f"A{_FIRST + line.number - 1}")

    def cell(
        self, key: str, value: Any = _OWN, *, formula: str = "", format: str = "", look: str = "", name: str = "",
        unit: str = "",
    ) -> Cell:  # fmt: skip
        """A figure as a cell that leads to its line. Without `value` it is the figure's own, rounded as it is shown."""
        known = self._figures.get(key)
        if value is _OWN:
            value = rounded(known.value, known.places) if known is not None else None
            if value is not None and not (known and known.places):
                value = int(value)
        link = self.link(key, value if isinstance(value, int | Decimal) else None, name=name, unit=unit)
        return Cell(value, formula=formula, link=link, format=format, look=look)

    def queried(
        self, key: str, name: str, value: Any, query: ListQuery, scope: str, *, unit: str = "", counts: str = "rows",
        series: bool = False, **more: Any,
    ) -> Cell:  # fmt: skip
        """A figure that `figures_of` does not give, as a cell that leads to the rows a list shows.

        `key`: any word that no other figure of the workbook has. `counts`: as in a Source. `series`: the key stands for
        several figures, a row for each, and has no value of its own.
        """
        if key not in self._lines:
            number = Decimal(value) if isinstance(value, int | Decimal) and not series else None
            places = (
                max(-int(number.as_tuple().exponent), 0) if number is not None and number.is_finite() else 0
            )
            source = Source(key, name, scope, query.register, query, 0, counts)
            self._lines[key] = _Line(key, len(self._lines) + 1, name, number, places, unit, None, source)
        return Cell(value, link=place(SHEET, f"A{_FIRST + self._lines[key].number - 1}"), **more)

    def of_month(self, period: str, key: str, value: Any, *, name: str, unit: str = "", **more: Any) -> Cell:
        """The same figure of another month; what has no rows in the register itself (returns) leads nowhere."""
        if value is None:
            return Cell(None, **more)
        source = self._source_of(self._session, period, key)
        if source.query is None:
            return Cell(value, **more)
        told = f"{name}（{Period(period).display()}）"
        return self.queried(
            f"{period}/{key}",
            told,
            value,
            source.query,
            source.scope,
            unit=unit,
            counts=source.counts,
            **more,
        )

    def finish(self) -> dict[str, int]:
        """Make the sheets; how many rows each of them has. The rows themselves are poured in by `Book.save`."""
        sheet = self._book.sheet(
            SHEET,
            "数据来源",
            "表中带链接的数，在这里各有一行：口径、覆盖、由哪些行得出。点“明细”到达这些行。",
            width=9,
        )
        found = self._resolved()
        parts = {register: self._parts(found, register) for register in self._rows.registers}
        spans: dict[int, Spans] = {}
        for register in self._rows.registers:
            spans |= self._rows.lie(register, parts[register])
        rows = [self._row(line, found.get(line.key), spans.get(line.number)) for line in self._lines.values()]
        table = sheet.table(
            [
                Col("序号", 6, "0", "center"), Col("数", 34), Col("口径", 52), Col("覆盖", 9, "", "center"),
                Col("值", 13), Col("单位", 7, "", "center"), Col("行数", 9, COUNT),
                Col("怎样得出", 15), Col("明细", 34),
            ],
            rows, empty="本工作簿没有带来源的数",
        )  # fmt: skip
        sheet.repeat(table)
        made = {SHEET: len(rows)}
        for register in self._rows.registers:
            made |= self._detail(register, parts[register])
        return made

    def close(self) -> None:
        """Let go of the gathered rows; after `Book.save`."""
        self._rows.close()

    def _resolved(self) -> dict[str, tuple[int, Source]]:
        """The number of each figure whose rows are read, with its source; parts of one by unit share their whole's."""
        found: dict[str, tuple[int, Source]] = {}
        free = len(self._lines) + 1  # wholes that have no line of their own come after all lines
        for key, line in list(self._lines.items()):
            whole, by_row = self._whole(key)
            if whole in found:
                continue
            number = line.number
            if by_row and whole not in self._lines:
                number, free = free, free + 1
            elif by_row:
                number = self._lines[whole].number
            source = line.source or self._source_of(self._session, self._period, whole)
            found[whole] = (number, source)
        # The widest first: the others then find their rows read.
        for number, source in sorted(found.values(), key=lambda each: -each[1].count):
            own = self._lines.get(source.key)
            self._rows.add(number, source, listed=own is not None and own.source is not None)
        for key in list(self._lines):
            whole, _ = self._whole(key)
            found.setdefault(key, found[whole])
        return found

    def _whole(self, key: str) -> tuple[str, bool]:
        """The figure whose rows include this one's, and whether this one's are those of a unit among them."""
        whole, _, unit = key.partition(":")
        if (
            self._lines[key].source is None
            and unit
            and key.partition(".")[0] in _BY_UNIT
            and unit not in self._merged
            and not whole.endswith(".near")
        ):
            return whole, True
        return key, False

    def _parts(self, found: Mapping[str, tuple[int, Source]], register: str) -> dict[tuple[int, str], int]:
        made = {}
        for key, line in self._lines.items():
            number, source = found[key]
            if self._whole(key)[1] and source.register == register:
                made[number, key.partition(":")[2]] = line.number
        return made

    def _row(self, line: _Line, found: tuple[int, Source] | None, spans: Spans | None) -> list[Any]:
        assert found is not None
        source, figure = found[1], line.figure
        value = rounded(line.value, line.places)
        base = f"，另有 {rounded(source.base, line.places):,f} 无明细（期初数）" if source.base else ""
        rows = spans.rows if spans is not None else 0
        return [
            line.number, line.name or source.title, figure.scope if figure is not None else source.scope,
            figure.coverage if figure is not None and figure.coverage else DASH, Cell(value, format=decimals(line.places)), line.unit, rows,
            f"{_COUNTS.get(source.counts, '')}{base}", self._detail_link(source.register, spans),
        ]  # fmt: skip

    def _detail_link(self, register: str, spans: Spans | None) -> Cell:
        if spans is None or not spans.pieces:
            return Cell("没有明细行", look="muted")
        name = _title(register)
        pieces = "、".join(
            f"{first + _FIRST}—{last + _FIRST}" if last > first else f"{first + _FIRST}"
            for first, last in spans.pieces[:6]
        )
        more = " 等处" if len(spans.pieces) > 6 else ""
        first, last = spans.pieces[0]
        return Cell(
            f"{name} 第 {pieces} 行{more}", link=place(name, f"A{first + _FIRST}:A{last + _FIRST}"), tip="到这些行",
        )  # fmt: skip

    def _detail(self, register: str, parts: Mapping[tuple[int, str], int]) -> dict[str, int]:
        heads = [Col("计入", 12), *(Col(*each) for each in shown(register, self._rows.columns(register)))]
        dropped = self._rows.dropped.get(register, 0)
        note = "“计入”是“数据来源”表的序号：这一行计入了哪些数；每行只列一次。点这里回到“数据来源”。"
        if dropped:
            note += f"另有 {dropped:,} 行未列出，请在程序里查看。"
        name = _title(register)
        sheet = self._book.sheet(name, name.replace("·", "："), note, width=len(heads))
        sheet.ws.write_url(1, 0, place(SHEET, "A1"), None, "")
        lines = len(self._lines)
        sheet.long_table(heads, self._poured(register, parts, lines), filtered=self._rows.count(register))
        return {name: self._rows.count(register)}

    def _poured(
        self, register: str, parts: Mapping[tuple[int, str], int], lines: int
    ) -> Iterator[tuple[Any, ...]]:
        known: dict[tuple[int, ...], str] = {}
        for numbers, values in self._rows.rows(register, parts):
            text = known.get(numbers)
            if text is None:
                # Numbers beyond the lines are wholes that nobody asked for.
                text = known[numbers] = "、".join(str(each) for each in sorted(numbers) if each <= lines)
            yield (text, *values)


def _title(register: str) -> str:
    return f"明细·{'报送' if register == RETURN else REGISTERS[register].title}"
