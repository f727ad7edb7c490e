"""Rows that lie in the sheet exactly as they were exported: their fingerprint says so, and their cells need no second look.

Every other row (edited, added, with an error value, with something that was not understood) is for read_sheet.py.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import compress
from operator import itemgetter
from typing import Any
from uuid import UUID

from db.fields import Kind
from db.reader import reader
from db.text import fold
from db.types import key_of
from db.values import Lookup, from_json
from returns.cells import NOT_APPLICABLE, rounded, shown
from returns.digests import row_digest
from returns.rows_read import Named, RowRead
from returns.workbook import EXTRA, FIRM, ID, MARKS, VISIT, Column, Header, SheetPlan

_KINDS = frozenset({str, float, int, date, datetime, type(None)})
_NUMBERS = (Kind.NUMBER, Kind.INTEGER)
_MOST = 20_000  # cells of a column that are remembered
_SURE_DIGITS = 15  # what Excel keeps of a number

Cell = tuple[str, Any]  # its text, and what it means


class IntactRows:
    """Reads the rows of one sheet whose fingerprint is the one that the manifest states."""

    def __init__(
        self, plan: SheetPlan, header: Header, known: Lookup, order: Sequence[str], digests: Mapping[str, str],
        doubtful: Collection[tuple[int, int]],
    ) -> None:  # fmt: skip
        """`order`: the columns in the order of the fingerprint. `digests`: of the rows as exported, by record id."""
        places = {column.key: (place, column) for place, column in header.columns.items()}
        self._usable = (
            bool(digests)
            and places.keys() == set(order)
            and not header.units
            and ID in header.hidden
            and MARKS in header.hidden
        )
        self.taken: set[str] = set()  # the record ids that were read
        # By index what was looked at: its place among those, key, fingerprint, cells, and what they mean.
        self._found: dict[int, tuple[int, str, str, Sequence[Any], tuple[Any, ...]]] = {}
        if not self._usable:
            return
        self._register, self._sheet = plan.register.key, plan.name
        self._digests, self._doubtful = digests, {row for row, _ in doubtful}
        self._columns = [places[key][1] for key in order]
        seats = [places[key][0] for key in order]
        self._take = itemgetter(*seats) if len(seats) > 1 else lambda row: (row[seats[0]],)
        self._id, self._marks = header.hidden[ID], header.hidden[MARKS]
        self._extra = header.hidden.get(EXTRA)
        self._width = max(*seats, *header.hidden.values()) + 1
        self._free = [
            not column.part
            and column.field.kind in (Kind.TEXT, Kind.LONG)
            and column.field.editor not in ("code", "phone")
            for column in self._columns
        ]
        self._readers = [reader(column.field, known) for column in self._columns]
        self._memories: list[tuple[dict[Any, str], dict[Any, Any]]] = [({}, {}) for _ in order]
        self._plain = plain = [place for place, column in enumerate(self._columns) if not column.part]
        self._names = [self._columns[place].field.name for place in plain]
        self._fields = {self._columns[place].field.name: self._columns[place].field for place in plain}
        # A list is shared by the rows that hold the same text: each gets its own.
        self._lists = [
            column.field.name for column in self._columns if column.field.kind in _LISTS and not column.part
        ]
        self._numbers = [place for place in plain if self._columns[place].field.kind in _NUMBERS]
        self._refers = self._references(header)
        self._unclear = False  # whether any cell was not understood: what it means may stand beside it
        self._keys: dict[str, UUID] = {}
        self._named: dict[tuple[str, str, str], Named] = {}

    def _references(self, header: Header) -> list[tuple[str, bool, int, int | None, int | None]]:
        """By field that names a record: whether it is a firm, and where title, code and hidden key stand."""
        found: dict[str, tuple[str, bool, int, int | None, int | None]] = {}
        for place, column in enumerate(self._columns):
            if not column.part:
                continue
            name, source = column.field.name, column.field.source
            hidden = header.hidden.get({"enterprise": FIRM, "visit": VISIT}.get(source, ""))
            _, firm, title, code, _ = found.get(name, (name, source == "enterprise", -1, None, hidden))
            if column.part == "uscc":
                code = place
            else:
                title = place
            found[name] = (name, firm, title, code, hidden)
        return list(found.values())

    def look_at(self, first: int, rows: Sequence[Sequence[Any]]) -> None:
        """Work out column by column which of these rows are as they were exported; `first` is the index of the first."""
        self._found = {}
        if not self._usable:
            return
        digests, doubtful, width = self._digests, self._doubtful, self._width
        least, id_at, marks_at = max(self._id, self._marks), self._id, self._marks
        kept: list[tuple[int, str, str, Sequence[Any]]] = []
        for index, row in enumerate(rows, first):
            key = row[id_at] if len(row) > least else None
            if type(key) is not str or not row[marks_at] or index in doubtful:
                continue
            stated = digests.get(key)
            if stated is None:
                continue
            if len(row) < width:
                row = [*row, *[None] * (width - len(row))]
            kept.append((index, key, stated, row))
        cells = [self._take(row) for _, _, _, row in kept]
        columns = list(zip(*cells, strict=True))
        if not all(_KINDS.issuperset(map(type, column)) for column in columns):
            usual = [_KINDS.issuperset(map(type, each)) for each in cells]
            kept, cells = list(compress(kept, usual)), list(compress(cells, usual))
            columns = list(zip(*cells, strict=True))
        if not kept:
            return
        pairs = [self._column(place, column) for place, column in enumerate(columns)]
        self._texts, self._meant_of = [texts for texts, _ in pairs], [meant for _, meant in pairs]
        values = zip(*[self._meant_of[place] for place in self._plain], strict=True)
        for at, (each, texts, meant) in enumerate(
            zip(kept, zip(*self._texts, strict=True), values, strict=True)
        ):
            if row_digest(texts) == each[2] and any(texts):
                self._found[each[0]] = (at, *each[1:], meant)

    def read(self, index: int, seen: Collection[UUID]) -> RowRead | None:
        """A row that was looked at, or None where it must be read cell by cell. `index` counts from 0."""
        found = self._found.get(index)
        if found is None:
            return None
        at, key, stated, row, meant = found
        record_id = None if key in self.taken else self._key(key)
        if record_id is None or record_id in seen:
            return None
        values = dict(zip(self._names, meant, strict=True))
        result = RowRead(
            self._register, self._sheet, index + 1, values, {}, [], record_id, intact=True, digest=stated
        )
        for place in self._numbers:
            if self._texts[place][at] == NOT_APPLICABLE:
                result.not_applicable.append(self._columns[place].field.name)
        for name in self._lists:
            if (value := values[name]) is not None and value is not _UNCLEAR:
                values[name] = list(value)
        keys: Mapping[str, str] = {}
        if self._extra is not None and row[self._extra]:
            beside = self._beside(result, row)
            if beside is None:
                return None
            keys = beside
        if self._unclear and any(value is _UNCLEAR for value in values.values()):
            return None
        for name, firm, title, code, hidden in self._refers:
            told = row[hidden] if hidden is not None else keys.get(name, "")
            titled = self._texts[title][at] if title >= 0 else ""
            who = self._who(told, titled, self._meant_of[code][at] if code is not None else "")
            if who is None:
                return None
            if firm:
                result.firm = who
            else:
                result.links[name] = who
        self.taken.add(key)
        return result

    def _column(self, place: int, cells: Sequence[Any]) -> tuple[list[str], list[Any]]:
        """The texts of a column's cells, and what they mean."""
        known, meanings = self._memories[place]
        if len(known) > _MOST:
            known.clear()
            meanings.clear()
        for raw in dict.fromkeys(cells):
            if raw not in known:
                known[raw], meanings[raw] = self._cell(place, raw)
        texts = [known[raw] for raw in cells]
        return texts, [meanings[raw] for raw in cells]

    def _cell(self, place: int, raw: Any) -> Cell:
        """A cell that did not come before."""
        column = self._columns[place]
        tidy = type(raw) is str and raw.isprintable() and raw[:1] != " " and raw[-1:] != " "
        text: str = raw if tidy else shown(raw)
        # Most of what is new in a sheet are texts that mean themselves.
        free = tidy and text and self._free[place] and "#" not in text
        meant = text if free else self._meant(place, column, raw, text)
        self._unclear = self._unclear or meant is _UNCLEAR
        return text, meant

    def _meant(self, place: int, column: Column, raw: Any, text: str) -> Any:
        field = column.field
        if column.part:
            if column.part != "uscc":
                return None
            return text.upper() if text.isascii() and text.isalnum() else fold(text).upper()
        if not text or (text == NOT_APPLICABLE and field.kind in _NUMBERS):
            return None
        if (
            field.editor == "code"
            and isinstance(raw, (int, float))
            and sum(map(str.isdigit, text)) > _SURE_DIGITS
        ):
            return _UNCLEAR
        outcome = self._readers[place](raw)
        if not outcome.ok:
            return _UNCLEAR
        return rounded(field, outcome.value) if type(outcome.value) is Decimal else outcome.value

    def _beside(self, result: RowRead, row: Sequence[Any]) -> Mapping[str, str] | None:
        """What the cells can not show exactly; the keys of the records that the row names."""
        assert self._extra is not None
        try:
            data = json.loads("".join(str(cell) for cell in row[self._extra :] if cell is not None))
        except ValueError:
            return None
        if not isinstance(data, dict) or (data.get("?") or {}).get("unparsed"):
            return None
        for name, value in data.items():
            if name in self._fields:
                result.values[name] = from_json(self._fields[name], value)
        keys: Mapping[str, str] = data.get("@") or {}
        return keys

    def _who(self, key: Any, title: str, code: str) -> Named | None:
        told = key if type(key) is str else shown(key)
        found = self._named.get((told, title, code))
        if found is None:
            known = self._key(told) if told else None
            if told and known is None:
                return None
            found = self._named[told, title, code] = Named(known, title, code)
        return found

    def _key(self, text: str) -> UUID | None:
        found = self._keys.get(text)
        if found is None and len(text) == 32:
            try:
                found = self._keys[text] = key_of(bytes.fromhex(text))
            except ValueError:
                return None
        return found


_LISTS = (Kind.CHOICES, Kind.REFS, Kind.CHECKLIST, Kind.LOG, Kind.FILES)
_UNCLEAR = object()
