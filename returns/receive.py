"""Receiving returns, from the outside: read and stage, look at, apply, send back, undo.

Each step has its own file; this one only puts them together for the window and the command line.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from db import backup
from db.errors import KnownError
from db.findings import Finding, Severity
from db.store import Actor, Store
from returns.apply import apply
from returns.batches import APPLIED
from returns.results import REJECTED, FileReport
from returns.send_back import send_back
from returns.stage import Cancelled, Progress, StagedBatch, stage
from returns.undo import undo

__all__ = ["APPLIED", "FileReport", "StagedBatch", "apply", "receive", "send_back", "stage", "undo"]


def receive(
    store: Store,
    paths: Iterable[Path],
    actor: Actor,
    *,
    period: str | None = None,
    replace: bool = False,
    today: date | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> list[FileReport]:
    """Stage every file and apply those that need no choice: what `qianqi receive` does.

    Conflicts keep what is stored and missing rows stay; both are told. `replace` overwrites a revision that
    came before with other content. One verified backup is made before the first file is applied.
    """
    reports: list[FileReport] = []
    secured = False
    for path in paths:
        for staged in stage(
            store, [path], actor, period=period, today=today, progress=progress, cancelled=cancelled
        ):
            if staged.batch is None or staged.state == APPLIED:
                reports.append(staged.report)
            elif staged.needs_choice and not replace:
                reports.append(staged.report.but(outcome=REJECTED, stored=0, updated=0, unchanged=0))
            else:
                if not secured:
                    backup.make(store.engine, store.folder, reason="接收前")
                    secured = True
                reports.append(_apply(store, staged, actor, replace, today))
    return reports


def _apply(store: Store, staged: StagedBatch, actor: Actor, replace: bool, today: date | None) -> FileReport:
    assert staged.batch is not None
    try:
        report = apply(store, staged.batch, actor, replace=replace, backup_first=False, today=today)
    except KnownError as error:
        finding = Finding("RET-003" if error.id == "RET-003" else "RET-002", Severity.ERROR, str(error))
        return staged.report.but(outcome=REJECTED, stored=0, updated=0, unchanged=0, findings=(finding,))
    return report
