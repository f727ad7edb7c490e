"""月调度 and 收表: check, hand in, correct; read, look at, apply, send back, undo. Shared by windows and command line.

The workbook libraries are imported when a return is written or read, not when the program starts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from sqlalchemy import select

from db import checks, firing
from db.findings import Finding, tally
from db.lookup import Directory
from db.models import Batch, StagedRow
from db.periods import Period
from db.plan_types import Plan
from db.registers import REGISTERS
from db.store import Store
from desktop.actions.attachments import take_packs

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from returns.pace import Cancelled, Progress
    from returns.results import FileReport, Submitted
    from returns.stage import StagedBatch
    from returns.submit import Checked
    from returns.write import Written

# ---------------------------------------------------------------- the clerk's side


def check(store: Store, period: str, *, today: date | None = None) -> Checked:
    """The month's findings, which warnings are still to be explained, and the explanations given.

    How often each rule spoke is kept (db/firing.py).
    """
    from returns import submit

    unit, month = store.actor.unit_code, str(Period(period))
    with store.read() as session:
        checked = submit.check(session, unit, month, today or store.today())
    _count(store, unit, month, checked.findings)
    return checked


def _count(store: Store, unit: str, period: str, findings: Iterable[Finding]) -> None:
    with store.write() as session:
        firing.count(session, unit, period, ((each.id, each.register) for each in findings))


def _count_received(store: Store, unit: str, period: str) -> None:
    """What the rules say of a unit's month as it stands here after its return was applied or taken back."""
    with store.read() as session:
        findings = checks.check_month(session, unit, period, today=store.today())
    _count(store, unit, period, findings)


def check_month(store: Store, period: str, *, today: date | None = None) -> dict[str, Any]:
    """What `qianqi check --json` prints: {"period","unit","errors","warnings","infos","findings"}."""
    from returns.submit import sheet_name

    checked = check(store, period, today=today)
    counts = tally(checked.findings)
    labels = {(key, field.name): field.label for key in REGISTERS for field in REGISTERS[key].fields}
    findings = []
    for each in checked.findings:
        data = each.as_json()
        data["sheet"] = each.sheet or sheet_name(each.register)
        data["column"] = each.column or labels.get((each.register, each.field), "")
        data["explained"] = each in checked.explained
        findings.append(data)
    return {
        "period": checked.period,
        "unit": checked.unit,
        "errors": counts.errors,
        "warnings": counts.warnings,
        "infos": counts.infos,
        "findings": findings,
    }


def explain(store: Store, period: str, finding: Finding, text: str) -> None:
    """Keep why a warning is right as it stands. Refused for a text that explains nothing."""
    from db import explanations

    with store.write() as session:
        explanations.explain(session, finding, text, store.actor, str(Period(period)))


def load_cover(store: Store, period: str) -> dict[str, Any]:
    """The cover of the month's next return, filled in as far as it is known."""
    from returns import submit

    with store.read() as session:
        return submit.load_cover(session, store.actor.unit_code, str(Period(period)))


def save_cover(store: Store, period: str, values: Mapping[str, Any]) -> None:
    """Keep what was typed on the cover. Refused for a month that is handed in."""
    from returns import submit

    with store.write() as session:
        submit.save_cover(session, store.actor.unit_code, str(Period(period)), values, store.actor)


def submit_return(
    store: Store,
    period: str,
    out: Path,
    *,
    cover: Mapping[str, Any] | None = None,
    zero_report: bool = False,
    correction_reason: str = "",
    sign_later: bool = False,
    today: date | None = None,
) -> Submitted:
    """上报: write the return, keep a copy, lock the month. See returns.submit.submit for what may refuse it."""
    from returns import submit

    return submit.submit(
        store, period, out, cover=cover, zero_report=zero_report, correction_reason=correction_reason,
        sign_later=sign_later, today=today,
    )  # fmt: skip


def rewrite_return(store: Store, period: str, out: Path) -> Submitted:
    """Write a month that is handed in once more, the same revision. Refused (“not_sent”) for an open month."""
    from returns import submit

    return submit.rewrite(store, period, Path(out))


def export_draft(store: Store, period: str, out: Path, *, today: date | None = None) -> Written:
    """The month as it stands, marked 草稿; nothing is locked."""
    from returns import submit

    with store.read() as session:
        return submit.write_draft(
            session,
            store.actor.unit_code,
            str(Period(period)),
            Path(out),
            today or store.today(),
            store.actor.person,
        )


def reopen_month(store: Store, period: str, reason: str) -> int:
    """Open a handed-in month for a correction; returns the revision it will have."""
    from returns import submit

    with store.write() as session:
        return submit.reopen(session, store.actor.unit_code, str(Period(period)), reason, store.actor)


def make_template(source: Store | Plan, unit: str, period: str, out: Path) -> Submitted:
    """The empty workbook for `unit`, as `qianqi template` writes it."""
    from returns import submit
    from returns.results import Submitted

    written = submit.write_template(source, unit, period, Path(out))
    manifest = written.manifest
    return Submitted(str(written.out), manifest.unit, manifest.period, manifest.revision, written.sheets)


@dataclass(frozen=True, slots=True)
class PreviewSheet:
    """A sheet of the return as it will print: title, the line below it, header and rows as text."""

    name: str
    title: str
    line: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def preview(store: Store, period: str, *, today: date | None = None) -> list[PreviewSheet]:
    """The sheets of the month's return as they stand now: 封面, the registers, 校验说明."""
    from returns import submit
    from returns.preview import sheets

    with store.read() as session:
        unit = store.actor.unit_code
        content = submit.content_of(
            session, unit, str(Period(period)), today or store.today(), store.actor.person
        )
        return [PreviewSheet(*each) for each in sheets(content)]


# ---------------------------------------------------------------- the supervisor's side


def stage_returns(
    store: Store,
    paths: Iterable[Path],
    *,
    period: str | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> list[StagedBatch]:
    """Read files and keep what each would change; the register stays as it is.

    Folders are opened, lock files and repeated files told and left out (returns/inbox.py). 附件包 (.zip) among the files, or beside a workbook, are taken in; they come last, with what became of them.
    """
    from returns import receive
    from returns.inbox import gather
    from returns.packs import is_pack
    from returns.results import ACCEPTED, FileReport
    from returns.stage import StagedBatch

    inbox = gather(paths)
    files = inbox.files
    workbooks = [path for path in files if not is_pack(path)]
    staged = receive.stage(
        store,
        workbooks,
        store.actor,
        period=period,
        today=store.today(),
        progress=progress,
        cancelled=cancelled,
    )
    told = take_packs(store, files, progress, cancelled)
    for place, (path, each) in enumerate(zip(workbooks, staged, strict=False)):
        report = inbox.about(path, each.report)
        if path in told:
            report = report.but(warnings=(*report.warnings, told[path]))
        staged[place] = changed(each, report=report)
    given = [path for path in files if is_pack(path) and path in told]
    return [
        *staged,
        *(
            StagedBatch(FileReport(path.name, ACCEPTED, warnings=(told[path],)), state="attachments")
            for path in given
        ),
        *(StagedBatch(report, state="left_out") for report in inbox.left_out),
    ]


def receive_files(
    store: Store,
    paths: Iterable[Path],
    *,
    period: str | None = None,
    replace: bool = False,
    restate: str = "",
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> list[FileReport]:
    """Stage and apply, keeping what is stored wherever there is a conflict: `qianqi receive --apply`.

    附件包 (.zip) among the files, or beside a workbook, are taken in as by `stage_returns`.
    """
    from returns import receive
    from returns.inbox import gather
    from returns.packs import is_pack
    from returns.results import ACCEPTED, FileReport

    inbox = gather(paths)
    files = inbox.files
    workbooks = [path for path in files if not is_pack(path)]
    reports = receive.receive(
        store, workbooks, store.actor, period=period, replace=replace, restate=restate, today=store.today(),
        progress=progress, cancelled=cancelled,
    )  # fmt: skip
    for unit, month in dict.fromkeys(
        (each.unit, each.period) for each in reports if each.outcome != "rejected"
    ):
        if unit and month:
            _count_received(store, unit, month)
    told = take_packs(store, files, progress, cancelled)
    for place, (path, report) in enumerate(zip(workbooks, reports, strict=False)):
        if path in told:
            reports[place] = report.but(warnings=(*report.warnings, told[path]))
    given = [path for path in files if is_pack(path) and path in told]
    packs = [FileReport(path.name, ACCEPTED, warnings=(told[path],)) for path in given]
    return [*reports, *packs, *inbox.left_out]


def apply_batch(
    store: Store,
    batch: UUID,
    *,
    accept: Literal["all"] | Collection[int] = "all",
    choices: Mapping[int, Literal["incoming", "present"]] | None = None,
    replace: bool = False,
    restate: str = "",
    backup_first: bool = True,
) -> FileReport:
    """接收: write a staged return into the register, after a verified backup. See returns.apply.apply."""
    from returns import receive

    report = receive.apply(
        store, batch, store.actor, accept=accept, choices=choices, replace=replace, restate=restate,
        backup_first=backup_first, today=store.today(),
    )  # fmt: skip
    if report.unit and report.period:
        _count_received(store, report.unit, report.period)
    return report


def undo_batch(store: Store, batch: UUID, restate: str = "") -> None:
    """撤销接收: everything is as it was before. Refused when something was changed since.

    `restate`: why the figures of a closed month may change. Refused (“month_closed”) without it.
    """
    from returns import receive

    receive.undo(store, batch, store.actor, restate=restate)
    with store.read() as session:
        undone = session.get(Batch, batch)
        counted = undone is not None and undone.kind != "handdown"
        unit, period = (undone.unit_code, undone.period) if undone is not None and counted else (None, None)
    if unit and period:
        _count_received(store, unit, period)


def send_back(store: Store, batch: UUID, reason: str, out: Path) -> Path:
    """退回: the sender's own workbook with the cells marked; returns where it was written."""
    from returns import receive

    return receive.send_back(store, batch, reason, Path(out), store.actor)


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One file of 收表, with how many rows are new, the same, changed, gone, in conflict or bad."""

    id: UUID
    file_name: str
    unit: str
    unit_name: str
    period: str
    revision: int
    state: str  # staged, applied, sent_back, undone
    rows_read: int
    counts: Mapping[str, int]
    needs_choice: bool
    findings: Sequence[Mapping[str, Any]]
    correction_reason: str
    created_at: datetime
    note: str = ""
    situations: Sequence[Mapping[str, Any]] = ()  # id, message, todo, weight (returns/situations.py)

    @property
    def clean(self) -> bool:
        """Nothing in it asks for a decision."""
        return (
            self.state == "staged"
            and not self.needs_choice
            and not any(each["weight"] == "asks" for each in self.situations)
            and not any(self.counts.get(action) for action in ("gone", "conflict", "bad"))
        )


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row of a file: what would happen to it, and its cells old and new."""

    seq: int
    register: str
    action: str
    label: str
    accepted: bool
    reason: str
    sheet: str
    row: int | None
    changes: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


def batches(
    store: Store, period: str, states: Collection[str] = ("staged", "applied", "sent_back")
) -> list[BatchLine]:
    """The files of a month, newest first."""
    with store.read() as session:
        names = Directory(session)
        found = session.scalars(
            select(Batch)
            .where(Batch.kind == "return", Batch.period == str(Period(period)), Batch.state.in_(states))
            .order_by(Batch.created_at.desc())
        ).all()
        counts: dict[UUID, Counter[str]] = {batch.id: Counter() for batch in found}
        cases = {batch.id: _cases(session, batch) for batch in found}
        for key in counts:
            counts[key].update(session.scalars(select(StagedRow.action).where(StagedRow.batch_id == key)))
        return [
            BatchLine(
                id=batch.id,
                file_name=batch.file_name,
                unit=batch.unit_code or "",
                unit_name=names.name("unit", batch.unit_code),
                period=batch.period or "",
                revision=batch.revision or 0,
                state=batch.state,
                rows_read=batch.rows_read,
                counts=dict(counts[batch.id]),
                needs_choice=_has(cases[batch.id], "other_content"),
                findings=list(batch.findings or ()),
                correction_reason=str((batch.cover or {}).get("correction_reason") or ""),
                created_at=batch.created_at,
                note=batch.note or "",
                situations=cases[batch.id],
            )
            for batch in found
        ]


def _cases(session: Session, batch: Batch) -> list[Mapping[str, Any]]:
    """The situations of a file: those of the file itself, and for a waiting one what the register says by now."""
    from returns import situations

    kept: list[Mapping[str, Any]] = list((batch.cover or {}).get("situations") or ())
    if batch.state != "staged":
        return kept
    try:
        now = situations.of_batch(session, batch)
    except situations.TurnedAway as error:
        now = [error.situation]
    return [
        *(each.as_json() for each in now),
        *(each for each in kept if each["id"] not in situations.OF_REGISTER),
    ]


def _has(cases: Sequence[Mapping[str, Any]], case: str) -> bool:
    return any(each["id"] == case for each in cases)


def batch_rows(store: Store, batch: UUID, actions: Collection[str] | None = None) -> list[RowLine]:
    """The rows of a file, by number; `actions` leaves out the others (the unchanged ones are many)."""
    with store.read() as session:
        query = select(StagedRow).where(StagedRow.batch_id == batch).order_by(StagedRow.seq)
        if actions is not None:
            query = query.where(StagedRow.action.in_(actions))
        return [
            RowLine(
                seq=row.seq,
                register=row.register,
                action=row.action,
                label=row.label,
                accepted=row.accepted,
                reason=str((row.values or {}).get("reason") or ""),
                sheet=row.sheet,
                row=row.row_no,
                changes=tuple(row.changes or ()),
            )
            for row in session.scalars(query)
        ]
