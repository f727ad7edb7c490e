"""Taking a merge of two cards back: everything as it was, or a clear refusal. Joining them is in merging.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from db import cloud_counting, duplicate_search, records, search
from db.errors import Refused
from db.merging import FIRM, note_in_audit
from db.models import EnterpriseMerge
from db.records import Values, table_of
from db.registers import REGISTERS
from db.store import Actor
from db.types import now
from db.values import to_json

_IN_CHUNKS = 400


def undo(session: Session, merge_id: UUID, actor: Actor) -> None:
    """Both cards and everything that was moved are as they were, to the bit.

    Refused (“changed_since”, naming what) where somebody changed a card or a moved row since; rows that were
    entered for the kept card since then stay with it.
    """
    entry = session.get(EnterpriseMerge, merge_id)
    if entry is None or entry.undone_at is not None:
        raise Refused("这次合并已经撤销。", "", "not_applied")
    image = entry.image
    rows = _current(session, image["moved"])
    _check_untouched(session, entry, rows)
    kept, gone = (records.from_image(FIRM, image[name]) for name in ("kept", "gone"))
    _check_codes(session, kept, gone)
    moment, note = now(), "撤销合并"
    for card in (kept, gone):  # the kept one first: it gives the other's credit code back
        _overwrite(session, table_of(FIRM), card)
        search.index(session, card)
        note_in_audit(session, moment, actor, "undo", FIRM, card["id"], None, None, note)
    for row in image["moved"]:
        register = REGISTERS[row["register"]]
        table, before = table_of(register), row["before"]
        values = {
            row["column"]: entry.gone_id,
            "rev": before["rev"],
            "digest": before["digest"],
            "updated_at": datetime.fromisoformat(before["updated_at"]),
            "updated_by": before["updated_by"],
        }
        key = UUID(row["id"])
        session.execute(update(table).where(table.c.id == key).values(values))
        note_in_audit(
            session, moment, actor, "undo", register, key,
            {row["column"]: entry.kept_id.hex}, {row["column"]: entry.gone_id.hex}, note,
        )  # fmt: skip
    _restore_counts(session, entry)
    entry.undone_at = moment
    duplicate_search.take_back(session, entry.kept_id, entry.gone_id)
    session.flush()


def _restore_counts(session: Session, entry: EnterpriseMerge) -> None:
    table = table_of(REGISTERS["cloud"])
    known = {row[0]: row for row in entry.image["counted"]}
    query = select(table.c.id).where(table.c.enterprise_id.in_((entry.kept_id, entry.gone_id)))
    there = {key.hex for key in session.scalars(query)}
    if there == set(known):
        for key, counted, reason in known.values():
            session.execute(
                update(table).where(table.c.id == UUID(key)).values(counted=counted, uncounted_reason=reason)
            )
    else:  # a service was entered since: which one counts is asked anew
        for firm in (entry.kept_id, entry.gone_id):
            cloud_counting.recount(session, firm)


def _current(session: Session, moved: Sequence[Mapping[str, Any]]) -> dict[str, Values]:
    found: dict[str, Values] = {}
    by_register: dict[str, list[UUID]] = {}
    for row in moved:
        by_register.setdefault(row["register"], []).append(UUID(row["id"]))
    for key, ids in by_register.items():
        table = table_of(REGISTERS[key])
        for start in range(0, len(ids), _IN_CHUNKS):
            query = select(table).where(table.c.id.in_(ids[start : start + _IN_CHUNKS]))
            found.update((row["id"].hex, dict(row)) for row in session.execute(query).mappings())
    return found


def _check_untouched(session: Session, entry: EnterpriseMerge, rows: Mapping[str, Values]) -> None:
    image, said = entry.image, []
    kept = records.get(session, FIRM, entry.kept_id)
    gone = records.get(session, FIRM, entry.gone_id)
    if kept is None or kept["rev"] != image["kept_rev"]:
        said.append(f"企业档案（{_changed_fields(kept, image['after'])}）")
    if gone is None or gone["rev"] != image["gone_rev"] or gone["merged_into"] != entry.kept_id:
        said.append("被合并的档案")
    changed: dict[str, int] = {}
    for row in image["moved"]:
        now_stored = rows.get(row["id"])
        if now_stored is None or now_stored["rev"] != row["rev"]:
            changed[row["register"]] = changed.get(row["register"], 0) + 1
    said += [f"{REGISTERS[key].noun} {count} 条" for key, count in changed.items()]
    if said:
        raise Refused(
            f"合并之后又改过：{'、'.join(said)}，不能整个撤销。",
            "请先撤销这些改动，或新建一张档案，再把记录逐条改到它名下。",
            "changed_since",
        )


def _changed_fields(card: Values | None, after: Mapping[str, Any]) -> str:
    if card is None or card["deleted_at"] is not None:
        return "已删除或再次合并"
    labels = [field.label for field in FIRM.fields if to_json(card[field.name]) != after.get(field.name)]
    return "、".join(labels[:4]) + ("等" if len(labels) > 4 else "") if labels else "改过又改回"


def _check_codes(session: Session, kept: Values, gone: Values) -> None:
    """Nobody may have taken one of the two codes meanwhile."""
    table = table_of(FIRM)
    codes = [card["uscc"] for card in (kept, gone) if card["uscc"]]
    query = select(table.c.name, table.c.uscc).where(
        table.c.uscc.in_(codes), table.c.deleted_at.is_(None), table.c.id.not_in((kept["id"], gone["id"]))
    )
    other = session.execute(query).first()
    if other is not None:
        raise Refused(
            f"合并之后，代码 {other.uscc} 已登记给“{other.name}”，不能撤销。",
            "请先核对这个代码属于谁。",
            "changed_since",
        )


def _overwrite(session: Session, table: Table, record: Values) -> None:
    values = {name: value for name, value in record.items() if name != "id"}
    session.execute(update(table).where(table.c.id == record["id"]).values(values))
