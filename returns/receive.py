"""Receiving returns, from the outside: read and stage, look at, apply, send back, undo.

Each step has its own file; this one only puts them together for the window and the command line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace as changed
from datetime import date
from pathlib import Path

from db import backup
from db.errors import KnownError
from db.findings import Finding, Severity
from db.models import Batch
from db.store import Actor, Store
from returns import situations
from returns.ahead import Ahead, Whose, whose
from returns.apply import apply
from returns.at_once import take
from returns.batches import APPLIED
from returns.inbox import gather
from returns.pace import Cancelled, Progress
from returns.results import ACCEPTED, REJECTED, FileReport
from returns.send_back import send_back
from returns.situations import Situation, TurnedAway
from returns.stage import StagedBatch, stage
from returns.undo import undo

__all__ = [
    "APPLIED", "FileReport", "StagedBatch", "apply", "as_decided", "receive", "send_back", "stage", "undo",
]  # fmt: skip

# Which rule of the catalogue a case stands for; the others go by their own id.
_RULES = {"other_content": "RET-003", "older_revision": "RET-003", "rival": "RET-003"}


def receive(
    store: Store,
    paths: Iterable[Path],
    actor: Actor,
    *,
    period: str | None = None,
    replace: bool = False,
    restate: str = "",
    today: date | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> list[FileReport]:
    """Stage every file and apply those that need no choice: what `qianqi receive` does.

    Conflicts keep what is stored and missing rows stay; both are told. `replace` overwrites a revision that
    came before with other content; `restate` is why a closed month may change; naming the `period` confirms
    a month that is still to come. The order of the files does not matter: revisions are applied as they follow
    each other. One verified backup is made before the first file is applied. Reports come in the order of the
    files, those of lock files and repeated files last.
    """
    given = gather(paths)
    order = {path: whose(path) if len(given.files) > 1 else Whose() for path in given.files}
    offices = Counter(each.unit for each in order.values())
    # Files of one office may be revisions of each other: all of them are looked at before any is applied.
    together = [path for path in given.files if offices[order[path].unit] > 1]
    alone = sorted((path for path in given.files if path not in together), key=lambda path: order[path])
    told = _Told(len(given.files), progress, cancelled)
    reports: dict[Path, FileReport] = {}
    secured = False

    def secure() -> None:
        nonlocal secured
        if not secured:
            backup.make(store.engine, store.folder, reason="接收前")
            secured = True

    def decided(each: StagedBatch, rivals: bool = False) -> FileReport:
        return as_decided(each, period=period, replace=replace, restate=restate, rivals=rivals)

    def step_by_step(each: StagedBatch) -> FileReport:
        if each.batch is not None and each.state != APPLIED:
            each = look_again(store, each)
        if each.batch is None or each.state == APPLIED:
            return each.report
        report = decided(each, rivals=len(staged) > 1)
        if report.outcome == REJECTED:
            return report
        secure()
        return _apply(store, each, actor, replace, restate, today)

    staged: dict[Path, StagedBatch] = {}
    for path in together:
        if told.stop(path):
            break
        staged[path] = stage(store, [path], actor, period=period, today=today)[0]
    with Ahead(alone) as ahead:
        for path in sorted([*staged, *alone], key=lambda path: order[path]):
            if path in staged:
                reports[path] = step_by_step(staged[path])
                continue
            if told.stop(path):
                continue
            report = take(
                store, path, actor, decided, secure, period=period, replace=replace, restate=restate, today=today,
                book=ahead.open(path),
            )  # fmt: skip
            if report is None:
                report = step_by_step(stage(store, [path], actor, period=period, today=today)[0])
            reports[path] = report
    told.done()
    return [given.about(path, reports[path]) for path in given.files if path in reports] + given.left_out


class _Told:
    """Tells how far it is, file by file, and listens whether to stop; what was begun is finished."""

    def __init__(self, total: int, progress: Progress | None, cancelled: Cancelled | None) -> None:
        self._total, self._progress, self._cancelled = total, progress, cancelled
        self._begun, self._stopped = 0, False

    def stop(self, path: Path) -> bool:
        self._stopped = self._stopped or (self._cancelled is not None and self._cancelled())
        if not self._stopped:
            if self._progress is not None:
                self._progress(self._begun, self._total, path.name)
            self._begun += 1
        return self._stopped

    def done(self) -> None:
        if self._progress is not None:
            self._progress(self._total, self._total, "")


def look_again(store: Store, staged: StagedBatch) -> StagedBatch:
    """A staged file as the register judges it by now: another one of this call may have come in since."""
    assert staged.batch is not None
    report = staged.report
    with store.read() as session:
        batch = session.get(Batch, staged.batch)
        if batch is None:
            name = situations.title(session, report.unit or "", report.period or "", report.revision or 0)
            told = Situation("given_twice", f"{name}：另有一份内容相同的文件，只读一次。")
            return StagedBatch(
                report.but(outcome=ACCEPTED, batch=None, stored=0, updated=0, unchanged=0, rows_read=0, bad=0,
                           findings=(), warnings=(told.words,), situations=(told,)),
                unit_name=staged.unit_name, situations=(told,),
            )  # fmt: skip
        try:
            found = situations.of_batch(session, batch)
        except TurnedAway as error:
            found = [error.situation]
    kept = [each for each in staged.situations if each.id not in situations.OF_REGISTER]
    return changed(
        staged,
        needs_choice=any(each.id == "other_content" for each in found),
        situations=(*found, *kept),
        report=report.but(situations=(*found, *kept)),
    )


def as_decided(
    staged: StagedBatch,
    *,
    period: str | None = None,
    replace: bool = False,
    restate: str = "",
    rivals: bool = True,
) -> FileReport:
    """The report of a staged file: rejected, with the sentences, where it asks for what was not decided.

    `rivals`: whether another content of the same revision stands against it; naming one file alone decides that.
    """
    decided = {
        "other_content": replace,
        "month_closed": bool(restate.strip()),
        "future_month": period is not None,
        "rival": not rivals,
    }
    asked = [each for each in staged.situations if each.asks and not decided.get(each.id)]
    if not asked:
        return staged.report
    findings = [Finding(_RULES.get(each.id, each.id), Severity.ERROR, each.words) for each in asked]
    said = {each.message for each in findings}
    rest = [each for each in staged.report.findings if each.message not in said]
    told = [each for each in staged.report.warnings if each not in said]
    return staged.report.but(
        outcome=REJECTED, rows_read=0, stored=0, updated=0, unchanged=0, bad=0, findings=(*findings, *rest),
        warnings=tuple(told),
    )  # fmt: skip


def _apply(
    store: Store, staged: StagedBatch, actor: Actor, replace: bool, restate: str, today: date | None
) -> FileReport:
    assert staged.batch is not None
    try:
        report = apply(
            store, staged.batch, actor, replace=replace, restate=restate, backup_first=False, today=today
        )
        return report.but(situations=staged.situations)  # as they stood when it was decided
    except KnownError as error:
        rule = error.id if error.id == "RET-003" else "RET-002"
        finding = Finding(rule, Severity.ERROR, str(error))
        return staged.report.but(
            outcome=REJECTED, rows_read=0, stored=0, updated=0, unchanged=0, bad=0, findings=(finding,)
        )
