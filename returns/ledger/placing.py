"""Rows of one ledger to records: the firm, the record itself, the problem beside a visit, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db import lineage, records, values
from db.errors import Refused
from db.findings import Finding, Severity
from db.lookup import Directory
from db.records import Values
from db.registers import REGISTERS, Register
from db.store import Actor
from returns.ledger import offices, sealing, staging
from returns.ledger.firms import Firms, Placed, Remark
from returns.ledger.merging import Candidates, merge
from returns.ledger.rows import LedgerRow
from returns.ledger.table import LedgerTable
from returns.ledger.waiting import MAY_WAIT, Waiting

REPEATED, DIFFERS = "IMP-010", "IMP-011"
_BESIDE = {"enterprise": "企业档案", "issue": "问题"}


class Placing:
    """Places the rows of one table. `tally` counts rows by action, `created` the records made beside them."""

    def __init__(
        self, session: Session, actor: Actor, table: LedgerTable, unit_code: str, street: str | None
    ) -> None:
        self._session, self._actor, self._table = session, actor, table
        self._unit_code = unit_code
        self._directory = Directory(session)
        self._register = REGISTERS[table.register]
        self._firms = Firms(session, actor, unit_code, street)
        self._waiting = Waiting(session, actor, unit_code)
        self._firms.fetch([row for row in table.rows if not row.bad])
        lineage.look_ahead(session, self._firms.ids)
        self._counted = sealing.counted_before(session, self._firms.ids)
        self._units_before = set(self._directory.units)
        self._known: dict[str, Candidates] = {}
        self._fresh: dict[UUID, Values] = {}
        self._touched: set[UUID] = set()
        self._first_row: dict[UUID, int] = {}
        self.tally: Counter[str] = Counter()
        self.created: dict[str, int] = {}
        self.incomplete = 0
        self.staged: list[dict[str, Any]] = []

    def place(self, row: LedgerRow) -> None:
        """Store one row, or stage it as bad with its finding."""
        self._fresh.clear()
        if row.bad:
            self._stage_bad(row)
            return
        try:
            action = self._place(row)
        except Refused as error:
            self._tell(row, self._table.register, "", error.id, Severity.ERROR, f"这一行没有入库：{error}")
            action = ""
        if not action:
            row.bad = True
            self._stage_bad(row)
            return
        self.tally[action] += 1

    def _place(self, row: LedgerRow) -> str:
        """The action taken, "" when the row could not be placed (a finding says why)."""
        if offices.settle(self._session, self._directory, row):
            self._directory = Directory(self._session)
        origin = self._origin(row)
        firm: Placed | None = None
        if self._register.of_firm or self._register.key == "enterprise":
            own = self._register.key == "enterprise"
            firm, remarks = self._firms.place(row, {**origin, **_other(row)} if own else origin)
            for remark in remarks:
                self._remark(row, remark)
            if firm is None:
                return ""
            if (card := self._firms.card(firm.id)) is not None:
                self._fresh[firm.id] = card
            self._told(row, REGISTERS["enterprise"], firm)
            if own:
                self._stage(row, self._register, firm)
                self._count_incomplete(self._register, firm)
                return firm.action
            if firm.action in ("new", "update"):
                self._stage(row, REGISTERS["enterprise"], firm)
                self._count_created("enterprise", firm)
        wanted = self._wanted(row, firm)
        placed = self._record(row, self._register, wanted, row.unparsed.get(self._register.key, {}), origin)
        self._stage(row, self._register, placed)
        self._count_incomplete(self._register, placed)
        brings = self._register.key == "visit" and row.values.get("issue")
        beside = self._issue(row, placed, wanted, origin) if brings else None
        changed = placed.action in ("same", "conflict") and (
            (firm is not None and firm.action == "update")
            or (beside is not None and beside.action in ("new", "update"))
        )
        return "update" if changed else placed.action

    def _wanted(self, row: LedgerRow, firm: Placed | None) -> dict[str, Any]:
        wanted = dict(row.values.get(self._register.key, {}))
        if firm is not None:
            wanted["enterprise_id"] = firm.id
        kind = self._directory.units[self._unit_code].kind if self._unit_code in self._directory.units else ""
        if self._register.key == "cloud" and kind == "carrier":
            wanted.setdefault("provider_org", self._unit_code)
        if self._register.key == "visit" and not row.text_of("visit", "filler"):
            filler = self._table.context.filler or (
                self._actor.person if self._actor.person != "未登记" else ""
            )
            if filler:
                wanted.setdefault("filler", filler)
        for field in self._register.fields:
            if field.name in self._register.natural_key and field.default is not None:
                wanted.setdefault(field.name, field.default)
        return wanted

    def _issue(
        self, row: LedgerRow, visit: Placed, visited: Mapping[str, Any], origin: Mapping[str, Any]
    ) -> Placed:
        """The problem that the visit brought up, as a record of its own."""
        wanted = {
            **row.values["issue"],
            "source": "走访",
            "enterprise_id": visited["enterprise_id"],
            "visit_id": visit.id,
            "registered_on": visited["visit_date"],
        }
        register = REGISTERS["issue"]
        placed = self._record(row, register, wanted, row.unparsed.get("issue", {}), origin)
        if placed.action in ("new", "update"):
            self._stage(row, register, placed)
            self._count_created("issue", placed)
        return placed

    def _record(
        self,
        row: LedgerRow,
        register: Register,
        wanted: dict[str, Any],
        unread: Mapping[str, str],
        origin: Mapping[str, Any],
    ) -> Placed:
        known = self._candidates(register)
        stored = known.find(wanted, unread, register.natural_key)
        if register.key == self._register.key:
            origin = {**origin, **_other(row)}
        if stored is None:
            key = self._create(row, register, wanted, unread, origin)
            self._first_row[key] = row.number
            known.add(self._get(register, key), taken=True)
            return Placed(key, "new")
        if known.is_taken(stored) and register.key == self._register.key:
            first = self._first_row.get(stored["id"])
            if first is not None:
                self._tell(
                    row,
                    register.key,
                    "",
                    REPEATED,
                    Severity.WARNING,
                    f"与第 {first} 行是同一条{register.noun}，没有重复登记。",
                )
        known.take(stored)
        self._first_row.setdefault(stored["id"], row.number)
        filler = wanted.pop("filler", None) if stored.get("filler") else None
        change = merge(register, stored, wanted, unread)
        if filler is not None:
            wanted["filler"] = filler
        placed = Placed(stored["id"], "conflict" if change.conflicts else "same", merge=change)
        self._told(row, register, placed)
        if not change.changes:
            return placed
        if self._waiting.holds(stored["id"]):
            self._waiting.flush()
        records.save(
            self._session, register, change.values, self._actor,
            id=stored["id"], unparsed=change.unparsed, action="import", note=self._where(row),
        )  # fmt: skip
        known.add(self._get(register, stored["id"]), taken=True)
        return Placed(stored["id"], "update", before=stored, merge=change)

    def _candidates(self, register: Register) -> Candidates:
        """Fetched once: a firm that is made later has no records yet."""
        if register.key not in self._known:
            self._known[register.key] = Candidates(self._session, register, self._unit_code, self._firms.ids)
        return self._known[register.key]

    def _get(self, register: Register, key: UUID) -> Values:
        """A record as it was saved for the row at hand; read once for all that ask."""
        if key not in self._fresh:
            record = records.get(self._session, register, key)
            assert record is not None
            self._fresh[key] = record
        return self._fresh[key]

    def _origin(self, row: LedgerRow) -> dict[str, Any]:
        return {"file": self._table.path.name, "sheet": self._table.sheet, "row": row.number}

    def _where(self, row: LedgerRow) -> str:
        return f"{self._table.path.name} {self._table.sheet} 第 {row.number} 行"

    def _count_created(self, register: str, placed: Placed) -> None:
        if placed.action == "new":
            self.created[_BESIDE[register]] = self.created.get(_BESIDE[register], 0) + 1

    def _count_incomplete(self, register: Register, placed: Placed) -> None:
        if placed.action in ("new", "update") and self._get(register, placed.id)["incomplete"]:
            self.incomplete += 1

    # ------------------------------------------------------------ what is said and staged

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

    def _stage(self, row: LedgerRow, register: Register, placed: Placed) -> None:
        after = self._get(register, placed.id) if placed.action in ("new", "update") else None
        about = staging.about(self._table.sheet, row, self._register.key)
        done = staging.done(register, placed, after)
        if placed.id in self._touched:
            done["before"] = None  # an earlier row of the file holds how it was
        elif placed.action in ("new", "update"):
            self._touched.add(placed.id)
        self.staged.append({"seq": len(self.staged), **about, **done})

    def _create(
        self,
        row: LedgerRow,
        register: Register,
        wanted: Mapping[str, Any],
        unread: Mapping[str, str],
        origin: Mapping[str, Any],
    ) -> UUID:
        """A new record: it waits to be written with others where it can."""
        if register.key in MAY_WAIT:
            record = self._waiting.add(register, wanted, unread, origin, self._where(row))
            self._fresh[record["id"]] = record
            key: UUID = record["id"]
            return key
        self._waiting.flush()
        return records.save(
            self._session, register, wanted, self._actor,
            unparsed=dict(unread), unit_code=self._unit_code, origin=origin, action="import", note=self._where(row),
        ).id  # fmt: skip

    def finish(self) -> None:
        """Write what still waits; after the last row."""
        self._waiting.flush()

    def seal(self, batch: UUID) -> dict[str, Any]:
        """Complete what an undo of the batch needs; returns what its cover holds of it."""
        for row in sealing.changed_along(self._session, self._firms.fetched, self._touched):
            self.staged.append({"seq": len(self.staged), **row})
        sealing.mark(self._session, batch, self.staged)
        units = sorted(set(self._directory.units) - self._units_before)
        return {"counted": self._counted, "units": [{"code": code} for code in units]}

    def _stage_bad(self, row: LedgerRow) -> None:
        self.tally["bad"] += 1
        about = staging.about(self._table.sheet, row, self._register.key)
        self.staged.append({"seq": len(self.staged), **about, **staging.bad(self._register, row)})


def _other(row: LedgerRow) -> dict[str, Any]:
    """What no field takes stays with the record as it stood in the file."""
    return {"other": row.other} if row.other else {}
