"""What happened with a firm, newest first, page by page: one line each, leading to what is behind it.

Registers with many rows per firm are read by key set; those with a few are read once per timeline.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, or_, select, type_coerce
from sqlalchemy.orm import Session

from db import enterprise_events, lineage, records, settings, values
from db.models import AuditEntry, ReturnFile, ReturnRow
from db.periods import Period
from db.registers import REGISTERS
from db.values import Lookup

Values = Any  # a row by column name
CARD, RETURN = "enterprise", "return"
# Every kind of line, in the order lines of one day stand in (the last one first).
KINDS = (
    RETURN, CARD, "service", "product", "opportunity", "lead", "liaison", "project", "matter", "firm_plan", "nurture",
    "cloud", "issue", "visit",
)  # fmt: skip
WORDS = {key: REGISTERS[key].title for key in KINDS if key not in (CARD, RETURN)} | {
    CARD: "档案", RETURN: "回报", "product": "产品", "opportunity": "机会", "lead": "线索", "matter": "议题",
}  # fmt: skip
_TELLING = ("uscc", "street_code", "status", "is_above_scale", "legal_rep", "reg_address", "name")
_SAID_BY_EVENTS = (enterprise_events.ACTION, enterprise_events.UNDO, "merge", "undo")
_MOST = 400  # rows of a small register read for one firm

Cursor = tuple[date, int, bytes]


@dataclass(frozen=True)
class Event:
    """One line. `kind` is its register (or “return”); `record_id` leads to the record, the change or the merge."""

    day: date | None
    kind: str
    text: str
    record_id: UUID | None = None
    change: str = ""  # of the card: “event” or “merge”, where it can be looked at and taken back
    undone: bool = False
    entry: int = 0  # of the audit, for lines that lead to no record: no two lines stand in one place

    @property
    def place(self) -> Cursor:
        """Where the line stands: the day, then the kind, then the record."""
        key = self.record_id.bytes if self.record_id is not None else self.entry.to_bytes(16, "big")
        return self.day or date.min, KINDS.index(self.kind), key


class Timeline:
    """The lines of one firm, of the wanted kinds. `page` may be asked again and again with the last line's place."""

    def __init__(self, firm: UUID, lookup: Lookup, kinds: Collection[str] = KINDS) -> None:
        self.firm, self._lookup = firm, lookup
        self._kinds = [kind for kind in KINDS if kind in kinds]
        self._few: list[Event] | None = None

    def page(self, session: Session, after: Cursor | None, limit: int) -> tuple[list[Event], Cursor | None]:
        """At most `limit` lines after that place, and where the next page begins (None: these were the last)."""
        if self._few is None:
            self._few = self._read_few(session)
        found = [event for event in self._few if after is None or event.place < after]
        for kind in self._kinds:
            if kind in _LONG:
                found += self._read_long(session, kind, after, limit)
        found.sort(key=lambda event: event.place, reverse=True)
        more = len(found) > limit
        found = found[:limit]
        return found, found[-1].place if more and found else None

    def _read_long(self, session: Session, kind: str, after: Cursor | None, limit: int) -> list[Event]:
        table = records.table_of(REGISTERS[kind])
        placed = table.c[REGISTERS[kind].placed_by]
        columns, say = _LONG[kind]
        query = select(table.c.id, placed, *(table.c[name] for name in columns)).where(
            table.c.enterprise_id == self.firm, table.c.deleted_at.is_(None)
        )
        dated = query.where(placed.is_not(None))
        if after is not None:
            dated = dated.where(_before(placed, table.c.id, kind, after))
        rows = (
            session.execute(dated.order_by(placed.desc(), table.c.id.desc()).limit(limit + 1))
            .mappings()
            .all()
        )
        found = [Event(row[placed.key], kind, say(row, self._lookup), row["id"]) for row in rows]
        if len(found) <= limit:  # rows without a date come last of all
            rows = session.execute(query.where(placed.is_(None)).limit(_MOST)).mappings().all()
            undated = (Event(None, kind, say(row, self._lookup), row["id"]) for row in rows)
            found += [event for event in undated if after is None or event.place < after]
        return found

    def _read_few(self, session: Session) -> list[Event]:
        found: list[Event] = []
        for kind in self._kinds:
            if kind in _FEW:
                found += self._read_register(session, kind)
        if CARD in self._kinds:
            found += _changes(session, self.firm, self._lookup)
            found += _card(session, self.firm, self._lookup)
        if RETURN in self._kinds:
            found += _returns(session, self.firm, self._lookup)
        return found

    def _read_register(self, session: Session, kind: str) -> list[Event]:
        register = REGISTERS[kind]
        table = records.table_of(register)
        columns, say = _FEW[kind]
        names = dict.fromkeys(("id", "created_at", register.placed_by, *columns))
        query = (
            select(*(table.c[name] for name in names))
            .where(table.c.enterprise_id == self.firm, table.c.deleted_at.is_(None))
            .order_by(table.c.id.desc())
            .limit(_MOST)
        )
        today = settings.today(session)
        return [
            Event(_day(row, register.placed_by, today), kind, say(row, self._lookup), row["id"])
            for row in session.execute(query).mappings()
        ]


def _before(
    placed: ColumnElement[Any], key: ColumnElement[Any], kind: str, after: Cursor
) -> ColumnElement[bool]:
    day, order, last = after
    own = KINDS.index(kind)
    if own < order:
        return placed <= day
    if own > order:
        return placed < day
    return or_(placed < day, and_(placed == day, key < UUID(bytes=last))) if last else placed < day


def _day(row: Values, placed_by: str, today: date) -> date:
    """The day of a line; a ledger's month stands for its end, but never for a day after the record was made."""
    placed, created = row[placed_by], min(row["created_at"].astimezone().date(), today)
    if placed is None:
        return created
    return placed if isinstance(placed, date) else min(Period(placed).last_day, created)


# ---------------------------------------------------------------- the words of a line


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


def _visit(row: Values, _lookup: Lookup) -> str:
    head = " ".join(part for part in (people(row["visitors"]), row["visit_mode"]) if part)
    said = row["operation_text"] or row["operation_trend"] or ""
    return f"{head}：{said}" if said else head or "走访"


def people(written: str | None) -> str:
    """The names in “张敏（经发办）、李伟（社区）”, without their units."""
    parts = (written or "").replace("（", "(").split("、")
    return "、".join(part.split("(")[0] for part in parts if part)


def _issue(row: Values, lookup: Lookup) -> str:
    org, due, state = lookup.name("unit", row["org_code"]), row["due_date"], row["status"]
    target = f" → {org}" if org else ""
    limit = f"，{due.month} 月 {due.day} 日前" if due else ""
    return f"{row['description'] or row['category'] or '问题'}{target}{limit}" + (
        f"（{state}）" if state else ""
    )


def cloud_words(row: Values) -> str:
    """A service, and whether it counts: “天翼云主机（基础设施上云）· 已核实 · 计数”."""
    kinds = "、".join(row["cloud_type"] or [])
    name = f"{row['provider_brand'] or ''}{row['product'] or ''}" + (f"（{kinds}）" if kinds else "")
    return _joined(name, row["verify_status"], counts_words(row)) or "上云记录"


def counts_words(row: Values) -> str:
    """“计数”, “不计数：重复服务”, or nothing where it is only not verified yet."""
    if row["counted"]:
        return "计数"
    return f"不计数：{row['uncounted_reason']}" if row["uncounted_reason"] else ""


def _service(row: Values, lookup: Lookup) -> str:
    amount = f"{values.plain_number(row['amount'], 2)} 万元" if row["amount"] else ""
    return _joined(row["kind"], row["subject"], amount, lookup.name("unit", row["org_code"]))


def _liaison(row: Values, lookup: Lookup) -> str:
    who = " ".join(part for part in (row["post"], row["leader"]) if part)
    until = f"至 {row['to_on']}" if row["to_on"] else ""
    return _joined(f"{who}挂点联系" if who else "挂点联系", lookup.name("unit", row["org_code"]), until)


def _plan(row: Values, lookup: Lookup) -> str:
    due = f"{row['due_date']} 前" if row["due_date"] else ""
    return _joined(row["goal"] or "一企一策", lookup.name("unit", row["org_code"]), due, row["status"])


Say = Callable[[Values, Lookup], str]
_LONG: dict[str, tuple[tuple[str, ...], Say]] = {
    "visit": (("visitors", "visit_mode", "operation_text", "operation_trend"), _visit),
    "issue": (("description", "category", "org_code", "due_date", "status"), _issue),
    "cloud": (
        ("provider_brand", "product", "cloud_type", "verify_status", "counted", "uncounted_reason"),
        lambda row, _lookup: cloud_words(row),
    ),
    "service": (("kind", "subject", "amount", "org_code"), _service),
}
_FEW: dict[str, tuple[tuple[str, ...], Say]] = {
    "nurture": (
        ("nurture_type", "specialty", "declare_type", "stage"),
        lambda row, _: _joined(row["nurture_type"], row["specialty"], row["declare_type"], row["stage"]),
    ),
    "firm_plan": (("goal", "org_code", "due_date", "status"), _plan),
    "matter": (("topic", "status", "decision"), lambda row, _: _joined(row["topic"], row["status"], row["decision"])),
    "project": (
        ("name", "stage", "progress"),
        lambda row, _: _joined(row["name"], row["stage"], row["progress"]) or "项目",
    ),
    "liaison": (("leader", "post", "org_code", "to_on"), _liaison),
    "lead": (
        ("firm_name", "stage", "next_step"),
        lambda row, _: _joined(f"招引：{row['firm_name'] or ''}", row["stage"], row["next_step"]),
    ),
    "opportunity": (("scene", "status", "term"), lambda row, _: _joined(row["scene"] or "机会", row["term"], row["status"])),
    "product": (("name", "scenes"), lambda row, _: _joined(row["name"] or "产品", row["scenes"])),
}  # fmt: skip


# ---------------------------------------------------------------- the card's own story


def _changes(session: Session, firm: UUID, lookup: Lookup) -> list[Event]:
    """更名, 迁址, 停业 …, and the cards that went into this one with their own changes."""
    cards = [firm, *lineage.lineage_of(session, firm)]
    found = []
    for each in enterprise_events.events_of(session, cards):
        text = change_words(each, lookup) + ("（已撤销）" if each.undone else "")
        found.append(Event(each.happened_on, CARD, text, each.id, "event", each.undone))
    for merge in lineage.merges_into(session, firm):
        text = f"并入“{merge.gone_name}”的档案" + (f"：{merge.reason}" if merge.reason else "")
        day = merge.at.astimezone().date()
        found.append(
            Event(day, CARD, text + ("（已撤销）" if merge.undone else ""), merge.id, "merge", merge.undone)
        )
    return found


def change_words(event: enterprise_events.Event, lookup: Lookup) -> str:
    """A change in a line: “由“江西梦驰数据有限公司”更名：变更登记”."""
    if event.kind == enterprise_events.RENAMED:
        head = f"由“{event.old.get('name') or ''}”更名"
    elif event.kind == enterprise_events.MOVED:
        fields = {field.name: field for field in REGISTERS[CARD].fields}
        head = "迁至" + _joined(
            *(
                values.display(fields[name], event.new[name], lookup)
                for name in ("street_code", "park_code", "reg_address")
                if event.new.get(name)
            )
        )
    else:
        head = event.kind
    return f"{head}：{event.reason}"


def _card(session: Session, firm: UUID, lookup: Lookup) -> list[Event]:
    """The card was made, corrected in what it is known by. Copied figures are no events, named changes are told above."""
    fields = {field.name: field for field in REGISTERS[CARD].fields}
    table = AuditEntry.__table__
    after = type_coerce(table.c.after, Text)
    query = (
        select(table)
        .where(
            table.c.record_id == firm,
            table.c.action.not_in(_SAID_BY_EVENTS),
            or_(table.c.action == "create", *(after.contains(f'"{name}"') for name in _TELLING)),
        )
        .order_by(table.c.seq)
    )
    first = session.scalar(
        select(table.c.seq).where(table.c.record_id == firm).order_by(table.c.seq).limit(1)
    )
    found = []
    for entry in session.execute(query):
        day = entry.at.astimezone().date()
        if entry.seq == first:
            # Practice cards are made on the day of the practice, long after what they are said to have lived.
            made = None if settings.get(session, "practice") else day
            found.append(Event(made, CARD, f"{entry.by} 建立档案", entry=entry.seq * 16))
            continue
        for number, name in enumerate(_TELLING, 1):
            if name not in (entry.after or {}):
                continue
            old = values.from_json(fields[name], (entry.before or {}).get(name))
            new = (
                values.display(fields[name], values.from_json(fields[name], entry.after[name]), lookup)
                or "（空）"
            )
            text = f"由“{old}”更名" if name == "name" and old else f"{fields[name].label}改为 {new}"
            found.append(Event(day, CARD, text, entry=entry.seq * 16 + number))
    return found


def _returns(session: Session, firm: UUID, lookup: Lookup) -> list[Event]:
    """The returns whose rows named the firm, under this card or one that went into it."""
    row, file = ReturnRow.__table__, ReturnFile.__table__
    cards = [firm, *lineage.lineage_of(session, firm)]
    # From the few returns to their rows: the rows' key begins with the return.
    mine = (row.c.return_id == file.c.id) & (row.c.register == CARD) & row.c.record_id.in_(cards)
    query = (
        select(file.c.id, file.c.period, file.c.unit_code, file.c.revision, file.c.submitted_on)
        .join(row, mine)
        .where(file.c.state.in_(("sent", "received")))
        .distinct()
    )
    found = []
    for each in session.execute(query).all():
        month = Period(each.period)
        revision = f"第 {each.revision} 版" if each.revision > 1 else ""
        text = f"{lookup.name('unit', each.unit_code)} {month.display()}回报{revision}"
        found.append(Event(each.submitted_on or month.last_day, RETURN, text, each.id))
    return found


def counts(session: Session, firm: UUID) -> dict[str, int]:
    """How many live records of each register name the firm."""
    found = {}
    for kind in KINDS:
        if kind in (CARD, RETURN):
            continue
        table = records.table_of(REGISTERS[kind])
        query = (
            select(table.c.id).where(table.c.enterprise_id == firm, table.c.deleted_at.is_(None)).limit(_CAP)
        )
        found[kind] = len(session.execute(query).all())
    return found


_CAP = 1000  # beyond, “999+” says enough
