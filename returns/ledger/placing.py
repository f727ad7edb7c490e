"""Rows of one ledger to records: the firm, the record itself, the problem beside a visit, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import lineage, records, values
from db.errors import Refused
from db.findings import Finding, Severity
from db.lookup import Directory
from db.records import Values
from db.registers import REGISTERS, Register
from db.save_many import Entry, save_many
from db.store import Actor
from returns.ledger import offices, sealing
from returns.ledger.candidates import Candidates
from returns.ledger.firms import FIRM, Firms, Placed, Remark
from returns.ledger.merging import CHUNK, merge
from returns.ledger.rows import LedgerRow
from returns.ledger.staging import Staging
from returns.ledger.table import LedgerTable
from returns.ledger.waiting import AT_ONCE, Waiting

REPEATED, DIFFERS = "IMP-010", "IMP-011"
_BESIDE = {"enterprise": "企业档案", "issue": "问题"}
_NOTHING: Mapping[str, Any] = {}


@dataclass(slots=True)
class _Place:
    """A row on its way: its firm, where it stands in the file, and what is staged for it."""

    row: LedgerRow
    note: str
    origin: dict[str, Any]
    firm: Placed | None = None
    staged: list[dict[str, Any]] = field(default_factory=list)


class Placing:
    """Places the rows of one table, some at a time: first the firms of all of them, then the records.

    `tally` counts rows by action, `created` the records made beside them. `batch` is the key of the batch that
    will keep the rows, None for a dry run.
    """

    def __init__(
        self,
        session: Session,
        actor: Actor,
        table: LedgerTable,
        unit_code: str,
        street: str | None,
        batch: UUID | None,
    ) -> None:
        self._session, self._actor, self._table = session, actor, table
        self._unit_code, self._batch = unit_code, batch
        self._named = f"{table.path.name} {table.sheet}"
        self._whence: dict[str, Any] = {"file": table.path.name, "sheet": table.sheet, "row": 0}
        if batch is not None:
            self._whence["batch"] = batch.hex
        self._directory = Directory(session)
        self._units_before = set(self._directory.units)
        self._register = REGISTERS[table.register]
        self._own = self._register.key == "enterprise"
        self._with_firm = self._register.of_firm or self._own
        self._waiting = Waiting(session, actor, unit_code)
        self._firms = Firms(session, self._waiting, street)
        self._staging = Staging(session, batch, table.sheet, self._register)
        self._known = {
            key: Candidates(session, REGISTERS[key], unit_code)
            for key in ((table.register, "issue") if table.register == "visit" else (table.register,))
            if key != "enterprise"
        }
        self._defaults = self._settled()
        self._first_row: dict[int, int] = {}  # by the number of its key: in which row a record came first
        self._changed: dict[str, set[UUID]] = {}
        self._counted: list[list[Any]] = []
        self.tally: Counter[str] = Counter()
        self.created: dict[str, int] = {}

    @property
    def incomplete(self) -> int:
        """How often a record of the register itself was left 待补全."""
        return self._waiting.incomplete.get(self._register.key, 0)

    def place(self, rows: Sequence[LedgerRow]) -> None:
        """Store these rows, or stage them as bad with their findings."""
        places = [_Place(row, self._where(row), self._origin(row)) for row in rows]
        good = [place for place in places if not place.row.bad]
        for place in good:
            if place.row.unparsed and offices.settle(self._session, self._directory, place.row):
                self._directory = Directory(self._session)
                self._defaults = self._settled()
        if self._with_firm:
            self._place_firms(good)
        if self._register.key == "nurture":
            self._waiting.flush()  # a candidate reads the card of its firm
        if not self._own:
            self._look_ahead(good)
            for place in good:
                if not place.row.bad:
                    self._place_record(place)
        self._waiting.flush()
        self._firms.reread(self._waiting.echoed.get("enterprise", ()))
        for place in places:
            if place.row.bad:
                self.tally["bad"] += 1
                place.staged.append(self._staging.bad(place.row))
        self._staging.write(staged for place in places for staged in place.staged)

    def finish(self) -> None:
        """Write what only the whole table tells; after the last row."""
        self._waiting.tell_firms()

    def _place_firms(self, places: Sequence[_Place]) -> None:
        read = self._firms.fetch([place.row for place in places])
        lineage.look_ahead(self._session, read)
        if read and self._register.key == "cloud":
            self._counted += sealing.counted_before(self._session, read)
        for place in places:
            row = place.row
            origin = {**place.origin, "other": row.other} if self._own and row.other else place.origin
            try:
                firm, remarks = self._firms.place(row, origin, place.note)
            except Refused as error:
                self._refused(row, error)
                continue
            for remark in remarks:
                self._remark(row, remark)
            if firm is None:
                row.bad = True
                continue
            place.firm = firm
            if firm.merge.conflicts:
                self._told(row, FIRM, firm)
            if self._own:
                self._stage(place, FIRM, firm)
                self.tally[firm.action] += 1
            elif firm.action in ("new", "update"):
                self._stage(place, FIRM, firm)
                self._count_created("enterprise", firm)
            if firm.action == "new":
                for known in self._known.values():
                    known.new_firm(firm.id)

    def _look_ahead(self, places: Sequence[_Place]) -> None:
        """What the records of these rows may be, in few queries."""
        for key, known in self._known.items():
            by = known.told_apart_by
            beside = key != self._register.key
            known.look_ahead(
                (
                    place.firm.id if place.firm is not None else None,
                    place.row.get("visit", "visit_date") if beside else place.row.get(key, by),
                )
                for place in places
                if not beside or place.row.values.get(key)
            )

    def _place_record(self, place: _Place) -> None:
        row, firm = place.row, place.firm
        try:
            wanted = self._wanted(row, firm)
            unread = row.unparsed.get(self._register.key, _NOTHING)
            placed = self._record(place, self._register, wanted, unread)
            self._stage(place, self._register, placed)
            brings = self._register.key == "visit" and row.values.get("issue")
            beside = self._issue(place, placed, wanted) if brings else None
        except Refused as error:
            self._refused(row, error)
            return
        changed = placed.action in ("same", "conflict") and (
            (firm is not None and firm.action == "update")
            or (beside is not None and beside.action in ("new", "update"))
        )
        self.tally["update" if changed else placed.action] += 1

    def _settled(self) -> dict[str, Any]:
        """What every row of the table has where it says nothing else."""
        found: dict[str, Any] = {}
        kind = self._directory.units[self._unit_code].kind if self._unit_code in self._directory.units else ""
        if self._register.key == "cloud" and kind == "carrier":
            found["provider_org"] = self._unit_code
        for each in self._register.fields:
            if each.name in self._register.natural_key and each.default is not None:
                found[each.name] = each.default
        return found

    def _wanted(self, row: LedgerRow, firm: Placed | None) -> dict[str, Any]:
        wanted = {**self._defaults, **row.values.get(self._register.key, _NOTHING)}
        if firm is not None:
            wanted["enterprise_id"] = firm.id
        if self._register.key == "visit" and "filler" not in wanted and not row.text_of("visit", "filler"):
            filler = self._table.context.filler or (
                self._actor.person if self._actor.person != "未登记" else ""
            )
            if filler:
                wanted["filler"] = filler
        return wanted

    def _issue(self, place: _Place, visit: Placed, visited: Mapping[str, Any]) -> Placed:
        """The problem that the visit brought up, as a record of its own."""
        wanted = {
            **place.row.values["issue"],
            "source": "走访",
            "enterprise_id": visited["enterprise_id"],
            "visit_id": visit.id,
            "registered_on": visited["visit_date"],
        }
        register = REGISTERS["issue"]
        placed = self._record(place, register, wanted, place.row.unparsed.get("issue", _NOTHING))
        if placed.action in ("new", "update"):
            self._stage(place, register, placed)
            self._count_created("issue", placed)
        return placed

    def _record(
        self, place: _Place, register: Register, wanted: dict[str, Any], unread: Mapping[str, str]
    ) -> Placed:
        row, known, own = place.row, self._known[register.key], register.key == self._register.key
        stored = known.find(wanted, unread)
        if stored is None:
            origin = {**place.origin, "other": row.other} if own and row.other else place.origin
            placed = self._create(register, wanted, unread, origin, place.note)
            self._first_row[placed.id.int] = row.number
            return placed
        if own and known.is_taken(stored) and (first := self._first_row.get(stored["id"].int)) is not None:
            self._tell(
                row,
                register.key,
                "",
                REPEATED,
                Severity.WARNING,
                f"与第 {first} 行是同一条{register.noun}，没有重复登记。",
            )
        known.take(stored)
        self._first_row.setdefault(stored["id"].int, row.number)
        filler = wanted.pop("filler", None) if stored.get("filler") else None
        change = merge(register, stored, wanted, unread)
        if filler is not None:
            wanted["filler"] = filler
        placed = Placed(stored["id"], "conflict" if change.conflicts else "same", merge=change)
        if change.conflicts:
            self._told(row, register, placed)
        if not change.changes:
            return placed
        if register.key in AT_ONCE:
            entry = Entry(change.values, stored["id"], unparsed=change.unparsed, note=place.note)
            record = self._save(register, entry)
        else:
            record = self._waiting.change(register, stored, change.values, change.unparsed, place.note)
        known.change(stored, record)
        return Placed(stored["id"], "update", before=stored, merge=change, after=record)

    def _create(
        self,
        register: Register,
        wanted: Mapping[str, Any],
        unread: Mapping[str, str],
        origin: Mapping[str, Any],
        note: str,
    ) -> Placed:
        """A new record: it waits to be written with others where it can."""
        known = self._known[register.key]
        if register.key not in AT_ONCE:
            fresh = self._waiting.add(register, wanted, unread, origin, note)
            known.add(fresh.record)
            return Placed(fresh.record["id"], "new", fresh=fresh)
        record = self._save(
            register,
            Entry(
                wanted,
                unparsed=dict(unread),
                unit_code=self._unit_code,
                origin={**origin, "rev": 1},
                note=note,
            ),
        )
        known.add(record)
        return Placed(record["id"], "new", after=record)

    def _save(self, register: Register, entry: Entry) -> Values:
        """One record at once; what changes along is kept as it was, for an undo."""
        done = save_many(self._session, register, [entry], self._actor, action="import")
        record = records.get(self._session, register, done.saved[0].id)
        assert record is not None
        self._waiting.count(register, record)
        self._waiting.hear(done)
        return record

    def _origin(self, row: LedgerRow) -> dict[str, Any]:
        origin = self._whence.copy()
        origin["row"] = row.number
        return origin

    def _where(self, row: LedgerRow) -> str:
        return f"{self._named} 第 {row.number} 行"

    def _count_created(self, register: str, placed: Placed) -> None:
        if placed.action == "new":
            self.created[_BESIDE[register]] = self.created.get(_BESIDE[register], 0) + 1

    # ------------------------------------------------------------ what is said and staged

    def _refused(self, row: LedgerRow, error: Refused) -> None:
        row.bad = True
        self._tell(row, self._table.register, "", error.id, Severity.ERROR, f"这一行没有入库：{error}")

    def _remark(self, row: LedgerRow, remark: Remark) -> None:
        self._tell(row, "enterprise", remark.name, remark.rule, remark.severity, remark.message)

    def _told(self, row: LedgerRow, register: Register, placed: Placed) -> None:
        """Every value that differs from what is stored, and stays as stored."""
        for name, old, new in placed.merge.conflicts:
            field = register.field(name)
            self._tell(
                row, register.key, name, DIFFERS, Severity.WARNING,
                f"“{field.label}”已登记为“{values.to_text(field, old, self._directory)}”，"
                f"文件为“{values.to_text(field, new, self._directory)}”，没有改动，请核对。",
            )  # fmt: skip

    def _tell(
        self, row: LedgerRow, register: str, name: str, rule: str, severity: Severity, message: str
    ) -> None:
        column = self._table.column_of(register, name) if name else None
        row.findings.append(
            Finding(
                rule, severity, message, register=register, field=name,
                sheet=self._table.sheet, row=row.number, column=column.letter if column else "",
            )
        )  # fmt: skip

    def _stage(self, place: _Place, register: Register, placed: Placed) -> None:
        if placed.action == "update":
            self._changed.setdefault(register.key, set()).add(placed.id)
        place.staged.append(self._staging.done(place.row, register, placed))

    def seal(self) -> dict[str, Any]:
        """Complete what an undo of the batch needs; returns what its cover holds of it."""
        if self._batch is not None:
            self._stage_along()
            sealing.mark_changed(self._session, self._batch, self._changed)
        units = sorted(set(self._directory.units) - self._units_before)
        return {"counted": self._counted, "units": [{"code": code} for code in units]}

    def _stage_along(self) -> None:
        """What no row named for change, and changed with another record: an undo puts it back, too."""
        for key, before in self._waiting.along.items():
            register = REGISTERS[key]
            table = records.table_of(register)
            known = list(before)
            for start in range(0, len(known), CHUNK):
                query = select(table).where(table.c.id.in_(known[start : start + CHUNK]))
                now = [dict(row) for row in self._session.execute(query).mappings()]
                now = [record for record in now if record["rev"] != before[record["id"]]["rev"]]
                self._changed.setdefault(key, set()).update(record["id"] for record in now)
                self._staging.write(
                    self._staging.along(register, record, before[record["id"]])
                    for record in now
                    if not self._staging.has_touched(record["id"])
                )
