"""What the steps of 月调度 show, in plain values read aside. The actions are in desktop/actions/returns.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from db import explanations, records
from db.checks.returns import news
from db.coverage import late_days
from db.deadlines import Deadline, deadline
from db.findings import Finding, Severity, Tally, tally
from db.lookup import Directory
from db.models import Explanation, ReturnFile
from db.monthly import rows_of_month
from db.periods import Period
from db.registers import REGISTERS
from db.special.definition import PREFIX
from db.special.rows import fields_by_name, get_definition
from db.store import Store
from desktop.actions import returns as actions
from desktop.actions.records import summary_of
from desktop.actions.sent_back import OpenOpinion, open_opinions
from desktop.tables.cells import Mark
from desktop.tables.model import Column, Row

if TYPE_CHECKING:
    from returns.submit import Checked

COVER, SENT_BACK = "cover", "sent_back"
ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
STATE = {Severity.ERROR: "alarm", Severity.WARNING: "watch", Severity.INFO: "neutral"}
RETURN_WORDS = {
    "sent": "已上报",
    "reopened": "已更正",
    "draft": "填写中",
    "received": "已接收",
    "sent_back": "已退回",
}
FINDING_COLUMNS = (
    Column("severity", "级别", width=76, kind="chip", sort=False),
    Column("register", "登记簿", width=90, kind="muted", sort=False),
    Column("record", "记录", width=290, kind="strong", sort=False),
    Column("field", "栏目", width=146, sort=False),
    Column("message", "问题", width=420, stretch=True, sort=False),
)
HISTORY_COLUMNS = (
    Column("revision", "版本", width=80, kind="strong", sort=False),
    Column("state", "状态", width=90, kind="chip", sort=False),
    Column("day", "报送日期", width=110, kind="date", sort=False),
    Column("rows", "行数", width=70, kind="figure", sort=False),
    Column("reason", "更正理由", width=220, stretch=True, sort=False),
    Column("file", "文件", width=260, stretch=True, kind="muted", sort=False),
)


@dataclass(frozen=True)
class Noted:
    """A finding with the name of its record and what was explained."""

    finding: Finding
    record: str
    field: str
    explanation: str = ""
    given: str = ""  # who explained it and when
    given_id: UUID | None = None
    remembered: bool = False  # it was explained in an earlier month

    @property
    def register(self) -> str:
        key = self.finding.register
        if key.startswith(PREFIX):
            return "专项"
        return REGISTERS[key].title if key in REGISTERS else "封面"


@dataclass(frozen=True)
class Sent:
    """One revision of the month's return."""

    revision: int
    state: str
    submitted_on: Any
    rows: dict[str, int]
    reason: str
    file_name: str
    copy: Path | None
    digest: str
    zero_report: bool
    late_days: int


@dataclass(frozen=True)
class Standing:
    """Where the month stands."""

    period: Period
    deadline: Deadline
    locked: bool
    revision: int  # the one that would be handed in next, or the newest that was
    noted: tuple[Noted, ...]
    unexplained: tuple[Noted, ...]
    explained: tuple[Noted, ...]
    tally: Tally
    ready: bool
    rows: dict[str, int]
    news: int
    cover: dict[str, Any]
    history: tuple[Sent, ...]
    opinions: tuple[Noted, ...] = ()  # what the district marked in the revision that came back
    mended: frozenset[int] = frozenset()  # places among the opinions whose record was changed since

    @property
    def errors(self) -> int:
        """Errors that keep the month from being handed in, the cover's own aside: those are asked for on the way."""
        return sum(
            each.finding.severity is Severity.ERROR and each.finding.register != COVER for each in self.noted
        )

    @property
    def total(self) -> int:
        return sum(self.rows.values())

    def of(self, severity: Severity | None) -> list[Noted]:
        return [each for each in self.noted if severity is None or each.finding.severity is severity]


def read(store: Store, period: str) -> Standing:
    """Check the month and gather everything the steps show; runs aside."""
    checked = actions.check(store, period)
    cover = actions.load_cover(store, period)
    today, unit = store.today(), store.actor.unit_code
    with store.read() as session:
        month = Period(period)
        directory = Directory(session)
        due = deadline(session, period, today, unit)
        history = _history(session.scalars(_returns(unit, period)).all(), store, due.day)
        rows = rows_of_month(session, unit, period)
        noted = _noted(session, directory, checked, explanations.accepted(session, checked.findings))
        revision = (history[0].revision if history else 0) + 1
        opinions = open_opinions(store, period, revision)
        locked = any(each.state == "sent" for each in history[:1])
        return Standing(
            month,
            due,
            locked,
            revision - 1 if locked else revision,
            tuple(noted),
            tuple(each for each in noted if each.finding in set(checked.open)),
            tuple(each for each in noted if each.explanation),
            tally(checked.findings),
            checked.ready,
            {key: len(each) for key, each in rows.items()},
            news(rows, period),
            cover,
            tuple(history),
            tuple(_opinion(session, directory, each) for each in opinions),
            frozenset(place for place, each in enumerate(opinions) if each.mended),
        )


def _opinion(session: Any, directory: Directory, each: OpenOpinion) -> Noted:
    """A line of what came back, in the shape of a finding: it leads to the same place."""
    finding = Finding(SENT_BACK, Severity.WARNING, each.message, each.register, each.record_id, each.field)
    record = (
        records.get(session, REGISTERS[each.register], each.record_id)
        if each.record_id is not None and each.register in REGISTERS
        else None
    )
    return Noted(finding, summary_of(each.register, record, directory) if record else "", each.column)


def _noted(
    session: Any, directory: Directory, checked: Checked, known: Mapping[Finding, Explanation]
) -> list[Noted]:
    names: dict[Any, str] = {}
    found = []
    ordered = sorted(
        checked.findings, key=lambda each: (ORDER[each.severity], _register_order(each.register))
    )
    for finding in ordered:
        key = finding.record_id
        if key is not None and key not in names and finding.register in REGISTERS:
            record = records.get(session, REGISTERS[finding.register], key)
            names[key] = summary_of(finding.register, record, directory) if record is not None else ""
        if finding.register.startswith(PREFIX):
            found.append(_special(session, finding, known.get(finding), checked.period))
            continue
        told, name = known.get(finding), names.get(key, "")
        if told is None:
            found.append(Noted(finding, name, _label(finding)))
            continue
        given = f"{told.created_by} {told.created_at.astimezone():%Y-%m-%d}"
        remembered = told.period != checked.period
        found.append(Noted(finding, name, _label(finding), told.text, given, told.id, remembered))
    return found


def _special(session: Any, finding: Finding, told: Explanation | None, period: str) -> Noted:
    """A finding about a 专项: its table and column by name."""
    fields = fields_by_name(session, finding.register)
    column = fields[finding.field].label if finding.field in fields else ""
    title = get_definition(session, finding.register.removeprefix(PREFIX)).title
    if told is None:
        return Noted(finding, title, column)
    given = f"{told.created_by} {told.created_at.astimezone():%Y-%m-%d}"
    return Noted(finding, title, column, told.text, given, told.id, told.period != period)


def _register_order(key: str) -> int:
    return list(REGISTERS).index(key) if key in REGISTERS else len(REGISTERS)


def _label(finding: Finding) -> str:
    if finding.register in REGISTERS and finding.field:
        fields = {field.name: field.label for field in REGISTERS[finding.register].fields}
        return fields.get(finding.field, "")
    return ""


def finding_row(place: int, each: Noted) -> Row:
    """A finding as a row; its id is its place among all."""
    finding = each.finding
    word = finding.severity.word
    mark = Mark("已说明", "ok") if each.explanation else Mark(word, STATE[finding.severity])
    cells = {
        "severity": mark, "register": each.register, "record": each.record or None,
        "field": each.field or None, "message": finding.message,
    }  # fmt: skip
    return Row(str(place), cells)


def opinion_row(place: int, each: Noted, mended: bool) -> Row:
    """What came back, above the findings."""
    mark = Mark("已改", "ok") if mended else Mark("退回", "alarm")
    cells = {
        "severity": mark, "register": each.register, "record": each.record or None, "field": each.field or None,
        "message": each.finding.message,
    }  # fmt: skip
    return Row(f"{SENT_BACK}:{place}", cells)


def _returns(unit: str, period: str) -> Any:
    return (
        select(ReturnFile)
        .where(
            ReturnFile.unit_code == unit, ReturnFile.period == period,
            ReturnFile.state.in_(("sent", "reopened", "received")),
        )
        .order_by(ReturnFile.revision.desc())
    )  # fmt: skip


def _history(found: Sequence[ReturnFile], store: Store, due: date) -> list[Sent]:
    """The newest first. Only the first revision can be late: what corrects a punctual return is no second one."""
    return [
        Sent(
            row.revision,
            row.state,
            row.submitted_on,
            {key: int(number) for key, number in (row.summary or {}).items()},
            row.correction_reason or "",
            row.file_name or "",
            _copy_of(store, row),
            row.digest or "",
            bool(row.zero_report),
            late_days(row, due) if row is found[-1] else 0,
        )
        for row in found
    ]


def _copy_of(store: Store, row: ReturnFile) -> Path | None:
    """The copy that was kept when the return was handed in: its name ends with the return's key."""
    folder = store.folder.sent
    found = sorted(folder.glob(f"*_{row.id.hex[:8]}.xlsx")) if folder.is_dir() else []
    return found[0] if found else None


def history_row(each: Sent) -> Row:
    late = f"（迟 {each.late_days} 天）" if each.late_days else ""
    cells = {
        "revision": f"第 {each.revision} 版", "day": each.submitted_on, "rows": sum(each.rows.values()),
        "state": Mark(RETURN_WORDS[each.state] + late, "ok" if each.state != "reopened" else "neutral"),
        "reason": each.reason or None, "file": each.file_name or None,
    }  # fmt: skip
    return Row(str(each.revision), cells)


def file_name(unit: str, standing: Standing, word: str = "回报") -> str:
    """The name a file is offered under: unit, month, revision."""
    last = f"_第{standing.revision}版" if word == "回报" else ""
    plain = "".join(char for char in unit if char not in '\\/:*?"<>|')
    return f"{plain}_{standing.period}_{word}{last}.xlsx"
