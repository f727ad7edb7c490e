"""Writes what was decided of a comparison, set by set: records, audit, search, counts, and what an undo needs.

What would change is worked out in diff.py; the transaction around it is in apply.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from db import bulk, cloud_counting, derive, find, month_states, search
from db.lookup import TITLES
from db.models import Batch
from db.periods import Period
from db.records import AUDIT, SEARCHED, Values, digest_of, image, is_incomplete, quoted, table_of
from db.registers import REGISTERS, Register
from db.store import Actor
from db.values import to_json
from returns.planned import BAD, GONE, NEW, REGISTER_ORDER, SAME, Planned
from returns.workbook import links_of

_NOTHING = "{}"
MONTH = "month_state"  # in a before-image: not the record was changed, but what it said of this month


class Work:
    """The writing of one return: `carry_out`, then `count_anew`.

    `befores`: by number the before-image as JSON; `counted`: what to count back.
    """

    def __init__(self, session: Session, batch: Batch, actor: Actor, moment: datetime) -> None:
        self._session, self._batch, self._actor, self._moment = session, batch, actor, moment
        self._sender = str((batch.cover or {}).get("person") or "") or actor.person
        self._note = f"接收回报“{batch.file_name}”"
        self._places = search.places_of(session)
        self._audits: list[dict[str, Any]] = []
        self._firms: set[UUID] = set()
        self._held: set[bytes] = set()  # keys that the search knows already
        self._own_cloud: set[UUID] = set()
        self.befores: dict[int, str] = {}
        self.counted: list[list[Any]] = []

    def carry_out(self, planned: Sequence[Planned], decided: Mapping[int, bool]) -> None:
        """Write the rows that were decided, and of conflicts what is kept."""
        taken: dict[str, list[tuple[Planned, Values]]] = {key: [] for key in REGISTER_ORDER}
        missing = self._missing_firms(planned, decided)
        left_out: dict[UUID | None, str | None] = {
            each.target: (each.record or {}).get(TITLES[each.register].key)
            for each in planned
            if each.register in TITLES and each.action == NEW and not decided[each.seq]
        }
        left_out.pop(None, None)
        for each in planned:
            record = each.record if decided[each.seq] else each.kept
            if record is not None and left_out:
                record = _without(REGISTERS[each.register], record, left_out)
            if each.action == GONE and decided[each.seq]:
                assert each.stored is not None
                record = {**each.stored, "deleted_at": self._moment}
            elif record is not None and each.action in (SAME, BAD):
                record = None
            if record is not None and not (each.action == NEW and not decided[each.seq]):
                taken[each.register].append((each, record))
        for each in missing:
            taken["enterprise"].append((each, each.record or {}))
        # Asked before anything is written: later the answer would wait for what is written in the background.
        made = [
            each.target for rows in taken.values() for each, _ in rows if each.stored is None and each.target
        ]
        self._held = search.held(self._session, made) | find.held(self._session, made)
        for key in REGISTER_ORDER:
            if taken[key]:
                self._register(REGISTERS[key], taken[key])
        bulk.insert_rows(self._session, AUDIT, self._audits, ready=("before", "after"))

    def _missing_firms(self, planned: Sequence[Planned], decided: Mapping[int, bool]) -> list[Planned]:
        """New firms that were not accepted themselves, but that accepted rows name."""
        refused = {
            each.target: each
            for each in planned
            if each.register == "enterprise" and each.action == NEW and not decided[each.seq]
        }
        if not refused:
            return []
        named = {
            each.record["enterprise_id"]
            for each in planned
            if decided[each.seq] and each.record and each.record.get("enterprise_id")
        }
        return [each for key, each in refused.items() if key in named]

    def _register(self, register: Register, taken: Sequence[tuple[Planned, Values]]) -> None:
        head = bulk.dumps({"file": self._batch.file_name})[:-1]
        tail = f',"batch":"{self._batch.id.hex}","rev":1}}'
        inserts: list[Values] = []
        updates: list[Values] = []
        table = table_of(register)
        made: list[Values] = []  # unknown to the search
        changed: list[Values] = []  # so that the search says something else of them
        for planned, planned_record in taken:
            stored = planned.stored
            if planned.month and stored is not None:
                self._of_month(register, planned, dict(planned_record), stored)
                continue
            record = dict(planned_record)
            self._stamp(planned, record, stored)
            by_hand = planned.row is not None and not planned.row.has_identity
            if by_hand and planned.action != GONE:
                # Nobody worked out the numbers and sums of a row that was filled in without the program.
                derive.fill(self._session, register, record, stored)
                record["incomplete"] = is_incomplete(register, record)
                record["digest"] = digest_of(register, record)
            if stored is None:
                self.befores[planned.seq] = _NOTHING
            else:
                self.befores[planned.seq] = bulk.dumps(image(register, stored) or {})
            as_planned = not by_hand and planned_record is planned.record
            self._audit(register, planned, stored, record, planned.filled if as_planned else "")
            if stored is None:
                if by_hand:
                    self._session.execute(insert(table), [record])  # the next number counts from this one
                else:
                    # Its origin as JSON: written once for all but the place of the row.
                    origin = record["origin"]
                    where = f',"sheet":{quoted(origin["sheet"])},"row":{bulk.dumps(origin["row"])}'
                    record["origin"] = head + where + tail
                    inserts.append(record)
            else:
                updates.append(record)
            if stored is None and record["id"].bytes not in self._held:
                made.append(record)
            elif (
                stored is None
                or register.key != "enterprise"
                or any(stored[name] != record[name] for name in SEARCHED)
            ):
                changed.append(record)
            if register.key == "enterprise":
                self._firms.add(record["id"])
            elif register.key == "cloud":
                self._own_cloud.add(record["id"])
                firms = record["enterprise_id"], (stored or {}).get("enterprise_id")
                self._firms |= {each for each in firms if each}
        bulk.insert_rows(self._session, table, inserts, ready=("origin",))
        bulk.overwrite(self._session, table, updates)
        if register.key == "enterprise":
            search.index_new(self._session, made, self._places)
            search.index_many(self._session, changed)
        else:
            find.index_new(self._session, register.key, made)
            find.index_many(self._session, register.key, changed)

    def _of_month(self, register: Register, planned: Planned, record: Values, stored: Values) -> None:
        """What a late return says of a month that the record has left behind."""
        key, month = stored["id"], planned.month
        if planned.row is not None and not planned.row.has_identity:
            derive.fill(self._session, register, record, stored)
            record["incomplete"], record["digest"] = (
                is_incomplete(register, record),
                digest_of(register, record),
            )
        known = month_states.said_of(self._session, register.key, key, month)
        month_states.keep(self._session, register.key, key, month, month_states.image(register.key, record))
        self.befores[planned.seq] = bulk.dumps({MONTH: month, "said": known})
        self._audit(register, planned, stored, record, "", f"（{Period(month).display()}的情况）")

    def _stamp(self, planned: Planned, record: Values, stored: Values | None) -> None:
        record["rev"] = stored["rev"] + 1 if stored is not None else 1
        record["updated_at"], record["updated_by"] = self._moment, self._sender
        if stored is None:
            record["created_at"], record["created_by"] = self._moment, self._sender
        row = planned.row
        record["origin"] = {
            "file": self._batch.file_name, "sheet": row.sheet if row else "", "row": row.number if row else None,
            "batch": self._batch.id.hex, "rev": record["rev"],
        }  # fmt: skip

    def _audit(
        self, register: Register, planned: Planned, stored: Values | None, record: Values, filled: str, more: str = "",
    ) -> None:  # fmt: skip
        """`filled`: what is new of a record that was planned without anything stored, as JSON."""
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        for each in () if filled else register.fields:
            old, new = (stored or {}).get(each.name), record.get(each.name)
            if old != new and not (old in (None, "", []) and new in (None, "", [])):
                before[each.name], after[each.name] = to_json(old), to_json(new)
        self._audits.append(
            {
                "at": self._moment,
                "by": self._actor.person,
                "action": "delete" if planned.action == GONE else "receive",
                "register": register.key,
                "record_id": record["id"],
                "before": bulk.dumps(before) if stored is not None else None,
                "after": filled or (bulk.dumps(after) if after else None),
                "note": self._note + more,
            }
        )

    def count_anew(self) -> None:
        """Which cloud record of a firm counts may change in rows of other offices too: remembered for the undo."""
        self.counted = [
            [key.hex, counted, reason]
            for key, counted, reason in cloud_counting.recount_firms(self._session, self._firms)
            if key not in self._own_cloud
        ]


def _without(register: Register, record: Values, left_out: Mapping[UUID | None, str | None]) -> Values:
    """A row that names a record which was left out names it as text: a reference to nothing can not be stored."""
    names = [each.name for each in links_of(register.key) if record.get(each.name) in left_out]
    if not names:
        return record
    unread = {**(record.get("unparsed") or {})}
    unread |= {name: title for name in names if (title := left_out[record[name]])}
    changed = {**record, **dict.fromkeys(names), "unparsed": unread or None}
    changed["incomplete"], changed["digest"] = is_incomplete(register, changed), digest_of(register, changed)
    return changed
