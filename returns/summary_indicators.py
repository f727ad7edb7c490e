"""The 14 indicators in the summary: the table with live formulas, 完成率 against 序时 as a picture, the year's courses."""

from __future__ import annotations

from decimal import Decimal

from db.analysis_indicators import Trend
from db.periods import Period
from db.progress import HUNDRED, expected, rounded, show_number
from db.ranges import Between
from db.rollup import PARTIAL, UNJUDGED, IndicatorLine
from returns.report_book import Placed
from returns.report_charts import Series, add_chart
from returns.report_looks import BLUE, GREY, PALE, POINTS, TENTH, Cell, Col, decimals, place
from returns.summary_sheet import Summary, exact

TABLE, PICTURE, COURSES = "指标", "指标进度图", "指标走势图"
FIRST = 4  # the first row of the table's data
# Columns by their letter, as the formulas name them.
_VALUE, _PRIOR, _TARGET, _DUE, _DONE, _TIME, _GAP, STATE = "E", "F", "G", "H", "I", "J", "K", "L"
_WIDE, _HIGH, _ACROSS = 322, 216, 4  # of a small picture, in pixels; how many stand side by side


def indicators(s: Summary) -> int:
    """The table: everything but the actual value, the target and the start is worked out by the cells themselves."""
    month = s.month
    columns = [
        Col("序号", 5, "0", "center"), Col("指标", 26), Col("单位", 6, "", "center"), Col("属性", 8, "", "center"),
        Col("实际", 10), Col("起点", 10, comment="存量和比率类：上年目标，首年为基础值；年内累计和当年新增类从零开始。"),
        Col("年度目标", 10, comment="区间目标取下限。"),
        Col("应达值", 10, comment="起点＋（年度目标－起点）×月份÷12。"),
        Col("完成率（%）", 9, TENTH, comment="实际÷年度目标×100。"),
        Col("序时进度（%）", 9, TENTH, comment="应达值÷年度目标×100。"),
        Col("进度差（百分点）", 10, POINTS, comment="完成率－序时进度。"),
        Col("状态", 8, "", "center", comment="进度差不低于 0 为正常，0 到 －10 为关注，－10 及以下为预警；没有数据为未报，各单位没有报齐为未报齐，没有目标可比为不评价。"),
        Col("覆盖", 7, "", "center", comment="已报的责任单位数／责任单位数。"), Col("责任单位", 16), Col("说明", 30),
    ]  # fmt: skip
    sheet = s.sheet(
        TABLE, f"{len(month.indicators)} 项指标完成情况", "完成率、序时进度、进度差由表内公式算出；点“实际”看来源",
        width=len(columns),
    )  # fmt: skip
    placed = sheet.table(columns, [_row(s, line) for line in month.indicators], empty="计划中没有指标")
    sheet.repeat(placed, columns=2)
    sheet.signatures()
    return len(month.indicators)


def _row(s: Summary, line: IndicatorLine) -> list[Cell | str | int | None]:
    progress, month = line.progress, s.month.period.month
    places = decimals(line.decimals)
    prior = Decimal(0) if line.semantics.resets else s.plan.prior(line.no, s.month.period.year)
    known = progress.expected is not None and progress.expected == expected(
        line.semantics, month, progress.target, prior
    )
    due = exact(progress.expected)
    judged = line.state not in (PARTIAL, UNJUDGED)
    return [
        line.no, line.name, line.unit, line.attribute,
        s.cell(f"indicator.{line.no}", value=exact(progress.value), format=places),
        Cell(exact(prior) if known else None, format=places), Cell(exact(progress.target), format=places),
        Cell(due, formula=f"={_PRIOR}{{r}}+({_TARGET}{{r}}-{_PRIOR}{{r}})*{month}/12" if known else "", format=_finer(line)),
        Cell(progress.completion, formula=_share(_VALUE)), Cell(progress.time_progress, formula=_share(_DUE) if line.state != UNJUDGED else ""),
        Cell(rounded(progress.gap), formula=f'=IF(AND(ISNUMBER({_DONE}{{r}}),ISNUMBER({_TIME}{{r}})),ROUND({_DONE}{{r}}-{_TIME}{{r}},1),"—")'),
        Cell(line.state, formula=_state() if judged else ""),
        "—" if line.from_register else f"{line.units_reported}/{line.units_expected}",
        "、".join(unit.unit for unit in line.units if unit.responsible), words(line),
    ]  # fmt: skip


def _share(column: str) -> str:
    return f'=IF(AND(ISNUMBER({column}{{r}}),N({_TARGET}{{r}})>0),{column}{{r}}/{_TARGET}{{r}}*100,"—")'


def _state() -> str:
    gap = f"ROUND({_GAP}{{r}},1)"
    return f'=IF(ISNUMBER({_GAP}{{r}}),IF({gap}>=0,"正常",IF({gap}<=-10,"预警","关注")),IF(ISNUMBER({_VALUE}{{r}}),"不评价","未报"))'


def _finer(line: IndicatorLine) -> str:
    return decimals(max(line.decimals, 1))


def words(line: IndicatorLine) -> str:
    """What units say about it, and what a register gives instead."""
    told = "；".join(f"{unit.unit}：{unit.reason.rstrip('。；; ')}" for unit in line.units if unit.reason)
    told += "。" if told else ""
    if line.partial:
        missing = "、".join(unit.unit for unit in line.units if unit.responsible and unit.value is None)
        told = f"{missing}未报，只计已报部分，不作判断。{told}"
    if line.from_register:
        shown = rounded(line.reported, line.decimals)
        said = f"，单位填报 {shown}" if shown is not None else ""
        told = f"由上云台账按信用代码去重计算{said}。{told}"
    elif line.computed is not None and line.computed.value not in (None, line.progress.value):
        here = show_number(line.computed.value, line.decimals)
        told += f"台账数 {here} {line.unit}，与填报数不同，见“口径说明”。"
    return told


def picture(s: Summary) -> int:
    """完成率 over 序时进度 for every indicator: a bar that should reach beyond the pale one behind it."""
    lines = s.month.indicators
    sheet = s.sheet(
        PICTURE,
        "指标完成率与序时进度",
        "深色条为完成率，浅色条为序时进度；深色短于浅色即落后",
        width=18,
        one_page=True,
    )
    rows = [
        [
            line.no, short(line.name), _mirror(f"{_DONE}{FIRST + place}", line.progress.completion),
            _mirror(f"{_TIME}{FIRST + place}", line.progress.time_progress),
            Cell(line.state, formula=f"='{TABLE}'!{STATE}{FIRST + place}"),
        ]
        for place, line in enumerate(lines)
    ]  # fmt: skip
    columns = [
        Col("序号", 5, "0", "center"), Col("指标", 26), Col("完成率（%）", 9, TENTH), Col("序时进度（%）", 9, TENTH),
        Col("状态", 8, "", "center"),
    ]  # fmt: skip
    placed = sheet.table(columns, rows, empty="计划中没有指标")
    add_chart(
        "bar", "完成率与序时进度（%）", placed, [Series(3, colour=BLUE)], names=2, bullet=Series(4, colour=PALE, labels=False),
        at=(placed.header, 7), size=(860, 42 * max(len(lines), 6) + 90), top=_top(s), format="0.0",
    )  # fmt: skip
    return placed.rows


def _top(s: Summary) -> int:
    """The end of the picture's scale: the largest percentage and some room for its number."""
    shown = [
        each
        for line in s.month.indicators
        for each in (line.progress.completion, line.progress.time_progress)
    ]
    return int(max([each for each in shown if each is not None], default=HUNDRED) // 20 + 1) * 20


def _mirror(ref: str, value: Decimal | None) -> Cell:
    return Cell(value, formula=f"='{TABLE}'!{ref}", link=place(TABLE, ref), tip="看指标表")


def courses(s: Summary) -> int:
    """Each indicator by month against last year and the way it should go; the numbers under the pictures."""
    year = s.month.period.year
    compared = any(map(_known, s.trends))
    past = f"虚线为 {year - 1} 年同月（没有数据的不画），" if compared else f"没有 {year - 1} 年的数据，"
    sheet = s.sheet(
        COURSES,
        "指标走势与上年对比" if compared else "指标走势",
        f"实线为 {year} 年，{past}浅线为应达值；数据在图下",
        width=16,
    )
    down = -(-len(s.trends) // _ACROSS)
    per_row = 11  # rows of 20 pixels under one picture
    top = sheet.row
    sheet.row = top + down * per_row + 1
    columns = [
        Col("序号", 5, "0", "center"), Col("指标", 30), Col("单位", 6, "", "center"), Col("数列", 10, "", "center"),
        *(Col(f"{number} 月", 9) for number in range(1, 13)),
    ]  # fmt: skip
    rows: list[list[Cell | str | int | None]] = []
    for trend in s.trends:
        shown = decimals(trend.places)
        shown_rows = [(f"{year} 年", trend.reached, year), ("应达值", trend.path, 0)]
        if _known(trend):
            shown_rows.insert(1, (f"{year - 1} 年", trend.last_year, year - 1))
        for name, series, of in shown_rows:
            rows.append(
                [
                    trend.no,
                    trend.name,
                    trend.unit,
                    name,
                    *(_month(s, trend, of, value, shown) for value in series),
                ]
            )
    placed = sheet.table(columns, rows, empty="计划中没有指标")
    sheet.repeat(placed, alone=True)
    first = placed.first
    for number, trend in enumerate(s.trends):
        _course(
            placed,
            first,
            _known(trend),
            f"{trend.no}. {short(trend.name)}（{trend.unit}）",
            (top + number // _ACROSS * per_row, number % _ACROSS),
        )
        first += 2 + _known(trend)
    return placed.rows


def _month(s: Summary, trend: Trend, year: int, value: Decimal | None, shown: str) -> Cell:
    """Nothing at all where there is no value: a picture takes any word for zero. What is due has no rows (year 0)."""
    if value is None:
        return Cell("")
    told = exact(rounded(value, 4))
    if not year:
        return Cell(told, format=shown)
    line = next((each for each in s.month.indicators if each.no == trend.no), None)
    months = Between(
        f"{year:04d}-01", str(s.month.period) if year == s.month.period.year else f"{year:04d}-12"
    )
    register, filters = "indicator", {"indicator_no": trend.no, "period": months}
    if line is not None and line.from_register:
        register, filters = (
            "cloud",
            {"counted": True, "cloud_on": Between(None, Period(str(months.high)).last_day)},
        )
    return s.listed(
        register, f"{trend.name}（{year} 年逐月）", told, "每月一个数，取自当月填报" if register == "indicator" else "上云日期不晚于各月末、计入的企业",
        filters, unit=trend.unit, counts="value" if register == "indicator" else "enterprises", series=True, format=shown,
    )  # fmt: skip


def _known(trend: Trend) -> bool:
    """Whether anything is known of last year: a row of nothing is not printed."""
    return any(value is not None for value in trend.last_year)


def _course(placed: Placed, first: int, compared: bool, title: str, spot: tuple[int, int]) -> None:
    add_chart(
        "line", title, placed,
        [
            Series(5, colour=PALE, labels=False, row=first + 1 + compared, marked=False),
            *([Series(5, colour=GREY, labels=False, dashed=True, row=first + 1)] if compared else []),
            Series(5, colour=BLUE, labels=False, row=first),
        ],
        at=(spot[0], 1), offset=(spot[1] * (_WIDE + 8), 4), size=(_WIDE, _HIGH), names=5, small=True, along=12,
    )  # fmt: skip


def short(name: str) -> str:
    """An indicator's name as it fits beside a picture."""
    for mark in ("（", "("):
        name = name.split(mark)[0]
    if len(name) <= 16:
        return name
    first = name.split("、")[0]
    return (
        f"{first}等" + ("新增数" if name.endswith("新增数") else "")
        if "、" in name and len(first) <= 12
        else f"{name[:15]}…"
    )
