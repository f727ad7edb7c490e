"""Reads returns into batches: what each would change, kept beside the register, which stays untouched.

The comparison itself is in diff.py, carrying it out in apply.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import cadence, plan_store, settings
from db.checks import check_cover, check_late, check_record, context, with_rows
from db.collector import uncollected
from db.errors import KnownError
from db.findings import Finding, Severity
from db.lookup import Directory
from db.models import Batch, StagedRow
from db.periods import Period
from db.store import Actor, Store
from db.types import new_key
from returns import files, results
from returns.batches import (
    APPLIED,
    STAGED,
    check_practice,
    drop_staged,
    incoming_of,
    keep,
    keep_copy,
    staged_alike,
)
from returns.cover import SIGNED
from returns.diff import BAD, CONFLICT, GONE, NEW, SAME, UPDATE, Diff, Planned
from returns.digests import file_digest
from returns.file_cases import of_file
from returns.history import History
from returns.pace import CANCELLED, UNHURRIED, Cancelled, Pace, Progress
from returns.read import ReadReturn, load, read_return
from returns.results import FileReport, rejected
from returns.situations import Case, Situation, TurnedAway, loud, of_register, title
from returns.special.receive import SpecialDiff, known_sheets, told_of_tables
from returns.staged_rows import write_rows
from returns.workbook import sheet_of


@dataclass(frozen=True, slots=True)
class StagedBatch:
    """A file that was read. `batch` is None where it was rejected; `counts` are rows by action.

    `needs_choice`: the same revision was received with other content, someone must say which is right.
    """

    report: FileReport
    batch: UUID | None = None
    unit_name: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    needs_choice: bool = False
    state: str = STAGED
    situations: tuple[Situation, ...] = ()

    @property
    def clean(self) -> bool:
        """Nothing in it asks for a decision: it may be applied as it is."""
        asks = sum(self.counts.get(action, 0) for action in (GONE, CONFLICT, BAD))
        undecided = self.needs_choice or any(each.asks for each in self.situations)
        return self.batch is not None and not asks and not undecided and self.state == STAGED


def stage(
    store: Store,
    paths: Iterable[Path],
    actor: Actor,
    *,
    period: str | None = None,
    today: date | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> list[StagedBatch]:
    """Read every file and keep what it would change. The register is not touched.

    `period`: only returns of this month are taken. A file that can not be used gives a rejected report.
    """
    files = [Path(path) for path in paths]
    found: list[StagedBatch] = []
    for place, path in enumerate(files):
        if cancelled is not None and cancelled():
            break
        if progress is not None:
            progress(place, len(files), path.name)
        try:
            found.append(_stage(store, path, actor, period, today, _pace(place, files, progress, cancelled)))
        except KnownError as error:
            if error.id == CANCELLED:
                break
            found.append(StagedBatch(rejection(path.name, error)))
    if progress is not None:
        progress(len(files), len(files), "")
    return found


def _pace(place: int, paths: Sequence[Path], progress: Progress | None, cancelled: Cancelled | None) -> Pace:
    """How one of these files is told of: the only one row by row, of several which one it is."""
    if progress is None or len(paths) == 1:
        return Pace(progress, cancelled).within(paths[place].name)

    def told(done: int, total: int, step: str) -> None:
        rows = f" {done:,} / {total:,}" if total else ""
        progress(place, len(paths), f"{paths[place].name}：{step}{rows}")

    return Pace(told, cancelled)


def rejection(name: str, error: KnownError) -> FileReport:
    """The report of a file that can not be used."""
    # What stands in the way of reading at all means, for the sender, “this is no return”.
    rule = error.id if error.id.startswith("RET-") else "RET-002"
    if isinstance(error, TurnedAway):
        return rejected(name, rule, str(error), situations=(error.situation,), **error.known)
    told = Situation(error.id.lower().replace("-", "_"), error.message, error.hint, "asks")
    return rejected(name, rule, str(error), situations=(told,))


def _stage(
    store: Store, path: Path, actor: Actor, period: str | None, today: date | None, pace: Pace
) -> StagedBatch:
    data = load(path)
    with uncollected(), store.write() as session:
        prepared = prepare(session, path, data, actor, period=period, today=today, pace=pace)
        if isinstance(prepared, StagedBatch):
            return prepared
        keep_prepared(session, prepared, actor)
        write_rows(session, prepared.batch, prepared.planned, fresh=True)
    keep_copy(store, prepared.found, data)
    return prepared.staged


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was read and compared with the register; nothing of it is kept yet."""

    found: ReadReturn
    planned: list[Planned]
    findings: list[Finding]
    staged: StagedBatch

    @property
    def batch(self) -> UUID:
        assert self.staged.batch is not None
        return self.staged.batch


def prepare(
    session: Session,
    path: Path,
    data: bytes,
    actor: Actor,
    *,
    period: str | None = None,
    today: date | None = None,
    book: files.Book | None = None,
    pace: Pace = UNHURRIED,
) -> Prepared | StagedBatch:
    """Read a file and work out what it would change; a StagedBatch for one that was received before.

    `book`: its content, where it was opened already. KnownError for a file that can not be used, or where `pace` is
    to stop.
    """
    sha = file_digest(data)
    known = _applied_before(session, sha, path.name)
    if known is not None:
        return known
    directory = Directory(session)
    found = read_return(path, directory, data, known_sheets(session), book, pace)
    _check_belongs(session, found, actor, period, directory)
    manifest = found.manifest
    history = History(session, manifest.unit, manifest.period)
    alike = staged_alike(session, sha, found)
    case = Case(manifest.unit, manifest.period, manifest.revision, found.content_digest)
    told = of_register(session, case, history, alike)
    needs_choice = any(each.id == "other_content" for each in told)
    incoming = incoming_of(found)
    diff = Diff(session, incoming, actor.unit_code, directory, history, pace)
    planned = diff.run()
    if (resaved := _same_content(session, found, history, planned, path.name)) is not None:
        return resaved
    findings = [
        *remembered(found.findings, planned, directory),
        *diff.findings,
        *_more(session, found, planned, directory, today, pace),
    ]
    findings[:0] = [
        Finding("RET-003", Severity.ERROR, each.words) for each in told if each.id == "other_content"
    ]
    told += of_file(session, found, planned, today or settings.today(session))
    findings += told_of_tables(session, found.manifest, found.fields)
    planned += SpecialDiff(session, incoming, diff.firm_of, directory).run(len(planned))
    batch = new_key()
    report = report_of(path.name, found, planned, findings, batch, told)
    counts = Counter(each.action for each in planned)
    unit = directory.name("unit", manifest.unit)
    staged = StagedBatch(report, batch, unit, dict(counts), needs_choice, situations=tuple(told))
    return Prepared(found, planned, findings, staged)


def keep_prepared(session: Session, prepared: Prepared, actor: Actor) -> None:
    """Keep the batch of a file in place of an earlier reading of it; its rows are still to be written."""
    staged = prepared.staged
    drop_staged(session, staged_alike(session, prepared.found.sha256, prepared.found))
    keep(
        session, prepared.batch, prepared.found, prepared.findings, actor, staged.report.file,
        staged.needs_choice, staged.situations,
    )  # fmt: skip


# ---------------------------------------------------------------- may it be taken


def _applied_before(session: Session, sha: str, name: str) -> StagedBatch | None:
    """The very same file was received: nothing to do, and the answer says so."""
    batch = session.scalars(
        select(Batch)
        .where(Batch.file_sha256 == sha, Batch.state == APPLIED)
        .order_by(Batch.applied_at.desc())
        .limit(1)
    ).first()
    if batch is None or batch.kind != "return" or _left_out(session, batch.id):
        return None  # what was not taken last time is offered again
    history = History(session, batch.unit_code or "", batch.period or "")
    return _known(session, batch, history, name, "same_file", "这份文件")


def _left_out(session: Session, batch: UUID) -> bool:
    """Whether rows of a received file were not accepted then."""
    query = select(StagedRow.seq).where(
        StagedRow.batch_id == batch, StagedRow.action.in_((NEW, UPDATE)), StagedRow.before.is_(None)
    )
    return session.scalar(query.limit(1)) is not None


def _same_content(
    session: Session, found: ReadReturn, history: History, planned: Sequence[Planned], name: str
) -> StagedBatch | None:
    """Another file that says what was received: saved again, or the month written once more."""
    if history.month_batch is None or found.manifest.revision != history.revision:
        return None
    batch = session.get(Batch, history.month_batch)
    if batch is None or batch.content_digest != found.content_digest:
        return None
    if any(each.action != SAME for each in planned):
        return None  # it was received in part, or something was taken away here since
    return _known(session, batch, history, name, "same_content", "内容相同的文件")


def _known(session: Session, batch: Batch, history: History, name: str, case: str, what: str) -> StagedBatch:
    unit, period, revision = batch.unit_code or "", batch.period or "", batch.revision or 0
    when = batch.applied_at.astimezone().strftime("%Y-%m-%d %H:%M") if batch.applied_at else ""
    newer = f"之后已接收第 {history.revision} 版。" if history.revision > revision else ""
    told = Situation(
        case,
        f"{title(session, unit, period, revision)}：{what}已于 {when} 接收过，没有再次写入。",
        newer or "不用再做什么。",
    )
    report = FileReport(
        name, results.ACCEPTED, unit=unit, period=period, revision=revision, batch=batch.id.hex,
        rows_read=batch.rows_read, unchanged=batch.rows_read, warnings=(told.words,), situations=(told,),
    )  # fmt: skip
    return StagedBatch(
        report, batch.id, Directory(session).name("unit", unit), {SAME: batch.rows_read}, state=APPLIED,
        situations=(told,),
    )  # fmt: skip


def _check_belongs(
    session: Session, found: ReadReturn, actor: Actor, period: str | None, directory: Directory
) -> None:
    manifest, plan = found.manifest, plan_store.current(session)
    name = found.file
    if manifest.region != plan.region_code:
        where = manifest.region_name or manifest.region
        raise TurnedAway(
            "other_region", f"文件“{name}”是{where}的回报，不属于{plan.region}。", "请核对是否发错了文件。"
        )
    check_practice(session, manifest.practice, name)
    known: dict[str, Any] = {"unit": manifest.unit, "period": manifest.period, "revision": manifest.revision}
    whose = f"{manifest.unit_name} {Period(manifest.period).display()}第 {manifest.revision} 版"
    if period is not None and str(Period(period)) != manifest.period:
        raise TurnedAway(
            "other_month",
            f"文件“{name}”是{whose}，现在只收{Period(period).display()}的回报。",
            "请切换到那个月再接收，或核对文件。",
            **known,
        )
    if manifest.unit not in directory.units:
        raise TurnedAway(
            "unknown_unit",
            f"文件“{name}”（{whose}）的填报单位代码 {manifest.unit} 不在机构表中。",
            "请先在“设置”的单位里登记它，再重新读入。",
            **known,
        )


def _more(
    session: Session, found: ReadReturn, planned: Sequence[Planned], directory: Directory, today: date | None,
    pace: Pace,
) -> list[Finding]:  # fmt: skip
    """RET-001, RET-005, and what the rules say of rows that no program checked before they were sent."""
    manifest = found.manifest
    day = today or settings.today(session)
    # What the office wrote by hand on the printed cover is not in the file: a reminder, no error of a row.
    more = [
        replace(each, severity=Severity.WARNING) if each.field in SIGNED else each
        for each in check_cover(
            {**found.cover, "unit_code": manifest.unit, "period": manifest.period, "revision": 1}
        )
    ]
    submitted = found.cover.get("submitted_on") or day
    more += check_late(
        directory.name("unit", manifest.unit),
        submitted,
        cadence.due_for(session, manifest.period, manifest.unit),
    )
    if not any(_unchecked(each) for each in planned):
        return more
    # The rows of a file name each other (a new firm, its visit, its problem) before any of them is stored.
    rows: dict[str, list[dict[str, Any]]] = {}
    for each in planned:
        if each.record is not None and each.target is not None:
            rows.setdefault(each.register, []).append({**each.record, "id": each.target})
    ctx = with_rows(context(session, today=day, period=manifest.period, unit_code=manifest.unit), rows)
    for each in pace.over(planned, "按规则核对"):
        if not _unchecked(each) or each.row is None or each.record is None:
            continue
        columns = {column.field.name: column.label for column in sheet_of(each.register).columns}
        for said in check_record(ctx, each.register, {**each.record, "id": each.target}):
            label = columns.get(said.field, "")
            more.append(
                Finding(
                    said.id, said.severity, said.message, said.register, each.target, said.field, each.row.sheet,
                    each.row.number, label,
                )
            )  # fmt: skip
    return more


def _unchecked(planned: Planned) -> bool:
    """Whether no program checked the row as it is now."""
    row = planned.row
    return row is not None and not row.intact and planned.record is not None and planned.action != SAME


# ---------------------------------------------------------------- telling


def remembered(
    findings: Sequence[Finding], planned: Sequence[Planned], directory: Directory
) -> list[Finding]:
    """The findings, with the old text of an edited cell where the register still holds it."""
    was: dict[tuple[str, int, str], str] = {}
    for each in planned:
        for edit in each.row.edits if each.row is not None and each.stored is not None else ():
            old = edit.known_from(each.stored or {}, directory) if edit.was is None else None
            if old is not None:
                was[edit.sheet, edit.row, edit.message] = replace(edit, was=old).message
    return [
        replace(each, message=was.get((each.sheet, each.row or 0, each.message), each.message))
        for each in findings
    ]


def report_of(
    name: str, found: ReadReturn, planned: Sequence[Planned], findings: Sequence[Finding], batch: UUID,
    told: Sequence[Situation] = (),
) -> FileReport:  # fmt: skip
    """What applying the batch as it is would come to."""
    counts = Counter(each.action for each in planned if each.row is not None and not each.named)
    bad = counts[BAD]
    return FileReport(
        name,
        results.outcome_of(bad, findings),
        unit=found.manifest.unit,
        period=found.manifest.period,
        revision=found.manifest.revision,
        batch=batch.hex,
        rows_read=found.count,
        stored=counts[NEW],
        unchanged=counts[SAME] + counts[CONFLICT],
        updated=counts[UPDATE],
        bad=bad,
        warnings=(*loud(told), *results.words(findings, Severity.WARNING)),
        findings=tuple(findings),
        situations=tuple(told),
    )
