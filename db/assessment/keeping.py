"""Schemes in versions, points noted by hand, appeals: kept in the register with who and when. Scoring is in scoring.py."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import settings
from db.assessment import reading, template, validating
from db.assessment.inputs import GIVEN, KINDS, VETO
from db.assessment.scheme import WHOLE, Scheme, content_of, read_scheme
from db.assessment.scoring import Result, score
from db.errors import Refused, UsageError
from db.findings import Finding, Severity
from db.models import AssessmentAppeal, AssessmentEntry, AssessmentScheme, AuditEntry, OrgUnit
from db.store import Actor
from db.types import new_key

UPHELD, CHANGED, DISMISSED = "维持", "更正", "不予受理"
DECISIONS = (CHANGED, UPHELD, DISMISSED)
LEAST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a year's scheme. `frozen_at`: when it was first used; from then on it is never changed."""

    year: int
    version: int
    scheme: Scheme
    digest: str
    made_at: datetime | None = None
    made_by: str = ""
    frozen_at: datetime | None = None

    @property
    def stored(self) -> bool:
        return self.version > 0

    @property
    def words(self) -> str:
        """“第 2 版（2024-12-30 刘科长，已使用）”."""
        if not self.stored or self.made_at is None:
            return "默认方案（还没有保存）"
        used = "已使用" if self.frozen_at else "草稿"
        return f"第 {self.version} 版（{self.made_at.astimezone():%Y-%m-%d} {self.made_by}，{used}）"


def digest_of(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def default_scheme(session: Session, year: int) -> Scheme:
    """The shipped template for the year's plan and the units of this register."""
    units = [
        (code, kind)
        for code, kind in session.execute(
            select(OrgUnit.code, OrgUnit.kind).where(OrgUnit.active, OrgUnit.reports)
        )
    ]
    return read_scheme(template.first_content(reading.plan_of(session, year), units))


def versions(session: Session, year: int) -> tuple[Version, ...]:
    """All versions of a year, oldest first."""
    rows = session.scalars(
        select(AssessmentScheme).where(AssessmentScheme.year == year).order_by(AssessmentScheme.version)
    )
    return tuple(_version(row) for row in rows)


def _version(row: AssessmentScheme) -> Version:
    return Version(
        row.year, row.version, read_scheme(row.content), row.digest, row.made_at, row.made_by, row.frozen_at
    )


def version(session: Session, year: int, number: int | None = None) -> Version:
    """A version, or (None) the newest; where nothing was stored yet the default one, unsaved (version 0).

    UsageError: “no_scheme” for a version there is none of.
    """
    found = versions(session, year)
    if number is None:
        if found:
            return found[-1]
        scheme = default_scheme(session, year)
        return Version(year, 0, scheme, digest_of(content_of(scheme)))
    for each in found:
        if each.version == number:
            return each
    raise UsageError(f"{year} 年没有第 {number} 版评分方案。", "请从已有的版本里选择。", "no_scheme")


def check(session: Session, year: int, scheme: Scheme) -> list[Finding]:
    """What is wrong with a scheme for this register, by the plan that the year is assessed by."""
    return validating.check_scheme(
        scheme, reading.plan_of(session, year), reading.members_of(session, scheme), reading.names_of(session)
    )


def save_scheme(session: Session, year: int, scheme: Scheme, actor: Actor) -> Version:
    """Keep a scheme: over the newest version while that is a draft, else as the next version; the same content is kept once.

    Refused (“bad_scheme”) with its findings for one that has errors.
    """
    problems = [each for each in check(session, year, scheme) if each.severity is Severity.ERROR]
    if problems:
        refused = Refused(problems[0].message, f"共 {len(problems)} 处，改好后再保存。", "bad_scheme")
        refused.findings = problems  # type: ignore[attr-defined]
        raise refused
    content = content_of(scheme)
    digest = digest_of(content)
    last = session.scalars(
        select(AssessmentScheme)
        .where(AssessmentScheme.year == year)
        .order_by(AssessmentScheme.version.desc())
        .limit(1)
    ).first()
    if last is not None and last.digest == digest:
        return _version(last)
    if last is not None and last.frozen_at is None:
        last.name, last.content, last.digest, last.made_at, last.made_by = (
            scheme.name,
            content,
            digest,
            settings.moment(session),
            actor.person,
        )
        kept = last
    else:
        kept = AssessmentScheme(
            id=new_key(), year=year, version=last.version + 1 if last is not None else 1, name=scheme.name,
            content=content, digest=digest, made_at=settings.moment(session), made_by=actor.person, frozen_at=None,
        )  # fmt: skip
        session.add(kept)
    _note(session, kept.id, "save", f"{year} 年评分方案第 {kept.version} 版", actor)
    session.flush()
    return _version(kept)


def freeze(session: Session, year: int, number: int | None, actor: Actor) -> Version:
    """Use a version: from now on it is never changed. The default one is stored as version 1 first."""
    found = version(session, year, number)
    if not found.stored:
        found = save_scheme(session, year, found.scheme, actor)
    row = session.scalars(
        select(AssessmentScheme).where(
            AssessmentScheme.year == year, AssessmentScheme.version == found.version
        )
    ).one()
    if row.frozen_at is None:
        row.frozen_at = settings.moment(session)
        _note(session, row.id, "freeze", f"{year} 年评分方案第 {row.version} 版启用，从此不改", actor)
        session.flush()
    return _version(row)


def assess(session: Session, year: int, number: int | None = None) -> Result:
    """The year's points by a version (None: the newest), from what the register has now. Stores nothing."""
    found = version(session, year, number)
    return score(found.scheme, reading.read_inputs(session, year, found.scheme), found.version)


# 加分, 扣分, 一票否决.


@dataclass(frozen=True, slots=True)
class Entry:
    id: UUID
    unit: str
    kind: str
    item: str
    points: Decimal
    reason: str
    evidence: str
    made_at: datetime
    made_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str


def entries(session: Session, year: int) -> tuple[Entry, ...]:
    """Everything noted in a year, withdrawn ones too, the newest first."""
    rows = session.scalars(
        select(AssessmentEntry).where(AssessmentEntry.year == year).order_by(AssessmentEntry.made_at.desc())
    )
    return tuple(
        Entry(
            row.id, row.unit_code, row.kind, row.item, row.points, row.reason, row.evidence, row.made_at, row.made_by,
            row.withdrawn_at, row.withdrawn_by or "",
        )
        for row in rows
    )  # fmt: skip


def note_points(
    session: Session, year: int, unit: str, kind: str, item: str, points: Decimal | None, reason: str, evidence: str,
    actor: Actor,
) -> UUID:  # fmt: skip
    """Note points for a unit. `points` None: what the scheme gives for one occurrence.

    Refused: “no_evidence”, “no_reason”, “bad_points”, “unknown_item” (not in the scheme), “unknown_unit”.
    """
    scheme = version(session, year).scheme
    if kind not in KINDS or session.get(OrgUnit, unit) is None:
        raise Refused("请选择单位和加分、扣分或一票否决。", "", "unknown_unit")
    known = scheme.bonus if kind == GIVEN else scheme.deduction
    if kind == VETO:
        if item not in scheme.veto_reasons:
            raise Refused(f"方案的一票否决情形里没有“{item}”。", "请从方案所列的情形里选择。", "unknown_item")
        points = Decimal(0)
    else:
        row = next((each for each in known if each.name == item), None)
        if row is None:
            raise Refused(
                f"方案的{kind}事项里没有“{item}”。", "请从方案所列的事项里选择，或先改方案。", "unknown_item"
            )
        points = row.points if points is None else points
        if points <= 0 or points != points.quantize(Decimal("0.01")):
            raise Refused("分数要大于 0，最多两位小数。", "扣分也填正数。", "bad_points")
    if len(reason.strip()) < LEAST_WORDS:
        raise Refused(
            f"请写明事由，至少 {LEAST_WORDS} 个字。", "如“获评2024年省级数字经济集聚区”。", "no_reason"
        )
    if not evidence.strip():
        raise Refused("请写明依据。", "文号、证书编号、通报名称或附件名称。", "no_evidence")
    made = AssessmentEntry(
        id=new_key(), year=year, unit_code=unit, kind=kind, item=item, points=points, reason=reason.strip(),
        evidence=evidence.strip(), made_at=settings.moment(session), made_by=actor.person, withdrawn_at=None, withdrawn_by=None,
    )  # fmt: skip
    session.add(made)
    _note(session, made.id, "add", f"{year} 年 {unit} {kind} {item} {points:f}：{reason.strip()}", actor)
    session.flush()
    return made.id


def withdraw_points(session: Session, id: UUID, actor: Actor) -> None:
    """Take points back; the line stays, marked. Refused (“withdrawn”) for one that was."""
    row = session.get(AssessmentEntry, id)
    if row is None or row.withdrawn_at is not None:
        raise Refused("这一条已经撤回。", "", "withdrawn")
    row.withdrawn_at, row.withdrawn_by = settings.moment(session), actor.person
    _note(session, id, "withdraw", f"撤回 {row.year} 年 {row.unit_code} {row.kind} {row.item}", actor)
    session.flush()


# 复核.


@dataclass(frozen=True, slots=True)
class Appeal:
    id: UUID
    unit: str
    item: str  # key of the item; "" for the whole
    text: str
    made_at: datetime
    made_by: str
    decision: str
    answer: str
    decided_at: datetime | None
    decided_by: str

    @property
    def open(self) -> bool:
        return not self.decision


def appeals(session: Session, year: int, unit: str | None = None) -> tuple[Appeal, ...]:
    """复核申请 of a year, oldest first."""
    query = select(AssessmentAppeal).where(AssessmentAppeal.year == year).order_by(AssessmentAppeal.made_at)
    if unit is not None:
        query = query.where(AssessmentAppeal.unit_code == unit)
    return tuple(
        Appeal(
            row.id, row.unit_code, row.item, row.text, row.made_at, row.made_by, row.decision or "", row.answer or "",
            row.decided_at, row.decided_by or "",
        )
        for row in session.scalars(query)
    )  # fmt: skip


def appeal(session: Session, year: int, unit: str, item: str, text: str, actor: Actor) -> UUID:
    """Note what a unit objects to. Refused: “unknown_unit”, “no_reason”, “appealed” (the same item is still open)."""
    if unit == WHOLE or session.get(OrgUnit, unit) is None:
        raise Refused("请选择申请复核的单位。", "", "unknown_unit")
    if len(text.strip()) < LEAST_WORDS:
        raise Refused(f"请写明申请复核的理由，至少 {LEAST_WORDS} 个字。", "", "no_reason")
    if any(each.open and each.item == item for each in appeals(session, year, unit)):
        raise Refused("这一项已有没有答复的复核申请。", "请先答复，再登记新的申请。", "appealed")
    made = AssessmentAppeal(
        id=new_key(), year=year, unit_code=unit, item=item, text=text.strip(), made_at=settings.moment(session), made_by=actor.person,
        decision=None, answer=None, decided_at=None, decided_by=None,
    )  # fmt: skip
    session.add(made)
    _note(session, made.id, "appeal", f"{year} 年 {unit} 对“{item or '总分'}”申请复核：{text.strip()}", actor)
    session.flush()
    return made.id


def decide(session: Session, id: UUID, decision: str, answer: str, actor: Actor) -> None:
    """Answer an appeal once and for all. Refused: “decided”, “no_reason”. UsageError (“bad_decision”)."""
    row = session.get(AssessmentAppeal, id)
    if decision not in DECISIONS:
        raise UsageError(f"复核决定“{decision}”不对。", f"可以是：{'、'.join(DECISIONS)}。", "bad_decision")
    if row is None or row.decision:
        raise Refused("这份复核申请已经答复。", "单位仍有异议的，登记新的申请。", "decided")
    if len(answer.strip()) < LEAST_WORDS:
        raise Refused(f"请写明复核意见，至少 {LEAST_WORDS} 个字。", "", "no_reason")
    row.decision, row.answer, row.decided_at, row.decided_by = (
        decision,
        answer.strip(),
        settings.moment(session),
        actor.person,
    )
    _note(session, id, "decide", f"{row.year} 年 {row.unit_code} 复核：{decision}，{answer.strip()}", actor)
    session.flush()


def next_number(session: Session, year: int) -> int:
    """The version that a scheme saved now as a new one would get."""
    return (
        int(
            session.scalar(select(func.max(AssessmentScheme.version)).where(AssessmentScheme.year == year))
            or 0
        )
        + 1
    )


def _note(session: Session, key: UUID, action: str, words: str, actor: Actor) -> None:
    session.add(
        AuditEntry(
            at=settings.moment(session), by=actor.person, action=action, register="assessment", record_id=key, before=None, after=None,
            note=words,
        )
    )  # fmt: skip
