"""收表 beyond reading and applying: why a conflict was decided as it was, and who is still to be reminded. No Qt here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy import insert, select, update

from db import closing, restating
from db.closing import Closing
from db.coverage import Coverage, coverage
from db.deadlines import Deadline, deadline
from db.errors import Refused
from db.models import AuditEntry, Batch, StagedRow
from db.periods import Period
from db.restating import Restatement
from db.store import Store
from db.types import now
from desktop.actions.returns import apply_batch, stage_returns

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
    restate: str = "",
    backup_first: bool = True,
) -> FileReport:
    """接收 with decisions. What takes the place of another office's entry needs a `reason`, which is recorded.

    `restate`: why a closed month may change (as apply_batch). Refused (“no_reason”) before anything is written; otherwise as apply_batch.
    """
    chosen = choices or {}
    decided = _decided(store, batch, chosen)
    if (decided or replace) and not reason.strip():
        raise Refused("请写明选定的理由。", "理由会记在修改记录里。", "no_reason")
    report = apply_batch(
        store,
        batch,
        accept=accept,
        choices=choices,
        replace=replace,
        restate=restate,
        backup_first=backup_first,
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


def look(
    store: Store,
    paths: Iterable[Path],
    *,
    period: str | None = None,
    replace: bool = False,
    restate: str = "",
) -> list[FileReport]:
    """Stage files; the reports say what receiving each of them with these answers would come to."""
    from returns.receive import as_decided, look_again

    staged = stage_returns(store, paths, period=period)
    seen = [look_again(store, each) if each.batch and each.state == "staged" else each for each in staged]
    return [as_decided(each, period=period, replace=replace, restate=restate) for each in seen]


def write_errors(store: Store, reports: Sequence[FileReport], out: Path) -> int:
    """The findings as a workbook to pass on: a list, and the senders' sheets with the cells marked."""
    from returns.findings_book import write_findings

    return write_findings(reports, out, store)


@dataclass(frozen=True, slots=True)
class MonthState:
    """Whether a month is closed, and what was restated in it since."""

    closing: Closing | None = None
    restatements: tuple[Restatement, ...] = ()


def month_state(store: Store, period: str) -> MonthState:
    """关账 and 重述 of a month."""
    with store.read() as session:
        month = str(Period(period))
        return MonthState(closing.closing_of(session, month), restating.restatements(session, month))


def close_month(store: Store, period: str) -> Closing:
    """关账: the month's figures are kept as they are now; from here on it changes only by restatements.

    Refused: “already_closed”; “not_supervisor” for an office that only hands in.
    """
    _supervisor(store)
    with store.write() as session:
        return restating.close_month(session, str(Period(period)), store.actor)


def reopen_closed_month(store: Store, period: str, reason: str) -> None:
    """重开 a closed month; kept among its restatements. Refused: “not_closed”, “no_reason”, “not_supervisor”."""
    _supervisor(store)
    with store.write() as session:
        restating.reopen_month(session, str(Period(period)), reason, store.actor)


def _supervisor(store: Store) -> None:
    if store.actor.role != "supervisor":
        raise Refused("关账由区里办理。", "街道和部门上报后，本月自动锁定。", "not_supervisor")


def read_coverage(store: Store, period: str) -> tuple[Coverage, Deadline]:
    """Who has handed in the month, and when it is due."""
    with store.read() as session:
        return coverage(session, str(Period(period))), deadline(session, period, store.today())
