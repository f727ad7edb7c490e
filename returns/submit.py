"""Handing in a month: its cover, whether it is ready, the file, the lock, a correction. Checks are in db/checks.

The workbook is written by write.py from what compose.py gathers.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert, select, update
from sqlalchemy.orm import Session

from db import cadence, explanations, firing, locks, plan_store, settings
from db.checks import check_gate, check_late, check_month
from db.errors import Refused, UsageError
from db.fields import fields_of
from db.findings import Finding, Severity, tally
from db.models import Base, OrgUnit, ReturnFile, ReturnRow
from db.periods import Period
from db.plan_types import Plan
from db.registers import REGISTERS
from db.special.definition import PREFIX
from db.store import Actor, Store
from db.types import new_key, now
from returns import compose, special
from returns.cover import SIGNED
from returns.results import NotReady, Submitted
from returns.workbook import DRAFT, RETURN, cover_fields, plans
from returns.write import Content, Written, render, write_atomically, write_return

SENT, REOPENED, STATE_DRAFT = "sent", "reopened", "draft"
# What the cover repeats every month, by the setting that holds it.
_FROM_SETTINGS = {"filler": "person", "phone": "phone", "head_sign": "head", "reviewer": "reviewer"}
_FROM_LAST = ("form_no", "issuer", "approved_by", "approval_no", "valid_to", "head_sign", "reviewer", "phone")
_TYPED = tuple(field.name for field in fields_of(ReturnFile) if not field.computed)


@dataclass(frozen=True, slots=True)
class Checked:
    """How a month stands: all findings, those warnings without an explanation, and the explanations given."""

    unit: str
    period: str
    findings: list[Finding]
    open: list[Finding]
    explained: dict[Finding, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        return not check_gate(self.findings, self.open) and not any(
            each.id == "RET-010" for each in self.findings
        )


def check(session: Session, unit: str, period: str, today: date) -> Checked:
    """The findings of a unit's month with what was explained (db/checks, db/explanations)."""
    findings = check_month(session, unit, period, today=today)
    known = explanations.accepted(session, findings)
    still_open = [each for each in findings if each.severity is Severity.WARNING and each not in known]
    return Checked(unit, period, findings, still_open, {each: row.text for each, row in known.items()})


# ---------------------------------------------------------------- the cover


def load_cover(session: Session, unit: str, period: str) -> dict[str, Any]:
    """The cover of a month's next return: what was saved, else last month's, the settings and the plan."""
    plan = plan_store.current(session)
    values: dict[str, Any] = {name: None for name in _TYPED}
    values["form_no"] = plan.form.number or None
    issuer = plan.unit(plan.form.issuer)
    values["issuer"] = issuer.name if issuer else plan.form.issuer or None
    last = session.scalars(
        select(ReturnFile)
        .where(
            ReturnFile.unit_code == unit, ReturnFile.state.in_((SENT, REOPENED)), ReturnFile.period < period
        )
        .order_by(ReturnFile.period.desc(), ReturnFile.revision.desc())
        .limit(1)
    ).first()
    if last is not None:
        values |= {name: getattr(last, name) for name in _FROM_LAST if getattr(last, name)}
    for name, key in _FROM_SETTINGS.items():
        values[name] = settings.get(session, key) or values[name]
    draft = _draft(session, unit, period)
    if draft is not None:
        values |= {name: getattr(draft, name) for name in _TYPED if getattr(draft, name) is not None}
    values["title"], values["unit_note"] = plan.form.title, plan.form.unit_note
    return values


def save_cover(session: Session, unit: str, period: str, values: Mapping[str, Any], actor: Actor) -> None:
    """Keep what was typed on the cover until the return is handed in. Refused for a month that is handed in."""
    _check_open(session, unit, period)
    draft = _draft(session, unit, period)
    if draft is None:
        draft = ReturnFile(
            id=new_key(), unit_code=unit, period=period, revision=next_revision(session, unit, period), state=STATE_DRAFT,
            created_at=now(), created_by=actor.person,
        )  # fmt: skip
        session.add(draft)
    for name, value in values.items():
        if name in _TYPED:
            setattr(draft, name, value if value != "" else None)
    session.flush()


def next_revision(session: Session, unit: str, period: str) -> int:
    """1, or one more than the newest that was handed in."""
    newest = session.scalar(
        select(ReturnFile.revision)
        .where(
            ReturnFile.unit_code == unit, ReturnFile.period == period, ReturnFile.state.in_((SENT, REOPENED))
        )
        .order_by(ReturnFile.revision.desc())
        .limit(1)
    )
    return (newest or 0) + 1


def _draft(session: Session, unit: str, period: str) -> ReturnFile | None:
    return session.scalars(
        select(ReturnFile)
        .where(ReturnFile.unit_code == unit, ReturnFile.period == period, ReturnFile.state == STATE_DRAFT)
        .order_by(ReturnFile.revision.desc())
        .limit(1)
    ).first()


def _check_open(session: Session, unit: str, period: str) -> None:
    if locks.is_locked(session, unit, period):
        raise Refused(
            f"{Period(period).display()}已经上报。",
            "如需更正，请先说明理由重新打开该月，再上报新的一版。",
            "already_sent",
        )


# ---------------------------------------------------------------- handing in


def submit(
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
    """Check the month, write its return to `out` (a file, or a folder), keep a copy and lock the month.

    `sign_later` leaves the names that are signed on paper open, with a reminder instead of RET-001.
    NotReady (RET-001, RET-007, RET-008, RET-010) carries the findings; what was typed on the cover is kept
    all the same. Refused (“already_sent”). MachineError when the file can not be written: nothing is locked then.
    """
    actor, month = store.actor, str(Period(period))
    given = {**(cover or {}), "zero_report": zero_report or bool((cover or {}).get("zero_report")) or None}
    if correction_reason:
        given["correction_reason"] = correction_reason
    with store.write() as session:
        save_cover(
            session, actor.unit_code, month, {**load_cover(session, actor.unit_code, month), **given}, actor
        )
    made: list[Path] = []
    try:
        with store.write() as session:
            day = today or settings.today(session)
            return _submit(session, store, actor, month, Path(out), day, made, sign_later)
    except BaseException:
        for path in made:
            with suppress(OSError):
                path.unlink()
        raise


def _submit(
    session: Session, store: Store, actor: Actor, month: str, out: Path, today: date, made: list[Path],
    sign_later: bool,
) -> Submitted:  # fmt: skip
    unit = actor.unit_code
    _check_open(session, unit, month)
    draft = _draft(session, unit, month)
    assert draft is not None
    draft.submitted_on = today
    session.flush()
    checked = check(session, unit, month, today)
    unsigned: tuple[Finding, ...] = ()
    if sign_later:
        checked, unsigned = _without_signatures(checked)
    _refuse_unready(checked)
    values = _values(draft)
    content = compose.gather(
        session, unit, month, kind=RETURN, revision=draft.revision, cover=values, findings=checked.findings,
        explanations=checked.explained, person=actor.person, mark=_mark(session),
    )  # fmt: skip
    target = target_of(out, content)
    data, written = render(content, target)
    existed = target.exists()
    write_atomically(target, data)
    made += [] if existed else [target]
    copy = store.folder.sent / copy_name(content, draft)
    write_atomically(copy, data)
    made.append(copy)
    _lock(session, draft, content, written, target, checked, today)
    firing.count(session, unit, month, ((each.id, each.register) for each in checked.findings))
    late = check_late(content.manifest.unit_name, today, cadence.due_for(session, month, unit))
    warnings = tuple(each.message for each in (*written.findings, *unsigned, *late))
    return Submitted(str(target), unit, month, draft.revision, written.sheets, warnings)


def _without_signatures(checked: Checked) -> tuple[Checked, tuple[Finding, ...]]:
    """The findings without what people sign on paper, and those findings as reminders."""
    open_names = [each for each in checked.findings if each.id == "RET-001" and each.field in SIGNED]
    rest = [each for each in checked.findings if each not in open_names]
    return replace(checked, findings=rest), tuple(
        replace(each, severity=Severity.WARNING) for each in open_names
    )


def _refuse_unready(checked: Checked) -> None:
    gate = check_gate(checked.findings, checked.open)
    zero = [each for each in checked.findings if each.id == "RET-010"]
    if not gate and not zero:
        return
    errors = [each for each in checked.findings if each.severity is Severity.ERROR]
    reasons = gate if not errors or any(each.id != "RET-001" for each in errors) else errors
    first = (reasons or zero)[0]
    hint = {
        "RET-001": "请在“月调度”里补全封面，或在“设置”里登记填表人、电话、负责人。",
        "RET-007": "请先逐项改正；也可以导出草稿。",
        "RET-008": "请在“月调度”的“说明”一步逐条填写。",
        "RET-010": "确无新增请选择零报送；有记录则取消零报送。",
    }[first.id]
    message = first.message
    if first.id == "RET-001" and len(errors) > 1:
        message = "".join(each.message for each in errors)
    raise NotReady(message, hint, first.id, [*gate, *checked.findings])


def _lock(
    session: Session,
    draft: ReturnFile,
    content: Content,
    written: Written,
    target: Path,
    checked: Checked,
    today: date,
) -> None:
    counts = tally(checked.findings)
    due = cadence.due_for(session, draft.period, draft.unit_code)
    session.execute(
        update(ReturnFile)
        .where(ReturnFile.id == draft.id)
        .values(
            state=SENT,
            title=content.cover["title"],
            unit_note=content.cover["unit_note"],
            template_ver=content.cover["template_ver"],
            data_ver=content.cover["data_ver"],
            submitted_on=today,
            summary={key: len(rows) for key, rows in content.rows.items()},
            check_summary={"errors": counts.errors, "warnings": counts.warnings, "infos": counts.infos},
            digest=written.manifest.digest,
            due_on=due,
            late_days=max(0, (today - due).days),
            file_name=target.name,
            created_at=now(),
        )
    )
    rows = [
        {"return_id": draft.id, "register": key, "record_id": row["id"], "digest": row["digest"]}
        for key, records in content.rows.items()
        for row in records
    ]
    if rows:
        session.execute(insert(ReturnRow), rows)
    special.mark_sent(session, draft.unit_code, draft.period, content.specials)


def rewrite(store: Store, period: str, out: Path) -> Submitted:
    """Write a handed-in month once more: the same revision, from the copy that was kept when it was sent.

    Where there is no copy (practice months) it is composed again. Refused (“not_sent”) for an open month.
    """
    actor, month = store.actor, str(Period(period))
    with store.read() as session:
        sent = _sent(session, actor.unit_code, month)
        if sent is None or not locks.is_locked(session, actor.unit_code, month):
            raise _not_sent(month)
        content = compose.gather(
            session, actor.unit_code, month, kind=RETURN, revision=sent.revision, cover=_values(sent),
            person=actor.person, mark=_mark(session),
        )  # fmt: skip
        target = target_of(Path(out), content)
        kept = store.folder.sent / copy_name(content, sent)
        if kept.exists():
            write_atomically(target, kept.read_bytes())
            counts = sent.summary or {}
            filled = [key for key, count in counts.items() if count]
            sheets = {plan.name: counts.get(plan.register.key, 0) for plan in plans(filled)}
        else:
            sheets = write_return(content, target).sheets
        return Submitted(str(target), actor.unit_code, month, sent.revision, sheets)


def reopen(session: Session, unit: str, period: str, reason: str, actor: Actor) -> int:
    """Open a handed-in month for a correction; returns the revision it will have.

    Refused: “not_sent”, “no_reason” (a correction says why).
    """
    sent = _sent(session, unit, period)
    if sent is None:
        raise _not_sent(period)
    if not reason.strip():
        raise Refused("请写明更正理由。", "理由会写在新一版回报的封面上。", "no_reason")
    cover = _values(sent)
    sent.state = REOPENED
    session.flush()
    typed = {name: cover.get(name) for name in _TYPED}
    save_cover(session, unit, period, {**typed, "correction_reason": reason.strip()}, actor)
    return next_revision(session, unit, period)


def _sent(session: Session, unit: str, period: str) -> ReturnFile | None:
    """The newest revision that was handed in."""
    return session.scalars(
        select(ReturnFile)
        .where(ReturnFile.unit_code == unit, ReturnFile.period == period, ReturnFile.state == SENT)
        .order_by(ReturnFile.revision.desc())
        .limit(1)
    ).first()


def _not_sent(period: str) -> Refused:
    return Refused(
        f"{Period(period).display()}还没有上报，不用重新打开。", "直接修改后上报即可。", "not_sent"
    )


# ---------------------------------------------------------------- draft, preview, template


def write_draft(session: Session, unit: str, period: str, out: Path, today: date, person: str) -> Written:
    """The month as it stands, marked 草稿: to look at and print, never a valid return (RET-007)."""
    checked = check(session, unit, period, today)
    content = _open_content(session, unit, period, checked, today, person, DRAFT, "草稿")
    return write_return(content, target_of(out, content))


def content_of(session: Session, unit: str, period: str, today: date, person: str) -> Content:
    """What would be handed in now, for the preview."""
    checked = check(session, unit, period, today)
    return _open_content(session, unit, period, checked, today, person, RETURN, _mark(session))


def _open_content(
    session: Session, unit: str, period: str, checked: Checked, today: date, person: str, kind: str, mark: str
) -> Content:
    cover = {**load_cover(session, unit, period), "submitted_on": today}
    return compose.gather(
        session, unit, period, kind=kind, revision=next_revision(session, unit, period), cover=cover,
        findings=checked.findings, explanations=checked.explained, person=person, mark=mark,
    )  # fmt: skip


def write_template(source: Store | Plan, unit: str, period: str, out: Path) -> Written:
    """The same workbook, empty, for `unit`: for an office that works without the program.

    `source` is the register to take names and lists from, or a plan. UsageError (“unknown_unit”).
    """
    month = str(Period(period))
    if isinstance(source, Store):
        with source.read() as session:
            return _template(session, unit, month, out)
    engine = create_engine("sqlite://")
    try:
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            plan_store.install(session, source)
            session.flush()
            return _template(session, unit, month, out)
    finally:
        engine.dispose()


def _template(session: Session, unit: str, period: str, out: Path) -> Written:
    plan = plan_store.current(session)
    named = plan.unit(unit)
    code = named.code if named is not None else unit
    if session.get(OrgUnit, code) is None:
        raise UsageError(f"计划里没有单位“{unit}”。", "请用单位代码或全称。", "unknown_unit")
    issuer = plan.unit(plan.form.issuer)
    cover = {"form_no": plan.form.number, "issuer": issuer.name if issuer else plan.form.issuer}
    content = compose.blank(session, code, period, cover=cover, mark=_mark(session))
    return write_return(content, target_of(out, content, "模板"))


def file_stem(content: Content, word: str = "回报") -> str:
    """“朝阳洲街道_2024-05_回报_第1版”."""
    manifest = content.manifest
    last = f"_第{manifest.revision}版" if manifest.kind == RETURN else ""
    name = "".join(char for char in manifest.unit_name if char not in '\\/:*?"<>|')
    return f"{name}_{manifest.period}_{'草稿' if manifest.kind == DRAFT else word}{last}"


def copy_name(content: Content, sent: ReturnFile) -> str:
    """The name of the copy that is kept of a handed-in return."""
    return f"{file_stem(content)}_{sent.id.hex[:8]}.xlsx"


def target_of(out: Path, content: Content, word: str = "回报") -> Path:
    """`out` itself, or a file named after unit and month inside it when it is a folder."""
    return out / f"{file_stem(content, word)}.xlsx" if Path(out).is_dir() else Path(out)


def _values(stored: ReturnFile) -> dict[str, Any]:
    return {each.name: getattr(stored, each.name) for each in cover_fields()}


def _mark(session: Session) -> str:
    return "练习" if settings.get(session, "practice", False) else ""


def sheet_name(register: str) -> str:
    if register.startswith(PREFIX):
        return "专项"
    return REGISTERS[register].noun if register in REGISTERS else "封面"
