"""Gathers from the register what a return says: rows of the month, names, cover, notes. Writing is in write.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import monthly, plan_store
from db.checks.grades import adjusted
from db.fields import Kind
from db.findings import Finding, Severity, tally
from db.lookup import TITLES, Directory
from db.models import OrgUnit, Park, Setting
from db.periods import Period
from db.records import Values
from db.registers import REGISTERS
from db.values import to_json
from returns import special
from returns.cover import Note
from returns.workbook import (
    FIRST_ROW,
    FORMAT_VERSION,
    ORDER,
    TEMPLATE,
    Manifest,
    Place,
    SheetPlan,
    cover_fields,
    links_of,
    sheet_of,
)
from returns.write import Content

TEMPLATE_ROWS = 60  # open rows of an empty workbook
_PLACES = ("unit", "street", "park")


def app_version() -> str:
    """This program's version; a bundle without its metadata has none."""
    try:
        return metadata.version("qianqi")
    except metadata.PackageNotFoundError:
        return ""


def gather(
    session: Session,
    unit: str,
    period: str,
    *,
    kind: str,
    revision: int,
    cover: Mapping[str, Any],
    findings: Sequence[Finding] = (),
    explanations: Mapping[Finding, str] | None = None,
    person: str = "",
    mark: str = "",
    rows: Mapping[str, Sequence[Values]] | None = None,
) -> Content:
    """The content of a unit's return (or draft) for the month, ready to be written."""
    found = monthly.rows_of_month(session, unit, period) if rows is None else rows
    return _content(
        session, unit, period, found, kind=kind, revision=revision, cover=cover, findings=findings,
        explanations=explanations or {}, person=person, mark=mark,
        specials=special.carried(session, unit, str(Period(period))),
    )  # fmt: skip


def blank(session: Session, unit: str, period: str, *, cover: Mapping[str, Any], mark: str = "") -> Content:
    """The same workbook, empty, for an office without the program."""
    return _content(
        session, unit, period, {}, kind=TEMPLATE, revision=1, cover=cover, findings=(), explanations={}, person="", mark=mark,
        empty=TEMPLATE_ROWS, specials=special.asked_for(session, unit, str(Period(period))),
    )  # fmt: skip


def _content(
    session: Session, unit: str, period: str, rows: Mapping[str, Sequence[Values]], *, kind: str, revision: int,
    cover: Mapping[str, Any], findings: Sequence[Finding], explanations: Mapping[Finding, str], person: str, mark: str,
    empty: int = 0, specials: Sequence[special.Carried] = (),
) -> Content:  # fmt: skip
    plan = plan_store.current(session)
    directory = Directory(session)
    counted = tally(findings)
    units, parks = _places(directory, rows)
    rows = special.with_firms(session, rows, specials)
    titles = _titles(session, rows)
    rows = {**rows, **{each.plan.register.key: each.rows for each in specials}}
    values = {
        **cover,
        "title": cover.get("title") or plan.form.title,
        "unit_note": cover.get("unit_note") or plan.form.unit_note,
        "template_ver": f"第 {FORMAT_VERSION} 版",
        "data_ver": f"第 {revision} 版",
    }
    manifest = Manifest(
        kind=kind,
        unit=unit,
        unit_name=directory.name("unit", unit),
        region=plan.region_code,
        region_name=plan.region,
        period=str(Period(period)),
        revision=revision,
        exported_at=datetime.now(UTC).isoformat(timespec="seconds"),
        correction_reason=str(cover.get("correction_reason") or ""),
        app_version=app_version(),
        person=person,
        zero_report=bool(cover.get("zero_report")),
        practice=bool(session.scalar(select(Setting.value).where(Setting.key == "practice"))),
        cover={
            field.name: to_json(values.get(field.name))
            for field in cover_fields()
            if values.get(field.name) is not None
        },
        check={"errors": counted.errors, "warnings": counted.warnings, "infos": counted.infos},
        units=units,
        parks=parks,
        covers=ORDER,
    )
    return Content(
        manifest=manifest,
        cover=values,
        rows=rows,
        lookup=directory,
        firms={row["id"]: (row["name"] or "", row["uscc"] or "") for row in rows.get("enterprise", ())},
        titles=titles,
        notes=_notes(findings, explanations, rows, {each.plan.register.key: each.plan for each in specials})
        + ([] if empty else _adjusted(session)),
        tally=counted,
        explained=len(explanations),
        mark=mark,
        blank=empty,
        specials=[each.plan for each in specials],
    )


def _titles(session: Session, rows: Mapping[str, Sequence[Values]]) -> dict[UUID, str]:
    """What the records are called that the rows name (firms have their own)."""
    titles: dict[UUID, str] = {}
    wanted: dict[str, set[UUID]] = {}
    for key, records in rows.items():
        for each in links_of(key):
            wanted.setdefault(each.source, set()).update(
                record[each.name] for record in records if record.get(each.name)
            )
    for source, keys in wanted.items():
        title = TITLES[source]
        column = title.class_.id
        known = {row["id"]: row[title.key] or "" for row in rows.get(source, ())}
        missing = sorted(keys - known.keys())
        titles |= {key: known[key] for key in keys & known.keys()}
        for start in range(0, len(missing), monthly.IN_CHUNKS):
            chunk = missing[start : start + monthly.IN_CHUNKS]
            for found, word in session.execute(select(column, title).where(column.in_(chunk))):
                titles[found] = word or ""
    return titles


def _places(
    directory: Directory, rows: Mapping[str, Sequence[Values]]
) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """The units and parks that the rows name: the receiver may not know those an office added itself."""
    units: dict[str, OrgUnit] = {}
    parks: dict[str, Park] = {}
    for key, records in rows.items():
        named = [field for field in sheet_of(key).register.fields if field.source in _PLACES]
        for field in named:
            for record in records:
                value = record.get(field.name)
                for code in value if field.kind is Kind.REFS and value else [value]:
                    if code in directory.units and field.source != "park":
                        units[code] = directory.units[code]
                    elif code in directory.parks and field.source == "park":
                        parks[code] = directory.parks[code]
    return (
        tuple(Place(code, units[code].name, units[code].kind) for code in sorted(units)),
        tuple(Place(code, parks[code].name) for code in sorted(parks)),
    )


def _notes(
    findings: Sequence[Finding],
    explanations: Mapping[Finding, str],
    rows: Mapping[str, Sequence[Values]],
    specials: Mapping[str, SheetPlan],
) -> list[Note]:
    """Findings with the place where the workbook shows them, the worst first."""
    lines = {
        (key, record["id"]): number
        for key, records in rows.items()
        for number, record in enumerate(records, start=FIRST_ROW)
    }
    order = {"error": 0, "warning": 1, "info": 2}
    return [
        Note(finding, place_of(finding, lines, specials), explanations.get(finding, ""))
        for finding in sorted(findings, key=lambda each: order[each.severity.value])
    ]


def _adjusted(session: Session) -> list[Note]:
    """What the office changed of the rules: whoever receives the return is told what it was checked by."""
    return [
        Note(Finding(each.rule, Severity.INFO, each.told), "本单位设定", each.reason)
        for each in adjusted(session)
    ]


def place_of(
    finding: Finding, lines: Mapping[tuple[str, UUID], int], specials: Mapping[str, SheetPlan]
) -> str:
    """“走访记录 第 5 行 经营状态评价”."""
    parts = []
    if finding.register in REGISTERS or finding.register in specials:
        plan = specials.get(finding.register) or sheet_of(finding.register)
        parts.append(plan.name)
        row = lines.get((finding.register, finding.record_id)) if finding.record_id else None
        if row is not None:
            parts.append(f"第 {row} 行")
        labels = {field.name: field.label for field in plan.register.fields}
        if finding.field in labels:
            parts.append(labels[finding.field])
    return " ".join(parts)
