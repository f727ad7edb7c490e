"""What the year of 收表 says: cells of units by months and by sheets, the facts of one cell, the lines of 催报. No widgets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from db.cadence import Cycle
from db.coverage import MISSING, NOT_OPEN, UNUSED, UnitState, sheet, sheets_of
from db.deadlines import WEEKDAYS
from db.periods import Period
from db.registers import REGISTERS
from db.reporting_exceptions import Allowed
from db.urging import Urged
from desktop.actions.cadence import YearDesk
from desktop.tables.cells import Mark
from desktop.tables.model import Column, Row
from desktop.widgets.grid import GridCell

LOOKS = {
    "按时": "ok", "更正": "ok", "迟报": "watch", "已补报": "watch", "未报": "alarm", "零报": "neutral", "免报": "neutral",
    "延期中": "info", "待报": "info", "未开始": "", "不报": "", "未启用": "",
}  # fmt: skip
URGE_COLUMNS = (
    Column("unit", "单位", width=160, kind="strong", stretch=True, sort=False),
    Column("due", "应报日期", width=110, kind="date", sort=False),
    Column("standing", "情况", width=164, kind="chip", sort=False),
    Column("earlier", "另欠月份", width=110, stretch=True, sort=False),
    Column("contact", "上次填表人", width=110, sort=False),
    Column("phone", "电话", width=136, sort=False),
)
Keyed = list[tuple[str, str]]
Cells = dict[tuple[str, str], GridCell]


def look(unit: UnitState) -> str:
    """The colour of a unit's month; always beside its word."""
    return LOOKS["更正" if unit.word.startswith("更正") else unit.word]


def short(unit: UnitState) -> str:
    """What stands in a cell, where there is room for four characters."""
    if unit.word == NOT_OPEN:
        return "—"
    return f"更正{unit.revision}版" if unit.word.startswith("更正") else unit.word


def is_wanted(kind: str, streets: bool | None) -> bool:
    """Whether a unit of this kind is among those shown."""
    return streets is None or (kind == "street") == streets


def year_grid(desk: YearDesk, streets: bool | None) -> tuple[Keyed, Keyed, Cells]:
    """Months across, units down: (months, units, cells by (month, unit))."""
    months = [(each.key, f"{Period(each.key).month} 月") for each in desk.year.cycles]
    units = [(code, _short_name(name)) for code, name, kind in desk.year.units if is_wanted(kind, streets)]
    cells = {}
    for month, _ in months:
        for code, _ in units:
            unit = desk.year.states[(code, month)]
            cells[(month, code)] = GridCell(short(unit), look(unit), told(unit))
    return months, units, cells


def sheet_grid(desk: YearDesk, streets: bool | None) -> tuple[Keyed, Keyed, Cells]:
    """Sheets across, units down, for the chosen month; a cell is its rows, 零, or why there are none."""
    keys = sheets_of(desk.month if streets is None else desk.month.of_kind(streets))
    sheets = [(key, REGISTERS[key].title) for key in keys]
    units = [each for each in desk.month.all if is_wanted(each.kind, streets)]
    cells = {}
    for unit in units:
        for key in keys:
            found = sheet(unit, key, desk.year.today)
            state = "ok" if found.rows else "alarm" if found.overdue else LOOKS.get(found.word, "neutral")
            word = "—" if found.word == NOT_OPEN else found.word
            more = [found.allowed.words] if found.allowed is not None else []
            said = f"{found.rows} 行" if found.rows else found.word
            cells[(key, unit.code)] = GridCell(word, state, "\n".join([said, *more]))
    return sheets, [(unit.code, _short_name(unit.name)) for unit in units], cells


def _short_name(name: str) -> str:
    return name.removesuffix("街道") if len(name) > 3 else name


def told(unit: UnitState) -> str:
    """A unit's month in words: the tooltip of its cell."""
    lines = [unit.word if not unit.received else f"{unit.word}，第 {unit.revision} 版"]
    if unit.late_days:
        lines[0] += f"，迟 {unit.late_days} 天"
    if unit.merged_into:
        lines.append("已归并，由承接单位报送")
    lines += [each.words for each in unit.allowed]
    return "\n".join(lines)


def year_note(desk: YearDesk) -> str:
    """“到期应报 55 份：按时 48，迟报 3，未报 4”, of the months that are due; since when they are collected."""
    return "；".join(part for part in (_counted(desk), _since(desk)) if part)


def _since(desk: YearDesk) -> str:
    """“从 5 月起收表” where that lies in the year."""
    first = desk.year.start.month
    if first is None or first <= f"{desk.year.year}-01":
        return ""
    return f"从 {first.month} 月起收表" if first.year == desk.year.year else f"从 {first.display()}起收表"


def _counted(desk: YearDesk) -> str:
    counts: Counter[str] = Counter()
    for unit in desk.year.states.values():
        if unit.owes and (unit.received or unit.overdue):
            counts["更正" if unit.word.startswith("更正") else unit.word] += 1
    if not counts:
        later = desk.year.start.month is not None and desk.year.start.month.year > desk.year.year
        return "" if later else "还没有到期的月份"
    named = "，".join(f"{word} {counts[word]}" for word in LOOKS if counts[word])
    return f"到期应报 {sum(counts.values())} 份：{named}"


def facts(desk: YearDesk, unit: UnitState) -> list[tuple[str, str]]:
    """What the panel says of a unit's month."""
    found = [("截止", _day(unit.due_on)), ("情况", unit.word + (f"，迟 {unit.late_days} 天" if unit.late_days else ""))]  # fmt: skip
    if unit.received:
        found.append(("首次报送", _day(unit.submitted_on)))
        found.append(("现在是", f"第 {unit.revision} 版"))
        rows = [
            f"{REGISTERS[key].title} {number}"
            for key, number in (unit.rows or {}).items()
            if key in REGISTERS and number
        ]
        found.append(("各表行数", "，".join(rows) or "零报送"))
    elif unit.merged_into:
        names = {code: name for code, name, _ in desk.year.units}
        found.append(("承接单位", names.get(unit.merged_into, unit.merged_into)))
    elif unit.word == UNUSED:
        first = desk.year.start.units.get(unit.code) or desk.year.start.month
        found[1] = (
            "情况",
            f"未启用，{f'从 {first.display()}起收表' if first else '还没有开始收表'}；不催报，不算漏报",
        )
    elif unit.overdue and unit.due_on is not None:
        locked = "，已锁定，现在报送记为补报" if unit.stage == "已锁定" else ""
        found[1] = ("情况", f"未报，超期 {(desk.year.today - unit.due_on).days} 天{locked}")
    owed = desk.year.owed(unit.code)
    if owed:
        found.append(("今年还欠", "、".join(f"{month.month} 月" for month in owed)))
    if not unit.merged_into:
        found.append(("上次填表人", " ".join(part for part in desk.contacts.get(unit.code, ()) if part)))
    return found


def cycle_facts(each: Cycle) -> list[tuple[str, date]]:
    return [("报送开始", each.opens_on), ("截止", each.due_on), ("锁定", each.locks_on)]


def day_words(day: date) -> str:
    """“5 月 24 日 周五”."""
    return f"{day.month} 月 {day.day} 日 周{WEEKDAYS[day.weekday()]}"


def stage_chip(each: Cycle, today: date) -> tuple[str, str]:
    stage = each.stage(today)
    return stage, {"未开始": "neutral", "报送中": "info", "已截止": "watch", "已锁定": "neutral"}[stage]


def urge_rows(found: Sequence[Urged]) -> list[Row]:
    return [
        Row(
            each.code,
            {
                "unit": each.name, "due": each.due_on, "earlier": each.earlier or None, "contact": each.contact or None,
                "phone": each.phone or None,
                "standing": Mark(each.standing, "alarm" if each.days > 0 else "info" if each.extended else "watch"),
            },
        )
        for each in found
    ]  # fmt: skip


def allowed_of(desk: YearDesk, unit: str, period: str) -> list[Allowed]:
    """What the unit was allowed in that month, ended ones after those in force."""
    found = [
        each for each in desk.year.allowed if each.unit_code == unit and each.first <= period <= each.last
    ]
    return sorted(found, key=lambda each: each.ended)


def allowed_words(each: Allowed) -> str:
    ended = f"\n{each.ended_at.astimezone():%Y-%m-%d} 由{each.ended_by}结束" if each.ended_at else ""
    return f"{each.span}{each.words}（{each.made_at.astimezone():%Y-%m-%d} {each.made_by}办理）{ended}"


def is_missing(unit: UnitState) -> bool:
    return unit.owes and unit.state == MISSING


def _day(day: date | None) -> str:
    return f"{day.isoformat()}（周{WEEKDAYS[day.weekday()]}）" if day is not None else ""
