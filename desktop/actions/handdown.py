"""下发: made at the district, taken in at the units. Shared by the windows and the command line; no Qt here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy import func, select

from db.lookup import Directory
from db.models import Batch, HandDown, OrgUnit, StagedRow
from db.store import Store
from desktop.actions.returns import BatchLine

if TYPE_CHECKING:
    from returns.handdown.compose import Issued
    from returns.results import FileReport
    from returns.stage import StagedBatch

Progress = Callable[[int, int, str], None]
KIND = "handdown"


@dataclass(frozen=True, slots=True)
class Made:
    """One 下发 that this office made."""

    number: int
    period: str
    contents: tuple[str, ...]
    whom: str
    files: tuple[str, ...]
    note: str
    made_at: datetime


def issue(
    store: Store, contents: Sequence[str], out: Path, *, units: Sequence[str] = (), each: bool = False, period: str = "",
    note: str = "", firms_by_street: bool = False, tables: Sequence[str] = (),
) -> Issued:  # fmt: skip
    """Write a 下发 to `out` (a file, or a folder for one file per unit). Errors as returns.handdown.compose.issue."""
    from returns.handdown import compose

    order = compose.Order(
        tuple(contents), tuple(units), each, period, note, compose.BY_STREET if firms_by_street else compose.ALL,
        tuple(tables),
    )  # fmt: skip
    return compose.issue(store, order, Path(out))


def made(store: Store) -> list[Made]:
    """What was sent down from here, the newest first."""
    with store.read() as session:
        names = Directory(session)
        return [
            Made(
                each.number, each.period or "", tuple(each.contents),
                "、".join(names.name("unit", code) for code in each.recipients) if each.recipients else "全区各单位",
                tuple(each.files), each.note or "", each.made_at,
            )
            for each in session.scalars(select(HandDown).order_by(HandDown.number.desc()))
        ]  # fmt: skip


def next_number(store: Store) -> int:
    """The number that the next 下发 gets."""
    with store.read() as session:
        return int(session.scalar(select(func.max(HandDown.number))) or 0) + 1


def units(store: Store) -> list[tuple[str, str]]:
    """Code and name of those a 下发 may go to: who reports, streets first."""
    own = store.actor.unit_code
    with store.read() as session:
        found = session.scalars(
            select(OrgUnit).where(OrgUnit.active.is_(True), OrgUnit.reports.is_(True), OrgUnit.code != own)
        ).all()
    ordered = sorted(found, key=lambda unit: (unit.kind != "street", unit.code))
    return [(unit.code, unit.name) for unit in ordered]


# ---------------------------------------------------------------- at the unit


def is_handdown(path: Path) -> bool:
    """Whether a file says that it is a 下发."""
    from returns.handdown import read

    return read.is_handdown(path)


def stage(store: Store, paths: Sequence[Path], progress: Progress | None = None) -> list[StagedBatch]:
    """Read 下发 files and keep what each would change; the register stays as it is."""
    from returns.handdown import stage as staging

    return staging.stage(store, paths, store.actor, progress)


def apply(
    store: Store, batch: UUID, *, accept: Literal["all"] | Collection[int] = "all",
    choices: Mapping[int, Literal["incoming", "present"]] | None = None, backup_first: bool = True,
) -> FileReport:  # fmt: skip
    """采用: write a staged 下发 into the register, after a verified backup."""
    from returns.handdown import apply as applying

    return applying.apply(
        store, batch, store.actor, accept=accept, choices=choices, backup_first=backup_first
    )


def receive(store: Store, paths: Sequence[Path], *, write: bool) -> list[FileReport]:
    """Stage, and with `write` take, what needs no choice: `qianqi receive` of 下发 files. The rest is told."""
    reports = []
    for staged in stage(store, paths):
        if not write or staged.batch is None or staged.state != "staged":
            reports.append(staged.report)
            continue
        report = apply(store, staged.batch)
        open_ = sum(staged.counts.get(action, 0) for action in ("gone", "conflict"))
        told = (f"有 {open_} 项要选定，已保留现有内容，请在“下发”里查看。",) if open_ else ()
        reports.append(report.but(warnings=(*report.warnings, *told)))
    return reports


def undo(store: Store, batch: UUID) -> None:
    """Take a 下发 back whole. Refused where something was changed since."""
    from returns import receive as receiving

    receiving.undo(store, batch, store.actor)


def batches(store: Store) -> list[BatchLine]:
    """The 下发 that were read here, the newest first."""
    with store.read() as session:
        found = session.scalars(
            select(Batch)
            .where(Batch.kind == KIND, Batch.state.in_(("staged", "applied")))
            .order_by(Batch.created_at.desc())
        ).all()
        lines = []
        for batch in found:
            cover = batch.cover or {}
            counts = Counter(session.scalars(select(StagedRow.action).where(StagedRow.batch_id == batch.id)))
            lines.append(
                BatchLine(
                    id=batch.id, file_name=batch.file_name, unit=batch.unit_code or "",
                    unit_name=str(cover.get("sender_name") or ""), period=batch.period or "",
                    revision=batch.revision or 0, state=batch.state, rows_read=batch.rows_read, counts=dict(counts),
                    needs_choice=False, findings=list(batch.findings or ()), correction_reason="",
                    created_at=batch.created_at, note=str(cover.get("note") or ""),
                )
            )  # fmt: skip
        return lines
