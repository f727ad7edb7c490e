"""The table in a file that a register is asked of, or the sentence why there is none. Scoring is in find_header.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from db.errors import Refused, UsageError
from db.registers import REGISTERS
from returns.files import Book, Sheet
from returns.ledger import content, find_header
from returns.ledger.columns import Column, map_columns
from returns.ledger.find_header import Header, Remembered
from returns.ledger.layouts import layout_of
from returns.ledger.vocabulary import words

_LABELS_OF_A_FORM, _COLUMNS_OF_A_FORM = 4, 12


def locate(
    book: Book,
    register: str,
    sheet: str | None,
    mapping: Mapping[str, str | None] | None,
    remembered: Remembered | None = None,
) -> list[Header]:
    """The headers found in a returns.files Book, the one to read first.

    `remembered` is what memory.layouts gives for the office. UsageError for a sheet or header that is not there;
    Refused: no_header, transposed_table.
    """
    sheets = [_sheet(book, sheet)] if sheet else book.sheets
    found = find_header.find(sheets, register, mapping=mapping, remembered=remembered)
    if found:
        return found
    name = book.name
    if mapping:
        named = "、".join(f"“{header}”" for header in mapping)
        raise UsageError(
            f"“{name}”里没有找到含有{named}的表头。",
            "请按表头原文写列名，一并写明企业名称是哪一列。",
            "unknown_header",
        )
    if (lying := next((each for each in sheets if _is_transposed(each, register)), None)) is not None:
        raise Refused(
            f"“{name}”的工作表“{lying.name}”是竖着排的：栏目名在一列里，一家企业占一列或一张表。",
            "请改成一行一家再导入：复制后用“选择性粘贴—转置”，或在页面里直接新增这条记录。",
            "transposed_table",
        )
    asked = REGISTERS[register]
    firm = asked.of_firm or register == "enterprise"
    wanted = "“企业名称”或“统一社会信用代码”" if firm else f"“{asked.field(asked.title_field).label}”"
    said = "第一行就是数据，" if any(_begins_with_data(each) for each in sheets) else ""
    raise Refused(
        f"“{name}”里没有找到{REGISTERS[register].title}台账的表头。",
        f"{said}表头须在前 {find_header.LOOK_AT} 行内，至少有{wanted}等两栏；也可以用 --sheet 指定工作表、--map 指定列。",
        "no_header",
    )


def _sheet(book: Book, name: str) -> Sheet:
    """The sheet of that name; UsageError names those that there are."""
    for each in book.sheets:
        if each.name.strip() == name.strip():
            return each
    names = "、".join(f"“{each.name}”" for each in book.sheets)
    raise UsageError(f"“{book.name}”里没有工作表“{name}”。", f"可选的工作表有：{names}。", "no_such_sheet")


def _is_transposed(sheet: Sheet, register: str) -> bool:
    """Whether the headers stand one below the other, as in a form for one firm."""
    known = words(register)
    counts: Counter[int] = Counter()
    for row in sheet.head:
        for index, cell in enumerate(row[:_COLUMNS_OF_A_FORM]):
            counts[index] += find_header.known_words([cell], known)
    return any(count >= _LABELS_OF_A_FORM for count in counts.values())


def _begins_with_data(sheet: Sheet) -> bool:
    first: list[Any] = next((row for row in sheet.head if row), [])
    return "firm" in (kinds := [content.kind_of([cell] * 3) for cell in first]) and len(set(kinds)) > 2


def check_kind(
    name: str, register: str, header: Header, columns: Sequence[Column], *, dated: bool = False
) -> str:
    """Refused when the table says nothing of this register, or never when; else a warning, or "".

    `dated`: the day is known without the table, which may then be a mere list of names.

    A list of customers taken for candidates would make a candidate of every customer.
    """
    own, needed = _own(register, columns), layout_of(register).date
    title = REGISTERS[register].title
    better = _better(register, own, header)
    hint = f"这张表更像{REGISTERS[better].title}台账（--register {better}）。" if better else ""
    if dated:
        return hint and f"{hint}请核对选的是哪个台账。"
    if needed and not any(column.target is not None and column.target.field == needed for column in columns):
        label = REGISTERS[register].field(needed).label
        raise Refused(
            f"“{name}”里没有“{label}”这一列，不能作为{title}台账导入。", hint or f"如有这一列而叫别的名称，请用 --map 指定为 {needed}。", "no_date_column"
        )  # fmt: skip
    if not own:
        raise Refused(
            f"“{name}”里没有{title}的内容，不能作为{title}台账导入。",
            hint or "请核对选的是哪个台账。",
            "not_this_ledger",
        )
    return hint and f"{hint}请核对选的是哪个台账。"


def _own(register: str, columns: Sequence[Column]) -> int:
    return sum(1 for column in columns if column.target is not None and column.target.register == register)


def _better(register: str, own: int, header: Header) -> str:
    """The register that this header has clearly more columns of."""
    readings = find_header.readings(header.sheet, header.first, header.last)
    counts = {
        other: _own(other, map_columns(other, readings))
        for other, each in REGISTERS.items()
        if other != register and each.of_firm and register != "enterprise"
    }
    best = max(counts, key=lambda other: counts[other], default="")
    return best if best and counts[best] > own + 1 else ""
