"""年度考核: read a year, change its scheme, note points, answer appeals, try out, write the workbook, publish. Window and command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db import parameters, publishing
from db.assessment import keeping, reading, whatif
from db.assessment.inputs import Inputs
from db.assessment.keeping import Appeal, Entry, Version
from db.assessment.reading import Candidate
from db.assessment.scheme import Scheme
from db.assessment.scoring import Result, score
from db.assessment.whatif import Change, Compared
from db.errors import Refused
from db.findings import Finding, Severity
from db.plan_types import Plan
from db.publishing import Published
from db.store import Store
from desktop.actions.cloud import catch_up


@dataclass(frozen=True, slots=True)
class Desk:
    """A year on the table: its scheme and versions, what was measured, the points, what was noted and objected to."""

    year: int
    version: Version
    versions: tuple[Version, ...]
    inputs: Inputs
    result: Result
    findings: tuple[Finding, ...]
    entries: tuple[Entry, ...]
    appeals: tuple[Appeal, ...]
    published: tuple[Published, ...]
    names: Mapping[str, str]
    ranked: bool
    plan: Plan
    candidates: tuple[Candidate, ...]

    @property
    def scheme(self) -> Scheme:
        return self.version.scheme

    @property
    def moved(self) -> bool:
        """Whether the points are no longer what was published last."""
        return bool(self.published) and dict(self.published[-1].content) != content_of(self.result)[0]


def read_desk(store: Store, year: int, number: int | None = None) -> Desk:
    """The year by a version of its scheme (None: the newest). An empty register is good enough. UsageError: “no_scheme”."""
    catch_up(store, store.today())
    with store.read() as session:
        return _desk(session, year, number)


def _desk(session: Session, year: int, number: int | None) -> Desk:
    version = keeping.version(session, year, number)
    inputs = reading.read_inputs(session, year, version.scheme)
    return Desk(
        year,
        version,
        keeping.versions(session, year),
        inputs,
        score(version.scheme, inputs, version.version),
        tuple(keeping.check(session, year, version.scheme)),
        keeping.entries(session, year),
        keeping.appeals(session, year),
        publishing.published(session, "yearly", str(year)),
        reading.names_of(session),
        parameters.read(session).rankings,
        reading.plan_of(session, year),
        reading.candidates(session),
    )


def try_out(desk: Desk, changes: Sequence[Change]) -> tuple[Compared, ...]:
    """Every unit's points as they are and as they would be. Reads and stores nothing."""
    return whatif.simulate(desk.scheme, desk.inputs, tuple(changes), desk.result)


def save_scheme(store: Store, year: int, scheme: Scheme) -> Version:
    """Keep a scheme; a version in use is left alone and the next one made. Refused (“bad_scheme”) with its findings."""
    _supervisor(store)
    with store.write() as session:
        return keeping.save_scheme(session, year, scheme, store.actor)


def check_scheme(store: Store, year: int, scheme: Scheme) -> list[Finding]:
    """What is wrong with a scheme for the year, before it is kept."""
    with store.read() as session:
        return keeping.check(session, year, scheme)


def note_points(
    store: Store,
    year: int,
    unit: str,
    kind: str,
    item: str,
    points: Decimal | None,
    reason: str,
    evidence: str,
) -> UUID:
    """加分, 扣分 or 一票否决, with its evidence. Refused as keeping.note_points."""
    _supervisor(store)
    with store.write() as session:
        return keeping.note_points(session, year, unit, kind, item, points, reason, evidence, store.actor)


def withdraw_points(store: Store, id: UUID) -> None:
    """Take noted points back. Refused (“withdrawn”)."""
    _supervisor(store)
    with store.write() as session:
        keeping.withdraw_points(session, id, store.actor)


def appeal(store: Store, year: int, unit: str, item: str, text: str) -> UUID:
    """复核申请 of a unit, noted by the office. Refused as keeping.appeal."""
    _supervisor(store)
    with store.write() as session:
        return keeping.appeal(session, year, unit, item, text, store.actor)


def decide(store: Store, id: UUID, decision: str, answer: str) -> None:
    """复核意见. Refused as keeping.decide."""
    _supervisor(store)
    with store.write() as session:
        keeping.decide(session, id, decision, answer, store.actor)


def publish(store: Store, year: int, number: int | None = None, reason: str = "") -> Published:
    """公布 the year's points; the scheme is in use from now on. Refused: “no_reason”, “nothing_changed”, “not_supervisor”."""
    _supervisor(store)
    catch_up(store, store.today())
    with store.write() as session:
        version = keeping.freeze(session, year, number, store.actor)
        result = keeping.assess(session, year, version.version)
        content, names = content_of(result)
        title = f"{year} 年度考核得分"
        return publishing.publish(
            session, "yearly", str(year), title, content, store.actor, reason, names=names
        )


def content_of(result: Result) -> tuple[dict[str, str | None], dict[str, str]]:
    """Points and grades by their key, and what people call them."""
    content: dict[str, str | None] = {"assessment.scheme": f"第 {result.version} 版"}
    names = {"assessment.scheme": "评分方案"}
    for unit in result.units:
        code, name = unit.unit.code, unit.unit.name
        figures: list[tuple[str, str, str | None]] = [
            ("total", "总分", _text(unit.total)),
            ("grade", "等次", unit.grade or None),
            ("base", "基础分", _text(unit.base)),
            ("bonus", "加分", _text(unit.bonus)),
            ("deduction", "扣分", _text(unit.deduction)),
            *((f"item.{each.key}", each.item.name, _text(each.score)) for each in unit.items),
        ]
        for key, word, text in figures:
            content[f"assessment.{key}:{code}"] = text
            names[f"assessment.{key}:{code}"] = f"{word}（{name}）"
    return content, names


def write_workbook(store: Store, year: int, out: Path, number: int | None = None) -> dict[str, Any]:
    """Write the assessment workbook; what `qianqi assess --json` prints. The scheme is in use from now on.

    Refused (“not_supervisor”, “bad_scheme”); MachineError when `out` can not be written.
    """
    from returns.assessment import write_assessment

    _supervisor(store)
    catch_up(store, store.today())
    with store.write() as session:
        version = keeping.freeze(session, year, number, store.actor)
    with store.read() as session:
        desk = _desk(session, year, version.version)
        sheets = write_assessment(
            session, desk.result, out, entries=desk.inputs.entries, appeals=desk.appeals, version=version.words,
            ranked=desk.ranked, practice=bool(store.setting("practice", False)),
        )  # fmt: skip
    return {"out": str(out), "sheets": sheets, **as_json(desk)}


def as_json(desk: Desk) -> dict[str, Any]:
    """The year for a program: scheme, units with their items, findings."""
    return {
        "year": desk.year,
        "as_of": desk.result.as_of,
        "scheme": {
            "name": desk.scheme.name,
            "version": desk.version.version,
            "digest": desk.version.digest,
            "frozen": desk.version.frozen_at is not None,
        },
        "notes": list(desk.result.notes),
        "units": [
            {
                "code": unit.unit.code,
                "name": unit.unit.name,
                "group": unit.unit.group,
                "base": _number(unit.base),
                "bonus": _number(unit.bonus),
                "deduction": _number(unit.deduction),
                "total": _number(unit.total),
                "grade": unit.grade or None,
                "vetoed": list(unit.vetoed),
                "rank": desk.result.ranks.get(unit.unit.code) if desk.ranked else None,
                "notes": list(unit.notes),
                "items": [
                    {
                        "key": each.key,
                        "name": each.item.name,
                        "method": each.method.value,
                        "weight": _number(each.weight),
                        "value": _number(each.value),
                        "target": _number(each.target),
                        "completion": _number(each.rate),
                        "score": _number(each.score),
                        "state": each.state or None,
                        "why": each.why,
                        "source": each.measured.source or None,
                        "period": each.measured.period or None,
                    }
                    for each in unit.items
                ],
            }
            for unit in desk.result.units
        ],
        "findings": [each.as_json() for each in findings_of(desk)],
    }


def findings_of(desk: Desk) -> list[Finding]:
    """What is wrong with the scheme, and the 约束性指标 that were missed."""
    missed = [
        Finding("ASS-003", Severity.WARNING, f"{unit.unit.name}“{each.item.name}”约束性未达标：{each.why}")
        for unit in desk.result.units
        for each in unit.binding_missed
    ]
    return [*desk.findings, *missed]


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _supervisor(store: Store) -> None:
    if store.actor.role != "supervisor":
        raise Refused("年度考核由区里办理。", "街道和部门可在收到的考核表里填写复核申请。", "not_supervisor")
