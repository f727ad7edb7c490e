"""Finishing many new records at once: 待补全, fingerprint, and the JSON that the audit keeps of them.

The same as `records.is_incomplete`, `records.digest_of` and `records.difference`, column by column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any
from uuid import UUID

from db import bulk
from db.records import Values, entered, fingerprint, is_incomplete, piece, quoted, required
from db.registers import Register
from db.values import to_json


class Pieces:
    """The filled fields of some records as pieces of JSON (`"name":value`), by field, one list per field."""

    def __init__(self, register: Register, records: Sequence[Values]) -> None:
        self._register, self._records = register, records
        self._columns: dict[str, list[str]] = {}
        self.everywhere: set[str] = set()  # the fields that all of the records fill
        names = [field.name for field in register.fields]
        for name, values in zip(names, zip(*map(_getter(*names), records), strict=True), strict=False):
            if values.count(None) < len(values):
                column = self._columns[name] = _pieces(f"{quoted(name)}:", values)
                if all(column):
                    self.everywhere.add(name)

    @property
    def names(self) -> frozenset[str]:
        """The fields that any of the records fills."""
        return frozenset(self._columns)

    def objects(self, names: Iterable[str] | None = None) -> list[str]:
        """One JSON object per record, of the filled fields among `names` (None: of all, as they are declared)."""
        chosen = self._columns.keys() if names is None else [name for name in names if name in self._columns]
        columns = [self._columns[name] for name in chosen]
        if not columns:
            return ["{}"] * len(self._records)
        return ["{" + ",".join(filter(None, row)) + "}" for row in zip(*columns, strict=True)]

    def fingerprints(self) -> list[str]:
        """What `records.digest_of` gives for each record."""
        columns: list[Sequence[str]] = []
        for name, head, places in entered(self._register):
            if name not in self._columns:
                continue
            column = self._columns[name]
            if places is not None:
                # Numbers count as they are stored; most have their decimals already.
                column = [
                    text
                    if not text or (places and text[-places - 2] == ".")
                    else head + piece(record[name], places)
                    for text, record in zip(column, self._records, strict=True)
                ]
            elif any(text.endswith("}]") for text in column):
                column = [
                    text and head + piece(record[name])
                    for text, record in zip(column, self._records, strict=True)
                ]
            columns.append(column)
        if not columns:
            return [fingerprint(())] * len(self._records)
        return [fingerprint(filter(None, row)) for row in zip(*columns, strict=True)]


def finish(register: Register, records: Sequence[Values]) -> Pieces:
    """Work out 待补全 and the fingerprint of each record, which holds all columns of its register."""
    pieces = Pieces(register, records)
    open_ = [each for each in required(register) if each[0] not in pieces.everywhere]
    for record, digest in zip(records, pieces.fingerprints(), strict=True):
        record["incomplete"], record["digest"] = is_incomplete(register, record, open_), digest
    return pieces


def _getter(*names: str) -> Callable[[Values], tuple[Any, ...]]:
    return itemgetter(*names) if len(names) > 1 else lambda record: tuple(record[name] for name in names)


def _pieces(head: str, values: Sequence[Any]) -> list[str]:
    """The values of one field as pieces; those of a choice or a day are made once for all records."""
    start = values[:_LOOKED_AT]
    if all(kind in _REPEATED for kind in set(map(type, values))) and 2 * len(set(start)) < len(start):
        known = {value: head + _json(value) if value or value is False else "" for value in set(values)}
        return [known[value] for value in values]
    return [
        head + quoted(value)
        if type(value) is str and value
        else ""
        if value is None or (not value and value in ("", []))
        else head + _json(value)
        for value in values
    ]


_LOOKED_AT = 100  # values of a field that tell whether the same ones come again and again
_REPEATED = frozenset({str, bool, date, type(None)})


def _json(value: Any) -> str:
    """A value that is no text as JSON; the commonest kinds are known."""
    kind = type(value)
    if kind is str:
        return quoted(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is date:
        return f'"{value.isoformat()}"'
    if kind is UUID:
        return f'"{value.int:032x}"'
    if kind is Decimal:
        return f'"{value:f}"'
    if kind is int:
        return str(value)
    if kind is list and all(type(each) is str for each in value):
        return "[" + ",".join(map(quoted, value)) + "]"
    found = to_json(value)
    return quoted(found) if type(found) is str else bulk.dumps(found)
