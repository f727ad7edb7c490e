"""The rows of a batch as they are kept: what was read, what it would change, and after applying what was before.

The batch itself is in batches.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from db import bulk
from db.fields import Field
from db.models import Batch, StagedRow
from db.records import Values, quoted
from db.special.rows import fields_by_name
from db.values import from_json, to_json
from returns.planned import NEW, SAME, UPDATE, Incoming, Planned
from returns.rows_read import Named, RowRead
from returns.workbook import COVERED_BY_1, Place

_TABLE: Table = StagedRow.__table__  # type: ignore[assignment]
_READY = ("values", "changes", "before")  # columns of JSON that is put together here


def write_rows(
    session: Session,
    batch: UUID,
    planned: Sequence[Planned],
    befores: Mapping[int, str] | None = None,
    *,
    fresh: bool = False,
) -> None:
    """Put the rows of a batch in place of those it had (`fresh`: it has none yet).

    `befores`: by number the before-images of the rows that were written, as JSON.
    """
    if not fresh:
        session.execute(delete(StagedRow).where(StagedRow.batch_id == batch))
    for start in range(0, len(planned), _AT_ONCE):
        _write(session, batch, planned[start : start + _AT_ONCE], befores or {})


_AT_ONCE = 5_000  # rows that are put together before they are written


def _write(session: Session, batch: UUID, planned: Sequence[Planned], written: Mapping[int, str]) -> None:
    columns: dict[str, Sequence[Any]] = {
        "seq": [each.seq for each in planned],
        "register": [each.register for each in planned],
        "record_id": [each.target for each in planned],
        "action": [each.action for each in planned],
        "accepted": [each.action in (NEW, UPDATE, SAME) or each.seq in written for each in planned],
        "sheet": [each.row.sheet if each.row else "" for each in planned],
        "row_no": [each.row.number if each.row else None for each in planned],
        "label": [each.label for each in planned],
        "values": list(map(_json_of, planned)),
        "changes": [bulk.dumps(each.changes) if each.changes else None for each in planned],
        "before": [written.get(each.seq) for each in planned],
        "digest": [each.row.digest if each.row else None for each in planned],
    }
    bulk.insert_columns(session, _TABLE, columns, {"batch_id": batch}, ready=_READY)


RowKey = tuple[str, str, int | None, UUID | None, bool]


def row_key(planned: Planned) -> RowKey:
    """What a row of a batch is known by, whatever its number: its place in the file, or the record that is gone."""
    row = planned.row
    if row is None:
        return (planned.register, "", None, planned.target, False)
    return (planned.register, row.sheet, row.number, None, planned.named)


def numbers(session: Session, batch: UUID) -> dict[RowKey, int]:
    """The numbers under which the rows of a batch were shown."""
    found: dict[RowKey, int] = {}
    for row in session.scalars(select(StagedRow).where(StagedRow.batch_id == batch)):
        named = bool((row.values or {}).get("named"))
        target = row.record_id if row.row_no is None else None
        found[(row.register, row.sheet, row.row_no, target, named)] = row.seq
    return found


def _json_of(planned: Planned) -> str:
    """The row as it was read, so that it can be compared anew, and why it is what it is."""
    data: dict[str, Any] = {"reason": planned.reason} if planned.reason else {}
    if planned.named:
        data["named"] = True
    row = planned.row
    if row is None:
        return bulk.dumps(data)
    columns = ",".join([quoted(name) for name, value in row.values.items() if value is None])
    if row.intact and row.record_id and planned.told and not (data or row.unparsed or row.not_applicable):
        # Most rows, put together without a detour; below is the same for all.
        links = ",".join([f"{quoted(name)}:{_named_text(each)}" for name, each in row.links.items()])
        return (
            f'{{"unparsed":{{}},"not_applicable":[],"id":"{row.record_id.hex}","firm":{_named_text(row.firm)},'
            f'"links":{{{links}}},"edited":[],"intact":true,"values":{planned.told},"columns":[{columns}]}}'
        )
    data |= {
        "unparsed": row.unparsed,
        "not_applicable": row.not_applicable,
        "id": row.record_id.hex if row.record_id else None,
        "firm": _named_json(row.firm),
        "links": {name: _named_json(each) for name, each in row.links.items()},
        "edited": list(row.edited),
        "intact": row.intact,
    }
    values = planned.told or bulk.dumps(
        {name: to_json(value) for name, value in row.values.items() if value is not None}
    )
    return f'{bulk.dumps(data)[:-1]},"values":{values},"columns":[{columns}]}}'


def _named_json(named: Named) -> list[str]:
    return [named.id.hex if named.id else "", named.name, named.code]


def _named_text(named: Named) -> str:
    return f'["{named.id.hex if named.id else ""}",{quoted(named.name)},{quoted(named.code)}]'


def load_incoming(session: Session, batch: Batch) -> Incoming:
    """The return of a batch as it was read, without opening the file again."""
    cover = batch.cover or {}
    rows: dict[str, list[RowRead]] = {}
    known: dict[str, dict[str, Field]] = {}
    query = select(StagedRow).where(StagedRow.batch_id == batch.id).order_by(StagedRow.seq)
    for staged in session.scalars(query):
        data = staged.values or {}
        # Rows without `id` are not the file's own: gone ones, and firms that were only named.
        if "id" in data and not data.get("named"):
            if staged.register not in known:
                known[staged.register] = fields_by_name(session, staged.register)
            rows.setdefault(staged.register, []).append(_row(staged, data, known[staged.register]))
    return Incoming(
        unit=batch.unit_code or "",
        period=batch.period or "",
        exported_at=str(cover.get("exported_at") or ""),
        rows=rows,
        fields={key: frozenset(names) for key, names in (cover.get("columns") or {}).items()},
        units=tuple(Place(**each) for each in cover.get("units") or ()),
        parks=tuple(Place(**each) for each in cover.get("parks") or ()),
        covers=tuple(cover.get("covers") or COVERED_BY_1),
    )


def _row(staged: StagedRow, data: dict[str, Any], fields: Mapping[str, Field]) -> RowRead:
    values: Values = {name: None for name in data.get("columns") or ()}
    values |= {name: from_json(fields[name], value) for name, value in data["values"].items()}
    # Rows staged by the first version name at most a visit.
    links = data.get("links") or ({"visit_id": data["visit"]} if any(data.get("visit") or ()) else {})
    return RowRead(
        staged.register, staged.sheet, staged.row_no or 0, values, dict(data["unparsed"]), list(data["not_applicable"]),
        UUID(data["id"]) if data["id"] else None, _named(data["firm"]),
        {name: _named(each) for name, each in links.items()}, tuple(data["edited"]), bool(data["intact"]),
        staged.digest or "",
    )  # fmt: skip


def _named(data: Sequence[str]) -> Named:
    return Named(UUID(data[0]) if data[0] else None, data[1], data[2])
