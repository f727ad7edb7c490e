"""Filling a register with practice data: twelve months up to a practice day, for a street or for the district.

A street sees its own months, handed in up to the last; the district has received most of them,
some late, some corrected, and of the current month only what has arrived so far.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from db import cadence, plan_store, records, save_many, workdays
from db.errors import Refused
from db.models import ReturnFile, ReturnRow, Setting
from db.month_states import KEPT, PLACED
from db.monthly import rows_of_month
from db.periods import Period, months_between
from db.plan_types import Plan, UnitDef
from db.practice import earlier, ledgers, months
from db.practice.firms import Firm, invent, key, person
from db.registers import REGISTERS
from db.store import Actor, Store
from db.types import now

FIRMS = 400
MONTHS = 12
Progress = Callable[[int, int, str], None]


def practice_day(plan: Plan) -> date:
    """The day on which practice data stands still: shortly before the last return of the practice year is due."""
    year = min(max(2024, plan.start_year), plan.end_year)
    return date(year, 12, 20)


def fill(
    store: Store,
    *,
    today: date | None = None,
    unfinished: bool = True,
    arrived: bool = True,
    progress: Progress | None = None,
) -> None:
    """Fill an empty register; it is marked 练习, and its clock stands at `today`.

    `unfinished` leaves a street some gaps in its running month, as life does, to be completed.
    `arrived`: the district has part of the running month's returns already; False leaves it all to come.

    Refused (“not_empty”) when there is anything in it already.
    """
    actor = store.actor
    with store.write() as session:
        if session.query(REGISTERS["enterprise"].model).first() is not None:
            raise Refused("台账里已有数据，不能再填入练习数据。", "请为练习另建一个数据文件夹。", "not_empty")
        plan = plan_store.current(session)
        day = today or practice_day(plan)
        last = Period.of_date(day)
        firms = invent(plan, FIRMS, day)
        settings: dict[str, Any] = {"practice": True, "practice_today": day.isoformat()} | _people(
            session, actor
        )
        for name, value in settings.items():
            session.merge(Setting(key=name, value=value))
        units = [unit for unit in plan.units if unit.active and unit.reports]
        mine = (
            units if actor.role == "supervisor" else [unit for unit in units if unit.code == actor.unit_code]
        )
        early = arrived and actor.role == "supervisor"
        handed_in = {unit.code for unit in mine if early and _has_arrived(unit, last)}
        wanted = _firms_of(actor, plan, firms, mine)
        for firm in wanted:
            _save(session, months.Row("enterprise", firm.id, firm.street, firm.card), actor)
        period_list = list(months_between(last.shift(1 - MONTHS), last))
        for index, unit in enumerate(mine):
            if progress:
                progress(index, len(mine), f"正在准备{unit.name}的练习数据")
            final = last if actor.role == "clerk" or unit.code in handed_in else last.prev
            later = []
            for row in _rows(plan, unit, firms, period_list, final, day):
                if row.register in KEPT:
                    later.append(row)
                else:
                    _save(session, row, actor)
            _save_by_month(session, plan, later, actor)
        for unit in mine:
            for month in period_list:
                if month != last or unit.code in handed_in:
                    _hand_in(session, plan, unit, month, actor, day)
        if unfinished and actor.role == "clerk":
            _leave_gaps(session, last, actor)


def _people(session: Session, actor: Actor) -> dict[str, str]:
    """Who signs the covers of this office, where nobody is named yet."""
    rng = random.Random(f"people {actor.unit_code}")
    names = {"person": person(rng), "phone": "0791-86510023", "head": person(rng), "reviewer": person(rng)}
    stored = {row.key: row.value for row in session.query(Setting).where(Setting.key.in_(names))}
    return {name: value for name, value in names.items() if not stored.get(name)}


def _firms_of(actor: Actor, plan: Plan, firms: list[Firm], mine: list[UnitDef]) -> list[Firm]:
    """The district and the carriers know all firms, a street its own, a bureau none."""
    if actor.role == "supervisor" or any(
        actor.unit_code in each.units for each in plan.indicators if each.register
    ):
        return firms
    streets = {unit.code for unit in mine}
    return [firm for firm in firms if firm.street in streets]


def _rows(
    plan: Plan, unit: UnitDef, firms: list[Firm], periods: list[Period], final: Period, today: date
) -> Iterator[months.Row]:
    """Everything the unit entered from the first of the periods to `final`."""
    last_day = min(today, final.last_day)
    past = [month for month in periods if month <= final]
    if unit.kind == "street":
        office = months.Office.of(unit, firms)
        led: dict[UUID, str] = {}  # firm → the leader who visited it in the quarter's first month
        visited: list[tuple[Period, months.Row]] = []
        for month in periods:
            if month <= final:
                for row in months.visits(office, month, last_day):
                    if row.register == "visit" and month == final.shift(-((final.month - 1) % 3)):
                        ledgers.lead(office.unit, row, led)
                    visited.append((month, row))
        ledgers.led_before(visited, led, final)
        yield from (row for _, row in visited)
        yield from months.nurtures(office, final, last_day)
        yield from ledgers.street(plan, unit, firms, past, last_day, led)
    else:
        yield from ledgers.office(plan, unit, firms, past, last_day)
    services = [row for row in months.clouds(plan, firms, last_day) if row.unit == unit.code]
    yield from services
    for month in periods:
        if month <= final:
            yield from months.indicator_values(plan, unit, month, services)


def _save(session: Session, row: months.Row, actor: Actor) -> None:
    who = Actor(row.unit, "练习数据", actor.role)
    register = REGISTERS[row.register]
    records.save(session, register, row.values, who, unit_code=row.unit, new_id=row.id, action="practice")


def _save_by_month(session: Session, plan: Plan, rows: list[months.Row], actor: Actor) -> None:
    """What keeps one row and moves on: each month's word after that of the month before, as the year went."""
    told: dict[tuple[str, str], list[save_many.Entry]] = {}
    for row in rows:
        states = [*earlier.months_of(plan, row), (row.values[PLACED], row.values)]
        for place, (month, values) in enumerate(states):
            new = {"new_id": row.id} if place == 0 else {"id": row.id}
            told.setdefault((str(month), row.register), []).append(
                save_many.Entry(values, unit_code=row.unit, **new)  # type: ignore[arg-type]
            )
    for month, name in sorted(told):
        entries = told[month, name]
        who = Actor(entries[0].unit_code or "", "练习数据", actor.role)
        save_many.save_many(session, REGISTERS[name], entries, who, action="practice")


def _leave_gaps(session: Session, month: Period, actor: Actor) -> None:
    """Some visits of the running month are only half written down: this is what a clerk finds on the 20th."""
    visits = rows_of_month(session, actor.unit_code, month)["visit"]
    gaps: tuple[dict[str, Any], ...] = (
        {"firm_attendees": None}, {"operation_trend": None, "firm_attendees": None}, {"digital_stage": None},
    )  # fmt: skip
    for visit, missing in zip(visits, gaps, strict=False):
        records.save(session, REGISTERS["visit"], missing, actor, id=visit["id"], action="practice")


def _has_arrived(unit: UnitDef, month: Period) -> bool:
    """Whether the unit's return of the running month is in already: about three in four are."""
    return months.hash_of(unit.code + month) % 4 != 0


def _hand_in(session: Session, plan: Plan, unit: UnitDef, month: Period, actor: Actor, today: date) -> None:
    """The return of a month: mostly on time, now and then late, now and then corrected, never after `today`."""
    rng = random.Random(f"return {unit.code} {month}")
    due = cadence.due_for(session, month, unit.code)
    late = rng.random() < 0.07
    sent = due + timedelta(days=rng.randrange(1, 5)) if late else due - timedelta(days=rng.randrange(0, 4))
    if sent > today:
        sent = today - timedelta(days=sent.toordinal() % 4)
    corrected = rng.random() < 0.05
    rows = rows_of_month(session, unit.code, month)
    state = "received" if actor.role == "supervisor" else "sent"
    for revision in (1, 2) if corrected else (1,):
        day = min(sent + timedelta(days=3 * (revision - 1)), today)
        id_ = key(rng, day)
        cover = _cover(plan, unit, month, revision, day, rng)
        late_days = max(workdays.workdays_between(due, day), 1) if day > due else 0
        session.execute(
            insert(ReturnFile),
            [
                {
                    "id": id_, "unit_code": unit.code, "period": str(month), "revision": revision, "state": state,
                    "due_on": due, "late_days": late_days, "created_at": now(), "created_by": "练习数据",
                    "summary": {name: len(each) for name, each in rows.items()},
                    "check_summary": {"errors": 0, "warnings": 0, "infos": 0},
                    "digest": f"{rng.getrandbits(64):016x}", "file_name": f"{unit.name}_{month}_回报_第{revision}版.xlsx",
                    "zero_report": not any(rows[name] for name in rows if name != "enterprise"), **cover,
                }
            ],
        )  # fmt: skip
    carried = [
        {"return_id": id_, "register": name, "record_id": record["id"], "digest": record["digest"]}
        for name, each in rows.items()
        for record in each
    ]
    if carried:
        session.execute(insert(ReturnRow), carried)


def _cover(
    plan: Plan, unit: UnitDef, month: Period, revision: int, day: date, rng: random.Random
) -> dict[str, Any]:
    return {
        "title": f"{plan.region_name}数字经济工作月度调度表",
        "form_no": "练习01表",
        "issuer": plan.region_name + "数字经济办公室",
        "submitted_on": day,
        "head_sign": person(rng),
        "reviewer": person(rng),
        "filler": person(rng),
        "phone": "0791-86510023",
        "data_ver": str(revision),
        "correction_reason": "营业收入漏填一位" if revision > 1 else None,
    }
