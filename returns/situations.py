"""What kind of case a return is: one stable id and one sentence each, naming unit, month, revision and what to do.

The rows are compared in diff.py; what is wrong inside the file are findings.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import closing
from db.closing import Closing
from db.errors import Refused
from db.models import Batch, OrgUnit
from db.periods import Period
from returns.history import History

Weight = Literal["told", "warned", "asks"]
STAGED, SENT_BACK = "staged", "sent_back"
# Those that depend on what else was received; they are looked up anew whenever a file is shown or applied.
OF_REGISTER = frozenset(
    (
        "older_revision",
        "other_content",
        "correction",
        "month_closed",
        "rival",
        "sent_back_unchanged",
        "after_send_back",
    )
)


@dataclass(frozen=True, slots=True)
class Situation:
    """One case. told: good to know; warned: look at it; asks: it is not applied until a person has decided."""

    id: str
    message: str
    todo: str = ""
    weight: Weight = "warned"

    @property
    def asks(self) -> bool:
        return self.weight == "asks"

    @property
    def words(self) -> str:
        return f"{self.message}{self.todo}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class TurnedAway(Refused):
    """A file that is not taken. `situation` says which case it is, `id` which rule stands against it."""

    def __init__(self, situation: str, message: str, hint: str, rule: str = "RET-002", **known: Any) -> None:
        super().__init__(message, hint, rule)
        self.situation = Situation(situation, message, hint, "asks")
        self.known: Mapping[str, Any] = known


def loud(told: Sequence[Situation]) -> tuple[str, ...]:
    """The sentences that belong among the warnings of a report."""
    return tuple(each.words for each in told if each.weight != "told")


def title(session: Session, unit: str, period: str, revision: int) -> str:
    """“朝阳洲街道 2024 年 5 月第 2 版”."""
    known = session.scalar(select(OrgUnit.name).where(OrgUnit.code == unit))
    return f"{known or unit} {Period(period).display()}第 {revision} 版"


# ---------------------------------------------------------------- what the register says of a file


@dataclass(frozen=True, slots=True)
class Case:
    """A file as the register has to judge it: whose, which month and revision, what it says."""

    unit: str
    period: str
    revision: int
    content: str
    batch: UUID | None = None  # its own batch, where it is staged


def of_register(
    session: Session, case: Case, history: History | None = None, besides: Collection[UUID] = ()
) -> list[Situation]:
    """The situations that come from what was received before; TurnedAway for a revision that was overtaken.

    `besides`: waiting batches that this file takes the place of.
    """
    history = history or History(session, case.unit, case.period)
    name = title(session, case.unit, case.period, case.revision)
    if case.revision < history.revision:
        raise TurnedAway(
            "older_revision",
            f"{name}比已接收的第 {history.revision} 版旧，不再接收。",
            f"请使用第 {history.revision} 版之后的文件；确要退回旧版，请先撤销较新的一版。",
            "RET-003",
            unit=case.unit,
            period=case.period,
            revision=case.revision,
        )
    found: list[Situation] = []
    if history.month_batch is not None and case.revision == history.revision:
        received = session.scalar(select(Batch.content_digest).where(Batch.id == history.month_batch))
        if received != case.content:
            found.append(_other_content(name))
    elif history.revision:
        found.append(Situation("correction", f"{name}更正已接收的第 {history.revision} 版。", "", "told"))
    closed = closing.closing_of(session, case.period)
    if closed is not None:
        found.append(_closed_month(name, closed))
    return found + _neighbours(session, case, name, besides)


def of_batch(session: Session, batch: Batch) -> list[Situation]:
    """The situations of a staged file as things stand now. TurnedAway as of_register."""
    case = Case(
        batch.unit_code or "", batch.period or "", batch.revision or 0, batch.content_digest or "", batch.id
    )
    return of_register(session, case)


def _other_content(name: str) -> Situation:
    return Situation(
        "other_content",
        f"{name}已导入过，这份内容不同，请确认是否覆盖。",
        "以这份为准的，写明理由后覆盖（命令行加 --replace）；否则退回，让填报人按更正另报一版。",
        "asks",
    )


def _closed_month(name: str, closed: Closing) -> Situation:
    return Situation(
        "month_closed",
        f"{name}：这个月已关账（{closed.words}），接收会改动已公布的数。",
        "如确要更改，请写明重述理由再接收（命令行加 --restate 理由）；否则请退回。",
        "asks",
    )


def month_closed(session: Session, unit: str, revision: int, closed: Closing) -> TurnedAway:
    """A closed month changes only as a visible restatement."""
    told = _closed_month(title(session, unit, closed.period, revision), closed)
    return TurnedAway(told.id, told.message, told.todo, told.id)


def _neighbours(session: Session, case: Case, name: str, besides: Collection[UUID]) -> list[Situation]:
    """Files of the same unit, month and revision that wait beside this one, or were sent back."""
    found: list[Situation] = []
    beside = session.scalars(
        select(Batch)
        .where(
            Batch.kind == "return", Batch.unit_code == case.unit, Batch.period == case.period,
            Batch.revision == case.revision, Batch.state.in_((STAGED, SENT_BACK)),
        )
        .order_by(Batch.created_at)
    ).all()  # fmt: skip
    waiting = [
        each for each in beside if each.state == STAGED and each.id != case.batch and each.id not in besides
    ]
    back = [each for each in beside if each.state == SENT_BACK]
    settled = {case.content, *(each.content_digest for each in back)}
    rivals = [each.file_name for each in waiting if each.content_digest not in settled]
    if rivals:
        found.append(
            Situation(
                "rival",
                f"{name}同时有 {len(rivals) + 1} 份内容不同的文件（另有“{'”“'.join(rivals)}”）。",
                "请问清哪一份是定稿，接收那一份，其余退回。",
                "asks",
            )
        )
    if back:
        why, day = back[-1].note or "", _day(back[-1].created_at)
        if case.content in {each.content_digest for each in back}:
            found.append(
                Situation(
                    "sent_back_unchanged",
                    f"{name}就是已退回的那一份（{day} 收到，退回理由：{why}），内容没有改动。",
                    "请让填报人改好再报；退回有误的，可以在“收表”里接收这一份。",
                    "asks",
                )
            )
        else:
            found.append(
                Situation("after_send_back", f"{name}退回过（理由：{why}），这是改过的一份。", "", "told")
            )
    return found


def _day(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d}"
