"""收表 beyond reading and applying: why a conflict was decided as it was, and who is still to be reminded. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy import insert, select, update

from db.coverage import Coverage, coverage
from db.deadlines import WEEKDAYS, Deadline, deadline
from db.errors import Refused
from db.models import AuditEntry, Batch, StagedRow
from db.periods import Period
from db.store import Store
from db.types import now
from desktop.actions.returns import apply_batch

if TYPE_CHECKING:
    from collections.abc import Collection

    from returns.results import FileReport

Choice = Literal["incoming", "present"]


def accept_batch(
    store: Store,
    batch: UUID,
    *,
    accept: Literal["all"] | Collection[int] = "all",
    choices: Mapping[int, Choice] | None = None,
    replace: bool = False,
    reason: str = "",
    backup_first: bool = True,
) -> FileReport:
    """接收 with decisions. What takes the place of another office's entry needs a `reason`, which is recorded.

    Refused (“no_reason”) before anything is written; otherwise as apply_batch.
    """
    chosen = choices or {}
    decided = _decided(store, batch, chosen)
    if (decided or replace) and not reason.strip():
        raise Refused("请写明选定的理由。", "理由会记在修改记录里。", "no_reason")
    report = apply_batch(
        store, batch, accept=accept, choices=choices, replace=replace, backup_first=backup_first
    )
    if reason.strip():
        _record(store, batch, decided, reason.strip())
    return report


def _decided(store: Store, batch: UUID, choices: Mapping[int, Choice]) -> list[tuple[str, UUID | None, str]]:
    """The conflicts that are decided against what is stored: register, record, label."""
    taken = [seq for seq, choice in choices.items() if choice == "incoming"]
    with store.read() as session:
        rows = session.scalars(
            select(StagedRow).where(
                StagedRow.batch_id == batch, StagedRow.action == "conflict", StagedRow.seq.in_(taken)
            )
        )
        return [(row.register, row.record_id, row.label) for row in rows]


def _record(store: Store, batch: UUID, decided: list[tuple[str, UUID | None, str]], reason: str) -> None:
    person = store.actor.person
    with store.write() as session:
        session.execute(update(Batch).where(Batch.id == batch).values(note=reason))
        entries = [
            {
                "at": now(), "by": person, "action": "choose", "register": register, "record_id": record,
                "before": None, "after": None, "note": f"选定回报中的内容：{reason}",
            }
            for register, record, _label in decided
        ]  # fmt: skip
        if entries:
            session.execute(insert(AuditEntry), entries)


def read_coverage(store: Store, period: str) -> tuple[Coverage, Deadline]:
    """Who has handed in the month, and when it is due."""
    with store.read() as session:
        return coverage(session, str(Period(period))), deadline(session, period, store.today())


def reminder(found: Coverage, due: Deadline, period: str, today: date) -> str:
    """催报名单, ready to be pasted into a chat; "" when everybody has handed in."""
    missing = [unit for unit in found.units if not unit.received]
    if not missing:
        return ""
    streets = [unit.name for unit in missing if unit.kind == "street"]
    others = [unit.name for unit in missing if unit.kind != "street"]
    lines = [
        f"截至 {today.month} 月 {today.day} 日，{Period(period).display()}数字经济工作回报还有 {len(missing)} 家未报："
    ]
    if streets:
        lines.append(f"街道（{len(streets)}）：{'、'.join(streets)}")
    if others:
        lines.append(f"部门和运营商（{len(others)}）：{'、'.join(others)}")
    day = f"{due.day.month} 月 {due.day.day} 日（周{WEEKDAYS[due.day.weekday()]}）"
    lines.append(
        f"已过截止日 {day}，请尽快报送。" if due.left < 0 else f"请于 {day}下班前报送；没有新增的请零报送。"
    )
    return "\n".join(lines)
