"""Pasted rows against the register: firms found, values checked, repeats told, and which rows may be stored.

Nothing is written here; keep.py stores the good rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import checks, derive, lineage, locks
from db.checks.facts import SqlFacts
from db.errors import Refused
from db.findings import Finding, Severity
from db.lookup import Directory
from db.records import Values, table_of
from db.registers import REGISTERS
from db.save_many import remembering
from db.store import Actor
from db.types import new_key
from returns.ledger.placing import REPEATED
from returns.paste import beside
from returns.paste.columns import FIRM, FIRM_CODE, Block
from returns.paste.firms import NEW, UNKNOWN, Firms
from returns.paste.rows import RowReader, TypedRow
from returns.paste.verdict import Checked, RowCheck, State

LOCKED, NO_KEY = "PST-004", "PST-005"
# A row may be stored all the same: the problem of a visit is registered after it (VIS-006), and a row of
# another month belongs to that month's return (VIS-002).
_MAY_STAND = frozenset({"VIS-002", "VIS-006"})
_IN_CHUNKS = 500
_TELL_EVERY = 50

Progress = Callable[[int, int, str], None]
Cancelled = Callable[[], bool]


def check(
    session: Session,
    block: Block,
    actor: Actor,
    *,
    today: date | None = None,
    period: str | None = None,
    defaults: Mapping[str, Any] | None = None,
    create_firms: bool = False,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Checked:
    """Understand and check every row of the block, as the rows would stand together in the register.

    `defaults` are the values of a new record where the block says nothing. With `create_firms` a firm that nobody
    knows is put on a new card. Refused (“cancelled”) when `cancelled` says so.
    """
    return _Work(
        session, block, actor, today, period, dict(defaults or {}), create_firms, progress, cancelled
    ).run()


class _Work:
    def __init__(
        self, session: Session, block: Block, actor: Actor, today: date | None, period: str | None, defaults: Values,
        create_firms: bool, progress: Progress | None, cancelled: Cancelled | None,
    ) -> None:  # fmt: skip
        self._session, self._block, self._actor = session, block, actor
        self._register = REGISTERS[block.register]
        self._today, self._period, self._defaults = today, period, defaults
        self._create = create_firms and self._register.has_enterprise
        self._progress, self._cancelled = progress, cancelled
        self._directory = Directory(session)
        kind = self._directory.units[actor.unit_code].kind if actor.unit_code in self._directory.units else ""
        self._street = actor.unit_code if kind == "street" else None
        self._new_cards: dict[str, UUID] = {}
        self._checked = Checked()

    def run(self) -> Checked:
        reader = RowReader(self._block, self._directory)
        typed = []
        for place, texts in enumerate(self._block.rows):
            self._tell(place, "正在读取")
            typed.append(reader.read(texts))
        with remembering(self._session):
            self._checked.rows = [self._understood(row) for row in typed]
            if self._register.has_enterprise:
                self._find_firms(typed)
            lineage.look_ahead(self._session, (row.values.get(FIRM) for row in self._checked.rows))
            records = [self._record(row) for row in self._checked.rows]
            self._check_rows(records)
            self._look_for_repeats(records)
        for row, record in zip(self._checked.rows, records, strict=True):
            row.state = self._judge(row, record)
        return self._checked

    def _tell(self, place: int, step: str) -> None:
        if place % _TELL_EVERY:
            return
        if self._cancelled is not None and self._cancelled():
            raise Refused("已取消。", "", "cancelled")
        if self._progress is not None:
            self._progress(place, len(self._block.rows), step)

    # ------------------------------------------------------------ values and firms

    def _understood(self, typed: TypedRow) -> RowCheck:
        if typed.blank:
            return RowCheck(State.BLANK)
        findings = [self._finding(said.rule, said.severity, said.message, said.slot) for said in typed.said]
        values = {**self._defaults, **typed.values}
        for name in typed.unparsed:
            values.pop(name, None)
        row = RowCheck(State.GOOD, findings, new_key(), values, tuple(typed.unparsed), typed.other)
        if typed.beside:
            beside.understand(row, typed.beside, self._finding)
        return row

    def _find_firms(self, typed: Sequence[TypedRow]) -> None:
        firms = Firms(self._session)
        firms.fetch((row.name, row.code) for row in typed)
        for row, source in zip(self._checked.rows, typed, strict=True):
            if row.state is State.BLANK or not (source.name or source.code):
                continue
            found = firms.find(source.name, source.code)
            if found.card is None and found.rule == UNKNOWN and self._create and source.name:
                self._put_on_card(row, source)
                continue
            if found.card is not None:
                row.values[FIRM] = found.card.id
                self._directory.remember_enterprises([(found.card.id, found.card.name)])
            if found.rule:
                row.findings.append(self._finding(found.rule, found.severity, found.message, found.slot))
            if found.offers:
                row.offers[found.slot] = found.offers

    def _put_on_card(self, row: RowCheck, source: TypedRow) -> None:
        name = source.code or source.name
        key = self._new_cards.get(name)
        if key is None:
            key = self._new_cards[name] = new_key()
            card = REGISTERS["enterprise"]
            self._checked.cards[key] = {
                **{each.name: each.default for each in card.fields},
                "name": source.name, "uscc": source.code or None, "street_code": self._street, "source": "导入",
            }  # fmt: skip
            self._directory.remember_enterprises([(key, source.name)])
        row.values[FIRM] = row.card = key
        row.findings.append(
            self._finding(
                NEW, Severity.WARNING, f"档案中没有“{source.name}”，保存时建新档案（待补全）。", FIRM
            )
        )

    def _record(self, row: RowCheck) -> Values:
        """The record as it would be stored, with what follows from its values."""
        record: Values = {column.name: None for column in table_of(self._register).columns}
        record["unit_code"] = self._actor.unit_code
        record |= {each.name: each.default for each in self._register.fields if each.default is not None}
        record |= {**row.values, "id": row.id}
        if row.state is not State.BLANK:
            derive.fill(self._session, self._register, record, None)
        return record

    # ------------------------------------------------------------ the rules

    def _check_rows(self, records: Sequence[Values]) -> None:
        register = self._register
        live = [record for record in records if record["id"] is not None]
        ctx = checks.context(
            self._session, today=self._today, period=self._month(live), unit_code=self._actor.unit_code
        )
        ctx = replace(ctx, directory=self._directory)
        assert isinstance(ctx.facts, SqlFacts)
        ctx.facts.prefetch({register.key: live})
        blank: Values = {column.name: None for column in table_of(REGISTERS["enterprise"]).columns}
        cards = [{**blank, **card, "id": key} for key, card in self._checked.cards.items()]
        on_top: dict[str, list[Values]] = {"enterprise": cards}
        on_top[register.key] = on_top.get(register.key, []) + live
        problems = [
            beside.record(row, record) for row, record in zip(self._checked.rows, records, strict=True)
        ]
        on_top.setdefault("issue", []).extend(each for each in problems if each is not None)
        ctx = checks.with_rows(ctx, on_top)
        for place, (row, record, problem) in enumerate(
            zip(self._checked.rows, records, problems, strict=True)
        ):
            self._tell(place, "正在核对")
            if row.state is State.BLANK:
                continue
            said = {finding.field for finding in row.findings if finding.severity is Severity.ERROR}
            if FIRM_CODE in said:
                said.add(FIRM)
            for finding in checks.check_record(ctx, register, record):
                if finding.field not in said or not _is_empty(record.get(finding.field)):
                    row.findings.append(finding)
            self._check_lock(row, record)
            if problem is not None:
                row.findings += beside.findings(ctx, problem)

    def _month(self, records: Sequence[Values]) -> str | None:
        """The month being filled in, unless most rows lie in others: an older ledger is not held against it."""
        months = [locks.month_of(self._register, record) for record in records]
        inside = sum(month == self._period for month in months)
        return self._period if 2 * inside >= sum(month is not None for month in months) else None

    def _check_lock(self, row: RowCheck, record: Values) -> None:
        try:
            locks.check_open(self._session, self._register, None, record)
        except Refused as refused:
            row.findings.append(
                self._finding(LOCKED, Severity.ERROR, refused.message, self._register.placed_by)
            )

    def _look_for_repeats(self, records: Sequence[Values]) -> None:
        """Rows that are one record by the register's natural key: with another row, or with what is stored."""
        names = self._register.natural_key
        stored = self._stored_keys([record for record in records if record["id"] is not None])
        first: dict[tuple[Any, ...], int] = {}
        for place, (row, record) in enumerate(zip(self._checked.rows, records, strict=True)):
            key = tuple(record.get(name) for name in names)
            if row.state is State.BLANK or any(_is_empty(each) for each in key):
                continue
            if key in stored:
                self._say_repeat(row, f"台账里已有这条{self._register.noun}，不会重复登记。")
            elif key in first:
                self._say_repeat(row, f"与第 {first[key] + 1} 行是同一条{self._register.noun}。")
            first.setdefault(key, place)

    def _say_repeat(self, row: RowCheck, message: str) -> None:
        # The register's own rule may have said so already.
        names = self._register.natural_key
        if not any(each.severity is Severity.ERROR and each.field in names for each in row.findings):
            row.findings.append(self._finding(REPEATED, Severity.ERROR, message, names[0]))

    def _stored_keys(self, records: Sequence[Values]) -> set[tuple[Any, ...]]:
        names = self._register.natural_key
        table = table_of(self._register)
        wanted = list({record[names[0]] for record in records if not _is_empty(record[names[0]])})
        found: set[tuple[Any, ...]] = set()
        for start in range(0, len(wanted), _IN_CHUNKS):
            query = select(*(table.c[name] for name in names)).where(
                table.c[names[0]].in_(wanted[start : start + _IN_CHUNKS]), table.c.deleted_at.is_(None)
            )
            found.update(tuple(row) for row in self._session.execute(query))
        return found

    # ------------------------------------------------------------ the verdict

    def _judge(self, row: RowCheck, record: Values) -> State:
        if row.state is State.BLANK:
            return State.BLANK
        for name in self._must_have():
            if _is_empty(record.get(name)) and not any(finding.field == name for finding in row.findings):
                label = self._register.field(name).label
                row.findings.append(self._finding(NO_KEY, Severity.ERROR, f"请填写{label}。", name))
        stop = [self._stops(finding, row, record) for finding in row.findings]
        # An error that need not be mended here and now is spoken of as a warning.
        row.findings = [
            replace(finding, severity=Severity.WARNING)
            if finding.severity is Severity.ERROR and not stops
            else finding
            for finding, stops in zip(row.findings, stop, strict=True)
        ]
        row.findings = sorted(
            dict.fromkeys(row.findings), key=lambda each: list(Severity).index(each.severity)
        )
        if any(stop):
            return State.BAD
        if any(finding.severity is not Severity.INFO for finding in row.findings):
            return State.REMARKS
        return State.GOOD

    def _must_have(self) -> list[str]:
        """Without these a row says nothing: what it is about, and when."""
        register = self._register
        wanted = [register.title_field] + ([register.placed_by] if register.scope != "referenced" else [])
        names = [name for name in wanted if register.field(name).required]
        if not names:
            names = [register.natural_key[0]]
        return list(dict.fromkeys(names))

    def _stops(self, finding: Finding, row: RowCheck, record: Values) -> bool:
        if finding.severity is not Severity.ERROR or finding.id in _MAY_STAND:
            return False
        if finding.id.startswith(("PST-", "IMP-")) or finding.field in self._must_have():
            return True
        # A required field that is empty makes the record 待补全; a text nobody understood waits in the grid.
        return finding.field in row.unread or not (
            finding.field in record and _is_empty(record[finding.field])
        )

    def _finding(self, rule: str, severity: Severity, message: str, slot: str) -> Finding:
        return Finding(rule, severity, message, register=self._register.key, field=slot)


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == []
