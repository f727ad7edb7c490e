"""Applies a staged return in one transaction: whether it may be, what was decided, the return itself.

What would change is worked out in diff.py, the rows are written in carry_out.py; taking it back is in undo.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from db import backup, bulk, cadence, closing, settings
from db.behind import behind
from db.collector import uncollected
from db.errors import Refused
from db.fields import fields_of
from db.lookup import Directory
from db.models import Batch, OrgUnit, Park, ReturnFile, ReturnRow
from db.restating import Restating
from db.store import Actor, Store
from db.types import new_key, now
from db.values import from_json
from returns import batches, situations, staged_rows
from returns.applied import report_of, undecided
from returns.batches import APPLIED, STAGED, UNDONE
from returns.carry_out import Work
from returns.diff import Diff
from returns.history import RECEIVED, History
from returns.planned import BAD, CONFLICT, GONE, SAME, Planned
from returns.results import FileReport
from returns.special.receive import SpecialDiff, carry_out, is_special

Choice = Literal["incoming", "present"]
Accept = Literal["all"] | Collection[int]
_RETURN_ROWS: Table = ReturnRow.__table__  # type: ignore[assignment]


def apply(
    store: Store,
    batch_id: UUID,
    actor: Actor,
    *,
    accept: Accept = "all",
    choices: Mapping[int, Choice] | None = None,
    replace: bool = False,
    restate: str = "",
    backup_first: bool = True,
    today: date | None = None,
) -> FileReport:
    """Write a staged return into the register: all of it or nothing.

    `accept`: “all” for every new and changed row, or the numbers of those to take (a `gone` row is only
    dropped when its number is given here or chosen “incoming”). `choices`: for conflicts, by number;
    what is not chosen keeps what is stored. `replace`: overwrite the same revision with other content.
    `restate`: why the figures of a closed month may change; kept beside the month (db/restating.py).

    Refused: “no_such_batch”, “not_staged”, RET-003, “month_closed”. MachineError when the backup can not be made.
    """
    if backup_first:
        backup.make(store.engine, store.folder, reason="接收前")
    with uncollected(), store.write() as session, behind(session):
        batch = batch_of(session, batch_id)
        if batch.state != STAGED:
            raise Refused("这份回报已经处理过了。", "请刷新列表。", "not_staged")
        history = History(session, batch.unit_code or "", batch.period or "")
        closed = _allowed(session, batch, history, replace, restate)
        # The register may have moved on since the file was read: what counts is what holds now.
        incoming = staged_rows.load_incoming(session, batch)
        shown = staged_rows.numbers(session, batch_id)
        directory = Directory(session)
        diff = Diff(session, incoming, actor.unit_code, directory, history)
        planned = diff.run()
        planned = [*planned, *SpecialDiff(session, incoming, diff.firm_of, directory).run(len(planned))]
        batches.add_findings(session, batch, diff.findings)
        # People decided by the numbers they saw; the same row may have another number by now.
        moved = {shown[key]: each.seq for each in planned if (key := staged_rows.row_key(each)) in shown}
        accept = accept if accept == "all" else {moved[seq] for seq in accept if seq in moved}
        choices = {moved[seq]: choice for seq, choice in (choices or {}).items() if seq in moved}
        decided = {each.seq: _decision(each, accept, choices) for each in planned}
        left = undecided(planned, decided, choices)
        return _write(session, batch, history, planned, decided, left, actor, closed, restate, today)


def apply_planned(
    session: Session, batch_id: UUID, planned: Sequence[Planned], actor: Actor, *, replace: bool = False,
    restate: str = "", today: date | None = None,
) -> FileReport:  # fmt: skip
    """Write a return that was compared with the register in this very state; the rows of its batch are not kept yet.

    Every new and changed row is taken, nothing else is decided. Refused: as `apply`.
    """
    batch = batch_of(session, batch_id)
    history = History(session, batch.unit_code or "", batch.period or "")
    closed = _allowed(session, batch, history, replace, restate)
    decided = {each.seq: _decision(each, "all", {}) for each in planned}
    left = undecided(planned, decided, {})
    return _write(session, batch, history, planned, decided, left, actor, closed, restate, today, fresh=True)


def _allowed(
    session: Session, batch: Batch, history: History, replace: bool, restate: str
) -> closing.Closing | None:
    """Refused for a return that may not be written; the closing of its month, where that is closed."""
    if (batch.revision or 0) < history.revision:
        raise Refused(f"已接收了更新的第 {history.revision} 版。", "这一份不再需要接收。", "RET-003")
    if _is_same(batch, history) and not replace and _content(session, history) != batch.content_digest:
        raise Refused(f"已导入第 {batch.revision} 版，这份内容不同。", "请确认是否覆盖。", "RET-003")
    closed = closing.closing_of(session, batch.period or "")
    if closed is not None and not restate.strip():
        raise situations.month_closed(session, batch.unit_code or "", batch.revision or 0, closed)
    practice = bool((batch.cover or {}).get("practice"))
    batches.check_practice(session, practice, batch.file_name)
    settings.put(session, "practice", practice)
    return closed


def _is_same(batch: Batch, history: History) -> bool:
    return batch.revision == history.revision and history.month_batch is not None


def _write(
    session: Session, batch: Batch, history: History, planned: Sequence[Planned], decided: Mapping[int, bool],
    left: Sequence[str], actor: Actor, closed: closing.Closing | None, restate: str, today: date | None, *, fresh: bool = False,
) -> FileReport:  # fmt: skip
    """`left`: sentences about what was left undecided. `fresh`: the rows of the batch are not kept yet."""
    cover, same = dict(batch.cover or {}), _is_same(batch, history)
    _places(session, batch)
    restating = None if closed is None else Restating(session, closed.period)
    work = Work(session, batch, actor, now())
    specials = [each for each in planned if is_special(each.register)]
    work.carry_out(planned[: len(planned) - len(specials)], decided)
    befores, cover["special_answers"] = carry_out(session, batch, specials, decided, actor, now())
    staged_rows.write_rows(session, batch.id, planned, work.befores | befores, fresh=fresh)
    work.count_anew()
    cover["counted"] = work.counted
    cover["replaced"] = history.month_file.hex if same and history.month_file else None
    _return_file(session, batch, cover, history if same else None, planned, decided, actor, today)
    session.execute(update(Batch).where(Batch.id == batch.id).values(cover=cover))
    batches.set_state(session, batch.id, APPLIED, at=now())
    report = report_of(batch, planned, decided, left)
    if restating is None:
        return report
    made = restating.done(
        "接收", restate.strip(), actor, unit=batch.unit_code or "", revision=batch.revision or 0,
        unit_name=Directory(session).name("unit", batch.unit_code), batch=batch.id.hex,
    )  # fmt: skip
    return report.but(warnings=(*report.warnings, f"已作为重述接收：{made.words}"))


def batch_of(session: Session, batch_id: UUID, kinds: tuple[str, ...] = ("return",)) -> Batch:
    batch = session.get(Batch, batch_id)
    if batch is None or batch.kind not in kinds:
        what, hint = (
            ("这份回报", "请重新添加文件。") if len(kinds) == 1 else ("这一批", "请刷新列表，或核对批号。")
        )
        raise Refused(f"找不到{what}。", hint, "no_such_batch")
    return batch


def _content(session: Session, history: History) -> str | None:
    return session.scalar(select(Batch.content_digest).where(Batch.id == history.month_batch))


def _decision(planned: Planned, accept: Accept, choices: Mapping[int, Choice]) -> bool:
    """Whether the row is written as the return says it."""
    if planned.action in (SAME, BAD):
        return False
    if planned.action in (GONE, CONFLICT):
        chosen = choices.get(planned.seq) == "incoming"
        return chosen or (planned.action == GONE and accept != "all" and planned.seq in accept)
    if planned.named:
        return True  # the rows that name the firm need its card
    return accept == "all" or planned.seq in accept


# ---------------------------------------------------------------- the return itself


def _return_file(
    session: Session, batch: Batch, cover: Mapping[str, Any], same: History | None, planned: Sequence[Planned],
    decided: Mapping[int, bool], actor: Actor, today: date | None,
) -> None:  # fmt: skip
    fields = {each.name: each for each in fields_of(ReturnFile)}
    values = {
        name: from_json(fields[name], value) for name, value in cover["fields"].items() if name in fields
    }
    day = today or settings.today(session)
    due = cadence.due_for(session, batch.period or "", batch.unit_code or "")
    submitted = values.get("submitted_on") or day
    if same is not None and same.month_file is not None:
        # The same revision, overwritten on purpose: the earlier content no longer counts.
        session.execute(update(ReturnFile).where(ReturnFile.id == same.month_file).values(state=UNDONE))
    summary = Counter(each.register for each in planned if each.row is not None and not each.named)
    key = new_key()
    values |= {
        "id": key,
        "unit_code": batch.unit_code,
        "period": batch.period,
        "revision": batch.revision,
        "state": RECEIVED,
        "submitted_on": submitted,
        "summary": dict(summary),
        "check_summary": cover.get("check") or None,
        "zero_report": bool(cover.get("zero_report")) or None,
        "digest": cover.get("digest"),
        "correction_reason": cover.get("correction_reason") or values.get("correction_reason"),
        "due_on": due,
        "late_days": max(0, (submitted - due).days),
        "file_name": batch.file_name,
        "file_sha256": batch.file_sha256,
        "batch_id": batch.id,
        "created_at": now(),
        "created_by": actor.person,
    }
    session.execute(insert(ReturnFile), [values])
    rows = {
        # A key's number is quicker to look up than the key.
        (each.register, each.target.int): (each.target, each.row.digest)
        for each in planned
        if each.row is not None
        and each.target is not None
        # A row that was refused comes up again next time; one whose conflict was settled does not.
        and (decided[each.seq] or each.action in (SAME, CONFLICT))
    }
    if rows:
        bulk.insert_rows(
            session,
            _RETURN_ROWS,
            [
                {"return_id": key, "register": register, "record_id": record, "digest": digest}
                for (register, _), (record, digest) in rows.items()
            ],
        )


def _places(session: Session, batch: Batch) -> None:
    """Units and parks that the rows name and that we do not know: entered here as local ones."""
    cover = batch.cover or {}
    for place in cover.get("units") or ():
        if session.get(OrgUnit, place["code"]) is None:
            session.add(
                OrgUnit(
                    code=place["code"], name=place["name"], kind=place["kind"] or "bureau", active=True, reports=False,
                    source="local", note=f"随{batch.period}回报登记",
                )
            )  # fmt: skip
    for place in cover.get("parks") or ():
        if session.get(Park, place["code"]) is None:
            session.add(Park(code=place["code"], name=place["name"], active=True, source="local"))
    session.flush()
