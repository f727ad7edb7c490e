"""New records made of the rows of a return: filled in one by one, finished all together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from uuid import UUID

from db.finishing import finish
from db.records import Values, table_of
from db.registers import REGISTERS, Register
from returns.planned import NEW, Planned
from returns.rows_read import RowRead


def fresh(register: Register, row: RowRead, target: UUID, links: Values, unit: str) -> Values:
    """A record that holds what the row says; 待补全 and fingerprint are still to be worked out."""
    record: Values = _blank(register).copy()
    if row.record_id is None:
        record |= _defaults(register)
        record |= {name: value for name, value in row.values.items() if value is not None}
    else:
        record |= row.values
    record |= links
    record["id"], record["rev"], record["unit_code"] = target, 1, unit
    record["unparsed"], record["not_applicable"] = row.unparsed or None, row.not_applicable or None
    return record


@cache
def _blank(register: Register) -> Values:
    return {column.name: None for column in table_of(register).columns}


@cache
def _defaults(register: Register) -> Values:
    return {each.name: each.default for each in register.fields if each.default is not None}


def finish_new(planned: Iterable[Planned]) -> None:
    """待补全, fingerprint and JSON of the new records, register by register."""
    groups: dict[tuple[str, tuple[str, ...] | None], list[Planned]] = {}
    for each in planned:
        if each.action == NEW and each.stored is None and each.record is not None and each.row is not None:
            # What a row leaves open is filled with defaults where no program wrote it: it says less than the record.
            names = tuple(each.row.values) if each.row.has_identity else None
            groups.setdefault((each.register, names), []).append(each)
    for (key, names), alike in groups.items():
        for start in range(0, len(alike), _AT_ONCE):
            _finish(REGISTERS[key], names, alike[start : start + _AT_ONCE])


_AT_ONCE = 2_000  # of a long return the pieces of all rows together would take more memory than the rows


def _finish(register: Register, names: tuple[str, ...] | None, rows: Sequence[Planned]) -> None:
    pieces = finish(register, [each.record for each in rows if each.record is not None])
    for each, whole in zip(rows, pieces.objects(), strict=True):
        each.filled = whole
    if names is not None:
        for each, said in zip(rows, pieces.objects(names), strict=True):
            each.told = said
