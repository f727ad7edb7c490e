"""Reads returns into batches: what each would change, kept beside the register, which stays untouched.

The comparison itself is in diff.py, carrying it out in apply.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import plan_store, settings
from db.checks import check_cover, check_late, check_record, context, with_rows
from db.deadlines import deadline
from db.errors import KnownError, Refused
from db.findings import Finding, Severity
from db.lookup import Directory
from db.models import Batch
from db.periods import Period
from db.store import Actor, Store
from returns import results
from returns.batches import APPLIED, STAGED, check_practice, drop_staged, incoming_of, keep, keep_copy
from returns.cover import SIGNED
from returns.diff import BAD, CONFLICT, GONE, NEW, SAME, UPDATE, Diff, Planned
from returns.digests import file_digest
from returns.history import History
from returns.read import ReadReturn, load, read_return
from returns.results import FileReport, rejected
from returns.workbook import sheet_of

Progress = Callable[[int, int, str], None]
Cancelled = Callable[[], bool]


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

    @property
    def clean(self) -> bool:
        """Nothing in it asks for a decision: it may be applied as it is."""
        asks = sum(self.counts.get(action, 0) for action in (GONE, CONFLICT, BAD))
        return self.batch is not None and not asks and not self.needs_choice and self.state == STAGED


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
            found.append(_stage(store, path, actor, period, today))
        except KnownError as error:
            found.append(StagedBatch(_rejection(path.name, error)))
    if progress is not None:
        progress(len(files), len(files), "")
    return found


def _rejection(name: str, error: KnownError) -> FileReport:
    # What stands in the way of reading at all means, for the sender, “this is no return”.
    rule = error.id if error.id.startswith("RET-") else "RET-002"
    return rejected(name, rule, str(error))


def _stage(store: Store, path: Path, actor: Actor, period: str | None, today: date | None) -> StagedBatch:
    data = load(path)
    sha = file_digest(data)
    with store.write() as session:
        known = _applied_before(session, sha, path.name)
        if known is not None:
            return known
        directory = Directory(session)
        found = read_return(path, directory, data)
        _check_belongs(session, found, actor, period)
        history = History(session, found.manifest.unit, found.manifest.period)
        needs_choice = _check_revision(session, found, history, directory)
        drop_staged(session, sha)
        incoming = incoming_of(found)
        diff = Diff(session, incoming, actor.unit_code, directory)
        planned = diff.run()
        findings = [*found.findings, *diff.findings, *_more(session, found, planned, directory, today)]
        if needs_choice:
            findings.insert(0, _again(found, directory))
        batch = keep(session, found, planned, findings, actor, path.name, needs_choice)
        report = report_of(path.name, found, planned, findings, batch)
    keep_copy(store, found, data)
    counts = Counter(each.action for each in planned)
    return StagedBatch(report, batch, directory.name("unit", found.manifest.unit), dict(counts), needs_choice)


# ---------------------------------------------------------------- may it be taken


def _applied_before(session: Session, sha: str, name: str) -> StagedBatch | None:
    """The very same file was received: nothing to do, and the answer says so."""
    batch = session.scalars(
        select(Batch).where(Batch.file_sha256 == sha, Batch.state == APPLIED).limit(1)
    ).first()
    if batch is None or batch.kind != "return":
        return None
    when = batch.applied_at.astimezone().strftime("%Y-%m-%d %H:%M") if batch.applied_at else ""
    report = FileReport(
        name, results.ACCEPTED, unit=batch.unit_code, period=batch.period, revision=batch.revision, batch=batch.id.hex,
        rows_read=batch.rows_read, unchanged=batch.rows_read, warnings=(f"这份文件已于 {when} 接收过，没有再次写入。",),
    )  # fmt: skip
    return StagedBatch(
        report,
        batch.id,
        Directory(session).name("unit", batch.unit_code),
        {SAME: batch.rows_read},
        state=APPLIED,
    )


def _check_belongs(session: Session, found: ReadReturn, actor: Actor, period: str | None) -> None:
    manifest, plan = found.manifest, plan_store.current(session)
    name = found.file
    if manifest.region != plan.region_code:
        where = manifest.region_name or manifest.region
        raise Refused(
            f"文件“{name}”是{where}的回报，不属于{plan.region}。", "请核对是否发错了文件。", "RET-002"
        )
    check_practice(session, manifest.practice, name)
    if period is not None and str(Period(period)) != manifest.period:
        raise Refused(
            f"文件“{name}”是{Period(manifest.period).display()}的回报，现在接收的是{Period(period).display()}。",
            "请切换到那个月再接收，或核对文件。",
            "RET-002",
        )
    if manifest.unit not in Directory(session).units:
        raise Refused(
            f"文件“{name}”的填报单位“{manifest.unit_name}”（{manifest.unit}）不在机构表中。",
            "请先在机构表中登记这个单位。",
            "RET-002",
        )


def _check_revision(session: Session, found: ReadReturn, history: History, directory: Directory) -> bool:
    """Refused for an older revision; True where the same revision comes with other content."""
    revision, known = found.manifest.revision, history.revision
    unit, month = directory.name("unit", found.manifest.unit), Period(found.manifest.period).display()
    if revision < known:
        raise Refused(
            f"{unit}{month}已导入第 {known} 版，不再接收较低的第 {revision} 版。",
            "请使用最新的回报文件。",
            "RET-003",
        )
    if revision > known or history.month_batch is None:
        return False
    content = session.scalar(select(Batch.content_digest).where(Batch.id == history.month_batch))
    return content != found.content_digest


def _again(found: ReadReturn, directory: Directory) -> Finding:
    unit, month = directory.name("unit", found.manifest.unit), Period(found.manifest.period).display()
    message = f"{unit}{month}已导入第 {found.manifest.revision} 版，这份内容不同，请确认是否覆盖。"
    return Finding("RET-003", Severity.ERROR, message)


def _more(
    session: Session, found: ReadReturn, planned: Sequence[Planned], directory: Directory, today: date | None
) -> list[Finding]:
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
        directory.name("unit", manifest.unit), submitted, deadline(session, manifest.period, day).day
    )
    # The rows of a file name each other (a new firm, its visit, its problem) before any of them is stored.
    rows: dict[str, list[dict[str, Any]]] = {}
    for each in planned:
        if each.record is not None and each.target is not None:
            rows.setdefault(each.register, []).append({**each.record, "id": each.target})
    ctx = with_rows(context(session, today=day, period=manifest.period, unit_code=manifest.unit), rows)
    for each in planned:
        if each.row is None or each.row.intact or each.record is None or each.action == SAME:
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


# ---------------------------------------------------------------- telling


def report_of(
    name: str, found: ReadReturn, planned: Sequence[Planned], findings: Sequence[Finding], batch: UUID
) -> FileReport:
    """What applying the batch as it is would come to."""
    counts = Counter(each.action for each in planned if each.row is not None and not each.named)
    bad = counts[BAD]
    return FileReport(
        name,
        results.PARTIAL if bad else results.ACCEPTED,
        unit=found.manifest.unit,
        period=found.manifest.period,
        revision=found.manifest.revision,
        batch=batch.hex,
        rows_read=found.count,
        stored=counts[NEW],
        unchanged=counts[SAME] + counts[CONFLICT],
        updated=counts[UPDATE],
        bad=bad,
        warnings=results.words(findings, Severity.WARNING),
        findings=tuple(findings),
    )
