"""What kind of case a return is: one stable id and one sentence each, naming unit, month, revision and what to do.

The rows are compared in diff.py; what is wrong inside the file are findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from db.closing import Closing
from db.errors import Refused
from db.lookup import Directory
from db.periods import Period


@dataclass(frozen=True, slots=True)
class Situation:
    """One case. `asks`: it is not applied until a person has decided."""

    id: str
    message: str
    todo: str = ""
    asks: bool = False

    @property
    def words(self) -> str:
        return f"{self.message}{self.todo}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class TurnedAway(Refused):
    """A file that is not taken. `situation` says which case it is, `id` which rule stands against it."""

    def __init__(self, situation: str, message: str, hint: str, rule: str = "RET-002", **known: Any) -> None:
        super().__init__(message, hint, rule)
        self.situation = situation
        self.known: Mapping[str, Any] = known


def title(session: Session, unit: str, period: str, revision: int) -> str:
    """“朝阳洲街道 2024 年 5 月第 2 版”."""
    return f"{Directory(session).name('unit', unit)} {Period(period).display()}第 {revision} 版"


def month_closed(session: Session, unit: str, revision: int, closed: Closing) -> TurnedAway:
    """A closed month changes only as a visible restatement."""
    told = closed_month(title(session, unit, closed.period, revision), closed)
    return TurnedAway("month_closed", told.message, told.todo, "month_closed")


def closed_month(name: str, closed: Closing) -> Situation:
    return Situation(
        "month_closed",
        f"{name}：这个月已关账（{closed.words}），接收会改动已公布的数。",
        "如确要更改，请写明重述理由再接收（命令行加 --restate 理由）；否则请退回。",
        asks=True,
    )
