"""Gathers what a 下发 says from the district's register, and notes that it was made. Writing is in write.py."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import plan_store, reporting_start, settings
from db.errors import Refused, UsageError
from db.models import Enterprise, HandDown, OrgUnit, SpecialTable
from db.periods import Period
from db.special import answers, rows
from db.special.definition import CLOSED, DRAFT, OPEN, Definition, of_table
from db.store import Actor, Store
from db.types import now
from db.values import to_json
from returns.compose import app_version
from returns.digests import document_digest
from returns.handdown import cycle_part, exception_part, reading_part
from returns.handdown.contract import (
    CALENDAR,
    CONTENTS,
    FIRM_FIELDS,
    FIRMS,
    PLAN,
    SPECIAL,
    UNITS,
    Handdown,
    Manifest,
)
from returns.handdown.write import render
from returns.write import write_atomically

ALL, BY_STREET = "all", "street"
_UNIT = ("code", "name", "full_name", "aliases", "kind", "role", "active", "reports", "note", "source")


@dataclass(frozen=True, slots=True)
class Issued:
    """A 下发 that was made."""

    number: int
    files: tuple[Path, ...]
    contents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be sent down: contents, to whom (none: all units), one file for all or one for each unit."""

    contents: tuple[str, ...]
    units: tuple[str, ...] = ()
    each: bool = False
    period: str = ""
    note: str = ""
    firms: str = ALL  # or BY_STREET: only those of the unit's own street
    tables: tuple[str, ...] = ()  # keys of the 专项; none: all that are open or being composed for this month


def issue(store: Store, order: Order, out: Path) -> Issued:
    """Write the workbook (or one per unit, into the folder `out`), open the 专项 in it and note the 下发.

    UsageError (“unknown_content”, “unknown_unit”). Refused (“nothing_to_send”, “not_supervisor”). MachineError when
    a file can not be written: nothing is noted then.
    """
    actor = store.actor
    made: list[Path] = []
    try:
        with store.write() as session:
            _check(session, order, actor)
            number = int(session.scalar(select(func.max(HandDown.number))) or 0) + 1
            files = _write(session, order, number, actor, Path(out), made)
            tables = _open_tables(session, order, number)
            session.add(
                HandDown(
                    number=number, period=order.period or None, contents=list(order.contents),
                    recipients=list(order.units) or None, files=[path.name for path in files],
                    tables=[each.key for each in tables] or None, note=order.note or None, made_at=now(),
                    made_by=actor.person,
                )
            )  # fmt: skip
    except BaseException:
        for path in made:
            with suppress(OSError):
                path.unlink()
        raise
    return Issued(number, tuple(files), order.contents)


def _check(session: Session, order: Order, actor: Actor) -> None:
    if actor.role != "supervisor":
        raise Refused("下发由区级做，本机是填报单位。", "收到的下发文件请用“导入下发”。", "not_supervisor")
    unknown = [name for name in order.contents if name not in CONTENTS]
    if unknown:
        raise UsageError(
            f"没有“{unknown[0]}”这种内容。", f"内容有 {'、'.join(CONTENTS)}。", "unknown_content"
        )
    if not order.contents:
        raise Refused("没有选下发的内容。", "请至少选一项。", "nothing_to_send")
    for code in order.units:
        if session.get(OrgUnit, code) is None:
            raise UsageError(f"机构表里没有单位“{code}”。", "请用单位代码。", "unknown_unit")
    if order.each and not order.units:
        raise Refused("没有选接收的单位。", "每个单位一份时，请选出单位。", "nothing_to_send")
    if SPECIAL in order.contents and not tables_for(session, order):
        raise Refused("没有可下发的专项表。", "请先在“下发”里做一张。", "nothing_to_send")


def _write(
    session: Session, order: Order, number: int, actor: Actor, out: Path, made: list[Path]
) -> list[Path]:
    groups: Sequence[tuple[str, ...]] = [(code,) for code in order.units] if order.each else [order.units]
    files = []
    for units in groups:
        content = gather(session, order, units, number, actor)
        target = out / file_name(session, content) if order.each or out.is_dir() else out
        existed = target.exists()
        write_atomically(target, render(content))
        made += [] if existed else [target]
        files.append(target)
    return files


def file_name(session: Session, made: Handdown) -> str:
    """“下发_第3号_2024-05_朝阳洲街道.xlsx”."""
    manifest = made.manifest
    whom = "全区"
    if len(manifest.recipients) == 1:
        unit = session.get(OrgUnit, manifest.recipients[0])
        whom = unit.name if unit is not None else manifest.recipients[0]
    elif manifest.recipients:
        whom = f"{len(manifest.recipients)}个单位"
    name = "".join(char for char in whom if char not in '\\/:*?"<>|')
    return f"下发_第{manifest.number}号_{manifest.period}_{name}.xlsx"


def gather(session: Session, order: Order, units: tuple[str, ...], number: int, actor: Actor) -> Handdown:
    """The 下发 for these units (none: all), ready to be written; its sheets get their digests when it is."""
    plan = plan_store.current(session)
    makers: dict[str, Any] = {
        PLAN: lambda: reading_part.packed(session),
        UNITS: lambda: _units(session),
        CALENDAR: lambda: {
            "holidays": settings.get(session, "holidays") or [],
            "cycles": cycle_part.edited(session),
            "exceptions": exception_part.allowed(session, units),
            "from": reporting_start.chosen(session),
        },
        FIRMS: lambda: _firms(session, order, units),
        SPECIAL: lambda: [_table(session, each, units) for each in tables_for(session, order)],
    }
    payload = {name: makers[name]() for name in CONTENTS if name in order.contents}
    sender = session.get(OrgUnit, actor.unit_code)
    manifest = Manifest(
        sender=actor.unit_code,
        sender_name=sender.name if sender is not None else actor.unit_code,
        region=plan.region_code,
        region_name=plan.region,
        number=number,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        period=order.period or str(Period.of_date(settings.today(session))),
        contents=tuple(payload),
        recipients=units,
        note=order.note,
        person=actor.person,
        phone=str(settings.get(session, "phone") or ""),
        practice=bool(settings.get(session, "practice", False)),
        app_version=app_version(),
        digests={name: document_digest(value) for name, value in payload.items()},
    )
    return Handdown(manifest, payload)


def _units(session: Session) -> list[dict[str, Any]]:
    found = session.scalars(select(OrgUnit).order_by(OrgUnit.code))
    return [{name: getattr(unit, name) for name in _UNIT} for unit in found]


def _firms(session: Session, order: Order, units: Collection[str]) -> list[dict[str, Any]]:
    query = select(Enterprise).where(Enterprise.deleted_at.is_(None), Enterprise.merged_into.is_(None))
    if order.firms == BY_STREET and units:
        query = query.where(Enterprise.street_code.in_(units))
    found = []
    for firm in session.scalars(query.order_by(Enterprise.id)):
        values = {name: to_json(getattr(firm, name)) for name in FIRM_FIELDS}
        found.append(
            {
                "id": firm.id.hex,
                **{name: value for name, value in values.items() if value not in (None, "", [])},
            }
        )
    return found


def _table(session: Session, definition: Definition, units: Collection[str]) -> dict[str, Any]:
    """A definition with what was prepared for the units."""
    table = session.get(SpecialTable, definition.key)
    assert table is not None
    prepared = [
        {"id": row["id"].hex, "unit": row["unit_code"], "place": row["place"], "values": rows.fold_in(definition, row)["values"]}
        for row in rows.rows_of(session, definition)
        if row["prepared"] and (not units or row["unit_code"] in units)
    ]  # fmt: skip
    return {
        "definition": definition.as_json(),
        "state": CLOSED if table.state == CLOSED else OPEN,
        "rows": prepared,
    }


def tables_for(session: Session, order: Order) -> list[Definition]:
    """The tables that the order means."""
    query = select(SpecialTable).order_by(SpecialTable.period, SpecialTable.key)
    if order.tables:
        query = query.where(SpecialTable.key.in_(order.tables))
    else:
        query = query.where(SpecialTable.state != CLOSED)
        if order.period:
            query = query.where(SpecialTable.period == order.period)
    found = [of_table(each) for each in session.scalars(query)]
    return [
        each
        for each in found
        if not order.units or not each.recipients or set(order.units) & set(each.recipients)
    ]


def _open_tables(session: Session, order: Order, number: int) -> list[Definition]:
    if SPECIAL not in order.contents:
        return []
    found = tables_for(session, order)
    for each in found:
        table = session.get(SpecialTable, each.key)
        state = OPEN if table is not None and table.state == DRAFT else None
        answers.set_state(session, each.key, state or (table.state if table else OPEN), number)
    return found
