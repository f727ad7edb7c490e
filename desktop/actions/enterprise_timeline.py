"""What happened with a firm, newest first, page by page: one line each, leading to what is behind it.

One statement reads a page: each kind of line is a branch of it, so that a card costs one question however many
registers there are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db import direct, enterprise_events, quick_rows, values
from db.fields import Kind
from db.periods import Period
from db.records import table_of
from db.registers import REGISTERS
from db.values import Lookup

CARD, RETURN = "enterprise", "return"
# Every kind of line, in the order lines of one day stand in (the last one first).
KINDS = (
    RETURN, CARD, "service", "product", "opportunity", "lead", "liaison", "project", "matter", "firm_plan", "nurture",
    "cloud", "issue", "visit",
)  # fmt: skip
COUNTED = tuple(kind for kind in KINDS if kind not in (CARD, RETURN))
WORDS = {key: REGISTERS[key].title for key in COUNTED} | {
    CARD: "档案", RETURN: "回报", "product": "产品", "opportunity": "机会", "lead": "线索", "matter": "议题",
}  # fmt: skip
_TELLING = ("uscc", "street_code", "status", "is_above_scale", "legal_rep", "reg_address", "name")
_SAID_BY_EVENTS = (enterprise_events.ACTION, enterprise_events.UNDO, "merge", "undo")
_PRACTICE = "SELECT key, value FROM setting WHERE key IN ('practice', 'practice_today') AND value IS NOT NULL"
_WIDTH = 7  # columns of a branch beside its place

Cursor = tuple[str, int, str]  # the day ("" for none), the kind, the record in hexadecimal


@dataclass(frozen=True)
class Event:
    """One line. `kind` is its register (or “return”); `record_id` leads to the record, the change or the merge."""

    day: date | None
    kind: str
    text: str
    place: Cursor
    record_id: UUID | None = None
    change: str = ""  # of the card: “event” or “merge”, where it can be looked at and taken back
    undone: bool = False


class Timeline:
    """The lines of one firm, of the wanted kinds. `page` may be asked again and again with the last line's place."""

    def __init__(self, firm: UUID, lookup: Lookup, kinds: Collection[str] = KINDS) -> None:
        self.firm, self._lookup = firm, lookup
        self._kinds = tuple(kind for kind in KINDS if kind in kinds)

    def page(self, session: Session, after: Cursor | None, limit: int) -> tuple[list[Event], Cursor | None]:
        """At most `limit` lines after that place, and where the next page begins (None: these were the last)."""
        sql = _sql(self._kinds, after is not None)
        day, order, last = after or ("", 0, "")
        asked = direct.fetch(session, _PRACTICE, ())
        played = {key: json.loads(value) for key, value in asked}
        practice = bool(played.get("practice"))
        today = (practice and played.get("practice_today")) or date.today().isoformat()
        wanted = {
            "firm": self.firm.bytes, "day": day, "order": order, "last": last, "limit": limit + 1,
            "today": today, "practice": int(practice),
        }  # fmt: skip
        rows = direct.fetch(session, sql, wanted)
        found = [event for row in rows[:limit] for event in _events(row, self._lookup)]
        found = [event for event in found if after is None or event.place < after]
        found.sort(key=lambda event: event.place, reverse=True)
        if len(found) > limit:  # one entry of the history may be several lines
            return found[:limit], found[limit - 1].place
        edge = rows[limit - 1] if len(rows) > limit else None
        return found, (edge[1], edge[0], edge[2]) if edge is not None else None


def counts(session: Session, firm: UUID) -> dict[str, int]:
    """How many live records of each register name the firm."""
    return quick_rows.counts_of(session, firm, COUNTED)


# ---------------------------------------------------------------- the statement


@cache
def _sql(kinds: tuple[str, ...], further: bool) -> str:
    """The page of these kinds: the firm and the cards that went into it, every branch ordered and cut by itself."""
    branches = [branch for kind in kinds for branch in _branches(kind)]
    parts = [_cut(branch, further) for branch in branches]
    return (
        "WITH RECURSIVE cards(id) AS (SELECT :firm UNION "
        "SELECT e.id FROM enterprise e JOIN cards c ON e.merged_into = c.id WHERE e.merged_into IS NOT NULL) "
        f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY day DESC, kind DESC, key DESC LIMIT :limit"
    )


@dataclass(frozen=True)
class _Branch:
    """`day` and `key` place a row; `columns` are what its words are made of; `order` is the index's own, if any."""

    kind: str
    what: str  # which reader: a register, or event, merge, audit, return
    day: str
    key: str
    columns: tuple[str, ...]
    source: str
    order: str = "2 DESC, 3 DESC"


def _cut(branch: _Branch, further: bool) -> str:
    number = KINDS.index(branch.kind)
    padded = (*branch.columns, *["NULL"] * (_WIDTH - len(branch.columns)))
    names = ", ".join(f"{column} AS c{place}" for place, column in enumerate(padded))
    edge = f" AND ({branch.day}, {number}, {branch.key}) < (:day, :order, :last)" if further else ""
    return (
        f"SELECT * FROM (SELECT {number} AS kind, {branch.day} AS day, {branch.key} AS key, '{branch.what}' AS what, "
        f"{names} FROM {branch.source}{edge} ORDER BY {branch.order} LIMIT :limit)"
    )


def _branches(kind: str) -> list[_Branch]:
    if kind == CARD:
        return [_EVENT, _MERGE, _AUDIT]
    return [_RETURN] if kind == RETURN else [_branch(kind)]


def _branch(kind: str) -> _Branch:
    register = REGISTERS[kind]
    placed = register.placed_by
    table = table_of(register).name
    created = "date(created_at, 'localtime')"
    order = "2 DESC, 3 DESC"
    if register.field(placed).kind is Kind.PERIOD:
        # A ledger's month stands for its end, but never for a day after the record was made.
        end = f"coalesce(date({placed} || '-01', '+1 month', '-1 day'), '9999')"
        day = f"min({end}, {created}, :today)"
    else:
        day = f"coalesce({placed}, '')"
        if kind in ("visit", "issue", "cloud"):
            order = f"{placed} DESC, id DESC"  # as their index has it: no row is read that is not shown
    source = f"{table} WHERE enterprise_id = :firm AND deleted_at IS NULL"
    return _Branch(kind, kind, day, "hex(id)", _SAYS[kind][0], source, order)


_EVENT = _Branch(
    CARD, "event", "happened_on", "hex(id)", ("kind", "reason", "old", "new", "undone_at"),
    "enterprise_event WHERE enterprise_id IN (SELECT id FROM cards)",
)  # fmt: skip
_MERGE = _Branch(
    CARD, "merge", "date(m.at, 'localtime')", "hex(m.id)", ("e.name", "m.reason", "m.undone_at"),
    "enterprise_merge m LEFT JOIN enterprise e ON e.id = m.gone_id WHERE m.kept_id = :firm",
)  # fmt: skip
_FIRST = "(SELECT min(seq) FROM audit WHERE record_id = :firm)"
_TOLD = " OR ".join(f"instr(after, '\"{name}\"')" for name in _TELLING)
_AUDIT = _Branch(
    CARD,
    "audit",
    # Practice cards are made on the day of the practice, long after what they are said to have lived.
    f"CASE WHEN :practice AND seq = {_FIRST} THEN '' ELSE date(at, 'localtime') END",
    "printf('%032X', seq * 16)",
    ("by", "before", "after", f"seq = {_FIRST}", "seq"),
    f"audit WHERE record_id = :firm AND (seq = {_FIRST} OR (({_TOLD}) AND action NOT IN "
    f"({', '.join(repr(each) for each in _SAID_BY_EVENTS)})))",
)
# From the few returns to their rows: the rows' key begins with the return.
_RETURN = _Branch(
    RETURN,
    "return",
    "coalesce(f.submitted_on, date(f.period || '-01', '+1 month', '-1 day'))",
    "hex(f.id)",
    ("f.unit_code", "f.period", "f.revision"),
    "return_file f WHERE f.state IN ('sent', 'received') AND EXISTS (SELECT 1 FROM return_row r WHERE "
    "r.return_id = f.id AND r.register = 'enterprise' AND r.record_id IN (SELECT id FROM cards))",
)


# ---------------------------------------------------------------- from rows to lines


def _events(row: Any, lookup: Lookup) -> list[Event]:
    number, day, key, what, *cells = row
    place: Cursor = (day, number, key)
    when = date.fromisoformat(day) if day else None
    kind = KINDS[number]
    if what == "audit":
        return _audit(place, when, cells, lookup)
    record = UUID(key)
    if what == "event":
        named, reason, old, new, undone = cells[:5]
        text = _change(named, reason, json.loads(old or "{}"), json.loads(new or "{}"), lookup)
        return [Event(when, kind, _undone(text, undone), place, record, "event", undone is not None)]
    if what == "merge":
        name, reason, undone = cells[:3]
        text = f"并入“{name or ''}”的档案" + (f"：{reason}" if reason else "")
        return [Event(when, kind, _undone(text, undone), place, record, "merge", undone is not None)]
    if what == "return":
        unit, period, revision = cells[:3]
        version = f"第 {revision} 版" if revision > 1 else ""
        text = f"{lookup.name('unit', unit)} {Period(period).display()}回报{version}"
        return [Event(when, kind, text, place, record)]
    columns, say = _SAYS[what]
    decoded = {
        name: value if value is None or (read := quick_rows.decoder(what, name)) is None else read(value)
        for name, value in zip(columns, cells, strict=False)
    }
    return [Event(when, kind, say(decoded, lookup), place, record)]


def _undone(text: str, undone: str | None) -> str:
    return text + "（已撤销）" if undone else text


def _audit(place: Cursor, when: date | None, cells: list[Any], lookup: Lookup) -> list[Event]:
    """The card was made, or corrected in what it is known by; copied figures are no events."""
    by, before, after, first, seq = cells[:5]
    if first:
        return [Event(when, CARD, f"{by} 建立档案", place)]
    fields = {field.name: field for field in REGISTERS[CARD].fields}
    old, new = json.loads(before or "{}"), json.loads(after or "{}")
    found = []
    for number, name in enumerate(_TELLING, 1):
        if name not in new:
            continue
        was = values.from_json(fields[name], old.get(name))
        now = values.display(fields[name], values.from_json(fields[name], new[name]), lookup) or "（空）"
        text = f"由“{was}”更名" if name == "name" and was else f"{fields[name].label}改为 {now}"
        found.append(Event(when, CARD, text, (place[0], place[1], f"{seq * 16 + number:032X}")))
    return found


def _change(kind: str, reason: str, old: Mapping[str, Any], new: Mapping[str, Any], lookup: Lookup) -> str:
    """A change in a line: “由“江西梦驰数据有限公司”更名：变更登记”."""
    if kind == enterprise_events.RENAMED:
        head = f"由“{old.get('name') or ''}”更名"
    elif kind == enterprise_events.MOVED:
        fields = {field.name: field for field in REGISTERS[CARD].fields}
        moved = [name for name in ("street_code", "park_code", "reg_address") if new.get(name)]
        head = "迁至" + _joined(*(values.display(fields[name], new[name], lookup) for name in moved))
    else:
        head = kind
    return f"{head}：{reason}"


# ---------------------------------------------------------------- the words of a line


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


def _visit(row: Mapping[str, Any], _lookup: Lookup) -> str:
    head = " ".join(part for part in (people(row["visitors"]), row["visit_mode"]) if part)
    said = row["operation_text"] or row["operation_trend"] or ""
    return f"{head}：{said}" if said else head or "走访"


def people(written: str | None) -> str:
    """The names in “张敏（经发办）、李伟（社区）”, without their units."""
    parts = (written or "").replace("（", "(").split("、")
    return "、".join(part.split("(")[0] for part in parts if part)


def _issue(row: Mapping[str, Any], lookup: Lookup) -> str:
    org, due, state = lookup.name("unit", row["org_code"]), row["due_date"], row["status"]
    target = f" → {org}" if org else ""
    limit = f"，{due.month} 月 {due.day} 日前" if due else ""
    return f"{row['description'] or row['category'] or '问题'}{target}{limit}" + (
        f"（{state}）" if state else ""
    )


def cloud_words(row: Mapping[str, Any]) -> str:
    """A service, and whether it counts: “天翼云主机（基础设施上云）· 已核实 · 计数”."""
    kinds = "、".join(row["cloud_type"] or [])
    name = f"{row['provider_brand'] or ''}{row['product'] or ''}" + (f"（{kinds}）" if kinds else "")
    return _joined(name, row["verify_status"], counts_words(row)) or "上云记录"


def counts_words(row: Mapping[str, Any]) -> str:
    """“计数”, “不计数：重复服务”, or nothing where it is only not verified yet."""
    if row["counted"]:
        return "计数"
    return f"不计数：{row['uncounted_reason']}" if row["uncounted_reason"] else ""


def _service(row: Mapping[str, Any], lookup: Lookup) -> str:
    amount = f"{values.plain_number(row['amount'], 2)} 万元" if row["amount"] else ""
    return _joined(row["kind"], row["subject"], amount, lookup.name("unit", row["org_code"]))


def _liaison(row: Mapping[str, Any], lookup: Lookup) -> str:
    who = " ".join(part for part in (row["post"], row["leader"]) if part)
    until = f"至 {row['to_on']}" if row["to_on"] else ""
    return _joined(f"{who}挂点联系" if who else "挂点联系", lookup.name("unit", row["org_code"]), until)


def _plan(row: Mapping[str, Any], lookup: Lookup) -> str:
    due = f"{row['due_date']} 前" if row["due_date"] else ""
    return _joined(row["goal"] or "一企一策", lookup.name("unit", row["org_code"]), due, row["status"])


Say = Callable[[dict[str, Any], Lookup], str]
_SAYS: dict[str, tuple[tuple[str, ...], Say]] = {
    "visit": (("visitors", "visit_mode", "operation_text", "operation_trend"), _visit),
    "issue": (("description", "category", "org_code", "due_date", "status"), _issue),
    "cloud": (
        ("provider_brand", "product", "cloud_type", "verify_status", "counted", "uncounted_reason"),
        lambda row, _lookup: cloud_words(row),
    ),
    "service": (("kind", "subject", "amount", "org_code"), _service),
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
