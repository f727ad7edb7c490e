"""Reads a 下发 into a batch: may it be taken here, and what would it change. The register is untouched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from db import plan_file, plan_store, settings
from db.errors import KnownError, Refused
from db.findings import Finding, Severity
from db.lookup import Directory
from db.models import Batch, StagedRow
from db.store import Actor, Store
from db.types import new_key, now
from returns import results
from returns.batches import APPLIED, STAGED, copy_path
from returns.handdown import cycle_part, exception_part, firm_part, plan_part, reading_part, special_part
from returns.handdown.change import Change
from returns.handdown.contract import CALENDAR, CONTENTS, FIRMS, PLAN, SPECIAL, UNITS, Handdown
from returns.handdown.read import ReadHanddown, read
from returns.planned import CONFLICT, GONE, NEW, SAME, UPDATE
from returns.read import load
from returns.results import FileReport, cell_json, rejected
from returns.stage import StagedBatch
from returns.write import write_atomically

KIND = "handdown"
Progress = Callable[[int, int, str], None]


def stage(
    store: Store, paths: Iterable[Path], actor: Actor, progress: Progress | None = None
) -> list[StagedBatch]:
    """Read every file and keep what it would change; a file that can not be used gives a rejected report."""
    files = [Path(path) for path in paths]
    found = []
    for place, path in enumerate(files):
        if progress is not None:
            progress(place, len(files), path.name)
        try:
            found.append(_stage(store, path, actor))
        except KnownError as error:
            found.append(StagedBatch(rejected(path.name, "RET-002", str(error))))
    return found


def _stage(store: Store, path: Path, actor: Actor) -> StagedBatch:
    data = load(path)
    told = read(path, data)
    manifest = told.made.manifest
    with store.write() as session:
        known = _known(session, told)
        if known is not None:
            return known
        _check(session, told, actor)
        left, findings = _superseded(session, told.made)
        changes, more = find_changes(session, told.made, actor, left)
        _drop_staged(session, told.sha256)
        batch = Batch(
            id=new_key(), kind=KIND, file_name=path.name, file_sha256=told.sha256, content_digest=manifest.digest,
            unit_code=manifest.sender, period=manifest.period, revision=manifest.number, state=STAGED,
            rows_read=len(changes), cover=_cover(told), findings=[cell_json(each) for each in (*told.findings, *findings, *more)],
            created_at=now(), created_by=actor.person,
        )  # fmt: skip
        session.add(batch)
        session.flush()
        write_rows(session, batch, changes)
        report = report_of(batch, changes, (*told.findings, *findings, *more))
        key = batch.id
    copy = copy_path(store, told.sha256)
    if not copy.exists():
        write_atomically(copy, data)
    counts = Counter(each.action for each in changes)
    return StagedBatch(report, key, manifest.sender_name, dict(counts))


def _cover(told: ReadHanddown) -> dict[str, Any]:
    manifest = told.made.manifest
    return {
        "sender_name": manifest.sender_name, "made_at": manifest.made_at, "contents": list(manifest.contents),
        "tables": [each["definition"]["key"] for each in told.made.payload.get(SPECIAL, ())], "note": manifest.note,
        "person": manifest.person, "phone": manifest.phone, "practice": manifest.practice,
    }  # fmt: skip


# ---------------------------------------------------------------- may it be taken


def _known(session: Session, told: ReadHanddown) -> StagedBatch | None:
    """The same 下发 was applied: nothing to do, and the answer says so."""
    batch = session.scalars(
        select(Batch).where(
            Batch.kind == KIND, Batch.state == APPLIED, Batch.content_digest == told.made.manifest.digest
        )
    ).first()
    if batch is None:
        return None
    when = batch.applied_at.astimezone().strftime("%Y-%m-%d %H:%M") if batch.applied_at else ""
    said = f"这份下发（第 {batch.revision} 号）已于 {when} 导入过，没有再次写入。"
    report = FileReport(
        told.file, results.ACCEPTED, unit=batch.unit_code, period=batch.period, revision=batch.revision,
        batch=batch.id.hex, rows_read=batch.rows_read, unchanged=batch.rows_read, warnings=(said,),
    )  # fmt: skip
    return StagedBatch(
        report, batch.id, told.made.manifest.sender_name, {SAME: batch.rows_read}, state=APPLIED
    )


def _check(session: Session, told: ReadHanddown, actor: Actor) -> None:
    manifest, plan = told.made.manifest, plan_store.current(session)
    if manifest.region != plan.region_code:
        raise Refused(
            f"“{told.file}”是{manifest.region_name}的下发，不属于{plan.region}。",
            "请核对是否拿错了文件。",
            "other_district",
        )
    if PLAN in told.made.payload:
        brought = plan_file.read(told.made.payload[PLAN])
        if brought.region_code != plan.region_code:
            raise Refused(
                f"“{told.file}”里的计划是{brought.region}的，不能用于{plan.region}。",
                "请向下发单位核对。",
                "other_plan",
            )
    here = bool(settings.get(session, "practice", False))
    if manifest.practice != here:
        raise Refused(
            f"“{told.file}”是{'练习' if manifest.practice else '正式'}下发，本机打开的是{'练习' if here else '正式'}台账。",
            "练习与正式数据不能混在一起。",
            "practice_mixed",
        )
    if manifest.sender == actor.unit_code:
        raise Refused(
            f"“{told.file}”是本单位自己下发的。", "下发是给各单位导入的，本机不用导入。", "own_handdown"
        )
    if manifest.recipients and actor.unit_code not in manifest.recipients:
        directory = Directory(session)
        names = "、".join(directory.name("unit", code) for code in manifest.recipients[:3])
        more = f"等 {len(manifest.recipients)} 个单位" if len(manifest.recipients) > 3 else ""
        raise Refused(
            f"“{told.file}”是下发给{names}{more}的，不是给本单位的。",
            "请向下发单位要本单位的一份。",
            "other_unit",
        )


def _superseded(session: Session, made: Handdown) -> tuple[frozenset[str], list[Finding]]:
    """The contents (and tables, by key) that a newer 下发 brought already. Refused where that is all of them."""
    manifest = made.manifest
    newer = session.scalars(
        select(Batch)
        .where(
            Batch.kind == KIND, Batch.state == APPLIED, Batch.unit_code == manifest.sender,
            Batch.revision > manifest.number,
        )
        .order_by(Batch.revision)
    ).all()  # fmt: skip
    by_content: dict[str, int] = {}
    for batch in newer:
        cover = batch.cover or {}
        for name in (*cover.get("contents", ()), *cover.get("tables", ())):
            by_content[name] = batch.revision or 0
    wanted = [name for name in manifest.contents if name != SPECIAL]
    titles = {
        each["definition"]["key"]: each["definition"]["title"] for each in made.payload.get(SPECIAL, ())
    }
    wanted += titles
    left = frozenset(name for name in wanted if name in by_content)
    if wanted and len(left) == len(wanted):
        latest = max(by_content[name] for name in left)
        raise Refused(
            f"这是第 {manifest.number} 号下发，本机已导入较新的第 {latest} 号，内容都已更新过。",
            "不需要再导入这一份。",
            "older_handdown",
        )
    return left, [
        Finding(
            "RET-003", Severity.WARNING,
            f"{'专项“' + titles[name] + '”' if name in titles else CONTENTS[name]}已由较新的第 {by_content[name]} 号下发更新，这一份里的不采用。",
        )
        for name in sorted(left)
    ]  # fmt: skip


# ---------------------------------------------------------------- what it would change


def find_changes(
    session: Session, made: Handdown, actor: Actor, left: frozenset[str] = frozenset()
) -> tuple[list[Change], list[Finding]]:
    """All changes, numbered, and what to tell beside them. `left`: contents that are out of date."""
    payload = {name: value for name, value in made.payload.items() if name not in left}
    changes: list[Change] = []
    told: list[Finding] = []
    if PLAN in payload:
        plan = reading_part.unpacked(payload[PLAN])
        changes += plan_part.plan_changes(session, plan.document, plan.since)
        changes += reading_part.reading_changes(session, plan_file.read(plan.document), plan.readings)
    if UNITS in payload:
        changes += plan_part.unit_changes(session, payload[UNITS], payload.get(PLAN))
    if CALENDAR in payload:
        changes += plan_part.day_changes(session, payload[CALENDAR]["holidays"])
        if "cycles" in payload[CALENDAR]:  # older programs sent none
            changes += cycle_part.cycle_changes(session, payload[CALENDAR]["cycles"])
        if "from" in payload[CALENDAR]:
            changes += exception_part.start_changes(session, payload[CALENDAR]["from"])
        if "exceptions" in payload[CALENDAR]:
            changes += exception_part.exception_changes(
                session, payload[CALENDAR]["exceptions"], actor.unit_code
            )
    if FIRMS in payload:
        changes += firm_part.firm_changes(session, payload[FIRMS], Directory(session))
    if SPECIAL in payload:
        tables = [each for each in payload[SPECIAL] if each["definition"]["key"] not in left]
        found, others = special_part.special_changes(session, tables, actor.unit_code)
        changes += found
        told += [
            Finding("RET-002", Severity.INFO, f"专项“{title}”不要本单位填，没有列出。") for title in others
        ]
    for seq, each in enumerate(changes, 1):
        each.seq = seq
    return changes, told


def superseded(session: Session, made: Handdown) -> frozenset[str]:
    """What of a 下发 is out of date by now."""
    return _superseded(session, made)[0]


def write_rows(session: Session, batch: Batch, changes: Sequence[Change]) -> None:
    """Put the rows of a batch in place of those it had."""
    session.execute(delete(StagedRow).where(StagedRow.batch_id == batch.id))
    rows = [
        {
            "batch_id": batch.id, "seq": each.seq, "register": each.part, "record_id": None, "action": each.action,
            "accepted": each.action in (NEW, UPDATE), "sheet": "", "row_no": None, "label": each.label,
            "values": {"key": each.key, **({"reason": each.reason} if each.reason else {})},
            "changes": each.cells or None, "before": None, "digest": None,
        }
        for each in changes
    ]  # fmt: skip
    if rows:
        session.execute(insert(StagedRow), rows)


def _drop_staged(session: Session, sha: str) -> None:
    for key in session.scalars(
        select(Batch.id).where(Batch.kind == KIND, Batch.file_sha256 == sha, Batch.state == STAGED)
    ).all():
        session.execute(delete(StagedRow).where(StagedRow.batch_id == key))
        session.execute(delete(Batch).where(Batch.id == key))


def report_of(
    batch: Batch,
    changes: Sequence[Change],
    findings: Sequence[Finding],
    decided: frozenset[int] | None = None,
) -> FileReport:
    """What taking it comes to; before it is taken, as it would be without a choice."""
    taken = (
        decided
        if decided is not None
        else frozenset(each.seq for each in changes if each.action in (NEW, UPDATE))
    )
    stored = sum(each.action == NEW and each.seq in taken for each in changes)
    updated = sum(each.action in (UPDATE, CONFLICT, GONE) and each.seq in taken for each in changes)
    return FileReport(
        batch.file_name, results.ACCEPTED, unit=batch.unit_code, period=batch.period, revision=batch.revision,
        batch=batch.id.hex, rows_read=len(changes), stored=stored, updated=updated,
        unchanged=len(changes) - stored - updated, warnings=results.words(findings, Severity.WARNING),
        findings=tuple(findings),
    )  # fmt: skip


def stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
