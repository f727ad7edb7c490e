"""What should be told about a ledger as a whole: other sheets, columns not recognised, units assumed."""

from __future__ import annotations

from collections.abc import Sequence

from db.text import fold
from returns.ledger.columns import Column, is_money
from returns.ledger.context import Context
from returns.ledger.fillers import line_of
from returns.ledger.find_header import Header
from returns.ledger.layouts import visit_type_in
from returns.ledger.rows import LedgerRow
from returns.ledger.sheets import Grid
from returns.ledger.vocabulary import Target


def about_sheets(found: Sequence[Header], grids: Sequence[Grid], asked: str | None) -> list[str]:
    chosen = found[0].grid
    alike = [header.grid.name for header in found[1:]]
    told = [f"工作表“{chosen.name}”是隐藏的。"] if chosen.hidden else []
    if alike:
        names = "、".join(f"“{name}”" for name in alike)
        told.append(f"读取的是工作表“{chosen.name}”；{names}里也有类似的表，没有读取，可用 --sheet 指定。")
    if not asked:
        rest = [
            grid.name
            for grid in grids
            if grid is not chosen and grid.name not in alike and any(map(line_of, grid.rows))
        ]
        if rest:
            told.append(f"工作表{'、'.join(f'“{name}”' for name in rest)}没有读取。")
    return told


def about_columns(
    register: str, columns: Sequence[Column], context: Context, rows: Sequence[LedgerRow]
) -> list[str]:
    told: list[str] = []
    filled = {title for row in rows for title in row.other}
    unknown = [c.title for c in columns if c.target is None and c.how == "" and c.title in filled]
    second = [column.title for column in columns if column.how == "second"]
    alike = [column for column in columns if column.how == "fuzzy" and column.target is not None]
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
