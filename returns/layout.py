"""How a return looks: styles, widths, dropdowns, protection, print set-up. Its rows are streamed in by write.py."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from db.fields import Field, Kind
from db.values import Lookup
from returns.workbook import DICTIONARY, FIRST_ROW, HEADER_ROW, HIDDEN, Column, SheetPlan

A4 = 9  # its number among paper sizes
PAGE_WIDTH = 190.0  # characters that are still readable on one A4 page across
_LEADING_WIDTH = 38.0  # the office and the month, below the title, fit above these columns
SPARE_ROWS = 500  # rows below the data that have dropdowns too
FACE = "宋体"
LINE = Side(style="thin", color="B9C3D0")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
TITLE = Font(name="黑体", size=16, bold=True)
SMALL = Font(name=FACE, size=10)
HEAD = Font(name=FACE, size=10, bold=True)
HEAD_FILL = PatternFill("solid", fgColor="EEF3FA")
COMPUTED_FILL = PatternFill("solid", fgColor="F3F4F6")
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
RIGHT = Alignment(horizontal="right", vertical="center")
PLAIN = Alignment(horizontal="left", vertical="center")
OPEN, CLOSED = Protection(locked=False), Protection(locked=True)

_WIDTHS = {Kind.DATE: 11.5, Kind.PERIOD: 9.0, Kind.BOOL: 7.0, Kind.INTEGER: 9.0, Kind.NUMBER: 12.0, Kind.LONG: 30.0,
           Kind.LOG: 30.0, Kind.CHOICES: 14.0, Kind.REFS: 16.0, Kind.CHECKLIST: 18.0, Kind.FILES: 16.0}  # fmt: skip
_CENTRED = (Kind.DATE, Kind.PERIOD, Kind.BOOL)


@dataclass(frozen=True, slots=True)
class Style:
    """The numbers under which the workbook keeps a cell's formats."""

    cell: int
    text: int  # for a figure or date that had to go as text


class Styles:
    """Hands out style numbers; cells of equal look share one."""

    def __init__(self, book: Workbook) -> None:
        self._sheet = book.create_sheet("样式")
        self._book = book
        self._row = 0

    def number(
        self,
        *,
        format: str = "General",
        align: Alignment = LEFT,
        font: Font = SMALL,
        fill: PatternFill | None = None,
        border: Border | None = BOX,
        locked: bool = True,
    ) -> int:
        self._row += 1
        cell = self._sheet.cell(self._row, 1)
        cell.number_format, cell.alignment, cell.font = format, align, font
        cell.protection = CLOSED if locked else OPEN
        if fill is not None:
            cell.fill = fill
        if border is not None:
            cell.border = border
        return int(cell.style_id)

    def close(self) -> None:
        self._book.remove(self._sheet)


def number_format(field: Field) -> str:
    """Codes, phones and all other texts are text, so that editing them never makes a formula or a number."""
    if field.kind is Kind.DATE:
        return "yyyy-mm-dd"
    if field.kind is Kind.INTEGER:
        return "0" if not field.count else "#,##0"
    if field.kind is Kind.NUMBER:
        return "General" if field.places > 2 else "#,##0" + ("." + "0" * field.places if field.places else "")
    return "@"


def width(column: Column) -> float:
    """A column's width in characters: by what it holds, and at least half its header (which wraps)."""
    field = column.field
    if column.part == "name" or field.name in ("name", "indicator_no"):
        wanted = 26.0 if field.source != "indicator" else 32.0
    elif column.part == "uscc" or field.editor == "code":
        wanted = 20.5
    elif column.part == "no" or field.name.endswith("_no"):
        wanted = 17.0
    elif field.editor == "phone":
        wanted = 14.0
    elif field.kind in _WIDTHS:
        wanted = _WIDTHS[field.kind]
    elif field.kind in (Kind.CHOICE, Kind.REF):
        wanted = (
            min(22.0, max([8.0, *(2.0 * len(option) + 1 for option in field.choices)]))
            if field.choices
            else 16.0
        )
    else:
        limit = field.limit or 0
        wanted = 10.0 if limit <= 30 else 18.0 if limit <= 100 else 24.0
    return max(wanted, min(len(column.title) + 2.0, 12.0))


def leading(plan: SheetPlan) -> int:
    """How many columns stay in view and are printed on every page across: up to those that name the row."""
    total = 0.0
    for place, column in enumerate(plan.columns, start=1):
        total += width(column)
        if total >= _LEADING_WIDTH:
            return place
    return 1


@dataclass(frozen=True, slots=True)
class Heading:
    """The three rows above a sheet's rows: title, and what stands left and right below it."""

    title: str
    left: str
    right: str
    mark: str = ""  # 草稿 or 练习


def register_sheet(
    sheet: Worksheet,
    plan: SheetPlan,
    heading: Heading,
    lists: Mapping[str, str],
    styles: Styles,
    *,
    rows: int,
    below: int,
) -> list[Style]:
    """Lay out one register's sheet for `rows` rows and `below` lines after them; returns the columns' styles."""
    page = first_page(plan)
    last = plan.width + len(HIDDEN)
    sheet.cell(1, 1, heading.title).font = TITLE
    sheet.cell(1, 1).alignment = CENTRE
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=page)
    sheet.cell(2, 1, heading.left).font = SMALL
    right = sheet.cell(2, page, heading.right)
    right.font, right.alignment = SMALL, RIGHT
    sheet.row_dimensions[1].height, sheet.row_dimensions[HEADER_ROW].height = 30, 32
    found: list[Style] = []
    for place, column in enumerate(plan.columns, start=1):
        cell = sheet.cell(HEADER_ROW, place, column.title)
        cell.font, cell.fill, cell.alignment, cell.border = HEAD, HEAD_FILL, CENTRE, BOX
        found.append(_column(sheet, place, column, styles))
    for place, name in enumerate(HIDDEN, start=plan.width + 1):
        sheet.cell(HEADER_ROW, place, name).font = SMALL
        sheet.column_dimensions[get_column_letter(place)].hidden = True
    _dropdowns(sheet, plan, lists, FIRST_ROW + rows - 1 + SPARE_ROWS)
    sheet.freeze_panes = f"{get_column_letter(leading(plan) + 1)}{FIRST_ROW}"
    bottom = max(FIRST_ROW + rows - 1, HEADER_ROW)
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(last)}{bottom}"
    print_setup(sheet, pages_wide=pages_wide(plan), mark=heading.mark)
    sheet.print_title_rows = f"1:{HEADER_ROW}"
    if pages_wide(plan) > 1:
        sheet.print_title_cols = f"A:{get_column_letter(leading(plan))}"
    sheet.print_area = f"A1:{get_column_letter(plan.width)}{bottom + below}"
    protect(sheet)
    return found


def _column(sheet: Worksheet, place: int, column: Column, styles: Styles) -> Style:
    field = column.field
    format = number_format(field)
    align = RIGHT if field.kind in (Kind.NUMBER, Kind.INTEGER) else CENTRE if field.kind in _CENTRED else LEFT
    fill = None if column.open else COMPUTED_FILL
    dimension = sheet.column_dimensions[get_column_letter(place)]
    dimension.width = width(column)
    # Rows that people add below the last one are open, and take codes as text.
    dimension.number_format, dimension.alignment, dimension.font = format, align, SMALL
    dimension.protection = OPEN if column.open else CLOSED
    return Style(
        styles.number(format=format, align=align, fill=fill, locked=not column.open),
        styles.number(format="@", align=align, fill=fill, locked=not column.open),
    )


def _dropdowns(sheet: Worksheet, plan: SheetPlan, lists: Mapping[str, str], last: int) -> None:
    for place, column in enumerate(plan.columns, start=1):
        if not column.open:
            continue
        field, letter = column.field, get_column_letter(place)
        where = lists.get(column.key)
        must = "必填。" if field.required else "按条件必填。" if field.required_when else ""
        more = "多项用顿号隔开。" if field.kind in (Kind.CHOICES, Kind.REFS) else ""
        rule = DataValidation(
            # A list in the rule itself may hold 255 characters, and Excel wants to repair longer ones: a range has no limit.
            type="list" if where else None,
            formula1=where,
            allow_blank=True,
            # Several choices in one cell, and names the list does not hold yet, are checked on reading.
            showErrorMessage=bool(where) and field.kind in (Kind.CHOICE, Kind.BOOL) and not field.source,
            errorTitle="不在可选范围内",
            error=f"“{field.label}”请从下拉列表中选择。",
            showInputMessage=True,
            promptTitle=column.header[:30],
            prompt=(must + more + field.help)[:250],
        )
        rule.add(f"{letter}{FIRST_ROW}:{letter}{last}")
        sheet.add_data_validation(rule)


def first_page(plan: SheetPlan) -> int:
    """The last column of the first page across."""
    if pages_wide(plan) == 1:
        return plan.width
    each, total = sum(map(width, plan.columns)) / pages_wide(plan), 0.0
    for place, column in enumerate(plan.columns, start=1):
        total += width(column)
        if total > each:
            return max(2, place - 1)
    return plan.width


def pages_wide(plan: SheetPlan) -> int:
    """How many A4 pages across keep the letters readable."""
    return max(1, math.ceil(sum(map(width, plan.columns)) / PAGE_WIDTH - 0.15))


def print_setup(sheet: Worksheet, *, pages_wide: int = 1, mark: str = "") -> None:
    """A4 landscape, fitted to the width, page numbers below."""
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages_wide, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.5, 0.6, 0.25, 0.3
    sheet.print_options.horizontalCentered = True
    footer = HeaderFooterItem()
    footer.center = _HeaderFooterPart("第 &P 页 共 &N 页")
    sheet.oddFooter = footer
    if mark:
        header = HeaderFooterItem()
        header.right = _HeaderFooterPart(mark)
        sheet.oddHeader = header


def protect(sheet: Worksheet) -> None:
    """Closed cells are closed by no password; widths, sorting, filters and new rows stay possible."""
    guard = sheet.protection
    guard.sheet = True
    guard.formatColumns = guard.formatRows = guard.sort = guard.autoFilter = guard.insertRows = (
        guard.deleteRows
    ) = False


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The dropdown lists: one column each on the hidden sheet, and where each column of a register finds its list."""

    columns: Sequence[Sequence[str]]  # a heading, then the options
    places: Mapping[str, Mapping[str, str]]  # register → column key → range

    @property
    def rows(self) -> list[list[str]]:
        height = max((len(column) for column in self.columns), default=0)
        return [
            [column[row] if row < len(column) else "" for column in self.columns] for row in range(height)
        ]


def dictionary(plans: Sequence[SheetPlan], lookup: Lookup) -> Dictionary:
    """Collect the lists of all dropdowns; equal lists are kept once."""
    columns: list[list[str]] = []
    known: dict[tuple[str, ...], str] = {}
    places: dict[str, dict[str, str]] = {}
    for plan in plans:
        found = places.setdefault(plan.register.key, {})
        for column in plan.columns:
            options = _options(column, lookup)
            if not options:
                continue
            if options not in known:
                letter = get_column_letter(len(columns) + 1)
                known[options] = f"'{DICTIONARY}'!${letter}$2:${letter}${len(options) + 1}"
                columns.append([column.header, *options])
            found[column.key] = known[options]
    return Dictionary(columns, places)


def _options(column: Column, lookup: Lookup) -> tuple[str, ...]:
    field = column.field
    if column.part or field.computed:
        return ()
    if field.kind is Kind.BOOL:
        return ("是", "否")
    if field.choices:
        return field.choices
    return (
        tuple(lookup.name(field.source, value) for value, _ in lookup.options(field.source))
        if field.source
        else ()
    )


def new_book(title: str, creator: str) -> Workbook:
    """An empty workbook with its properties; nothing in it is calculated."""
    book = Workbook()
    book.properties.title, book.properties.creator = title, creator
    book.calculation = CalcProperties(fullCalcOnLoad=False)
    book.remove(book.worksheets[0])
    return book
