"""报送日历, 例外 and 催报 as the windows ask for them: a year of 收表, cycles edited, exceptions granted and ended, papers. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from db import cadence, local_units, reporting_exceptions, reporting_start, urging
from db.cadence import Cycle
from db.coverage import Coverage, Year, year_coverage
from db.dates import parse_date
from db.errors import Refused, UsageError
from db.lookup import Directory
from db.models import OrgUnit
from db.periods import Period
from db.reporting_exceptions import Allowed
from db.reporting_start import Start
from db.store import Store
from db.urging import Urged
from desktop.forms.shorthand import full_date

if TYPE_CHECKING:
    from desktop.printing.blocks import Document


@dataclass(frozen=True, slots=True)
class YearDesk:
    """A year of 收表, standing on one month of it."""

    year: Year
    period: Period
    cycle: Cycle
    ruled: Cycle  # what the cycle would be without the office's own days
    month: Coverage
    urged: tuple[Urged, ...]
    contacts: Mapping[str, tuple[str, str]]  # filler and phone of each unit's last return


def read_year(store: Store, period: str) -> YearDesk:
    """Everything the year's pages show. UsageError for a text that is no month."""
    month = Period(period)
    with store.read() as session:
        year = year_coverage(session, month.year, store.today())
        return YearDesk(
            year, month, year.cycles[month.month - 1], cadence.rule_of(session).cycle("monthly", str(month)),
            year.month(month), urging.of_year(session, year, month),
            urging.contacts(session, [code for code, _, _ in year.units]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CalendarDesk:
    """The cycles of a year as they stand, and as the rule has each."""

    year: int
    cycles: tuple[Cycle, ...]  # at a unit with its own days, as the district granted them
    ruled: dict[tuple[str, str], Cycle]
    today: date
    allowed: Mapping[str, tuple[Allowed, ...]]  # at a unit: what it was granted, by month
    start: Start
    chosen: str  # the month from which returns are collected, as the office chose it; “” where it did not


def read_calendar(store: Store, year: int) -> CalendarDesk:
    """The year's cycles, by deadline."""
    unit = store.actor.unit_code if store.actor.role != "supervisor" else ""
    with store.read() as session:
        rule = cadence.rule_of(session)
        ruled = {place: rule.cycle(*place) for place in cadence.keys_of(year)}
        granted = reporting_exceptions.of_unit(session, unit) if unit else ()
        months = [key for kind, key in cadence.keys_of(year) if kind == "monthly"]
        allowed = {month: tuple(each for each in granted if each.covers(month)) for month in months}
        found = tuple(
            cadence.own_cycle(each, allowed.get(each.key, ())) for each in cadence.cycles(session, year)
        )
        chosen = reporting_start.chosen(session)
        # What a unit sent, or when it was set up, says nothing of what the district collects.
        known = reporting_start.start(session, store.today()) if chosen or not unit else Start()
        return CalendarDesk(
            year, found, ruled, store.today(), {month: each for month, each in allowed.items() if each}, known, chosen
        )  # fmt: skip


def choose_start(store: Store, month: str) -> Start:
    """Collect returns from this month on, “” for what is found. UsageError “bad_period”; Refused “not_supervisor”."""
    _supervisor(store)
    with store.write() as session:
        reporting_start.choose(session, month, store.actor)
        return reporting_start.start(session, store.today())


def edit_cycle(
    store: Store, kind: str, key: str, opens_on: date, due_on: date, locks_on: date, note: str = ""
) -> Cycle:
    """Other days for a cycle. UsageError “bad_cycle”; Refused “not_supervisor”."""
    _supervisor(store)
    with store.write() as session:
        return cadence.edit(session, kind, key, opens_on, due_on, locks_on, store.actor, note)


def reset_cycle(store: Store, kind: str, key: str) -> Cycle:
    """Back to the plan's rule. Refused “not_supervisor”."""
    _supervisor(store)
    with store.write() as session:
        return cadence.reset(session, kind, key, store.actor)


def grant(
    store: Store, unit: str, kind: str, first: str, last: str, *, reason: str, approver: str,
    register: str | None = None, due_on: date | None = None,
) -> Allowed:  # fmt: skip
    """延期 or 免报 for a unit; refusals as db.reporting_exceptions.grant, and “not_supervisor”."""
    _supervisor(store)
    with store.write() as session:
        base = cadence.month_cycle(session, first).due_on if kind == reporting_exceptions.EXTENDED else None
        return reporting_exceptions.grant(
            session, unit, kind, first, last, reason=reason, approver=approver, actor=store.actor,
            register=register, due_on=due_on, base=base,
        )  # fmt: skip


def end_exception(store: Store, id: UUID) -> Allowed:
    """End an exception before its time. Refused: “already_ended”, “unknown_exception”, “not_supervisor”."""
    _supervisor(store)
    with store.write() as session:
        return reporting_exceptions.end(session, id, store.actor)


def successors(store: Store, unit: str) -> list[tuple[str, str]]:
    """(code, name) of the units that may report in the place of one."""
    with store.read() as session:
        chosen = select(OrgUnit.code, OrgUnit.name).where(
            OrgUnit.active, OrgUnit.reports, OrgUnit.merged_into.is_(None), OrgUnit.code != unit
        )
        return [(row.code, row.name) for row in session.execute(chosen.order_by(OrgUnit.code))]


def merge_unit(store: Store, unit: str, into: str, first: str, reason: str) -> str:
    """归并: from the month `first` on another unit reports; its name. Refusals as db.local_units.merge; “no_reason”, “not_supervisor”."""
    _supervisor(store)
    why = " ".join(reason.split())
    if not why:
        raise Refused("请写明归并的依据。", "如文号或批准的会议。", "no_reason")
    with store.write() as session:
        local_units.merge(session, unit, into, Period.parse(first), store.actor, why)
        return Directory(session).name("unit", into)


def undo_merging(store: Store, unit: str) -> None:
    """The unit reports for itself again. Refused: “not_merged”, “not_supervisor”."""
    _supervisor(store)
    with store.write() as session:
        local_units.unmerge(session, unit, store.actor)


def _supervisor(store: Store) -> None:
    if store.actor.role != "supervisor":
        raise Refused("报送日历和例外由区里办理。", "需要延期或免报的，请向区数字经济办公室说明。", "not_supervisor")  # fmt: skip


def urged_text(store: Store, period: str, unit: str = "") -> str:
    """催报 ready to be pasted into a chat: the whole list, or the message to one unit; "" where nothing is missing."""
    with store.read() as session:
        found = urging.urged(session, period, store.today())
        sender = Directory(session).name("unit", store.actor.unit_code)
    if not unit:
        return urging.whole_text(found, store.today())
    one = next((each for each in found if each.code == unit), None)
    return urging.unit_text(one, sender, store.today()) if one is not None else ""


def urge_paper(store: Store, period: str, unit: str = "") -> Document:
    """催报单: the list of who is missing, or with `unit` the slip for one. Refused (“nobody_missing”)."""
    from desktop.actions.printing import office_of
    from desktop.printing.urging import urge_list, urge_slip

    month = Period(period)
    with store.read() as session:
        found = urging.urged(session, month, store.today())
        office = office_of(store, session)
        cycle = cadence.month_cycle(session, month)
    found = tuple(each for each in found if unit in ("", each.code))
    if not found:
        raise Refused(f"{month.display()}没有要催的单位。", "", "nobody_missing")
    return urge_slip(found[0], office) if unit else urge_list(found, cycle, office)


def calendar_paper(store: Store, year: int) -> Document:
    """The year's calendar of returns as it is handed out."""
    from desktop.actions.printing import office_of
    from desktop.printing.urging import year_calendar

    with store.read() as session:
        return year_calendar(year, cadence.cycles(session, year), office_of(store, session))


def read_day(typed: str, period: str, today: date) -> date:
    """A day as people type it (5-24, 0524, 24, 明天). UsageError (“bad_day”) for what is none."""
    found = parse_date(full_date(typed, period, today))
    if found.value is None:
        text = typed.strip()
        raise UsageError(
            f"“{text}”不是能用的日期。" if text else "请填写日期。", "请按“5-24”或“2024-05-24”的格式填写。", "bad_day"
        )  # fmt: skip
    return found.value
