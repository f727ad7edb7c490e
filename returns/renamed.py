"""Sheets of a return that somebody renamed: known by their columns and the hidden identity beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from returns import workbook
from returns.workbook import ID, Manifest, SheetPlan


def renamed_sheets(
    sheets: Mapping[str, Sequence[Sequence[Any]]], manifest: Manifest, plans: Sequence[SheetPlan]
) -> dict[str, str]:
    """By the name that a sheet should have, the one it has now. Only where a single sheet can be meant."""
    own = {plan.name for plan in plans} | {
        workbook.COVER,
        workbook.NOTES,
        workbook.DICTIONARY,
        workbook.MANIFEST,
    }
    strangers = [name for name in sheets if name not in own]
    found: dict[str, str] = {}
    for plan in plans if strangers else ():
        entry = manifest.entry(plan.register.key)
        if plan.name in sheets or entry is None or not entry.rows:
            continue
        alike = [name for name in strangers if _is(plan, sheets[name], entry.columns)]
        if len(alike) == 1:
            found[plan.name] = alike[0]
    return found


def _is(plan: SheetPlan, grid: Sequence[Sequence[Any]], columns: Sequence[str]) -> bool:
    header = workbook.find_header(plan, grid)
    if header is None or ID not in header.hidden:
        return False
    present = {column.key for column in header.columns.values()}
    return all(key in present for key in columns)
