"""A 下发 becomes a workbook: sheets that people read and print, and the hidden one that the program reads."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from db import plan_file, workdays
from db.periods import Period
from db.special.definition import Definition, of_json
from db.values import from_json
from returns.cells import plain
from returns.cover import tidy_text
from returns.handdown import cycle_part, exception_part, reading_part
from returns.handdown.change import KINDS
from returns.handdown.contract import (
    CALENDAR,
    CALENDAR_SHEET,
    CONTENTS,
    COVER,
    FIRM_FIELDS,
    FIRMS,
    FIRMS_SHEET,
    PLAN,
    PLAN_SHEET,
    SHEET,
    SPECIAL,
    UNITS,
    UNITS_SHEET,
    Handdown,
    manifest_rows,
    sheet_digest,
)
from returns.layout import (
    BOX,
    CENTRE,
    HEAD,
    HEAD_FILL,
    LEFT,
    RIGHT,
    SMALL,
    TITLE,
    new_book,
    print_setup,
    protect,
)
from returns.special import plan_of

Line = Sequence[Any]


def render(made: Handdown) -> bytes:
    """The workbook as bytes; the manifest is sealed here, with the digests of the sheets."""
    pages = _pages(made)
    digests = {
        name: sheet_digest([[text(cell) for cell in line] for line in lines]) for name, lines, _ in pages
    }
    sealed = Handdown(replace(made.manifest, sheets=digests).sealed(), made.payload)
    book = new_book(f"下发第 {made.manifest.number} 号", made.manifest.sender_name)
    mark = "练习" if made.manifest.practice else ""
    for name, lines, widths in pages:
        _sheet(book.create_sheet(name), lines, widths, mark, cover=name == COVER)
    hidden = book.create_sheet(SHEET)
    hidden.sheet_state = "veryHidden"
    for number, cells in enumerate(manifest_rows(sealed), 1):
        for place, value in enumerate(cells, 1):
            cell = hidden.cell(number, place)
            cell.value, cell.data_type = tidy_text(value), "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(value: Any) -> str:
    """The text of a cell, the same before writing and after reading."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    return tidy_text(str(value)).strip()


def _sheet(sheet: Any, lines: Sequence[Line], widths: Sequence[int], mark: str, *, cover: bool) -> None:
    head = 2  # the header's row, below the title
    for number, line in enumerate(lines, 1):
        for place, value in enumerate(line, 1):
            if value in (None, ""):
                continue
            cell = sheet.cell(number, place)
            if isinstance(value, str):
                cell.value, cell.data_type = tidy_text(value), "s"  # a text that starts with “=” stays a text
                cell.number_format = "@"
            else:
                cell.value = value
            cell.font, cell.alignment = SMALL, RIGHT if isinstance(value, (int, Decimal)) else LEFT
            if number > head or (cover and number > 1):
                cell.border = BOX
        if number == head and not cover:
            for place in range(1, len(widths) + 1):
                cell = sheet.cell(number, place)
                cell.font, cell.fill, cell.alignment, cell.border = HEAD, HEAD_FILL, CENTRE, BOX
    sheet.cell(1, 1).font = TITLE
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=max(len(widths), 1))
    sheet.cell(1, 1).alignment = CENTRE
    sheet.row_dimensions[1].height = 30
    for place, wide in enumerate(widths):
        sheet.column_dimensions[
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place] if place < 26 else f"A{chr(39 + place)}"
        ].width = wide
    if not cover:
        sheet.freeze_panes = "A3"
        sheet.print_title_rows = "1:2"
    print_setup(sheet, pages_wide=max(1, sum(widths) // 190), mark=mark)
    protect(sheet)


def _pages(made: Handdown) -> list[tuple[str, list[Line], list[int]]]:
    makers: Mapping[str, Callable[[Handdown], list[tuple[str, list[Line], list[int]]]]] = {
        PLAN: _plan, UNITS: _units, CALENDAR: _calendar, FIRMS: _firms, SPECIAL: _special,
    }  # fmt: skip
    pages = [_cover(made)]
    for name in CONTENTS:
        if name in made.payload:
            pages += makers[name](made)
    return pages


def _cover(made: Handdown) -> tuple[str, list[Line], list[int]]:
    manifest = made.manifest
    counts = {
        PLAN: lambda value: f"指标 {len(value['indicators'])} 项{reading_part.words(value)}",
        UNITS: lambda value: f"{len(value)} 个单位",
        CALENDAR: lambda value: (
            f"放假和调休 {len(value['holidays'])} 天"
            + (f"，另定报送日期 {len(value['cycles'])} 期" if value.get("cycles") else "")
            + exception_part.words(value.get("exceptions", ()))
        ),
        FIRMS: lambda value: f"{len(value)} 家企业",
        SPECIAL: lambda value: "、".join(each["definition"]["title"] for each in value),
    }
    lines: list[Line] = [
        (f"{manifest.region_name}数字经济工作下发（第 {manifest.number} 号）",),
        ("下发单位", manifest.sender_name),
        ("下发日期", manifest.made_at[:10]),
        ("所属月份", Period(manifest.period).display()),
        ("接收单位", _whom(made)),
        ("联系人", manifest.person),
        ("联系电话", manifest.phone),
        ("要求", manifest.note or "请用千企台账打开“导入下发”读入本文件，核对后采用。"),
        *(
            ("内容", f"{CONTENTS[name]}：{counts[name](made.payload[name])}")
            for name in CONTENTS
            if name in made.payload
        ),
        ("说明", "各表供查看和打印；程序以文件里隐藏的清单为准，改动各表不起作用。"),
    ]
    return COVER, lines, [16, 90]


def _whom(made: Handdown) -> str:
    if not made.manifest.recipients:
        return "全区各单位"
    names = {each["code"]: each["name"] for each in made.payload.get(UNITS, ())}
    return "、".join(names.get(code, code) for code in made.manifest.recipients)


def _plan(made: Handdown) -> list[tuple[str, list[Line], list[int]]]:
    plan = plan_file.read(made.payload[PLAN])
    years = list(plan.years)
    lines: list[Line] = [
        (plan.title,),
        (
            "序号",
            "指标",
            "单位",
            "属性",
            f"{plan.baseline_year} 年基数",
            *(f"{year} 年目标" for year in years),
            "责任单位",
        ),
    ]
    for each in plan.indicators:
        names = "、".join(unit.name for code in each.units if (unit := plan.unit(code)) is not None)
        lines.append(
            (
                each.no, each.name, each.unit_printed, each.attribute, each.baseline,
                *(each.targets.get(year) for year in years), names,
            )
        )  # fmt: skip
    chosen = reading_part.unpacked(made.payload[PLAN]).readings or {}
    if chosen:
        lines += [(), ("指标口径（区级选定）",)]
        lines += [(each.no, each.name, chosen[each.no]) for each in plan.indicators if each.no in chosen]
    return [(PLAN_SHEET, lines, [6, 40, 9, 9, 12, *([12] * len(years)), 40])]


def _units(made: Handdown) -> list[tuple[str, list[Line], list[int]]]:
    lines: list[Line] = [("机构表",), ("代码", "名称", "全称", "别名", "类别", "月报", "状态", "备注")]
    for each in made.payload[UNITS]:
        lines.append(
            (
                each["code"], each["name"], each["full_name"], "、".join(each["aliases"] or ()),
                KINDS.get(each["kind"], each["kind"]), "报" if each["reports"] else "", "" if each["active"] else "停用",
                each["note"],
            )
        )  # fmt: skip
    return [(UNITS_SHEET, lines, [14, 22, 34, 34, 12, 8, 8, 30])]


def _calendar(made: Handdown) -> list[tuple[str, list[Line], list[int]]]:
    entries = made.payload[CALENDAR]["holidays"]
    overrides = workdays.read_overrides(entries)
    lines: list[Line] = [("工作日历",), ("日期", "安排", "说明")]
    own = {each["key"]: each for each in made.payload[CALENDAR].get("cycles", ())}
    if PLAN in made.payload:
        rule = plan_file.read(made.payload[PLAN]).monthly.rule
        month = Period(made.manifest.period)
        for _ in range(12):
            if str(month) not in own:  # told below
                day = workdays.due_date(month, rule, overrides)
                lines.append((day.isoformat(), "截止", f"{month.display()}回报截止"))
            month = month.next
    for each in map(cycle_part.read, own.values()):
        days = f"{each.opens_on} 开始报送，{each.locks_on} 锁定"
        lines.append(
            (
                each.due_on.isoformat(),
                "截止",
                f"{each.title}截止，{days}{f'；{each.note}' if each.note else ''}",
            )
        )
    if len(made.manifest.recipients) == 1:  # what one unit is allowed is not handed round among the others
        for told in map(exception_part.read, made.payload[CALENDAR].get("exceptions", ())):
            if not told.ended:
                until = told.due_on or told.last.last_day
                lines.append((until.isoformat(), told.kind, f"{told.span}{told.words}"))
    for day, special in sorted(overrides.items()):
        lines.append((day.isoformat(), "上班" if special.workday else "放假", special.name))
    return [(CALENDAR_SHEET, lines, [16, 12, 50])]


def _firms(made: Handdown) -> list[tuple[str, list[Line], list[int]]]:
    from db.registers import REGISTERS

    register = REGISTERS["enterprise"]
    fields = [register.field(name) for name in FIRM_FIELDS]
    names = {each["code"]: each["name"] for each in made.payload.get(UNITS, ())}
    lines: list[Line] = [("企业名录",), tuple(each.label for each in fields)]
    for firm in made.payload[FIRMS]:
        line = []
        for each in fields:
            value = firm.get(each.name)
            line.append(names.get(value, value) if each.source == "street" else _said(value))
        lines.append(tuple(line))
    return [(FIRMS_SHEET, lines, [34, 22, 18, 14, 16, 14, 36, 14, 12, 12, 10])]


def _said(value: Any) -> Any:
    return ("是" if value else "否") if isinstance(value, bool) else value


def _special(made: Handdown) -> list[tuple[str, list[Line], list[int]]]:
    units = {each["code"]: each["name"] for each in made.payload.get(UNITS, ())}
    firms = {each["id"]: (each.get("name", ""), each.get("uscc", "")) for each in made.payload.get(FIRMS, ())}
    pages = []
    for each in made.payload[SPECIAL]:
        definition = of_json(each["definition"])
        columns = plan_of(definition).columns
        due = f"，{definition.due_on.isoformat()} 前填报" if definition.due_on else ""
        lines: list[Line] = [
            (f"{definition.title}（{Period(definition.period).display()}{due}）",),
            ("填报单位", *(column.title for column in columns)),
        ]
        for row in each["rows"]:
            values = row["values"]
            cells = [_shown(definition, column, values, firms) for column in columns]
            lines.append((units.get(row["unit"], row["unit"]), *cells))
        pages.append((definition.title, lines, [20, *([18] * len(columns))]))
    return pages


def _shown(
    definition: Definition, column: Any, values: Mapping[str, Any], firms: Mapping[str, tuple[str, str]]
) -> Any:
    raw = values.get(column.field.name)
    if raw is None:
        return ""
    if column.part:
        return firms.get(raw, ("", ""))[0 if column.part == "name" else 1]
    value = from_json(column.field, raw)
    if isinstance(value, date):
        return value.isoformat()
    return _said(value)
