"""Two cards become one: fields chosen one by one, everything that named the other card moved, taken back whole.

Which cards should be joined is for people (duplicate_search.py suggests); the undo is in merge_undo.py. The card
that goes stays in the table, put aside, and says into which it went (lineage.py follows).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from db import cloud_counting, duplicate_search, records, search
from db.errors import Refused
from db.fields import Field, Kind
from db.lineage import kept_of as kept_of  # the way on from a card that was merged
from db.models import EnterpriseMerge
from db.models.nurture import UPSCALE
from db.records import AUDIT, Values, table_of
from db.registers import REGISTERS, Register
from db.store import Actor
from db.text import same_name
from db.types import new_key, now
from db.values import to_json

FIRM = REGISTERS["enterprise"]
ALIAS_LIMIT = FIRM.field("alias").limit or 200
_IN_CHUNKS = 400
_BLANK: tuple[Any, ...] = (None, "", [])
# Facts that belong together: what one is suggested from, the others are too.
TOGETHER = (
    ("uscc", "no_uscc_reason"),
    ("revenue_ytd", "revenue_asof"),
    ("status", "status_on", "status_reason"),
    ("is_above_scale", "specialty", "in_stock_ym"),
    ("de_core", "de_class"),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of two cards. `take`: the value of the card that goes is the better suggestion."""

    field: Field
    kept: Any
    gone: Any
    take: bool

    @property
    def differs(self) -> bool:
        return not (self.kept == self.gone or (self.kept in _BLANK and self.gone in _BLANK))


@dataclass(frozen=True, slots=True)
class Preview:
    """What joining two cards would do, before anybody says yes."""

    kept: Values
    gone: Values
    choices: tuple[Choice, ...]
    moves: Mapping[str, int]  # rows that would be moved, by register
    notes: tuple[str, ...]  # what to look at afterwards


def references() -> tuple[tuple[Register, str], ...]:
    """Every register and column that names a firm."""
    return tuple(
        (register, field.name)
        for register in REGISTERS.values()
        for field in register.fields
        if field.kind is Kind.REF and field.source == "enterprise"
    )


def preview(session: Session, kept_id: UUID, gone_id: UUID) -> Preview:
    """Both cards side by side, with a suggestion per field. Refused where one of them is not (any more) there."""
    kept, gone = _both(session, kept_id, gone_id)
    moves: dict[str, int] = {}
    for register, column in references():
        table = table_of(register)
        query = select(func.count()).select_from(table).where(table.c[column] == gone_id)
        count = session.scalar(query.where(table.c.deleted_at.is_(None))) or 0
        if count:
            moves[register.key] = moves.get(register.key, 0) + count
    return Preview(kept, gone, _choices(kept, gone), moves, tuple(_notes(session, kept, gone)))


def _choices(kept: Values, gone: Values) -> tuple[Choice, ...]:
    take: dict[str, bool] = {}
    for field in FIRM.fields:
        take[field.name] = kept[field.name] in _BLANK and gone[field.name] not in _BLANK
    if (gone["revenue_asof"] or "") > (kept["revenue_asof"] or ""):
        take["revenue_ytd"] = True
    for first, *others in TOGETHER:
        for name in others:
            take[name] = take[first]
    return tuple(
        Choice(field, kept[field.name], gone[field.name], take[field.name])
        for field in FIRM.fields
        if not field.computed
    )


def _notes(session: Session, kept: Values, gone: Values) -> Iterable[str]:
    if kept["uscc"] and gone["uscc"] and kept["uscc"] != gone["uscc"]:
        yield "两张档案的信用代码不同，合并前请核对营业执照；不保留的代码仍能找到合并后的档案。"
    if (kept["status"] or "正常") != (gone["status"] or "正常"):
        yield f"企业状态一张是“{kept['status']}”，一张是“{gone['status']}”。"
    table = table_of(REGISTERS["nurture"])
    query = (
        select(func.count())
        .select_from(table)
        .where(
            table.c.enterprise_id.in_((kept["id"], gone["id"])),
            table.c.nurture_type == UPSCALE,
            table.c.deleted_at.is_(None),
        )
    )
    count = session.scalar(query) or 0
    if count > 1:
        yield f"合并后这家企业有 {count} 条“{UPSCALE}”培育记录，请留一条。"
    if kept["unit_code"] != gone["unit_code"]:
        yield "两张档案由不同单位登记，合并后由保留的那张的单位继续报送。"


def _both(session: Session, kept_id: UUID, gone_id: UUID) -> tuple[Values, Values]:
    if kept_id == gone_id:
        raise Refused("选的是同一张档案。", "请选择另一家企业。", "same_card")
    found = [records.get(session, FIRM, key) for key in (kept_id, gone_id)]
    for card in found:
        if card is None or card["deleted_at"] is not None:
            raise Refused("其中一张企业档案已被删除或已合并。", "请刷新后再试。", "no_such_record")
    assert found[0] is not None and found[1] is not None
    return found[0], found[1]


# ---------------------------------------------------------------- joining


def merge(
    session: Session, kept_id: UUID, gone_id: UUID, take: Collection[str], actor: Actor, reason: str = ""
) -> UUID:
    """Join two cards inside the open transaction; returns the key of the lineage entry, for `undo`.

    `take`: the fields whose value (and what could not be read of it) comes from the card that goes. Rows in
    months already handed in are moved too: what was reported stays, only the card behind it is another.
    """
    kept, gone = _both(session, kept_id, gone_id)
    moment = now()
    clouds = _cloud_flags(session, (kept_id, gone_id))
    # The card that goes leaves first: its credit code may be the one that is kept.
    table = table_of(FIRM)
    session.execute(
        update(table)
        .where(table.c.id == gone_id)
        .values(
            deleted_at=moment,
            merged_into=kept_id,
            rev=gone["rev"] + 1,
            updated_at=moment,
            updated_by=actor.person,
        )
    )
    search.index(session, {**gone, "deleted_at": moment})
    note_in_audit(
        session,
        moment,
        actor,
        "merge",
        FIRM,
        gone_id,
        None,
        {"merged_into": kept_id.hex},
        f"并入“{kept['name']}”",
    )
    note = f"合并“{gone['name']}”"
    values, unread, absent = _joined(kept, gone, frozenset(take))
    records.save(
        session,
        FIRM,
        values,
        actor,
        id=kept_id,
        unparsed=unread,
        not_applicable=absent,
        action="merge",
        note=note,
    )
    moved = _move(session, kept_id, gone_id, actor, moment, note)
    cloud_counting.recount(session, kept_id)
    after = records.get(session, FIRM, kept_id)
    assert after is not None
    key = new_key()
    image = {
        "kept": records.image(FIRM, kept),
        "gone": records.image(FIRM, gone),
        "kept_rev": after["rev"],
        "gone_rev": gone["rev"] + 1,
        "after": records.image(FIRM, after),
        "moved": moved,
        "counted": clouds,
    }
    session.add(
        EnterpriseMerge(
            id=key,
            kept_id=kept_id,
            gone_id=gone_id,
            reason=reason.strip(),
            image=image,
            at=moment,
            by=actor.person,
        )
    )
    duplicate_search.remember(session, kept_id, gone_id, duplicate_search.SAME, reason, actor)
    return key


def _joined(kept: Values, gone: Values, take: frozenset[str]) -> tuple[Values, dict[str, str], list[str]]:
    """The fields of the joined card; what could not be read and what does not apply follow the field."""
    source = {field.name: gone if field.name in take else kept for field in FIRM.fields}
    values = {name: card[name] for name, card in source.items()}
    values["alias"] = _aliases(values["name"], kept, gone)
    unread = {
        name: text
        for name, card in source.items()
        if (text := (card["unparsed"] or {}).get(name)) is not None
    }
    absent = [name for name, card in source.items() if name in (card["not_applicable"] or ())]
    return values, unread, absent


def _aliases(name: str | None, kept: Values, gone: Values) -> str | None:
    """All names either card was known by, so that search finds it by each; the newest first while there is room."""
    found: dict[str, str] = {}
    listed = "；".join(filter(None, (kept["alias"], gone["alias"])))
    for each in (kept["name"], gone["name"], *listed.replace(";", "；").split("；")):
        written = (each or "").strip()
        if written and same_name(written) != same_name(name or ""):
            found.setdefault(same_name(written), written)
    while found and len("；".join(found.values())) > ALIAS_LIMIT:
        found.popitem()
    return "；".join(found.values()) or None


def _move(
    session: Session, kept_id: UUID, gone_id: UUID, actor: Actor, moment: datetime, note: str
) -> list[dict[str, Any]]:
    """Point every row at the kept card; returns what they were, for the undo."""
    moved: list[dict[str, Any]] = []
    for register, column in references():
        table = table_of(register)
        rows = [
            dict(row) for row in session.execute(select(table).where(table.c[column] == gone_id)).mappings()
        ]
        for row in rows:
            digest = records.digest_of(register, {**row, column: kept_id})
            session.execute(
                update(table)
                .where(table.c.id == row["id"])
                .values(
                    {
                        column: kept_id,
                        "rev": row["rev"] + 1,
                        "digest": digest,
                        "updated_at": moment,
                        "updated_by": actor.person,
                    }
                )
            )
            before, after = {column: gone_id.hex}, {column: kept_id.hex}
            note_in_audit(session, moment, actor, "merge", register, row["id"], before, after, note)
            kept_of_row = ("rev", "digest", "updated_at", "updated_by")
            moved.append(
                {
                    "register": register.key,
                    "id": row["id"].hex,
                    "column": column,
                    "rev": row["rev"] + 1,
                    "before": {name: to_json(row[name]) for name in kept_of_row},
                }
            )
    return moved


def _cloud_flags(session: Session, firms: Sequence[UUID]) -> list[list[Any]]:
    """Which cloud records of the firms count: worked out over all of a firm, so joining may change it."""
    table = table_of(REGISTERS["cloud"])
    query = select(table.c.id, table.c.counted, table.c.uncounted_reason).where(
        table.c.enterprise_id.in_(firms)
    )
    return [[row.id.hex, row.counted, row.uncounted_reason] for row in session.execute(query)]


def note_in_audit(
    session: Session, moment: datetime, actor: Actor, action: str, register: Register, key: UUID,
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, note: str,
) -> None:  # fmt: skip
    session.execute(
        insert(AUDIT),
        {
            "at": moment, "by": actor.person, "action": action, "register": register.key, "record_id": key,
            "before": before, "after": after, "note": note,
        },
    )  # fmt: skip
