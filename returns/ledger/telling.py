"""What should be told about a ledger as a whole: other sheets, columns not recognised, units assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from db.text import fold
from returns.files import Sheet
from returns.ledger.columns import Column, is_money
from returns.ledger.context import Context
from returns.ledger.fillers import group_title, line_of
from returns.ledger.find_header import Header
from returns.ledger.layouts import visit_type_in
from returns.ledger.rows import LedgerRow
from returns.ledger.vocabulary import Target


def about_sheets(found: Sequence[Header], sheets: Sequence[Sheet], asked: str | None) -> list[str]:
    """Which sheet is read and which are not; `sheets` are those of the book."""
    chosen = found[0].sheet
    told = [f"工作表“{chosen.name}”是隐藏的。"] if chosen.hidden else []
    same = [h.sheet for h in found[1:] if h.signature == found[0].signature]
    alike = [h.sheet for h in found[1:] if h.signature != found[0].signature]
    if same or alike:
        others = [f"{_named(same)}里也有类似的表（表头相同）"] * bool(same) + [
            f"{_named(alike)}里也有类似的表"
        ] * bool(alike)
        one = (same or alike)[0].name
        told.append(
            f"读取的是工作表“{chosen.name}”；{'，'.join(others)}，没有读取，可用 --sheet 指定（如 --sheet {one}）。"
        )
    if not asked:
        met = {id(header.sheet) for header in found}
        rest = [
            sheet
            for sheet in sheets
            if id(sheet) not in met and sheet.height and any(map(line_of, sheet.head))
        ]
        if rest:
            told.append(f"工作表{_named(rest)}没有读取。")
    if any(a <= found[0].last and b >= found[0].first for a, b in chosen.hidden_rows):
        told.append("表头所在的行是隐藏的。")
    return told


def _named(sheets: Sequence[Sheet]) -> str:
    shown = "、".join(f"“{sheet.name}”{'（隐藏）' if sheet.hidden else ''}" for sheet in sheets[:12])
    return shown if len(sheets) <= 12 else f"{shown}等 {len(sheets)} 张"


def about_percents(columns: Sequence[Column], samples: Mapping[int, Sequence[Any]]) -> list[str]:
    """Percentages that may be shares: a cell that shows 85% holds 0.85."""
    told = []
    for column in columns:
        if column.target is None or not column.target.register or column.target.declared.unit != "%":
            continue
        numbers = [cell for cell in samples.get(column.index, ()) if isinstance(cell, (int, float))]
        if (
            len(numbers) > 1
            and all(0 <= number <= 1 for number in numbers)
            and any(0 < n < 1 for n in numbers)
        ):
            told.append(
                f"“{column.title}”的数都不超过 1，可能是按百分比格式显示的（0.85 显示为 85%），"
                "已照单元格里的数读入，请核对。"
            )
    return told


def about_lines(skipped: Sequence[tuple[int, str]], columns: Sequence[Column]) -> list[str]:
    """Titles of groups among the lines that are no rows: what they say is not read into the rows below them."""
    groups = [(row, text) for row, text in skipped if group_title([text])]
    if not groups:
        return []
    shown = "、".join(f"第 {row} 行“{text[:20]}”" for row, text in groups[:3])
    more = f"等 {len(groups)} 行" if len(groups) > 3 else ""
    street = any(c.target is not None and c.target.field == "street_code" for c in columns)
    hint = "" if street else "；如果是街道，请加一列“所属街道”填上"
    return [f"{shown}{more}是分组标题，没有作为记录读入，也没有填到下面各行{hint}。"]


def about_columns(
    register: str, columns: Sequence[Column], context: Context, rows: Sequence[LedgerRow]
) -> list[str]:
    told = _about_evidence(columns)
    filled = {title for row in rows for title in row.other}
    unknown = [c.title for c in columns if c.target is None and c.how == "" and c.title in filled]
    second = [column.title for column in columns if column.how == "second"]
    alike = [column for column in columns if column.how == "fuzzy" and column.target is not None]
    kept = [column for column in columns if column.how == "remembered" and column.target is not None]
    if kept:
        named = "、".join(f"“{c.title}”→“{c.target.declared.label}”" for c in kept if c.target is not None)
        told.append(f"按本单位上次指定的列名对照读取：{named}。")
    if left := [column.title for column in columns if column.how == "remembered" and column.target is None]:
        told.append(f"按本单位上次的指定，不采用这些列：{'、'.join(left)}。")
    if unknown:
        told.append(f"没有认出的列：{'、'.join(unknown)}；内容随记录保留为原始资料。")
    if second:
        told.append(f"与别的列重复、没有采用的列：{'、'.join(second)}。")
    for column in alike:
        assert column.target is not None
        told.append(
            f"“{column.title}”按“{column.target.declared.label}”读取，请核对（相似度 {column.confidence}%）。"
        )
    bare = [column for column in columns if is_money(column) and not column.header.unit]
    if bare and not context.money:
        told.append(f"{'、'.join(f'“{column.title}”' for column in bare)}没有写明单位，按万元读取，请核对。")
    if context.office and context.unit_code is None:
        told.append(f"填报单位“{context.office}”不在机构表中。")
    named = visit_type_in(context) if register == "visit" else ""
    if named and not any(c.target == Target("visit", "visit_type") for c in columns):
        told.append(f"走访类型按标题记为“{named}”。")
    yearly = sum(
        1 for row in rows if row.get("nurture", "declare_type") and "年度" in map(fold, row.cells.values())
    )
    if yearly:
        told.append(f"{yearly} 行的“年度”记为申报方式“年度入库”。")
    return told


def _about_evidence(columns: Sequence[Column]) -> list[str]:
    """Columns that were known, or given up, by what stands in them."""
    told = []
    for column in columns:
        if column.how == "content" and column.target is not None:
            told.append(
                f"{column.letter} 列“{column.title}”的内容像是{column.target.declared.label}，"
                f"按“{column.target.declared.label}”读取，请核对（把握 {column.confidence}%）。"
            )
        elif column.how == "pair":
            told.append(f"“{column.title}”一列按姓名和电话拆开读取，拆不开的只留作原始资料，请核对。")
        elif column.how == "against":
            told.append(
                f"{column.letter} 列“{column.title}”的内容与表头不符，没有采用，请核对；可用 --map 指定。"
            )
    return told
