"""分析 as a workbook: each picture a sheet with its figures, its 口径 and a native chart that follows the cells. Nobody reads it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from db.analysis import About
from db.analysis_growth import MEASURES, CloudGrowth, ParkGrowth
from db.analysis_indicators import Bullets, Trend
from db.analysis_units import Heat
from db.analysis_visits import VisitMonths
from db.analysis_work import BUCKETS, Ageing, Funnel, bucket_words
from db.periods import Period
from db.progress import rounded
from returns.report_book import Book, Sheet
from returns.report_charts import Series, add_chart
from returns.report_looks import (
    AMBER,
    BLUE,
    COUNT,
    GREY,
    POINTS,
    RED,
    SUM,
    TENTH,
    Cell,
    Col,
    decimals,
    letter,
)

_WIDE = (980, 420)  # px of a chart over the whole paper
_SMALL = (500, 250)
_HALF = (660, 380)


def write_analysis(data: Mapping[str, Any], out: Path, *, month: Period, practice: bool = False) -> Path:
    """Write the pictures there are data for (keys as in desktop/actions/analysis.py). MachineError when `out` can not be written."""
    book = Book(f"分析 {month.display()}", practice=practice)
    told: list[tuple[str, About]] = []
    if "bullets" in data:
        _bullets(book, data["bullets"])
        told.append(("指标", data["bullets"].about))
    if data.get("trends"):
        _trends(book, data["trends"])
        told += [("走势", each.about) for each in data["trends"]]
    for key, name, write in (
        ("heat", "单位", _heat), ("visits", "走访", _visits), ("funnel", "升规", _funnel), ("ageing", "问题", _ageing),
        ("ageing_units", "问题（单位）", _ageing), ("cloud", "上云", _cloud), ("parks", "园区", _parks),
    ):  # fmt: skip
        if key in data:
            write(book, name, data[key])
            told.append((name, data[key].about))
    notes = book.sheet("口径说明", f"口径说明（{month.display()}）", width=3)
    notes.table(
        (Col("页", 12), Col("图", 40), Col("口径与覆盖", 90)), [(name, about.title, about.note) for name, about in told]
    )  # fmt: skip
    book.save(out)
    return out


def _bullets(book: Book, data: Bullets) -> None:
    sheet = _sheet(book, "指标", data.about, 10)
    columns = (
        Col("序号", 6, align="center"), Col("指标", 36), Col("单位", 8, align="center"), Col("实际", 12), Col("年度目标", 12),
        Col("完成率（%）", 12, TENTH), Col("序时进度（%）", 13, TENTH), Col("进度差", 10, POINTS), Col("状态", 10, align="center"),
        Col("覆盖", 8, align="center"),
    )  # fmt: skip
    rows = []
    for each in data.rows:
        number = decimals(each.places)
        rate = Cell(rounded(each.completion))
        gap = Cell(rounded(each.gap))
        if each.completion is not None and each.value is not None:
            rate = Cell(rounded(each.completion), formula="=ROUND(D{r}/E{r}*100,1)")
        rows.append(
            (
                each.no, each.name, each.unit, Cell(each.value, format=number), Cell(each.target, format=number), rate,
                rounded(each.due), gap, each.state, each.coverage or "—",
            )
        )  # fmt: skip
    placed = sheet.table(columns, rows, empty="本单位不填报指标")
    height = max(300, 60 + 30 * placed.rows)
    add_chart(
        "bar", data.about.title, placed, (Series(6, "完成率", BLUE), Series(7, "序时进度", GREY)), at=(placed.next, 1),
        size=(_WIDE[0], height), names=2, unit="%", format="0.0",
    )  # fmt: skip
    sheet.repeat(placed)


def _trends(book: Book, data: Sequence[Trend]) -> None:
    year = data[0].year
    about = About(f"各项指标 {year} 年走势", "", "“预计”按各项说明推算；缺报的月份空着")
    sheet = _sheet(book, "走势", about, 16)
    columns = (
        Col("指标", 32), Col("单位", 8, align="center"), Col("项目", 12, align="center"),
        *(Col(f"{n} 月", 9) for n in range(1, 13)), Col("推算依据", 60),
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for each in data:
        number = decimals(each.places)
        for word, values in (
            (f"{each.year} 年", each.reached), (f"{each.year - 1} 年", each.last_year), ("应达", each.path),
            ("预计", each.forecast),
        ):  # fmt: skip
            cells = [Cell(_blank(rounded(value, each.places)), format=number) for value in values]
            rows.append((each.name, each.unit, word, *cells, each.assumption if word == "预计" else ""))
    placed = sheet.table(columns, rows)
    sheet.repeat(placed, columns=3)
    charts = _sheet(book, "走势图", About(about.title, "", "每张图与“走势”页的数相连"), 14, portrait=True)
    for place, each in enumerate(data):
        first = placed.first + 4 * place
        series = [Series(4, f"{each.year} 年", BLUE, False, row=first)]
        if any(value is not None for value in each.last_year):
            series.append(Series(4, f"{each.year - 1} 年", GREY, False, marked=False, row=first + 1))
        if each.target is not None:
            series.append(Series(4, "应达", AMBER, False, dashed=True, marked=False, row=first + 2))
        if each.year_end is not None:
            series.append(Series(4, "预计", BLUE, False, dashed=True, marked=False, row=first + 3))
        at = (charts.row + 13 * (place // 2), 1 + 7 * (place % 2))
        add_chart(
            "line",
            f"{each.name}（{each.unit}）",
            placed,
            series,
            at=at,
            size=_SMALL,
            names=4,
            along=12,
            into=charts,
        )
    charts.widths(*([9.5] * 14))


def _heat(book: Book, name: str, data: Heat) -> None:
    sheet = _sheet(book, name, data.about, len(data.columns) + 1)
    columns = [Col("街道", 14)]
    for each in data.columns:
        columns.append(
            Col(
                f"{each.name}（{each.unit}）" if each.unit else each.name,
                12,
                align="center",
                comment=each.scope,
            )
        )
    rows = [
        (row.name, *(_heat_cell(cell.words, cell.value, column.amount) for cell, column in zip(row.cells, data.columns, strict=True)))
        for row in data.rows
    ]  # fmt: skip
    placed = sheet.table(columns, rows)
    for number, each in enumerate(data.columns, start=2):
        if each.amount and placed.rows:
            look = {
                "type": "2_color_scale",
                "min_type": "num",
                "min_value": 0,
                "min_color": "#FFFFFF",
                "max_color": "#8FB2E6",
            }
            sheet.ws.conditional_format(placed.span(number), look)
    sheet.repeat(placed, columns=1)
    shown = [
        n
        for n, each in enumerate(data.columns, start=2)
        if each.key in ("visit.year_enterprises", "nurture", "cloud")
    ]
    add_chart(
        "column",
        data.about.title,
        placed,
        [Series(n) for n in shown],
        at=(placed.next, 1),
        size=_WIDE,
        unit="家",
    )


def _heat_cell(words: str, value: Decimal | None, amount: bool) -> Any:
    return value if amount and value is not None else words


def _visits(book: Book, name: str, data: VisitMonths) -> None:
    sheet = _sheet(book, name, data.about, 4)
    rows = [
        (f"{n + 1} 月", _blank(data.firms[n]), _blank(data.rows[n]), _blank(data.before[n]))
        for n in range(12)
    ]
    columns = (Col("月份", 12), Col(f"{data.year} 年（家）", 16, COUNT), Col("走访次数", 16, COUNT), Col(f"{data.year - 1} 年（家）", 16, COUNT))  # fmt: skip
    placed = sheet.table(columns, rows)
    lines = [Series(4, colour=GREY, labels=False)] if any(value is not None for value in data.before) else []
    add_chart("column", data.about.title, placed, [Series(2, colour=BLUE)], lines=lines, at=(placed.next, 1), size=_HALF, unit="家")  # fmt: skip


def _funnel(book: Book, name: str, data: Funnel) -> None:
    sheet = _sheet(book, name, data.about, 4)
    columns = (Col("阶段", 16), Col("到过这一阶段及以后（家）", 24, COUNT), Col("停在这里（家）", 16, COUNT), Col("上一阶段到这里（%）", 20, TENTH))  # fmt: skip
    start = sheet.row + 1
    end = start + len(data.steps) - 1
    rows = []
    for place, step in enumerate(data.steps):
        # How many came so far is the sum of those who stand here and further on.
        reached = Cell(step.reached, formula=f"=SUM(C{{r}}:C${end})")
        rate: Any = "" if place == 0 else rounded(step.rate)
        if step.rate is not None:
            rate = Cell(rounded(step.rate), formula=f"=ROUND(B{{r}}/B{start + place - 1}*100,1)")
        rows.append((step.stage, reached, step.there, rate))
    placed = sheet.table(columns, rows)
    add_chart(
        "bar", data.about.title, placed, [Series(2, colour=BLUE)], at=(placed.next, 1), size=_HALF, unit="家"
    )
    sheet.row = placed.next + 21
    sheet.table((Col("已退出", 16), Col("家数", 24, COUNT)), [(stage, number) for stage, number, _ in data.left], total=("合计", SUM))  # fmt: skip


def _ageing(book: Book, name: str, data: Ageing) -> None:
    sheet = _sheet(book, name, data.about, len(BUCKETS) + 3)
    last = letter(len(BUCKETS) + 1)
    columns = (
        Col("类别" if data.by == "category" else "登记单位", 18), *(Col(bucket_words(n), 12, COUNT) for n in range(len(BUCKETS))),
        Col("合计", 10, COUNT), Col("其中超期", 10, COUNT),
    )  # fmt: skip
    rows = [
        (line.name, *line.counts, Cell(line.total, formula=f"=SUM(B{{r}}:{last}{{r}})"), line.overdue)
        for line in data.lines
    ]
    placed = sheet.table(
        columns, rows, total=("合计", *(SUM for _ in range(len(BUCKETS) + 2))), empty="没有未办结的问题"
    )
    series = [Series(n + 2, colour=_ramp(n), labels=False) for n in range(len(BUCKETS))]
    height = max(260, 120 + 30 * placed.rows)
    add_chart("bar", data.about.title, placed, series, stacked=True, at=(placed.next + 1, 1), size=(_HALF[0] + 120, height), unit="件")  # fmt: skip


def _ramp(bucket: int) -> str:
    """The older, the deeper, as in the picture; what lay longest stands out."""
    return ("E3ECF9", "C4D6F0", "9AB9E4", "6E99D6", BLUE)[bucket] if bucket < len(BUCKETS) - 1 else RED


def _cloud(book: Book, name: str, data: CloudGrowth) -> None:
    count = len(data.channels)
    sheet = _sheet(book, name, data.about, count + 4)
    columns = (
        Col("月末", 14), *(Col(each.name, 18, COUNT) for each in data.channels), Col("去重后合计（家）", 16, COUNT),
        Col("当月新增（家）", 14, COUNT), Col("重复服务（条，不计）", 18, COUNT),
    )  # fmt: skip
    rows = []
    for n, month in enumerate(data.months):
        total: Any = Cell(data.counted[n], formula=f"=SUM(B{{r}}:{letter(count + 1)}{{r}})") if count else 0
        rows.append(
            (
                str(month),
                *(each.counted[n] for each in data.channels),
                total,
                data.joined[n],
                data.duplicates[n],
            )
        )
    placed = sheet.table(columns, rows)
    sheet.repeat(placed, columns=1)
    series = [Series(n + 2, labels=False) for n in range(count)] or [Series(2)]
    add_chart(
        "column", data.about.title, placed, series, stacked=True, at=(placed.next, 1), size=_WIDE, unit="家",
        lines=[Series(count + 4, colour=AMBER, labels=False, dashed=True)],
    )  # fmt: skip


def _parks(book: Book, name: str, data: ParkGrowth) -> None:
    sheet = _sheet(book, name, data.about, len(data.months) + 1, portrait=True)
    for m, measure in enumerate(MEASURES):
        sheet.heading(f"{measure.name}（{measure.unit}）")
        columns = (Col("园区", 26), *(Col(str(month), 10, decimals(measure.places)) for month in data.months))
        rows = [(park.name, *(_blank(value) for value in data.series(park, m))) for park in data.parks]
        placed = sheet.table(columns, rows, empty="没有园区")
        if placed.rows:
            series = [
                Series(2, park.name, labels=False, marked=False, row=placed.first + n)
                for n, park in enumerate(data.parks)
            ]
            add_chart("line", measure.name, placed, series, at=(placed.next, 1), size=_WIDE, names=2, along=len(data.months), unit=measure.unit)  # fmt: skip
            sheet.row = placed.next + 23


def _sheet(book: Book, name: str, about: About, width: int, *, portrait: bool = False) -> Sheet:
    """On one page, so that no chart is cut in two."""
    unit = f"单位：{about.unit}　" if about.unit else ""
    return book.sheet(
        name, about.title, f"{unit}{about.note}", width=max(width, 3), one_page=True, portrait=portrait
    )


def _blank(value: Any) -> Any:
    """A month without a figure is an empty cell: a line of a chart has a gap there, not a zero."""
    return "" if value is None else value
