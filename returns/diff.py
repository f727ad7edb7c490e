"""What a return would change, row by row and cell by cell: new, same, update, gone, conflict, bad. Changes nothing.

Which firm a row means is in match.py; batches and their rows are kept by stage.py and carried out by apply.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db.fields import Kind
from db.findings import Finding, Severity
from db.lookup import Directory
from db.month_states import PLACED, is_earlier
from db.monthly import month_query
from db.periods import Period
from db.quick_rows import present
from db.records import Values, digest_of, is_incomplete, table_of
from db.registers import REGISTERS, Register
from db.types import new_key
from returns.changes import Words
from returns.fresh import finish_new, fresh
from returns.history import History
from returns.late_months import LateMonths
from returns.match import Firms, Links, in_chunks, load
from returns.pace import UNHURRIED, Pace
from returns.planned import BAD, CONFLICT, GONE, NEW, REGISTER_ORDER, SAME, UPDATE, Incoming, Planned
from returns.rows_read import Named, RowRead
from returns.workbook import links_of

__all__ = [
    "BAD", "CONFLICT", "GONE", "NEW", "REGISTER_ORDER", "SAME", "UPDATE", "Diff", "Incoming", "Planned",
]  # fmt: skip

COUNTED = ("counted", "uncounted_reason")  # of 上云: worked out over all offices, here
REVENUE = ("revenue_ytd", "revenue_asof")
CLAIMED = ("name", "street_code", "industry_code")  # RET-009 asks when two offices differ here


class Diff:
    """Compares one return with the register as it is now."""

    def __init__(
        self, session: Session, incoming: Incoming, receiver: str, directory: Directory | None = None,
        history: History | None = None, pace: Pace = UNHURRIED,
    ) -> None:  # fmt: skip
        self._session, self._in, self._receiver, self._pace = session, incoming, receiver, pace
        self._directory = directory or Directory(session)
        self._history = history or History(session, incoming.unit, incoming.period)
        self.older = incoming.exported_at < self._history.exported_at
        self._late = LateMonths(session, incoming.rows)
        self.planned: list[Planned] = []
        self.findings: list[Finding] = []
        others = [row for key, rows in incoming.rows.items() if key != "enterprise" for row in rows]
        self._firms = Firms(
            session, incoming.rows.get("enterprise", ()), [row.firm for row in others if row.firm]
        )
        self._words = Words(self._directory, self._firms.names, incoming.units, incoming.parks)
        self._links = Links(session, list(_named_in(others)))
        units = set(self._directory.units) | {place.code for place in incoming.units}
        self._places = {
            "unit": units,
            "street": units,
            "park": set(self._directory.parks) | {place.code for place in incoming.parks},
            "action": set(self._directory.actions),
            "programme": set(self._directory.programmes),
        }

    def run(self) -> list[Planned]:
        for key in REGISTER_ORDER:
            register = REGISTERS[key]
            rows = self._in.rows.get(key, [])
            if key == "enterprise":
                for row in self._pace.over(rows, f"与台账比对“{register.title}”"):
                    self._firm(register, row)
            else:
                self._records(register, rows)
            self._gone(register)
        finish_new(self.planned)
        return self.planned

    def firm_of(self, named: Named) -> UUID | None:
        """The firm that a row outside the registers (a 专项) names."""
        return self._firms.resolve(named)

    # ------------------------------------------------------------ firms

    def _firm(self, register: Register, row: RowRead) -> None:
        placed = self._firms.place(row)
        if isinstance(placed, str):
            self._bad(row, placed)
            return
        target, stored = placed
        self._check_places(register, row)
        if stored is None:
            self._add(NEW, row, target, self._fresh(register, row, target, {}))
            return
        if self._unchanged(register, row, target, stored):
            self._add(SAME, row, target, None, stored)
            return
        record, kept, disputed = dict(stored), dict(stored), []
        merged = self._firms.was_merged(row.record_id, target)
        for name in sorted(self._in.fields.get("enterprise", ())):
            value, present = row.values.get(name), stored.get(name)
            if value is None or value == present or name in REVENUE or register.field(name).computed:
                continue  # a blank never erases a fact
            record[name] = value
            if present in (None, "", []) or (not merged and self._may_change(stored)):
                kept[name] = value
            else:
                disputed.append(name)
        disputed += self._revenue(row.values, stored, record, kept, merged)
        for each in (record, kept):
            self._unread(row, each, stored)
            _finish(register, each)
        if not disputed:
            self._update(register, row, target, stored, kept)
            return
        reason = (
            "这张档案在本机已并入另一张，默认保留现有内容"
            if merged
            else "这家企业由别的单位登记，默认保留现有内容"
            if not self._mine(stored)
            else "这份回报导出较早，默认保留现有内容"
        )
        changes = self._words.changes(register, stored, record)
        for change in changes:
            change["disputed"] = change["field"] in disputed
        record["unit_code"] = self._in.unit
        kept_record = kept if kept["digest"] != stored["digest"] else None
        self._add(CONFLICT, row, target, record, stored, changes, reason=reason, kept=kept_record)
        claimed = [register.field(name).label for name in CLAIMED if name in disputed]
        if claimed and not self._mine(stored):
            name, units = row.values.get("name") or stored["name"], self._directory
            self.findings.append(
                Finding(
                    "RET-009", Severity.WARNING,
                    f"企业“{name}”的{'、'.join(claimed)}在{units.name('unit', stored['unit_code'])}与"
                    f"{units.name('unit', self._in.unit)}的登记不一致，请选定一个。",
                    register.key, target, sheet=row.sheet, row=row.number,
                )
            )  # fmt: skip

    def _unread(self, row: RowRead, record: Values, stored: Values) -> None:
        """What could not be read of a card is kept where the card has nothing better."""
        unread = {**(stored.get("unparsed") or {}), **row.unparsed}
        record["unparsed"] = {
            name: text for name, text in unread.items() if record.get(name) in (None, "", [])
        } or None
        if self._mine(stored):
            absent = [name for name in row.not_applicable if record.get(name) is None]
            record["not_applicable"] = absent or None

    def _mine(self, stored: Values) -> bool:
        """Whether the sender may change what is stored: its own cards, and those the receiver entered."""
        return stored["unit_code"] in (self._in.unit, self._receiver)

    def _revenue(
        self, values: Mapping[str, Any], stored: Values, record: Values, kept: Values, merged: bool
    ) -> list[str]:
        """The figure and its month go together: one with a figure before one without, then the later month.

        So whoever comes first, the same is there in the end. Returns the fields that a person has to decide.
        """
        said = {name: values.get(name) for name in REVENUE}
        (figure, asof), (known, since) = said.values(), (stored.get(name) for name in REVENUE)
        new, old = (figure is not None, asof or ""), (known is not None, since or "")
        if (new == old and figure == known) or (new < old and figure is None):
            return []
        later = new > old and not (merged and known is not None)
        if later or (new == old and not merged and self._may_change(stored)):
            record.update(said)
            kept.update(said)
            return []
        differ = [name for name in REVENUE if said[name] is not None and said[name] != stored.get(name)]
        record.update({name: said[name] for name in differ})
        return differ

    def _may_change(self, stored: Values) -> bool:
        return self._mine(stored) and not self.older

    def _only_named(self, row: RowRead, named: Named) -> UUID:
        """A firm that a row names and nobody has a card of: it gets one, to be completed."""
        key = self._firms.create(named)
        register = REGISTERS["enterprise"]
        values: Values = {"name": named.name or None, "uscc": named.code or None, "source": "导入"}
        unit = self._directory.units.get(self._in.unit)
        if unit is not None and unit.kind == "street":
            values["street_code"] = unit.code
        card = RowRead("enterprise", row.sheet, row.number, values, {}, [])
        self._add(NEW, card, key, self._fresh(register, card, key, {}))
        self.planned[-1].named = True
        return key

    # ------------------------------------------------------------ other rows

    def _records(self, register: Register, rows: list[RowRead]) -> None:
        if not rows:
            return
        ready: list[tuple[RowRead, Values]] = []
        has_enterprise, of_firm, others = register.has_enterprise, register.of_firm, links_of(register.key)
        for row in rows:
            links: Values = {}
            if has_enterprise:
                firm = self._firms.resolve(row.firm) if row.firm else None
                if firm is None and (row.firm.name or row.firm.code):
                    firm = self._only_named(row, row.firm)
                if firm is None and of_firm:
                    self._bad(row, "没有写明企业")
                    continue
                links["enterprise_id"] = firm
            for each in others:
                named = row.links.get(each.name)
                if named is None:
                    continue  # the file has no such column: what is stored stays
                links[each.name] = self._links.resolve(each.source, named) if named else None
                row.unparsed.pop(each.name, None)
                if named.name and links[each.name] is None:
                    # Kept as text: the record may arrive with another month's return.
                    row.unparsed[each.name] = named.name
            self._check_places(register, row)
            ready.append((row, links))
        stored = {
            each["id"]: each
            for each in load(self._session, register, "id", [r.record_id for r, _ in ready if r.record_id])
        }
        alike = self._alike(register, ready, stored)
        used: set[UUID] = set()
        for row, links in self._pace.over(ready, f"与台账比对“{register.title}”"):
            present = stored.get(row.record_id) if row.record_id is not None else None
            if present is None:
                present = _take(alike, _natural(register, {**row.values, **links}), used)
            if present is not None:
                used.add(present["id"])
            self._record(register, row, links, present)

    def _record(self, register: Register, row: RowRead, links: Values, stored: Values | None) -> None:
        if register.key == "indicator" and (
            row.values.get("indicator_no") is None or row.values.get("period") is None
        ):
            self._bad(row, "没有写明指标或期间")
            return
        if stored is None:
            target = row.record_id or new_key()
            self._links.learn(row, target)
            self._add(NEW, row, target, self._fresh(register, row, target, links))
            return
        target = stored["id"]
        self._links.learn(row, target)
        # What was named as text, because its record was not here yet, is joined once it is.
        unread = stored["unparsed"] or {}
        joins = any(links[name] is not None and stored[name] is None and name in unread for name in links)
        unchanged = self._unchanged(register, row, target, stored)
        if unchanged and stored["deleted_at"] is None and not joins:
            self._add(SAME, row, target, None, stored)
            return
        record = dict(stored)
        present = self._in.fields.get(register.key, frozenset())
        for each in register.fields:
            value = row.values.get(each.name)
            if each.name in links:
                record[each.name] = links[each.name]
            elif each.name in COUNTED or each.name not in present or (value is None and each.computed):
                continue
            else:
                record[each.name] = value
        record["unparsed"], record["not_applicable"] = row.unparsed or None, row.not_applicable or None
        _finish(register, record)
        if stored["deleted_at"] is None and is_earlier(register.key, record, stored):
            self._earlier(register, row, target, stored, record)
            return
        if stored["deleted_at"] is not None:
            # Put aside here, and reported again: it comes back with what the return says.
            record["deleted_at"] = None
            self._add(
                NEW,
                row,
                target,
                record,
                stored,
                self._words.changes(register, stored, record),
                reason="曾被删除，重新报来",
            )
            return
        self._update(register, row, target, stored, record)

    def _update(self, register: Register, row: RowRead, target: UUID, stored: Values, record: Values) -> None:
        changes = self._words.changes(register, stored, record)
        if not changes:
            self._add(SAME, row, target, None, stored)
            return
        reason = ""
        if register.key != "enterprise" and stored["unit_code"] != self._in.unit:
            reason = f"这条记录由{self._directory.name('unit', stored['unit_code'])}报送，默认保留现有内容"
        elif _edited_here(stored):
            reason = "这条记录在本机改过，默认保留现有内容"
        elif self.older and register.scope != "month":
            reason = "这份回报导出较早，默认保留现有内容"
        self._add(CONFLICT if reason else UPDATE, row, target, record, stored, changes, reason=reason)

    def _earlier(
        self, register: Register, row: RowRead, target: UUID, stored: Values, record: Values
    ) -> None:
        """A late return tells of a month that the record has left behind: that month's state, nothing else."""
        month = str(record[PLACED])
        known = self._late.said(register.key, target, month)
        before = {**stored, **known} if known else {**stored, **dict.fromkeys(row.values), PLACED: month}
        changes = self._words.changes(register, before, record)
        if known and not changes:
            self._add(SAME, row, target, None, stored)
            return
        others = stored["unit_code"] != self._in.unit
        reason = f"只改 {Period(month).display()}的情况，现在的内容不变"
        if others:
            reason = f"这条记录由{self._directory.name('unit', stored['unit_code'])}报送，默认不接收"
        self._add(CONFLICT if others else UPDATE, row, target, record, stored, changes, reason=reason)
        self.planned[-1].month = month

    def _unchanged(self, register: Register, row: RowRead, target: UUID, stored: Values) -> bool:
        """Whether the sender says what it said last time: what was decided here since then stands."""
        known = [target] if row.record_id in (None, target) else [target, row.record_id]
        return bool(row.digest) and any(
            self._history.digest(register, key) == row.digest for key in known if key
        )

    def _check_places(self, register: Register, row: RowRead) -> None:
        """A code that nobody here knows is kept as text: a reference to nothing can not be stored."""
        for name, source in _places_of(register):
            value = row.values.get(name)
            if value is not None and value not in self._places[source]:
                row.values[name] = None
                row.unparsed[name] = str(value)

    def _alike(
        self, register: Register, rows: list[tuple[RowRead, Values]], by_id: Mapping[UUID, Values]
    ) -> dict[tuple[Any, ...], list[Values]]:
        """Stored rows that a row without (known) identity may mean, by natural key."""
        loose = [
            {**row.values, **links}
            for row, links in rows
            if row.record_id is None or row.record_id not in by_id
        ]
        if not loose:
            return {}
        table = table_of(register)
        column = "enterprise_id" if "enterprise_id" in register.natural_key else register.placed_by
        live: list[ColumnElement[bool]] = [table.c.deleted_at.is_(None)]
        if register.key != "indicator":
            live.append(table.c.unit_code == self._in.unit)
        wanted = {key for values in loose if None not in (key := _natural(register, values))}
        # A firm has many rows by the years: whole ones are read only of those that may be meant.
        query = select(table.c.id, *(table.c[name] for name in register.natural_key))
        keys = [
            row[0]
            for chunk in in_chunks(v[column] for v in loose if v.get(column))
            if (there := present(self._session, table, column, chunk))
            for row in self._session.execute(query.where(table.c[column].in_(there), *live))
            if row[0] not in by_id and tuple(row[1:]) in wanted
        ]
        whole = {stored["id"]: stored for stored in load(self._session, register, "id", keys)}
        found: dict[tuple[Any, ...], list[Values]] = {}
        for key in keys:
            found.setdefault(_natural(register, whole[key]), []).append(whole[key])
        return found

    def _gone(self, register: Register) -> None:
        """Rows of the unit's earlier return that this one no longer has: asked about, never dropped silently."""
        if register.key == "enterprise" or (self.older and register.scope == "ledger"):
            return
        if register.key not in self._in.covers:
            return  # written before the register was there
        before = self._history.rows(register)
        missing = before.keys() - {each.target for each in self.planned if each.register == register.key}
        if not missing:
            return
        query = month_query(register, self._in.unit, self._in.period)
        for stored in (dict(row) for row in self._session.execute(query).mappings()):
            if stored["id"] in missing:
                label = self._words.label(register, stored)
                self._append(
                    Planned(
                        0,
                        register.key,
                        GONE,
                        label,
                        target=stored["id"],
                        stored=stored,
                        reason="上次报过，这次没有",
                    )
                )

    # ------------------------------------------------------------ building

    def _fresh(self, register: Register, row: RowRead, target: UUID, links: Values) -> Values:
        """A new record as the row says it; 待补全 and fingerprint are worked out for all of them at the end."""
        return fresh(register, row, target, links, self._in.unit)

    def _add(
        self, action: str, row: RowRead, target: UUID, record: Values | None, stored: Values | None = None,
        changes: list[dict[str, Any]] | None = None, *, reason: str = "", kept: Values | None = None,
    ) -> None:  # fmt: skip
        register = REGISTERS[row.register]
        label = self._words.label(register, record or stored or {})
        self._append(
            Planned(0, row.register, action, label, row, target, record, stored, kept, changes or [], reason)
        )

    def _bad(self, row: RowRead, why: str) -> None:
        self._append(Planned(0, row.register, BAD, f"{row.sheet} 第 {row.number} 行", row, reason=why))
        message = f"“{row.sheet}”第 {row.number} 行没有接收：{why}。"
        self.findings.append(
            Finding("GEN-001", Severity.ERROR, message, row.register, sheet=row.sheet, row=row.number)
        )

    def _append(self, planned: Planned) -> None:
        planned.seq = len(self.planned) + 1
        self.planned.append(planned)


def _named_in(rows: Iterable[RowRead]) -> Iterator[tuple[str, Named]]:
    """The records that rows name, firms aside: (register, name)."""
    for row in rows:
        for each in links_of(row.register):
            named = row.links.get(each.name)
            if named:
                yield each.source, named


@cache
def _places_of(register: Register) -> tuple[tuple[str, str], ...]:
    """The fields that refer to a place or a part of the plan, with what they refer to."""
    return tuple(
        (each.name, each.source)
        for each in register.fields
        if each.kind is Kind.REF and each.source in ("unit", "street", "park", "action", "programme")
    )


def _finish(register: Register, record: Values) -> None:
    record["incomplete"] = is_incomplete(register, record)
    record["digest"] = digest_of(register, record)


def _edited_here(stored: Values) -> bool:
    """Whether somebody changed the record at this office after it was received."""
    origin = stored.get("origin") or {}
    return bool(origin.get("batch")) and origin.get("rev") != stored["rev"]


def _natural(register: Register, values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values.get(name) for name in register.natural_key)


def _take(
    alike: Mapping[tuple[Any, ...], list[Values]], key: tuple[Any, ...], used: set[UUID]
) -> Values | None:
    """A stored row of this natural key that no other row of the file means; rows without a full key match nothing."""
    if any(part is None for part in key):
        return None
    return next((each for each in alike.get(key, ()) if each["id"] not in used), None)
