"""Reads returns into batches: what each would change, kept beside the register, which stays untouched.

The comparison itself is in diff.py, carrying it out in apply.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from db import plan_store, settings
from db.checks import check_cover, check_late, check_record, context, with_rows
from db.deadlines import deadline
from db.errors import KnownError, Refused
from db.findings import Finding, Severity
from db.lookup import Directory
from db.models import Batch, Enterprise, ReturnFile, StagedRow
from db.periods import Period
from db.records import Values
from db.registers import REGISTERS
from db.store import Actor, Store
from db.types import new_key, now
from db.values import from_json, to_json
from returns import results
from returns.cover import SIGNED
from returns.diff import BAD, CONFLICT, GONE, NEW, SAME, UPDATE, Diff, Incoming, Planned
from returns.digests import file_digest
from returns.history import History
from returns.read import ReadReturn, load, read_return
from returns.read_sheet import Named, RowRead
from returns.results import FileReport, cell_json, rejected
from returns.workbook import Place, sheet_of
from returns.write import write_atomically

STAGED, APPLIED, SENT_BACK, UNDONE = "staged", "applied", "sent_back", "undone"
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
        _drop_staged(session, sha)
        incoming = incoming_of(found)
        diff = Diff(session, incoming, actor.unit_code, directory)
        planned = diff.run()
        findings = [*found.findings, *diff.findings, *_more(session, found, planned, directory, today)]
        if needs_choice:
            findings.insert(0, _again(found, directory))
        batch = _keep(session, found, planned, findings, actor, path.name, needs_choice)
        report = report_of(path.name, found, planned, findings, batch)
    _keep_copy(store, found, data)
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


def _is_empty(session: Session) -> bool:
    """Nothing was ever entered or received: such a register may still become one for practice."""
    return not any(session.scalar(select(model.id).limit(1)) for model in (Enterprise, ReturnFile, Batch))


def _check_belongs(session: Session, found: ReadReturn, actor: Actor, period: str | None) -> None:
    manifest, plan = found.manifest, plan_store.current(session)
    name = found.file
    if manifest.region != plan.region_code:
        where = manifest.region_name or manifest.region
        raise Refused(
            f"文件“{name}”是{where}的回报，不属于{plan.region}。", "请核对是否发错了文件。", "RET-002"
        )
    practice = bool(settings.get(session, "practice", False))
    if manifest.practice and not practice and _is_empty(session):
        settings.put(session, "practice", True)
    elif manifest.practice != practice:
        here = "练习" if practice else "正式"
        raise Refused(
            f"文件“{name}”是{'练习' if manifest.practice else '正式'}数据，本机打开的是{here}台账。",
            "练习与正式数据不能混在一起。",
            "RET-002",
        )
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


# ---------------------------------------------------------------- keeping it


def incoming_of(found: ReadReturn) -> Incoming:
    manifest = found.manifest
    return Incoming(
        manifest.unit,
        manifest.period,
        manifest.exported_at,
        found.rows,
        found.fields,
        found.new_units,
        found.new_parks,
    )


def _drop_staged(session: Session, sha: str) -> None:
    """The same file, read again before it was applied, takes the place of the earlier reading."""
    old = session.scalars(select(Batch.id).where(Batch.file_sha256 == sha, Batch.state == STAGED)).all()
    for key in old:
        session.execute(delete(StagedRow).where(StagedRow.batch_id == key))
        session.execute(delete(Batch).where(Batch.id == key))


def _keep(
    session: Session, found: ReadReturn, planned: Sequence[Planned], findings: Sequence[Finding], actor: Actor, name: str,
    needs_choice: bool,
) -> UUID:  # fmt: skip
    manifest = found.manifest
    batch = new_key()
    cover = {
        "fields": {key: to_json(value) for key, value in found.cover.items()},
        "exported_at": manifest.exported_at,
        "kind": manifest.kind,
        "zero_report": manifest.zero_report or bool(found.cover.get("zero_report")),
        "correction_reason": manifest.correction_reason,
        "person": manifest.person,
        "check": dict(manifest.check),
        "columns": {key: sorted(names) for key, names in found.fields.items()},
        "units": [asdict(place) for place in found.new_units],
        "parks": [asdict(place) for place in found.new_parks],
        "digest": manifest.digest,
        "needs_choice": needs_choice,
        "receiver": actor.unit_code,
    }
    session.execute(
        insert(Batch),
        [
            {
                "id": batch,
                "kind": "return",
                "file_name": name,
                "file_sha256": found.sha256,
                "content_digest": found.content_digest,
                "unit_code": manifest.unit,
                "period": manifest.period,
                "revision": manifest.revision,
                "state": STAGED,
                "rows_read": found.count,
                "cover": cover,
                "findings": [cell_json(each) for each in findings],
                "created_at": now(),
                "created_by": actor.person,
            }
        ],
    )
    write_rows(session, batch, planned)
    return batch


def write_rows(session: Session, batch: UUID, planned: Sequence[Planned]) -> None:
    """Put the rows of a batch in place of those it had."""
    session.execute(delete(StagedRow).where(StagedRow.batch_id == batch))
    rows = [
        {
            "batch_id": batch,
            "seq": each.seq,
            "register": each.register,
            "record_id": each.target,
            "action": each.action,
            "accepted": each.action in (NEW, UPDATE, SAME),
            "sheet": each.row.sheet if each.row else "",
            "row_no": each.row.number if each.row else None,
            "label": each.label,
            "values": _row_json(each),
            "changes": each.changes or None,
            "before": None,
            "digest": each.row.digest if each.row else None,
        }
        for each in planned
    ]
    if rows:
        session.execute(insert(StagedRow), rows)


RowKey = tuple[str, str, int | None, UUID | None, bool]


def row_key(planned: Planned) -> RowKey:
    """What a row of a batch is known by, whatever its number: its place in the file, or the record that is gone."""
    row = planned.row
    if row is None:
        return (planned.register, "", None, planned.target, False)
    return (planned.register, row.sheet, row.number, None, planned.named)


def numbers(session: Session, batch: UUID) -> dict[RowKey, int]:
    """The numbers under which the rows of a batch were shown."""
    found: dict[RowKey, int] = {}
    for row in session.scalars(select(StagedRow).where(StagedRow.batch_id == batch)):
        named = bool((row.values or {}).get("named"))
        target = row.record_id if row.row_no is None else None
        found[(row.register, row.sheet, row.row_no, target, named)] = row.seq
    return found


def _row_json(planned: Planned) -> dict[str, Any]:
    """The row as it was read, so that it can be compared anew, and why it is what it is."""
    data: dict[str, Any] = {"reason": planned.reason} if planned.reason else {}
    if planned.named:
        data["named"] = True
    row = planned.row
    if row is not None:
        data |= {
            "values": {name: to_json(value) for name, value in row.values.items() if value is not None},
            "columns": [name for name, value in row.values.items() if value is None],
            "unparsed": row.unparsed,
            "not_applicable": row.not_applicable,
            "id": row.record_id.hex if row.record_id else None,
            "firm": _named_json(row.firm),
            "visit": _named_json(row.visit),
            "edited": list(row.edited),
            "intact": row.intact,
        }
    return data


def _named_json(named: Named) -> list[str]:
    return [named.id.hex if named.id else "", named.name, named.code]


def load_incoming(session: Session, batch: Batch) -> Incoming:
    """The return of a batch as it was read, without opening the file again."""
    cover = batch.cover or {}
    rows: dict[str, list[RowRead]] = {}
    query = select(StagedRow).where(StagedRow.batch_id == batch.id).order_by(StagedRow.seq)
    for staged in session.scalars(query):
        data = staged.values or {}
        # Rows without `id` are not the file's own: gone ones, and firms that were only named.
        if "id" in data and not data.get("named"):
            rows.setdefault(staged.register, []).append(_row(staged, data))
    return Incoming(
        unit=batch.unit_code or "",
        period=batch.period or "",
        exported_at=str(cover.get("exported_at") or ""),
        rows=rows,
        fields={key: frozenset(names) for key, names in (cover.get("columns") or {}).items()},
        units=tuple(Place(**each) for each in cover.get("units") or ()),
        parks=tuple(Place(**each) for each in cover.get("parks") or ()),
    )


def _row(staged: StagedRow, data: dict[str, Any]) -> RowRead:
    fields = {each.name: each for each in REGISTERS[staged.register].fields}
    values: Values = {name: None for name in data.get("columns") or ()}
    values |= {name: from_json(fields[name], value) for name, value in data["values"].items()}
    return RowRead(
        staged.register, staged.sheet, staged.row_no or 0, values, dict(data["unparsed"]), list(data["not_applicable"]),
        UUID(data["id"]) if data["id"] else None, _named(data["firm"]), _named(data["visit"]), tuple(data["edited"]),
        bool(data["intact"]), staged.digest or "",
    )  # fmt: skip


def _named(data: Sequence[str]) -> Named:
    return Named(UUID(data[0]) if data[0] else None, data[1], data[2])


def _keep_copy(store: Store, found: ReadReturn, data: bytes) -> None:
    """A copy of what was read: the marked workbook of a 退回 is made of it."""
    path = copy_path(store, found.sha256)
    if not path.exists():
        write_atomically(path, data)


def copy_path(store: Store, sha: str) -> Path:
    return store.folder.received / f"{sha[:32]}.xlsx"


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


def finding_of(data: dict[str, Any]) -> Finding:
    """The finding that `cell_json` wrote."""
    return Finding(
        data["id"],
        Severity(data["severity"]),
        data["message"],
        sheet=data["sheet"],
        row=data["row"],
        column=data["column"],
    )


def set_state(
    session: Session, batch: UUID, state: str, note: str | None = None, at: datetime | None = None
) -> None:
    values: dict[str, Any] = {"state": state}
    if note is not None:
        values["note"] = note
    if at is not None:
        values["applied_at"] = at
    session.execute(update(Batch).where(Batch.id == batch).values(**values))
