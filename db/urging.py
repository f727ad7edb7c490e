"""催报: who is still missing, since when, whom to call, and the words for it. Printing and copying are elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.coverage import Year, year_coverage
from db.deadlines import WEEKDAYS
from db.models import ReturnFile
from db.periods import Period


@dataclass(frozen=True, slots=True)
class Urged:
    """One unit that still owes a month. `days` past its deadline (below zero: left); `owes`: earlier months it owes too."""

    code: str
    name: str
    street: bool
    period: Period
    due_on: date
    days: int
    locked: bool
    extended: bool
    contact: str
    phone: str
    owes: tuple[Period, ...] = ()

    @property
    def standing(self) -> str:
        """“超期 3 天”, “今天截止”, “还有 2 天”, with what else is to be known."""
        if self.days > 0:
            return f"超期 {self.days} 天" + ("，已锁定" if self.locked else "")
        left = f"还有 {-self.days} 天" if self.days else "今天截止"
        return left + ("（延期）" if self.extended else "")

    @property
    def whom(self) -> str:
        """Who filled in the last return, with the phone."""
        return " ".join(part for part in (self.contact, self.phone) if part)

    @property
    def earlier(self) -> str:
        """“3 月、4 月”: the earlier months of the year that are still owed."""
        return "、".join(f"{month.month} 月" for month in self.owes)


def urged(session: Session, period: str, today: date) -> tuple[Urged, ...]:
    """Every unit that has not handed in the month, streets first, with the contact of its last return."""
    month = Period(period)
    return of_year(session, year_coverage(session, month.year, today), month)


def of_year(session: Session, year: Year, month: Period) -> tuple[Urged, ...]:
    """The same from a year that is read already."""
    missing = [unit for unit in year.month(month).units if not unit.received]
    last = contacts(session, [unit.code for unit in missing])
    found = []
    for unit in missing:
        assert unit.due_on is not None
        contact, phone = last.get(unit.code, ("", ""))
        earlier = tuple(each for each in year.owed(unit.code) if each < month)
        found.append(
            Urged(
                unit.code, unit.name, unit.kind == "street", month, unit.due_on, (year.today - unit.due_on).days,
                unit.stage == "已锁定", unit.extended, contact, phone, earlier,
            )
        )  # fmt: skip
    return tuple(found)


def contacts(session: Session, units: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Filler and phone of the last return of each unit."""
    if not units:
        return {}
    # SQLite takes the other columns from the row that has the greatest value.
    newest = func.max(ReturnFile.period + func.printf("%04d", ReturnFile.revision))
    rows = session.execute(
        select(ReturnFile.unit_code, ReturnFile.filler, ReturnFile.phone, newest)
        .where(ReturnFile.unit_code.in_(units), ReturnFile.filler.is_not(None))
        .group_by(ReturnFile.unit_code)
    )
    return {row.unit_code: (row.filler or "", row.phone or "") for row in rows}


def unit_text(each: Urged, sender: str, today: date) -> str:
    """The message to one unit, ready to be pasted into a chat."""
    day = _day(each.due_on)
    head = f"{each.name}：{each.period.display()}数字经济工作回报"
    if each.days > 0:
        said = f"{head}应于 {day}前报送，已超期 {each.days} 天，请尽快报送。"
    else:
        said = f"{head}请于 {day}下班前报送；没有新增的请零报送。"
    if each.locked:
        said += "这个月已锁定，现在报送记为补报。"
    if each.owes:
        said += f"另有 {each.earlier}的回报还没有报。"
    return f"{said}\n{sender}　{today.isoformat()}"


def whole_text(found: Sequence[Urged], today: date) -> str:
    """催报名单 for the group chat; "" when everybody has handed in."""
    if not found:
        return ""
    month = found[0].period
    lines = [
        f"截至 {today.month} 月 {today.day} 日，{month.display()}数字经济工作回报还有 {len(found)} 家未报："
    ]
    for word, group in (
        ("街道", [each for each in found if each.street]),
        ("部门和运营商", [each for each in found if not each.street]),
    ):
        if group:
            lines.append(f"{word}（{len(group)}）：{'、'.join(_in_list(each) for each in group)}")
    common = min(each.due_on for each in found)
    if today > common:
        lines.append(f"已过截止日 {_day(common)}，请尽快报送；没有新增的请零报送。")
    else:
        lines.append(f"请于 {_day(common)}下班前报送；没有新增的请零报送。")
    return "\n".join(lines)


def _in_list(each: Urged) -> str:
    told = [f"超期 {each.days} 天"] if each.days > 0 else []
    if each.extended:
        told.append(f"延至 {each.due_on.month} 月 {each.due_on.day} 日")
    if each.owes:
        told.append(f"另欠 {each.earlier}")
    return each.name + (f"（{'，'.join(told)}）" if told else "")


def _day(day: date) -> str:
    return f"{day.month} 月 {day.day} 日（周{WEEKDAYS[day.weekday()]}）"
