"""The month by unit in the summary: what each office stands with in every register, what it sent, whom it visited."""

from __future__ import annotations

from db.by_unit import FIGURES, UnitLine
from db.registers import REGISTERS
from returns.report_charts import Series, add_chart
from returns.report_looks import BLUE, COUNT, PALE, SUM, Cell, Col, letter
from returns.summary_sheet import Summary

UNITS, RETURNS, VISITS = "分单位", "报送情况", "走访"
_HEADS = {
    "visit.rows": ("本月走访（次）", ""),
    "visit.enterprises": ("走访企业（家）", "同一企业由几个单位走访时各计一次；合计去重，不等于各行相加。"),
    "visit.year_enterprises": ("全年走访企业（家）", "合计去重，不等于各行相加。"),
    "issue.all": ("登记问题（件）", "登记日期不晚于月末。"),
    "issue.open": ("未办结（件）", ""),
    "issue.overdue": ("超期（件）", ""),
    "issue.written_off": ("已销号（件）", ""),
    "cloud.counted": ("计入的上云企业（家）", "由该单位报送并计入的企业。"),
    "nurture.type.升规入统": ("升规培育（家）", ""),
    "nurture.stage.已入库": ("已入库（家）", "各类培育对象。"),
    "project.in_stock": ("在库项目（个）", ""),
    "duty.status.滞后": ("滞后任务（项）", ""),
    "duty.status.已完成": ("完成任务（项）", ""),
    "duty.overdue": ("逾期任务（项）", ""),
}
_ONCE = ("visit.enterprises", "visit.year_enterprises")  # a firm counts once in the whole
_WORDS = {
    "visit": "次", "issue": "件", "cloud": "家", "nurture": "家", "project": "个", "duty": "项",
}  # fmt: skip


def units(s: Summary) -> int:
    """A line for each unit, in the plan's order; with the office's leave, places beside the firms visited."""
    note = "按计划中的顺序排列" if not s.ranked else "按计划中的顺序排列，名次按本月走访企业数"
    columns = [Col("单位", 22), Col("报送", 8, "", "center")]
    columns += [Col(_HEADS[key][0], 9, COUNT, comment=_HEADS[key][1]) for key in FIGURES]
    if s.ranked:
        columns.append(Col("走访名次", 7, "0", "center"))
    sheet = s.sheet(UNITS, "各单位工作情况", f"{note}；“—”为不涉及", width=len(columns))
    streets = [unit for unit in s.units if unit.street]
    offices = [unit for unit in s.units if not unit.street]
    count, sums = 0, []
    for heading, found in (("街道", streets), ("部门和运营商", offices)):
        sheet.heading(heading)
        first = sheet.row + 1
        span = f"$D${first}:$D${first + len(found) - 1}"
        rows = [_unit(s, unit) + ([_place(unit, found, span)] if s.ranked else []) for unit in found]
        placed = sheet.table(
            columns,
            rows,
            total=["小计", "", *(SUM for _ in FIGURES), *([""] if s.ranked else [])],
            empty="没有单位",
        )
        if not count:
            sheet.ws.freeze_panes(0, 1)
        count += placed.rows
        sums += [placed.last + 1] if found else []
    total = [
        "全区",
        "",
        *(_total(s, key, place, sums) for place, key in enumerate(FIGURES)),
        *([""] if s.ranked else []),
    ]
    sheet.heading("全区（走访企业去重）")
    sheet.table(columns, [total])
    sheet.signatures()
    return count


def _unit(s: Summary, unit: UnitLine) -> list[Cell | str | int | None]:
    return [unit.name, unit.state, *(_figure(s, unit, key) for key in FIGURES)]


def _figure(s: Summary, unit: UnitLine, key: str) -> Cell:
    value = unit.values[key]
    if value is None:
        return Cell(None)
    name = f"{_HEADS[key][0].split('（')[0]}（{unit.name}）"
    return s.cell(f"{key}:{unit.code}", value=value, name=name, unit=_WORDS[key.partition(".")[0]])


def _place(unit: UnitLine, units: list[UnitLine], span: str) -> Cell:
    mine = unit.values["visit.enterprises"]
    if mine is None:
        return Cell(None)
    ahead = sum((other.values["visit.enterprises"] or 0) > mine for other in units)
    return Cell(ahead + 1, formula=f"=RANK(D{{r}},{span})")


def _total(s: Summary, key: str, place: int, sums: list[int]) -> Cell:
    """The whole: added up from the parts above, but firms that several units visited as the register has them."""
    name = _HEADS[key][0].split("（")[0]
    if key in _ONCE:
        return s.cell(key)
    whole = sum(unit.values[key] or 0 for unit in s.units)
    column = letter(3 + place)
    formula = "=" + "+".join(f"{column}{row}" for row in sums) if sums else ""
    return s.cell(key, value=whole, formula=formula, name=name, unit=_WORDS[key.partition(".")[0]])


def returns(s: Summary) -> int:
    """Who handed in, which revision, how late, how many rows of each register."""
    cover = s.month.coverage
    sent = {key for unit in cover.units for key, number in (unit.rows or {}).items() if number}
    keys = [key for key in REGISTERS if key in sent]
    columns = [
        Col("单位", 24), Col("状态", 8, "", "center"), Col("版本", 9, "", "center"), Col("截止日", 11.5), Col("报送日期", 11.5),
        Col("迟报天数", 6, COUNT), *(Col(REGISTERS[key].title, 5.6, COUNT) for key in keys),
    ]  # fmt: skip
    note = f"已报 {cover.received}/{cover.expected} 个，迟报 {cover.late} 个；各台账为所报行数"
    sheet = s.sheet(RETURNS, f"{s.month.period.display()}报送情况", note, width=len(columns))
    rows = [
        [
            unit.name, unit.state, f"第 {unit.revision} 版" if unit.revision else "", unit.due_on, unit.submitted_on,
            unit.late_days if unit.received else None,
            *((unit.rows or {}).get(key, 0) if unit.received else None for key in keys),
        ]
        for unit in cover.units
    ]  # fmt: skip
    total = ["合计", "", "", "", "", "", *(SUM for _ in keys)]
    sheet.repeat(sheet.table(columns, rows, total=total, empty="没有要求报送的单位"))
    return len(rows)


def visits(s: Summary) -> int:
    """Visits by unit beside their picture."""
    found = s.month.visits
    columns = [
        Col("单位", 22), Col("本月走访（次）", 11, COUNT), Col("走访企业（家）", 11, COUNT, comment=_HEADS["visit.enterprises"][1]),
        Col("其中实地、座谈（家）", 12, COUNT), Col("全年走访（次）", 11, COUNT), Col("全年走访企业（家）", 12, COUNT),
    ]  # fmt: skip
    note = "同一企业由多个单位走访，全区只计一家"
    sheet = s.sheet(VISITS, "各单位走访情况", note, width=14)
    keys = ("rows", "enterprises", "assessed", "year_rows", "year_enterprises")
    rows = [
        [line.unit, *(s.cell(f"visit.{key}:{line.unit_code}", value=getattr(line, key)) for key in keys)] for line in found.units
    ]  # fmt: skip
    total = [
        "合计",
        SUM,
        s.cell("visit.enterprises"),
        s.cell("visit.assessed"),
        SUM,
        s.cell("visit.year_enterprises"),
    ]
    placed = sheet.table(columns, rows, total=total, empty="今年还没有走访")
    sheet.ws.freeze_panes(placed.header, 1)
    add_chart(
        "bar", "本月走访（次）与走访企业（家）", placed, [Series(2, colour=PALE), Series(3, colour=BLUE)],
        at=(placed.header, 8), size=(620, 34 * max(placed.rows, 6) + 110),
    )  # fmt: skip
    return len(rows)
