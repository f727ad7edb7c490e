"""What the district sent back: take the marked workbook, open the month again, keep its opinions at hand. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from db import locks, records, settings
from db.errors import Refused
from db.lookup import Directory
from db.periods import Period
from db.registers import REGISTERS
from db.store import Store
from db.to_do import SENT_BACK_WORDS
from db.types import now

SETTING = "sent_back"
_LIMIT = 200  # of the reason on the cover


@dataclass(frozen=True, slots=True)
class Taken:
    """A month that is open again: the revision it will have, and how many places were marked."""

    period: str
    revision: int
    reason: str
    opinions: int


@dataclass(frozen=True, slots=True)
class OpenOpinion:
    """One line of what came back; `mended` once the record was changed since."""

    message: str
    register: str
    record_id: UUID | None
    field: str
    column: str
    mended: bool


def take_sent_back(store: Store, path: Path) -> Taken:
    """Read the workbook that came back and open its month for a correction.

    Refused: another unit's, an older revision than was handed in since, or no sent-back workbook at all.
    """
    from returns import opinion, submit  # the workbook readers: not before a file comes back

    actor = store.actor
    with store.read() as session:
        found = opinion.read_sent_back(Path(path), Directory(session))
    month = Period(found.period)
    if found.unit != actor.unit_code:
        raise Refused(f"“{path.name}”不是本单位的回报。", "请核对是否拿错了文件。", "other_unit")
    reason = f"{SENT_BACK_WORDS}{found.reason}"[:_LIMIT]
    with store.write() as session:
        if locks.is_locked(session, actor.unit_code, found.period):
            newest = submit.next_revision(session, actor.unit_code, found.period) - 1
            if found.revision < newest:
                raise Refused(
                    f"{month.display()}已经上报了第 {newest} 版，退回的是第 {found.revision} 版。",
                    "不用处理这份旧文件。",
                    "older_revision",
                )
            submit.reopen(session, actor.unit_code, found.period, reason, actor)
        revision = submit.next_revision(session, actor.unit_code, found.period)
        kept: dict[str, Any] = dict(settings.get(session, SETTING, {}) or {})
        kept[found.period] = {
            "at": now().isoformat(),
            "revision": revision,
            "reason": found.reason,
            "lines": [
                {
                    "message": each.message, "register": each.register, "field": each.field, "column": each.column,
                    "record": each.record_id.hex if each.record_id else None,
                }
                for each in found.opinions
            ],
        }  # fmt: skip
        settings.put(session, SETTING, kept)
    return Taken(found.period, revision, found.reason, len(found.opinions))


def open_opinions(store: Store, period: str, revision: int) -> list[OpenOpinion]:
    """What came back with the month, as long as its correction is not handed in."""
    with store.read() as session:
        kept = (settings.get(session, SETTING, {}) or {}).get(str(period))
        if not kept or kept.get("revision") != revision:
            return []
        since = datetime.fromisoformat(kept["at"])
        found = []
        for line in kept["lines"]:
            key = UUID(line["record"]) if line["record"] else None
            mended = False
            if key is not None and line["register"] in REGISTERS:
                record = records.get(session, REGISTERS[line["register"]], key)
                mended = record is None or record["updated_at"] > since
            found.append(
                OpenOpinion(line["message"], line["register"], key, line["field"], line["column"], mended)
            )
        return found
