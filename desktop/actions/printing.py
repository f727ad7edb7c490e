"""What can be put on paper: each paper read from the register and made up as a document. Drawing it is in desktop/printing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db import deadlines, lists, records, values
from db.errors import Refused
from db.fields import Field, Kind
from db.lists import ListQuery
from db.lookup import Directory
from db.models import Issue
from db.registers import REGISTERS
from db.store import Store
from desktop.actions.enterprise_card import firm_card
from desktop.actions.enterprise_timeline import Timeline
from desktop.actions.lists import EXTRA
from desktop.printing import firm_card as dossier
from desktop.printing import listing, record_form, reminders, slip
from desktop.printing.blocks import Document
from desktop.printing.office import Office

Progress = Callable[[int, int, str], None]
Cancelled = Callable[[], bool]
EVENTS = 60  # newest dealings on a dossier
REMINDED = 2000  # problems on a 催办单
_PAGE = 1000


def office_of(store: Store, session: Session) -> Office:
    """Who prints, for the lines around every paper."""
    lookup, actor = Directory(session), store.actor
    person = store.setting("person", "") or ""
    return Office(
        lookup.name("unit", actor.unit_code), person, store.today(), lookup, bool(store.setting("practice", False))
    )  # fmt: skip


def record_paper(store: Store, register: str, record_id: UUID) -> Document:
    """The form of one record, filled in. Refused for a record that is gone."""
    with store.read() as session:
        record = _record(session, register, record_id)
        return record_form.record_form(
            register, record, office_of(store, session), _firm(session, register, record)
        )


def typed_paper(store: Store, register: str, record: Mapping[str, Any]) -> Document:
    """The form as it stands on the screen, stored or not."""
    with store.read() as session:
        return record_form.record_form(
            register, record, office_of(store, session), _firm(session, register, record)
        )


def blank_paper(store: Store, register: str, firm_id: UUID | None = None) -> Document:
    """The form to be filled by hand; for a firm that is known, its facts are filled in."""
    with store.read() as session:
        firm = records.get(session, REGISTERS["enterprise"], firm_id) if firm_id is not None else None
        return record_form.record_form(register, None, office_of(store, session), firm)


def firm_paper(store: Store, firm_id: UUID, period: str) -> Document:
    """打印档案: the dossier of a firm. Refused for a firm that is gone."""
    with store.read() as session:
        office = office_of(store, session)
        card = firm_card(store, firm_id, office.lookup, period, office.today, store.actor.unit_code)
        events, more = Timeline(firm_id, office.lookup).page(session, None, EVENTS)
        table = Issue.__table__
        query = (
            table.select()
            .where(table.c.enterprise_id == firm_id, table.c.deleted_at.is_(None))
            .order_by(table.c.due_date)
        )
        issues = [dict(row) for row in session.execute(query).mappings()]
        return dossier.firm_card(card, issues, events, more is not None, office)


def slip_paper(store: Store, issue_id: UUID) -> Document:
    """交办单 of one problem. Refused for a problem that is gone."""
    with store.read() as session:
        issue = _record(session, "issue", issue_id)
        return slip.slip(issue, _firm(session, "issue", issue), office_of(store, session))


def reminder_paper(
    store: Store, unit: str | None = None, days: int = deadlines.SOON, org: str = ""
) -> Document:
    """催办单: what is overdue or due within `days` (0: overdue only), by responsible unit; `unit` None for the whole register.

    With `org`, only what that unit has to do now: the paper that is handed to it.
    """
    with store.read() as session:
        office = office_of(store, session)
        due = deadlines.due_issues(session, office.today, unit, days=days, most=REMINDED)
        due = [each for each in due if (days or each.days < 0) and org in ("", each.org_code)]
        table = Issue.__table__
        found: dict[UUID, Mapping[str, Any]] = {}
        for start in range(0, len(due), 500):
            ids = [each.id for each in due[start : start + 500]]
            rows = session.execute(table.select().where(table.c.id.in_(ids))).mappings()
            found |= {row["id"]: dict(row) for row in rows}
        return reminders.reminders(due, found, office, days)


def duty_paper(
    store: Store, query: ListQuery | None = None, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Document:  # fmt: skip
    """责任清单 as it is handed out: what, by whom, until when, how far; with `query`, only what it finds."""
    asked = query or ListQuery("duty")
    names = [name for name in _DUTY if any(field.name == name for field in REGISTERS["duty"].fields)]
    return list_paper(store, asked, names, "重点任务责任清单", progress=progress, cancelled=cancelled)


_DUTY = (
    "action_id", "task", "content", "org_code", "support_org_codes", "leader", "owner", "due_date", "progress_pct",
    "status", "progress_text", "problem_text", "next_text",
)  # fmt: skip


def list_paper(
    store: Store,
    query: ListQuery,
    columns: Sequence[str],
    title: str = "",
    about: str = "",
    *,
    most: int = listing.MOST,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Document:
    """A list as shown: the named fields (or lists.EXTRA) in that order, filter and sorting of `query`.

    At most `most` rows; the paper says so where there are more. Refused for a list without columns.
    """
    if not columns:
        raise Refused("没有可打印的列。", "请先在“选择列”里勾选要看的列。", "no_columns")
    register = REGISTERS[query.register]
    fields = {field.name: field for field in register.fields}
    shown = [
        listing.Shown(fields[name].header if name in fields else EXTRA[name], fields.get(name))
        for name in columns
    ]
    with store.read() as session:
        lookup = Directory(session)
        office = office_of(store, session)
        wanted = replace(query, columns=tuple(name for name in columns if name in fields))
        count = lists.count(session, wanted, cap=10_000_000)
        rows: list[list[str]] = []
        sums = [Decimal(0) if column.adds_up else None for column in shown]
        for row in _rows(session, lookup, wanted, most):
            if len(rows) % _PAGE == 0:
                if cancelled is not None and cancelled():
                    break
                if progress is not None:
                    progress(len(rows), min(count, most), "正在读取")
            rows.append([_text(name, fields.get(name), row, lookup) for name in columns])
            for place, name in enumerate(columns):
                have, value = sums[place], row.get(name)
                if have is not None and isinstance(value, (int, Decimal)):
                    sums[place] = have + value
        return listing.listing(title or f"{register.title}清单", about, shown, rows, sums, count, office)


def _rows(session: Session, lookup: Directory, query: ListQuery, most: int) -> Iterator[Mapping[str, Any]]:
    after, done = None, 0
    while done < most:
        page = lists.page(session, query, after, min(_PAGE, most - done))
        lookup.remember_enterprises(
            (row["enterprise_id"], row["enterprise_name"] or "")
            for row in page.rows
            if row.get("enterprise_id") is not None and "enterprise_name" in row
        )
        yield from page.rows
        done += len(page.rows)
        after = page.next
        if after is None:
            return


def _text(name: str, field: Field | None, row: Mapping[str, Any], lookup: Directory) -> str:
    value = row.get(name)
    if field is None:
        return str(value or "") if name == "enterprise_uscc" else lookup.name("unit", value) if value else ""
    unread = row.get("unparsed") or {}
    if name in unread:
        return str(unread[name])
    if value in (None, "", []):
        return "不适用" if name in (row.get("not_applicable") or ()) else ""
    if field.kind is Kind.REF and field.source == "enterprise" and row.get("enterprise_name"):
        return str(row["enterprise_name"])
    return values.display(field, value, lookup)


def _record(session: Session, register: str, record_id: UUID) -> records.Values:
    record = records.get(session, REGISTERS[register], record_id)
    if record is None or record["deleted_at"] is not None:
        raise Refused("这条记录已不存在。", "请刷新列表后再试。", "no_such_record")
    return record


def _firm(session: Session, register: str, record: Mapping[str, Any]) -> records.Values | None:
    key = record.get("enterprise_id") if REGISTERS[register].has_enterprise else None
    return records.get(session, REGISTERS["enterprise"], key) if key is not None else None
