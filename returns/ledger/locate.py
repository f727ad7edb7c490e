"""The table in a file that a register is asked of, or the sentence why there is none. Scoring is in find_header.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from db.errors import Refused, UsageError
from db.registers import REGISTERS
from returns.ledger import find_header
from returns.ledger.columns import Column, map_columns
from returns.ledger.find_header import Header
from returns.ledger.layouts import layout_of
from returns.ledger.sheets import Source


def locate(
    source: Source, register: str, sheet: str | None, mapping: Mapping[str, str | None] | None
) -> list[Header]:
    """The headers found, the one to read first. UsageError for a sheet or header that is not there, Refused (“no_header”)."""
    grids = [source.grid(sheet)] if sheet else source.grids
    found = find_header.find(grids, register, mapping=mapping)
    if found:
        return found
    name = source.path.name
    if mapping:
        named = "、".join(f"“{header}”" for header in mapping)
        raise UsageError(
            f"“{name}”里没有找到含有{named}的表头。",
            "请按表头原文写列名，一并写明企业名称是哪一列。",
            "unknown_header",
        )
    asked = REGISTERS[register]
    firm = asked.of_firm or register == "enterprise"
    wanted = "“企业名称”或“统一社会信用代码”" if firm else f"“{asked.field(asked.title_field).label}”"
    raise Refused(
        f"“{name}”里没有找到{REGISTERS[register].title}台账的表头。",
        f"表头须在前 {find_header.LOOK_AT} 行内，至少有{wanted}等两栏；也可以用 --sheet 指定工作表、--map 指定列。",
        "no_header",
    )


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
    readings = find_header.readings(header.grid, header.first, header.last)
    counts = {
        other: _own(other, map_columns(other, readings))
        for other, each in REGISTERS.items()
        if other != register and each.of_firm and register != "enterprise"
    }
    best = max(counts, key=lambda other: counts[other], default="")
    return best if best and counts[best] > own + 1 else ""
